"""Sealed files: AES-256-GCM in frames, so that a file of any size is written and read without being held in memory.

Each file has its own key, derived from the backup key, a random salt and the file's name: a file under another's name
does not open. Each frame is numbered and the last one is marked: none can be left out, moved or cut off.

    8 bytes MAGIC · 16 bytes salt · frames of up to FRAME bytes, each 16 bytes longer than its content
"""

from __future__ import annotations

import os
from typing import IO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from workplan.backups.refusals import BackupRefused

MAGIC = b"WPSEAL1\n"
ENDING = ".sealed"
FRAME = 1024 * 1024
_SALT, _TAG = 16, 16
#: As many characters as `.env.example` asks of every secret.
SHORTEST_KEY = 50


class Sink(Protocol):
    def write(self, data: bytes, /) -> object: ...


def check_key(key: str) -> None:
    """:raises BackupRefused: the key is too short to keep anything secret."""
    if len(key) < SHORTEST_KEY:
        raise BackupRefused(f"WORKPLAN_BACKUP_KEY is shorter than {SHORTEST_KEY} characters; .env.example makes one.")


def _cipher(key: str, salt: bytes, name: str) -> AESGCM:
    info = b"workplan/backup/1 " + name.encode()
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(key.encode()))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


class Sealer:
    """Seals what is written to it and passes it on; `close` writes the last frame."""

    def __init__(self, onward: Sink, key: str, name: str) -> None:
        salt = os.urandom(_SALT)
        self._cipher = _cipher(key, salt, name)
        self._onward = onward
        self._waiting = bytearray()
        self._number = 0
        onward.write(MAGIC + salt)

    def write(self, data: bytes) -> int:
        self._waiting += data
        while len(self._waiting) > FRAME:  # the last frame is known at the end only
            self._seal(bytes(self._waiting[:FRAME]), is_last=False)
            del self._waiting[:FRAME]
        return len(data)

    def flush(self) -> None:
        """A frame is written when it is full; there is nothing to hurry."""

    def close(self) -> None:
        self._seal(bytes(self._waiting), is_last=True)

    def _seal(self, frame: bytes, *, is_last: bool) -> None:
        self._onward.write(self._cipher.encrypt(_nonce(self._number, is_last=is_last), frame, None))
        self._number += 1


class Unsealer:
    """Reads a sealed file as it was before.

    :raises BackupRefused: the key is another one, or the file is not what was sealed under this name.
    """

    def __init__(self, source: IO[bytes], key: str, name: str) -> None:
        self._name = name
        head = source.read(len(MAGIC) + _SALT)
        if head[: len(MAGIC)] != MAGIC:
            raise BackupRefused(f"{name} is not a sealed file.")
        self._cipher = _cipher(key, head[len(MAGIC) :], name)
        self._source = source
        self._ahead = source.read(FRAME + _TAG)
        self._number = 0
        self._opened = bytearray()
        self._is_over = False

    def read(self, size: int = -1) -> bytes:
        while not self._is_over and (size < 0 or len(self._opened) < size):
            self._open_frame()
        taken = bytes(self._opened if size < 0 else self._opened[:size])
        del self._opened[: len(taken)]
        return taken

    def _open_frame(self) -> None:
        frame, self._ahead = self._ahead, self._source.read(FRAME + _TAG)
        self._is_over = not self._ahead
        try:
            self._opened += self._cipher.decrypt(_nonce(self._number, is_last=self._is_over), frame, None)
        except InvalidTag as error:
            raise BackupRefused(
                f"{self._name} does not open: WORKPLAN_BACKUP_KEY is another one, or the file was changed."
            ) from error
        self._number += 1
