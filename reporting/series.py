"""Month by month: what stood in each month of the plan year, what was to stand, and what stood a year before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts import permissions
from accounts.models import ReportingUnit
from reporting import totals
from reporting.aggregates import curve_for, goal_of, row_value, seasonal_curves
from reporting.models import Total
from submissions.models import ReportingMonth
from submissions.published import LastYear, last_year, published_figures, year_before
from targets import measures, periods
from targets.models import Indicator, Kind, Plan, Target
from workplan.lib import clock


@dataclass(frozen=True)
class SeriesPoint:
    """One month of one indicator and unit: what stands, and what was to stand."""

    month: date
    value: Decimal | None
    value_month: date | None
    month_value: Decimal | None
    pro_rata_target: Decimal | None
    seasonal_target: Decimal | None
    previous_year: Decimal | None
    is_previous_year_synthetic: bool
    n_due: int
    n_reported: int
    n_carried: int

    @property
    def is_carried(self) -> bool:
        return self.value is not None and self.n_reported == 0


@dataclass(frozen=True)
class Series:
    indicator: Indicator
    unit: ReportingUnit
    target: Target | None
    points: tuple[SeriesPoint, ...]
    #: Where published figures stand in for last year's reports: the sources, and whether one of them is made up.
    past_sources: tuple[str, ...] = ()
    is_past_synthetic: bool = False


def monthly_series(person: permissions.Person, plan: Plan, indicator: Indicator, unit: ReportingUnit) -> Series:
    """Return the plan year month by month; a month closed to the person, or still to come, has no value.

    Of the year before stands what the portal's own reports add up to, else what was published.
    A flow's month value is the difference of two totals since January, and is not stated across a gap.
    """
    totals.refresh()
    target = Target.objects.filter(plan=plan, indicator=indicator, unit=unit).select_related("indicator").first()
    goal = goal_of(target, indicator)
    curve = curve_for(target, indicator, seasonal_curves(plan.pk))
    months = [periods.month_start(plan.year, number) for number in range(1, periods.MONTHS_IN_YEAR + 1)]
    this_year = _by_month(person, plan, indicator, unit)
    before = _last_year(person, indicator, unit, months)
    first = next(((row.month.month, row_value(row)) for row in this_year.values() if row_value(row) is not None), None)
    double = ReportingMonth.objects.filter(plan=plan, reported_with=None, month__month=2)
    merged = any(one.covers_two_months for one in double)
    points = []
    previous: Decimal | None = None
    for month in months:
        row = this_year.get(month)
        value = row_value(row) if row and row.value_month is not None else None
        reading = measures.Reading(month.month, value, *(first or (None, None)))
        filed = value is not None and row is not None and row.n_reported > 0
        points.append(
            SeriesPoint(
                month=month,
                value=value,
                value_month=row.value_month if row else None,
                month_value=own_month(
                    indicator, value if filed else None, previous, month.month, first_period=2 if merged else 1
                ),
                pro_rata_target=measures.pro_rata_target(goal, reading),
                seasonal_target=measures.seasonal_target(goal, curve[month.month - 1] if curve else None),
                previous_year=before.values.get(month),
                is_previous_year_synthetic=month in before.made_up,
                n_due=row.n_due if row else 0,
                n_reported=row.n_reported if row else 0,
                n_carried=row.n_carried if row else 0,
            )
        )
        if periods.is_due(month.month, indicator.frequency):
            previous = value if filed else None
    return Series(indicator, unit, target, tuple(points), before.sources, bool(before.made_up))


def own_month(
    indicator: Indicator, value: Decimal | None, previous: Decimal | None, month: int, *, first_period: int
) -> Decimal | None:
    """Return a month's own figure; the first period of a year may be January and February together."""
    if indicator.kind != Kind.FLOW:
        return None
    frequency = max(indicator.frequency, first_period) if month <= first_period else indicator.frequency
    return measures.month_value(value, previous, month, frequency=frequency)


def _last_year(
    person: permissions.Person, indicator: Indicator, unit: ReportingUnit, months: Sequence[date]
) -> LastYear[date]:
    """Return what stood a year before, by month of this year."""
    before = {year_before(month): month for month in months}
    own = _by_month(person, Plan.objects.filter(year=months[0].year - 1).first(), indicator, unit)
    published = published_figures([unit], [indicator], before, today=clock.today())
    return last_year(
        {before[month]: row_value(row) for month, row in own.items()},
        {before[month]: one for (_unit, _indicator, month), one in published.items()},
    )


def _by_month(
    person: permissions.Person, plan: Plan | None, indicator: Indicator, unit: ReportingUnit
) -> dict[date, Total]:
    rows = Total.objects.visible_to(person).filter(plan=plan, indicator=indicator, unit=unit)
    return {row.month: row for row in rows.select_related("indicator").order_by("month")}
