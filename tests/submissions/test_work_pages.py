"""A bureau's own work, the ministry's choice of a unit, and the reviewer's queue."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.utils import translation

from submissions import calendar, services
from submissions.intake import read_milestones
from submissions.models import ReportingMonth
from submissions.pages.due import due_words
from tests import factories
from tests.factories import approved, file, shanghai, submitted
from tests.submissions.posting import text_of
from workplan.lib import clock

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 3)
FIGURES = {"T01": "310", "T08": "910", "T04": ("46", "1000")}
MONTHLY = {"T01": "310", "T08": "910"}


@pytest.fixture
def year(unit, period):
    return factories.months_of_2007()


def month(number: int) -> ReportingMonth:
    return ReportingMonth.objects.get(month=date(2007, number, 1))


def rows_of(client, address: str = "/reports/") -> list[tuple]:
    page = client.get(address).context["page"]
    return [
        (work.period.month.month, str(work.state.word), work.n_answered, work.n_due, work.n_findings, str(work.action))
        for work in page.rows
    ]


# My work ---------------------------------------------------------------------------------------


def test_what_is_to_do_stands_in_order_with_one_action_each(client, unit, year, clerk, lead, ministry):
    for number in range(1, 7):
        figures = FIGURES if number % 3 == 0 else MONTHLY
        approved(unit, month(number), figures, by=lead, reviewer=ministry, now=NOW)
    file(unit, month(7), {"T01": "310"}, by=lead, now=NOW)
    submitted(unit, month(8), MONTHLY, by=lead, now=NOW)
    report = submitted(unit, month(9), FIGURES, by=lead, now=NOW)
    services.return_(report, by=ministry, now=NOW, version=report.version, comment="请核对 T08。")
    client.force_login(clerk)

    assert rows_of(client) == [
        (9, "已退回", 3, 3, 0, "修改后再报"),
        (7, "已填未报", 1, 2, 0, "继续填报"),
        (10, "未填", 0, 2, 0, "开始填报"),
    ]
    page = text_of(client.get("/reports/"))
    assert "请核对 T08。" in page
    assert page.count('class="months__one"') == 12


def test_a_report_begun_while_the_year_is_read_is_no_fault(client, unit, year, clerk, lead):
    """Another clerk saves between two of the page's questions to the database."""
    file(unit, month(8), MONTHLY, by=lead, now=NOW)
    client.force_login(clerk)
    others = [9]

    def somebody_saves(execute, sql, *more):
        if 'FROM "submissions_figure"' in sql and others:
            file(unit, month(others.pop()), {"T01": "310"}, by=lead, now=NOW)
        return execute(sql, *more)

    with connection.execute_wrapper(somebody_saves):
        rows = rows_of(client)

    assert others == []
    assert [(number, n_answered) for number, _word, n_answered, *_more in rows][-3:] == [(8, 2), (9, 0), (10, 0)]


def test_a_lead_is_led_to_submit_what_is_complete(client, unit, year, lead, clerk):
    file(unit, month(10), MONTHLY, by=lead, now=NOW)
    client.force_login(lead)
    assert rows_of(client)[-1][-1] == "核对并报送"
    client.force_login(clerk)
    assert rows_of(client)[-1][-1] == "继续填报"


def test_findings_of_what_is_filled_in_are_counted(client, unit, year, lead, ministry):
    file(unit, month(7), {"T08": {"state": "not_reported", "note": "系统故障"}}, by=lead, now=NOW)
    approved(unit, month(8), {"T01": "200000", "T08": "1000000"}, by=lead, reviewer=ministry, now=NOW)
    report = file(unit, month(9), {"T01": "100000", "T08": "1100000"}, by=lead, now=NOW)
    client.force_login(lead)
    assert [row[4] for row in rows_of(client) if row[0] == 9] == [2]

    services.save_draft(report, by=lead, now=NOW, version=1, explanations={"V08:T08": "参保范围扩大"})

    assert [row[4] for row in rows_of(client) if row[0] == 9] == [1]


def test_when_all_is_done_the_newest_month_stands(client, unit, lead, ministry):
    period = factories.MonthFactory(number=10)
    submitted(unit, period, MONTHLY, by=lead, now=NOW)
    client.force_login(lead)

    assert rows_of(client) == [(10, "待审核", 2, 2, 0, "查看")]


