"""What rules are held against: totals, targets and reports of a plan year, read in the same queries for any units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet

from accounts.models import ReportingUnit
from reporting import aggregates
from reporting.models import Total
from reporting.past_months import COVERED
from reporting.warnings import conditions
from reporting.warnings.conditions import Due, Point, Terms, Year
from reporting.warnings.models import RuleKind, RuleScope, WarningRule
from reporting.warnings.states import Finding
from submissions.models import MonthlyReport, ReportingMonth, ReportStatus
from submissions.published import last_year, published_figures
from targets.models import Assignment, Indicator, Kind, Plan, Target
from workplan.lib import clock

#: Rule, unit and indicator (ids); no indicator where the rule is about reports.
Key = tuple[int, int, int | None]
_HANDED_IN = (ReportStatus.SUBMITTED, ReportStatus.APPROVED)


@dataclass(frozen=True)
class Judged:
    """What one rule finds for one unit and indicator, month by month in order."""

    key: Key
    findings: tuple[Finding, ...]


class Facts:
    """The plan year of some units, or of all, as the rules see it."""

    def __init__(self, plan: Plan, units: Iterable[int] | None = None) -> None:
        self.plan = plan
        self.rules = list(WarningRule.objects.order_by("code"))
        tree = ReportingUnit.objects.on_the_tree()
        self.units = {one.pk: one for one in (tree if units is None else tree.filter(pk__in=set(units)))}
        self.indicators = Indicator.objects.in_bulk()
        asked = self._asked_for()
        self.targets = {(one.unit_id, one.indicator_id): one for one in Target.objects.filter(asked, plan=plan)}
        self.curves = aggregates.seasonal_curves(plan.pk)
        self.last_year = self._last_year(asked)
        self.years = self._years(asked)

    def judged(self) -> Iterator[Judged]:
        """Yield what each rule finds, by rule, unit and indicator; nothing where it has nothing to say."""
        for rule in self.rules:
            found = self._silence(rule) if rule.kind == RuleKind.SILENCE else self._held(rule)
            yield from (one for one in found if one.findings)

    # Rules on figures ----------------------------------------------------------------------------

    def _asked_for(self) -> Q:
        """Return which units in which indicators the rules ask about; a rule on the country alone reads it alone."""
        nation: set[int] = set()
        others: set[int] = set()
        for rule in self.rules:
            if rule.kind != RuleKind.SILENCE:
                asked = {one.pk for one in self.indicators.values() if self._fits(rule, one)}
                nation |= asked if rule.scope != RuleScope.UNITS else set()
                others |= asked if rule.scope != RuleScope.NATION else set()
        at_the_top = [unit.pk for unit in self.units.values() if unit.is_nation]
        below = [unit.pk for unit in self.units.values() if not unit.is_nation]
        return Q(unit__in=at_the_top, indicator__in=nation) | Q(unit__in=below, indicator__in=others)

    @staticmethod
    def _fits(rule: WarningRule, indicator: Indicator) -> bool:
        if rule.indicator_id is not None:
            return rule.indicator_id == indicator.pk
        return rule.kind == RuleKind.FORECAST or indicator.kind == Kind.ZERO

    def _held(self, rule: WarningRule) -> Iterator[Judged]:
        terms = rule.terms()
        for (unit_id, indicator_id), year in self.years.items():
            if self._is_in_scope(rule, unit_id) and self._fits(rule, self.indicators[indicator_id]):
                found = (
                    _in_force(rule, finding)
                    for at in range(len(year.points))
                    if (finding := conditions.judge(terms, year, at)) is not None
                )
                yield Judged((rule.pk, unit_id, indicator_id), tuple(one for one in found if one is not None))

    def _is_in_scope(self, rule: WarningRule, unit_id: int) -> bool:
        if rule.scope == RuleScope.ALL:
            return True
        return (rule.scope == RuleScope.NATION) == self.units[unit_id].is_nation

    def _years(self, asked: Q) -> dict[tuple[int, int], Year]:
        points: dict[tuple[int, int], list[Point]] = defaultdict(list)
        rows = _rows(Total.objects.filter(asked, plan=self.plan, n_due__gt=0))
        for unit_id, indicator_id, month, value, persons, n_due, n_reported in rows:
            points[unit_id, indicator_id].append(
                Point(
                    month=month,
                    value=self._value(indicator_id, value),
                    is_settled=n_reported > 0 and n_reported >= n_due * COVERED,
                    persons=persons,
                    last_year=self.last_year.get((unit_id, indicator_id, month.month)),
                )
            )
        return {key: self._year(key, months) for key, months in points.items()}

    def _year(self, key: tuple[int, int], points: list[Point]) -> Year:
        target, indicator = self.targets.get(key), self.indicators[key[1]]
        return Year(aggregates.goal_of(target, indicator), points, aggregates.curve_for(target, indicator, self.curves))

    def _value(self, indicator_id: int, parts: tuple[Decimal | None, ...]) -> Decimal | None:
        return aggregates.value_of(self.indicators[indicator_id], *parts)

    def _last_year(self, asked: Q) -> Mapping[tuple[int, int, int], Decimal | None]:
        """Return what stood in the same months a year before; not asked for where no rule compares with it."""
        if not any(rule.measure.startswith("YEAR_") for rule in self.rules):
            return {}
        before = Total.objects.filter(asked, plan__year=self.plan.year - 1)
        months = [date(self.plan.year - 1, number, 1) for number in range(1, 13)]
        published = published_figures(self.units.values(), self.indicators.values(), months, today=clock.today())
        own = {
            (unit_id, indicator_id, month.month): self._value(indicator_id, value)
            for unit_id, indicator_id, month, value, *_rest in _rows(before.filter(n_reported__gt=0))
        }
        return last_year(
            own, {(unit, indicator, month.month): one for (unit, indicator, month), one in published.items()}
        ).values

    # Silence -------------------------------------------------------------------------------------

    def _silence(self, rule: WarningRule) -> Iterator[Judged]:
        terms = rule.terms()
        for unit_id, months in self._months_due().items():
            if self._is_in_scope(rule, unit_id):
                yield Judged((rule.pk, unit_id, None), tuple(_silent(rule, terms, months)))

    def _months_due(self) -> dict[int, list[Due]]:
        """Return the months in which each unit that files was due, and whether it handed in."""
        frequencies: dict[int, set[int]] = defaultdict(set)
        assigned = Assignment.objects.filter(plan=self.plan, unit__in=self.units)
        for unit_id, frequency in assigned.values_list("unit_id", "indicator__frequency").distinct():
            frequencies[unit_id].add(frequency)
        reports = MonthlyReport.objects.filter(period__plan=self.plan, unit__in=self.units)
        said = set(reports.filter(status__in=_HANDED_IN).values_list("unit_id", "period_id"))
        said |= set(reports.filter(approved_filing__isnull=False).values_list("unit_id", "period_id"))
        calendar = list(ReportingMonth.objects.filter(plan=self.plan).order_by("month"))
        return {
            unit_id: [
                Due(period.month, (unit_id, period.month) in said, period.late_due_on + timedelta(days=1))
                for period in calendar
                if any(period.is_due(frequency) for frequency in asked)
            ]
            for unit_id, asked in frequencies.items()
        }


def _silent(rule: WarningRule, terms: Terms, months: list[Due]) -> Iterator[Finding]:
    for at in range(len(months)):
        found = _in_force(rule, conditions.silence(terms, months, at))
        if found is not None:
            yield found


def _in_force(rule: WarningRule, finding: Finding) -> Finding | None:
    """Return the finding of a month in which the rule holds; after its last month it finds nothing amiss any more."""
    if finding.month < rule.valid_from:
        return None
    if rule.valid_to is not None and finding.month > rule.valid_to:
        return Finding(finding.month, fires=False, known_on=finding.known_on)
    return finding.kept()


def _rows(totals: QuerySet[Total]) -> Iterator[tuple]:
    """Yield unit, indicator, month, (value, numerator, denominator), persons, n_due, n_reported, by month."""
    fields = ("unit_id", "indicator_id", "month", "value", "numerator", "denominator")
    rows = totals.order_by("month").values_list(*fields, "persons", "n_due", "n_reported")
    for unit_id, indicator_id, month, value, numerator, denominator, *rest in rows.iterator(chunk_size=5_000):
        yield unit_id, indicator_id, month, (value, numerator, denominator), *rest
