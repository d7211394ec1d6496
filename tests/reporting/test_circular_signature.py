"""No page is signed alone: with issuer and date stand the list of attachments and the end of the body (GB/T 9704)."""

from __future__ import annotations

import io
import re

import docx
from pypdf import PdfReader

from reporting.circular.contents import Annex, Document, Paragraph, Style
from reporting.circular.pdf import pdf
from reporting.circular.word import word

LAST = "各地要严格执行报送制度，按时、完整、准确报送月度报表。" * 3
#: So many short paragraphs before the last one that its end stands all over a page.
PLACES = range(8, 30, 2)


def circular(n_lines: int) -> Document:
    """Return a circular with so many short paragraphs before its last one."""
    return Document(
        mark="劳动和社会保障部文件",
        number="劳社部发〔2007〕1号",
        title=("关于目标任务完成情况的通报",),
        recipients="各省：",
        body=(*[Paragraph(f"第{n}段。") for n in range(n_lines)], Paragraph(LAST, Style.BODY)),
        issuer="劳动和社会保障部",
        signed_on="2007年9月21日",
        annexes=(Annex("完成情况表"), Annex("进度图")),
        copies="国务院办公厅",
        printed_by="劳动和社会保障部办公厅",
    )


def signed_page(file: bytes) -> str:
    """Return what stands on the page with the date below the issuer, without spaces."""
    pages = [re.sub(r"\s", "", page.extract_text()) for page in PdfReader(io.BytesIO(file)).pages]
    (signed,) = [page for page in pages if "劳动和社会保障部2007年9月21日" in page]
    return signed


def is_whole(page: str) -> bool:
    return "月度报表。附件：1.完成情况表2.进度图劳动和社会保障部2007年9月21日" in page


def test_the_page_of_the_signature_holds_the_end_of_the_body_in_pdf():
    made = {n: signed_page(pdf(circular(n), [])) for n in PLACES}

    assert [n for n, page in made.items() if not is_whole(page)] == []
    assert {page.startswith("第") for page in made.values()} == {True, False}


def test_the_page_of_the_signature_holds_the_end_of_the_body_in_word(office):
    files = {f"{n}.docx": word(circular(n), draw=lambda _chart: b"") for n in PLACES}

    made = office.all(files, form="pdf")

    assert [name for name, file in made.items() if not is_whole(signed_page(file))] == []


def test_word_is_told_to_keep_the_end_together():
    file = docx.Document(io.BytesIO(word(circular(3), draw=lambda _chart: b"")))

    kept = [one.text.strip() for one in file.paragraphs if one.paragraph_format.keep_with_next]
    assert [text for text in kept if text] == [LAST, "附件：1. 完成情况表", "2. 进度图", "劳动和社会保障部"]
