"""The points of an assessment: what each criterion earns, what a sheet adds up to, which grade follows. No Django.

Points are exact decimals; what is stored is kept to twelve places (`kept`), and grades compare what is stored. Nothing
is rounded to be shown. ``None`` means that a criterion does not apply: its weight leaves the sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum
from typing import TypeVar

from targets.goals import Bound, Goal, Kind, Reading
from targets.measures import completion_rate, precise, pro_rata_target, quotient, schedule_ratio
from targets.periods import last_due_month
from targets.verdicts import amount_arose

NOTHING, WHOLE = Decimal(0), Decimal(1)
#: Points are stored with so many decimals.
DECIMALS = 12
_WIDE = Context(prec=60, rounding=ROUND_HALF_EVEN)

Key = TypeVar("Key", bound=Hashable)


class Basis(StrEnum):
    """What a round holds a target against: the whole year's, or the part of it expected by the month."""

    YEAR = "YEAR"
    PATH = "PATH"


class Formula(StrEnum):
    """How an achievement becomes points."""

    PROPORTION = "PROPORTION"
    ALL_OR_NOTHING = "ALL_OR_NOTHING"


class Grade(StrEnum):
    EXCELLENT = "EXCELLENT"
    PASSED = "PASSED"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Limits:
    """Where the grades of a scheme begin, and the share of the assessed that may be excellent."""

    excellent_from: Decimal = Decimal(90)
    pass_from: Decimal = Decimal(75)
    excellent_share: Decimal = Decimal("0.3")


def kept(number: Decimal) -> Decimal:
    """Return the number as it is stored, so that what is compared later is what was stored.

    Shape: one number of points.
    Unit: points, to 12 decimals, half-even.
    None: never.
    Source: decision 0015.

    >>> kept(Decimal(20) / Decimal(3))
    Decimal('6.666666666667')
    """
    return number.quantize(Decimal(1).scaleb(-DECIMALS), context=_WIDE)


# What a target earns ---------------------------------------------------------------------------


@precise
def achievement(goal: Goal, reading: Reading, *, basis: Basis, tolerance: Decimal = NOTHING) -> Decimal | None:
    """Return how far a target was achieved, from 0 to 1; more than asked is 1.

    FLOW, STOCK and COUNT: value over what is asked, a stock on its increment. RATIO: 1 where the side is kept, and
    from there down to 0 over ``tolerance``, in points of the rate; a ceiling loses by what lies above it. ZERO: 1
    without any amount in the year, else 0. A figure that was not reported achieves nothing.

    Shape: one goal, one reading; ``basis`` says whether the year's target is asked or its part by the month.
    Unit: fraction from 0 to 1.
    None: no target, or nothing was due yet: the criterion does not apply.
    Source: decision 0015; contract 3 for what is expected by a month.

    >>> jobs, ceiling = Goal(Kind.FLOW, Bound.AT_LEAST, Decimal(900)), Goal(Kind.RATIO, Bound.AT_MOST, Decimal("0.046"))
    >>> achievement(jobs, Reading(9, Decimal(540)), basis=Basis.PATH)
    Decimal('0.8')
    >>> achievement(jobs, Reading(12, Decimal(990)), basis=Basis.YEAR)
    Decimal('1')
    >>> achievement(ceiling, Reading(12, Decimal("0.047")), basis=Basis.YEAR, tolerance=Decimal("0.004"))
    Decimal('0.75')
    """
    if goal.target is None or last_due_month(reading.month, goal.frequency) is None:
        return None
    if goal.kind == Kind.ZERO:
        return NOTHING if reading.value is None or amount_arose(reading) else WHOLE
    if reading.value is None:
        return NOTHING
    asked = _Asked(goal, reading, goal.target, reading.value, basis, tolerance)
    return min(max(_ACHIEVED[goal.kind](asked), NOTHING), WHOLE)


@dataclass(frozen=True)
class _Asked:
    """All that an achievement is made of, once there is a target and a value."""

    goal: Goal
    reading: Reading
    target: Decimal
    value: Decimal
    basis: Basis
    tolerance: Decimal

    @property
    def expected(self) -> Decimal:
        """What is asked at the month; the target itself where no path can be stated."""
        on_path = pro_rata_target(self.goal, self.reading) if self.basis == Basis.PATH else None
        return self.target if on_path is None else on_path


def _by_share(asked: _Asked) -> Decimal:
    """At least what is expected; a level whose target lies below its baseline is reached or not."""
    if asked.value >= asked.expected:
        return WHOLE
    on_path = asked.basis == Basis.PATH
    share = schedule_ratio(asked.goal, asked.reading) if on_path else completion_rate(asked.goal, asked.value)
    return NOTHING if share is None else share


def _by_side(asked: _Asked) -> Decimal:
    """A rate on the wrong side loses in proportion to how far, and all of it beyond the tolerance."""
    is_ceiling = asked.goal.bound == Bound.AT_MOST
    beyond = asked.value - asked.target if is_ceiling else asked.expected - asked.value
    if beyond <= 0:
        return WHOLE
    return WHOLE - quotient(beyond, asked.tolerance) if asked.tolerance > 0 else NOTHING


