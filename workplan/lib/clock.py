"""The business clock: the injected date (WORKPLAN_TODAY) with the real time of day, in Asia/Shanghai.

Windows, submitted_at, approved_at and closed_at use it. Sessions, tokens and the audit trail use the real clock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

#: When the request under way reached the server: whatever it waits for, it is judged by that moment.
_arrived: ContextVar[datetime | None] = ContextVar("arrived", default=None)


@contextmanager
def arriving() -> Iterator[None]:
    """Stop the clock for what is done inside: a request has one now, the moment it arrived."""
    token = _arrived.set(timezone.localtime())
    try:
        yield
    finally:
        _arrived.reset(token)


def _real() -> datetime:
    return _arrived.get() or timezone.localtime()


def today() -> date:
    """Return the business date in Asia/Shanghai."""
    chosen: date | None = settings.BUSINESS_DATE
    return chosen or _real().date()


def now() -> datetime:
    """Return the business date with the real time of day, aware, in Asia/Shanghai."""
    day = today()
    return _real().replace(year=day.year, month=day.month, day=day.day)
