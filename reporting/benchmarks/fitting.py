"""Bands fitted to years of unknown seasons: between which multiples of the foretold rest the middle of them ended."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal

from reporting.benchmarks.seasons import DRAWN_YEARS, FIT_SEED, STEEPEST, Year
from targets.bands import Reach
from targets.forecasts import run_rate
from targets.measures import quotient

#: The share of years left out at either end.
TAIL = Decimal("0.1")
HUNDREDTH = Decimal("0.01")


def fitted(years: Iterable[Year]) -> dict[str, dict[int, Reach]]:
    """Return the factors by method and newest month: what came of the rest, over what an even pace had said."""
    factors: dict[str, dict[int, list[Decimal]]] = {}
    for year in years:
        december = year.points[-1][1]
        for known in range(1, len(year.points)):
            month, value = year.points[known - 1]
            made = run_rate(year.points[:known], goal=year.goal)
            if made is not None and made.value != value:
                factor = quotient(december - value, made.value - value)
                factors.setdefault(made.method.value, {}).setdefault(month, []).append(factor)
    return {
        method: {month: _middle(found) for month, found in by_month.items()} for method, by_month in factors.items()
    }


def _middle(factors: list[Decimal]) -> Reach:
    ordered, left_out = sorted(factors), int(len(factors) * TAIL)
    return Reach(ordered[left_out].quantize(HUNDREDTH), ordered[-1 - left_out].quantize(HUNDREDTH))


def as_file(reaches: dict[str, dict[int, Reach]]) -> str:
    """Return the factors as the file that ships."""
    methods = {
        method: {str(month): [str(reach.low), str(reach.high)] for month, reach in sorted(by_month.items())}
        for method, by_month in sorted(reaches.items())
    }
    source = {"seed": FIT_SEED, "years": DRAWN_YEARS, "steepest": STEEPEST, "tail": str(TAIL)}
    document = {"schema": "workplan/forecast-bands/1", "fitted_to": source, "methods": methods}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
