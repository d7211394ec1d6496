"""One stylesheet for paper: pages ask for it, nothing to press is on paper, a printer never gets the phone's layout."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

STYLES = Path(settings.BASE_DIR) / "static" / "css"
PAPER = (STYLES / "print.css").read_text(encoding="utf-8")
#: What is laid out for paper beside it: a document of its own, and the one screen without scrolling.
OF_THEIR_OWN = {"official.css", "leader.css"}


def test_every_page_asks_for_it():
    frame = (Path(settings.BASE_DIR) / "templates" / "base.html").read_text(encoding="utf-8")

    assert '{% static \'css/print.css\' %}" media="print">' in frame
    assert frame.index("css/portal.css") < frame.index("css/print.css") < frame.index("{% block styles %}")


def test_no_other_stylesheet_is_for_paper():
    others = {path.name for path in STYLES.glob("*.css") if "@media print" in path.read_text(encoding="utf-8")}

    assert others - OF_THEIR_OWN == set()


def test_narrow_layouts_are_for_screens():
    """Browsers lay paper out at the width of an upright sheet before they turn it; that is a tablet's."""
    found = [
        f"{path.name}: {rule}"
        for path in STYLES.glob("*.css")
        for rule in re.findall(r"@media \(max-width[^{]*", path.read_text(encoding="utf-8"))
    ]

    assert found == []


@pytest.mark.parametrize(
    "name", [".mainnav", ".picker", ".page__actions", ".btn", ".themes", ".topbar__bell", "dialog"]
)
def test_nothing_to_press_is_on_paper(name):
    hidden = re.search(r"\n\.mainnav,[^{]*\{ display: none !important; \}", PAPER).group()

    assert re.search(rf"(^|[\s,]){re.escape(name)}\b", hidden)


def test_tables_have_their_headers_on_every_sheet_of_a4():
    assert "thead { display: table-header-group; }" in PAPER
    assert "@page { size: A4 landscape;" in PAPER
