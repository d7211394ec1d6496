"""The years that forecasts are held against: what was filed by month, and what a forecast may know besides.

The demonstration's national figures, and synthetic years of known shapes whose steps are drawn with a fixed seed, so
that the same numbers come out everywhere. A curve is *circular* where it was made from the very year it forecasts.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple

from django.conf import settings

from reporting.demo import data
from targets.forecasts import Point
from targets.goals import Goal, Kind
from targets.measures import quotient
from targets.periods import MONTHS_IN_YEAR

PLAN = settings.BASE_DIR / "fixtures" / "plan_2007.json"
SEED = 2007
#: Synthetic years per shape.
YEARS = 40
#: Years that bands are fitted to, and to which nothing is held.
FIT_SEED = 1949
DRAWN_YEARS = 400
#: Away from its peak, each month of a drawn season brings up to so much less than the one before, in per cent.
STEEPEST = 25
#: Each step of a synthetic year lies so far around what its curve expects, in per cent.
SPREAD = 15
#: What a level without baseline stood at before the year, in the unit of the steps: the year adds about a tenth.
LEVEL = Decimal(10**9)
FLOW = Goal(Kind.FLOW, None, None)
DEMO = "demo year, curve unknown"
DEMO_CIRCULAR = "demo year, curve of the same year"

#: Shares of the year by month, per mille. Those with a rush or a harvest are what a straight line gets wrong.
SHAPES: dict[str, tuple[int, ...]] = {
    "even": (83, 83, 84, 83, 83, 84, 83, 83, 84, 83, 83, 84),
    "early rush": (150, 140, 130, 110, 95, 85, 70, 60, 50, 45, 35, 30),
    "harvest": (30, 40, 60, 90, 130, 160, 150, 120, 80, 60, 45, 35),
    "december rush": (30, 35, 50, 55, 60, 70, 70, 75, 85, 95, 125, 250),
}


class Year(NamedTuple):
    """One year as it went."""

    name: str
    goal: Goal
    points: tuple[Point, ...]
    shares: tuple[Decimal, ...] | None = None
    #: Its curve is its own outcome: shown, and left out of what is said of the method.
    is_circular: bool = False


def years() -> list[Year]:
    """Return every year that is tried; bands are fitted to none of them."""
    return [*demo_years(), *synthetic_years(), *wandering_years()]


def demo_years() -> Iterator[Year]:
    """Yield the demonstration's national figures without a curve, and with that of the plan where it has one.

    The plan's curves are the results of 2007 by month (domain.md 3.1), from which the demonstration was made.
    """
    plan = json.loads(PLAN.read_text(encoding="utf-8"))
    indicators = {row["code"]: row for row in plan["indicators"]}
    targets = {row["indicator"]: row for row in plan["targets"]}
    for code, by_month in data.read().national.items():
        target, frequency = targets.get(code, {}), indicators[code]["frequency"]
        kind = Kind(indicators[code]["kind"])
        baseline = target.get("baseline_value") if kind == Kind.STOCK else None
        goal = Goal(kind, None, None, baseline=None if baseline is None else Decimal(baseline), frequency=frequency)
        points = tuple((month, Decimal(value)) for month, value in sorted(by_month.items()))
        yield Year(DEMO, goal, points)
        if shares := target.get("seasonal_shares"):
            yield Year(DEMO_CIRCULAR, goal, points, tuple(map(Decimal, shares)), is_circular=True)


def synthetic_years() -> Iterator[Year]:
    """Yield flows along each shape with its curve known, the same without one, and as levels of unknown baseline."""
    dice = random.Random(SEED)  # noqa: S311 -- a fixed seed, nothing secret
    for name, shape in SHAPES.items():
        shares = tuple(quotient(Decimal(share), 1000) for share in accumulate(shape))
        for _year in range(YEARS):
            points = _stepped([Decimal(share) for share in shape], dice)
            yield Year(name, FLOW, points, shares)
            yield from _curve_unknown(name, points)


def wandering_years() -> Iterator[Year]:
    """Yield rates that rise or fall from month to month without any season."""
    dice = random.Random(SEED)  # noqa: S311 -- a fixed seed, nothing secret
    for _year in range(YEARS):
        steps = [Decimal(_below(dice, 101) - 50) / 100_000 for _month in range(MONTHS_IN_YEAR)]
        rates = accumulate(steps, initial=Decimal("0.05"))
        yield Year("wandering rate", Goal(Kind.RATIO, None, None), tuple(enumerate(rates))[1:])


def fitting_years() -> Iterator[Year]:
    """Yield the years that bands are fitted to: of any season, a peak in any month, steep or flat.

    They stand for what is not known of an indicator's year before one has been seen. The named shapes are other ones.
    """
    dice = random.Random(FIT_SEED)  # noqa: S311 -- a fixed seed, nothing secret
    for _year in range(DRAWN_YEARS):
        peak, less = _below(dice, MONTHS_IN_YEAR), Decimal(1) - Decimal(_below(dice, STEEPEST + 1)) / 100
        shape = [less ** abs(month - peak) for month in range(MONTHS_IN_YEAR)]
        per_mille = [quotient(share * 1000, sum(shape)) for share in shape]
        yield from _curve_unknown("drawn season", _stepped(per_mille, dice))


def _curve_unknown(name: str, points: tuple[Point, ...]) -> Iterator[Year]:
    """Yield a year's totals as a flow, and on top of a level whose baseline and January's growth are not known."""
    yield Year(f"{name}, curve unknown", FLOW, points)
    level = tuple((month, LEVEL + total) for month, total in points)
    yield Year(f"{name}, level without baseline", Goal(Kind.STOCK, None, None), level)


def _stepped(shape: Sequence[Decimal], dice: random.Random) -> tuple[Point, ...]:
    """Return a year's totals by month, each step somewhere around what its shape expects."""
    steps = [share * 1000 * (100 + _below(dice, 2 * SPREAD + 1) - SPREAD) for share in shape]
    return tuple(enumerate(accumulate(steps), start=1))


def _below(dice: random.Random, end: int) -> int:
    return int(dice.random() * end)
