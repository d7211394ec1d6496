"""The formulas: every figure the portal states is computed here, and nothing else divides.

Values are exact decimals in base units, rates are fractions. ``None`` means "cannot be stated"; 0 was filed.
Which path and which verdict belong to which kind and bound is the table in ``targets.verdicts``.
Nothing is rounded to be shown: a quotient keeps 28 significant digits, more than any figure is stated with.
"""

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from functools import wraps
from typing import ParamSpec, TypeVar

from targets.goals import SEVERITY, Bound, Goal, Kind, Progress, Reading, Status, Thresholds, worst
from targets.periods import MONTHS_IN_YEAR, last_due_month
from targets.verdicts import NOTHING, Ask, Case, Check, Checks, amount_arose, decided, origin_of, path_of, row_of

__all__ = [
    "CONTEXT",
    "SEVERITY",
    "Bound",
    "Goal",
    "Kind",
    "Progress",
    "Reading",
    "Status",
    "Thresholds",
    "assess",
    "completion_rate",
    "coverage",
    "deviation",
    "growth",
    "headroom",
    "implied_needed_per_month",
    "month_value",
    "precise",
    "pro_rata_target",
    "quotient",
    "rank_key",
    "ranks",
    "ratio",
    "schedule_ratio",
    "seasonal_target",
    "share_of_target",
    "status",
    "status_checks",
    "worst",
]

#: Fixed here so that no figure depends on the decimal context of whoever asks.
CONTEXT = Context(prec=28, rounding=ROUND_HALF_EVEN)

P = ParamSpec("P")
R = TypeVar("R")


