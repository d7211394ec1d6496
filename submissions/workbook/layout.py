"""Where things stand on the two kinds of sheet, and the signed line by which each is known again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from django.core import signing

VERSION = 2
MARK_ROW, TITLE_ROW, ABOUT_ROW, HEADER_ROW, FIRST_ROW = 1, 2, 3, 4, 5
KEY, CODE, NAME, MEASURE, TARGET, PREVIOUS, VALUE, STATE, NOTE, FOUND, ANSWER = range(1, 12)
#: The columns of the sheet of milestones, after the key and the code.
TITLE, RHYTHM, BEFORE, PROGRESS, PLANNED, ACTUAL, COVERED, SCOPE, NEW_TITLE, NARRATIVE, SAME = range(3, 14)
#: What the clerk fills in on it, by column, in the order of the mark.
MILESTONE_INPUTS = {
    PROGRESS: "state", PLANNED: "planned_on", ACTUAL: "actual_on", COVERED: "covered", SCOPE: "in_scope",
    NEW_TITLE: "new_title", NARRATIVE: "note", SAME: "same",
}  # fmt: skip
#: Of these the mark keeps a digest.
LONG_TEXTS = ("new_title", "note")


class SheetKind(StrEnum):
    """What a sheet of the workbook holds."""

    FIGURES = "figures"
    MILESTONES = "milestones"


_SALTS = {SheetKind.FIGURES: "submissions.workbook", SheetKind.MILESTONES: "submissions.workbook.milestones"}
#: The mark stands in one of the first cells; whoever inserts a row above does not lose it.
_MARK_WITHIN = 6
#: A cell holds 32 767 characters; a longer mark goes on in the next cells of its row.
MOST_IN_CELL = 32_000


class Key(NamedTuple):
    """One row of a sheet: the indicator and which of its numbers."""

    indicator: str
    part: str

    def __str__(self) -> str:
        return f"{self.indicator}.{self.part}"


@dataclass(frozen=True)
class Mark:
    """What a sheet was made for: unit, month, version of the report, and what stood in the cells to fill in."""

    unit: str
    month: str
    version: int
    #: By key: value, state, note and answer as texts, then the code of the unit of measure. Of a milestone its inputs
    #: in their order: codes, days, counts, and of long texts a digest.
    seen: Mapping[str, Sequence[str]]
    kind: SheetKind = SheetKind.FIGURES

    def signed(self) -> str:
        content = [VERSION, self.unit, self.month, self.version, dict(self.seen)]
        return signing.dumps(content, salt=_SALTS[self.kind], compress=True)


def read_mark(texts: Sequence[str]) -> Mark | None:
    """Return the mark among the first texts of a sheet; None where there is none that we signed."""
    for text in texts[:_MARK_WITHIN]:
        for kind, salt in _SALTS.items():
            try:
                version, unit, month, report_version, seen = signing.loads(text, salt=salt)
            except (signing.BadSignature, ValueError, TypeError):
                continue
            if version == VERSION:
                return Mark(unit, month, report_version, seen, kind)
    return None


def in_cells(signed: str) -> list[str]:
    """Return a mark in the parts that fit into cells: its end first, by whose signature a cell is known as marked."""
    ends = range(len(signed), 0, -MOST_IN_CELL)
    return [signed[max(0, end - MOST_IN_CELL) : end] for end in ends]


def from_cells(texts: Iterable[str]) -> str:
    """Return the mark that begins in the first of the cells of a row; a cell that is not full is its last.

    >>> from_cells(in_cells("x" * 70_000 + ":a:b")) == "x" * 70_000 + ":a:b", from_cells(["old:a:b", "other"])
    (True, 'old:a:b')
    """
    signed = ""
    for text in texts:
        signed = text + signed
        if len(text) < MOST_IN_CELL:
            break
    return signed


def looks_marked(text: str) -> bool:
    """Say whether a text was such a line once: signed data in three parts."""
    return text.count(":") == 2 and len(text) > 60 and " " not in text


def digest(text: str) -> str:
    """Return by what a long text is known again, "" for none: the mark stays short."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest() if text else ""
