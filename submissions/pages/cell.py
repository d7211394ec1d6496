"""The context of one cell of the grid: two years, its target, what is found, who changed it, what was said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F

from accounts.models import ReportingUnit, User
from submissions import reviewing, services
from submissions.forms import cell_text
from submissions.models import Decision, Explanation, Figure, FigureState, MonthlyReport, ReportingMonth
from submissions.pages.cell_chart import Chart, MonthValues, chart_of
from submissions.pages.changes import Change, changes_of
from submissions.pages.offers import Offer, offer_of
from submissions.pages.work import Year
from submissions.pages.years import months_of_the_year
from submissions.published import LastYear, last_year, published_figures, year_before
from submissions.reviewing import Asked
from submissions.statement import Found, Row, standing_value, statement
from targets import measures
from targets.models import Indicator, Target
from workplan.lib import clock
from workplan.templatetags.figures import as_typed


@dataclass(frozen=True)
class PastCell:
    """What was once written into the row, as it is typed, to be taken back with one click."""

    change: Change
    texts: list[tuple[str, str]]


@dataclass(frozen=True)
class CellPage:
    period: ReportingMonth
    indicator: Indicator
    row: Row
    #: What the rules say of it, each with what it suggests instead.
    found: list[tuple[Found, Offer | None]]
    state: str
    #: Every due month of the year.
    year: list[MonthValues]
    #: None where no number has been filed yet.
    chart: Chart | None
    past: list[PastCell]
    #: What the reviewer wants to know of this very cell, with the answers given.
    asked: list[Asked]
    #: How warnings about the indicator were answered in other months of the year, newest first.
    explained: list[Explanation]
    said: list[Decision]

    @property
    def has_last_year(self) -> bool:
        return any(one.last_year is not None for one in self.year)

    @property
    def is_last_year_made_up(self) -> bool:
        return any(one.is_last_year_made_up for one in self.year)

    @property
    def has_plan(self) -> bool:
        return any(one.plan is not None for one in self.year)


def cell_page(unit: ReportingUnit, month: date, code: str, *, person: User, today: date, scale: int) -> CellPage | None:
    """Return the cell's context; None where the unit does not file the indicator in that month."""
    months = months_of_the_year(today, month.year)
    period = next((one for one in months if one.month == month), None)
    if period is None:
        return None
    report = services.report_for(unit, period)
    told = statement(report, person=person, today=today)
    row = next((one for one in told.rows if one.indicator.code == code), None)
    if row is None:
        return None
    year = Year(unit, months)
    due = [one.month for one in months if one.is_due(row.indicator.frequency)]
    figures = {one: year.figures.get(one, {}).get(row.indicator.pk) for one in due}
    values = _values(figures, _last_year(unit, row.indicator, due), row.target)
    decisions = [] if report.pk is None else report.decisions.exclude(comment="").select_related("by").order_by("-id")
    return CellPage(
        period=period,
        indicator=row.indicator,
        row=row,
        found=[(one, offer_of(one.finding, one.message, row.indicator, scale)) for one in row.found],
        state=cell_text(row.indicator, row.figure, "state", scale),
        year=values,
        chart=chart_of(row.indicator, values, month),
        past=[_past(one, code, scale) for one in changes_of([report], code).get(str(report.pk), [])],
        asked=[one for one in reviewing.asked_of(report) if one.comment.cell == code],
        explained=_explained(year.reports.values(), row.indicator, besides=report),
        said=list(decisions),
    )


def _last_year(unit: ReportingUnit, indicator: Indicator, due: Iterable[date]) -> LastYear[int]:
    """Return what was approved a year before, else what was published, by the number of the month."""
    before = [year_before(month) for month in due]
    published = published_figures([unit], [indicator], before, today=clock.today())
    figures = Figure.objects.filter(
        filing__report__unit=unit,
        filing__report__period__in=before,
        filing__report__approved_filing=F("filing"),
        indicator=indicator,
        state=FigureState.REPORTED,
    ).select_related("filing__report")
    return last_year(
        {one.filing.report.period_id.month: standing_value(one) for one in figures},
        {month.month: one for (*_of, month), one in published.items()},
    )


def _values(figures: Mapping[date, Figure | None], before: LastYear[int], target: Target | None) -> list[MonthValues]:
    filed = [(month, value) for month, one in figures.items() if (value := standing_value(one)) is not None]
    first_month, first_value = (filed[0][0].month, filed[0][1]) if filed else (None, None)

    def plan(month: int) -> Decimal | None:
        reading = measures.Reading(month, None, first_month=first_month, first_value=first_value)
        return None if target is None else measures.pro_rata_target(target.goal(), reading)

    return [
        MonthValues(month, one, before.values.get(month.month), plan(month.month), month.month in before.made_up)
        for month, one in figures.items()
    ]


def _explained(reports: Iterable[MonthlyReport], indicator: Indicator, *, besides: MonthlyReport) -> list[Explanation]:
    filings = [one.filing_id for one in reports if one.pk != besides.pk]
    answers = Explanation.objects.filter(filing__in=filings, indicator=indicator)
    return list(answers.select_related("filing__report__period").order_by("-filing__report__period", "rule"))


def _past(change: Change, code: str, scale: int) -> PastCell:
    fields = ("value", "numerator", "denominator", "persons")
    return PastCell(
        change,
        [
            (f"figure.{code}.{name}", as_typed(change.values[name], 1 if name == "persons" else scale))
            for name in fields
            if name in change.values
        ],
    )
