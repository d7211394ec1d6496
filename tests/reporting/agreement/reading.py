"""Opening pages and files as a reader does, and taking words out of HTML."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from django.test import Client
from lxml import html

from tests.reporting.agreement.oracle import Place
from tests.reporting.agreement.shown import HEADS
from tests.reporting.agreement.year import INDICATORS, REGIONS, UNITS

Element = html.HtmlElement
#: What was read of each place: the texts by column.
Told = dict[Place, dict[str, str]]


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

    def region(self, label: str) -> str:
        """Return the code of the region of this name, of what is in none, or of all together."""
        return _by_name(REGIONS | _BESIDE_REGIONS, label, 1 if self.english else 0)

    def indicator(self, label: str) -> str:
        return _by_name(INDICATORS, label, 4 if self.english else 3)


_BESIDE_REGIONS = {"other": ("未划入区域", "In no region"), "total": ("各区域合计", "All regions")}


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
    found = deepcopy(element)
    found.tail = None
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
    """Return the words of a head in Chinese, without what it is marked with."""
    return HEADS.get(figure(element), figure(element))


def only(page: Element, path: str) -> Element:
    found = page.xpath(path)
    assert len(found) == 1, (path, len(found))
    return found[0]
