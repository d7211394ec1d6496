"""One month held against another: the year before (同比), the period before (环比), the last year end.

What adds up grows by a share, a rate moves by points; nothing is compared with a figure that was carried.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from reporting.series import Series, SeriesPoint
from submissions.models import ReportingMonth
from targets import measures, periods
from targets.models import Indicator, Kind

#: Kinds of which a change is worth a number; a count of pilots and an amount that must not arise have none.
_MOVING = frozenset({Kind.FLOW, Kind.STOCK, Kind.RATIO})


@dataclass(frozen=True)
class Change:
    """How one month moved: shares (0.05 is 5 % more), or differences of rates; None cannot be stated.

    ``over_year`` holds what stands against the same month a year before, ``month_over_year`` a flow's own month against
    that month's own figure, ``over_period`` the newest period against the one before, ``since_year_end`` a level
    against the year end before the plan.
    """

    over_year: Decimal | None = None
    month_over_year: Decimal | None = None
    over_period: Decimal | None = None
    since_year_end: Decimal | None = None


def until(series: Series, period: ReportingMonth) -> Series:
    """Leave out what later months say: a page tells the year as it stood in its month; paths go on to December."""
    points = tuple(
        point
        if point.month <= period.month
        else replace(point, value=None, month_value=None, n_due=0, n_reported=0, n_carried=0)
        for point in series.points
    )
    return replace(series, points=points)


def changes(series: Series) -> tuple[Change, ...]:
    """Return how each month of the series moved, in its order.

    Shape: one per point; all None where the month has no figure of its own.
    Unit: fraction; of a RATIO the difference of two fractions.
    None: either side is missing or was carried, or there is nothing above 0 to grow from.
    Source: domain.md 5.1, 同比 and 环比.
    """
    indicator, points = series.indicator, series.points
    if indicator.kind not in _MOVING:
        return tuple(Change() for _point in points)
    return tuple(_change(series, at) for at in range(len(points)))


def _change(series: Series, at: int) -> Change:
    indicator, point = series.indicator, series.points[at]
    if _own(point) is None:
        return Change()
    before = _period_before(series, at)
    flows = indicator.kind == Kind.FLOW
    return Change(
        over_year=_moved(indicator, point.value, point.previous_year),
        month_over_year=measures.growth(point.month_value, _own_month_before(series, at)) if flows else None,
        over_period=None
        if before is None
        else _moved(indicator, *((point.month_value, before.month_value) if flows else (point.value, _own(before)))),
        since_year_end=_moved(indicator, point.value, series.target.baseline_value)
        if series.target is not None and not flows
        else None,
    )


def _own(point: SeriesPoint) -> Decimal | None:
    return None if point.is_carried else point.value


def over_year(indicator: Indicator, value: Decimal | None, previous: Decimal | None) -> Decimal | None:
    """Return how a month's own figure moved against the year before, as `changes` states it of a series."""
    return _moved(indicator, value, previous) if indicator.kind in _MOVING else None


def _moved(indicator: Indicator, current: Decimal | None, before: Decimal | None) -> Decimal | None:
    """Return the growth of what adds up, the difference of two rates."""
    if not indicator.is_ratio:
        return measures.growth(current, before)
    return None if current is None or before is None else current - before


def _period_before(series: Series, at: int) -> SeriesPoint | None:
    """Return the due month before this one in the plan year; None for the first, and for a month not due."""
    frequency = series.indicator.frequency
    if at < frequency or not periods.is_due(series.points[at].month.month, frequency):
        return None
    return series.points[at - frequency]


def _own_month_before(series: Series, at: int) -> Decimal | None:
    """Return what the same period of the year before came to by itself."""
    frequency = series.indicator.frequency
    previous = series.points[at - frequency].previous_year if at >= frequency else None
    return measures.month_value(series.points[at].previous_year, previous, at + 1, frequency=frequency)
