"""The dates of months: made by rule, moved, extended; and who filed in time."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEntry, User
from submissions import calendar, facts, schedule, services, timeliness, workdays, workflow
from submissions.models import CalendarDay, CalendarRule, Extension, MonthlyReport, ReportingMonth, Verb
from submissions.timeliness import Arrival
from targets import periods
from targets.models import Plan
from tests.factories import (
    SHANGHAI,
    AssignmentFactory,
    IndicatorFactory,
    MonthFactory,
    PlanFactory,
    UnitFactory,
    approved,
    file,
    person,
    shanghai,
    submitted,
)
from tests.submissions.posting import text_of
from workplan.lib import clock
from workplan.lib.refusals import Refused

NOW = shanghai(2007, 10, 12)
TODAY = NOW.date()


def is_weekday(day: date) -> bool:
    return day.weekday() < 5


# Working days ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2007, 10, 5), False),  # National Day week
        (date(2007, 9, 29), True),  # a Saturday worked for it
        (date(2007, 10, 8), True),
        (date(2007, 10, 13), False),
        (date(2099, 1, 3), False),  # a Saturday of a year without announced holidays
        (date(2099, 1, 5), True),
    ],
)
@pytest.mark.parametrize("loaded", [False, True])
@pytest.mark.django_db
def test_offices_work_as_announced_loaded_or_not(day: date, works: bool, loaded: bool) -> None:
    if loaded:
        workdays.load_days([2007])

    assert workdays.working_days(day)(day) is works


@pytest.mark.django_db
def test_the_planners_row_beats_the_announcement() -> None:
    workdays.load_days([2007])
    CalendarDay.objects.create(day=date(2007, 10, 10), is_working=False, name="台风停工")

    offices = workdays.working_days(TODAY)

    assert offices(date(2007, 10, 10)) is False
    assert offices.between(date(2007, 10, 8), date(2007, 10, 12)) == 3
    assert (offices.between(TODAY, TODAY), offices.between(TODAY, date(2007, 10, 1))) == (0, 0)


@pytest.mark.django_db
def test_days_are_loaded_once_and_never_over_the_planners() -> None:
    first = workdays.load_days([2007, 2008])
    CalendarDay.objects.filter(day=date(2007, 10, 1)).update(is_working=True)
    second = workdays.load_days([2007, 2008])

    assert first.created > 20
    assert (second.created, second.unchanged) == (0, 2)
    assert CalendarDay.objects.get(day=date(2007, 10, 1)).is_working is True
    assert CalendarDay.objects.get(day=date(2007, 10, 2)).name == "国庆节"
    assert workdays.load_days([2099]).created == 0


@pytest.mark.django_db
def test_a_day_stands_once() -> None:
    CalendarDay.objects.create(day=TODAY, is_working=False)
    with pytest.raises(IntegrityError):
        CalendarDay.objects.create(day=TODAY, is_working=True)


@pytest.mark.parametrize("year", range(2021, 2026))
@pytest.mark.django_db
def test_c_04_every_due_date_of_five_years_is_the_next_working_day(year: int) -> None:
    """Independent of the library at hand: no working day lies between the nominal day and the due date."""
    plan = PlanFactory(year=year, number=f"{year}")
    schedule.make_months(plan)
    offices = workdays.working_days(date(year, 1, 1), date(year + 1, 12, 31))

    for period in plan.months.all():
        nominal = periods.next_month(period.month).replace(day=5)
        before = [nominal + timedelta(days=n) for n in range((period.due_on - nominal).days)]
        assert offices(period.due_on)
        assert not any(map(offices, before))
        assert offices.between(period.due_on, period.late_due_on) == 5


@pytest.mark.parametrize(
    ("month", "due"),
    [
        (date(2007, 9, 1), date(2007, 10, 8)),  # behind National Day week
        (date(2008, 1, 1), date(2008, 2, 5)),  # Spring Festival began on the 6th
        (date(2012, 4, 1), date(2012, 5, 7)),  # the 5th a Saturday
        (date(2019, 1, 1), date(2019, 2, 11)),  # Spring Festival from the 4th to the 10th
        (date(2023, 12, 1), date(2024, 1, 5)),
    ],
)
@pytest.mark.django_db
def test_c_04_known_due_dates(month: date, due: date) -> None:
    plan = PlanFactory(year=month.year, number=f"{month.year}")

    assert next(one for one in schedule.derived(plan) if one.month == month).due_on == due


# Made by rule ----------------------------------------------------------------------------------


def test_a_window_has_its_four_times_in_order() -> None:
    made = periods.window(date(2007, 1, 1), periods.WindowRule(), is_working_day=is_weekday)

    assert made == periods.Window(
        covers_from=date(2007, 1, 1),
        covers_to=date(2007, 1, 31),
        opens_on=date(2007, 1, 1),
        due_on=date(2007, 2, 5),
        late_due_on=date(2007, 2, 12),
        view_only_from=date(2008, 4, 1),
    )


@pytest.mark.parametrize(
    ("month", "covers_from", "covers_to"),
    [
        (date(2008, 3, 1), date(2008, 2, 21), date(2008, 3, 20)),
        (date(2008, 1, 1), date(2007, 12, 21), date(2008, 1, 20)),
    ],
)
def test_a_statistical_month_runs_from_the_21st(month: date, covers_from: date, covers_to: date) -> None:
    rule = periods.WindowRule(first_day=21, due_day=25, due_next_month=False)

    made = periods.window(month, rule, is_working_day=is_weekday)

    assert (made.covers_from, made.covers_to) == (covers_from, covers_to)
    assert made.due_on == periods.next_working_day(month.replace(day=25), is_working_day=is_weekday)


@pytest.mark.parametrize(("year", "last"), [(2007, 28), (2008, 29), (2100, 28)])
def test_a_06_february_ends_with_its_leap_day(year: int, last: int) -> None:
    made = periods.window(date(year, 2, 1), periods.WindowRule(), is_working_day=is_weekday)

    assert made.covers_to == date(year, 2, last)


def test_view_only_never_comes_before_the_last_late_report() -> None:
    rule = periods.WindowRule(late_working_days=60, view_only_months=3)

    made = periods.window(date(2007, 1, 1), rule, is_working_day=is_weekday)

    assert made.view_only_from == made.late_due_on + timedelta(days=1)


@pytest.mark.django_db
def test_a_plan_has_twelve_months_and_a_second_making_adds_none() -> None:
    plan = PlanFactory()

    first, second = schedule.make_months(plan), schedule.make_months(plan)

    assert (first.created, second.created, second.unchanged) == (12, 0, 12)
    assert [period.opens_on for period in plan.months.order_by("month")][8] == date(2007, 9, 1)


@pytest.mark.django_db
def test_the_newest_rule_in_force_decides() -> None:
    CalendarRule.objects.create(valid_from=date(2007, 1, 1), due_day=8)
    CalendarRule.objects.create(valid_from=date(2007, 7, 1), due_day=10, opening_day=3)

    months = schedule.derived(PlanFactory())

    assert [months[5].due_on, months[6].due_on, months[6].opens_on] == [
        date(2007, 7, 9), date(2007, 8, 10), date(2007, 7, 3),
    ]  # fmt: skip


@pytest.fixture
def year_2008(db: None) -> Plan:
    plan = PlanFactory(year=2008, number="2008")
    schedule.make_months(plan)
    return plan


def test_a_changed_rule_moves_only_what_is_still_to_fall_due(year_2008: Plan, planner: User) -> None:
    CalendarRule.objects.create(valid_from=date(2008, 1, 1), due_day=12)
    now = shanghai(2008, 6, 20)
    year_2008.months.filter(month=date(2008, 12, 1)).update(closed_at=now, closed_by=planner)

    moves = schedule.apply_rules(year_2008, by=planner, now=now)

    assert [move.period.month.month for move in moves] == [6, 7, 8, 9, 10, 11]
    assert ReportingMonth.objects.get(month=date(2008, 6, 1)).due_on == date(2008, 7, 14)
    assert ReportingMonth.objects.get(month=date(2008, 5, 1)).due_on == date(2008, 6, 5)
    assert schedule.moves_by_rule(year_2008, today=now.date()) == []
    entry = AuditEntry.objects.order_by("-number").first()
    assert (entry.action, entry.details["reason"]) == ("month.move", "rules")


def test_where_nothing_differs_from_the_rules_nothing_is_moved(year_2008: Plan, planner: User) -> None:
    assert schedule.apply_rules(year_2008, by=planner, now=NOW) == []
    assert not AuditEntry.objects.filter(action="month.move").exists()


def test_rules_never_make_a_date_past(year_2008: Plan, planner: User) -> None:
    CalendarRule.objects.create(valid_from=date(2008, 1, 1), due_day=1)

    moves = schedule.apply_rules(year_2008, by=planner, now=shanghai(2008, 7, 3))

    assert moves[0].period.month.month == 7


@pytest.mark.parametrize("role", ["ANALYST", "CLERK", "LEAD", "SYSTEM_ADMIN"])
def test_only_planner_and_reviewer_move_dates(year_2008: Plan, role: str) -> None:
    with pytest.raises(calendar.NotYourMonth):
        schedule.apply_rules(year_2008, by=person(role), now=NOW)


def test_the_command_moves_months_and_says_which(year_2008: Plan, ministry: User, capsys, settings) -> None:
    settings.BUSINESS_DATE = date(2008, 11, 20)
    CalendarRule.objects.create(valid_from=date(2008, 12, 1), due_day=9)

    call_command("move_months", 2008, dry_run=True)
    assert ReportingMonth.objects.get(month=date(2008, 12, 1)).due_on == date(2009, 1, 5)
    call_command("move_months", 2008)

    assert ReportingMonth.objects.get(month=date(2008, 12, 1)).due_on == date(2009, 1, 9)
    dry, done = capsys.readouterr().out.split("1 months moved (dry run)\n")
    assert "2008-12 due_on: 2009-01-05 -> 2009-01-09" in dry
    assert done.endswith("1 months moved\n")


def test_the_command_says_why_it_does_not_move(year_2008: Plan, ministry: User, settings) -> None:
    settings.BUSINESS_DATE = date(2008, 11, 20)
    CalendarRule.objects.create(valid_from=date(2008, 12, 1), due_day=9)
    person("ANALYST", username="analyst1")

    with pytest.raises(CommandError, match="报送日历由计划管理员或部级审核人调整。"):
        call_command("move_months", 2008, by="analyst1")
    with pytest.raises(CommandError, match="There is no plan of 2031"):
        call_command("move_months", 2031)


def _covered(plan: Plan) -> list[tuple[str, str]]:
    return [(f"{one.covers_from:%m-%d}", f"{one.covers_to:%m-%d}") for one in plan.months.order_by("month")]


def test_the_month_in_which_the_statistical_month_changes_begins_where_the_one_before_ends(
    year_2008: Plan, planner: User
) -> None:
    """From the 21st in mid-year: no day of June or July is reported twice, none never."""
    CalendarRule.objects.create(valid_from=date(2008, 7, 1), first_day=21)

    schedule.apply_rules(year_2008, by=planner, now=shanghai(2008, 6, 20))

    assert _covered(year_2008)[5:9] == [("06-01", "06-30"), ("07-01", "07-20"), ("07-21", "08-20"), ("08-21", "09-20")]
    assert schedule.moves_by_rule(year_2008, today=date(2008, 6, 20)) == []


def test_a_new_year_with_another_statistical_month_begins_where_the_old_one_ends(year_2008: Plan) -> None:
    CalendarRule.objects.create(valid_from=date(2009, 1, 1), first_day=21)
    CalendarRule.objects.create(valid_from=date(2010, 1, 1), first_day=1)
    years = [PlanFactory(year=year, number=str(year)) for year in (2009, 2010)]

    for year in years:
        schedule.make_months(year)

    assert _covered(years[0])[:2] == [("01-01", "01-20"), ("01-21", "02-20")]
    assert _covered(years[1])[:2] == [("12-21", "01-31"), ("02-01", "02-28")]
    assert not years[1].months.earliest("month").covers_two_months


def test_a_06_a_rule_whose_months_would_overlap_is_refused_with_the_way_out(
    client, year_2008: Plan, planner: User, ministry: User, settings
) -> None:
    """Back to whole months in mid-year, while a later month is closed with days of the one before it."""
    settings.BUSINESS_DATE = date(2008, 6, 20)
    CalendarRule.objects.create(valid_from=date(2008, 7, 1), first_day=21)
    schedule.apply_rules(year_2008, by=planner, now=shanghai(2008, 6, 20))
    year_2008.months.filter(month=date(2008, 9, 1)).update(closed_at=NOW, closed_by=ministry)
    CalendarRule.objects.create(valid_from=date(2008, 8, 1), first_day=1)
    client.force_login(planner)

    answer = client.post("/calendar/rules/", {"year": "2008", "confirmed": "1"})

    assert (answer.status_code, "统计期会重叠" in answer.content.decode()) == (400, True)
    assert _covered(year_2008)[7] == ("07-21", "08-20")


# January and February together -----------------------------------------------------------------


@pytest.fixture
def merged(unit, db: None) -> Plan:
    CalendarRule.objects.create(valid_from=date(2007, 1, 1), january_with_february=True)
    plan = Plan.objects.get(year=2007)
    schedule.make_months(plan)
    return plan


def test_f_21_nothing_is_due_in_january_and_february_covers_both(merged: Plan, unit) -> None:
    january, february = merged.months.order_by("month")[:2]

    assert january.reported_with == february
    assert (february.covers_from, february.covers_to) == (date(2007, 1, 1), date(2007, 2, 28))
    assert february.covers_two_months
    assert facts.due_indicators(unit, january) == []
    assert [one.code for one in facts.due_indicators(unit, february)] == ["T01", "T08"]
    assert (facts.due_units(january).count(), facts.due_units(february).count()) == (0, 1)


def test_f_21_january_is_refused_with_the_way_out(merged: Plan, unit, lead: User) -> None:
    january = merged.months.get(month=date(2007, 1, 1))

    with pytest.raises(workflow.MonthClosed, match="2007年1月与2007年2月合并填报，请在2007年2月的报表中填写。"):
        services.save_draft(services.report_for(unit, january), by=lead, now=NOW, version=0)


def test_f_21_january_is_never_missing(merged: Plan, unit, ministry: User, lead: User, client) -> None:
    record = timeliness.records([unit], list(merged.months.order_by("month")), today=TODAY)[0]
    assert [one.arrival for one in record.filed[:3]] == [Arrival.NOT_DUE, Arrival.MISSING, Arrival.MISSING]

    client.force_login(lead)
    page = client.get("/reports/")
    assert date(2007, 1, 1) not in [work.period.month for work in page.context["page"].rows]
    assert "并入2月" in text_of(page)
    client.force_login(ministry)
    overview = client.get("/overview/?month=2007-01").context["page"]
    assert (overview.filers.n_due, overview.filers.missing) == (0, ())


def test_f_21_february_states_two_months_as_its_own(merged: Plan, unit, lead: User, ministry: User) -> None:
    from reporting.series import monthly_series
    from submissions.statement import statement

    february, march = merged.months.order_by("month")[1:3]
    approved(unit, february, {"T01": "50", "T08": "9"}, by=lead, reviewer=ministry, now=NOW)
    report = approved(unit, march, {"T01": "80", "T08": "9", "T04": (4, 100)}, by=lead, reviewer=ministry, now=NOW)

    row = statement(services.report_for(unit, february), person=ministry, today=TODAY).rows[0]
    assert row.month_value == 50
    assert statement(report, person=ministry, today=TODAY).rows[0].month_value == 30
    points = monthly_series(ministry, merged, IndicatorFactory(code="T01"), unit).points
    assert [point.month_value for point in points[:3]] == [None, 50, 30]
    assert [point.n_due for point in points[:2]] == [0, 1]


def test_f_21_a_year_under_way_is_not_merged_behind_a_filed_january(merged: Plan, unit, lead: User, planner) -> None:
    CalendarRule.objects.update(january_with_february=False)
    moves = schedule.apply_rules(merged, by=planner, now=shanghai(2007, 1, 10))
    assert [move.period.month.month for move in moves] == [1, 2]
    january = merged.months.get(month=date(2007, 1, 1))
    file(unit, january, {"T01": "5"}, by=lead, now=shanghai(2007, 1, 20))
    CalendarRule.objects.update(january_with_february=True)

    assert schedule.moves_by_rule(merged, today=date(2007, 1, 21)) == []


# What the database refuses ---------------------------------------------------------------------


def violated(error: IntegrityError) -> str:
    return error.__cause__.diag.constraint_name


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("submissions_month_due_before_late_due", {"late_due_on": date(2007, 10, 4)}),
        ("submissions_month_late_due_before_view_only", {"view_only_from": date(2007, 10, 12)}),
        ("submissions_month_covers_its_own_days", {"covers_to": date(2007, 9, 1)}),
        ("submissions_month_covers_its_own_days", {"covers_from": date(2007, 9, 2)}),
        ("submissions_month_covers_no_days_of_another", {"covers_from": date(2007, 8, 31)}),
        ("submissions_month_reported_with_a_later_one", {"reported_with": date(2007, 8, 1)}),
    ],
)
def test_a_06_a_window_that_cannot_be_is_refused(name: str, change: dict) -> None:
    MonthFactory(number=8)
    period = MonthFactory(number=9)

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        ReportingMonth.objects.filter(pk=period.pk).update(**change)

    assert violated(refused.value) == name


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("submissions_rule_begins_with_a_month", {"valid_from": date(2007, 1, 2)}),
        ("submissions_rule_days_are_in_every_month", {"due_day": 29}),
        ("submissions_rule_days_are_in_every_month", {"opening_day": 0}),
        ("submissions_rule_opens_before_due", {"due_next_month": False, "opening_day": 5}),
        ("submissions_rule_view_only_comes_last", {"view_only_months": 2}),
        ("submissions_rule_view_only_comes_last", {"late_working_days": 61}),
        ("submissions_rule_statistical_month_is_known", {"first_day": 11}),
    ],
)
def test_a_rule_that_cannot_be_is_refused(name: str, change: dict) -> None:
    rule = CalendarRule.objects.create(valid_from=date(2007, 1, 1))

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        CalendarRule.objects.filter(pk=rule.pk).update(**change)

    assert violated(refused.value) == name


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("submissions_extension_says_why", {"reason": ""}),
        ("submissions_extension_ends_after_its_month", {"until": date(2007, 9, 1)}),
    ],
)
def test_an_extension_that_cannot_be_is_refused(unit, period, ministry: User, name: str, change: dict) -> None:
    given = schedule.extend(period, unit=unit, until=date(2007, 10, 15), reason="台风", by=ministry, now=NOW)

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Extension.objects.filter(pk=given.pk).update(**change)

    assert violated(refused.value) == name


# Moved by hand ---------------------------------------------------------------------------------


def dates_of(period: ReportingMonth, **changes: date) -> dict[str, date]:
    names = ("opens_on", "due_on", "late_due_on", "view_only_from")
    return {name: getattr(period, name) for name in names} | changes


@pytest.fixture
def october(unit, db: None) -> ReportingMonth:
    return MonthFactory(number=10)


def test_dates_move_with_a_reason_and_an_audit_entry(october: ReportingMonth, planner: User) -> None:
    moved = schedule.move_dates(
        october, by=planner, now=NOW, reason=" 系统维护 ", **dates_of(october, due_on=date(2007, 11, 7))
    )

    assert moved.due_on == date(2007, 11, 7)
    details = AuditEntry.objects.get().details
    assert details == {"month": "2007-10", "changes": {"due_on": ["2007-11-05", "2007-11-07"]}, "reason": "系统维护"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"opens_on": date(2007, 11, 5)}, "截止日 2007-11-05 须在开放日 2007-11-05 之后。"),
        ({"late_due_on": date(2007, 11, 4)}, "迟报截止日 2007-11-04 不能早于截止日 2007-11-05。"),
        (
            {"view_only_from": date(2007, 11, 12)},
            "只供查看起始日 2007-11-12 须在迟报截止日 2007-11-12 之后。",
        ),
        ({"opens_on": date(2007, 9, 1), "due_on": date(2007, 10, 1)}, "截止日 2007-10-01 须在报告期首日之后。"),
        (
            {"due_on": date(2007, 10, 11)},
            "截止日 2007-10-11 已过（今天 2007-10-12），会使已报的报表变成迟报。请选今天或以后的日期。",
        ),
    ],
)
def test_a_06_impossible_dates_are_refused_by_name(october, planner: User, changes: dict, said: str) -> None:
    with pytest.raises(schedule.ImpossibleDates) as refused:
        schedule.move_dates(october, by=planner, now=NOW, reason="调整", **dates_of(october, **changes))
    assert str(refused.value) == said


def test_a_06_filing_is_not_ended_in_the_past(period: ReportingMonth, planner: User) -> None:
    past = dates_of(period, late_due_on=date(2007, 10, 6), view_only_from=date(2007, 10, 12))

    with pytest.raises(schedule.ImpossibleDates, match="立即停止填报请用“关闭”"):
        schedule.move_dates(period, by=planner, now=NOW, reason="调整", **past)


@pytest.mark.parametrize(("reason", "said"), [(" ", "请写明原因。"), ("x" * 501, "原因最多 500 个字，现有 501 个。")])
def test_a_change_says_why(october: ReportingMonth, planner: User, reason: str, said: str) -> None:
    with pytest.raises(calendar.ReasonMissing) as refused:
        schedule.move_dates(october, by=planner, now=NOW, reason=reason, **dates_of(october, due_on=date(2007, 11, 7)))
    assert str(refused.value) == said


def test_a_change_changes_something(october: ReportingMonth, planner: User) -> None:
    with pytest.raises(calendar.MonthUnchanged, match="2007年10月的各个日期没有变化。"):
        schedule.move_dates(october, by=planner, now=NOW, reason="调整", **dates_of(october))


# View only and extensions ----------------------------------------------------------------------


@pytest.fixture
def over(period: ReportingMonth) -> ReportingMonth:
    """September, view only since 10 October."""
    ReportingMonth.objects.filter(pk=period.pk).update(late_due_on=date(2007, 10, 9), view_only_from=date(2007, 10, 10))
    return ReportingMonth.objects.get(pk=period.pk)


FIGURES = {"T01": "310000", "T08": "1010000", "T04": ("46", "1000")}


def test_a_month_that_is_view_only_takes_nothing_and_says_so(over, unit, lead: User, client) -> None:
    with pytest.raises(workflow.MonthClosed) as refused:
        file(unit, over, FIGURES, by=lead, now=NOW)
    assert str(refused.value) == (
        "2007年9月自 2007-10-10 起只供查看。如需填报或更正，请部级审核人说明原因后延期或重新开放。"
    )
    client.force_login(lead)
    assert "2007年9月自 2007-10-10 起只供查看" in text_of(client.get("/reports/2007-09/440000/"))


def test_what_was_handed_in_is_still_decided_on_and_answered(over, unit, lead: User, ministry: User) -> None:
    report = submitted(unit, over, FIGURES, by=lead, now=shanghai(2007, 10, 9))
    assert workflow.may(Verb.WITHDRAW, report, by=lead, today=TODAY) is False

    report = services.return_(report, by=ministry, now=NOW, version=report.version, comment="请核对。")
    report = services.submit(report, by=lead, now=NOW, version=report.version)

    assert report.status == "SUBMITTED"


def test_reopening_frees_a_report_that_is_view_only(over, unit, lead: User, ministry: User) -> None:
    report = file(unit, over, FIGURES, by=lead, now=shanghai(2007, 10, 9))

    report = services.reopen(report, by=ministry, now=NOW, version=report.version, comment="补报。")

    assert services.submit(report, by=lead, now=NOW, version=report.version).status == "SUBMITTED"


@pytest.mark.parametrize("for_all", [False, True])
def test_an_extension_lifts_the_date_and_the_lateness(over, unit, lead: User, ministry: User, for_all: bool) -> None:
    schedule.extend(over, unit=None if for_all else unit, until=TODAY, reason="台风", by=ministry, now=NOW)

    report = submitted(unit, over, FIGURES, by=lead, now=NOW)

    assert report.due_on == TODAY
    assert report.is_late(NOW) is False
    assert timeliness.lateness(report, at=NOW) == timeliness.Lateness(False, 0)
    assert workflow.is_view_only(report, TODAY + timedelta(days=1)) is True


def test_an_extension_for_one_unit_helps_no_other(over, unit, ministry: User) -> None:
    other = UnitFactory(code="230000")
    AssignmentFactory(unit=other, indicator=IndicatorFactory(code="T01"))
    schedule.extend(over, unit=unit, until=TODAY, reason="台风", by=ministry, now=NOW)

    with pytest.raises(workflow.MonthClosed):
        file(other, over, {"T01": "1"}, by=person("LEAD", other), now=NOW)
    entry = AuditEntry.objects.get(action="month.extend")
    assert entry.details == {"month": "2007-09", "unit": "440000", "until": "2007-10-12", "reason": "台风"}


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (date(2007, 10, 11), "延期至 2007-10-11 不起作用：现行截止日是 2007-10-05，今天是 2007-10-12。"),
        (date(2007, 10, 20), "延期至 2007-10-20 不起作用：现行截止日是 2007-10-20"),
    ],
)
def test_an_extension_reaches_further_than_what_holds(period, unit, ministry: User, until: date, said: str) -> None:
    if until.day == 20:
        schedule.extend(period, unit=None, until=until, reason="维护", by=ministry, now=NOW)

    with pytest.raises(schedule.ImpossibleDates, match=said):
        schedule.extend(period, unit=unit, until=until, reason="台风", by=ministry, now=NOW)


def test_an_extension_is_refused_where_it_cannot_help(period, unit, ministry: User, planner: User) -> None:
    later = {"until": date(2007, 10, 15), "reason": "台风", "now": NOW}
    with pytest.raises(schedule.ImpossibleDates, match="没有填报任务"):
        schedule.extend(period, unit=UnitFactory(code="650000"), by=ministry, **later)
    with pytest.raises(calendar.NotYourMonth):
        schedule.extend(period, unit=unit, by=planner, **later)
    calendar.close_month(period, by=ministry, now=NOW)
    with pytest.raises(calendar.MonthUnchanged, match="已经关闭"):
        schedule.extend(period, unit=unit, by=ministry, **later)


# Arrival ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instant", "month", "late"),
    [
        (datetime(2007, 10, 5, 15, 59, 59, 999999, tzinfo=UTC), 10, False),
        (datetime(2007, 10, 5, 16, 0, tzinfo=UTC), 10, True),
    ],
)
def test_c_01_the_last_microsecond_of_the_due_day_counts_in_shanghai(
    unit, period, lead: User, instant: datetime, month: int, late: bool
) -> None:
    report = submitted(unit, period, FIGURES, by=lead, now=instant.astimezone(SHANGHAI))
    record = timeliness.records([unit], [period], today=TODAY)[0]

    assert report.is_late(report.filing.submitted_at) is late
    assert record.filed[0].arrival == (Arrival.LATE if late else Arrival.ON_TIME)
    in_sql = MonthlyReport.objects.filter(filing__submitted_at__date=date(2007, 10, 6 if late else 5))
    assert in_sql.exists()
    assert timeliness.n_late(period, period.due_on) == int(late)


@pytest.mark.parametrize(
    ("at", "days"), [(shanghai(2007, 10, 5, 23), 0), (shanghai(2007, 10, 7), 0), (shanghai(2007, 10, 9), 2)]
)
def test_v22_is_told_the_working_days_a_report_is_late(unit, period, at: datetime, days: int) -> None:
    report = services.report_for(unit, period)

    told = timeliness.lateness(report, at=at)

    assert told == timeliness.Lateness(is_late=at.date() > period.due_on, n_working_days=days)


@pytest.mark.django_db(transaction=True)
def test_f_18_a_submission_that_waits_past_midnight_is_judged_by_its_arrival(client, settings, monkeypatch) -> None:
    """It arrives a tenth of a second before midnight of the due day and gets its lock after it."""
    settings.BUSINESS_DATE = None
    unit, indicator = UnitFactory(code="440000"), IndicatorFactory(code="T01")
    AssignmentFactory(unit=unit, indicator=indicator)
    lead, period = person("LEAD", unit), MonthFactory(number=9)
    report = file(unit, period, {"T01": "5"}, by=lead, now=shanghai(2007, 10, 5))
    moments = iter([datetime(2007, 10, 5, 23, 59, 59, 900_000, tzinfo=SHANGHAI)])
    after = datetime(2007, 10, 6, 0, 0, 3, tzinfo=SHANGHAI)
    monkeypatch.setattr(clock, "timezone", SimpleNamespace(localtime=lambda: next(moments, after)))
    client.force_login(lead)

    answer = client.post("/reports/2007-09/440000/submit/", {"version": report.version})

    receipt = text_of(client.get(answer["Location"]))
    filing = MonthlyReport.objects.get().filing
    assert filing.submitted_at == datetime(2007, 10, 5, 23, 59, 59, 900_000, tzinfo=SHANGHAI)
    assert "迟报" not in receipt
    assert "以服务器收到的时间（北京时间）为准" in receipt


def test_the_clock_moves_again_after_the_request(settings) -> None:
    settings.BUSINESS_DATE = None
    with clock.arriving():
        first = clock.now()
        assert clock.now() == first
    assert clock.now() > first


# Who filed in time -----------------------------------------------------------------------------


def arrivals(unit, months, today: date = TODAY) -> list[str]:
    return [one.arrival.value for one in timeliness.records([unit], months, today=today)[0].filed]


def test_a_record_tells_how_each_report_came(unit, lead: User, ministry: User) -> None:
    months = [MonthFactory(number=number) for number in range(5, 12)]
    submitted(unit, months[0], {"T01": "300000", "T08": "1000000"}, by=lead, now=shanghai(2007, 6, 5))
    submitted(unit, months[1], FIGURES, by=lead, now=shanghai(2007, 7, 9))
    submitted(unit, months[2], {"T01": "320000", "T08": "1020000"}, by=lead, now=shanghai(2007, 9, 9))

    record = timeliness.records([unit], months, today=TODAY)[0]

    assert [one.arrival.value for one in record.filed] == [
        "on_time", "late", "made_up", "missing", "missing", "pending", "ahead",
    ]  # fmt: skip
    assert (record.n_due, record.n_filed) == (5, 3)
    assert (str(record.reporting_rate), str(record.timeliness)) == ("0.6", "0.2")


def test_a_return_does_not_make_late_and_a_withdrawal_does_not_count(unit, period, lead: User, ministry: User) -> None:
    report = submitted(unit, period, FIGURES, by=lead, now=shanghai(2007, 10, 4))
    report = services.withdraw(report, by=lead, now=shanghai(2007, 10, 4), version=report.version)
    assert arrivals(unit, [period]) == ["missing"]

    report = services.submit(report, by=lead, now=shanghai(2007, 10, 5), version=report.version)
    report = services.return_(report, by=ministry, now=NOW, version=report.version, comment="请核对。")
    assert arrivals(unit, [period]) == ["on_time"]
    services.submit(report, by=lead, now=NOW, version=report.version)
    assert arrivals(unit, [period]) == ["on_time"]


def test_a_quarterly_filer_owes_nothing_between_quarters(db: None) -> None:
    unit = UnitFactory()
    AssignmentFactory(unit=unit, indicator=IndicatorFactory(code="T04", ratio=True))

    assert arrivals(unit, [MonthFactory(number=number) for number in (7, 8, 9)]) == ["not_due", "not_due", "missing"]


def test_an_extended_unit_is_on_time_through_its_day(unit, period, lead: User, ministry: User) -> None:
    schedule.extend(period, unit=unit, until=date(2007, 10, 15), reason="台风", by=ministry, now=NOW)
    assert arrivals(unit, [period]) == ["pending"]

    submitted(unit, period, FIGURES, by=lead, now=shanghai(2007, 10, 15))

    filed = timeliness.records([unit], [period], today=TODAY)[0].filed[0]
    assert (filed.arrival, filed.due_on, filed.is_extended) == (Arrival.ON_TIME, date(2007, 10, 15), True)
    assert timeliness.n_late(period, period.due_on) == 0


@pytest.mark.parametrize("n", [1, 40])
def test_records_cost_the_same_queries_however_many_units(n: int, period, django_assert_num_queries) -> None:
    indicator = IndicatorFactory(code="T01")
    units = [UnitFactory() for _ in range(n)]
    for one in units:
        AssignmentFactory(unit=one, indicator=indicator)

    with django_assert_num_queries(3):
        timeliness.records(units, [period], today=TODAY)


def test_no_months_make_empty_records(unit) -> None:
    record = timeliness.records([unit], [], today=TODAY)[0]

    assert (record.filed, record.n_due, record.reporting_rate) == ((), 0, None)


# Effects and reopening -------------------------------------------------------------------------


def test_a_06_closing_says_what_it_holds_back(unit, period, lead: User, ministry: User) -> None:
    others = [UnitFactory() for _ in range(3)]
    for one in others:
        AssignmentFactory(unit=one, indicator=IndicatorFactory(code="T01"))
    submitted(unit, period, FIGURES, by=lead, now=NOW)
    file(others[0], period, {"T01": "9"}, by=person("LEAD", others[0]), now=NOW)
    back = submitted(others[1], period, {"T01": "9"}, by=person("LEAD", others[1]), now=NOW)
    services.return_(back, by=ministry, now=NOW, version=back.version, comment="请核对。")

    held_back = schedule.effects_of_locking(period)

    assert held_back == schedule.Effects(n_under_review=1, n_returned=1, n_drafts=1, n_not_begun=1, n_figures=5)
    assert not held_back.is_harmless


def test_a_closing_behind_approved_reports_holds_nothing_back(unit, period, lead: User, ministry: User) -> None:
    approved(unit, period, FIGURES, by=lead, reviewer=ministry, now=NOW)

    assert schedule.effects_of_locking(period).is_harmless


def test_a_closing_is_undone_with_a_reason(period, ministry: User) -> None:
    with pytest.raises(calendar.MonthUnchanged, match="2007年9月没有关闭。"):
        calendar.reopen_month(period, by=ministry, now=NOW, reason="误关")
    calendar.close_month(period, by=ministry, now=NOW)
    with pytest.raises(calendar.ReasonMissing):
        calendar.reopen_month(period, by=ministry, now=NOW, reason=" ")

    assert calendar.reopen_month(period, by=ministry, now=NOW, reason="误关").is_closed is False
    assert AuditEntry.objects.order_by("-number").first().details == {"month": "2007-09", "reason": "误关"}


@pytest.mark.django_db(transaction=True)
def test_an_extension_waits_for_a_closing_under_way() -> None:
    ministry, unit, period = person("MINISTRY_REVIEWER"), UnitFactory(), MonthFactory(number=9)
    AssignmentFactory(unit=unit, indicator=IndicatorFactory(code="T01"))
    answers: list[object] = []

    def give() -> None:
        try:
            answers.append(
                schedule.extend(period, unit=unit, until=date(2007, 10, 20), reason="台风", by=ministry, now=NOW)
            )
        except Refused as refusal:
            answers.append(refusal)
        finally:
            connection.close()

    giving = threading.Thread(target=give)
    with transaction.atomic():
        calendar.close_month(period, by=ministry, now=NOW)
        giving.start()
        giving.join(0.3)
        assert answers == []
    giving.join(240)

    assert isinstance(answers[0], calendar.MonthUnchanged)
    assert not Extension.objects.exists()
