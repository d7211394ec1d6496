"""What a reader sees on each page: figure, label, mark and status word of every place, taken from the HTML.

Each function returns the texts of a month by place (month, unit, indicator) and column.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator

from django.test import Client
from lxml import html

from tests.reporting.agreement import oracle
from tests.reporting.agreement.oracle import Place, Standing
from tests.reporting.agreement.shown import HEADS
from tests.reporting.agreement.year import INDICATORS, UNITS

Element = html.HtmlElement
Told = dict[Place, dict[str, str]]
#: The units whose indicators are looked at one by one: one of each level that has siblings or children.
LOOKED_AT = ("000000", "440000", "440100")
#: The indicators whose ranking is looked at on the overview too.
ON_OVERVIEW = ("F01", "R01")
#: Those that stand side by side.
COMPARED = ("000000", "440000", "650000", "440100")


class UnknownName(ValueError):
    """Nothing in the year is called this."""


class Reader:
    """Somebody who opens pages and files, in one language; what was opened once is not opened again."""

    def __init__(self, client: Client, opened: dict[tuple, bytes] | None = None, *, english: bool = False) -> None:
        self.client, self.english = client, english
        self.opened = {} if opened is None else opened

    def get(self, address: str, **query: object) -> bytes:
        asked = (self.english, address, repr(query))
        if asked not in self.opened:
            self.opened[asked] = self._get(address, query)
        return self.opened[asked]

    def _get(self, address: str, query: dict[str, object]) -> bytes:
        self.client.cookies["django_language"] = "en" if self.english else "zh-hans"
        answer = self.client.get(address, query)
        assert answer.status_code == 200, (address, query, answer.status_code)
        return answer.getvalue()

    def page(self, address: str, month: int, **query: object) -> Element:
        text = self.get(address, month=f"2007-{month:02d}", **query).decode()
        return html.document_fromstring(text).xpath("//main")[0]

    def unit(self, label: str) -> str:
        """Return the code of the unit of this name."""
        return _by_name(UNITS, label, 2 if self.english else 1)

    def indicator(self, label: str) -> str:
        return _by_name(INDICATORS, label, 4 if self.english else 3)


def _by_name(named: dict[str, tuple], label: str, column: int) -> str:
    found = [code for code, row in named.items() if row[column] == label]
    if len(found) != 1:
        raise UnknownName(label)
    return found[0]


# Reading elements ------------------------------------------------------------------------------


def text(element: Element) -> str:
    """Return the words of an element, spaces as one."""
    return " ".join(element.text_content().split())


def marks(element: Element) -> str:
    """Return the letters beside a figure, and not the short words that are framed alike."""
    return " ".join(text(one) for one in element.xpath(".//*[self::a or self::abbr][@class='mark']"))


def figure(element: Element) -> str:
    """Return what an element says before its marks and remarks."""
    found = html.fromstring(html.tostring(element, encoding="unicode"))
    for one in found.xpath(
        ".//*[contains(@class, 'mark') or contains(@class, 'muted') or @class='stacked__label'] | .//sup"
    ):
        one.drop_tree()
    return text(found)


def pill(element: Element) -> str:
    """Return shape and word of the status in an element; "" where there is none."""
    found = element.xpath(".//*[contains(concat(' ', @class, ' '), ' pill ')]")
    if not found:
        return ""
    assert len(found) == 1
    (shape,) = found[0].xpath("./*[@class='pill__shape']")
    return f"{text(shape)} {text(found[0]).removeprefix(text(shape)).strip()}"


def rows(table: Element) -> Iterator[dict[str, Element]]:
    """Yield the rows of a table's body by the words of its head, in Chinese."""
    heads = [headed(one) for one in table.xpath(".//thead//th")]
    for row in table.xpath("./tbody/tr"):
        yield dict(zip(heads, row.xpath("./th | ./td"), strict=True))


def headed(element: Element) -> str:
    """Return the words of a head in Chinese."""
    return HEADS.get(text(element), text(element))


def _one(page: Element, path: str) -> Element:
    found = page.xpath(path)
    assert len(found) == 1, (path, len(found))
    return found[0]


# Pages -----------------------------------------------------------------------------------------


def leader(reader: Reader, month: int) -> Told:
    return _cards(reader, reader.page("/leader/", month), month)


def overview(reader: Reader, month: int) -> Told:
    return _cards(reader, reader.page("/overview/", month), month)


def _cards(reader: Reader, page: Element, month: int) -> Told:
    told = {}
    for card in page.xpath(".//li[contains(@class, 'indicator')]"):
        code = reader.indicator(text(_one(card, "./*[@class='indicator__name']")))
        value = _one(card, "./*[@class='indicator__value']")
        foot = [text(one) for one in card.xpath("./*[@class='indicator__foot']/span")]
        told[month, "000000", code] = {
            "value": figure(value),
            "marks": marks(value),
            "status": pill(_one(card, "./*[@class='indicator__status']")),
            "done": foot[0],
            "target": foot[1],
        }
    return told


