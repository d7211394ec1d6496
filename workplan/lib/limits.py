"""How long a page may keep the database busy, or wait for another's lock; commands and workers take their time."""

from __future__ import annotations

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

_SET = "SELECT set_config('statement_timeout', %s, false), set_config('lock_timeout', %s, false)"


def limit_connections() -> None:
    """Hold every connection that this process opens from now on to the limits of the web server."""
    connection_created.connect(limit, dispatch_uid="workplan.limits")


def limit(*, connection: BaseDatabaseWrapper, **_told: object) -> None:
    """Limit one connection; 0 leaves a limit to the server. What is cut off answers 503 and has changed nothing."""
    seconds = (settings.WEB_STATEMENT_SECONDS, settings.WEB_LOCK_SECONDS)
    if any(seconds):
        with connection.cursor() as cursor:
            cursor.execute(_SET, [f"{one}s" for one in seconds])
