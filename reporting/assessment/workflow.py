"""The workflow of a sheet: its states and who may move it where. One table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import ReportingUnit
from reporting.assessment.models import Assessment, AssessmentRound, AssessmentState, AssessmentVerb
from workplan.lib.refusals import Refused

S, V = AssessmentState, AssessmentVerb


class Step(NamedTuple):
    """One row of the table: from these states, to that one (None: the state stays), for whom."""

    sources: frozenset[AssessmentState]
    target: AssessmentState | None
    allowed: Callable[[permissions.Person, ReportingUnit], bool]
    needs_comment: bool = False
    #: Four eyes: whoever handed the sheet in, or checked it, may not take this step.
    not_by_submitter: bool = False
    not_by_checker: bool = False


STEPS: dict[AssessmentVerb, Step] = {
    V.SAVE: Step(frozenset({S.DRAFT, S.RETURNED}), None, permissions.may_assess_own),
    V.SUBMIT: Step(frozenset({S.DRAFT, S.RETURNED}), S.SUBMITTED, permissions.may_hand_in_assessment),
    V.WITHDRAW: Step(frozenset({S.SUBMITTED}), S.DRAFT, permissions.may_hand_in_assessment),
    V.CHECK: Step(frozenset({S.SUBMITTED}), S.CHECKED, permissions.may_check_assessment, not_by_submitter=True),
    V.RETURN: Step(
        frozenset({S.SUBMITTED, S.CHECKED}), S.RETURNED, permissions.may_check_assessment, needs_comment=True
    ),
    V.CONFIRM: Step(
        frozenset({S.CHECKED}),
        S.CONFIRMED,
        permissions.may_check_assessment,
        not_by_submitter=True,
        not_by_checker=True,
    ),
    V.PUBLISH: Step(frozenset({S.CONFIRMED}), S.PUBLISHED, permissions.may_check_assessment),
}


class AssessmentRefused(Refused):
    """The step cannot be taken."""

    code = "assessment_refused"


class WrongState(AssessmentRefused):
    code = "wrong_status"


class RoundNotOpen(AssessmentRefused):
    code = "round_not_open"


class NotYours(AssessmentRefused):
    code = "not_permitted"
    http_status = 403


class SamePerson(NotYours):
    """Another person has to take the step."""

    code = "four_eyes"


class ReasonMissing(AssessmentRefused):
    code = "comment_required"
    http_status = 400


def check_step(
    verb: AssessmentVerb, sheet: Assessment, *, by: permissions.Person, today: date, comment: str = "x"
) -> None:
    """Raise the refusal, if any, in the order person → round → state → four eyes → reason.

    :raises AssessmentRefused: one of its kinds above, with a sentence for the person.
    """
    step = STEPS[verb]
    if not step.allowed(by, sheet.unit):
        raise NotYours(_("您的角色不能对这份考核表执行“%(verb)s”。"), verb=verb.label)
    check_round(sheet.round, today)
    if sheet.state not in step.sources:
        raise WrongState(
            _("考核表现为“%(state)s”，不能执行“%(verb)s”。"), state=sheet.get_state_display(), verb=verb.label
        )
    _check_four_eyes(step, sheet, by)
    if step.needs_comment and not comment.strip():
        raise ReasonMissing(_("“%(verb)s”须写明原因。"), verb=verb.label)


def check_round(taken: AssessmentRound, today: date) -> None:
    """
    :raises RoundNotOpen: its results are out, or it has not begun.
    """
    if taken.is_published:
        raise RoundNotOpen(_("“%(round)s”的结果已经公布，不能再改动。"), round=taken.label)
    if today < taken.opens_on:
        raise RoundNotOpen(_("“%(round)s”自 %(day)s 起自评。"), round=taken.label, day=taken.opens_on)


def _check_four_eyes(step: Step, sheet: Assessment, by: permissions.Person) -> None:
    if step.not_by_submitter and sheet.submitted_by == by:
        raise SamePerson(_("提交人不能核查或确认自己提交的考核表，请由另一人办理。"))
    if step.not_by_checker and sheet.checked_by == by:
        raise SamePerson(_("核查人不能确认自己核查的考核表，请由另一位部审核人员确认。"))


def may(verb: AssessmentVerb, sheet: Assessment, *, by: permissions.Person, today: date) -> bool:
    """Say whether the step is open to the person now: for buttons."""
    try:
        check_step(verb, sheet, by=by, today=today)
    except AssessmentRefused:
        return False
    return True
