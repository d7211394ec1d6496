"""The lists of filing and review as workbooks: the very rows that their pages show to the person."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest

from accounts import permissions
from submissions import reminding
from submissions.pages import lists
from submissions.pages.queue import all_waiting
from submissions.pages.rules import rules_page
from submissions.pages.work import units_page
from submissions.views.calendar import month_asked
from submissions.views.review import narrowed_by
from submissions.views.rules import month_shown
from submissions.views.taking import for_takers, taken
from submissions.views.work import month_chosen, month_named, own_units
from workplan.lib import clock


@for_takers
def queue(request: HttpRequest) -> FileResponse:
    """Hand out the queue as it is narrowed, all of its pages."""
    if not permissions.may_review_at_all(request.user):
        raise PermissionDenied
    by = narrowed_by(request.GET)
    waiting = all_waiting(request.user, by, today=clock.today())
    table = lists.queue_sheet(request.user, waiting, by)
    return taken(request, "queue", clock.today(), table, query=by.query)


@for_takers
def units(request: HttpRequest) -> FileResponse:
    """Hand out every unit's report of one month; who files for a unit of their own has no such list."""
    if not permissions.may_file_at_all(request.user) or own_units(request):
        raise PermissionDenied
    period = month_chosen(request)
    if period is None:
        raise Http404
    table = lists.units_sheet(request.user, units_page(period, today=clock.today()))
    return taken(request, "units", period, table, month=str(period))


@for_takers
def month(request: HttpRequest, month: date) -> FileResponse:
    """Hand out who filed for the month, and when."""
    period = month_named(f"{month:%Y-%m}")
    table = lists.month_sheet(request.user, month_asked(request, period))
    return taken(request, "calendar-month", period, table, month=str(period))


@for_takers
def reminders(request: HttpRequest, month: date) -> FileResponse:
    """Hand out what became of today's reminders, and the record of all."""
    if not permissions.may_publish(request.user):
        raise PermissionDenied
    period = month_named(f"{month:%Y-%m}")
    missing = [one.unit for one in month_asked(request, period).missing]
    today = reminding.reminded(period, missing, by=request.user, now=clock.now())
    tables = lists.reminder_sheets(request.user, period, today, reminding.told_of(period))
    return taken(request, "reminders", period, *tables, month=str(period))


@for_takers
def rules(request: HttpRequest) -> FileResponse:
    """Hand out the rules on the terms of the month, what was set, and who is excused."""
    tables = lists.rule_sheets(request.user, rules_page(request.user, month_shown(request)))
    return taken(request, "rules", clock.today(), *tables)
