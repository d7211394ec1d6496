"""What the rules stand on, whoever files: duties, targets, other sources and settings of one plan year.

No report moves it. Who asks about many reports one after the other, such as a whole year that is loaded step by step,
reads it once and hands it to every step; who asks once need not know of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from accounts.models import ReportingUnit
from submissions.models import ReferenceFigure, ReportingMonth
from submissions.terms import Book
from targets.models import Assignment, Indicator, Target


@dataclass(frozen=True)
class Ground:
    """The ground of some units in one plan year: four queries and one for parts, however many units there are."""

    #: unit id → the indicators it files, with their parts, by code
    indicators: Mapping[int, Sequence[Indicator]]
    #: unit id → indicator id → the unit's own target
    targets: Mapping[int, Mapping[int, Target]]
    #: unit id → name → the year's value in another source, such as a census
    references: Mapping[int, Mapping[str, Decimal]]
    #: what planners set for the rules
    book: Book

    @classmethod
    def of(cls, period: ReportingMonth, units: Iterable[ReportingUnit | int]) -> Self:
        """Return the ground of the month's plan year as it stands now. What planners set afterwards is not in it."""
        units = list(units)
        plan_id, year = period.plan_id, period.month.year
        return cls(_assigned(plan_id, units), _targets(plan_id, units), _other_sources(year, units), Book())


Units = Sequence[ReportingUnit | int]


def _assigned(plan_id: int, units: Units) -> dict[int, list[Indicator]]:
    rows = Assignment.objects.filter(unit__in=units, plan=plan_id).select_related("indicator")
    by_unit: dict[int, list[Indicator]] = {}
    for row in rows.prefetch_related("indicator__filed_parts").order_by("indicator__code"):
        by_unit.setdefault(row.unit_id, []).append(row.indicator)
    return by_unit


def _targets(plan_id: int, units: Units) -> dict[int, dict[int, Target]]:
    by_unit: dict[int, dict[int, Target]] = {}
    for target in Target.objects.filter(plan=plan_id, unit__in=units).select_related("indicator"):
        by_unit.setdefault(target.unit_id, {})[target.indicator_id] = target
    return by_unit


def _other_sources(year: int, units: Units) -> dict[int, dict[str, Decimal]]:
    references: dict[int, dict[str, Decimal]] = {}
    for one in ReferenceFigure.objects.filter(unit__in=units, year=year):
        references.setdefault(one.unit_id, {})[one.name] = one.value
    return references
