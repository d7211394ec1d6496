"""An official document as a Word file: fields and styles from the template, tables and charts set in their places."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from docx.document import Document as WordFile
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Length, Mm, Pt
from docx.text.paragraph import Paragraph as WordParagraph
from docxtpl import DocxTemplate, InlineImage, RichText

from reporting.circular.contents import Chart, Document, Head, Paragraph, Table
from reporting.circular.template import template

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BLOCK_WIDTH = Mm(156)
FIRST_COLUMN = Mm(24)
EM = Pt(16)
#: A page holds the head of an attachment, both head rows and 34 rows of units at this height.
ROW_HEIGHT = Pt(13)
HEAD_HEIGHT = Pt(15)
#: On each side of a cell, in twips; figures are set in 表文, in points.
CELL_MARGIN, FIGURE_SIZE = 40, 9

BODY_STYLES = ("公文正文", "三级标题")

#: Turns a chart into a PNG.
Drawing = Callable[[Chart], bytes]


def word(document: Document, *, draw: Drawing) -> bytes:
    """Return the document as a .docx file."""
    setting = DocxTemplate(io.BytesIO(template_of(is_letter=document.is_letter)))
    setting.init_docx()
    places: dict[str, Table] = {}
    setting.render(_fields(document, setting, places, draw), autoescape=True)
    for paragraph in list(setting.docx.paragraphs):
        if paragraph.text in places:
            place = paragraph._element  # noqa: SLF001 -- python-docx sets tables only at the end
            place.addprevious(parse_xml(table_xml(places[paragraph.text])))
            place.getparent().remove(place)
    _sign(setting.docx, document)
    _describe(setting.docx, document)
    held = io.BytesIO()
    setting.save(held)
    return held.getvalue()


def template_of(*, is_letter: bool = False) -> bytes:
    """Return the ministry's own template of the circular where one is named, else the built one."""
    if settings.CIRCULAR_TEMPLATE and not is_letter:
        return Path(settings.CIRCULAR_TEMPLATE).read_bytes()
    return template(is_letter=is_letter)


def _fields(document: Document, setting: DocxTemplate, places: dict[str, Table], draw: Drawing) -> Mapping[str, Any]:
    return {
        "mark": document.mark,
        "number": document.number,
        "title": document.title,
        "recipients": document.recipients,
        "body": [{"style": one.style, "text": one.text, "rich": _rich(one)} for one in document.body],
        "annex_lines": _annex_lines(document),
        "issuer": document.issuer,
        "signed_on": document.signed_on,
        "annexes": [
            {
                "label": document.annex_label(number),
                "title": annex.title,
                "parts": [
                    *(_table_part(table, places) for table in annex.tables),
                    *_chart_parts(annex.charts, setting, draw),
                ],
            }
            for number, annex in enumerate(document.annexes, start=1)
        ],
        "copies": document.copies.rstrip("。"),
        "printed_by": document.printed_by,
        "watermark": str(document.watermark),
    }


def _rich(paragraph: Paragraph) -> RichText:
    """Set what an item is about in bold before its text."""
    rich = RichText()
    if paragraph.lead:
        rich.add(paragraph.lead, bold=True)
    rich.add(paragraph.text)
    return rich


def _annex_lines(document: Document) -> list[str]:
    return [f"附件：{line}" if place == 0 else f"　　　{line}" for place, line in enumerate(document.annex_lines)]


def _table_part(table: Table, places: dict[str, Table]) -> dict[str, object]:
    place = f"[[{len(places)}]]"
    is_on_own_page = len(places) > 0
    places[place] = table
    title = f"{table.title}　{table.unit}"
    return {"is_table": True, "title": title, "place": place, "notes": table.notes, "breaks": is_on_own_page}


def _chart_parts(charts: tuple[Chart, ...], setting: DocxTemplate, draw: Drawing) -> list[dict[str, object]]:
    parts: list[dict[str, object]] = []
    for chart in charts:
        image = InlineImage(setting, io.BytesIO(draw(chart)), width=BLOCK_WIDTH)
        parts.append({"is_table": False, "title": chart.title, "image": image})
    return parts


def _describe(file: WordFile, document: Document) -> None:
    about = file.core_properties
    about.title, about.author, about.language = document.name, document.issuer, "zh-CN"
    about.comments = str(document.watermark)
    about.keywords = about.subject = ""


# Tables ----------------------------------------------------------------------------------------


