"""An official document as PDF (WeasyPrint), and the drawn charts that the PDF and the preview share.

WeasyPrint stands on Pango, a library of the system: where it lacks, everything else works and one sentence says why
there is no PDF.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from reporting.circular.contents import Document
from workplan.lib.refusals import Refused

MEDIA_TYPE = "application/pdf"
STYLES = Path(settings.BASE_DIR) / "static" / "css" / "official.css"

log = logging.getLogger(__name__)


class NoPdf(Refused):
    """This machine cannot make PDF files."""

    code = "no_pdf"
    http_status = 503


def pdf(document: Document, drawn: Sequence[str]) -> bytes:
    """Return the document as a PDF file; ``drawn`` holds its charts as SVG, in their order.

    :raises NoPdf: the machine has no Pango.
    """
    try:
        import weasyprint  # noqa: PLC0415 -- fails to load where Pango is missing
        from weasyprint.urls import URLFetcher  # noqa: PLC0415 -- as above
    except OSError as error:
        log.warning("No PDF: %s", error)
        raise NoPdf(_("本机没有 Pango 程序库，不能生成 PDF；请下载 Word 文件，或请系统管理员安装 Pango。")) from error
    only_itself = URLFetcher(allowed_protocols=["data"], allow_redirects=False)
    text = render_to_string("circular/document.html", page_of(document, drawn))
    page = weasyprint.HTML(string=text, url_fetcher=only_itself, media_type="print")
    made: bytes = page.write_pdf(stylesheets=[weasyprint.CSS(string=STYLES.read_text(encoding="utf-8"))])
    return made


def page_of(document: Document, drawn: Sequence[str]) -> dict[str, object]:
    """Return what the template of the document takes: each annex with its label and its charts as pictures."""
    pictures = iter(drawn)
    annexes = [
        {
            "label": document.annex_label(number),
            "annex": annex,
            "charts": [{"title": chart.title, "uri": _uri(next(pictures))} for chart in annex.charts],
        }
        for number, annex in enumerate(document.annexes, start=1)
    ]
    return {"document": document, "annexes": annexes}


def _uri(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
