"""What people do with a sheet: one verb, one transaction, one step in its history, one audit entry (refused or not).

The round's row is held by every step, so that nothing is handed in, checked or confirmed behind a publication.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit, permissions
from accounts.audit_words import REFUSED
from accounts.models import ReportingUnit, UnitKind, User
from reporting.assessment import measuring, points, telling
from reporting.assessment.intake import Adjustment, Answer
from reporting.assessment.models import (
    Assessment,
    AssessmentCriterion,
    AssessmentLine,
    AssessmentProof,
    AssessmentRound,
    AssessmentScheme,
    AssessmentState,
    AssessmentStep,
    AssessmentVerb,
)
from reporting.assessment.workflow import (
    STEPS,
    AssessmentRefused,
    NotYours,
    check_step,
)
from submissions.intake.words import SHORTEST_EXPLANATION
from targets.models import Assignment

BAD_INPUT = 400


class StaleSheet(AssessmentRefused):
    """Somebody changed the sheet since the person read it."""

    code = "stale_version"


class SchemeNotWhole(AssessmentRefused):
    """The weights of the scheme do not add up; nobody is assessed by it."""

    code = "scheme_not_whole"


class AnswersMissing(AssessmentRefused):
    """Criteria that are judged lack points or words."""

    code = "answers_missing"
    http_status = 422

    def __init__(self, missing: Mapping[str, str]) -> None:
        #: Field name → what it lacks.
        self.missing = missing
        super().__init__(_("有 %(count)s 处还没有填写，请补充后再提交。"), count=len(missing))


class NotComplete(AssessmentRefused):
    """The round cannot be published yet."""

    code = "round_not_complete"


# Whom and by what ------------------------------------------------------------------------------


def participants(taken: AssessmentRound) -> list[ReportingUnit]:
    """Return the units that are assessed: those directly under the nation that file, provinces and the corps."""
    filing = Assignment.objects.filter(plan=taken.scheme.plan_id).values("unit")
    units = ReportingUnit.objects.on_the_tree().children_of(permissions.national_unit())
    return list(units.filter(pk__in=filing).exclude(kind=UnitKind.NON_PROVINCIAL).order_by("position", "code"))


def criteria_of(scheme: AssessmentScheme) -> list[AssessmentCriterion]:
    """Return the criteria in the order of the sheet, each with its section and indicator."""
    found = AssessmentCriterion.objects.filter(section__scheme=scheme).select_related("section", "indicator")
    return list(found.order_by("section__code", "number"))


def sheet_for(taken: AssessmentRound, unit: ReportingUnit) -> Assessment:
    """Return the unit's sheet, or an unsaved one where nobody has begun it."""
    found = Assessment.objects.with_people().filter(round=taken, unit=unit).first()
    return found or Assessment(round=taken, unit=unit)


# The unit's steps ------------------------------------------------------------------------------


def save(sheet: Assessment, *, by: User, now: datetime, version: int, answers: Mapping[int, Answer]) -> Assessment:
    """Keep what the unit has written so far.

    :raises AssessmentRefused: round, state or person does not allow it, or the version is stale.
    """
    with _watched(AssessmentVerb.SAVE, sheet, by, version), transaction.atomic():
        held = _held(AssessmentVerb.SAVE, sheet, by=by, now=now, version=version)
        AssessmentLine.objects.bulk_update(_written(held, answers), _CLAIMED)
        return _stepped(held, AssessmentVerb.SAVE, by=by, now=now)


def submit(sheet: Assessment, *, by: User, now: datetime, version: int, answers: Mapping[int, Answer]) -> Assessment:
    """Hand in the sheet as it is written, with its computed lines measured now; they stay as measured.

    :raises AnswersMissing: a criterion that is judged has no points or no words.
    :raises AssessmentRefused: as for `save`.
    """
    with _watched(AssessmentVerb.SUBMIT, sheet, by, version), transaction.atomic():
        held = _held(AssessmentVerb.SUBMIT, sheet, by=by, now=now, version=version)
        lines = _written(held, answers)
        _check_answers(lines)
        _measure(held, lines, by=by, now=now)
        AssessmentLine.objects.bulk_update(lines, [*_CLAIMED, *_MEASURED])
        held.submitted_by, held.submitted_at = by, now
        held.total = _total(held, lines)
        return _stepped(held, AssessmentVerb.SUBMIT, by=by, now=now)


def withdraw(sheet: Assessment, *, by: User, now: datetime, version: int) -> Assessment:
    """Take back a sheet that nobody has checked yet.

    :raises AssessmentRefused: as for `save`.
    """
    with _watched(AssessmentVerb.WITHDRAW, sheet, by, version), transaction.atomic():
        held = _held(AssessmentVerb.WITHDRAW, sheet, by=by, now=now, version=version)
        held.total = None
        return _stepped(held, AssessmentVerb.WITHDRAW, by=by, now=now)


