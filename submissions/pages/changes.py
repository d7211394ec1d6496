"""Who changed what and when, as the audit trail tells it about one report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import AuditEntry
from submissions.models import FigureState, MonthlyReport

_PART = re.compile(r"(\w+)=(\S+)")


@dataclass(frozen=True)
class Change:
    """One save that touched a row: by whom, when, and what it then held."""

    by: str
    person: int | None
    at: datetime
    state: str
    #: The numbers written, in base units, by cell name.
    values: dict[str, Decimal]

    @property
    def when(self) -> str:
        """When it was, in Asia/Shanghai; the trail keeps real days, so beside another business date only the time."""
        return f"{timezone.localtime(self.at):{'%H:%M:%S' if settings.BUSINESS_DATE else '%Y-%m-%d %H:%M:%S'}}"

    @property
    def state_label(self) -> str:
        return str(FigureState(self.state).label) if self.state in FigureState.values else ""


def changes_of(reports: Sequence[MonthlyReport], code: str) -> dict[str, list[Change]]:
    """Return what was written into the row of each report, newest first, by the report's id as text."""
    found: dict[str, list[Change]] = {}
    for entry in _entries(reports).filter(details__changes__has_key=code):
        found.setdefault(entry.object_id, []).append(_change(entry, str(entry.details["changes"][code])))
    return found


def last_change(report: MonthlyReport, name: str) -> Change | None:
    """Return who wrote a cell last; where its row is not told, who saved the report last."""
    if report.pk is None:
        return None
    code = name.partition(".")[2].partition(".")[0]
    entry = _entries([report]).filter(details__changes__has_key=code).first() if code else None
    if entry is not None:
        return _change(entry, str(entry.details["changes"][code]))
    newest = _entries([report]).first()
    return None if newest is None else _change(newest, "")


def _entries(reports: Sequence[MonthlyReport]) -> QuerySet[AuditEntry]:
    ids = [str(report.pk) for report in reports if report.pk is not None]
    saved = AuditEntry.objects.filter(object_type=MonthlyReport._meta.label, object_id__in=ids, action="report.save")
    return saved.select_related("actor").order_by("-number")


def _change(entry: AuditEntry, text: str) -> Change:
    return Change(
        by=entry.actor.label if entry.actor else "",
        person=entry.actor_id,
        at=entry.at,
        state=text.partition(" ")[0],
        values={name: Decimal(written) for name, written in _PART.findall(text)},
    )
