"""The Word template of official documents, GB/T 9704-2012: page, grid, styles, mark, rules, imprint, page numbers.

Built here with the fields that `word` fills (docxtpl). A ministry that wants another look takes this template from the
page, changes it in Word and names its file in WORKPLAN_CIRCULAR_TEMPLATE; styles and fields keep their names.
"""

from __future__ import annotations

import io
from functools import cache

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from reporting.circular.template_parts import BLOCKS, FONTS, LETTER_RULES, footer_xml, imprint_xml, watermark_xml

#: GB/T 9704-2012: A4, block of 156 × 225 mm, 22 lines of 28 characters.
PAGE = {"page_width": Mm(210), "page_height": Mm(297)}
MARGINS = {"top_margin": Mm(37), "left_margin": Mm(28), "right_margin": Mm(26), "bottom_margin": Mm(35)}
LINE = Pt(29)
LINE_PITCH = 580
#: 156 mm hold 28 characters of 16 pt if each gives way by 0.21 pt; in twentieths of a point. A character grid would
#: say the same, but not to LibreOffice.
CHARACTER_SPACE = -5
#: The number stands 7 mm below the block: 35 − 7 − its own height.
FOOTER = Mm(23)
RED = RGBColor(0xD7, 0x00, 0x0F)

FANG, KAI, HEI, SONG, TITLE = "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体", "方正小标宋_GBK"


@cache
def template(*, is_letter: bool = False) -> bytes:
    """Return the template as a Word file with fields: of the circular, or of a letter."""
    document = docx.Document()
    _set_page(document, is_letter=is_letter)
    _set_fonts(document)
    _add_styles(document)
    _add_head(document, is_letter=is_letter)
    for style, text in BLOCKS:
        _add(document, style, text)
    if not is_letter:
        for element in imprint_xml():
            document.element.body.insert(-1, parse_xml(element))
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


# The page --------------------------------------------------------------------------------------


def _set_page(document: Document, *, is_letter: bool) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    for name, length in {**PAGE, **MARGINS, "footer_distance": FOOTER, "header_distance": Mm(15)}.items():
        setattr(section, name, length)
    grid = section._sectPr.find(qn("w:docGrid"))  # noqa: SLF001 -- python-docx has no word for the grid
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(LINE_PITCH))
    grid.attrib.pop(qn("w:charSpace"), None)
    document.settings.odd_and_even_pages_header_footer = True
    if is_letter:
        section.different_first_page_header_footer = True
    _fill_margins(section, is_letter=is_letter)


def _fill_margins(section: Section, *, is_letter: bool) -> None:
    """Put the page number below and the watermark behind every page; a letter's first page has rules instead."""
    pairs = [(section.footer, section.header, "right"), (section.even_page_footer, section.even_page_header, "left")]
    for footer, header, side in pairs:
        _replace(footer, [footer_xml(side)])
        _replace(header, watermark_xml(side))
    if is_letter:
        _replace(section.first_page_footer, [LETTER_RULES])
        _replace(section.first_page_header, watermark_xml("first"))


def _replace(part: object, elements: list[str]) -> None:
    part.is_linked_to_previous = False
    root = part.paragraphs[0]._element.getparent()  # noqa: SLF001 -- the story's own element
    for paragraph in part.paragraphs:
        root.remove(paragraph._element)  # noqa: SLF001
    for element in elements:
        root.append(parse_xml(element))


# Fonts and styles ------------------------------------------------------------------------------


def _set_fonts(document: Document) -> None:
    """Name what stands in for a commercial font that a machine does not have."""
    listed = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{family}"/><w:pitch w:val="variable"/></w:font>'
        for name, others, family in FONTS
    )
    blob = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {nsdecls("w")}>{listed}</w:fonts>'
    for relation in [one for one in document.part.rels.values() if one.reltype == RELATIONSHIP_TYPE.FONT_TABLE]:
        document.part.rels.pop(relation.rId)
    name = PackURI("/word/fontTable.xml")
    table = Part(name, CONTENT_TYPE.WML_FONT_TABLE, blob.encode(), document.part.package)
    document.part.relate_to(table, RELATIONSHIP_TYPE.FONT_TABLE)


