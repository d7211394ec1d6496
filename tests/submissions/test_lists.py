"""The lists of filing and review as workbooks: what the page shows to the person, in cells of their kind, recorded."""

from __future__ import annotations

from datetime import date, datetime, time
from io import BytesIO

import pytest
from openpyxl import load_workbook

from accounts.models import AuditEntry, ReportingUnit
from submissions import reminding, terms
from tests import factories
from tests.factories import shanghai, submitted

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 12)
FIGURES = {"T01": "310000", "T08": "1010000", "T04": ("46", "1000")}
ROUTES = (
    "/review/export/",
    "/reports/export/?month=2007-09",
    "/calendar/2007-09/export/",
    "/calendar/2007-09/reminders/",
    "/rules/export/",
)
REASON = "=农民工参保专项扩面"


@pytest.fixture
def other(unit):
    other = factories.UnitFactory(code="230000", short_name="黑龙江")
    factories.AssignmentFactory(unit=other, indicator=factories.IndicatorFactory(code="T01"))
    return other


@pytest.fixture
def filed(unit, other, period, lead):
    return submitted(unit, period, FIGURES, by=lead, now=shanghai(2007, 10, 9))


@pytest.fixture
def planner(db):
    return factories.person("PLANNER", factories.NationFactory(), username="planner")


def excused(unit: ReportingUnit, planner) -> None:
    indicator = factories.IndicatorFactory(code="T08", kind="STOCK")
    terms.grant_excuse(
        unit=unit, indicator=indicator, rule="V08", since=date(2007, 9, 1), until=date(2007, 12, 1), reason=REASON,
        by=planner, now=NOW,
    )  # fmt: skip


def tables(client, address: str, **headers: str) -> list[list[dict[str, object]]]:
    """Return each sheet's rows by the words of their header; none of their cells is a formula."""
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
    return [_rows(sheet) for sheet in book]


