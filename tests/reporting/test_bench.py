"""The command that measures: it leaves the database it was called from alone."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from reporting import scale
from targets.models import Plan


def test_the_command_measures_in_a_database_of_its_own(
    django_db_setup: None, django_db_blocker: object, capsys: pytest.CaptureFixture
) -> None:
    with django_db_blocker.unblock():
        own = connection.settings_dict["NAME"]
        call_command("bench", "export", "approve", "import", units=70, rounds=2)

        assert connection.settings_dict["NAME"] == own
        assert Plan.objects.filter(year=scale.YEAR).count() == 0
        connection.close()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("70 units, 30 indicators, 60 reports, 1500 figures, ready after ")
    named = [line.partition(", first byte")[0] for line in lines[2:5]]
    assert named == ["1385 rows as xlsx", "1385 rows as csv", "1385 rows as parquet"]
    assert lines[5].startswith("8 clients, 1 reports: status-only update ÷ approve ")
    assert lines[6].startswith("1800 rows, ")
    assert " s of CPU in the worker and its session, " in lines[6]
    assert ": COPY ÷ import in the background " in lines[6]


def test_an_unknown_benchmark_is_named() -> None:
    with pytest.raises(
        CommandError, match="There is no benchmark speed; there are dashboard, pages, export, drain, approve, import"
    ):
        call_command("bench", "speed")