def test_a_closed_month_is_looked_at_only(client, unit, year, clerk, ministry):
    calendar.close_month(month(1), by=ministry, now=NOW)
    client.force_login(clerk)

    assert rows_of(client)[0][-1] == "查看"
    assert "已关闭" in text_of(client.get("/reports/"))


def test_milestones_that_are_late_are_named_with_the_way_to_them(client, unit, year, clerk, lead):
    for code, frequency in (("M01-1", "EVENT"), ("M01-2", "QUARTERLY"), ("M01-3", "EVENT")):
        factories.MilestoneFactory(code=code, frequency=frequency)
    report = services.report_for(unit, month(6))
    told = [
        {"milestone": "M01-1", "state": "in_progress", "planned_on": "2007-10-11"},
        {"milestone": "M01-2", "state": "in_progress"},
        {"milestone": "M01-3", "state": "in_progress", "planned_on": "2007-10-12"},
    ]
    given = read_milestones(report, told, today=NOW.date())
    services.save_draft(report, by=lead, now=NOW, version=0, milestones=given)
    client.force_login(clerk)

    answer = client.get("/reports/")

    late = [(one.milestone.code, one.delay.value) for one in answer.context["page"].late]
    assert late == [("M01-1", "overdue"), ("M01-2", "silent")]
    assert "/reports/2007-10/440000/#row.M01-1" in text_of(answer)


def test_a_correction_in_work_is_marked(client, unit, year, lead, ministry):
    report = approved(unit, month(10), MONTHLY, by=lead, reviewer=ministry, now=NOW)
    services.correct(report, by=lead, now=NOW, version=report.version, comment="漏报一县")
    client.force_login(lead)

    [work] = [one for one in client.get("/reports/").context["page"].rows if one.period.month.month == 10]

    assert (str(work.state.word), work.is_correction, work.returned) == ("已填未报", True, None)


def test_before_the_first_month_there_is_nothing_to_do(client, clerk):
    client.force_login(clerk)

    assert "还没有开放的报告期" in text_of(client.get("/reports/"))


def test_who_files_for_two_units_chooses(client, unit, year, clerk):
    other = factories.UnitFactory(code="230000")
    factories.GrantFactory(user=clerk, role="LEAD", unit=other)
    client.force_login(clerk)

    first, second = (client.get(f"/reports/{query}").context["page"] for query in ("", "?unit=230000"))

    assert (first.unit, second.unit, first.units) == (unit, other, [unit, other])
    assert '<select class="form-select" id="unit"' in text_of(client.get("/reports/"))


@pytest.mark.parametrize("code", ["230000", "999999", "x", "4400001", "٤٤٠٠٠٠"])
def test_another_unit_reads_like_none(client, clerk, code):
    factories.UnitFactory(code="230000")
    client.force_login(clerk)

    assert client.get(f"/reports/?unit={code}").status_code == 404


@pytest.mark.parametrize(
    ("role", "status"), [("ANALYST", 403), ("PLANNER", 403), ("AUDITOR", 403), ("MINISTRY_REVIEWER", 200)]
)
def test_who_files_nothing_has_no_work_here(client, year, role, status):
    client.force_login(factories.person(role))

    assert client.get("/reports/").status_code == status


@pytest.mark.parametrize("n", [1, 3])
def test_the_year_costs_the_same_queries(client, unit, year, lead, n, django_assert_num_queries):
    for number in range(1, n + 1):
        file(unit, month(number), {"T01": str(number)}, by=lead, now=NOW)
    client.force_login(lead)
    client.get("/reports/")

    with django_assert_num_queries(26):
        client.get("/reports/")


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2007, 9, 28), "还有 5 个工作日（北京时间）"),  # the weekend of 29 September was worked for the holiday
        (date(2007, 10, 5), "今天截止（北京时间）"),
        (date(2007, 10, 9), "逾期 4 天（北京时间）"),
    ],
)
def test_what_is_left_is_counted_in_working_days(period, today, words):
    period.due_on = date(2007, 10, 10) if today < date(2007, 10, 1) else period.due_on

    assert due_words(period, today) == words


def test_c03_a_deadline_says_whose_day_it_is_in_either_language(client, clerk, period):
    """Whatever a browser's clock says, in Urumqi or abroad."""
    client.force_login(clerk)

    for page in ("/reports/", "/reports/2007-09/440000/"):
        assert "（北京时间）" in text_of(client.get(page))
    with translation.override("en"):
        assert due_words(period, date(2007, 10, 9)) == "4 days overdue (Beijing time)"


