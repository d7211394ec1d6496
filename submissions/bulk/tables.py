"""A table in a workbook: which sheet holds it, where its header is, which rows are figures and which are not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from submissions.bulk.columns import columns_of, is_header
from submissions.bulk.rows import RowFault, Source, SourceRow
from submissions.bulk.subjects import FIGURES, Subject
from workplan.lib import numbers
from workplan.lib.spreadsheets import Cell, CellUnreadable, Content, SheetCells, SheetRefused, WorkbookCells
from workplan.lib.words import Said

#: A header stands among the first rows, under a title at most.
_HEADER_WITHIN = 20
_TOTALS = frozenset({"合计", "总计", "小计", "总 计", "合 计", "小 计", "total", "subtotal"})
_REMARKS = ("注", "说明", "备注", "填表", "审核", "负责人", "单位负责人", "制表", "续表", "note")
_NAMES_SHOWN = 5
#: A day is read as a day, however the cell shows it.
_DAYS = frozenset({"planned_on", "actual_on"})
#: More merged areas than a person would mend one by one.
_MOST_MERGED = 50


@dataclass(frozen=True)
class _Table:
    sheet: SheetCells
    header: int
    columns: Mapping[int, str]
    subject: Subject = FIGURES


def table_rows(book: WorkbookCells, subject: Subject = FIGURES) -> Source:
    """Return the rows of the one table a workbook holds; what was passed over is told.

    :raises SheetRefused: there is no table of figures, or more than one.
    """
    table = _found(book, subject)
    notes = [*book.warnings, *_set_aside(book, table)]
    _check_merged(table)
    rows: list[SourceRow] = []
    skipped: list[int] = []
    for number in sorted(one for one in table.sheet.rows if one > table.header):
        cells = {column: table.sheet.cell(number, place) for place, column in table.columns.items()}
        if _names_keys(table.sheet, number, subject):
            skipped.append(number)
        elif _is_remark(table.sheet, number, cells, subject):
            skipped.append(number)
            notes += _differing_total(number, cells, rows)
        elif any(not cell.is_empty for cell in cells.values()):
            rows.append(_row(table, number, cells))
    notes += _passed_over(skipped)
    notes += _hidden(table, rows)
    return Source(rows, notes, row_notes=[note for row in rows for note in _row_notes(table, row)])


def _found(book: WorkbookCells, subject: Subject) -> _Table:
    tables = [
        _Table(sheet, number, {})
        for sheet in book.sheets
        if (number := next((one for one in sorted(sheet.rows)[:_HEADER_WITHIN] if _names_keys(sheet, one, subject)), 0))
    ]
    shown = [one for one in tables if not one.sheet.is_hidden] or tables
    if len(shown) > 1:
        names = "、".join(one.sheet.name for one in shown[:_NAMES_SHOWN])
        raise SheetRefused(
            _("有几张工作表都是数据表（%(names)s）。请每次只上传一张。"), code="several_tables", names=names
        )
    if shown:
        sheet, number = shown[0].sheet, shown[0].header
    else:
        sheet = next((one for one in book.sheets if one.rows and not one.is_hidden), None) or book.sheets[0]
        number = min(sheet.rows, default=0)
    if not number:
        raise SheetRefused(_("没有找到数据：工作表是空的。"), code="no_figures")
    places = columns_of([cell.as_text() for cell in sheet.row_cells(number)], number, subject)
    return _Table(sheet, number, {place + 1: column for place, column in places.items()}, subject)


def _names_keys(sheet: SheetCells, number: int, subject: Subject) -> bool:
    return is_header([cell.as_text() for cell in sheet.row_cells(number)], subject)


def _row(table: _Table, number: int, cells: Mapping[str, Cell]) -> SourceRow:
    given: dict[str, object] = {}
    unreadable: list[tuple[str, str, str]] = []
    for column, cell in cells.items():
        area = _merged_area(table.sheet, cell)
        if area:
            message = Said(
                gettext_noop("单元格 %(area)s 是合并的，看不出数值属于哪一行。请取消合并后逐格填写。"), {"area": area}
            )
            unreadable.append((column, "merged_cells", message))
            continue
        try:
            value = _value(column, cell, table.subject)
        except CellUnreadable as refusal:
            unreadable.append((column, refusal.code, Said(refusal.template, refusal.params)))
            continue
        if not (value is None or numbers.is_blank(value)):
            given[column] = value
    addresses = {column: cell.address for column, cell in cells.items()}
    return SourceRow(
        number,
        given,
        sheet=table.sheet.name,
        addresses=addresses,
        unreadable=unreadable,
        is_milestone=table.subject.is_milestones,
    )


def _value(column: str, cell: Cell, subject: Subject) -> object:
    if column in subject.keys:
        return cell.as_key()
    if column in _DAYS and cell.day is not None:
        return cell.day.isoformat()
    if column in {"note", "state", "new_title"} and cell.content == Content.NUMBER:
        return cell.written
    return cell.plain()


def _check_merged(table: _Table) -> None:
    n_merged = sum(area[3] > table.header for area in table.sheet.merged)
    if n_merged > _MOST_MERGED:
        raise SheetRefused(
            _("数据区有 %(count)s 处合并的单元格。请全部取消合并后再上传。"), code="merged_cells", count=n_merged
        )


def _merged_area(sheet: SheetCells, cell: Cell) -> str:
    for first_column, first_row, last_column, last_row in sheet.merged:
        is_inside = first_column <= cell.column <= last_column and first_row <= cell.row <= last_row
        if is_inside and (first_column, first_row) != (last_column, last_row):
            first, last = Cell(first_row, first_column), Cell(last_row, last_column)
            return f"{first.address}:{last.address}"
    return ""


# What is no figure -----------------------------------------------------------------------------


def _is_remark(sheet: SheetCells, number: int, cells: Mapping[str, Cell], subject: Subject) -> bool:
    """Say whether a row is a total, a note under the table or the place for signatures."""
    first = next((cell.as_text().strip() for cell in sheet.row_cells(number) if cell.as_text().strip()), "")
    if first.casefold() in _TOTALS or cells["unit"].as_text().strip().casefold() in _TOTALS:
        return True
    is_keyless = cells["unit"].is_empty or cells[subject.key].is_empty
    return is_keyless and first.casefold().startswith(_REMARKS)


def _differing_total(number: int, cells: Mapping[str, Cell], rows: list[SourceRow]) -> Iterator[str]:
    """Tell where a total stated under one indicator's rows is not their sum."""
    stated = cells["value"].number if "value" in cells else None
    values = [row.cells["value"] for row in rows if isinstance(row.cells.get("value"), Decimal)]
    single = len({row.cells.get("indicator") for row in rows}) == 1 and len(values) == len(rows)
    if stated is not None and single and sum(values) != stated:
        yield Said(
            gettext_noop("第 %(row)s 行的合计 %(stated)s 与上面各行之和 %(sum)s 不符，请核对；合计不导入。"),
            {
                "row": number,
                "stated": numbers.plain_text(stated),
                "sum": numbers.plain_text(Decimal(sum(values))),
            },
        )


