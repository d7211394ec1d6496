"""One row as it was sent, and what may be said about it."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from sys import intern
from types import MappingProxyType
from typing import overload

from submissions.bulk.labels import column_label
from workplan.lib.problems import Fault, pointer_to

KEYS = ("month", "unit", "indicator")
CELLS = ("value", "numerator", "denominator", "persons", "state", "note")
COLUMNS = (*KEYS, *CELLS)
#: The cells of a milestone's row in a workbook, as they stand there.
MILESTONE_CELLS = ("state", "planned_on", "actual_on", "covered", "in_scope", "new_title", "note", "same")

#: Stands for the column in a fault of a row of which no cell could be read.
WHOLE_ROW = ""

#: A month, a unit, an indicator or a milestone stands in many rows each.
_REPEATED = frozenset({*KEYS, "milestone"})
#: Most rows come from no workbook; they share this.
_NOWHERE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One figure or milestone as sent: raw cells by column, and where each stands.

    `number` is the line in the file, the header being 1; a row of a JSON list counts as if it had a header too.
    """

    number: int
    cells: Mapping[str, object]
    #: The place in a JSON body; "" for a file.
    pointer: str = ""
    sheet: str = ""
    #: The address of each cell in a workbook, such as G7.
    addresses: Mapping[str, str] = field(default_factory=lambda: _NOWHERE)
    #: Cells of a workbook that hold no plain value: column, code, sentence.
    unreadable: Sequence[tuple[str, str, str]] = ()
    #: The answer to whatever warnings there will be about the indicator; None where nothing was said.
    answer: str | None = None
    #: The row is about a milestone, not about a figure.
    is_milestone: bool = False
    #: What the row leaves out stays as it stands, also from an earlier month: as the unit's own workbook shows it.
    over_earlier: bool = False

    @property
    def faults(self) -> list[RowFault]:
        return [self.fault(*one) for one in self.unreadable]

    def is_unreadable(self, column: str) -> bool:
        return any(one[0] == column for one in self.unreadable)

    def fault(self, column: str, code: str, message: str, suggestion: str | None = None) -> RowFault:
        return RowFault(self, column, code, message, suggestion)


class TableRows(Sequence[SourceRow]):
    """The rows of a text table, kept by column: a million of them take a fraction of as many row objects.

    A row is made when it is asked for. A month, a unit and an indicator stand in thousands of rows each and are kept
    once; a cell left out is None.
    """

    def __init__(self, columns: Iterable[str], *, of_milestones: bool = False) -> None:
        self._numbers = array("L")
        self._of_milestones = of_milestones
        self._cells: dict[str, list[str | None]] = {column: [] for column in columns}
        self._in_order = [(column, cells, column in _REPEATED) for column, cells in self._cells.items()]

    def append(self, number: int, given: Iterable[str | None]) -> None:
        """Add a row: its line, and its cells in the order of the columns."""
        self._numbers.append(number)
        for (_column, cells, is_key), text in zip(self._in_order, given, strict=True):
            cells.append(intern(text) if is_key and text is not None else text)

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, place: int) -> SourceRow: ...
    @overload
    def __getitem__(self, place: slice) -> list[SourceRow]: ...
    def __getitem__(self, place: int | slice) -> SourceRow | list[SourceRow]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        given = {column: text for column, cells, _is_key in self._in_order if (text := cells[place]) is not None}
        return SourceRow(self._numbers[place], given, is_milestone=self._of_milestones)

    def cells_of(self, column: str) -> Iterator[object]:
        """Yield what stands in a column, each text at least once; as if left out where there is no such column."""
        return iter(set(self._cells.get(column, ())))


def cells_of(rows: Sequence[SourceRow], column: str) -> Iterator[object]:
    """Yield what stands in a column, each text at least once."""
    if isinstance(rows, TableRows):
        return rows.cells_of(column)
    return (row.cells.get(column) for row in rows)


@dataclass(frozen=True)
class RowFault:
    """What is wrong with one cell, or worth knowing about it."""

    row: SourceRow
    column: str
    code: str
    message: str
    suggestion: str | None = None

    @property
    def address(self) -> str:
        """The cell in a workbook; that of the row's first cell where the column has none."""
        return self.row.addresses.get(self.column) or next(iter(self.row.addresses.values()), "")

    @property
    def label(self) -> str:
        """What the cell's column is called."""
        return column_label(self.column, of_milestone=self.row.is_milestone)

    def as_fault(self) -> Fault:
        """Return it as programs read it."""
        fault = Fault(row=self.row.number, column=self.column, code=self.code, message=self.message)
        if self.row.pointer:
            fault["pointer"] = self.row.pointer + (pointer_to(*self.column.split("/")) if self.column else "")
        if self.suggestion is not None:
            fault["suggestion"] = self.suggestion
        return fault


@dataclass(frozen=True)
class Source:
    """What a file or a body holds: its rows, and what was noticed while reading it."""

    rows: Sequence[SourceRow]
    notes: Sequence[str] = ()
    #: Told about single rows: cleaned, taken from a formula, shown otherwise than stored.
    row_notes: Sequence[RowFault] = ()


def in_order(faults: Iterable[RowFault]) -> list[RowFault]:
    """Return the faults as they stand in the file: by sheet as met, row and column."""
    place = {column: number for number, column in enumerate((*COLUMNS[:-1], *MILESTONE_CELLS[1:]))}
    return sorted(faults, key=lambda one: (one.row.sheet, one.row.number, place.get(one.column, len(place))))
