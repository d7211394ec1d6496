"""What proves where a milestone stands: files, kept outside the database under names nobody can guess."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import ReportingUnit
from submissions.models.calendar import ReportingMonth
from submissions.models.figures import frozen_with_its_filing
from submissions.models.reports import Filing, MonthlyReport
from targets.models import Milestone
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


class EvidenceQuerySet(models.QuerySet):
    def clean(self) -> EvidenceQuerySet:
        return self.filter(state=EvidenceState.CLEAN)

    def open_to(self, person: permissions.Person) -> EvidenceQuerySet:
        """Keep the clean files of approved filings among the reports the person may open."""
        visible = MonthlyReport.objects.visible_to(person)
        approved = self.filter(filing=F("filing__report__approved_filing"), filing__report__in=visible)
        return approved.clean()

    def n_bytes_of(self, unit: ReportingUnit, period: ReportingMonth) -> int:
        """Return what the unit keeps in the plan year; a file carried from filing to filing counts once."""
        held = self.filter(filing__report__unit=unit, filing__report__period__plan_id=period.plan_id)
        files = held.order_by().values("stored_as", "size").distinct()
        return files.aggregate(n_bytes=Sum("size"))["n_bytes"] or 0


class EvidenceFile(models.Model):
    """One file at one milestone of one filing. A later filing of the report points to the same stored content."""

    #: Stands in the address of the download.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    filing = models.ForeignKey(Filing, models.CASCADE, related_name="evidence")
    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="evidence")
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

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("佐证材料")
        verbose_name_plural = _("佐证材料")
        constraints = [
            models.UniqueConstraint(
                fields=["filing", "milestone", "digest"], name="submissions_evidence_once_per_milestone"
            ),
            one_of("state", EvidenceState.values, name="submissions_evidence_state_is_known"),
            one_of("kind", [*EvidenceKind.values, ""], name="submissions_evidence_kind_is_known"),
            models.CheckConstraint(
                condition=~Q(state="CLEAN") | ~Q(kind=""), name="submissions_evidence_clean_is_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(state="CLEAN", reason="") | ~Q(state="CLEAN") & ~Q(reason=""),
                name="submissions_evidence_quarantined_says_why",
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="submissions_evidence_is_not_empty"),
            models.CheckConstraint(condition=~Q(name=""), name="submissions_evidence_has_a_name"),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="submissions_evidence_digest_is_sha256"
            ),
        ]
        triggers = frozen_with_its_filing("evidence")

    def __str__(self) -> str:
        return f"{self.filing_id} {self.milestone_id} {self.name}"

    @property
    def is_clean(self) -> bool:
        return self.state == EvidenceState.CLEAN
