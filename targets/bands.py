"""How far the rest of a year strayed from what an even pace had said of it, where no curve of the year is known.

The factors are measured, not chosen: `manage.py backtest_forecasts --write` draws years whose season is unknown and
writes, for each method and newest month, between which multiples of the foretold rest the middle 80 % of them ended.
Decision 19 tells why.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).resolve().parent.parent / "fixtures" / "forecast_bands.json"


class Reach(NamedTuple):
    """The least and the most that came, as multiples of the rest foretold."""

    low: Decimal
    high: Decimal


@cache
def reaches() -> Mapping[str, Mapping[int, Reach]]:
    """Return the factors by name of the method and newest month."""
    methods = json.loads(FILE.read_text(encoding="utf-8"))["methods"]
    return {
        method: {int(month): Reach(Decimal(low), Decimal(high)) for month, (low, high) in by_month.items()}
        for method, by_month in methods.items()
    }
