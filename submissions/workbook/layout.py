"""Where things stand on a sheet, and the signed line by which it is known again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.core import signing

VERSION = 2
MARK_ROW, TITLE_ROW, ABOUT_ROW, HEADER_ROW, FIRST_ROW = 1, 2, 3, 4, 5
KEY, CODE, NAME, MEASURE, TARGET, PREVIOUS, VALUE, STATE, NOTE, FOUND, ANSWER = range(1, 12)
#: What the clerk fills in, by column.
INPUTS = {VALUE: "value", STATE: "state", NOTE: "note", ANSWER: "answer"}

_SALT = "submissions.workbook"
#: The mark stands in one of the first cells; whoever inserts a row above does not lose it.
_MARK_WITHIN = 6


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
    #: By key: value, state, note and answer as texts, then the code of the unit of measure.
    seen: Mapping[str, Sequence[str]]

    def signed(self) -> str:
        content = [VERSION, self.unit, self.month, self.version, dict(self.seen)]
        return signing.dumps(content, salt=_SALT, compress=True)


def read_mark(texts: Sequence[str]) -> Mark | None:
    """Return the mark among the first texts of a sheet; None where there is none that we signed."""
    for text in texts[:_MARK_WITHIN]:
        try:
            version, unit, month, report_version, seen = signing.loads(text, salt=_SALT)
        except (signing.BadSignature, ValueError, TypeError):
            continue
        if version == VERSION:
            return Mark(unit, month, report_version, seen)
    return None


def looks_marked(text: str) -> bool:
    """Say whether a text was such a line once: signed data in three parts."""
    return text.count(":") == 2 and len(text) > 60 and " " not in text