def _add_styles(document: Document) -> None:
    normal = document.styles["Normal"]
    _set_type(normal, FANG, 16)
    defaults = document.styles.element.find(qn("w:docDefaults")).find(f".//{qn('w:rFonts')}")
    for name in list(defaults.attrib):
        del defaults.attrib[name]
    _leading(normal, LINE)
    normal.element.rPr.append(parse_xml(f'<w:spacing {nsdecls("w")} w:val="{CHARACTER_SPACE}"/>'))
    centred, right = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
    _style(document, "红头", TITLE, 42, before=Mm(35), line=Pt(60), align=centred, color=RED)
    _style(document, "信函红头", TITLE, 36, line=Pt(44), align=centred, color=RED)
    _style(document, "发文字号", FANG, 16, align=centred)
    _style(document, "信函字号", FANG, 16, align=right)
    _style(document, "公文标题", TITLE, 22, line=Pt(34), align=centred)
    _style(document, "主送机关", FANG, 16)
    _style(document, "公文正文", FANG, 16, indent=True, align=WD_ALIGN_PARAGRAPH.JUSTIFY)
    _style(document, "一级标题", HEI, 16, indent=True)
    _style(document, "二级标题", KAI, 16, indent=True)
    _style(document, "三级标题", FANG, 16, indent=True)
    _style(document, "附件说明", FANG, 16, indent=True)
    _style(document, "落款空行", FANG, 16)
    _style(document, "落款", FANG, 16, align=right)
    _style(document, "附件标识", HEI, 16)
    _style(document, "附件标题", TITLE, 18, line=Pt(29), align=centred)
    _style(document, "表题", HEI, 10.5, line=Pt(20))
    _style(document, "表题另页", HEI, 10.5, line=Pt(20))
    _style(document, "表头", SONG, 9, line=Pt(12.5), align=centred)
    _style(document, "表文", SONG, 9, line=Pt(12.5), align=right)
    _style(document, "表注", SONG, 9, line=Pt(13))
    _style(document, "图题", HEI, 12, line=Pt(24), align=centred)
    _style(document, "图", SONG, 12, align=centred)
    document.styles["图"].paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    _style(document, "版记", FANG, 14, line=Pt(26))
    for name in ("一级标题", "二级标题", "附件说明", "落款空行", "表题", "图题"):
        document.styles[name].paragraph_format.keep_with_next = True
    for name in ("附件标识", "表题另页"):
        document.styles[name].paragraph_format.page_break_before = True


def _style(
    document: Document,
    name: str,
    font: str,
    size: float,
    *,
    line: Pt = LINE,
    before: Mm | None = None,
    align: WD_ALIGN_PARAGRAPH | None = None,
    indent: bool = False,
    color: RGBColor | None = None,
) -> None:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.quick_style = True
    _set_type(style, font, size)
    _leading(style, line)
    style.paragraph_format.alignment = align
    if before is not None:
        style.paragraph_format.space_before = before
    if color is not None:
        style.font.color.rgb = color
    if indent:
        _indent_two_characters(style)
    if line != LINE or name == "图":  # what has a pitch of its own is not pulled to the grid
        style.element.get_or_add_pPr().append(parse_xml(f'<w:snapToGrid {nsdecls("w")} w:val="0"/>'))


def _set_type(style: ParagraphStyle, font: str, size: float) -> None:
    """Set Chinese in the font asked for and digits and Latin letters in Times."""
    style.font.name = "Times New Roman"
    style.font.size = Pt(size)
    fonts = style.element.rPr.rFonts
    fonts.set(qn("w:eastAsia"), font)
    style.element.rPr.append(parse_xml(f'<w:lang {nsdecls("w")} w:val="en-US" w:eastAsia="zh-CN"/>'))


def _leading(style: ParagraphStyle, line: Pt) -> None:
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = line
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)


def _indent_two_characters(style: ParagraphStyle) -> None:
    style.paragraph_format.first_line_indent = Pt(32)
    style.element.pPr.find(qn("w:ind")).set(qn("w:firstLineChars"), "200")


# The head --------------------------------------------------------------------------------------


def _add_head(document: Document, *, is_letter: bool) -> None:
    """Write the mark in red, the number and the red rule; a letter has its rule above the number, right."""
    if is_letter:
        _underline(_add(document, "信函红头", "{{ mark }}"), "thickThinSmallGap", 24, beyond=True)
        _add(document, "信函字号", "{{ number }}")
    else:
        _add(document, "红头", "{{ mark }}")
        _add(document, "主送机关", "")
        _underline(_add(document, "发文字号", "{{ number }}"), "single", 18)
    _add(document, "主送机关", "")
    if not is_letter:
        _add(document, "主送机关", "")


def _underline(paragraph: Paragraph, line: str, size: int, *, beyond: bool = False) -> None:
    """Draw a red rule 4 mm below, as wide as the block; a letter's is 170 mm, 7 mm beyond it on each side."""
    properties = paragraph._element.get_or_add_pPr()  # noqa: SLF001 -- python-docx has no word for borders
    border = f'<w:bottom w:val="{line}" w:sz="{size}" w:space="11" w:color="{RED}"/>'
    properties.insert_element_before(
        parse_xml(f"<w:pBdr {nsdecls('w')}>{border}</w:pBdr>"), "w:shd", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )
    if beyond:
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(-7)


def _add(document: Document, style: str, text: str) -> Paragraph:
    return document.add_paragraph(text, style=style)
