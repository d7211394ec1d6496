"""Make a backup: one snapshot of the database, then the evidence it names; under its name only when it is whole."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from django.utils import timezone

from submissions.evidence import store
from submissions.models import stored_models
from workplan.backups import database
from workplan.backups.folder import Folder, digest_of, pour, sync_folder, sync_tree
from workplan.backups.manifest import Manifest, Stored, Table
from workplan.backups.refusals import BackupRefused
from workplan.backups.sealing import check_key
from workplan.lib.snapshots import snapshot

logger = logging.getLogger(__name__)


def table_file(table: str) -> str:
    return f"data/{table}.copy.gz"


def evidence_file(stored_as: str) -> str:
    return f"evidence/{stored_as[:2]}/{stored_as}"


def make_backup(target: Path, *, key: str = "") -> Manifest:
    """Write a backup to a folder that is not there yet, or empty; sealed where a key is given.

    :raises BackupRefused: the folder is taken, the key is short, or there is no room; nothing is left.
    """
    if key:
        check_key(key)
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise BackupRefused(f"{target} exists already. A backup goes into a folder of its own.")
    try:
        with _unfinished(target) as path:
            manifest = _write(Folder(path, key))
            sync_tree(path)
            _name(path, target)
    except OSError as error:
        raise BackupRefused(f"No backup was made: {error}. Nothing was left behind.") from error
    logger.info("backup made", extra={"tables": len(manifest.tables), "rows": manifest.n_rows})
    return manifest


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """Return a folder beside the target for as long as the backup is not whole; nobody else may enter it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _name(path: Path, target: Path) -> None:
    """Give the whole backup its name, or take it back should the name not reach the disk."""
    path.rename(target)
    try:
        sync_folder(target.parent)
    except OSError:
        target.rename(path)
        raise


def _write(folder: Folder) -> Manifest:
    files: dict[str, Stored] = {}
    with snapshot(), database.plain_formats():
        tables = {name: _write_table(folder, name, files) for name in database.table_names()}
        told = {
            "migrations": database.migrations(),
            "audit_head": database.audit_head(),
            "sequences": database.sequences(),
            "server": database.server_version(),
        }
        evidence = [(key.hex, digest) for key, digest in _evidence_rows()]
    missing = [name for name, digest in evidence if not _write_evidence(folder, name, digest, files)]
    manifest = Manifest(
        made_at=timezone.now().isoformat(timespec="seconds"),
        tables=tables,
        files=files,
        missing_evidence=tuple(missing),
        left_out=database.LEFT_OUT,
        **told,
    )
    folder.write_manifest(manifest)
    return manifest


def _write_table(folder: Folder, table: str, files: dict[str, Stored]) -> Table:
    shape = database.shape_of(table)
    name = table_file(table)
    with folder.writing(name, files) as content:
        database.copy_out(shape, content)
    return Table(shape.columns, files[name].n_lines, files[name].content_sha256)


def _evidence_rows() -> list[tuple]:
    found = (model.objects.values_list("stored_as", "digest").distinct() for model in stored_models())
    return sorted(row for rows in found for row in rows)


def _write_evidence(folder: Folder, stored_as: str, digest: str, files: dict[str, Stored]) -> bool:
    """Copy one file; say whether the store held it as it was filed. What is missing or changed is left out."""
    source = store.path_of(UUID(stored_as))
    if not source.is_file() or digest_of(source) != digest:
        return False
    with source.open("rb") as content, folder.writing(evidence_file(stored_as), files) as copy:
        pour(content, copy)
    return True
