"""What happens when two act at once, on real connections; each race has a control that shows it would be lost."""

from __future__ import annotations

from datetime import datetime
from threading import Barrier

import pytest
from django.db import transaction

from accounts.models import User
from submissions import calendar, services, workflow
from submissions.models import Decision, Figure, Filing, MonthlyReport, Outcome, ReportingMonth, ReportStatus
from tests import factories
from tests.depth import times
from tests.factories import shanghai
from tests.submissions.racing import Act, at_once
from workplan.lib.refusals import Refused

pytestmark = pytest.mark.django_db(transaction=True)

NOW = shanghai(2007, 10, 3)
TRIALS = times(200)


@pytest.fixture
def queue():
    """One report awaiting review, to be handed in anew for every trial, and two reviewers."""
    unit = factories.UnitFactory(code="440000")
    indicator = factories.IndicatorFactory(code="T01")
    factories.AssignmentFactory(unit=unit, indicator=indicator)
    lead = factories.person("LEAD", unit)
    reviewers = [factories.person("MINISTRY_REVIEWER") for _ in range(2)]
    report = factories.submitted(unit, factories.MonthFactory(number=9), {"T01": "5"}, by=lead, now=NOW)
    return report, lead, reviewers


def hand_in_again(report: MonthlyReport, lead: User) -> MonthlyReport:
    if report.status == ReportStatus.APPROVED:
        report = services.correct(report, by=lead, now=NOW, version=report.version, comment="再来一次")
    return services.submit(report, by=lead, now=NOW, version=report.version)


def decisions_on(filing: Filing) -> int:
    return Decision.objects.filter(filing=filing, verb__in=["APPROVE", "RETURN"]).count()


# Two reviewers ---------------------------------------------------------------------------------


def test_two_reviewers_at_once_take_one_decision(queue):
    """200 trials: one approves, the other returns; each filing gets one decision and the loser is told."""
    report, lead, (one, two) = queue
    decided = []
    for _trial in range(TRIALS):
        seen = report.version
        answers = at_once(
            lambda report=report, seen=seen: services.approve(report, by=one, now=NOW, version=seen),
            lambda report=report, seen=seen: services.return_(
                report, by=two, now=NOW, version=seen, comment="请核对。"
            ),
        )
        losers = [answer for answer in answers if isinstance(answer, Refused)]
        decided.append((decisions_on(report.filing), [loser.http_status for loser in losers]))
        report = hand_in_again(MonthlyReport.objects.get(pk=report.pk), lead)

    assert decided == [(1, [409])] * TRIALS


def both_have_read() -> Barrier:
    """Return where two that hold nothing meet between reading and writing: what luck would do now and then, always."""
    return Barrier(2, timeout=120)


def naive_decision(report_id: int, *, by: User, outcome: Outcome, status: ReportStatus, read: Barrier) -> None:
    """Read, judge and write without holding the row: the bug that the services must not have."""
    with transaction.atomic():
        report = MonthlyReport.objects.select_related("filing").get(pk=report_id)
        read.wait()
        if report.status != ReportStatus.SUBMITTED:
            raise services.StaleVersion(report)
        Decision.objects.create(
            report=report,
            filing=report.filing,
            verb="APPROVE" if outcome == Outcome.APPROVED else "RETURN",
            from_status=report.status,
            to_status=status,
            version=report.version,
            by=by,
            at=NOW,
            comment="请核对。",
        )
        MonthlyReport.objects.filter(pk=report_id).update(status=status)


def test_the_control_without_the_lock_takes_two_decisions(queue):
    report, _lead, (one, two) = queue
    read, status = both_have_read(), ReportStatus.RETURNED

    at_once(
        lambda: naive_decision(report.pk, by=one, outcome=Outcome.APPROVED, status=status, read=read),
        lambda: naive_decision(report.pk, by=two, outcome=Outcome.RETURNED, status=status, read=read),
    )

    assert decisions_on(report.filing) == 2


# One person twice ------------------------------------------------------------------------------


def test_submitting_twice_at_once_submits_once(queue):
    report, lead, (one, _two) = queue
    for _trial in range(20):
        report = services.return_(report, by=one, now=NOW, version=report.version, comment="请核对。")
        seen = report.version
        act = lambda report=report, seen=seen: services.submit(report, by=lead, now=NOW, version=seen)  # noqa: E731

        answers = at_once(act, act)

        assert sorted(type(answer).__name__ for answer in answers) == ["MonthlyReport", "TransitionNotAllowed"]
        report = MonthlyReport.objects.get(pk=report.pk)

    assert Filing.objects.filter(report=report, outcome=Outcome.PENDING).count() == 1


def test_two_clerks_who_begin_at_once_begin_one_report(queue):
    report, lead, _reviewers = queue
    for number in range(1, 9):
        period = factories.MonthFactory(number=number)
        draft = lambda period=period: services.save_draft(  # noqa: E731
            MonthlyReport(unit=report.unit, period=period), by=lead, now=NOW, version=0
        )

        answers = at_once(draft, draft)

        assert sorted(type(answer).__name__ for answer in answers) == ["MonthlyReport", "StaleVersion"]
    assert MonthlyReport.objects.count() == Filing.objects.exclude(report=report).count() + 1


