"""What one import may hold: judged before anything is parsed, told before a file is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from workplan.lib.refusals import Refused
from workplan.lib.spreadsheets import Bounds, FileTooLarge


@dataclass(frozen=True)
class Limits:
    """So many bytes by format and so many rows; of a workbook also cells, and bytes once unpacked."""

    json_bytes: int
    csv_bytes: int
    xlsx_bytes: int
    rows: int
    cells: int
    unpacked: int

    @property
    def bounds(self) -> Bounds:
        return Bounds(file=self.xlsx_bytes, unpacked=self.unpacked, cells=self.cells)


def at_once() -> Limits:
    """Return what is imported while its sender waits."""
    return Limits(
        json_bytes=settings.IMPORT_JSON_BYTES,
        csv_bytes=settings.IMPORT_CSV_BYTES,
        xlsx_bytes=settings.IMPORT_XLSX_BYTES,
        rows=settings.IMPORT_ROWS,
        cells=Bounds().cells,
        unpacked=Bounds().unpacked,
    )


def as_job() -> Limits:
    """Return what is imported in the background."""
    most = settings.IMPORT_JOB_BYTES
    return Limits(
        json_bytes=most,
        csv_bytes=most,
        xlsx_bytes=most,
        rows=settings.IMPORT_JOB_ROWS,
        cells=settings.IMPORT_JOB_CELLS,
        unpacked=settings.IMPORT_JOB_UNPACKED_BYTES,
    )


def limits() -> dict[str, int]:
    """Return the limits by name; every refusal for size carries them."""
    now, job = at_once(), as_job()
    return {
        "json_bytes": now.json_bytes,
        "csv_bytes": now.csv_bytes,
        "xlsx_bytes": now.xlsx_bytes,
        "rows": now.rows,
        "job_bytes": job.csv_bytes,
        "job_rows": job.rows,
    }


def is_for_a_job(refusal: Refused) -> bool:
    """Say whether a file is refused only because its sender cannot wait for it: for its bytes, rows or cells."""
    return refusal.code in {"too_large", "too_many_cells"} and "most" in refusal.params


def too_large(most: int) -> FileTooLarge:
    return FileTooLarge(_("内容超过 %(most)s 字节，请分批发送。各项上限见 limits。"), limits=limits(), most=most)


def too_many_rows(most: int) -> FileTooLarge:
    return FileTooLarge(_("内容超过 %(most)s 行，请分批发送。各项上限见 limits。"), limits=limits(), most=most)