def rankings(reader: Reader, month: int) -> Told:
    """Return the tables of units that the overview and the pages of indicators show."""
    told: Told = {}
    for code in INDICATORS:
        own = _ranking(reader, reader.page(f"/indicators/{code}/", month, unit="000000"), month, code)
        if code in ON_OVERVIEW:
            assert _ranking(reader, reader.page("/overview/", month, indicator=code), month, code) == own
        told |= own | _ranking(reader, reader.page(f"/indicators/{code}/", month, unit="440000"), month, code)
    return told


def _ranking(reader: Reader, page: Element, month: int, code: str) -> Told:
    told: Told = {}
    for table in page.xpath(".//*[@id='ranking']//table"):
        for row in rows(table):
            unit = reader.unit(text(row["单位"]))
            value = row["累计数"] if "累计数" in row else row["数值"]
            told[month, unit, code] = {
                "value": figure(value),
                "marks": marks(value),
                **_optional(row, "rank", "名次"),
                **_optional(row, "target", "年度目标"),
                **_optional(row, "deviation", "与序时之差"),
                **_optional(row, "share", "占目标"),
                **_optional(row, "completion", "完成率"),
                "status": pill(row["状态"]) if "状态" in row else "",
            }
    return told


def _optional(row: dict[str, Element], name: str, head: str) -> dict[str, str]:
    return {name: figure(row[head])} if head in row else {}


def indicators(reader: Reader, month: int) -> Told:
    """Return what the pages of indicators say of their unit, the numbers on top and the months below alike."""
    told: Told = {}
    for unit in LOOKED_AT:
        for code in oracle.codes_of(unit):
            page = reader.page(f"/indicators/{code}/", month, unit=unit)
            assert reader.indicator(text(_one(page, ".//h1"))) == code
            first = _one(page, ".//*[contains(@class, 'standing__first')]")
            value = _one(first, "./*[@class='figure__value']")
            told[month, unit, code] = {
                "value": figure(value),
                "marks": marks(value),
                "status": pill(first),
                "of_month": _of_month(page, month),
                **_figures(page),
            }
    return told


_FIGURES = {
    "年度目标": "target", "序时进度": "pro_rata", "上限": "pro_rata", "人数": "persons", "报送情况": "coverage",
}  # fmt: skip


def _figures(page: Element) -> dict[str, str]:
    found = {}
    for card in page.xpath(".//*[@id='standing']/*[contains(@class, 'figure')]")[1:]:
        label = figure(_one(card, "./*[@class='figure__label']"))
        name = _FIGURES.get(HEADS.get(label, label))
        if name:
            found[name] = text(_one(card, "./*[@class='figure__value']"))
    return found


def _of_month(page: Element, month: int) -> str:
    """Return the value that the table of months has in the month of the page."""
    row = _one(page, ".//tr[@class='grid__now']")
    assert text(row.xpath("./th")[0]) in (f"2007年{month}月", f"{calendar.month_name[month]} 2007")
    return figure(row.xpath("./td")[0])


def units(reader: Reader, month: int) -> Told:
    told: Told = {}
    for unit in UNITS:
        page = reader.page(f"/units/{unit}/", month)
        for row in rows(_one(page, ".//*[@id='indicators']//table")):
            code = reader.indicator(text(row["指标"]))
            told[month, unit, code] = {
                "value": figure(row["数值"]),
                "marks": marks(row["数值"]),
                "target": figure(row["年度目标"]),
                "done": text(row["完成情况"]),
                "pro_rata": text(row["序时进度"]),
                "deviation": figure(row["与序时之差"]),
                "rank": text(row["名次"]),
                "status": pill(row["状态"]),
            }
    return told


def items(reader: Reader, month: int) -> Told:
    told: Told = {}
    for number in (1, 2):
        page = reader.page(f"/plan/items/{number}/", month)
        for row in rows(_one(page, ".//*[@aria-labelledby='targets-title']//table")):
            code = reader.indicator(figure(row["指标"]))
            told[month, "000000", code] = {
                "value": figure(row["数值"]),
                "marks": marks(row["数值"]),
                "target": text(row["年度目标"]),
                "deviation": figure(row["与序时之差"]),
                "status": pill(row["状态"]),
                "light": pill(_one(page, ".//*[@id='light']")),
            }
        for row in page.xpath(".//*[@aria-labelledby='reported-title']//tbody/tr"):
            name, value, coverage = row.xpath("./th | ./td")
            told[month, "000000", reader.indicator(text(name))] = {
                "value": figure(value),
                "marks": marks(value),
                "coverage": text(coverage),
            }
    return told


