"""Which column of a table is which: by its name in the contract, else by a title that people use."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from django.utils.translation import gettext as _

from submissions.bulk.subjects import FIGURES, Subject
from submissions.intake import PART_PREFIX
from targets.models import IndicatorPart
from workplan.lib.spreadsheets import SheetRefused
from workplan.lib.words import listed

_BRACKETS = str.maketrans("（）［］【】", "()[][]")
_BETWEEN = re.compile(r"[\s\u3000\u00a0\ufeff\u200b_]+")
#: Words in a title's brackets that say its numbers are not in persons, yuan or single things (X-30).
_SCALED = re.compile(r"[(\[][^)\]]*[十百千万亿％%][^)\]]*[)\]]")
_IN_BRACKETS = re.compile(r"[(\[].*?[)\]]")


def is_header(cells: Sequence[object], subject: Subject = FIGURES) -> bool:
    """Say whether a row names the three columns that every table needs."""
    return set(subject.keys) <= {_column_of(cell, subject) for cell in cells}


def columns_of(cells: Sequence[object], number: int = 1, subject: Subject = FIGURES) -> dict[int, str]:
    """Return the column's name by its place; columns of our own export that cannot be written are left out.

    A part of a figure is named by its code (parts/workers) or by what it is called.

    :raises SheetRefused: a column is missing, unknown or named twice, all of it told; or counts in 万 or per cent.
    """
    found: dict[int, str] = {}
    unknown: list[str] = []
    twice: list[str] = []
    scaled: list[str] = []
    parts = _parts_by_title() if subject.has_parts else {}
    for place, cell in enumerate(cells):
        title = "" if cell is None else str(cell)
        column = _column_of(title, subject) or parts.get(_plain(title), "")
        if column in found.values():
            twice.append(title)
        elif column and _is_scaled(title):
            scaled.append(title.strip()[:40])
        elif column:
            found[place] = column
        elif title.strip() and _plain(title) not in subject.read_only:
            unknown.append(title.strip()[:40])
    missing = [column for column in subject.keys if column not in found.values()]
    if scaled:
        raise SheetRefused(
            _("第 %(row)s 行的表头写着 %(names)s：数值须以人、元、个填写，不用万、亿。请换算后改正表头。"),
            code="scaled_column", row=number, names=listed(scaled),
        )  # fmt: skip
    if missing or unknown or twice:
        raise _refusal(number, missing, unknown, twice, [*subject.columns, *dict.fromkeys(parts.values())])
    return found


def _column_of(title: object, subject: Subject) -> str:
    return subject.column_of.get(_plain(str(title or "")), "")


def _parts_by_title() -> dict[str, str]:
    """Return the column of each part by its code and its names; a name that two parts share names neither."""
    meant: dict[str, set[str]] = defaultdict(set)
    for code, *names in IndicatorPart.objects.order_by("position", "code").values_list("code", "name", "name_en"):
        column = f"{PART_PREFIX}{code}"
        for name in (column, code, *names):
            if title := _plain(name):
                meant[title].add(column)
    return {title: min(columns) for title, columns in meant.items() if len(columns) == 1}


def _is_scaled(title: str) -> bool:
    return _SCALED.search(title.translate(_BRACKETS)) is not None


def _plain(title: str) -> str:
    """Return a title as it is compared: no blanks, line breaks or bracketed units, one kind of brackets."""
    text = _BETWEEN.sub("", title.translate(_BRACKETS)).casefold()
    return _IN_BRACKETS.sub("", text)


def _refusal(
    number: int, missing: Sequence[str], unknown: Sequence[str], twice: Sequence[str], usable: Sequence[str]
) -> SheetRefused:
    parts = [
        said % {"names": listed(names)}
        for said, names in (
            (_("缺少列：%(names)s"), missing),
            (_("不认识的列：%(names)s"), unknown),
            (_("重复的列：%(names)s"), twice),
        )
        if names
    ]
    return SheetRefused(
        _("第 %(row)s 行的表头不对。%(problems)s。可用的列：%(columns)s。"),
        code="wrong_columns",
        row=number,
        problems=_("；").join(parts),
        columns=listed(usable),
    )
