"""submissions/api.py: one report over REST, from the empty draft to the national total."""

from __future__ import annotations

import pytest

from tests import factories
from tests.api.conftest import JUNE_FIGURES


def test_a_report_nobody_began_is_an_empty_draft_of_version_0(caller, country, june):
    report = caller("gd_clerk").get_json(june())

    assert (report["month"], report["unit"], report["status"], report["version"]) == ("2007-06", "440000", "draft", 0)
    assert [figure["indicator"] for figure in report["figures"]] == ["T01", "T04", "T11", "T13", "T18"]
    assert {figure["value"] for figure in report["figures"]} == {None}
    assert {figure["state"] for figure in report["figures"]} == {"not_reported"}
    assert report["findings"] == []
    assert report["may"] == {
        "edit": True, "submit": False, "withdraw": False, "approve": False,
        "return": False, "correct": False, "reopen": False,
    }  # fmt: skip


def test_a_figure_in_a_month_where_it_is_not_due_is_refused_with_a_sentence(caller, country):
    answer = caller("gd_clerk").send(
        "put", "reports/2007-05/440000/", {"version": 0, "figures": [{"indicator": "T04", "value": "1"}]}
    )

    assert answer.status_code == 400
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("/figures/0/indicator", "not_due")
    ]


def test_a_draft_is_approved_and_the_next_answer_of_progress_shows_it(caller, country, june):
    clerk, lead, ministry = caller("gd_clerk"), caller("gd_lead"), caller("ministry")

    saved = clerk.send("put", june(), {"version": 0, "figures": JUNE_FIGURES, "note": "六月"}).json()
    submitted = lead.send("post", f"{june()}submit/", {"version": saved["version"]}).json()
    before = ministry.get_json("progress/", month="2007-06", indicator="T01")["results"]
    approved = ministry.send("post", f"{june()}approve/", {"version": submitted["version"]})
    after = ministry.get_json("progress/", month="2007-06", indicator="T01")["results"]

    assert (saved["status"], saved["version"], saved["note"]) == ("draft", 1, "六月")
    assert submitted["status"] == "submitted"
    assert (approved.status_code, approved.json()["status"]) == (200, "approved")
    assert [row["value"] for row in before] == [None]
    assert [(row["value"], row["n_due"], row["n_reported"]) for row in after] == [("310000", 2, 1)]


def test_every_verb_answers_the_report(caller, country, june):
    clerk, lead, ministry = caller("gd_clerk"), caller("gd_lead"), caller("ministry")
    version = clerk.send("put", june(), {"version": 0, "figures": JUNE_FIGURES}).json()["version"]
    steps = [
        (lead, "submit", "submitted"),
        (lead, "withdraw", "draft"),
        (lead, "submit", "submitted"),
        (ministry, "return", "returned"),
        (lead, "submit", "submitted"),
        (ministry, "approve", "approved"),
        (lead, "correct", "draft"),
        (lead, "submit", "submitted"),
        (ministry, "approve", "approved"),
        (ministry, "reopen", "returned"),
    ]

    for program, verb, status in steps:
        answer = program.send("post", f"{june()}{verb}/", {"version": version, "comment": "原因见附件"})
        assert (answer.status_code, answer.json()["status"]) == (200, status)
        version = answer.json()["version"]

    assert version == 1 + len(steps)


def test_the_bodies_of_the_contract_are_taken_as_they_stand(caller, country, june):
    body = {
        "version": 0,
        "figures": [
            {"indicator": "T01", "value": "310000"},
            {"indicator": "T04", "numerator": "210000", "denominator": "5200000"},
            {"indicator": "T13", "state": "not_applicable"},
        ],
        "milestones": [
            {
                "milestone": "M01-1",
                "state": "in_progress",
                "planned_on": "2007-09-30",
                "actual_on": None,
                "note": "征求意见",
            }
        ],
        "note": "",
    }

    report = caller("gd_clerk").send("put", june(), body).json()

    states = {figure["indicator"]: (figure["state"], figure["value"]) for figure in report["figures"]}
    assert states["T01"] == ("reported", "310000")
    assert states["T04"] == ("reported", "0.04038461538461538461538461538")
    assert states["T13"] == ("not_applicable", None)
    assert report["milestones"] == [
        {
            "milestone": "M01-1",
            "state": "in_progress",
            "planned_on": "2007-09-30",
            "actual_on": None,
            "new_title": "",
            "note": "征求意见",
            "covered": None,
            "in_scope": None,
            "reported_in": "2007-06",
            "delay": "overdue",
            "evidence": [],
        }
    ]


