"""The one writer of tables that leave the house: Excel workbooks and CSV, and the answer that carries them.

What a cell becomes:

- A number stays a number with the 15 significant digits that a cell of Excel holds. A longer quotient (it has more
  decimals than anything filed) ends there; a longer filed value is written as text instead, with every digit. CSV
  holds every digit of both.
- Text stays text. It never becomes a formula, a link or a number; what XML cannot hold is left out.
- None is an empty cell. Whoever builds the table says why it is empty, in a column of its own.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, NamedTuple

from django.http import FileResponse
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from workplan.lib.numbers import plain_text

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"

#: Limits of Excel itself.
ROWS_PER_SHEET = 1_048_576
CHARACTERS_PER_CELL = 32_767
CHARACTERS_PER_SHEET_NAME = 31
#: Significant digits that Excel keeps of any number.
EXACT_DIGITS = 15
#: No filed value has more; a number with more decimals is a quotient.
FILED_DECIMALS = 4

GROUPED, GROUPED_CENTS = "#,##0", "#,##0.00"


class Kind(StrEnum):
    """What a column holds, and so how its cells are aligned and formatted."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    MONTH = "month"


_FORMATS = {Kind.PERCENT: "0.00%", Kind.DATE: "yyyy-mm-dd", Kind.MONTH: "yyyy-mm"}
_WIDTHS = {Kind.TEXT: 18.0, Kind.NUMBER: 15.0, Kind.PERCENT: 11.0, Kind.DATE: 12.0, Kind.MONTH: 10.0}

Value = str | int | Decimal | date | None


class Shown(NamedTuple):
    """A cell with a format of its own, in a column whose rows have different units."""

    value: Value
    number_format: str


Cell = Value | Shown
Row = Mapping[str, Cell]


@dataclass(frozen=True)
class Column:
    """One column: the key of its cells in a row, the words of its header."""

    key: str
    title: str
    kind: Kind = Kind.TEXT
    width: float | None = None
    number_format: str = ""

    @property
    def shown_width(self) -> float:
        return _WIDTHS[self.kind] if self.width is None else self.width

    @property
    def shown_format(self) -> str:
        return self.number_format or _FORMATS.get(self.kind, "")


