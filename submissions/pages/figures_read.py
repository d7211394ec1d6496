"""One figure as it is read: beside the month before, the filing before, last year, the plan and its siblings."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from submissions.models import Figure
from submissions.pages.beside import Peers, move
from submissions.reviewing import Asked
from submissions.statement import Row, standing_value
from targets import measures
from workplan.templatetags.figures import points


@dataclass(frozen=True)
class ReadRow:
    """One figure beside the month before, the filing before and its target."""

    row: Row
    month: int
    #: The same figure as the filing decided on before this one had it, where it was another.
    refiled: Figure | None
    last_year: Decimal | None = None
    is_last_year_made_up: bool = False
    peers: Peers | None = None
    #: What the reviewer asked here with the verdict before, each with the unit's answer.
    asked: tuple[Asked, ...] = ()

    @property
    def change(self) -> Decimal | None:
        """How far the figure lies from the newest earlier one; of a rate, as a fraction."""
        value, before = self.row.value, self.row.previous_value
        return None if value is None or before is None else value - before

    @property
    def growth(self) -> Decimal | None:
        return None if self.row.indicator.is_ratio else measures.growth(self.row.value, self.row.previous_value)

    @property
    def headroom(self) -> Decimal | None:
        return None if self.row.target is None else measures.headroom(self.row.target.goal(), self.row.value)

    @property
    def headroom_points(self) -> str:
        """Write what is left below a ceiling, or above it, in points; the word beside it says which."""
        return points(None if self.headroom is None else abs(self.headroom), 2).lstrip("+")

    @property
    def growth_on_last_year(self) -> Decimal | None:
        return None if self.row.indicator.is_ratio else measures.growth(self.row.value, self.last_year)

    @property
    def change_on_last_year(self) -> Decimal | None:
        value, before = self.row.value, self.last_year
        return None if value is None or before is None else value - before

    @property
    def pro_rata_target(self) -> Decimal | None:
        return None if self.row.target is None else measures.pro_rata_target(self.row.target.goal(), self._reading)

    @property
    def deviation(self) -> Decimal | None:
        """How far the figure lies from the plan to date; None for a ceiling, whose headroom is told instead."""
        return None if self.row.target is None else measures.deviation(self.row.target.goal(), self._reading)

    @property
    def _reading(self) -> measures.Reading:
        return measures.Reading(self.month, self.row.value)

    @property
    def away_from_peers(self) -> Decimal | None:
        """How differently the figure moved from the median of its siblings."""
        moved = move(self.row.indicator, self.row.value, self.row.previous_value)
        return None if moved is None or self.peers is None else moved - self.peers.move

    @property
    def is_answer(self) -> bool:
        """Say whether the unit answers here what was asked, or mended the figure since."""
        return bool(self.asked) or self.refiled is not None

    @property
    def refiled_value(self) -> Decimal | None:
        return standing_value(self.refiled)

    @property
    def is_different(self) -> bool:
        """Say whether there is anything to look at: a number that moved, a state, a finding, a mended cell."""
        return bool(self.row.found) or self.refiled is not None or self.change != 0