def test_of_what_prefectures_do_a_program_says_how_many_have_done_it(caller, country, june):
    factories.MilestoneFactory(
        code="M27-2", actors=["C"], scope="PREFECTURES", scope_count=333, scope_by_unit={"440000": 21}
    )
    clerk, row = caller("gd_clerk"), {"milestone": "M27-2", "state": "in_progress"}

    kept = clerk.send("put", june(), {"version": 0, "milestones": [{**row, "covered": 12}]}).json()
    refused = clerk.send("put", june(), {"version": 1, "milestones": [{**row, "covered": 22}]})

    told = {one["milestone"]: (one["covered"], one["in_scope"]) for one in kept["milestones"]}
    assert told == {"M01-1": (None, None), "M27-2": (12, 21)}
    assert refused.status_code == 400
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [
        ("/milestones/0/covered", "more_than_in_scope")
    ]


def test_what_is_left_out_stays_and_null_clears(caller, country, june):
    clerk = caller("gd_clerk")
    clerk.send("put", june(), {"version": 0, "figures": JUNE_FIGURES, "note": "六月"})

    report = clerk.send("put", june(), {"version": 1, "figures": [{"indicator": "T01", "value": None}]}).json()

    assert [(figure["indicator"], figure["state"]) for figure in report["figures"]] == [
        ("T01", "not_reported"),
        ("T04", "reported"),
        ("T11", "reported"),
        ("T13", "not_applicable"),
        ("T18", "reported"),
    ]
    assert report["note"] == "六月"


def test_a_draft_is_saved_whole_or_not_at_all_and_every_fault_is_told(caller, country, june):
    clerk = caller("gd_clerk")
    body = {
        "version": 0,
        "figures": [{"indicator": "T01", "value": "310000"}, {"indicator": "T11", "value": "12万"}],
        "milestones": [{"milestone": "M99-1", "state": "issued"}],
    }

    answer = clerk.send("put", june(), body)

    assert answer.status_code == 400
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("/figures/1/value", "has_unit"),
        ("/milestones/0/milestone", "unknown_milestone"),
    ]
    assert clerk.get_json(june())["version"] == 0


@pytest.mark.parametrize("list_name", ["figures", "milestones"])
def test_rows_that_are_no_objects_are_refused_by_their_place(caller, country, june, list_name):
    answer = caller("gd_clerk").send("put", june(), {"version": 0, list_name: [0, None, "x", [], True]})

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{list_name}/{n}" for n in range(5)]


@pytest.mark.parametrize("rows", [None, {}, "x", 7, [{}] * 501])
def test_rows_that_are_no_list_are_refused_by_their_name(caller, country, june, rows):
    answer = caller("gd_clerk").send("put", june(), {"version": 0, "figures": rows})

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/figures"]


@pytest.mark.parametrize("value", [True, [], {}, "1_000", "1E2", "NaN", "—", "12%", -1, 1.5, "9" * 40])
def test_r03_what_is_no_figure_is_refused_by_its_place(caller, country, june, value):
    answer = caller("gd_clerk").send("put", june(), {"version": 0, "figures": [{"indicator": "T01", "value": value}]})

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/figures/0/value"]


@pytest.mark.parametrize("value", ["３１００００", "310,000", " 310000 ", 310000, 310000.0, "310000.00"])
def test_r03_the_grammar_is_that_of_the_form(caller, country, june, value):
    report = caller("gd_clerk").send("put", june(), {"version": 0, "figures": [{"indicator": "T01", "value": value}]})

    assert report.json()["figures"][0]["value"] == "310000"


@pytest.mark.parametrize("field", ["previous_value", "target_value", "status", "approved_by", "id"])
def test_r11_fields_of_a_figure_that_may_not_be_written_are_refused_by_name(caller, country, june, field):
    answer = caller("gd_clerk").send(
        "put", june(), {"version": 0, "figures": [{"indicator": "T01", "value": "1", field: "1"}]}
    )

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/figures/0/{field}"]


@pytest.mark.parametrize("field", ["status", "unit", "month", "findings", "may", "approved_by", "organisation"])
@pytest.mark.parametrize("name", ["gd_clerk", "gd_lead", "ministry"])
def test_r11_fields_of_a_report_that_may_not_be_written_are_refused_by_name(caller, country, june, name, field):
    answer = caller(name).send("put", june(), {"version": 0, field: "approved"})

    assert answer.status_code == 400
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(f"/{field}", "unknown_field")]


