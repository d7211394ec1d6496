"""A file is taken, whatever it proves: judged, stored, scanned, counted; the content is written before its row."""

from __future__ import annotations

import hashlib
import unicodedata
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ReportingUnit
from submissions.evidence import kinds, malware, store
from submissions.evidence.refusals import EvidenceRefused
from submissions.models import EvidenceKind, EvidenceState, StoredFile, StoredFileQuerySet, stored_models
from targets.models import Plan
from workplan.lib.sheets import clean_text

F = TypeVar("F", bound=StoredFile)

MALWARE = "malware"
#: An upload under way has its content before its row; the sweeper leaves it so long.
UNDER_WAY = timedelta(hours=1)


def take(row: F, name: str, content: bytes, attach: Callable[[F], F]) -> F:
    """Store the content, say in the row what it is, and let `attach` keep the row; without it nothing is left.

    What is known to be harmful is kept apart, handed to nobody.

    :raises EvidenceRefused: it is not taken as it stands, or there is no room for it.
    :raises StoreDown: it cannot be stored. :raises ScannerDown: it cannot be examined.
    """
    row.name = clean_name(name)
    _check_size(len(content))
    kind, is_harmful = _judged(content, row.name)
    row.stored_as, row.kind = uuid.uuid4(), kind or ""
    row.size, row.digest = len(content), hashlib.sha256(content).hexdigest()
    path = store.write(row.stored_as, content)
    try:
        is_harmful = is_harmful or malware.scanner_objects(path)
        row.state = EvidenceState.QUARANTINED if is_harmful else EvidenceState.CLEAN
        row.reason = MALWARE if is_harmful else ""
        return attach(row)
    except BaseException:
        store.remove(path)
        raise


def _judged(content: bytes, name: str) -> tuple[EvidenceKind | None, bool]:
    """Return what the file is, None for what is of no kind, and whether it is known to be harmful."""
    if malware.is_known(content):
        return None, True
    return kinds.judge(content, name), False


def clean_name(name: str) -> str:
    """Return the name as it may be shown: the last part of a path, without characters that turn or hide text.

    >>> clean_name("C:\\\\材料\\\\通知\\u202efdp.exe")
    '通知fdp.exe'
    """
    last = clean_text(name).replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(one for one in last if unicodedata.category(one) not in {"Cc", "Cf", "Zl", "Zp"}).strip()
    stem, dot, ending = shown.rpartition(".")
    return shown if len(shown) <= 200 else f"{stem[: 199 - len(ending)]}{dot}{ending}"[-200:]


# Limits ----------------------------------------------------------------------------------------


def _check_size(size: int) -> None:
    if size > settings.EVIDENCE_FILE_BYTES:
        raise EvidenceRefused(
            "too_large",
            _("文件超过 %(most)s MB。请压缩图片或拆分后上传。"),
            most=f"{settings.EVIDENCE_FILE_BYTES / 1_000_000:g}",
        )


def check_room(row: StoredFile, beside: StoredFileQuerySet, *, place: str, unit: ReportingUnit, plan: Plan) -> None:
    """Hold the unit, so that its room is counted by one at a time, and find room for the file.

    :raises EvidenceRefused: its place has it already or is full, or the unit has used up its year.
    """
    ReportingUnit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    same = beside.filter(digest=row.digest).first()
    if same is not None:
        raise EvidenceRefused(
            "already_there",
            _("%(code)s 已有内容相同的文件“%(name)s”，没有再存一份。"),
            code=place,
            name=same.name,
        )
    if beside.count() >= settings.EVIDENCE_FILES_PER_MILESTONE:
        raise EvidenceRefused(
            "too_many",
            _("%(code)s 已有 %(most)s 个文件，不能再多。请先移除不需要的文件，或合并为一个 PDF。"),
            code=place,
            most=settings.EVIDENCE_FILES_PER_MILESTONE,
        )
    used = n_bytes_of(unit, plan)
    if used + row.size > settings.EVIDENCE_UNIT_BYTES:
        raise EvidenceRefused(
            "quota",
            _("本单位全年佐证材料最多 %(most)s MB，已用 %(used)s MB，放不下这个文件。请压缩，或先移除不需要的文件。"),
            most=f"{settings.EVIDENCE_UNIT_BYTES / 1_000_000:g}",
            used=f"{used / 1_000_000:.1f}",
        )


def n_bytes_of(unit: ReportingUnit, plan: Plan) -> int:
    """Return what the unit keeps in the plan year, whatever it proves."""
    return sum(model.objects.of_year(unit, plan).n_bytes() for model in stored_models())


# Sweeping --------------------------------------------------------------------------------------


def orphans(now: datetime | None = None) -> Iterator[Path]:
    """Yield what lies in the store and belongs to no row, but for uploads that may still be under way.

    Files are as old as the machine's clock says, not the business clock.
    """
    until = (now or timezone.now()) - UNDER_WAY
    rows = (key for model in stored_models() for key in model.objects.values_list("stored_as", flat=True).distinct())
    known = {key.hex for key in rows}
    for path, written in store.stored():
        if path.name not in known and written < until:
            yield path
