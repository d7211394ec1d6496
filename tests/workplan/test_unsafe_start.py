"""checks.py: an unsafe production does not start, and says why."""

from __future__ import annotations

import pytest
from django.core.management.base import SystemCheckError
from django.db import OperationalError

from tests import factories
from workplan import checks


@pytest.fixture
def production(db, settings, monkeypatch):
    settings.LOCAL, settings.BUSINESS_DATE = False, None
    settings.ALLOWED_HOSTS = ["plan.example"]
    settings.SECRET_KEY, settings.AUDIT_KEY = "one long secret " * 5, "another long secret " * 5
    monkeypatch.setattr(checks, "_DURABILITY", {})
    return settings


def refusal() -> str:
    with pytest.raises(SystemCheckError) as refused:
        checks.refuse_unsafe_start()
    return str(refused.value)


def test_debug_does_not_start(production):
    production.DEBUG = True

    assert "workplan.E001" in refusal()


def test_a_short_secret_does_not_start(production):
    production.SECRET_KEY = "short"

    assert "workplan.E004" in refusal()


def test_an_active_demo_account_does_not_start(production):
    factories.UserFactory(is_demo=True)

    assert "workplan.E013" in refusal()


def test_a_laptop_starts(production):
    production.LOCAL, production.DEBUG = True, True

    assert checks.refuse_unsafe_start() is None


def test_a_database_that_does_not_answer_yet_stops_nothing(production, monkeypatch):
    def asked(tags, databases=None):
        if databases:
            raise OperationalError("no database")
        return []

    monkeypatch.setattr(checks, "run_checks", asked)

    assert checks.refuse_unsafe_start() is None
