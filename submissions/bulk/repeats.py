"""Rows of one report about the same indicator or milestone: what they agree on is taken once."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_noop

from submissions.bulk.rows import RowFault, SourceRow
from workplan.lib.numbers import grammar
from workplan.lib.words import Said

_PLACE = frozenset({"month", "unit"})


def without_repeats(
    rows: Sequence[SourceRow], key: str, *, faults: list[RowFault], notes: list[RowFault]
) -> list[SourceRow]:
    """Return one row for each thing named in the column ``key``; same rows are told, rows that differ are refused."""
    first: dict[object, SourceRow] = {}
    single: list[SourceRow] = []
    for row in rows:
        code = code_of(row, key)
        earlier = first.get(code) if isinstance(code, str) else None
        if earlier is None:
            single.append(row)
            if isinstance(code, str):
                first[code] = row
        elif _same(earlier, row, key):
            message = Said(gettext_noop("与第 %(row)s 行完全相同，只取一次。"), {"row": earlier.number})
            notes.append(row.fault(key, "repeated", message))
        else:
            message = gettext_noop(
                "第 %(first)s 行和第 %(second)s 行都填了这一单位、报告期的 %(code)s，且内容不同。请只保留一行。"
            )
            told = Said(message, {"first": earlier.number, "second": row.number, "code": str(code)[:40]})
            faults.append(row.fault(key, "duplicate", told))
    return single


def code_of(row: SourceRow, key: str) -> object:
    """Return the code in the column without blanks around it; whatever else came instead is refused by the gate."""
    code = row.cells.get(key)
    return grammar.trim(code) if isinstance(code, str) else code


def _same(one: SourceRow, other: SourceRow, key: str) -> bool:
    names = (one.cells.keys() | other.cells.keys()) - _PLACE - {key}
    return all(one.cells.get(name) == other.cells.get(name) for name in names)
