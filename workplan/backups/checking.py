"""Check a backup without a database: every file is there, as it was written, and holds what the manifest says."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

from workplan.backups.folder import Folder, digest_of, open_folder, pour, read_manifest
from workplan.backups.making import table_file
from workplan.backups.manifest import DIGEST, MANIFEST, Manifest, Stored
from workplan.backups.refusals import BackupRefused

#: What unpacking says of content that is not what was packed.
_UNREADABLE = (OSError, EOFError, zlib.error, BackupRefused)


class _Nowhere:
    def write(self, data: bytes) -> int:
        return len(data)


def check_backup(path: Path, *, key: str = "") -> tuple[Folder, Manifest]:
    """Return the backup once everything in it is as it was written.

    :raises BackupRefused: with one line per fault.
    """
    folder = open_folder(path, key)
    manifest = read_manifest(folder)
    faults = list(_faults(folder, manifest))
    if faults:
        raise BackupRefused("\n".join([f"{path} is damaged:", *faults]))
    return folder, manifest


def _faults(folder: Folder, manifest: Manifest) -> Iterator[str]:
    known = {folder.place(name).relative_to(folder.path).as_posix(): name for name in manifest.files}
    present = folder.names() - {DIGEST, folder.place(MANIFEST).name}
    yield from (f"{shown} is missing" for shown in sorted(known.keys() - present))
    yield from (f"{shown} does not belong to it" for shown in sorted(present - known.keys()))
    for shown in sorted(known.keys() & present):
        yield from _faults_of(folder, shown, known[shown], manifest.files[known[shown]])
    for name, table in sorted(manifest.tables.items()):
        noted = manifest.files.get(table_file(name))
        if noted is None or (noted.n_lines, noted.content_sha256) != (table.n_rows, table.sha256):
            yield f"the manifest contradicts itself about {name}"


def _faults_of(folder: Folder, shown: str, name: str, noted: Stored) -> Iterator[str]:
    size = folder.place(name).stat().st_size
    if size != noted.n_bytes:
        yield f"{shown} has {size} bytes instead of {noted.n_bytes}"
    elif digest_of(folder.place(name)) != noted.sha256:
        yield f"{shown} was changed"
    elif not _holds(folder, name, noted):
        yield f"{shown} does not hold what the manifest says"


def _holds(folder: Folder, name: str, noted: Stored) -> bool:
    try:
        with folder.reading(name) as content:
            pour(content, _Nowhere())
    except _UNREADABLE:
        return False
    return (content.n_lines, content.sha256) == (noted.n_lines, noted.content_sha256)
