"""What a bureau has to do, and the ministry's choice of a unit to file for."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts import permissions
from accounts.models import ReportingUnit, Role
from submissions import calendar
from submissions.models import ReportingMonth
from submissions.pages.work import units_page, work_page
from submissions.pages.years import years_begun
from targets import periods
from workplan.lib import clock


@require_safe
def my_work(request: HttpRequest) -> HttpResponse:
    """Show the year of one's own unit; to the ministry, every unit's report of one month."""
    if not permissions.may_file_at_all(request.user):
        raise PermissionDenied
    units = own_units(request)
    wanted = request.GET.get("unit")
    if wanted is None and not units:
        return _choose(request)
    unit = next((one for one in units if wanted in {None, one.code}), None)
    if unit is None:
        unit = _any_unit(request, wanted or "")
    page = work_page(unit, person=request.user, today=clock.today(), units=units, year=year_asked(request))
    return render(request, "submissions/my_work.html", {"page": page})


def own_units(request: HttpRequest) -> list[ReportingUnit]:
    """Return the units the person files for; for who answers for items of the plan at the ministry, the nation."""
    held = permissions.access(request.user)
    paths = held.paths_by_role.get(Role.CLERK, frozenset()) | held.paths_by_role.get(Role.LEAD, frozenset())
    own = list(ReportingUnit.objects.filter(path__in=paths).select_related("parent").order_by("position", "code"))
    if not held.has(Role.MINISTRY_REVIEWER) and permissions.owned_items(request.user):
        own.append(permissions.national_unit())
    return own


def _any_unit(request: HttpRequest, code: str) -> ReportingUnit:
    """Return a unit the person may file for on its behalf; another reads like none."""
    unit = unit_named(code)
    if not permissions.may_edit(request.user, unit):
        raise Http404
    return unit


def _choose(request: HttpRequest) -> HttpResponse:
    period = month_chosen(request)
    if period is None:
        return render(request, "submissions/no_month.html")
    return render(request, "submissions/units.html", {"page": units_page(period, today=clock.today())})


def month_chosen(request: HttpRequest) -> ReportingMonth | None:
    """Return the month the address names, else the newest one past its due date; None where it has not opened."""
    today = clock.today()
    period = month_named(request.GET["month"]) if "month" in request.GET else calendar.past_due(today).first()
    return period if period is not None and period.is_open_on(today) else None


def unit_named(code: str) -> ReportingUnit:
    """Return the unit an address names.

    :raises Http404: there is none.
    """
    if not (code.isascii() and code.isdigit()):
        raise Http404
    unit: ReportingUnit = get_object_or_404(ReportingUnit.objects.on_the_tree().select_related("parent"), code=code)
    return unit


def year_asked(request: HttpRequest) -> int | None:
    """Return the plan year the address names, None where it names none.

    :raises Http404: no month of that year has opened.
    """
    text = request.GET.get("year", "")
    if text and text not in {str(one) for one in years_begun(clock.today())}:
        raise Http404
    return int(text) if text else None


def month_named(text: str) -> ReportingMonth:
    """Return the month an address names.

    :raises Http404: there is none.
    """
    try:
        month = periods.parse_month(text)
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(ReportingMonth, month=month)
