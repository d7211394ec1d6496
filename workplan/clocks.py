"""Two clocks tell time here: this machine's and the database's. Deadlines and the trail need them to agree.

What happened after what is told by sequence numbers and never by a clock (acceptance.md C-05).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

#: Further apart than this is an alarm.
MOST_APART = timedelta(seconds=1)


def apart(now: Callable[[], datetime] = timezone.now) -> timedelta:
    """Return how far the database's clock lies outside of the moment it was asked in; negative where it is behind.

    However long the answer takes, clocks that agree are zero apart.
    """
    before = now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        told: datetime = cursor.fetchone()[0]
    after = now()
    return max(told - after, timedelta(0)) + min(told - before, timedelta(0))


def alarm(offset: timedelta) -> str:
    """Return what is wrong, for whoever runs the portal; "" where nothing is."""
    if abs(offset) <= MOST_APART:
        return ""
    way = "ahead of" if offset > timedelta(0) else "behind"
    return f"The database's clock is {abs(offset).total_seconds():.1f} s {way} this machine's."
