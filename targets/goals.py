"""The nouns of progress: what was promised, what was done, and the words for the verdict. No Django."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from targets.periods import FREQUENCIES, MONTHS_IN_YEAR


class Kind(StrEnum):
    """How an indicator adds up over time and units, and what progress means for it."""

    FLOW = "FLOW"
    STOCK = "STOCK"
    RATIO = "RATIO"
    COUNT = "COUNT"
    ZERO = "ZERO"


class Bound(StrEnum):
    """The side of the target on which the value should lie."""

    AT_LEAST = "AT_LEAST"
    AT_MOST = "AT_MOST"
    EXACTLY = "EXACTLY"


#: The promises that have a meaning, one for each row of contract 3.
PAIRS = (
    (Kind.FLOW, Bound.AT_LEAST),
    (Kind.STOCK, Bound.AT_LEAST),
    (Kind.RATIO, Bound.AT_LEAST),
    (Kind.RATIO, Bound.AT_MOST),
    (Kind.COUNT, Bound.EXACTLY),
    (Kind.ZERO, Bound.AT_MOST),
)


class Status(StrEnum):
    """The verdict on one target in one month."""

    COMPLETED = "completed"
    ON_SCHEDULE = "on_schedule"
    LAGGING = "lagging"
    BEHIND = "behind"
    BREACHED = "breached"
    NOT_REPORTED = "not_reported"
    NOT_DUE = "not_due"


#: From the mildest to the gravest; the light of an item is its gravest target's.
SEVERITY = (
    Status.NOT_DUE,
    Status.COMPLETED,
    Status.ON_SCHEDULE,
    Status.NOT_REPORTED,
    Status.LAGGING,
    Status.BEHIND,
    Status.BREACHED,
)


def worst(statuses: Iterable[Status | None]) -> Status | None:
    """Return the gravest status; None where there is none.

    >>> worst([Status.COMPLETED, None, Status.LAGGING]).value
    'lagging'
    """
    return max((status for status in statuses if status is not None), key=SEVERITY.index, default=None)


@dataclass(frozen=True)
class Thresholds:
    """Where `lagging` begins and ends; the instances in use are data."""

    lagging_ratio: Decimal = Decimal("0.9")
    lagging_gap: Decimal = Decimal("0.02")
    lagging_headroom: Decimal = Decimal("0.002")


@dataclass(frozen=True)
class Goal:
    """What was promised for one indicator and unit; without a ``target`` the indicator is only reported.

    :raises ValueError: kind and bound have no row in the table, or a number is out of range.
    """

    kind: Kind
    bound: Bound | None
    target: Decimal | None
    baseline: Decimal | None = None
    frequency: int = 1
    planned_month: int | None = None

    def __post_init__(self) -> None:
        if (self.bound is not None or self.target is not None) and (self.kind, self.bound) not in PAIRS:
            raise ValueError(f"A target of kind {self.kind} cannot have the bound {self.bound}.")
        if self.target is not None and self.target < 0:
            raise ValueError(f"A target is never negative, but this one is {self.target}.")
        if self.frequency not in FREQUENCIES:
            raise ValueError(f"A figure is due every 1, 3, 6 or 12 months, not every {self.frequency}.")
        if self.planned_month is not None and not 1 <= self.planned_month <= MONTHS_IN_YEAR:
            raise ValueError(f"A target is planned for a month from 1 to 12, not for {self.planned_month}.")


@dataclass(frozen=True)
class Reading:
    """What was done up to a month: the unrounded total, carried or not, and what the year remembers.

    ``first_month`` and ``first_value`` are the first figure of the plan year; ``first_amount_month`` is the
    first month, at or before this one, in which any unit below had an amount above 0.
    """

    month: int
    value: Decimal | None
    first_month: int | None = None
    first_value: Decimal | None = None
    first_amount_month: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.month <= MONTHS_IN_YEAR:
            raise ValueError(f"A reading belongs to a month from 1 to 12, not to {self.month}.")


@dataclass(frozen=True)
class Progress:
    """One value held against its target and the calendar."""

    completion_rate: Decimal | None
    pro_rata_target: Decimal | None
    deviation: Decimal | None
    schedule_ratio: Decimal | None
    headroom: Decimal | None
    status: Status | None
