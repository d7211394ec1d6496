"""What a reader sees on each page: figure, label, mark and status word of every place, taken from the HTML.

Each function returns the texts of a month by place (month, unit, indicator) and column.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable

from tests.reporting.agreement import oracle
from tests.reporting.agreement.oracle import Standing
from tests.reporting.agreement.reading import Element, Reader, Told, figure, headed, marks, only, pill, rows, text
from tests.reporting.agreement.shown import DASH, HEADS
from tests.reporting.agreement.year import INDICATORS, UNITS

#: The units whose indicators are looked at one by one: one of each level that has siblings or children.
LOOKED_AT = ("000000", "440000", "440100")
#: The indicators whose ranking is looked at on the overview too.
ON_OVERVIEW = ("F01", "R01")
#: Those that stand side by side.
COMPARED = ("000000", "440000", "650000", "440100")


# Pages -----------------------------------------------------------------------------------------


def leader(reader: Reader, month: int) -> Told:
    return _cards(reader, reader.page("/leader/", month), month)


def overview(reader: Reader, month: int) -> Told:
    return _cards(reader, reader.page("/overview/", month), month)


def _cards(reader: Reader, page: Element, month: int) -> Told:
    told = {}
    for card in page.xpath(".//li[contains(@class, 'indicator')]"):
        code = reader.indicator(text(only(card, "./*[@class='indicator__name']")))
        value = only(card, "./*[@class='indicator__value']")
        foot = [text(one) for one in card.xpath("./*[@class='indicator__foot']/span")]
        told[month, "000000", code] = {
            "value": figure(value),
            "marks": marks(value),
            "status": pill(only(card, "./*[@class='indicator__status']")),
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
    tables = page.xpath(".//*[@id='ranking']//table")
    return {place: told for table in tables for place, told in ranked_rows(reader, table, month, code).items()}


def ranked_rows(reader: Reader, table: Element, month: int, code: str) -> Told:
    told: Told = {}
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
            assert reader.indicator(text(only(page, ".//h1"))) == code
            first = only(page, ".//*[contains(@class, 'standing__first')]")
            value = only(first, "./*[@class='figure__value']")
            told[month, unit, code] = {
                "value": figure(value),
                "marks": marks(value),
                "status": pill(first),
                **_of_month(page, month),
                **_figures(page),
            }
    return told


_FIGURES = {
    "年度目标": "target", "序时进度": "pro_rata", "上限": "pro_rata", "人数": "persons", "报送情况": "coverage",
}  # fmt: skip


def _figures(page: Element) -> dict[str, str]:
    found = {}
    for card in page.xpath(".//*[@id='standing']/*[contains(@class, 'figure')]")[1:]:
        label = figure(only(card, "./*[@class='figure__label']"))
        name = _FIGURES.get(HEADS.get(label, label))
        if name:
            found[name] = text(only(card, "./*[@class='figure__value']"))
    return found


def _of_month(page: Element, month: int) -> dict[str, str]:
    """Return what the table of months has in the month of the page."""
    row = only(page, ".//tr[@class='grid__now']")
    assert text(row.xpath("./th")[0]) in (f"2007年{month}月", f"{calendar.month_name[month]} 2007")
    value = row.xpath("./td")[0]
    return {"of_month": figure(value), "marks_of_month": marks(value)}


def units(reader: Reader, month: int) -> Told:
    told: Told = {}
    for unit in UNITS:
        page = reader.page(f"/units/{unit}/", month)
        for row in rows(only(page, ".//*[@id='indicators']//table")):
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
        for row in rows(only(page, ".//*[@aria-labelledby='targets-title']//table")):
            code = reader.indicator(figure(row["指标"]))
            told[month, "000000", code] = {
                "value": figure(row["数值"]),
                "marks": marks(row["数值"]),
                "target": text(row["年度目标"]),
                "deviation": figure(row["与序时之差"]),
                "status": pill(row["状态"]),
                "light": pill(only(page, ".//*[@id='light']")),
            }
        for row in page.xpath(".//*[@aria-labelledby='reported-title']//tbody/tr"):
            name, value, _persons, coverage = row.xpath("./th | ./td")
            told[month, "000000", reader.indicator(text(name))] = {
                "value": figure(value),
                "marks": marks(value),
                "coverage": figure(coverage),
            }
    return told


def board(reader: Reader, month: int) -> Told:
    told: Told = {}
    for row in reader.page("/plan/", month).xpath(".//table[contains(@class, 'board')]/tbody/tr"):
        for one in row.xpath(".//li[@class='mini']"):
            code = reader.indicator(text(one.xpath("./a")[0]))
            value = only(one, "./*[@class='mini__value']")
            told[month, "000000", code] = {
                "value": figure(value),
                "marks": marks(value),
                "status": pill(one),
                "light": pill(only(row, "./*[@class='board__light']")),
            }
    return told


def compare(reader: Reader, month: int) -> Told:
    """Return what is said of four units side by side, one of each level and a sibling."""
    told: Told = {}
    codes = list(INDICATORS)
    for some in (codes[:4], codes[4:]):
        page = reader.page("/compare/", month, unit=list(COMPARED), indicator=some)
        for code in some:
            section = only(page, f".//*[@aria-labelledby='compare-{code}-title']")
            assert reader.indicator(text(only(section, ".//h2"))) == code
            table = only(section, ".//table")
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
            table = only(page, ".//*[@id='parts']//table")
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
    table = only(reader.page("/explore/", month, **query), ".//table[@class='explore']")
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


def laggards(reader: Reader, month: int) -> Told:
    """Return the list of what lags, and for which it is in there."""
    told: Told = {}
    for one in reader.page("/overview/", month).xpath(".//*[@id='laggards']//li[@class='lag']"):
        unit, indicator = one.xpath("./*[@class='lag__what']/a")
        told[month, reader.unit(text(unit)), reader.indicator(text(indicator))] = {"status": pill(one)}
    return told


def tiles(reader: Reader, month: int) -> Told:
    """Return the map of each indicator, as its tiles are read out."""
    told: Told = {}
    for code in INDICATORS:
        for title in reader.page("/leader/", month, indicator=code).xpath(".//svg//a/title"):
            name, figure_, *status = text(title).split(" · ")
            if figure_ != DASH or status:
                unit = reader.unit(name.removesuffix("厅"))
                told[month, unit, code] = {"text": figure_, "status": status[0] if status else ""}
    return told


def verdicts(reader: Reader, month: int) -> Told:
    """Return the status that the first question that holds leads to, on the pages of reasons."""
    told: Told = {}
    for unit in LOOKED_AT:
        for code in oracle.codes_of(unit):
            page = reader.page(f"/indicators/{code}/reasons/", month, unit=unit)
            decided = page.xpath(".//*[@aria-labelledby='checks-title']//tr[@class='grid__now']")
            told[month, unit, code] = {"status": pill(decided[0]) if decided else ""}
    return told


# Which places a page tells of -------------------------------------------------------------------


def national(month: int) -> Iterable[Standing]:
    return oracle.of_unit(month, "000000")


def all_units(month: int) -> Iterable[Standing]:
    return [one for unit in UNITS for one in oracle.of_unit(month, unit)]


def ranked(month: int) -> Iterable[Standing]:
    return [*oracle.of_children(month, "000000"), *oracle.of_children(month, "440000")]


def looked_at(month: int) -> Iterable[Standing]:
    return [one for unit in LOOKED_AT for one in oracle.of_unit(month, unit)]


def lagging(month: int) -> Iterable[Standing]:
    return [one for one in oracle.of_children(month, "000000") if one.status in {"breached", "behind", "lagging"}]


def on_the_map(month: int) -> Iterable[Standing]:
    return [one for one in oracle.of_children(month, "000000") if one.value is not None or one.status]


def compared(month: int) -> Iterable[Standing]:
    return [one for unit in COMPARED for one in oracle.of_unit(month, unit)]


def taken_apart(month: int) -> Iterable[Standing]:
    return [*oracle.of_unit(month, "000000"), *oracle.of_unit(month, "440000"), *ranked(month)]
