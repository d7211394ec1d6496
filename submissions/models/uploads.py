"""A file on its way in: kept under a generated name from the upload to the confirmation, and not longer."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class UploadedFile(models.Model):
    """What a person uploaded, to be looked at before it is imported. Its content goes with the import."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("上传人"))
    #: As the person's program called it; shown, never used as a path.
    name = models.CharField(_("文件名"), max_length=200)
    digest = models.CharField(max_length=64)
    content = models.BinaryField()
    uploaded_at = models.DateTimeField(_("上传时间"))
    imported_at = models.DateTimeField(_("导入时间"), null=True)
    n_changes = models.PositiveIntegerField(_("改动"), default=0)

    class Meta:
        verbose_name = _("上传的文件")
        verbose_name_plural = _("上传的文件")
        constraints = [
            models.CheckConstraint(
                condition=Q(imported_at__isnull=True) | Q(content=b""),
                name="submissions_upload_content_goes_with_import",
            ),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="submissions_upload_digest_is_sha256"
            ),
        ]
        indexes = [models.Index(fields=["by", "digest"], name="submissions_upload_by_digest")]

    def __str__(self) -> str:
        return f"{self.by_id} {self.name}"
