"""Tables that leave the house: what is written is what is read, and nothing in it runs."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from workplan.lib import sheets
from workplan.lib.bulk.table import BulkColumn, BulkTable
from workplan.lib.bulk.xlsx import workbook_chunks
from workplan.lib.numbers import plain_text
from workplan.lib.sheets import Column, Kind, Sheet, Shown

COLUMNS = (Column("text", "文字"), Column("number", "数值", Kind.NUMBER))
#: Together 10,000 (acceptance G-19).
N_TEXTS = N_NUMBERS = 5_000

FORMULAS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "－1",
    "＝1+1",
    '=HYPERLINK("http://example.org","点击")',
    "{=SUM(1)}",
    "http://example.org/",
    "<r><t>1</t></r>",
    "<r></c></row></r>",
    "_x0041_",
    "_x005F_x0041_",
    "'=1+1",
    "#REF!",
    "TRUE",
    "1E5",
    "007",
    "  边  ",
    "第一行\n第二行",
    "]]>&<!--",
)

texts = st.one_of(
    st.text(min_size=1, max_size=40),
    st.builds("{}{}".format, st.sampled_from("=+-@\t\r＝＋－＠"), st.text(max_size=20)),
    st.builds("{}{}".format, st.sampled_from(FORMULAS), st.text(max_size=10)),
)
numbers = st.one_of(
    st.decimals(min_value=-(10**15), max_value=10**15, places=4),
    st.decimals(min_value=0, max_value=1, places=28),
    st.integers(min_value=-(10**18), max_value=10**18).map(Decimal),
    st.decimals(min_value=0, max_value=10**10, places=2),
)


def drawn(strategy: st.SearchStrategy, count: int) -> list:
    """Return that many examples, the same in every run."""
    found = []

    @settings(
        max_examples=count,
        database=None,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def draw(example: object) -> None:
        found.append(example)

    while len(found) < count:
        draw()
    return found[:count]


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    """Random texts beside random numbers, the known attacks first."""
    words = [*FORMULAS, *drawn(texts, N_TEXTS)]
    figures = drawn(numbers, len(words))
    return [{"text": text, "number": number} for text, number in zip(words, figures, strict=True)]


def written(*tables: Sheet) -> bytes:
    stream = io.BytesIO()
    sheets.write_workbook(stream, tables)
    return stream.getvalue()


def tidy(rows: list[dict], columns: tuple[Column, ...] = COLUMNS) -> Sheet:
    return Sheet("数据", columns, rows, is_tidy=True)


def streamed(rows: list[dict]) -> bytes:
    """Return the rows as the writer of long tables sends them."""
    columns = (BulkColumn("text"), BulkColumn("number", decimals=4))
    return b"".join(workbook_chunks(BulkTable("数据", columns, [(row["text"], row["number"]) for row in rows])))


BOTH_WRITERS = pytest.mark.parametrize(
    "workbook_of", [lambda rows: written(tidy(rows)), streamed], ids=["designed", "streamed"]
)


def decoded(text: str | None) -> str:
    """Undo Excel's escape of a literal `_xHHHH_`, which openpyxl leaves in inline strings."""
    return re.sub(r"_x005F_(?=x[0-9A-Fa-f]{4}_)", "_", text or "")


def cells_of(workbook: bytes) -> list[tuple]:
    page = load_workbook(io.BytesIO(workbook)).worksheets[0]
    return list(page.iter_rows(min_row=2))


def as_excel_keeps(number: Decimal) -> object:
    double = sheets.as_double(number)
    return plain_text(number) if double is None else double


# What is written is what is read ---------------------------------------------------------------


@BOTH_WRITERS
def test_ten_thousand_texts_and_numbers_come_back_from_a_workbook(rows, workbook_of):
    found = cells_of(workbook_of(rows))

    assert [cell.data_type for row in found for cell in row if cell.data_type == "f"] == []
    assert [decoded(text.value) for text, _ in found] == [sheets.clean_text(row["text"]) for row in rows]
    assert [number.value for _, number in found] == [as_excel_keeps(row["number"]) for row in rows]


def test_ten_thousand_texts_and_numbers_come_back_from_csv(rows):
    text = "".join(sheets.csv_lines(COLUMNS, rows)).removeprefix(sheets.BYTE_ORDER_MARK)

    header, *found = csv.reader(io.StringIO(text, newline=""))

    assert header == ["text", "number"]
    assert [number for _, number in found] == [plain_text(row["number"]) for row in rows]
    assert [text for text, _ in found] == [sheets.guarded(sheets.clean_text(row["text"])) for row in rows]


