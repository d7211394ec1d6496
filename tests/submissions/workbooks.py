"""The corpus: workbooks as people and attackers make them, each with the verdict it must get (acceptance.md C.3).

A case is a name that begins with its row of C.3, the bytes, and a verdict: `refused` names the code of a file that is
not read; `faults` lists row, column and code of every refused cell; `created` counts the figures that would be
written; `notes` holds words that must be told, in a note or a fault; `findings` lists the rules that ask about T01
and T11 of June once the figures are drafts, May holding 300 000 and 840 000.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time
from functools import cache

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

COLUMNS = ("month", "unit", "indicator", "value", "numerator", "denominator", "persons", "state", "note")
SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@dataclass(frozen=True)
class Case:
    name: str
    data: bytes
    refused: str = ""
    faults: tuple[tuple[int, str, str], ...] = ()
    created: int = 0
    notes: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()


# How they are made -----------------------------------------------------------------------------

Row = tuple[object, ...]
T01: Row = ("2007-06", "440000", "T01", 310000)
T11: Row = ("2007-06", "440000", "T11", 850000)
T04: Row = ("2007-06", "440000", "T04", None, 210000, 5200000)
T18: Row = ("2007-06", "440000", "T18", 0, None, None, 0, None, "无新欠")


def book(*rows: Row, header: Row = COLUMNS, edit: Callable[[Workbook, Worksheet], None] | None = None) -> bytes:
    """Return a table of figures; `edit` may do to it what people do."""
    made = Workbook()
    sheet = made.active
    for row in (header, *rows):
        sheet.append(row)
    if edit is not None:
        edit(made, sheet)
    return saved(made)


def saved(made: Workbook) -> bytes:
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def with_value(value: object, number_format: str = "General") -> bytes:
    """Return a table of one figure with this value under this format."""

    def edit(_made: Workbook, sheet: Worksheet) -> None:
        sheet["D2"].value = value
        sheet["D2"].number_format = number_format

    return book(T01, edit=edit)


def changed(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return the package with one part rewritten; the change must change something."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == part:
                assert change(content) != content, part
                content = change(content)
            new.writestr(name, content)
    return buffer.getvalue()


def added(data: bytes, *parts: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts:
            package.writestr(name, content)
    return buffer.getvalue()


def without(data: bytes, *names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in names:
                new.writestr(name, old.read(name))
    return buffer.getvalue()


def raw_cell(xml: str) -> bytes:
    """Return a table whose value cell is this XML."""
    return changed(book(T01), SHEET, lambda part: part.replace(b'<c r="D2" t="n"><v>310000</v></c>', xml.encode()))


def raw_value(text: str, kind: str = "n") -> bytes:
    return raw_cell(f'<c r="D2" t="{kind}"><v>{text}</v></c>')


def zipped(*parts: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts:
            package.writestr(name, content)
    return buffer.getvalue()


def encrypted_entry(data: bytes) -> bytes:
    """Return the package with every entry flagged as encrypted."""
    marked = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = marked.find(mark)
        while at >= 0:
            marked[at + offset] |= 1
            at = marked.find(mark, at + 4)
    return bytes(marked)


def with_types(old: bytes, new: bytes) -> bytes:
    return changed(book(T01), "[Content_Types].xml", lambda part: part.replace(old, new))


def sheet_xml(rows: str, head: str = "", tail: str = "") -> bytes:
    xml = f'<worksheet xmlns="{MAIN}">{head}<sheetData>{rows}</sheetData>{tail}</worksheet>'
    return changed(book(T01), SHEET, lambda part: xml.encode())


def inline(*cells: str) -> str:
    """Return cells with inline texts, given as `A1=text`."""
    pairs = [cell.partition("=") for cell in cells]
    return "".join(f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>' for at, _equals, text in pairs)


# The cases by row of C.3 -----------------------------------------------------------------------

MAIN_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
ONE = ((2, "value", "not_a_number"),)


@cache
def corpus() -> tuple[Case, ...]:
    parts = (
        _tables, _columns, _structure, _formulas, _texts, _raw_numbers, _bombs, _forbidden, _kinds, _layout, _hidden,
        _units, _retired, _keys, _parts, _slips, _formats, _dates, _rules_of_the_gate, _looks,
    )  # fmt: skip
    return tuple(case for part in parts for case in part())


def _tables() -> Iterator[Case]:
    yield Case("X-00 a plain table", book(T01, T04, T11, T18), created=4)
    yield Case("X-00 blank lines in the middle and at the end", book(T01, (), T11, (), ()), created=2)
    yield Case("X-01 an empty sheet", saved(Workbook()), refused="no_figures")
    yield Case("X-01 only a header", book(), refused="no_figures")
    yield Case("X-01 a template nobody filled in", book(T01[:3], T11[:3]), notes=("2 行没有填数据",))
    yield Case("X-01 only remarks", book(("注：以人为单位",)), refused="no_figures")


def _columns() -> Iterator[Case]:
    yield Case("X-02 reordered", book((310000, "T01", "440000", "2007-06"), header=COLUMNS[3::-1]), created=1)
    yield Case("X-02 Chinese titles", book(T01, header=("报告期", "单位代码", "指标代码", "数值")), created=1)
    yield Case(
        "X-02 line break and brackets", book(T01, header=("月份", "填报\n单位", "指标", "累计数（人）")), created=1
    )
    yield Case("X-02 blanks in titles", book(T01, header=(" month ", "unit\u3000", "indicator", "Value")), created=1)
    yield Case("X-02 a title above", book(COLUMNS, T01, header=("2007年6月 数据表",)), created=1)
    yield Case("X-02 a column is missing", book(T01[1:], header=COLUMNS[1:4]), refused="wrong_columns")
    yield Case(
        "X-02 a column nobody knows", book((*T01, "x"), header=(*COLUMNS[:4], "colour")), refused="wrong_columns"
    )
    yield Case("X-02 a column twice", book((*T01, 5), header=(*COLUMNS[:4], "数值")), refused="wrong_columns")
    yield Case("X-02 renamed", book(T01, header=("月", "单位", "指标", "值")), refused="wrong_columns")
    yield Case("X-02 our own read-only columns", book((*T01, "approved"), header=(*COLUMNS[:4], "status")), created=1)


def _structure() -> Iterator[Case]:
    for stated in ("A1", "A1:B2", "A1:D1", "Z99"):
        yield Case(
            f"X-03 a lying dimension {stated}",
            changed(
                book(T01, T11, T18), SHEET, lambda part, to=stated: part.replace(b'ref="A1:I4"', f'ref="{to}"'.encode())
            ),
            created=3,
        )
    strict = changed(
        book(T01), "xl/workbook.xml",
        lambda part: part.replace(MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
    )  # fmt: skip
    yield Case("X-04 Strict Open XML", strict, refused="strict_open_xml")
    no_places = changed(book(T01, T11), SHEET, _without_places)
    yield Case("X-03 cells and rows without addresses", no_places, created=2)


def _without_places(part: bytes) -> bytes:
    import re

    return re.sub(rb' r="[A-Z]*[0-9]+"', b"", part)


def _formulas() -> Iterator[Case]:
    yield Case("X-05 a formula not calculated", with_value("=1+1"), faults=((2, "value", "formula_not_calculated"),))
    yield Case(
        "X-05 an empty result",
        raw_cell('<c r="D2"><f>A1</f><v/></c>'),
        faults=((2, "value", "formula_not_calculated"),),
    )
    yield Case(
        "X-06 a formula with its value", raw_cell('<c r="D2"><f>1+1</f><v>2</v></c>'), created=1, notes=("来自公式",)
    )
    yield Case(
        "X-06 a formula with a text",
        raw_cell('<c r="D2" t="str"><f>A1</f><v>12万</v></c>'),
        faults=((2, "value", "has_unit"),),
    )
    yield Case(
        "X-06 a shared formula",
        raw_cell('<c r="D2"><f t="shared" si="0"/><v>7</v></c>'),
        created=1,
        notes=("来自公式",),
    )
    for error in ("#REF!", "#DIV/0!", "#N/A", "#VALUE!", "#NAME?"):
        yield Case(f"X-06 the error {error}", raw_value(error, "e"), faults=((2, "value", "error_cell"),))
    yield Case(
        "X-06 an error of a formula", raw_cell('<c r="D2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'),
        faults=((2, "value", "error_cell"),),
    )  # fmt: skip


def _texts() -> Iterator[Case]:
    for name, text in (
        ("number as text", "310000"), ("grouped", "310,000"), ("blanks around", " 310000 "), ("tab", "310000\t"),
    ):  # fmt: skip
        yield Case(f"X-07 {name}", with_value(text), created=1)
    for name, text in (
        ("full-width", "３１００００"),
        ("no-break space", "310000\u00a0"),
        ("zero width", "\u200b310000"),
    ):
        yield Case(f"X-07 {name}", with_value(text), created=1, notes=("310000",))
    for text, code in (
        ("12万", "has_unit"), ("1.2亿", "has_unit"), ("十二", "chinese_numeral"), ("1e2", "exponent"),
        ("1_000", "bad_grouping"), ("1,00", "bad_grouping"), ("(5)", "negative"), ("－5", "negative"),
        ("—", "is_placeholder"), ("无", "is_placeholder"), ("5.", "trailing_point"), ("٣", "other_script_digits"),
        ("NaN", "not_finite"), ("9" * 70, "too_long"), ("=1+1", "not_a_number"), ("@SUM(1)", "not_a_number"),
        ("12吨", "has_unit"), ("1 234", "has_inner_space"),
    ):  # fmt: skip
        yield Case(f"X-07 the text {text[:8]}", text_value(text), faults=((2, "value", code),))
    rich = raw_cell('<c r="D2" t="inlineStr"><is><r><t>310</t></r><r><t>000</t></r><rPh><t>x</t></rPh></is></c>')
    yield Case("X-07 a text of two runs", rich, created=1)
    for value in (True, False):
        yield Case(f"X-08 {value}", with_value(value), faults=((2, "value", "boolean_cell"),))


def text_value(text: str) -> bytes:
    """Return a table whose value is this text, even where it looks like a formula."""
    return raw_cell(f'<c r="D2" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>')


def _raw_numbers() -> Iterator[Case]:
    for text in ("NaN", "INF", "abc", "1_000", "１２", "0x1F", "--5", "1,000"):
        yield Case(f"X-13 the raw value {text}", raw_value(text), faults=ONE)
    yield Case("X-13 the raw value 1e400", raw_value("1e400"), faults=((2, "value", "over_maximum"),))
    yield Case("X-13 the raw value 3.1E5", raw_value("3.1E5"), created=1)
    yield Case(
        "X-33 0.30000000000000004 of persons",
        raw_value("0.30000000000000004"),
        faults=((2, "value", "too_many_decimals"),),
    )
    yield Case("X-33 a sum in binary", raw_value("310000.00000000006"), created=1)
    yield Case("X-33 one third", raw_value("0.33333333333333331"), faults=((2, "value", "too_many_decimals"),))
    yield Case("X-33 yuan and a tail", yuan("1000.1000000000000227"), created=1)
    yield Case("X-33 over the maximum", raw_value("1000000000000000.3"), faults=((2, "value", "over_maximum"),))
    yield Case("X-33 minus zero", raw_value("-0"), created=1)
    yield Case("X-33 negative", raw_value("-5"), faults=((2, "value", "negative"),))


def yuan(text: str) -> bytes:
    data = book(T18)
    return changed(
        data, SHEET, lambda part: part.replace(b'<c r="D2" t="n"><v>0</v>', f'<c r="D2"><v>{text}</v>'.encode())
    )


def bombs() -> dict[str, bytes]:
    """Return what is small and would be large."""
    cells = "".join(f"<c><v>{number * 7919}</v></c>" for number in range(210_000))
    comment = "<!--" + " " * 21_000_000 + "-->"
    strings = "<si><t>" + "x" * 22_000_000 + "</t></si>"
    styles = (
        f'<styleSheet xmlns="{MAIN}"><cellXfs>'
        + "".join(f'<xf numFmtId="{number * 31}" fontId="{number * 7}"/>' for number in range(100_000))
        + "</cellXfs></styleSheet>"
    )
    many = book(T01)
    return {
        "cells": sheet_xml(f"<row>{cells}</row>"),
        "white space": sheet_xml("", tail=comment),
        "strings": added(without(book(T01), "xl/sharedStrings.xml"), ("xl/sharedStrings.xml", strings.encode())),
        "styles": changed(many, "xl/styles.xml", lambda part: styles.encode()),
        "entries": added(many, *((f"xl/x{number}.xml", b"") for number in range(10_000))),
        "ratio": added(many, ("xl/media/zeros.bin", b"\0" * 19_000_000)),
        "nested": added(many, ("inner.zip", zipped(("zeros", b"\0" * 1_000_000)))),
        "entities": changed(
            many, SHEET,
            lambda part: b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>' + part,
        ),
        "far row": sheet_xml('<row r="99999999"><c r="A99999999"><v>1</v></c></row>'),
    }  # fmt: skip


BOMB_CODES = {
    "cells": "too_many_cells", "white space": "unpacks_too_large", "strings": "unpacks_too_large",
    "styles": "too_many_styles", "entries": "too_many_parts", "ratio": "unpacks_too_large",
    "nested": "nested_archive", "entities": "forbidden_xml", "far row": "too_far",
}  # fmt: skip


def _bombs() -> Iterator[Case]:
    yield Case(
        "X-09 a cell at row 1,048,576",
        sheet_xml('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'),
        refused="too_far",
    )
    yield Case("X-09 a cell in column XFD", sheet_xml('<row r="1"><c r="XFD1"><v>1</v></c></row>'), refused="too_far")
    far = raw_cell('<c r="D2"><v>310000</v></c></row><row r="1048576" ht="15"><c r="A1048576" s="0"/>')
    yield Case("X-09 an empty formatted cell far below", far, created=1)
    for name, data in bombs().items():
        yield Case(f"X-10 bomb: {name}", data, refused=BOMB_CODES[name])


def _forbidden() -> Iterator[Case]:
    for name, declaration in (
        ("internal", '<!DOCTYPE x [<!ENTITY a "b">]>'), ("external", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        ("late", "<!--" + "-" * 300_000 + " --><!DOCTYPE x>".replace("--", "- "),),
    ):  # fmt: skip
        yield Case(
            f"X-11 {name} entity in the sheet",
            changed(book(T01), SHEET, lambda part, said=declaration: said.encode() + part), refused="forbidden_xml",
        )  # fmt: skip
    for part in ("xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "_rels/.rels", "docProps/core.xml"):
        yield Case(
            f"X-11 an entity in {part}",
            changed(book(T01), part, lambda part: b"<!DOCTYPE x>" + part),
            refused="forbidden_xml",
        )
    for name in ("../../x.xml", "/etc/x", "..\\x.xml", "c:/x", "xl/../../x"):
        yield Case(f"X-12 the entry {name}", added(book(T01), (name, b"x")), refused="unsafe_path")
    yield Case("X-12 names that differ by case", added(book(T01), ("XL/Workbook.xml", b"x")), refused="duplicate_parts")
    yield Case("X-12 encrypted entries", encrypted_entry(book(T01)), refused="password_protected")
    yield Case("X-12 a workbook inside", added(book(T01), ("xl/inner.xlsx", book(T01))), refused="nested_archive")
    for name, words in (
        ("xl/externalLinks/externalLink1.xml", "指向其他文件的链接"), ("xl/connections.xml", "数据连接"),
        ("xl/embeddings/oleObject1.bin", "嵌入的对象"),
    ):  # fmt: skip
        yield Case(f"X-14 {name}", added(book(T01), (name, b"<x/>")), created=1, notes=(words,))


def _kinds() -> Iterator[Case]:
    yield Case(
        "X-15 .xlsm renamed",
        with_types(MAIN_TYPE, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
        refused="has_macros",
    )
    yield Case("X-15 macros inside", added(book(T01), ("xl/vbaProject.bin", b"x")), refused="has_macros")
    yield Case(
        "X-15 .xlsb",
        with_types(MAIN_TYPE, b"application/vnd.ms-excel.sheet.binary.macroEnabled.main"),
        refused="is_binary",
    )
    yield Case(
        "X-15 .xltx", with_types(b"spreadsheetml.sheet.main", b"spreadsheetml.template.main"), refused="is_template"
    )
    yield Case("X-16 .xls", OLE + "Workbook".encode("utf-16-le"), refused="old_format")
    yield Case("X-16 with a password", OLE + "EncryptedPackage".encode("utf-16-le"), refused="password_protected")
    yield Case("X-16 .csv", b"month,unit,indicator,value\n2007-06,440000,T01,5\n", refused="is_text")
    yield Case("X-16 a web page", b"<html><table><tr><td>5</td></tr></table></html>", refused="is_web_page")
    yield Case("X-16 a web page with its mark", b"\xef\xbb\xbf\r\n<!DOCTYPE html><html></html>", refused="is_web_page")
    yield Case("X-16 a saved web page", b"MIME-Version: 1.0\nX-Document-Type: Workbook", refused="is_web_page")
    yield Case(
        "X-16 an XML table", b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        refused="is_xml",
    )  # fmt: skip
    yield Case("X-16 PDF", b"%PDF-1.7", refused="is_pdf")
    yield Case("X-16 0 bytes", b"", refused="empty_file")
    yield Case("X-16 1 byte", b"\0", refused="not_a_workbook")
    yield Case("X-16 half an upload", book(T01)[:3000], refused="incomplete")
    yield Case("X-16 the beginning alone", b"PK\x03\x04", refused="incomplete")
    yield Case("X-16 a damaged sheet", changed(book(T01), SHEET, lambda part: part[:200]), refused="incomplete")
    yield Case("X-16 a program", b"MZ\x90\0" + book(T01), refused="is_program")
    yield Case("X-16 a picture", b"\x89PNG\r\n", refused="is_picture")
    yield Case("X-16 RTF", b"{\\rtf1", refused="is_document")
    yield Case("X-16 RAR", b"Rar!\x1a\x07", refused="is_archive")
    yield Case("X-17 a plain zip", zipped(("readme.txt", b"x")), refused="not_a_workbook")
    yield Case("X-17 an empty zip", zipped(), refused="not_a_workbook")
    yield Case(
        "X-17 a document",
        with_types(b"spreadsheetml.sheet.main", b"wordprocessingml.document.main"),
        refused="is_document",
    )
    yield Case("X-17 the sheet is missing", without(book(T01), SHEET), refused="incomplete")
    yield Case("X-17 the workbook is missing", without(book(T01), "xl/workbook.xml"), refused="not_a_workbook")
    ods = zipped(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b"<x/>"))
    yield Case("X-16 .ods", ods, refused="is_open_document")


def _layout() -> Iterator[Case]:
    yield Case("X-18 a merged title", book(COLUMNS, T01, header=("数据表",), edit=merged("A1:D1")), created=1)
    both = ((2, "value", "merged_cells"), (3, "value", "merged_cells"))
    yield Case("X-18 a merged value", book(T01, T11, edit=merged("D2:D3")), faults=both)
    yield Case("X-18 a merged unit", book(T01, (*T11[:1], None, *T11[2:]), edit=merged("B2:B3")),
               faults=tuple((row, "unit", "merged_cells") for row in (2, 3)))  # fmt: skip
    yield Case("X-20 the table on the second sheet", book(T01, edit=sheet_before("封面")), created=1, notes=("封面",))
    yield Case("X-20 two tables", book(T01, edit=second_table), refused="several_tables")
    yield Case("X-21 a total that fits", book(T01, ("合计", None, None, 310000)), created=1, notes=("第 3 行",))
    yield Case("X-21 a total that does not", book(T01, ("合计", None, None, 5)), created=1, notes=("不符",))
    yield Case(
        "X-21 a total in the unit's column",
        book(T01, ("2007-06", "合计", "T01", 310000)),
        created=1,
        notes=("第 3 行",),
    )
    yield Case("X-21 a second header", book(T01, COLUMNS, T11), created=2, notes=("第 3 行",))
    yield Case(
        "X-21 notes and signatures",
        book(T01, (), ("注：以人为单位",), ("填表人：张三",)),
        created=1,
        notes=("第 4、5 行",),
    )


def merged(area: str) -> Callable[[Workbook, Worksheet], None]:
    return lambda _made, sheet: sheet.merge_cells(area)


def sheet_before(name: str) -> Callable[[Workbook, Worksheet], None]:
    def edit(made: Workbook, _sheet: Worksheet) -> None:
        made.create_sheet(name, 0)["A1"] = "2007年6月"

    return edit


def second_table(made: Workbook, _sheet: Worksheet) -> None:
    other = made.create_sheet("七月")
    for row in (COLUMNS, ("2007-07", "440000", "T01", 5)):
        other.append(row)


def _hidden() -> Iterator[Case]:
    def rows(_made: Workbook, sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True

    def columns(_made: Workbook, sheet: Worksheet) -> None:
        sheet.column_dimensions["D"].hidden = True

    def filtered(_made: Workbook, sheet: Worksheet) -> None:
        sheet.auto_filter.ref = "A1:D3"
        sheet.row_dimensions[2].hidden = True

    def grouped(_made: Workbook, sheet: Worksheet) -> None:
        sheet.row_dimensions.group(2, 3, hidden=True)

    def sheet_state(state: str) -> Callable[[Workbook, Worksheet], None]:
        def edit(made: Workbook, sheet: Worksheet) -> None:
            made.create_sheet("说明")["A1"] = "见隐藏表"
            sheet.sheet_state = state
            made.active = 1

        return edit

    yield Case("X-19 a hidden row", book(T01, T11, edit=rows), created=2, notes=("有 1 行是隐藏的",))
    yield Case("X-19 a hidden column", book(T01, edit=columns), created=1, notes=("有 1 列是隐藏的",))
    yield Case("X-19 filtered rows", book(T01, T11, edit=filtered), created=2, notes=("有 1 行是隐藏的",))
    yield Case("X-19 grouped rows", book(T01, T11, edit=grouped), created=2, notes=("有 2 行是隐藏的",))
    for state in ("hidden", "veryHidden"):
        yield Case(f"X-19 a {state} sheet", book(T01, edit=sheet_state(state)), created=1, notes=("隐藏的工作表",))


def of_unit(unit: object) -> bytes:
    return book(("2007-06", unit, "T01", 5))


def _units() -> Iterator[Case]:
    for unit in (
        440000,
        "440000",
        "440000.0",
        440000000000,
        "440000000000",
        "广东",
        "广东省",
        "广东\u3000",
        "\ufeff440000",
    ):
        yield Case(f"X-22 X-24 the unit {unit!r}", of_unit(unit), created=1)
    for unit in ("东省", "广东省厅", "黑龙江", 230000, "全国", "999999", "山西", "Ｇuangdong", 44):
        yield Case(f"X-22 X-26 the unit {unit!r}", of_unit(unit), faults=((2, "unit", "unknown_unit"),))
    yield Case("X-22 no unit", of_unit(None), faults=((2, "unit", "unit_missing"),))
    yield Case("X-22 an error for a unit", of_unit(True), faults=((2, "unit", "boolean_cell"),))


def _retired() -> Iterator[Case]:
    gone = ((2, "unit", "retired_unit"),)
    for unit in (441900, "441900", "441900.0", "南海行署"):
        yield Case(f"X-24 the retired unit {unit!r}", of_unit(unit), faults=gone, notes=("440000 广东",))
    yield Case(
        "X-24 X-26 a unit whose successor is another bureau", of_unit("231900"), faults=((2, "unit", "unknown_unit"),)
    )
    yield Case(
        "X-24 a retired indicator", book((*T01[:2], "Z01", 5)), faults=((2, "indicator", "retired_indicator"),),
        notes=("T01",),
    )  # fmt: skip


def _parts() -> Iterator[Case]:
    whole = ("2007-06", "440000", "T08", 100)
    titled = (*COLUMNS[:4], "parts/workers", "离退休人员（人）")
    yield Case("V05 a figure in parts", book((*whole, 75, 25), header=titled), created=1)
    yield Case(
        "V05 parts of a figure that has none",
        book((*T01, 75, 25), header=titled),
        faults=((2, "parts/workers", "unknown_part"), (2, "parts/retirees", "unknown_part")),
    )
    yield Case(
        "V05 a part that is no number", book((*whole, "七五", 25), header=titled),
        faults=((2, "parts/workers", "chinese_numeral"),),
    )  # fmt: skip
    yield Case(
        "V05 parts without their whole", book((*whole[:3], None, 75, 25), header=titled),
        faults=((2, "value", "value_missing"),),
    )  # fmt: skip


def _slips() -> Iterator[Case]:
    """What can be stored and is asked about: the slip itself is named where the report is checked (X-30, X-31)."""
    for times, asked in ((1, ()), (10, ("V24",)), (15, ("V24",)), (1_000, ("V10",)), (10_000, ("V10",))):
        rows = (("2007-06", "440000", "T01", 310_000 * times),)
        yield Case(f"X-30 {times} times too many", book(*rows), created=1, findings=keyed(asked, "T01"))
    for value, asked in ((31, ("V10",)), (31_000, ("V03",))):
        rows = (("2007-06", "440000", "T01", value),)
        yield Case(f"X-31 a month's own {value} where the year to date is asked", book(*rows), created=1,
                   findings=keyed(asked, "T01"))  # fmt: skip
    for value, asked in ((12_600_000, ("V08",)), (85, ("V10",)), (850_000, ())):
        rows = (("2007-06", "440000", "T11", value),)
        yield Case(f"X-31 a level of {value} after 840 000", book(*rows), created=1, findings=keyed(asked, "T11"))
    for title in ("数值（万人）", "value (万)", "数值[亿元]", "数值（%）"):
        yield Case(f"X-30 the title {title}", book(T01, header=(*COLUMNS[:3], title)), refused="scaled_column")
    closed = ("2007-01", "440000", "T01", 5)
    yield Case("X-32 a closed month", book(closed), faults=((2, "month", "month_closed"),), notes=("更正",))


def keyed(rules: tuple[str, ...], indicator: str) -> tuple[str, ...]:
    return tuple(f"{rule}:{indicator}" for rule in rules)


def _keys() -> Iterator[Case]:
    yield Case("X-25 twice the same", book(T01, T01), created=1, notes=("完全相同",))
    yield Case("X-25 twice, and different", book(T01, (*T01[:3], 5)), faults=((3, "indicator", "duplicate"),))
    yield Case(
        "X-26 another bureau's row", book(T01, ("2007-06", "230000", "T01", 5)), faults=((3, "unit", "unknown_unit"),)
    )
    for month in ("2007-06", "2007年6月", "200706", "2007/6", date(2007, 6, 1), date(2007, 6, 30), 200706):
        yield Case(f"X-32 the month {month!r}", book((month, *T01[1:])), created=1)
    for month, code in (
        ("2007-11", "month_closed"), ("2006-06", "unknown_month"), ("六月", "unknown_month"), (6, "unknown_month"),
        (None, "month_missing"), ("2007-13", "unknown_month"), (2007.1, "unknown_month"), (True, "boolean_cell"),
    ):  # fmt: skip
        yield Case(f"X-32 the month {month!r}", book((month, *T01[1:])), faults=((2, "month", code),))
    yield Case(
        "X-34 an indicator of another plan", book((*T01[:2], "T99", 5)), faults=((2, "indicator", "unknown_indicator"),)
    )
    yield Case("X-34 no indicator", book((*T01[:2], None, 5)), faults=((2, "indicator", "unknown_indicator"),))
    yield Case("X-32 not due", book(("2007-05", "440000", "T04", None, 1, 2)), faults=((2, "indicator", "not_due"),))


def _formats() -> Iterator[Case]:
    same = ("General", "0", "#,##0", "0.00", "@", "[Red]#,##0", '#,##0"人"', "#,##0_ ;[Red]-#,##0", "0_);(0)", "¥#,##0")
    for code in same:
        yield Case(f"X-43 the format {code}", with_value(310000, code), created=1)
    for code, shown in (
        ("#,##0,", "310"),
        ('0!.0,"万"', "万"),
        ("0%", "31000000%"),
        (";;;", "“”"),
        ('0.0,"千"', "310.0千"),
    ):
        yield Case(f"X-27 the format {code}", with_value(310000, code), created=1, notes=("显示为", shown))
    yield Case("X-27 rounded in the display", changed_yuan(), created=1, notes=("显示为“1234”",))
    yield Case("X-28 a percentage", with_value(0.12, "0%"), faults=((2, "value", "too_many_decimals"),))


def changed_yuan() -> bytes:
    def edit(_made: Workbook, sheet: Worksheet) -> None:
        sheet["D2"].value, sheet["D2"].number_format = 1234.4, "0"

    return book(T18, edit=edit)


def _dates() -> Iterator[Case]:
    refused = ((2, "value", "date_cell"),)
    for name, value, code in (
        ("a number under a date", 45000, "yyyy-mm-dd"), ("1-2 became a day", date(2007, 1, 2), 'm"月"d"日"'),
        ("a time", time(12, 30), "h:mm"), ("a duration", 1.5, "[h]:mm:ss"),
        ("a long date", 39234, "[$-804]yyyy年m月d日"),
    ):  # fmt: skip
        yield Case(f"X-29 {name}", with_value(value, code), faults=refused)
    yield Case("X-29 an ISO date", raw_value("2007-06-30", "d"), faults=refused)

    def of_1904(made: Workbook, sheet: Worksheet) -> None:
        from openpyxl.utils.datetime import CALENDAR_MAC_1904

        made.epoch = CALENDAR_MAC_1904
        sheet["A2"] = date(2007, 6, 30)

    yield Case("X-29 dates since 1904", book(T01, edit=of_1904), created=1)


def _rules_of_the_gate() -> Iterator[Case]:
    for name, row, fault in (
        ("a value for a rate", ("2007-06", "440000", "T04", 0.04), "value"),
        ("parts for a value", ("2007-06", "440000", "T01", None, 1, 2), "numerator"),
        ("persons where none are asked", ("2007-06", "440000", "T01", 5, None, None, 3), "persons"),
    ):
        yield Case(f"X-30 {name}", book(row), faults=tuple(
            (2, column, "field_not_used") for column in ((fault, "denominator") if fault == "numerator" else (fault,))
        ))  # fmt: skip
    yield Case(
        "X-30 half a rate", book(("2007-06", "440000", "T04", None, 5)), faults=((2, "denominator", "part_missing"),)
    )
    yield Case(
        "X-30 a denominator of 0",
        book(("2007-06", "440000", "T04", None, 5, 0)),
        faults=((2, "denominator", "zero_denominator"),),
    )
    yield Case(
        "X-30 not applicable", book(("2007-06", "440000", "T13", None, None, None, None, "not_applicable")), created=1
    )
    yield Case(
        "X-30 a state nobody knows",
        book(("2007-06", "440000", "T01", 5, None, None, None, "估计")),
        faults=((2, "state", "unknown_state"),),
    )
    yield Case("X-38 500 wrong cells", book(*(("2007-06", "440000", f"Q{n:03}", "x") for n in range(500))),
               faults=tuple((n + 2, "indicator", "unknown_indicator") for n in range(500)))  # fmt: skip


def _looks() -> Iterator[Case]:
    def coloured(_made: Workbook, sheet: Worksheet) -> None:
        sheet["D2"].fill = PatternFill("solid", fgColor="FFFF00")
        sheet["D2"].font = Font(color="FFFFFF")
        sheet["D2"].comment = Comment("请核对", "张三")
        sheet.conditional_formatting.add("D2:D9", CellIsRule(operator="lessThan", formula=["5"], font=Font(bold=True)))

    yield Case("X-43 colours, comments, conditional formats", book(T01, edit=coloured), created=1)
    note = "=cmd|' /C calc'!A0"
    row = (*T18[:8], note)
    as_text = book(row, edit=lambda _made, sheet: setattr(sheet["I2"], "data_type", "s"))
    yield Case("U-14 a note that looks like a formula", as_text, created=1)
    yield Case("U-14 a note that is one", book(row), faults=((2, "note", "formula_not_calculated"),))
    yield Case("U-14 a number for a note", book((*T18[:8], 2007)), created=1)
