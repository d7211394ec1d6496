"""The circular as Word and PDF, read back: every figure of the pages, the page of GB/T 9704, the watermark (UX-39)."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from pypdf import PdfReader

from reporting.circular import pdf, word
from reporting.circular.contents import Mark
from reporting.circular.making import Made, bulletin_of
from reporting.circular.sentences import amount, whole_percent
from tests import factories
from tests.kept import kept_until_the_end
from tests.reporting.circular_months import TODAY, september
from tests.reporting.filings import publish
from workplan.templatetags.figures import number, percent

#: The files are made of what the database holds once for all of them.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept(django_db_setup, django_db_blocker):
    """September, its circular as a draft and as published: made once, only read by the tests."""
    with kept_until_the_end(django_db_blocker):
        month = september()
        reader = factories.person("MINISTRY_REVIEWER", username="reads")
        draft = bulletin_of(reader, month.period, today=TODAY)
        publish(month.period)
        month.period.refresh_from_db()
        published = bulletin_of(reader, month.period, today=TODAY)
        yield draft, published


@pytest.fixture(scope="module")
def draft(kept) -> Made:
    return kept[0]


@pytest.fixture(scope="module")
def published(kept) -> Made:
    return kept[1]


@pytest.fixture(scope="module")
def word_file(draft) -> bytes:
    return draft.word()


@pytest.fixture(scope="module")
def opened(word_file):
    return docx.Document(io.BytesIO(word_file))


@pytest.fixture(scope="module")
def pdf_text(draft) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(draft.pdf())).pages)


def text_of(file) -> str:
    return "\n".join(paragraph.text for paragraph in file.paragraphs)


def without_spaces(text: str) -> str:
    return re.sub(r"\s", "", text)


# Figures ---------------------------------------------------------------------------------------


def test_ux39_word_says_every_national_figure_as_the_pages_do(draft, opened):
    said = text_of(opened)

    for row in draft.facts.with_target:
        assert row.indicator.name in said
        assert amount(row.value, row.indicator.unit_of_measure) in said
        if row.progress.completion_rate is not None:
            assert whole_percent(row.progress.completion_rate) in said


def test_ux39_the_tables_say_every_figure_of_every_unit(draft, opened):
    cells = {}
    for table in opened.tables[:-1]:
        heads = [cell.text for cell in table.rows[0].cells]
        for row in table.rows[2:]:
            found = {}
            for head, cell in zip(heads[1:], [cell.text for cell in row.cells][1:], strict=True):
                found.setdefault(head, []).append(cell)
            cells.setdefault(row.cells[0].text, {}).update(found)

    for row in (*draft.facts.with_target, *(one for one in draft.facts.below if one.target is not None)):
        scale = 10_000 if row.indicator.unit_of_measure == "PERSON" else 1
        shown = number(row.value, row.indicator.unit_of_measure, scale).replace(",", "")
        expected = [shown]
        if row.indicator.kind in {"FLOW", "STOCK"}:
            expected.append(percent(row.progress.completion_rate).rstrip("%"))
        assert cells[row.unit.short_name][row.indicator.short_name] == expected


def test_ux39_the_pdf_says_what_the_word_file_says(opened, pdf_text):
    said = without_spaces(pdf_text)
    # A line of the PDF may end anywhere, and its pages carry a number and the watermark between.
    plain = re.sub(r"—\d+—|未发布暂定", "", said)

    for paragraph in opened.paragraphs:
        assert without_spaces(paragraph.text) in plain
    for table in opened.tables[:-1]:
        for row in table.rows[2:]:
            assert without_spaces("".join(cell.text for cell in row.cells)) in plain


# The page --------------------------------------------------------------------------------------


def test_the_page_is_that_of_gb_t_9704(opened):
    section = opened.sections[0]
    grid = section._sectPr.find(qn("w:docGrid"))

    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert section.orientation == WD_ORIENT.PORTRAIT
    margins = (section.top_margin, section.left_margin, section.right_margin, section.bottom_margin)
    assert [round(margin.mm) for margin in margins] == [37, 28, 26, 35]
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "580")
    assert opened.settings.odd_and_even_pages_header_footer


@pytest.mark.parametrize(
    ("style", "font", "size", "line"),
    [
        ("公文正文", "仿宋_GB2312", 16, 29),
        ("公文标题", "方正小标宋_GBK", 22, 34),
        ("一级标题", "黑体", 16, 29),
        ("二级标题", "楷体_GB2312", 16, 29),
        ("版记", "仿宋_GB2312", 14, 26),
    ],
)
def test_each_style_has_its_font_size_and_line(opened, style, font, size, line):
    found = opened.styles[style]

    assert found.element.rPr.rFonts.get(qn("w:eastAsia")) == font
    assert found.font.size.pt == size
    assert found.paragraph_format.line_spacing.pt == line


def test_every_font_names_what_may_stand_in_for_it(opened):
    (part,) = [part for part in opened.part.package.iter_parts() if str(part.partname) == "/word/fontTable.xml"]

    names = re.findall(r'w:name="([^"]+)"><w:altName w:val="([^"]+)"', part.blob.decode())

    assert {"仿宋_GB2312", "楷体_GB2312", "方正小标宋_GBK", "黑体", "宋体"} <= {name for name, _others in names}
    assert all("Noto" in others or "Liberation" in others for _name, others in names)


@pytest.mark.parametrize(("footer", "side"), [("footer", "right"), ("even_page_footer", "left")])
def test_page_numbers_stand_between_dashes_outside(opened, footer, side):
    paragraph = getattr(opened.sections[0], footer).paragraphs[0]

    assert re.sub(r"\s", "", paragraph.text) == "—1—"
    assert " PAGE " in paragraph._element.xml
    assert paragraph._element.pPr.jc.get(qn("w:val")) == side


def test_the_head_and_the_foot_say_who_to_whom_and_when(opened):
    lines = [paragraph.text for paragraph in opened.paragraphs]

    assert lines[0] == "劳动和社会保障部文件"
    assert "劳社部发〔2007〕　号" in lines
    assert any(line.startswith("各省、自治区、直辖市劳动和社会保障厅（局）") and line.endswith("：") for line in lines)
    assert lines.index("劳动和社会保障部") + 1 == lines.index("2007年10月12日")
    assert "附件：1. 各地区目标任务完成情况表" in lines
    assert [cell.text for row in opened.tables[-1].rows for cell in row.cells] == [
        "抄送：部领导，部内各司局。",
        "劳动和社会保障部办公厅\t2007年10月12日印发",
    ]


def test_tables_have_no_rules_at_their_sides(opened):
    borders = opened.tables[0]._tbl.tblPr.find(qn("w:tblBorders"))

    drawn = {child.tag.rpartition("}")[2]: int(child.get(qn("w:sz"))) for child in borders}
    assert drawn == {"top": 12, "bottom": 12, "insideH": 4, "insideV": 4}


def test_charts_are_pictures_in_both_files(draft, opened):
    pages = PdfReader(io.BytesIO(draft.pdf())).pages

    assert len(opened.inline_shapes) == 2
    assert "T01" not in pages[-1].extract_text()
    assert "城镇新增就业" in pages[-1].extract_text()


# Until it is published (U-15) ------------------------------------------------------------------


def headers(file) -> str:
    section = file.sections[0]
    return section.header._element.xml + section.even_page_header._element.xml


def test_u15_a_draft_has_its_watermark_on_every_page(draft, opened):
    pages = PdfReader(io.BytesIO(draft.pdf())).pages

    assert headers(opened).count(f'string="{Mark.DRAFT}"') == 2
    assert all("未发布" in page.extract_text() for page in pages)


def test_u15_a_published_circular_has_none(published):
    file = docx.Document(io.BytesIO(published.word()))
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(published.pdf())).pages)

    assert "未发布" not in headers(file) + text_of(file) + text
    assert "2007年12月25日" in text_of(file)


# Other programs --------------------------------------------------------------------------------


def test_libreoffice_opens_the_word_file(word_file, office):
    opened = office.all({"circular.docx": word_file}, form="pdf")["circular.docx"]
    text = without_spaces("".join(page.extract_text() for page in PdfReader(io.BytesIO(opened)).pages))

    assert "劳动和社会保障部文件" in text
    assert "67.6万人" in text


def test_without_pango_one_sentence_says_why_there_is_no_pdf(draft, monkeypatch):
    class Missing:
        def find_spec(self, name, path=None, target=None):
            if name == "weasyprint":
                raise OSError("cannot load library 'pango-1.0-0'")

    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])

    with pytest.raises(pdf.NoPdf, match="没有 Pango"):
        draft.pdf()


def test_a_ministry_may_bring_its_own_template(draft, settings, tmp_path: Path):
    own = docx.Document(io.BytesIO(word.template_of()))
    own.paragraphs[0].runs[0].text = "{{ mark }}（试行）"
    own.save(tmp_path / "own.docx")
    settings.CIRCULAR_TEMPLATE = str(tmp_path / "own.docx")

    file = docx.Document(io.BytesIO(draft.word()))

    assert file.paragraphs[0].text == "劳动和社会保障部文件（试行）"