# The ministry's steps --------------------------------------------------------------------------


def check(
    sheet: Assessment,
    *,
    by: User,
    now: datetime,
    version: int,
    adjustments: Mapping[int, Adjustment],
    comment: str = "",
) -> Assessment:
    """Accept the sheet with its adjustments, by the id of the line; each has a reason.

    :raises AssessmentRefused: as for `save`, or by the person who handed it in.
    """
    with _watched(AssessmentVerb.CHECK, sheet, by, version), transaction.atomic():
        held = _held(AssessmentVerb.CHECK, sheet, by=by, now=now, version=version)
        lines = list(held.lines.select_related("criterion__section"))
        changed = [line for line in lines if line.pk in adjustments and line.applies]
        for line in changed:
            line.checked, line.check_reason = points.kept(adjustments[line.pk].points), adjustments[line.pk].reason
        AssessmentLine.objects.bulk_update(changed, ["checked", "check_reason"])
        held.checked_by, held.checked_at = by, now
        held.total = _total(held, lines)
        adjusted = {one.criterion.code: [f"{one.stated}", f"{one.checked}", one.check_reason] for one in changed}
        return _stepped(held, AssessmentVerb.CHECK, by=by, now=now, comment=comment, adjusted=adjusted)


def return_(sheet: Assessment, *, by: User, now: datetime, version: int, comment: str) -> Assessment:
    """Give the sheet back to the unit, with a reason.

    :raises AssessmentRefused: as for `save`, or without a reason.
    """
    with _watched(AssessmentVerb.RETURN, sheet, by, version), transaction.atomic():
        held = _held(AssessmentVerb.RETURN, sheet, by=by, now=now, version=version, comment=comment)
        held.checked_by = held.checked_at = held.total = None
        return _stepped(held, AssessmentVerb.RETURN, by=by, now=now, comment=comment)


def confirm(sheet: Assessment, *, by: User, now: datetime, version: int, comment: str = "") -> Assessment:
    """Confirm what another person checked; from now on the result is kept as it is.

    :raises AssessmentRefused: as for `save`, or by the person who handed it in or checked it.
    """
    with _watched(AssessmentVerb.CONFIRM, sheet, by, version), transaction.atomic():
        held = _held(AssessmentVerb.CONFIRM, sheet, by=by, now=now, version=version)
        if held.total is None:
            raise NotComplete(_("没有适用的考核指标，无法确认。"))
        held.confirmed_by, held.confirmed_at = by, now
        return _stepped(held, AssessmentVerb.CONFIRM, by=by, now=now, comment=comment)


# Writing ---------------------------------------------------------------------------------------


def hold(taken: AssessmentRound) -> AssessmentRound:
    """Return the round as it is now, held until the transaction ends."""
    return AssessmentRound.objects.select_for_update(of=("self",), no_key=True).select_related(
        "scheme", "period__plan"
    ).get(pk=taken.pk)  # fmt: skip


def _held(
    verb: AssessmentVerb, sheet: Assessment, *, by: User, now: datetime, version: int, comment: str = "x"
) -> Assessment:
    """Return the sheet as it is now, begun where nobody has, after the step was found to be open to the person."""
    held = hold_sheet(verb, sheet, by=by, now=now, comment=comment)
    if held.version != version:
        raise StaleSheet(
            _("考核表已被更新（现为第 %(version)s 版）。请查看最新内容后再操作；您的输入没有丢失。"),
            version=held.version,
        )
    if held.pk is None:
        _begin(held)
    return held


def hold_sheet(verb: AssessmentVerb, sheet: Assessment, *, by: User, now: datetime, comment: str = "x") -> Assessment:
    """Return the sheet as it is now, held with its round until the transaction ends.

    :raises AssessmentRefused: the step is not open to the person.
    """
    taken = hold(sheet.round)
    held = sheet_for(taken, sheet.unit)
    held.round = taken
    check_step(verb, held, by=by, today=now.date(), comment=comment)
    return held


def _begin(sheet: Assessment) -> None:
    """Begin a unit's sheet with one line per criterion.

    :raises NotYours: the unit is not assessed. :raises SchemeNotWhole: the weights do not add up.
    """
    if sheet.unit not in participants(sheet.round):
        raise NotYours(_("%(unit)s不在考核范围内。"), unit=sheet.unit.label)
    criteria = criteria_of(sheet.round.scheme)
    _check_weights(sheet.round.scheme, criteria)
    sheet.save()
    AssessmentLine.objects.bulk_create(
        AssessmentLine(assessment=sheet, criterion=one, weight=one.weight) for one in criteria
    )


