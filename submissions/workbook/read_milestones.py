"""What a clerk changed on the sheet of milestones, as rows for the gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from submissions.bulk.milestones import state_named
from submissions.bulk.rows import SourceRow
from submissions.workbook.layout import CODE, LONG_TEXTS, MILESTONE_INPUTS, PROGRESS, digest
from submissions.workbook.sheet import MERGED, SheetReader, in_each_language, words_in
from workplan.lib import numbers
from workplan.lib.numbers import grammar
from workplan.lib.spreadsheets import Cell, CellUnreadable, Content
from workplan.lib.words import Said

_DAYS = {"planned_on", "actual_on"}
_COUNTS = {"covered", "in_scope"}


@dataclass
class _Change:
    """What was changed about one milestone."""

    cells: dict[str, object] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    unreadable: list[tuple[str, str, str]] = field(default_factory=list)


class MilestoneReader(SheetReader):
    """Reads a sheet of milestones."""

    first_input = PROGRESS

    def rows(self) -> list[SourceRow]:
        found = [(key, number, self._change(number, self._mark.seen[key])) for key, number in self._keys.items()]
        return [
            SourceRow(
                number,
                {"month": self._mark.month, "unit": self._mark.unit, "milestone": key, **change.cells},
                sheet=self._sheet.name,
                addresses=change.addresses,
                unreadable=change.unreadable,
                is_milestone=True,
                over_earlier=True,
            )
            for key, number, change in found
            if change.cells or change.unreadable
        ]

    def _change(self, number: int, seen: Sequence[str]) -> _Change:
        change = _Change(addresses={"milestone": self._sheet.cell(number, CODE).address})
        for (column, name), before in zip(MILESTONE_INPUTS.items(), seen, strict=True):
            cell = self._sheet.cell(number, column)
            change.addresses[name] = cell.address
            try:
                value, known = self._read(name, cell)
            except CellUnreadable as refusal:
                change.unreadable.append((name, refusal.code, Said(refusal.template, refusal.params)))
                continue
            if known != before:
                change.cells[name] = value
        return change

    def _read(self, name: str, cell: Cell) -> tuple[object, str]:
        """Return what the gate is sent of a cell, and the same as the mark keeps it.

        :raises CellUnreadable: it is merged, or holds nothing that can be sent.
        """
        if self.is_merged(cell):
            raise CellUnreadable(cell, "merged_cells", MERGED)
        if name in _COUNTS:
            return _count(cell)
        text = words_in(cell)
        if name in _DAYS:
            text = text if cell.day is None else cell.day.isoformat()
        elif name == "state":
            text = state_named(text)
        elif name == "same":
            return _tick(cell, text)
        return text, digest(text) if name in LONG_TEXTS else text


def _count(cell: Cell) -> tuple[object, str]:
    value = cell.plain()
    if cell.content == Content.NUMBER and value is not None:
        return value, numbers.plain_text(value)
    text = grammar.trim(str(value or ""))
    return text or None, text


def _tick(cell: Cell, text: str) -> tuple[bool, str]:
    """Return whether the milestone is reported again as it stands.

    :raises CellUnreadable: other words stand there.
    """
    if text and text not in in_each_language(lambda: _("照报")):
        raise CellUnreadable(
            cell, "unknown_choice", gettext_noop("这一格写的“%(text)s”不在列表中。请选“照报”，或留空。")
        )
    return bool(text), "same" if text else ""
