"""Who has reported for a month, in time or late, and who has not; and how units kept their dates over a year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef

from accounts import permissions
from accounts.models import ReportingUnit
from submissions import timeliness
from submissions.facts import due_units
from submissions.models import MonthlyReport, ReportingMonth
from submissions.timeliness import Arrival
from targets import measures
from targets.models import Assignment

#: A page names at most so many; the count is exact whatever is named.
NAMED = 60


@dataclass(frozen=True)
class Missing:
    """A unit without an approved report; its state only where the person may see the report."""

    unit: ReportingUnit
    status: str | None


@dataclass(frozen=True)
class MonthRate:
    """How many reports of a month were due, came, and came in time."""

    month: date
    n_due: int
    n_filed: int
    n_on_time: int
    #: Came late but before the last day, or after it.
    n_late: int

    @property
    def rate(self) -> object:
        """Reports filed ÷ reports due; None where none is due yet."""
        return measures.coverage(self.n_filed, self.n_due)

    @property
    def timeliness(self) -> object:
        """Reports filed in time ÷ reports due; None where none is due yet."""
        return measures.coverage(self.n_on_time, self.n_due)


@dataclass(frozen=True)
class Filers:
    """How many units were to report for the month, how the reports came, how many are approved, who is missing."""

    n_due: int
    n_approved: int
    missing: tuple[Missing, ...]
    came: MonthRate

    @property
    def n_unnamed(self) -> int:
        return self.n_due - self.n_approved - len(self.missing)


def filers(person: permissions.Person, period: ReportingMonth, unit: ReportingUnit, *, today: date) -> Filers:
    """Return the filers below a unit, in a month whose figures are open to the person there."""
    due = due_units(period).filter(path__startswith=unit.path)
    units = list(due.order_by("position", "code"))
    approved = MonthlyReport.objects.approved().filter(unit=OuterRef("pk"), period=period)
    waiting = set(due.exclude(Exists(approved)).values_list("pk", flat=True))
    missing = [one for one in units if one.pk in waiting]
    named = missing[:NAMED]
    states = report_states(person, period, named)
    return Filers(
        n_due=len(units),
        n_approved=len(units) - len(missing),
        missing=tuple(Missing(one, states.get(one.pk)) for one in named),
        came=_came(timeliness.records(units, [period], today=today), 0, period),
    )


def report_states(person: permissions.Person, period: ReportingMonth, units: list[ReportingUnit]) -> dict[int, str]:
    """Return the state of each unit's report, "" for one not begun; nothing for units closed to the person."""
    found = MonthlyReport.objects.visible_to(person).filter(period=period, unit__in=units)
    states = dict(found.values_list("unit_id", "status"))
    for unit in units:
        if permissions.sees_all_reports(person) or permissions.works_in(person, unit):
            states.setdefault(unit.pk, "")
    return states


# Over the year ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Punctuality:
    """How the filing units of a unit kept their dates: month by month, and over the year so far."""

    months: tuple[MonthRate, ...]
    n_units: int

    @property
    def year(self) -> MonthRate:
        """All months together; its month is the first."""
        counted = [(one.n_due, one.n_filed, one.n_on_time, one.n_late) for one in self.months]
        return MonthRate(self.months[0].month, *(sum(column) for column in zip(*counted, strict=True)))


def punctuality(
    person: permissions.Person, period: ReportingMonth, unit: ReportingUnit, *, today: date
) -> Punctuality | None:
    """Return the record of the unit itself where it files, else of the filing units below it, over the plan year.

    None where none files, or how they keep their dates is not the person's to follow.
    """
    if not (permissions.sees_all_approved(person) or permissions.works_in(person, unit)):
        return None
    filing = ReportingUnit.objects.below(unit).filter(
        pk__in=Assignment.objects.filter(plan=period.plan_id).values("unit")
    )
    units = list(filing)
    units = [one for one in units if one == unit] or units
    calendar = list(ReportingMonth.objects.filter(plan=period.plan_id).order_by("month"))
    if not units:
        return None
    found = timeliness.records(units, calendar, today=today)
    return Punctuality(tuple(_came(found, place, one) for place, one in enumerate(calendar)), len(units))


def _came(found: Iterable[timeliness.Record], place: int, period: ReportingMonth) -> MonthRate:
    """Count how the reports of one month came; what is not due yet is not counted, what came early is."""
    arrivals = [record.filed[place].arrival for record in found]
    n_on_time = arrivals.count(Arrival.ON_TIME)
    n_late = arrivals.count(Arrival.LATE) + arrivals.count(Arrival.MADE_UP)
    n_filed = n_on_time + n_late
    return MonthRate(period.month, n_filed + arrivals.count(Arrival.MISSING), n_filed, n_on_time, n_late)
