"""What people do with a report: one verb, one transaction, one decision, one audit entry (`trail`: refused or not).

Form, Excel, REST and commands call these functions. The report's row is locked before it is judged, and the audit
entry is the last statement, because its chain is locked until the transaction ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit, permissions
from accounts.models import ReportingUnit, User
from submissions import announcing, filings, holding, reviewing, waiting
from submissions.blocking import check_findings
from submissions.ground import Ground
from submissions.intake import CommentInput, ExceptionInput, FigureInput, MilestoneInput
from submissions.known import Known
from submissions.models import (
    Decision,
    DirtyUnit,
    Filing,
    MonthlyReport,
    Outcome,
    Release,
    ReportingMonth,
    ReportStatus,
    Verb,
)
from submissions.trail import step
from submissions.workflow import STEPS, check_release, check_step, is_view_only
from targets.models import Milestone
from workplan.lib.refusals import Refused


class StaleVersion(Refused):
    """Somebody changed the report since the person read it."""

    code = "stale_version"

    def __init__(self, report: MonthlyReport) -> None:
        self.report = report
        super().__init__(
            _("报表已被更新（现为第 %(version)s 版）。请查看最新内容后再操作；您的输入没有丢失。"),
            version=report.version,
        )


class NotYourItem(Refused):
    """The milestone is of an item that another person at the ministry answers for."""

    code = "not_your_item"
    http_status = 403


def report_for(unit: ReportingUnit, period: ReportingMonth) -> MonthlyReport:
    """Return the unit's report for the month; an unsaved draft of version 0 when none was begun."""
    report = (
        MonthlyReport.objects.with_deadline()
        .select_related("unit__parent", "period", "filing__submitted_by", "signing_asked_by")
        .filter(unit=unit, period=period)
        .first()
    )
    return report or MonthlyReport(unit=unit, period=period)


def check_items(report: MonthlyReport, milestones: Iterable[Milestone], by: User) -> None:
    """Raise where somebody reports, for the nation, a milestone of an item that another person answers for.

    :raises NotYourItem: one of them is another person's to report.
    """
    if not report.unit.is_nation:
        return
    for one in milestones:
        if not permissions.may_report_item(by, one.item_id):
            raise NotYourItem(_("%(code)s 由该工作要点的责任人填报，您不能修改。"), code=one.code)


@transaction.atomic
def save_draft(
    report: MonthlyReport,
    *,
    by: User,
    now: datetime,
    version: int,
    figures: Iterable[FigureInput] = (),
    milestones: Iterable[MilestoneInput] = (),
    explanations: Mapping[str, str] | None = None,
    replies: Mapping[int, str] | None = None,
    note: str | None = None,
    is_demo: bool = False,
) -> MonthlyReport:
    """Save the figures given, whole or not at all; what is left out stays, a figure without state is cleared.

    :raises StaleVersion: the report moved on since ``version``.
    :raises NotYourItem: a milestone of the nation is another person's to report.
    :raises Refused: state, person or window does not allow editing.
    """
    report = holding.begun(report, is_demo=is_demo)
    check_step(Verb.SAVE, report, by=by, today=now.date())
    check_version(report, version)
    milestones = list(milestones)
    check_items(report, (one.milestone for one in milestones), by)
    changes = filings.write_figures(report.begun_filing, figures) | filings.write_milestones(
        report.begun_filing, milestones
    )
    if explanations:
        filings.write_explanations(report.begun_filing, explanations, Known([report]).findings(report))
    filings.write_replies(report.begun_filing, replies or {})
    if note is not None and note != report.begun_filing.note:
        report.begun_filing.note = note
        report.begun_filing.save(update_fields=["note"])
    advance(report, now=now)
    audit.record("report.save", by=by, obj=report, details={"version": report.version, "changes": changes})
    return report


