"""The table of contract 3: for each kind and bound the path to the target and the verdict on a value.

Nothing is divided here: a path is kept as an undivided fraction, and a verdict compares finished measures.
"""

from collections.abc import Callable, Iterable
from decimal import Context, Decimal
from enum import StrEnum
from typing import NamedTuple

from targets.goals import Bound, Goal, Kind, Reading, Status, Thresholds
from targets.periods import MONTHS_IN_YEAR, last_due_month

NOTHING = Decimal(0)
_WHOLE = Decimal(1)
#: Multiplies a first figure of 28 digits without rounding; else it would lie a hair beside the path it starts.
_EXACT = Context(prec=60)


class Path(NamedTuple):
    """The value expected, total / parts, before the division: so that r is divided only once."""

    total: Decimal
    parts: int = 1


class Case(NamedTuple):
    """All that a verdict looks at, once it is known that there is a target and a value."""

    target: Decimal
    value: Decimal
    month: int
    pace: Decimal | None
    gap: Decimal | None
    thresholds: Thresholds


class Ask(StrEnum):
    """The question a check asks; its words are the page's."""

    AMOUNT_AROSE = "amount_arose"
    NOTHING_DUE = "nothing_due"
    NOTHING_FILED = "nothing_filed"
    TARGET_REACHED = "target_reached"
    TARGET_HIT = "target_hit"
    TARGET_EXCEEDED = "target_exceeded"
    NOTHING_EXPECTED = "nothing_expected"
    PACE_KEPT = "pace_kept"
    PACE_NEARLY_KEPT = "pace_nearly_kept"
    PATH_KEPT = "path_kept"
    PATH_NEARLY_KEPT = "path_nearly_kept"
    HEADROOM_SMALL = "headroom_small"
    YEAR_IS_OVER = "year_is_over"
    OTHERWISE = "otherwise"


class Check(NamedTuple):
    """One question of the table: what was compared with what, whether it holds, and the verdict if it does."""

    ask: Ask
    holds: bool
    status: Status
    left: Decimal | None = None
    right: Decimal | None = None


Checks = tuple[Check, ...]


class Row(NamedTuple):
    """One row of the table: can a completion rate be stated, what is expected when, which checks in which order."""

    completes: bool
    path: Callable[[Goal, Decimal, Reading, int], Path | None]
    checks: Callable[[Case], Checks]


def row_of(goal: Goal) -> Row:
    """Return the row that a goal with a target follows."""
    return ROWS[goal.kind, goal.bound]


def origin_of(goal: Goal) -> Decimal | None:
    """Return where progress is counted from: a stock's baseline, else 0."""
    return goal.baseline if goal.kind == Kind.STOCK else NOTHING


def path_of(goal: Goal, reading: Reading) -> Path | None:
    """Return what is expected at the last due month; None without a target or before the first one."""
    due = last_due_month(reading.month, goal.frequency)
    if goal.target is None or due is None:
        return None
    return row_of(goal).path(goal, goal.target, reading, due)


def amount_arose(reading: Reading) -> bool:
    """Was there an amount this year? Paying it does not undo the breach, nor does a missing report."""
    first = reading.first_amount_month
    arose_before = first is not None and first <= reading.month
    return arose_before or (reading.value is not None and reading.value > 0)


def _line(start: int, origin: Decimal, target: Decimal, due: int) -> Path:
    """The straight path from ``origin`` in month ``start`` to the target in December."""
    parts = MONTHS_IN_YEAR - start
    if not parts:
        return Path(target)
    still_to_go = _EXACT.multiply(origin, MONTHS_IN_YEAR - due)
    return Path(_EXACT.fma(target, due - start, still_to_go), parts)


def _from_origin(goal: Goal, target: Decimal, _reading: Reading, due: int) -> Path | None:
    origin = origin_of(goal)
    return None if origin is None else _line(0, origin, target, due)


def _from_baseline_or_first_figure(goal: Goal, target: Decimal, reading: Reading, due: int) -> Path | None:
    if goal.baseline is not None:
        return _line(0, goal.baseline, target, due)
    if reading.first_month is None or reading.first_value is None:
        # A figure with none before it is the first of the year itself.
        return None if reading.value is None else _line(due, reading.value, target, due)
    return _line(reading.first_month, reading.first_value, target, due)


