"""Clocks that differ are told (acceptance.md C-05)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.checks import Tags, run_checks
from django.db import OperationalError
from django.utils import timezone

from workplan import checks, clocks

pytestmark = pytest.mark.django_db


def set_off_by(monkeypatch, seconds):
    """Let this machine's clock be ahead of the database's by so much."""
    real = clocks.apart
    monkeypatch.setattr(clocks, "apart", lambda: real(lambda: timezone.now() + timedelta(seconds=seconds)))


def test_clocks_of_one_machine_agree():
    assert clocks.alarm(clocks.apart()) == ""


@pytest.mark.parametrize(("seconds", "says"), [(300, "300.0 s behind"), (-300, "300.0 s ahead of"), (-3, "s ahead of")])
def test_a_clock_that_steps_is_told_with_its_offset(seconds, says):
    offset = clocks.apart(lambda: timezone.now() + timedelta(seconds=seconds))

    assert says in clocks.alarm(offset)


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_one_second_is_no_alarm_yet_and_more_is(seconds):
    assert clocks.alarm(timedelta(seconds=seconds)) == ""
    assert clocks.alarm(timedelta(seconds=1, microseconds=1)) != ""
    assert clocks.alarm(timedelta(seconds=-1, microseconds=-1)) != ""


def test_a_slow_answer_is_no_difference():
    asked = iter([timezone.now() - timedelta(minutes=1), timezone.now() + timedelta(minutes=1)])

    assert clocks.apart(lambda: next(asked)) == timedelta(0)


def test_the_check_warns_and_the_probe_says_so(client, monkeypatch, caplog):
    set_off_by(monkeypatch, 5)

    found = run_checks(tags=[Tags.database], databases=["default"])
    response = client.get("/readyz")

    assert [one.id for one in found] == ["workplan.W010"]
    assert (response.status_code, response.json()["status"]) == (200, "ok")
    assert "s behind this machine's" in response.json()["clock"]
    assert "clocks differ" in caplog.text


def test_the_probe_is_content_with_clocks_that_agree(client):
    assert client.get("/readyz").json() == {"status": "ok", "clock": "ok"}


def test_the_probe_still_tells_of_a_database_that_is_away(client, monkeypatch):
    def away():
        raise OperationalError

    monkeypatch.setattr(clocks, "apart", away)

    assert client.get("/readyz").status_code == 503


def test_a_production_starts_with_a_clock_that_is_off(settings, monkeypatch, caplog):
    settings.LOCAL, settings.BUSINESS_DATE = False, None
    settings.ALLOWED_HOSTS = ["plan.example"]
    settings.SECRET_KEY, settings.AUDIT_KEY = "one long secret " * 5, "another long secret " * 5
    monkeypatch.setattr(checks, "_DURABILITY", {})
    set_off_by(monkeypatch, 5)

    assert checks.refuse_unsafe_start() is None
    assert "started with a warning" in caplog.text
