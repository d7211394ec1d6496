"""What a page says of a forecast: the year end, its band, the method by name, and how often such bands held."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from reporting.forecast_record import hit_rates
from reporting.pages.words import method_words
from targets.forecasts import Forecast
from targets.models import Indicator
from workplan.templatetags.figures import figure, percent


def forecast_sentence(forecast: Forecast, indicator: Indicator) -> str:
    """Say what the year end is expected to be, by which method, and within which band, as sure as it was measured."""
    unit = indicator.unit_of_measure
    words = {
        "value": figure(forecast.value, unit),
        "low": figure(forecast.low, unit),
        "high": figure(forecast.high, unit),
        "method": method_words(forecast.method),
    }
    if not forecast.has_band:
        return _("全年预计%(value)s（%(method)s）") % words
    measured = hit_rates()[forecast.method]
    words |= {"n": measured.n_bands, "share": percent(measured.share, 0)}
    template = _("全年预计%(value)s，区间%(low)s至%(high)s（%(method)s；回测%(n)d次，实际落在区间内的占%(share)s）")
    return template % words


def forecast_detail(forecast: Forecast, indicator: Indicator) -> str:
    """Say band and method in the few words that fit into a cell; ``measured_bands`` tells how sure a band is."""
    unit = indicator.unit_of_measure
    method = method_words(forecast.method)
    if not forecast.has_band:
        return method
    words = {"low": figure(forecast.low, unit), "high": figure(forecast.high, unit), "method": method}
    return _("%(low)s 至 %(high)s，%(method)s") % words


def measured_bands(forecasts: Iterable[Forecast | None]) -> str:
    """Say of each method that gave one of the bands how often its bands held; nothing where there is no band."""
    methods = {one.method for one in forecasts if one is not None and one.has_band}
    told = [
        _("%(method)s，回测%(n)d次，实际落在区间内的占%(share)s")
        % {"method": method_words(method), "n": measured.n_bands, "share": percent(measured.share, 0)}
        for method, measured in sorted(hit_rates().items())
        if method in methods
    ]
    return _("全年预计的区间：%(told)s。") % {"told": _("；").join(told)} if told else ""