def _passed_over(skipped: list[int]) -> Iterator[str]:
    if skipped:
        listed = "、".join(str(number) for number in skipped[:20])
        yield Said(gettext_noop("第 %(rows)s 行是合计、注释或重复的表头，已略过。"), {"rows": listed})


# What is not seen ------------------------------------------------------------------------------


def _set_aside(book: WorkbookCells, table: _Table) -> Iterator[str]:
    if table.sheet.is_hidden:
        yield Said(gettext_noop("数据在隐藏的工作表“%(name)s”中，已读取。"), {"name": table.sheet.name})
    others = [sheet.name for sheet in book.sheets if sheet is not table.sheet and sheet.rows]
    if others:
        yield Said(gettext_noop("其他工作表没有读取：%(names)s。"), {"names": "、".join(others[:_NAMES_SHOWN])})


def _hidden(table: _Table, rows: list[SourceRow]) -> Iterator[str]:
    n_rows = sum(row.number in table.sheet.hidden_rows for row in rows)
    if n_rows:
        yield Said(gettext_noop("有 %(count)s 行是隐藏的（或被筛选掉），也已读取。"), {"count": n_rows})
    n_columns = len(set(table.columns) & table.sheet.hidden_columns)
    if n_columns:
        yield Said(gettext_noop("有 %(count)s 列是隐藏的，也已读取。"), {"count": n_columns})


def _row_notes(table: _Table, row: SourceRow) -> Iterator[RowFault]:
    """Tell what was taken from a formula and what shows another number than it holds."""
    for column, address in row.addresses.items():
        if column not in row.cells or column in table.subject.keys or column in _DAYS:
            continue
        cell = _at(table.sheet, row, column)
        if cell.is_formula:
            message = Said(gettext_noop("单元格 %(place)s 的数值来自公式。"), {"place": address})
            yield row.fault(column, "from_formula", message)
        shown = cell.shown
        if shown is not None:
            message = gettext_noop("单元格 %(place)s 显示为“%(shown)s”，实际存的是 %(value)s；按实际存的读取，请核对。")
            told = {"place": address, "shown": shown, "value": numbers.plain_text(cell.number or Decimal(0))}
            yield row.fault(column, "shown_otherwise", Said(message, told))


def _at(sheet: SheetCells, row: SourceRow, column: str) -> Cell:
    return next(cell for cell in sheet.rows[row.number].values() if cell.address == row.addresses[column])
