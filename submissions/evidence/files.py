"""Evidence of milestones added and removed: one file, one transaction, one audit entry."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.models import User
from submissions import announcing, holding, services
from submissions.evidence import taking
from submissions.models import EvidenceFile, MonthlyReport, Verb
from submissions.workflow import check_step
from targets.models import Milestone

logger = logging.getLogger(__name__)


def add(
    report: MonthlyReport, milestone: Milestone, *, name: str, content: bytes, by: User, now: datetime
) -> EvidenceFile:
    """Keep the file at the milestone of the draft; one that is known to be harmful is kept apart, handed to nobody.

    :raises EvidenceRefused: it is not taken as it stands, or there is no room for it.
    :raises StoreDown: it cannot be stored. :raises ScannerDown: it cannot be examined.
    :raises Refused: state, person or window does not allow editing.
    """
    _check_step(report, milestone, by=by, now=now)
    row = EvidenceFile(milestone=milestone, uploaded_by=by, uploaded_at=now)
    return taking.take(row, name, content, lambda taken: _attached(report, taken, by=by, now=now))


@transaction.atomic
def _attached(report: MonthlyReport, row: EvidenceFile, *, by: User, now: datetime) -> EvidenceFile:
    report = holding.begun(report)
    _check_step(report, row.milestone, by=by, now=now)
    row.filing = report.begun_filing
    held = EvidenceFile.objects.filter(filing=row.filing, milestone=row.milestone)
    taking.check_room(row, held, place=row.milestone.code, unit=report.unit, plan=report.period.plan)
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
    return row.told | {"milestone": row.milestone.code}
