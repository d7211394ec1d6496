"""Workbooks and CSV files of reference data, as the admin imports them: the first sheet, plain values only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from workplan.lib import spreadsheets
from workplan.lib.spreadsheets import Bounds, Cell, Content, SheetRefused
from workplan.lib.spreadsheets.workbook import Extent

LARGEST_FILE = 2_500_000
MOST_ROWS = 5_000
MOST_COLUMNS = 60


def read_workbook(data: bytes) -> list[list[object]]:
    """Return the rows of the first sheet, values only, without the empty ones at the end.

    :raises SheetRefused: not a plain .xlsx workbook, too large, or a cell that holds no plain value.
    """
    book = spreadsheets.read_workbook(data, bounds=Bounds(file=LARGEST_FILE), extent=Extent(MOST_ROWS, MOST_COLUMNS))
    sheet = book.sheets[0]
    last = max(sheet.rows, default=0)
    return _without_empty_end([[_value(cell) for cell in sheet.row_cells(row)] for row in range(1, last + 1)])


def _value(cell: Cell) -> str | int | Decimal | bool | date | None:
    """Return what a cell of a plan holds; what would have to be calculated or guessed is refused."""
    if cell.is_formula:
        raise SheetRefused(_("单元格 %(place)s 是公式。请复制后“选择性粘贴为数值”再上传。"), place=cell.address)
    if cell.content == Content.ERROR:
        raise SheetRefused(
            _("单元格 %(place)s 是错误值 %(text)s，请更正。"), place=cell.address, text=cell.written[:40]
        )
    if cell.content == Content.NOT_A_NUMBER:
        raise SheetRefused(_("单元格 %(place)s 的内容“%(text)s”不是数。"), place=cell.address, text=cell.written[:40])
    if cell.content == Content.TRUTH:
        return cell.written == "TRUE"
    value = cell.as_key()
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return value


def read_csv(data: bytes) -> list[list[object]]:
    """Return the rows of a CSV file in UTF-8, UTF-16 or GB 18030.

    :raises SheetRefused: too large, no text, or not comma-separated.
    """
    if len(data) > LARGEST_FILE:
        raise SheetRefused(_("文件超过 %(most)s KB，请拆分后上传。"), most=LARGEST_FILE // 1000)
    rows: list[list[object]] = []
    for _line, cells in spreadsheets.read_text(data).rows():
        rows.append(list(cells))
        if len(rows) > MOST_ROWS or len(cells) > MOST_COLUMNS:
            raise SheetRefused(
                _("最多导入 %(rows)s 行、%(columns)s 列；请删除范围之外的内容。"), rows=MOST_ROWS, columns=MOST_COLUMNS
            )
    return _without_empty_end(rows)


def _without_empty_end(rows: Sequence[list[object]]) -> list[list[object]]:
    """Drop empty rows and columns at the ends, and make all rows as wide as the first."""
    kept = list(rows)
    while kept and all(cell in (None, "") for cell in kept[-1]):
        kept.pop()
    if not kept:
        raise SheetRefused(_("文件里没有数据。"))
    header = kept[0]
    while header and header[-1] in (None, ""):
        header = header[:-1]
    return [_as_wide(row, len(header)) for row in kept]


def _as_wide(row: list[object], width: int) -> list[object]:
    beyond = [cell for cell in row[width:] if cell not in (None, "")]
    if beyond:
        raise SheetRefused(_("有内容在没有列名的列里：“%(text)s”。请补上列名或删除。"), text=str(beyond[0])[:40])
    return [*row[:width], *[None] * (width - len(row))]
