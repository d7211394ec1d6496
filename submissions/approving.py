"""Approving many at once: only what asks for no reading, only what was shown, one decision and one entry each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from submissions import rules, services, trail, waiting
from submissions.known import Known
from submissions.models import CellComment, Decision, FigureState, Filing, MonthlyReport, Outcome, Verb
from submissions.models.reports import ReportQuerySet
from workplan.lib.refusals import Refused

#: No more reports than this are approved in one act (acceptance.md API6).
MOST_AT_ONCE = 50


class NoLongerClean(Refused):
    """A rule finds something since the list was shown."""

    code = "findings"


class CountMismatch(Refused):
    """The number typed is not the number of reports on the list."""

    code = "count_mismatch"
    http_status = 400


@dataclass(frozen=True)
class Result:
    """What became of one report of the list: approved, or why it was left alone."""

    report: MonthlyReport
    refusal: Refused | None

    @property
    def is_approved(self) -> bool:
        return self.refusal is None


def marked(reports: ReportQuerySet, person: User) -> ReportQuerySet:
    """Annotate what a reviewer must read: explanations, missing figures, an earlier decision, the own drafts."""
    decided = Filing.objects.filter(report=OuterRef("pk"), outcome__in=[Outcome.RETURNED, Outcome.APPROVED])
    drafts = CellComment.objects.filter(report=OuterRef("pk"), by=person, decision__isnull=True)
    silent = Q(filing__figures__state=FigureState.NOT_REPORTED)
    return reports.annotate(
        n_explained=Count("filing__explanations", distinct=True),
        n_silent=Count("filing__figures", filter=silent, distinct=True),
        is_refiled=Exists(decided),
        has_drafts=Exists(drafts),
    )


def clean(reports: ReportQuerySet, person: User) -> ReportQuerySet:
    """Keep, of marked reports, those that may be approved unread: they wait for no unit below."""
    waiting_ones = held_back(unread(reports, person))
    return unread(reports, person).exclude(pk__in=waiting_ones) if waiting_ones else unread(reports, person)


def held_back(reports: ReportQuerySet) -> list[int]:
    """Return which of the reports wait for units below them."""
    found = waiting.waited_for(reports.select_related("unit", "period"))
    return [report for report, units in found.items() if units]


def unread(reports: ReportQuerySet, person: User) -> ReportQuerySet:
    """Keep, of marked reports, those with nothing to read that another person handed in and no closed month holds.

    No warning can stand in them: submitting asks an explanation for each.
    """
    nothing = Q(n_explained=0, n_silent=0, is_refiled=False, has_drafts=False, filing__note="")
    return reports.filter(nothing).not_locked().exclude(filing__submitted_by=person)


def approve_shown(shown: Mapping[int, int], *, typed: str, by: User, now: datetime) -> list[Result]:
    """Approve each report at the version shown; what moved meanwhile is left alone and named.

    ``shown`` maps report to version. Sending it twice approves once: what the person approved at that version counts
    as done. Each report is a transaction of its own.

    :raises CountMismatch: ``typed`` is not the number of reports shown, or they are too many.
    """
    if typed.strip() != str(len(shown)) or not 0 < len(shown) <= MOST_AT_ONCE:
        raise CountMismatch(_("列出的是 %(count)s 份，请在框中输入 %(count)s 再确认。"), count=len(shown))
    mine = MonthlyReport.objects.reviewable_by(by).with_people().filter(pk__in=shown)
    reports = list(mine.order_by("period", "unit__code"))
    doubtful = _doubtful(reports)
    return [_approve(one, shown[one.pk], is_doubtful=one.pk in doubtful, by=by, now=now) for one in reports]


def _approve(report: MonthlyReport, version: int, *, is_doubtful: bool, by: User, now: datetime) -> Result:
    if Decision.objects.filter(report=report, verb=Verb.APPROVE, version=version, by=by).exists():
        return Result(report, None)
    if is_doubtful and report.version == version:
        doubt = NoLongerClean(_("现在有疑点，请打开逐项审核。"))
        trail.note(doubt, Verb.APPROVE, report, by=by, version=version)
        return Result(report, doubt)
    try:
        return Result(services.approve(report, by=by, now=now, version=version), None)
    except Refused as refusal:
        return Result(report, refusal)


def _doubtful(reports: Iterable[MonthlyReport]) -> set[int]:
    """Return the reports in which a rule finds something by now that it did not find at submission."""
    by_plan: dict[int, list[MonthlyReport]] = defaultdict(list)
    for report in reports:
        by_plan[report.period.plan_id].append(report)
    serious = {rules.Severity.ERROR, rules.Severity.WARNING}
    return {
        report.pk
        for of_plan in by_plan.values()
        for known in [Known(of_plan)]
        for report in of_plan
        if any(finding.severity in serious for finding in known.findings(report))
    }
