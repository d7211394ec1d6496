"""A person's imports in the background, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from submissions.models import ImportJob, JobState
from submissions.models.jobs import RETRIABLE

#: So many of a person's jobs are listed, the newest first.
LISTED = 50
_SHOWN: dict[str, tuple[str, str]] = {
    JobState.QUEUED: ("○", "not-due"),
    JobState.RUNNING: ("◆", "submitted"),
    JobState.DONE: ("✔", "completed"),
    JobState.FAILED: ("✖", "behind"),
    JobState.CANCELLED: ("–", "not-due"),
    JobState.INTERRUPTED: ("▼", "lagging"),
}
_CHECKED = gettext_lazy("检查通过")
_CHECKING = gettext_lazy("检查中")


@dataclass(frozen=True)
class JobRow:
    """One job as its person reads it."""

    job: ImportJob

    @property
    def word(self) -> str | Promise:
        if self.job.dry_run and self.job.state in {JobState.DONE, JobState.RUNNING}:
            return _CHECKED if self.job.state == JobState.DONE else _CHECKING
        return JobState(self.job.state).label

    @property
    def shape(self) -> str:
        return _SHOWN[self.job.state][0]

    @property
    def tone(self) -> str:
        return _SHOWN[self.job.state][1]

    @property
    def percent(self) -> int:
        return self.job.n_done * 100 // (self.job.n_total or 1)

    @property
    def is_stopping(self) -> bool:
        return self.job.is_active and self.job.cancel_asked

    @property
    def may_retry(self) -> bool:
        return self.job.state in RETRIABLE

    @property
    def may_import(self) -> bool:
        """Say whether the file was only checked so far, found good and changes something."""
        return self.job.state == JobState.DONE and self.job.dry_run and self.n_changes > 0

    @property
    def changes(self) -> Sequence[Mapping[str, object]]:
        """The first changes that the import of a checked file would make, field by field."""
        shown: Sequence[Mapping[str, object]] = (self.job.result or {}).get("changes", ())
        return shown if self.may_import else ()

    @property
    def n_changes(self) -> int:
        result = self.job.result or {}
        return int(result.get("created", 0)) + int(result.get("updated", 0))

    @property
    def counts(self) -> str:
        """What became of the figures, or would; empty before anything is known."""
        if not self.job.result:
            return ""
        told = {name: int(self.job.result.get(name, 0)) for name in ("created", "updated", "unchanged", "rejected")}
        return _("新增 %(created)s · 更新 %(updated)s · 不变 %(unchanged)s · 拒收 %(rejected)s") % told

    @property
    def has_errors(self) -> bool:
        return bool((self.job.result or {}).get("errors"))


def job_rows(person: User) -> list[JobRow]:
    jobs = ImportJob.objects.visible_to(person).order_by("-created_at", "-queued_at")[:LISTED]
    return [JobRow(job) for job in jobs]


def any_active(rows: Sequence[JobRow]) -> bool:
    return any(row.job.is_active for row in rows)