# The ministry's choice -------------------------------------------------------------------------


def test_the_ministry_sees_every_unit_of_the_month_and_files_for_one(client, unit, year, lead, ministry):
    other = factories.UnitFactory(code="230000")
    factories.AssignmentFactory(unit=other, indicator=factories.IndicatorFactory(code="T01"))
    submitted(unit, month(9), FIGURES, by=lead, now=NOW)
    client.force_login(ministry)

    response = client.get("/reports/")

    page = response.context["page"]
    assert page.period.month == date(2007, 9, 1)
    assert [(one.unit.code, str(one.state.word), one.n_answered, one.n_due) for one in page.units] == [
        ("440000", "待审核", 3, 3),
        ("230000", "未填", 0, 1),
    ]
    assert "代报" in text_of(response)
    assert client.get("/reports/?unit=230000").context["page"].unit == other


def test_the_ministry_chooses_the_month(client, year, ministry):
    client.force_login(ministry)

    assert client.get("/reports/?month=2007-03").context["page"].period.month == date(2007, 3, 1)
    assert "还没有开放的报告期" in text_of(client.get("/reports/?month=2007-12"))
    assert [client.get(f"/reports/?month={text}").status_code for text in ("2007-13", "x", "2006-01")] == [404] * 3


def test_before_the_first_month_the_ministry_is_told(client, ministry):
    client.force_login(ministry)

    assert "还没有开放的报告期" in text_of(client.get("/reports/"))


@pytest.mark.parametrize("n", [1, 3])
def test_the_units_cost_the_same_queries(client, year, ministry, n, django_assert_num_queries):
    for _ in range(n):
        unit = factories.UnitFactory()
        factories.AssignmentFactory(unit=unit, indicator=factories.IndicatorFactory(code="T01"))
        file(unit, month(9), {"T01": "5"}, by=ministry, now=NOW)
    client.force_login(ministry)
    client.get("/reports/")

    with django_assert_num_queries(12):
        client.get("/reports/")


# The queue -------------------------------------------------------------------------------------


@pytest.fixture
def queue(unit, year, lead, ministry):
    """Three reports: one explained, one returned and mended late, one late and the reviewer's own."""
    indicator = factories.IndicatorFactory(code="T01")
    hainan, tibet = factories.UnitFactory(code="460000", region="EAST"), factories.UnitFactory(code="540000")
    for other in (hainan, tibet):
        factories.AssignmentFactory(unit=other, indicator=indicator)
    file(hainan, month(9), {"T01": "9"}, by=ministry, now=NOW)
    late, why = shanghai(2007, 10, 9), {"V03:T01": "上月误填累计"}
    submitted(hainan, month(10), {"T01": "5"}, by=factories.person("LEAD", hainan), now=late, explanations=why)
    report = submitted(unit, month(9), FIGURES, by=lead, now=NOW)
    services.return_(report, by=ministry, now=NOW, version=report.version, comment="请核对。")
    submitted(unit, month(9), {"T01": "300000", "T08": "1020000"}, by=lead, now=shanghai(2007, 10, 10))
    submitted(tibet, month(9), {"T01": "5"}, by=ministry, now=shanghai(2007, 10, 11))


def test_what_came_today_has_waited_less_than_a_workday(client, unit, year, lead, ministry):
    submitted(unit, month(9), FIGURES, by=lead, now=clock.now())
    client.force_login(ministry)

    assert "等了不到 1 个工作日" in text_of(client.get("/review/"))


def test_the_queue_shows_who_waits_longest_first(client, queue, ministry):
    client.force_login(ministry)

    response = client.get("/review/")

    waiting = response.context["page"].waiting
    assert [(one.report.unit.code, one.n_explained, one.n_changed, one.is_late, one.is_own) for one in waiting] == [
        ("460000", 1, None, False, False),
        ("440000", 0, 2, False, False),
        ("540000", 0, None, True, True),
    ]
    page = text_of(response)
    assert "3 份待审核，最早报送的在前" in page
    assert "2 项有改动" in page
    assert "本人报送，须由另一人审核" in page


