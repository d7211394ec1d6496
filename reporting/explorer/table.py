"""The table: facts read in one go and laid out in rows and columns, sorted, with a total where adding means something.

Who may read what is decided by the rows of progress alone; a cell that is not open to the reader is not there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product

from django.utils.translation import gettext as _

from accounts import permissions
from accounts.models import ReportingUnit
from accounts.regions import RegionGroup
from reporting.aggregates import row_value, rows_of_months, thresholds_of
from reporting.explorer.asked import Asked, Axis, NotUnderstood
from reporting.explorer.readings import Fact, Measure, Past, Reading, added, fact
from reporting.models import Total
from reporting.pages import months
from reporting.pages.words import month_words
from submissions.models import ReportingMonth
from submissions.published import Key, LastYear, last_year, published_figures, year_before
from targets.goals import SEVERITY, Status, Thresholds
from targets.models import Indicator

Member = ReportingUnit | RegionGroup | Indicator | ReportingMonth
#: Code of the unit or region, of the indicator, and the month: where a fact stands.
Place = tuple[str, str, str]


@dataclass(frozen=True)
class Head:
    """One value of an axis: a unit, a region, an indicator or a month."""

    axis: Axis
    member: Member

    @property
    def key(self) -> str:
        return f"{self.member}" if isinstance(self.member, ReportingMonth) else self.member.code

    @property
    def label(self) -> str:
        if isinstance(self.member, ReportingMonth):
            return month_words(self.member.month)
        return self.member.short_label if isinstance(self.member, Indicator) else self.member.label


@dataclass(frozen=True)
class Line:
    """One row: what it stands for, and a fact for each column; no head for a total."""

    head: Head | None
    within: Head
    facts: tuple[Fact | None, ...]


@dataclass(frozen=True)
class Closed:
    """A month that is not published, and how many of the units asked for are closed to the reader in it."""

    period: ReportingMonth
    n_units: int


@dataclass(frozen=True)
class Table:
    asked: Asked
    columns: tuple[Head, ...]
    lines: tuple[Line, ...]
    totals: tuple[Line, ...]
    closed: tuple[Closed, ...]
    #: Whether what is in neither axis has more than one value, and so a column of its own.
    nests: bool

    @property
    def n_cells(self) -> int:
        return (len(self.lines) + len(self.totals)) * len(self.columns) * len(self.asked.measures)

    @property
    def everything(self) -> tuple[Line, ...]:
        return self.lines + self.totals


def table(person: permissions.Person, asked: Asked, *, today: date) -> Table:
    """Return the table asked for, as far as it is open to the person.

    Shape: a line without a single fact is left out; the same number of queries whatever is asked for.
    :raises NotUnderstood: it is to be sorted by a column that it does not have.
    """
    thresholds = thresholds_of(asked.months[0].plan_id)
    of_units = _facts(person, asked, today=today)
    closed = {(unit.code, f"{period}") for unit, period in _closed(person, asked)}
    by_region = Axis.REGION in (asked.rows, asked.columns)
    found = _of_regions(of_units, asked, closed, thresholds) if by_region else of_units
    if asked.statuses:
        found = {place: one for place, one in found.items() if one.status in asked.statuses}
    columns, heads, within = (tuple(_heads(asked, axis)) for axis in (asked.columns, asked.rows, asked.within))
    lines = [
        Line(head, inner, tuple(found.get(_place(head, inner, column)) for column in columns))
        for head, inner in product(heads, within)
    ]
    shown = _sorted(asked, columns, [line for line in lines if any(line.facts)])
    return Table(
        asked=asked,
        columns=columns,
        lines=tuple(shown),
        totals=tuple(_totals(asked, columns, within, of_units, closed, thresholds)) if _adds(asked) else (),
        closed=_counted(asked, closed),
        nests=len(within) > 1,
    )


# What is read ----------------------------------------------------------------------------------


def _facts(person: permissions.Person, asked: Asked, *, today: date) -> dict[Place, Fact]:
    rows = rows_of_months(person, asked.months, asked.units.chosen, indicators=asked.indicators)
    past = Past(_previous_year(person, asked, today=today), _first_period(asked))
    return {(row.unit.code, row.indicator.code, f"{row.month:%Y-%m}"): fact(row, past) for row in rows}


def _previous_year(person: permissions.Person, asked: Asked, *, today: date) -> LastYear[Key]:
    """Return the year before of each unit, indicator (ids) and month: reported, else published."""
    if not {Measure.PREVIOUS_YEAR, Measure.CHANGE} & set(asked.measures):
        return last_year({}, {})
    this_year = {year_before(period.month): period.month for period in asked.months}
    rows = Total.objects.visible_to(person).filter(
        unit__in=asked.units.chosen, indicator__in=asked.indicators, month__in=this_year
    )
    own = {
        (row.unit_id, row.indicator_id, this_year[row.month]): row_value(row)
        for row in rows.select_related("indicator")
    }
    published = published_figures(asked.units.chosen, asked.indicators, this_year, today=today)
    return last_year(
        own, {(unit, indicator, this_year[month]): one for (unit, indicator, month), one in published.items()}
    )


def _first_period(asked: Asked) -> int:
    """Return how many months the first period of the plan year has: January may be reported with February."""
    double = ReportingMonth.objects.filter(plan=asked.months[0].plan_id, reported_with=None, month__month=2)
    return 2 if any(one.covers_two_months for one in double) else 1


def _closed(person: permissions.Person, asked: Asked) -> list[tuple[ReportingUnit, ReportingMonth]]:
    """Return what the person may not read: unpublished months of units other than the own."""
    return [
        (unit, period)
        for period in asked.months
        if not period.is_published
        for unit in asked.units.chosen
        if not months.is_open_to(person, period, unit)
    ]


def _counted(asked: Asked, closed: set[tuple[str, str]]) -> tuple[Closed, ...]:
    told = [Closed(period, sum(month == f"{period}" for _unit, month in closed)) for period in asked.months]
    return tuple(one for one in told if one.n_units)


# Adding ----------------------------------------------------------------------------------------


def _of_regions(
    facts: Mapping[Place, Fact], asked: Asked, closed: set[tuple[str, str]], thresholds: Thresholds
) -> dict[Place, Fact]:
    """Return the regions; one with a unit that is closed to the reader in a month is left out of it."""
    group_of = {unit.code: asked.units.groups[unit.pk].code for unit in asked.units.chosen}
    lacking = {(group_of[unit], month) for unit, month in closed}
    parts: dict[Place, list[Fact]] = defaultdict(list)
    for (unit, indicator, month), one in facts.items():
        if (group_of[unit], month) not in lacking:
            parts[group_of[unit], indicator, month].append(one)
    sums = {place: added(some, thresholds) for place, some in parts.items()}
    return {place: one for place, one in sums.items() if one is not None}


def _adds(asked: Asked) -> bool:
    """Say whether lines may be added: several units, none within another, and none left out by its status."""
    return (
        asked.rows.dimension is Axis.UNIT
        and len(asked.units.chosen) > 1
        and not asked.statuses
        and not asked.units.overlap
    )


def _totals(
    asked: Asked,
    columns: Iterable[Head],
    within: Iterable[Head],
    facts: Mapping[Place, Fact],
    closed: set[tuple[str, str]],
    thresholds: Thresholds,
) -> Iterable[Line]:
    """Yield the units added up, one line for each indicator or month that nests in the rows: these are never added."""
    by_rest: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for (_unit, indicator, month), one in facts.items():
        by_rest[indicator, month].append(one)
    closed_months = {month for _unit, month in closed}
    columns = tuple(columns)
    for inner in within:
        places = [_place(inner, column) for column in columns]
        sums = tuple(
            None if month in closed_months else added(by_rest[indicator, month], thresholds)
            for _nobody, indicator, month in places
        )
        if any(sums):
            yield Line(None, inner, sums)


# Laying out ------------------------------------------------------------------------------------


def _heads(asked: Asked, axis: Axis) -> Iterable[Head]:
    members: Mapping[Axis, Callable[[], Iterable[Member]]] = {
        Axis.UNIT: lambda: asked.units.chosen,
        Axis.REGION: lambda: asked.units.regions,
        Axis.INDICATOR: lambda: asked.indicators,
        Axis.MONTH: lambda: asked.months,
    }
    return [Head(axis, member) for member in members[axis]()]


def _place(*heads: Head) -> Place:
    keys = {head.axis.dimension: head.key for head in heads}
    return (keys.get(Axis.UNIT, ""), keys[Axis.INDICATOR], keys[Axis.MONTH])


def _sorted(asked: Asked, columns: tuple[Head, ...], lines: list[Line]) -> list[Line]:
    """Order the lines by a column, largest first where it is written with a minus; what is missing comes last."""
    if not asked.sort:
        return lines
    text = asked.sort.removeprefix("-")
    known = {
        f"{column.key}.{measure}": (at, measure) for at, column in enumerate(columns) for measure in asked.measures
    }
    if text not in known:
        sentence = _("不能按“%(text)s”排序：表中没有这一列。请点击列标题排序。") % {"text": text[:40]}
        raise NotUnderstood([sentence], asked)
    at, measure = known[text]
    weighed = [(_weight(line.facts[at], measure), line) for line in lines]
    present = [(weight, line) for weight, line in weighed if weight is not None]
    ordered = sorted(present, key=lambda pair: pair[0], reverse=asked.sort.startswith("-"))
    return [line for _weight, line in ordered] + [line for weight, line in weighed if weight is None]


def _weight(one: Fact | None, measure: Measure) -> Decimal | int | None:
    found: Reading = None if one is None else one.readings[measure]
    return SEVERITY.index(found) if isinstance(found, Status) else found
