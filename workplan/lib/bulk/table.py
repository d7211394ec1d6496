"""What a long table is: columns by name, rows by place, and what is said about it on a sheet of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

Value = str | int | Decimal | None


@dataclass(frozen=True)
class BulkColumn:
    """A column; `decimals` None holds text, 0 whole numbers, more of them exact decimals."""

    name: str
    decimals: int | None = None
    width: int = 12


@dataclass(frozen=True)
class BulkTable:
    """Rows in the order of the columns. They are read once, and only while the file is sent."""

    name: str
    columns: Sequence[BulkColumn]
    rows: Iterable[Sequence[Value]]
    #: Lines about the table: a second sheet of a workbook, the metadata of a Parquet file.
    about_name: str = ""
    about: Sequence[tuple[str, str]] = field(default=())
