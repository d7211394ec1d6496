"""Where the content of evidence lies: a private folder, each file under a generated name, whole or not at all."""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from submissions.evidence.refusals import StoreDown

logger = logging.getLogger(__name__)

_PARTIAL = ".part"


def path_of(stored_as: uuid.UUID) -> Path:
    return Path(settings.FILES_DIR) / stored_as.hex[:2] / stored_as.hex


def write(stored_as: uuid.UUID, content: bytes) -> Path:
    """Return the path of the content, on disk before the name exists.

    :raises StoreDown: the folder cannot be written; nothing is left of the file.
    """
    path = path_of(stored_as)
    partial = path.with_suffix(_PARTIAL)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        logger.exception("evidence not stored")
        remove(partial)
        raise StoreDown(_("文件库暂时不可用，文件没有保存。请稍后再传；多次不成功请联系系统管理员。")) from error
    return path


def read(stored_as: uuid.UUID) -> IO[bytes]:
    """Return the content, open.

    :raises StoreDown: it cannot be read.
    """
    try:
        return path_of(stored_as).open("rb")
    except OSError as error:
        logger.exception("evidence not readable")
        raise StoreDown(_("文件库暂时不可用，文件没有取出。请稍后再试；多次不成功请联系系统管理员。")) from error


def remove(path: Path) -> None:
    """Forget a file that nothing points to; what cannot be removed now is the sweeper's."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        logger.warning("evidence left for the sweeper", extra={"path": path.name})


def stored() -> Iterator[tuple[Path, datetime]]:
    """Yield every file in the store, whole or half written, with the moment it was last written."""
    for path in sorted(Path(settings.FILES_DIR).glob("??/*")):
        written = datetime.fromtimestamp(path.stat().st_mtime, tz=timezone.get_default_timezone())
        yield path, written