@step(Verb.SUBMIT)
def submit(
    report: MonthlyReport,
    *,
    by: User,
    now: datetime,
    version: int,
    explanations: Mapping[str, str] | None = None,
    comment: str = "",
    ground: Ground | None = None,
) -> MonthlyReport:
    """Hand the report in; from here on its figures are frozen.

    ``ground`` is what the rules stand on, where the caller has read it for many reports.

    :raises FindingsBlock: an error stands, or a warning has no explanation.
    :raises StaleVersion: the report moved on since ``version``.
    :raises Refused: state, person or window does not allow it.
    """
    report = holding.begun(report)
    check_step(Verb.SUBMIT, report, by=by, today=now.date(), comment=comment)
    check_version(report, version)
    findings = Known([report], ground=ground).findings(report)
    filings.write_explanations(report.begun_filing, explanations or {}, findings)
    check_findings(report, findings)
    report.begun_filing.outcome = Outcome.PENDING
    report.begun_filing.submitted_by, report.begun_filing.submitted_at = by, now
    report.begun_filing.save(update_fields=["outcome", "submitted_by", "submitted_at"])
    reviewing.carry_viewed(report.begun_filing)
    return _step(Verb.SUBMIT, report, by=by, now=now, comment=comment)


@step(Verb.WITHDRAW)
def withdraw(report: MonthlyReport, *, by: User, now: datetime, version: int, comment: str = "") -> MonthlyReport:
    """Take a report back before it is decided on.

    :raises Refused: it is not awaiting review, or is not the person's to withdraw.
    """
    report = holding.locked(report)
    check_step(Verb.WITHDRAW, report, by=by, today=now.date(), comment=comment)
    check_version(report, version)
    _close_filing(report.begun_filing, Outcome.WITHDRAWN)
    return _step(Verb.WITHDRAW, report, by=by, now=now, comment=comment, reopen_as_copy=True)


@step(Verb.APPROVE)
def approve(
    report: MonthlyReport,
    *,
    by: User,
    now: datetime,
    version: int,
    comment: str = "",
    comments: Iterable[CommentInput] = (),
    exception: ExceptionInput | None = None,
) -> MonthlyReport:
    """Approve a submitted report; its figures are in every total from the next read on.

    ``comments`` join what the reviewer has drafted at its cells; all are delivered with the verdict.
    ``exception`` names the units below that it does not wait for, and why.

    :raises WaitsForUnits: units below are not approved, and the exception does not name them.
    :raises Refused: it is not awaiting review, is the person's own submission, or the month is closed.
    """
    report = holding.locked(report)
    check_step(Verb.APPROVE, report, by=by, today=now.date(), comment=comment)
    check_version(report, version)
    not_awaited = waiting.check_waiting(report, exception)
    _close_filing(report.begun_filing, Outcome.APPROVED, by=by, now=now)
    report.approved_filing = report.begun_filing
    report.reopened_at = None
    DirtyUnit.objects.create(unit=report.unit, month=report.month)
    return _step(
        Verb.APPROVE, report, by=by, now=now, comment=comment, comments=comments, exception=(not_awaited, exception)
    )


@step(Verb.RETURN)
def return_(
    report: MonthlyReport,
    *,
    by: User,
    now: datetime,
    version: int,
    comment: str = "",
    comments: Iterable[CommentInput] = (),
    is_said_at_cells: bool = False,
) -> MonthlyReport:
    """Send a report back with a reason, and with every comment drafted at its cells.

    With ``is_said_at_cells`` a comment at one cell is reason enough.

    :raises Refused: it is not awaiting review, is not the person's to review, or no reason is given anywhere.
    """
    report = holding.locked(report)
    comments = list(comments)
    said = reviewing.cells_noted(report, comments, by=by) if is_said_at_cells else ""
    check_step(Verb.RETURN, report, by=by, today=now.date(), comment=comment or said)
    check_version(report, version)
    _close_filing(report.begun_filing, Outcome.RETURNED, by=by, now=now)
    if is_view_only(report, now.date()):
        report.reopened_at = now  # what is sent back can be answered
    return _step(Verb.RETURN, report, by=by, now=now, comment=comment, comments=comments, reopen_as_copy=True)


@step(Verb.CORRECT)
def correct(
    report: MonthlyReport, *, by: User, now: datetime, version: int, comment: str, release: Release | None = None
) -> MonthlyReport:
    """Open a correction of an approved report; the approved figures stay in totals until another person approves it.

    With ``release`` FINAL the next filing is the year's final one (年报) beside the flash (快报).

    :raises Refused: it is not approved, the month is closed, no reason is given, or the release is not this month's.
    """
    report = holding.locked(report)
    check_step(Verb.CORRECT, report, by=by, today=now.date(), comment=comment)
    check_release(Verb.CORRECT, report, release)
    check_version(report, version)
    return _step(Verb.CORRECT, report, by=by, now=now, comment=comment, reopen_as_copy=True, release=release)


