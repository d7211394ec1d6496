"""What a warning says, made in the reader's language from what was measured. One sentence for each kind of rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from reporting.pages.words import method_words, month_words
from reporting.warnings.conditions import Kind, Measure
from reporting.warnings.models import EarlyWarning, WarningEvent, WarningRule
from reporting.warnings.states import State
from targets.forecasts import Method
from workplan.templatetags.figures import DASH, exact, figure, moved, percent, points

#: What stands in an event's inputs.
INPUT_NAMES = {
    "value": gettext_lazy("数值（未四舍五入的汇总数）"),
    "target": gettext_lazy("目标值"),
    "before": gettext_lazy("所比较的数值"),
    "forecast": gettext_lazy("全年预测"),
    "low": gettext_lazy("预测下限"),
    "high": gettext_lazy("预测上限"),
    "method": gettext_lazy("预测方法"),
    "persons": gettext_lazy("涉及人数"),
    "months": gettext_lazy("没有报送的报告期"),
}
#: Shown as forecasts are everywhere: more digits would say more than is known.
_FORECASTS = frozenset({"forecast", "low", "high"})
_DIFFERENCES = (Measure.PERIOD_DIFFERENCE, Measure.YEAR_DIFFERENCE)


class Input(NamedTuple):
    """One number the warning rests on, as a row of the page."""

    name: str
    shown: str


def explanation(warning: EarlyWarning, event: WarningEvent) -> str:
    """Say what was found, in which month, and against which limit; or that it is good again."""
    rule, words = warning.rule, _words(warning, event)
    if event.state == State.RECOVERING:
        return _("%(month)s，%(unit)s%(name)s已回到界限以内%(now)s；下一个应报期仍然正常，预警即解除。") % words
    if event.state == State.CLOSED:
        return _("%(unit)s%(name)s连续两个应报期正常，预警自%(month)s起解除%(now)s。") % words
    return _SENTENCES[Kind(rule.kind)](rule, event, words)


def _words(warning: EarlyWarning, event: WarningEvent) -> dict[str, str]:
    indicator = warning.indicator
    return {
        "month": month_words(event.month),
        "unit": warning.unit.label,
        "name": indicator.short_label if indicator else _("报表"),
        "value": figure(_number(event, "value"), _unit_of(warning)),
        "target": figure(_number(event, "target"), _unit_of(warning)),
        "measured": measured(warning, event.measured),
        "limit": measured(warning, event.limit),
        "now": _now(warning, event),
        "unit_of_measure": _unit_of(warning),
    }


def _now(warning: EarlyWarning, event: WarningEvent) -> str:
    """Add the figure that made it good, where one did."""
    value = _number(event, "value")
    return "" if value is None else _("（%(value)s）") % {"value": exact(value, _unit_of(warning))}


def _threshold(rule: WarningRule, event: WarningEvent, words: Mapping[str, str]) -> str:
    if rule.measure == Measure.HEADROOM:
        return _headroom(event, words)
    if rule.measure == Measure.PACE:
        return _("%(month)s，%(unit)s%(name)s为%(value)s，只有序时进度的%(measured)s，界限为%(limit)s。") % words
    return _("%(month)s，%(unit)s%(name)s为%(measured)s，越过界限%(limit)s。") % words


def _headroom(event: WarningEvent, words: Mapping[str, str]) -> str:
    left, limit = event.measured or Decimal(0), event.limit or Decimal(0)
    told = {
        **words,
        "value": exact(_number(event, "value"), words["unit_of_measure"]),
        "target": exact(_number(event, "target"), words["unit_of_measure"]),
        "gap": _gap(left),
        "limit": _gap(limit),
    }
    if left < 0:
        template = _("%(month)s，%(unit)s%(name)s为%(value)s，超出上限%(target)s %(gap)s个百分点。")
    elif limit == 0:
        template = _("%(month)s，%(unit)s%(name)s为%(value)s，已到上限%(target)s。")
    else:
        template = _(
            "%(month)s，%(unit)s%(name)s为%(value)s，距上限%(target)s还有%(gap)s个百分点，不足%(limit)s个百分点。"
        )
    return template % told


def _gap(points_: Decimal) -> str:
    """Write a distance in points; its direction is said in words."""
    return points(points_, 2).lstrip("+−")


def _change(rule: WarningRule, event: WarningEvent, words: Mapping[str, str]) -> str:
    told = {
        **words,
        "before": exact(_number(event, "before"), words["unit_of_measure"]),
        "value": exact(_number(event, "value"), words["unit_of_measure"]),
        "since": pgettext("in a sentence", "上年同期") if rule.measure.startswith("YEAR_") else _("上一报送期"),
        "measured": words["measured"].lstrip("+−"),
        "limit": words["limit"].lstrip("+−"),
    }
    template = (
        _("%(month)s，%(unit)s%(name)s由%(since)s的%(before)s升至%(value)s，上升%(measured)s，界限为%(limit)s。")
        if (event.measured or Decimal(0)) >= 0
        else _("%(month)s，%(unit)s%(name)s由%(since)s的%(before)s降至%(value)s，下降%(measured)s，界限为%(limit)s。")
    )
    return template % told


def _forecast(_rule: WarningRule, event: WarningEvent, words: Mapping[str, str]) -> str:
    unit = words["unit_of_measure"]
    told = {
        **words,
        "low": figure(_number(event, "low"), unit),
        "high": figure(_number(event, "high"), unit),
        "edge": figure(event.measured, unit),
        "target": figure(event.limit, unit),
        "method": method_words(Method(event.inputs.get("method", Method.LAST))),
    }
    if told["low"] == told["high"]:
        return _("截至%(month)s，%(unit)s%(name)s%(method)s，全年预计%(edge)s，目标是%(target)s。") % told
    return (
        _(
            "截至%(month)s，%(unit)s%(name)s%(method)s，全年预计%(low)s至%(high)s，最好也只到%(edge)s，目标是%(target)s。"
        )
        % told
    )


def _silence(_rule: WarningRule, event: WarningEvent, words: Mapping[str, str]) -> str:
    count = int(event.measured or 0)
    listed = _("、").join(month_words(_first_day(text)) for text in _months(event))
    return ngettext(
        "%(unit)s已连续%(n)s个报告期没有报送：%(months)s。", "%(unit)s已连续%(n)s个报告期没有报送：%(months)s。", count
    ) % {"unit": words["unit"], "n": count, "months": listed}


def _breach(_rule: WarningRule, event: WarningEvent, words: Mapping[str, str]) -> str:
    persons = _number(event, "persons")
    told = {**words, "persons": figure(persons, "PERSON")}
    if persons:
        return _("%(month)s，%(unit)s%(name)s%(measured)s，涉及%(persons)s；这一项不得发生。") % told
    return _("%(month)s，%(unit)s%(name)s%(measured)s；这一项不得发生。") % told


_SENTENCES: Mapping[Kind, Callable[[WarningRule, WarningEvent, Mapping[str, str]], str]] = {
    Kind.THRESHOLD: _threshold,
    Kind.CHANGE: _change,
    Kind.FORECAST: _forecast,
    Kind.SILENCE: _silence,
    Kind.BREACH: _breach,
}


# Numbers ---------------------------------------------------------------------------------------


def measured(warning: EarlyWarning, number: Decimal | None) -> str:
    """Write what was measured, or its limit, in the unit that the rule measures in."""
    if number is None:
        return DASH
    rule, unit = warning.rule, _unit_of(warning)
    if rule.kind == Kind.SILENCE:
        return ngettext("%(n)s 期", "%(n)s 期", int(number)) % {"n": int(number)}
    if rule.measure == Measure.PACE:
        return percent(number)
    if rule.measure in (Measure.PERIOD_SHARE, Measure.YEAR_SHARE):
        return moved(number, "")
    if rule.measure == Measure.HEADROOM:
        return _("%(points)s 个百分点") % {"points": points(number, 2).lstrip("+")}
    if rule.measure in _DIFFERENCES and unit == "RATE":
        return _("%(points)s 个百分点") % {"points": points(number, 2)}
    return figure(number, unit) if rule.kind == Kind.FORECAST else exact(number, unit)


def inputs(warning: EarlyWarning, event: WarningEvent) -> Iterator[Input]:
    """Yield the numbers the event rests on, unrounded, each with its name."""
    for name, words in INPUT_NAMES.items():
        if name in event.inputs:
            yield Input(str(words), _input(name, event.inputs[name], _unit_of(warning)))


def _input(name: str, text: str, unit_of_measure: str) -> str:
    if name == "months":
        return _("、").join(month_words(_first_day(one)) for one in text.split()) or DASH
    if name == "method":
        return method_words(Method(text))
    if name in _FORECASTS:
        return figure(Decimal(text), unit_of_measure)
    return exact(Decimal(text), "PERSON" if name == "persons" else unit_of_measure)


def _number(event: WarningEvent, name: str) -> Decimal | None:
    text = event.inputs.get(name)
    return None if text is None else Decimal(text)


def _months(event: WarningEvent) -> list[str]:
    return str(event.inputs.get("months", "")).split()


def _first_day(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def _unit_of(warning: EarlyWarning) -> str:
    return warning.indicator.unit_of_measure if warning.indicator else ""
