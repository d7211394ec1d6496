"""Progress rows as the aggregates make them, without a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from accounts.models import ReportingUnit
from reporting.aggregates import ProgressRow
from targets import measures
from targets.goals import Thresholds
from targets.models import Indicator, Target

UNITS = {"FLOW": "PERSON", "STOCK": "PERSON", "RATIO": "RATE", "COUNT": "COUNT", "ZERO": "YUAN"}


def row(
    kind: str,
    bound: str | None,
    target: object,
    value: object,
    *,
    month: int = 9,
    baseline: object = None,
    planned_month: int | None = None,
    **given: object,
) -> ProgressRow:
    """Return one unit's standing in September, or another month, measured as everywhere."""
    indicator = Indicator(code="X01", short_name="指标", kind=kind, unit_of_measure=UNITS[kind], name="指标")
    value = None if value is None else Decimal(value)
    promised = None
    if target is not None:
        promised = Target(
            indicator=indicator,
            target_value=Decimal(target),
            baseline_value=None if baseline is None else Decimal(baseline),
            bound=bound,
            planned_month=planned_month,
        )
    goal = promised.goal() if promised else measures.Goal(measures.Kind(kind), None, None)
    amount = {"first_amount_month": given.pop("first_amount_month", None)}
    if kind == "RATIO":
        amount |= {"first_month": 1, "first_value": Decimal("0.8")}
    reading = measures.Reading(month, value, **amount)
    return ProgressRow(
        **{
            "indicator": indicator,
            "unit": ReportingUnit(code="110000", short_name="北京", position=1),
            "month": date(2007, month, 1),
            "target": promised,
            "value": value,
            "numerator": None,
            "denominator": None,
            "persons": None,
            "value_month": None if value is None else date(2007, month, 1),
            "n_due": 1,
            "n_reported": 1,
            "n_carried": 0,
            "progress": measures.assess(goal, reading, Thresholds()),
            "share_of_target": measures.share_of_target(goal, value),
            "forecast": None,
        }
        | given
    )
