"""What the analyst's workbook holds: the rows of the pages, the year month by month, and how good the data are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F

from accounts.models import ReportingUnit, User
from reporting import aggregates, exports, totals
from reporting.aggregates import ProgressRow
from reporting.changes import until
from reporting.pages import months
from reporting.pages.words import month_words
from reporting.series import Series, monthly_series
from submissions import timeliness
from submissions.models import Explanation, Filing, Outcome, ReportingMonth
from submissions.timeliness import Record
from targets.goals import Thresholds
from targets.models import Assignment, Indicator
from workplan.lib.snapshots import snapshot


@dataclass(frozen=True)
class Quality:
    """How the units kept their dates, what was corrected, and which warnings were explained."""

    records: Sequence[Record]
    corrections: Sequence[Filing]
    explanations: Sequence[Explanation]


@dataclass(frozen=True)
class Contents:
    """One month of one unit, as the person may read it."""

    period: ReportingMonth
    unit: ReportingUnit
    person: User
    now: datetime
    own: Sequence[ProgressRow]
    below: Sequence[ProgressRow]
    series: Sequence[Series]
    thresholds: Thresholds
    quality: Quality
    provenance: Sequence[str]

    @property
    def indicators(self) -> list[Indicator]:
        """The indicators the unit has totals of, by code."""
        return [row.indicator for row in self.own]

    @property
    def units(self) -> list[ReportingUnit]:
        """The units below that have totals, in their order."""
        return sorted({row.unit for row in self.below}, key=lambda unit: (unit.position, unit.code))

    @property
    def month(self) -> str:
        return month_words(self.period.month)


def contents(person: User, period: ReportingMonth, unit: ReportingUnit, *, now: datetime) -> Contents:
    """Return what the workbook says of a month that is open to the person.

    Shape: the quality of the data is told of the months that are open to the person at the unit, and of no others.
    All of it is read in one snapshot.
    """
    totals.refresh()
    with snapshot():
        units = [unit, *ReportingUnit.objects.children_of(unit)]
        rows = aggregates.progress_rows(person, period, units)
        own = [row for row in rows if row.unit == unit]
        series = [until(monthly_series(person, period.plan, row.indicator, unit), period) for row in own]
        return Contents(
            period=period,
            unit=unit,
            person=person,
            now=now,
            own=own,
            below=[row for row in rows if row.unit != unit],
            series=series,
            thresholds=aggregates.thresholds_of(period.plan_id),
            quality=_quality(unit, _open_months(person, period, unit), today=now.date()),
            provenance=exports.provenance(period, person, now),
        )


def _open_months(person: User, period: ReportingMonth, unit: ReportingUnit) -> list[ReportingMonth]:
    """Return the months of the plan up to this one that are open to the person at the unit, in order."""
    found = ReportingMonth.objects.filter(plan=period.plan_id, month__lte=period.month).order_by("month")
    return [one for one in found if months.is_open_to(person, one, unit)]


def _quality(unit: ReportingUnit, periods: Sequence[ReportingMonth], *, today: date) -> Quality:
    assigned = Assignment.objects.filter(plan__in={one.plan_id for one in periods}).values("unit")
    filing_units = ReportingUnit.objects.filter(pk__in=assigned, path__startswith=unit.path).order_by(
        "position", "code"
    )
    filings = Filing.objects.filter(
        outcome=Outcome.APPROVED, report__period__in=periods, report__unit__path__startswith=unit.path
    )
    order = ("report__period", "report__unit__position", "number")
    explained = Explanation.objects.filter(filing__in=filings, filing__report__approved_filing=F("filing"))
    return Quality(
        records=timeliness.records(list(filing_units), periods, today=today),
        corrections=list(filings.exclude(supersedes=None).select_related("report__unit").order_by(*order)),
        explanations=list(
            explained.select_related("filing__report__unit", "indicator").order_by(
                *(f"filing__{name}" for name in order), "rule"
            )
        ),
    )
