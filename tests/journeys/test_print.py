"""Every page on paper: nothing to press, every column, headers on every sheet, as of when and when printed (UX-48)."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

pytestmark = pytest.mark.django_db(transaction=True)

#: Points of a side of A4, short and long.
A4 = (595, 842)
#: Who prints → where. The circular is a document of its own, upright and without our frame.
PAGES = {
    "overview": ("ministry", "/overview/?month=2007-09"),
    "indicator": ("ministry", "/indicators/T04/?month=2007-09"),
    "insured": ("ministry", "/indicators/T08/?month=2007-09&unit=440000"),
    "unit": ("ministry", "/units/440000/?month=2007-09"),
    "item": ("ministry", "/plan/items/1/?month=2007-09"),
    "board": ("ministry", "/plan/?month=2007-09"),
    "regions": ("ministry", "/regions/?month=2007-09"),
    "leader": ("ministry", "/leader/?month=2007-09"),
    "compare": ("ministry", "/compare/?month=2007-09&unit=440000&unit=330000"),
    "explorer": ("ministry", "/explore/?rows=unit&cols=month&measure=value&measure=status&indicator=T01"),
    "review": ("ministry", "/reports/2007-09/440000/"),
    "form": ("gd_clerk", "/reports/2007-10/440000/"),
    "circular": ("ministry", "/circular/2007-09/"),
}
#: Where it comes from, as of when, and when it was printed.
STAMP = re.compile(r"来源:年度工作要点目标管理平台·业务日期2007-10-12·打印于\d{4}-\d\d-\d\d\d\d:\d\d")
#: Words of buttons and of ways elsewhere that no text has.
TO_PRESS = (
    "导出Excel",
    "保存为视图",
    "分析工作簿",
    "本页链接",
    "下载Word",
    "接口文档",
    "领导一屏",
    "English",
)
#: What can be pressed and is seen.
PRESSABLE = """() => [...document.querySelectorAll(".btn, .mainnav__link, .picker, .topbar button, .themes")]
    .filter((one) => one.checkVisibility()).map((one) => one.innerText)"""
#: The last header of each table that is seen.
LAST_COLUMNS = """() => [...document.querySelectorAll("table thead tr:last-child > :last-child")]
    .filter((one) => one.checkVisibility() && !one.querySelector(".visually-hidden"))
    .map((one) => one.innerText.trim()).filter(Boolean)"""

#: Of the overview: two of cards and map, three of the ranking.
MOST_SHEETS = 6
#: What the months of a chart read like on paper; tables write the year before each.
MONTHS = "".join(f"{number}月" for number in range(1, 13))
#: What a chart is made of at the moment of printing: words and colours of lines.
PRINTED = """() => {
    dispatchEvent(new Event("beforeprint"));
    const parts = [...document.querySelectorAll(".chart__plot svg :is(text, [stroke])")]
        .map((one) => [one.textContent, one.getAttribute("stroke")]);
    dispatchEvent(new Event("afterprint"));
    return parts;
}"""


def plain(text: str) -> str:
    """Return the text without blanks; fonts give some signs in another form."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


@pytest.fixture
def printed(september, sign_in, page: Page, live_server) -> Callable[[str], PdfReader]:
    """Open a page and return it as a printer gets it; somebody else signs in only where they must."""
    here: list[str] = []

    def on_paper(name: str) -> PdfReader:
        who, path = PAGES[name]
        if here != [who]:
            sign_in(who)
            here[:] = [who]
        page.goto(live_server.url + path)
        page.wait_for_load_state("networkidle")
        return PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))

    return on_paper


def text_of(paper: PdfReader) -> str:
    return plain("".join(sheet.extract_text() for sheet in paper.pages))


def test_a_page_on_paper_has_all_of_its_words_and_nothing_to_press(printed, page):
    faults = {}
    for name in PAGES:
        paper = printed(name)
        text = text_of(paper)
        columns = page.evaluate(LAST_COLUMNS)
        page.emulate_media(media="print")
        faults[name] = [
            *page.evaluate(PRESSABLE),
            *(one for one in TO_PRESS if one in text),
            *(one for one in columns if plain(one) not in text),
        ]
        page.emulate_media(media="null")

        assert {tuple(round(float(side)) for side in sorted(sheet.mediabox[2:])) for sheet in paper.pages} == {A4}
        assert bool(STAMP.search(text)) == (name != "circular"), name

    assert {name: found for name, found in faults.items() if found} == {}


def test_tables_are_whole_and_headed_on_every_sheet(printed, page):
    explorer, form = printed("explorer"), printed("form")
    headers = [plain(one) for one in page.locator("table.figures thead th").all_inner_texts() if one.strip()]
    with_rows = [text for text in (plain(sheet.extract_text()) for sheet in form.pages) if re.search(r"T\d\d", text)]

    assert len(with_rows) > 1
    assert [text for text in with_rows if not all(header in text for header in headers)] == []
    assert 0 <= min(places(explorer)) <= max(places(explorer)) < A4[1]


def places(paper: PdfReader) -> list[float]:
    """Return how far from the left each word begins."""
    found: list[float] = []
    for sheet in paper.pages:
        sheet.extract_text(
            visitor_text=lambda text, matrix, own, *_font: (
                found.append(matrix[0] * own[4] + matrix[4]) if text.strip() else None
            )
        )
    return found


def test_a_circular_is_upright_and_a_verdict_needs_no_colour(printed, page):
    circular = printed("circular")
    printed("unit")
    page.emulate_media(media="print")

    looks = page.evaluate(
        """() => [...document.querySelectorAll("main .pill")].filter((one) => one.checkVisibility())
            .map((one) => [getComputedStyle(one).color, getComputedStyle(one).borderTopStyle])"""
    )

    assert all(sheet.mediabox.height > sheet.mediabox.width for sheet in circular.pages)
    assert {tuple(look) for look in looks} == {("rgb(0, 0, 0)", "solid")}


def test_a_chart_is_whole_on_paper(printed, page):
    """What is written below the plot is there: the months of curves, the scale of bars."""
    assert [name for name in ("indicator", "compare") if MONTHS not in text_of(printed(name))] == []

    bars = text_of(printed("regions"))
    scale = [words for words, _colour in page.evaluate(PRINTED) if words.isdigit()]

    assert len(scale) > 2
    assert "".join(scale) in bars


def test_sheets_are_used(printed, page, live_server):
    """The overview takes few of them; a chart stands on the first; what adds up a table is told once, at its end."""
    overview, indicator, regions = printed("overview"), printed("indicator"), printed("regions")
    leader = printed("leader")

    assert (len(leader.pages), len(overview.pages) <= MOST_SHEETS) == (1, True)
    assert MONTHS in plain(indicator.pages[0].extract_text())
    assert plain("滞后 序时进度") in plain(regions.pages[0].extract_text())  # the legend of its chart
    assert text_of(regions).count("各区域合计") == 1

    page.context.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
    english = printed("insured")  # whose words are longer

    assert "JanFebMarAprMayJunJulAugSepOctNovDec" in plain(english.pages[0].extract_text())


def test_a_dark_screen_prints_as_a_light_one(printed, page: Page):
    printed("indicator")
    light = page.evaluate(PRINTED)

    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    page.wait_for_timeout(100)
    dark = page.locator(".chart__plot svg [stroke]").evaluate_all("all => all.map((one) => one.getAttribute('stroke'))")

    assert page.evaluate(PRINTED) == light
    assert set(dark) & {colour for _words, colour in light} <= {"none", "transparent", None}
