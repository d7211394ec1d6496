"""One unit: all its indicators against target and calendar, its reports of the year, the units below it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts import permissions
from accounts.models import ReportingUnit
from reporting import aggregates
from reporting.aggregates import ProgressRow
from reporting.pages import headline, months, tables
from reporting.pages.expected import forecast_detail, forecast_sentence, measured_bands
from reporting.pages.filers import Punctuality, punctuality, report_states
from reporting.pages.milestones import ItemPast, unit_milestones
from reporting.pages.revised import RevisedLine, revised_lines
from reporting.pages.sparks import Spark, over_period, over_year, spark, values_last_year
from reporting.pages.tables import Line
from reporting.warnings.badges import Badge, badge
from submissions.models import MonthlyReport, ReportingMonth
from submissions.published import LastYear, last_year
from targets.goals import SEVERITY, Status
from targets.models import Assignment


@dataclass(frozen=True)
class StripMonth:
    """One month of the unit's filing year; no status where the month has not begun."""

    month: date
    status: str | None
    is_linked: bool


@dataclass(frozen=True)
class IndicatorLine:
    """One indicator of the unit: where it stands, its year as a small line, and how it moved."""

    line: Line
    forecast: str
    forecast_detail: str
    spark: Spark | None
    over_period: Decimal | None
    over_year: Decimal | None
    is_last_year_made_up: bool

    @property
    def row(self) -> ProgressRow:
        return self.line.row


@dataclass(frozen=True)
class ChildLine:
    """One unit below: how many of its targets stand where, the gravest first, and its report of the month."""

    unit: ReportingUnit
    counts: tuple[tuple[Status, int], ...]
    report_status: str | None


@dataclass(frozen=True)
class UnitPage:
    period: ReportingMonth
    months: list[date]
    unit: ReportingUnit
    is_open: bool
    headline: str
    lines: tuple[IndicatorLine, ...]
    has_synthetic: bool
    #: Every target is made up: said once, above them.
    is_synthetic: bool
    strip: tuple[StripMonth, ...]
    milestones: tuple[ItemPast, ...]
    children: tuple[ChildLine, ...]
    punctuality: Punctuality | None
    revised: tuple[RevisedLine, ...]
    warned: Badge
    scale: int = tables.SCALE

    @property
    def moves_over_year(self) -> bool:
        return any(line.over_year is not None for line in self.lines)

    @property
    def is_last_year_made_up(self) -> bool:
        return any(line.is_last_year_made_up for line in self.lines if line.over_year is not None)

    @property
    def legend(self) -> str:
        return tables.legend_of(one.line for one in self.lines)

    @property
    def measured_bands(self) -> str:
        return measured_bands(one.row.forecast for one in self.lines)

    @property
    def has_ranks(self) -> bool:
        """Say whether the siblings' figures are open, or there are none to be ranked with."""
        return self.unit.is_nation or any(line.row.rank is not None for line in self.lines)


def unit_page(person: permissions.Person, period: ReportingMonth, unit: ReportingUnit, *, today: date) -> UnitPage:
    """Return the page; in a month closed to the person it has no figures and says so."""
    is_open = months.is_open_to(person, period, unit)
    children = list(ReportingUnit.objects.children_of(unit)) if is_open else []
    rows = aggregates.progress_rows(person, period, [unit, *children]) if is_open else []
    own = [row for row in rows if row.unit == unit]
    targets = [row.target.is_synthetic for row in own if row.target is not None]
    thresholds = aggregates.thresholds_of(period.plan_id)
    before = values_last_year(person, unit, period.month) if is_open else last_year({}, {})
    return UnitPage(
        period=period,
        months=months.offered(person, period, today=today, unit=unit),
        unit=unit,
        is_open=is_open,
        headline=headline.joined(headline.unit_headline(period, unit.label, own)) if own else "",
        lines=tuple(_line(line, before) for line in tables.lone_lines(own, thresholds)),
        has_synthetic=any(targets),
        is_synthetic=bool(targets) and all(targets),
        strip=strip(person, period, unit, today=today),
        milestones=unit_milestones(person, period, unit, today=today) if is_open else (),
        children=_children(person, period, children, [row for row in rows if row.unit != unit]),
        punctuality=punctuality(person, period, unit, today=today),
        revised=revised_lines(person, period, own),
        warned=badge(person, unit),
    )


def _line(line: Line, before: LastYear[int]) -> IndicatorLine:
    row = line.row
    made, indicator = row.forecast, row.indicator
    return IndicatorLine(
        line,
        "" if made is None else forecast_sentence(made, indicator),
        "" if made is None else forecast_detail(made, indicator),
        spark(row),
        over_period(row),
        over_year(row, before.values),
        indicator.pk in before.made_up,
    )


def strip(
    person: permissions.Person, period: ReportingMonth, unit: ReportingUnit, *, today: date
) -> tuple[StripMonth, ...]:
    """Return the unit's reports of the plan year; nothing where it files none or they are closed to the person."""
    if not Assignment.objects.filter(plan=period.plan_id, unit=unit).exists():
        return ()
    reports = MonthlyReport.objects.visible_to(person).filter(unit=unit, period__plan=period.plan_id)
    states = {report.month: report.status for report in reports}
    sees_all = permissions.sees_all_reports(person) or permissions.works_in(person, unit)
    if not states and not sees_all:
        return ()
    calendar = ReportingMonth.objects.filter(plan=period.plan_id).order_by("month")
    return tuple(
        StripMonth(
            month=one.month,
            status=states.get(one.month, "") if one.is_open_on(today) else None,
            is_linked=one.month in states or (sees_all and one.is_open_on(today)),
        )
        for one in calendar
    )


def _children(
    person: permissions.Person, period: ReportingMonth, children: list[ReportingUnit], rows: list[ProgressRow]
) -> tuple[ChildLine, ...]:
    counts: dict[int, Counter[Status]] = {}
    for row in rows:
        if row.status is not None:
            counts.setdefault(row.unit.pk, Counter())[row.status] += 1
    states = report_states(person, period, children) if children else {}
    return tuple(ChildLine(one, _gravest_first(counts.get(one.pk, Counter())), states.get(one.pk)) for one in children)


def _gravest_first(counts: Counter[Status]) -> tuple[tuple[Status, int], ...]:
    return tuple((status, counts[status]) for status in reversed(SEVERITY) if counts[status])
