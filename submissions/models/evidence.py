"""What proves where a milestone stands: files, kept outside the database under names nobody can guess."""

from __future__ import annotations

import uuid
from typing import Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import ReportingUnit
from submissions.models.figures import frozen_with_its_filing
from submissions.models.reports import Filing, MonthlyReport
from targets.models import Milestone, Plan
from workplan.lib.constraints import one_of


class EvidenceKind(models.TextChoices):
    """What a file is by its content."""

    PDF = "PDF", "PDF"
    DOCX = "DOCX", _("Word 文档")
    XLSX = "XLSX", _("Excel 工作簿")
    JPEG = "JPEG", _("JPEG 图片")
    PNG = "PNG", _("PNG 图片")


class EvidenceState(models.TextChoices):
    """Whether a file may be handed out."""

    CLEAN = "CLEAN", _("可下载")
    QUARANTINED = "QUARANTINED", _("已隔离")


def stored_file_constraints(name: str) -> list[models.CheckConstraint]:
    """Return what holds for every stored file; `name` begins the names of the constraints."""
    return [
        one_of("state", EvidenceState.values, name=f"{name}_state_is_known"),
        one_of("kind", [*EvidenceKind.values, ""], name=f"{name}_kind_is_known"),
        models.CheckConstraint(condition=~Q(state="CLEAN") | ~Q(kind=""), name=f"{name}_clean_is_of_a_kind"),
        models.CheckConstraint(
            condition=Q(state="CLEAN", reason="") | ~Q(state="CLEAN") & ~Q(reason=""),
            name=f"{name}_quarantined_says_why",
        ),
        models.CheckConstraint(condition=Q(size__gt=0), name=f"{name}_is_not_empty"),
        models.CheckConstraint(condition=~Q(name=""), name=f"{name}_has_a_name"),
        models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name=f"{name}_digest_is_sha256"),
    ]


class StoredFileQuerySet(models.QuerySet):
    def clean(self) -> Self:
        return self.filter(state=EvidenceState.CLEAN)

    def of_year(self, unit: ReportingUnit, plan: Plan) -> Self:
        """Keep what the unit handed in for a plan year."""
        raise NotImplementedError

    def n_bytes(self) -> int:
        """Return how much the content takes; a file carried from filing to filing counts once."""
        files = self.order_by().values("stored_as", "size").distinct()
        return files.aggregate(n_bytes=Sum("size"))["n_bytes"] or 0


class StoredFile(models.Model):
    """A file somebody handed in as proof of something; the content lies in the file store (`evidence.store`)."""

    #: Stands in the address of the download.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    #: The name of the content in the file store; never anything a person typed.
    stored_as = models.UUIDField(editable=False, db_index=True)
    #: As the person's program called it; shown, never used as a path.
    name = models.CharField(_("文件名"), max_length=200)
    #: By content; empty where a quarantined file is of no kind that is taken.
    kind = models.CharField(_("类型"), max_length=4, choices=EvidenceKind, blank=True)
    size = models.PositiveIntegerField(_("大小"))
    digest = models.CharField(max_length=64)
    state = models.CharField(_("状态"), max_length=11, choices=EvidenceState)
    #: Why it is not handed out, for programs.
    reason = models.CharField(max_length=30, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("上传人")
    )
    uploaded_at = models.DateTimeField(_("上传时间"))

    class Meta:
        abstract = True

    @property
    def is_clean(self) -> bool:
        return self.state == EvidenceState.CLEAN

    @property
    def told(self) -> dict[str, object]:
        """What the audit trail says of it."""
        about = {"name": self.name, "size": self.size, "sha256": self.digest, "reason": self.reason}
        return {"evidence": str(self.pk), **about}


def stored_models() -> list[type[StoredFile]]:
    """Return every model whose rows point to content in the file store."""
    return [model for model in apps.get_models() if issubclass(model, StoredFile)]


class EvidenceQuerySet(StoredFileQuerySet):
    def open_to(self, person: permissions.Person) -> EvidenceQuerySet:
        """Keep the clean files of approved filings among the reports the person may open."""
        visible = MonthlyReport.objects.visible_to(person)
        approved = self.filter(filing=F("filing__report__approved_filing"), filing__report__in=visible)
        return approved.clean()

    def of_year(self, unit: ReportingUnit, plan: Plan) -> Self:
        return self.filter(filing__report__unit=unit, filing__report__period__plan=plan)


class EvidenceFile(StoredFile):
    """One file at one milestone of one filing. A later filing of the report points to the same stored content."""

    filing = models.ForeignKey(Filing, models.CASCADE, related_name="evidence")
    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="evidence")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("佐证材料")
        verbose_name_plural = _("佐证材料")
        constraints = [
            models.UniqueConstraint(
                fields=["filing", "milestone", "digest"], name="submissions_evidence_once_per_milestone"
            ),
            *stored_file_constraints("submissions_evidence"),
        ]
        triggers = frozen_with_its_filing("evidence")

    def __str__(self) -> str:
        return f"{self.filing_id} {self.milestone_id} {self.name}"
