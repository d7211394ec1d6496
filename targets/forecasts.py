"""Where the year will end if it goes on like this: a December value, a band around it, the method's name.

One formula carries every method. From an origin (m0, v0) to the newest point (m, v) the year went v - v0,
while the curve S of the method went S(m) - S(m0); the rest of the curve is walked at the same pace:

    year end = v + (v - v0) * (S(12) - S(m)) / (S(m) - S(m0))

A FLOW starts from (0, 0) and a STOCK from its baseline (0, b); so the even curve S(m) = m gives the familiar
v * 12 / m and b + (v - b) * 12 / m, and a seasonal curve v / S(m). Where there is no such origin (RATIO,
STOCK without baseline) the first point is taken: the line from first to last point, drawn on to December.
A forecast is never counted as achieved.

The band is made to hold in about 80 % of years. Along a known curve the year's own steps say how wide (``_margin``).
Where the curve is unknown they do not: a year that goes evenly so far may still have its rush ahead. There the band
also reaches between the multiples of the rest that years of unknown seasons came to (``targets.bands``), whichever
reaches further.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from targets.bands import Reach, reaches
from targets.goals import Goal, Kind
from targets.measures import CONTEXT, precise, quotient
from targets.periods import MONTHS_IN_YEAR

Point = tuple[int, Decimal]

#: A forecast from fewer figures of the year would be a guess: what comes quarterly or half-yearly has none before
#: its December, when there is nothing left to forecast.
FEWEST_POINTS = 4

#: Student's t for a two-sided 80 % band, by degrees of freedom 1 to 11.
_T80 = (
    *(Decimal("3.078"), Decimal("1.886"), Decimal("1.638"), Decimal("1.533"), Decimal("1.476")),
    *(Decimal("1.440"), Decimal("1.415"), Decimal("1.397"), Decimal("1.383"), Decimal("1.372")),
    Decimal("1.363"),
)
_EVEN = tuple(Decimal(month) for month in range(MONTHS_IN_YEAR + 1))
_NOTHING = Decimal(0)


class Method(StrEnum):
    """How a forecast was made; always named beside it."""

    RUN_RATE = "RUN_RATE"
    SEASONAL = "SEASONAL"
    TREND = "TREND"
    LAST = "LAST"


@dataclass(frozen=True)
class Forecast:
    """The expected December value within a band of about 80 %."""

    value: Decimal
    low: Decimal
    high: Decimal
    method: Method

    @property
    def has_band(self) -> bool:
        return self.low < self.high


def forecast(points: Sequence[Point], goal: Goal, shares: Sequence[Decimal] | None = None) -> Forecast | None:
    """Return the seasonal forecast where the year's curve is known, else the run-rate.

    Shape: (month, value) of the figures reported this year, one per month; 12 cumulative shares or None.
    Unit: that of the values.
    None: too few points (``FEWEST_POINTS``).
    Source: contract 3, "Forecast"; acceptance.md UX-30.

    >>> jobs = Goal(Kind.FLOW, bound=None, target=None)
    >>> done = [(1, Decimal(60)), (2, Decimal(140)), (3, Decimal(240)), (6, Decimal(500))]
    >>> forecast(done, jobs).value
    Decimal('1000')
    """
    by_season = None if shares is None else seasonal(points, shares, goal=goal)
    return by_season or run_rate(points, goal=goal)


def run_rate(points: Sequence[Point], *, goal: Goal) -> Forecast | None:
    """Return the year end at the average pace so far: v * 12 / m, or b + (v - b) * 12 / m for STOCK.

    RATIO, and STOCK without baseline, follow the line through their first and last point (TREND), a RATIO
    within 0 and 1; COUNT and ZERO keep the last value without a band (LAST).

    Shape: (month, value) of the figures reported this year, one per month.
    Unit: that of the values.
    None: too few points (``FEWEST_POINTS``).
    Source: contract 3, "Forecast: run-rate".

    >>> pensions = Goal(Kind.STOCK, bound=None, target=None, baseline=Decimal(100))
    >>> levels = [(1, Decimal(101)), (2, Decimal(103)), (3, Decimal(104)), (6, Decimal(109))]
    >>> run_rate(levels, goal=pensions).value
    Decimal('118')
    """
    return _project(points, goal, _EVEN, Method.RUN_RATE)


def seasonal(points: Sequence[Point], shares: Sequence[Decimal], *, goal: Goal) -> Forecast | None:
    """Return the year end along a known curve: v / S(m), or b + (v - b) / S(m) for STOCK.

    Shape: points as for ``run_rate``; 12 cumulative shares S(1) to S(12), as fractions or per cent alike.
    Unit: that of the values.
    None: too few points, or the curve expects nothing up to the newest one.
    Raises: ValueError when the shares are no curve: not 12, falling, below 0, or 0 in December.
    Source: contract 3, "Forecast: seasonal"; domain.md 3.1, cumulative curves.

    >>> jobs = Goal(Kind.FLOW, bound=None, target=None)
    >>> done = [(1, Decimal(60)), (2, Decimal(140)), (3, Decimal(240)), (6, Decimal(500))]
    >>> curve = [Decimal(share) for share in (5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 100)]
    >>> seasonal(done, curve, goal=jobs).value
    Decimal('1000')
    """
    curve = (_NOTHING, *shares)
    if len(curve) != len(_EVEN) or curve[-1] <= 0 or any(after < before for before, after in pairwise(curve)):
        raise ValueError("Seasonal shares are 12 cumulative numbers from 0 upwards that never fall.")
    return _project(points, goal, curve, Method.SEASONAL)


@precise
def _project(points: Sequence[Point], goal: Goal, curve: Sequence[Decimal], method: Method) -> Forecast | None:
    known = sorted(points)
    if len({month for month, _ in known}) != len(known):
        raise ValueError("A forecast takes one value for each month.")
    if len(known) < FEWEST_POINTS:
        return None
    origin = _origin(goal)
    path = known if origin is None else [origin, *known]
    if goal.kind in (Kind.COUNT, Kind.ZERO):
        return _at(known[-1][1], Method.LAST)
    if origin is None:
        curve, method = _EVEN, Method.TREND
    return _walk(path, goal, curve, method)


def _origin(goal: Goal) -> Point | None:
    """Where the year began, if that is known without a figure."""
    if goal.kind == Kind.STOCK and goal.baseline is not None:
        return 0, goal.baseline
    return None if goal.kind in (Kind.STOCK, Kind.RATIO) else (0, _NOTHING)


def _walk(path: Sequence[Point], goal: Goal, curve: Sequence[Decimal], method: Method) -> Forecast | None:
    (first, start), (last, value) = path[0], path[-1]
    walked, ahead = curve[last] - curve[first], curve[-1] - curve[last]
    if last == MONTHS_IN_YEAR:
        return _at(value, method)
    if walked == 0:
        return None
    rest = quotient((value - start) * ahead, walked)
    floor = max(value, _NOTHING) if goal.kind == Kind.FLOW else _NOTHING
    ceiling = Decimal(1) if goal.kind == Kind.RATIO else None
    ends = [value + rest, *_edges(value, rest, _margin(path, curve), reaches().get(method, {}).get(last))]
    middle, *edges = (_clip(end, floor, ceiling) for end in ends)
    return Forecast(middle, min(edges), max(edges), method)


def _edges(value: Decimal, rest: Decimal, margin: Decimal, reach: Reach | None) -> list[Decimal]:
    """Return what the band spans: the margin around the middle, and the multiples of the rest where they count."""
    edges = [value + rest - margin, value + rest + margin]
    return edges if reach is None else [*edges, value + rest * reach.low, value + rest * reach.high]


def _margin(path: Sequence[Point], curve: Sequence[Decimal]) -> Decimal:
    """Return how far to either side the year's own steps would have it end, at 80 %.

    The year's own steps spread around what the curve expected of them: e = step - pace * curve step. A month in which
    much is expected spreads more than one in which little is: with c for a month's curve step, the variance of a
    month is s² * c², and s² = Σ(e² / Σc²) / (n - 1) over the steps and the months in each. Two things are uncertain
    about the months ahead: their own steps, and the pace itself, known from the months walked only:

        margin = t * s * √(Σc² ahead + Σc² walked * (ahead / walked)²),  t = Student's 80 %, n - 1 degrees of freedom

    Along the even curve each c is 1 and the sums are numbers of months. Steps of which the curve expects nothing say
    nothing about the spread.
    """
    (first, start), (last, value) = path[0], path[-1]
    walked, ahead = curve[last] - curve[first], curve[-1] - curve[last]
    squares, degrees = _NOTHING, -1
    for (month, before), (next_month, after) in pairwise(path):
        spread = _spread(curve, month, next_month)
        if spread:
            expected = quotient((value - start) * (curve[next_month] - curve[month]), walked)
            squares += quotient((after - before - expected) ** 2, spread)
            degrees += 1
    if degrees < 1:
        return _NOTHING
    uncertain = _spread(curve, last, MONTHS_IN_YEAR) + _spread(curve, first, last) * quotient(ahead, walked) ** 2
    return _T80[degrees - 1] * CONTEXT.sqrt(quotient(squares, degrees) * uncertain)


def _spread(curve: Sequence[Decimal], since: int, until: int) -> Decimal:
    """Return Σc² of the months from one to another."""
    steps = (curve[month] - curve[month - 1] for month in range(since + 1, until + 1))
    return sum((step * step for step in steps), _NOTHING)


def _at(value: Decimal, method: Method) -> Forecast:
    return Forecast(value, value, value, method)


def _clip(value: Decimal, floor: Decimal, ceiling: Decimal | None) -> Decimal:
    clipped = max(value, floor)
    return clipped if ceiling is None else min(clipped, ceiling)
