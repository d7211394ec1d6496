"""Number, label and status of one thing are the same in the database, on every page, in the workbook and over REST.

Held on the table worked out by hand in `test_worked_table`.
"""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from django.test import Client
from openpyxl import load_workbook

from accounts.models import NATION_CODE, ReportingUnit
from reporting.aggregates import ProgressRow, progress_rows, row_value
from reporting.models import Total
from submissions.models import ReportingMonth
from targets.models import Indicator
from tests.reporting import test_worked_table as worked
from workplan.templatetags.figures import figure, plain
from workplan.templatetags.portal import status_label

kept_year, year = worked.kept_year, worked.year
CODES = ("C01", "F01", "R01", "S01", "Z01")


@pytest.fixture
def office(year, ministry, client: Client) -> Client:
    client.force_login(ministry)
    return client


def on_paper(month: int) -> dict[str, tuple]:
    """Return what the paper says of the nation: value, due, reported, carried, month of the value, status."""
    return {
        code: (Decimal(value), *rest) for (code, of), (value, *rest) in sorted(worked.EXPECTED.items()) if of == month
    }


def stated(row: ProgressRow) -> tuple:
    return (
        row.value,
        row.n_due,
        row.n_reported,
        row.n_carried,
        row.value_month.month if row.value_month else None,
        str(row.status),
    )


def rest(client: Client, month: int, **query: str) -> list[dict]:
    answer = client.get("/api/v1/progress/", {"month": f"2007-{month:02d}", "page_size": 500, **query})
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def workbook(client: Client, month: int, **query: str) -> list[dict]:
    answer = client.get("/export/progress/", {"month": f"2007-{month:02d}", **query})
    rows = list(load_workbook(io.BytesIO(answer.getvalue())).worksheets[0].iter_rows(values_only=True))
    top = next(number for number, row in enumerate(rows) if row[0] == "指标代码")
    return [dict(zip(rows[top], row, strict=True)) for row in rows[top + 1 :] if row[1] is not None]


def as_cell(value: Decimal | None) -> float | None:
    """Return a number with the 15 digits that a workbook keeps."""
    return None if value is None else float(f"{value:.15g}")


# The nation ------------------------------------------------------------------------------------


@pytest.mark.parametrize("month", worked.MONTHS)
def test_the_database_says_what_the_paper_says(office, month):
    office.get("/overview/")  # the first reader folds

    stored = Total.objects.filter(unit__code=NATION_CODE, month__month=month).select_related("indicator")

    assert {row.indicator.code: row_value(row) for row in stored} == {
        code: value for code, (value, *_) in on_paper(month).items()
    }


@pytest.mark.parametrize("month", worked.MONTHS)
def test_the_overview_says_what_the_paper_says(office, month):
    page = office.get(f"/overview/?month=2007-{month:02d}").context["page"]

    cards = {card.row.indicator.code: stated(card.row) for group in page.groups for card in group.cards}

    assert cards == on_paper(month)


@pytest.mark.parametrize("month", worked.MONTHS)
@pytest.mark.parametrize("code", CODES)
def test_the_indicator_page_says_what_the_paper_says(office, month, code):
    answer = office.get(f"/indicators/{code}/?month=2007-{month:02d}")

    row, paper = answer.context["page"].line.row, on_paper(month)[code]
    text = answer.content.decode()

    assert stated(row) == paper
    assert figure(paper[0], row.indicator.unit_of_measure) in text
    assert status_label(paper[-1]) in text


@pytest.mark.parametrize("month", worked.MONTHS)
def test_the_unit_page_says_what_the_paper_says(office, month):
    page = office.get(f"/units/{NATION_CODE}/?month=2007-{month:02d}").context["page"]

    assert {line.row.indicator.code: stated(line.row) for line in page.lines} == on_paper(month)


@pytest.mark.parametrize("month", worked.MONTHS)
def test_the_board_says_what_the_paper_says(office, month):
    page = office.get(f"/plan/?month=2007-{month:02d}").context["page"]

    (item,) = (one for part in page.parts for one in part.items)

    assert {target.target.indicator.code: stated(target.row) for target in item.targets} == on_paper(month)


@pytest.mark.parametrize("month", worked.MONTHS)
def test_rest_says_what_the_paper_says(office, month):
    assert {
        row["indicator"]: (
            Decimal(row["value"]),
            row["n_due"],
            row["n_reported"],
            row["n_carried"],
            int(row["value_month"][5:]),
            row["status"],
        )
        for row in rest(office, month)
    } == on_paper(month)


