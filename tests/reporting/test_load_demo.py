"""The command that loads the demonstration: what a publication sets off comes after the story is told."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import transaction

from reporting import totals
from reporting.demo import assessed, play, warned
from tests import factories


@pytest.mark.django_db(transaction=True)
def test_each_month_is_judged_as_of_its_publication_before_anybody_looks(monkeypatch):
    told: list[str] = []

    def published(demo: object, *, through: object) -> play.Outcome:
        transaction.on_commit(lambda: told.append("the next reader"))
        return play.Outcome()

    factories.PlanFactory()
    monkeypatch.setattr(play, "play", published)
    monkeypatch.setattr(totals, "refresh", lambda: None)
    monkeypatch.setattr(warned, "warn", lambda demo: told.append("month by month"))
    monkeypatch.setattr(assessed, "assess", lambda demo, *, through: None)

    call_command("load_demo", verbosity=0)

    assert told == ["month by month", "the next reader"]
