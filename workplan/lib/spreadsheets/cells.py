"""One cell of a workbook as it is stored, and what it may be refused for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import Enum, auto

from django.utils.translation import gettext_noop
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import from_excel

from workplan.lib.numbers import FLOAT_DIGITS
from workplan.lib.spreadsheets.formats import read_format, shown_otherwise

_AS_SHOWN = Context(prec=FLOAT_DIGITS, rounding=ROUND_HALF_EVEN)
_NUMBER = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?", re.ASCII)
LONGEST_QUOTE = 40


class Content(Enum):
    """What a cell holds."""

    EMPTY = auto()
    TEXT = auto()
    NUMBER = auto()
    DATE = auto()
    TRUTH = auto()
    ERROR = auto()
    #: A formula that no program has calculated yet.
    NOT_CALCULATED = auto()
    #: A numeric cell whose text is none.
    NOT_A_NUMBER = auto()


class CellUnreadable(Exception):
    """A cell without a plain value: a code, and the sentence with the way out."""

    def __init__(self, cell: Cell, code: str, template: str) -> None:
        self.cell, self.code, self.template = cell, code, template
        super().__init__(code)

    @property
    def params(self) -> dict[str, str]:
        return {"text": self.cell.written[:LONGEST_QUOTE]}


_REFUSALS = {
    Content.DATE: ("date_cell", gettext_noop("这一格的格式是日期（%(text)s）。请改为“常规”格式后重填数值。")),
    Content.TRUTH: ("boolean_cell", gettext_noop("这一格是逻辑值 %(text)s，不是数。请改填数值。")),
    Content.ERROR: ("error_cell", gettext_noop("这一格是错误值 %(text)s。请更正公式或改填数值。")),
    Content.NOT_CALCULATED: (
        "formula_not_calculated",
        gettext_noop("这一格的公式还没有计算结果。请在 Excel 或 WPS 中打开并保存，再上传。"),
    ),
    Content.NOT_A_NUMBER: ("not_a_number", gettext_noop("这一格写的“%(text)s”不是数。")),
}


@dataclass(frozen=True)
class Cell:
    """One stored cell. Rows and columns count from 1."""

    row: int
    column: int
    content: Content = Content.EMPTY
    #: The stored text; of a date what it shows.
    written: str = ""
    number: Decimal | None = None
    day: date | None = None
    number_format: str = "General"
    is_formula: bool = False

    @property
    def address(self) -> str:
        return f"{get_column_letter(self.column)}{self.row}"

    @property
    def is_empty(self) -> bool:
        return self.content == Content.EMPTY

    @property
    def shown(self) -> str | None:
        """What the cell shows where that reads as another number than it holds."""
        return None if self.number is None else shown_otherwise(self.number, self.number_format)

    def plain(self) -> str | Decimal | None:
        """Return text, an exact number, or None for an empty cell.

        :raises CellUnreadable: a date, a truth value, an error, a formula without a result, no number.
        """
        if self.content in _REFUSALS:
            raise CellUnreadable(self, *_REFUSALS[self.content])
        if self.content == Content.NUMBER:
            return self.number
        return self.written if self.content == Content.TEXT else None

    def as_key(self) -> str | Decimal | date | None:
        """Return what names a month, a unit or an indicator: as `plain`, but a date is one too."""
        return self.day if self.content == Content.DATE else self.plain()

    def as_text(self) -> str:
        """Return the cell as words, for titles and remarks: whatever it shows."""
        return "" if self.content in {Content.EMPTY, Content.NOT_CALCULATED} else self.written


def cell_from(
    row: int, column: int, kind: str, written: str | None, *, number_format: str, is_formula: bool, epoch: datetime
) -> Cell:
    """Return the cell that a sheet stores under a type (`t`) and a text (`v`)."""
    more = {"number_format": number_format, "is_formula": is_formula}
    if written is None:
        content = Content.NOT_CALCULATED if is_formula else Content.EMPTY
        return Cell(row, column, content, **more)
    if kind in {"s", "str", "inlineStr"}:
        return Cell(row, column, Content.TEXT if written else Content.EMPTY, written, **more)
    if kind == "b":
        return Cell(row, column, Content.TRUTH, "TRUE" if written.strip() in {"1", "true"} else "FALSE", **more)
    if kind == "e":
        return Cell(row, column, Content.ERROR, written, **more)
    if kind == "d":
        return Cell(row, column, Content.DATE, written, day=_iso_day(written), **more)
    if not _NUMBER.fullmatch(written):
        return Cell(row, column, Content.NOT_A_NUMBER, written, **more)
    number = _AS_SHOWN.create_decimal(written)
    if read_format(number_format).is_date:
        day = _day(number, epoch)
        return Cell(row, column, Content.DATE, f"{day:%Y-%m-%d}" if day else written, day=day, **more)
    return Cell(row, column, Content.NUMBER, written, number, **more)


def _day(number: Decimal, epoch: datetime) -> date | None:
    try:
        moment = from_excel(float(number), epoch)
    except (ValueError, OverflowError):
        return None
    return moment.date() if isinstance(moment, datetime) else None


def _iso_day(written: str) -> date | None:
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        return None
