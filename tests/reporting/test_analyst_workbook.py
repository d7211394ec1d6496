"""The analyst's workbook: every figure of the pages, unrounded; charts on cells; no formula; nothing unpublished."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import Workbook, load_workbook

from accounts.models import AuditEntry
from reporting.aggregates import progress_rows
from reporting.analyst.notes import formula_words
from submissions.models import ReportingMonth
from targets.models import Bound
from tests import factories
from tests.reporting.filings import MISSING, NOT_APPLICABLE, publish, stand

pytestmark = pytest.mark.django_db
SHEETS = ["总表", "分单位", "逐月", "图表", "指标说明", "数据质量"]


@pytest.fixture
def world(db: None) -> list:
    """Two provinces file a flow, a rate and a zero-tolerance amount in August (published) and September."""
    nation = factories.NationFactory()
    flow = factories.IndicatorFactory(code="F01", name="=就业", short_name="就业", definition="=定义")
    rate = factories.IndicatorFactory(code="R01", ratio=True)
    zero = factories.IndicatorFactory(code="Z01", zero=True)
    factories.TargetFactory(indicator=flow, unit=nation, target_value=1000)
    factories.TargetFactory(indicator=rate, unit=nation, target_value="0.046", bound="AT_MOST")
    factories.TargetFactory(indicator=zero, unit=nation, target_value=0, bound="AT_MOST")
    units = [factories.UnitFactory(code=f"{n}10000", short_name=f"省{n}", name_en=f"Province {n}") for n in (1, 2)]
    for unit in units:
        for indicator in (flow, rate, zero):
            factories.AssignmentFactory(indicator=indicator, unit=unit)
        factories.TargetFactory(indicator=flow, unit=unit, target_value=300)
    august, september = (factories.MonthFactory(number=number) for number in (8, 9))
    stand(units[0], august, {flow: 100, zero: {"value": 0, "persons": 0}}, explanations={flow: "八月说明"})
    stand(units[1], august, {flow: 250})
    stand(units[0], september, {flow: Decimal("101.25"), rate: (1, 3)}, explanations={flow: "九月说明"})
    stand(units[1], september, {flow: NOT_APPLICABLE, rate: MISSING})
    publish(august)
    return units


def download(client: object, person: object, query: str = "?month=2007-09") -> bytes:
    client.force_login(person)
    answer = client.get(f"/export/workbook/{query}")
    assert answer.status_code == 200
    return answer.getvalue()


def texts(book: Workbook) -> list[str]:
    return [cell.value for page in book for row in page.iter_rows() for cell in row if isinstance(cell.value, str)]


def row_of(page: object, first: str) -> tuple:
    return next(row for row in page.iter_rows(values_only=True) if row[0] == first)


def test_every_figure_is_that_of_the_pages_and_whole(client, analyst, world):
    """X-03: summary, matrix and months hold the stored digits; the format alone rounds."""
    content = download(client, analyst)
    book = load_workbook(io.BytesIO(content))
    period = ReportingMonth.objects.get(month=date(2007, 9, 1))
    (flow, rate, _zero) = progress_rows(analyst, period, [world[0].parent])

    assert book.sheetnames == SHEETS
    summary = row_of(book["总表"], "F01")
    assert (summary[4], summary[5], summary[6], summary[7]) == (
        float(flow.value), "p", 1000, float(flow.progress.completion_rate),
    )  # fmt: skip
    assert row_of(book["总表"], "R01")[4] == float(f"{rate.value:.15g}")
    assert row_of(book["分单位"], "110000")[:4] == ("110000", "省1", 101.25, float(f"{Decimal(1) / 3:.15g}"))
    assert row_of(book["分单位"], "210000")[2:4] == ("z", "x")
    assert next(row[12] for row in book["逐月"].iter_rows(values_only=True) if row[0] == "F01") == 101.25
    assert AuditEntry.objects.get(action="export").details == {"table": "workbook", "month": "2007-09"}


def test_nothing_is_a_formula_and_charts_point_at_cells(client, analyst, world):
    """G-19: names and definitions that look like formulas are text; the lines of a chart are the months' cells."""
    book = load_workbook(io.BytesIO(download(client, analyst)))

    assert [cell.coordinate for page in book for row in page.iter_rows() for cell in row if cell.data_type == "f"] == []
    assert {"=就业", "=定义"} <= set(texts(book))
    charts = book["图表"]._charts
    assert len(charts) == 3
    top = next(row[0].row for row in book["逐月"].iter_rows() if row[0].value == "F01")
    assert charts[0].series[0].val.numRef.f == f"逐月!$E${top}:$P${top}"
    bars = [rule.type for ranges in book["总表"].conditional_formatting for rule in ranges.rules]
    assert bars == ["dataBar"]


