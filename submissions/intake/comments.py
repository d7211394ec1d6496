"""A reviewer's comments on cells: from raw rows to what is kept until the verdict. Numbers pass the one gate."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_noop

from submissions.intake.cells import (
    CellRefused,
    Cells,
    Complaint,
    InputRefused,
    Row,
    RowRefused,
    clean_text,
)
from submissions.intake.figures import FigureReader
from submissions.models import MonthlyReport
from targets.models import Indicator, Milestone

COMMENT_FIELDS = ("indicator", "milestone", "text", "suggested_value")
REPLY_FIELDS = ("indicator", "milestone", "text")


@dataclass(frozen=True)
class CommentInput:
    """One comment on one cell; without words and value it takes back what was drafted there."""

    indicator: Indicator | None = None
    milestone: Milestone | None = None
    text: str = ""
    suggested_value: Decimal | None = None

    @property
    def is_cleared(self) -> bool:
        return not self.text and self.suggested_value is None


def read_replies(
    asked: Mapping[tuple[str, str], int], rows: Iterable[Row], pointer: str = "/replies/{index}/{field}"
) -> dict[int, str]:
    """Return the answers by the key of the comment they answer; "" takes one back.

    ``asked`` has the key of the comment at each cell: ``("indicator", "T01")`` or ``("milestone", "M01-1")`` → key.

    :raises InputRefused: with every complaint about every answer.
    """
    replies: dict[int, str] = {}
    complaints: list[Complaint] = []
    for index, row in enumerate(rows):
        try:
            key, text = _reply(row, asked, replies)
        except (CellRefused, RowRefused) as refused:
            complaints += [fault.at(pointer.format(index=index, field=fault.field)) for fault in refused.refusals]
        else:
            replies[key] = text
    if complaints:
        raise InputRefused(complaints)
    return replies


def _reply(row: Row, asked: Mapping[tuple[str, str], int], before: Container[int]) -> tuple[int, str]:
    cells = Cells()
    cells.refuse_unknown(row, REPLY_FIELDS)
    key = cells.read(lambda: _comment_asked(row, asked, before), 0)
    text = cells.read(lambda: clean_text(row.get("text"), "text"), "")
    cells.check()
    return key, text


def _comment_asked(row: Row, asked: Mapping[tuple[str, str], int], before: Container[int]) -> int:
    field, code = _one_cell(row)
    key = asked.get((field, code)) if isinstance(code, str) else None
    if key is None:
        template = gettext_noop("审核人没有在“%(code)s”处写批注，那里没有可答复的。")
        raise CellRefused(field, "not_asked", template, code=str(code)[:40])
    if key in before:
        raise CellRefused(field, "duplicate", _TWICE, code=code)
    return key


def _one_cell(row: Row) -> tuple[str, object]:
    """Return the field that names the cell, and what it says."""
    indicator, milestone = row.get("indicator"), row.get("milestone")
    if (indicator is None) == (milestone is None):
        raise CellRefused("indicator", "one_cell", gettext_noop("须写明一处：指标或节点，二选一。"))
    return ("indicator", indicator) if milestone is None else ("milestone", milestone)


_TWICE = gettext_noop("%(code)s 出现了两次，请只保留一次。")


class CommentReader:
    """Reads the comments on one report: its due indicators, and the milestones its unit reports on."""

    def __init__(self, report: MonthlyReport, due: Iterable[Indicator], *, scale: Decimal = Decimal(1)) -> None:
        self.report, self.scale = report, scale
        self.due = {one.code: one for one in due}
        self._milestones: dict[str, Milestone] | None = None

    def read(self, rows: Iterable[Row], pointer: str = "/comments/{index}/{field}") -> list[CommentInput]:
        """Return one input per row.

        :raises InputRefused: with every complaint about every cell.
        """
        inputs: dict[str, CommentInput] = {}
        complaints: list[Complaint] = []
        for index, row in enumerate(rows):
            try:
                code, one = self._comment(row, inputs)
            except (CellRefused, RowRefused) as refused:
                complaints += [fault.at(pointer.format(index=index, field=fault.field)) for fault in refused.refusals]
            else:
                inputs[code] = one
        if complaints:
            raise InputRefused(complaints)
        return list(inputs.values())

    def _comment(self, row: Row, before: Container[str]) -> tuple[str, CommentInput]:
        cells = Cells()
        cells.refuse_unknown(row, COMMENT_FIELDS)
        text = cells.read(lambda: clean_text(row.get("text"), "text"), "")
        cell = cells.read(lambda: self._cell(row, before), None)
        if cell is None:
            raise RowRefused(cells.refusals)
        value = cells.read(lambda: self._suggestion(cell.code, row), None)
        cells.check()
        indicator, milestone = (cell, None) if isinstance(cell, Indicator) else (None, cell)
        return cell.code, CommentInput(indicator, milestone, text, value)

    def _cell(self, row: Row, before: Container[str]) -> Indicator | Milestone:
        field, code = _one_cell(row)
        known: Mapping[str, Indicator | Milestone] = self.due if field == "indicator" else self.milestones
        if not isinstance(code, str) or code not in known:
            template = gettext_noop("这份报表里没有“%(code)s”，不能在那里写批注。")
            raise CellRefused(field, "unknown_cell", template, code=str(code)[:40])
        if code in before:
            raise CellRefused(field, "duplicate", _TWICE, code=code)
        return known[code]

    def _suggestion(self, code: str, row: Row) -> Decimal | None:
        """Return the proposed value, read as the figure itself would be."""
        raw = row.get("suggested_value")
        if raw is None or raw == "":
            return None
        if code not in self.due:
            raise CellRefused("suggested_value", "field_not_used", gettext_noop("节点没有数值，请只写批注。"))
        reader = FigureReader(self.report, [self.due[code]], {}, scale=self.scale)
        try:
            return reader.read([{"indicator": code, "value": raw}])[0].value
        except InputRefused as refusal:
            fault = refusal.complaints[0]
            raise CellRefused(
                "suggested_value", fault.code, fault.template, fault.suggestion, **fault.params
            ) from refusal

    @property
    def milestones(self) -> Mapping[str, Milestone]:
        """The milestones the unit reports on, by code; read when one is first named."""
        if self._milestones is None:
            plan = self.report.period.plan_id
            every = Milestone.objects.filter(item__plan_id=plan).select_related("item")
            self._milestones = {one.code: one for one in every if one.is_filed_by_units}
        return self._milestones
