"""The table as a file: the very cells of the screen, their numbers with every digit, marks in columns of their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from tempfile import TemporaryFile

from django.http import FileResponse
from django.utils.translation import gettext as _

from accounts.permissions import Person
from reporting import exports, marks
from reporting.explorer.asked import Axis
from reporting.explorer.page import closed_words, filter_words
from reporting.explorer.readings import Fact, Measure, Reading
from reporting.explorer.table import Head, Table
from submissions.models import ReportingMonth
from targets.goals import Status
from targets.models import UnitOfMeasure
from workplan.lib import clock, sheets
from workplan.lib.bulk.parquet import PARQUET_TYPE, write_parquet
from workplan.lib.bulk.table import BulkColumn, BulkTable, Value
from workplan.lib.sheets import Cell, Column, Kind, Row, Sheet, Shown
from workplan.templatetags.portal import status_label

_TOTAL = "total"
FORMATS = ("xlsx", "csv", "parquet")
#: Decimals of typed columns: more than the ten that a ratio is stated with. A rank has none.
_DECIMALS = 12


def download(found: Table, form: str, *, by: Person) -> FileResponse:
    """Return the table as one of the formats."""
    if form == "csv":
        return sheets.csv_response(f"{name(found)}.csv", columns(found), rows(found, coded=True))
    if form == "parquet":
        stream = TemporaryFile()  # noqa: SIM115 -- the response closes it
        write_parquet(stream, bulk_table(found, by=by, now=clock.now()))
        return sheets.download(stream, f"{name(found)}.parquet", PARQUET_TYPE)
    return sheets.workbook_response(f"{name(found)}.xlsx", [sheet(found, by=by, now=clock.now())])


def sheet(found: Table, *, by: Person, now: datetime) -> Sheet:
    """Return the table for a workbook, with where it comes from and what was asked for."""
    asked = _("筛选：%(told)s") % {"told": _("；").join(f"{name} {words}" for name, words in filter_words(found.asked))}
    return Sheet(
        name=_("数据透视"),
        title=_("数据透视"),
        provenance=[*exports.provenance(_newest(found), by, now), asked, *closed_words(found)],
        columns=columns(found),
        rows=list(rows(found)),
        notes=exports.legend(),
    )


def columns(found: Table) -> list[Column]:
    """Return the columns: what a row stands for in codes and names, then the measures of each column and its marks."""
    heads = [
        column
        for axis in (found.asked.rows, found.asked.within)
        for column in (Column(axis.value, str(axis.label), width=12), Column(f"{axis}_name", _("名称"), width=22))
    ]
    return heads + [one for column in found.columns for one in _of_column(found, column)]


def _of_column(found: Table, column: Head) -> Iterator[Column]:
    for measure in found.asked.measures:
        title = _("%(column)s %(measure)s") % {"column": column.label, "measure": measure.label}
        yield Column(f"{column.key}.{measure}", title, Kind.TEXT if measure is Measure.STATUS else Kind.NUMBER)
    yield Column(f"{column.key}.marks", _("%(column)s 标记") % {"column": column.label}, width=8)


def rows(found: Table, *, coded: bool = False) -> Iterator[Row]:
    """Yield the lines of the screen in their order; `coded` writes statuses as the API does."""
    for line in found.everything:
        told: dict[str, Cell] = {**_head(found.asked.rows, line.head), **_head(found.asked.within, line.within)}
        for column, one in zip(found.columns, line.facts, strict=True):
            if one is not None:
                told |= _cells(found, column, one, coded=coded)
        yield told


def bulk_table(found: Table, *, by: Person, now: datetime) -> BulkTable:
    """Return the table in typed columns under the keys of the CSV, statuses as the API writes them."""
    keys = [column.key for column in columns(found)]
    lines = ([_value(row.get(key)) for key in keys] for row in rows(found, coded=True))
    return BulkTable("explore", [BulkColumn(key, _decimals(key)) for key in keys], lines, about=_about(found, by, now))


def _decimals(key: str) -> int | None:
    measure = key.rpartition(".")[2]
    if measure not in set(Measure) or measure == Measure.STATUS:
        return None
    return 0 if measure == Measure.RANK else _DECIMALS


def _value(cell: Cell) -> Value:
    plain = cell.value if isinstance(cell, Shown) else cell
    return plain if isinstance(plain, str | int | Decimal) else None


def _about(found: Table, by: Person, now: datetime) -> list[tuple[str, str]]:
    """Return what a sheet says above and below its table, as the metadata of a file."""
    said = [*exports.provenance(_newest(found), by, now), *closed_words(found), *exports.legend()]
    return [*filter_words(found.asked), (_("说明"), "\n".join(said))]


def _head(axis: Axis, head: Head | None) -> dict[str, Cell]:
    if head is None:
        return {axis.value: _TOTAL, f"{axis}_name": _("合计")}
    return {axis.value: head.key, f"{axis}_name": head.label}


def _cells(found: Table, column: Head, one: Fact, *, coded: bool) -> dict[str, Cell]:
    present = {mark for measure in found.asked.measures for mark in one.marks_of(measure)}
    letters = " ".join(mark for mark in marks.Mark if mark in present)
    told: dict[str, Cell] = {
        f"{column.key}.{measure}": _cell(one, measure, coded=coded) for measure in found.asked.measures
    }
    return told | {f"{column.key}.marks": letters or None}


def _cell(one: Fact, measure: Measure, *, coded: bool) -> Cell:
    reading: Reading = one.readings[measure]
    if isinstance(reading, Status):
        return reading.value if coded else status_label(reading)
    if measure is Measure.RANK or not isinstance(reading, Decimal):
        return reading
    kind = UnitOfMeasure.RATE if measure.is_share else UnitOfMeasure(one.row.indicator.unit_of_measure)
    return Shown(reading, exports.NUMBER_FORMATS[kind])


def name(found: Table) -> str:
    """Return the name of the file, without its ending: what, and the newest month in it."""
    return f"{_('数据透视')}_{_newest(found)}"


def _newest(found: Table) -> ReportingMonth:
    return max(found.asked.months, key=lambda one: one.month)
