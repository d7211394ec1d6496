"""What stood at an earlier moment, rebuilt from what is never changed: filings, their figures, and the approvals.

Approvals follow each other by their sequence; the moment of one only says which came before the instant asked about.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from accounts.models import ReportingUnit
from submissions.models import Decision, Figure, FigureState, Filing, Verb
from targets.models import Indicator


def filings_at(
    units: Iterable[ReportingUnit | int], months: Iterable[date], instant: datetime
) -> dict[tuple[int, date], int]:
    """Return the filing in force at the instant for each unit and month: (unit id, month) → filing id.

    Shape: only where something had been approved by then; one query.
    Source: the newest approval by sequence that had been given by the instant.
    """
    approvals = (
        Decision.objects.filter(verb=Verb.APPROVE, at__lte=instant, report__unit__in=units, report__period__in=months)
        .order_by("report_id", "-id")
        .distinct("report_id")
    )
    rows = approvals.values_list("report__unit_id", "report__period_id", "filing_id")
    return {(unit_id, month): filing_id for unit_id, month, filing_id in rows}


def figure_at(unit: ReportingUnit, indicator: Indicator, month: date, instant: datetime) -> Figure | None:
    """Return the figure that was in force at the instant; None where none had been approved for this month."""
    filing = filings_at([unit], [month], instant).get((unit.pk, month))
    return Figure.objects.select_related("filing").filter(filing=filing, indicator=indicator).first()


def versions_of(unit: ReportingUnit, indicator: Indicator, month: date) -> list[Figure]:
    """Return every version of a figure that was ever in force, oldest first: flash, corrections, final."""
    approved = Filing.objects.filter(report__unit=unit, report__period=month, decisions__verb=Verb.APPROVE).order_by(
        "number"
    )
    figures = Figure.objects.filter(filing__in=approved, indicator=indicator).select_related("filing__decided_by")
    return list(figures.order_by("filing__number"))


def newest_figures_at(
    units: Iterable[ReportingUnit | int], indicator: Indicator, months: Iterable[date], instant: datetime
) -> dict[int, Figure]:
    """Return the figure each unit stood at: of these months the newest in force at the instant, by unit id.

    What was not reported is passed over; one that is not applicable ends the unit's earlier ones.
    """
    in_force = filings_at(units, months, instant)
    of_filing = {filing: key for key, filing in in_force.items()}
    figures = Figure.objects.filter(filing__in=of_filing, indicator=indicator).exclude(state=FigureState.NOT_REPORTED)
    newest: dict[int, tuple[date, Figure]] = {}
    for figure in figures:
        unit_id, month = of_filing[figure.filing_id]
        if unit_id not in newest or newest[unit_id][0] < month:
            newest[unit_id] = (month, figure)
    return {unit_id: figure for unit_id, (_month, figure) in newest.items() if figure.state == FigureState.REPORTED}
