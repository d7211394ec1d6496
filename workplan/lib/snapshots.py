"""One consistent view of the database for several reads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

_here = threading.local()


def is_held() -> bool:
    """Say whether this thread reads in a snapshot: nothing can be written, and what is newer is not seen."""
    return getattr(_here, "held", False)


@contextmanager
def snapshot() -> Iterator[None]:
    """Let everything read inside see the database as it stood at the first read; nothing can be written.

    Inside a transaction that has begun, that one's own view holds: PostgreSQL cannot change it any more.
    """
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        before, _here.held = is_held(), True
        try:
            yield
        finally:
            _here.held = before
