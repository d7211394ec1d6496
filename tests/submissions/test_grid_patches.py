"""Cells saved one by one: each is judged by the one number grammar, merged on its own and answered for by name."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from accounts.models import AuditEntry
from submissions import services
from submissions.models import Figure, MonthlyReport
from targets.models import Indicator
from tests import factories
from tests.factories import file, shanghai, submitted
from tests.submissions.grid_patches import ADDRESS, cell, outcomes, patch
from tests.submissions.posting import ADDRESS as FORM
from tests.submissions.posting import opened
from workplan.templatetags.figures import plain

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 3)


@pytest.fixture(autouse=True)
def _report_can_be_opened(unit, period):
    """September of Guangdong is there to be filled in."""


@pytest.fixture
def as_clerk(client, clerk):
    client.force_login(clerk)
    return client


def stored(code: str = "T01", month: str = "2007-09-01") -> object:
    report = MonthlyReport.objects.get(period=month)
    figure = report.filing.figures.filter(indicator__code=code).first()
    return None if figure is None else figure.value


# What is saved ---------------------------------------------------------------------------------


def test_a_cell_is_saved_and_answered_with_what_now_stands_there(as_clerk):
    response = patch(as_clerk, cell("T01", "１，０２０，０００"))

    answer = response.json()["cells"][0]
    assert response.status_code == 200
    assert stored() == 1_020_000
    assert (answer["outcome"], answer["text"], answer["shown"]) == ("saved", "1020000", "1,020,000")
    assert (answer["value"], answer["echo"]) == ("1020000", "102万人")
    assert answer["notes"] == ["“１，０２０，０００”中的全角字符已换成半角，读作 1020000。"]


@pytest.mark.parametrize(
    ("month", "own"),
    [(1, "310,000"), (8, "–"), (9, "110,000")],  # January counts from 0; August follows a month not filed
)
def test_the_months_own_figure_is_told_while_a_total_is_typed_ux_11(as_clerk, unit, lead, month, own):
    factories.MonthFactory(number=month)
    file(unit, factories.MonthFactory(number=6), {"T01": "100000"}, by=lead, now=NOW)
    if month == 9:
        file(unit, factories.MonthFactory(number=8), {"T01": "200000"}, by=lead, now=NOW)

    typed = [cell(code, "310,000", month=f"2007-{month:02d}") for code in ("T01", "T08")]
    answers = patch(as_clerk, *typed, dry_run=True).json()["cells"]

    assert [(one["outcome"], one["month_value"]) for one in answers] == [("read", own), ("read", None)]


def test_typing_in_wan_is_echoed_in_persons_ux_18(as_clerk):
    answer = patch(as_clerk, cell("T01", "12.5"), scale=10_000).json()["cells"][0]

    assert stored() == 125_000
    assert (answer["text"], answer["echo"]) == ("12.5", "125,000 人")


def test_months_are_saved_each_on_its_own(as_clerk):
    response = patch(as_clerk, cell("T01", "8", month="2007-08"), cell("T01", "9"), cell("T08", "10"))

    assert response.status_code == 200
    assert [stored("T01", "2007-08-01"), stored("T01"), stored("T08")] == [8, 9, 10]
    assert sorted(response.json()["months"]) == ["2007-08", "2007-09"]


def test_a_dry_run_reads_and_stores_nothing(as_clerk):
    response = patch(as_clerk, cell("T01", "102万"), cell("T08", "5,000,000"), dry_run=True)

    first, second = response.json()["cells"]
    assert (first["outcome"], first["complaints"][0]["suggestion"]) == ("refused", "1020000")
    assert (second["outcome"], second["text"], second["echo"]) == ("read", "5000000", "500万人")
    assert not MonthlyReport.objects.exists()


def test_a_cell_that_cannot_be_stored_holds_back_no_other_ux_10(as_clerk):
    response = patch(as_clerk, cell("T01", "102万"), cell("T08", "5"))

    refused = response.json()["cells"][0]
    assert response.status_code == 422
    assert outcomes(response) == [("figure.T01.value", "refused"), ("figure.T08.value", "saved")]
    assert refused["complaints"][0]["message"] == "“102万”带有单位或文字，这一格只填数字。请填 1020000。"
    assert (stored("T01"), stored("T08")) == (None, 5)


def test_one_half_of_a_ratio_waits_for_the_other(as_clerk):
    half = patch(as_clerk, cell("figure.T04.numerator", "46"))
    both = patch(as_clerk, cell("figure.T04.numerator", "46"), cell("figure.T04.denominator", "1000"))

    assert half.json()["cells"][0]["complaints"][0]["message"] == "分子、分母须同时填写。"
    assert both.status_code == 200
    assert MonthlyReport.objects.get().filing.figures.get().numerator == 46


def test_an_emptied_cell_is_cleared_and_a_zero_is_not_f_08(as_clerk, unit, period, clerk):
    file(unit, period, {"T01": "5", "T08": "6"}, by=clerk, now=NOW)

    patch(as_clerk, cell("T01", "", "5"), cell("T08", "0", "6"))

    assert (stored("T01"), stored("T08")) == (None, 0)


def test_state_note_and_answers_to_findings_are_cells_too(as_clerk, unit, period, clerk):
    file(unit, period, {"T01": "5"}, by=clerk, now=NOW)

    response = patch(
        as_clerk,
        cell("figure.T08.state", "NOT_REPORTED"),
        cell("figure.T08.note", "系统升级，下月补报。"),
        cell("explanation.V08:T01", "参保范围扩大。"),
        {**cell("T01", "请审核。"), "name": "note"},
    )

    filing = MonthlyReport.objects.get().filing
    assert response.status_code == 200
    assert filing.figures.get(indicator__code="T08").state == "NOT_REPORTED"
    assert filing.explanations.get().text == "参保范围扩大。"
    assert filing.note == "请审核。"


def test_a_milestone_is_a_cell_too(as_clerk):
    milestone = factories.MilestoneFactory()

    response = patch(as_clerk, cell(f"milestone.{milestone.code}.state", "IN_PROGRESS"))

    assert response.status_code == 200
    assert MonthlyReport.objects.get().filing.milestones.get().state == "IN_PROGRESS"


def test_the_nations_own_milestones_are_cells_too(client, ministry, unit):
    milestone = factories.MilestoneFactory(actors=["M"], scope="NATIONAL", scope_count=1)
    client.force_login(ministry)
    address = "/reports/grid/000000/cells/"

    response = patch(client, cell(f"milestone.{milestone.code}.state", "IN_PROGRESS"), address=address)

    assert response.status_code == 200
    assert MonthlyReport.objects.get(unit__code="000000").filing.milestones.get().state == "IN_PROGRESS"


def test_the_answer_tells_what_the_rules_now_find(as_clerk, unit, clerk):
    file(unit, factories.MonthFactory(number=8), {"T01": "500"}, by=clerk, now=NOW)

    answer = patch(as_clerk, cell("T01", "400")).json()

    assert [one["severity"] for one in answer["months"]["2007-09"]["found"]["T01"]] != []
    assert answer["saved_at"].count(":") == 2


@pytest.mark.parametrize(("scale", "typed", "text"), [(1, "458", "4580000"), (10_000, "4580000", "458")])
def test_the_answer_offers_what_was_probably_meant_as_it_is_typed(as_clerk, unit, clerk, scale, typed, text):
    file(unit, factories.MonthFactory(number=8), {"T08": "4356259"}, by=clerk, now=NOW)

    offers = patch(as_clerk, cell("T08", typed), scale=scale).json()["months"]["2007-09"]["offers"]
    (offer,) = offers
    mended = patch(as_clerk, cell("T08", text, seen=typed), scale=scale).json()["months"]["2007-09"]["offers"]

    assert (offer["name"], offer["text"]) == ("figure.T08.value", text)
    assert "如果应为 458万人，请改正" in offer["message"]
    assert mended == []


def test_the_answer_tells_how_far_the_month_is_and_each_row_from_its_target(as_clerk, unit):
    factories.TargetFactory(indicator=Indicator.objects.get(code="T01"), unit=unit, target_value=800)
    factories.MonthFactory(number=6)

    saved = patch(
        as_clerk,
        cell("T01", "200", month="2007-06"),
        cell("figure.T04.numerator", "3", month="2007-06"),
        cell("figure.T04.denominator", "100", month="2007-06"),
    ).json()["months"]["2007-06"]

    assert saved["filled"] == "已填 2 / 3 项"
    assert saved["rates"] == {"T01": "25.0%", "T04": "–", "T08": "–"}
    assert saved["ratios"] == {"T04": "3.00%"}


def test_sending_again_changes_nothing(as_clerk):
    patch(as_clerk, cell("T01", "7"))
    again = patch(as_clerk, cell("T01", "7"))

    assert outcomes(again) == [("figure.T01.value", "saved")]
    assert MonthlyReport.objects.get().version == 1
    assert AuditEntry.objects.filter(action="report.save").count() == 1


# Two clerks ------------------------------------------------------------------------------------


def test_two_clerks_on_different_cells_keep_both_g_08(as_clerk, unit, period, lead):
    file(unit, period, {"T01": "5"}, by=lead, now=NOW)

    response = patch(as_clerk, cell("T08", "8"))

    assert response.status_code == 200
    assert (stored("T01"), stored("T08")) == (5, 8)
    assert response.json()["months"]["2007-09"]["stored"]["figure.T01.value"] == {"text": "5", "shown": "5"}


def test_two_clerks_on_one_cell_see_both_values_who_and_when_f_16(as_clerk, unit, period, lead):
    file(unit, period, {"T01": "6"}, by=lead, now=NOW)

    response = patch(as_clerk, cell("T01", "7", "5"), cell("T08", "8"))

    conflict = response.json()["cells"][0]
    assert response.status_code == 409
    assert outcomes(response) == [("figure.T01.value", "conflict"), ("figure.T08.value", "saved")]
    assert (conflict["text"], conflict["changed"]["by"]) == ("6", lead.label)
    assert conflict["changed"]["is_mine"] is False
    assert (stored("T01"), stored("T08")) == (6, 8)


def test_choosing_ones_own_after_looking_wins(as_clerk, unit, period, lead):
    file(unit, period, {"T01": "6"}, by=lead, now=NOW)

    assert patch(as_clerk, cell("T01", "7", "6")).status_code == 200
    assert stored() == 7


def test_a_save_that_overtakes_is_merged_and_not_overwritten(as_clerk, unit, period, lead, monkeypatch):
    file(unit, period, {"T01": "5"}, by=lead, now=NOW)
    save, rivals = services.save_draft, [{"T08": "88"}, {"T01": "6"}]

    def overtaken(report, **circumstances):
        if rivals:
            report_now = services.report_for(unit, period)
            figures = rivals.pop()
            monkeypatch.setattr(services, "save_draft", save)
            file(unit, report_now.period, figures, by=lead, now=NOW)
            monkeypatch.setattr(services, "save_draft", overtaken)
        return save(report, **circumstances)

    monkeypatch.setattr(services, "save_draft", overtaken)
    response = patch(as_clerk, cell("T01", "7", "5"), cell("T08", "8"))

    assert outcomes(response) == [("figure.T01.value", "conflict"), ("figure.T08.value", "conflict")]
    assert (stored("T01"), stored("T08")) == (6, 88)


def test_after_too_many_overtakings_the_page_is_told_to_try_again(as_clerk, unit, period, lead, monkeypatch):
    report = file(unit, period, {"T01": "5"}, by=lead, now=NOW)

    def stale(*args, **circumstances):
        raise services.StaleVersion(report)

    monkeypatch.setattr(services, "save_draft", stale)
    response = patch(as_clerk, cell("T08", "8"))

    assert (response.status_code, response.json()["type"]) == (409, "urn:workplan:problem:stale-version")


# Shut meanwhile --------------------------------------------------------------------------------


def test_a_closed_month_refuses_with_the_event_f_19(as_clerk, unit, period, clerk):
    file(unit, period, {"T01": "5"}, by=clerk, now=NOW)
    factories.MonthFactory(number=10)
    period.closed_at, period.closed_by = shanghai(2007, 10, 6), clerk
    period.save()

    response = patch(as_clerk, cell("T01", "7", "5"), cell("T01", "1", month="2007-10"))

    assert response.status_code == 409
    assert outcomes(response) == [("figure.T01.value", "locked"), ("figure.T01.value", "saved")]
    assert "2007年9月已于 2007-10-06 10:00 关闭" in response.json()["cells"][0]["reason"]
    assert "关闭" in response.json()["months"]["2007-09"]["why"]
    assert stored() == 5


def test_a_submitted_report_is_locked_and_a_month_not_open_too(as_clerk, unit, period, lead):
    factories.MonthFactory(number=11)
    factories.submitted(unit, period, {"T01": "5", "T08": "6", "T04": (1, 50)}, by=lead, now=NOW)

    response = patch(as_clerk, cell("T01", "7", "5"), cell("T01", "1", month="2007-11"))

    assert [one["outcome"] for one in response.json()["cells"]] == ["locked", "locked"]
    assert "待审核" in response.json()["cells"][0]["reason"]
    assert MonthlyReport.objects.get(period="2007-09-01").filing.figures.get(indicator__code="T01").value == 5


# Rights and limits -----------------------------------------------------------------------------


def test_another_units_grid_reads_like_none(as_clerk):
    factories.AssignmentFactory(unit=factories.UnitFactory(code="230000"), indicator=factories.IndicatorFactory())

    assert as_clerk.get("/reports/grid/230000/").status_code == 404
    assert as_clerk.get("/reports/grid/990000/").status_code == 404
    assert patch(as_clerk, cell("T01", "1"), address="/reports/grid/230000/cells/").status_code == 404


def test_whoever_may_look_but_not_edit_saves_nothing(client, planner, unit):
    client.force_login(planner)

    response = patch(client, cell("T01", "1"))

    assert outcomes(response) == [("figure.T01.value", "locked")]
    assert "不能" in response.json()["cells"][0]["reason"]
    assert not MonthlyReport.objects.exists()


def test_signed_out_one_is_led_to_sign_in(client, clerk):
    body = {"person": clerk.pk, "cells": [cell("T01", "1")]}

    response = client.post(ADDRESS, body, content_type="application/json")

    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]


def test_a_page_of_another_person_saves_nothing(as_clerk, lead):
    response = patch(as_clerk, cell("T01", "1"), person=lead.pk)

    assert (response.status_code, response.json()["type"]) == (403, "urn:workplan:problem:another-person")
    assert not MonthlyReport.objects.exists()
    assert [one["code"] for one in refused_saves()] == ["another_person"]


def test_without_the_token_nothing_is_saved_f_14(clerk):
    guarded = Client(enforce_csrf_checks=True)
    guarded.force_login(clerk)

    assert patch(guarded, cell("T01", "1")).status_code == 403
    assert not MonthlyReport.objects.exists()


def test_two_hundred_cells_are_read_and_one_more_is_not_f_12(as_clerk, unit):
    for number in range(200):
        indicator = factories.IndicatorFactory(code=f"X{number:03d}")
        factories.AssignmentFactory(unit=unit, indicator=indicator)
    cells = [cell(f"X{number:03d}", str(number)) for number in range(200)]

    assert patch(as_clerk, *cells).status_code == 200
    assert MonthlyReport.objects.get().filing.figures.count() == 200
    too_many = patch(as_clerk, *cells, cell("T01", "1"))
    assert too_many.status_code == 400
    assert too_many.json()["errors"][0]["message"] == "一次最多 200 个单元格，这里有 201 个，请分批发送。"


def test_a_body_beyond_the_limit_is_not_even_read(as_clerk):
    response = as_clerk.post(ADDRESS, b"x" * (1024 * 1024 + 1), content_type="application/json")

    assert response.status_code == 413


def refused_saves() -> list[dict[str, object]]:
    return [one.details for one in AuditEntry.objects.filter(action="report.save.refused").order_by("number")]


def test_a_slip_in_the_grid_leaves_no_entry(as_clerk):
    patch(as_clerk, cell("T01", "12万"))

    assert refused_saves() == []


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"extra": 1}, "/extra"),
        ({"person": "1"}, "/person"),
        ({"person": True}, "/person"),
        ({"scale": 100}, "/scale"),
        ({"scale": True}, "/scale"),
        ({"dry_run": "yes"}, "/dry_run"),
        ({"cells": []}, "/cells"),
        ({"cells": "T01"}, "/cells"),
        ({"cells": [1]}, "/cells/0"),
        ({"cells": [{"month": "2007-09", "name": "figure.T01.value", "text": "1"}]}, "/cells/0"),
        ({"cells": [{**cell("T01", "1"), "version": 3}]}, "/cells/0"),
        ({"cells": [cell("T01", "1"), cell("T01", "2")]}, "/cells"),
        ({"cells": [{**cell("T01", "1"), "text": 5}]}, "/cells/0/text"),
        ({"cells": [cell("T01", "1" * 8_001)]}, "/cells/0/text"),
        ({"cells": [cell("T01", "1", month="2007-9")]}, "/cells/0/month"),
        ({"cells": [cell("T01", "1", month="2007-13")]}, "/cells/0/month"),
        ({"cells": [cell("T01", "1", month="2008-01")]}, "/cells"),
    ],
)
def test_what_no_page_of_ours_sends_is_refused_with_its_place_f_27(as_clerk, change, pointer):
    response = patch(as_clerk, cell("T01", "1"), **change) if "cells" not in change else patch(as_clerk, **change)

    assert response.status_code == 400
    assert [one["pointer"] for one in response.json()["errors"]] == [pointer]
    assert not MonthlyReport.objects.exists()
    assert [(one["unit"], one["fields"]) for one in refused_saves()] == [("440000", [pointer])]


@pytest.mark.parametrize(
    "name",
    [
        "figure.T99.value",
        "figure.T01.numerator",
        "figure.T01.target",
        "figure.T01",
        "figure..value",
        "seen",
        "version",
        "milestone",
        "milestone.M99-9.state",
        "explanation.V08",
    ],
)
def test_a_cell_that_does_not_exist_is_named_and_nothing_stored_f_27(as_clerk, name):
    response = patch(as_clerk, {**cell("T01", "1"), "name": name})

    assert response.status_code == 422
    assert outcomes(response) == [(name, "refused")]
    assert response.json()["cells"][0]["complaints"]
    assert not MonthlyReport.objects.exists()
    assert len(refused_saves()) == (name != "explanation.V08")


def test_the_number_of_queries_does_not_grow_with_the_cells(as_clerk, unit, django_assert_max_num_queries):
    for number in range(20):
        factories.AssignmentFactory(unit=unit, indicator=factories.IndicatorFactory(code=f"X{number:03d}"))
    patch(as_clerk, cell("T01", "1"))

    with CaptureQueriesContext(connection) as one:
        patch(as_clerk, cell("X000", "1"))
    with django_assert_max_num_queries(len(one)):
        patch(as_clerk, *(cell(f"X{number:03d}", "2") for number in range(1, 20)))


# About one cell, and what could not be saved ---------------------------------------------------


def test_a_cell_tells_who_changed_it_and_what_stood_there(as_clerk, unit, period, lead):
    file(unit, period, {"T01": "1200"}, by=lead, now=NOW)
    file(unit, period, {"T01": "7"}, by=lead, now=NOW)

    response = as_clerk.get("/reports/grid/440000/cell/", {"month": "2007-09", "indicator": "T01"})

    past = response.context["page"].past
    assert [one.texts for one in past] == [[("figure.T01.value", "7")], [("figure.T01.value", "1200")]]
    assert f">{lead.label}<" in response.content.decode()


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("/reports/grid/230000/cell/", {"month": "2007-09", "indicator": "T01"}),
        ("/reports/grid/440000/cell/", {"month": "2007-08", "indicator": "T04"}),
        ("/reports/grid/440000/cell/", {"month": "2007-09", "indicator": "T99"}),
        ("/reports/grid/440000/cell/", {"month": "2006-09", "indicator": "T01"}),
        ("/reports/grid/440000/cell/", {}),
    ],
)
def test_a_cell_that_is_not_there_tells_nothing(as_clerk, address, query):
    assert as_clerk.get(address, query).status_code == 404


def test_what_is_handed_back_is_read_like_any_patch_and_stores_nothing(as_clerk, clerk):
    address = "/reports/grid/440000/draft/"
    asked = json.dumps({"person": clerk.pk, "cells": [cell("T01", "=1+1")]})

    good = as_clerk.post(address, {"patch": asked})

    assert good.status_code == 200
    book = load_workbook(BytesIO(b"".join(good.streaming_content)))
    assert list(book.active.iter_rows(values_only=True))[-1][4] == "=1+1"
    assert book.active.cell(book.active.max_row, 5).data_type == "s"
    assert as_clerk.post(address, {"patch": "[]"}).status_code == 400
    assert as_clerk.post(address.replace("44", "23"), {"patch": asked}).status_code == 404
    assert not MonthlyReport.objects.exists()


def test_all_that_was_not_saved_is_handed_back_and_none_is_left_out(as_clerk, clerk):
    many = [cell(f"X{number:05d}", str(number)) for number in range(5_000)]

    book = as_clerk.post("/reports/grid/440000/draft/", {"patch": json.dumps({"person": clerk.pk, "cells": many})})

    texts = [row[4] for row in load_workbook(BytesIO(b"".join(book.streaming_content))).active.values]
    assert texts[-5_000:] == [str(number) for number in range(5_000)]


# The page --------------------------------------------------------------------------------------


def test_the_grid_stands_under_my_reports_and_speaks_english(as_clerk, unit):
    as_clerk.cookies["django_language"] = "en"

    page = as_clerk.get("/reports/grid/440000/").content.decode()

    assert '<a class="mainnav__link" href="/reports/" aria-current="page">' in page
    assert "2007 figures: " in page


def test_what_was_handed_in_late_is_marked_at_its_month_v22(as_clerk, unit, period, lead):
    august = factories.MonthFactory(number=8)
    submitted(unit, august, {"T01": "1", "T08": "5"}, by=lead, now=shanghai(2007, 9, 9))
    submitted(unit, period, {"T01": "2", "T08": "5", "T04": (46, 1000)}, by=lead, now=NOW)

    page = as_clerk.get("/reports/grid/440000/")

    assert [column.key for column in page.context["page"].columns if column.is_late] == ["2007-08"]
    assert page.content.decode().count("迟报") == 1


# One grammar -----------------------------------------------------------------------------------

TYPED = st.one_of(
    st.text(alphabet="0123456789０１２.,，．-－+()（） 万亿%人eE十百千\u00a0'", max_size=12),
    st.text(max_size=8),
)


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(text=TYPED.filter(lambda text: not any("\ud800" <= char <= "\udfff" or char == "\0" for char in text)))
def test_form_and_grid_give_the_same_verdict(as_clerk, blank_form, text):
    """What the form says of a text, the grid says of it: the same suggestion, the same sentence, or the same value."""
    by_grid = patch(as_clerk, cell("T01", text), dry_run=True).json()["cells"][0]
    form = as_clerk.post(FORM, {**blank_form, "figure.T01.value": text})

    if form.status_code == 302:
        figure = Figure.objects.filter(indicator__code="T01", filing__report__period="2007-09-01").first()
        assert by_grid["outcome"] == "read"
        assert by_grid["value"] == plain(None if figure is None else figure.value)
        patch(as_clerk, cell("T01", "", by_grid["text"]))
    else:
        complaints = form.context["page"].form.cells["figure.T01.value"].complaints
        assert [one["message"] for one in by_grid["complaints"]] == [one.message for one in complaints]
        assert [one["suggestion"] for one in by_grid["complaints"]] == [one.suggestion for one in complaints]


@pytest.fixture
def blank_form(as_clerk):
    return opened(as_clerk)
