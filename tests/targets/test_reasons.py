"""Why a status is what it is: the reasons never say anything else than the status does."""

import doctest
from decimal import Decimal

import pytest
from hypothesis import given

from targets import measures, reasons
from targets.goals import Bound, Goal, Kind, Reading, Status, Thresholds
from targets.reasons import Name, explain
from targets.verdicts import Ask
from tests.targets.test_measures import (
    ARREARS,
    CONTRACTS,
    JOBS,
    PENSIONS,
    PILOTS,
    THRESHOLDS,
    UNEMPLOYMENT,
    UNTARGETED,
    any_goal,
    any_reading,
)

D = Decimal


def test_every_example_in_the_docstrings_holds():
    results = doctest.testmod(reasons)

    assert results.attempted > 0
    assert results.failed == 0


@given(any_goal(), any_reading())
def test_the_reasons_end_in_the_status(goal, reading):
    found = explain(goal, reading, THRESHOLDS)

    assert found.status == measures.status(goal, reading, THRESHOLDS)
    assert [check.holds for check in found.checks] == [False] * (len(found.checks) - 1) + [True] * bool(found.checks)


@given(any_goal(), any_reading())
def test_the_workings_are_the_measures(goal, reading):
    found = explain(goal, reading, THRESHOLDS)

    progress = measures.assess(goal, reading, THRESHOLDS)
    assert [one.value for one in found.workings] == [getattr(progress, one.name.value) for one in found.workings]


@pytest.mark.parametrize(
    ("goal", "reading", "ask", "sides", "status"),
    [
        (JOBS, Reading(6, D(900)), Ask.TARGET_REACHED, (900, 900), Status.COMPLETED),
        (JOBS, Reading(6, D(450)), Ask.PACE_KEPT, (1, 1), Status.ON_SCHEDULE),
        (JOBS, Reading(6, D(405)), Ask.PACE_NEARLY_KEPT, (D("0.9"), D("0.9")), Status.LAGGING),
        (JOBS, Reading(6, D(404)), Ask.OTHERWISE, (None, None), Status.BEHIND),
        (JOBS, Reading(6, None), Ask.NOTHING_FILED, (None, None), Status.NOT_REPORTED),
        (PENSIONS, Reading(6, D(160)), Ask.PACE_KEPT, (1, 1), Status.ON_SCHEDULE),
        (CONTRACTS, Reading(6, D("0.84")), Ask.PATH_NEARLY_KEPT, (D("-0.01"), D("-0.02")), Status.LAGGING),
        (CONTRACTS, Reading(3, D("0.84")), Ask.NOTHING_DUE, (None, None), Status.NOT_DUE),
        (UNEMPLOYMENT, Reading(6, D("0.045")), Ask.HEADROOM_SMALL, (D("0.001"), D("0.002")), Status.LAGGING),
        (UNEMPLOYMENT, Reading(6, D("0.047")), Ask.TARGET_EXCEEDED, (D("0.047"), D("0.046")), Status.BREACHED),
        (PILOTS, Reading(12, D(9)), Ask.TARGET_HIT, (9, 9), Status.COMPLETED),
        (ARREARS, Reading(6, D(0), first_amount_month=3), Ask.AMOUNT_AROSE, (0, 0), Status.BREACHED),
        (ARREARS, Reading(12, D(0)), Ask.YEAR_IS_OVER, (None, None), Status.COMPLETED),
    ],
)
def test_the_deciding_check_is_the_one_of_the_table(goal, reading, ask, sides, status):
    deciding = explain(goal, reading, THRESHOLDS).deciding

    assert (deciding.ask, (deciding.left, deciding.right), deciding.status) == (ask, sides, status)


def test_a_limit_moved_as_data_moves_the_check():
    strict = Thresholds(lagging_ratio=D("0.95"))

    assert explain(JOBS, Reading(6, D(405)), strict).status == Status.BEHIND


def test_without_a_target_nothing_is_asked():
    found = explain(UNTARGETED, Reading(6, D(5)), THRESHOLDS)

    assert (found.checks, found.workings, found.deciding, found.status) == ((), (), None, None)
    assert [one.name for one in found.inputs] == [Name.VALUE, Name.MONTH, Name.DUE_MONTH]


@pytest.mark.parametrize(
    ("goal", "formulas"),
    [
        (PENSIONS, ["b + (T − b) × d ÷ 12", "(v − b) ÷ (T − b)", "(v − b) ÷ (p − b)", "v − p"]),
        (CONTRACTS, ["b + (T − b) × d ÷ 12", "v − p"]),
        (UNEMPLOYMENT, ["T", "T − v"]),
        (PILOTS, ["0 (d < k), T (d ≥ k)", "v ÷ T", "v − p"]),
        (ARREARS, ["T", "T − v"]),
        (
            Goal(Kind.RATIO, Bound.AT_LEAST, D("0.9")),
            ["v₁ + (T − v₁) × (d − m₁) ÷ (12 − m₁)", "v − p"],
        ),
    ],
)
def test_each_kind_names_its_formulas(goal, formulas):
    found = explain(goal, Reading(9, D(1), first_month=3, first_value=D(1)), THRESHOLDS)

    assert [one.formula for one in found.workings] == formulas
