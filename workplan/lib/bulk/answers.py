"""The answer that sends a long table while it is read."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from workplan.lib.sheets import download_name


def streamed(filename: str, content_type: str, chunks: Iterator[bytes]) -> StreamingHttpResponse:
    """Return the pieces as a download.

    An error on the way breaks the connection before the answer's end, which every client reports as a failed download.
    Whoever cancels closes the pieces, and with them the cursor and the transaction they are read in.
    """
    return StreamingHttpResponse(
        chunks,
        content_type=content_type,
        headers={
            "Content-Disposition": content_disposition_header(as_attachment=True, filename=download_name(filename)),
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store, private",
            "X-Accel-Buffering": "no",
        },
    )
