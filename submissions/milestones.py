"""The milestones one unit reports on, each where it stood last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from submissions import facts
from submissions.models import EvidenceFile, MilestoneState, MonthlyReport, ReportingMonth
from targets import periods
from targets.deadlines import Delay, heard_since
from targets.models import Milestone, in_plan_order


@dataclass(frozen=True)
class MilestoneRow:
    """One milestone the unit reports on, with its newest state at or before the month, and why it is late."""

    milestone: Milestone
    state: MilestoneState | None
    delay: Delay | None
    #: The state stands in this report itself, not in an earlier one.
    is_own: bool
    #: A word is asked for in every period, even where nothing changed.
    is_periodic: bool
    #: What proves it in the plan year so far; filled in by `evidence.shown` where it is shown.
    evidence: tuple[EvidenceFile, ...] = ()

    @property
    def may_repeat(self) -> bool:
        """Say whether what was reported before can be reported again for this period with one tick."""
        before = None if self.is_own else self.state
        return self.is_periodic and before is not None and not before.is_ended


@dataclass(frozen=True)
class MilestoneCounts:
    """How far the milestones are reported, as form and grid tell it."""

    n_all: int
    #: Those that stand in some state, reported in this month or in an earlier one.
    n_stated: int
    #: Those this month's report says something about itself.
    n_own: int
    #: Those past their day, or silent in a period that asks for a word.
    n_late: int


def counted(rows: Iterable[MilestoneRow]) -> MilestoneCounts:
    rows = list(rows)
    return MilestoneCounts(
        n_all=len(rows),
        n_stated=sum(row.state is not None for row in rows),
        n_own=sum(row.is_own for row in rows),
        n_late=sum(row.delay is not None for row in rows),
    )


def settled_through(period: ReportingMonth, today: date) -> date | None:
    """Return the newest month, up to this one, whose report is past due; None before the first of the year."""
    return period.month if period.is_overdue_on(today) else periods.previous_month(period.month)


def milestone_rows(report: MonthlyReport, *, today: date, standing: facts.Standing = "filing") -> list[MilestoneRow]:
    """Return the milestones the unit reports on, each with its newest state at or before the month."""
    by_milestone = standing_states(report, standing=standing)
    milestones = Milestone.objects.filter(item__plan_id=report.period.plan_id).filed_by(report.unit)
    through = settled_through(report.period, today)
    return [
        _row(one, by_milestone.get(one.pk), report, today, through)
        for one in in_plan_order(milestones.select_related("item__chapter"))
    ]


def standing_states(
    report: MonthlyReport, *, standing: facts.Standing = "filing", with_own: bool = True
) -> dict[int, MilestoneState]:
    """Return each milestone's newest state before the month (and, if asked, in it), by milestone id."""
    states = (
        MilestoneState.objects.filter(filing__in=facts.earlier_filings(report, standing, with_own=with_own))
        .order_by("milestone_id", "-filing__report__period")
        .distinct("milestone_id")
        .select_related("filing__report", "milestone")
    )
    return {state.milestone_id: state for state in states}


def _row(
    milestone: Milestone, state: MilestoneState | None, report: MonthlyReport, today: date, through: date | None
) -> MilestoneRow:
    return MilestoneRow(
        milestone,
        state,
        delay=None if state is None else state.delay(today=today, through=through),
        is_own=state is not None and state.filing.report_id == report.pk,
        is_periodic=heard_since(milestone.frequency, date(report.month.year, 12, 1)) is not None,
    )
