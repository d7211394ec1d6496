"""What a clerk changed in the workbook: cells that differ from what was downloaded, as rows for the gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from submissions.bulk.rows import Source, SourceRow
from submissions.models import FigureState
from submissions.workbook.layout import (
    ANSWER,
    KEY,
    MEASURE,
    NOTE,
    STATE,
    VALUE,
    Mark,
    SheetKind,
    from_cells,
    looks_marked,
    read_mark,
)
from submissions.workbook.read_milestones import MilestoneReader
from submissions.workbook.sheet import MERGED, SheetReader, in_each_language, tampered, words_in
from workplan.lib import numbers
from workplan.lib.numbers import grammar
from workplan.lib.spreadsheets import Cell, CellUnreadable, Content, SheetCells, SheetRefused, WorkbookCells
from workplan.lib.words import Said
from workplan.templatetags.figures import unit_label

_MARKED_WITHIN = 5


@dataclass
class _Change:
    """What was changed about one indicator on one sheet."""

    number: int
    cells: dict[str, object] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    unreadable: list[tuple[str, str, str]] = field(default_factory=list)
    answer: str | None = None
    #: Numbers that stand on the sheet unchanged; a state that contradicts them must meet them.
    standing: dict[str, object] = field(default_factory=dict)


def is_workbook_of_ours(book: WorkbookCells) -> bool:
    """Say whether a sheet carries our mark, or what is left of one."""
    return any(_mark(sheet) is not None or _broken_mark(sheet) for sheet in book.sheets)


def changed_rows(book: WorkbookCells) -> Source:
    """Return a row for each indicator and milestone of which a cell differs from what was downloaded, if any does.

    :raises SheetRefused: a sheet's hidden line or codes were changed, or the same month stands on two sheets.
    """
    rows: list[SourceRow] = []
    notes: list[str] = list(book.warnings)
    met: dict[tuple[str, str, SheetKind], str] = {}
    for sheet in book.sheets:
        mark = _mark(sheet)
        if mark is None:
            if _broken_mark(sheet):
                raise tampered(sheet.name)
            if sheet.rows:
                notes.append(Said(gettext_noop("其他工作表没有读取：%(names)s。"), {"names": sheet.name}))
            continue
        twin = met.setdefault((mark.unit, mark.month, mark.kind), sheet.name)
        if twin != sheet.name:
            raise SheetRefused(
                _("工作表“%(one)s”和“%(other)s”是同一单位、同一报告期。请只保留一张。"),
                code="duplicate_sheets", one=twin, other=sheet.name,
            )  # fmt: skip
        found = _READERS[mark.kind](sheet, mark)
        rows += found.rows()
        notes += found.notes()
    return Source(rows, notes)


def _mark(sheet: SheetCells) -> Mark | None:
    return read_mark([text for text in _first_texts(sheet) if looks_marked(text)])


def _broken_mark(sheet: SheetCells) -> bool:
    return any(looks_marked(text) for text in _first_texts(sheet))


def _first_texts(sheet: SheetCells) -> list[str]:
    return [_text_from(sheet, row) for row in sorted(sheet.rows)[:_MARKED_WITHIN]]


def _text_from(sheet: SheetCells, row: int) -> str:
    return from_cells(sheet.cell(row, column).as_text().strip() for column in count(KEY))


class _FigureReader(SheetReader):
    """Reads a sheet of figures."""

    first_input = VALUE

    def rows(self) -> list[SourceRow]:
        changes: dict[str, _Change] = {}
        for key, number in self._keys.items():
            code, _dot, part = key.partition(".")
            change = changes.setdefault(code, _Change(number))
            seen = self._mark.seen[key]
            self._number(change, part, self._sheet.cell(number, VALUE), str(seen[0]))
            self._measure(change, part, self._sheet.cell(number, MEASURE), str(seen[4]))
            self._words(change, number, seen)
        return [self._row(code, change) for code, change in changes.items() if _is_change(change)]

    def _number(self, change: _Change, part: str, cell: Cell, seen: str) -> None:
        change.addresses[part] = cell.address
        if self.is_merged(cell):
            change.unreadable.append((part, "merged_cells", Said(MERGED)))
            return
        try:
            value = cell.plain()
        except CellUnreadable as refusal:
            change.unreadable.append((part, refusal.code, Said(refusal.template, refusal.params)))
            return
        text = numbers.plain_text(value) if cell.content == Content.NUMBER and value is not None else str(value or "")
        if grammar.trim(text) != seen:
            change.cells[part] = None if numbers.is_blank(text) else value
        elif text:
            change.standing[part] = value

    def _measure(self, change: _Change, part: str, cell: Cell, seen: str) -> None:
        """Refuse a number under another unit of measure than the one the sheet was made with (X-30)."""
        text = cell.as_text().strip()
        if part in change.cells and text not in _labels_of(seen):
            message = gettext_noop("这一行的计量单位是“%(unit)s”，表上改成了“%(text)s”。请换算后填写，并改回计量单位。")
            told = {"unit": unit_label(seen), "text": text[:20]}
            change.unreadable.append((part, "unit_changed", Said(message, told)))

    def _words(self, change: _Change, number: int, seen: Sequence[str]) -> None:
        for column, name, before in ((STATE, "state", seen[1]), (NOTE, "note", seen[2]), (ANSWER, "answer", seen[3])):
            cell = self._sheet.cell(number, column)
            try:
                text = words_in(cell)
            except CellUnreadable as refusal:
                change.addresses[name] = cell.address
                change.unreadable.append((name, refusal.code, Said(refusal.template, refusal.params)))
                continue
            if text == str(before).strip():
                continue
            change.addresses[name] = cell.address
            if name == "answer":
                change.answer = text
            else:
                change.cells[name] = _state_named(text) if name == "state" else text

    def _row(self, code: str, change: _Change) -> SourceRow:
        cells = {"month": self._mark.month, "unit": self._mark.unit, "indicator": code, **change.cells}
        if change.cells.get("state"):
            cells = {**change.standing, **cells}
        return SourceRow(
            change.number, cells, sheet=self._sheet.name, addresses=change.addresses,
            unreadable=change.unreadable, answer=change.answer,
        )  # fmt: skip


def _is_change(change: _Change) -> bool:
    return bool(change.cells or change.unreadable or change.answer is not None)


def _labels_of(measure: str) -> set[str]:
    return in_each_language(lambda: unit_label(measure))


def _state_named(text: str) -> str | None:
    """Return the code of a state that the sheet names in either language; another word goes to the gate as it is."""
    if not text:
        return None
    for state in FigureState:
        code = state.value.lower()
        if text in {code, *in_each_language(lambda state=state: str(state.label))}:  # type: ignore[misc]
            return code
    return text


_READERS: dict[SheetKind, type[SheetReader]] = {
    SheetKind.FIGURES: _FigureReader,
    SheetKind.MILESTONES: MilestoneReader,
}
