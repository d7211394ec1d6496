"""Two clerks at once on the year's sheet, over HTTP: nothing is overwritten in silence (acceptance.md G-08)."""

from __future__ import annotations

import pytest
from django.test import Client

from submissions.models import Figure, MonthlyReport
from tests import factories
from tests.depth import times
from tests.factories import file, shanghai
from tests.submissions.grid_patches import cell, outcomes, patch
from tests.submissions.racing import Act, at_once

pytestmark = pytest.mark.django_db(transaction=True)

TRIALS = times(200)
#: Of what cannot collide.
APART = times(50)


@pytest.fixture
def clerks(unit, period):
    """Two browsers with the same sheet open."""
    file(unit, period, {"T01": "0", "T08": "0"}, by=factories.person("LEAD", unit), now=shanghai(2007, 10, 3))
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.force_login(factories.person("CLERK", unit))
    return browsers


def stored() -> dict[str, int]:
    filing = MonthlyReport.objects.get().filing_id
    return {
        code: int(value) for code, value in Figure.objects.filter(filing=filing).values_list("indicator__code", "value")
    }


def test_g08_two_clerks_in_different_cells_keep_both(clerks):
    one, two = clerks
    for trial in range(APART):
        seen, value = str(trial), str(trial + 1)

        answers = at_once(
            lambda seen=seen, value=value: patch(one, cell("T01", value, seen)),
            lambda seen=seen, value=value: patch(two, cell("T08", value, seen)),
        )

        assert [outcomes(answer)[0][1] for answer in answers] == ["saved", "saved"]
        assert stored() == {"T01": trial + 1, "T08": trial + 1}


def test_g08_two_clerks_in_one_cell_keep_one_and_the_other_sees_both_values(clerks):
    now = 0
    for trial in range(TRIALS):
        values = (trial * 2 + 1, trial * 2 + 2)

        answers = at_once(*[writing(browser, now, value) for browser, value in zip(clerks, values, strict=True)])

        assert sorted(answer.status_code for answer in answers) == [200, 409]
        loser = next(place for place, answer in enumerate(answers) if answer.status_code == 409)
        now = stored()["T01"]
        told = answers[loser].json()["cells"][0]
        assert (told["outcome"], told["text"], now) == ("conflict", str(values[1 - loser]), values[1 - loser])


def writing(browser: Client, seen: int, value: int) -> Act:
    return lambda: patch(browser, cell("T01", str(value), str(seen)))


def test_g08_the_control_that_looks_at_nothing_overwrites_nearly_always(clerks):
    """Each writes what was typed, whatever stands there by then: of two answers one is lost, and nobody is told."""
    overwritten = 0
    for trial in range(TRIALS):
        values = (trial * 2 + 1, trial * 2 + 2)

        answers = at_once(*[overwriting(value) for value in values])

        overwritten += answers == [1, 1] and stored()["T01"] in values

    assert overwritten >= TRIALS * 9 / 10


def overwriting(value: int) -> Act:
    return lambda: Figure.objects.filter(indicator__code="T01").update(value=value)
