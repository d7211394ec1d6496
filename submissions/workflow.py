"""The workflow: the states of a report and who may move it where. One table; docs/workflow.md is drawn from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import ReportingUnit
from submissions.models import MonthlyReport, Release, ReportStatus, Verb
from workplan.lib.refusals import Refused
from workplan.lib.words import month_lazily

S = ReportStatus


class Step(NamedTuple):
    """One row of the table: from these states, to that one (None: the state stays), for whom."""

    sources: frozenset[ReportStatus]
    target: ReportStatus | None
    allowed: Callable[[permissions.Person, ReportingUnit], bool]
    needs_comment: bool = False
    #: Four eyes: the person who submitted may not take this step.
    by_another_person: bool = False
    #: The next filing may be the final one (年报), a release of its own beside the flash.
    may_open_final: bool = False


STEPS: dict[Verb, Step] = {
    Verb.SAVE: Step(frozenset({S.DRAFT, S.RETURNED}), None, permissions.may_edit),
    Verb.SUBMIT: Step(frozenset({S.DRAFT, S.RETURNED}), S.SUBMITTED, permissions.may_submit),
    Verb.WITHDRAW: Step(frozenset({S.SUBMITTED}), S.DRAFT, permissions.may_submit),
    Verb.APPROVE: Step(frozenset({S.SUBMITTED}), S.APPROVED, permissions.may_review, by_another_person=True),
    Verb.RETURN: Step(frozenset({S.SUBMITTED}), S.RETURNED, permissions.may_review, needs_comment=True),
    Verb.CORRECT: Step(
        frozenset({S.APPROVED}), S.DRAFT, permissions.may_submit, needs_comment=True, may_open_final=True
    ),
    Verb.REOPEN: Step(
        frozenset({S.APPROVED}), S.RETURNED, permissions.may_reopen, needs_comment=True, may_open_final=True
    ),
}

#: Once a month is only for viewing its units file nothing more; what was handed in is still decided on.
LOCKED_BY_DATE = frozenset({Verb.SAVE, Verb.SUBMIT, Verb.WITHDRAW, Verb.CORRECT})

#: In a closed month nothing moves until the ministry reopens the report; reopening itself lifts the lock.
LOCKED_BY_CLOSING = frozenset(Verb) - {Verb.REOPEN}

_BEING_FILED = _("填报单位现在可以直接修改；报送之后才进入审核。")

#: Who can move a report on from the state that stands in the way, and by which step.
WAYS_OUT = {
    S.DRAFT: _BEING_FILED,
    S.RETURNED: _BEING_FILED,
    S.SUBMITTED: _("如需修改，请本单位负责人撤回，或请审核人退回。"),
    S.APPROVED: _("如需修改，请本单位负责人发起更正，或请部级审核人重新开放。"),
}

#: The same once its month is closed or only for viewing: the unit itself can move nothing.
WAY_OUT_OF_A_LOCK = _("本月已经关闭或只供查看。如需修改，请部级审核人说明原因后重新开放。")


class TransitionNotAllowed(Refused):
    """The report's state does not allow the step."""

    code = "wrong_status"


class NotYourStep(Refused):
    """The person may not take the step."""

    code = "not_permitted"
    http_status = 403


class OwnSubmission(NotYourStep):
    """The person submitted it and may not decide on it."""

    code = "four_eyes"


class MonthClosed(Refused):
    """The month's window does not allow the step."""

    code = "month_closed"


class CommentMissing(Refused):
    """The step needs a reason."""

    code = "comment_required"
    http_status = 400

    def errors(self) -> list[dict[str, object]]:
        return [{"pointer": "/comment", "code": self.code, "message": str(self)}]


def check_step(verb: Verb, report: MonthlyReport, *, by: permissions.Person, today: date, comment: str = "x") -> None:
    """Raise the refusal, if any, in the order person → state → window → comment.

    :raises Refused: one of its kinds above, with a sentence for the person.
    """
    step = STEPS[verb]
    if not step.allowed(by, report.unit):
        raise NotYourStep(_("您的角色不能对这份报表执行“%(verb)s”。"), verb=verb.label)
    _check_state(verb, report, today)
    if step.by_another_person and report.filing is not None and report.filing.submitted_by == by:
        raise OwnSubmission(_("报送人不能审核自己报送的报表，请由另一人审核。"))
    _check_window(verb, report, today)
    if step.needs_comment and not comment.strip():
        raise CommentMissing(_("“%(verb)s”须写明原因。"), verb=verb.label)


def check_asking(report: MonthlyReport, *, by: permissions.Person, today: date) -> None:
    """Raise what keeps the person from asking the unit's lead to submit.

    Asking is no step, nothing moves by it: it is open where the report could be submitted, to who may not.

    :raises Refused: theirs to submit or none of theirs, or state or window keep everybody from submitting.
    """
    if permissions.may_submit(by, report.unit):
        raise NotYourStep(_("您可以直接报送，不需要请负责人审签。"))
    if not permissions.may_ask_to_sign(by, report.unit):
        raise NotYourStep(_("只有本单位的填报人可以请负责人审签。"))
    _check_state(Verb.SUBMIT, report, today)
    _check_window(Verb.SUBMIT, report, today)


#: The final figures of a year (年报) are those of its last month.
MONTH_OF_FINAL = 12


