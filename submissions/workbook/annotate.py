"""The clerk's own workbook back, with the refused cells in red and a comment on each."""

from __future__ import annotations

import io
from collections.abc import Iterable

from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from submissions.bulk.rows import RowFault
from workplan.lib.sheets import clean_text

_RED = PatternFill("solid", start_color="FFFFC7CE", end_color="FFFFC7CE")
_WIDTH, _HEIGHT = 320, 110


def annotated(content: bytes, faults: Iterable[RowFault]) -> bytes:
    """Return the workbook as uploaded, styles kept, with each refused cell marked; it was examined when it came in."""
    book = load_workbook(io.BytesIO(content), keep_links=False)
    sentences: dict[tuple[str, str], list[str]] = {}
    for fault in faults:
        if fault.row.sheet in book.sheetnames and fault.address:
            sentences.setdefault((fault.row.sheet, fault.address), []).append(fault.message)
    for (sheet, address), messages in sentences.items():
        cell = _writable(book[sheet], address)
        cell.fill = _RED
        comment = Comment(clean_text("\n".join(messages)), "Workplan")
        comment.width, comment.height = _WIDTH, _HEIGHT
        cell.comment = comment
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _writable(sheet: object, address: str) -> object:
    """Return the cell, or the first of the merged area it belongs to."""
    for area in sheet.merged_cells.ranges:
        if address in area:
            return sheet.cell(area.min_row, area.min_col)
    return sheet[address]