@pytest.mark.parametrize("month", worked.MONTHS)
def test_the_workbook_says_what_the_paper_says(office, month):
    assert {
        row["指标代码"]: (
            row["数值"],
            row["应报单位"],
            row["已报单位"],
            row["沿用上期"],
            row["数据所属期"].month,
            row["状态"],
        )
        for row in workbook(office, month)
    } == {
        code: (as_cell(value), *counts, status_label(status))
        for code, (value, *counts, status) in on_paper(month).items()
    }


# Every unit, every measure ---------------------------------------------------------------------

MEASURES = {
    "value": "数值",
    "numerator": "分子",
    "denominator": "分母",
    "persons": "涉及人数",
    "target_value": "年度目标",
    "baseline_value": "基数",
    "completion_rate": "完成率",
    "share_of_target": "占目标",
    "pro_rata_target": "序时进度",
    "deviation": "与序时之差",
    "headroom": "余量",
    "forecast_value": "全年预测",
    "forecast_low": "预测下限",
    "forecast_high": "预测上限",
    "rank": "名次",
    "n_due": "应报单位",
    "n_reported": "已报单位",
    "n_carried": "沿用上期",
}


@pytest.mark.parametrize("level", ["unit", "children"])
@pytest.mark.parametrize("month", [3, *worked.MONTHS, 7])
def test_rest_and_workbook_state_the_same_measures_of_every_unit(office, month, level):
    answers = rest(office, month, level=level)
    rows = workbook(office, month, level=level)

    assert [(row["指标代码"], row["单位代码"]) for row in rows] == [
        (answer["indicator"], answer["unit"]) for answer in answers
    ]
    for name, header in MEASURES.items():
        numbers = [None if answer[name] is None else as_cell(Decimal(str(answer[name]))) for answer in answers]
        assert [row[header] for row in rows] == numbers, name


@pytest.mark.parametrize("month", [3, *worked.MONTHS, 7])
def test_rest_states_every_measure_with_every_digit(office, ministry, month):
    period = ReportingMonth.objects.get(month__month=month)
    units = ReportingUnit.objects.children_of(ReportingUnit.objects.get(code=NATION_CODE))

    rows = progress_rows(ministry, period, units)

    assert [(answer["value"], answer["pro_rata_target"]) for answer in rest(office, month, level="children")] == [
        (plain(row.value), plain(row.progress.pro_rata_target)) for row in rows
    ]


@pytest.mark.parametrize("code", CODES)
def test_a_ranking_is_the_same_on_the_page_and_in_the_workbook(office, code):
    page = office.get(f"/indicators/{code}/?month=2007-06").context["page"]
    rows = workbook(office, 6, level="children", indicator=code)

    shown = [line.row for line in (*page.ranking.lines, *page.ranking.apart)]

    assert {(row.unit.code, as_cell(row.value), row.rank) for row in shown} == {
        (row["单位代码"], row["数值"], row["名次"]) for row in rows
    }


# Month by month, and filed figures -------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_the_series_passes_through_the_paper(office, code):
    answer = office.get("/api/v1/progress/series/", {"indicator": code, "page_size": 500}).json()["results"]

    by_month = {int(point["month"][5:]): point["value"] for point in answer}

    assert {month: Decimal(by_month[month]) for month in worked.MONTHS} == {
        month: on_paper(month)[code][0] for month in worked.MONTHS
    }


def test_filed_figures_are_the_same_over_rest_and_in_both_files(office):
    answers = office.get("/api/v1/figures/", {"page_size": 500}).json()["results"]
    tidy = office.get("/export/figures/").getvalue()
    asked = office.get("/api/v1/figures/", {"format": "xlsx"}).getvalue()

    exported, over_rest = (
        list(load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)) for content in (tidy, asked)
    )

    assert exported == over_rest
    assert [row[:4] for row in exported[1:]] == [
        (
            answer["indicator"],
            answer["unit"],
            answer["month"],
            None if answer["value"] is None else as_cell(Decimal(answer["value"])),
        )
        for answer in answers
    ]


def test_an_item_has_one_light_everywhere(office):
    light = office.get("/plan/").context["page"].lights[0].light
    item = office.get("/plan/items/1/").context["page"].shown.light
    (answer,) = office.get("/api/v1/plans/2007/items/").json()["results"]
    book = load_workbook(io.BytesIO(office.get("/export/board/").getvalue()))
    (row,) = [row for row in book["工作要点"].iter_rows(values_only=True) if row[1] == 1]

    assert (item, answer["status"], row[4]) == (light, light.value, status_label(light))


def test_every_indicator_of_the_paper_is_compared(year):
    assert tuple(Indicator.objects.order_by("code").values_list("code", flat=True)) == CODES