def _by_count(asked: _Asked) -> Decimal:
    """Exactly so many: more is a breach, and nothing is asked before the planned month."""
    if asked.value > asked.target:
        return NOTHING
    return WHOLE if asked.value >= asked.expected else quotient(asked.value, asked.expected)


_ACHIEVED: dict[Kind, Callable[[_Asked], Decimal]] = {
    Kind.FLOW: _by_share,
    Kind.STOCK: _by_share,
    Kind.RATIO: _by_side,
    Kind.COUNT: _by_count,
}


@precise
def target_points(
    weight: Decimal, achieved: Decimal | None, formula: Formula, floor: Decimal = NOTHING
) -> Decimal | None:
    """Return what an achievement earns: weight * achieved, or all or nothing; below ``floor`` nothing.

    Shape: one weight, one achievement from 0 to 1.
    Unit: points.
    None: the criterion does not apply.
    Source: decision 0015.

    >>> target_points(Decimal(8), Decimal("0.95"), Formula.PROPORTION)
    Decimal('7.60')
    >>> target_points(Decimal(8), Decimal("0.95"), Formula.ALL_OR_NOTHING)
    Decimal('0')
    >>> target_points(Decimal(8), Decimal("0.55"), Formula.PROPORTION, floor=Decimal("0.6"))
    Decimal('0')
    """
    if achieved is None:
        return None
    if formula == Formula.ALL_OR_NOTHING:
        return weight if achieved >= WHOLE else NOTHING
    return weight * achieved if achieved >= floor else NOTHING


@precise
def milestone_points(weight: Decimal, credited: Sequence[Decimal]) -> Decimal | None:
    """Return what milestones earn: weight * sum of credits / how many are owed.

    Shape: one weight; for each milestone owed its credit, 1 for done, less for under way, 0 for not.
    Unit: points.
    None: no milestone is owed.
    Source: decision 0015.

    >>> milestone_points(Decimal(6), [Decimal(1), Decimal("0.5"), Decimal(0)])
    Decimal('3.0')
    """
    if not credited:
        return None
    return quotient(weight * sum(credited, NOTHING), len(credited))


@precise
def deduction_points(weight: Decimal, n: int, each: Decimal, cap: Decimal) -> Decimal:
    """Return what is left after deductions: weight - min(n * each, cap).

    Shape: one weight, a count of what is held against the unit.
    Unit: points.
    None: never.
    Source: decision 0015.

    >>> deduction_points(Decimal(4), 3, Decimal("0.5"), cap=Decimal(4))
    Decimal('2.5')
    >>> deduction_points(Decimal(4), 9, Decimal(1), cap=Decimal(3))
    Decimal('1')
    """
    return weight - min(n * each, cap)


# The sheet and the round -----------------------------------------------------------------------


@precise
def total_points(lines: Iterable[tuple[Decimal, Decimal | None]], full: Decimal) -> Decimal | None:
    """Return what a sheet adds up to: sum of points * full / sum of the weights that apply.

    Shape: weight and points of each criterion; ``full`` is the sum of all weights.
    Unit: points from 0 to ``full``.
    None: no criterion applies.
    Source: decision 0015.

    >>> total_points([(Decimal(60), Decimal(45)), (Decimal(20), Decimal(20)), (Decimal(20), None)], Decimal(100))
    Decimal('81.25')
    """
    applying = [(weight, earned) for weight, earned in lines if earned is not None]
    weights = sum((weight for weight, _earned in applying), NOTHING)
    if weights == 0:
        return None
    return quotient(sum((earned for _weight, earned in applying), NOTHING) * full, weights)


def quota(n_assessed: int, share: Decimal) -> int:
    """Return how many of the assessed may be excellent: the whole part of n * share, "at most" being a ceiling.

    >>> quota(32, Decimal("0.3")), quota(3, Decimal("0.3"))
    (9, 0)
    """
    return int((n_assessed * share).to_integral_value(ROUND_FLOOR))


def grades(totals: Mapping[Key, Decimal], limits: Limits) -> dict[Key, Grade]:
    """Return the grade of each of the assessed.

    Excellent is whoever has the points and, with all who have as many or more, fits into the quota: those who tie
    where it ends share the lower grade, so that it is never exceeded and equal points never get different grades.

    Shape: the total of every assessed unit of a round.
    Unit: a Grade.
    None: never.
    Source: domain.md 2.2, grades; ties and rounding by decision 0015.

    >>> tied = {name: Decimal(points) for name, points in zip("abcdefg", (95, 93, 93, 91, 80, 74, 60))}
    >>> "".join(grade.value[0] for grade in grades(tied, Limits()).values())
    'EPPPPFF'
    """
    n_allowed = quota(len(totals), limits.excellent_share)
    ordered = sorted(totals.values(), reverse=True)

    def grade(total: Decimal) -> Grade:
        n_as_good = sum(other >= total for other in ordered)
        if total >= limits.excellent_from and n_as_good <= n_allowed:
            return Grade.EXCELLENT
        return Grade.PASSED if total >= limits.pass_from else Grade.FAILED

    return {key: grade(total) for key, total in totals.items()}
