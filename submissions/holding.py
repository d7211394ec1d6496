"""A report held for one transaction: its row against other writers, its month against closing."""

from __future__ import annotations

from submissions.models import Filing, MonthlyReport, ReportingMonth

_SHARED = "SELECT * FROM submissions_reportingmonth WHERE month = %s FOR SHARE"


def locked(report: MonthlyReport) -> MonthlyReport:
    """Return the report as it is now; its row, and its month against closing, are held until the transaction ends.

    The month is shared by all who move reports and taken alone by `close_month`, so nothing slips in behind a closing.
    A report nobody began is returned as it is: there is nothing to hold, and no step but the first applies to it.
    """
    if report.pk is None:
        return report
    (period,) = ReportingMonth.objects.raw(_SHARED, [report.period_id])
    held: MonthlyReport = (
        MonthlyReport.objects.select_for_update(of=("self",), no_key=True)
        .select_related("filing__submitted_by")
        .get(pk=report.pk)
    )
    held.unit, held.period = report.unit, period  # a report never moves to another unit
    return held


def begun(report: MonthlyReport, *, is_demo: bool = False) -> MonthlyReport:
    """Return the locked report, begun with an empty first filing when nobody has."""
    if report.pk is None:
        fresh, created = MonthlyReport.objects.get_or_create(
            unit=report.unit, period=report.period, defaults={"is_demo": is_demo}
        )
        if created:
            fresh.filing = Filing.objects.create(report=fresh, number=1)
            fresh.save(update_fields=["filing"])
        report = fresh
    return locked(report)
