"""The file formats of import and export in the admin: bounded reading, and the one writer of tables."""

from __future__ import annotations

import io
from decimal import Decimal

import tablib
from import_export.formats import base_formats

from workplan.lib.sheets import CSV_TYPE, XLSX_TYPE, Column, Kind, Row, Sheet, csv_lines, write_workbook
from workplan.lib.sheets_import import read_csv, read_workbook


class _BinaryFormat(base_formats.Format):
    """A format that reads and writes bytes, in both directions."""

    title: str
    content_type: str

    def __init__(self, encoding: str | None = None) -> None:
        """Take the encoding the library offers; the file itself decides."""

    def get_title(self) -> str:
        return self.title

    def get_extension(self) -> str:
        return self.title

    def get_content_type(self) -> str:
        return self.content_type

    def can_import(self) -> bool:
        return True

    def can_export(self) -> bool:
        return True


class WorkbookFormat(_BinaryFormat):
    """.xlsx: numbers are numbers, texts are texts, whatever they begin with."""

    title, content_type = "xlsx", XLSX_TYPE

    def create_dataset(self, in_stream: bytes) -> tablib.Dataset:
        return _dataset(read_workbook(in_stream))

    def export_data(self, dataset: tablib.Dataset, **kwargs: object) -> bytes:
        buffer = io.BytesIO()
        write_workbook(buffer, [Sheet("Sheet1", _columns(dataset), _rows(dataset), is_tidy=True)])
        return buffer.getvalue()


class CsvFormat(_BinaryFormat):
    """.csv in UTF-8 with the mark that Excel knows; a text that looks like a formula gets one apostrophe."""

    title, content_type = "csv", CSV_TYPE

    def create_dataset(self, in_stream: bytes) -> tablib.Dataset:
        return _dataset(read_csv(in_stream))

    def export_data(self, dataset: tablib.Dataset, **kwargs: object) -> bytes:
        return "".join(csv_lines(_columns(dataset), _rows(dataset))).encode()


FORMATS = [WorkbookFormat, CsvFormat]


def _dataset(rows: list[list[object]]) -> tablib.Dataset:
    header, *rest = rows
    dataset = tablib.Dataset(headers=["" if name is None else str(name).strip() for name in header])
    for row in rest:
        dataset.append(row)
    return dataset


def _columns(dataset: tablib.Dataset) -> list[Column]:
    """Return the columns; one that holds numbers only is set to the right."""
    kinds = [Kind.NUMBER if _is_numeric(dataset.get_col(n)) else Kind.TEXT for n in range(dataset.width)]
    return [Column(name, name, kind) for name, kind in zip(dataset.headers, kinds, strict=True)]


def _is_numeric(values: list[object]) -> bool:
    filled = [value for value in values if value not in (None, "")]
    return bool(filled) and all(isinstance(value, int | Decimal) for value in filled)


def _rows(dataset: tablib.Dataset) -> list[Row]:
    return [
        {name: None if value == "" else value for name, value in zip(dataset.headers, row, strict=True)}
        for row in dataset
    ]
