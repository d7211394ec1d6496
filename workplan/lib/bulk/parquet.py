"""Writes Parquet: typed columns, decimals exact, one row group at a time in memory, sent while it is made.

The library is loaded by who asks for Parquet and by nobody else: it is 45 MB on disk and 13 MB in memory.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from queue import SimpleQueue
from threading import Thread
from typing import IO, TYPE_CHECKING, Any

from workplan.lib.bulk.table import BulkColumn, BulkTable, Value

if TYPE_CHECKING:
    from arro3.core import Array, DataType, RecordBatch, Schema

PARQUET_TYPE = "application/vnd.apache.parquet"
ROWS_PER_GROUP = 20_000
#: What every such file begins with.
MAGIC = b"PAR1"
#: The most digits of a Parquet decimal.
DIGITS = 38


def parquet_chunks(table: BulkTable) -> Iterator[bytes]:
    """Yield the file row group by row group; what it holds is listed at its end. No file is written on the way.

    What is said about the table is in the file's own metadata.
    A quotient is rounded half-up at the decimals of its column; its parts stand beside it unrounded.
    """
    from arro3.core import Field, Schema  # noqa: PLC0415

    yield MAGIC
    fields = [Field(column.name, _type(column)) for column in table.columns]
    schema = Schema(fields, metadata=dict(table.about))
    groups = _groups(table, schema)
    writer = _Writer(schema, table)
    writer.start()
    begun = len(MAGIC)  # the library begins the file too
    try:
        while (made := writer.made.get()) is not None:
            if isinstance(made, BaseException):
                raise made
            if made:
                yield made[begun:]
                begun = 0
            writer.groups.put(next(groups, None))
    finally:
        writer.groups.put(None)
        writer.join()


def write_parquet(stream: IO[bytes], table: BulkTable) -> None:
    stream.writelines(parquet_chunks(table))


class _Writer(Thread):
    """The library at work. It asks for row groups and cannot be asked for bytes, so that it has a thread of its own.

    Rows are read in the thread of who sends the file: that is where the cursor and its transaction are. The two take
    turns: what was made of a group is handed over when the next one is asked for.
    """

    def __init__(self, schema: Schema, table: BulkTable) -> None:
        super().__init__(daemon=True)
        self._schema, self._about = schema, dict(table.about)
        self._held = bytearray()
        #: None: there are no more.
        self.groups: SimpleQueue[RecordBatch | None] = SimpleQueue()
        #: None: the file is whole.
        self.made: SimpleQueue[bytes | BaseException | None] = SimpleQueue()

    def run(self) -> None:
        from arro3.core import RecordBatchReader  # noqa: PLC0415
        from arro3.io import write_parquet as write  # noqa: PLC0415

        batches: Any = self._asked()  # any iterable is taken; the library's stub says Sequence
        sink: Any = self
        options = {"compression": "zstd(1)", "max_row_group_size": ROWS_PER_GROUP}
        try:
            reader = RecordBatchReader.from_batches(self._schema, batches)
            write(reader, sink, key_value_metadata=self._about, **options)
            self._hand_over()
            self.made.put(None)
        except BaseException as error:  # raised where the file is sent
            self.made.put(error)

    def _asked(self) -> Iterator[RecordBatch]:
        while True:
            self._hand_over()
            group = self.groups.get()
            if group is None:
                return
            yield group

    def _hand_over(self) -> None:
        self.made.put(bytes(self._held))
        self._held.clear()

    # What the library takes for a file

    def write(self, piece: bytes) -> int:
        self._held += piece
        return len(piece)

    def seek(self, *_where: int) -> int:
        raise OSError("A file that is being sent is written from its beginning to its end.")

    def flush(self) -> None:
        """Nothing is held back but what the turns hold."""


def _type(column: BulkColumn) -> DataType:
    from arro3.core import DataType  # noqa: PLC0415

    if column.decimals is None:
        return DataType.string()
    return DataType.int64() if column.decimals == 0 else DataType.decimal128(DIGITS, column.decimals)


def _groups(table: BulkTable, schema: Schema) -> Iterator[RecordBatch]:
    from arro3.core import RecordBatch  # noqa: PLC0415

    rows = iter(table.rows)
    while several := list(itertools.islice(rows, ROWS_PER_GROUP)):
        columns = zip(table.columns, zip(*several, strict=True), strict=True)
        yield RecordBatch.from_arrays([_array(column, values) for column, values in columns], schema=schema)


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
