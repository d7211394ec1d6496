"""Where a unit stands in its milestones, and how it came there month by month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import QuerySet

from accounts import permissions
from accounts.models import ReportingUnit
from reporting.board import visible_states
from submissions.milestones import settled_through
from submissions.models import MilestoneProgress, MilestoneState, ReportingMonth
from targets.deadlines import Delay
from targets.models import Item, Milestone, in_plan_order


@dataclass(frozen=True)
class MilestonePast:
    """One milestone of a unit: its approved states up to the month, oldest first, and why it is late."""

    milestone: Milestone
    past: tuple[MilestoneState, ...]
    delay: Delay | None

    @property
    def state(self) -> MilestoneState | None:
        return self.past[-1] if self.past else None


@dataclass(frozen=True)
class ItemPast:
    """The milestones of one item, and how many are done."""

    item: Item
    milestones: tuple[MilestonePast, ...]

    @property
    def n_done(self) -> int:
        return sum(one.state is not None and one.state.state == MilestoneProgress.ISSUED for one in self.milestones)

    @property
    def n_overdue(self) -> int:
        return sum(one.delay == Delay.OVERDUE for one in self.milestones)

    @property
    def n_silent(self) -> int:
        return sum(one.delay == Delay.SILENT for one in self.milestones)


def unit_milestones(
    person: permissions.Person, period: ReportingMonth, unit: ReportingUnit, *, today: date
) -> tuple[ItemPast, ...]:
    """Return what the unit reports of the plan's milestones, item by item, as far as it is open to the person."""
    milestones = Milestone.objects.filter(item__plan_id=period.plan_id).filed_by(unit).select_related("item")
    found = pasts(person, period, unit, milestones, today=today)
    return tuple(ItemPast(item, tuple(of_item)) for item, of_item in groupby(found, key=lambda one: one.milestone.item))


def pasts(
    person: permissions.Person,
    period: ReportingMonth,
    unit: ReportingUnit,
    milestones: QuerySet[Milestone],
    *,
    today: date,
) -> list[MilestonePast]:
    """Return each milestone with the unit's states of it, in the order of the plan: two queries."""
    states = (
        visible_states(person, period)
        .filter(filing__report__unit=unit, milestone__in=milestones)
        .select_related("filing__report", "milestone")
        .order_by("filing__report__period")
    )
    by_milestone: dict[int, list[MilestoneState]] = {}
    for state in states:
        by_milestone.setdefault(state.milestone_id, []).append(state)
    through = settled_through(period, today)
    return [_past(one, by_milestone.get(one.pk, ()), today, through) for one in in_plan_order(milestones)]


def _past(milestone: Milestone, states: Iterable[MilestoneState], today: date, through: date | None) -> MilestonePast:
    past = tuple(states)
    return MilestonePast(milestone, past, past[-1].delay(today=today, through=through) if past else None)
