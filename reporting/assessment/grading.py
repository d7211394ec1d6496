"""Publishing a round, with a rank and a grade for every confirmed sheet, and cancelling a grade for falsification."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit, permissions
from accounts.models import User
from reporting.assessment import points, telling
from reporting.assessment.models import (
    Assessment,
    AssessmentRound,
    AssessmentState,
    AssessmentStep,
    AssessmentVerb,
    GradeCancellation,
)
from reporting.assessment.services import NotComplete, hold, named, step_of
from reporting.assessment.workflow import STEPS, NotYours, ReasonMissing, WrongState, check_round
from submissions.intake.words import SHORTEST_EXPLANATION
from targets import measures


@transaction.atomic
def publish(taken: AssessmentRound, *, by: User, now: datetime, n_confirmed: int) -> AssessmentRound:
    """Publish the round: every confirmed sheet gets its rank and its grade, all at once. Units without are left out.

    :param n_confirmed: how many confirmed sheets the person saw.
    :raises AssessmentRefused: not theirs, published already, a sheet still under way, or another number is confirmed.
    """
    if not permissions.may_check_assessment(by, permissions.national_unit()):
        raise NotYours(_("只有部审核人员可以公布考核结果。"))
    held = hold(taken)
    check_round(held, now.date())
    sheets = list(Assessment.objects.filter(round=held).select_related("round", "unit").order_by("pk"))
    waiting = sum(one.state in (AssessmentState.SUBMITTED, AssessmentState.CHECKED) for one in sheets)
    if waiting:
        raise NotComplete(_("还有 %(count)s 份考核表待核查或确认，全部确认后才能公布。"), count=waiting)
    ready = [one for one in sheets if one.state == AssessmentState.CONFIRMED]
    if not ready or len(ready) != n_confirmed:
        raise NotComplete(_("现有 %(count)s 份已确认的考核表，与您看到的不同，请核对后再公布。"), count=len(ready))
    _grade(held, ready, by=by, now=now)
    held.published_by, held.published_at = by, now
    held.save(update_fields=["published_by", "published_at"])
    audit.record("assessment.publish", by=by, obj=held, details={"round": held.code, "n_assessed": len(ready)})
    return held


def _grade(taken: AssessmentRound, sheets: list[Assessment], *, by: User, now: datetime) -> None:
    """Give every sheet its rank and grade among all of them."""
    totals = {one.pk: one.total or Decimal(0) for one in sheets}
    graded = points.grades(totals, taken.scheme.limits())
    ranks = measures.ranks([totals[one.pk] for one in sheets])
    target = STEPS[AssessmentVerb.PUBLISH].target
    steps = []
    for one, rank in zip(sheets, ranks, strict=True):
        one.version += 1
        steps.append(step_of(one, AssessmentVerb.PUBLISH, target, by=by, now=now))
        one.state, one.grade, one.rank = target, graded[one.pk], rank
    Assessment.objects.bulk_update(sheets, ["state", "grade", "rank", "version"])
    AssessmentStep.objects.bulk_create(steps)
    telling.tell_of_grades(sheets, now=now)


@transaction.atomic
def cancel_grade(sheet: Assessment, *, by: User, now: datetime, reason: str) -> GradeCancellation:
    """Cancel a published grade for falsification. The sheet stays as published, and nobody else moves up.

    :raises AssessmentRefused: not theirs, not published, cancelled already, or without a reason.
    """
    if not permissions.may_check_assessment(by, sheet.unit):
        raise NotYours(_("只有部审核人员可以取消考核等次。"))
    hold(sheet.round)
    held = Assessment.objects.with_people().get(pk=sheet.pk)
    if held.state != AssessmentState.PUBLISHED or held.is_cancelled:
        raise WrongState(_("只有已公布、尚未取消的等次可以取消。"))
    if len(reason.strip()) < SHORTEST_EXPLANATION:
        raise ReasonMissing(_("取消等次须写明弄虚作假的事实，至少 %(least)s 个字。"), least=SHORTEST_EXPLANATION)
    cancelled = GradeCancellation.objects.create(assessment=held, reason=reason.strip(), by=by, at=now)
    details = {**named(held), "grade": held.grade, "reason": cancelled.reason}
    audit.record("assessment.cancel", by=by, obj=held, details=details)
    return cancelled
