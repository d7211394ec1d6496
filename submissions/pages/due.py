"""When a report is due, in words: how long is left, or how late it is."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from submissions import workdays
from submissions.models import MonthlyReport, ReportingMonth


def month_words(month: date) -> str:
    return date_format(month, "YEAR_MONTH_FORMAT")


def reference_of(report: MonthlyReport, number: int) -> str:
    """Return the number a receipt is found by: month, unit, which filing."""
    return f"{report.month:%Y%m}-{report.unit.code}-{number}"


def due_words(
    period: ReportingMonth, today: date, *, due_on: date | None = None, offices: workdays.WorkingDays | None = None
) -> str:
    """Say what is left until the due date: working days, or how many days it is past; a day ends in Beijing.

    `due_on` is the unit's own date where its time was extended; who asks for many months reads `offices` once.
    """
    return _("%(left)s（北京时间）") % {"left": _left(today, due_on or period.due_on, offices)}


def _left(today: date, due_on: date, offices: workdays.WorkingDays | None) -> str:
    if today > due_on:
        late = (today - due_on).days
        return ngettext("逾期 %(count)s 天", "逾期 %(count)s 天", late) % {"count": late}
    if today == due_on:
        return _("今天截止")
    left = (offices or workdays.working_days(today, due_on)).between(today, due_on)
    return ngettext("还有 %(count)s 个工作日", "还有 %(count)s 个工作日", left) % {"count": left}
