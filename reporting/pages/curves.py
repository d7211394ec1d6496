"""One indicator's year as a chart takes it: numbers on the axis' scale, and every word it will show.

The script draws; it adds, divides and words nothing. The same months stand in a table below the chart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from reporting.aggregates import ProgressRow
from reporting.pages.expected import forecast_sentence
from reporting.pages.words import gap_points, method_words, month_words
from reporting.series import Series, SeriesPoint
from submissions.models import ReportingMonth
from submissions.published import last_year_words
from targets import measures, periods
from targets.forecasts import Forecast
from targets.models import Bound, Indicator, Target, UnitOfMeasure
from workplan.templatetags.figures import MILLION, WAN, YI, as_typed, figure, percent, unit_label
from workplan.templatetags.portal import short_month

PERCENT = Decimal("0.01")


@dataclass(frozen=True)
class Axis:
    """The scale of a chart and its name: 万人, million, %."""

    scale: Decimal
    label: str

    def place(self, value: Decimal | None) -> float | None:
        """Return a value on the axis; a missing one leaves a gap and is never zero."""
        return None if value is None else float(as_typed(value, self.scale))


def axis_of(indicator: Indicator, values: Iterable[Decimal | None]) -> Axis:
    """Return the scale that fits the largest value."""
    unit = indicator.unit_of_measure
    if unit == UnitOfMeasure.RATE:
        return Axis(PERCENT, "%")
    largest = max((value for value in values if value is not None), default=Decimal(0))
    if unit == UnitOfMeasure.COUNT:
        return Axis(Decimal(1), unit_label(unit))
    if get_language() == "en":
        million = largest >= MILLION
        return Axis(MILLION if million else Decimal(1), _("百万") if million else unit_label(unit))
    scale = next((one for one in (YI, WAN) if largest >= one), Decimal(1))
    return Axis(scale, unit_label(unit, scale))


def curve(series: Series, row: ProgressRow | None, *, period: ReportingMonth) -> dict[str, object]:
    """Return what the chart draws; a month whose figures were carried has no point of its own."""
    points, forecast = series.points, row.forecast if row else None
    own = [None if point.is_carried else point.value for point in points]
    due = [periods.is_due(point.month.month, series.indicator.frequency) for point in points]
    everything = [*own, *(value for point in points for value in _paths(point))]
    if forecast is not None:
        everything += [forecast.value, forecast.high]
    axis = axis_of(series.indicator, everything)
    ceiling = series.target is not None and series.target.bound == Bound.AT_MOST
    return {
        "kind": "curve",
        **labels(series.indicator, axis, period, series.unit.label),
        "file": f"{series.indicator.code}_{series.unit.code}_{period}",
        "fromZero": series.indicator.kind == "FLOW",
        "months": [short_month(point.month) for point in points],
        "focus": period.month.month - 1,
        "sentences": [sentence(series, point) for point in points],
        "lines": {
            "actual": line(_("实际累计") if series.indicator.kind == "FLOW" else _("实际"), axis, own),
            "proRata": line(
                _("上限") if ceiling else _("序时进度"), axis, _where(due, (p.pro_rata_target for p in points))
            ),
            "seasonal": line(_("季节计划"), axis, _where(due, (p.seasonal_target for p in points))),
            "previous": line(
                last_year_words(_("上年同期"), is_made_up=series.is_past_synthetic),
                axis,
                [point.previous_year for point in points],
            ),
        },
        "forecast": None if forecast is None or _is_over(points) else _forecast(forecast, series, axis),
    }


def labels(indicator: Indicator, axis: Axis, period: ReportingMonth, whose: str) -> dict[str, object]:
    """Return what stands around a chart on the page and in a file of it."""
    words = {"name": indicator.label, "whose": whose, "unit": axis.label, "month": month_words(period.month)}
    return {
        "unit": axis.label,
        "title": _("%(name)s · %(whose)s") % words,
        "note": _("计量单位：%(unit)s") % words,
        "source": _("年度工作要点目标管理平台 · 数据截至%(month)s") % words,
        "description": _("%(name)s各月走势，按左右方向键逐月查看，数据见下表。") % words,
    }


def _where(due: list[bool], values: Iterable[Decimal | None]) -> list[Decimal | None]:
    """Keep a path's values of the due months; between them it is a straight line, not steps."""
    return [value if is_due else None for is_due, value in zip(due, values, strict=True)]


def _paths(point: SeriesPoint) -> tuple[Decimal | None, ...]:
    return (point.pro_rata_target, point.seasonal_target, point.previous_year)


def line(name: str, axis: Axis, values: Iterable[Decimal | None]) -> dict[str, object]:
    """Return one line as the chart takes it."""
    return {"name": name, "values": [axis.place(value) for value in values]}


def _is_over(points: tuple[SeriesPoint, ...]) -> bool:
    """Say whether December itself is reported, so that nothing is left to forecast."""
    return points[-1].value is not None and not points[-1].is_carried


def _forecast(forecast: Forecast, series: Series, axis: Axis) -> dict[str, object]:
    return {
        "name": _("全年预计（%(method)s）") % {"method": method_words(forecast.method)},
        "value": axis.place(forecast.value),
        "low": axis.place(forecast.low),
        "high": axis.place(forecast.high),
        "sentence": forecast_sentence(forecast, series.indicator),
    }


def sentence(series: Series, point: SeriesPoint) -> str:
    """Say what stood in one month against its path; the chart shows it when the month is pointed at."""
    unit = series.indicator.unit_of_measure
    words = {
        "month": month_words(point.month),
        "value": figure(point.value, unit),
        "path": figure(point.pro_rata_target, unit),
        "path_name": path_name(series.target),
    }
    if point.value is None:
        template = _("%(month)s：尚无数据，%(path_name)s%(path)s") if point.pro_rata_target is not None else _no_data()
        return template % words
    if point.pro_rata_target is None:
        return _("%(month)s：%(value)s") % words
    gap = point.value - point.pro_rata_target
    if gap == 0:
        return _("%(month)s：%(value)s，与%(path_name)s持平") % words
    words["gap"] = _gap_words(gap, point, unit)
    template = (
        _("%(month)s：%(value)s，%(path_name)s%(path)s，高出%(gap)s")
        if gap > 0
        else _("%(month)s：%(value)s，%(path_name)s%(path)s，低%(gap)s")
    )
    return template % words


def _no_data() -> str:
    return _("%(month)s：尚无数据")


def path_name(target: Target | None) -> str:
    """Name what a month is held against: a ceiling, or the calendar's share of the target."""
    if target is not None and target.bound == Bound.AT_MOST:
        return pgettext("in a sentence", "上限")
    return pgettext("in a sentence", "序时进度")


def _gap_words(gap: Decimal, point: SeriesPoint, unit: str) -> str:
    """Say a difference in absolute terms and as a share of what was planned; rates differ by points alone."""
    if unit == UnitOfMeasure.RATE:
        return _("%(points)s个百分点") % {"points": gap_points(gap)}
    share = measures.ratio(abs(gap), point.pro_rata_target)
    shown = figure(abs(gap), unit)
    return shown if share is None else _("%(gap)s（%(share)s）") % {"gap": shown, "share": percent(share)}
