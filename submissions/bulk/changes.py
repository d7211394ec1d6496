"""One cell that an import changes, as a person reads it before confirming."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from submissions.bulk.rows import SourceRow
from submissions.intake import PART_PREFIX
from submissions.models import FigureState, MonthlyReport
from targets.models import Indicator
from workplan.lib import numbers


@dataclass(frozen=True)
class CellChange:
    """One cell that an import changes: what stands there, and what would."""

    row: SourceRow
    report: MonthlyReport
    indicator: Indicator
    field: str
    old: object
    new: object

    @property
    def label(self) -> str:
        """What the cell is called."""
        if self.field.startswith(PART_PREFIX):
            code = self.field.removeprefix(PART_PREFIX)
            return next((str(part.label) for part in self.indicator.filed_parts.all() if part.code == code), code)
        if self.field == "numerator":
            return str(self.indicator.numerator_label)
        if self.field == "denominator":
            return str(self.indicator.denominator_label)
        names = {
            "value": _("数值"),
            "persons": _("涉及人数"),
            "state": _("状态"),
            "note": _("备注"),
            "answer": _("对提示的说明"),
        }
        return names[self.field]

    @property
    def place(self) -> str:
        """Where the cell stands in the file."""
        address = self.row.addresses.get(self.field, "")
        return f"{self.row.sheet} {address}".strip() or str(self.row.number)

    @property
    def old_text(self) -> str:
        return _text(self.old)

    @property
    def new_text(self) -> str:
        return _text(self.new)


def _text(value: object) -> str:
    """Return a cell as a person reads it."""
    if isinstance(value, Decimal | int):
        return f"{Decimal(numbers.plain_text(Decimal(value))):,f}"
    if value in FigureState.values:
        return str(FigureState(value).label)
    return "" if value is None else str(value)
