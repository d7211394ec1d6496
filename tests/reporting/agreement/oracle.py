"""What everything is to say, worked out from the filed numbers alone: contract 3 once more, in fractions.

Nothing of the portal is used here: no aggregates, no measures, no rounding, no words. Where the portal and this page
disagree, one of them has read the contract wrongly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from tests.reporting.agreement.year import (
    BOUNDS,
    FILED,
    FILED_BY,
    INDICATORS,
    LATER,
    MISSING,
    MONTHS,
    NOT_APPLICABLE,
    PLANNED_MONTHS,
    PUBLISHED,
    TARGETS,
    UNITS,
    numbers_of,
)

LAGGING_RATIO, LAGGING_GAP, LAGGING_HEADROOM = Fraction(9, 10), Fraction(2, 100), Fraction(2, 1000)
FIRST_MONTH = 6

#: month, unit, indicator
Place = tuple[int, str, str]


@dataclass(frozen=True)
class Standing:
    """One indicator of one unit at one month."""

    place: Place
    parts: tuple[Fraction, ...] | None
    value_month: int | None
    n_due: int
    n_reported: int
    n_carried: int
    was: tuple[Fraction, ...] | None
    is_revised: bool
    has_breached: bool

    @property
    def month(self) -> int:
        return self.place[0]

    @property
    def unit(self) -> str:
        return self.place[1]

    @property
    def code(self) -> str:
        return self.place[2]

    @property
    def kind(self) -> str:
        return INDICATORS[self.code][0]

    @property
    def measure(self) -> str:
        """PERSON, YUAN, COUNT or RATE."""
        return INDICATORS[self.code][1]

    @property
    def is_due(self) -> bool:
        return _is_due(self.code, self.month)

    @property
    def value(self) -> Fraction | None:
        return _value(self.kind, self.parts)

    @property
    def published_value(self) -> Fraction | None:
        return _value(self.kind, self.was)

    @property
    def numerator(self) -> Fraction | None:
        return self.parts[0] if self.parts and self.kind == "RATIO" else None

    @property
    def denominator(self) -> Fraction | None:
        return self.parts[1] if self.parts and self.kind == "RATIO" else None

    @property
    def persons(self) -> Fraction | None:
        return self.parts[1] if self.parts and self.measure == "YUAN" else None

    @property
    def _promised(self) -> tuple[str, ...]:
        return TARGETS.get(self.code, {}).get(self.unit, ())

    @property
    def planned_month(self) -> int:
        return PLANNED_MONTHS[self.code, self.unit]

    @property
    def target(self) -> Fraction | None:
        return Fraction(self._promised[0]) if self._promised else None

    @property
    def baseline(self) -> Fraction | None:
        return Fraction(self._promised[1]) if len(self._promised) > 1 else None

    @property
    def is_ceiling(self) -> bool:
        return BOUNDS.get(self.code) == "AT_MOST"

    @property
    def last_due(self) -> int:
        frequency = INDICATORS[self.code][2]
        return self.month // frequency * frequency

    @property
    def completion(self) -> Fraction | None:
        if self.value is None or not self.target or self.kind not in {"FLOW", "COUNT", "STOCK"}:
            return None
        origin = self.baseline or Fraction(0)
        return (self.value - origin) / (self.target - origin) if self.target > origin else None

    @property
    def share(self) -> Fraction | None:
        """The value as a share of the target, beside the completion of a stock."""
        stated = self.value is not None and self.target and self.kind in {"FLOW", "COUNT", "STOCK"}
        return self.value / self.target if stated else None

    @property
    def pro_rata(self) -> Fraction | None:
        if self.target is None:
            return None
        if self.kind == "COUNT":
            return self.target if self.last_due >= self.planned_month else Fraction(0)
        if self.is_ceiling:
            return self.target
        origin = self.baseline or Fraction(0)
        return origin + (self.target - origin) * self.last_due / 12

    @property
    def deviation(self) -> Fraction | None:
        return None if self.value is None or self.pro_rata is None else self.value - self.pro_rata

    @property
    def headroom(self) -> Fraction | None:
        return (
            self.target - self.value if self.is_ceiling and self.target is not None and self.value is not None else None
        )

    @property
    def pace(self) -> Fraction | None:
        """Value over what is expected; of a stock the increment over the one expected."""
        origin = (self.baseline or Fraction(0)) if self.kind == "STOCK" else Fraction(0)
        if self.value is None or self.pro_rata is None or self.is_ceiling or self.pro_rata <= origin:
            return None
        return (self.value - origin) / (self.pro_rata - origin)

    @property
    def rank_key(self) -> Fraction | None:
        if self.is_ceiling:
            return self.headroom
        return self.completion if self.kind == "COUNT" else self.pace

    @property
    def status(self) -> str | None:
        if self.target is None:
            return None
        if self.kind == "ZERO" and self.has_breached:
            return "breached"
        if self.value is None:
            return "not_reported"
        return _VERDICTS[self.kind, BOUNDS.get(self.code, "AT_LEAST")](self)

    @property
    def marks(self) -> str:
        """The letters beside the figure, in their order."""
        stands = self.value is not None
        held = {
            "x": not stands and self.n_due > 0,
            "z": not stands and self.n_due == 0 and self.is_due,
            "c": stands and self.n_carried > 0,
            "p": stands and self.month not in PUBLISHED,
            "r": self.is_revised,
        }
        return " ".join(letter for letter, is_so in held.items() if is_so)

    @property
    def all_marks(self) -> str:
        """Those of the target too: every target of a unit is worked out, not official."""
        return f"{self.marks} e".strip() if self.target is not None and self.unit != "000000" else self.marks

    @property
    def is_carried(self) -> bool:
        return self.value is not None and self.n_carried > 0


def _by_pace(one: Standing) -> str:
    if one.value >= one.target:
        return "completed"
    if one.pace is None:
        return "behind"
    return "on_schedule" if one.pace >= 1 else "lagging" if one.pace >= LAGGING_RATIO else "behind"


def _rising_rate(one: Standing) -> str:
    if one.value >= one.target:
        return "completed"
    return "on_schedule" if one.deviation >= 0 else "lagging" if one.deviation >= -LAGGING_GAP else "behind"


def _ceiling(one: Standing) -> str:
    if one.value > one.target:
        return "breached"
    return "lagging" if one.headroom < LAGGING_HEADROOM else "on_schedule"


def _exactly(one: Standing) -> str:
    if one.value >= one.target:
        return "completed" if one.value == one.target else "breached"
    return "behind" if one.last_due >= one.planned_month else "on_schedule"


_VERDICTS = {
    ("FLOW", "AT_LEAST"): _by_pace,
    ("STOCK", "AT_LEAST"): _by_pace,
    ("RATIO", "AT_LEAST"): _rising_rate,
    ("RATIO", "AT_MOST"): _ceiling,
    ("COUNT", "EXACTLY"): _exactly,
    ("ZERO", "AT_MOST"): lambda _one: "on_schedule",
}


# From filings to totals ------------------------------------------------------------------------


def _is_due(code: str, month: int) -> bool:
    return month % INDICATORS[code][2] == 0


def _value(kind: str, parts: tuple[Fraction, ...] | None) -> Fraction | None:
    if parts is None:
        return None
    return parts[0] / parts[1] if kind == "RATIO" else parts[0]


def below(unit: str) -> list[str]:
    """Return the units directly below one, in their order."""
    return [code for code, (parent, *_names) in UNITS.items() if parent == unit]


def filers_of(unit: str, code: str) -> list[str]:
    if code in FILED_BY.get(unit, ()):
        return [unit]
    return [filer for each in below(unit) for filer in filers_of(each, code)]


def _filed(month: int, unit: str, code: str, *, as_published: bool) -> object:
    if not as_published:
        for of_month, of_unit, figures, _reason in LATER:
            if (of_month, of_unit) == (month, unit) and code in figures:
                return figures[code]
    return FILED.get(month, {}).get(unit, {}).get(code, MISSING)


@dataclass(frozen=True)
class _Own:
    """What a filing unit has in a month: its newest figure, the month of it, whether it owes one and filed it."""

    parts: tuple[Fraction, ...] | None
    month: int | None
    is_due: bool
    is_reported: bool


def _own(month: int, unit: str, code: str, *, as_published: bool) -> _Own:
    parts, of_month = None, None
    for each in range(FIRST_MONTH, month + 1):
        given = _filed(each, unit, code, as_published=as_published)
        if given == NOT_APPLICABLE:
            parts, of_month = None, None
        elif given != MISSING:
            parts, of_month = numbers_of(given), each
    given = _filed(month, unit, code, as_published=as_published)
    is_due = _is_due(code, month) and given != NOT_APPLICABLE
    return _Own(parts, of_month, is_due, of_month == month)


def _added(owns: list[_Own]) -> tuple[Fraction, ...] | None:
    stated = [own.parts for own in owns if own.parts is not None]
    return tuple(map(sum, zip(*stated, strict=True))) if stated else None


def _has_breached(unit: str, code: str, through: int) -> bool:
    """Say whether a filing unit had an amount in any month of the year so far."""
    owns = (_own(month, unit, code, as_published=False) for month in range(FIRST_MONTH, through + 1))
    return any(own.parts is not None and own.parts[0] > 0 for own in owns)


@cache
def standing(month: int, unit: str, code: str) -> Standing:
    return Standing(**stands(month, unit, code, filers_of(unit, code)))


def stands(month: int, unit: str, code: str, filers: list[str]) -> dict[str, object]:
    owns = [_own(month, filer, code, as_published=False) for filer in filers]
    parts = _added(owns)
    was = None
    if month in PUBLISHED:
        was = _added([_own(month, filer, code, as_published=True) for filer in filers])
    return {
        "place": (month, unit, code),
        "parts": parts,
        "value_month": max((own.month for own in owns if own.month is not None), default=None),
        "n_due": sum(own.is_due for own in owns),
        "n_reported": sum(own.is_due and own.is_reported for own in owns),
        "n_carried": sum(own.parts is not None and not own.is_reported for own in owns),
        "was": was,
        "is_revised": month in PUBLISHED and was != parts,
        "has_breached": INDICATORS[code][0] == "ZERO" and any(_has_breached(filer, code, month) for filer in filers),
    }


def codes_of(unit: str) -> list[str]:
    """Return the indicators that a unit has totals of."""
    return [code for code in sorted(INDICATORS) if filers_of(unit, code)]


def of_unit(month: int, unit: str) -> list[Standing]:
    return [standing(month, unit, code) for code in codes_of(unit)]


def of_children(month: int, unit: str, code: str | None = None) -> list[Standing]:
    """Return what the units directly below stand at, by indicator, in the order of the units."""
    return [
        standing(month, each, one)
        for one in sorted(INDICATORS)
        for each in below(unit)
        if one in codes_of(each) and code in (None, one)
    ]


def everything() -> Iterator[Standing]:
    for month in MONTHS:
        for unit in UNITS:
            yield from of_unit(month, unit)


def rank(one: Standing) -> int | None:
    """Return the place among the units of the same parent; ties share."""
    parent = UNITS[one.unit][0]
    if parent is None or one.rank_key is None:
        return None
    keys: Mapping[str, Fraction | None] = {
        each.unit: each.rank_key for each in of_children(one.month, parent, one.code)
    }
    return 1 + sum(key is not None and key > one.rank_key for key in keys.values())


def light(month: int, item: int) -> str:
    """Return the gravest verdict on the national targets of an item."""
    order = ("breached", "behind", "lagging", "not_reported", "on_schedule", "completed", "not_due")
    found = {one.status for one in of_unit(month, "000000") if INDICATORS[one.code][-1] == item and one.status}
    return next(status for status in order if status in found)
