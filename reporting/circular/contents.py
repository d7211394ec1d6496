"""The content of an official document, free of how it is set: Word, PDF and preview are made from this alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Style(StrEnum):
    """How a paragraph is set; the names are those of the styles in the Word template."""

    BODY = "body"
    CHAPTER = "chapter"
    SECTION = "section"
    ITEM = "item"


class Mark(StrEnum):
    """What stands across every page of a document whose figures are not published."""

    NONE = ""
    DRAFT = "未发布　暂定"


@dataclass(frozen=True)
class Paragraph:
    text: str
    style: Style = Style.BODY
    #: Set in bold at the beginning: what an item is about.
    lead: str = ""


@dataclass(frozen=True)
class Head:
    """A head cell over so many columns."""

    text: str
    span: int = 1


@dataclass(frozen=True)
class Table:
    """A statistical table: its heads over one another, one row per unit, the total first."""

    title: str
    unit: str
    heads: tuple[tuple[Head, ...], ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    @property
    def n_columns(self) -> int:
        return sum(head.span for head in self.heads[0])


@dataclass(frozen=True)
class Chart:
    """A chart as the script that draws it takes it, with its title and what it says in words."""

    title: str
    data: Mapping[str, Any]
    height: int = 380


@dataclass(frozen=True)
class Annex:
    """One attachment on pages of its own."""

    title: str
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True)
class Document:
    """An official document. A letter has its issuer's name for a mark and no imprint."""

    mark: str
    number: str
    title: tuple[str, ...]
    recipients: str
    body: tuple[Paragraph, ...]
    issuer: str
    signed_on: str
    annexes: tuple[Annex, ...] = ()
    copies: str = ""
    printed_by: str = ""
    watermark: Mark = Mark.NONE
    is_letter: bool = False
    #: What a reader of a draft is told, and where the figures come from.
    notes: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        return "".join(self.title)

    @property
    def annex_lines(self) -> tuple[str, ...]:
        """The attachments as they are listed under the body: one without number, several numbered."""
        if len(self.annexes) == 1:
            return (self.annexes[0].title,)
        return tuple(f"{number}. {annex.title}" for number, annex in enumerate(self.annexes, start=1))

    def annex_label(self, number: int) -> str:
        """Name an attachment on its own page, counted from 1."""
        return "附件" if len(self.annexes) == 1 else f"附件{number}"