@pytest.mark.parametrize("verb", ["submit", "withdraw", "approve", "return", "correct", "reopen"])
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/version"),
        ({"version": None}, "/version"),
        ({"version": "1"}, "/version"),
        ({"version": True}, "/version"),
        ({"version": 1.5}, "/version"),
        ({"version": -1}, "/version"),
        ({"version": 0, "force": True}, "/force"),
        ({"version": 0, "comment": 7}, "/comment"),
        ({"version": 0, "explanations": []}, "/explanations"),
        ({"version": 0, "explanations": {"V99": "征求意见阶段"}}, "/explanations/V99"),
    ],
)
def test_r11_the_body_of_a_verb_is_read_strictly(caller, country, june, verb, body, pointer):
    answer = caller("ministry").send("post", f"{june()}{verb}/", body)

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_r12_a_stale_version_is_answered_with_the_report_as_it_stands(caller, country, june):
    clerk = caller("gd_clerk")
    clerk.send("put", june(), {"version": 0, "figures": JUNE_FIGURES})

    answer = clerk.send("put", june(), {"version": 0, "note": "另一份"})

    body = answer.json()
    assert (answer.status_code, body["type"]) == (409, "urn:workplan:problem:stale-version")
    assert (body["current_version"], body["current"]["version"]) == (1, 1)
    assert body["current"]["figures"][0]["value"] == "310000"


def test_errors_and_unexplained_warnings_block_submission_all_at_once(caller, country, june):
    clerk, lead = caller("gd_clerk"), caller("gd_lead")
    figures = [*JUNE_FIGURES[1:2], {"indicator": "T11", "value": "400000"}, {"indicator": "T18", "value": "5000"}]
    clerk.send("put", "reports/2007-05/440000/", {"version": 0, "figures": [{"indicator": "T11", "value": "900000"}]})
    clerk.send("put", june(), {"version": 0, "figures": figures})

    answer = lead.send("post", f"{june()}submit/", {"version": 1})

    body = answer.json()
    assert (answer.status_code, body["type"]) == (422, "urn:workplan:problem:findings")
    assert [(error["pointer"], error["code"], error["severity"]) for error in body["errors"]] == [
        ("/figures/T01", "V19", "E"),
        ("/figures/T11", "V08", "W"),
        ("/figures/T13", "V19", "E"),
        ("/figures/T18", "V16", "E"),
        ("/figures/T18", "V16", "E"),
    ]


def test_a_suspected_slip_of_unit_comes_with_what_was_probably_meant(caller, country, june):
    clerk, lead = caller("gd_clerk"), caller("gd_lead")
    clerk.send("put", "reports/2007-05/440000/", {"version": 0, "figures": [{"indicator": "T11", "value": "900000"}]})

    saved = clerk.send("put", june(), {"version": 0, "figures": [{"indicator": "T11", "value": "92"}]}).json()
    refused = lead.send("post", f"{june()}submit/", {"version": 1}).json()

    assert [(one["code"], one["suggestion"]) for one in saved["findings"] if one["indicator"] == "T11"][-1] == (
        "V10",
        {"field": "value", "value": "920000"},
    )
    assert all(one["suggestion"] is None for one in saved["findings"] if one["code"] != "V10")
    (slip,) = [one for one in refused["errors"] if one["code"] == "V10"]
    assert (slip["pointer"], slip["field"], slip["suggestion"]) == ("/figures/T11", "value", "920000")


def test_an_explained_warning_is_submitted_with_its_answer(caller, country, june):
    clerk, lead = caller("gd_clerk"), caller("gd_lead")
    clerk.send("put", "reports/2007-05/440000/", {"version": 0, "figures": [{"indicator": "T11", "value": "900000"}]})
    figures = [figure for figure in JUNE_FIGURES if figure["indicator"] != "T11"]
    clerk.send("put", june(), {"version": 0, "figures": [*figures, {"indicator": "T11", "value": "850000"}]})

    refused = lead.send("post", f"{june()}submit/", {"version": 1})
    accepted = lead.send(
        "post", f"{june()}submit/", {"version": 1, "comment": "", "explanations": {"V08:T11": "清理重复参保。"}}
    )

    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [("/figures/T11", "V08")]
    assert (accepted.status_code, accepted.json()["status"]) == (200, "submitted")
    assert [(found["code"], found["severity"], found["explanation"]) for found in accepted.json()["findings"]] == [
        ("V22", "I", ""),
        ("V08", "W", "清理重复参保。"),
    ]


@pytest.mark.parametrize("verb", ["return", "correct", "reopen"])
def test_a_reason_is_asked_for_where_one_is_due(caller, country, june, verb):
    clerk, lead, ministry = caller("gd_clerk"), caller("gd_lead"), caller("ministry")
    clerk.send("put", june(), {"version": 0, "figures": JUNE_FIGURES})
    lead.send("post", f"{june()}submit/", {"version": 1})
    if verb != "return":
        ministry.send("post", f"{june()}approve/", {"version": 2})
    program = lead if verb == "correct" else ministry

    answer = program.send("post", f"{june()}{verb}/", {"version": 3 if verb != "return" else 2, "comment": " "})

    assert answer.status_code == 400
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("/comment", "comment_required")
    ]


