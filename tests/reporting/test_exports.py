"""Downloads: the rows of the pages, unrounded, with legend and source, to those who may read them, and recorded."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import unquote

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import translation
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from accounts.models import AuditEntry, ReportingUnit, User
from reporting import exports
from reporting.aggregates import progress_rows
from reporting.observations import COLUMNS
from submissions import calendar
from submissions.models import MilestoneProgress, ReportingMonth
from targets.models import Indicator
from tests import factories
from tests.reporting.filings import MISSING, NOT_APPLICABLE, publish, refile, stand

pytestmark = pytest.mark.django_db

EXPORTS = ("/export/progress/", "/export/ranking/", "/export/board/", "/export/figures/")


@pytest.fixture
def world(db: None) -> list[ReportingUnit]:
    """Three provinces: one filed both months, one August only, one says that nothing applies. August is published."""
    nation = factories.NationFactory()
    flow = factories.IndicatorFactory(code="F01", name="=就业", short_name="就业")
    rate = factories.IndicatorFactory(code="R01", ratio=True)
    factories.TargetFactory(indicator=flow, unit=nation, target_value=1000)
    factories.TargetFactory(indicator=rate, unit=nation, target_value="0.046", bound="AT_MOST")
    factories.MilestoneFactory(item=factories.ItemFactory(), code="M01-1", scope_count=3)
    units = [factories.UnitFactory(code=f"{n}10000", short_name=f"省{n}", name_en=f"Province {n}") for n in (1, 2, 3)]
    for unit in units:
        factories.AssignmentFactory(indicator=flow, unit=unit)
        factories.AssignmentFactory(indicator=rate, unit=unit)
        factories.TargetFactory(indicator=flow, unit=unit, target_value=300, is_synthetic=True)
    august, september = (factories.MonthFactory(number=number) for number in (8, 9))
    milestone = factories.ItemFactory().milestones.get()
    state = {"state": MilestoneProgress.IN_PROGRESS, "planned_on": date(2007, 10, 1), "note": "=1+1"}
    stand(units[0], august, {flow: 100}, {milestone: state})
    stand(units[1], august, {flow: 250})
    stand(units[0], september, {flow: 101, rate: (1, 3)})
    stand(units[2], september, {flow: NOT_APPLICABLE, rate: MISSING})
    publish(august)
    return units


@pytest.fixture
def office(ministry: User, client: Client) -> Client:
    client.force_login(ministry)
    return client


def book_of(answer: HttpResponse) -> Workbook:
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(answer.getvalue()))


def table_of(page: Worksheet, first_header: str) -> list[dict]:
    """Return the rows below the header that begins with these words, up to the first empty line."""
    rows = list(page.iter_rows(values_only=True))
    top = next(number for number, row in enumerate(rows) if row[0] == first_header)
    body = rows[top + 1 :]
    end = next((number for number, row in enumerate(body) if row[0] is None), len(body))
    return [dict(zip(rows[top], row, strict=True)) for row in body[:end]]


def progress(client: Client, query: str = "?month=2007-09") -> list[dict]:
    return table_of(book_of(client.get(f"/export/progress/{query}")).worksheets[0], "指标代码")


# The rows of the pages -------------------------------------------------------------------------


def test_a_unit_is_exported_with_every_figure_unrounded(office, world):
    flow, rate = progress(office)

    stated = ("指标代码", "指标", "单位", "数值", "年度目标", "完成率", "序时进度", "状态")
    assert [flow[name] for name in stated] == ["F01", "=就业", "全国", 351, 1000, 0.351, 750, "滞后"]
    assert (rate["数值"], rate["分子"], rate["分母"], rate["完成率"]) == (0.333333333333333, 1, 3, None)


def test_the_rows_are_those_of_progress(office, world, ministry):
    period = ReportingMonth.objects.get(month=date(2007, 9, 1))
    expected = progress_rows(ministry, period, ReportingUnit.objects.children_of(world[0].parent))

    found = progress(office, "?month=2007-09&level=children")

    assert [(row["指标代码"], row["单位代码"], row["数值"]) for row in found] == [
        (row.indicator.code, row.unit.code, None if row.value is None else float(f"{row.value:.15g}"))
        for row in expected
    ]


def test_marks_say_what_is_missing_carried_provisional_and_synthetic(office, world):
    rows = progress(office, "?month=2007-09&level=children")

    assert [(row["指标代码"], row["单位"], row["标记"]) for row in rows] == [
        ("F01", "省1", "p e"),
        ("F01", "省2", "c p e"),
        ("F01", "省3", "z e"),
        ("R01", "省1", "p"),
        ("R01", "省2", "x"),
        ("R01", "省3", "x"),
    ]


def test_a_revised_figure_tells_what_was_published_why_and_when(office, world, ministry):
    """UX-34: in exports a correction after publication stands beside what was published."""
    september, flow = ReportingMonth.objects.get(month=date(2007, 9, 1)), Indicator.objects.get(code="F01")
    calendar.publish_month(september, by=ministry, now=factories.shanghai(2007, 12, 26))
    corrected = factories.shanghai(2007, 12, 28, 15)
    refile(world[0], september, {flow: 90}, reason="重复统计", by=ministry, at=corrected)

    nation, _rate = progress(office)
    rows = progress(office, "?month=2007-09&level=children&indicator=F01")

    names = ("数值", "标记", "发布时数值", "修订时间", "修订原因")
    assert [nation[name] for name in names] == [340, "c r", 351, "2007-12-28 15:00", "省1更正2007年9月：重复统计"]
    first, second, _third = ([row[name] for name in names] for row in rows)
    assert first[:3] == [90, "r e", 101]
    assert second == [250, "c e", None, None, None]


def test_nothing_is_missing_in_a_month_that_is_not_due(office, world):
    rows = progress(office, "?month=2007-08&level=children&indicator=R01")

    assert [(row["数值"], row["状态"], row["标记"]) for row in rows] == [(None, None, None)] * 3


def test_a_sheet_says_where_it_comes_from(office, world):
    page = book_of(office.get("/export/progress/?month=2007-09")).worksheets[0]

    lines = [row[0] for row in page.iter_rows(values_only=True)]
    assert lines[:3] == [
        "全国：2007年9月进度",
        "来源：年度工作要点目标管理平台，2007年劳动和社会保障工作要点（劳社部发〔2007〕1号）",
        "报告期：2007年9月（未发布，为暂定数）",
    ]
    assert (lines[3].split()[0], lines[4].split("，")[0]) == ("数据截至：2007-10-12", "导出：人员ministry")
    assert [line for line in lines if line and line.startswith("标记：")] == [exports.legend()[0]]


def test_a_plan_without_totals_has_no_date_of_data(ministry, world):
    period = ReportingMonth.objects.get(month=date(2007, 8, 1))

    lines = exports.provenance(period, ministry, datetime(2007, 10, 12, 9, tzinfo=factories.SHANGHAI))

    assert lines[1:] == ["报告期：2007年8月（已发布）", "导出：人员ministry，2007-10-12 09:00"]


def test_a_column_shows_each_row_in_its_own_unit(office, world):
    page = book_of(office.get("/export/progress/?month=2007-09")).worksheets[0]

    formats = {row[0].value: row[7].number_format for row in page.iter_rows() if row[0].value in ("F01", "R01")}

    assert formats == {"F01": "#,##0", "R01": "0.00%"}


def test_text_that_looks_like_a_formula_is_text(office, world):
    book = book_of(office.get("/export/board/?month=2007-09"))

    cells = [cell for page in book.worksheets for row in page.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert {cell.value for cell in cells if str(cell.value).startswith("=")} == {"=就业", "=1+1"}


def test_a_ranking_comes_best_first(office, world):
    page = book_of(office.get("/export/ranking/?month=2007-09&indicator=F01")).worksheets[0]

    rows = table_of(page, "指标代码")

    assert [(row["名次"], row["单位"], row["数值"]) for row in rows] == [
        (1, "省2", 250), (2, "省1", 101), (None, "省3", None),
    ]  # fmt: skip


def test_headers_and_names_are_in_the_readers_language(office, world):
    office.cookies.load({"django_language": "en"})

    page = book_of(office.get("/export/ranking/?month=2007-09&indicator=F01")).worksheets[0]

    with translation.override("en"):
        header = tuple(column.title for column in exports.progress_columns())
    rows = list(page.iter_rows(values_only=True))
    top = rows.index(header)
    assert [row[3] for row in rows[top + 1 : top + 4]] == ["Province 2", "Province 1", "Province 3"]


# The board -------------------------------------------------------------------------------------


def test_the_board_is_exported_in_four_tables(office, world):
    book = book_of(office.get("/export/board/?month=2007-09"))

    assert book.sheetnames == ["工作要点", "进度", "工作节点", "各单位进展"]
    (item,) = table_of(book["工作要点"], "部分")
    assert {name: item[name] for name in ("序号", "进展", "目标数", "滞后", "突破", "节点数", "已完成节点")} == {
        "序号": 1, "进展": "突破", "目标数": 2, "滞后": 1, "突破": 1, "节点数": 1, "已完成节点": 0,
    }  # fmt: skip
    assert [row["指标代码"] for row in table_of(book["进度"], "指标代码")] == ["F01", "R01"]
    (milestone,) = table_of(book["工作节点"], "序号")
    assert (milestone["应完成单位"], milestone["已完成单位"], milestone["覆盖率"], milestone["逾期单位"]) == (
        3,
        0,
        0,
        1,
    )
    (state,) = table_of(book["各单位进展"], "序号")
    assert (state["单位"], state["计划完成日"].date(), state["逾期"], state["进展说明"]) == (
        "省1", date(2007, 10, 1), "逾期", "=1+1",
    )  # fmt: skip


def test_one_item_is_exported_alone(office, world):
    factories.MilestoneFactory(item=factories.ItemFactory(number=2), code="M02-1")

    book = book_of(office.get("/export/board/?month=2007-09&item=2"))

    assert [row["序号"] for row in table_of(book["工作要点"], "部分")] == [2]
    assert [row["节点代码"] for row in table_of(book["工作节点"], "序号")] == ["M02-1"]
    assert table_of(book["各单位进展"], "序号") == []


# Tidy figures ----------------------------------------------------------------------------------


def test_tidy_figures_are_one_header_and_one_row_each(office, world):
    book = book_of(office.get("/export/figures/?month=2007-09"))

    header, *rows = book.worksheets[0].iter_rows(values_only=True)

    assert (book.sheetnames, header) == (["figures", "about"], COLUMNS)
    assert [row[:10] for row in rows] == [
        ("F01", "110000", "2007-09", 101, None, None, "reported", "approved", "flash", 1),
        ("F01", "310000", "2007-09", None, None, None, "not_applicable", "approved", "flash", 1),
        ("R01", "110000", "2007-09", 0.333333333333333, 1, 3, "reported", "approved", "flash", 1),
    ]
    assert rows[0][10] == "2007-12-20T10:00:00+08:00"


def test_csv_keeps_every_digit(office, world):
    answer = office.get("/export/figures/?month=2007-09&indicator=R01&format=csv")

    header, row = csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"), newline=""))

    assert tuple(header) == COLUMNS
    assert Decimal(row[3]) == Decimal(1) / Decimal(3)


@pytest.mark.parametrize(
    ("query", "count"), [("", 5), ("?unit=110000", 3), ("?month=2007-08", 2), ("?unit=110000&indicator=R01", 1)]
)
def test_figures_are_narrowed_by_the_address(office, world, query, count):
    rows = list(book_of(office.get(f"/export/figures/{query}")).worksheets[0].iter_rows(values_only=True))

    assert len(rows) == 1 + count


# Who may, and what is kept of it ---------------------------------------------------------------


def test_a_bureau_takes_only_what_it_may_read(client, world):
    client.force_login(factories.person("CLERK", world[0]))

    own = progress(client, "?month=2007-09&unit=110000")
    figures = list(book_of(client.get("/export/figures/")).worksheets[0].iter_rows(values_only=True, min_row=2))

    assert [(row["数值"], row["名次"]) for row in own] == [(101, None), (0.333333333333333, None)]
    assert [(row[1], row[2]) for row in figures] == [
        ("110000", "2007-08"), ("210000", "2007-08"), ("110000", "2007-09"), ("110000", "2007-09"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        "/export/progress/?month=2007-09",
        "/export/progress/?month=2007-09&unit=210000",
        "/export/ranking/?month=2007-09&indicator=F01",
        "/export/board/?month=2007-09",
    ],
)
def test_a_month_closed_to_the_reader_is_not_found(client, world, path):
    client.force_login(factories.person("LEAD", world[0]))

    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", EXPORTS)
@pytest.mark.parametrize("role", ["SYSTEM_ADMIN", "SECURITY_ADMIN", "AUDITOR"])
def test_an_administrator_takes_no_figures(client, world, role, path):
    client.force_login(factories.person(role))

    assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", EXPORTS)
def test_who_reads_but_may_not_export_is_refused(office, world, path, monkeypatch):
    monkeypatch.setattr("accounts.permissions.may_export", lambda person: False)

    assert (office.get(path).status_code, AuditEntry.objects.filter(action="export").count()) == (403, 0)


@pytest.mark.parametrize("path", EXPORTS)
def test_before_the_first_month_is_due_there_is_nothing_to_take(office, world, settings, path):
    settings.BUSINESS_DATE = date(2007, 1, 3)

    assert office.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/export/progress/?month=2007-13",
        "/export/progress/?unit=999999",
        "/export/progress/?indicator=X99",
        "/export/progress/?level=all",
        "/export/figures/?format=ods",
        "/export/board/?item=99",
        "/export/board/?item=one",
        f"/export/board/?item={'9' * 400}",
    ],
)
def test_what_does_not_exist_is_not_found(office, world, path):
    assert office.get(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/export/progress/?month=2007-09&unit=110000", "进度_省1_2007-09.xlsx"),
        ("/export/ranking/?month=2007-09", "排名_全国_2007-09.xlsx"),
        ("/export/board/?month=2007-09", "工作要点_2007-09.xlsx"),
        ("/export/figures/", "数据_2007.xlsx"),
        ("/export/figures/?format=csv", "数据_2007.csv"),
    ],
)
def test_a_download_has_a_name_and_is_kept_by_nobody(office, world, path, name):
    answer = office.get(path)

    assert unquote(answer["Content-Disposition"]) == f"attachment; filename*=utf-8''{name}"
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("no-store, private", "nosniff")


@pytest.mark.parametrize(
    ("path", "details"),
    [
        (
            "/export/progress/?month=2007-09&level=children&x=1",
            {"table": "progress", "month": "2007-09", "level": "children"},
        ),
        ("/export/ranking/?indicator=F01", {"table": "ranking", "indicator": "F01"}),
        ("/export/board/?item=1", {"table": "board", "item": "1"}),
        ("/export/figures/?format=csv&unit=110000", {"table": "figures", "format": "csv", "unit": "110000"}),
    ],
)
def test_every_download_is_in_the_audit_trail(office, world, ministry, path, details):
    office.get(path)

    entry = AuditEntry.objects.get(action="export")
    assert (entry.actor, entry.details) == (ministry, details)
