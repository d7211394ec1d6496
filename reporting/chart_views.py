"""The numbers of each chart as CSV: what the page shows, with every digit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import ReportingUnit
from reporting import aggregates
from reporting.aggregates import ProgressRow
from reporting.changes import changes, until
from reporting.export_views import asked_code, asked_unit, for_exporters, recorded
from reporting.marks import Mark, marks_of_year
from reporting.series import Series, monthly_series
from reporting.views import asked_month
from targets.models import Indicator
from workplan.lib import sheets
from workplan.lib.sheets import Column, Kind

_OF_POINT = (
    *("month", "value", "month_value", "pro_rata_target", "seasonal_target", "previous_year"),
    *("n_due", "n_reported", "n_carried"),
)
_OF_CHANGE = ("over_year", "over_period")
_OF_FORECAST = ("forecast_value", "forecast_low", "forecast_high", "forecast_method")
_KINDS = {
    "month": Kind.MONTH,
    "indicator": Kind.TEXT,
    "unit": Kind.TEXT,
    "value_month": Kind.TEXT,
    "forecast_method": Kind.TEXT,
    "marks": Kind.TEXT,
    "previous_year_marks": Kind.TEXT,
    "revision_reason": Kind.TEXT,
}


def columns_of(*names: str) -> tuple[Column, ...]:
    """Return the columns of a CSV, whose header is their keys."""
    return tuple(Column(name, name, _KINDS.get(name, Kind.NUMBER)) for name in names)


SERIES_COLUMNS = columns_of("indicator", "unit", *_OF_POINT, *_OF_CHANGE, *_OF_FORECAST, "marks", "previous_year_marks")


@for_exporters
def series_csv(request: HttpRequest) -> FileResponse:
    """Hand out the year of one indicator in up to five units, as the curve and its table show it."""
    indicator = get_object_or_404(Indicator, code=asked_code(request, "indicator"))
    units = asked_units(request)
    rows = [row for unit in units for row in _year(request, indicator, unit)]
    name = "_".join([indicator.code, *(unit.code for unit in units)])
    return recorded(request, "series", sheets.csv_response(f"{name}.csv", SERIES_COLUMNS, rows))


def asked_units(request: HttpRequest, at_most: int = 5) -> list[ReportingUnit]:
    """Return the units of the address in its order; an unknown one, or too many of them, is not found."""
    codes = request.GET.getlist("unit")
    if len(codes) < 2:
        return [asked_unit(request)]
    known = {unit.code: unit for unit in ReportingUnit.objects.on_the_tree().filter(code__in=codes)}
    if len(codes) > at_most or not known.keys() >= set(codes):
        raise Http404
    return [known[code] for code in dict.fromkeys(codes)]


def _year(request: HttpRequest, indicator: Indicator, unit: ReportingUnit) -> Iterator[sheets.Row]:
    period = asked_month(request, unit)
    if period is None:
        raise Http404
    series = until(monthly_series(request.user, period.plan, indicator, unit), period)
    rows = aggregates.progress_rows(request.user, period, [unit], indicators=[indicator])
    marks = marks_of_year(request.user, period, indicator, unit)
    yield from series_rows(series, next(iter(rows), None), marks)


def series_rows(
    series: Series, row: ProgressRow | None, marks: Mapping[date, tuple[Mark, ...]]
) -> Iterator[sheets.Row]:
    """Yield a row per month; the forecast stands in December's, where the curve draws it."""
    for point, change in zip(series.points, changes(series), strict=True):
        told = {name: getattr(point, name) for name in _OF_POINT} | {name: getattr(change, name) for name in _OF_CHANGE}
        of = {
            "indicator": series.indicator.code,
            "unit": series.unit.code,
            "marks": " ".join(marks.get(point.month, ())),
            "previous_year_marks": Mark.SYNTHETIC if point.is_previous_year_synthetic else None,
        }
        yield {**of, **told} | _forecast(point.month.month, row)


def _forecast(month: int, row: ProgressRow | None) -> sheets.Row:
    expected = row.forecast if row is not None and month == 12 else None
    if expected is None:
        return {}
    parts = (expected.value, expected.low, expected.high, expected.method.value)
    return dict(zip(_OF_FORECAST, parts, strict=True))