def _at_the_limit(_goal: Goal, target: Decimal, _reading: Reading, _due: int) -> Path:
    return Path(target)


def _whole_in_planned_month(goal: Goal, target: Decimal, _reading: Reading, due: int) -> Path:
    return Path(target if due >= (goal.planned_month or MONTHS_IN_YEAR) else NOTHING)


def decided(checks: Iterable[Check]) -> Check:
    """Return the first check that holds: the one that decides. The last of a row always holds."""
    return next(check for check in checks if check.holds)


def _otherwise(status: Status) -> Check:
    return Check(Ask.OTHERWISE, holds=True, status=status)


def _reached(case: Case) -> Check:
    return Check(Ask.TARGET_REACHED, case.value >= case.target, Status.COMPLETED, case.value, case.target)


def _by_pace(case: Case) -> Checks:
    pace, limit = case.pace, case.thresholds.lagging_ratio
    return (
        _reached(case),
        Check(Ask.NOTHING_EXPECTED, pace is None, Status.BEHIND),
        Check(Ask.PACE_KEPT, pace is not None and pace >= 1, Status.ON_SCHEDULE, pace, _WHOLE),
        Check(Ask.PACE_NEARLY_KEPT, pace is not None and pace >= limit, Status.LAGGING, pace, limit),
        _otherwise(Status.BEHIND),
    )


def _by_gap(case: Case) -> Checks:
    gap, limit = case.gap, -case.thresholds.lagging_gap
    return (
        _reached(case),
        Check(Ask.NOTHING_EXPECTED, gap is None, Status.BEHIND),
        Check(Ask.PATH_KEPT, gap is not None and gap >= 0, Status.ON_SCHEDULE, gap, NOTHING),
        Check(Ask.PATH_NEARLY_KEPT, gap is not None and gap >= limit, Status.LAGGING, gap, limit),
        _otherwise(Status.BEHIND),
    )


def _by_headroom(case: Case) -> Checks:
    left, limit = case.target - case.value, case.thresholds.lagging_headroom
    return (
        Check(Ask.TARGET_EXCEEDED, case.value > case.target, Status.BREACHED, case.value, case.target),
        Check(Ask.HEADROOM_SMALL, left < limit, Status.LAGGING, left, limit),
        *_kept_so_far(case),
    )


def _by_planned_month(case: Case) -> Checks:
    return (
        Check(Ask.TARGET_HIT, case.value == case.target, Status.COMPLETED, case.value, case.target),
        Check(Ask.TARGET_EXCEEDED, case.value > case.target, Status.BREACHED, case.value, case.target),
        Check(Ask.PATH_KEPT, case.gap is not None and case.gap >= 0, Status.ON_SCHEDULE, case.gap, NOTHING),
        _otherwise(Status.BEHIND),
    )


def _kept_so_far(case: Case) -> Checks:
    return (
        Check(Ask.YEAR_IS_OVER, case.month == MONTHS_IN_YEAR, Status.COMPLETED),
        _otherwise(Status.ON_SCHEDULE),
    )


#: A ZERO that reaches its verdict has no amount this year; the others are asked in the order of contract 3.
ROWS: dict[tuple[Kind, Bound | None], Row] = {
    (Kind.FLOW, Bound.AT_LEAST): Row(completes=True, path=_from_origin, checks=_by_pace),
    (Kind.STOCK, Bound.AT_LEAST): Row(completes=True, path=_from_origin, checks=_by_pace),
    (Kind.RATIO, Bound.AT_LEAST): Row(completes=False, path=_from_baseline_or_first_figure, checks=_by_gap),
    (Kind.RATIO, Bound.AT_MOST): Row(completes=False, path=_at_the_limit, checks=_by_headroom),
    (Kind.COUNT, Bound.EXACTLY): Row(completes=True, path=_whole_in_planned_month, checks=_by_planned_month),
    (Kind.ZERO, Bound.AT_MOST): Row(completes=False, path=_at_the_limit, checks=_kept_so_far),
}
