"""The page behind a light: what went in, the formulas, the limits, and the check that decided, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import permissions
from accounts.models import ReportingUnit
from reporting import aggregates
from reporting.aggregates import ProgressRow
from reporting.pages import months
from reporting.pages.words import month_words
from submissions.models import ReportingMonth
from targets.goals import Status, Thresholds
from targets.models import Indicator, UnitOfMeasure
from targets.reasons import Name, Reasons, explain
from targets.verdicts import Ask, Check
from workplan.templatetags.figures import DASH, exact, percent, plain, points, round_half_up
from workplan.templatetags.portal import status_label

NAMES = {
    Name.VALUE: gettext_lazy("数值（未四舍五入的汇总数）"),
    Name.TARGET: gettext_lazy("目标值"),
    Name.BASELINE: gettext_lazy("基数"),
    Name.MONTH: gettext_lazy("报告期（月）"),
    Name.DUE_MONTH: gettext_lazy("最近的应报月份"),
    Name.PLANNED_MONTH: gettext_lazy("计划完成月份"),
    Name.FIRST_MONTH: gettext_lazy("年内首次有数的月份"),
    Name.FIRST_VALUE: gettext_lazy("年内首个数值"),
    Name.AMOUNT_MONTH: gettext_lazy("年内首次发生的月份"),
    Name.PATH: gettext_lazy("应达到的数值"),
    Name.COMPLETION: gettext_lazy("完成率"),
    Name.RATIO: gettext_lazy("与应达数之比"),
    Name.DEVIATION: gettext_lazy("与应达数之差"),
    Name.HEADROOM: gettext_lazy("距上限的余量"),
}
ASKS = {
    Ask.AMOUNT_AROSE: gettext_lazy("年内是否发生过（v > 0，全年不消）"),
    Ask.NOTHING_DUE: gettext_lazy("是否还没有到第一个报送期"),
    Ask.NOTHING_FILED: gettext_lazy("是否没有已通过审核的数据"),
    Ask.TARGET_REACHED: gettext_lazy("是否达到目标：v ≥ T"),
    Ask.TARGET_HIT: gettext_lazy("是否正好达到目标：v = T"),
    Ask.TARGET_EXCEEDED: gettext_lazy("是否突破：v > T"),
    Ask.NOTHING_EXPECTED: gettext_lazy("是否无法按进度衡量（目标不高于基数，或没有起点）"),
    Ask.PACE_KEPT: gettext_lazy("是否达到序时进度：r ≥ 1"),
    Ask.PACE_NEARLY_KEPT: gettext_lazy("是否接近序时进度：r 不低于界限"),
    Ask.PATH_KEPT: gettext_lazy("是否不低于应达数：Δ ≥ 0"),
    Ask.PATH_NEARLY_KEPT: gettext_lazy("是否接近应达数：Δ 不低于界限"),
    Ask.HEADROOM_SMALL: gettext_lazy("是否余量不足：h 小于界限"),
    Ask.YEAR_IS_OVER: gettext_lazy("是否已到12月"),
    Ask.OTHERWISE: gettext_lazy("以上都不是"),
}
_MONTHS = {Name.MONTH, Name.DUE_MONTH, Name.PLANNED_MONTH, Name.FIRST_MONTH, Name.AMOUNT_MONTH}
_SHARES = {Name.COMPLETION, Name.RATIO}
_BY_SHARE = {Ask.PACE_KEPT, Ask.PACE_NEARLY_KEPT}
_BY_DIFFERENCE = {Ask.PATH_KEPT, Ask.PATH_NEARLY_KEPT, Ask.HEADROOM_SMALL}
_PLACES = (2, 4, 8, 26)


@dataclass(frozen=True)
class ReasonLine:
    """One number or formula as a row of the page."""

    letter: str
    name: str
    formula: str
    shown: str


@dataclass(frozen=True)
class CheckLine:
    """One question in the order asked, what was compared, and the answer; the last one decided."""

    question: str
    compared: str
    holds: bool
    status: Status


@dataclass(frozen=True)
class Explained:
    """What a verdict at a month was made from, line by line; no lines where there is nothing to explain."""

    period: ReportingMonth
    months: list[date]
    indicator: Indicator
    reasons: Reasons | None
    value_month: date | None
    headline: str

    @property
    def subject(self) -> dict[str, str]:
        """Whose verdict it is, by the names of the API."""
        return {"indicator": self.indicator.code, "month": f"{self.period}"}

    @property
    def inputs(self) -> tuple[ReasonLine, ...]:
        return tuple(_inputs(self.reasons, self.indicator.unit_of_measure)) if self.reasons else ()

    @property
    def workings(self) -> tuple[ReasonLine, ...]:
        return tuple(_workings(self.reasons, self.indicator.unit_of_measure)) if self.reasons else ()

    @property
    def checks(self) -> tuple[CheckLine, ...]:
        return tuple(_checks(self.reasons, self.indicator.unit_of_measure)) if self.reasons else ()

    @property
    def limits(self) -> tuple[ReasonLine, ...]:
        return tuple(limits(self.reasons.thresholds)) if self.reasons else ()


@dataclass(frozen=True)
class ReasonsPage(Explained):
    unit: ReportingUnit
    is_open: bool
    row: ProgressRow | None

    @property
    def subject(self) -> dict[str, str]:
        return {"indicator": self.indicator.code, "unit": self.unit.code, "month": f"{self.period}"}

    @property
    def kept(self) -> tuple[tuple[str, str], ...]:
        """What stays in the address when another month is chosen."""
        return (("unit", self.unit.code),)


def reasons_page(
    person: permissions.Person, period: ReportingMonth, indicator: Indicator, unit: ReportingUnit, *, today: date
) -> ReasonsPage:
    """Return the page; nothing to explain where the month is closed to the person or there is no total."""
    is_open = months.is_open_to(person, period, unit)
    rows = aggregates.progress_rows(person, period, [unit], indicators=[indicator]) if is_open else []
    row = next(iter(rows), None)
    reasons = explain(row.goal, row.reading, aggregates.thresholds_of(period.plan_id)) if row else None
    return ReasonsPage(
        period=period,
        months=months.offered(person, period, today=today, unit=unit),
        indicator=indicator,
        unit=unit,
        is_open=is_open,
        row=row,
        reasons=reasons,
        value_month=row.value_month if row else None,
        headline=headline(reasons, period, indicator, unit.label) if reasons else "",
    )


def headline(reasons: Reasons, period: ReportingMonth, indicator: Indicator, label: str) -> str:
    """Say the verdict on the unit or region of this name, and the check that decided it."""
    words = {"month": month_words(period.month), "unit": label, "name": indicator.short_label}
    if reasons.deciding is None:
        return _("%(month)s，%(unit)s%(name)s没有下达目标，不作进度判定。") % words
    words["status"] = status_label(reasons.status)
    words["question"] = str(ASKS[reasons.deciding.ask])
    words["compared"] = compared(reasons.deciding, indicator.unit_of_measure)
    if words["compared"]:
        return _("%(month)s，%(unit)s%(name)s：%(status)s。判定步骤：%(question)s（%(compared)s）。") % words
    return _("%(month)s，%(unit)s%(name)s：%(status)s。判定步骤：%(question)s。") % words


def _inputs(reasons: Reasons, unit_of_measure: str) -> Iterator[ReasonLine]:
    for name, letter, value in reasons.inputs:
        shown = _("%(month)s月") % {"month": value} if name in _MONTHS else exact(value, unit_of_measure)
        yield ReasonLine(letter, str(NAMES[name]), "", shown)


def _workings(reasons: Reasons, unit_of_measure: str) -> Iterator[ReasonLine]:
    for name, letter, formula, value in reasons.workings:
        if name in _SHARES:
            shown = percent(value, 2)
        elif name == Name.PATH:
            shown = exact(_whole(value, unit_of_measure), unit_of_measure)
        else:
            shown = _difference(_whole(value, unit_of_measure), unit_of_measure, 2)
        yield ReasonLine(letter, str(NAMES[name]), formula, shown)


def _checks(reasons: Reasons, unit_of_measure: str) -> Iterator[CheckLine]:
    for check in reasons.checks:
        yield CheckLine(str(ASKS[check.ask]), compared(check, unit_of_measure), check.holds, check.status)


def limits(thresholds: Thresholds) -> Iterator[ReasonLine]:
    """Yield the limits in force between the words, as data."""
    yield ReasonLine("r", _("略有滞后：与应达数之比不低于"), "", percent(thresholds.lagging_ratio, 1))
    yield ReasonLine(
        "Δ", _("略有滞后：比率低于应达数不超过（百分点）"), "", points(thresholds.lagging_gap, 1).lstrip("+")
    )
    yield ReasonLine("h", _("略有滞后：距上限不足（百分点）"), "", points(thresholds.lagging_headroom, 1).lstrip("+"))


def compared(check: Check, unit_of_measure: str) -> str:
    """Write both sides of a check with so many decimals that their order is seen; nothing where it compares none."""
    if check.left is None or check.right is None:
        return ""
    sign = "=" if check.left == check.right else "<" if check.left < check.right else ">"
    sides = (_side(check, value, unit_of_measure) for value in (check.left, check.right))
    return f" {sign} ".join(sides)


def _side(check: Check, value: Decimal, unit_of_measure: str) -> str:
    scale = 0 if unit_of_measure != UnitOfMeasure.RATE and check.ask not in _BY_SHARE else 2
    places = next(places for places in _PLACES if places == _PLACES[-1] or _in_order(check, places + scale))
    if check.ask in _BY_SHARE:
        return percent(value, places)
    if check.ask in _BY_DIFFERENCE:
        return _difference(value, unit_of_measure, places)
    return percent(value, places) if unit_of_measure == UnitOfMeasure.RATE else exact(_rounded(value), unit_of_measure)


def _in_order(check: Check, places: int) -> bool:
    """Say whether the sides still differ, or agree, once they are rounded."""
    left, right = (round_half_up(value, places) for value in (check.left, check.right))
    return (left == right) == (check.left == check.right)


def _difference(value: Decimal | None, unit_of_measure: str, places: int) -> str:
    if value is None:
        return DASH
    if unit_of_measure == UnitOfMeasure.RATE:
        return _("%(points)s个百分点") % {"points": points(value, places)}
    return exact(_rounded(value), unit_of_measure)


def _whole(value: Decimal | None, unit_of_measure: str) -> Decimal | None:
    """Leave out what is below one person or one yuan of a twelfth; rates keep theirs."""
    return value if value is None or unit_of_measure == UnitOfMeasure.RATE else round_half_up(value, 0)


def _rounded(value: Decimal | None) -> Decimal | None:
    """Leave out the endless decimals of a twelfth; what was filed has no more than four."""
    return None if value is None else round_half_up(value, 4)


# For programs ----------------------------------------------------------------------------------


def as_data(page: Explained) -> dict[str, object]:
    """Return the reasons as data: exact numbers as texts, names as in the API."""
    reasons = page.reasons
    return {
        **page.subject,
        "status": reasons.status.value if reasons and reasons.status else None,
        "value_month": f"{page.value_month:%Y-%m}" if page.value_month else None,
        "inputs": {one.name.value: plain(one.value) for one in reasons.inputs} if reasons else {},
        "formulas": {one.name.value: {"formula": one.formula, "value": plain(one.value)} for one in reasons.workings}
        if reasons
        else {},
        "thresholds": {name: plain(value) for name, value in vars(reasons.thresholds).items()} if reasons else {},
        "checks": [
            {
                "check": check.ask.value,
                "left": plain(check.left),
                "right": plain(check.right),
                "holds": check.holds,
                "status": check.status.value,
            }
            for check in (reasons.checks if reasons else ())
        ],
    }


def as_rows(page: Explained) -> Iterator[dict[str, str | None]]:
    """Yield the same line by line: part, name, formula, value, limit, answer."""
    data = as_data(page)
    for name in (*page.subject, "status"):
        yield {"part": "subject", "name": name, "value": data[name]}
    for name, value in data["inputs"].items():
        yield {"part": "input", "name": name, "value": value}
    for name, one in data["formulas"].items():
        yield {"part": "formula", "name": name, **one}
    for name, value in data["thresholds"].items():
        yield {"part": "threshold", "name": name, "value": value}
    for one in data["checks"]:
        answer = {"answer": "yes" if one["holds"] else "no", "status": one["status"] if one["holds"] else None}
        yield {"part": "check", "name": one["check"], "value": one["left"], "limit": one["right"], **answer}
