"""Writes Parquet: typed columns, decimals exact, one row group at a time in memory.

The library is loaded by who asks for Parquet and by nobody else: it is 45 MB on disk and 13 MB in memory.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

from workplan.lib.bulk.table import BulkColumn, BulkTable, Value

if TYPE_CHECKING:
    from arro3.core import Array, DataType, RecordBatch, Schema

PARQUET_TYPE = "application/vnd.apache.parquet"
ROWS_PER_GROUP = 20_000
#: The most digits of a Parquet decimal.
DIGITS = 38
_PIECE = 64 * 1024


def parquet_chunks(table: BulkTable) -> Iterator[bytes]:
    """Yield the file. It is made first: what it holds is listed at its end, and it is a tenth of the workbook.

    The file has no name in any folder, so that nothing is left of it, however the download ends.
    """
    with TemporaryFile() as stream:
        write_parquet(stream, table)
        stream.seek(0)
        while piece := stream.read(_PIECE):
            yield piece


def write_parquet(stream: IO[bytes], table: BulkTable) -> None:
    """Write the table; what is said about it is in the file's own metadata.

    A quotient is rounded half-up at the decimals of its column; its parts stand beside it unrounded.
    """
    from arro3.core import Field, RecordBatchReader, Schema  # noqa: PLC0415
    from arro3.io import write_parquet as write  # noqa: PLC0415

    fields = [Field(column.name, _type(column)) for column in table.columns]
    schema = Schema(fields, metadata=dict(table.about))
    faults: list[Exception] = []
    batches: Any = _batches(table, schema, faults)  # any iterable is taken; the library's stub says Sequence
    reader = RecordBatchReader.from_batches(schema, batches)
    options = {"compression": "zstd(1)", "max_row_group_size": ROWS_PER_GROUP}
    try:
        write(reader, stream, key_value_metadata=dict(table.about), **options)
    except Exception as error:
        # The library says "external error" of whatever went wrong while it asked for rows.
        raise faults[0] if faults else error from error


def _type(column: BulkColumn) -> DataType:
    from arro3.core import DataType  # noqa: PLC0415

    if column.decimals is None:
        return DataType.string()
    return DataType.int64() if column.decimals == 0 else DataType.decimal128(DIGITS, column.decimals)


def _batches(table: BulkTable, schema: Schema, faults: list[Exception]) -> Iterator[RecordBatch]:
    """Yield row groups; what goes wrong is noted before the library hides it."""
    from arro3.core import RecordBatch  # noqa: PLC0415

    rows = iter(table.rows)
    try:
        while several := list(itertools.islice(rows, ROWS_PER_GROUP)):
            columns = zip(table.columns, zip(*several, strict=True), strict=True)
            yield RecordBatch.from_arrays([_array(column, values) for column, values in columns], schema=schema)
    except Exception as error:
        faults.append(error)
        raise


def _array(column: BulkColumn, values: Sequence[Value]) -> Array:
    from arro3.compute import cast  # noqa: PLC0415
    from arro3.core import Array, DataType  # noqa: PLC0415

    if not column.decimals:
        return Array(list(values), _type(column))
    places = Decimal(1).scaleb(-column.decimals)
    texts = [None if value is None else _decimal_text(Decimal(value), places) for value in values]
    return cast(Array(texts, DataType.string()), _type(column))


def _decimal_text(value: Decimal, places: Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"{value} is not a figure and is not exported.")
    if len(f"{value:f}".partition(".")[2]) > len(f"{places:f}".partition(".")[2]):
        value = value.quantize(places, ROUND_HALF_UP)
    return f"{value:f}"
