"""rebuild_totals: proves that stored totals equal their recomputation, and restores them where they do not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from accounts.models import NATION_CODE
from reporting import totals
from reporting.models import Total
from submissions.models import DirtyUnit
from tests.factories import AssignmentFactory, IndicatorFactory, UnitFactory, approved, months_of_2007, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_approved_report() -> None:
    unit, period = UnitFactory(), months_of_2007()[0]
    AssignmentFactory(indicator=IndicatorFactory(code="T01"), unit=unit)
    approved(
        unit, period, {"T01": "40"}, by=person("LEAD", unit), reviewer=person("MINISTRY_REVIEWER"),
    )  # fmt: skip


def national_january() -> Total:
    return Total.objects.get(unit__code=NATION_CODE, month=date(2007, 1, 1))


def test_totals_of_approved_figures_pass(capsys: pytest.CaptureFixture) -> None:
    call_command("rebuild_totals", verify=True)

    assert capsys.readouterr().out.splitlines() == [
        "2007: 24 totals as recomputed",
        "Every stored total equals its recomputation.",
    ]


def test_a_wrong_total_is_listed_on_both_sides_and_left_as_it_is(capsys: pytest.CaptureFixture) -> None:
    totals.refresh()
    Total.objects.filter(pk=national_january().pk).update(value=41)

    with pytest.raises(CommandError) as refused:
        call_command("rebuild_totals", verify=True)

    assert str(refused.value) == "2 differences. Rebuild with: manage.py rebuild_totals"
    sides = [line.split(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert sides == ["2007 stored", "2007 recomputed"]
    assert national_january().value == Decimal(41)


def test_a_rebuild_restores_every_total_and_clears_the_queue(capsys: pytest.CaptureFixture) -> None:
    totals.refresh()
    Total.objects.update(value=41)

    call_command("rebuild_totals")

    assert capsys.readouterr().out == "2007: 24 totals rebuilt\n"
    assert national_january().value == Decimal(40)
    assert DirtyUnit.objects.count() == 0


def test_one_year_can_be_named(capsys: pytest.CaptureFixture) -> None:
    call_command("rebuild_totals", year=2007)

    assert capsys.readouterr().out == "2007: 24 totals rebuilt\n"
    with pytest.raises(CommandError, match="There is no plan of 2008"):
        call_command("rebuild_totals", year=2008)