def table_xml(table: Table) -> str:
    """Return a statistical table: thick rules above and below, none at the sides, heads repeated on every page."""
    widths = _widths(table.n_columns)
    margins = "".join(f'<w:{side} w:w="{CELL_MARGIN}" w:type="dxa"/>' for side in ("left", "right"))
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    heads = "".join(_head_row(heads, widths, is_first=place == 0) for place, heads in enumerate(table.heads))
    scales = [_scale(column, width) for column, width in zip(zip(*table.rows, strict=True), widths, strict=True)]
    rows = "".join(_row(cells, widths, scales) for cells in table.rows)
    lines = {"top": 12, "bottom": 12, "insideH": 4, "insideV": 4}
    rules = "".join(f'<w:{side} w:val="single" w:sz="{size}" w:color="000000"/>' for side, size in lines.items())
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{rules}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{heads}{rows}</w:tbl>"
    )


def _widths(n_columns: int) -> list[int]:
    rest = (BLOCK_WIDTH.twips - FIRST_COLUMN.twips) // (n_columns - 1)
    return [FIRST_COLUMN.twips, *[rest] * (n_columns - 1)]


def _head_row(heads: Sequence[Head], widths: Sequence[int], *, is_first: bool) -> str:
    """Return one head row; the first column's head runs down through all of them."""
    cells, column = [], 0
    for place, head in enumerate(heads):
        width = sum(widths[column : column + head.span])
        spans = f'<w:gridSpan w:val="{head.span}"/>' if head.span > 1 else ""
        if place == 0:
            spans += '<w:vMerge w:val="restart"/>' if is_first else "<w:vMerge/>"
        cells.append(_cell(head.text, width, "表头", properties=spans))
        column += head.span
    return _tr("".join(cells), HEAD_HEIGHT, "<w:tblHeader/>")


def _scale(figures: Sequence[str], width: int) -> int:
    """Return how wide a column's type is set, in per cent, so that no figure breaks, whatever font stands in."""
    room = (width - 2 * CELL_MARGIN) / 20
    widest = max((sum(map(_advance, text)) for text in figures), default=0) * FIGURE_SIZE
    return min(100, int(100 * room / widest)) if widest else 100


def _advance(character: str) -> float:
    """Return the width of a character of a figure, in ems, in the widest font that stands in for Times."""
    return 0.32 if character in ".," else 0.64 if character.isascii() else 1


def _row(cells: Sequence[str], widths: Sequence[int], scales: Sequence[int]) -> str:
    """Return one unit's row: its name to the left, its figures to the right and never broken."""
    first, *figures = zip(cells, widths, strict=True)
    row = _cell(*first, "表文", paragraph='<w:jc w:val="left"/>')
    told = [
        _cell(text, width, "表文", properties="<w:noWrap/>", run=f'<w:rPr><w:w w:val="{scale}"/></w:rPr>')
        for (text, width), scale in zip(figures, scales[1:], strict=True)
    ]
    return _tr("".join([row, *told]), ROW_HEIGHT)


def _tr(cells: str, height: Length, properties: str = "") -> str:
    rules = f'<w:cantSplit/><w:trHeight w:val="{height.twips}" w:hRule="atLeast"/>{properties}'
    return f"<w:tr><w:trPr>{rules}</w:trPr>{cells}</w:tr>"


def _cell(text: str, width: int, style: str, *, properties: str = "", paragraph: str = "", run: str = "") -> str:
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{properties}<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{paragraph}</w:pPr>'
        f'<w:r>{run}<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p></w:tc>'
    )


# The foot of the body --------------------------------------------------------------------------


def _sign(file: WordFile, document: Document) -> None:
    """Set the date four characters in from the right, and the issuer centred above it."""
    issuer, day = [paragraph for paragraph in file.paragraphs if paragraph.style.name == "落款"]
    shift = int((_ems(document.signed_on) - _ems(document.issuer)) * EM) // 2
    _keep_with_body(file, issuer)
    day.paragraph_format.right_indent = 4 * EM
    issuer.paragraph_format.right_indent = max(Pt(0), 4 * EM + shift)


def _keep_with_body(file: WordFile, issuer: WordParagraph) -> None:
    """Keep the end of the body, the list of attachments, issuer and date together: no page is signed alone."""
    before = reversed(file.paragraphs[: [one._p for one in file.paragraphs].index(issuer._p)])  # noqa: SLF001
    issuer.paragraph_format.keep_with_next = True
    for paragraph in before:
        paragraph.paragraph_format.keep_with_next = True
        if paragraph.style.name in BODY_STYLES and paragraph.text.strip():
            return


def _ems(text: str) -> float:
    """Return how many characters wide a text is; digits and Latin letters are half as wide."""
    return sum(0.5 if character.isascii() else 1 for character in text)
