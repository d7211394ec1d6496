"""How much of an upload is ever kept while it arrives, whatever its sender declares."""

from __future__ import annotations

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler


class CeilingUploadHandler(FileUploadHandler):
    """Pass a file on up to the ceiling and read past the rest, so that a full disk is nobody's to cause.

    A file that was cut is longer than any limit of a page, which therefore refuses it by its size.
    """

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)
        self.n_bytes = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if self.n_bytes > settings.UPLOAD_CEILING_BYTES:
            return None
        self.n_bytes += len(raw_data)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
