"""The leader's one screen: the sentence, headline figures, the map, what lags with reason and owner, who reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.models import ReportingUnit
from reporting import aggregates, tiles
from reporting.aggregates import ProgressRow
from reporting.given_reasons import measures_taken, reasons_given
from reporting.models import DataVersion, WarningEvent
from reporting.pages import headline, months, tables
from reporting.pages.filers import Filers, filers
from reporting.pages.overview import Card, Laggard, chosen_row, items_of, laggards
from reporting.pages.words import target_words
from submissions.models import ReportingMonth
from targets.goals import SEVERITY
from targets.models import HEADLINES_AT_MOST, Indicator, ItemOwner
from workplan.lib.words import listed

#: So many lines fit on one screen.
LINES_SHOWN = 8
#: So many units are named where the country is behind.
NAMED = 3


@dataclass(frozen=True)
class LagLine:
    """One figure behind its path: why, as the unit explained it with its report, and who answers for the work."""

    laggard: Laggard
    #: What the unit said, or for the country the units its gap comes from; "" where there is nothing to say.
    reason: str
    #: What its lead undertook against an early warning; None where nobody did, or answers are not the reader's.
    measure: WarningEvent | None
    #: People and departments of the ministry, else the department the notice names.
    owner: str

    @property
    def row(self) -> ProgressRow:
        return self.laggard.row


@dataclass(frozen=True)
class LeaderPage:
    period: ReportingMonth
    months: list[date]
    as_of: datetime | None
    headline: str
    cards: tuple[Card, ...]
    indicators: list[Indicator]
    chosen: Indicator | None
    map: tiles.TileMap | None
    lines: tuple[LagLine, ...]
    n_lagging: int
    #: How many of them are units', not the country's: as many as the overview lists.
    n_of_units: int
    filers: Filers
    #: On the wall display nothing leads further.
    is_wall: bool

    @property
    def kept_with_month(self) -> list[tuple[str, str]]:
        return [("indicator", self.chosen.code)] if self.chosen else []


def leader_page(person: permissions.Person, period: ReportingMonth, *, today: date, code: str = "") -> LeaderPage:
    """Return the page of a month that is open to the person.

    :raises NoSuchIndicator: the code names no indicator of the plan.
    """
    nation = permissions.national_unit()
    rows = aggregates.progress_rows(person, period, [nation, *ReportingUnit.objects.children_of(nation)])
    national = [row for row in rows if row.unit == nation]
    below = [row for row in rows if row.unit != nation]
    chosen = chosen_row(national, code)
    siblings = [row for row in below if chosen is not None and row.indicator == chosen.indicator]
    items = items_of(period)
    of_units = laggards(below, items)
    lagging = laggards(national, items) + of_units  # the country's own targets come first
    return LeaderPage(
        period=period,
        months=months.offered(person, period, today=today, unit=nation),
        as_of=DataVersion.objects.filter(plan=period.plan_id).values_list("changed_at", flat=True).first(),
        headline=headline.joined(headline.national_headline(period, national, chosen, siblings)),
        cards=_cards(national, period),
        indicators=[row.indicator for row in national],
        chosen=chosen.indicator if chosen else None,
        map=tiles.tile_map(tiles.tile_units(), {row.unit.pk: row for row in siblings}) if chosen else None,
        lines=_explained(person, period, lagging[:LINES_SHOWN], below),
        n_lagging=len(lagging),
        n_of_units=len(of_units),
        filers=filers(person, period, nation, today=today),
        is_wall=permissions.is_wall_display(person),
    )


def _cards(national: list[ProgressRow], period: ReportingMonth) -> tuple[Card, ...]:
    """Return the figures the plan names, in its order; where it names none, the first of each item."""
    named = [row for row in national if row.target is not None and row.target.headline_position is not None]
    shown = sorted(named, key=lambda row: row.target.headline_position) or _first_of_items(national)
    lines = tables.lone_lines(shown, aggregates.thresholds_of(period.plan_id))
    return tuple(Card(line, target_words(line.row.target)) for line in lines)


def _first_of_items(national: Iterable[ProgressRow]) -> list[ProgressRow]:
    """Return the first target of each work item, in the plan's order; where they are too many, the gravest."""
    first: dict[int, ProgressRow] = {}
    for row in national:
        if row.target is not None and row.value is not None:
            first.setdefault(row.target.item_id, row)
    gravest = sorted(first, key=lambda item: -SEVERITY.index(first[item].status))[:HEADLINES_AT_MOST]
    return [row for item, row in first.items() if item in gravest]


# Why, and who answers --------------------------------------------------------------------------


def _explained(
    person: permissions.Person, period: ReportingMonth, shown: tuple[Laggard, ...], below: list[ProgressRow]
) -> tuple[LagLine, ...]:
    owners = _owners(shown)
    reasons = reasons_given(period, [one.row for one in shown if not one.row.unit.is_nation]) | {
        (one.row.unit.pk, one.row.indicator.pk): _where(one.row, below) for one in shown if one.row.unit.is_nation
    }
    measures = measures_taken(person, period, [one.row for one in shown])
    return tuple(
        LagLine(
            laggard=one,
            reason=reasons.get((one.row.unit.pk, one.row.indicator.pk), ""),
            measure=measures.get((one.row.unit.pk, one.row.indicator.pk)),
            owner=(owners.get(one.item.pk) or one.item.lead_label) if one.item else "",
        )
        for one in shown
    )


def _where(row: ProgressRow, below: Iterable[ProgressRow]) -> str:
    """Say of the country where its gap comes from: how many units are behind, and the worst of them by name."""
    same = [one for one in below if one.indicator == row.indicator]
    worst = [one.row.unit.label for one in laggards(same, {})[:NAMED]]
    if not worst:
        return ""
    return _("%(counts)s（%(names)s）") % {"counts": headline.units_words(same), "names": listed(worst)}


def _owners(shown: Iterable[Laggard]) -> dict[int, str]:
    """Return who answers for each item today, by item (id)."""
    items = {one.item.pk for one in shown if one.item is not None}
    names: dict[int, list[str]] = defaultdict(list)
    for owner in ItemOwner.objects.in_force(timezone.localdate()).filter(item__in=items).select_related("user"):
        names[owner.item_id].append(owner.label)
    return {item_id: listed(dict.fromkeys(held)) for item_id, held in names.items()}
