"""How often the bands of each forecasting method held, measured by `manage.py backtest_forecasts` and shipped."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from django.conf import settings

from targets.forecasts import Method
from targets.measures import ratio

FILE = settings.BASE_DIR / "fixtures" / "forecast_record.json"


class HitRate(NamedTuple):
    """Of so many bands, the share in which December came to lie."""

    n_bands: int
    share: Decimal


@cache
def hit_rates() -> dict[Method, HitRate]:
    """Return the measured hit rate of each method that gives a band."""
    methods = json.loads(FILE.read_text(encoding="utf-8"))["methods"]
    found = {}
    for name, counted in methods.items():
        share = ratio(Decimal(counted["n_hits"]), Decimal(counted["n_bands"]))
        if share is not None:
            found[Method(name)] = HitRate(counted["n_bands"], share)
    return found
