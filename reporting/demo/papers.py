"""The documents that prove milestones in the demonstration: short notices, typed as an office would."""

from __future__ import annotations

from io import BytesIO

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH

from reporting.demo.data import Paper


def document(paper: Paper) -> bytes:
    """Return the paper as a Word document."""
    word = Document()
    word.core_properties.author = ""
    word.core_properties.title = paper["title"]
    word.add_heading(paper["title"], level=1).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text in paper["paragraphs"]:
        word.add_paragraph(text)
    content = BytesIO()
    word.save(content)
    return content.getvalue()
