"""The calendar: its months, what the ministry does with them, and which one a page opens with."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.models import AuditEntry, User
from submissions import calendar, services
from submissions.models import ReportingMonth
from submissions.workflow import MonthClosed, Refused
from tests.factories import (
    AssignmentFactory,
    IndicatorFactory,
    MonthFactory,
    UnitFactory,
    approved,
    file,
    person,
    shanghai,
    submitted,
)

SEPTEMBER = date(2007, 9, 1)
NOW = shanghai(2007, 10, 12)

Service = Callable[..., ReportingMonth]
SERVICES = [calendar.open_month, calendar.close_month, calendar.publish_month]


@pytest.fixture
def september(db: None) -> ReportingMonth:
    return MonthFactory(number=9)


# Opening, closing, publishing ------------------------------------------------------------------


def test_a_month_opens_early_and_only_once(ministry: User) -> None:
    november = MonthFactory(number=11)

    opened = calendar.open_month(november, by=ministry, now=NOW)

    assert opened.opens_on == date(2007, 10, 12)
    with pytest.raises(calendar.MonthUnchanged, match="2007年11月已自 2007-10-12 起开放填报。"):
        calendar.open_month(november, by=ministry, now=NOW)


def test_a_month_closes_once(september: ReportingMonth, ministry: User) -> None:
    closed = calendar.close_month(september, by=ministry, now=NOW)

    assert (closed.closed_at, closed.closed_by) == (NOW, ministry)
    with pytest.raises(calendar.MonthUnchanged, match="2007年9月已于 2007-10-12 10:00 关闭。"):
        calendar.close_month(september, by=ministry, now=NOW + timedelta(hours=1))


def test_a_month_is_published_once_whatever_is_still_missing(september: ReportingMonth, ministry: User) -> None:
    published = calendar.publish_month(september, by=ministry, now=NOW)

    assert (published.published_at, published.published_by) == (NOW, ministry)
    with pytest.raises(calendar.MonthUnchanged, match="2007年9月已于 2007-10-12 10:00 发布。"):
        calendar.publish_month(september, by=ministry, now=NOW)


@pytest.mark.parametrize("service", [calendar.close_month, calendar.publish_month])
def test_a_month_that_is_not_open_yet_is_neither_closed_nor_published(ministry: User, service: Service) -> None:
    november = MonthFactory(number=11)

    with pytest.raises(calendar.MonthUnchanged, match="2007年11月自 2007-11-01 起填报"):
        service(november, by=ministry, now=NOW)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("role", ["PLANNER", "ANALYST", "CLERK", "LEAD", "SYSTEM_ADMIN", "SECURITY_ADMIN", "AUDITOR"])
def test_only_the_ministrys_reviewers_move_the_calendar(september: ReportingMonth, service: Service, role: str) -> None:
    with pytest.raises(calendar.NotYourMonth):
        service(september, by=person(role), now=NOW)


@pytest.mark.parametrize(
    ("service", "action", "number"),
    [
        (calendar.open_month, "month.open", 11),
        (calendar.close_month, "month.close", 9),
        (calendar.publish_month, "month.publish", 9),
    ],
)
def test_every_move_is_in_the_audit_trail(ministry: User, service: Service, action: str, number: int) -> None:
    service(MonthFactory(number=number), by=ministry, now=NOW)

    entry = AuditEntry.objects.order_by("pk").first()
    assert (entry.action, entry.actor, entry.details) == (action, ministry, {"month": f"2007-{number:02d}"})


def test_a_closing_is_never_older_than_what_it_closes(september: ReportingMonth, ministry: User) -> None:
    unit, indicator = UnitFactory(), IndicatorFactory(code="T01")
    AssignmentFactory(indicator=indicator, unit=unit)
    later = NOW + timedelta(seconds=5)  # an approval that held the month while the closing waited
    approved(unit, september, {"T01": "9"}, by=person("LEAD", unit), reviewer=ministry, now=later)

    assert calendar.close_month(september, by=ministry, now=NOW).closed_at == later


@pytest.mark.django_db(transaction=True)
def test_a_closing_waits_for_the_submission_under_way_and_locks_out_the_next() -> None:
    ministry, unit, indicator = person("MINISTRY_REVIEWER"), UnitFactory(), IndicatorFactory(code="T01")
    september, other = MonthFactory(number=9), UnitFactory()
    for one in (unit, other):
        AssignmentFactory(indicator=indicator, unit=one)
    late = file(other, september, {"T01": "9"}, by=person("LEAD", other), now=NOW)
    closed = threading.Event()

    def close() -> None:
        try:
            calendar.close_month(september, by=ministry, now=NOW)
            closed.set()
        finally:
            connection.close()

    closing = threading.Thread(target=close)
    with transaction.atomic():
        submitted(unit, september, {"T01": "9"}, by=person("LEAD", unit), now=NOW)
        closing.start()
        assert not closed.wait(0.3)
    closing.join(240)

    assert closed.is_set()
    with pytest.raises(MonthClosed):
        services.submit(late, by=ministry, now=NOW, version=late.version)


# The commands ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "field", "said"),
    [
        ("close_month", "closed_by", "2007-09 closed by ministry\n"),
        ("publish_month", "published_by", "2007-09 published by ministry\n"),
    ],
)
def test_a_command_acts_in_the_name_of_the_only_reviewer(
    september: ReportingMonth, ministry: User, capsys: pytest.CaptureFixture, command: str, field: str, said: str
) -> None:
    call_command(command, "2007-09")

    september.refresh_from_db()
    assert getattr(september, field) == ministry
    assert capsys.readouterr().out == said


def test_the_command_to_open_a_month_opens_it_today(ministry: User, capsys: pytest.CaptureFixture) -> None:
    november = MonthFactory(number=11)

    call_command("open_month", "2007-11", by="ministry")

    november.refresh_from_db()
    assert november.opens_on == date(2007, 10, 12)
    assert capsys.readouterr().out == "2007-11 opened by ministry\n"


def test_a_dry_run_moves_nothing(september: ReportingMonth, ministry: User, capsys: pytest.CaptureFixture) -> None:
    call_command("close_month", "2007-09", dry_run=True)

    september.refresh_from_db()
    assert not september.is_closed
    assert AuditEntry.objects.count() == 0
    assert capsys.readouterr().out == "2007-09 closed by ministry (dry run)\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["2007-13"], "'2007-13' is not a month: 13 is not between 01 and 12."),
        (["2008-09"], "No plan has the month 2008-09. Load its plan first."),
        (["2007-09", "--by", "nobody"], "There is no account 'nobody'."),
        (["2007-09", "--by", "planner"], "开放、关闭和发布报告期由部级审核人办理。"),
    ],
)
def test_a_command_says_why_it_does_not_act(
    september: ReportingMonth, planner: User, arguments: list[str], said: str
) -> None:
    person("MINISTRY_REVIEWER")
    with pytest.raises(CommandError) as refused:
        call_command("close_month", *arguments)
    assert str(refused.value) == said


@pytest.mark.parametrize("reviewers", [0, 2])
def test_a_command_asks_for_a_name_where_it_is_not_clear(september: ReportingMonth, reviewers: int) -> None:
    for _ in range(reviewers):
        person("MINISTRY_REVIEWER")
    with pytest.raises(CommandError, match="Say in whose name: --by USERNAME"):
        call_command("close_month", "2007-09")


# Which month a page opens with -----------------------------------------------------------------


@pytest.fixture
def autumn(db: None) -> None:
    """August published, September past its due date, October under way."""
    MonthFactory(number=8, published=True)
    MonthFactory(number=9)
    MonthFactory(number=10)


def month_of(period: ReportingMonth | None) -> int | None:
    return period.month.month if period is not None else None


@pytest.mark.parametrize(("role", "month"), [("MINISTRY_REVIEWER", 9), ("ANALYST", 9), ("LEAD", 8), ("AUDITOR", 8)])
def test_the_nations_page_opens_with_the_newest_month_the_person_may_see(autumn: None, role: str, month: int) -> None:
    assert month_of(calendar.default_period(person(role), date(2007, 10, 12))) == month


def test_a_bureau_sees_its_own_newest_month_and_others_published_ones(autumn: None) -> None:
    own, other = UnitFactory(), UnitFactory()
    clerk = person("CLERK", own)

    assert month_of(calendar.default_period(clerk, date(2007, 10, 12), unit=own)) == 9
    assert month_of(calendar.default_period(clerk, date(2007, 10, 12), unit=other)) == 8


@pytest.mark.parametrize(("today", "month"), [(date(2007, 10, 5), 8), (date(2007, 10, 6), 9), (date(2007, 9, 5), None)])
def test_a_month_counts_from_the_day_after_its_due_date(autumn: None, ministry: User, today: date, month: int) -> None:
    assert month_of(calendar.default_period(ministry, today)) == month


def test_every_refusal_of_the_calendar_is_one_of_the_houses() -> None:
    assert {one.__base__ for one in (calendar.NotYourMonth, calendar.MonthUnchanged)} == {Refused}
