"""The worker: takes queued imports one at a time, each stored whole or not at all.

Two connections. The import and the job's end are one transaction on the usual connection: what is stored and DONE is
committed together, and whatever ends this process ends both. Progress, and the lock that keeps a second worker
waiting, live on a connection of their own; the lock goes with the process, however it ends. Who holds the lock
therefore knows that a job still called RUNNING lost its worker (X-37, I-19).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, islice

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from accounts import audit
from accounts.models import User
from submissions import announcing
from submissions.bulk import imports
from submissions.bulk.plan import Mode, Plan
from submissions.bulk.strategy import Strategy
from submissions.jobs.source import source_of
from submissions.models import ImportJob, JobState
from targets import periods
from workplan.lib import clock, logs
from workplan.lib.refusals import Refused
from workplan.lib.words import Said, kept

logger = logging.getLogger(__name__)

#: The advisory lock of the one worker that works; any number that no other part uses.
LOCK = 720_036_001
#: So often progress is written and a wish to cancel is heard.
BEAT_SECONDS = 0.5
#: So many single faults are kept with a job; the file has to be mended at its source long before.
MOST_ERRORS = 10_000
#: Whether the job was cancelled, its state, and whether its sender's account and token still stand.
_STANDING = """
SELECT job.cancel_asked, job.state, person.is_active,
       job.token_digest = '' OR EXISTS (SELECT 1 FROM accounts_apitoken token
                                         WHERE token.digest = job.token_digest AND token.scope = 'WRITE')
  FROM submissions_importjob job JOIN accounts_user person ON person.id = job.by_id
 WHERE job.id = %s
