"""What a figure is held against besides the month before: the same month of last year, and how its siblings moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median

from django.db.models import F

from submissions.models import Figure, FigureState, MonthlyReport, ReportStatus
from submissions.published import LastYear, last_year, published_figures, year_before
from submissions.statement import Row, standing_value
from targets import measures, periods
from targets.models import Indicator
from workplan.lib import clock

#: A sibling counts once its report has left its own hands.
HANDED_IN = (ReportStatus.SUBMITTED, ReportStatus.APPROVED)
#: Below this many siblings a median says nothing.
FEWEST_PEERS = 3


@dataclass(frozen=True)
class Peers:
    """How the siblings' figures of one indicator moved since the period before: the median, and over how many."""

    move: Decimal
    n: int


def move(indicator: Indicator, value: Decimal | None, before: Decimal | None) -> Decimal | None:
    """Return how a figure moved: the growth; of a rate, which has none worth comparing, the difference."""
    if not indicator.is_ratio:
        return measures.growth(value, before)
    return None if value is None or before is None else value - before


def values_last_year(report: MonthlyReport) -> LastYear[int]:
    """Return the unit's approved values of the same month a year before, else what was published, by indicator id."""
    before = year_before(report.month)
    published = published_figures([report.unit], Indicator.objects.all(), [before], today=clock.today())
    figures = Figure.objects.filter(
        filing__report__unit=report.unit_id,
        filing__report__period=before,
        filing__report__approved_filing=F("filing"),
        state=FigureState.REPORTED,
    )
    return last_year(
        {figure.indicator_id: standing_value(figure) for figure in figures},
        {indicator: one for (_unit, indicator, _month), one in published.items()},
    )


def peers_of(report: MonthlyReport, rows: Iterable[Row]) -> dict[int, Peers]:
    """Return, by indicator id, how the units beside this one moved; indicators with too few of them are left out.

    Two queries, whatever is due: the siblings' filings of the month and of the due months before it, their figures.
    """
    indicators = {row.indicator.pk: row.indicator for row in rows}
    before_of = {pk: _due_before(report.month, one.frequency) for pk, one in indicators.items()}
    filings = _filings_beside(report, {report.month, *(month for month in before_of.values() if month)})
    values: dict[tuple[int, date], dict[int, Decimal | None]] = defaultdict(dict)
    for figure in Figure.objects.filter(filing__in=filings, state=FigureState.REPORTED, indicator__in=indicators):
        unit, month = filings[figure.filing_id]
        values[figure.indicator_id, month][unit] = standing_value(figure)
    told = {}
    for pk, indicator in indicators.items():
        before = values.get((pk, before_of[pk]), {}) if before_of[pk] else {}
        moves = [move(indicator, value, before.get(unit)) for unit, value in values.get((pk, report.month), {}).items()]
        known = [one for one in moves if one is not None]
        if len(known) >= FEWEST_PEERS:
            told[pk] = Peers(median(known), len(known))
    return told


def _due_before(month: date, frequency: int) -> date | None:
    """Return the period before this one in the plan year; None in the year's first."""
    return periods.month_start(month.year, month.month - frequency) if month.month > frequency else None


def _filings_beside(report: MonthlyReport, months: Iterable[date]) -> dict[int, tuple[int, date]]:
    """Return the filings the siblings handed in for the months: unit and month by filing id."""
    beside = MonthlyReport.objects.filter(
        unit__parent=report.unit.parent_id, period__in=months, status__in=HANDED_IN
    ).exclude(unit=report.unit_id)
    return {filing: (unit, month) for filing, unit, month in beside.values_list("filing_id", "unit_id", "period_id")}
