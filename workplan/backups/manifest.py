"""What a backup says of itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from workplan.backups.refusals import BackupRefused

FORMAT = "workplan/backup/1"

MANIFEST = "manifest.json"
DIGEST = "manifest.sha256"


@dataclass(frozen=True)
class Stored:
    """One file: what lies on disk, and what is in it once unsealed and unpacked."""

    n_bytes: int
    sha256: str
    n_lines: int
    content_sha256: str


@dataclass(frozen=True)
class Table:
    """The rows of one table; `columns` in the order they were copied, none that the database computes."""

    columns: tuple[str, ...]
    n_rows: int
    sha256: str


@dataclass(frozen=True)
class Sequence:
    last_value: int
    is_called: bool


@dataclass(frozen=True)
class AuditHead:
    """The last entry of the audit trail; number 0 and no digest where there is none."""

    number: int
    digest: str


@dataclass(frozen=True)
class Manifest:
    """Everything that belongs to one backup. Paths are relative, without the ending of sealed files."""

    made_at: str
    server: str
    audit_head: AuditHead
    #: "app.name", sorted
    migrations: tuple[str, ...]
    tables: Mapping[str, Table]
    sequences: Mapping[str, Sequence]
    files: Mapping[str, Stored]
    #: Evidence the database knows and the store did not hold as filed when the backup was made.
    missing_evidence: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    format: str = field(default=FORMAT)

    @property
    def n_rows(self) -> int:
        return sum(table.n_rows for table in self.tables.values())

    @property
    def n_evidence(self) -> int:
        return len(self.files) - len(self.tables)

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def from_json(content: bytes) -> Manifest:
    """Read a manifest.

    :raises BackupRefused: it is none, or of another format.
    """
    try:
        document = json.loads(content)
        if document["format"] != FORMAT:
            raise BackupRefused(f"The backup is of format {document['format']}; this version reads {FORMAT}.")
        return Manifest(
            made_at=document["made_at"],
            server=document["server"],
            audit_head=AuditHead(**document["audit_head"]),
            migrations=tuple(document["migrations"]),
            tables={
                name: Table(tuple(one["columns"]), one["n_rows"], one["sha256"])
                for name, one in document["tables"].items()
            },
            sequences={name: Sequence(**one) for name, one in document["sequences"].items()},
            files={name: Stored(**one) for name, one in document["files"].items()},
            missing_evidence=tuple(document["missing_evidence"]),
            left_out=tuple(document["left_out"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupRefused(f"{MANIFEST} cannot be read as a manifest ({error!r}).") from error
