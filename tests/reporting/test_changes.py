"""How a month moved: against the year before, the period before, the last year end."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import ReportingUnit
from reporting.changes import Change, changes, until
from reporting.series import Series, SeriesPoint
from submissions.models import ReportingMonth
from targets.models import Indicator, Target

D = Decimal


def series(kind: str, values: dict[int, object], previous: dict[int, object] | None = None, **given: object) -> Series:
    """A year of one unit with values at some months; a flow's month value is the difference of two neighbours."""
    frequency = given.pop("frequency", 1)
    indicator = Indicator(code="X01", kind=kind, frequency=frequency)
    baseline = given.pop("baseline", None)
    target = Target(indicator=indicator, baseline_value=baseline) if baseline is not None else None
    carried = given.pop("carried", ())
    points = []
    for month in range(1, 13):
        value = None if (number := values.get(month)) is None else D(str(number))
        before = values.get(month - frequency, 0 if month == frequency else None)
        own = value - D(str(before)) if kind == "FLOW" and value is not None and before is not None else None
        past = (previous or {}).get(month)
        points.append(
            SeriesPoint(
                month=date(2007, month, 1),
                value=value,
                value_month=None,
                month_value=own,
                pro_rata_target=None,
                seasonal_target=None,
                previous_year=None if past is None else D(str(past)),
                is_previous_year_synthetic=False,
                n_due=1,
                n_reported=0 if month in carried else 1,
                n_carried=int(month in carried),
            )
        )
    return Series(indicator, ReportingUnit(code="110000", kind="PROVINCE"), target, tuple(points))


def test_a_flow_moves_by_shares_of_its_totals_and_of_its_months():
    found = changes(series("FLOW", {1: 100, 2: 220}, {1: 80, 2: 200}))

    assert found[0] == Change(over_year=D("0.25"), month_over_year=D("0.25"))
    assert found[1] == Change(over_year=D("0.1"), month_over_year=D("0"), over_period=D("0.2"))
    assert found[2] == Change()


def test_a_level_moves_from_the_month_before_and_from_the_year_end():
    found = changes(series("STOCK", {1: 102, 2: 105.06}, baseline=D(100)))

    assert found[1] == Change(over_period=D("0.03"), since_year_end=D("0.0506"))


def test_a_rate_moves_by_points_from_quarter_to_quarter():
    found = changes(series("RATIO", {3: "0.041", 4: "0.041", 6: "0.040"}, {6: "0.042"}, frequency=3, carried=(4,)))

    assert found[2] == Change()
    assert found[3] == Change()
    assert found[5] == Change(over_year=D("-0.002"), over_period=D("-0.001"))


def test_nothing_is_compared_with_a_carried_figure():
    found = changes(series("STOCK", {1: 100, 2: 100, 3: 110}, carried=(2,)))

    assert [one.over_period for one in found[:3]] == [None, None, None]


@pytest.mark.parametrize("kind", ["COUNT", "ZERO"])
def test_what_only_keeps_or_breaks_a_promise_does_not_move(kind):
    assert set(changes(series(kind, {1: 1, 2: 2}, {1: 1, 2: 1}))) == {Change()}


def test_a_page_of_an_earlier_month_knows_nothing_of_later_ones():
    cut = until(series("FLOW", {1: 100, 2: 220}), ReportingMonth(month=date(2007, 1, 1)))

    assert [(point.value, point.month_value, point.n_reported) for point in cut.points[:2]] == [
        (100, 100, 1),
        (None, None, 0),
    ]