@dataclass(frozen=True)
class Sheet:
    """One table. A tidy one has a header row and rows, and nothing else that a program would trip over."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Row]
    title: str = ""
    provenance: Sequence[str] = ()
    notes: Sequence[str] = ()
    is_tidy: bool = False


# What a cell may hold --------------------------------------------------------------------------

_UNPRINTABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean_text(text: str) -> str:
    """Return the text as a workbook can hold it: no character XML forbids, at most what a cell takes.

    >>> clean_text("第一行\\r\\n第二行\\x0b\\x00")
    '第一行\\n第二行'
    """
    text = _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    units = text.encode("utf-16-le")
    if len(units) <= 2 * CHARACTERS_PER_CELL:
        return text
    return units[: 2 * (CHARACTERS_PER_CELL - 1)].decode("utf-16-le", errors="ignore") + "…"


def as_double(value: Decimal | int) -> float | None:
    """Return the number to 15 significant digits; None where that would lose a digit of a filed value.

    :raises ValueError: not a number, or infinite; neither is ever a figure.

    >>> as_double(Decimal("0.0463")), as_double(Decimal("123456789012345.67")) is None
    (0.0463, True)
    >>> as_double(Decimal(2) / Decimal(3))
    0.666666666666667
    """
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(f"{number} is not a figure and is not exported.")
    text = plain_text(number)
    digits = len(text.replace(".", "").lstrip("-0").rstrip("0"))
    decimals = len(text.partition(".")[2])
    if digits > EXACT_DIGITS and decimals <= FILED_DECIMALS:
        return None
    return float(f"{number:.{EXACT_DIGITS}g}")


def guarded(text: str) -> str:
    """Return the text as a spreadsheet may open it from CSV: what looks like a formula begins with an apostrophe.

    >>> guarded("=1+1"), guarded("广东")
    ("'=1+1", '广东')
    """
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠")) else text


_FORBIDDEN_IN_NAMES = re.compile(r"[\[\]:*?/\\\t\n]")


class SheetNames:
    """Gives each sheet of a workbook a name that Excel accepts: short, without signs it forbids, each once.

    >>> names = SheetNames()
    >>> [names.take(wanted) for wanted in ["进度/分省", "进度 分省", "", "'T01'"]]
    ['进度 分省', '进度 分省 (2)', 'Sheet', 'T01']
    """

    def __init__(self) -> None:
        self._taken = {"history"}

    def take(self, wanted: str) -> str:
        plain = _FORBIDDEN_IN_NAMES.sub(" ", clean_text(wanted)).strip("' ") or "Sheet"
        name = next(name for name in _numbered(plain) if name.casefold() not in self._taken)
        self._taken.add(name.casefold())
        return name


def _numbered(name: str) -> Iterator[str]:
    """Yield the name, then the name with (2), (3) …, none longer than Excel allows."""
    yield _shortened(name, CHARACTERS_PER_SHEET_NAME)
    for number in itertools.count(2):
        suffix = f" ({number})"
        yield _shortened(name, CHARACTERS_PER_SHEET_NAME - len(suffix)) + suffix


def _shortened(text: str, units: int) -> str:
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", errors="ignore").rstrip("' ")


# Excel -----------------------------------------------------------------------------------------


#: How every workbook is opened for writing.
_FLAGS = ("strings_to_formulas", "strings_to_urls", "strings_to_numbers", "nan_inf_to_errors")
TEXT_STAYS_TEXT = dict.fromkeys(_FLAGS, False)


def write_workbook(stream: IO[bytes], sheets: Sequence[Sheet]) -> None:
    """Write the sheets as one workbook, row by row: memory does not grow with the rows.

    A table longer than a sheet goes on in further sheets under the same header.
    """
    with TemporaryDirectory(prefix="sheets-") as folder:
        book = Workbook(stream, {**TEXT_STAYS_TEXT, "constant_memory": True, "tmpdir": folder})
        book.use_zip64()
        book.set_properties({"title": next((sheet.title for sheet in sheets if sheet.title), "")})
        styles = _Styles(book)
        names = SheetNames()
        for sheet in sheets:
            _write_sheet(book, names, styles, sheet)
        book.close()


class _Styles:
    """The formats of one workbook; each is made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._cells: dict[tuple[Kind, str], Format] = {}
        font = {"font_name": "Microsoft YaHei", "font_size": 10}
        self._font = font
        self.title = book.add_format({**font, "bold": True, "font_size": 14})
        self.small = book.add_format({**font, "font_size": 9, "font_color": "#555555"})
        header = {**font, "bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 1, "bg_color": "#E9EEF5"}
        self.header = {
            kind: book.add_format({**header, "align": "left" if kind == Kind.TEXT else "right"}) for kind in Kind
        }

    def cell(self, kind: Kind, number_format: str) -> Format:
        made = self._cells.get((kind, number_format))
        if made is None:
            align = {} if kind == Kind.TEXT else {"align": "right"}
            shown = {"num_format": number_format} if number_format else {}
            made = self._book.add_format({**self._font, **align, **shown, "valign": "top"})
            self._cells[kind, number_format] = made
        return made


def _write_sheet(book: Workbook, names: SheetNames, styles: _Styles, sheet: Sheet) -> None:
    """Write one table, over as many sheets as its rows need."""
    limit = ROWS_PER_SHEET - (0 if sheet.is_tidy else 1 + len(sheet.notes))
    rows = iter(sheet.rows)
    row = next(rows, None)
    while True:
        page = book.add_worksheet(names.take(sheet.name))
        top = _write_head(page, styles, sheet)
        at = top + 1
        while row is not None and at < limit:
            _write_row(page, styles, sheet.columns, at, row)
            at, row = at + 1, next(rows, None)
        _set_up(page, sheet, top, last=at - 1)
        if row is None:
            _write_notes(page, styles, sheet, at)
            return


def _write_head(page: Worksheet, styles: _Styles, sheet: Sheet) -> int:
    """Write what stands above the rows; return the row of the header."""
    for number, column in enumerate(sheet.columns):
        page.set_column(number, number, column.shown_width)
    top = 0
    if not sheet.is_tidy:
        for line in (sheet.title, *sheet.provenance):
            write_text(page, top, 0, line, styles.title if top == 0 else styles.small)
            top += 1
    for number, column in enumerate(sheet.columns):
        write_text(page, top, number, column.title, styles.header[column.kind])
    return top


def _write_row(page: Worksheet, styles: _Styles, columns: Sequence[Column], at: int, row: Row) -> None:
    for number, column in enumerate(columns):
        cell = row.get(column.key)
        value, shown = cell if isinstance(cell, Shown) else (cell, column.shown_format)
        if value is not None:
            write_value(page, at, number, value, styles.cell(column.kind, shown))


def write_value(page: Worksheet, at: int, number: int, value: str | int | Decimal | date, style: Format) -> None:
    """Write a cell: text stays text, a number keeps the digits that Excel holds."""
    if isinstance(value, str):
        write_text(page, at, number, value, style)
    elif isinstance(value, date):
        page.write_datetime(at, number, value, style)
    elif (double := as_double(value)) is not None:
        page.write_number(at, number, double, style)
    else:
        write_text(page, at, number, plain_text(Decimal(value)), style)


def write_text(page: Worksheet, at: int, number: int, text: str, style: Format) -> None:
    """Write a text that never becomes anything else; an empty one leaves the cell out."""
    text = clean_text(text)
    if text.startswith("<r>") and text.endswith("</r>"):
        # The library takes such a text for its own rich-text markup and would write it into the file unescaped.
        page.write_rich_string(at, number, text[:1], text[1:2], text[2:], style)
    elif text:
        page.write_string(at, number, text, style)


def _write_notes(page: Worksheet, styles: _Styles, sheet: Sheet, at: int) -> None:
    if sheet.is_tidy:
        return
    for offset, note in enumerate(sheet.notes, start=1):
        write_text(page, at + offset, 0, note, styles.small)


def _set_up(page: Worksheet, sheet: Sheet, top: int, last: int) -> None:
    """Freeze and filter the header; print it on every landscape A4 page."""
    page.freeze_panes(top + 1, 0)
    if sheet.columns:
        page.autofilter(top, 0, max(top, last), len(sheet.columns) - 1)
    page.repeat_rows(top)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer("&C&P / &N")


# CSV -------------------------------------------------------------------------------------------

BYTE_ORDER_MARK = "\ufeff"


def csv_lines(columns: Sequence[Column], rows: Iterable[Row], *, marked: bool = True) -> Iterator[str]:
    """Yield the table line by line: a header of keys, numbers with every digit, text that no program runs.

    Where it is `marked`, the first line begins with the mark by which Excel knows UTF-8; programs do without.
    """
    yield (BYTE_ORDER_MARK if marked else "") + _csv_line([guarded(column.key) for column in columns])
    for row in rows:
        yield _csv_line([_csv_cell(row.get(column.key), column) for column in columns])


def _csv_line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _csv_cell(cell: Cell, column: Column) -> str:
    value = cell.value if isinstance(cell, Shown) else cell
    if value is None:
        return ""
    if isinstance(value, str):
        return guarded(clean_text(value))
    if isinstance(value, date):
        return f"{value:%Y-%m}" if column.kind == Kind.MONTH else value.isoformat()
    if not Decimal(value).is_finite():
        raise ValueError(f"{value} is not a figure and is not exported.")
    return plain_text(Decimal(value))


# The answer ------------------------------------------------------------------------------------


def workbook_response(filename: str, sheets: Sequence[Sheet]) -> FileResponse:
    """Return the sheets as a download. The file is temporary and goes when the answer has been sent."""
    stream = TemporaryFile()  # noqa: SIM115 -- the response closes it
    try:
        write_workbook(stream, sheets)
    except BaseException:
        stream.close()
        raise
    return download(stream, filename, XLSX_TYPE)


def csv_response(filename: str, columns: Sequence[Column], rows: Iterable[Row], *, marked: bool = True) -> FileResponse:
    """Return the table as a download, complete or not at all: an error in the middle answers as an error."""
    stream = TemporaryFile()  # noqa: SIM115 -- the response closes it
    try:
        for line in csv_lines(columns, rows, marked=marked):
            stream.write(line.encode())
    except BaseException:
        stream.close()
        raise
    return download(stream, filename, CSV_TYPE)


def download(stream: IO[bytes], filename: str, content_type: str) -> FileResponse:
    """Return what was written as a file to save; the answer closes it."""
    stream.seek(0)
    return FileResponse(
        stream,
        as_attachment=True,
        filename=download_name(filename),
        content_type=content_type,
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store, private"},
    )


def download_name(filename: str) -> str:
    """Return a file name that no header or file system trips over; Chinese stays (RFC 6266 `filename*`).

    >>> download_name('进度\\r\\n"2007/06".xlsx')
    '进度_2007_06_.xlsx'
    """
    return re.sub(r'[\x00-\x1f\x7f"*/:<>?\\|]+', "_", clean_text(filename)).strip(" .")