def test_what_a_closed_month_holds_comes_last_and_is_nobodys_next(client, queue, ministry):
    """The queue goes on behind the report decided on, then from its start, past what the closing holds."""
    calendar.close_month(month(9), by=ministry, now=shanghai(2007, 10, 11))
    client.force_login(ministry)

    page = client.get("/review/")

    assert [(one.report.unit.code, one.is_locked) for one in page.context["page"].waiting] == [
        ("460000", False), ("440000", True), ("540000", True),
    ]  # fmt: skip
    assert text_of(page).count("本月已关闭，重新开放后才能审核") == 2
    report = services.report_for(factories.UnitFactory(code="460000"), month(10))
    data = {"version": report.version, "filing": report.filing.number, "comment": "请核对。"}
    assert client.post("/reports/2007-10/460000/return/", data).url == "/review/"


def test_the_next_report_is_the_one_behind_in_the_queue(client, queue, ministry):
    """A report passed over is not opened again after each decision."""
    client.force_login(ministry)
    report = services.report_for(factories.UnitFactory(code="440000"), month(9))
    other = factories.UnitFactory(code="610000")
    factories.AssignmentFactory(unit=other, indicator=factories.IndicatorFactory(code="T01"))
    submitted(other, month(9), {"T01": "5"}, by=factories.person("LEAD", other), now=shanghai(2007, 10, 12))

    answer = client.post("/reports/2007-09/440000/approve/", {"version": report.version})

    assert answer.url == "/reports/2007-09/610000/"
    report = services.report_for(other, month(9))
    assert (
        client.post("/reports/2007-09/610000/approve/", {"version": report.version}).url == "/reports/2007-10/460000/"
    )


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("?month=2007-10", ["460000"]),
        ("?unit=440000", ["440000"]),
        ("?month=2007-10&unit=440000", []),
        ("?month=&unit=", ["460000", "440000", "540000"]),
        ("?page=x", ["460000", "440000", "540000"]),
        ("?region=EAST", ["460000"]),
        ("?state=clean", []),
        ("?state=explained", ["460000"]),
        ("?state=answered", ["440000"]),
        ("?state=late", ["540000"]),
        ("?state=below", []),
    ],
)
def test_the_queue_is_narrowed(client, queue, ministry, query, codes):
    client.force_login(ministry)

    page = client.get(f"/review/{query}").context["page"]

    assert [one.report.unit.code for one in page.waiting] == codes
    assert [str(one) for one in page.months] == ["2007-09", "2007-10"]
    assert [one.code for one in page.units] == ["440000", "460000", "540000"]


@pytest.mark.parametrize("query", ["?month=2007-13", "?month=x", "?unit=x", "?unit=999999"])
def test_an_unknown_month_or_unit_is_not_found(client, year, ministry, query):
    client.force_login(ministry)

    assert client.get(f"/review/{query}").status_code == 404


@pytest.mark.parametrize(
    ("role", "status"), [("CLERK", 403), ("LEAD", 200), ("PLANNER", 403), ("ANALYST", 403), ("MINISTRY_REVIEWER", 200)]
)
def test_the_queue_opens_for_reviewers(client, unit, role, status):
    client.force_login(factories.person(role, unit if role in {"CLERK", "LEAD"} else None))

    assert client.get("/review/").status_code == status


def test_a_lead_reviews_the_units_directly_below(client, unit, queue, lead):
    county = factories.UnitFactory(code="440100", parent=unit, kind="PREFECTURE")
    factories.AssignmentFactory(unit=county, indicator=factories.IndicatorFactory(code="T01"))
    submitted(county, month(9), {"T01": "5"}, by=factories.person("LEAD", county), now=NOW)
    client.force_login(lead)

    assert [one.report.unit.code for one in client.get("/review/").context["page"].waiting] == ["440100"]


def test_a_long_queue_has_pages(client, queue, ministry, monkeypatch):
    monkeypatch.setattr("submissions.pages.queue.PAGE_SIZE", 2)
    client.force_login(ministry)

    first, second = (text_of(client.get(f"/review/?page={number}&unit=")) for number in (1, 2))

    assert 'href="?page=2&amp;unit="' in first
    assert 'href="?page=1&amp;unit="' in second


@pytest.mark.parametrize("n", [1, 3])
def test_the_queue_costs_the_same_queries(client, year, ministry, n, django_assert_num_queries):
    for _ in range(n):
        unit = factories.UnitFactory()
        factories.AssignmentFactory(unit=unit, indicator=factories.IndicatorFactory(code="T01"))
        submitted(unit, month(9), {"T01": "5"}, by=factories.person("LEAD", unit), now=NOW)
    client.force_login(ministry)
    client.get("/review/")

    with django_assert_num_queries(20):
        client.get("/review/")
