"""One report as a person sees it: its rows, what the rules find, and what the person may do next.

The form, the report page, REST and the workbook are made from this, so that they never differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts import permissions
from submissions import facts, rules, workflow
from submissions.known import Known
from submissions.models import (
    Explanation,
    Figure,
    FigureState,
    Filing,
    MonthlyReport,
    ReportStatus,
    Verb,
)
from targets import measures
from targets.models import Indicator, Target
from workplan.templatetags.figures import sentence


@dataclass(frozen=True)
class Found:
    """A finding with its sentence, the unit's answer to it, and who excused it.

    ``earlier`` is an answer given when the rule said something else: it has to be given anew. ``is_carried`` says
    that the answer was written in an earlier filing of the report and still holds.
    """

    finding: rules.Finding
    message: str
    explanation: str
    earlier: str = ""
    is_carried: bool = False

    @property
    def blocks(self) -> bool:
        return self.finding.severity == rules.Severity.ERROR

    @property
    def needs_explanation(self) -> bool:
        return self.finding.severity == rules.Severity.WARNING


@dataclass(frozen=True)
class Row:
    """One due indicator: what is filed for it, beside what it is held against."""

    indicator: Indicator
    figure: Figure | None
    previous: Figure | None
    target: Target | None
    found: tuple[Found, ...]

    @property
    def state(self) -> str:
        return self.figure.state if self.figure else FigureState.NOT_REPORTED

    @property
    def value(self) -> Decimal | None:
        """The figure as it is read: the filed value, or the rate of the two filed parts."""
        return standing_value(self.figure)

    @property
    def previous_value(self) -> Decimal | None:
        return standing_value(self.previous)

    @property
    def month_value(self) -> Decimal | None:
        """The month's own figure of a flow: the difference of two totals since January; none of a figure in doubt."""
        if self.figure is None or self.is_doubted:
            return None
        return self.month_value_of(self.value, self.figure.filing.report)

    def month_value_of(self, value: Decimal | None, report: MonthlyReport) -> Decimal | None:
        """Return what the month's own figure is where ``value`` stands in the report; None but for a flow."""
        if self.indicator.kind != measures.Kind.FLOW:
            return None
        month = report.month.month
        before = self.previous_value if self.adjoins(month) else None
        frequency = max(self.indicator.frequency, 2 if report.period.covers_two_months else 1)
        return measures.month_value(value, before, month, frequency=frequency)

    def adjoins(self, month: int) -> bool:
        """Say whether the earlier figure is that of the period just before: the difference is a period's own."""
        if self.previous is None:
            return False
        return self.previous.filing.report.month.month == month - self.indicator.frequency

    @property
    def parts(self) -> list[tuple[str, Decimal]]:
        """The parts the figure was filed in, each with its label, in the order the indicator declares."""
        filed = self.figure.parts if self.figure is not None else {}
        return [(one.label, Decimal(filed[one.code])) for one in self.indicator.filed_parts.all() if one.code in filed]

    @property
    def completion_rate(self) -> Decimal | None:
        """How much of the unit's target the figure reaches; None where there is no target, no rate, or a doubt."""
        if self.target is None or self.is_doubted:
            return None
        return measures.completion_rate(self.target.goal(), self.value)

    @property
    def is_doubted(self) -> bool:
        """Say whether the figure cannot stand as it is: −9 909.4 % of a plan would only tell of a slip of the unit."""
        return any(one.blocks or (one.finding.suggestion is not None and not one.explanation) for one in self.found)

    @property
    def is_answered(self) -> bool:
        """Say whether a number stands, or a reason why none can."""
        if self.figure is None:
            return False
        return self.figure.state != FigureState.NOT_REPORTED or self.figure.note != ""


def standing_value(figure: Figure | None) -> Decimal | None:
    """Return the value of a filed figure; of a ratio, numerator ÷ denominator."""
    if figure is None:
        return None
    if figure.numerator is not None:
        return measures.ratio(figure.numerator, figure.denominator)
    return figure.value