def board(reader: Reader, month: int) -> Told:
    told: Told = {}
    for row in reader.page("/plan/", month).xpath(".//table[contains(@class, 'board')]/tbody/tr"):
        for one in row.xpath(".//li[@class='mini']"):
            code = reader.indicator(text(one.xpath("./a")[0]))
            value = _one(one, "./*[@class='mini__value']")
            told[month, "000000", code] = {
                "value": figure(value),
                "marks": marks(value),
                "status": pill(one),
                "light": pill(_one(row, "./*[@class='board__light']")),
            }
    return told


def compare(reader: Reader, month: int) -> Told:
    """Return what is said of four units side by side, one of each level and a sibling."""
    told: Told = {}
    codes = list(INDICATORS)
    for some in (codes[:4], codes[4:]):
        page = reader.page("/compare/", month, unit=list(COMPARED), indicator=some)
        for code in some:
            section = _one(page, f".//*[@aria-labelledby='compare-{code}-title']")
            assert reader.indicator(text(_one(section, ".//h2"))) == code
            table = _one(section, ".//table")
            found = [reader.unit(text(one)) for one in table.xpath("./thead//th")[1:]]
            told |= _compared(table, month, code, found)
    return told


def _compared(table: Element, month: int, code: str, found: list[str]) -> Told:
    (now,) = table.xpath("./tbody/tr[@class='grid__now']")
    feet = {headed(row.xpath("./th")[0]): row.xpath("./td") for row in table.xpath("./tfoot/tr")}
    return {
        (month, unit, code): {
            "value": figure(now.xpath("./td")[at]),
            "target": text(feet["年度目标"][at]),
            "rank": text(feet["名次"][at]),
            "status": pill(feet["状态"][at]),
            "marks": marks(feet["标记"][at]) if "标记" in feet else "",
        }
        for at, unit in enumerate(found)
    }


def traces(reader: Reader, month: int) -> Told:
    """Return what totals are made of: the parts of the country and of a province, and the totals themselves."""
    told: Told = {}
    for unit in ("000000", "440000"):
        for code in oracle.codes_of(unit):
            page = reader.page(f"/indicators/{code}/trace/", month, unit=unit)
            table = _one(page, ".//*[@id='parts']//table")
            heads = [headed(one) for one in table.xpath(".//thead//th")]
            *parts, added, whole = table.xpath("./tbody/tr | ./tfoot/tr")
            for row in (*parts, whole):
                cells = dict(zip(heads, row.xpath("./th | ./td"), strict=False))
                told[month, reader.unit(text(cells["单位"])), code] = _part(cells)
            cells = dict(zip(heads, added.xpath("./th | ./td"), strict=False))
            told[month, unit, code]["added"] = _part(cells)["value"]
    return told


def _part(cells: dict[str, Element]) -> dict[str, str]:
    is_ratio = "比率" in cells
    value = cells["比率"] if is_ratio else cells["数值"]
    parts = {"numerator": text(cells["分子"]), "denominator": text(cells["分母"])} if is_ratio else {}
    return {"value": figure(value), "marks": marks(value), "coverage": text(cells["已报/应报"]), **parts}


def explored(reader: Reader, month: int) -> Told:
    """Return the explorer's table of all units and indicators."""
    query = {
        "rows": "unit", "cols": "month", "measure": list(EXPLORED), "indicator": list(INDICATORS), "unit": list(UNITS),
    }  # fmt: skip
    table = _one(reader.page("/explore/", month, **query), ".//table[@class='explore']")
    told: Told = {}
    for row in table.xpath("./tbody/tr"):
        unit, name, *cells = row.xpath("./th | ./td")
        code = reader.indicator(re.split("（| [(]", text(name))[0])
        told[month, reader.unit(text(unit)), code] = {
            "value_marks": _sup(cells[0]),
            **{measure: figure(cell) for measure, cell in zip(EXPLORED, cells, strict=True)},
        }
    return told


EXPLORED = ("value", "completion_rate", "deviation", "status", "rank")


def _sup(cell: Element) -> str:
    return " ".join(text(one) for one in cell.xpath("./sup"))


# Which places a page tells of -------------------------------------------------------------------


def national(month: int) -> Iterable[Standing]:
    return oracle.of_unit(month, "000000")


def all_units(month: int) -> Iterable[Standing]:
    return [one for unit in UNITS for one in oracle.of_unit(month, unit)]


def ranked(month: int) -> Iterable[Standing]:
    return [*oracle.of_children(month, "000000"), *oracle.of_children(month, "440000")]


def looked_at(month: int) -> Iterable[Standing]:
    return [one for unit in LOOKED_AT for one in oracle.of_unit(month, unit)]


def compared(month: int) -> Iterable[Standing]:
    return [one for unit in COMPARED for one in oracle.of_unit(month, unit)]


def taken_apart(month: int) -> Iterable[Standing]:
    return [*oracle.of_unit(month, "000000"), *oracle.of_unit(month, "440000"), *ranked(month)]
