"""Who reads and moves which report over REST; what is not open reads like nothing."""

from __future__ import annotations

import pytest

from tests.api.conftest import JUNE_FIGURES

READERS = ["ministry", "planner", "gd_clerk", "gd_lead"]
OTHERS = ["analyst", "hl_clerk", "hl_lead"]
ADMINISTRATORS = ["sysadmin", "secadmin", "auditor"]


@pytest.mark.parametrize("name", READERS)
def test_a_draft_is_open_to_its_own_people_and_the_ministry(caller, country, june, name):
    assert caller(name).get_json(june())["status"] == "draft"


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("begun", [False, True])
def test_another_units_draft_reads_like_nothing(caller, country, june, name, begun):
    if begun:
        caller("gd_clerk").send("put", june(), {"version": 0, "figures": JUNE_FIGURES})

    answer = caller(name).get(f"/api/v1/{june()}")

    assert (answer.status_code, answer.json()) == (404, caller(name).get("/api/v1/nothing/").json())


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("verb", ["submit", "withdraw", "approve", "return", "correct", "reopen"])
def test_verbs_on_another_units_report_read_like_nothing(caller, country, june, name, verb):
    answer = caller(name).send("post", f"{june()}{verb}/", {"version": 0, "comment": "原因"})

    assert answer.status_code == 404


@pytest.mark.parametrize("name", ADMINISTRATORS)
@pytest.mark.parametrize("path", ["reports/", "reports/2007-06/440000/", "progress/", "figures/"])
def test_administrators_see_no_figures_by_virtue_of_their_role(caller, country, name, path):
    assert caller(name).get(f"/api/v1/{path}").status_code == 403


@pytest.mark.parametrize(
    ("name", "verb", "status"),
    [
        ("gd_clerk", "submit", 403),
        ("gd_clerk", "approve", 403),
        ("gd_lead", "approve", 403),
        ("gd_lead", "reopen", 403),
        ("planner", "submit", 403),
        ("planner", "approve", 403),
    ],
)
def test_a_step_that_is_not_the_persons_is_forbidden(caller, country, june, name, verb, status):
    answer = caller(name).send("post", f"{june()}{verb}/", {"version": 0, "comment": "原因"})

    assert answer.status_code == status


@pytest.mark.parametrize("address", ["2007-06/710000", "2007-06/000000", "2006-06/440000", "2007-13/440000"])
def test_months_outside_the_plan_and_units_that_do_not_file_have_no_report(caller, country, address):
    assert caller("ministry").get(f"/api/v1/reports/{address}/").status_code == 404


def test_an_analyst_reads_what_was_approved_and_not_the_correction_in_work(caller, country, june):
    clerk, lead, ministry, analyst = (caller(name) for name in ("gd_clerk", "gd_lead", "ministry", "analyst"))
    clerk.send("put", june(), {"version": 0, "figures": JUNE_FIGURES})
    lead.send("post", f"{june()}submit/", {"version": 1})
    ministry.send("post", f"{june()}approve/", {"version": 2})
    lead.send("post", f"{june()}correct/", {"version": 3, "comment": "漏报一个市"})
    lead.send("put", june(), {"version": 4, "figures": [{"indicator": "T01", "value": "320000"}]})

    report = analyst.get_json(june())

    assert (report["status"], report["figures"][0]["value"]) == ("approved", "310000")
    assert set(report["may"].values()) == {False}
    assert [row["status"] for row in analyst.get_json("reports/")["results"]] == ["approved"]
    assert analyst.get_json("reports/", status="draft")["results"] == []
