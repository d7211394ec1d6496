"""Long tables: sent while they are read, split where a sheet ends, whole or recognisably not."""

from __future__ import annotations

import io
import itertools
import threading
import zipfile
from collections.abc import Iterator
from decimal import Decimal

import pyarrow.parquet
import pytest
from openpyxl import load_workbook

from workplan.lib.bulk.csv_text import csv_chunks
from workplan.lib.bulk.parquet import ROWS_PER_GROUP, _Writer, parquet_chunks
from workplan.lib.bulk.table import BulkColumn, BulkTable
from workplan.lib.bulk.xlsx import workbook_chunks

COLUMNS = (BulkColumn("text"), BulkColumn("number", decimals=4), BulkColumn("version", decimals=0))
ABOUT = (("来源", "=平台"), ("数据截至", "2007-10-12T09:00:00+08:00"))
WRITERS = {
    "xlsx": workbook_chunks,
    "csv": lambda table: csv_chunks(table, marked=False),
    "parquet": parquet_chunks,
}


def table(rows: object, columns: tuple[BulkColumn, ...] = COLUMNS) -> BulkTable:
    return BulkTable("数据", columns, rows, about_name="说明", about=ABOUT)


def pages_of(content: bytes) -> dict[str, list[tuple]]:
    book = load_workbook(io.BytesIO(content))
    return {page.title: list(page.iter_rows(values_only=True)) for page in book.worksheets}


def test_a_workbook_has_the_rows_first_and_what_is_said_about_them_after():
    rows = [("广东", Decimal("310000.0000"), 1), ("=1+1", None, 2), (None, Decimal(1) / 3, None)]

    assert pages_of(b"".join(workbook_chunks(table(rows)))) == {
        "数据": [
            ("text", "number", "version"),
            ("广东", 310000, 1),
            ("=1+1", None, 2),
            (None, 0.333333333333333, None),
        ],
        "说明": [tuple(line) for line in ABOUT],
    }


def test_the_first_bytes_leave_before_the_first_row_is_read():
    for writer in (workbook_chunks, WRITERS["csv"]):
        asked: list[int] = []
        rows = (asked.append(number) or ("a", number, 1) for number in range(2_000))

        chunks = writer(table(rows))
        next(chunks)

        assert asked == []
        chunks.close()


def test_rows_are_read_as_they_are_sent():
    rows = iter(range(100_000))

    chunks = workbook_chunks(table((str(number), number, 1) for number in rows))
    for _piece in itertools.islice(chunks, 3):
        pass

    assert next(rows) < 10_000
    chunks.close()


@pytest.mark.parametrize(
    ("limits", "lengths"), [({"rows_per_sheet": 601}, [600, 600, 300]), ({"bytes_per_sheet": 1}, [500] * 3)]
)
def test_a_table_longer_than_a_sheet_goes_on_in_the_next(limits, lengths):
    rows = [(str(number), number, 1) for number in range(1_500)]

    pages = list(pages_of(b"".join(workbook_chunks(table(rows), **limits))).items())

    assert [(name, len(page) - 1) for name, page in pages[:-1]] == list(
        zip(["数据", "数据 (2)", "数据 (3)"], lengths, strict=True)
    )
    assert [row for _name, page in pages[:-1] for row in page[1:]] == rows
    assert {page[0] for _name, page in pages[:-1]} == {("text", "number", "version")}


def test_a_sheet_that_is_exactly_full_needs_no_second():
    pages = pages_of(b"".join(workbook_chunks(table([("a", 1, 1)] * 4), rows_per_sheet=5)))

    assert list(pages) == ["数据", "说明"]


@pytest.mark.parametrize("name", WRITERS)
def test_a_table_without_rows_has_its_header(name):
    content = b"".join(WRITERS[name](table([])))

    read = {
        "xlsx": lambda: list(pages_of(content)["数据"][0]),
        "csv": lambda: content.decode().strip().split(","),
        "parquet": lambda: pyarrow.parquet.read_table(io.BytesIO(content)).column_names,
    }
    assert read[name]() == ["text", "number", "version"]


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("number", [Decimal("NaN"), Decimal("Infinity")])
def test_what_is_not_a_figure_stops_the_file(name, number):
    with pytest.raises(ValueError, match="is not a figure"):
        list(WRITERS[name](table([("a", number, 1)])))


def test_a_file_that_broke_off_is_not_taken_for_whole():
    def rows() -> Iterator[tuple]:
        yield from [("a", 1, 1)] * 5_000
        raise ConnectionError

    sent = []
    with pytest.raises(ConnectionError):
        sent.extend(workbook_chunks(table(rows())))

    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(sent)))


def test_parquet_keeps_types_and_every_filed_digit():
    rows = [("=1+1", Decimal("12345678901234567890.1234"), 3), ("广东", None, 1), (None, Decimal(2) / 3, None)]

    read = pyarrow.parquet.read_table(io.BytesIO(b"".join(parquet_chunks(table(rows)))))

    assert [str(column.type) for column in read.schema] == ["string", "decimal128(38, 4)", "int64"]
    assert read.to_pydict() == {
        "text": ["=1+1", "广东", None],
        "number": [Decimal("12345678901234567890.1234"), None, Decimal("0.6667")],
        "version": [3, 1, None],
    }
    assert {key.decode(): text.decode() for key, text in read.schema.metadata.items()} == dict(ABOUT)


def test_parquet_is_sent_while_its_rows_are_read():
    read: list[int] = []

    def rows() -> Iterator[tuple]:
        for number in range(3 * ROWS_PER_GROUP):
            read.append(number)
            yield ("a", number, 1)

    chunks = parquet_chunks(table(rows()))
    n_read = [len(read) for _chunk in chunks]

    assert n_read == [0, *(ROWS_PER_GROUP * group for group in (1, 2, 3, 3))]


def test_a_cancelled_parquet_ends_what_makes_it():
    chunks = parquet_chunks(table(("a", number, 1) for number in range(50_000)))
    assert len(list(itertools.islice(chunks, 2))) == 2
    assert [one for one in threading.enumerate() if isinstance(one, _Writer)] != []
    chunks.close()

    assert [one for one in threading.enumerate() if isinstance(one, _Writer)] == []


def test_csv_guards_what_looks_like_a_formula():
    content = b"".join(csv_chunks(table([("=1+1", Decimal("0.10"), 1), ("=1+1", None, None)]), marked=True)).decode()

    assert content == "\ufefftext,number,version\r\n'=1+1,0.1,1\r\n'=1+1,,\r\n"