@step(Verb.REOPEN)
def reopen(
    report: MonthlyReport, *, by: User, now: datetime, version: int, comment: str, release: Release | None = None
) -> MonthlyReport:
    """Hand an approved report back for correction, or free a report that its closed month holds.

    With ``release`` FINAL it is handed back for the year's final filing.

    :raises Refused: the person may not, no reason is given, or the release is not this month's.
    """
    report = holding.begun(report)
    check_step(Verb.REOPEN, report, by=by, today=now.date(), comment=comment)
    check_release(Verb.REOPEN, report, release)
    check_version(report, version)
    report.reopened_at = now
    was_approved = report.status == ReportStatus.APPROVED
    return _step(Verb.REOPEN, report, by=by, now=now, comment=comment, reopen_as_copy=was_approved, release=release)


#: The verbs by which a reviewer decides; only they deliver comments.
VERDICTS = frozenset({Verb.APPROVE, Verb.RETURN})


class TakenStep(Protocol):
    """What every verb but saving can be called with."""

    def __call__(
        self, report: MonthlyReport, *, by: User, now: datetime, version: int, comment: str
    ) -> MonthlyReport: ...


#: What each verb does; saving, which takes figures, is called by its name.
BY_VERB: dict[Verb, TakenStep] = {
    Verb.SUBMIT: submit,
    Verb.WITHDRAW: withdraw,
    Verb.APPROVE: approve,
    Verb.RETURN: return_,
    Verb.CORRECT: correct,
    Verb.REOPEN: reopen,
}


# The parts the verbs share ---------------------------------------------------------------------


def advance(report: MonthlyReport, *changed: str, now: datetime) -> None:
    """Write the report as its next version; who was asked to sign the one before is asked no more."""
    announcing.settle_asking([report], now=now)
    report.version += 1
    report.save(update_fields=["version", *changed])


def check_version(report: MonthlyReport, version: int) -> None:
    """Raise where the report is not what the person saw.

    :raises StaleVersion: it moved on.
    """
    if report.version != version:
        raise StaleVersion(report)


def _close_filing(filing: Filing, outcome: Outcome, *, by: User | None = None, now: datetime | None = None) -> None:
    filing.outcome = outcome
    filing.decided_by, filing.decided_at = by, now
    filing.save(update_fields=["outcome", "decided_by", "decided_at"])


def _step(
    verb: Verb,
    report: MonthlyReport,
    *,
    by: User,
    now: datetime,
    comment: str,
    comments: Iterable[CommentInput] = (),
    reopen_as_copy: bool = False,
    release: Release | None = None,
    exception: tuple[Sequence[ReportingUnit], ExceptionInput | None] = ((), None),
) -> MonthlyReport:
    """Move the report, record the decision and the audit entry; the only place that assigns a status."""
    before, decided_on = report.status, report.begun_filing
    seen = report.version
    row = STEPS[verb]
    if before in row.sources and row.target is not None:
        report.status = row.target
    if reopen_as_copy:
        report.filing = filings.next_filing(
            report, reason=comment if before == ReportStatus.APPROVED else "", release=release
        )
    advance(report, "status", "filing", "approved_filing", "reopened_at", now=now)
    decision = Decision.objects.create(
        report=report,
        filing=decided_on,
        verb=verb,
        from_status=before,
        to_status=report.status,
        version=seen,
        by=by,
        at=now,
        comment=comment,
    )
    n_comments = reviewing.deliver(decision, comments) if verb in VERDICTS else 0
    waiting.keep_exceptions(decision, *exception)
    announcing.announce_step(decision)
    audit.record(
        f"report.{verb.lower()}",
        by=by,
        obj=report,
        details={
            "decision": decision.pk,
            "version": report.version,
            "status": report.status,
            "comment": comment,
            "comments": n_comments,
            **waiting.as_details(*exception),
        },
    )
    return report
