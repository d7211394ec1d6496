"""Milestone states: from raw cells to what the draft is to hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_noop

from accounts.models import ReportingUnit
from submissions.intake.cells import (
    CellRefused,
    Cells,
    Complaint,
    InputRefused,
    Row,
    RowRefused,
    clean_text,
)
from submissions.models import DATED, Filing, MilestoneProgress, MilestoneState, MonthlyReport, ReportingMonth
from targets.models import MOST_IN_SCOPE, Milestone
from workplan.lib import numbers

MILESTONE_FIELDS = ("milestone", "state", "planned_on", "actual_on", "new_title", "note", "covered", "in_scope")
LONGEST_TITLE = 160
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class MilestoneInput:
    """What one milestone's row is to hold; without a state the report says nothing of it any more."""

    milestone: Milestone
    state: str | None
    planned_on: date | None = None
    actual_on: date | None = None
    new_title: str = ""
    note: str = ""
    covered: int | None = None
    in_scope: int | None = None

    @property
    def is_cleared(self) -> bool:
        return self.state is None

    def as_row(self, filing: Filing) -> MilestoneState:
        return MilestoneState(
            filing=filing,
            milestone=self.milestone,
            state=self.state,
            planned_on=self.planned_on,
            actual_on=self.actual_on,
            new_title=self.new_title,
            note=self.note,
            covered=self.covered,
            in_scope=self.in_scope,
        )

    def as_text(self) -> str:
        """Return the state for the audit trail, with how far it reaches where that is counted."""
        counted = "" if self.covered is None else f" {self.covered}/{self.in_scope}"
        return f"{self.state or ''}{counted}"


def read_milestones(
    report: MonthlyReport,
    rows: Iterable[Row],
    pointer: str = "/milestones/{index}/{field}",
    *,
    today: date,
    filed: Iterable[Milestone] | None = None,
) -> list[MilestoneInput]:
    """Return one input per row of milestone states.

    ``filed`` are the milestones the unit reports, with their items, where the caller has read them for many reports.

    :raises InputRefused: with every complaint about every cell.
    """
    rows = list(rows)
    if not rows:
        return []
    reader = _Reader(report, today, filed)
    complaints: list[Complaint] = []
    for index, row in enumerate(rows):
        try:
            reader.take(row)
        except (CellRefused, RowRefused) as refused:
            complaints += [fault.at(pointer.format(index=index, field=fault.field)) for fault in refused.refusals]
    if complaints:
        raise InputRefused(complaints)
    return list(reader.inputs.values())


def filed_in(period: ReportingMonth, unit: ReportingUnit) -> list[Milestone]:
    """Return the milestones the unit reports in the month's plan year, with their items."""
    return list(Milestone.objects.filter(item__plan_id=period.plan_id).filed_by(unit).select_related("item"))


class _Reader:
    """Reads the rows of one report, each against what the filing holds already."""

    def __init__(self, report: MonthlyReport, today: date, filed: Iterable[Milestone] | None) -> None:
        self.unit, self.year, self.today = report.unit, report.month.year, today
        self.known = {one.code: one for one in (filed_in(report.period, report.unit) if filed is None else filed)}
        states = [] if report.filing is None else report.filing.milestones.all()
        self.stored = {state.milestone_id: state for state in states}
        self.inputs: dict[str, MilestoneInput] = {}

    def take(self, row: Row) -> None:
        cells = Cells()
        cells.refuse_unknown(row, MILESTONE_FIELDS)
        milestone = cells.read(lambda: _known(row.get("milestone"), self.known, self.inputs), None)
        if milestone is None:
            raise RowRefused(cells.refusals)
        now = self.stored.get(milestone.pk)
        if _clears(row, now):
            cells.check()
            self.inputs[milestone.code] = MilestoneInput(milestone, None)
            return
        one = MilestoneInput(
            milestone,
            state=cells.read(lambda: _state(row.get("state", now.state if now else None)), ""),
            planned_on=cells.read(lambda: _day(row, "planned_on", now), None),
            actual_on=cells.read(lambda: _day(row, "actual_on", now), None),
            new_title=cells.read(lambda: _text(row, "new_title", now, LONGEST_TITLE), ""),
            note=cells.read(lambda: _text(row, "note", now), ""),
            covered=cells.read(lambda: _count(row, "covered", now, milestone), None),
            in_scope=cells.read(lambda: _count(row, "in_scope", now, milestone), None),
        )
        cells.check()
        one = _with_scope(one, milestone.n_owed_by(self.unit))
        for rule in _RULES:
            cells.read(lambda rule=rule: rule(one, self), None)  # type: ignore[misc]
        cells.check()
        self.inputs[milestone.code] = one


def _known(code: object, known: Mapping[str, Milestone], before: Container[str]) -> Milestone:
    if not isinstance(code, str):
        raise CellRefused("milestone", "unknown_milestone", gettext_noop("请写明节点代码，例如 M01-1。"))
    if code not in known:
        template = gettext_noop("没有代码为“%(code)s”、由本单位填报的节点。")
        raise CellRefused("milestone", "unknown_milestone", template, code=code[:40])
    if code in before:
        raise CellRefused("milestone", "duplicate", gettext_noop("%(code)s 出现了两次，请只保留一次。"), code=code)
    return known[code]


def _clears(row: Row, now: MilestoneState | None) -> bool:
    """Say whether the row takes back what the draft holds: its state is emptied, and nothing else is told anew."""
    if "state" not in row or row["state"] not in (None, ""):
        return False
    return now is not None or not any(row.get(name) for name in MILESTONE_FIELDS[1:])


