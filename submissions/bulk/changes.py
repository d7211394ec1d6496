"""One cell that an import changes, as a person reads it before confirming: of a figure, or of a milestone."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from submissions.bulk.labels import column_label
from submissions.bulk.rows import SourceRow
from submissions.intake import PART_PREFIX
from submissions.models import FigureState, MilestoneProgress, MonthlyReport
from targets.models import Indicator, Milestone
from workplan.lib import numbers


@dataclass(frozen=True)
class CellChange:
    """One cell that an import changes: what stands there, and what would."""

    row: SourceRow
    report: MonthlyReport
    subject: Indicator | Milestone
    field: str
    old: object
    new: object

    @property
    def name(self) -> str:
        """What the cell's row is called beside its code."""
        return self.subject.short_label if isinstance(self.subject, Indicator) else self.subject.label

    @property
    def label(self) -> str:
        """What the cell is called."""
        if isinstance(self.subject, Indicator):
            if self.field.startswith(PART_PREFIX):
                code = self.field.removeprefix(PART_PREFIX)
                return next((str(part.label) for part in self.subject.filed_parts.all() if part.code == code), code)
            if self.field in {"numerator", "denominator"}:
                return str(getattr(self.subject, f"{self.field}_label"))
            return column_label(self.field)
        return column_label(self.field, of_milestone=True)

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
        if self.field == "state" and self.new is None and isinstance(self.subject, Milestone):
            return _("撤销本月所报")
        return _text(self.new)


def _text(value: object) -> str:
    """Return a cell as a person reads it."""
    if isinstance(value, bool):
        return _("照报") if value else ""
    if isinstance(value, Decimal | int):
        return f"{Decimal(numbers.plain_text(Decimal(value))):,f}"
    for states in (FigureState, MilestoneProgress):
        if value in states.values:
            return str(states(value).label)
    return "" if value is None else str(value)
