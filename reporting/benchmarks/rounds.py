"""How a comparison is measured and stated: interleaved rounds, the median of per-round ratios, the spread, n."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

ROUNDS = 7

#: Does the work once and returns the seconds it took, or None to have them taken around it.
Side = Callable[[], object]


@dataclass(frozen=True)
class Comparison:
    """How often our time fits into the other's, round by round: above 1 we are faster."""

    name: str
    theirs: str
    ours: str
    their_seconds: tuple[float, ...]
    our_seconds: tuple[float, ...]

    @property
    def ratios(self) -> list[float]:
        pairs = zip(self.their_seconds, self.our_seconds, strict=True)
        return [theirs / ours for theirs, ours in pairs]

    def cells(self) -> tuple[str, ...]:
        """Return the comparison as a row: name, ratio, spread, n, the two median times."""
        return (
            f"{self.name}: {self.theirs} ÷ {self.ours}",
            f"{median(self.ratios):.3g}",
            f"{min(self.ratios):.3g}–{max(self.ratios):.3g}",
            str(len(self.ratios)),
            f"{1000 * median(self.their_seconds):.1f}",
            f"{1000 * median(self.our_seconds):.1f}",
        )


HEADINGS = ("comparison", "ratio", "min–max", "n", "first ms", "second ms")


def table(comparisons: list[Comparison]) -> str:
    """Return the comparisons as aligned columns."""
    rows = [HEADINGS, *(comparison.cells() for comparison in comparisons)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def compare(
    name: str, theirs: tuple[str, Side], ours: tuple[str, Side], *, rounds: int = ROUNDS, warm_up: bool = True
) -> Comparison:
    """Run both sides in turn, the other first every second round; a round before them is not counted."""
    sides = (theirs, ours)
    taken: tuple[list[float], list[float]] = ([], [])
    if warm_up:
        for _label, side in sides:
            side()
    for number in range(rounds):
        order = (0, 1) if number % 2 == 0 else (1, 0)
        for place in order:
            taken[place].append(seconds_of(sides[place][1]))
    return Comparison(name, theirs[0], ours[0], tuple(taken[0]), tuple(taken[1]))


def seconds_of(side: Side) -> float:
    """Return how long the side took, by its own word where it prepares something first."""
    began = time.perf_counter()
    own_word = side()
    return own_word if isinstance(own_word, float) else time.perf_counter() - began
