"""What people do with views: save, change and delete them, schedule exports of them, stop these, try one again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import audit, permissions
from accounts.models import ReportingUnit, User
from reporting.saved.kinds import KINDS, canonical
from reporting.saved.models import (
    LONGEST_NAME,
    MANY_MONTHS,
    ExportRun,
    ExportSchedule,
    RunState,
    SavedView,
    ScheduleEnd,
    Sharing,
    ViewMonths,
)
from workplan.lib.refusals import Refused
from workplan.lib.sheets import clean_text

#: So many views and running schedules one person has at most.
MOST_VIEWS, MOST_SCHEDULES = 50, 10


class ViewRefused(Refused):
    """The view cannot be kept so."""

    code = "view_refused"
    http_status = 422


class ScheduleRefused(Refused):
    """The export cannot be scheduled, or its state does not allow the step."""

    code = "schedule_refused"
    http_status = 422


# Views -----------------------------------------------------------------------------------------


@transaction.atomic
def save_view(
    kind: str, query: QueryDict, *, by: User, now: datetime, name: str, months: str, sharing: str
) -> SavedView:
    """Keep an address under a name.

    :raises NotToBeSaved: the address names something that there is not.
    :raises ViewRefused: the name is missing or taken, or the person has enough views, or may not share so.
    """
    _lock_person(by)
    if SavedView.objects.owned_by(by).count() >= MOST_VIEWS:
        raise ViewRefused(_("您已保存 %(most)s 个视图，这是上限。请先删除不再使用的。"), most=MOST_VIEWS)
    view = SavedView(owner=by, kind=kind, query=canonical(by, kind, query, today=now.date()), saved_at=now)
    _set(view, by, name, months, sharing)
    view.save(force_insert=True)
    audit.record("view.save", by=by, obj=view, details=_told(view))
    return view


@transaction.atomic
def change_view(view: SavedView, *, by: User, name: str, months: str, sharing: str) -> SavedView:
    """Rename a view, or change its months or with whom it is shared; what it shows stays.

    :raises ViewRefused: as when saving.
    """
    _lock_person(by)
    held = SavedView.objects.owned_by(by).select_for_update(of=("self",)).get(pk=view.pk)
    before = _told(held)
    _set(held, by, name, months, sharing)
    held.save(update_fields=["name", "months", "sharing", "unit"])
    if _told(held) != before:
        audit.record("view.change", by=by, obj=held, details={"old": before, "new": _told(held)})
    return held


@transaction.atomic
def delete_view(view: SavedView, *, by: User) -> None:
    """Delete a view with its schedules and the files they gave; the audit trail keeps what was done."""
    held = SavedView.objects.owned_by(by).select_for_update(of=("self",)).get(pk=view.pk)
    audit.record("view.delete", by=by, obj=held, details=_told(held))
    held.delete()


def _set(view: SavedView, by: User, name: str, months: str, sharing: str) -> None:
    view.name = _checked_name(view, name)
    view.months, view.sharing, view.unit = months, sharing, _shared_unit(by, sharing)
    if months == ViewMonths.YEAR and view.kind not in MANY_MONTHS:
        raise ViewRefused(_("这类内容一次只含一个报告期，请选择最新一期或保存时的报告期。"))


def _checked_name(view: SavedView, name: str) -> str:
    said = " ".join(clean_text(name).split())
    if not 0 < len(said) <= LONGEST_NAME:
        raise ViewRefused(_("请为视图起一个名称，不超过 %(most)s 个字。"), most=LONGEST_NAME)
    if SavedView.objects.filter(owner=view.owner_id, name=said).exclude(pk=view.pk).exists():
        raise ViewRefused(_("您已有名为“%(name)s”的视图，请换一个名称。"), name=said)
    return said


def _shared_unit(by: User, sharing: str) -> ReportingUnit | None:
    """Return whose colleagues see the view.

    :raises ViewRefused: the person has no bureau, or does not work at the ministry, as the sharing asks.
    """
    held = permissions.access(by)
    if sharing == Sharing.MINISTRY and not held.has(*permissions.MINISTRY_ROLES):
        raise ViewRefused(_("只有部内人员可以与部内人员共享。"))
    if sharing == Sharing.UNIT and held.bureau is None:
        raise ViewRefused(_("您没有所属填报单位，不能与本单位同事共享。"))
    return held.bureau if sharing == Sharing.UNIT else None


def sharings_of(person: permissions.Person) -> list[Sharing]:
    """Return with whom the person may share."""
    held = permissions.access(person)
    offered = {Sharing.PRIVATE: True, Sharing.UNIT: held.bureau is not None}
    offered[Sharing.MINISTRY] = held.has(*permissions.MINISTRY_ROLES)
    return [sharing for sharing, may in offered.items() if may]


# Scheduled exports -----------------------------------------------------------------------------


@transaction.atomic
def schedule_export(view: SavedView, *, by: User, now: datetime, rhythm: str, file_format: str) -> ExportSchedule:
    """Have a view of one's own exported again and again, from today on.

    :raises ScheduleRefused: it may not be exported, not in this format, is scheduled so already, or there are enough.
    """
    _lock_person(by)
    held = SavedView.objects.owned_by(by).get(pk=view.pk)
    if not permissions.may_export(by):
        raise ScheduleRefused(_("您没有导出数据的权限。"))
    if file_format not in KINDS[held.kind].formats:
        raise ScheduleRefused(_("“%(kind)s”只能导出为 Excel。"), kind=held.get_kind_display())
    running = ExportSchedule.objects.visible_to(by).running()
    if running.filter(view=held, rhythm=rhythm, file_format=file_format).exists():
        raise ScheduleRefused(_("这个视图已按同样的时间和格式定时导出。"))
    if running.count() >= MOST_SCHEDULES:
        raise ScheduleRefused(_("您已有 %(most)s 项定时导出，这是上限。请先停止不再需要的。"), most=MOST_SCHEDULES)
    schedule = ExportSchedule.objects.create(view=held, rhythm=rhythm, file_format=file_format, starts_on=now.date())
    audit.record("view.schedule", by=by, obj=schedule, details=_told_schedule(schedule))
    return schedule


@transaction.atomic
def stop_schedule(schedule: ExportSchedule, *, by: User, now: datetime) -> ExportSchedule:
    """Make no further export; files that were made stay until they expire.

    :raises ScheduleRefused: it has ended already.
    """
    held = ExportSchedule.objects.visible_to(by).select_for_update(of=("self",)).get(pk=schedule.pk)
    if held.ended_at is not None:
        raise ScheduleRefused(_("这项定时导出已经停止。"))
    end_schedule(held, ScheduleEnd.STOPPED, now=now)
    audit.record("view.unschedule", by=by, obj=held, details=_told_schedule(held))
    return held


def end_schedule(schedule: ExportSchedule, because: ScheduleEnd, *, now: datetime) -> None:
    """Note that a schedule has ended; what waits is not made any more."""
    schedule.ended_at, schedule.ended_because = now, because
    schedule.save(update_fields=["ended_at", "ended_because"])
    schedule.runs.filter(state=RunState.WAITING).delete()


@transaction.atomic
def retry(run: ExportRun, *, by: User) -> ExportRun:
    """Have an export made that was given up.

    :raises ScheduleRefused: it was not given up, or its schedule has ended.
    """
    held = ExportRun.objects.visible_to(by).select_for_update(of=("self",)).get(pk=run.pk)
    if held.state != RunState.FAILED:
        raise ScheduleRefused(_("只有没有生成的导出可以重试。"))
    if held.schedule.ended_at is not None:
        raise ScheduleRefused(_("这项定时导出已经停止，不能重试。"))
    held.state, held.n_attempts, held.next_at, held.problem = RunState.WAITING, 0, timezone.now(), None
    held.save(update_fields=["state", "n_attempts", "next_at", "problem"])
    return held


def _lock_person(by: User) -> None:
    """Let one person's views be saved one after another, so that none slips past a limit or takes a taken name."""
    list(User.objects.select_for_update(no_key=True).filter(pk=by.pk).values_list("pk"))


def _told(view: SavedView) -> dict[str, str]:
    return {
        "name": view.name,
        "kind": view.kind,
        "query": view.query,
        "months": view.months,
        "sharing": view.sharing,
    }


def _told_schedule(schedule: ExportSchedule) -> dict[str, str]:
    return {"view": schedule.view.name, "rhythm": schedule.rhythm, "format": schedule.file_format}
