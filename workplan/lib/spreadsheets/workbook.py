"""Reading a workbook: its sheets cell by cell as they are stored, with what is hidden and merged.

The package and its styles and strings are opened by openpyxl; the cells are read from the XML itself, because the
library trusts the stated dimension, turns a formula without result into nothing and stops at the first odd number.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import IO, NamedTuple
from xml.etree.ElementTree import Element, ParseError

import openpyxl
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext_lazy as _
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.utils import column_index_from_string, range_boundaries
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from workplan.lib.spreadsheets.cells import Cell, cell_from
from workplan.lib.spreadsheets.package import USUAL, Bounds, damaged, examine, forbidden_xml
from workplan.lib.spreadsheets.refusals import SheetRefused


class Extent(NamedTuple):
    """How far into a sheet cells are read; content beyond it is refused, never cut off."""

    rows: int
    columns: int


WIDEST = Extent(rows=100_000, columns=200)
MOST_MERGES = 2_000
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s")
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,9})")

#: What a damaged part makes the readers raise; opening styles, strings and links raises more kinds still.
_DAMAGE = (zipfile.BadZipFile, ParseError, LookupError, ValueError, OSError, EOFError, NotImplementedError)
_WHILE_OPENING = (*_DAMAGE, InvalidFileException, TypeError, AttributeError)


@dataclass
class SheetCells:
    """One sheet: its cells by row, and what about it is not seen on the screen."""

    name: str
    #: visible, hidden or veryHidden.
    visibility: str = "visible"
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    #: Merged areas as first column, first row, last column, last row.
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    @property
    def is_hidden(self) -> bool:
        return self.visibility != "visible"

    def cell(self, row: int, column: int) -> Cell:
        return self.rows.get(row, {}).get(column) or Cell(row, column)

    def row_cells(self, row: int) -> list[Cell]:
        """Return the cells of a row from the first column to its last one."""
        cells = self.rows.get(row, {})
        return [cells.get(column) or Cell(row, column) for column in range(1, max(cells, default=0) + 1)]


@dataclass(frozen=True)
class WorkbookCells:
    """The sheets of a workbook in their order, and what was left aside in it."""

    sheets: list[SheetCells]
    warnings: tuple[str, ...] = ()


def read_workbook(data: bytes, *, bounds: Bounds = USUAL, extent: Extent | None = None) -> WorkbookCells:
    """Return every cell of the workbook.

    :raises SheetRefused: it is not a plain .xlsx workbook, is damaged, or holds more than is read.
    """
    if not openpyxl.DEFUSEDXML:
        raise RuntimeError("openpyxl runs without defusedxml: uploads could carry XML entities")
    package = examine(data, bounds=bounds)
    extent = extent or Extent(max(WIDEST.rows, bounds.cells // 2), WIDEST.columns)
    with package.archive:
        try:
            found = _sheets(data, package.archive, extent, bounds.cells)
        except DefusedXmlException as error:
            raise forbidden_xml() from error
        except _DAMAGE as error:
            raise damaged() from error
    if not found:
        raise SheetRefused(_("工作簿里没有工作表。"), code="no_sheets")
    return WorkbookCells(found, package.warnings)


def _sheets(data: bytes, archive: zipfile.ZipFile, extent: Extent, most: int) -> list[SheetCells]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except _WHILE_OPENING as error:
        raise damaged() from error
    try:
        if len(book.worksheets) + len(book.chartsheets) < _n_sheets(archive):
            raise damaged()
        return [_sheet(archive, sheet, book.epoch, extent, most) for sheet in book.worksheets]
    finally:
        book.close()


def _n_sheets(archive: zipfile.ZipFile) -> int:
    """Count the sheets the workbook states: the library passes over one whose part is missing."""
    return len(_SHEET.findall(archive.read(next(n for n in archive.namelist() if n.casefold() == "xl/workbook.xml"))))


def _sheet(
    archive: zipfile.ZipFile, sheet: ReadOnlyWorksheet, epoch: datetime, extent: Extent, most: int
) -> SheetCells:
    strings = sheet._shared_strings  # noqa: SLF001 -- the library has read them; it offers no public name

    @cache
    def format_of(style: int) -> str:
        return str(ReadOnlyCell(sheet, 1, 1, None, "n", style).number_format)

    found = SheetCells(sheet.title, sheet.sheet_state)
    with archive.open(sheet._worksheet_path) as part:  # noqa: SLF001 -- see above
        _Reader(found, strings, format_of, epoch, extent, most).read(part)
    return found


class _Reader:
    """Walks through the XML of one sheet and forgets each row once it is read."""

    def __init__(
        self,
        found: SheetCells,
        strings: list[str],
        format_of: Callable[[int], str],
        epoch: datetime,
        extent: Extent,
        most: int,
    ) -> None:
        self._extent, self._most = extent, most
        self._found, self._strings, self._format_of, self._epoch = found, strings, format_of, epoch
        self._row, self._column, self._n_cells = 0, 0, 0

    def read(self, part: IO[bytes]) -> None:
        begins = {"row": self._begin_row, "col": self._columns}
        ends = {"c": self._cell, "mergeCell": self._merged}
        for event, element in iterparse(part, events=("start", "end"), forbid_dtd=True):
            tag = element.tag.rpartition("}")[2]
            handler = (begins if event == "start" else ends).get(tag)
            if handler is not None:
                handler(element)
            if event == "end" and tag in {"row", "mergeCell", "cols"}:
                element.clear()

    def _begin_row(self, element: Element) -> None:
        stated = element.get("r")
        self._row = int(stated) if stated else self._row + 1
        self._column = 0
        if element.get("hidden") in {"1", "true"}:
            self._found.hidden_rows.add(self._row)

    def _columns(self, element: Element) -> None:
        if element.get("hidden") in {"1", "true"}:
            first, last = int(element.get("min", 1)), int(element.get("max", 1))
            self._found.hidden_columns |= set(range(first, min(last, self._extent.columns) + 1))

    def _merged(self, element: Element) -> None:
        if len(self._found.merged) < MOST_MERGES:
            self._found.merged.append(range_boundaries(element.get("ref", "A1")))

    def _cell(self, element: Element) -> None:
        row, column = self._place(element.get("r"))
        parts = {child.tag.rpartition("}")[2]: child for child in element}
        kind, written = element.get("t", "n"), None
        if "is" in parts:
            kind, written = "inlineStr", "".join(_texts(parts["is"]))
        elif "v" in parts:
            written = parts["v"].text or ("" if kind == "str" else None)
        if kind == "s" and written is not None:
            written = self._strings[int(written)]
        is_formula = "f" in parts
        if written is None and not is_formula:
            return
        self._n_cells += 1
        if row > self._extent.rows or column > self._extent.columns or self._n_cells > self._most:
            raise _too_far(self._found.name, row, column, self._extent)
        style = self._format_of(int(element.get("s", 0)))
        self._found.rows.setdefault(row, {})[column] = cell_from(
            row, column, kind, written, number_format=style, is_formula=is_formula, epoch=self._epoch
        )

    def _place(self, stated: str | None) -> tuple[int, int]:
        match = _PLACE.fullmatch(stated or "")
        if match is None:
            self._column += 1
        else:
            self._row, self._column = int(match[2]), column_index_from_string(match[1])
        return self._row, self._column


def _texts(inline: Element) -> list[str]:
    """Return the runs of an inline text; phonetic readings (rPh) beside them are left out."""
    found = []
    for child in inline:
        tag = child.tag.rpartition("}")[2]
        if tag == "t":
            found.append(child.text or "")
        elif tag == "r":
            found += [one.text or "" for one in child if one.tag.rpartition("}")[2] == "t"]
    return found


def _too_far(name: str, row: int, column: int, extent: Extent) -> SheetRefused:
    sentence = _(
        "工作表“%(sheet)s”在第 %(row)s 行第 %(column)s 列有内容。"
        "最多读 %(rows)s 行、%(columns)s 列；请删除范围之外的内容。"
    )
    place = {"sheet": name, "row": row, "column": column, "rows": extent.rows, "columns": extent.columns}
    return SheetRefused(sentence, code="too_far", place=name, **place)
