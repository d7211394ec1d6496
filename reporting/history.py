"""Totals as they stood at an earlier moment, recomputed from the filings in force then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.models import ReportingUnit
from submissions.history import newest_figures_at
from submissions.models import Figure, ReportingMonth
from targets import measures
from targets.models import Assignment, Indicator


@dataclass(frozen=True)
class PastTotal:
    """What a unit stood at in an indicator and month, at an instant."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    n_units: int


def total_at(unit: ReportingUnit, indicator: Indicator, period: ReportingMonth, instant: datetime) -> PastTotal:
    """Return the total as it stood at the instant.

    Shape: value of a ratio is Σ numerators ÷ Σ denominators; n_units counts the filing units in it.
    None: nothing had been approved by then.
    Source: contract 3, the newest approved figure at or before the month in the plan year, over the filing units below
    the unit as the tree and the assignments are today.
    """
    months = ReportingMonth.objects.filter(plan_id=period.plan_id, month__lte=period.month)
    units = filing_units(unit, indicator, period.plan_id)
    figures = list(newest_figures_at(units, indicator, months.values_list("month", flat=True), instant).values())
    if not figures:
        return PastTotal(None, None, None, 0)
    numerator, denominator = _sum(figures, "numerator"), _sum(figures, "denominator")
    value = measures.ratio(numerator, denominator) if indicator.is_ratio else _sum(figures, "value")
    return PastTotal(value, numerator, denominator, len(figures))


def filing_units(unit: ReportingUnit, indicator: Indicator, plan_id: int) -> list[int]:
    """Return the units that file it at or below the unit; one that files itself stands for its descendants."""
    assigned = Assignment.objects.filter(plan_id=plan_id, indicator=indicator, unit__path__startswith=unit.path)
    paths = dict(assigned.values_list("unit_id", "unit__path"))
    filing = set(paths.values())
    return [unit_id for unit_id, path in paths.items() if not _stands_below(path, filing)]


def _stands_below(path: str, filing: set[str]) -> bool:
    codes = path.rstrip(".").split(".")
    return any(".".join(codes[:depth]) + "." in filing for depth in range(1, len(codes)))


def _sum(figures: list[Figure], name: str) -> Decimal | None:
    numbers = [number for figure in figures if (number := getattr(figure, name)) is not None]
    return sum(numbers, Decimal(0)) if numbers else None
