"""Evidence added and removed: one file, one transaction, one audit entry. The content is written before its row."""

from __future__ import annotations

import hashlib
import logging
import unicodedata
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import ReportingUnit, User
from submissions import announcing, holding, services
from submissions.evidence import kinds, malware, store
from submissions.evidence.refusals import EvidenceRefused
from submissions.models import EvidenceFile, EvidenceKind, EvidenceState, MonthlyReport, Verb
from submissions.workflow import check_step
from targets.models import Milestone
from workplan.lib.sheets import clean_text

logger = logging.getLogger(__name__)

MALWARE = "malware"
#: An upload under way has its content before its row; the sweeper leaves it so long.
UNDER_WAY = timedelta(hours=1)


def add(
    report: MonthlyReport, milestone: Milestone, *, name: str, content: bytes, by: User, now: datetime
) -> EvidenceFile:
    """Keep the file at the milestone of the draft; one that is known to be harmful is kept apart, handed to nobody.

    :raises EvidenceRefused: it is not taken as it stands, or there is no room for it.
    :raises StoreDown: it cannot be stored. :raises ScannerDown: it cannot be examined.
    :raises Refused: state, person or window does not allow editing.
    """
    _check_step(report, milestone, by=by, now=now)
    name = clean_name(name)
    _check_size(len(content))
    kind, is_harmful = _judged(content, name)
    stored_as = uuid.uuid4()
    path = store.write(stored_as, content)
    try:
        row = EvidenceFile(
            milestone=milestone,
            stored_as=stored_as,
            name=name,
            kind=kind or "",
            size=len(content),
            digest=hashlib.sha256(content).hexdigest(),
            uploaded_by=by,
            uploaded_at=now,
        )
        is_harmful = is_harmful or malware.scanner_objects(path)
        row.state = EvidenceState.QUARANTINED if is_harmful else EvidenceState.CLEAN
        row.reason = MALWARE if is_harmful else ""
        return _attached(report, row, by=by, now=now)
    except BaseException:
        store.remove(path)
        raise


def _judged(content: bytes, name: str) -> tuple[EvidenceKind | None, bool]:
    """Return what the file is, None for what is of no kind, and whether it is known to be harmful."""
    if malware.is_known(content):
        return None, True
    return kinds.judge(content, name), False


@transaction.atomic
def _attached(report: MonthlyReport, row: EvidenceFile, *, by: User, now: datetime) -> EvidenceFile:
    report = holding.begun(report)
    _check_step(report, row.milestone, by=by, now=now)
    ReportingUnit.objects.select_for_update(no_key=True).get(pk=report.unit_id)  # the quota is counted by one at a time
    row.filing = report.begun_filing
    _check_room(report, row)
    row.save(force_insert=True)
    action = "evidence.add" if row.is_clean else "evidence.quarantined"
    if not row.is_clean:
        logger.warning("evidence quarantined", extra={"report_id": report.pk, "user_id": by.pk})
        announcing.announce_quarantine(report, row, now=now)
    services.advance(report, now=now)
    audit.record(action, by=by, obj=report, details=_told(row))
    return row


@transaction.atomic
def remove(report: MonthlyReport, key: uuid.UUID, *, by: User, now: datetime) -> EvidenceFile:
    """Take the file from the draft; its content goes with the next sweep once no filing points to it.

    :raises EvidenceFile.DoesNotExist: the filing in work has no such file.
    :raises Refused: state, person or window does not allow editing.
    """
    row = EvidenceFile.objects.select_related("milestone").get(pk=key, filing=report.filing_id)
    report = holding.begun(report)
    _check_step(report, row.milestone, by=by, now=now)
    EvidenceFile.objects.filter(pk=key).delete()
    services.advance(report, now=now)
    audit.record("evidence.remove", by=by, obj=report, details=_told(row))
    return row


def _check_step(report: MonthlyReport, milestone: Milestone, *, by: User, now: datetime) -> None:
    check_step(Verb.SAVE, report, by=by, today=now.date())
    services.check_items(report, [milestone], by)


def _told(row: EvidenceFile) -> dict[str, object]:
    return {
        "evidence": str(row.pk),
        "milestone": row.milestone.code,
        "name": row.name,
        "size": row.size,
        "sha256": row.digest,
        "reason": row.reason,
    }


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


def _check_room(report: MonthlyReport, row: EvidenceFile) -> None:
    held = EvidenceFile.objects.filter(filing=row.filing, milestone=row.milestone)
    same = held.filter(digest=row.digest).first()
    if same is not None:
        raise EvidenceRefused(
            "already_there",
            _("%(code)s 已有内容相同的文件“%(name)s”，没有再存一份。"),
            code=row.milestone.code,
            name=same.name,
        )
    if held.count() >= settings.EVIDENCE_FILES_PER_MILESTONE:
        raise EvidenceRefused(
            "too_many",
            _("%(code)s 已有 %(most)s 个文件，不能再多。请先移除不需要的文件，或合并为一个 PDF。"),
            code=row.milestone.code,
            most=settings.EVIDENCE_FILES_PER_MILESTONE,
        )
    used = EvidenceFile.objects.n_bytes_of(report.unit, report.period)
    if used + row.size > settings.EVIDENCE_UNIT_BYTES:
        raise EvidenceRefused(
            "quota",
            _("本单位全年佐证材料最多 %(most)s MB，已用 %(used)s MB，放不下这个文件。请压缩，或先移除不需要的文件。"),
            most=f"{settings.EVIDENCE_UNIT_BYTES / 1_000_000:g}",
            used=f"{used / 1_000_000:.1f}",
        )


# Sweeping --------------------------------------------------------------------------------------


def orphans(now: datetime | None = None) -> Iterator[Path]:
    """Yield what lies in the store and belongs to no row, but for uploads that may still be under way.

    Files are as old as the machine's clock says, not the business clock.
    """
    until = (now or timezone.now()) - UNDER_WAY
    known = {key.hex for key in EvidenceFile.objects.values_list("stored_as", flat=True).distinct()}
    for path, written in store.stored():
        if path.name not in known and written < until:
            yield path
