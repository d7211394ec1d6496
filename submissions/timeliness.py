"""Who filed in time, late or not at all: per unit and month, in a constant number of queries.

A report came when it was first handed in and not taken back; a return does not make it late.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import F, Min, Q
from django.utils import timezone

from accounts.models import ReportingUnit
from submissions import workdays
from submissions.models import Extension, Filing, MonthlyReport, ReportingMonth
from targets import measures
from targets.models import Assignment


class Arrival(StrEnum):
    """How a report came."""

    ON_TIME = "on_time"
    LATE = "late"
    #: After the last day for late reports.
    MADE_UP = "made_up"
    MISSING = "missing"
    #: Not filed yet, and its due date has not passed.
    PENDING = "pending"
    #: Filing has not begun.
    AHEAD = "ahead"
    NOT_DUE = "not_due"


#: A report that came, in time or not.
CAME = frozenset({Arrival.ON_TIME, Arrival.LATE, Arrival.MADE_UP})


@dataclass(frozen=True)
class Filed:
    """One unit's report of one month, as far as time goes."""

    month: date
    arrival: Arrival
    due_on: date
    filed_at: datetime | None = None
    is_extended: bool = False


@dataclass(frozen=True)
class Record:
    """How a unit kept its dates over the months asked for."""

    unit: ReportingUnit
    filed: tuple[Filed, ...]

    def count(self, *arrivals: Arrival) -> int:
        return sum(one.arrival in arrivals for one in self.filed)

    @property
    def n_due(self) -> int:
        """Months that have fallen due, or were filed before they did."""
        return len(self.filed) - self.count(Arrival.NOT_DUE, Arrival.AHEAD, Arrival.PENDING)

    @property
    def n_filed(self) -> int:
        return self.count(*CAME)

    @property
    def reporting_rate(self) -> object:
        """Reports filed ÷ reports due; None before the first."""
        return measures.coverage(self.n_filed, self.n_due)

    @property
    def timeliness(self) -> object:
        """Reports filed in time ÷ reports due; None before the first."""
        return measures.coverage(self.count(Arrival.ON_TIME), self.n_due)


def records(units: Sequence[ReportingUnit], months: Sequence[ReportingMonth], *, today: date) -> list[Record]:
    """Return each unit's record over the months of one plan, in the order given; three queries."""
    if not months:
        return [Record(unit, ()) for unit in units]
    frequencies = _frequencies(units, months[0].plan_id)
    came = _first_arrivals(units, months)
    extended = _extensions(months)
    return [
        Record(
            unit,
            tuple(
                _filed(
                    period,
                    frequencies.get(unit.pk, ()),
                    came.get((unit.pk, period.month)),
                    _until(extended, period, unit),
                    today,
                )
                for period in months
            ),
        )
        for unit in units
    ]


def _frequencies(units: Iterable[ReportingUnit], plan_id: int) -> dict[int, set[int]]:
    rows = Assignment.objects.filter(plan=plan_id, unit__in=units).values_list("unit_id", "indicator__frequency")
    found: dict[int, set[int]] = {}
    for unit_id, frequency in rows.distinct():
        found.setdefault(unit_id, set()).add(frequency)
    return found


def _first_arrivals(
    units: Iterable[ReportingUnit], months: Iterable[ReportingMonth]
) -> dict[tuple[int, date], datetime]:
    rows = (
        Filing.objects.kept()
        .filter(report__unit__in=units, report__period__in=months)
        .values_list("report__unit_id", "report__period_id")
        .annotate(Min("submitted_at"))
    )
    return {(unit, month): at for unit, month, at in rows}


def _extensions(months: Iterable[ReportingMonth]) -> dict[tuple[date, int | None], date]:
    """Return the last day given, by month and unit; None stands for all units."""
    found: dict[tuple[date, int | None], date] = {}
    rows = Extension.objects.filter(period__in=months).order_by("until")
    for month, unit, until in rows.values_list("period_id", "unit_id", "until"):
        found[month, unit] = until
    return found


def _until(
    extended: Mapping[tuple[date, int | None], date], period: ReportingMonth, unit: ReportingUnit
) -> date | None:
    given = [extended[key] for key in ((period.month, None), (period.month, unit.pk)) if key in extended]
    return max(given, default=None)


def _filed(
    period: ReportingMonth, frequencies: Iterable[int], came_at: datetime | None, until: date | None, today: date
) -> Filed:
    due_on = max(period.due_on, until or period.due_on)
    late_due_on = max(period.late_due_on, due_on)
    if not any(map(period.is_due, frequencies)):
        arrival = Arrival.NOT_DUE
    elif came_at is not None:
        arrival = _arrival(timezone.localdate(came_at), due_on, late_due_on)
    elif today > due_on:
        arrival = Arrival.MISSING
    else:
        arrival = Arrival.PENDING if period.is_open_on(today) else Arrival.AHEAD
    return Filed(period.month, arrival, due_on, came_at, is_extended=until is not None and until > period.due_on)


def _arrival(day: date, due_on: date, late_due_on: date) -> Arrival:
    if day <= due_on:
        return Arrival.ON_TIME
    return Arrival.LATE if day <= late_due_on else Arrival.MADE_UP


def n_late(period: ReportingMonth, due_on: date) -> int:
    """Count the reports of the month that came after the day and were not extended beyond their arrival."""
    came = MonthlyReport.objects.filter(period=period).with_deadline().filter(came_at__date__gt=due_on)
    return came.filter(Q(extended_until=None) | Q(came_at__date__gt=F("extended_until"))).count()


# One report's lateness, for the rules -----------------------------------------------------------


@dataclass(frozen=True)
class Lateness:
    """Whether a report is late, and by how many working days: 0 where it is in time."""

    is_late: bool
    n_working_days: int


def lateness(report: MonthlyReport, *, at: datetime) -> Lateness:
    """Return how late the report is when handed in at the moment, with what was extended; judged in Shanghai."""
    day = timezone.localdate(at)
    if not report.is_late(at):
        return Lateness(is_late=False, n_working_days=0)
    offices = workdays.working_days(report.due_on, day)
    return Lateness(is_late=True, n_working_days=offices.between(report.due_on, day))
