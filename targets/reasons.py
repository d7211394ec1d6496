"""Why a status is what it is: what went in, the formulas with their results, and the checks up to the one that decided.

Nothing is judged here: the checks are those of `targets.verdicts`, the results those of `targets.measures`. No Django.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from targets import measures
from targets.goals import Goal, Kind, Reading, Status, Thresholds
from targets.measures import Bound
from targets.periods import last_due_month
from targets.verdicts import Check, decided


class Name(StrEnum):
    """What a number of an explanation is; its words are the page's."""

    VALUE = "value"
    TARGET = "target_value"
    BASELINE = "baseline_value"
    MONTH = "month"
    DUE_MONTH = "due_month"
    PLANNED_MONTH = "planned_month"
    FIRST_MONTH = "first_month"
    FIRST_VALUE = "first_value"
    AMOUNT_MONTH = "first_amount_month"
    PATH = "pro_rata_target"
    COMPLETION = "completion_rate"
    RATIO = "schedule_ratio"
    DEVIATION = "deviation"
    HEADROOM = "headroom"


class Input(NamedTuple):
    """One number that went in, under the letter by which formulas call it."""

    name: Name
    letter: str
    value: Decimal | int


class Working(NamedTuple):
    """One measure: its formula in letters, and what it comes to; None cannot be stated."""

    name: Name
    letter: str
    formula: str
    value: Decimal | None


@dataclass(frozen=True)
class Reasons:
    """Everything a status was made from; no checks and no status without a target."""

    goal: Goal
    reading: Reading
    thresholds: Thresholds
    inputs: tuple[Input, ...]
    workings: tuple[Working, ...]
    checks: tuple[Check, ...]

    @property
    def deciding(self) -> Check | None:
        return decided(self.checks) if self.checks else None

    @property
    def status(self) -> Status | None:
        return self.deciding.status if self.deciding else None


def explain(goal: Goal, reading: Reading, thresholds: Thresholds) -> Reasons:
    """Return why the reading has its status.

    Shape: one goal, one reading, the thresholds in force; checks end with the one that decided.
    Unit: inputs and workings as the measures say; letters are those of contract 3: v, T, b, d, r.
    None: a working that cannot be stated has no value; without a target there are no checks.
    Source: contract 3, "Progress".

    >>> new_jobs = Goal(Kind.FLOW, Bound.AT_LEAST, Decimal(900))
    >>> reasons = explain(new_jobs, Reading(6, Decimal(440)), Thresholds())
    >>> [(one.letter, one.formula) for one in reasons.workings]
    [('p', 'T × d ÷ 12'), ('c', 'v ÷ T'), ('r', 'v ÷ p'), ('Δ', 'v − p')]
    >>> reasons.deciding.ask.value, reasons.status.value
    ('pace_nearly_kept', 'lagging')
    """
    checks = measures.status_checks(goal, reading, thresholds)
    asked = next((at + 1 for at, check in enumerate(checks) if check.holds), 0)
    return Reasons(
        goal=goal,
        reading=reading,
        thresholds=thresholds,
        inputs=tuple(_inputs(goal, reading)),
        workings=tuple(_workings(goal, reading)) if goal.target is not None else (),
        checks=checks[:asked],
    )


def _inputs(goal: Goal, reading: Reading) -> Iterator[Input]:
    due = last_due_month(reading.month, goal.frequency)
    rises = goal.kind == Kind.STOCK or (goal.kind, goal.bound) == (Kind.RATIO, Bound.AT_LEAST)
    starts_from_figure = rises and goal.kind == Kind.RATIO and goal.baseline is None
    given: tuple[tuple[Name, str, Decimal | int | None], ...] = (
        (Name.VALUE, "v", reading.value),
        (Name.TARGET, "T", goal.target),
        (Name.BASELINE, "b", goal.baseline if rises else None),
        (Name.MONTH, "m", reading.month),
        (Name.DUE_MONTH, "d", due),
        (Name.PLANNED_MONTH, "k", goal.planned_month if goal.kind == Kind.COUNT else None),
        (Name.FIRST_MONTH, "m₁", reading.first_month if starts_from_figure else None),
        (Name.FIRST_VALUE, "v₁", reading.first_value if starts_from_figure else None),
        (Name.AMOUNT_MONTH, "a", reading.first_amount_month if goal.kind == Kind.ZERO else None),
    )
    return (Input(name, letter, value) for name, letter, value in given if value is not None)


def _workings(goal: Goal, reading: Reading) -> Iterator[Working]:
    """Return the measures that the row of the goal makes use of."""
    completion, ratio = _counted_formulas(goal)
    yield Working(Name.PATH, "p", _path_formula(goal), measures.pro_rata_target(goal, reading))
    if completion:
        yield Working(Name.COMPLETION, "c", completion, measures.completion_rate(goal, reading.value))
    if ratio:
        yield Working(Name.RATIO, "r", ratio, measures.schedule_ratio(goal, reading))
    if goal.bound == Bound.AT_MOST:
        yield Working(Name.HEADROOM, "h", "T − v", measures.headroom(goal, reading.value))
    else:
        yield Working(Name.DEVIATION, "Δ", "v − p", measures.deviation(goal, reading))


def _path_formula(goal: Goal) -> str:
    if goal.bound == Bound.AT_MOST:
        return "T"
    if goal.kind == Kind.COUNT:
        return "0 (d < k), T (d ≥ k)"
    if goal.kind == Kind.FLOW:
        return "T × d ÷ 12"
    if goal.kind == Kind.RATIO and goal.baseline is None:
        return "v₁ + (T − v₁) × (d − m₁) ÷ (12 − m₁)"
    return "b + (T − b) × d ÷ 12"


def _counted_formulas(goal: Goal) -> tuple[str, str]:
    """Return how completion and the ratio to the path are counted; rates and zeros have neither."""
    if goal.kind == Kind.STOCK:
        return "(v − b) ÷ (T − b)", "(v − b) ÷ (p − b)"
    if goal.kind == Kind.FLOW:
        return "v ÷ T", "v ÷ p"
    return ("v ÷ T", "") if goal.kind == Kind.COUNT else ("", "")
