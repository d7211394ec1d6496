"""Regions and comparisons: load, call once, render."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render

from accounts import permissions
from accounts.models import ReportingUnit
from reporting.chart_views import columns_of
from reporting.export_views import for_exporters, recorded
from reporting.marks import marks_of
from reporting.pages import months
from reporting.pages.compare import MOST_INDICATORS, MOST_UNITS, compare_page
from reporting.pages.regions import (
    NoSuchScheme,
    RegionReasonsPage,
    chosen_scheme,
    region_reasons_page,
    regions_page,
)
from reporting.regions import RegionRow, Regions, regions_of
from reporting.trace_views import handed_out
from reporting.views import asked_month, closed, for_readers
from submissions.models import ReportingMonth
from targets.models import Indicator
from workplan.lib import clock, sheets

_REGION_COLUMNS = (
    sheets.Column("scheme", "scheme"),
    sheets.Column("region", "region"),
    *columns_of(
        *("indicator", "month", "value", "numerator", "denominator", "target_value", "completion_rate"),
        *("pro_rata_target", "deviation"),
    ),
    sheets.Column("status", "status"),
    *columns_of("n_units", "n_due", "n_reported", "n_carried", "marks"),
)


@for_readers
def regions(request: HttpRequest) -> HttpResponse:
    nation = permissions.national_unit()
    period = asked_month(request, nation)
    if period is None:
        return render(request, "reporting/no_month.html")
    if not months.is_open_to(request.user, period, nation):
        return closed(request, period, nation)
    indicator = _indicator(request.GET.get("indicator", ""))
    try:
        page = regions_page(request.user, period, indicator, request.GET.get("scheme", ""), today=clock.today())
    except NoSuchScheme as error:
        raise Http404 from error
    return render(request, "reporting/regions.html", {"page": page})


@for_readers
def reasons(request: HttpRequest) -> HttpResponse:
    nation = permissions.national_unit()
    period = asked_month(request, nation)
    if period is None:
        return render(request, "reporting/no_month.html")
    if not months.is_open_to(request.user, period, nation):
        return closed(request, period, nation)
    return render(request, "reporting/region_reasons.html", {"page": _reasons(request, period)})


@for_exporters
def reasons_file(request: HttpRequest) -> HttpResponseBase:
    """Hand out the reasons of a region's light as CSV or JSON."""
    page = _reasons(request, _open_month(request))
    return handed_out(request, page, f"{page.scheme.code}_{page.row.key}")


def _reasons(request: HttpRequest, period: ReportingMonth) -> RegionReasonsPage:
    asked = request.GET.get
    indicator = _indicator(asked("indicator", ""))
    scheme, region = asked("scheme", ""), asked("region", "")
    try:
        return region_reasons_page(request.user, period, indicator, scheme, region, today=clock.today())
    except NoSuchScheme as error:
        raise Http404 from error


def _open_month(request: HttpRequest) -> ReportingMonth:
    nation = permissions.national_unit()
    period = asked_month(request, nation)
    if period is None or not months.is_open_to(request.user, period, nation):
        raise Http404
    return period


@for_readers
def compare(request: HttpRequest) -> HttpResponse:
    units = _chosen_units(request)
    period = asked_month(request, units[0] if len(units) == 1 else permissions.national_unit())
    if period is None:
        return render(request, "reporting/no_month.html")
    codes = list(dict.fromkeys(code for code in request.GET.getlist("indicator") if code))
    if len(codes) > MOST_INDICATORS:
        raise Http404
    indicators = [_indicator(code) for code in codes] or [_indicator("")]
    page = compare_page(request.user, period, units, indicators, today=clock.today())
    return render(request, "reporting/compare.html", {"page": page})


def _chosen_units(request: HttpRequest) -> list[ReportingUnit]:
    """Return the units of the address; empty places of the form are passed over."""
    codes = list(dict.fromkeys(code for code in request.GET.getlist("unit") if code))
    known = {unit.code: unit for unit in ReportingUnit.objects.on_the_tree().filter(code__in=codes)}
    if len(codes) > MOST_UNITS or not known.keys() >= set(codes):
        raise Http404
    return [known[code] for code in codes]


@for_exporters
def regions_csv(request: HttpRequest) -> HttpResponseBase:
    """Hand out the regions of one indicator, their sum and the whole last."""
    period = _open_month(request)
    try:
        _schemes, scheme = chosen_scheme(period, request.GET.get("scheme", ""))
    except NoSuchScheme as error:
        raise Http404 from error
    found = regions_of(request.user, period, _indicator(request.GET.get("indicator", "")), scheme)
    name = f"{found.indicator.code}_{scheme.code}_{period}.csv"
    rows = ({"month": period.month, **row} for row in _region_rows(found))
    return recorded(request, "regions", sheets.csv_response(name, _REGION_COLUMNS, rows))


def _region_rows(found: Regions) -> Iterator[dict[str, object]]:
    shared = {"scheme": found.scheme.code, "indicator": found.indicator.code}
    for one in found.regions:
        yield {**shared, "region": one.group.code if one.group else "", **_told(one)}
    yield {**shared, "region": "total", **_told(found.added), "status": None}


def _told(one: RegionRow) -> dict[str, object]:
    told: dict[str, object] = {
        name: getattr(one, name) for name in ("value", "numerator", "denominator", "n_due", "n_reported", "n_carried")
    }
    told |= {"n_units": len(one.rows), "marks": " ".join(marks_of(one))}
    if one.progress is None or one.goal is None:
        return told
    measured = {name: getattr(one.progress, name) for name in ("completion_rate", "pro_rata_target", "deviation")}
    status = one.status.value if one.status else None
    return told | measured | {"target_value": one.goal.target, "status": status}


def _indicator(code: str) -> Indicator:
    if not code:
        first = Indicator.objects.order_by("code").first()
        if first is None:
            raise Http404
        return first
    return get_object_or_404(Indicator, code=code)
