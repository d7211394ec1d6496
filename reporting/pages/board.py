"""The board and one item of it, worked out for their templates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.models import ReportingUnit
from reporting import aggregates
from reporting.board import (
    Board,
    BoardItem,
    BoardTarget,
    MilestoneStanding,
    board,
    board_item,
    unit_states,
)
from reporting.models import DataVersion
from reporting.nation import split_findings
from reporting.pages import months, tables
from reporting.pages.lights import item_why, milestone_why
from reporting.pages.milestones import pasts
from reporting.pages.tables import Line
from reporting.pages.words import gap_points, target_words
from submissions.milestones import settled_through
from submissions.models import EvidenceFile, MilestoneState, ReportingMonth
from targets.deadlines import Delay
from targets.goals import SEVERITY, Status, Thresholds
from targets.models import Actor, Chapter, ItemOwner, ItemText, Milestone, MilestoneExemption, Scope, in_language
from workplan.lib.words import listed
from workplan.templatetags.figures import percent

_CHINESE_NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Limits:
    """The thresholds in force, as the page prints them."""

    ratio: str
    gap: str
    headroom: str


@dataclass(frozen=True)
class LightCount:
    """One light of the board and how many items show it."""

    light: Status
    n: int
    is_chosen: bool


@dataclass(frozen=True)
class Part:
    """One chapter of the plan under its ordinal, with the items shown."""

    ordinal: str
    chapter: Chapter
    items: tuple[BoardItem, ...]


@dataclass(frozen=True)
class BoardPage:
    period: ReportingMonth
    months: list[date]
    as_of: datetime | None
    lights: tuple[LightCount, ...]
    light: Status | None
    n_items: int
    parts: tuple[Part, ...]
    limits: Limits

    @property
    def kept_with_month(self) -> tuple[tuple[str, str], ...]:
        return (("light", self.light.value),) if self.light else ()


@dataclass(frozen=True)
class UnitState:
    """Where one unit stands in one milestone."""

    state: MilestoneState
    delay: Delay | None
    #: What proves it in approved filings, as far as the reader may open their reports.
    evidence: tuple[EvidenceFile, ...]

    @property
    def unit(self) -> ReportingUnit:
        return self.state.filing.report.unit


@dataclass(frozen=True)
class MilestoneLine:
    """One milestone with the words of its columns and the states of the units."""

    standing: MilestoneStanding
    actors: str
    scope: str
    units: tuple[UnitState, ...]
    exemptions: tuple[MilestoneExemption, ...]
    #: Which rule its light follows, in a sentence.
    why: str
    #: What the ministry reported of it for the nation, oldest first; nothing of what units report.
    past: tuple[MilestoneState, ...]


@dataclass(frozen=True)
class TargetLine:
    """One national target; no line where the month is closed to the reader."""

    target: BoardTarget
    asked: str
    line: Line | None
    #: What the rules find in how it was split over the units; told to who sets targets.
    found: tuple[str, ...] = ()


@dataclass(frozen=True)
class ItemPage:
    period: ReportingMonth
    months: list[date]
    as_of: datetime | None
    ordinal: str
    shown: BoardItem
    #: Which target, or which rule on milestones, gave the item its light.
    why: str
    targets: tuple[TargetLine, ...]
    milestones: tuple[MilestoneLine, ...]
    owners: tuple[ItemOwner, ...]
    #: What the notice itself says in the item; None where nobody has brought its text in.
    full_text: ItemText | None
    #: The reader reports this item's milestones for the nation.
    is_reported_by_reader: bool
    limits: Limits

    @property
    def found(self) -> tuple[str, ...]:
        return tuple(sentence for target in self.targets for sentence in target.found)


def board_page(
    person: permissions.Person,
    period: ReportingMonth,
    nation: ReportingUnit,
    *,
    today: date,
    light: Status | None,
) -> BoardPage:
    """Return the board, narrowed to one light where the address asks for it; the counts are of the whole plan."""
    whole = board(person, period, today=today)
    counts = whole.n_by_light
    return BoardPage(
        period=period,
        months=months.offered(person, period, today=today, unit=nation),
        as_of=as_of(period),
        lights=tuple(
            LightCount(one, counts[one], one == light) for one in reversed(SEVERITY) if counts[one] or one == light
        ),
        light=light,
        n_items=len(whole.items),
        parts=tuple(Part(ordinal(one.chapter), one.chapter, one.items) for one in _shown(whole, light).chapters),
        limits=limits_of(aggregates.thresholds_of(period.plan_id)),
    )


def _shown(whole: Board, light: Status | None) -> Board:
    return whole if light is None else whole.lit(light)


def item_page(
    person: permissions.Person, period: ReportingMonth, nation: ReportingUnit, number: int, *, today: date
) -> ItemPage | None:
    """Return the page of one item; None where the plan has no such number."""
    shown = board_item(person, period, number, today=today)
    if shown is None:
        return None
    thresholds = aggregates.thresholds_of(period.plan_id)
    found = _found(person, period, shown.targets)
    return ItemPage(
        period=period,
        months=months.offered(person, period, today=today, unit=nation),
        as_of=as_of(period),
        ordinal=ordinal(shown.item.chapter),
        shown=shown,
        why=item_why(shown),
        targets=tuple(_target_line(target, thresholds, found) for target in shown.targets),
        milestones=(lines := _milestone_lines(person, period, nation, shown, today)),
        owners=tuple(shown.item.owners.in_force(timezone.localdate()).select_related("user").order_by("id")),
        full_text=ItemText.objects.filter(item=shown.item).first(),
        is_reported_by_reader=permissions.may_report_item(person, shown.item.pk)
        and any(not line.standing.milestone.is_filed_by_units for line in lines),
        limits=limits_of(thresholds),
    )


def as_of(period: ReportingMonth) -> datetime | None:
    """Return when the plan's totals last changed."""
    version = DataVersion.objects.filter(plan_id=period.plan_id).first()
    return version.changed_at if version else None


