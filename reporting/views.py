"""The pages that show figures: load, call once, render. Nothing is worked out here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts import permissions
from accounts.models import NATION_CODE, ReportingUnit
from reporting import downloads
from reporting.pages import months
from reporting.pages.indicator import indicator_page
from reporting.pages.leader import leader_page
from reporting.pages.overview import NoSuchIndicator
from reporting.pages.overview import overview as overview_page
from reporting.pages.unit import unit_page
from submissions.models import ReportingMonth
from targets.models import Indicator
from workplan.lib import clock

View = Callable[..., HttpResponseBase]


def for_readers(view: View) -> View:
    """Open a page of figures to people whose role reads figures."""

    @require_safe
    @wraps(view)
    def opened(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not permissions.has_business_role(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return opened


@for_readers
def overview(request: HttpRequest) -> HttpResponse:
    period = asked_month(request, permissions.national_unit())
    if period is None:
        return render(request, "reporting/no_month.html")
    if not months.is_open_to(request.user, period, permissions.national_unit()):
        return closed(request, period, permissions.national_unit())
    try:
        page = overview_page(request.user, period, today=clock.today(), code=request.GET.get("indicator", ""))
    except NoSuchIndicator as error:
        raise Http404 from error
    return render(request, "reporting/overview.html", {"page": page})


@require_safe
def leader(request: HttpRequest) -> HttpResponse:
    """Show the one screen to the ministry, and on its wall display."""
    if not permissions.may_see_leader_page(request.user):
        raise PermissionDenied
    nation = permissions.national_unit()
    period = asked_month(request, nation)
    if period is None:
        return render(request, "reporting/no_month.html")
    if not months.is_open_to(request.user, period, nation):
        raise Http404
    try:
        page = leader_page(request.user, period, today=clock.today(), code=request.GET.get("indicator", ""))
    except NoSuchIndicator as error:
        raise Http404 from error
    return render(request, "reporting/leader.html", {"page": page})


@for_readers
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    shown = get_object_or_404(Indicator.objects.select_related("part_of"), code=code)
    unit = get_object_or_404(ReportingUnit.objects.on_the_tree(), code=request.GET.get("unit") or NATION_CODE)
    period = asked_month(request, unit)
    if period is None:
        return render(request, "reporting/no_month.html")
    page = indicator_page(request.user, period, shown, unit, today=clock.today())
    return render(request, "reporting/indicator.html", {"page": page})


@for_readers
def unit(request: HttpRequest, code: str) -> HttpResponse:
    shown = get_object_or_404(ReportingUnit.objects.on_the_tree().select_related("parent"), code=code)
    period = asked_month(request, shown)
    if period is None:
        return render(request, "reporting/no_month.html")
    page = unit_page(request.user, period, shown, today=clock.today())
    return render(request, "reporting/unit.html", {"page": page})


def asked_month(request: HttpRequest, unit: ReportingUnit) -> ReportingMonth | None:
    """Return the month of the address, or the one the page opens with; an unknown one is not found."""
    return downloads.asked_month(request.user, request.GET, unit)


def closed(request: HttpRequest, period: ReportingMonth, unit: ReportingUnit) -> HttpResponse:
    """Say plainly that the month is not published, instead of showing blanks that read like zeros."""
    offered = months.offered(request.user, period, today=clock.today(), unit=unit)
    return render(request, "reporting/not_published.html", {"period": period, "months": offered})
