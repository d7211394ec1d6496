"""What a person does about a warning: enters the measure taken, who answers for it, and by when."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit, permissions
from accounts.models import User
from reporting.warnings import checking, telling
from reporting.warnings.models import EarlyWarning, WarningEvent, WarningEventKind, WarningState
from workplan.lib.refusals import Refused

SHORTEST_MEASURE, LONGEST_MEASURE = 5, 1_000
LONGEST_NAME = 60


class AnswerRefused(Refused):
    """The measure cannot be entered."""

    code = "answer_refused"


class NotYourWarning(AnswerRefused):
    code = "not_permitted"
    http_status = 403


class AnswerIncomplete(AnswerRefused):
    code = "answer_incomplete"
    http_status = 400


@transaction.atomic
def acknowledge(
    warning: EarlyWarning,
    *,
    by: User,
    now: datetime,
    measure: str,
    responsible: str,
    planned_on: date | None,
    seen: int,
) -> WarningEvent:
    """Enter the measure taken against a warning; until it gets worse it asks for no other.

    :param seen: the newest event the person had before them; the answer is to that.
    :raises AnswerRefused: not the person's to answer, it is no longer red, it has moved on, or something is missing.
    """
    checking.hold()
    held = EarlyWarning.objects.select_related("rule", "unit", "indicator").get(pk=warning.pk)
    if not permissions.may_answer_warning(by, held.unit):
        raise NotYourWarning(_("只有该单位负责人和部审核人员可以登记措施。"))
    if not held.is_answerable:
        raise AnswerRefused(_("这项预警目前是“%(state)s”，不需要登记措施。"), state=held.get_state_display())
    newest = held.events.order_by("-pk")[0]
    if newest.pk != seen:
        raise AnswerRefused(_("这项预警在您填写期间有了新情况，请看过最新记录后再登记。"))
    said = _checked(measure, responsible, planned_on, now)
    event = WarningEvent.objects.create(
        warning=held,
        kind=WarningEventKind.ACKNOWLEDGED,
        state=WarningState.ACKNOWLEDGED,
        month=newest.month,
        measured=newest.measured,
        limit=newest.limit,
        inputs=newest.inputs,
        at=now,
        by=by,
        **said,
    )
    held.state, held.accepted = WarningState.ACKNOWLEDGED, held.gravity
    held.save(update_fields=["state", "accepted"])
    audit.record("warning.answer", by=by, obj=held, details=_told(event))
    telling.tell_of_answer(event, now=now)
    return event


def _checked(measure: str, responsible: str, planned_on: date | None, now: datetime) -> dict[str, object]:
    measure, responsible = measure.strip(), responsible.strip()
    if not SHORTEST_MEASURE <= len(measure) <= LONGEST_MEASURE:
        raise AnswerIncomplete(
            _("措施须写明做了什么、要做什么，%(least)s 至 %(most)s 个字。"),
            least=SHORTEST_MEASURE,
            most=LONGEST_MEASURE,
        )
    if not 0 < len(responsible) <= LONGEST_NAME:
        raise AnswerIncomplete(_("请写明责任人，不超过 %(most)s 个字。"), most=LONGEST_NAME)
    if planned_on is None or planned_on < now.date():
        raise AnswerIncomplete(_("请写明计划完成日，不早于今天（%(today)s）。"), today=now.date())
    return {"measure": measure, "responsible": responsible, "planned_on": planned_on}


def _told(event: WarningEvent) -> dict[str, object]:
    warning = event.warning
    return {
        "rule": warning.rule.code,
        "unit": warning.unit.code,
        "indicator": warning.indicator.code if warning.indicator else None,
        "month": f"{event.month:%Y-%m}",
        "measure": event.measure,
        "responsible": event.responsible,
        "planned_on": f"{event.planned_on}",
    }