def _found(
    person: permissions.Person, period: ReportingMonth, targets: Iterable[BoardTarget]
) -> Mapping[int, list[str]]:
    """Return what the rules find in the split of the targets, by indicator id; nothing for who sets no targets."""
    if not permissions.may_edit_plan(person):
        return {}
    return split_findings(period, [one.target for one in targets])


def _target_line(target: BoardTarget, thresholds: Thresholds, found: Mapping[int, list[str]]) -> TargetLine:
    line = tables.lone_lines([target.row], thresholds)[0] if target.row else None
    return TargetLine(target, target_words(target.target), line, found=tuple(found.get(target.target.indicator_id, ())))


def _milestone_lines(
    person: permissions.Person, period: ReportingMonth, nation: ReportingUnit, shown: BoardItem, today: date
) -> tuple[MilestoneLine, ...]:
    milestones = Milestone.objects.filter(item=shown.item)
    states = unit_states(person, period, milestones)
    national = pasts(person, period, nation, milestones.filed_by(nation), today=today)
    past = {one.milestone.pk: one.past for one in national}
    exemptions: dict[int, list[MilestoneExemption]] = {}
    for one in (
        MilestoneExemption.objects.filter(milestone__in=milestones).select_related("unit").order_by("unit__position")
    ):
        exemptions.setdefault(one.milestone_id, []).append(one)
    through = settled_through(period, today)
    evidence = _evidence(person, period, milestones)
    by_milestone: dict[int, list[UnitState]] = {}
    for state in states:
        delay = state.delay(today=today, through=through)
        by_milestone.setdefault(state.milestone_id, []).append(
            UnitState(state, delay, tuple(evidence[state.filing.report.unit_id, state.milestone_id]))
        )
    return tuple(
        MilestoneLine(
            standing,
            actors_words(standing.milestone),
            scope_words(standing.milestone),
            tuple(by_milestone.get(standing.milestone.pk, ())),
            tuple(exemptions.get(standing.milestone.pk, ())),
            milestone_why(standing),
            past.get(standing.milestone.pk, ()),
        )
        for standing in shown.milestones
    )


def _evidence(
    person: permissions.Person, period: ReportingMonth, milestones: QuerySet[Milestone]
) -> dict[tuple[int, int], list[EvidenceFile]]:
    """Return the files open to the person, by unit and milestone: one query."""
    until = {"filing__report__period__plan_id": period.plan_id, "filing__report__period__lte": period.month}
    found: dict[tuple[int, int], list[EvidenceFile]] = defaultdict(list)
    files = EvidenceFile.objects.open_to(person).filter(milestone__in=milestones, **until)
    for one in files.select_related("filing__report__unit").order_by("filing__report__period", "uploaded_at", "pk"):
        found[one.filing.report.unit_id, one.milestone_id].append(one)
    return found


# Words -----------------------------------------------------------------------------------------


def limits_of(thresholds: Thresholds) -> Limits:
    return Limits(
        percent(thresholds.lagging_ratio, 0),
        gap_points(thresholds.lagging_gap),
        gap_points(thresholds.lagging_headroom),
    )


def actors_words(milestone: Milestone) -> str:
    return listed(Actor(actor).label for actor in milestone.actors)


def scope_words(milestone: Milestone) -> str:
    """Name the scope, with the parts each unit owes: 各省级单位（每单位4项）."""
    name = str(Scope(milestone.scope).label)
    if milestone.parts == 1:
        return name
    return _("%(scope)s（每单位%(n)d项）") % {"scope": name, "n": milestone.parts}


def ordinal(chapter: Chapter) -> str:
    """Number a chapter as the notice does: 一、 in Chinese, 1. in English."""
    number = chapter.number
    chinese = _CHINESE_NUMERALS[number - 1] if number <= len(_CHINESE_NUMERALS) else str(number)
    return in_language(f"{chinese}、", f"{number}. ")
