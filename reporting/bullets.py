"""Where a figure, its path and its target lie along a bar: the geometry of the bullet graphs, nothing shown yet.

A bar starts at 0. What accumulates is drawn as its completion, so that a stock's bar shows the increment and not the
baseline; a rate is drawn as it is, a ceiling with some room above it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from targets import measures
from targets.goals import Bound, Goal, Kind, Thresholds

if TYPE_CHECKING:
    from reporting.aggregates import ProgressRow

FULL = Decimal(100)
#: Room right of the longest bar, so that a tick at its end is drawn whole.
MARGIN = Decimal("1.02")
#: Room above a ceiling, so that headroom and excess are both seen.
HEADSPACE = Decimal("1.25")
_NOTHING = Decimal(0)
_WHOLE = Decimal(1)


@dataclass(frozen=True)
class Bullet:
    """A bar of 100: how far it is filled, where the shade ends within which a value is near its path, two ticks."""

    value: str
    near: str | None
    expected: str | None
    target: str | None


@dataclass(frozen=True)
class _Marks:
    """The same four on the bar's own axis, not yet scaled to 100."""

    value: Decimal
    near: Decimal | None
    expected: Decimal | None
    target: Decimal | None
    room: Decimal | None = None

    def furthest(self) -> Decimal:
        return max(mark for mark in (self.value, self.expected, self.target, self.room) if mark is not None)


def bullets(rows: Iterable[ProgressRow], thresholds: Thresholds) -> list[Bullet | None]:
    """Return a bar for each row, all on one axis, so that rows of a table compare; None where nothing can be drawn.

    Shape: rows of one indicator.
    Unit: 0 to 100 along the bar.
    """
    marks = [_marks(row, thresholds) for row in rows]
    axis = max((one.furthest() for one in marks if one is not None), default=_NOTHING) * MARGIN
    return [None if one is None else _scaled(one, axis) for one in marks]


def bullet(row: ProgressRow, thresholds: Thresholds) -> Bullet | None:
    """Return the bar of a row that stands alone, as on a card."""
    return bullets([row], thresholds)[0]


def _scaled(marks: _Marks, axis: Decimal) -> Bullet:
    return Bullet(
        value=_along(marks.value, axis),
        near=None if marks.near is None else _along(marks.near, axis),
        expected=None if marks.expected is None else _along(marks.expected, axis),
        target=None if marks.target is None else _along(marks.target, axis),
    )


def _along(mark: Decimal, axis: Decimal) -> str:
    share = measures.quotient(mark, axis) if axis else _NOTHING
    return f"{min(max(share, _NOTHING), _WHOLE) * FULL:.2f}"


def _marks(row: ProgressRow, thresholds: Thresholds) -> _Marks | None:
    """Return the marks of one row by the kind of its goal; None without a value or a target."""
    if row.value is None or row.target is None:
        return None
    goal = row.target.goal()
    if goal.kind == Kind.RATIO:
        return _of_rate(row, goal, thresholds)
    if goal.kind == Kind.ZERO:
        return _Marks(_WHOLE if row.value > 0 else _NOTHING, None, None, _NOTHING)
    return _of_completion(row, goal, thresholds)


def _of_rate(row: ProgressRow, goal: Goal, thresholds: Thresholds) -> _Marks:
    if goal.bound == Bound.AT_MOST:
        return _Marks(row.value, goal.target, None, goal.target, room=goal.target * HEADSPACE)
    expected = row.progress.pro_rata_target
    near = None if expected is None else expected - thresholds.lagging_gap
    return _Marks(row.value, near, expected, goal.target)


def _of_completion(row: ProgressRow, goal: Goal, thresholds: Thresholds) -> _Marks | None:
    done = row.progress.completion_rate
    if done is None:
        return None
    expected = measures.completion_rate(goal, row.progress.pro_rata_target)
    if not expected:  # nothing is expected yet: a count before its month
        return _Marks(done, None, None, _WHOLE)
    return _Marks(done, expected * thresholds.lagging_ratio, expected, _WHOLE)