def test_four_eyes_who_submitted_does_not_approve(caller, country, june):
    ministry = caller("ministry")
    ministry.send("put", june(), {"version": 0, "figures": JUNE_FIGURES})
    ministry.send("post", f"{june()}submit/", {"version": 1})

    answer = ministry.send("post", f"{june()}approve/", {"version": 2})

    assert (answer.status_code, answer.json()["type"]) == (403, "urn:workplan:problem:four-eyes")


@pytest.mark.parametrize("verb", ["withdraw", "approve", "return", "correct"])
def test_a_step_the_state_does_not_allow_is_a_conflict_even_before_the_report_is_begun(caller, country, june, verb):
    answer = caller("ministry").send("post", f"{june()}{verb}/", {"version": 0, "comment": "原因"})

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:workplan:problem:wrong-status")


def test_a_closed_month_is_a_conflict(caller, country, june, people_of):
    period = country.months[5]
    period.closed_at, period.closed_by = "2007-10-01T10:00:00+08:00", people_of["ministry"]
    period.save()

    answer = caller("gd_clerk").send("put", june(), {"version": 0})

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:workplan:problem:month-closed")


def test_the_list_holds_begun_reports_of_the_own_subtree(caller, country, june):
    caller("gd_clerk").send("put", june(), {"version": 0})
    caller("hl_clerk").send("put", june(country.hl), {"version": 0})

    seen = {
        name: [row["unit"] for row in caller(name).get_json("reports/")["results"]]
        for name in ("gd_clerk", "hl_lead", "ministry", "analyst")
    }

    assert seen == {"gd_clerk": ["440000"], "hl_lead": ["230000"], "ministry": ["440000", "230000"], "analyst": []}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"month": "2007-06"}, 2),
        ({"month": "2007-05"}, 0),
        ({"unit": "440000"}, 1),
        ({"unit": "000000"}, 2),
        ({"status": "draft"}, 2),
        ({"status": "approved"}, 0),
    ],
)
def test_the_list_is_narrowed_by_month_unit_and_status(caller, country, june, query, found):
    caller("gd_clerk").send("put", june(), {"version": 0})
    caller("hl_clerk").send("put", june(country.hl), {"version": 0})

    assert caller("ministry").get_json("reports/", **query)["count"] == found


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_costs_the_same_queries_for_one_and_three(caller, country, django_assert_num_queries, n):
    clerk = caller("gd_clerk")
    for number in range(n):
        clerk.send("put", f"reports/2007-0{number + 1}/440000/", {"version": 0})

    with django_assert_num_queries(4):
        assert len(clerk.get_json("reports/")["results"]) == n


def test_ux26_an_approval_waits_for_units_below_or_names_them(caller, country, june):
    """The refusal lists them by code; an exception names them all, with a reason, and is told with the report."""
    for code in ("440100", "440300"):
        below = factories.UnitFactory(code=code, parent=country.gd, kind="PREFECTURE")
        factories.AssignmentFactory(plan=country.plan, indicator=country.T01, unit=below)
    clerk, lead, ministry = caller("gd_clerk"), caller("gd_lead"), caller("ministry")
    version = clerk.send("put", june(), {"version": 0, "figures": JUNE_FIGURES}).json()["version"]
    report = lead.send("post", f"{june()}submit/", {"version": version}).json()
    step = {"version": report["version"]}
    exception = {"units": ["440100", "440300"], "reason": "两市系统升级。"}

    def fails(**given):
        answer = ministry.send("post", f"{june()}approve/", {**step, **given})
        return answer.status_code, [(one["code"], one["pointer"]) for one in answer.json()["errors"]]

    assert report["waiting_for"] == ["440100", "440300"]
    assert fails() == (409, [("waits_for_units", "/exception/units")] * 2)
    assert fails(exception={**exception, "units": ["440100"]}) == (409, [("waits_for_units", "/exception/units")])
    assert fails(exception={**exception, "reason": " "})[0] == 400
    assert fails(exception={"units": ["230000"], "reason": "…"}) == (400, [("unknown_unit", "/exception/units")])
    assert fails(exception={**exception, "by": "x"})[0] == 400
    returned = ministry.send("post", f"{june()}return/", {**step, "comment": "请核对。", "exception": exception})
    assert returned.status_code == 400

    told = ministry.send("post", f"{june()}approve/", {**step, "exception": exception})

    assert (told.status_code, told.json()["status"]) == (200, "approved")
    assert [(one["unit"], one["reason"]) for one in told.json()["exceptions"]] == [
        ("440100", "两市系统升级。"),
        ("440300", "两市系统升级。"),
    ]
