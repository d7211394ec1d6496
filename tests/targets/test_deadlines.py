"""When a milestone is late: its day has passed, or its period went by without a word."""

from __future__ import annotations

from datetime import date

import pytest

from targets.deadlines import Delay, delay, heard_since
from targets.models import MilestoneFrequency

TODAY = date(2007, 10, 12)
SEPTEMBER = date(2007, 9, 1)


def late(**given: object) -> Delay | None:
    usual = {"is_ended": False, "planned_on": None, "today": TODAY, "frequency": "EVENT"}
    return delay(**(usual | {"reported_in": date(2007, 9, 1), "through": SEPTEMBER} | given))


@pytest.mark.parametrize(
    ("planned_on", "expected"),
    [
        (None, None),
        (date(2007, 10, 11), Delay.OVERDUE),
        (date(2007, 10, 12), None),  # the day itself is still time
        (date(2007, 10, 13), None),
    ],
)
@pytest.mark.parametrize("frequency", MilestoneFrequency.values)
def test_a_planned_day_that_has_passed_is_overdue_whatever_the_frequency(frequency, planned_on, expected):
    assert late(planned_on=planned_on, frequency=frequency) == expected


@pytest.mark.parametrize(
    ("frequency", "reported_in", "expected"),
    [
        ("MONTHLY", 9, None),
        ("MONTHLY", 8, Delay.SILENT),
        ("QUARTERLY", 7, None),
        ("QUARTERLY", 6, Delay.SILENT),
        ("YEARLY", 1, None),
        ("EVENT", 1, None),
    ],
)
def test_a_period_without_a_word_is_silence(frequency, reported_in, expected):
    assert late(frequency=frequency, reported_in=date(2007, reported_in, 1)) == expected


def test_what_is_ended_is_never_late():
    assert late(is_ended=True, planned_on=date(2007, 1, 1), frequency="MONTHLY", reported_in=date(2007, 1, 1)) is None


def test_before_the_first_month_is_due_nobody_is_silent():
    assert late(frequency="MONTHLY", reported_in=date(2007, 1, 1), through=None) is None


def test_overdue_is_said_before_silent():
    assert late(planned_on=date(2007, 5, 1), frequency="MONTHLY", reported_in=date(2007, 1, 1)) == Delay.OVERDUE


@pytest.mark.parametrize(
    ("frequency", "through", "since"),
    [
        ("MONTHLY", 1, date(2007, 1, 1)),
        ("QUARTERLY", 2, None),
        ("QUARTERLY", 3, date(2007, 1, 1)),
        ("QUARTERLY", 11, date(2007, 7, 1)),
        ("YEARLY", 11, None),
        ("YEARLY", 12, date(2007, 1, 1)),
        ("EVENT", 12, None),
    ],
)
def test_the_newest_period_that_is_wholly_due(frequency, through, since):
    assert heard_since(frequency, date(2007, through, 1)) == since
