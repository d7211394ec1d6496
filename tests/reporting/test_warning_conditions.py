"""Each kind of rule on its own: what it measures, when it fires, and when it says nothing. No database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from reporting.warnings.conditions import (
    MEASURES,
    Comparison,
    Due,
    Kind,
    Measure,
    Point,
    Terms,
    Year,
    judge,
    silence,
)
from targets import goals

CEILING = goals.Goal(goals.Kind.RATIO, goals.Bound.AT_MOST, Decimal("0.046"), frequency=3)
JOBS = goals.Goal(goals.Kind.FLOW, goals.Bound.AT_LEAST, Decimal(1200))
ARREARS = goals.Goal(goals.Kind.ZERO, goals.Bound.AT_MOST, Decimal(0))


def year(
    goal: goals.Goal,
    *values: str | None,
    every: int = 1,
    settled: bool = True,
    shares: list[Decimal] | None = None,
    **given: object,
) -> Year:
    points = [
        Point(date(2007, at * every, 1), None if value is None else Decimal(value), settled, **given)
        for at, value in enumerate(values, start=1)
    ]
    return Year(goal, points, shares)


def terms(kind: Kind, measure: Measure, comparison: Comparison, limit: str) -> Terms:
    return Terms(kind, measure, comparison, Decimal(limit))


@pytest.mark.parametrize(
    ("comparison", "measured", "expected"),
    [
        (Comparison.ABOVE, "2", False),
        (Comparison.ABOVE, "2.1", True),
        (Comparison.AT_LEAST, "2", True),
        (Comparison.AT_LEAST, "1.9", False),
        (Comparison.BELOW, "2", False),
        (Comparison.BELOW, "1.9", True),
        (Comparison.AT_MOST, "2", True),
        (Comparison.AT_MOST, "2.1", False),
    ],
)
def test_a_limit_is_crossed_on_its_own_side(comparison, measured, expected):
    assert comparison.holds(Decimal(measured), Decimal(2)) is expected


# Thresholds ------------------------------------------------------------------------------------

LITTLE_LEFT = terms(Kind.THRESHOLD, Measure.HEADROOM, Comparison.BELOW, "0.002")


@pytest.mark.parametrize(("rate", "fires"), [("0.0440", False), ("0.0441", True), ("0.0470", True)])
def test_little_headroom_below_a_ceiling_warns(rate, fires):
    found = judge(LITTLE_LEFT, year(CEILING, rate, every=3), 0)

    assert (found.fires, found.measured, found.limit) == (fires, Decimal("0.046") - Decimal(rate), Decimal("0.002"))
    assert found.inputs == {"value": rate.rstrip("0"), "target": "0.046"}


def test_less_headroom_is_graver():
    found = judge(LITTLE_LEFT, year(CEILING, "0.0445", "0.0455", every=3), 1)

    assert found.gravity == Decimal("-0.0005") > judge(LITTLE_LEFT, year(CEILING, "0.0445", every=3), 0).gravity


def test_a_value_or_a_pace_may_be_limited_too():
    level = terms(Kind.THRESHOLD, Measure.VALUE, Comparison.ABOVE, "500")
    pace = terms(Kind.THRESHOLD, Measure.PACE, Comparison.BELOW, "0.9")

    assert judge(level, year(JOBS, "501"), 0).fires
    assert judge(pace, year(JOBS, "89"), 0).fires
    assert not judge(pace, year(JOBS, "90"), 0).fires


def test_where_there_is_no_ceiling_nothing_is_said_of_headroom():
    assert judge(LITTLE_LEFT, year(JOBS, "100"), 0) is None


@pytest.mark.parametrize(("value", "settled"), [(None, True), ("0.050", False)])
def test_a_month_without_enough_reports_says_nothing(value, settled):
    assert judge(LITTLE_LEFT, year(CEILING, value, every=3, settled=settled), 0) is None


# Changes ---------------------------------------------------------------------------------------


def test_a_rise_of_points_against_the_period_before_warns():
    rise = terms(Kind.CHANGE, Measure.PERIOD_DIFFERENCE, Comparison.AT_LEAST, "0.002")

    found = judge(rise, year(CEILING, "0.040", "0.042", every=3), 1)

    assert (found.fires, found.measured) == (True, Decimal("0.002"))
    assert found.inputs == {"value": "0.042", "before": "0.04"}


def test_a_fall_by_a_share_warns_and_is_graver_the_deeper_it_is():
    fall = terms(Kind.CHANGE, Measure.PERIOD_SHARE, Comparison.AT_MOST, "-0.01")
    levels = year(JOBS, "1000", "990", "900")

    assert [judge(fall, levels, at).fires for at in (1, 2)] == [True, True]
    assert judge(fall, levels, 2).gravity > judge(fall, levels, 1).gravity == Decimal("0.01")


@pytest.mark.parametrize("measure", [Measure.YEAR_DIFFERENCE, Measure.YEAR_SHARE])
def test_the_same_month_of_last_year_is_compared_with(measure):
    rule = terms(Kind.CHANGE, measure, Comparison.AT_LEAST, "0.5")

    found = judge(rule, year(JOBS, "150", last_year=Decimal(100)), 0)

    assert (found.fires, found.measured) == (True, Decimal(50 if measure == Measure.YEAR_DIFFERENCE else "0.5"))


@pytest.mark.parametrize("measure", MEASURES[Kind.CHANGE])
def test_without_anything_to_compare_with_nothing_is_said(measure):
    rule = terms(Kind.CHANGE, measure, Comparison.AT_LEAST, "0")

    assert judge(rule, year(JOBS, "150"), 0) is None


def test_a_share_of_nothing_is_not_stated():
    rule = terms(Kind.CHANGE, Measure.PERIOD_SHARE, Comparison.AT_LEAST, "0")

    assert judge(rule, year(JOBS, "0", "10"), 1) is None


def test_a_period_that_few_reported_is_not_compared_with():
    rule = terms(Kind.CHANGE, Measure.PERIOD_DIFFERENCE, Comparison.AT_LEAST, "0")
    points = [Point(date(2007, 1, 1), Decimal(1), is_settled=False), Point(date(2007, 2, 1), Decimal(5), True)]

    assert judge(rule, Year(JOBS, points), 1) is None


# Forecasts -------------------------------------------------------------------------------------

MISS = Terms(Kind.FORECAST)
#: The curve of a year that is known to go evenly.
EVENLY = [Decimal(month) for month in range(1, 13)]


@pytest.mark.parametrize(("pace", "fires"), [(80, True), (100, False), (120, False)])
def test_a_target_that_even_the_better_end_of_the_band_misses_warns(pace, fires):
    found = judge(MISS, year(JOBS, *(str(pace * month + month % 2) for month in range(1, 7)), shares=EVENLY), 5)

    assert found.fires is fires
    assert found.limit == 1200
    assert (
        Decimal(found.inputs["low"])
        < Decimal(found.inputs["forecast"])
        < found.measured
        == Decimal(found.inputs["high"])
    )


def test_a_wide_band_that_holds_the_target_does_not_warn():
    found = judge(MISS, year(JOBS, "10", "200", "210", "480", "500", "570", shares=EVENLY), 5)

    assert Decimal(found.inputs["forecast"]) < 1200 <= found.measured
    assert not found.fires


@pytest.mark.parametrize(("pace", "fires"), [(80, False), (40, True)])
def test_where_no_curve_is_known_only_what_no_season_would_make_good_warns(pace, fires):
    assert judge(MISS, year(JOBS, *(str(pace * month) for month in range(1, 7))), 5).fires is fires


def test_the_gravity_of_a_miss_is_its_share_of_the_target():
    found = judge(MISS, year(JOBS, "80", "160", "240", "320", shares=EVENLY), 3)

    assert (found.measured, found.gravity) == (960, Decimal("0.2"))


def test_a_ceiling_is_missed_from_above():
    rising = year(CEILING, "0.040", "0.0445", "0.049", "0.0535")

    found = judge(MISS, rising, 3)

    assert (found.fires, found.measured) == (True, Decimal(found.inputs["low"]))


@pytest.mark.parametrize(
    "given",
    [
        year(JOBS, "10", "20", "30"),
        year(goals.Goal(goals.Kind.FLOW, None, None), "10", "20", "30", "40"),
        year(CEILING, "0.050", "0.050", "0.050", every=3),
        year(ARREARS, "0", "10", "20", "30"),
        year(goals.Goal(goals.Kind.COUNT, goals.Bound.EXACTLY, Decimal(1), frequency=6), "0", "0", every=6),
    ],
    ids=["too few points", "no target", "three quarters", "no band", "exactly so many"],
)
def test_without_a_forecast_with_a_band_nothing_is_said(given):
    assert judge(MISS, given, len(given.points) - 1) is None


def test_december_is_the_year_end_itself():
    found = judge(MISS, year(JOBS, *(str(90 * month) for month in range(1, 13))), 11)

    assert (found.fires, found.measured, found.inputs["low"], found.inputs["high"]) == (True, 1080, "1080", "1080")


def test_a_half_yearly_rate_is_judged_in_december_by_its_figure():
    contracts = goals.Goal(goals.Kind.RATIO, goals.Bound.AT_LEAST, Decimal("0.9"), frequency=6)
    halves = year(contracts, "0.80", "0.85", every=6)

    assert judge(MISS, halves, 0) is None
    assert judge(MISS, halves, 1).fires


# What must not arise, and silence -----------------------------------------------------------------


def test_an_amount_warns_at_once_and_is_over_when_it_is_paid():
    paid = year(ARREARS, "0", "5000", "0", settled=False, persons=12)
    told = judge(Terms(Kind.BREACH), paid, 1)

    assert (told.fires, told.measured, told.inputs) == (True, 5000, {"value": "5000", "persons": "12"})
    assert judge(Terms(Kind.BREACH), paid, 2) is None  # not everybody has said so yet
    assert not judge(Terms(Kind.BREACH), year(ARREARS, "0"), 0).fires


def due(*reported: bool) -> list[Due]:
    return [Due(date(2007, at, 1), said, date(2007, at + 1, 13)) for at, said in enumerate(reported, start=1)]


def test_silence_counts_the_due_months_in_a_row():
    months = due(True, False, False, True)
    found = [silence(Terms(Kind.SILENCE, n_periods=2), months, at) for at in range(4)]

    assert [one.measured for one in found] == [0, 1, 2, 0]
    assert [one.fires for one in found] == [False, False, True, False]
    assert found[2].inputs == {"months": "2007-02 2007-03"}


def test_a_missing_month_says_nothing_before_it_is_overdue():
    found = [silence(Terms(Kind.SILENCE, n_periods=1), due(True, False), at) for at in range(2)]

    assert [one.known_on for one in found] == [None, date(2007, 3, 13)]
