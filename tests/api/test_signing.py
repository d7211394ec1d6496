"""Asking the lead to sign over REST: no verb of the workflow, the report as the answer, one notice per version."""

from __future__ import annotations

import pytest

from notices.models import Notice
from tests.api.conftest import JUNE_FIGURES, ROLES

ASK = "reports/2007-06/440000/ask-to-sign/"


@pytest.fixture
def draft(caller, country, june, people_of):
    """June, filled in by the clerk; the unit has a lead."""
    assert people_of["gd_lead"]
    return caller("gd_clerk").send("put", june(), {"version": 0, "figures": JUNE_FIGURES}).json()


def ask(program, version=1, **fields):
    return program.send("post", ASK, {"version": version, **fields})


def test_the_answer_is_the_report_as_it_was_with_who_asked(caller, draft, people_of):
    answer = ask(caller("gd_clerk"))

    report = answer.json()
    request = report.pop("signing_request")
    assert answer.status_code == 200
    assert draft.pop("signing_request") is None
    assert report == draft
    assert (request.keys(), request["by"]) == ({"by", "at"}, people_of["gd_clerk"].label)
    assert caller("gd_lead").get_json("reports/2007-06/440000/")["signing_request"] == request


def test_a_repeat_changes_nothing_with_a_key_or_without(caller, draft):
    clerk = caller("gd_clerk")
    first = ask(clerk).json()

    assert ask(clerk).json() == first
    keyed = [clerk.send("post", ASK, {"version": 1}, **{"Idempotency-Key": "k"}).json() for _time in range(2)]
    assert keyed == [first, first]
    assert Notice.objects.filter(kind="SIGNING_ASKED").count() == 1


#: Everybody else, with what they are answered.
REFUSED = {
    "gd_lead": 403, "ministry": 403, "planner": 403,
    "analyst": 404, "hl_clerk": 404, "hl_lead": 404,
    "sysadmin": 403, "secadmin": 403, "auditor": 403,
}  # fmt: skip


def test_the_table_is_of_everybody():
    assert {"gd_clerk", *REFUSED} == set(ROLES)


@pytest.mark.parametrize(("name", "status"), REFUSED.items())
def test_nobody_else_asks(caller, draft, name, status):
    assert ask(caller(name)).status_code == status
    assert not Notice.objects.filter(kind="SIGNING_ASKED").exists()


def test_a_stale_version_is_answered_with_the_report_as_it_stands(caller, draft):
    answer = ask(caller("gd_clerk"), version=0)

    assert (answer.status_code, answer.json()["current_version"]) == (409, 1)


def test_what_blocks_submitting_blocks_asking_with_every_finding(caller, country, june, people_of):
    assert people_of["gd_lead"]
    caller("gd_clerk").send("put", june(), {"version": 0, "figures": JUNE_FIGURES[:2]})

    answers = [
        ask(caller("gd_clerk")),
        caller("gd_lead").send("post", f"{june()}submit/", {"version": 1}),
    ]

    assert [one.status_code for one in answers] == [422, 422]
    assert answers[0].json()["errors"] == answers[1].json()["errors"] != []


def test_a_unit_without_a_lead_is_told_so(caller, country, june):
    caller("gd_clerk").send("put", june(), {"version": 0, "figures": JUNE_FIGURES})

    answer = ask(caller("gd_clerk"))

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "no_lead")


def test_unknown_fields_are_refused(caller, draft):
    assert ask(caller("gd_clerk"), comment="请").status_code == 400
