"""Up to five units side by side on one or more indicators; the address is all it takes to show it to someone else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from accounts import permissions
from accounts.models import ReportingUnit
from reporting import aggregates
from reporting.aggregates import ProgressRow
from reporting.pages import months, tables
from reporting.pages.curves import PERCENT, Axis, axis_of, labels, line
from reporting.pages.tables import Line
from reporting.pages.words import month_words
from submissions.models import ReportingMonth
from targets import measures, periods
from targets.models import Indicator, Kind
from workplan.templatetags.figures import figure, percent
from workplan.templatetags.portal import short_month

#: As many lines as a chart can tell apart without colour.
MOST_UNITS = 5
MOST_INDICATORS = 6


@dataclass(frozen=True)
class Cell:
    """What one unit stands at in one month: the value, and the share done where it can be stated."""

    value: Decimal | None
    share: Decimal | None
    #: Of an earlier month; the line has no point for it.
    is_carried: bool = False

    def drawn(self, *, by_share: bool) -> Decimal | None:
        if self.is_carried:
            return None
        return self.share if by_share else self.value


@dataclass(frozen=True)
class Comparison:
    """One indicator of the chosen units: the chart, its months as a table, and where each stands."""

    indicator: Indicator
    lines: tuple[Line, ...]
    chart: dict[str, object]
    months: tuple[tuple[date, tuple[Cell, ...]], ...]
    by_share: bool
    period: ReportingMonth

    @property
    def is_marked(self) -> bool:
        return any(one.marks for one in self.lines)

    @property
    def legend(self) -> str:
        return tables.legend_of(self.lines)

    @property
    def query(self) -> str:
        """The address of the same numbers as a file."""
        units = [("unit", one.row.unit.code) for one in self.lines]
        return urlencode([("indicator", self.indicator.code), *units, ("month", f"{self.period}")])


@dataclass(frozen=True)
class ComparePage:
    period: ReportingMonth
    months: list[date]
    offered_units: tuple[ReportingUnit, ...]
    offered_indicators: tuple[Indicator, ...]
    units: tuple[ReportingUnit, ...]
    indicators: tuple[Indicator, ...]
    closed: tuple[ReportingUnit, ...]
    comparisons: tuple[Comparison, ...]
    address: str
    scale: int = tables.SCALE

    @property
    def places(self) -> tuple[ReportingUnit | None, ...]:
        """Five places of the form, the chosen units first."""
        return (*self.units, *(None,) * (MOST_UNITS - len(self.units)))


def compare_page(
    person: permissions.Person,
    period: ReportingMonth,
    units: list[ReportingUnit],
    indicators: list[Indicator],
    *,
    today: date,
) -> ComparePage:
    """Return the page; a unit whose month is closed to the person is named, and shows its open months alone."""
    nation = permissions.national_unit()
    rows = _rows(person, period, units, indicators)
    thresholds = aggregates.thresholds_of(period.plan_id)
    compared = []
    for indicator in indicators:
        of_indicator = [row for unit in units for row in rows if (row.indicator, row.unit) == (indicator, unit)]
        if of_indicator:
            compared.append(comparison(indicator, tables.lines(of_indicator, thresholds), period))
    asked = [("unit", one.code) for one in units] + [("indicator", one.code) for one in indicators]
    return ComparePage(
        period=period,
        months=months.offered(person, period, today=today, unit=nation),
        offered_units=(nation, *ReportingUnit.objects.children_of(nation)),
        offered_indicators=tuple(Indicator.objects.order_by("code")),
        units=tuple(units),
        indicators=tuple(indicators),
        closed=tuple(unit for unit in units if not months.is_open_to(person, period, unit)),
        comparisons=tuple(compared),
        address=urlencode([*asked, ("month", f"{period}")]),
    )


def _rows(
    person: permissions.Person, period: ReportingMonth, units: list[ReportingUnit], indicators: list[Indicator]
) -> list[ProgressRow]:
    return aggregates.progress_rows(person, period, units, indicators=indicators) if units and indicators else []


def comparison(indicator: Indicator, lines: Iterable[Line], period: ReportingMonth) -> Comparison:
    """Return one indicator of the units; what accumulates is drawn as the share done, so that sizes compare."""
    lines = tuple(lines)
    by_share = any(one.row.progress.completion_rate is not None for one in lines)
    cells = [_year(one.row) for one in lines]
    months_ = [periods.month_start(period.month.year, n) for n in range(1, periods.MONTHS_IN_YEAR + 1)]
    drawn = [[cell.drawn(by_share=by_share) for cell in year] for year in cells]
    axis = Axis(PERCENT, "%") if by_share else axis_of(indicator, [value for year in drawn for value in year])
    names = [one.row.unit.label for one in lines]
    return Comparison(
        indicator=indicator,
        lines=lines,
        chart={
            "kind": "curve",
            **labels(indicator, axis, period, _("单位比较")),
            "file": "_".join([indicator.code, *(one.row.unit.code for one in lines)]),
            "fromZero": indicator.kind == Kind.FLOW,
            "months": [short_month(month) for month in months_],
            "focus": period.month.month - 1,
            "sentences": [
                _sentence(month, names, [year[at] for year in cells], indicator) for at, month in enumerate(months_)
            ],
            "lines": {
                f"unit{n}": line(name, axis, year) for n, (name, year) in enumerate(zip(names, drawn, strict=True), 1)
            },
            "forecast": None,
        },
        months=tuple((month, tuple(year[at] for year in cells)) for at, month in enumerate(months_)),
        by_share=by_share,
        period=period,
    )


def _year(row: ProgressRow) -> list[Cell]:
    """Return twelve months; one that stands on earlier figures alone says so."""
    told = row.history
    cells = {
        month.month: Cell(value, measures.completion_rate(row.goal, value), is_carried=n_reported == 0)
        for month, value, n_reported in zip(told.months, told.values, told.n_reported, strict=True)
        if value is not None
    }
    return [cells.get(number, Cell(None, None)) for number in range(1, periods.MONTHS_IN_YEAR + 1)]


def _sentence(month: date, names: list[str], cells: list[Cell], indicator: Indicator) -> str:
    told = [
        f"{name} {figure(cell.value, indicator.unit_of_measure)}"
        + (f" ({percent(cell.share)})" if cell.share is not None else "")
        + (f" {_('上期')}" if cell.is_carried else "")
        for name, cell in zip(names, cells, strict=True)
        if cell.value is not None
    ]
    words = {"month": month_words(month), "told": _("；").join(told)}
    return _("%(month)s：%(told)s") % words if told else _("%(month)s：尚无数据") % words
