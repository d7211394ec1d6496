"""Files of a sheet at its form and for download: taken with what is written, handed out with the sheet."""

from __future__ import annotations

import uuid
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.audit_words import REFUSED
from accounts.models import User
from reporting.assessment import proving, services
from reporting.assessment.models import Assessment, AssessmentFile
from reporting.views import for_readers
from submissions.evidence.handing import handed_out
from submissions.evidence.refusals import StoreDown
from submissions.views.evidence import not_taken, tell
from workplan.lib import clock
from workplan.lib.refusals import Refused

#: How the form names the place for a file: file.B1.
FIELD = "file."


class FileRefused(Refused):
    """A file that was not taken; what was written beside it is kept."""

    http_status = 422

    def __init__(self, field: str, refusal: Refused) -> None:
        self.field, self.code, self.why = field, refusal.code, str(refusal)
        super().__init__(gettext_lazy("有一个文件没有收下，其他内容已保存。"))


@for_readers
def download(request: HttpRequest, code: str, unit: str, key: uuid.UUID) -> HttpResponse:
    """Hand out a clean file of a sheet that is open to the person; whatever is not reads like none."""
    files = AssessmentFile.objects.open_to(request.user).select_related("line__assessment__round")
    row = get_object_or_404(files, pk=key, line__assessment__round__code=code, line__assessment__unit__code=unit)
    try:
        return handed_out(row)
    except StoreDown as refusal:
        context = {"code": code, "unit": unit, "name": row.name, "problem": refusal}
        return render(request, "reporting/assessment_file_down.html", context, status=refusal.http_status)


def is_asked(request: HttpRequest) -> bool:
    """Say whether the form brings a file or takes one away."""
    return bool(_chosen(request)) or "remove" in request.POST


def take(request: HttpRequest, sheet: Assessment) -> None:
    """Do what the form asks for with files.

    :raises FileRefused: one is not taken; those before it are kept.
    """
    by, now = cast(User, request.user), clock.now()
    if "remove" in request.POST:
        try:
            row = proving.remove(sheet, uuid.UUID(request.POST["remove"]), by=by, now=now)
        except (ValueError, AssessmentFile.DoesNotExist) as error:
            raise Http404 from error
        messages.success(request, _("已移除“%(name)s”。") % {"name": row.name})
        return
    for criterion in _chosen(request):
        upload = request.FILES[FIELD + criterion]
        content = upload.read(settings.EVIDENCE_FILE_BYTES + 1)
        try:
            row = proving.add(sheet, criterion, name=upload.name, content=content, by=by, now=now)
        except Refused as refusal:
            details = {**services.named(sheet), "criterion": criterion, **not_taken(upload.name, content, refusal)}
            audit.record(f"evidence.add{REFUSED}", by=by, obj=sheet, details=details)
            raise FileRefused(FIELD + criterion, refusal) from refusal
        tell(request, row)


def _chosen(request: HttpRequest) -> list[str]:
    return [name.removeprefix(FIELD) for name in request.FILES if name.startswith(FIELD)]
