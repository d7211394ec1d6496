"""The text of a Word file: what a reader of the finished document sees, and a list of what was left aside.

Only the document itself and its styles are parsed, with entities forbidden; nothing the file points to is opened.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from targets.notice.refusals import NoticeRefused
from workplan.lib.spreadsheets.package import examine_container
from workplan.lib.spreadsheets.refusals import SheetRefused

LARGEST_UNPACKED = 60_000_000
_DOCUMENT, _STYLES = "word/document.xml", "word/styles.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_ELSEWHERE = re.compile(r"word/(embeddings|activeX)/|.*vbaProject\.bin", re.IGNORECASE)
_WHITE = {"FFFFFF", "white"}
_SHOWN = 40

#: Elements of which nothing is read, and how they are told.
_ASIDE = {
    f"{_W}del": "deleted text of a tracked change",
    f"{_W}moveFrom": "text moved away in a tracked change",
    f"{_W}ins": "text added in a tracked change that nobody has accepted",
    f"{_W}moveTo": "text moved here in a tracked change that nobody has accepted",
    f"{_W}txbxContent": "a text box",
}
#: Parts that hold text beside the document.
_BESIDE = {
    "word/comments.xml": "comments",
    "word/footnotes.xml": "footnotes",
    "word/endnotes.xml": "endnotes",
}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def read_document(content: bytes) -> tuple[list[str], list[str]]:
    """Return the paragraphs of a .docx file, and what was left aside.

    :raises NoticeRefused: it is no Word file, points outside, carries objects or macros, is damaged or a bomb.
    """
    try:
        with examine_container(content, largest_unpacked=LARGEST_UNPACKED) as archive:
            names = set(archive.namelist())
            _check_contents(archive, names)
            document = fromstring(archive.read(_DOCUMENT), forbid_dtd=True)
            styles = fromstring(archive.read(_STYLES), forbid_dtd=True) if _STYLES in names else None
            beside = [told for name, told in _BESIDE.items() if name in names and _has_text(archive.read(name))]
    except SheetRefused as refusal:
        raise NoticeRefused(f"The Word file is not read ({refusal.code}): save it anew as .docx.") from refusal
    except (DefusedXmlException, ParseError, KeyError, RuntimeError, zipfile.BadZipFile) as error:
        raise NoticeRefused("The Word file is damaged or carries forbidden XML. Save it anew as .docx.") from error
    reader = _Reader(_unseen_styles(styles))
    paragraphs = list(reader.paragraphs(document))
    return paragraphs, [*reader.told(), *(f"not read: {told}" for told in beside)]


def _check_contents(archive: zipfile.ZipFile, names: set[str]) -> None:
    if _DOCUMENT not in names:
        raise NoticeRefused("This package is no Word file. A notice is read from plain text or from .docx.")
    if any(_ELSEWHERE.match(name) for name in names):
        raise NoticeRefused("The Word file carries embedded objects or macros. Save it without them.")
    for name in names:
        if name.endswith(".rels"):
            for relation in fromstring(archive.read(name), forbid_dtd=True).iter(_RELATION):
                if relation.get("TargetMode") == "External" and not relation.get("Type", "").endswith("/hyperlink"):
                    raise NoticeRefused("The Word file points to something outside it. Save it with everything inside.")


def _has_text(part: bytes) -> bool:
    return any((one.text or "").strip() for one in fromstring(part, forbid_dtd=True).iter(f"{_W}t"))


def _is_on(properties: Element | None, name: str) -> bool:
    found = properties.find(f"{_W}{name}") if properties is not None else None
    return found is not None and found.get(f"{_W}val", "true") not in {"0", "false", "off"}


def _is_unseen(properties: Element | None) -> bool:
    """Say whether a run so formatted is hidden, or white on white."""
    if properties is None:
        return False
    color = properties.find(f"{_W}color")
    return _is_on(properties, "vanish") or (color is not None and color.get(f"{_W}val") in _WHITE)


def _unseen_styles(styles: Element | None) -> set[str]:
    if styles is None:
        return set()
    found = styles.iter(f"{_W}style")
    return {one.get(f"{_W}styleId", "") for one in found if _is_unseen(one.find(f"{_W}rPr"))}


class _Reader:
    """Walks through a document; counts and quotes what it leaves aside."""

    def __init__(self, unseen_styles: set[str]) -> None:
        self._unseen_styles = unseen_styles
        self._aside: list[str] = []
        self._counts: Counter[str] = Counter()

    def told(self) -> list[str]:
        told = [f"not read: {one}" for one in self._aside]
        if n_numbered := self._counts["numbered"]:
            told.append(f"{n_numbered} paragraphs are numbered by Word itself: such a number is not part of the text")
        if n_tables := self._counts["tables"]:
            told.append(f"{n_tables} tables with {self._counts['rows']} rows: read row by row, cells apart by blanks")
        return told

    def paragraphs(self, parent: Element) -> Iterator[str]:
        for child in parent:
            if child.tag == f"{_W}p":
                yield from self._paragraph(child)
            elif child.tag == f"{_W}tbl":
                self._counts["tables"] += 1
                yield from self._table(child)
            elif child.tag in _ASIDE:
                self._leave(child)
            else:
                yield from self.paragraphs(child)

    def _table(self, table: Element) -> Iterator[str]:
        for row in table.findall(f"{_W}tr"):
            self._counts["rows"] += 1
            yield " ".join(" ".join(self.paragraphs(cell)) for cell in row.findall(f"{_W}tc"))

    def _paragraph(self, paragraph: Element) -> list[str]:
        properties = paragraph.find(f"{_W}pPr")
        style = properties.find(f"{_W}pStyle") if properties is not None else None
        if properties is not None and properties.find(f"{_W}numPr") is not None:
            self._counts["numbered"] += 1
        if style is not None and style.get(f"{_W}val") in self._unseen_styles:
            self._leave(paragraph, "hidden or white text")
            return []
        return "".join(self._texts(paragraph)).split("\n")

    def _texts(self, parent: Element) -> Iterator[str]:
        for child in parent:
            if child.tag in _ASIDE:
                self._leave(child)
            elif child.tag == f"{_W}r" and self._is_unseen_run(child):
                self._leave(child, "hidden or white text")
            elif child.tag == f"{_W}t":
                yield child.text or ""
            elif child.tag in {f"{_W}br", f"{_W}cr"}:
                yield "\n"
            elif child.tag == f"{_W}tab":
                yield " "
            elif child.tag != _FALLBACK:  # says once more what the first choice says
                yield from self._texts(child)

    def _is_unseen_run(self, run: Element) -> bool:
        properties = run.find(f"{_W}rPr")
        style = properties.find(f"{_W}rStyle") if properties is not None else None
        return _is_unseen(properties) or (style is not None and style.get(f"{_W}val") in self._unseen_styles)

    def _leave(self, element: Element, why: str = "") -> None:
        text = "".join(one.text or "" for one in element.iter() if one.tag in {f"{_W}t", f"{_W}delText"})
        if text.strip():
            shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
            self._aside.append(f"{why or _ASIDE[element.tag]}: {shown}")
