"""Regions: units added up across a scheme by the formula of the totals, and held against the sum of their targets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts import permissions
from accounts.models import ReportingUnit
from accounts.regions import RegionGroup, RegionMember, RegionScheme
from reporting.aggregates import ProgressRow, progress_rows, thresholds_of
from submissions.models import ReportingMonth
from targets import measures
from targets.goals import Goal, Reading, Status, Thresholds
from targets.models import Indicator

#: The name of what a scheme leaves out; no group of it is called so.
OUTSIDE = "other"


@dataclass(frozen=True)
class RegionRow:
    """What the units of a region come to; no group for the units that the scheme leaves out."""

    group: RegionGroup | None
    rows: tuple[ProgressRow, ...]
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    n_due: int
    n_reported: int
    n_carried: int
    goal: Goal | None
    reading: Reading
    progress: measures.Progress | None

    @property
    def key(self) -> str:
        """Name it in an address and in a page."""
        return self.group.code if self.group else OUTSIDE

    @property
    def status(self) -> Status | None:
        return self.progress.status if self.progress else None

    @property
    def target_value(self) -> Decimal | None:
        return self.goal.target if self.goal else None

    @property
    def completion_rate(self) -> Decimal | None:
        return self.progress.completion_rate if self.progress else None

    @property
    def deviation(self) -> Decimal | None:
        return self.progress.deviation if self.progress else None

    @property
    def value_month(self) -> date | None:
        """Return the newest month that a figure of its units is of."""
        return max((row.value_month for row in self.rows if row.value_month), default=None)

    @property
    def is_due(self) -> bool:
        return any(row.is_due for row in self.rows)

    @property
    def is_published(self) -> bool:
        return all(row.is_published for row in self.rows)

    @property
    def is_revised(self) -> bool:
        """Say whether the sum no longer stands at what was published of it."""
        worth = [row.published.worth for row in self.rows if row.published is not None]
        was = tuple(_sum(column) for column in zip(*worth, strict=True))
        value = None if any(row.indicator.is_ratio for row in self.rows) else self.value
        return bool(worth) and was != (value, self.numerator, self.denominator, _sum(row.persons for row in self.rows))

    @property
    def has_synthetic_target(self) -> bool:
        return self.goal is not None and any(row.has_synthetic_target for row in self.rows)


@dataclass(frozen=True)
class Regions:
    """One indicator of the country by regions; the regions and what is outside them come to the whole."""

    scheme: RegionScheme
    indicator: Indicator
    whole: ProgressRow | None
    regions: tuple[RegionRow, ...]

    @property
    def added(self) -> RegionRow:
        """All regions together."""
        return region_row(None, [row for one in self.regions for row in one.rows], measures.Thresholds())

    @property
    def adds_up(self) -> bool:
        return self.whole is not None and self.added.value == self.whole.value


def regions_of(
    person: permissions.Person, period: ReportingMonth, indicator: Indicator, scheme: RegionScheme
) -> Regions:
    """Return the regions of a scheme at a month, as far as the units are open to the person.

    Shape: one per group in its order, then the units in none; the same number of queries whatever the units.
    Source: domain.md 4.1 and 4.2; contract 3, "Total": of a ratio Σ numerators ÷ Σ denominators.
    """
    nation = permissions.national_unit()
    units = [nation, *ReportingUnit.objects.children_of(nation)]
    rows = progress_rows(person, period, units, indicators=[indicator])
    thresholds = thresholds_of(period.plan_id)
    group_of = dict(RegionMember.objects.filter(scheme=scheme).values_list("unit_id", "group_id"))
    below = [row for row in rows if not row.unit.is_nation]
    groups: list[RegionGroup | None] = [*scheme.groups.order_by("position", "code"), None]
    found = [
        region_row(
            group, [row for row in below if group_of.get(row.unit.pk) == (group.pk if group else None)], thresholds
        )
        for group in groups
    ]
    return Regions(
        scheme=scheme,
        indicator=indicator,
        whole=next((row for row in rows if row.unit.is_nation), None),
        regions=tuple(one for one in found if one.rows),
    )


def region_row(group: RegionGroup | None, rows: list[ProgressRow], thresholds: Thresholds) -> RegionRow:
    """Return the sum of some units' standings, measured as one unit with their targets added."""
    is_ratio = any(row.indicator.is_ratio for row in rows)
    numerator, denominator = _sum(row.numerator for row in rows), _sum(row.denominator for row in rows)
    value = measures.ratio(numerator, denominator) if is_ratio else _sum(row.value for row in rows)
    goal, reading = _goal(rows), _reading(rows, value)
    return RegionRow(
        group=group,
        rows=tuple(rows),
        value=value,
        numerator=numerator,
        denominator=denominator,
        n_due=sum(row.n_due for row in rows),
        n_reported=sum(row.n_reported for row in rows),
        n_carried=sum(row.n_carried for row in rows),
        goal=goal,
        reading=reading,
        progress=None if goal is None else measures.assess(goal, reading, thresholds),
    )


def _sum(numbers: Iterable[Decimal | int | None]) -> Decimal | None:
    known = [number for number in numbers if number is not None]
    return sum(known, Decimal(0)) if known else None


def _goal(rows: list[ProgressRow]) -> Goal | None:
    """Return the targets added up; None for rates, which have none together, and where a unit has no target."""
    targets = [row.target for row in rows if row.target is not None]
    if not targets or len(targets) < len(rows) or rows[0].indicator.is_ratio or rows[0].goal is None:
        return None
    baselines = [target.baseline_value for target in targets]
    planned = {target.planned_month for target in targets}
    return Goal(
        kind=rows[0].goal.kind,
        bound=rows[0].goal.bound,
        target=_sum(target.target_value for target in targets),
        baseline=None if None in baselines else _sum(baselines),
        frequency=rows[0].goal.frequency,
        planned_month=planned.pop() if len(planned) == 1 else None,
    )


def _reading(rows: list[ProgressRow], value: Decimal | None) -> Reading:
    amounts = [
        row.reading.first_amount_month for row in rows if row.reading and row.reading.first_amount_month is not None
    ]
    month = rows[0].month.month if rows else 1
    return Reading(month, value, first_amount_month=min(amounts, default=None))
