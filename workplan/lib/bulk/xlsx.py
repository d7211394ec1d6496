"""Streams a workbook as XML: each cell is written once and forgotten, the first bytes leave before the first row.

Text is written as inline text, so that nothing in it becomes a formula, a link or a number. Numbers keep the digits
that a cell of Excel holds; a longer filed value is written as text with every digit, as `workplan.lib.sheets` does.
No ZIP64 records: Excel takes a streamed archive with them for damaged, so a sheet ends before it needs them.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal

from workplan.lib.bulk.table import BulkColumn, BulkTable, Value
from workplan.lib.numbers import plain_text
from workplan.lib.sheets import EXACT_DIGITS, ROWS_PER_SHEET, SheetNames, as_double, clean_text

#: A sheet ends here and goes on in another: below the 2 GiB from which an archive needs ZIP64.
BYTES_PER_SHEET = 1_900_000_000
#: Rows that are compressed and sent together.
ROWS_AT_ONCE = 500
#: Fast over small: at level 6 the file is a third smaller and takes twice the time.
COMPRESSION = 1
#: Texts kept ready as XML; codes and words repeat, notes do not.
TEXTS_KEPT = 20_000

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_PART = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

#: Whatever is named .xml is a sheet unless it is named here: the number of sheets need not be known beforehand.
_CONTENT_TYPES = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Default Extension="xml" ContentType="{_PART}.worksheet+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_PART}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_PART}.styles+xml"/></Types>'
)
_ROOT = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
#: Style 0 is plain, style 1 the header.
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="10"/><name val="Microsoft YaHei"/></font>'
    '<font><b/><sz val="10"/><name val="Microsoft YaHei"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class _Outbox(io.RawIOBase):
    """What the archive has written and nobody has sent yet; it knows no way back."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:
        self._written.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        written, self._written = b"".join(self._written), []
        return written


def workbook_chunks(
    table: BulkTable, *, rows_per_sheet: int = ROWS_PER_SHEET, bytes_per_sheet: int = BYTES_PER_SHEET
) -> Iterator[bytes]:
    """Yield the workbook piece by piece; a table longer than a sheet goes on in further sheets, before what is said.

    :raises ValueError: a number is not finite; the archive then has no end, and no program takes it for whole.
    """
    outbox = _Outbox()
    names = SheetNames()
    written: list[str] = []
    with zipfile.ZipFile(outbox, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION) as archive:
        archive.writestr("[Content_Types].xml", _CONTENT_TYPES)
        archive.writestr("_rels/.rels", _ROOT)
        archive.writestr("xl/styles.xml", _STYLES)
        yield outbox.take()
        pages = _pages(table.columns, iter(table.rows), rows_per_sheet, bytes_per_sheet)
        for page in pages:
            written.append(names.take(table.name))
            with archive.open(f"xl/worksheets/sheet{len(written)}.xml", "w") as sheet:
                for xml in page:
                    sheet.write(xml)
                    if waiting := outbox.take():
                        yield waiting
        if table.about:
            written.append(names.take(table.about_name))
            archive.writestr(f"xl/worksheets/sheet{len(written)}.xml", b"".join(_about(table.about)))
        archive.writestr("xl/workbook.xml", _workbook(written))
        archive.writestr("xl/_rels/workbook.xml.rels", _relations(len(written)))
    yield outbox.take()


# Sheets ----------------------------------------------------------------------------------------


def _pages(
    columns: Sequence[BulkColumn], rows: Iterator[Sequence[Value]], most_rows: int, most_bytes: int
) -> Iterator[Iterator[bytes]]:
    """Yield one stream of XML per sheet; each must be read to its end before the next is asked for."""
    rest: list[Sequence[Value]] = []
    written_row = _row_writer(len(columns))

    def page() -> Iterator[bytes]:
        yield _opening(columns)
        size, at = 0, 2
        while rest and at <= most_rows and size < most_bytes:
            here = rest[: most_rows - at + 1]
            xml = "".join([written_row(number, row) for number, row in enumerate(here, start=at)]).encode()
            at, size = at + len(here), size + len(xml)
            del rest[: len(here)]
            if not rest:
                rest.extend(_next(rows))
            yield xml
        yield b"</sheetData></worksheet>"

    rest.extend(_next(rows))
    yield page()
    while rest:
        yield page()


