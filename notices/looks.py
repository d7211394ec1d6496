"""How each kind of notice is shown: word, shape and colour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from notices.models import NoticeKind


class Look(NamedTuple):
    word: str
    shape: str
    tone: str


_SHAPES = {
    NoticeKind.RETURNED: ("▼", "lagging"),
    NoticeKind.REOPENED: ("↺", "draft"),
    NoticeKind.APPROVED: ("✔", "completed"),
    NoticeKind.DUE_3: ("●", "lagging"),
    NoticeKind.DUE_1: ("✖", "behind"),
    NoticeKind.OPENED: ("▶", "submitted"),
    NoticeKind.EXTENDED: ("↷", "submitted"),
    NoticeKind.REMINDED: ("◆", "behind"),
    NoticeKind.SECURITY: ("▲", "breached"),
    NoticeKind.QUARANTINED: ("▲", "breached"),
    NoticeKind.IMPORTED: ("✔", "completed"),
    NoticeKind.IMPORT_FAILED: ("✖", "behind"),
    NoticeKind.WARNED: ("✖", "breached"),
    NoticeKind.WARNING_ANSWERED: ("◆", "submitted"),
    NoticeKind.WARNING_OVER: ("✔", "completed"),
    NoticeKind.EXPORT_READY: ("✔", "completed"),
    NoticeKind.EXPORT_FAILED: ("✖", "behind"),
    NoticeKind.EXPORT_ENDED: ("–", "draft"),
    NoticeKind.SHEET_SUBMITTED: ("◆", "submitted"),
    NoticeKind.SHEET_CHECKED: ("●", "submitted"),
    NoticeKind.SHEET_RETURNED: ("▼", "lagging"),
    NoticeKind.GRADED: ("✔", "completed"),
    NoticeKind.SIGNING_ASKED: ("◆", "submitted"),
}
LOOKS: Mapping[str, Look] = {kind: Look(kind.label, *shown) for kind, shown in _SHAPES.items()}
