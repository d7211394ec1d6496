"""One indicator of one unit: where it stands, its year month by month, the units below, and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from accounts import permissions
from accounts.models import ReportingUnit
from reporting import aggregates, nation
from reporting.aggregates import ProgressRow
from reporting.changes import Change, changes, until
from reporting.marks import Mark, legend, marks_of_year
from reporting.nation import PublishedLine
from reporting.pages import curves, headline, months, tables
from reporting.pages.expected import forecast_sentence
from reporting.pages.revised import RevisedLine, revised_lines
from reporting.pages.tables import Line, Ranking
from reporting.pages.words import target_words
from reporting.series import Series, SeriesPoint, monthly_series
from submissions.models import ReportingMonth
from targets.models import Indicator, Target


@dataclass(frozen=True)
class MonthLine:
    """One month of the year with how it moved."""

    point: SeriesPoint
    change: Change
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class IndicatorPage:
    period: ReportingMonth
    months: list[date]
    indicator: Indicator
    unit: ReportingUnit
    units: list[ReportingUnit]
    target: Target | None
    target_words: str
    is_open: bool
    line: Line | None
    headline: str
    forecast: str
    months_told: tuple[MonthLine, ...]
    curve: dict[str, object]
    ranking: Ranking | None
    #: What was published for the country, beside what its units add up to; and what the rules on the country find.
    published: tuple[PublishedLine, ...] = ()
    found: tuple[str, ...] = ()
    revised: tuple[RevisedLine, ...] = ()
    #: Where last year's figures were published, if the portal has no reports of them, and whether any is made up.
    past_sources: tuple[str, ...] = ()
    is_past_synthetic: bool = False
    scale: int = tables.SCALE

    @property
    def legend(self) -> str:
        """Explain the marks of the months; "" where they have none."""
        return legend(mark for one in self.months_told for mark in one.marks)

    @property
    def row(self) -> ProgressRow | None:
        return self.line.row if self.line else None

    @property
    def points(self) -> tuple[SeriesPoint, ...]:
        return tuple(one.point for one in self.months_told)

    @property
    def newest(self) -> MonthLine:
        """The month the page tells of."""
        return self.months_told[self.period.month.month - 1]

    @property
    def has_seasonal(self) -> bool:
        return any(point.seasonal_target is not None for point in self.points)

    @property
    def has_previous_year(self) -> bool:
        return any(point.previous_year is not None for point in self.points)

    @property
    def moves_over_year(self) -> bool:
        return any(one.change.over_year is not None for one in self.months_told)

    @property
    def moves_over_period(self) -> bool:
        return any(one.change.over_period is not None for one in self.months_told)

    @property
    def has_figures(self) -> bool:
        return any(point.value is not None for point in self.points)


def indicator_page(
    person: permissions.Person,
    period: ReportingMonth,
    indicator: Indicator,
    unit: ReportingUnit,
    *,
    today: date,
) -> IndicatorPage:
    """Return the page; in a month closed to the person it has the definition and the open months alone."""
    children = list(ReportingUnit.objects.children_of(unit))
    is_open = months.is_open_to(person, period, unit)
    rows = aggregates.progress_rows(person, period, [unit, *children], indicators=[indicator]) if is_open else []
    thresholds = aggregates.thresholds_of(period.plan_id)
    own = [row for row in rows if row.unit == unit]
    below = [row for row in rows if row.unit != unit]
    line = next(iter(tables.lines(own, thresholds)), None)
    series = until(monthly_series(person, period.plan, indicator, unit), period)
    published = tuple(nation.published_lines(indicator, period, series.points, today=today)) if unit.is_nation else ()
    return IndicatorPage(
        period=period,
        months=months.offered(person, period, today=today, unit=unit),
        indicator=indicator,
        unit=unit,
        units=_units(unit),
        target=series.target,
        target_words=target_words(series.target),
        is_open=is_open,
        line=line,
        headline=headline.joined(headline.indicator_headline(period, line.row, below)) if line else "",
        forecast=_forecast(line),
        months_told=_months_told(series, marks_of_year(person, period, indicator, unit)),
        curve=curves.curve(series, line.row if line else None, period=period),
        ranking=tables.ranking(indicator, below, thresholds, of=series.target) if below else None,
        published=published,
        found=_found(person, indicator, period, line, below, published),
        revised=revised_lines(person, period, rows),
        past_sources=series.past_sources,
        is_past_synthetic=series.is_past_synthetic,
    )


def _found(
    person: permissions.Person,
    indicator: Indicator,
    period: ReportingMonth,
    line: Line | None,
    below: list[ProgressRow],
    published: tuple[PublishedLine, ...],
) -> tuple[str, ...]:
    """Return what the rules on the country find; nothing for a unit, or where the month is closed to the person."""
    if line is None or not line.row.unit.is_nation:
        return ()
    sets_targets = permissions.may_edit_plan(person)
    return tuple(nation.findings(indicator, period, line.row, below, published, with_split=sets_targets))


def _units(unit: ReportingUnit) -> list[ReportingUnit]:
    """Return the units offered beside this one: the country and the units directly below it."""
    nation = permissions.national_unit()
    offered = [nation, *ReportingUnit.objects.children_of(nation)]
    return offered if unit in offered else [*offered, unit]


def _months_told(series: Series, marks: Mapping[date, tuple[Mark, ...]]) -> tuple[MonthLine, ...]:
    return tuple(
        MonthLine(point, change, marks.get(point.month, ()))
        for point, change in zip(series.points, changes(series), strict=True)
    )


def _forecast(line: Line | None) -> str:
    if line is None or line.row.forecast is None:
        return ""
    return forecast_sentence(line.row.forecast, line.row.indicator)
