"""From what was sent to rows: a JSON list, a CSV file, a table in a workbook.

Without other limits those hold of what is imported while its sender waits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from submissions.bulk.columns import columns_of
from submissions.bulk.limits import Limits, at_once, too_many_rows
from submissions.bulk.rows import WHOLE_ROW, Source, SourceRow, TableRows
from submissions.bulk.subjects import FIGURES, Subject
from submissions.bulk.tables import table_rows
from workplan.lib import numbers
from workplan.lib.problems import pointer_to
from workplan.lib.spreadsheets import SheetRefused, WorkbookCells, read_text, read_workbook
from workplan.lib.words import Said


def from_json(sent: Sequence[object], limits: Limits | None = None, *, subject: Subject = FIGURES) -> Source:
    """Return the rows of a JSON list; null clears a cell, what is left out stays, what is no object is unreadable.

    :raises SheetRefused: there is none, or too many.
    """
    return Source(_bounded([_json_row(number, given, subject) for number, given in enumerate(sent, 2)], limits))


def _json_row(number: int, given: object, subject: Subject) -> SourceRow:
    pointer = pointer_to(subject.rows, number - 2)
    if isinstance(given, Mapping):
        return SourceRow(number, given, pointer=pointer, is_milestone=subject.is_milestones)
    fault = (WHOLE_ROW, "not_an_object", Said(gettext_noop("请发送一个 JSON 对象。")))
    return SourceRow(number, {}, pointer=pointer, unreadable=[fault], is_milestone=subject.is_milestones)


def from_csv(data: bytes, limits: Limits | None = None, *, subject: Subject = FIGURES) -> Source:
    """Return the rows of a CSV file; an empty cell is as if left out.

    :raises SheetRefused: it cannot be read, its columns are not known, or it holds no figure or too many.
    """
    table = read_text(data)
    lines = table.rows()
    number, header = next(lines, (1, []))
    columns = columns_of(header, number, subject)
    rows = TableRows(columns.values(), of_milestones=subject.is_milestones)
    _fill(rows, lines, columns, len(header), (limits or at_once()).rows)
    notes = []
    if table.encoding != "UTF-8":
        notes.append(Said(gettext_noop("已按 %(encoding)s 编码读取。"), {"encoding": table.encoding}))
    if not rows:
        raise _no_figures()
    return Source(rows, notes)


def from_workbook(data: bytes, limits: Limits | None = None, *, subject: Subject = FIGURES) -> Source:
    """Return the rows of the one table a workbook holds; an empty cell is as if left out.

    :raises SheetRefused: it cannot be read, holds no table of figures or more than one, or no figure or too many.
    """
    return from_tables(read_workbook(data, bounds=(limits or at_once()).bounds), limits, subject=subject)


def from_tables(book: WorkbookCells, limits: Limits | None = None, *, subject: Subject = FIGURES) -> Source:
    """Return the rows of the one table a workbook holds, already read.

    :raises SheetRefused: it holds no table of figures or more than one, or no figure or too many.
    """
    source = table_rows(book, subject)
    return replace(source, rows=_bounded(list(source.rows), limits))


def _fill(
    rows: TableRows, lines: Iterator[tuple[int, list[str]]], columns: Mapping[int, str], width: int, most: int
) -> None:
    """Take in the rows of a text table; reading stops at the first one too many."""
    places = list(columns)
    for number, cells in lines:
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            raise SheetRefused(_("第 %(row)s 行的列数多于表头。"), code="too_many_cells", row=number)
        if len(rows) == most:
            raise too_many_rows(most)
        n_cells = len(cells)
        rows.append(number, [_given(cells[place]) if place < n_cells else None for place in places])


def _given(text: str) -> str | None:
    return text if text and not numbers.is_blank(text) else None


def _bounded(rows: list[SourceRow], limits: Limits | None) -> list[SourceRow]:
    most = (limits or at_once()).rows
    if not rows:
        raise _no_figures()
    if len(rows) > most:
        raise too_many_rows(most)
    return rows


def _no_figures() -> SheetRefused:
    return SheetRefused(_("没有找到数据：文件里只有表头，或是空的。"), code="no_figures")
