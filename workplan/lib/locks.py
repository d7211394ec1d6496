"""Locks that a whole process holds: they end with it, however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections
from django.db.backends.base.base import BaseDatabaseWrapper


def own_connection() -> BaseDatabaseWrapper:
    """Return a new connection to the database, committing each statement; the caller closes it."""
    return connections.create_connection(DEFAULT_DB_ALIAS)


@contextmanager
def alone(number: int) -> Iterator[bool]:
    """Hold the advisory lock of that number inside; say whether it is ours, or somebody else's already.

    It lives on a connection of its own: no rollback and no pooled connection lets go of it. It is given back by name:
    a server notices a closed connection a moment later, and whoever comes next would be told that somebody is at work.
    """
    control = own_connection()
    try:
        with control.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
            is_ours = bool(cursor.fetchone()[0])
            try:
                yield is_ours
            finally:
                if is_ours:
                    with suppress(DatabaseError, InterfaceError):  # a broken connection has let go of it already
                        cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
    finally:
        control.close()
