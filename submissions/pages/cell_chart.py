"""Two years of one indicator as a small picture: this year, the year before and the plan, month beside month.

The server draws it, so that the panel of a cell needs no script of its own; every number stands in a table too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from submissions.models import Figure
from submissions.published import last_year_words
from submissions.statement import standing_value
from targets import measures
from targets.models import Indicator, Kind
from workplan.templatetags.figures import figure

#: The picture in its own units: 12 months across, room above for a label and below for the months.
WIDTH, TOP, BOTTOM = 432, 20, 150
MONTH = Decimal(36)
#: Levels closer than that would be labelled alike.
TENTH_OF_A_POINT = Decimal("0.001")
#: A picture has at most so many lines across.
MOST_LINES = 4


@dataclass(frozen=True)
class MonthValues:
    """One due month: what was filed this year and approved a year before, and what the plan expects."""

    month: date
    figure: Figure | None
    last_year: Decimal | None
    plan: Decimal | None
    is_last_year_made_up: bool = False

    @property
    def value(self) -> Decimal | None:
        return standing_value(self.figure)


@dataclass(frozen=True)
class Line:
    """One series; ``name`` is its word, ``key`` how it is drawn."""

    key: str
    name: str
    points: list[tuple[str, str]]

    @property
    def path(self) -> str:
        return " ".join(f"{x},{y}" for x, y in self.points)


@dataclass(frozen=True)
class Chart:
    lines: list[Line]
    #: A line across and what it stands for.
    levels: list[tuple[str, str]]
    #: Where each month stands, and its number.
    months: list[tuple[str, int]]
    #: The month of the cell: left edge of its band.
    here: str


def chart_of(indicator: Indicator, months: Iterable[MonthValues], here: date) -> Chart | None:
    """Return the picture; None where there is no number to draw."""
    months = list(months)
    made_up = any(one.is_last_year_made_up for one in months)
    series = [
        ("plan", _("序时进度"), [one.plan for one in months]),
        ("before", last_year_words(_("上年"), is_made_up=made_up), [one.last_year for one in months]),
        ("now", _("本年"), [one.value for one in months]),
    ]
    values = [value for _key, _name, line in series for value in line if value is not None]
    if not any(value is not None for _key, _name, line in series[1:] for value in line):
        return None
    from_zero = indicator.kind in {Kind.FLOW, Kind.ZERO, Kind.COUNT}
    levels = levels_for(values, from_zero=from_zero, least=TENTH_OF_A_POINT if indicator.is_ratio else Decimal(1))
    lines = [Line(key, name, _points(months, line, levels)) for key, name, line in series]
    return Chart(
        lines=[line for line in lines if line.points],
        levels=[(_y(level, levels), figure(level, indicator.unit_of_measure)) for level in levels],
        months=[(_x(month), month) for month in range(1, 13)],
        here=_text(MONTH * (here.month - 1)),
    )


def levels_for(values: Iterable[Decimal], *, from_zero: bool, least: Decimal) -> list[Decimal]:
    """Return round numbers from below the smallest value to above the largest, ``least`` or more apart.

    >>> [int(level) for level in levels_for([Decimal(93), Decimal(1014)], from_zero=True, least=Decimal(1))]
    [0, 500, 1000, 1500]
    >>> [int(level) for level in levels_for([Decimal(7)], from_zero=False, least=Decimal(1))]
    [6, 7, 8]
    """
    values = list(values)
    low = min([Decimal(0), *values]) if from_zero else min(values)
    high = max(values)
    if low == high:
        low, high = low - (0 if from_zero else least), high + least
    step = next(step for step in _steps(high - low) if step >= least and step * MOST_LINES >= high - low)
    first = measures.quotient(low, step).to_integral_value("ROUND_FLOOR") * step
    levels = [first, first + step]
    while levels[-1] < high:
        levels.append(levels[-1] + step)
    return levels


def _steps(span: Decimal) -> Iterable[Decimal]:
    """Yield round numbers, 1, 2 and 5 with zeros, from well below the span upwards."""
    power = Decimal(1).scaleb(span.adjusted() - 1)
    while True:
        yield from (power, power * 2, power * 5)
        power *= 10


def _points(months: list[MonthValues], values: list[Decimal | None], levels: list[Decimal]) -> list[tuple[str, str]]:
    placed = zip(months, values, strict=True)
    return [(_x(one.month.month), _y(value, levels)) for one, value in placed if value is not None]


def _x(month: int) -> str:
    return _text(MONTH * (month - 1) + MONTH * Decimal("0.5"))


def _y(value: Decimal, levels: list[Decimal]) -> str:
    share = measures.quotient(value - levels[0], levels[-1] - levels[0])
    return _text(BOTTOM - share * (BOTTOM - TOP))


def _text(number: Decimal) -> str:
    """Write a coordinate as SVG reads it, to a tenth."""
    return f"{number:.1f}"
