"""Where value, path and target lie along a bar."""

from __future__ import annotations

import pytest

from reporting.bullets import bullet, bullets
from targets.goals import Thresholds
from tests.reporting.rows import row


@pytest.mark.parametrize(
    ("stated", "value", "expected", "target"),
    [
        # the longest mark stands at 100 ÷ 1.02
        (row("FLOW", "AT_LEAST", 1200, 450), "36.76", "73.53", "98.04"),
        (row("FLOW", "AT_LEAST", 1200, 2400), "98.04", "36.76", "49.02"),
        (row("STOCK", "AT_LEAST", 120, 110, baseline=100), "49.02", "73.53", "98.04"),
        (row("STOCK", "AT_LEAST", 120, 90, baseline=100), "0.00", "73.53", "98.04"),
        # a ceiling has a quarter of itself above it
        (row("RATIO", "AT_MOST", "0.04", "0.02"), "39.22", None, "78.43"),
        (row("RATIO", "AT_LEAST", "0.9", "0.9"), "98.04", "95.07", "98.04"),
        (row("COUNT", "EXACTLY", 9, 3, planned_month=12), "32.68", None, "98.04"),
        (row("ZERO", "AT_MOST", 0, 0), "0.00", None, "0.00"),
        (row("ZERO", "AT_MOST", 0, 5), "98.04", None, "0.00"),
    ],
)
def test_a_bar_starts_at_nothing_and_ends_with_its_longest_mark(stated, value, expected, target):
    drawn = bullet(stated, Thresholds())

    assert (drawn.value, drawn.expected, drawn.target) == (value, expected, target)


@pytest.mark.parametrize(
    "stated",
    [
        row("FLOW", "AT_LEAST", 900, None),
        row("FLOW", None, None, 5),
        row("STOCK", "AT_LEAST", 100, 99, baseline=100),
    ],
)
def test_nothing_is_drawn_where_nothing_can_be_stated(stated):
    assert bullet(stated, Thresholds()) is None


def test_bars_of_one_table_share_an_axis():
    rows = [row("FLOW", "AT_LEAST", 1200, value) for value in (2400, 600)]

    drawn = bullets(rows, Thresholds())

    assert [one.target for one in drawn] == ["49.02", "49.02"]
    assert [one.value for one in drawn] == ["98.04", "24.51"]
