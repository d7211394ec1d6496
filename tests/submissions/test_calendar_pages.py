"""The calendar's pages: the year as a table, one month, and what the ministry does there."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from accounts.models import AuditEntry, ReportingUnit, User
from submissions import schedule
from submissions.models import CalendarRule, Extension, ReportingMonth
from tests import factories
from tests.factories import person, shanghai, submitted
from tests.submissions.posting import text_of

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 12)
FIGURES = {"T01": "310000", "T08": "1010000", "T04": ("46", "1000")}


@pytest.fixture
def other(unit):
    other = factories.UnitFactory(code="230000", short_name="黑龙江")
    factories.AssignmentFactory(unit=other, indicator=factories.IndicatorFactory(code="T01"))
    return other


@pytest.fixture
def filed(unit, other, period, lead):
    return submitted(unit, period, FIGURES, by=lead, now=shanghai(2007, 10, 9))


def words(page) -> dict[str, list[str]]:
    return {line.unit.code: [str(cell.look.word) for cell in line.cells] for line in page.lines}


def test_the_ministry_sees_every_unit_and_month(client, filed, ministry: User):
    client.force_login(ministry)

    answer = client.get("/calendar/")

    assert words(answer.context["page"]) == {"440000": ["未报", "迟报"], "230000": ["未报", "未报"]}
    assert "应报 4 份次，按时 0，未报 3" in text_of(answer)


@pytest.fixture
def county(unit, other, period):
    """A county that files itself, under a prefecture that does not."""
    prefecture = factories.UnitFactory(code="440100", parent=unit, kind="PREFECTURE")
    county = factories.UnitFactory(code="440106", short_name="天河", parent=prefecture, kind="COUNTY")
    factories.AssignmentFactory(unit=county, indicator=factories.IndicatorFactory(code="T01"))
    return county


def test_a_county_that_files_is_counted_on_the_row_above_and_opened_from_there(client, county, ministry: User):
    client.force_login(ministry)

    year = client.get("/calendar/")
    assert list(words(year.context["page"])) == ["440000", "230000"]
    assert "应报 6 份次，按时 0，未报 6" in text_of(year)
    assert "下级 1 个单位 · 2 份未报" in text_of(year)

    month = client.get("/calendar/2007-09/")
    assert "3 个单位还没有报" in text_of(month)
    assert [(row.unit.code, row.n_below_missing) for row in month.context["page"].rows] == [
        ("440000", 1),
        ("230000", 0),
    ]


def test_the_units_below_a_unit_have_rows_whether_they_file_or_only_those_below_them_do(client, county, ministry: User):
    client.force_login(ministry)

    assert words(client.get("/calendar/?year=2007&unit=440000").context["page"]) == {
        "440000": ["未报", "未报"],
        "440100": ["0/1", "0/1"],
    }
    assert words(client.get("/calendar/?year=2007&unit=440100").context["page"]) == {"440106": ["未报", "未报"]}
    below = client.get("/calendar/2007-09/?unit=440000")
    assert [(row.unit.code, row.line is None) for row in below.context["page"].rows] == [
        ("440000", False),
        ("440100", True),
    ]
    assert "2 个单位还没有报" in text_of(below)


def test_a_county_is_reminded_with_those_above_it_or_with_its_province_alone(client, county, ministry: User):
    client.force_login(ministry)

    def asked(address: str) -> list[str]:
        return [one.unit.code for one in client.post(address).context["reminders"]]

    assert asked("/calendar/2007-09/remind/?unit=440000") == ["440000", "440106"]
    assert asked("/calendar/2007-09/remind/") == ["440000", "230000", "440106"]


def test_the_ministry_sees_a_county_was_given_more_time(client, county, period, ministry: User):
    schedule.extend(period, unit=county, until=date(2007, 10, 30), reason="受灾", by=ministry, now=NOW)
    client.force_login(ministry)
    assert "<strong>天河</strong> → 2007-10-30" in text_of(client.get("/calendar/2007-09/"))

    client.force_login(person("CLERK", unit=ReportingUnit.objects.get(code="230000")))
    assert "天河" not in text_of(client.get("/calendar/2007-09/"))
    assert client.get("/calendar/?unit=440000").status_code == 404
    assert client.get("/calendar/2007-09/?unit=440106").status_code == 404


def test_the_calendar_says_in_which_months_rarer_figures_fall_due(client, filed, unit, ministry: User):
    """September brings the quarterly figures, December too; nobody files half-yearly or yearly ones here."""
    quarterly = factories.IndicatorFactory(code="T04", frequency=3)
    factories.AssignmentFactory(unit=unit, indicator=quarterly)
    client.force_login(ministry)

    months = client.get("/calendar/").context["page"].months

    assert {one.period.month.month: one.rarer for one in months}[9] == ("季报",)
    assert client.get("/calendar/2007-09/").context["page"].frequencies == ("月报", "季报")
    assert "月报、季报" in text_of(client.get("/calendar/2007-09/"))


def test_a_bureau_sees_its_own_rows(client, filed, lead: User):
    client.force_login(lead)

    assert list(words(client.get("/calendar/").context["page"])) == ["440000"]
    shown = client.get("/calendar/2007-09/")
    assert [one.unit.code for one in shown.context["page"].lines] == ["440000"]
    assert "黑龙江" not in text_of(shown)
    assert "关闭…" not in text_of(shown)


@pytest.mark.parametrize("role", ["SYSTEM_ADMIN", "SECURITY_ADMIN", "AUDITOR"])
def test_administrators_have_no_calendar(client, period, role: str):
    client.force_login(person(role))

    assert client.get("/calendar/").status_code == 403
    assert client.get("/calendar/2007-09/").status_code == 403


@pytest.mark.parametrize("address", ["/calendar/?year=1999", "/calendar/?year=x", "/calendar/2031-01/"])
def test_an_unknown_year_or_month_is_not_found(client, period, ministry: User, address: str):
    client.force_login(ministry)

    assert client.get(address).status_code == 404


def test_without_a_plan_the_page_says_so(client, ministry: User):
    client.force_login(ministry)

    assert "还没有报告期" in text_of(client.get("/calendar/"))
    assert client.get("/calendar/export/").status_code == 404


@pytest.mark.parametrize("n", [1, 30])
def test_the_year_costs_the_same_queries_however_many_units(client, ministry, n, django_assert_max_num_queries):
    indicator = factories.IndicatorFactory(code="T01")
    for _ in range(n):
        factories.AssignmentFactory(unit=factories.UnitFactory(), indicator=indicator)
    factories.months_of_2007()
    client.force_login(ministry)
    client.get("/calendar/")

    with django_assert_max_num_queries(16):
        client.get("/calendar/")


def test_the_year_is_exported_as_shown_and_recorded(client, filed, ministry: User):
    client.force_login(ministry)

    book = load_workbook(BytesIO(b"".join(client.get("/calendar/export/?year=2007").streaming_content)))

    rows = [[cell for cell in row if cell is not None] for row in book.active.iter_rows(values_only=True)]
    assert ["440000", "广东", "未报", "迟报", 2, 0, 1, 0, 1, 0.5, 0] in rows
    assert AuditEntry.objects.order_by("-number").first().details == {"table": "calendar", "year": 2007}


# One month -------------------------------------------------------------------------------------


def test_a_06_closing_first_says_what_it_does(client, filed, ministry: User):
    client.force_login(ministry)

    asked = text_of(client.post("/calendar/2007-09/close/"))

    assert "1 份待审核" in asked
    assert "1 个单位还没有填" in asked
    assert "其中 3 个已填数据不会进入汇总。" in asked
    assert not ReportingMonth.objects.get(month=date(2007, 9, 1)).is_closed

    done = client.post("/calendar/2007-09/close/", {"confirmed": "1"}, follow=True)
    assert "已关闭2007年9月。" in text_of(done)
    assert ReportingMonth.objects.get(month=date(2007, 9, 1)).is_closed


def test_a_closing_is_undone_on_the_page_with_a_reason(client, filed, ministry: User):
    client.force_login(ministry)
    client.post("/calendar/2007-09/close/", {"confirmed": "1"})

    silent = client.post("/calendar/2007-09/reopen/", {"confirmed": "1", "reason": ""})
    assert silent.status_code == 422
    assert "请写明原因。" in text_of(silent)
    client.post("/calendar/2007-09/reopen/", {"confirmed": "1", "reason": "误关"})

    assert not ReportingMonth.objects.get(month=date(2007, 9, 1)).is_closed


def test_a_month_is_opened_and_published_on_its_page(client, unit, period, ministry: User):
    factories.MonthFactory(number=11)
    client.force_login(ministry)

    assert "今天起开放2007年11月？" in text_of(client.post("/calendar/2007-11/open/"))
    client.post("/calendar/2007-11/open/", {"confirmed": "1"})
    client.post("/calendar/2007-09/publish/", {"confirmed": "1"})
    again = client.post("/calendar/2007-09/publish/", {"confirmed": "1"})

    assert ReportingMonth.objects.get(month=date(2007, 11, 1)).opens_on == date(2007, 10, 12)
    assert ReportingMonth.objects.get(month=date(2007, 9, 1)).is_published
    assert again.status_code == 409


def test_nobody_else_acts_on_a_month(client, period, lead: User, planner: User):
    for one in (lead, planner):
        client.force_login(one)
        assert client.post("/calendar/2007-09/close/").status_code == 403
        assert client.post("/calendar/2007-09/close/", {"confirmed": "1"}).status_code == 403


def extension(**fields: str) -> dict[str, str]:
    given = {"unit": "440000", "until": "2007-10-20", "reason": "台风", **fields}
    return {f"extension-{name}": text for name, text in given.items()}


def test_an_extension_is_granted_on_the_page(client, unit, period, ministry: User, lead: User):
    client.force_login(ministry)

    done = client.post("/calendar/2007-09/extend/", extension(), follow=True)

    assert "已为广东延期至 2007-10-20。" in text_of(done)
    given = Extension.objects.get()
    assert (given.unit, given.until, given.granted_by) == (unit, date(2007, 10, 20), ministry)
    client.force_login(lead)
    assert "已延期" in text_of(client.get("/reports/"))
    assert "台风" in text_of(client.get("/calendar/2007-09/"))
    year = text_of(client.get("/calendar/"))
    assert ('title="已延期至 ' in year, "标“延”的已延期" in year) == (True, True)


def test_an_extension_for_all_names_no_unit(client, unit, period, ministry: User):
    client.force_login(ministry)

    assert "已为所有单位延期至 2007-10-20。" in text_of(
        client.post("/calendar/2007-09/extend/", extension(unit=""), follow=True)
    )


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"until": "2007-10-01"}, 422, "延期至 2007-10-01 不起作用"),
        ({"until": "明天"}, 422, "输入一个有效的日期"),
        ({"reason": ""}, 422, "必填项"),
        ({"unit": "999999"}, 422, "选择一个有效的选项"),
    ],
)
def test_a_bad_extension_keeps_what_was_typed(client, unit, period, ministry, fields, status, said):
    client.force_login(ministry)

    answer = client.post("/calendar/2007-09/extend/", extension(**fields))

    assert answer.status_code == status
    assert said in text_of(answer)
    assert not Extension.objects.exists()


def dates(**fields: str) -> dict[str, str]:
    given = {
        "opens_on": "2007-09-01",
        "due_on": "2007-10-15",
        "late_due_on": "2007-10-20",
        "view_only_from": "2008-12-01",
        "reason": "系统维护",
        **fields,
    }
    return {f"dates-{name}": text for name, text in given.items()}


def test_a_06_moved_dates_say_first_whom_they_make_late(client, filed, planner: User):
    client.force_login(planner)

    asked = client.post("/calendar/2007-09/dates/", dates())
    assert "本期迟报由 1 份变为 0 份。" in text_of(asked)
    done = client.post("/calendar/2007-09/dates/", {**dates(), "confirmed": "1"}, follow=True)

    assert "已调整2007年9月的日期。" in text_of(done)
    assert ReportingMonth.objects.get(month=date(2007, 9, 1)).due_on == date(2007, 10, 15)


@pytest.mark.parametrize(("fields", "said"), [({"late_due_on": "2007-10-01"}, "不能早于"), ({"due_on": ""}, "必填项")])
def test_bad_dates_keep_what_was_typed(client, unit, period, planner, fields, said):
    client.force_login(planner)

    answer = client.post("/calendar/2007-09/dates/", {**dates(**fields), "confirmed": "1"})

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "系统维护" in answer.content.decode()


def test_changed_rules_are_shown_then_applied(client, unit, planner: User, lead: User):
    schedule.make_months(factories.PlanFactory())
    CalendarRule.objects.create(valid_from=date(2007, 12, 1), due_day=9)
    client.force_login(planner)
    assert "1 个报告期的日期需要调整" in text_of(client.get("/calendar/"))

    shown = text_of(client.post("/calendar/rules/", {"year": "2007"}))
    assert "2008-01-09" in shown
    client.post("/calendar/rules/", {"year": "2007", "confirmed": "1"})

    assert ReportingMonth.objects.get(month=date(2007, 12, 1)).due_on == date(2008, 1, 9)
    client.force_login(lead)
    assert client.post("/calendar/rules/", {"year": "2007"}).status_code == 403


def test_the_planner_keeps_rules_and_days_in_the_admin(client, planner: User):
    client.force_login(planner)

    client.post("/admin/submissions/calendarday/add/", {"day": "2007-11-01", "is_working": "", "name": "停工"})
    rule = {
        "valid_from": "2008-01-01", "opening_day": "1", "due_day": "8", "due_next_month": "on",
        "late_working_days": "5", "view_only_months": "15", "first_day": "1",
    }  # fmt: skip
    client.post("/admin/submissions/calendarrule/add/", rule)

    assert CalendarRule.objects.get().due_day == 8
    actions = list(AuditEntry.objects.order_by("number").values_list("action", flat=True))
    assert actions[-2:] == ["calendarday.create", "calendarrule.create"]
