"""The kinds of rule, each a pure function over one unit's year in one indicator. No Django.

A month is judged once nearly every unit due has reported for it: what few say proves nothing yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from reporting.warnings.states import Finding
from targets import measures
from targets.forecasts import Forecast, Method, forecast
from targets.goals import Bound, Goal, Reading
from targets.periods import MONTHS_IN_YEAR
from workplan.lib.numbers import plain_text


class Kind(StrEnum):
    THRESHOLD = "THRESHOLD"
    CHANGE = "CHANGE"
    FORECAST = "FORECAST"
    SILENCE = "SILENCE"
    BREACH = "BREACH"


class Measure(StrEnum):
    """What a limit is set on."""

    VALUE = "VALUE"
    HEADROOM = "HEADROOM"
    PACE = "PACE"
    PERIOD_DIFFERENCE = "PERIOD_DIFFERENCE"
    PERIOD_SHARE = "PERIOD_SHARE"
    YEAR_DIFFERENCE = "YEAR_DIFFERENCE"
    YEAR_SHARE = "YEAR_SHARE"


#: What each kind can be set on; the others need no limit of their own.
MEASURES: Mapping[Kind, tuple[Measure, ...]] = {
    Kind.THRESHOLD: (Measure.VALUE, Measure.HEADROOM, Measure.PACE),
    Kind.CHANGE: (
        Measure.PERIOD_DIFFERENCE,
        Measure.PERIOD_SHARE,
        Measure.YEAR_DIFFERENCE,
        Measure.YEAR_SHARE,
    ),
}


class Comparison(StrEnum):
    """On which side of the limit it is time to warn."""

    ABOVE = "GT"
    AT_LEAST = "GE"
    BELOW = "LT"
    AT_MOST = "LE"

    @property
    def warns_upwards(self) -> bool:
        return self in (Comparison.ABOVE, Comparison.AT_LEAST)

    def holds(self, measured: Decimal, limit: Decimal) -> bool:
        if measured == limit:
            return self in (Comparison.AT_LEAST, Comparison.AT_MOST)
        return (measured > limit) == self.warns_upwards


@dataclass(frozen=True)
class Terms:
    """What a rule asks."""

    kind: Kind
    measure: Measure | None = None
    comparison: Comparison | None = None
    limit: Decimal | None = None
    n_periods: int | None = None


@dataclass(frozen=True)
class Point:
    """One due month of one unit and indicator; `last_year` is what stood in the same month a year before."""

    month: date
    value: Decimal | None
    is_settled: bool
    persons: int | None = None
    last_year: Decimal | None = None


@dataclass(frozen=True)
class Year:
    """One unit's year in one indicator: its target, its curve, its due months in order."""

    goal: Goal
    points: Sequence[Point]
    shares: Sequence[Decimal] | None = None

    def settled(self, at: int) -> list[tuple[int, Decimal]]:
        """Return the months up to this place that a forecast may start from."""
        so_far = self.points[: at + 1]
        return [(one.month.month, one.value) for one in so_far if one.is_settled and one.value is not None]

    def reading(self, at: int) -> Reading:
        first = next((point for point in self.points if point.value is not None), None)
        return Reading(
            self.points[at].month.month,
            self.points[at].value,
            first.month.month if first else None,
            first.value if first else None,
        )


def judge(terms: Terms, year: Year, at: int) -> Finding | None:
    """Return what the rule finds in the month at this place of the year.

    None: not enough has been reported, or there is nothing to compare with.
    """
    point = year.points[at]
    arose = terms.kind == Kind.BREACH and point.value is not None and point.value > 0
    if point.value is None or not (point.is_settled or arose):
        return None
    return _JUDGES[terms.kind](terms, year, at)


def _threshold(terms: Terms, year: Year, at: int) -> Finding | None:
    point, goal = year.points[at], year.goal
    if terms.measure == Measure.HEADROOM:
        measured = measures.headroom(goal, point.value)
    elif terms.measure == Measure.PACE:
        measured = measures.schedule_ratio(goal, year.reading(at))
    else:
        measured = point.value
    return _against_limit(terms, point, measured, {"value": point.value, "target": goal.target})


