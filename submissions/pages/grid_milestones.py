"""The milestones beside the grid: those of the month that is worked on, what is late first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from submissions.milestones import MilestoneCounts, MilestoneRow, counted, milestone_rows
from submissions.models import MonthlyReport


@dataclass(frozen=True)
class GridMilestones:
    """Where the milestones of one report stand."""

    report: MonthlyReport
    rows: list[MilestoneRow]
    may_edit: bool

    @property
    def counts(self) -> MilestoneCounts:
        return counted(self.rows)


def grid_milestones(report: MonthlyReport, *, may_edit: bool, today: date) -> GridMilestones:
    rows = milestone_rows(report, today=today)
    return GridMilestones(report, sorted(rows, key=lambda row: row.delay is None), may_edit)
