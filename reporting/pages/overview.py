"""The national overview: one sentence, a card per indicator, the map and ranking of one, what lags, who is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts import permissions
from accounts.models import ReportingUnit
from reporting import aggregates, tiles
from reporting.aggregates import ProgressRow
from reporting.models import DataVersion
from reporting.pages import headline, months, tables
from reporting.pages.filers import Filers, filers
from reporting.pages.revised import RevisedLine, revised_lines
from reporting.pages.tables import Line, Ranking
from reporting.pages.words import accomplishment, target_words
from reporting.warnings.badges import Badge, badge
from submissions.models import ReportingMonth
from targets.goals import SEVERITY, Status, Thresholds
from targets.models import Chapter, Indicator, Item, Target
from workplan.templatetags.figures import figure

#: Verdicts that call for action.
IN_TROUBLE = frozenset({Status.BREACHED, Status.BEHIND, Status.LAGGING})
#: So many lines are shown at once; the rest unfolds.
LAGGARDS_SHOWN = 12


class NoSuchIndicator(LookupError):
    """The address names no indicator."""


@dataclass(frozen=True)
class Card:
    """One indicator of the whole country."""

    line: Line
    target: str

    @property
    def row(self) -> ProgressRow:
        return self.line.row


@dataclass(frozen=True)
class Group:
    """The indicators of one chapter of the plan; those without a target come last, under no chapter."""

    chapter: Chapter | None
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Laggard:
    """One indicator of one unit that is not where it should be, and who leads the work."""

    row: ProgressRow
    done: str
    gap: str
    item: Item | None


@dataclass(frozen=True)
class Overview:
    period: ReportingMonth
    nation: ReportingUnit
    months: list[date]
    as_of: datetime | None
    headline: str
    groups: tuple[Group, ...]
    indicators: list[Indicator]
    ranking: Ranking | None
    map: tiles.TileMap | None
    laggards: tuple[Laggard, ...]
    filers: Filers
    thresholds: Thresholds
    revised: tuple[RevisedLine, ...]
    warned: Badge

    @property
    def chosen(self) -> Indicator | None:
        return self.ranking.indicator if self.ranking else None

    @property
    def kept_with_month(self) -> list[tuple[str, str]]:
        """What stays in the address when another month is chosen."""
        return [("indicator", self.chosen.code)] if self.chosen else []

    @property
    def laggards_shown(self) -> tuple[Laggard, ...]:
        return self.laggards[:LAGGARDS_SHOWN]

    @property
    def laggards_folded(self) -> tuple[Laggard, ...]:
        return self.laggards[LAGGARDS_SHOWN:]


def overview(person: permissions.Person, period: ReportingMonth, *, today: date, code: str = "") -> Overview:
    """Return the overview of a month that is open to the person.

    :raises NoSuchIndicator: the code names no indicator of the plan.
    """
    nation = permissions.national_unit()
    units = [nation, *ReportingUnit.objects.children_of(nation)]
    rows = aggregates.progress_rows(person, period, units)
    national = [row for row in rows if row.unit == nation]
    below = [row for row in rows if row.unit != nation]
    chosen = chosen_row(national, code)
    siblings = [row for row in below if chosen is not None and row.indicator == chosen.indicator]
    thresholds = aggregates.thresholds_of(period.plan_id)
    items = items_of(period)
    return Overview(
        period=period,
        nation=nation,
        months=months.offered(person, period, today=today, unit=nation),
        as_of=DataVersion.objects.filter(plan=period.plan_id).values_list("changed_at", flat=True).first(),
        headline=headline.joined(headline.national_headline(period, national, chosen, siblings)),
        groups=_groups(national, thresholds, items),
        indicators=[row.indicator for row in national],
        ranking=tables.ranking(chosen.indicator, siblings, thresholds, of=chosen.target) if chosen else None,
        map=tiles.tile_map(tiles.tile_units(), {row.unit.pk: row for row in siblings}) if chosen else None,
        laggards=laggards(below, items),
        filers=filers(person, period, nation, today=today),
        thresholds=thresholds,
        revised=revised_lines(person, period, national),
        warned=badge(person),
    )


def chosen_row(national: list[ProgressRow], code: str) -> ProgressRow | None:
    """Return the row whose map is shown: the one asked for, else the plan's first."""
    if not code:
        return national[0] if national else None
    for row in national:
        if row.indicator.code == code:
            return row
    raise NoSuchIndicator(code)


def items_of(period: ReportingMonth) -> dict[int, Item]:
    return Item.objects.filter(plan=period.plan_id).select_related("chapter").in_bulk()


def _groups(rows: list[ProgressRow], thresholds: Thresholds, items: dict[int, Item]) -> tuple[Group, ...]:
    by_chapter: dict[int | None, list[Card]] = {}
    chapters: dict[int | None, Chapter | None] = {None: None}
    for line in tables.lone_lines(rows, thresholds):
        chapter = items[line.row.target.item_id].chapter if line.row.target else None
        number = chapter.number if chapter else None
        chapters[number] = chapter
        by_chapter.setdefault(number, []).append(Card(line, target_words(line.row.target)))
    ordered = sorted(by_chapter, key=lambda number: (number is None, number))
    return tuple(Group(chapters[number], tuple(by_chapter[number])) for number in ordered)


# What lags -------------------------------------------------------------------------------------


def laggards(rows: Iterable[ProgressRow], items: dict[int, Item]) -> tuple[Laggard, ...]:
    """Return what is breached, behind or lagging, the gravest first."""
    troubled = sorted((row for row in rows if row.status in IN_TROUBLE), key=_gravity)
    return tuple(laggard(row, items) for row in troubled)


def laggard(row: ProgressRow, items: dict[int, Item]) -> Laggard:
    return Laggard(
        row=row,
        done=accomplishment(row),
        gap=_gap(row),
        item=items.get(_item_id(row.target)),
    )


def _gap(row: ProgressRow) -> str:
    """Say what is missing to the path; rates and arrears say it already in `done`."""
    if row.progress.completion_rate is None or row.progress.deviation is None:
        return ""
    missing = figure(abs(row.progress.deviation), row.indicator.unit_of_measure)
    return _("比序时进度少 %(missing)s") % {"missing": missing}


def _item_id(target: Target | None) -> int | None:
    return target.item_id if target else None


def _gravity(row: ProgressRow) -> tuple[int, Decimal, str, int]:
    """Order by verdict, then by how little of the expected is done, then by indicator and unit."""
    pace = row.progress.schedule_ratio
    return (
        -SEVERITY.index(row.status),
        Decimal(0) if pace is None else pace,
        row.indicator.code,
        row.unit.position,
    )
