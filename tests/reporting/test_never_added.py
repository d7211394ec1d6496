"""V13: trainings are not added to each other, nor insurance schemes; totals add units of one indicator only."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from django.test import Client

from submissions.rules import NEVER_ADDED
from tests import factories
from tests.factories import approved

#: No two of these add up to another, and no sum stands anywhere else.
VALUES = {"T05": 1_203_000, "T06": 4_510_000, "T15": 8_047_000}
ADDRESSES = (
    "/overview/?month=2007-09",
    "/units/110000/?month=2007-09",
    "/indicators/T05/?month=2007-09",
    "/plan/items/1/?month=2007-09",
    "/api/v1/progress/?plan=2007&month=2007-09&unit=110000&level=unit",
    "/api/v1/figures/?plan=2007&month=2007-09",
)


@pytest.fixture
def reader(db, ministry):
    """A province whose three trainings are approved, all under one item."""
    unit = factories.UnitFactory(code="110000")
    for code in VALUES:
        indicator = factories.IndicatorFactory(code=code)
        factories.AssignmentFactory(unit=unit, indicator=indicator)
        for one in (unit, unit.parent):
            factories.TargetFactory(indicator=indicator, unit=one, target_value=9_000_000)
    filer = factories.person("MINISTRY_REVIEWER")
    given = {code: str(value) for code, value in VALUES.items()}
    approved(unit, factories.MonthFactory(number=9), given, by=filer, reviewer=ministry)
    client = Client()
    client.force_login(ministry)
    return client


def written(number):
    """Return how pages, tables and answers would write a number."""
    wan = f"{number / 10_000:.1f}"
    return {str(number), f"{number:,}", wan, wan.removesuffix(".0")}


def numbers_in(text):
    """Return the numbers that stand in an answer by themselves: no part of a longer one, of a token or of a name."""
    return set(re.findall(r"(?<![A-Za-z0-9_.,])\d[\d,]*(?:\.\d+)?(?![A-Za-z0-9_])", text))


@pytest.mark.parametrize("address", ADDRESSES)
def test_trainings_are_shown_and_never_added(reader, address):
    answer = reader.get(address)
    numbers = numbers_in(answer.content.decode())

    assert answer.status_code == 200
    assert written(VALUES["T05"]) & numbers
    for n in (2, 3):
        for codes in combinations(VALUES, n):
            assert set(codes) <= max(NEVER_ADDED, key=lambda group: len(group & set(codes)))
            assert not written(sum(VALUES[code] for code in codes)) & numbers
