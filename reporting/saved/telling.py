"""What the owner of a scheduled export is told: that a file is there, that none was made, that it has ended."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from notices import telling
from notices.models import NoticeKind
from notices.telling import Letter
from reporting.saved.models import ExportRun, ExportSchedule


def tell_of_run(kind: NoticeKind, run: ExportRun, *, now: datetime) -> None:
    """Tell of a file that was made, or given up; each attempt that was asked for anew is told of anew."""
    _tell(kind, run.schedule, f"export:{run.pk}:{run.next_at:%Y%m%d%H%M%S%f}", f"#run-{run.pk}", now)


def tell_of_end(schedule: ExportSchedule, *, now: datetime) -> None:
    _tell(NoticeKind.EXPORT_ENDED, schedule, f"schedule:{schedule.pk}", "", now)


def _tell(kind: NoticeKind, schedule: ExportSchedule, key: str, place: str, now: datetime) -> None:
    view = schedule.view
    letter = Letter([view.owner_id], key=key, path=reverse("reporting:views") + place, words={"file": view.name})
    telling.tell(kind, [letter], now=now)
