"""How long a page may keep the database busy: the web server's connections are limited, others are not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from workplan.lib import limits
from workplan.lib.locks import own_connection

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
TOLD = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")
    print(*cursor.fetchone())
"""
COMMAND = "import os, django\nos.environ['DJANGO_SETTINGS_MODULE'] = 'workplan.settings'\ndjango.setup()\n" + TOLD
PAGE = "import workplan.wsgi\n" + TOLD


@pytest.fixture
def limited(settings):
    """A connection as the web server opens it, impatient."""
    settings.WEB_STATEMENT_SECONDS, settings.WEB_LOCK_SECONDS = 2, 1
    one = own_connection()
    limits.limit(connection=one)
    yield one
    one.close()


def started(program: str, **environment: str) -> str:
    """Return what a process of its own says of its connection."""
    place = connection.settings_dict
    url = f"postgresql://{place['USER']}:{place['PASSWORD']}@{place['HOST'].replace('/', '%2F')}:{place['PORT']}/"
    variables = {**os.environ, "DATABASE_URL": url + place["NAME"], "WORKPLAN_ENV": "local", **environment}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr


def test_the_web_server_limits_its_connections_and_a_command_does_not():
    given = {"WORKPLAN_WEB_STATEMENT_SECONDS": "40", "WORKPLAN_WEB_LOCK_SECONDS": "7"}

    assert started(PAGE, **given) == "40s 7s"
    assert started(COMMAND, **given) == "0 0"


def test_a_statement_that_runs_too_long_is_cut_off(limited):
    with limited.cursor() as cursor, pytest.raises(OperationalError, match="statement timeout"):
        cursor.execute("SELECT pg_sleep(600)")


def test_waiting_for_a_lock_ends_as_well(limited):
    with connection.cursor() as holder, limited.cursor() as cursor:
        holder.execute("SELECT pg_advisory_xact_lock(727999)")

        with pytest.raises(OperationalError, match="lock timeout"):
            cursor.execute("SELECT pg_advisory_lock(727999)")


def test_nought_leaves_the_limits_to_the_server(settings):
    settings.WEB_STATEMENT_SECONDS = settings.WEB_LOCK_SECONDS = 0
    one = own_connection()
    with one.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'")
        limits.limit(connection=one)
        cursor.execute("SHOW lock_timeout")
        kept = cursor.fetchone()
    one.close()

    assert kept == ("5s",)
