"""What is due from a unit in a month, and what it filed before: the rows that pages, services and rules share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from django.db.models import F

from accounts.models import ReportingUnit, UnitQuerySet
from submissions.models import Explanation, Figure, FigureState, MonthlyReport, ReportingMonth
from targets.models import Assignment, Indicator, Target

#: Which of a report's filings is meant: the one in work, or the one in force.
Standing = Literal["filing", "approved_filing"]

#: The filing in work of the row's own report, as a condition on `filing`.
CURRENT_FILING = F("filing__report__filing_id")


def due_indicators(unit: ReportingUnit, period: ReportingMonth) -> list[Indicator]:
    """Return the indicators the unit is assigned in the plan and that are due in the month, by code."""
    assigned = Indicator.objects.filter(assignments__unit=unit, assignments__plan_id=period.plan_id)
    with_parts = assigned.prefetch_related("filed_parts").order_by("code")
    return [one for one in with_parts if period.is_due(one.frequency)]


def names_of(indicators: Iterable[Indicator]) -> dict[str, str]:
    """Return the names a finding's sentence uses, by code; a part of a figure goes by ``T08.workers``."""
    names: dict[str, str] = {}
    for one in indicators:
        names[one.code] = f"{one.code} {one.short_label}"
        names |= {f"{one.code}.{part.code}": part.label for part in one.filed_parts.all()}
    return names


def targets_by_indicator(unit: ReportingUnit, period: ReportingMonth) -> dict[int, Target]:
    """Return the unit's own targets of the plan year, by indicator id."""
    rows = Target.objects.filter(plan_id=period.plan_id, unit=unit).select_related("indicator")
    return {target.indicator_id: target for target in rows}


def figures_by_indicator(report: MonthlyReport) -> dict[int, Figure]:
    """Return the figures of the filing in work, by indicator id."""
    if report.filing_id is None:
        return {}
    return {figure.indicator_id: figure for figure in report.filing.figures.all()}


def earlier_filings(report: MonthlyReport, standing: Standing, *, with_own: bool = False) -> list[int]:
    """Return the filings of the unit's reports before this one in the plan year (and, if asked, of this one).

    They are read before what hangs on them: a join from the side of the figures is slow while the database has not yet
    seen how many there are.
    """
    reports = MonthlyReport.objects.filter(unit_id=report.unit_id, period__plan_id=report.period.plan_id)
    until = reports.filter(period__lte=report.month) if with_own else reports.filter(period__lt=report.month)
    return list(until.exclude(**{standing: None}).values_list(standing, flat=True))


def previous_figures(report: MonthlyReport, *, standing: Standing = "filing") -> dict[int, Figure]:
    """Return each indicator's newest reported figure of an earlier month of the plan year, as filed there."""
    newest_first = (
        Figure.objects.filter(filing__in=earlier_filings(report, standing), state=FigureState.REPORTED)
        .order_by("indicator_id", "-filing__report__period")
        .distinct("indicator_id")
        .select_related("filing__report")
    )
    return {figure.indicator_id: figure for figure in newest_first}


def last_explanations(report: MonthlyReport) -> dict[str, str]:
    """Return the unit's newest answer to each finding (``V08:T01``) in an earlier month of the plan year."""
    answers = Explanation.objects.filter(filing__in=earlier_filings(report, "filing")).order_by(
        "filing__report__period"
    )
    rows = answers.values_list("rule", "indicator__code", "text")
    return {f"{rule}:{code}": text for rule, code, text in rows}


def due_units(period: ReportingMonth) -> UnitQuerySet:
    """Return the units with a figure due for the month."""
    assigned = Assignment.objects.filter(plan=period.plan_id, indicator__frequency__in=period.frequencies_due)
    units: UnitQuerySet = ReportingUnit.objects.filter(pk__in=assigned.values("unit"))
    return units