def test_two_clerks_on_one_cell_never_overwrite_in_silence(queue):
    report, lead, (one, _two) = queue
    report = services.return_(report, by=one, now=NOW, version=report.version, comment="请核对。")
    indicator = factories.IndicatorFactory(code="T01")
    lost = 0
    for trial in range(TRIALS):
        seen = report.version
        answers = at_once(*[writing(report, lead, indicator, seen, value) for value in (trial * 2, trial * 2 + 1)])
        saved = [place for place, answer in enumerate(answers) if isinstance(answer, MonthlyReport)]
        stored = Figure.objects.get(filing=report.filing_id, indicator=indicator).value
        lost += len(saved) != 1 or stored != trial * 2 + saved[0]
        report = MonthlyReport.objects.get(pk=report.pk)

    assert lost == 0


def writing(report: MonthlyReport, lead: User, indicator: object, seen: int, value: int) -> Act:
    figure = services.FigureInput(indicator, "REPORTED", value)
    return lambda: services.save_draft(report, by=lead, now=NOW, version=seen, figures=[figure])


# Closing ---------------------------------------------------------------------------------------


def reopened(period: ReportingMonth) -> None:
    ReportingMonth.objects.filter(pk=period.pk).update(closed_at=None, closed_by=None)


def newest_act(period: ReportingMonth) -> datetime:
    return Decision.objects.filter(report__period=period).order_by("-id").first().at


def test_nothing_slips_in_behind_a_closing(queue):
    """100 trials: submit against close; whoever came too late is refused, and no act is newer than the closing."""
    report, lead, (one, _two) = queue
    report = services.return_(report, by=one, now=NOW, version=report.version, comment="请核对。")
    for _trial in range(100):
        seen = report.version
        answer, closing = at_once(
            lambda report=report, seen=seen: services.submit(report, by=lead, now=NOW, version=seen),
            lambda period=report.period: calendar.close_month(period, by=one, now=NOW),
        )
        report = MonthlyReport.objects.get(pk=report.pk)
        assert isinstance(closing, ReportingMonth)
        assert (report.status == ReportStatus.SUBMITTED) is isinstance(answer, MonthlyReport)
        assert newest_act(report.period) <= closing.closed_at
        reopened(report.period)
        report = MonthlyReport.objects.get(pk=report.pk)
        if report.status == ReportStatus.SUBMITTED:
            report = services.withdraw(report, by=lead, now=NOW, version=report.version)


def naive_submission(report_id: int, read: Barrier) -> None:
    """Judge by the month as it was read and hold nothing: the bug that the services must not have."""
    with transaction.atomic():
        report = MonthlyReport.objects.select_related("period").get(pk=report_id)
        read.wait()
        if report.period.is_closed:
            raise workflow.MonthClosed("已关闭。")
        MonthlyReport.objects.filter(pk=report_id).update(status=ReportStatus.SUBMITTED)


def naive_closing(period_id: object, *, by: User, read: Barrier) -> int:
    """Close without waiting for anybody; return how many reports the closing saw handed in."""
    with transaction.atomic():
        seen = MonthlyReport.objects.filter(period=period_id, status=ReportStatus.SUBMITTED).count()
        read.wait()
        ReportingMonth.objects.filter(month=period_id).update(closed_at=NOW, closed_by=by)
    return seen


def test_the_control_without_the_months_lock_lets_reports_slip_in(queue):
    """G-07: the closing counts a draft, and the report is handed in behind it."""
    report, lead, (one, _two) = queue
    report = services.withdraw(report, by=lead, now=NOW, version=report.version)
    read = both_have_read()

    _answer, seen = at_once(
        lambda: naive_submission(report.pk, read), lambda: naive_closing(report.period_id, by=one, read=read)
    )

    slipped_in = MonthlyReport.objects.get(pk=report.pk)
    assert (slipped_in.status, slipped_in.period.is_closed, seen) == (ReportStatus.SUBMITTED, True, 0)


def test_beginning_a_report_against_a_closing_neither_fails_nor_slips_in(queue):
    """The first save takes its month weaker than the closing does, then stronger: no deadlock may come of it."""
    report, lead, (one, _two) = queue
    for number in range(1, 9):
        period = factories.MonthFactory(number=number)
        answer, closing = at_once(
            lambda period=period: services.save_draft(
                MonthlyReport(unit=report.unit, period=period), by=lead, now=NOW, version=0
            ),
            lambda period=period: calendar.close_month(period, by=one, now=NOW),
        )

        assert isinstance(closing, ReportingMonth)
        assert isinstance(answer, MonthlyReport | Refused)
        assert MonthlyReport.objects.filter(period=period).exists() is isinstance(answer, MonthlyReport)