"""


class JobCancelled(Exception):
    """The person cancelled; nothing is stored."""


class Stopped(Exception):
    """This process is asked to end; the job goes back into the queue."""


class Overtaken(Exception):
    """The job is no longer ours: another worker holds it for interrupted."""


class Worker:
    """Runs jobs as long as it holds the lock.

    `should_stop` is asked between steps; once it says so, the job under way is put back and nothing is stored.
    """

    def __init__(self, control: BaseDatabaseWrapper, should_stop: Callable[[], bool] = lambda: False) -> None:
        self._control = control
        self._should_stop = should_stop

    def hold(self) -> bool:
        """Take the lock unless another worker has it; say whether it is ours."""
        return bool(self._ask("SELECT pg_try_advisory_lock(%s)", [LOCK])[0])

    def release(self) -> None:
        self._ask("SELECT pg_advisory_unlock(%s)", [LOCK])

    def run_next(self) -> bool:
        """Run the job that waits longest; say whether there was one. The lock must be ours."""
        mark_interrupted()
        job = _taken()
        if job is None:
            return False
        token = logs.request_id.set(f"job-{job.pk}")
        try:
            with translation.override(settings.LANGUAGE_CODE):  # sentences are kept as templates
                self._run(job)
        finally:
            logs.request_id.reset(token)
        return True

    def _run(self, job: ImportJob) -> None:
        try:
            self._attempt(job)
        except Overtaken:
            logger.warning("import job overtaken", extra={"job_id": str(job.pk)})

    def _attempt(self, job: ImportJob) -> None:
        try:
            self._import(job)
        except JobCancelled:
            _end(job, JobState.CANCELLED)
        except Stopped:
            _put_back(job)
        except Overtaken:
            raise
        except Refused as refusal:
            _end(job, JobState.FAILED, problem=[_sentence(refusal)], result=_refused(refusal))
        except MemoryError:
            _end(
                job,
                JobState.FAILED,
                problem=[Said(gettext_noop("文件太大，内存不足，未写入任何内容。请拆分后再导入。"))],
            )
        except Exception:
            logger.exception("import job failed", extra={"job_id": str(job.pk)})
            sentence = gettext_noop(
                "系统出错，已记录，未写入任何内容。请重试；仍不成功时，请把编号 %(number)s 告诉管理员。"
            )
            _end(job, JobState.FAILED, problem=[Said(sentence, {"number": job.pk})])

    def _import(self, job: ImportJob) -> None:
        """Import the file as the person it came from, with the rights they hold now."""
        by = User.objects.get(pk=job.by_id)
        self.check(job)
        imports.check_person(by)
        source = source_of(job)
        job.content = b""  # all of it is in the rows now, and a long import needs the room
        beat = _Beat(self, job, len(source.rows))
        beat(0)
        options = imports.Options(job.dry_run, Strategy(job.strategy), Mode(job.mode))
        origin = {"by_import": "job", "job": str(job.pk)}
        with transaction.atomic():
            outcome = imports.run(source, options, by=by, now=clock.now(), origin=origin, tick=beat)
            _hold_uncancelled(job)
            self._finish(job, outcome, len(source.rows))

    def _finish(self, job: ImportJob, outcome: imports.Outcome, n_rows: int) -> None:
        answer = outcome.as_answer()
        errors = outcome.plan.faults
        answer["errors"] = [one.as_fault() for one in errors[:MOST_ERRORS]]
        left_out = [_cut_short(MOST_ERRORS)] if len(errors) > MOST_ERRORS else []
        if left_out:
            answer["notes"] = [*outcome.plan.notes, *left_out]
        if job.dry_run:
            answer["changes"] = preview(outcome.plan)
        nothing_stored = outcome.is_refused and not outcome.plan.kept(Mode(job.mode))
        if nothing_stored:
            problem = [imports.refused_sentence(len(errors)), *left_out]
            _end(job, JobState.FAILED, problem=problem, result=answer, n_rows=n_rows)
        else:
            _end(job, JobState.DONE, result=answer, n_rows=n_rows)

    def check(self, job: ImportJob) -> None:
        """Stop here if the person cancelled or may no longer import, or this process is to end.

        :raises JobCancelled, Stopped, Overtaken, MayNotFile: nothing is stored then.
        """
        if self._should_stop():
            raise Stopped
        found = self._ask(_STANDING, [job.pk])
        if found is None or found[1] != JobState.RUNNING:
            raise Overtaken
        if found[0]:
            raise JobCancelled
        _check_standing(is_active=found[2], has_token=found[3])

    def beat(self, job: ImportJob, done: int, total: int) -> None:
        """Write how far the job is, seen by everybody at once."""
        with self._control.cursor() as cursor:
            cursor.execute(
                "UPDATE submissions_importjob SET n_done = %s, n_total = %s, beat_at = %s"
                " WHERE id = %s AND state = 'RUNNING'",
                [min(done, total), total, timezone.now(), job.pk],
            )

    def _ask(self, statement: str, parameters: list[object]) -> tuple[object, ...] | None:
        with self._control.cursor() as cursor:
            cursor.execute(statement, parameters)
            row: tuple[object, ...] | None = cursor.fetchone()
            return row


class _Beat:
    """Told how many rows are done; writes it every half second and stops the import where it must."""

    def __init__(self, worker: Worker, job: ImportJob, total: int) -> None:
        self._worker, self._job, self._total = worker, job, total
        self._next = 0.0

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        if now < self._next and done < self._total:
            return
        self._next = now + BEAT_SECONDS
        self._worker.check(self._job)
        self._worker.beat(self._job, done, self._total)


# States ----------------------------------------------------------------------------------------


def mark_interrupted() -> int:
    """Mark the jobs whose worker is gone and return how many; only who holds the lock may ask."""
    with transaction.atomic():
        lost = list(ImportJob.objects.select_for_update().filter(state=JobState.RUNNING))
        for job in lost:
            sentence = gettext_noop("导入被中断（服务停止或重启），未写入任何内容；文件已保留，可以重试。")
            _end(job, JobState.INTERRUPTED, problem=[Said(sentence)])
    return len(lost)


def _taken() -> ImportJob | None:
    """Return the next job with its file, now ours and running; None where none waits."""
    with transaction.atomic():
        waiting = ImportJob.objects.filter(state=JobState.QUEUED).order_by("queued_at", "pk")
        job: ImportJob | None = waiting.select_for_update(skip_locked=True).first()
        if job is None:
            return None
        job.state, job.started_at, job.beat_at = JobState.RUNNING, timezone.now(), timezone.now()
        job.save(update_fields=["state", "started_at", "beat_at"])
    return ImportJob.objects.defer(None).get(pk=job.pk)


def _hold_uncancelled(job: ImportJob) -> None:
    """Hold the job until the import is committed: from here on it can no longer be cancelled.

    :raises JobCancelled: it was, at the last moment.
    """
    if ImportJob.objects.select_for_update().filter(pk=job.pk, cancel_asked=True).exists():
        raise JobCancelled
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [job.pk])
        _cancelled, _state, is_active, has_token = cursor.fetchone()
    _check_standing(is_active=is_active, has_token=has_token)


def _check_standing(*, is_active: object, has_token: object) -> None:
    """Refuse to import for an account that was deactivated, or with a token that was revoked, meanwhile."""
    if not is_active:
        raise imports.MayNotFile(gettext_noop("提交人的账户已停用，未写入任何内容。"))
    if not has_token:
        raise imports.MayNotFile(gettext_noop("提交时所用的令牌已失效，未写入任何内容。请用新令牌重试。"))


def _sentence(refusal: Refused) -> Said:
    return Said(str(refusal.template), refusal.params)


def _cut_short(most: int) -> Said:
    return Said(gettext_noop("清单只列出前 %(most)s 处。"), {"most": most})


def preview(plan: Plan) -> list[dict[str, object]]:
    """Return the first changes of what was only checked: where, what stands there and what would."""
    changes = chain.from_iterable(one.changes for one in plan.reports)
    return [
        {
            "row": one.row.number,
            "month": periods.format_month(one.report.month),
            "unit": one.report.unit.code,
            "indicator": one.subject.code,
            "column": one.field,
            "old": one.old_text,
            "new": one.new_text,
        }
        for one in islice(changes, imports.PREVIEWED)
    ]


def _put_back(job: ImportJob) -> None:
    ImportJob.objects.filter(pk=job.pk, state=JobState.RUNNING).update(
        state=JobState.QUEUED, started_at=None, beat_at=None, n_done=0, n_total=0
    )


def _end(
    job: ImportJob,
    state: JobState,
    *,
    problem: Sequence[str] = (),
    result: Mapping[str, object] | None = None,
    n_rows: int = 0,
) -> None:
    """Write the job's end, what its sender is told of it and its audit entry: all or none.

    :raises Overtaken: it is no longer running.
    """
    is_imported = state == JobState.DONE and not job.dry_run
    fields: dict[str, object] = {"state": state, "problem": kept(problem), "finished_at": timezone.now()}
    if result is not None:
        fields["result"] = kept(result)
    if n_rows:
        fields |= {"n_done": n_rows, "n_total": n_rows}
    if is_imported:
        fields["content"] = b""
    with transaction.atomic():
        if not ImportJob.objects.filter(pk=job.pk, state=JobState.RUNNING).update(**fields):
            raise Overtaken
        if state != JobState.CANCELLED:
            announcing.announce_import(job, is_good=state == JobState.DONE, now=clock.now())
        counts = {name: number for name, number in (result or {}).items() if isinstance(number, int)}
        audit.record("import.finish", by=job.by, obj=job, details={"state": state, "file": job.digest, **counts})


def _refused(refusal: Refused) -> dict[str, object]:
    """Return a refusal of the whole file in the shape of an import's answer."""
    return {"created": 0, "updated": 0, "unchanged": 0, "rejected": 0, "errors": _errors(refusal)}


def _errors(refusal: Refused) -> list[dict[str, object]]:
    """Return the refusal's faults; where it is about the file as a whole, its sentence as it can be kept."""
    errors = refusal.errors()
    return [one | {"message": _sentence(refusal)} if one["message"] == str(refusal) else one for one in errors]