def _rows(sheet) -> list[dict[str, object]]:
    first, last = (int(part.strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for part in sheet.auto_filter.ref.split(":"))
    header, *rows = sheet.iter_rows(min_row=first, max_row=last, values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows if any(cell is not None for cell in row)]


def on(year: int, month: int, day: int, *, hour: int = 0) -> datetime:
    """Return a day or moment as a cell holds it."""
    return datetime.combine(date(year, month, day), time(hour))


def of(rows: list[dict[str, object]], *keys: str) -> list[tuple[object, ...]]:
    return [tuple(row[key] for key in keys) for row in rows]


# Each list -------------------------------------------------------------------------------------


def test_the_queue_is_exported_with_numbers_and_moments(client, filed, ministry):
    client.force_login(ministry)

    [[row]] = tables(client, "/review/export/")

    assert of([row], "单位代码", "单位", "报告期", "报送时间", "迟报", "未报项数", "等谁审核") == [
        ("440000", "广东", on(2007, 9, 1), on(2007, 10, 9, hour=10), "是", 0, "部级审核人")
    ]


def test_the_queue_is_exported_as_narrowed_on_all_its_pages(client, filed, other, period, ministry, monkeypatch):
    submitted(other, period, {"T01": "5"}, by=factories.person("LEAD", other), now=shanghai(2007, 10, 9))
    client.force_login(ministry)
    monkeypatch.setattr("submissions.pages.queue.PAGE_SIZE", 1)

    [all_of_it] = tables(client, "/review/export/")
    [narrowed] = tables(client, "/review/export/?unit=230000")

    assert len(client.get("/review/").context["page"].waiting) == 1
    assert [len(all_of_it), *of(narrowed, "单位代码")] == [2, ("230000",)]
    assert client.get("/review/export/?unit=999999").status_code == 404
    assert AuditEntry.objects.order_by("-number").first().details == {"table": "queue", "query": "unit=230000"}


def test_every_units_report_is_exported(client, filed, ministry):
    client.force_login(ministry)

    [rows] = tables(client, "/reports/export/?month=2007-09")

    page = client.get("/reports/?month=2007-09").context["page"]
    shown = [(one.unit.code, str(one.state.word), one.n_answered, one.n_due) for one in page.units]
    assert of(rows, "单位代码", "状态", "已填", "应填") == shown
    assert ("440000", "待审核", 3, 3) in shown
    assert client.get("/reports/export/?month=2031-01").status_code == 404


def test_who_filed_when_is_exported(client, filed, ministry):
    client.force_login(ministry)

    [rows] = tables(client, "/calendar/2007-09/export/")

    due = datetime.combine(filed.period.due_on, time.min)
    assert of(rows, "单位代码", "报送情况", "首次报送", "期限") == [
        ("440000", "迟报", on(2007, 10, 9, hour=10), due),
        ("230000", "未报", None, due),
    ]


def test_reminders_are_exported_without_reminding_anybody(client, period, unit, other, clerk, ministry):
    client.force_login(ministry)
    address = "/calendar/2007-09/reminders/"
    assert of(tables(client, address)[0], "单位代码") == [("230000",)]
    assert not list(reminding.told_of(period))
    client.post("/calendar/2007-09/remind/")

    results, record = tables(client, address)

    assert of(results, "单位代码", "结果", "通知人数") == [
        ("440000", "今天已催过", 1),
        ("230000", "该单位没有可通知的人员", 0),
    ]
    assert of(record, "收件人", "阅读时间", "阅读情况") == [(clerk.label, None, "未读")]
    assert len(reminding.told_of(period)) == 1


def test_the_rules_are_exported_with_what_was_set_and_excused(client, period, unit, planner):
    excused(unit, planner)
    client.force_login(planner)

    rules, settings, excuses = tables(client, "/rules/export/")

    page = client.get("/rules/").context["page"]
    assert of(rules, "规则", "内容") == [(row.rule.code, row.says) for row in page.rows]
    assert any("stock_rise = 0.0" in (row["界限"] or "") for row in rules)
    assert settings == []
    assert of(excuses, "规则", "单位代码", "终止报告期", "理由") == [("V08", "440000", on(2007, 12, 1), REASON)]


# Who takes what --------------------------------------------------------------------------------


def test_a_bureau_takes_what_its_pages_show(client, filed, other, planner, clerk):
    excused(other, planner)
    client.force_login(clerk)

    assert of(tables(client, "/calendar/2007-09/export/")[0], "单位代码") == [("440000",)]
    rules, _settings, excuses = tables(client, "/rules/export/")
    assert excuses == []
    assert not any("stock_rise" in (row["界限"] or "") for row in rules)
    for closed in ("/reports/export/", "/review/export/", "/calendar/2007-09/reminders/"):
        assert client.get(closed).status_code == 403


def test_a_leader_takes_the_queue_of_the_units_below(client, filed, other, lead):
    below = factories.UnitFactory(code="440100", short_name="广州", parent=filed.unit)
    factories.AssignmentFactory(unit=below, indicator=factories.IndicatorFactory(code="T01"))
    submitted(below, filed.period, {"T01": "5"}, by=factories.person("LEAD", below), now=shanghai(2007, 10, 9))
    client.force_login(lead)

    [rows] = tables(client, "/review/export/")

    assert of(rows, "单位代码", "等谁审核") == [("440100", "广东负责人")]


@pytest.mark.parametrize("role", ["SYSTEM_ADMIN", "SECURITY_ADMIN", "AUDITOR"])
@pytest.mark.parametrize("address", ROUTES)
def test_administrators_take_no_list(client, period, role: str, address: str):
    client.force_login(factories.person(role))

    assert client.get(address).status_code == 403


@pytest.mark.parametrize("address", ROUTES)
def test_who_may_not_export_takes_no_list(client, filed, ministry, address: str, monkeypatch):
    monkeypatch.setattr("accounts.permissions.may_export", lambda person: False)
    client.force_login(ministry)

    assert client.get(address).status_code == 403


@pytest.mark.parametrize("address", ROUTES)
def test_every_list_is_recorded_says_where_it_comes_from_and_is_only_fetched(client, filed, ministry, address: str):
    client.force_login(ministry)

    answer = client.get(address)
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).worksheets[0]

    assert AuditEntry.objects.order_by("-number").first().action == "export"
    above = [row[0] for row in sheet.iter_rows(max_row=8, max_col=1, values_only=True) if row[0]]
    assert any(text.startswith("来源：年度工作要点目标管理平台") for text in above)
    assert any(text.startswith("导出：") for text in above)
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert answer["Cache-Control"] == "no-store, private"
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("address", ROUTES)
def test_headers_are_in_the_language_of_the_reader(client, filed, planner, ministry, address: str):
    excused(filed.unit, planner)
    client.force_login(ministry)
    client.cookies["django_language"] = "en"

    answer = client.get(address)
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))

    words = [str(cell.value) for sheet in book for cell in sheet[int(sheet.auto_filter.ref.split(":")[0].strip("A"))]]
    assert words
    assert all(word.isascii() for word in words)


def test_each_page_links_to_its_workbook(client, filed, ministry):
    client.force_login(ministry)

    for page, address in (
        ("/review/?state=late", "/review/export/?state=late"),
        ("/reports/?month=2007-09", "/reports/export/?month=2007-09"),
        ("/calendar/2007-09/", "/calendar/2007-09/export/"),
        ("/rules/", "/rules/export/"),
    ):
        assert f'href="{address}" download>导出 Excel' in client.get(page).content.decode()
    reminded = client.post("/calendar/2007-09/remind/").content.decode()
    assert 'href="/calendar/2007-09/reminders/" download>导出 Excel' in reminded
