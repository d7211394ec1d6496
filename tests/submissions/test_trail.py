"""A step that is refused leaves one audit entry and nothing else (acceptance.md A.2.1 row 8)."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from accounts import audit
from accounts.models import AuditEntry
from submissions import approving, blocking, services
from submissions.models import Verb
from tests.factories import file, shanghai, submitted
from workplan.lib.refusals import Refused

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 3)
FIGURES = {"T01": "5", "T08": "7", "T04": ("1", "30")}


@pytest.fixture
def report(unit, period, lead):
    """A report awaiting review."""
    return submitted(unit, period, FIGURES, by=lead, now=NOW)


def refusals() -> list[tuple[str, str, int]]:
    entries = AuditEntry.objects.filter(action__endswith=".refused").order_by("number")
    return [(one.action, one.details["code"], one.details["version"]) for one in entries]


@pytest.mark.parametrize(
    ("verb", "who", "version", "code"),
    [
        ("SUBMIT", "lead", 2, "wrong_status"),
        ("WITHDRAW", "lead", 1, "stale_version"),
        ("WITHDRAW", "clerk", 2, "not_permitted"),
        ("APPROVE", "lead", 2, "not_permitted"),
        ("APPROVE", "ministry", 1, "stale_version"),
        ("RETURN", "clerk", 2, "not_permitted"),
        ("CORRECT", "lead", 2, "wrong_status"),
        ("REOPEN", "ministry", 2, "wrong_status"),
    ],
)
def test_a_refused_step_says_who_tried_what_at_which_version(report, people, verb, who, version, code):
    with pytest.raises(Refused):
        services.BY_VERB[Verb(verb)](report, by=people[who], now=NOW, version=version, comment="原因")

    entry = AuditEntry.objects.order_by("number").last()
    assert (entry.action, entry.actor, entry.object_id) == (
        f"report.{verb.lower()}.refused",
        people[who],
        str(report.pk),
    )
    assert entry.details == {"unit": report.unit.code, "month": "2007-09", "version": version, "code": code}


@pytest.fixture
def people(lead, clerk, ministry):
    return {"lead": lead, "clerk": clerk, "ministry": ministry}


def test_four_eyes_leave_a_trace(unit, period, ministry):
    own = submitted(unit, period, FIGURES, by=ministry, now=NOW)

    with pytest.raises(Refused):
        services.approve(own, by=ministry, now=NOW, version=own.version)

    assert refusals() == [("report.approve.refused", "four_eyes", 2)]


def test_findings_leave_a_trace_and_the_answers_given_are_undone(unit, period, lead):
    draft = file(unit, period, {}, by=lead, now=NOW)

    with pytest.raises(blocking.FindingsBlock):
        services.submit(draft, by=lead, now=NOW, version=1, explanations={"V08:T01": "核实无误，属实。"})

    assert refusals() == [("report.submit.refused", "findings", 1)]
    assert not draft.begun_filing.explanations.exists()


def test_a_report_that_nobody_began_is_named_by_unit_and_month(unit, period, lead):
    with pytest.raises(Refused):
        services.withdraw(services.report_for(unit, period), by=lead, now=NOW, version=0)

    entry = AuditEntry.objects.get()
    assert (entry.object_id, entry.details["unit"], entry.details["month"]) == ("", unit.code, "2007-09")


def test_a_reason_left_out_is_input_and_no_attempt(report, ministry):
    with pytest.raises(Refused):
        services.return_(report, by=ministry, now=NOW, version=2, comment=" ")

    assert refusals() == []


def test_of_a_list_each_report_left_alone_leaves_its_trace(report, ministry):
    approving.approve_shown({report.pk: 1}, typed="1", by=ministry, now=NOW)

    assert refusals() == [("report.approve.refused", "stale_version", 1)]


def test_a_clean_report_that_came_into_doubt_leaves_its_trace(report, ministry, monkeypatch):
    monkeypatch.setattr(approving, "_doubtful", lambda reports: {report.pk})

    approving.approve_shown({report.pk: 2}, typed="1", by=ministry, now=NOW)

    assert refusals() == [("report.approve.refused", "findings", 2)]


def test_a_trail_that_fails_spoils_no_answer(report, ministry, monkeypatch, caplog):
    def fail(*args: object, **kwargs: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(audit, "record", fail)

    with pytest.raises(services.StaleVersion):
        services.approve(report, by=ministry, now=NOW, version=1)

    assert "could not be recorded" in caplog.text


def test_a_transaction_around_may_leave_the_trace_anew(report, ministry):
    """What an outer savepoint undid is left again; REST under a key does so."""
    with pytest.raises(Refused) as raised, transaction.atomic():
        services.approve(report, by=ministry, now=NOW, version=1)
    assert refusals() == []

    raised.value.leave_trace()

    assert refusals() == [("report.approve.refused", "stale_version", 1)]
