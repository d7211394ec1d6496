"""Taking all observations away: our streamed files against XlsxWriter, from the same query in the same run.

The name of each comparison states the seconds to the first byte and what the process grew by at its highest.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from tempfile import TemporaryFile

from xlsxwriter import Workbook

from reporting import tidy
from reporting.benchmarks.bed import Bed
from reporting.benchmarks.memory import growth
from reporting.benchmarks.rounds import ROUNDS, Comparison, compare
from reporting.observations import COLUMNS
from workplan.lib.bulk.table import BulkTable, Value
from workplan.lib.snapshots import snapshot

ROWS = 350_000
#: XlsxWriter takes most of a minute a round.
MOST_ROUNDS = 3
FORMATS = ("xlsx", "csv", "parquet")


def run(bed: Bed, *, rounds: int = ROUNDS) -> list[Comparison]:
    """Compare XlsxWriter's `constant_memory` with each of our formats."""
    n_rows = sum(1 for _row in _rows(bed))
    theirs = ("XlsxWriter constant_memory", lambda: _xlsxwriter(bed))
    return [
        compare(
            f"{n_rows} rows as {name}, first byte {_first_byte(bed, name):.3f} s, {growth(_ours(bed, name))}",
            theirs,
            (name, _ours(bed, name)),
            rounds=min(rounds, MOST_ROUNDS),
            warm_up=False,
        )
        for name in FORMATS
    ]


def _rows(bed: Bed) -> Iterator[tuple[Value, ...]]:
    selection = tidy.Selection(bed.plan)
    with snapshot():
        yield from itertools.islice(tidy.observation_rows(bed.reviewer, selection), ROWS)


def _xlsxwriter(bed: Bed) -> None:
    """Write the rows as an engineer would who knows XlsxWriter: typed calls, one row in memory."""
    with TemporaryFile() as stream:
        book = Workbook(stream, {"constant_memory": True})
        page = book.add_worksheet("figures")
        for column, name in enumerate(COLUMNS):
            page.write_string(0, column, name)
        for number, row in enumerate(_rows(bed), start=1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    page.write_string(number, column, value)
                elif value is not None:
                    page.write_number(number, column, float(value))
        book.close()


def _ours(bed: Bed, name: str) -> Callable[[], None]:
    def write() -> None:
        with TemporaryFile() as stream:
            for piece in _pieces(bed, name):
                stream.write(piece)

    return write


def _pieces(bed: Bed, name: str) -> Iterator[bytes]:
    return tidy.FORMATS[name].chunks(BulkTable("figures", tidy.figure_columns(()), _rows(bed)))


def _first_byte(bed: Bed, name: str) -> float:
    began = time.perf_counter()
    pieces = _pieces(bed, name)
    next(pieces)
    return time.perf_counter() - began