def _change(terms: Terms, year: Year, at: int) -> Finding | None:
    point = year.points[at]
    if terms.measure in (Measure.PERIOD_DIFFERENCE, Measure.PERIOD_SHARE):
        earlier = year.points[at - 1] if at else None
        before = earlier.value if earlier is not None and earlier.is_settled else None
    else:
        before = point.last_year
    if before is None or point.value is None:
        return None
    by_share = terms.measure in (Measure.PERIOD_SHARE, Measure.YEAR_SHARE)
    measured = measures.growth(point.value, before) if by_share else point.value - before
    return _against_limit(terms, point, measured, {"value": point.value, "before": before})


def _against_limit(
    terms: Terms, point: Point, measured: Decimal | None, inputs: Mapping[str, Decimal | None]
) -> Finding | None:
    if measured is None or terms.limit is None or terms.comparison is None:
        return None
    return Finding(
        month=point.month,
        fires=terms.comparison.holds(measured, terms.limit),
        measured=measured,
        limit=terms.limit,
        gravity=measured if terms.comparison.warns_upwards else -measured,
        inputs=_told(inputs),
    )


def _forecast(_terms: Terms, year: Year, at: int) -> Finding | None:
    """Fire where even the better edge of the band misses the target.

    Gravity is the miss as a share of the target. Without a band nothing is said.
    """
    goal, point = year.goal, year.points[at]
    if goal.target is None or goal.bound not in (Bound.AT_LEAST, Bound.AT_MOST):
        return None
    made = _year_end(year, at)
    if made is None:
        return None
    upwards = goal.bound == Bound.AT_LEAST
    edge = made.high if upwards else made.low
    miss = goal.target - edge if upwards else edge - goal.target
    told = {"value": point.value, "forecast": made.value, "low": made.low, "high": made.high}
    return Finding(
        month=point.month,
        fires=miss > 0,
        measured=edge,
        limit=goal.target,
        gravity=measures.ratio(miss, goal.target) or Decimal(0),
        inputs={**_told(told), "method": made.method.value},
    )


def _year_end(year: Year, at: int) -> Forecast | None:
    """Return the forecast that has a band; December's own figure is the year end, from however few months."""
    point = year.points[at]
    if point.month.month == MONTHS_IN_YEAR and point.value is not None:
        return Forecast(point.value, point.value, point.value, Method.LAST)
    made = forecast(year.settled(at), year.goal, year.shares)
    return None if made is None or made.method == Method.LAST else made


def _breach(_terms: Terms, year: Year, at: int) -> Finding:
    point = year.points[at]
    amount = point.value or Decimal(0)
    return Finding(
        month=point.month,
        fires=amount > 0,
        measured=amount,
        limit=Decimal(0),
        gravity=amount,
        inputs=_told({"value": amount, "persons": None if point.persons is None else Decimal(point.persons)}),
    )


_JUDGES: Mapping[Kind, Callable[[Terms, Year, int], Finding | None]] = {
    Kind.THRESHOLD: _threshold,
    Kind.CHANGE: _change,
    Kind.FORECAST: _forecast,
    Kind.BREACH: _breach,
}


# Silence ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Due:
    """One month in which a unit was due to report; overdue from `overdue_on`."""

    month: date
    is_reported: bool
    overdue_on: date


def silence(terms: Terms, months: Sequence[Due], at: int) -> Finding:
    """Return how many due months in a row, up to this one, were not reported; it fires at the rule's number.

    A month not yet reported says nothing before it is overdue: `known_on`.
    """
    silent = []
    for due in reversed(months[: at + 1]):
        if due.is_reported:
            break
        silent.append(due.month)
    limit, count = Decimal(terms.n_periods or 1), Decimal(len(silent))
    return Finding(
        month=months[at].month,
        fires=count >= limit,
        measured=count,
        limit=limit,
        gravity=count,
        inputs={"months": " ".join(f"{month:%Y-%m}" for month in reversed(silent))},
        known_on=None if months[at].is_reported else months[at].overdue_on,
    )


def _told(numbers: Mapping[str, Decimal | None]) -> dict[str, str]:
    return {name: plain_text(number) for name, number in numbers.items() if number is not None}
