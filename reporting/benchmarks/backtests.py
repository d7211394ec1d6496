"""Forecasts held against what came: from every month of years whose December is known, beside the naive run-rate.

Two kinds of years: the demonstration's national figures, and synthetic years of known shapes whose steps are drawn
with a fixed seed, so that the same numbers come out everywhere. Of every forecast it is asked how far it was off, how
far v · 12 ÷ m would have been, and whether December lay within the band.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple

from django.conf import settings

from reporting.demo import data
from targets.forecasts import Method, Point, forecast
from targets.goals import Goal, Kind
from targets.measures import quotient, ratio
from targets.periods import MONTHS_IN_YEAR

PLAN = settings.BASE_DIR / "fixtures" / "plan_2007.json"
SEED = 2007
#: Synthetic years per shape.
YEARS = 40
#: Each step of a synthetic year lies so far around what its curve expects, in per cent.
SPREAD = 15
DEMO = "demo year"

#: Shares of the year by month, per mille. Those with a rush or a harvest are what a straight line gets wrong.
SHAPES: dict[str, tuple[int, ...]] = {
    "even": (83, 83, 84, 83, 83, 84, 83, 83, 84, 83, 83, 84),
    "early rush": (150, 140, 130, 110, 95, 85, 70, 60, 50, 45, 35, 30),
    "harvest": (30, 40, 60, 90, 130, 160, 150, 120, 80, 60, 45, 35),
    "december rush": (30, 35, 50, 55, 60, 70, 70, 75, 85, 95, 125, 250),
}


class Year(NamedTuple):
    """One year as it went: what was filed by month, and what a forecast may know besides."""

    name: str
    goal: Goal
    points: tuple[Point, ...]
    shares: tuple[Decimal, ...] | None


class Trial(NamedTuple):
    """One forecast of a December that is known; errors are shares of what came."""

    name: str
    method: Method
    error: Decimal
    naive_error: Decimal
    has_band: bool
    is_hit: bool


@dataclass
class Record:
    """How a group of forecasts did."""

    n: int = 0
    error: Decimal = field(default_factory=Decimal)
    naive_error: Decimal = field(default_factory=Decimal)
    n_banded: int = 0
    n_hits: int = 0

    def add(self, trial: Trial) -> None:
        self.n += 1
        self.error += trial.error
        self.naive_error += trial.naive_error
        self.n_banded += trial.has_band
        self.n_hits += trial.is_hit

    @property
    def mean_error(self) -> Decimal:
        return quotient(self.error, self.n)

    @property
    def mean_naive_error(self) -> Decimal:
        return quotient(self.naive_error, self.n)

    @property
    def hit_rate(self) -> Decimal | None:
        return ratio(Decimal(self.n_hits), Decimal(self.n_banded))


def years() -> list[Year]:
    """Return every year that is tried: the demonstration's indicators, then the synthetic ones."""
    return [*demo_years(), *synthetic_years()]


def demo_years() -> Iterator[Year]:
    """Yield the demonstration's national figures, with the curve and baseline that the plan gives them."""
    plan = json.loads(PLAN.read_text(encoding="utf-8"))
    indicators = {row["code"]: row for row in plan["indicators"]}
    targets = {row["indicator"]: row for row in plan["targets"]}
    for code, by_month in data.read().national.items():
        target, frequency = targets.get(code, {}), indicators[code]["frequency"]
        kind = Kind(indicators[code]["kind"])
        baseline = target.get("baseline_value") if kind == Kind.STOCK else None
        goal = Goal(kind, None, None, baseline=None if baseline is None else Decimal(baseline), frequency=frequency)
        shares = target.get("seasonal_shares")
        points = tuple((month, Decimal(value)) for month, value in sorted(by_month.items()))
        yield Year(DEMO, goal, points, tuple(map(Decimal, shares)) if shares else None)


def synthetic_years() -> Iterator[Year]:
    """Yield flows along each shape with its curve known, and the same without one."""
    dice = random.Random(SEED)  # noqa: S311 -- a fixed seed, nothing secret
    goal = Goal(Kind.FLOW, None, None)
    for name, shape in SHAPES.items():
        shares = tuple(quotient(Decimal(share), 1000) for share in accumulate(shape))
        for _year in range(YEARS):
            steps = [share * 1000 * (100 + int(dice.random() * (2 * SPREAD + 1)) - SPREAD) for share in shape]
            points = tuple((month, Decimal(total)) for month, total in enumerate(accumulate(steps), start=1))
            yield Year(name, goal, points, shares)
            yield Year(f"{name}, curve unknown", goal, points, None)


def trials(tried: Iterable[Year]) -> Iterator[Trial]:
    """Yield a trial from each month of each year from which a forecast is shown."""
    for year in tried:
        december = dict(year.points)[MONTHS_IN_YEAR]
        for known in range(1, len(year.points)):
            points = year.points[:known]
            expected = forecast(points, year.goal, year.shares)
            if expected is None or not december:
                continue
            naive = _naive(points, year.goal)
            yield Trial(
                name=year.name,
                method=expected.method,
                error=abs(quotient(expected.value - december, december)),
                naive_error=abs(quotient(naive - december, december)),
                has_band=expected.high > expected.low,
                is_hit=expected.high > expected.low and expected.low <= december <= expected.high,
            )


def _naive(points: Sequence[Point], goal: Goal) -> Decimal:
    """Return the year end by v · 12 ÷ m; a level grows from its baseline, and stays where none is known."""
    month, value = points[-1]
    if goal.kind == Kind.FLOW:
        return quotient(value * MONTHS_IN_YEAR, month)
    if goal.kind == Kind.STOCK and goal.baseline is not None:
        return goal.baseline + quotient((value - goal.baseline) * MONTHS_IN_YEAR, month)
    return value


def by_name(tried: Iterable[Trial]) -> dict[str, Record]:
    """Return how the forecasts of each kind of year did."""
    records: dict[str, Record] = {}
    for trial in tried:
        records.setdefault(trial.name, Record()).add(trial)
    return records


def by_method(tried: Iterable[Trial]) -> dict[Method, Record]:
    """Return how each method did over all years."""
    records: dict[Method, Record] = {}
    for trial in tried:
        records.setdefault(trial.method, Record()).add(trial)
    return records


def table(records: dict[str, Record]) -> str:
    """Return the records as aligned columns: trials, errors in per cent, share of bands that held."""
    rows = [("forecasts", "n", "error %", "run-rate %", "bands", "hit rate %")]
    for name, record in records.items():
        hit_rate = "–" if record.hit_rate is None else _percent(record.hit_rate)
        errors = (_percent(record.mean_error), _percent(record.mean_naive_error))
        rows.append((name, str(record.n), *errors, str(record.n_banded), hit_rate))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) if column == 0 else cell.rjust(width) for column, (cell, width) in enumerate(pairs))
        for pairs in (list(zip(row, widths, strict=True)) for row in rows)
    )


def _percent(share: Decimal) -> str:
    return f"{share * 100:.2f}"


def as_file(records: dict[Method, Record]) -> str:
    """Return what the pages show of each method, as the file that ships."""
    methods = {
        method.value: {"n_forecasts": record.n, "n_bands": record.n_banded, "n_hits": record.n_hits}
        for method, record in sorted(records.items())
    }
    document = {"schema": "workplan/forecast-record/1", "seed": SEED, "years": YEARS, "methods": methods}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
