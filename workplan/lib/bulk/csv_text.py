"""Streams CSV: every digit of every number, text that no program runs."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator
from decimal import Decimal

from workplan.lib.bulk.table import BulkTable, Value
from workplan.lib.numbers import plain_text
from workplan.lib.sheets import BYTE_ORDER_MARK, clean_text, guarded

ROWS_AT_ONCE = 500
TEXTS_KEPT = 20_000


def csv_chunks(table: BulkTable, *, marked: bool) -> Iterator[bytes]:
    """Yield the table as UTF-8, the header first.

    Where it is `marked`, it begins with the mark by which Excel knows UTF-8; programs do without.

    :raises ValueError: a number is not finite.
    """
    known: dict[str, str] = {}

    def cell(value: Value) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            return _number(value)
        text = known.get(value)
        if text is None:
            text = guarded(clean_text(value))
            if len(known) < TEXTS_KEPT:
                known[value] = text
        return text

    names = [guarded(column.name) for column in table.columns]
    yield ((BYTE_ORDER_MARK if marked else "") + _lines([names])).encode()
    rows = iter(table.rows)
    while several := list(itertools.islice(rows, ROWS_AT_ONCE)):
        yield _lines([[cell(value) for value in row] for row in several]).encode()


def _number(value: int | Decimal) -> str:
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(f"{number} is not a figure and is not exported.")
    return plain_text(number)


def _lines(rows: list[list[str]]) -> str:
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\r\n").writerows(rows)
    return lines.getvalue()
