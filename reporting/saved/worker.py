"""Makes the exports that are due, once per schedule and period, with the rights their owner holds at that moment.

A period is noted as a row before anything is made; the database lets no second one in. An attempt is noted with the
time of the next before it begins; the file, its notice and its entry in the audit trail are one transaction. Whoever
dies in the middle leaves a row that is tried again, and never two files. Of two workers an advisory lock lets one work.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.dispatch import receiver
from django.http import Http404, QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from accounts import audit, permissions
from accounts.models import User
from notices.models import NoticeKind
from reporting.saved import services, telling, timing
from reporting.saved.kinds import KINDS
from reporting.saved.models import ExportRun, ExportSchedule, Rhythm, RunState, ScheduleEnd
from reporting.saved.showing import query_now, query_of
from submissions import signals
from submissions.models import ReportingMonth
from targets import periods
from workplan.lib import clock
from workplan.lib.locks import alone
from workplan.lib.refusals import Refused
from workplan.lib.words import Said, kept

logger = logging.getLogger(__name__)

#: The advisory lock of the one worker that works; any number that no other part uses.
LOCK = 720_036_003
#: So long a file is kept (real clock).
KEPT_FOR = timedelta(days=14)
#: Minutes until the next attempt, by attempts made; after the last of them it is given up.
_WAITS = (5, 15, 60, 240)
#: What a row of the database takes without harm to others; a year of the whole country is a third of it.
MOST_BYTES = 60_000_000


class TooLong(Refused):
    """The file is longer than what is kept."""

    code = "export_too_long"


@dataclass(frozen=True)
class Outcome:
    """What became of one export in a pass: its state, or None where its schedule ended."""

    run: ExportRun
    state: str | None


@receiver(signals.worker_idle)
def work_beside(should_stop: Callable[[], bool], **_signal: object) -> None:
    """Make what is due, beside the imports."""
    for _outcome in make_due(now=clock.now(), should_stop=should_stop):
        pass


def make_due(*, now: datetime, should_stop: Callable[[], bool] = lambda: False) -> Iterator[Outcome]:
    """Note what is due, delete what has expired, and make what waits, oldest first; yield what became of each."""
    if not ExportSchedule.objects.running().exists() and not _expired().exists():
        return
    with alone(LOCK) as is_ours:
        if not is_ours:
            return
        forget_expired()
        note_due(now=now)
        while not should_stop() and (run := _next()) is not None:
            yield _attempt(run, now=now)


def forget_expired() -> int:
    """Delete the files that are past their day; their rows stay as the record of the run."""
    return _expired().update(content=None)


def _expired():
    return ExportRun.objects.filter(content__isnull=False, expires_at__lte=timezone.now())


# What is due -----------------------------------------------------------------------------------


def note_due(*, now: datetime) -> int:
    """Write a row for each schedule and period that is due and has none; return how many."""
    days = calendar_days()
    wanted = [
        (schedule, period)
        for schedule in ExportSchedule.objects.running().order_by("pk")
        for period in timing.due_periods(schedule.rhythm, days, starts_on=schedule.starts_on, today=now.date())
    ]
    noted = set(ExportRun.objects.filter(schedule__ended_at=None).values_list("schedule_id", "period"))
    rows = [ExportRun(schedule=schedule, period=period) for schedule, period in wanted
            if (schedule.pk, period) not in noted]  # fmt: skip
    ExportRun.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def calendar_days() -> list[timing.Day]:
    """Return the months of every calendar in their order, as schedules see them."""
    return [
        timing.Day(f"{one}", one.due_on, one.published_at and timezone.localdate(one.published_at))
        for one in ReportingMonth.objects.order_by("month")
    ]


def _next() -> ExportRun | None:
    waiting = ExportRun.objects.filter(state=RunState.WAITING, next_at__lte=timezone.now())
    return waiting.select_related("schedule__view__owner").order_by("next_at", "pk").first()


# Making ----------------------------------------------------------------------------------------


def _attempt(run: ExportRun, *, now: datetime) -> Outcome:
    """Try one export; what goes wrong is noted with its sentence."""
    _note_attempt(run)
    owner = User.objects.get(pk=run.schedule.view.owner_id)  # rights are read anew, whatever they were
    if not permissions.may_export(owner):
        return _end(run, now)
    try:
        with translation.override(owner.language):
            made = _made(run, owner, now)
    except Refused as refusal:
        return _give_up(run, Said(str(refusal.template), refusal.params), now)
    except Http404:
        sentence = gettext_noop("这一期的数据您现在不能查看，或视图中的单位、指标已不存在。")
        return _give_up(run, Said(sentence), now)
    except Exception:
        logger.exception("scheduled export failed", extra={"run_id": run.pk})
        return _put_off(run, now)
    return _keep(run, owner, made, now)


def _note_attempt(run: ExportRun) -> None:
    run.n_attempts += 1
    run.next_at = timezone.now() + timedelta(minutes=_WAITS[min(run.n_attempts, len(_WAITS)) - 1])
    run.save(update_fields=["n_attempts", "next_at"])


@dataclass(frozen=True)
class _Content:
    content: bytes
    media_type: str


def _made(run: ExportRun, owner: User, now: datetime) -> _Content:
    """Make the file as the owner would get it now.

    :raises Refused, Http404: there is nothing to get, or not for them.
    """
    made = KINDS[run.schedule.view.kind].made(owner, query_for(run, owner, now))
    pieces, size = [], 0
    with closing(made.pieces):
        for piece in made.pieces:
            size += len(piece)
            if size > MOST_BYTES:
                raise TooLong(
                    gettext_noop("文件超过 %(most)s MB，没有保留。请缩小视图的范围，或改用 Parquet 格式。"),
                    most=MOST_BYTES // 1_000_000,
                )
            pieces.append(piece)
    return _Content(b"".join(pieces), made.media_type)


def query_for(run: ExportRun, owner: User, now: datetime) -> QueryDict:
    """Return what the export asks for: its own month as the newest; of a week, the month that pages open with."""
    schedule = run.schedule
    if schedule.rhythm == Rhythm.WEEKLY:
        query = query_now(schedule.view, owner, today=now.date())
    else:
        query = query_of(schedule.view, ReportingMonth.objects.get(month=periods.parse_month(run.period)))
    query["format"] = schedule.file_format
    return query


# What became of it -----------------------------------------------------------------------------


@transaction.atomic
def _keep(run: ExportRun, owner: User, made: _Content, now: datetime) -> Outcome:
    """Keep the file, unless the run was deleted or made meanwhile."""
    held = ExportRun.objects.select_for_update(of=("self",)).filter(pk=run.pk, state=RunState.WAITING).first()
    if held is None:
        return Outcome(run, None)
    held.state, held.problem, held.content = RunState.DONE, None, made.content
    held.media_type, held.size, held.made_at = made.media_type, len(made.content), now
    held.expires_at = timezone.now() + KEPT_FOR
    held.save()
    audit.record("export.make", by=owner, obj=held, details=_told(held) | {"digest": _digest(made.content)})
    telling.tell_of_run(NoticeKind.EXPORT_READY, held, now=now)
    return Outcome(held, held.state)


@transaction.atomic
def _give_up(run: ExportRun, why: Said, now: datetime) -> Outcome:
    run.state, run.problem = RunState.FAILED, kept(why)
    run.save(update_fields=["state", "problem"])
    telling.tell_of_run(NoticeKind.EXPORT_FAILED, run, now=now)
    return Outcome(run, run.state)


def _put_off(run: ExportRun, now: datetime) -> Outcome:
    """Leave the export for its next attempt; after the last of them give it up."""
    if run.n_attempts > len(_WAITS):
        sentence = gettext_noop("系统出错，已记录，多次重试仍未成功。请稍后重试，或把编号 %(number)s 告诉管理员。")
        return _give_up(run, Said(sentence, {"number": run.pk}), now)
    sentence = gettext_noop("系统出错，已记录，将自动重试（编号 %(number)s）。")
    run.problem = kept(Said(sentence, {"number": run.pk}))
    run.save(update_fields=["problem"])
    return Outcome(run, run.state)


@transaction.atomic
def _end(run: ExportRun, now: datetime) -> Outcome:
    """End the schedule of somebody who may no longer export, and tell them."""
    services.end_schedule(run.schedule, ScheduleEnd.NO_RIGHT, now=now)
    audit.record("view.unschedule", by=None, obj=run.schedule, details={"because": ScheduleEnd.NO_RIGHT.value})
    telling.tell_of_end(run.schedule, now=now)
    return Outcome(run, None)


def _told(run: ExportRun) -> dict[str, object]:
    view = run.schedule.view
    return {
        "view": view.name,
        "kind": view.kind,
        "period": run.period,
        "format": run.schedule.file_format,
        "bytes": run.size,
    }


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
