"""accounts/idempotency.py: a POST under a key is executed once, whatever becomes of its answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import AuditEntry, IdempotentAnswer
from accounts.rest import PerPersonThrottle
from submissions.models import Decision, Filing
from submissions.pages.due import reference_of
from tests.api.conftest import JUNE_FIGURES

SUBMIT = "reports/2007-06/440000/submit/"


@pytest.fixture
def drafted(caller, country):
    caller("gd_clerk").send("put", "reports/2007-06/440000/", {"version": 0, "figures": JUNE_FIGURES})


def submit(program, key, version=1, comment=""):
    return program.send("post", SUBMIT, {"version": version, "comment": comment}, **{"Idempotency-Key": key})


def test_r13_a_repeat_gets_the_first_answer_and_changes_nothing(caller, drafted):
    lead = caller("gd_lead")

    first, second = submit(lead, "k-1"), submit(lead, "k-1")

    assert (first.status_code, "Idempotent-Replayed" in first) == (200, False)
    assert (second.status_code, second["Idempotent-Replayed"], second.json()) == (200, "true", first.json())
    assert Decision.objects.count() == 1


def test_g09_a_thousand_retries_make_one_submission_with_one_number(caller, drafted, monkeypatch):
    monkeypatch.setattr(PerPersonThrottle, "rate", "10000/min")
    lead = caller("gd_lead")

    answers = [submit(lead, "k-1") for _retry in range(1_000)]

    assert {answer.status_code for answer in answers} == {200}
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert sum("Idempotent-Replayed" in answer for answer in answers) == 999
    filing = Filing.objects.get(submitted_at__isnull=False)
    assert (Decision.objects.count(), reference_of(filing.report, filing.number)) == (1, "200706-440000-1")


def test_r13_without_a_key_a_repeat_is_a_request_of_its_own(caller, drafted):
    lead = caller("gd_lead")
    lead.send("post", SUBMIT, {"version": 1})

    assert lead.send("post", SUBMIT, {"version": 1}).status_code == 409


def test_r13_a_refusal_is_repeated_too_as_the_problem_it_was(caller, drafted):
    lead = caller("gd_lead")

    first = submit(lead, "k-1", version=9)
    second = submit(lead, "k-1", version=9)

    assert (first.status_code, second.status_code) == (409, 409)
    assert second["Content-Type"] == "application/problem+json"
    assert second.json() == first.json()
    assert AuditEntry.objects.filter(action="report.submit.refused").count() == 1


def test_r13_the_key_stands_for_one_request_only(caller, drafted):
    lead = caller("gd_lead")
    submit(lead, "k-1")

    other_body = submit(lead, "k-1", comment="另一个请求")
    other_address = lead.send(
        "post", SUBMIT.replace("submit", "withdraw"), {"version": 1}, **{"Idempotency-Key": "k-1"}
    )

    assert [answer.status_code for answer in (other_body, other_address)] == [422, 422]
    assert other_body.json()["type"] == "urn:workplan:problem:key-reused"


def test_r13_another_persons_key_is_another_key(caller, drafted):
    caller("gd_lead")
    submit(caller("gd_lead"), "k-1")

    answer = submit(caller("ministry"), "k-1")

    assert (answer.status_code, "Idempotent-Replayed" in answer) == (409, False)


def test_r13_a_day_later_the_key_is_free(caller, drafted):
    lead = caller("gd_lead")
    submit(lead, "k-1")
    IdempotentAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))

    answer = submit(lead, "k-1")

    assert (answer.status_code, "Idempotent-Replayed" in answer) == (409, False)


@pytest.mark.parametrize("key", ["", " ", "ä", "k" * 201, "a b", "a\tb"])
def test_a_key_that_cannot_be_kept_is_refused(caller, drafted, key):
    answer = submit(caller("gd_lead"), key)

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["Idempotency-Key"]


def test_a_body_that_is_too_large_is_refused_before_it_is_kept(caller, country):
    answer = submit(caller("gd_lead"), "k-1", comment="长" * 2_000_000)

    assert (answer.status_code, answer.json()["type"]) == (413, "urn:workplan:problem:too-large")
    assert IdempotentAnswer.objects.count() == 0


def test_a_fault_of_ours_keeps_no_answer_and_no_change(caller, drafted, monkeypatch):
    lead = caller("gd_lead")
    with monkeypatch.context() as patch:
        patch.setattr("submissions.api.answer", lambda *args: 1 // 0)
        failed = submit(lead, "k-1")

    again = submit(lead, "k-1")

    assert (failed.status_code, again.status_code, again.json()["status"]) == (500, 200, "submitted")
    assert "Idempotent-Replayed" not in again


def test_the_database_holds_one_answer_per_person_and_key(caller, drafted, people_of):
    row = {"user": people_of["gd_lead"], "key": "k-1", "fingerprint": ""}
    IdempotentAnswer.objects.create(**row)

    with pytest.raises(IntegrityError, match="accounts_answer_one_per_person_and_key"), transaction.atomic():
        IdempotentAnswer.objects.create(**row)


@pytest.mark.django_db(transaction=True, available_apps=[config.name for config in apps.get_app_configs()])
def test_r13_of_requests_in_flight_one_executes_and_the_others_wait_for_it(caller, country, drafted):
    programs = [caller("gd_lead") for _n in range(4)]
    start = Barrier(len(programs))

    def send(program):
        start.wait()
        try:
            answer = submit(program, "k-1")
            return answer.status_code, answer.json()["status"], "Idempotent-Replayed" in answer
        finally:
            connection.close()

    with ThreadPoolExecutor(len(programs)) as pool:
        answers = list(pool.map(send, programs))

    assert sorted(answers) == [(200, "submitted", False), *[(200, "submitted", True)] * 3]
    assert Decision.objects.count() == 1
