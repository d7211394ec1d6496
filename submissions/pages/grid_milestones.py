"""The milestones beside the grid: those of the month that is worked on, what is late first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from submissions.milestones import MilestoneRow, milestone_rows
from submissions.models import MonthlyReport


@dataclass(frozen=True)
class GridMilestones:
    """Where the milestones of one report stand."""

    report: MonthlyReport
    rows: list[MilestoneRow]
    may_edit: bool

    @property
    def n_own(self) -> int:
        """How many this report says something about itself."""
        return sum(row.is_own for row in self.rows)

    @property
    def n_late(self) -> int:
        return sum(row.delay is not None for row in self.rows)


def grid_milestones(report: MonthlyReport, *, may_edit: bool, today: date) -> GridMilestones:
    rows = milestone_rows(report, today=today)
    return GridMilestones(report, sorted(rows, key=lambda row: row.delay is None), may_edit)
