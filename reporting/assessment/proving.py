"""Files that prove a line of a sheet, added while the unit writes; they pass the gate that all evidence passes."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import User
from reporting.assessment import services, telling
from reporting.assessment.models import Assessment, AssessmentFile, AssessmentLine, AssessmentVerb
from submissions.evidence import taking
from submissions.evidence.refusals import EvidenceRefused

logger = logging.getLogger(__name__)


def add(sheet: Assessment, criterion: str, *, name: str, content: bytes, by: User, now: datetime) -> AssessmentFile:
    """Keep the file at the criterion; one that is known to be harmful is kept apart, handed to nobody.

    :raises EvidenceRefused: it is not taken as it stands, there is no room for it, or the criterion is not judged.
    :raises StoreDown: it cannot be stored. :raises ScannerDown: it cannot be examined.
    :raises AssessmentRefused: round, state or person does not allow writing.
    """
    services.check_step(AssessmentVerb.SAVE, sheet, by=by, today=now.date())
    line = _line(sheet, criterion)
    row = AssessmentFile(line=line, uploaded_by=by, uploaded_at=now)
    return taking.take(row, name, content, lambda taken: _attached(sheet, taken, by=by, now=now))


def _line(sheet: Assessment, criterion: str) -> AssessmentLine:
    lines = AssessmentLine.objects.filter(assessment=sheet).select_related("criterion__section")
    for line in lines:
        if line.criterion.code == criterion and line.criterion.is_judged:
            return line
    raise EvidenceRefused("no_such_line", _("考核表没有这一项自评，请刷新页面后再上传。"))


@transaction.atomic
def _attached(sheet: Assessment, row: AssessmentFile, *, by: User, now: datetime) -> AssessmentFile:
    held = services.hold_sheet(AssessmentVerb.SAVE, sheet, by=by, now=now)
    beside = AssessmentFile.objects.filter(line=row.line)
    taking.check_room(row, beside, place=row.line.criterion.code, unit=held.unit, plan=held.round.scheme.plan)
    row.save(force_insert=True)
    if not row.is_clean:
        logger.warning("evidence quarantined", extra={"assessment_id": held.pk, "user_id": by.pk})
        telling.tell_of_quarantine(held, row, now=now)
    audit.record("evidence.add" if row.is_clean else "evidence.quarantined", by=by, obj=held, details=_told(held, row))
    return row


@transaction.atomic
def remove(sheet: Assessment, key: uuid.UUID, *, by: User, now: datetime) -> AssessmentFile:
    """Take the file from a sheet the unit still writes; its content goes with the next sweep.

    :raises AssessmentFile.DoesNotExist: the sheet has no such file.
    :raises AssessmentRefused: round, state or person does not allow writing.
    """
    held = services.hold_sheet(AssessmentVerb.SAVE, sheet, by=by, now=now)
    row = AssessmentFile.objects.select_related("line__criterion__section").get(pk=key, line__assessment=held.pk)
    AssessmentFile.objects.filter(pk=key).delete()
    audit.record("evidence.remove", by=by, obj=held, details=_told(held, row))
    return row


def _told(sheet: Assessment, row: AssessmentFile) -> dict[str, object]:
    return {**services.named(sheet), **row.told, "criterion": row.line.criterion.code}
