"""What a rule sees: one report, or one indicator of the whole country, as plain figures, and the limits in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from targets.measures import Bound, Kind, ratio

REPORTED = "REPORTED"
NOT_REPORTED = "NOT_REPORTED"
NOT_APPLICABLE = "NOT_APPLICABLE"


class ShownAs(StrEnum):
    """How the display writes a parameter of a finding, beside the units of measure of the indicators."""

    INDICATOR = "INDICATOR"
    MONTH = "MONTH"
    NUMBER = "NUMBER"
    PERSON = "PERSON"
    POINTS = "POINTS"
    RATE = "RATE"
    #: how many times as much, with one decimal
    TIMES = "TIMES"
    WORDS = "WORDS"


@dataclass(frozen=True)
class PartFacts:
    """One of the parts a figure is filed in (workers, retirees), and between which shares of the whole it lies."""

    code: str
    share_low: Decimal | None = None
    share_high: Decimal | None = None


@dataclass(frozen=True)
class Spread:
    """A robust picture of many moves: the median of their natural logarithms and the median distance from it."""

    median: Decimal
    distance: Decimal
    count: int


@dataclass(frozen=True)
class ExcuseFacts:
    """Why a finding is not held against a unit for a while, and who said so."""

    reason: str
    granted_by: str
    until: date


@dataclass(frozen=True, kw_only=True)
class FigureFacts:
    """One indicator in one report, in base units, beside what the unit filed earlier in the plan year.

    ``previous_…`` is the newest figure filed or approved for an earlier month, ``previous_month`` that month;
    ``history`` has every earlier value by month. ``peers`` is how the figure of the newest published month moved in
    the units beside this one. ``flash`` is the approved flash figure where a final one is filed, ``separate`` the
    newest published figure of a unit that this one does not include. ``due`` says whether the month asks for this
    indicator; ``state`` is None where nothing was entered. ``decimals`` may be filed, as many as that.

    :raises ValueError: an earlier figure comes without its month.
    """

    code: str
    kind: Kind | str
    unit_of_measure: str
    month: int
    frequency: int = 1
    decimals: int = 0
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    persons: Decimal | int | None = None
    state: str | None = None
    note: str = ""
    parts: Mapping[str, Decimal] = field(default_factory=dict)
    declared_parts: Sequence[PartFacts] = ()
    previous_value: Decimal | None = None
    previous_numerator: Decimal | None = None
    previous_denominator: Decimal | None = None
    previous_month: int | None = None
    history: Mapping[int, Decimal] = field(default_factory=dict)
    peers: Spread | None = None
    flash: Decimal | None = None
    separate: Decimal | None = None
    baseline_value: Decimal | None = None
    target_value: Decimal | None = None
    bound: Bound | str | None = None
    is_correction: bool = False
    due: bool = True
    has_persons: bool = False

    def __post_init__(self) -> None:
        earlier = (self.previous_value, self.previous_numerator, self.previous_denominator)
        if self.previous_month is None and any(number is not None for number in earlier):
            raise ValueError(f"{self.code} has an earlier figure, but not the month it belongs to.")

    @property
    def is_ratio(self) -> bool:
        return self.kind == Kind.RATIO

    @property
    def is_stated(self) -> bool:
        """Say whether a figure was reported in full; 0 is one."""
        if self.state in {NOT_REPORTED, NOT_APPLICABLE}:
            return False
        if self.is_ratio:
            return self.numerator is not None and self.denominator is not None
        return self.value is not None

    @property
    def stated_value(self) -> Decimal | None:
        """The value of a figure that is no rate, where it was reported."""
        return self.value if self.is_stated and not self.is_ratio else None

    @property
    def rate(self) -> Decimal | None:
        return ratio(self.numerator, self.denominator)

    @property
    def previous_rate(self) -> Decimal | None:
        return ratio(self.previous_numerator, self.previous_denominator)

    @property
    def last_level(self) -> Decimal | None:
        """The level a STOCK comes from: its newest earlier figure, in January the December baseline."""
        if self.previous_value is None and self.month == 1:
            return self.baseline_value
        return self.previous_value


@dataclass(frozen=True, kw_only=True)
class ReportFacts:
    """One report: its figures by indicator, which indicator is part of which (其中), and what is known beside it.

    ``references`` are figures from other sources by name; ``excuses`` are in force in this month, by finding.
    ``handed_in_on`` is the day it was submitted, None before.
    """

    month: int
    figures: Mapping[str, FigureFacts]
    part_of: Mapping[str, str] = field(default_factory=dict)
    references: Mapping[str, Decimal] = field(default_factory=dict)
    excuses: Mapping[str, ExcuseFacts] = field(default_factory=dict)
    is_correction: bool = False
    due_on: date | None = None
    handed_in_on: date | None = None

    def whole_of(self, figure: FigureFacts) -> FigureFacts | None:
        """Return the figure this one is part of, if it is stated in this report."""
        whole = self.figures.get(self.part_of.get(figure.code, ""))
        return whole if whole is not None and whole.is_stated else None

    def value_of(self, code: str) -> Decimal | None:
        """Return the stated value of another figure of the report."""
        figure = self.figures.get(code)
        return None if figure is None else figure.stated_value


@dataclass(frozen=True, kw_only=True)
class NationFacts:
    """One indicator of the whole country in one month: its target and the split, its sum and what was published.

    ``split`` holds the units' targets and ``other_bounds`` counts those that point another way than the national one.
    ``apart`` says of the units outside the provinces (industries and central bodies) whether each is in the sum.
    """

    code: str
    kind: Kind | str
    unit_of_measure: str
    bound: Bound | str | None = None
    target: Decimal | None = None
    split: Sequence[Decimal] = ()
    other_bounds: int = 0
    computed: Decimal | None = None
    published: Decimal | None = None
    apart: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class RuleLimits:
    """Where plausible ends. Rates, shares and changes are fractions; a smallest is in base units."""

    stock_rise: Decimal = Decimal("0.05")
    stock_fall: Decimal = Decimal("0.02")
    baseline_drift: Decimal = Decimal("0.03")
    slip_above: Decimal = Decimal(50)
    slip_below: Decimal = Decimal("0.02")
    #: A slip of 万 is suspected when the figure without it is within this many times of the earlier one.
    slip_tolerance: Decimal = Decimal(5)
    #: Where both figures are below, a large ratio is how small numbers move: 1 person, then 60.
    slip_smallest: Decimal = Decimal(1000)
    ceiling_low: Decimal = Decimal("0.005")
    ceiling_high: Decimal = Decimal("0.08")
    ceiling_jump: Decimal = Decimal("0.005")
    floor_low: Decimal = Decimal("0.60")
    published_gap: Decimal = Decimal("0.005")
    separate_tolerance: Decimal = Decimal("0.05")
    final_gap: Decimal = Decimal("0.03")
    #: What never needs a word, whatever was usual: 0.5 to 2 times the period before, a level within 2 % of its usual.
    usual_low: Decimal = Decimal("0.5")
    usual_high: Decimal = Decimal(2)
    usual_drift: Decimal = Decimal("0.02")
    #: Without enough to compare with, only a jump of this many times is unusual.
    jump: Decimal = Decimal(10)
    #: Usual reaches this many median distances from the median; from so many moves on it can be told.
    reach: Decimal = Decimal(5)
    fewest_moves: Decimal = Decimal(4)
    outlier_smallest: Decimal = Decimal(1000)
    repeat_smallest: Decimal = Decimal(1000)
    same_fewest: Decimal = Decimal(3)
