"""Bring a backup back: into an empty database, in one transaction that ends only when everything proves true."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from accounts import audit
from submissions.evidence import store
from workplan.backups import database
from workplan.backups.checking import check_backup
from workplan.backups.folder import Folder, digest_of
from workplan.backups.making import table_file
from workplan.backups.manifest import Manifest
from workplan.backups.refusals import BackupRefused

RESTORED = "backup.restored"
#: Names shown of a longer list.
_MOST_SHOWN = 5


@dataclass(frozen=True)
class Ways:
    """What restoring has done for it, so that it can be told and tried without: the schema, and the proofs."""

    migrate: Callable[[], None]
    prove: Callable[[], None]


def restore_backup(path: Path, *, ways: Ways, key: str = "") -> Manifest:
    """Load a backup; everything or nothing. What `ways.prove` writes while it looks is undone.

    :raises BackupRefused: the backup is damaged or of another state of the schema, the database or the folder of
        evidence is not empty, or what arrived is not what was saved.
    """
    folder, manifest = check_backup(path, key=key)
    _check_code(manifest)
    if not connection.introspection.table_names():
        ways.migrate()
    with _evidence_in_place(folder, manifest), transaction.atomic(), database.plain_formats():
        _check_schema(manifest)
        database.lock_everything()
        _check_empty()
        database.empty_everything()
        with database.triggers_at_rest():
            for name, table in manifest.tables.items():
                with folder.reading(table_file(name)) as content:
                    database.copy_in(name, table.columns, content)
        database.set_sequences(dict(manifest.sequences))
        _compare(manifest)
        database.analyze()
        with transaction.atomic():
            ways.prove()
            transaction.set_rollback(True)
        database.set_sequences(dict(manifest.sequences))  # no rollback gives back what the proofs have used up
        audit.record(RESTORED, by=None, details={"made_at": manifest.made_at, "rows": manifest.n_rows})
    return manifest


# Before ----------------------------------------------------------------------------------------


def _check_code(manifest: Manifest) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    _refuse_other_state(set(manifest.migrations), known, "this version of the portal")


def _check_schema(manifest: Manifest) -> None:
    if "django_migrations" not in connection.introspection.table_names():
        raise BackupRefused("The database holds tables that are not the portal's. Name an empty one in DATABASE_URL.")
    _refuse_other_state(set(manifest.migrations), set(database.migrations()), "the database")


def _refuse_other_state(saved: set[str], here: set[str], what: str) -> None:
    if saved == here:
        return
    lines = ["The backup is of another state of the schema. Restore it with the version that made it, then migrate."]
    for names, where in ((saved - here, "the backup"), (here - saved, what)):
        if names:
            lines.append(f"Only {where} has: {_some(names)}")
    raise BackupRefused("\n".join(lines))


def _check_empty() -> None:
    filled = database.filled_tables()
    if filled:
        raise BackupRefused(
            f"The database is not empty: {_some(filled)}. Restore into an empty one; nothing is ever overwritten."
        )


def _some(names: list[str] | set[str]) -> str:
    shown = sorted(names)
    more = f" and {len(shown) - _MOST_SHOWN} more" if len(shown) > _MOST_SHOWN else ""
    return ", ".join(shown[:_MOST_SHOWN]) + more


# After -----------------------------------------------------------------------------------------


def _compare(manifest: Manifest) -> None:
    """Hold every table, the sequences and the head of the audit trail against the manifest.

    :raises BackupRefused: something differs, each named.
    """
    differing = [f"{name}: {fault}" for name, fault in _differences(manifest)]
    if differing:
        raise BackupRefused("\n".join(["What arrived is not what was saved; nothing was kept.", *differing]))


def _differences(manifest: Manifest) -> Iterator[tuple[str, str]]:
    names = set(database.table_names())
    yield from ((name, "not in the backup") for name in sorted(names - manifest.tables.keys()))
    for name, table in sorted(manifest.tables.items()):
        found = database.content_of(database.shape_of(name))
        if found.n_lines != table.n_rows:
            yield name, f"{found.n_lines} rows instead of {table.n_rows}"
        elif found.sha256 != table.sha256:
            yield name, "other content"
    if database.sequences() != manifest.sequences:
        yield "sequences", "other values"
    yield from ((name, "would give a key twice") for name in database.sequences_behind())
    if database.audit_head() != manifest.audit_head:
        yield "audit trail", "another last entry"


# Evidence --------------------------------------------------------------------------------------


@contextmanager
def _evidence_in_place(folder: Folder, manifest: Manifest) -> Iterator[None]:
    """Put the files into the store before their rows exist; take them back when the rows do not come.

    A file that is there already with the same content is taken as it is.
    """
    written: list[Path] = []
    try:
        for name in sorted(manifest.files):
            if name.startswith("evidence/"):
                written += _placed(folder, name, manifest.files[name].content_sha256)
        yield
    except BaseException:
        for path in written:
            store.remove(path)
        raise


def _placed(folder: Folder, name: str, digest: str) -> list[Path]:
    stored_as = UUID(name.rpartition("/")[2])
    path = store.path_of(stored_as)
    if path.exists():
        if digest_of(path) != digest:
            raise BackupRefused(f"{path} is there already with other content. Name an empty folder in WORKPLAN_FILES.")
        return []
    with folder.reading(name) as content:
        return [store.write(stored_as, content.read())]
