"""Which report an address opens, and for whom: pages and REST ask here."""

from __future__ import annotations

from datetime import date

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts import permissions
from accounts.models import ReportingUnit
from submissions import services
from submissions.models import MonthlyReport, ReportingMonth
from targets.models import Assignment, Milestone


def report_open_to(person: permissions.Person, month: date, unit: str) -> MonthlyReport:
    """Return the report, begun or not, as far as the person may read it.

    :raises Http404: there is none, the unit files nothing, or it is not open to the person; all read alike.
    """
    period = get_object_or_404(ReportingMonth, month=month)
    filing_unit = get_object_or_404(ReportingUnit.objects.select_related("parent"), code=unit)
    if not files_reports(filing_unit, period):
        raise Http404
    report = services.report_for(filing_unit, period)
    if not permissions.sees_drafts(person, filing_unit):
        get_object_or_404(MonthlyReport.objects.visible_to(person), pk=report.pk)
    return report


def files_reports(unit: ReportingUnit, period: ReportingMonth) -> bool:
    """Say whether the unit reports at all: units what they are assigned, the nation milestones that no unit reports."""
    if unit.is_nation:
        return Milestone.objects.filter(item__plan=period.plan_id).filed_by(unit).exists()
    return Assignment.objects.filter(plan=period.plan_id, unit=unit).exists()