class ReleaseNotAllowed(Refused):
    """The filing cannot be of this release."""

    code = "wrong_release"
    http_status = 400

    def errors(self) -> list[dict[str, object]]:
        return [{"pointer": "/release", "code": self.code, "message": str(self)}]


def check_release(verb: Verb, report: MonthlyReport, release: Release | None) -> None:
    """Raise where the step cannot open a filing of the release; None asks for none in particular.

    :raises ReleaseNotAllowed: not this step's, not this month's, nothing approved yet, or back from final to flash.
    """
    if release is None:
        return
    if not STEPS[verb].may_open_final:
        raise ReleaseNotAllowed(_("“%(verb)s”不能指定发布口径。"), verb=verb.label)
    held = report.filing.release if report.filing is not None else Release.FLASH
    if release == Release.FLASH and held == Release.FINAL:
        raise ReleaseNotAllowed(_("年报不能改回快报；快报原数仍然保留，可在经过中查看。"))
    if release == Release.FINAL and report.month.month != MONTH_OF_FINAL:
        raise ReleaseNotAllowed(_("年报只在 12 月的报表中报送。"))
    if release == Release.FINAL and report.status != ReportStatus.APPROVED:
        raise ReleaseNotAllowed(_("快报通过之后才能报送年报。"))


def may_be_final(report: MonthlyReport) -> bool:
    """Say whether the next filing of the report may be the final one."""
    try:
        check_release(Verb.CORRECT, report, Release.FINAL)
    except ReleaseNotAllowed:
        return False
    return report.begun_filing.release != Release.FINAL


def _check_state(verb: Verb, report: MonthlyReport, today: date) -> None:
    if report.status not in STEPS[verb].sources and not _lifts_a_lock(verb, report, today):
        raise TransitionNotAllowed(
            _("报表现为“%(status)s”，不能执行“%(verb)s”。%(way_out)s"),
            status=report.get_status_display(),
            verb=verb.label,
            way_out=_way_out(report, today),
        )


def _way_out(report: MonthlyReport, today: date) -> Promise:
    if is_locked(report) or is_view_only(report, today):
        return WAY_OUT_OF_A_LOCK
    return WAYS_OUT[ReportStatus(report.status)]


def _lifts_a_lock(verb: Verb, report: MonthlyReport, today: date) -> bool:
    """Reopening also frees a report that its month holds in any other state; that state stays."""
    return verb == Verb.REOPEN and (is_locked(report) or is_view_only(report, today))


def _check_window(verb: Verb, report: MonthlyReport, today: date) -> None:
    if report.period.reported_with_id is not None:
        raise MonthClosed(
            _("%(month)s与%(other)s合并填报，请在%(other)s的报表中填写。"),
            month=month_lazily(report.month),
            other=month_lazily(report.period.reported_with_id),
        )
    if not report.period.is_open_on(today):
        raise MonthClosed(
            _("%(month)s月报自 %(opens_on)s 起填报。"),
            month=month_lazily(report.month),
            opens_on=report.period.opens_on,
        )
    if verb in LOCKED_BY_CLOSING and is_locked(report):
        raise MonthClosed(
            _("%(month)s已于 %(closed_at)s 关闭。如需更正，请联系审核单位说明原因并重新开放。"),
            month=month_lazily(report.month),
            closed_at=f"{timezone.localtime(report.period.closed_at):%Y-%m-%d %H:%M}",
        )

    if verb in LOCKED_BY_DATE and is_view_only(report, today):
        raise MonthClosed(
            _("%(month)s自 %(view_only_from)s 起只供查看。如需填报或更正，请部级审核人说明原因后延期或重新开放。"),
            month=month_lazily(report.month),
            view_only_from=report.period.view_only_from,
        )


def is_view_only(report: MonthlyReport, today: date) -> bool:
    """Say whether the month's time for filing has run out for this report: not extended, and not reopened since."""
    begins = report.period.view_only_from
    if begins is None or today < begins:
        return False
    if report.reopened_at is not None and timezone.localdate(report.reopened_at) >= begins:
        return False
    return report.extended_until is None or today > report.extended_until


def is_locked(report: MonthlyReport) -> bool:
    """Say whether the month's closing holds this report: closed, and not reopened since."""
    closed_at = report.period.closed_at
    return closed_at is not None and (report.reopened_at is None or report.reopened_at < closed_at)


def may(verb: Verb, report: MonthlyReport, *, by: permissions.Person, today: date) -> bool:
    """Say whether the step is open to the person now: for buttons and for `may` in the API."""
    try:
        check_step(verb, report, by=by, today=today)
    except Refused:
        return False
    return True


def may_ask(report: MonthlyReport, *, by: permissions.Person, today: date) -> bool:
    """Say whether the person may ask the unit's lead to submit now."""
    try:
        check_asking(report, by=by, today=today)
    except Refused:
        return False
    return True


def as_mermaid() -> str:
    """Draw the table as a Mermaid state diagram, for docs/workflow.md."""
    lines = ["stateDiagram-v2", "    [*] --> DRAFT"]
    for verb, step in STEPS.items():
        if step.target is None:
            continue
        lines += [f"    {source} --> {step.target}: {verb.lower()}" for source in sorted(step.sources)]
    return "\n".join(lines)