def _next(rows: Iterator[Sequence[Value]]) -> list[Sequence[Value]]:
    return [row for _number, row in zip(range(ROWS_AT_ONCE), rows, strict=False)]


def _opening(columns: Sequence[BulkColumn]) -> bytes:
    """Return a sheet up to its header: a frozen row and columns wide enough to read."""
    header = "".join(
        f'<c r="{letter}1" s="1"{_text_xml(column.name)}' for letter, column in zip(_letters(), columns, strict=False)
    )
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'{_cols([column.width for column in columns])}<sheetData><row r="1">{header}</row>'
    ).encode()


def _cols(widths: Sequence[int]) -> str:
    cols = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(widths, start=1)
    )
    return f"<cols>{cols}</cols>"


def _about(lines: Sequence[tuple[str, str]]) -> Iterator[bytes]:
    written_row = _row_writer(2)
    yield f'{_HEAD}<worksheet xmlns="{_MAIN}">{_cols((24, 80))}<sheetData>'.encode()
    for number, line in enumerate(lines, start=1):
        yield written_row(number, line).encode()
    yield b"</sheetData></worksheet>"


def _row_writer(width: int) -> Callable[[int, Sequence[Value]], str]:
    """Return the function that writes one row of so many cells; None leaves its cell out."""
    letters = [letter for letter, _number in zip(_letters(), range(width), strict=False)]
    known: dict[str, str] = {}

    def text(value: str) -> str:
        xml = known.get(value)
        if xml is None:
            xml = _text_xml(value)
            if len(known) < TEXTS_KEPT:
                known[value] = xml
        return xml

    def written_row(number: int, row: Sequence[Value]) -> str:
        cells = "".join(
            [
                f'<c r="{letter}{number}"{text(value) if type(value) is str else _number_xml(value)}'
                for letter, value in zip(letters, row, strict=True)
                if value is not None
            ]
        )
        return f'<row r="{number}">{cells}</row>'

    return written_row


def _letters() -> Iterator[str]:
    """Yield A, B … Z, AA, AB …: the names of columns."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    yield from alphabet
    yield from (first + second for first in alphabet for second in alphabet)


# Cells -----------------------------------------------------------------------------------------

#: Excel reads _x0041_ as the letter A; the sign before it is written as such.
_CODED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def _text_xml(text: str) -> str:
    """Return the rest of a cell's element that holds the text, after its name and style.

    >>> _text_xml("=1+1 & <b>")
    ' t="inlineStr"><is><t xml:space="preserve">=1+1 &amp; &lt;b&gt;</t></is></c>'
    """
    plain = _CODED.sub("_x005F_", clean_text(text))
    escaped = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f' t="inlineStr"><is><t xml:space="preserve">{escaped}</t></is></c>'


def _number_xml(value: int | Decimal) -> str:
    """Return the rest of a cell's element that holds the number.

    >>> _number_xml(Decimal("310000.0000")), _number_xml(Decimal(1) / 3)
    ('><v>310000.0000</v></c>', '><v>0.333333333333333</v></c>')
    """
    text = str(value)
    if len(text) <= EXACT_DIGITS and "E" not in text and text[-1].isdigit() and text[-2:] != "-0":
        return f"><v>{text}</v></c>"
    double = as_double(value)
    return _text_xml(plain_text(Decimal(value))) if double is None else f"><v>{double!r}</v></c>"


# The package -----------------------------------------------------------------------------------


def _workbook(names: Iterable[str]) -> str:
    sheets = "".join(
        f'<sheet name="{_attribute(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(names, start=1)
    )
    return f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{sheets}</sheets></workbook>'


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _relations(n_sheets: int) -> str:
    sheets = "".join(
        f'<Relationship Id="rId{number}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, n_sheets + 1)
    )
    styles = f'<Relationship Id="rId{n_sheets + 1}" Type="{_LINKS}/styles" Target="styles.xml"/>'
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{sheets}{styles}</Relationships>'
