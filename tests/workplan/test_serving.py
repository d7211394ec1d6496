"""serving.py: what the portal's web server does before it divides itself."""

from __future__ import annotations

import pytest
from django.db import connection

from workplan import serving


@pytest.mark.django_db(transaction=True)
def test_no_worker_inherits_a_connection():
    connection.ensure_connection()

    serving.pre_fork(None, None)

    assert connection.connection is None
