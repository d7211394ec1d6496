"""What stands behind a figure and behind a light: load, call once, render."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render

from accounts import audit
from accounts.models import NATION_CODE, ReportingUnit, User
from reporting.chart_views import columns_of
from reporting.export_views import asked_unit, for_exporters, recorded
from reporting.pages import months
from reporting.pages.reasons import Explained, ReasonsPage, as_data, as_rows, reasons_page
from reporting.pages.trace import trace_page
from reporting.pages.words import reasons_words
from reporting.trace import Part, Trace
from reporting.trace import trace as trace_of
from reporting.views import asked_month, for_readers
from submissions.models import ReportingMonth
from targets.models import Indicator
from workplan.lib import clock, sheets

_REASON_COLUMNS = tuple(
    sheets.Column(name, name) for name in ("part", "name", "formula", "value", "limit", "answer", "status")
)
_TRACE_COLUMNS = columns_of(
    *("indicator", "unit", "month", "value", "numerator", "denominator", "persons", "value_month"),
    *("n_due", "n_reported", "n_carried", "version", "n_versions", "marks", "published_value", "revision_reason"),
)


@for_readers
def trace(request: HttpRequest, code: str) -> HttpResponse:
    indicator, unit, period = _asked(request, code)
    if period is None:
        return render(request, "reporting/no_month.html")
    page = trace_page(request.user, period, indicator, unit, today=clock.today())
    return render(request, "reporting/trace.html", {"page": page})


@for_readers
def reasons(request: HttpRequest, code: str) -> HttpResponse:
    indicator, unit, period = _asked(request, code)
    if period is None:
        return render(request, "reporting/no_month.html")
    page = reasons_page(request.user, period, indicator, unit, today=clock.today())
    return render(request, "reporting/reasons.html", {"page": page})


@for_exporters
def reasons_file(request: HttpRequest) -> HttpResponseBase:
    """Hand out the reasons of one light as CSV or JSON."""
    page = _reasons(request)
    return handed_out(request, page, page.unit.code)


def handed_out(request: HttpRequest, page: Explained, name: str) -> HttpResponseBase:
    """Answer with the reasons of a light in the form that is asked for, and enter it in the audit trail."""
    form = request.GET.get("format", "csv")
    if form not in ("csv", "json"):
        raise Http404
    if form == "csv":
        file_name = f"{page.indicator.code}_{name}_{page.period}_reasons.csv"
        return recorded(request, "reasons", sheets.csv_response(file_name, _REASON_COLUMNS, as_rows(page)))
    audit.record_taken("reasons", by=cast(User, request.user), **page.subject, format=form)
    return JsonResponse(as_data(page), json_dumps_params={"ensure_ascii": False})


def _reasons(request: HttpRequest) -> ReasonsPage:
    unit = asked_unit(request)
    period = _open_month(request, unit)
    indicator = get_object_or_404(Indicator, code=request.GET.get("indicator", ""))
    return reasons_page(request.user, period, indicator, unit, today=clock.today())


@for_exporters
def trace_file(request: HttpRequest) -> HttpResponseBase:
    """Hand out a total and its parts as CSV, the total first."""
    unit = asked_unit(request)
    period = _open_month(request, unit)
    indicator = get_object_or_404(Indicator, code=request.GET.get("indicator", ""))
    found = trace_of(request.user, period, indicator, unit)
    rows = [] if found is None else _trace_rows(found)
    name = f"{indicator.code}_{unit.code}_{period}_trace.csv"
    return recorded(request, "trace", sheets.csv_response(name, _TRACE_COLUMNS, rows))


def _trace_rows(found: Trace) -> list[sheets.Row]:
    return [_trace_row(part) for part in (found.whole, *found.parts)]


def _trace_row(part: Part) -> sheets.Row:
    total = part.total
    told = {
        name: getattr(total, name)
        for name in ("month", "numerator", "denominator", "persons", "n_due", "n_reported", "n_carried")
    }
    return {
        **told,
        "indicator": total.indicator.code,
        "unit": part.unit.code,
        "value": part.value,
        "value_month": f"{total.value_month:%Y-%m}" if total.value_month else None,
        "version": part.source.filing.number if part.source else None,
        "n_versions": part.source.n_versions if part.source else None,
        "marks": " ".join(part.marks),
        "published_value": part.revision.old if part.revision else None,
        "revision_reason": reasons_words(part.revision) if part.revision else None,
    }


def _asked(request: HttpRequest, code: str) -> tuple[Indicator, ReportingUnit, ReportingMonth | None]:
    indicator = get_object_or_404(Indicator, code=code)
    units = ReportingUnit.objects.on_the_tree().select_related("parent")
    unit = get_object_or_404(units, code=request.GET.get("unit") or NATION_CODE)
    return indicator, unit, asked_month(request, unit)


def _open_month(request: HttpRequest, unit: ReportingUnit) -> ReportingMonth:
    period = asked_month(request, unit)
    if period is None or not months.is_open_to(request.user, period, unit):
        raise Http404
    return period