@dataclass(frozen=True)
class Statement:
    report: MonthlyReport
    rows: tuple[Row, ...]
    may: dict[str, bool]
    #: What is said of the report as a whole.
    general: tuple[Found, ...] = ()

    @property
    def found(self) -> list[Found]:
        return [*self.general, *(found for row in self.rows for found in row.found)]

    @property
    def n_answered(self) -> int:
        return sum(row.is_answered for row in self.rows)

    @property
    def filled(self) -> str:
        """How much of the report is filled in, in words."""
        return _("已填 %(done)s / %(all)s 项") % {"done": self.n_answered, "all": len(self.rows)}

    @property
    def n_blocking(self) -> int:
        return sum(found.blocks or (found.needs_explanation and not found.explanation) for found in self.found)


#: The verbs as the API and the templates name them; saving is called editing there.
_NAMES = {verb: ("edit" if verb == Verb.SAVE else verb.lower()) for verb in Verb}


def statement(report: MonthlyReport, *, person: permissions.Person, today: date) -> Statement:
    """Return the report for the person: a constant number of queries, whatever is due."""
    report, standing = shown_to(person, report)
    known = Known([report], standing=standing)
    indicators, figures, previous = known.indicators(report), known.figures(report), known.previous(report)
    targets = known.targets(report)
    found = _found(report, known)
    rows = tuple(
        Row(
            one,
            figures.get(one.pk),
            previous.get(one.pk),
            targets.get(one.pk),
            tuple(found.get(one.code, ())),
        )
        for one in indicators
    )
    may = what_may(report, person=person, today=today)
    return Statement(report, rows, may, tuple(found.get("", ())))


def shown_to(person: permissions.Person, report: MonthlyReport) -> tuple[MonthlyReport, facts.Standing]:
    """Return the report as the person may see it, and which filings of its unit: in work, or only those in force."""
    if permissions.sees_drafts(person, report.unit):
        return report, "filing"
    in_force = copy(report)
    in_force.filing, in_force.status = report.approved_filing, ReportStatus.APPROVED
    in_force.signing_asked_for = None  # of what is in work
    return in_force, "approved_filing"


def what_may(report: MonthlyReport, *, person: permissions.Person, today: date) -> dict[str, bool]:
    """Return for each verb whether the person may take it now; asks the workflow table and nothing else."""
    return {_NAMES[verb]: workflow.may(verb, report, by=person, today=today) for verb in workflow.STEPS}


def _found(report: MonthlyReport, known: Known) -> dict[str, list[Found]]:
    """Return the findings by indicator. A report nobody has begun is not yet judged."""
    if report.filing is None:
        return {}
    findings = known.findings(report)
    answers = {
        f"{one.rule}:{one.indicator.code}": one
        for one in Explanation.objects.filter(filing_id=report.filing_id).select_related("indicator")
    }
    names = facts.names_of(known.indicators(report))
    found: dict[str, list[Found]] = {}
    for finding in findings:
        found.setdefault(finding.indicator, []).append(_told(finding, answers.get(finding.key), names, report.filing))
    return found


def _told(finding: rules.Finding, answer: Explanation | None, names: Mapping[str, str], filing: Filing) -> Found:
    message = sentence(finding.template, finding.params, finding.shown_as, names)
    if finding.excuse is not None:
        message = f"{message}{_excused(finding.excuse)}"
    if answer is None:
        return Found(finding, message, "")
    if answer.answers not in {"", finding.digest}:
        return Found(finding, message, "", earlier=answer.text)
    return Found(finding, message, answer.text, is_carried=answer.written_in < filing.number)


def _excused(excuse: rules.ExcuseFacts) -> str:
    return _("（已豁免：%(reason)s；%(by)s同意，至 %(until)s）") % {
        "reason": excuse.reason,
        "by": excuse.granted_by,
        "until": f"{excuse.until:%Y-%m}",
    }
