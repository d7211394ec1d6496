"""Figures in the tables of the Word file stand on one line, whatever font stands in for Times."""

from __future__ import annotations

import io
import re

from pypdf import PdfReader

from reporting.circular.contents import Annex, Document, Head, Paragraph, Table
from reporting.circular.word import table_xml, word

#: Ten columns of figures beside the units, as wide as the year's widest table.
FIGURES = ("19616.0", "115.8", "11471.0", "251.3", "17150.5", "111.9", "11449.1", "126.7", "7274.9", "150.8")
TABLE = Table(
    title="表1",
    unit="",
    heads=((Head("地区"), *[Head(f"指标{n}", 2) for n in range(5)]), (Head(""), *[Head("万人"), Head("完成%")] * 5)),
    rows=(("全国", *FIGURES), ("兵团", *["1.0"] * 10)),
)


def scales(table: Table) -> list[list[int]]:
    """Return how wide each figure is set, row by row."""
    rows = table_xml(table).split("<w:tr>")[1 + len(table.heads) :]
    return [[int(scale) for scale in re.findall(r'<w:w w:val="(\d+)"/>', row)] for row in rows]


def test_a_column_is_set_as_narrow_as_its_widest_figure_asks_for():
    total, unit = scales(TABLE)

    assert total == unit
    assert [scale < 100 for scale in total] == [True, False, True, False, True, False, True, False, False, False]
    assert min(total) > 75


def test_no_figure_may_be_broken():
    assert table_xml(TABLE).count("<w:noWrap/>") == 20


def test_libreoffice_sets_every_figure_on_one_line(office):
    made = Document(
        mark="部文件",
        number="1号",
        title=("通报",),
        recipients="各省：",
        body=(Paragraph("完"),),
        issuer="部",
        signed_on="2007年9月21日",
        annexes=(Annex("表", tables=(TABLE,)),),
    )

    file = office.all({"columns.docx": word(made, draw=lambda _chart: b"")}, form="pdf")["columns.docx"]

    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(file)).pages)
    assert [figure for figure in FIGURES if figure not in text] == []