def precise(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function calculate in the context of this module."""

    @wraps(function)
    def calculate(*args: P.args, **kwargs: P.kwargs) -> R:
        with localcontext(CONTEXT):
            return function(*args, **kwargs)

    return calculate


def quotient(dividend: Decimal, divisor: Decimal | int) -> Decimal:
    """Return dividend / divisor, the one division from which all figures are made.

    Shape: two numbers.
    Unit: that of the dividend over that of the divisor, to 28 significant digits.
    Raises: a decimal error when the divisor is 0; callers say first what that means.
    Source: contract 3, "Rounding"; 28 digits are more than any figure is stated with.

    >>> quotient(Decimal(2), 3)
    Decimal('0.6666666666666666666666666667')
    """
    return CONTEXT.divide(dividend, divisor)


def ratio(numerator: Decimal | None, denominator: Decimal | None) -> Decimal | None:
    """Return a rate: numerator / denominator.

    Shape: two numbers, each already summed over units (the sum of rates means nothing).
    Unit: fraction (0.046 is 4.6 %).
    None: either is missing, or the denominator is 0.
    Source: contract 2, row RATIO.

    >>> ratio(Decimal(1 + 3), Decimal(2 + 4))    # two units at 1/2 and 3/4
    Decimal('0.6666666666666666666666666667')
    >>> ratio(Decimal(0), Decimal(0)) is None
    True
    """
    if numerator is None or denominator is None or denominator == 0:
        return None
    return quotient(numerator, denominator)


@precise
def completion_rate(goal: Goal, value: Decimal | None) -> Decimal | None:
    """Return the share of the way done: v / T for FLOW and COUNT, (v - b) / (T - b) for STOCK.

    Shape: one goal, one total of the same unit.
    Unit: fraction without upper limit (1.25 is a quarter above plan).
    None: no value or target; RATIO and ZERO; STOCK without a baseline below the target; a target of 0.
    Source: contract 3, column completion_rate.

    >>> completion_rate(Goal(Kind.FLOW, Bound.AT_LEAST, Decimal(900)), Decimal(450))
    Decimal('0.5')
    >>> completion_rate(Goal(Kind.STOCK, Bound.AT_LEAST, Decimal(120), baseline=Decimal(100)), Decimal(115))
    Decimal('0.75')
    >>> completion_rate(Goal(Kind.RATIO, Bound.AT_MOST, Decimal("0.046")), Decimal("0.040")) is None
    True
    """
    origin = origin_of(goal)
    if value is None or goal.target is None or origin is None or goal.target <= origin:
        return None
    return quotient(value - origin, goal.target - origin) if row_of(goal).completes else None


def share_of_target(goal: Goal, value: Decimal | None) -> Decimal | None:
    """Return v / T, shown beside the completion of a stock, whose increment it leaves out of sight.

    Shape: one goal, one total of the same unit.
    Unit: fraction without upper limit.
    None: no value, no target, a target of 0; kinds other than FLOW, STOCK and COUNT.
    Source: contract 3, row STOCK, "v/T beside it".

    >>> share_of_target(Goal(Kind.STOCK, Bound.AT_LEAST, Decimal(120), baseline=Decimal(100)), Decimal(114))
    Decimal('0.95')
    """
    if goal.target is None or not row_of(goal).completes:
        return None
    return ratio(value, goal.target)


@precise
def pro_rata_target(goal: Goal, reading: Reading) -> Decimal | None:
    """Return the value expected at d, the last due month: b + (T - b) * d / 12, where a FLOW starts from 0.

    A RATIO AT_LEAST without baseline starts from its first figure; a ceiling expects its limit; a COUNT
    expects 0 before its planned month (December where none is set) and T from then on.

    Shape: one goal, one reading; the value itself matters only as a first figure.
    Unit: that of the target.
    None: no target; before the first due month; STOCK without baseline.
    Source: contract 3, column pro_rata_target.

    >>> pro_rata_target(Goal(Kind.FLOW, Bound.AT_LEAST, Decimal(900), frequency=3), Reading(8, None))
    Decimal('450')
    """
    path = path_of(goal, reading)
    return None if path is None else quotient(path.total, path.parts)


@precise
def seasonal_target(goal: Goal, share: Decimal | None) -> Decimal | None:
    """Return the value a seasonal curve expects: b + (T - b) * share, where a FLOW starts from 0.

    It is shown beside the strict twelfth, which alone decides the status.

    Shape: one goal, the cumulative share of the year at the month.
    Unit: that of the target.
    None: no target or no curve; kinds that do not accumulate; STOCK without baseline.
    Source: contract 3, "a seasonal curve is offered beside it"; domain.md 2.3.

    >>> seasonal_target(Goal(Kind.FLOW, Bound.AT_LEAST, Decimal(900)), Decimal("0.222"))
    Decimal('199.800')
    """
    origin = origin_of(goal)
    if goal.target is None or share is None or origin is None or goal.kind not in {Kind.FLOW, Kind.STOCK}:
        return None
    return origin + (goal.target - origin) * share


@precise
def deviation(goal: Goal, reading: Reading) -> Decimal | None:
    """Return how far the value is ahead of the path: v - pro_rata_target.

    Shape: one goal, one reading.
    Unit: that of the target; below 0 is behind the path.
    None: no value, or no pro rata target.
    Source: contract 3, "deviation".

    >>> deviation(Goal(Kind.FLOW, Bound.AT_LEAST, Decimal(900)), Reading(6, Decimal(400)))
    Decimal('-50')
    """
    expected = pro_rata_target(goal, reading)
    return None if reading.value is None or expected is None else reading.value - expected


@precise
def schedule_ratio(goal: Goal, reading: Reading) -> Decimal | None:
    """Return r = v / expected; for STOCK the increment done over the increment expected by now.

    Divided once, (v - b) * 12 / ((T - b) * d), so that r is 0.9 exactly where it should be.

    Shape: one goal, one reading.
    Unit: fraction; 1 is exactly on the path.
    None: no value or path; ceilings; nothing is expected yet (a STOCK with T <= b, a COUNT before its month).
    Source: contract 3, "r = v / expected".

    >>> schedule_ratio(Goal(Kind.FLOW, Bound.AT_LEAST, Decimal(200)), Reading(1, Decimal(15)))
    Decimal('0.9')
    """
    path, origin = path_of(goal, reading), origin_of(goal) or NOTHING
    if reading.value is None or path is None or goal.bound == Bound.AT_MOST:
        return None
    expected = path.total - origin * path.parts
    return quotient((reading.value - origin) * path.parts, expected) if expected > 0 else None


@precise
def headroom(goal: Goal, value: Decimal | None) -> Decimal | None:
    """Return what is left below a ceiling: T - v.

    Shape: one goal, one total of the same unit.
    Unit: that of the target (0.006 is 0.6 points); below 0 the ceiling is broken.
    None: no value, no target, or the target is not a ceiling.
    Source: contract 3, row RATIO AT_MOST.

    >>> headroom(Goal(Kind.RATIO, Bound.AT_MOST, Decimal("0.046")), Decimal("0.040"))
    Decimal('0.006')
    """
    if value is None or goal.target is None or goal.bound != Bound.AT_MOST:
        return None
    return goal.target - value


@precise
def status(goal: Goal, reading: Reading, thresholds: Thresholds) -> Status | None:
    """Return the verdict of the table on one reading; the strict twelfth decides.

    Shape: one goal, one reading, the thresholds in force.
    Unit: a Status.
    None: the indicator has no target.
    Source: contract 3, column status, its tests in the printed order.

    >>> ceiling = Goal(Kind.RATIO, Bound.AT_MOST, Decimal("0.046"), frequency=3)
    >>> status(ceiling, Reading(6, Decimal("0.052")), Thresholds()).value
    'breached'
    >>> status(ceiling, Reading(6, Decimal("0.040")), Thresholds()).value
    'on_schedule'
    """
    checks = status_checks(goal, reading, thresholds)
    return decided(checks).status if checks else None


def status_checks(goal: Goal, reading: Reading, thresholds: Thresholds) -> Checks:
    """Return the questions that decide the status, in the order they are asked; the first that holds decides.

    Shape: one goal, one reading, the thresholds in force; what would be asked after the deciding one is there too.
    Unit: each check's sides as the measure it compares.
    None: no checks without a target.
    Source: contract 3, column status; the page of reasons prints them.

    >>> new_jobs = Goal(Kind.FLOW, Bound.AT_LEAST, Decimal(900))
    >>> decided(status_checks(new_jobs, Reading(6, Decimal(440)), Thresholds())).ask.value
    'pace_nearly_kept'
    """
    if goal.target is None:
        return ()
    before = [
        Check(Ask.NOTHING_DUE, last_due_month(reading.month, goal.frequency) is None, Status.NOT_DUE),
        Check(Ask.NOTHING_FILED, reading.value is None, Status.NOT_REPORTED),
    ]
    if goal.kind == Kind.ZERO:
        before.insert(0, Check(Ask.AMOUNT_AROSE, amount_arose(reading), Status.BREACHED, reading.value, NOTHING))
    if reading.value is None or any(check.holds for check in before):
        return tuple(before)
    pace, gap = schedule_ratio(goal, reading), deviation(goal, reading)
    case = Case(goal.target, reading.value, reading.month, pace, gap, thresholds)
    return (*before, *row_of(goal).checks(case))


def assess(goal: Goal, reading: Reading, thresholds: Thresholds) -> Progress:
    """Return every measure of one reading together, as pages, exports and the API show them.

    Shape: one goal, one reading, the thresholds in force.
    Unit: as the single measures say.
    None: as the single measures say.
    Source: contract 3, "Progress".

    >>> new_jobs = Goal(Kind.FLOW, Bound.AT_LEAST, Decimal(900))
    >>> assess(new_jobs, Reading(6, Decimal(440)), Thresholds()).status.value
    'lagging'
    """
    return Progress(
        completion_rate=completion_rate(goal, reading.value),
        pro_rata_target=pro_rata_target(goal, reading),
        deviation=deviation(goal, reading),
        schedule_ratio=schedule_ratio(goal, reading),
        headroom=headroom(goal, reading.value),
        status=status(goal, reading, thresholds),
    )


def rank_key(goal: Goal, reading: Reading) -> Decimal | None:
    """Return what siblings are ranked by: r, a ceiling's headroom, a COUNT's completion. More is better.

    Shape: one goal, one reading.
    Unit: as the measure it takes.
    None: that measure cannot be stated; the unit has no rank.
    Source: contract 3, "rank".

    >>> rank_key(Goal(Kind.ZERO, Bound.AT_MOST, Decimal(0)), Reading(6, Decimal(70)))
    Decimal('-70')
    """
    if goal.kind == Kind.COUNT:
        return completion_rate(goal, reading.value)
    return headroom(goal, reading.value) if goal.bound == Bound.AT_MOST else schedule_ratio(goal, reading)


def ranks(keys: Sequence[Decimal | None]) -> list[int | None]:
    """Return for each key 1 + the number of better keys, so that ties share a rank.

    Shape: the keys of siblings in any order; the ranks in the same order.
    Unit: 1 is the best.
    None: where the key is None.
    Source: contract 3, "ties share, null last".

    >>> ranks([Decimal(5), Decimal(7), None, Decimal(7), Decimal(1)])
    [3, 1, None, 1, 4]
    """
    first_place: dict[Decimal, int] = {}
    for place, key in enumerate(sorted((key for key in keys if key is not None), reverse=True), start=1):
        first_place.setdefault(key, place)
    return [None if key is None else first_place[key] for key in keys]


@precise
def month_value(current: Decimal | None, previous: Decimal | None, month: int, frequency: int = 1) -> Decimal | None:
    """Return a period's own figure: the year-to-date value less the one before; the first is itself.

    Shape: two year-to-date values one period apart; ``previous`` is not looked at in the first period.
    Unit: that of the values; below 0 where a year-to-date value fell.
    None: a value it needs is missing.
    Source: contract 2, row FLOW.

    >>> month_value(Decimal(130), Decimal(65), month=2)
    Decimal('65')
    """
    if month <= frequency:
        return current
    return None if current is None or previous is None else current - previous


@precise
def growth(current: Decimal | None, previous: Decimal | None) -> Decimal | None:
    """Return the relative change: (current - previous) / previous.

    Shape: two values of one indicator and unit, of the same month in two years or of two months.
    Unit: fraction (0.05 is 5 % more).
    None: either is missing, or there is nothing above 0 to grow from.
    Source: contract 5, "previous year".

    >>> growth(Decimal(105), Decimal(100))
    Decimal('0.05')
    """
    if current is None or previous is None or previous <= 0:
        return None
    return quotient(current - previous, previous)


@precise
def implied_needed_per_month(goal: Goal, reading: Reading) -> Decimal | None:
    """Return what each month after d must add to reach the target: (T - v) / (12 - d), at least 0.

    Shape: one FLOW or STOCK goal, one reading; d is the last due month.
    Unit: that of the target, per month.
    None: other kinds; no value or target; before the first due month; no month is left.
    Source: contract 3, row FLOW, solved for the months that remain.

    >>> implied_needed_per_month(Goal(Kind.FLOW, Bound.AT_LEAST, Decimal(900)), Reading(9, Decimal(720)))
    Decimal('60')
    """
    due = last_due_month(reading.month, goal.frequency)
    if reading.value is None or goal.target is None or due is None or due == MONTHS_IN_YEAR:
        return None
    if goal.kind not in (Kind.FLOW, Kind.STOCK):
        return None
    return max(NOTHING, quotient(goal.target - reading.value, MONTHS_IN_YEAR - due))


def coverage(n_reported: int, n_due: int) -> Decimal | None:
    """Return the reporting rate: n_reported / n_due.

    Shape: two counts of filing units for one month.
    Unit: fraction (1 is everyone).
    None: no unit was due.
    Source: contract 3, "Coverage".

    >>> coverage(29, 32)
    Decimal('0.90625')
    """
    return ratio(Decimal(n_reported), Decimal(n_due))
