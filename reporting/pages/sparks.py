"""One indicator's year as a line the size of a word, and how it moved; made from a row of progress alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts import permissions
from accounts.models import ReportingUnit
from reporting.aggregates import ProgressRow, value_of
from reporting.models import Total
from submissions.published import LastYear, last_year, published_figures, year_before
from targets import measures, periods
from targets.models import Indicator, Kind
from workplan.lib import clock

WIDTH, HEIGHT = Decimal(110), Decimal(26)


@dataclass(frozen=True)
class Spark:
    """Points of an SVG of 110 × 26: what was filed month by month, and the path it is held against."""

    actual: str
    path: str
    end: tuple[str, str]


def spark(row: ProgressRow) -> Spark | None:
    """Return the line of a row; None where no month has a figure of its own.

    Shape: months from left to right; what grows from nothing starts at 0, levels and rates between their extremes.
    """
    own = own_values(row)
    if not own:
        return None
    path = {
        month: expected
        for month in range(1, periods.MONTHS_IN_YEAR + 1)
        if periods.is_due(month, row.indicator.frequency) and (expected := _expected(row, month)) is not None
    }
    everything = [*own.values(), *path.values()]
    floor = Decimal(0) if row.indicator.kind == Kind.FLOW else min(everything)
    places = {month: _place(month, value, floor, max(everything)) for month, value in own.items()}
    return Spark(
        actual=_points(places.values()),
        path=_points(_place(month, value, floor, max(everything)) for month, value in path.items()),
        end=places[max(places)],
    )


def own_values(row: ProgressRow) -> dict[int, Decimal]:
    """Return the months with a figure of their own: month number → value."""
    history = row.history
    months = zip(history.months, history.values, history.n_reported, strict=True)
    return {month.month: value for month, value, n_reported in months if n_reported and value is not None}


def _expected(row: ProgressRow, month: int) -> Decimal | None:
    if row.goal is None:
        return None
    first_month, first_value = row.history.first()
    return measures.pro_rata_target(row.goal, measures.Reading(month, None, first_month, first_value))


def _place(month: int, value: Decimal, floor: Decimal, ceiling: Decimal) -> tuple[str, str]:
    height = measures.ratio(value - floor, ceiling - floor)
    across = measures.quotient(WIDTH * (month - 1), periods.MONTHS_IN_YEAR - 1)
    return f"{across:.1f}", f"{HEIGHT * (1 - (Decimal('0.5') if height is None else height)):.1f}"


def _points(places: Iterable[tuple[str, str]]) -> str:
    return " ".join(f"{x},{y}" for x, y in places)


# How it moved ----------------------------------------------------------------------------------


def over_period(row: ProgressRow) -> Decimal | None:
    """Return how the month moved against the period before: a share, of a rate a difference (domain.md 5.1, 环比)."""
    frequency, month, own = row.indicator.frequency, row.month.month, own_values(row)
    current, before = own.get(month), own.get(month - frequency)
    if current is None or before is None or row.indicator.kind in (Kind.COUNT, Kind.ZERO):
        return None
    if row.indicator.is_ratio:
        return current - before
    if row.indicator.kind == Kind.FLOW:
        start = own.get(month - 2 * frequency)
        earlier = measures.month_value(before, start, month - frequency, frequency=frequency)
        return measures.growth(current - before, earlier)
    return measures.growth(current, before)


def over_year(row: ProgressRow, before: Mapping[int, Decimal | None]) -> Decimal | None:
    """Return how the month moved against the same month last year, by indicator id (domain.md 5.1, 同比)."""
    current, then = own_values(row).get(row.month.month), before.get(row.indicator.pk)
    if current is None or then is None or row.indicator.kind in (Kind.COUNT, Kind.ZERO):
        return None
    return current - then if row.indicator.is_ratio else measures.growth(current, then)


def values_last_year(person: permissions.Person, unit: ReportingUnit, month: date) -> LastYear[int]:
    """Return what the unit stood at a year before, by indicator id, as far as it is open to the person: two queries.

    What was published stands in where nothing was reported for the month.
    """
    before = year_before(month)
    rows = Total.objects.visible_to(person).filter(unit=unit, month=before, n_reported__gt=0)
    published = published_figures([unit], Indicator.objects.all(), [before], today=clock.today())
    return last_year(
        {row.indicator_id: _value(row) for row in rows.select_related("indicator")},
        {indicator: one for (_unit, indicator, _month), one in published.items()},
    )


def _value(row: Total) -> Decimal | None:
    return value_of(row.indicator, row.value, row.numerator, row.denominator)
