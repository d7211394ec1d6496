"""What the rules will say of the drafts once a file is imported: told before it is confirmed, never in its way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from accounts.models import User
from submissions import facts, filings, rules, workflow
from submissions.bulk.plan import ReportPlan
from submissions.bulk.rows import RowFault, SourceRow
from submissions.intake import NUMBER_FIELDS
from submissions.known import Known
from submissions.models import Explanation, MonthlyReport, Verb
from workplan.templatetags.figures import sentence


@dataclass(frozen=True)
class Foreseen:
    """One thing to correct or to explain in a draft as it would stand."""

    report: MonthlyReport
    finding: rules.Finding
    message: str
    #: Where its figure stands in the file; None where the file leaves it as it is.
    at: RowFault | None

    @property
    def blocks(self) -> bool:
        return self.finding.severity == rules.Severity.ERROR


@dataclass(frozen=True)
class Outlook:
    """What is left to do in the drafts after the import."""

    #: What blocks comes first.
    found: list[Foreseen]
    #: Due figures that neither the file nor the drafts hold.
    n_unfilled: int
    n_reports: int

    @property
    def n_errors(self) -> int:
        return sum(one.blocks for one in self.found)

    @property
    def n_warnings(self) -> int:
        return len(self.found) - self.n_errors


def outlook(plans: Sequence[ReportPlan], *, by: User, today: date) -> Outlook:
    """Return what the rules will find in the drafts; of a refused report, in what could be read of it.

    The number of queries does not grow with the reports of a year. A report the person may not save is left out.
    """
    touched = [
        one
        for one in plans
        if (one.is_changed or one.readable) and workflow.may(Verb.SAVE, one.report, by=by, today=today)
    ]
    by_year = sorted(touched, key=lambda one: one.report.period.plan_id)
    judged = [
        told
        for _plan, of_year in groupby(by_year, key=lambda one: one.report.period.plan_id)
        for told in _judged(list(of_year))
    ]
    unfilled = [one for one in judged if one is None]
    found = [one for one in judged if one is not None]
    return Outlook(sorted(found, key=lambda one: not one.blocks), len(unfilled), len(touched))


def _judged(plans: Sequence[ReportPlan]) -> Iterator[Foreseen | None]:
    """Yield what is left to do in reports of one plan year, report by report; None for each figure left empty."""
    known = Known([one.report for one in plans])
    for one in plans:
        known.suppose(one.report, [*one.figures, *one.readable])
    stored = _explanations(plans)
    for one in plans:
        yield from _of_report(one, known, stored.get(one.report.filing_id, []))


def _of_report(plan: ReportPlan, known: Known, stored: Sequence[Explanation]) -> Iterator[Foreseen | None]:
    rows = {str(row.cells.get("indicator")): row for row in plan.rows}
    refused = {str(fault.row.cells.get("indicator")) for fault in plan.faults}
    due, figures = known.indicators(plan.report), known.figures(plan.report)
    filled = {one.code for one in due if one.pk in figures}
    names = facts.names_of(due)
    findings = [one for one in known.findings(plan.report) if one.severity != rules.Severity.INFO]
    answered = filings.answering(stored, findings)
    for one in findings:
        row = rows.get(one.indicator)
        is_answered = one.severity == rules.Severity.WARNING and (one.key in answered or bool(row and row.answer))
        if one.indicator in refused or is_answered:
            continue
        if one.indicator and one.indicator not in filled:
            yield None
        else:
            message = sentence(one.template, one.params, one.shown_as, names)
            yield Foreseen(plan.report, one, message, row and _at(row, one, message))


def _at(row: SourceRow, finding: rules.Finding, message: str) -> RowFault:
    column = next((name for name in NUMBER_FIELDS if name in row.cells), "value")
    return row.fault(column, finding.code, message)


def _explanations(plans: Sequence[ReportPlan]) -> dict[int, list[Explanation]]:
    """Return the answers the drafts hold already, by filing."""
    begun = [one.report.filing_id for one in plans if one.report.filing_id is not None]
    by_filing: dict[int, list[Explanation]] = {}
    for row in Explanation.objects.filter(filing__in=begun).select_related("indicator"):
        by_filing.setdefault(row.filing_id, []).append(row)
    return by_filing