def _state(raw: object) -> str:
    if raw is None or raw == "":
        raise CellRefused("state", "state_missing", gettext_noop("请选择节点的状态。"))
    if not isinstance(raw, str) or raw.upper() not in MilestoneProgress.values:
        template = gettext_noop("节点状态“%(state)s”不存在，请从列出的状态中选择。")
        raise CellRefused("state", "unknown_state", template, state=str(raw)[:40])
    return raw.upper()


def _text(row: Row, field: str, before: MilestoneState | None, *most: int) -> str:
    if field in row:
        return clean_text(row[field], field, *most)
    return getattr(before, field) if before else ""


def _day(row: Row, field: str, before: MilestoneState | None) -> date | None:
    if field not in row:
        return getattr(before, field) if before else None
    raw = row[field]
    if raw is None or raw == "":
        return None
    try:
        day = date.fromisoformat(raw) if isinstance(raw, str) and _DAY.fullmatch(raw) else None
    except ValueError:
        day = None
    if day is None or not 1990 <= day.year <= 2100:
        template = gettext_noop("“%(value)s”不是日期，请写成 2007-06-30。")
        raise CellRefused(field, "not_a_date", template, value=str(raw)[:40])
    return day


def _count(row: Row, field: str, before: MilestoneState | None, milestone: Milestone) -> int | None:
    if field not in row:
        return getattr(before, field) if before else None
    raw = row[field]
    if raw is None or (isinstance(raw, str) and numbers.is_blank(raw)):
        return None
    if not milestone.is_counted:
        raise CellRefused(
            field, "field_not_used", gettext_noop("%(code)s 不按覆盖数统计，请留空。"), code=milestone.code
        )
    try:
        return int(numbers.from_json_number(raw, decimals=0, maximum=Decimal(MOST_IN_SCOPE)).value)
    except numbers.NumberRefused as refusal:
        raise CellRefused(field, refusal.code, refusal.template, refusal.suggestion, **refusal.params) from refusal


def _with_scope(one: MilestoneInput, owed: int | None) -> MilestoneInput:
    """Return the input with the scope the plan names, where the unit names none; a scope alone says nothing."""
    if one.covered is None:
        return replace(one, in_scope=None)
    return replace(one, in_scope=owed) if one.in_scope is None else one


# What must agree within one row ----------------------------------------------------------------


def _done_on_a_day(one: MilestoneInput, _reader: _Reader) -> None:
    if one.state == MilestoneProgress.ISSUED and one.actual_on is None:
        template = gettext_noop("“已完成（印发）”的节点须填实际完成日。")
        raise CellRefused("actual_on", "actual_date_missing", template)


def _a_day_only_when_done(one: MilestoneInput, _reader: _Reader) -> None:
    if one.actual_on is not None and one.state not in DATED:
        template = gettext_noop("状态为“%(state)s”的节点还没有完成：请清空实际完成日，或把状态改为“已完成（印发）”。")
        raise CellRefused("actual_on", "not_yet_done", template, state=MilestoneProgress(one.state).label)


def _done_by_today(one: MilestoneInput, reader: _Reader) -> None:
    if one.actual_on is not None and one.actual_on > reader.today:
        template = gettext_noop("实际完成日 %(day)s 还没有到（今天是 %(today)s），请核对。")
        raise CellRefused("actual_on", "date_in_future", template, day=one.actual_on, today=reader.today)


def _renamed_to_a_title(one: MilestoneInput, _reader: _Reader) -> None:
    if one.state == MilestoneProgress.RENAMED and not one.new_title:
        raise CellRefused("new_title", "new_title_missing", gettext_noop("“更名或合并”的节点须填新名称。"))
    if one.new_title and one.state not in DATED:
        template = gettext_noop("只有“更名或合并”或以新名称完成的节点才填新名称，请清空或改状态。")
        raise CellRefused("new_title", "not_renamed", template)


def _carried_over_until(one: MilestoneInput, reader: _Reader) -> None:
    if one.state == MilestoneProgress.CARRIED_OVER and (one.planned_on is None or one.planned_on.year <= reader.year):
        template = gettext_noop("“结转下年”的节点须填新的计划完成日，在 %(year)s 年以后。")
        raise CellRefused("planned_on", "new_planned_date_missing", template, year=reader.year)


def _says_why(one: MilestoneInput, _reader: _Reader) -> None:
    if one.state in {MilestoneProgress.CARRIED_OVER, MilestoneProgress.CANCELLED} and not one.note:
        template = gettext_noop("“%(state)s”的节点须在进展说明中写明原因。")
        raise CellRefused("note", "reason_missing", template, state=MilestoneProgress(one.state).label)


def _covers_of_how_many(one: MilestoneInput, _reader: _Reader) -> None:
    if one.covered is not None and not one.in_scope:
        template = gettext_noop("请填应覆盖的个数；直辖市按区县、兵团按师计，没有下属单位的由部里列为不需完成。")
        raise CellRefused("in_scope", "in_scope_missing", template)


def _covers_no_more_than_its_scope(one: MilestoneInput, _reader: _Reader) -> None:
    if one.covered is not None and one.in_scope and one.covered > one.in_scope:
        template = gettext_noop("已覆盖 %(covered)s 个，多于应覆盖的 %(in_scope)s 个。")
        raise CellRefused("covered", "more_than_in_scope", template, None, covered=one.covered, in_scope=one.in_scope)


_RULES: tuple[Callable[[MilestoneInput, _Reader], None], ...] = (
    _done_on_a_day,
    _a_day_only_when_done,
    _done_by_today,
    _renamed_to_a_title,
    _carried_over_until,
    _says_why,
    _covers_of_how_many,
    _covers_no_more_than_its_scope,
)
