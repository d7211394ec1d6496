"""How the points of a line came about, in the reader's language, and where what is behind them can be looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import ReportingUnit
from reporting.assessment.models import AssessmentCriterion, AssessmentRound, CriterionKind, PointFormula
from reporting.pages.words import month_words
from submissions.timeliness import Arrival
from targets import periods
from targets.models import Kind
from workplan.lib.numbers import plain_text
from workplan.templatetags.figures import exact, percent
from workplan.templatetags.portal import MILESTONE_LOOKS, Look

#: Why a report is held against the unit, as `measuring` notes it.
HELD_WORDS: Mapping[str, Promise] = {
    Arrival.LATE: gettext_lazy("迟报"),
    Arrival.MADE_UP: gettext_lazy("补报"),
    Arrival.MISSING: gettext_lazy("未报"),
    "corrected": gettext_lazy("通过后更正"),
}

#: Why a line does not apply.
NOT_APPLYING: Mapping[str, Promise] = {
    CriterionKind.TARGET: gettext_lazy("本单位没有这项目标，或本期不应报，不参与计分。"),
    CriterionKind.MILESTONES: gettext_lazy("本单位没有需要完成的节点，不参与计分。"),
}


@dataclass(frozen=True)
class Source:
    """One thing the points rest on: what it is, where it can be looked up, and what of it counts."""

    label: str
    url: str
    note: str = ""
    look: Look | None = None


@dataclass(frozen=True)
class Told:
    """How a line came to its points: the sentence with the numbers, and the sources behind it."""

    sentence: str
    sources: tuple[Source, ...] = ()


def told(
    criterion: AssessmentCriterion,
    taken: AssessmentRound,
    unit: ReportingUnit,
    inputs: Mapping[str, Any],
    *,
    applies: bool,
) -> Told:
    """Say what a computed line was computed from; nothing is said of one that is judged."""
    if not applies:
        return Told(str(NOT_APPLYING[criterion.kind]))
    return _TOLD[criterion.kind](criterion, taken, unit, inputs)


# Targets ---------------------------------------------------------------------------------------


def _target(
    criterion: AssessmentCriterion,
    taken: AssessmentRound,
    unit: ReportingUnit,
    inputs: Mapping[str, Any],
) -> Told:
    asked = f"month={taken.period_id:%Y-%m}&unit={unit.code}"
    sources = (
        Source(_("数据来源"), f"{reverse('reporting:trace', args=[inputs['indicator']])}?{asked}"),
        Source(_("判定依据"), f"{reverse('reporting:reasons', args=[inputs['indicator']])}?{asked}"),
    )
    if inputs["value"] is None:
        return Told(_("截至%(month)s没有已通过的数据，不得分。") % {"month": month_words(taken.period_id)}, sources)
    return Told(_held_against(criterion, inputs), sources)


def _held_against(criterion: AssessmentCriterion, inputs: Mapping[str, Any]) -> str:
    indicator, achieved = criterion.indicator, Decimal(inputs["achieved"])
    words = {
        "value": exact(Decimal(inputs["value"]), indicator.unit_of_measure),
        "expected": exact(Decimal(inputs["expected"]), indicator.unit_of_measure),
        "achieved": percent(achieved, 2),
        "weight": plain_text(criterion.weight),
        "floor": percent(criterion.floor),
    }
    if indicator.kind == Kind.ZERO:
        return (_("本年没有发生，得满分。") if achieved == 1 else _("本年发生过，不得分。")) % words
    if achieved == 1:
        return _("实际%(value)s，要求%(expected)s：达到要求，得满分。") % words
    if criterion.formula == PointFormula.ALL_OR_NOTHING:
        return _("实际%(value)s，要求%(expected)s：没有达到要求，不得分。") % words
    if achieved < criterion.floor:
        return _("实际%(value)s，要求%(expected)s：达到%(achieved)s，低于起分线%(floor)s，不得分。") % words
    return _("实际%(value)s，要求%(expected)s：达到%(achieved)s，%(weight)s × %(achieved)s。") % words


# Milestones ------------------------------------------------------------------------------------


def _milestones(
    criterion: AssessmentCriterion,
    taken: AssessmentRound,
    unit: ReportingUnit,
    inputs: Mapping[str, Any],
) -> Told:
    rows = inputs["milestones"]
    counted = sum((Decimal(row["credit"]) for row in rows), Decimal(0))
    words = {"n": len(rows), "sum": plain_text(counted), "weight": plain_text(criterion.weight)}
    sentence = _("%(n)s个节点计分合计%(sum)s：%(weight)s × %(sum)s ÷ %(n)s。") % words
    return Told(sentence, tuple(_milestone(row, taken) for row in rows))


def _milestone(row: Mapping[str, Any], taken: AssessmentRound) -> Source:
    url = f"{reverse('reporting:item', args=[row['item']])}?month={taken.period_id:%Y-%m}#milestones-title"
    credit = _("计%(credit)s") % {"credit": row["credit"]}
    note = _("逾期，%(credit)s") % {"credit": credit} if row["overdue"] else credit
    return Source(row["code"], url, note, MILESTONE_LOOKS[row["state"]])


# Deductions ------------------------------------------------------------------------------------


def _deduction(
    criterion: AssessmentCriterion,
    _taken: AssessmentRound,
    unit: ReportingUnit,
    inputs: Mapping[str, Any],
) -> Told:
    rows = inputs["held"]
    words = {
        "what": criterion.get_counted_display(),
        "n": len(rows),
        "each": plain_text(criterion.each),
        "cap": plain_text(criterion.cap),
        "weight": plain_text(criterion.weight),
    }
    if not rows:
        return Told(_("没有%(what)s，不扣分。") % words)
    sentence = _("%(what)s%(n)s次，每次扣%(each)s分，最多扣%(cap)s分，从%(weight)s分中扣除。") % words
    return Told(sentence, tuple(_report(unit, row) for row in rows))


def _report(unit: ReportingUnit, row: Mapping[str, Any]) -> Source:
    month = periods.parse_month(row["month"])
    return Source(month_words(month), report_url(month, unit), str(HELD_WORDS[row["how"]]))


def report_url(month: date, unit: ReportingUnit) -> str:
    return reverse("submissions:report", args=[month, unit.code])


_TOLD: Mapping[str, Callable[..., Told]] = {
    CriterionKind.TARGET: _target,
    CriterionKind.MILESTONES: _milestones,
    CriterionKind.DEDUCTION: _deduction,
    CriterionKind.JUDGED: lambda *_of: Told(""),
}


def limits_shown(taken: AssessmentRound) -> Iterable[Decimal]:
    """Return where the grades begin: what lies below is never shown as having reached it."""
    return (taken.scheme.pass_from, taken.scheme.excellent_from)
