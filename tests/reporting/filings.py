"""Approved filings written straight into the tables, for tests that need many; the workflow has tests of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import F

from accounts.models import ReportingUnit, User
from submissions.models import (
    Decision,
    DirtyUnit,
    Explanation,
    Figure,
    FigureState,
    Filing,
    MilestoneState,
    MonthlyReport,
    Outcome,
    ReportingMonth,
    ReportStatus,
    Verb,
)
from targets.models import Indicator, Milestone
from tests import factories
from tests.factories import shanghai

MISSING = {"state": FigureState.NOT_REPORTED, "note": "数据核实中"}
NOT_APPLICABLE = {"state": FigureState.NOT_APPLICABLE}


def _person(username: str) -> User:
    return User.objects.filter(username=username).first() or factories.UserFactory(username=username)


def stand(
    unit: ReportingUnit,
    period: ReportingMonth,
    figures: Mapping[Indicator, object],
    milestones: Mapping[Milestone, Mapping[str, object]] | None = None,
    explanations: Mapping[Indicator, str] | None = None,
) -> MonthlyReport:
    """Approve a report of these figures: a number, (numerator, denominator), or the fields of the row."""
    filer, reviewer = _person("filer"), _person("reviewer")
    report = MonthlyReport.objects.create(unit=unit, period=period)
    filing = Filing.objects.create(report=report, number=1)
    Figure.objects.bulk_create(
        Figure(filing=filing, indicator=indicator, **_fields(given)) for indicator, given in figures.items()
    )
    MilestoneState.objects.bulk_create(
        MilestoneState(filing=filing, milestone=milestone, **given) for milestone, given in (milestones or {}).items()
    )
    Explanation.objects.bulk_create(
        Explanation(filing=filing, rule="V08", indicator=indicator, text=text)
        for indicator, text in (explanations or {}).items()
    )
    moment = shanghai(2007, 12, 20)
    Filing.objects.filter(pk=filing.pk).update(
        outcome=Outcome.APPROVED, submitted_by=filer, submitted_at=moment, decided_by=reviewer, decided_at=moment
    )
    MonthlyReport.objects.filter(pk=report.pk).update(
        status=ReportStatus.APPROVED, filing=filing, approved_filing=filing, version=2
    )
    DirtyUnit.objects.create(unit=unit, month=period.month)
    return MonthlyReport.objects.get(pk=report.pk)


def refile(
    unit: ReportingUnit,
    period: ReportingMonth,
    figures: Mapping[Indicator, object],
    *,
    by: User,
    at: datetime,
    reason: str = "",
) -> MonthlyReport:
    """Approve another filing of the unit at a moment, with its decision: a correction where one was approved before.

    What is not given stays as it was.
    """
    report, _created = MonthlyReport.objects.get_or_create(unit=unit, period=period)
    old = report.approved_filing
    number = 1 if old is None else old.number + 1
    filing = Filing.objects.create(report=report, number=number, supersedes=old, reason=reason)
    kept = [] if old is None else list(old.figures.exclude(indicator__in=figures))
    for figure in kept:
        figure.pk, figure.filing = None, filing
    Figure.objects.bulk_create(kept)
    Figure.objects.bulk_create(
        Figure(filing=filing, indicator=indicator, **_fields(given)) for indicator, given in figures.items()
    )
    Filing.objects.filter(pk=filing.pk).update(
        outcome=Outcome.APPROVED, submitted_by=_person("filer"), submitted_at=at, decided_by=by, decided_at=at
    )
    MonthlyReport.objects.filter(pk=report.pk).update(
        status=ReportStatus.APPROVED, filing=filing, approved_filing=filing, version=F("version") + 2
    )
    Decision.objects.create(
        report=report, filing=filing, verb=Verb.APPROVE, from_status=ReportStatus.SUBMITTED,
        to_status=ReportStatus.APPROVED, version=2, by=by, at=at,
    )  # fmt: skip
    DirtyUnit.objects.create(unit=unit, month=period.month)
    return MonthlyReport.objects.get(pk=report.pk)


def _fields(given: object) -> Mapping[str, object]:
    if isinstance(given, Mapping):
        return given
    if isinstance(given, tuple):
        return {"numerator": given[0], "denominator": given[1]}
    return {"value": given}


def publish(period: ReportingMonth) -> None:
    ReportingMonth.objects.filter(pk=period.pk).update(
        published_at=shanghai(2007, 12, 25), published_by=_person("reviewer")
    )
