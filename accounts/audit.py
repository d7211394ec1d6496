"""The audit trail: written with the act it records, signed here, chained by the database, verified on demand."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils import timezone

from accounts.models import AuditEntry, User


@dataclass(frozen=True)
class Origin:
    """Where a request came from, for the trail and the log."""

    address: str = ""
    request_id: str = ""


#: Set by the middleware for the duration of a request; empty in commands.
_NOWHERE = Origin()
origin: ContextVar[Origin] = ContextVar("audit_origin", default=_NOWHERE)


def signature(entry: AuditEntry) -> str:
    """Return the keyed digest of what the entry says (HMAC-SHA-256, hex)."""
    content = json.dumps(
        [
            entry.at.astimezone(timezone.get_default_timezone()).isoformat(),
            entry.actor_id,
            entry.action,
            entry.object_type,
            entry.object_id,
            entry.details,
            entry.address,
            entry.request_id,
        ],
        ensure_ascii=False,
        sort_keys=True,
    )
    return hmac.new(settings.AUDIT_KEY.encode(), content.encode(), hashlib.sha256).hexdigest()


def record(
    action: str, *, by: User | None, obj: Model | None = None, details: dict[str, Any] | None = None
) -> AuditEntry:
    """Append one entry; it stands or falls with the caller's transaction."""
    entry = _entry(action, by=by, obj=obj, details=details)
    entry.save(force_insert=True)
    return entry


def record_taken(table: str, *, by: User, **asked: object) -> AuditEntry:
    """Append the entry of a table or document that somebody takes away, before anything of it leaves."""
    return record("export", by=by, details={"table": table, **asked})


def record_many(action: str, *, by: User | None, entries: Iterable[tuple[Model, dict[str, Any]]]) -> None:
    """Append one entry for each object with its details, in that order and in few statements."""
    rows = [_entry(action, by=by, obj=obj, details=details) for obj, details in entries]
    AuditEntry.objects.bulk_create(rows, batch_size=2_000)


def _entry(action: str, *, by: User | None, obj: Model | None, details: dict[str, Any] | None) -> AuditEntry:
    place = origin.get()
    entry = AuditEntry(
        at=timezone.now(),
        actor=by,
        action=action,
        object_type=obj._meta.label if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        details=details or {},
        address=place.address,
        request_id=place.request_id,
        number=0,
    )
    entry.signature = signature(entry)
    return entry


def faults() -> Iterator[str]:
    """Yield what is wrong with the trail, in order; nothing when it is whole.

    Each entry is held against its signature (content), its number (gaps) and the digest of the one before it (order).
    """
    expected_number, digest = 1, ""
    for entry in AuditEntry.objects.order_by("number").iterator(chunk_size=2_000):
        if entry.number != expected_number:
            yield f"{expected_number}: missing"
        if entry.signature != signature(entry):
            yield f"{entry.number}: content does not match its signature"
        chained = hashlib.sha256(f"{digest}{entry.number}{entry.signature}".encode()).hexdigest()
        if entry.chain_digest != chained:
            yield f"{entry.number}: does not follow from the entry before it"
        expected_number, digest = entry.number + 1, entry.chain_digest
