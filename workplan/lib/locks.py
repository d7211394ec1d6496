"""Locks that a whole process holds: they end with it, however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper


def own_connection() -> BaseDatabaseWrapper:
    """Return a new connection to the database, committing each statement; the caller closes it."""
    return connections.create_connection(DEFAULT_DB_ALIAS)


@contextmanager
def alone(number: int) -> Iterator[bool]:
    """Hold the advisory lock of that number inside; say whether it is ours, or somebody else's already.

    It lives on a connection of its own: no rollback and no pooled connection lets go of it.
    """
    control = own_connection()
    try:
        with control.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
            is_ours = bool(cursor.fetchone()[0])
        yield is_ours
    finally:
        control.close()
