"""Short words about one row, the same on a card, in a table and in a sentence."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting.aggregates import ProgressRow
from reporting.revisions import Cause, Revision
from targets.forecasts import Method
from targets.models import Bound, Kind, Target
from workplan.templatetags.figures import figure, percent, points

METHODS = {
    Method.RUN_RATE: lambda: _("按今年平均进度推算"),
    Method.SEASONAL: lambda: _("按季节曲线推算"),
    Method.TREND: lambda: _("按今年趋势推算"),
    Method.LAST: lambda: _("按最新一期推算"),
}


def month_words(month: date) -> str:
    return date_format(month, "YEAR_MONTH_FORMAT")


def method_words(method: Method) -> str:
    """Name how a forecast was made; never shown without it."""
    return METHODS[method]()


def gap_points(delta: Decimal) -> str:
    """Write a difference of two rates in points, its direction being said in words; a small one is never "0.0"."""
    shown = (points(delta, places).lstrip("+−") for places in (1, 2, 3))
    return next((text for text in shown if text.strip("0.")), points(Decimal(0)))


def target_words(target: Target | None) -> str:
    """Say what is asked: at least, at most, exactly, or none at all."""
    if target is None:
        return _("无目标")
    if target.indicator.kind == Kind.ZERO:
        return _("不得发生")
    shown = figure(target.target_value, target.indicator.unit_of_measure)
    if target.bound == Bound.AT_MOST:
        return _("上限 %(target)s") % {"target": shown}
    return _("目标 %(target)s") % {"target": shown}


def accomplishment(row: ProgressRow) -> str:
    """Say how far the row is: a share done, or what is left below a ceiling, which is never "accomplished"."""
    if row.value is None or row.target is None:
        return ""
    if row.progress.completion_rate is not None:
        return _("完成 %(rate)s") % {"rate": percent(row.progress.completion_rate)}
    if row.indicator.kind == Kind.ZERO:
        return _arrears(row)
    if row.progress.headroom is not None:
        template = _("余量 %(points)s 个百分点") if row.progress.headroom >= 0 else _("超出 %(points)s 个百分点")
        return template % {"points": gap_points(row.progress.headroom)}
    if row.indicator.is_ratio:
        gap = row.value - row.target.target_value
        template = _("高出目标 %(points)s 个百分点") if gap >= 0 else _("距目标 %(points)s 个百分点")
        return template % {"points": gap_points(gap)}
    return ""


def _arrears(row: ProgressRow) -> str:
    if row.value == 0:
        return _("年内曾发生，现已清零") if row.status == "breached" else _("未发生")
    persons = row.persons or 0
    return ngettext("涉及 %(n)d 人", "涉及 %(n)d 人", persons) % {"n": persons}


def freshness(row: ProgressRow) -> str:
    """Say what of the figure is of an earlier month; nothing where all of it is of this one."""
    if row.value is None:
        return ""
    if row.n_due == 0 and row.value_month is not None and row.value_month != row.month:
        return _("%(month)s数据") % {"month": month_words(row.value_month)}
    if row.n_carried:
        return ngettext("含%(n)d个单位上期数", "含%(n)d个单位上期数", row.n_carried) % {"n": row.n_carried}
    return ""


def reasons_words(revision: Revision) -> str:
    """Say why a published figure changed: who corrected or filed which month, the older first."""
    if not revision.causes:
        return _("发布后有更正")
    return _("；").join(_reason(cause) for cause in revision.causes)


def _reason(cause: Cause) -> str:
    words = {"unit": cause.unit.label, "month": month_words(cause.month), "reason": cause.reason}
    return (_("%(unit)s补报%(month)s") if cause.is_late else _("%(unit)s更正%(month)s：%(reason)s")) % words
