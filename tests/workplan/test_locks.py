"""Locks that a whole process holds."""

from __future__ import annotations

import pytest
from django.db import connection

from workplan.lib import locks

pytestmark = pytest.mark.django_db
NUMBER = 7_007


def held() -> int:
    """Return how many sessions of this database hold the lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [NUMBER],
        )
        return cursor.fetchone()[0]


def test_one_process_has_it_and_the_next_one_is_told_so():
    with locks.alone(NUMBER) as is_ours, locks.alone(NUMBER) as is_theirs:
        assert (is_ours, is_theirs) == (True, False)
        assert held() == 1


@pytest.mark.parametrize("ends_with", [None, KeyboardInterrupt])
def test_it_is_given_back_at_once_however_the_work_ends(ends_with):
    def work() -> None:
        with locks.alone(NUMBER):
            if ends_with:
                raise ends_with

    if ends_with:
        with pytest.raises(ends_with):
            work()
    else:
        work()

    assert held() == 0


def test_a_connection_that_broke_hides_no_other_fault():
    with pytest.raises(ValueError, match="at work"), locks.alone(NUMBER):  # noqa: PT012 -- the break comes first
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s", [NUMBER]
            )
        raise ValueError("at work")
