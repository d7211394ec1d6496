"""Every point of an assessment: by kind of target, milestones, deductions, the sheet, grades and quota."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.assessment.points import (
    Basis,
    Formula,
    Grade,
    Limits,
    achievement,
    deduction_points,
    grades,
    kept,
    milestone_points,
    quota,
    target_points,
    total_points,
)
from targets.goals import Bound, Goal, Kind, Reading

FLOW = Goal(Kind.FLOW, Bound.AT_LEAST, Decimal(1200))
STOCK = Goal(Kind.STOCK, Bound.AT_LEAST, Decimal(1200), baseline=Decimal(1000))
FLOOR_RATE = Goal(Kind.RATIO, Bound.AT_LEAST, Decimal("0.90"), baseline=Decimal("0.80"), frequency=6)
CEILING = Goal(Kind.RATIO, Bound.AT_MOST, Decimal("0.046"), frequency=3)
COUNT = Goal(Kind.COUNT, Bound.EXACTLY, Decimal(4), frequency=6, planned_month=12)
ZERO = Goal(Kind.ZERO, Bound.AT_MOST, Decimal(0))
GOALS = [FLOW, STOCK, FLOOR_RATE, CEILING, COUNT, ZERO]

values = st.decimals(min_value=0, max_value=5000, places=4)
months = st.integers(min_value=1, max_value=12)
weights = st.decimals(min_value="0.5", max_value=100, places=2)
totals = st.dictionaries(st.integers(), st.decimals(min_value=0, max_value=100, places=2), max_size=40)


def achieved(goal: Goal, month: int, value: object, basis: str = "YEAR", tolerance: str = "0.01") -> Decimal | None:
    reading = Reading(month, None if value is None else Decimal(str(value)))
    return achievement(goal, reading, basis=Basis(basis), tolerance=Decimal(tolerance))


@pytest.mark.parametrize(
    ("goal", "month", "value", "basis", "expected"),
    [
        (FLOW, 12, 1200, "YEAR", "1"),
        (FLOW, 12, 1500, "YEAR", "1"),
        (FLOW, 12, 900, "YEAR", "0.75"),
        (FLOW, 9, 900, "YEAR", "0.75"),
        (FLOW, 9, 900, "PATH", "1"),
        (FLOW, 9, 720, "PATH", "0.8"),
        (STOCK, 12, 1150, "YEAR", "0.75"),
        (STOCK, 12, 990, "YEAR", "0"),
        (STOCK, 6, 1050, "PATH", "0.5"),
        (STOCK, 6, 1100, "PATH", "1"),
        (FLOOR_RATE, 12, "0.90", "YEAR", "1"),
        (FLOOR_RATE, 12, "0.895", "YEAR", "0.5"),
        (FLOOR_RATE, 12, "0.88", "YEAR", "0"),
        (FLOOR_RATE, 6, "0.85", "PATH", "1"),
        (CEILING, 12, "0.046", "YEAR", "1"),
        (CEILING, 12, "0.040", "YEAR", "1"),
        (CEILING, 12, "0.0485", "YEAR", "0.75"),
        (CEILING, 12, "0.060", "YEAR", "0"),
        (CEILING, 9, "0.0485", "PATH", "0.75"),
        (COUNT, 12, 4, "YEAR", "1"),
        (COUNT, 12, 3, "YEAR", "0.75"),
        (COUNT, 12, 5, "YEAR", "0"),
        (COUNT, 6, 0, "PATH", "1"),
        (COUNT, 12, 3, "PATH", "0.75"),
        (ZERO, 12, 0, "YEAR", "1"),
        (ZERO, 12, "0.01", "YEAR", "0"),
    ],
)
def test_what_each_kind_of_target_achieves(goal, month, value, basis, expected):
    assert achieved(goal, month, value, basis) == Decimal(expected)


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: f"{goal.kind}-{goal.bound}")
def test_what_was_not_reported_achieves_nothing(goal):
    assert achieved(goal, 12, None) == 0


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: f"{goal.kind}-{goal.bound}")
def test_without_a_target_a_criterion_does_not_apply(goal):
    assert achieved(replace(goal, target=None), 12, 1) is None


def test_before_the_first_due_month_a_criterion_does_not_apply():
    assert achieved(COUNT, 5, 0, "PATH") is None


def test_an_amount_that_was_paid_back_still_breaks_zero():
    paid = Reading(12, Decimal(0), first_amount_month=3)

    assert achievement(ZERO, paid, basis=Basis.YEAR) == 0


def test_a_level_whose_target_lies_below_its_baseline_is_reached_or_not():
    kept_up = Goal(Kind.STOCK, Bound.AT_LEAST, Decimal(1000), baseline=Decimal(1100))

    assert [achieved(kept_up, 12, value) for value in (1000, 999)] == [1, 0]


def test_without_tolerance_a_rate_on_the_wrong_side_earns_nothing():
    assert [achieved(CEILING, 12, rate, tolerance="0") for rate in ("0.046", "0.0461")] == [1, 0]


@given(st.sampled_from(GOALS), months, st.none() | values, st.sampled_from(Basis), st.sampled_from(Formula), weights)
def test_points_lie_between_nothing_and_the_weight(goal, month, value, basis, formula, weight):
    earned = target_points(weight, achieved(goal, month, value, basis), formula, Decimal("0.6"))

    assert earned is None or 0 <= earned <= weight


@given(st.sampled_from([FLOW, STOCK, FLOOR_RATE]), months, values, values, st.sampled_from(Basis))
def test_more_of_what_is_to_grow_never_earns_less(goal, month, one, other, basis):
    less, more = (achieved(goal, month, value, basis) for value in sorted([one, other]))

    assert less is None or less <= more


@given(st.sampled_from([CEILING, ZERO]), months, values, values)
def test_more_of_what_is_to_stay_low_never_earns_more(goal, month, one, other):
    less, more = (achieved(goal, month, value) for value in sorted([one, other]))

    assert less is None or less >= more


@pytest.mark.parametrize(
    ("achieved_", "formula", "floor", "expected"),
    [
        ("1", Formula.PROPORTION, "0.6", "8"),
        ("0.6", Formula.PROPORTION, "0.6", "4.8"),
        ("0.59", Formula.PROPORTION, "0.6", "0"),
        ("1", Formula.ALL_OR_NOTHING, "0", "8"),
        ("0.999", Formula.ALL_OR_NOTHING, "0", "0"),
    ],
)
def test_an_achievement_becomes_points_by_the_declared_formula(achieved_, formula, floor, expected):
    assert target_points(Decimal(8), Decimal(achieved_), formula, Decimal(floor)) == Decimal(expected)


def test_milestones_earn_their_mean_credit_and_nothing_owed_does_not_apply():
    assert milestone_points(Decimal(9), [Decimal(1), Decimal("0.5"), Decimal(0)]) == Decimal("4.5")
    assert milestone_points(Decimal(9), []) is None


@given(weights, st.lists(st.decimals(min_value=0, max_value=1, places=2), min_size=1))
def test_milestones_earn_between_nothing_and_the_weight(weight, credited):
    assert 0 <= milestone_points(weight, credited) <= weight


@pytest.mark.parametrize(("n", "expected"), [(0, "4"), (1, "3.5"), (6, "1"), (50, "1")])
def test_deductions_stop_at_their_cap(n, expected):
    assert deduction_points(Decimal(4), n, Decimal("0.5"), Decimal(3)) == Decimal(expected)


def test_a_criterion_that_does_not_apply_leaves_the_sheet_with_its_weight():
    lines = [(Decimal(60), Decimal(45)), (Decimal(20), Decimal(20)), (Decimal(20), None)]

    assert total_points(lines, Decimal(100)) == Decimal("81.25")
    assert total_points([(Decimal(100), None)], Decimal(100)) is None


@given(st.lists(st.tuples(weights, st.decimals(min_value=0, max_value=1, places=3)), min_size=1))
def test_a_total_lies_between_nothing_and_full(lines):
    total = kept(total_points([(weight, weight * share) for weight, share in lines], Decimal(100)))

    assert 0 <= total <= 100


@pytest.mark.parametrize(
    ("share", "n", "expected"),
    [("0.3", 32, 9), ("0.3", 33, 9), ("0.3", 10, 3), ("0.3", 3, 0), ("0", 9, 0), ("1", 9, 9)],
)
def test_the_quota_is_rounded_down(share, n, expected):
    assert quota(n, Decimal(share)) == expected


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ("95 94 93 92 80 80 80 80 80 80", "EEEPPPPPPP"),
        ("95 94 92 92 80 80 80 80 80 80", "EEPPPPPPPP"),
        ("95 95 95 95 80 80 80 80 80 80", "PPPPPPPPPP"),
        ("90 89.999999999999 75 74.999999999999", "EPPF"),
        ("96 80 70", "PPF"),
        ("", ""),
    ],
)
def test_grades_follow_points_quota_and_ties(points, expected):
    given_ = dict(enumerate(map(Decimal, points.split())))

    assert "".join(grade.value[0] for grade in grades(given_, Limits()).values()) == expected


@given(totals)
def test_no_more_are_excellent_than_the_share_allows(points):
    found = list(grades(points, Limits()).values())

    assert found.count(Grade.EXCELLENT) <= int((len(points) * Decimal("0.3")).to_integral_value(ROUND_FLOOR))


@given(totals)
def test_more_points_never_bring_a_lower_grade_and_equal_points_the_same(points):
    order = [Grade.FAILED, Grade.PASSED, Grade.EXCELLENT]
    found = grades(points, Limits())
    ranked = sorted((points[key], order.index(grade)) for key, grade in found.items())

    assert all(low <= high and (one != other or low == high) for (one, low), (other, high) in pairwise(ranked))
