"""What the milestones of one report's workbook would change: held against what stands, refused by the one gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from submissions.bulk.changes import CellChange
from submissions.bulk.rows import RowFault, SourceRow
from submissions.intake import MILESTONE_FIELDS, InputRefused, MilestoneInput, read_milestones
from submissions.milestones import standing_states
from submissions.models import MilestoneState, MonthlyReport

_CELLS = MILESTONE_FIELDS[1:]


@dataclass
class MilestonePlan:
    """What the rows mean; where one is refused, nothing but the faults."""

    inputs: list[MilestoneInput] = field(default_factory=list)
    changes: list[CellChange] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    n_created: int = 0
    n_updated: int = 0
    n_unchanged: int = 0


def plan_milestones(report: MonthlyReport, rows: Sequence[SourceRow], *, today: date) -> MilestonePlan:
    """Return what the rows would do to the report.

    As on the form, a row that was touched is sent whole: cells the clerk left alone hold what stands by now, in this
    report or in an earlier one of the year.
    """
    plan = MilestonePlan()
    if not rows:
        return plan
    standing = {one.milestone.code: one for one in standing_states(report).values()}
    bases = [standing.get(str(row.cells["milestone"])) for row in rows]
    sent = [_whole(row, base) for row, base in zip(rows, bases, strict=True)]
    try:
        inputs = read_milestones(report, sent, "{index}/{field}", today=today)
    except InputRefused as refusal:
        for one in refusal.complaints:
            index, _slash, column = one.pointer.partition("/")
            plan.faults.append(rows[int(index)].fault(column, one.code, one.said, one.suggestion))
        return plan
    for row, base, one in zip(rows, bases, inputs, strict=True):
        _hold(report, row, base, one, plan)
    return plan


def _whole(row: SourceRow, base: MilestoneState | None) -> dict[str, object]:
    """Return the row as the gate takes it: the cells sent, over what stands."""
    cells = {name: value for name, value in row.cells.items() if name in MILESTONE_FIELDS}
    return {**_as_sent(base), **cells}


def _as_sent(base: MilestoneState | None) -> Mapping[str, object]:
    if base is None:
        return {}
    values = {name: getattr(base, name) for name in _CELLS}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _hold(
    report: MonthlyReport, row: SourceRow, base: MilestoneState | None, one: MilestoneInput, plan: MilestonePlan
) -> None:
    """Count the milestone, and remember what it changes."""
    is_own = base is not None and base.filing.report_id == report.pk
    changes = _changed_cells(report, row, base, one)
    if not is_own and not changes and row.cells.get("same") and base is not None:
        changes = [CellChange(row, report, one.milestone, "same", False, True)]  # noqa: FBT003 -- a tick, before and after
    if one.is_cleared and not is_own:
        changes = []
    if not changes:
        plan.n_unchanged += 1
        return
    plan.n_created += not is_own
    plan.n_updated += is_own
    plan.inputs.append(one)
    plan.changes += changes


def _changed_cells(
    report: MonthlyReport, row: SourceRow, base: MilestoneState | None, one: MilestoneInput
) -> list[CellChange]:
    """Return the cells that differ from what stands; of a state taken back only the state itself."""
    names = ("state",) if one.is_cleared else _CELLS
    pairs = [(name, _told(base, name), _told(one, name)) for name in names]
    return [CellChange(row, report, one.milestone, name, old, new) for name, old, new in pairs if old != new]


def _told(held: MilestoneState | MilestoneInput | None, name: str) -> object:
    """Return what a cell tells: nothing where it is empty or nobody has reported; 0 is a count."""
    value = getattr(held, name, None)
    return None if value == "" else value
