"""The country beside itself: what was published and what the units add up to, the target and its split.

Two series that never replace each other (rule V18); what the rules on the country find stands below them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypedDict

from django.db.models import Q, QuerySet

from accounts.models import NATION_CODE, UnitKind
from reporting.aggregates import ProgressRow
from reporting.series import SeriesPoint
from submissions import published, rules, terms
from submissions.models import PublishedFigure, Release, ReportingMonth
from targets import measures
from targets.models import Bound, Indicator, Target
from workplan.templatetags.figures import sentence

#: A final figure was published after the flash of the same month.
_NEWEST_RELEASE = [Release.FLASH, Release.FINAL]


@dataclass(frozen=True)
class PublishedLine:
    """One published figure beside the sum of the units for the same month."""

    published: PublishedFigure
    computed: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """Return computed − published; of a rate, as a fraction."""
        return None if self.computed is None else self.computed - self.published.value

    @property
    def gap(self) -> Decimal | None:
        """Return the difference as a share of what was published; a rate has none."""
        return None if self.published.indicator.is_ratio else measures.growth(self.computed, self.published.value)


def published_lines(
    indicator: Indicator, period: ReportingMonth, points: Iterable[SeriesPoint], *, today: date
) -> list[PublishedLine]:
    """Return what was published for the months up to the period and by today, newest month and release first."""
    computed = {point.month: point.value for point in points if not point.is_carried}
    of_year = known_by(today).filter(indicator=indicator, month__year=period.month.year, month__lte=period.month)
    lines = [PublishedLine(one, computed.get(one.month)) for one in of_year.select_related("indicator")]
    newest_first = sorted(lines, key=lambda line: _NEWEST_RELEASE.index(Release(line.published.release)), reverse=True)
    return sorted(newest_first, key=lambda line: line.published.month, reverse=True)


def newest_published(indicator: Indicator, year: int, *, today: date) -> dict[date, PublishedFigure]:
    """Return for each month of a year what was published of the nation by today; a final figure before the flash."""
    of_year = known_by(today).filter(indicator=indicator, month__year=year)
    return {one.month: one for one in newest_releases(of_year)}


def known_by(today: date) -> QuerySet[PublishedFigure]:
    """Keep what was published of the nation by today."""
    return published.known_by(today).filter(unit=None)


def newest_releases(published: Iterable[PublishedFigure]) -> list[PublishedFigure]:
    """Return one figure per indicator and month, in this order: the final one where there is one, else the flash."""
    in_order = sorted(published, key=lambda one: _NEWEST_RELEASE.index(Release(one.release)))
    newest = {(one.indicator_id, one.month): one for one in in_order}
    return [newest[key] for key in sorted(newest)]


def findings(
    indicator: Indicator,
    period: ReportingMonth,
    row: ProgressRow,
    below: Iterable[ProgressRow],
    lines: Iterable[PublishedLine],
    *,
    with_split: bool,
) -> list[str]:
    """Return as sentences what the rules on the country find in an indicator; on the split only to who sets it."""
    below = list(below)
    facts = _facts(indicator, period, row, below, lines, with_split=with_split)
    names = {indicator.code: f"{indicator.code} {indicator.short_label}"}
    names |= {one.unit.code: one.unit.label for one in below}
    found = rules.check_nation(facts, terms.Book().in_month(period.month))
    return [sentence(one.template, one.params, one.shown_as, names) for one in found]


def split_findings(period: ReportingMonth, national: Iterable[Target]) -> dict[int, list[str]]:
    """Return as sentences, by indicator id, what the rules find in how national targets were split: two queries."""
    book = terms.Book().in_month(period.month)
    national = list(national)
    split: dict[int, list[Target]] = defaultdict(list)
    for one in Target.objects.filter(_below_the_nation(period), indicator__in=[one.indicator_id for one in national]):
        split[one.indicator_id].append(one)
    found = {}
    for target in national:
        indicator = target.indicator
        facts = rules.NationFacts(
            code=indicator.code,
            kind=indicator.kind,
            unit_of_measure=indicator.unit_of_measure,
            **_of_split(target, split[target.indicator_id]),
        )
        names = {indicator.code: f"{indicator.code} {indicator.short_label}"}
        found[target.indicator_id] = [
            sentence(one.template, one.params, one.shown_as, names) for one in rules.check_nation(facts, book)
        ]
    return found


def _facts(
    indicator: Indicator,
    period: ReportingMonth,
    row: ProgressRow,
    below: Iterable[ProgressRow],
    lines: Iterable[PublishedLine],
    *,
    with_split: bool,
) -> rules.NationFacts:
    split = _of_split(row.target, _split(indicator, period)) if with_split and row.target else {}
    same_month = [line.published.value for line in lines if line.published.month == row.value_month]
    return rules.NationFacts(
        code=indicator.code,
        kind=indicator.kind,
        unit_of_measure=indicator.unit_of_measure,
        **split,
        computed=row.value,
        published=same_month[0] if same_month else None,
        apart={
            one.unit.code: one.value is not None
            for one in below
            if one.unit.kind == UnitKind.NON_PROVINCIAL and (one.n_due or one.value is not None)
        },
    )


class _Split(TypedDict, total=False):
    """What the rules take of a national target and its split."""

    bound: str
    target: Decimal
    split: list[Decimal]
    other_bounds: int


def _of_split(national: Target, targets: list[Target]) -> _Split:
    return {
        "bound": national.bound,
        "target": national.target_value,
        "split": [target.target_value for target in targets],
        "other_bounds": sum(target.bound != Bound.AT_MOST for target in targets),
    }


def _split(indicator: Indicator, period: ReportingMonth) -> list[Target]:
    """Return the targets of the units directly below the country."""
    return list(Target.objects.filter(_below_the_nation(period), indicator=indicator))


def _below_the_nation(period: ReportingMonth) -> Q:
    return Q(plan_id=period.plan_id, unit__parent__code=NATION_CODE)
