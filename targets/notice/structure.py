"""The parts of a notice: number, year, date, chapters, items. What belongs to none of them is counted, not lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from targets.notice.characters import NUMERALS, numeral


@dataclass(frozen=True)
class Line:
    """One line of the file, in the one spelling; numbered as an editor numbers it."""

    number: int
    text: str


@dataclass(frozen=True)
class Chapter:
    number: int
    heading: str
    line: int


@dataclass(frozen=True)
class Item:
    """One numbered item; `text` is all of it after its number, paragraphs on lines of their own."""

    number: int
    chapter: int
    heading: str
    text: str
    line: int

    @property
    def sentences(self) -> list[str]:
        """Return the sentences after the heading, each with its full stop."""
        body = self.text.removeprefix(self.heading).lstrip("。")
        return [
            found.group().strip() for found in re.finditer(r"[^。\n]+(?:。|$|(?=\n))", body) if found.group().strip()
        ]


@dataclass
class Document:
    number: str = ""
    year: int | None = None
    issued_on: date | None = None
    chapters: list[Chapter] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    #: What is odd about the numbering, a sentence each.
    oddities: list[str] = field(default_factory=list)


_N = rf"[{NUMERALS}]{{1,5}}|[0-9]{{1,3}}"
_CHAPTER = re.compile(rf"(?:第(?P<a>{_N})(?:部分|章)|(?P<b>[{NUMERALS}]{{1,5}}))(?:、|，|：| |\.)\s*(?P<rest>\S.*)")
_ITEM = re.compile(
    rf"（(?P<a>{_N})）(?:、|\.)?\s*(?P<rest>\S.*)|(?P<b>[0-9]{{1,3}})(?:、|\.|．)(?![0-9])\s*(?P<rest2>\S.*)"
)
_DOCUMENT_NUMBER = re.compile(r"^(\S{2,12}[〔\[（](\d{4})[〕\]）]\s*(?:第\s*)?\d{1,4}\s*号)$")
_DATE = re.compile(rf"^([0-9]{{4}}|[{NUMERALS}]{{4}})年({_N})月({_N})日$")
_TITLE_YEAR = re.compile(rf"(20\d\d|19\d\d|[二一][{NUMERALS}]{{3}})年")
_LONGEST_HEADING = 60


def take_apart(lines: Iterable[Line]) -> Document:
    """Return the parts of a notice."""
    document = Document()
    open_item: Item | None = None
    for line in lines:
        if not line.text:
            continue
        if (item := _item(line, document)) is not None:
            _keep(document, open_item)
            open_item = item
        elif (chapter := _chapter(line)) is not None:
            _keep(document, open_item)
            open_item = None
            document.chapters.append(chapter)
        elif open_item is not None:
            open_item = replace(open_item, text=f"{open_item.text}\n{line.text}")
        else:
            _read_head(line, document)
    _keep(document, open_item)
    document.oddities += [*_gaps("chapter", document.chapters), *_gaps("item", document.items)]
    return document


def _keep(document: Document, item: Item | None) -> None:
    if item is not None:
        document.items.append(item)


def _chapter(line: Line) -> Chapter | None:
    found = _CHAPTER.fullmatch(line.text)
    number = numeral(found["a"] or found["b"]) if found else None
    if found is None or number is None or len(found["rest"]) > _LONGEST_HEADING:
        return None
    return Chapter(number, found["rest"].rstrip("。"), line.number)


def _item(line: Line, document: Document) -> Item | None:
    """Read an item; before the first chapter brackets count points of the preamble."""
    found = _ITEM.fullmatch(line.text)
    if found is None or not document.chapters:
        return None
    number = numeral(found["a"] or found["b"])
    if number is None:
        return None
    text = found["rest"] or found["rest2"]
    return Item(number, document.chapters[-1].number, heading_of(text), text, line.number)


def heading_of(text: str) -> str:
    """Return what an item is called: all before its first full stop.

    >>> heading_of("完成就业目标。全年不低于9人。")
    '完成就业目标'
    """
    return text.partition("。")[0]


def _read_head(line: Line, document: Document) -> None:
    """Read number, date and year from what stands before the chapters."""
    if (found := _DOCUMENT_NUMBER.match(line.text)) and not document.number:
        document.number, document.year = found[1].replace(" ", ""), int(found[2])
    elif (found := _DATE.match(line.text)) and document.issued_on is None:
        document.issued_on = _date(*(numeral(part) for part in found.groups()))
    elif document.year is None and (found := _TITLE_YEAR.search(line.text)):
        document.year = numeral(found[1])


def _date(*parts: int | None) -> date | None:
    year, month, day = parts
    try:
        return date(year or 0, month or 0, day or 0)
    except ValueError:
        return None


def _gaps(what: str, parts: Sequence[Chapter | Item]) -> list[str]:
    """Tell numbers that are left out, repeated or out of order."""
    return [
        f"line {part.line}: {what} {part.number} stands where {what} {expected} was expected"
        for part, expected in zip(parts, [1, *(before.number + 1 for before in parts)], strict=False)
        if part.number != expected
    ]
