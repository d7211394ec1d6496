"""What one unit stood at in the months of the plan year so far, and which of them a forecast may start from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

#: The share of due units whose figures make a month's total a point to forecast from.
COVERED = Decimal("0.9")


@dataclass(frozen=True)
class History:
    """The months of the plan year so far: what stood in each, and whether anything was filed for it."""

    months: Sequence[date] = ()
    values: Sequence[Decimal | None] = ()
    n_reported: Sequence[int] = ()
    n_due: Sequence[int] = ()

    def first(self) -> tuple[int | None, Decimal | None]:
        """Return month and value of the first figure of the year."""
        for month, value in zip(self.months, self.values, strict=True):
            if value is not None:
                return month.month, value
        return None, None

    def points(self) -> list[tuple[int, Decimal]]:
        """Return the months that nearly every unit filed; carried figures would flatten the pace."""
        rows = zip(self.months, self.values, self.n_reported, self.n_due, strict=True)
        return [
            (month.month, value)
            for month, value, n_reported, n_due in rows
            if value is not None and n_reported > 0 and n_reported >= n_due * COVERED
        ]
