"""The desk where jobs are handed in: queue a file once, cancel it, try it again, import what was checked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import User
from submissions.bulk.imports import Options, check_person
from submissions.bulk.limits import too_large
from submissions.models import ImportJob, JobKind, JobState, JobSubject
from submissions.models.jobs import ACTIVE, ENDED, RETRIABLE
from workplan.lib.refusals import Refused
from workplan.lib.sheets import clean_text

#: So many jobs of one person wait at once, and so long is an ended one kept with its file.
MOST_WAITING = 5
KEPT_FOR = timedelta(days=7)


class TooManyWaiting(Refused):
    """The person has enough in the queue."""

    code = "too_many_waiting"
    http_status = 429


class NotNow(Refused):
    """The job's state does not allow the step."""

    code = "job_state"


@dataclass(frozen=True)
class Parcel:
    """A file as it was handed in."""

    content: bytes
    kind: JobKind
    name: str = ""
    subject: JobSubject = JobSubject.FIGURES


def hand_in(parcel: Parcel, options: Options, *, by: User, now: datetime, token: str = "") -> ImportJob:
    """Return the job of the file; of one that already waits or runs with the same options, that job (X-36).

    `token` is the digest of the program's token, "" where a person handed it in: who loses it, loses the job.

    :raises MayNotFile: the person files for nobody.
    :raises FileTooLarge: it is longer than a job may be.
    :raises TooManyWaiting: the person has enough in the queue.
    """
    check_person(by)
    if len(parcel.content) > settings.IMPORT_JOB_BYTES:
        raise too_large(settings.IMPORT_JOB_BYTES)
    wanted = {
        "by": by,
        "digest": hashlib.sha256(parcel.content).hexdigest(),
        "kind": parcel.kind,
        "subject": parcel.subject,
        "dry_run": options.dry_run,
        "strategy": options.strategy.value,
        "mode": options.mode.value,
    }
    with transaction.atomic():
        _lock_person(by)
        waiting = ImportJob.objects.filter(by=by, state__in=ACTIVE)
        same = waiting.filter(**wanted).first()
        if same is not None:
            return same
        if waiting.count() >= MOST_WAITING:
            raise _too_many()
        _forget_old(by)
        job = ImportJob.objects.create(
            **wanted,
            name=clean_text(parcel.name).replace("\n", " ")[:200],
            size=len(parcel.content),
            content=parcel.content,
            token_digest=token,
            created_at=now,
            queued_at=timezone.now(),
        )
        _record("import.queue", job, by=by)
    return job


def cancel(job: ImportJob, *, by: User) -> ImportJob:
    """Cancel a job: one that waits at once, one that runs at the worker's next step; then nothing is stored.

    :raises NotNow: it has ended.
    """
    with transaction.atomic():
        held = _held(job)
        if held.state not in ACTIVE:
            raise NotNow(_("这项导入已经结束，不能取消。"))
        held.cancel_asked = True
        if held.state == JobState.QUEUED:
            held.state, held.finished_at = JobState.CANCELLED, timezone.now()
        held.save(update_fields=["cancel_asked", "state", "finished_at"])
        _record("import.cancel", held, by=by)
    return held


def retry(job: ImportJob, *, by: User, token: str = "") -> ImportJob:
    """Queue a job again that ended without storing anything; its file was kept.

    :raises NotNow: it has not ended so, or the same file already waits.
    """
    with transaction.atomic():
        _lock_person(by)
        held = _held(job)
        if held.state not in RETRIABLE:
            raise NotNow(_("只有未成功、已取消或已中断的导入可以重试。"))
        held.token_digest = token
        return _queued_again(held, by=by)


def import_checked(job: ImportJob, *, by: User) -> ImportJob:
    """Queue the import of a file that was only checked so far and found good.

    :raises NotNow: it was not checked, or it was imported meanwhile (a second click).
    """
    with transaction.atomic():
        _lock_person(by)
        held = _held(job)
        if held.state != JobState.DONE or not held.dry_run:
            raise NotNow(_("这个文件没有检查通过，或已经在导入。"))
        held.dry_run, held.token_digest = False, ""
        return _queued_again(held, by=by)


def _queued_again(job: ImportJob, *, by: User) -> ImportJob:
    waiting = ImportJob.objects.filter(by=job.by_id, state__in=ACTIVE)
    same = Q(
        digest=job.digest, kind=job.kind, subject=job.subject, dry_run=job.dry_run, strategy=job.strategy, mode=job.mode
    )
    if waiting.filter(same).exists():
        raise NotNow(_("同一个文件已在排队或正在导入。"))
    if waiting.count() >= MOST_WAITING:
        raise _too_many()
    job.state, job.cancel_asked, job.queued_at = JobState.QUEUED, False, timezone.now()
    job.n_done = job.n_total = 0
    job.started_at = job.beat_at = job.finished_at = job.result = None
    job.problem = []
    job.save(
        update_fields=[
            "state", "cancel_asked", "queued_at", "n_done", "n_total", "started_at", "beat_at", "finished_at",
            "result", "problem", "dry_run", "token_digest",
        ]
    )  # fmt: skip
    _record("import.queue", job, by=by)
    return job


def _too_many() -> TooManyWaiting:
    return TooManyWaiting(_("您已有 %(most)s 项导入在排队，请等其中一项结束后再提交。"), most=MOST_WAITING)


def _lock_person(by: User) -> None:
    """Let one person's jobs be handed in one after another: a double click finds the first job."""
    list(User.objects.select_for_update(no_key=True).filter(pk=by.pk).values_list("pk"))


def _held(job: ImportJob) -> ImportJob:
    return ImportJob.objects.select_for_update(of=("self",), no_key=True).get(pk=job.pk)


def _forget_old(by: User) -> None:
    ImportJob.objects.filter(by=by, state__in=ENDED, finished_at__lt=timezone.now() - KEPT_FOR).delete()


def _record(action: str, job: ImportJob, *, by: User) -> None:
    details = {"file": job.digest, "name": job.name, "size": job.size, "dry_run": job.dry_run}
    audit.record(action, by=by, obj=job, details=details)
