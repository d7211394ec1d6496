"""What the milestones of one report would become by an import: held against what stands, refused by the one gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from accounts.models import ReportingUnit, User
from submissions import services
from submissions.bulk.changes import CellChange
from submissions.bulk.repeats import code_of
from submissions.bulk.rows import RowFault, SourceRow
from submissions.bulk.strategy import Strategy
from submissions.intake import MILESTONE_FIELDS, InputRefused, MilestoneInput, read_milestones
from submissions.milestones import standing_states
from submissions.models import MilestoneProgress, MilestoneState, MonthlyReport, ReportingMonth
from targets.models import Milestone
from workplan.lib.refusals import Refused
from workplan.lib.words import Said, in_both_languages

_CELLS = MILESTONE_FIELDS[1:]
#: What a row says beside the milestone's cells: where it belongs, and the tick of the workbook.
_NOT_SENT = frozenset({"month", "unit", "same"})


@dataclass
class MilestonePlan:
    """What the rows mean; where one is refused, nothing but the faults."""

    inputs: list[MilestoneInput] = field(default_factory=list)
    changes: list[CellChange] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    n_created: int = 0
    n_updated: int = 0
    n_unchanged: int = 0


def plan_milestones(
    report: MonthlyReport,
    rows: Sequence[SourceRow],
    *,
    by: User,
    today: date,
    strategy: Strategy = Strategy.BOTH,
    filed: Sequence[Milestone] | None = None,
) -> MilestonePlan:
    """Return what the rows would do to the report.

    As on the form, a row of the unit's own workbook that was touched is sent whole: cells the clerk left alone hold
    what stands by now, in this report or in an earlier one of the year. What a table or a program leaves out stays as
    this report holds it, as over REST. ``filed`` are the milestones the unit reports, where they were read for many.
    """
    plan = MilestonePlan()
    if not rows:
        return plan
    standing = _standing(report, is_over_earlier=any(row.over_earlier for row in rows))
    bases = [standing.get(str(code_of(row, "milestone"))) for row in rows]
    sent = [_whole(row, base) for row, base in zip(rows, bases, strict=True)]
    try:
        inputs = read_milestones(report, sent, "{index}/{field}", today=today, filed=filed)
    except InputRefused as refusal:
        for one in refusal.complaints:
            index, _slash, column = one.pointer.partition("/")
            plan.faults.append(rows[int(index)].fault(column, one.code, one.said, one.suggestion))
        return plan
    for row, base, one in zip(rows, bases, inputs, strict=True):
        _hold(report, row, base, one, plan)
        _check(report, row, base, one, plan, by=by, strategy=strategy)
    return plan


def filed_by_each(period: ReportingMonth, units: Sequence[ReportingUnit]) -> dict[int, list[Milestone]]:
    """Return what each of the units reports in the month's plan year, with the items; three queries."""
    return Milestone.objects.filter(item__plan_id=period.plan_id).select_related("item").filed_by_each(units)


def state_named(text: str) -> str:
    """Return the code of a state that is named in either language; another word goes to the gate as it is."""
    for state in MilestoneProgress:
        if text in {state.value, *in_both_languages(state.label).values()}:
            return str(state.value)
    return text


def _standing(report: MonthlyReport, *, is_over_earlier: bool) -> dict[str, MilestoneState]:
    if is_over_earlier:
        return {one.milestone.code: one for one in standing_states(report).values()}
    return {} if report.filing is None else {one.milestone.code: one for one in report.filing.milestones.all()}


def _whole(row: SourceRow, base: MilestoneState | None) -> dict[str, object]:
    """Return the row as the gate takes it: the cells sent, over what stands."""
    cells = {name: value for name, value in row.cells.items() if name not in _NOT_SENT}
    cells["milestone"] = code_of(row, "milestone")
    if isinstance(state := cells.get("state"), str) and not row.pointer:
        cells["state"] = state_named(state.strip())
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
    is_own = _is_own(report, base)
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


def _check(
    report: MonthlyReport,
    row: SourceRow,
    base: MilestoneState | None,
    one: MilestoneInput,
    plan: MilestonePlan,
    *,
    by: User,
    strategy: Strategy,
) -> None:
    """Refuse a change that the strategy rules out, or that is another person's to make."""
    if not plan.changes or plan.changes[-1].row is not row:
        return
    refused = strategy.refusal(one.milestone.code, is_stored=_is_own(report, base))
    if refused is not None:
        plan.faults.append(row.fault("milestone", *refused))
    try:
        services.check_items(report, [one.milestone], by)
    except Refused as refusal:
        told = Said(str(refusal.template), refusal.params)
        plan.faults.append(row.fault("milestone", refusal.code, told))


def _is_own(report: MonthlyReport, base: MilestoneState | None) -> bool:
    return base is not None and base.filing.report_id == report.pk


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
