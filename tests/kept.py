"""Rows that several tests read: made once, taken back after the last of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import transaction
from django.test import override_settings


@contextmanager
def kept_until_the_end(blocker: object) -> Iterator[None]:
    """Hold a transaction over several tests and roll it back after the last; what a test changes goes with the test."""
    with blocker.unblock(), override_settings(BUSINESS_DATE=date(2007, 10, 12)), transaction.atomic():
        yield
        transaction.set_rollback(True)
