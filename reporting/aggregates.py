"""Rows to progress: the database adds, the measures divide. Pages, REST, Excel and the circular read this alone.

Every function takes the person who asks and starts from `Total.objects.visible_to(person)`: loading is authorising.
The number of queries does not depend on the number of units.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q

from accounts import permissions
from accounts.models import NATION_CODE, ReportingUnit
from reporting import totals
from reporting.models import SnapshotRow, Total
from reporting.past_months import History
from submissions.models import ReportingMonth
from targets import measures
from targets.forecasts import Forecast, forecast
from targets.models import Indicator, Kind, Target, Thresholds

Basis = Literal["latest", "reported"]


@dataclass(frozen=True)
class ProgressRow:
    """One indicator of one unit at one month, held against target and calendar."""

    indicator: Indicator
    unit: ReportingUnit
    month: date
    target: Target | None
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    persons: int | None
    value_month: date | None
    n_due: int
    n_reported: int
    n_carried: int
    progress: measures.Progress
    share_of_target: Decimal | None
    forecast: Forecast | None
    rank: int | None = None
    #: What the progress was measured from; a page of reasons measures it again.
    goal: measures.Goal | None = field(default=None, repr=False)
    reading: measures.Reading | None = field(default=None, repr=False)
    history: History = field(default_factory=History, repr=False)
    is_due: bool = True  #: for this month
    is_published: bool = False
    #: What was published of it; None before, and where earlier figures are left out.
    published: SnapshotRow | None = field(default=None, repr=False)

    @property
    def is_revised(self) -> bool:
        """Say whether it no longer stands at what was published."""
        stands = (None if self.indicator.is_ratio else self.value, self.numerator, self.denominator, self.persons)
        return self.published is not None and self.published.worth != stands

    @property
    def status(self) -> measures.Status | None:
        return self.progress.status

    @property
    def target_value(self) -> Decimal | None:
        return self.target.target_value if self.target else None

    @property
    def has_synthetic_target(self) -> bool:
        return self.target is not None and self.target.is_synthetic

    @property
    def baseline_value(self) -> Decimal | None:
        return self.target.baseline_value if self.target else None

    @property
    def coverage(self) -> Decimal | None:
        return measures.coverage(self.n_reported, self.n_due)


def progress_rows(
    person: permissions.Person,
    period: ReportingMonth,
    units: Iterable[ReportingUnit],
    *,
    indicators: Iterable[Indicator] | None = None,
    basis: Basis = "latest",
) -> list[ProgressRow]:
    """Return one row per indicator and unit that the person may read, by indicator code and unit order.

    Shape: any units; the rank of each is among all its siblings, asked for or not.
    None: rank where the siblings' figures are not open to the person.
    Source: contract 3 and 5 (progress/).
    """
    return _rows(_Reading(person, [period], {unit.pk for unit in units}, indicators, basis))


def rows_of_months(
    person: permissions.Person,
    months: Sequence[ReportingMonth],
    units: Iterable[ReportingUnit],
    *,
    indicators: Iterable[Indicator] | None = None,
) -> list[ProgressRow]:
    """Return what `progress_rows` states of each of some months of one plan, by code, unit order and month.

    Shape: in as many queries as one month takes; without forecasts, which belong to the newest month alone.
    """
    wanted = {unit.pk for unit in units}
    return _rows(_Reading(person, months, wanted, indicators, forecasts=False)) if months else []


def _rows(read: _Reading) -> list[ProgressRow]:
    ranked = read.ranked([read.row(total) for total in read.totals])
    ordered = sorted(ranked, key=lambda row: (row.indicator.code, row.unit.position, row.unit.code, row.month))
    return [row for row in ordered if row.unit.pk in read.wanted]


class _Reading:
    """What one call of progress_rows reads: units with their siblings, totals, histories, targets, thresholds."""

    def __init__(
        self,
        person: permissions.Person,
        months: Sequence[ReportingMonth],
        wanted: set[int],
        indicators: Iterable[Indicator] | None,
        basis: Basis = "latest",
        *,
        forecasts: bool = True,
    ) -> None:
        totals.refresh()
        self.person, self.wanted, self.basis, self.forecasts = person, wanted, basis, forecasts
        self.periods = {period.month: period for period in months}
        plan_id = months[0].plan_id
        parents = ReportingUnit.objects.filter(pk__in=wanted).values("parent")
        siblings = ReportingUnit.objects.filter(parent__in=parents) | ReportingUnit.objects.filter(pk__in=wanted)
        self.units = {unit.pk: unit for unit in siblings.select_related("parent")}
        self.parents = {unit.parent_id: unit.parent for unit in self.units.values()}
        scope = Total.objects.visible_to(person).filter(plan_id=plan_id, unit__in=self.units)
        if indicators is not None:
            scope = scope.filter(indicator__in=[one.pk for one in indicators])
        self.indicators = Indicator.objects.in_bulk()
        self.totals = list(scope.filter(month__in=self.periods))
        self.histories = {
            (row["unit"], row["indicator"]): row
            for row in scope.filter(month__lte=max(self.periods))
            .values("unit", "indicator")
            .annotate(
                months=ArrayAgg("month", order_by="month"),
                values_=ArrayAgg("value", order_by="month"),
                numerators=ArrayAgg("numerator", order_by="month"),
                denominators=ArrayAgg("denominator", order_by="month"),
                reported=ArrayAgg("n_reported", order_by="month"),
                due=ArrayAgg("n_due", order_by="month"),
            )
        }
        found = Target.objects.filter(Q(unit__in=self.units) | Q(unit__in=parents), plan_id=plan_id)
        self.targets = {(target.unit_id, target.indicator_id): target for target in found}
        published = [period for period in months if period.is_published and basis == "latest"]
        as_published = scope.as_published(*published) if published else ()
        self.published = {(row.snapshot_id, row.unit_id, row.indicator_id): row for row in as_published}
        self.curves = seasonal_curves(plan_id)
        self.thresholds = thresholds_of(plan_id)

    def row(self, total: Total) -> ProgressRow:
        period = self.periods[total.month]
        unit, indicator = self.units[total.unit_id], self.indicators[total.indicator_id]
        total.indicator = indicator
        target = self.targets.get((unit.pk, indicator.pk))
        numerator, denominator, value = self._parts(total)
        history = self._history(total, indicator)
        goal = goal_of(target, indicator)
        if period.reported_with_id is not None:  # nothing was due yet
            goal = replace(goal, frequency=max(goal.frequency, 3))
        reading = self._measured(total, value, history)
        return ProgressRow(
            indicator=indicator,
            unit=unit,
            month=period.month,
            target=target,
            value=value,
            numerator=numerator,
            denominator=denominator,
            persons=total.persons if self.basis == "latest" else total.reported_persons,
            value_month=total.value_month if value is not None else None,
            n_due=total.n_due,
            n_reported=total.n_reported,
            n_carried=total.n_carried if self.basis == "latest" else 0,
            progress=measures.assess(goal, reading, self.thresholds),
            share_of_target=measures.share_of_target(goal, value),
            forecast=forecast(history.points(), goal, curve_for(target, indicator, self.curves))
            if self.forecasts
            else None,
            goal=goal,
            reading=reading,
            history=history,
            is_due=period.is_due(indicator.frequency),
            is_published=period.is_published,
            published=self.published.get((period.month, unit.pk, indicator.pk)),
        )

    def _parts(self, total: Total) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
        """Return numerator, denominator and value on the asked basis."""
        if self.basis == "latest":
            numerator, denominator, value = total.numerator, total.denominator, total.value
        else:
            numerator, denominator, value = (
                total.reported_numerator, total.reported_denominator, total.reported_value,
            )  # fmt: skip
        return numerator, denominator, value_of(total.indicator, value, numerator, denominator)

    def _history(self, total: Total, indicator: Indicator) -> History:
        """Return the year up to the month of the total."""
        row = self.histories[total.unit_id, indicator.pk]
        n = row["months"].index(total.month) + 1
        parts = zip(row["values_"][:n], row["numerators"][:n], row["denominators"][:n], strict=True)
        values = [value_of(indicator, *each) for each in parts]
        return History(row["months"][:n], values, row["reported"][:n], row["due"][:n])

    @staticmethod
    def _measured(total: Total, value: Decimal | None, history: History) -> measures.Reading:
        first_month, first_value = history.first()
        return measures.Reading(
            month=total.month.month,
            value=value,
            first_month=first_month,
            first_value=first_value,
            first_amount_month=total.first_amount_month.month if total.first_amount_month else None,
        )

    def ranked(self, rows: list[ProgressRow]) -> list[ProgressRow]:
        """Give each row its rank among its siblings, where all of them are open to the person."""
        groups: dict[tuple[int, int | None, date], list[ProgressRow]] = {}
        for row in rows:
            groups.setdefault((row.indicator.pk, row.unit.parent_id, row.month), []).append(row)
        ranked = []
        for (indicator_id, parent_id, month), group in groups.items():
            is_open = self._is_ranked(indicator_id, parent_id) and self._may_rank(parent_id, self.periods[month])
            ranked += self._with_ranks(group) if is_open else group
        return ranked

    def _is_ranked(self, indicator_id: int, parent_id: int | None) -> bool:
        """Say whether the target of the unit above lets its units be ranked; without a target they are."""
        above = self.targets.get((parent_id or 0, indicator_id))
        return above is None or above.is_ranked

    def _may_rank(self, parent_id: int | None, period: ReportingMonth) -> bool:
        parent = self.parents[parent_id]
        return parent is not None and (period.is_published or permissions.sees_unpublished(self.person, parent))

    def _with_ranks(self, group: list[ProgressRow]) -> list[ProgressRow]:
        keys = [
            measures.rank_key(
                goal_of(row.target, row.indicator),
                measures.Reading(row.month.month, row.value, *row.history.first()),
            )
            for row in group
        ]
        return [replace(row, rank=rank) for row, rank in zip(group, measures.ranks(keys), strict=True)]


# What a row is held against --------------------------------------------------------------------


def value_of(
    indicator: Indicator, value: Decimal | None, numerator: Decimal | None, denominator: Decimal | None
) -> Decimal | None:
    """Return what the indicator stands at: the sum, or for a ratio Σ numerators ÷ Σ denominators."""
    return measures.ratio(numerator, denominator) if indicator.kind == Kind.RATIO else value


def goal_of(target: Target | None, indicator: Indicator) -> measures.Goal:
    """Return the target as the measures take it; an indicator without one has a goal that asks nothing."""
    if target is None:
        return measures.Goal(measures.Kind(indicator.kind), None, None, frequency=indicator.frequency)
    target.indicator = indicator
    return target.goal()


def thresholds_of(plan_id: int) -> measures.Thresholds:
    """Return the plan's limits between the words of progress."""
    row = Thresholds.objects.filter(plan_id=plan_id).first()
    return row.as_measured() if row else measures.Thresholds()


def seasonal_curves(plan_id: int) -> dict[int, list[Decimal]]:
    """Return the national seasonal curve of each indicator that has one, by indicator id."""
    rows = Target.objects.filter(plan_id=plan_id, unit__code=NATION_CODE, seasonal_shares__isnull=False)
    return dict(rows.values_list("indicator_id", "seasonal_shares"))


def curve_for(target: Target | None, indicator: Indicator, curves: dict[int, list[Decimal]]) -> list[Decimal] | None:
    """Return the unit's own seasonal curve, else the national one."""
    if target is not None and target.seasonal_shares is not None:
        return target.seasonal_shares
    return curves.get(indicator.pk)


def row_value(row: Total | SnapshotRow | None) -> Decimal | None:
    """Return what a stored total stands at, or stood at when it was published; None without one."""
    return None if row is None else value_of(row.indicator, row.value, row.numerator, row.denominator)
