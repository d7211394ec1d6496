"""The folder of a backup: files written once, on disk before they are counted, and read back with what they hold."""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from workplan.backups.manifest import DIGEST, MANIFEST, Manifest, Stored, from_json
from workplan.backups.refusals import BackupRefused
from workplan.backups.sealing import ENDING, Sealer, Sink, Unsealer

_PACKED = ".gz"
_PIECE = 256 * 1024


class Source(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Tally:
    """Counts bytes and lines of what passes, and keeps its digest."""

    def __init__(self, sink: Sink | None = None, source: Source | None = None) -> None:
        self._sink, self._source = sink, source
        self._digest = hashlib.sha256()
        self.n_bytes = 0
        self.n_lines = 0

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, data: bytes) -> int:
        self._count(data)
        if self._sink is not None:
            self._sink.write(data)
        return len(data)

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size) if self._source is not None else b""
        self._count(data)
        return data

    def flush(self) -> None:
        """What it passes on to is flushed by whoever opened it."""

    def _count(self, data: bytes) -> None:
        self._digest.update(data)
        self.n_bytes += len(data)
        self.n_lines += data.count(b"\n")


@dataclass(frozen=True)
class Folder:
    """A backup's folder, and the key its files are sealed with; no key leaves them open."""

    path: Path
    key: str = ""

    def place(self, name: str) -> Path:
        return self.path / (name + ENDING if self.key else name)

    @contextmanager
    def writing(self, name: str, into: dict[str, Stored]) -> Iterator[Tally]:
        """Write one file, packed where its name says so; it is noted once it is on disk."""
        place = self.place(name)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            raw = Tally(sink=file)
            sealer = Sealer(raw, self.key, name) if self.key else None
            packer = gzip.GzipFile("", "wb", 6, sealer or raw, 0) if name.endswith(_PACKED) else None
            content = Tally(sink=packer or sealer or raw)
            yield content
            for layer in (packer, sealer):
                if layer is not None:
                    layer.close()
            file.flush()
            os.fsync(file.fileno())
        into[name] = Stored(raw.n_bytes, raw.sha256, content.n_lines, content.sha256)

    @contextmanager
    def reading(self, name: str) -> Iterator[Tally]:
        """Read one file as it was before it was packed and sealed."""
        with self.place(name).open("rb") as file:
            source: Source = Unsealer(file, self.key, name) if self.key else file
            if name.endswith(_PACKED):
                source = gzip.GzipFile(fileobj=source)
            yield Tally(source=source)

    def write_manifest(self, manifest: Manifest) -> None:
        noted: dict[str, Stored] = {}
        with self.writing(MANIFEST, noted) as file:
            file.write(manifest.to_json())
        line = f"{noted[MANIFEST].sha256}  {self.place(MANIFEST).name}\n"
        with (self.path / DIGEST).open("x") as digest:
            digest.write(line)
            digest.flush()
            os.fsync(digest.fileno())

    def names(self) -> set[str]:
        """Return every file that lies in the folder, by its path in it."""
        return {path.relative_to(self.path).as_posix() for path in self.path.rglob("*") if not path.is_dir()}


def is_sealed(path: Path) -> bool:
    return (path / (MANIFEST + ENDING)).exists()


def open_folder(path: Path, key: str) -> Folder:
    """Return the folder of a finished backup.

    :raises BackupRefused: there is none, it was never finished, or it is sealed and there is no key.
    """
    if not path.is_dir():
        raise BackupRefused(f"{path} is not a folder.")
    if not (path / DIGEST).exists():
        raise BackupRefused(f"{path} is not a finished backup: {DIGEST} is missing.")
    if is_sealed(path) and not key:
        raise BackupRefused(f"{path} is sealed. Set WORKPLAN_BACKUP_KEY to the key it was made with.")
    return Folder(path, key if is_sealed(path) else "")


def read_manifest(folder: Folder) -> Manifest:
    """Return what the backup says of itself.

    :raises BackupRefused: the manifest is missing, changed or does not open.
    """
    place = folder.place(MANIFEST)
    if not place.exists():
        raise BackupRefused(f"{place.name} is missing.")
    if (folder.path / DIGEST).read_bytes() != f"{digest_of(place)}  {place.name}\n".encode():
        raise BackupRefused(f"{place.name} and {DIGEST} do not agree: one of them was changed.")
    with folder.reading(MANIFEST) as file:
        return from_json(file.read())


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file's content, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pour(source: Source, sink: Sink) -> None:
    """Pass everything from one to the other, piece by piece."""
    while piece := source.read(_PIECE):
        sink.write(piece)


def sync_folder(path: Path) -> None:
    """Have the names in the folder on disk, too; not those in the folders below it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(path: Path) -> None:
    """Have the names in the folder and in all folders below it on disk."""
    for folder in [*(one for one in path.rglob("*") if one.is_dir()), path]:
        sync_folder(folder)
