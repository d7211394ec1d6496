"""The board: every item of the plan with its light, made from the verdicts on its targets or its milestones.

A milestone stands where the newest approved states stand that the person may see; the database counts them by
milestone, so that the number of queries and rows does not grow with the units.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.functional import cached_property

from accounts import permissions
from accounts.models import NATION_CODE, ReportingUnit
from reporting.aggregates import ProgressRow, progress_rows
from reporting.covering import Covered, covered_by_milestone
from submissions.milestones import settled_through
from submissions.models import ENDED, OUT_OF_SCOPE, MilestoneProgress, MilestoneState, ReportingMonth
from targets import measures
from targets.deadlines import MONTHS_PER_PERIOD, heard_since
from targets.goals import Status, worst
from targets.models import Chapter, Item, Milestone, MilestoneExemption, Scope, Target, in_plan_order

#: The level of the units that answer for a milestone of this scope; pilots may be units of any level.
_LEVEL_OF_SCOPE = {Scope.NATIONAL: 0, Scope.UNITS: 1, Scope.PREFECTURES: 2}


@dataclass(frozen=True)
class BoardTarget:
    """One national target of an item, and where it stands; no row where the month is closed to the person."""

    target: Target
    row: ProgressRow | None

    @property
    def status(self) -> Status | None:
        return self.row.status if self.row else None

    @property
    def value(self) -> Decimal | None:
        return self.row.value if self.row else None


@dataclass(frozen=True)
class StateCounts:
    """How many units stand where in one milestone."""

    n_stated: int = 0
    n_done: int = 0
    n_begun: int = 0
    n_overdue: int = 0
    n_silent: int = 0
    n_out: int = 0

    def __add__(self, other: StateCounts) -> StateCounts:
        return StateCounts(
            self.n_stated + other.n_stated,
            self.n_done + other.n_done,
            self.n_begun + other.n_begun,
            self.n_overdue + other.n_overdue,
            self.n_silent + other.n_silent,
            self.n_out + other.n_out,
        )


@dataclass(frozen=True)
class MilestoneStanding:
    """One milestone: how many of the units that owe it have done it, and the verdict on that."""

    milestone: Milestone
    counts: StateCounts
    #: Units that need not do it, by the planner's word.
    n_exempt: int = 0
    #: Of what prefectures do: how many of them, as the units above them count.
    covered: Covered | None = None

    @property
    def n_in_scope(self) -> int:
        """The units that owe it; where the plan does not say how many, those that reported on it.

        What the ministry reports for the nation is one thing to be done, however many it concerns.
        """
        if not self.milestone.is_filed_by_units:
            return 1 - self.counts.n_out
        if self.covered is not None:
            return self.covered.n_in_scope
        scope = self.milestone.scope_count
        owed = self.counts.n_stated if scope is None else scope - self.n_exempt
        return max(0, owed - self.counts.n_out)

    @property
    def n_done(self) -> int:
        """The units done; those done before the year began count, whether or not they report it again."""
        if self.covered is not None:
            return self.covered.n_done
        before = (self.milestone.baseline_count or 0) if self.milestone.is_filed_by_units else 0
        return min(self.n_in_scope, max(self.counts.n_done, before))

    @property
    def share(self) -> Decimal | None:
        return measures.coverage(self.n_done, self.n_in_scope)

    @property
    def status(self) -> Status | None:
        """Done by all, overdue or silent somewhere, begun somewhere, or nothing heard; None when nobody owes it."""
        if self.n_in_scope == 0:
            return None if self.counts.n_out else Status.NOT_REPORTED
        if self.n_done >= self.n_in_scope:
            return Status.COMPLETED
        if self.counts.n_overdue:
            return Status.BEHIND
        if self.counts.n_silent:
            return Status.LAGGING
        return Status.ON_SCHEDULE if self.counts.n_begun or self.n_done else Status.NOT_REPORTED


@dataclass(frozen=True)
class BoardItem:
    """One item of the plan with everything its light is made from."""

    item: Item
    targets: tuple[BoardTarget, ...]
    milestones: tuple[MilestoneStanding, ...]
    #: What is reported for the item without a target; no verdict and no light.
    reported: tuple[ProgressRow, ...] = ()

    @cached_property
    def light(self) -> Status | None:
        """The gravest verdict on its national targets, else the one its milestones give."""
        if self.targets:
            return worst(target.status for target in self.targets)
        return milestones_light(standing.status for standing in self.milestones)

    @property
    def n_by_status(self) -> Counter[Status]:
        return Counter(target.status for target in self.targets if target.status is not None)

    @property
    def n_milestones(self) -> int:
        """The milestones somebody still owes."""
        return sum(standing.status is not None for standing in self.milestones)

    @property
    def n_milestones_done(self) -> int:
        return sum(standing.status == Status.COMPLETED for standing in self.milestones)

    @property
    def n_milestones_late(self) -> int:
        return sum(standing.status == Status.BEHIND for standing in self.milestones)

    @property
    def n_milestones_silent(self) -> int:
        return sum(standing.status == Status.LAGGING for standing in self.milestones)


@dataclass(frozen=True)
class BoardChapter:
    chapter: Chapter
    items: tuple[BoardItem, ...]


@dataclass(frozen=True)
class Board:
    """The plan at one month, chapter by chapter."""

    period: ReportingMonth
    chapters: tuple[BoardChapter, ...]

    @property
    def items(self) -> list[BoardItem]:
        return [item for chapter in self.chapters for item in chapter.items]

    @property
    def n_by_light(self) -> Counter[Status]:
        return Counter(item.light for item in self.items if item.light is not None)

    def lit(self, light: Status) -> Board:
        """Keep the items of one light."""
        return self._keeping(lambda item: item.light == light)

    def only(self, number: int) -> Board:
        """Keep one item."""
        return self._keeping(lambda item: item.item.number == number)

    def _keeping(self, holds: Callable[[BoardItem], bool]) -> Board:
        """Keep some of the items, and the chapters that still have any."""
        kept = (BoardChapter(one.chapter, tuple(filter(holds, one.items))) for one in self.chapters)
        return Board(self.period, tuple(chapter for chapter in kept if chapter.items))


def milestones_light(statuses: Iterable[Status | None]) -> Status | None:
    """Return the light of an item that has milestones only.

    >>> milestones_light([Status.COMPLETED, Status.COMPLETED]).value
    'completed'
    >>> milestones_light([Status.COMPLETED, Status.NOT_REPORTED]).value
    'on_schedule'
    >>> milestones_light([Status.BEHIND, Status.COMPLETED]).value
    'behind'
    >>> milestones_light([Status.NOT_REPORTED]).value
    'not_reported'
    """
    found = {status for status in statuses if status is not None}
    if not found:
        return None
    if found == {Status.COMPLETED}:
        return Status.COMPLETED
    for grave in (Status.BEHIND, Status.LAGGING):
        if grave in found:
            return grave
    return Status.NOT_REPORTED if found == {Status.NOT_REPORTED} else Status.ON_SCHEDULE


# Reading ---------------------------------------------------------------------------------------


def board(person: permissions.Person, period: ReportingMonth, *, today: date) -> Board:
    """Return the whole plan at the month, as far as it is open to the person.

    None: a light where the person may not read the figures it would be made from.
    Source: contract 3, "An item's light".
    """
    items = _items(Item.objects.filter(plan_id=period.plan_id), person, period, today)
    chapters: dict[int, list[BoardItem]] = {}
    for one in items:
        chapters.setdefault(one.item.chapter_id, []).append(one)
    return Board(period, tuple(BoardChapter(group[0].item.chapter, tuple(group)) for group in chapters.values()))


def board_item(person: permissions.Person, period: ReportingMonth, number: int, *, today: date) -> BoardItem | None:
    """Return one item of the plan at the month; None where the plan has no such number."""
    chosen = Item.objects.filter(plan_id=period.plan_id, number=number)
    return next(iter(_items(chosen, person, period, today)), None)


def _items(chosen: QuerySet[Item], person: permissions.Person, period: ReportingMonth, today: date) -> list[BoardItem]:
    ordered = list(chosen.select_related("chapter", "plan").order_by("chapter__number", "number"))
    targets, reported = _targets_by_item(person, period, ordered)
    milestones: dict[int, list[MilestoneStanding]] = {}
    for standing in standings(person, period, Milestone.objects.filter(item__in=ordered), today=today):
        milestones.setdefault(standing.milestone.item_id, []).append(standing)
    return [
        BoardItem(
            one,
            tuple(targets.get(one.pk, ())),
            tuple(milestones.get(one.pk, ())),
            tuple(reported.get(one.pk, ())),
        )
        for one in ordered
    ]


def _targets_by_item(
    person: permissions.Person, period: ReportingMonth, items: list[Item]
) -> tuple[dict[int, list[BoardTarget]], dict[int, list[ProgressRow]]]:
    """Return by item its national targets, and the rows of what is reported for it without one."""
    targets = list(
        Target.objects.filter(item__in=items, unit__code=NATION_CODE)
        .select_related("indicator", "unit")
        .order_by("indicator__code")
    )
    asked = list(
        Item.indicators.through.objects.filter(item__in=items).select_related("indicator").order_by("indicator__code")
    )
    indicators = [one.indicator for one in [*targets, *asked]]
    nation = ReportingUnit.objects.filter(code=NATION_CODE)
    rows = {row.indicator.pk: row for row in progress_rows(person, period, nation, indicators=indicators)}
    by_item: dict[int, list[BoardTarget]] = {}
    for target in targets:
        by_item.setdefault(target.item_id, []).append(BoardTarget(target, rows.get(target.indicator_id)))
    reported: dict[int, list[ProgressRow]] = {}
    for one in asked:
        if one.indicator_id in rows:
            reported.setdefault(one.item_id, []).append(rows[one.indicator_id])
    return by_item, reported


# Milestones ------------------------------------------------------------------------------------


def visible_states(person: permissions.Person, period: ReportingMonth) -> QuerySet[MilestoneState]:
    """Keep the approved states at or before the month that the person may read.

    As with figures: all of them, or those of published months and of the own subtree.
    """
    approved = MilestoneState.objects.filter(
        filing=F("filing__report__approved_filing"),
        filing__report__period__plan_id=period.plan_id,
        filing__report__period__lte=period.month,
    )
    if permissions.sees_all_approved(person):
        return approved
    open_rows = Q(filing__report__period__published_at__isnull=False)
    for path in permissions.access(person).subtree_paths:
        open_rows |= Q(filing__report__unit__path__startswith=path)
    return approved.filter(open_rows)


def newest_states(
    person: permissions.Person, period: ReportingMonth, milestones: QuerySet[Milestone]
) -> QuerySet[MilestoneState]:
    """Keep of each unit its newest state of each milestone."""
    newest = (
        visible_states(person, period)
        .filter(milestone__in=milestones)
        .order_by("milestone_id", "filing__report__unit_id", "-filing__report__period")
        .distinct("milestone_id", "filing__report__unit_id")
    )
    return MilestoneState.objects.filter(pk__in=newest.values("pk"))


def unit_states(
    person: permissions.Person, period: ReportingMonth, milestones: QuerySet[Milestone]
) -> QuerySet[MilestoneState]:
    """Return where each unit directly below the nation, and the nation itself, stands: by milestone and unit order."""
    return (
        newest_states(person, period, milestones)
        .filter(filing__report__unit__level__lte=1)
        .select_related("filing__report__unit", "milestone__item")
        .order_by("milestone__item__number", "milestone__pk", "filing__report__unit__position", "pk")
    )


def standings(
    person: permissions.Person, period: ReportingMonth, milestones: QuerySet[Milestone], *, today: date
) -> list[MilestoneStanding]:
    """Return where each milestone stands, by code; the database counts the units."""
    open_states = ~Q(state__in=ENDED)
    late = open_states & Q(planned_on__lt=today)
    silent = open_states & ~Q(planned_on__lt=today) & _silent(settled_through(period, today))
    begun = ~Q(state=MilestoneProgress.NOT_STARTED) | Q(planned_on__gte=today)
    exempt = MilestoneExemption.objects.filter(milestone__in=milestones)
    exempt_here = exempt.filter(milestone=OuterRef("milestone"), unit=OuterRef("filing__report__unit"))
    counted = (
        newest_states(person, period, milestones)
        .exclude(Exists(exempt_here))
        .values("milestone", level=F("filing__report__unit__level"))
        .annotate(
            n_stated=Count("pk"),
            n_done=Count("pk", filter=Q(state=MilestoneProgress.ISSUED)),
            n_begun=Count("pk", filter=begun),
            n_overdue=Count("pk", filter=late),
            n_silent=Count("pk", filter=silent),
            n_out=Count("pk", filter=Q(state__in=OUT_OF_SCOPE)),
        )
    )
    counts: dict[tuple[int, int], StateCounts] = {}
    for row in counted:
        key = row.pop("milestone"), row.pop("level")
        counts[key] = StateCounts(**row)
    n_exempt = dict(exempt.values_list("milestone").annotate(Count("pk")))
    ordered = in_plan_order(milestones.order_by("pk"))
    covered = covered_by_milestone(ordered, newest_states(person, period, milestones))
    return [
        MilestoneStanding(one, _of_its_scope(one, counts, covered), n_exempt.get(one.pk, 0), covered.get(one.pk))
        for one in ordered
    ]


def _silent(through: date | None) -> Q:
    """Match the states older than the newest period that is due; the rule is that of `targets.deadlines`."""
    older = Q(pk__in=[])
    for frequency in MONTHS_PER_PERIOD:
        since = None if through is None else heard_since(frequency, through)
        if since is not None:
            older |= Q(milestone__frequency=frequency, filing__report__period__lt=since)
    return older


def _of_its_scope(
    milestone: Milestone, counts: dict[tuple[int, int], StateCounts], covered: Mapping[int, Covered]
) -> StateCounts:
    """Return the counts over the units that answer for the milestone: for what is counted, those that count."""
    scope = Scope.UNITS if milestone.pk in covered else Scope(milestone.scope)
    level = _LEVEL_OF_SCOPE.get(scope) if milestone.is_filed_by_units else 0
    own = (found for (pk, of), found in counts.items() if pk == milestone.pk and level in (None, of))
    return sum(own, StateCounts())