@BOTH_WRITERS
def test_libreoffice_reads_ten_thousand_cells_and_finds_no_formula(rows, office, workbook_of):
    found = cells_of(office("cells.xlsx", workbook_of(rows)))

    assert [cell.coordinate for row in found for cell in row if cell.data_type == "f"] == []
    assert [number.value for _, number in found] == [as_excel_keeps(row["number"]) for row in rows]
    # openpyxl drops a literal "_x005F_" from shared strings, which is how LibreOffice saves them.
    plain = [(text.value, sheets.clean_text(row["text"])) for (text, _), row in zip(found, rows, strict=True)]
    assert [(read or "", wrote) for read, wrote in plain if "_x" not in wrote and (read or "") != wrote] == []


def test_libreoffice_finds_no_formula_in_csv(rows, office):
    content = "".join(sheets.csv_lines(COLUMNS, rows)).encode()

    found = cells_of(office("cells.csv", content, "--infilter=Text - txt - csv (StarCalc):44,34,76,1"))

    assert [cell.coordinate for row in found for cell in row if cell.data_type == "f"] == []
    assert len(found) == len(rows)
    # LibreOffice saves 15 digits of what it read, not always rounded to the nearer side.
    assert [cell.value for _, cell in found] == pytest.approx([float(row["number"]) for row in rows], rel=1e-14)


# Numbers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        (Decimal(0), 0),
        (Decimal("0.10"), 0.1),
        (Decimal("9.3"), 9.3),
        (Decimal("99999999999.9999"), 99999999999.9999),
        (Decimal("999999999999.9999"), "999999999999.9999"),
        (Decimal(10**18), 1e18),
        (Decimal(10**18 + 1), "1000000000000000001"),
        (Decimal(2) / Decimal(3), 0.666666666666667),
        (Decimal("5833333.333333333333333333333"), 5833333.33333333),
        (-5, -5),
    ],
)
def test_a_number_is_a_number_unless_excel_would_lose_a_filed_digit(number, kept):
    ((_, cell),) = cells_of(written(tidy([{"text": "x", "number": number}])))

    assert cell.value == kept


@pytest.mark.parametrize("number", [Decimal("NaN"), Decimal("Infinity"), Decimal("-Infinity")])
@pytest.mark.parametrize("write", [written, lambda sheet: list(sheets.csv_lines(sheet.columns, sheet.rows))])
def test_what_is_not_a_figure_is_not_exported(number, write):
    with pytest.raises(ValueError, match="is not a figure"):
        write(tidy([{"number": number}]))


def test_percentages_are_fractions_with_a_format():
    table = tidy([{"rate": Decimal("0.046")}], (Column("rate", "完成率", Kind.PERCENT),))

    ((cell,),) = cells_of(written(table))

    assert (cell.value, cell.number_format) == (0.046, "0.00%")


def test_a_cell_may_have_the_format_of_its_row():
    rows = [{"number": Shown(Decimal("0.046"), "0.0%")}, {"number": Shown(Decimal(900), sheets.GROUPED)}]

    found = [row[1] for row in cells_of(written(tidy(rows)))]

    assert [(cell.value, cell.number_format) for cell in found] == [(0.046, "0.0%"), (900, "#,##0")]
    assert list(sheets.csv_lines(COLUMNS, rows))[1:] == [",0.046\r\n", ",900\r\n"]


def test_days_and_months_are_dates():
    columns = (Column("day", "日期", Kind.DATE), Column("month", "月份", Kind.MONTH))
    row = {"day": date(2007, 10, 12), "month": date(2007, 9, 1)}

    ((day, month),) = cells_of(written(tidy([row], columns)))

    assert (day.value.date(), day.number_format) == (date(2007, 10, 12), "yyyy-mm-dd")
    assert (month.value.date(), month.number_format) == (date(2007, 9, 1), "yyyy-mm")
    assert list(sheets.csv_lines(columns, [row]))[1] == "2007-10-12,2007-09\r\n"


def test_what_is_missing_is_an_empty_cell_and_zero_is_not():
    rows = [{"text": "", "number": None}, {"text": None, "number": Decimal(0)}, {}]

    found = cells_of(written(tidy([*rows, {"text": "末行"}])))

    assert [[cell.value for cell in row] for row in found] == [
        [None, None], [None, 0], [None, None], ["末行", None],
    ]  # fmt: skip
    assert list(sheets.csv_lines(COLUMNS, rows))[1:] == [",\r\n", ",0\r\n", ",\r\n"]


# Sheets ----------------------------------------------------------------------------------------


def test_a_tidy_sheet_is_one_header_and_its_rows():
    table = Sheet("数据", COLUMNS, [{"text": "广东", "number": 1}], "标题", ["来源"], ["注"], is_tidy=True)

    page = load_workbook(io.BytesIO(written(table))).worksheets[0]

    assert [list(row) for row in page.iter_rows(values_only=True)] == [["文字", "数值"], ["广东", 1]]