def _check_weights(scheme: AssessmentScheme, criteria: list[AssessmentCriterion]) -> None:
    for section in scheme.sections.all():
        weight = sum(one.weight for one in criteria if one.section_id == section.pk)
        if weight != section.weight:
            raise SchemeNotWhole(
                _("考核方案“%(section)s”部分的指标分值合计 %(sum)s 分，应为 %(weight)s 分，请计划管理人员更正。"),
                section=section.label, sum=weight, weight=section.weight,
            )  # fmt: skip
    if sum(one.weight for one in criteria) != scheme.full_points:
        raise SchemeNotWhole(_("考核方案各部分分值合计不等于满分，请计划管理人员更正。"))


#: What the unit writes into a line, and what is written into it when it is handed in.
_CLAIMED = ["claimed", "narrative"]
_MEASURED = ["computed", "applies", "inputs", "checked", "check_reason"]


def _written(sheet: Assessment, answers: Mapping[int, Answer]) -> list[AssessmentLine]:
    """Return the lines with what the unit states, not saved yet; the proofs it names are.

    What an earlier check made of them stays in sight until they are handed in.
    """
    lines = list(sheet.lines.select_related("criterion__section"))
    answered = [line for line in lines if line.criterion_id in answers]
    proofs: list[AssessmentProof] = []
    for line in answered:
        answer = answers[line.criterion_id]
        line.claimed = None if answer.points is None else points.kept(answer.points)
        line.narrative = answer.narrative
        proofs += [AssessmentProof(line=line, evidence_id=key) for key in sorted(answer.evidence)]
        proofs += [AssessmentProof(line=line, report_id=key) for key in sorted(answer.reports)]
    AssessmentProof.objects.filter(line__in=answered).delete()
    AssessmentProof.objects.bulk_create(proofs)
    return lines


def _check_answers(lines: list[AssessmentLine]) -> None:
    """
    :raises AnswersMissing: a line that is judged has no points, or its words are too short to explain any.
    """
    missing: dict[str, str] = {}
    for line in lines:
        code = line.criterion.code
        if line.criterion.is_judged and line.claimed is None:
            missing[f"points.{code}"] = str(_("请填写自评得分；没有得分填 0。"))
        if line.criterion.is_judged and len(line.narrative) < SHORTEST_EXPLANATION:
            missing[f"narrative.{code}"] = str(_("请说明得分依据，至少 %(least)s 个字。")) % {
                "least": SHORTEST_EXPLANATION
            }
    if missing:
        raise AnswersMissing(missing)


def _measure(sheet: Assessment, lines: list[AssessmentLine], *, by: User, now: datetime) -> None:
    """Write into each computed line what it comes to now; no earlier check of it stands any more."""
    criteria = [line.criterion for line in lines]
    measured = measuring.measure(by, sheet.round, sheet.unit, criteria, today=now.date())
    for line in lines:
        found = measured[line.criterion_id]
        line.computed, line.applies, line.inputs = found.points, found.applies, found.inputs
        line.checked, line.check_reason = None, ""


def _total(sheet: Assessment, lines: list[AssessmentLine]) -> Decimal | None:
    total = points.total_points(((one.weight, one.points) for one in lines), sheet.round.scheme.full_points)
    return None if total is None else points.kept(total)


def _stepped(
    sheet: Assessment, verb: AssessmentVerb, *, by: User, now: datetime, comment: str = "", **more: object
) -> Assessment:
    """Move the sheet as the table says and note the step, in its history and in the audit trail."""
    target = STEPS[verb].target or AssessmentState(sheet.state)
    sheet.version += 1
    AssessmentStep.objects.bulk_create([step_of(sheet, verb, target, by=by, now=now, comment=comment)])
    sheet.state = target
    sheet.save()
    telling.tell_of(verb, sheet, by=by, now=now)
    total = None if sheet.total is None else f"{sheet.total}"
    details = {**named(sheet), "version": sheet.version, "total": total, "comment": comment, **more}
    audit.record(f"assessment.{verb.lower()}", by=by, obj=sheet, details=details)
    return sheet


def step_of(
    sheet: Assessment, verb: AssessmentVerb, target: AssessmentState, *, by: User, now: datetime, comment: str = ""
) -> AssessmentStep:
    return AssessmentStep(
        assessment=sheet, verb=verb, from_state=sheet.state, to_state=target,
        version=sheet.version, by=by, at=now, comment=comment.strip(),
    )  # fmt: skip


def named(sheet: Assessment) -> dict[str, object]:
    return {"round": sheet.round.code, "unit": sheet.unit.code}


@contextmanager
def _watched(verb: AssessmentVerb, sheet: Assessment, by: User, version: int) -> Iterator[None]:
    """Record a refusal of the step once its transaction is undone, and pass it on; bad input is no attempt."""
    try:
        yield
    except AssessmentRefused as refusal:
        if refusal.http_status != BAD_INPUT:
            details = {**named(sheet), "version": version, "code": refusal.code}
            obj = None if sheet.pk is None else sheet
            audit.record(f"assessment.{verb.lower()}{REFUSED}", by=by, obj=obj, details=details)
        raise
