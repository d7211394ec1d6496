"""Saved views and schedules written straight into the tables; what makes them has tests of its own."""

from __future__ import annotations

from datetime import date

from accounts.models import User
from reporting.models import ExportSchedule, SavedView
from tests.factories import shanghai

NOW = shanghai(2007, 10, 12)
QUERY = "rows=unit&cols=month&measure=value&indicator=X01&below=000000&month=2007-08&month=2007-09"


def saved(owner: User, **fields: object) -> SavedView:
    given = {"name": "各省进度", "kind": "EXPLORE", "query": QUERY, "months": "FIXED", "saved_at": NOW}
    return SavedView.objects.create(owner=owner, **given | fields)


def scheduled(view: SavedView, **fields: object) -> ExportSchedule:
    given = {"rhythm": "AFTER_PUBLICATION", "file_format": "csv", "starts_on": date(2007, 10, 1)}
    return ExportSchedule.objects.create(view=view, **given | fields)