def test_each_sheet_is_set_up_to_be_read_and_printed(client, analyst, world):
    book = load_workbook(io.BytesIO(download(client, analyst)))

    for page in book:
        assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
        assert page.freeze_panes
        assert bool(page.print_title_rows) == (page.title != "数据质量")  # a head is not that of the tables below
        assert page.oddFooter.center.text == "&P / &N"
    (section,) = (row[0].row for row in book["指标说明"].iter_rows() if row[0].value == "状态")
    assert [one.id for one in book["指标说明"].row_breaks.brk] == [section - 1]
    head = [row[0] for row in book["总表"].iter_rows(max_row=5, values_only=True)]
    assert head[0] == "全国：2007年9月数据分析"
    assert head[2] == "报告期：2007年9月（未发布，为暂定数）"
    assert any(line.startswith("导出：") for line in head[3:])


def test_libreoffice_opens_it_without_an_error_or_a_formula(client, analyst, world, office):
    """U-13: converted by LibreOffice, every sheet is there, nothing reads #REF!, nothing became a formula."""
    book = load_workbook(io.BytesIO(office("analysis.xlsx", download(client, analyst))))

    assert book.sheetnames == SHEETS
    found = [cell for page in book for row in page.iter_rows() for cell in row]
    assert [cell.coordinate for cell in found if cell.data_type in "fe"] == []
    assert row_of(book["总表"], "F01")[4] == 101.25


def test_the_quality_sheet_tells_of_dates_corrections_and_explanations(client, analyst, world):
    page = load_workbook(io.BytesIO(download(client, analyst)))["数据质量"]

    assert row_of(page, "110000")[:9] == ("110000", "省1", 2, 0, 0, 2, 0, 1, 0)
    assert {"八月说明", "九月说明"} <= {row[4] for row in page.iter_rows(values_only=True)}


def test_a_bureau_reads_nothing_of_a_month_that_is_not_published(client, world):
    """T-09: 广东 opens August, finds nothing of September in it, and September not at all."""
    clerk = factories.person("CLERK", factories.UnitFactory(code="440000"))

    august = texts(load_workbook(io.BytesIO(download(client, clerk, "?month=2007-08"))))
    assert "八月说明" in august
    assert "九月说明" not in august
    assert client.get("/export/workbook/?month=2007-09").status_code == 404


def test_a_unit_without_units_below_has_its_workbook_too(client, analyst, world):
    book = load_workbook(io.BytesIO(download(client, analyst, "?month=2007-09&unit=110000")))

    assert row_of(book["总表"], "F01")[4] == 101.25


def test_it_is_in_english_for_who_reads_english(client, analyst, world):
    client.cookies.load({"django_language": "en"})
    book = load_workbook(io.BytesIO(download(client, analyst)))

    assert book.sheetnames[:3] == ["Summary", "By unit", "By month"]
    assert row_of(book["By unit"], "110000")[1] == "Province 1"


@pytest.mark.parametrize(
    ("traits", "bound", "begins"),
    [
        ({}, None, "没有目标"),
        ({"ratio": True}, Bound.AT_MOST, "突破＝高于上限"),
        ({"ratio": True}, Bound.AT_LEAST, "应达数＝"),
        ({}, Bound.AT_LEAST, "完成率＝累计数"),
        ({"stock": True}, Bound.AT_LEAST, "完成率＝（期末数"),
        ({"count": True}, Bound.EXACTLY, "完成率＝已完成个数"),
        ({"zero": True}, Bound.AT_MOST, "目标为零"),
    ],
)
def test_each_kind_says_how_its_progress_is_worked_out(traits, bound, begins):
    indicator = factories.IndicatorFactory.build(**traits)
    target = factories.TargetFactory.build(indicator=indicator, bound=bound) if bound else None

    assert formula_words(indicator, target).startswith(begins)
