"""A clean file is handed out: to be saved, never shown by the browser."""

from __future__ import annotations

from django.http import FileResponse
from django.utils.http import content_disposition_header

from submissions.evidence import store
from submissions.evidence.kinds import MEDIA_TYPES
from submissions.models import EvidenceKind, StoredFile
from workplan.lib.sheets import download_name


def handed_out(row: StoredFile) -> FileResponse:
    """Return the content of a row that was found to be clean and open to the person.

    :raises StoreDown: it cannot be read.
    """
    response = FileResponse(store.read(row.stored_as), content_type=MEDIA_TYPES[EvidenceKind(row.kind)])
    response.headers["Content-Length"] = str(row.size)
    response.headers["Content-Disposition"] = content_disposition_header(True, download_name(row.name))  # noqa: FBT003 -- its only signature
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "no-store, private"
    return response
