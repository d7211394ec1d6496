"""Imports too large to wait for: a queue of one table, and what became of each."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from workplan.lib.words import said_again


class JobState(models.TextChoices):
    QUEUED = "QUEUED", _("排队中")
    RUNNING = "RUNNING", _("进行中")
    DONE = "DONE", _("已完成")
    FAILED = "FAILED", _("未成功")
    CANCELLED = "CANCELLED", _("已取消")
    INTERRUPTED = "INTERRUPTED", _("已中断")


class JobKind(models.TextChoices):
    """How the content is to be read."""

    JSON = "JSON", "JSON"
    CSV = "CSV", "CSV"
    XLSX = "XLSX", "XLSX"
    #: Uploaded on a page: a workbook of ours, another workbook or CSV, told by its content.
    FILE = "FILE", _("上传的文件")


class JobSubject(models.TextChoices):
    """What the rows are about."""

    FIGURES = "FIGURES", _("数据")
    MILESTONES = "MILESTONES", _("节点")


ACTIVE = (JobState.QUEUED, JobState.RUNNING)
ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.INTERRUPTED)
#: Ended without anything stored; the file is kept to try again.
RETRIABLE = (JobState.FAILED, JobState.CANCELLED, JobState.INTERRUPTED)


class ImportJobs(models.Manager["ImportJob"]):
    """Jobs without their files: 60 MB are fetched by who reads the file and by nobody else."""

    def get_queryset(self) -> QuerySet[ImportJob]:
        return super().get_queryset().defer("content")

    def visible_to(self, person: User) -> QuerySet[ImportJob]:
        """Return the person's own jobs; what somebody else sends in is their affair until it is a draft.

        Each with `imported_before`: when the same content was imported by an earlier job of theirs (X-36).
        """
        earlier = self.model._default_manager.filter(  # noqa: SLF001 -- the documented way
            by=OuterRef("by"), digest=OuterRef("digest"), state="DONE", dry_run=False,
            finished_at__lt=OuterRef("queued_at"),
        ).order_by("-finished_at")  # fmt: skip
        return (
            self.get_queryset().filter(by=person).annotate(imported_before=Subquery(earlier.values("finished_at")[:1]))
        )


class ImportJob(models.Model):
    """One file to be imported in the background. Its state is written by `submissions.jobs` alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("上传人"))
    kind = models.CharField(_("格式"), max_length=4, choices=JobKind)
    subject = models.CharField(_("内容"), max_length=10, choices=JobSubject, default=JobSubject.FIGURES)
    #: As the person's program called it; shown, never used as a path.
    name = models.CharField(_("文件名"), max_length=200, blank=True)
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField(_("字节"))
    content = models.BinaryField()
    #: What was asked for: only a check, which figures, and what becomes of good reports beside bad ones.
    dry_run = models.BooleanField(_("只检查"), default=False)
    strategy = models.CharField(max_length=20)
    mode = models.CharField(max_length=10)
    #: The token of the program that handed it in, which must still be good when it runs; "" for a person.
    token_digest = models.CharField(max_length=128, blank=True)

    state = models.CharField(_("状态"), max_length=11, choices=JobState, default=JobState.QUEUED)
    n_done = models.PositiveIntegerField(_("已处理"), default=0)
    n_total = models.PositiveIntegerField(_("总行数"), default=0)
    cancel_asked = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("提交时间"))
    #: The real clock, not the business one: these tell how long something takes and whether a worker lives.
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(_("开始时间"), null=True)
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True)
    #: The answer of the import, its sentences as `workplan.lib.words.kept` keeps them; None until there is one.
    result = models.JSONField(null=True)
    #: Why it did not succeed: sentences, kept likewise; none where it did.
    problem = models.JSONField(default=list, blank=True)

    objects = ImportJobs()

    class Meta:
        verbose_name = _("后台导入")
        verbose_name_plural = _("后台导入")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=JobKind.values), name="submissions_job_kind_known"),
            models.CheckConstraint(condition=Q(subject__in=JobSubject.values), name="submissions_job_subject_known"),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="submissions_job_digest_is_sha256"
            ),
            models.CheckConstraint(condition=Q(n_done__lte=F("n_total")), name="submissions_job_done_within_total"),
            models.CheckConstraint(
                condition=Q(state="QUEUED", started_at=None) | ~Q(state="QUEUED"),
                name="submissions_job_queued_is_not_started",
            ),
            models.CheckConstraint(
                condition=Q(state="RUNNING", started_at__isnull=False, beat_at__isnull=False) | ~Q(state="RUNNING"),
                name="submissions_job_running_has_started",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ACTIVE, finished_at=None) | Q(state__in=ENDED, finished_at__isnull=False),
                name="submissions_job_ends_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="DONE") | Q(result__isnull=False, problem=[]),
                name="submissions_job_done_has_result",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("FAILED", "INTERRUPTED")) | ~Q(problem=[]),
                name="submissions_job_failed_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ACTIVE) | ~Q(content=b""), name="submissions_job_waiting_has_content"
            ),
            models.CheckConstraint(
                condition=Q(dry_run=True) | ~Q(state="DONE") | Q(content=b""),
                name="submissions_job_content_goes_with_import",
            ),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="RUNNING"), name="submissions_job_one_runs_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["by", "digest", "kind", "subject", "dry_run", "strategy", "mode"],
                condition=Q(state__in=ACTIVE),
                name="submissions_job_same_file_waits_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["queued_at"], condition=Q(state="QUEUED"), name="submissions_job_next"),
            models.Index(fields=["by", "-created_at"], name="submissions_job_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.by_id} {self.name or self.kind} {self.state}"

    @property
    def told(self) -> dict[str, object] | None:
        """The answer of the import in the reader's language."""
        answer: dict[str, object] | None = said_again(self.result)  # type: ignore[assignment]
        return answer

    @property
    def problem_told(self) -> str:
        """Why it did not succeed, in the reader's language."""
        return " ".join(str(said_again(one)) for one in self.problem)

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    @property
    def is_kept(self) -> bool:
        """Say whether the file is still there for another try; the length is asked for, not the file."""
        return self.state in RETRIABLE or (self.state == JobState.DONE and self.dry_run)