def test_a_table_states_its_title_source_and_legend():
    table = Sheet("进度", COLUMNS, [{"text": "广东", "number": 1}], "全国进度", ["来源：平台"], ["x 未报"])

    page = load_workbook(io.BytesIO(written(table))).worksheets[0]

    assert [row[0] for row in page.iter_rows(values_only=True)] == [
        "全国进度", "来源：平台", "文字", "广东", None, "x 未报",
    ]  # fmt: skip
    assert page.freeze_panes == "A4"
    assert page.auto_filter.ref == "A3:B4"
    assert page.print_title_rows == "$3:$3"
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert (page.sheet_properties.pageSetUpPr.fitToPage, page.page_setup.fitToHeight) == (True, 0)


def test_a_table_without_rows_keeps_its_header():
    page = load_workbook(io.BytesIO(written(tidy([])))).worksheets[0]

    assert [list(row) for row in page.iter_rows(values_only=True)] == [["文字", "数值"]]


def test_a_workbook_without_columns_opens():
    assert load_workbook(io.BytesIO(written(Sheet("空", (), [], "无")))).sheetnames == ["空"]


def test_a_table_longer_than_a_sheet_goes_on_in_the_next(monkeypatch):
    monkeypatch.setattr(sheets, "ROWS_PER_SHEET", 5)
    rows = [{"text": str(number), "number": number} for number in range(7)]

    book = load_workbook(io.BytesIO(written(Sheet("数据", COLUMNS, rows, "标题", notes=["注"]))))

    assert book.sheetnames == ["数据", *(f"数据 ({number})" for number in range(2, 8))]
    assert [[row[0] for row in page.iter_rows(values_only=True)] for page in book.worksheets][-2:] == [
        ["标题", "文字", "5"],
        ["标题", "文字", "6", None, "注"],
    ]


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        (["各省进度：2007/09[终]"], ["各省进度：2007 09 终"]),
        (["表"] * 3, ["表", "表 (2)", "表 (3)"]),
        (["Total", "TOTAL"], ["Total", "TOTAL (2)"]),
        (["省" * 40] * 2, ["省" * 31, "省" * 27 + " (2)"]),
        (["history"], ["history (2)"]),
        (["'引号'"], ["引号"]),
    ],
)
def test_sheet_names_are_those_excel_accepts(wanted, given):
    names = sheets.SheetNames()

    assert [names.take(name) for name in wanted] == given


def test_a_text_longer_than_a_cell_says_that_it_was_cut():
    text = "字" * 40_000

    ((cell, _),) = cells_of(written(tidy([{"text": text}])))

    assert cell.value == "字" * (sheets.CHARACTERS_PER_CELL - 1) + "…"


def test_a_workbook_carries_no_links_and_no_shared_formulas():
    content = written(tidy([{"text": text} for text in FORMULAS]))

    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        page = parts.read("xl/worksheets/sheet1.xml").decode()

    assert re.findall(r"<f[ >]|<hyperlink", page) == []


# The answer ------------------------------------------------------------------------------------


def test_a_download_is_named_in_chinese_and_kept_by_nobody():
    response = sheets.workbook_response("进度 2007-09.xlsx", [tidy([])])

    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E8%BF%9B%E5%BA%A6%202007-09.xlsx"
    assert response["Content-Type"] == sheets.XLSX_TYPE
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store, private"
    assert response.getvalue()[:2] == b"PK"


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ('a"\r\nSet-Cookie: x=1', 'attachment; filename="a_Set-Cookie_ x=1"'),
        ("../etc/passwd", 'attachment; filename="_etc_passwd"'),
        ("表\ud800.csv", "attachment; filename*=utf-8''%E8%A1%A8.csv"),
    ],
)
def test_a_file_name_splits_no_header(asked, given):
    assert sheets.csv_response(asked, COLUMNS, [])["Content-Disposition"] == given


def test_csv_is_marked_as_utf_8():
    content = sheets.csv_response("x.csv", COLUMNS, [{"text": "广东", "number": Decimal("1E+3")}]).getvalue()

    assert content == "\ufefftext,number\r\n广东,1000\r\n".encode()


def test_csv_for_programs_is_not_marked():
    content = sheets.csv_response("x.csv", COLUMNS, [], marked=False).getvalue()

    assert content == b"text,number\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        lambda rows: sheets.workbook_response("x.xlsx", [tidy(rows)]),
        lambda rows: sheets.csv_response("x.csv", COLUMNS, rows),
    ],
)
def test_an_error_in_the_middle_leaves_no_file(answer, monkeypatch):
    opened = []
    temporary = sheets.TemporaryFile
    monkeypatch.setattr(sheets, "TemporaryFile", lambda: opened.append(temporary()) or opened[-1])

    with pytest.raises(ValueError):
        answer([{"number": Decimal("NaN")}])

    assert [stream.closed for stream in opened] == [True]


@pytest.mark.django_db
def test_an_answer_sent_leaves_no_file():
    response = sheets.csv_response("x.csv", COLUMNS, [])
    stream = response.file_to_stream

    response.close()

    assert stream.closed
