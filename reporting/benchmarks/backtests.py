"""Forecasts held against what came: from every month of years whose December is known, beside the naive run-rate.

Of every forecast it is asked how far it was off, how far v · 12 ÷ m would have been, and whether December lay within
the band. What is said of a method leaves circular years out: there the forecast knew the outcome.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple, TypeVar

from reporting.benchmarks.seasons import SEED, YEARS, Year
from targets.forecasts import Method, Point, forecast
from targets.goals import Goal, Kind
from targets.measures import quotient, ratio
from targets.periods import MONTHS_IN_YEAR

Key = TypeVar("Key", bound=str)

CIRCULAR = " (circular, not counted)"


class Trial(NamedTuple):
    """One forecast of a December that is known; errors are shares of what came."""

    name: str
    method: Method
    error: Decimal
    naive_error: Decimal
    has_band: bool
    is_hit: bool
    is_circular: bool = False


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
                has_band=expected.has_band,
                is_hit=expected.has_band and expected.low <= december <= expected.high,
                is_circular=year.is_circular,
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
    return _records(tried, lambda trial: trial.name + CIRCULAR * trial.is_circular)


def by_method(tried: Iterable[Trial]) -> dict[Method, Record]:
    """Return how each method did over all years that count."""
    return _records((trial for trial in tried if not trial.is_circular), lambda trial: trial.method)


def _records(tried: Iterable[Trial], key: Callable[[Trial], Key]) -> dict[Key, Record]:
    records: dict[Key, Record] = {}
    for trial in tried:
        records.setdefault(key(trial), Record()).add(trial)
    return records


def report(tried: Sequence[Trial]) -> str:
    """Return what is printed: the record of each kind of year, then of each method."""
    methods = {method.value: record for method, record in by_method(tried).items()}
    return "\n\n".join((table("forecasts by year", by_name(tried)), table("by method, all counted", methods)))


def table(title: str, records: dict[str, Record]) -> str:
    """Return the records as aligned columns: trials, errors in per cent, share of bands that held."""
    rows = [(title, "n", "error %", "run-rate %", "bands", "hit rate %")]
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
