"""Handing out the file of a scheduled export, on pages and over REST."""

from __future__ import annotations

from io import BytesIO

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404

from accounts import audit
from accounts.models import User
from reporting.saved.models import ExportRun
from reporting.saved.pages import file_name
from workplan.lib import sheets


def run_file(person: User, pk: int) -> FileResponse:
    """Return a file to the person it was made for, as long as it is kept; entered in the audit trail before.

    :raises Http404: it is another's, was not made, or has expired.
    """
    run = get_object_or_404(ExportRun.objects.visible_to(person).select_related("schedule__view"), pk=pk)
    if not run.is_kept or run.content is None:
        raise Http404
    details = {"view": run.schedule.view.name, "period": run.period, "format": run.schedule.file_format}
    audit.record("export.take", by=person, obj=run, details=details)
    return sheets.download(BytesIO(bytes(run.content)), file_name(run), run.media_type)
