"""The formulas: every row of the table of contract 3, its boundaries, and what holds for all numbers."""

import doctest
from dataclasses import astuple
from decimal import Decimal, localcontext
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from targets import goals, measures, verdicts
from targets.measures import Bound, Goal, Kind, Reading, Status, Thresholds

D = Decimal
THRESHOLDS = Thresholds()

JOBS = Goal(Kind.FLOW, Bound.AT_LEAST, D(900))
TRAINING = Goal(Kind.FLOW, Bound.AT_LEAST, D(400), frequency=3)
PENSIONS = Goal(Kind.STOCK, Bound.AT_LEAST, D(220), baseline=D(100))
CONTRACTS = Goal(Kind.RATIO, Bound.AT_LEAST, D("0.9"), baseline=D("0.8"), frequency=6)
UNEMPLOYMENT = Goal(Kind.RATIO, Bound.AT_MOST, D("0.046"), frequency=3)
PILOTS = Goal(Kind.COUNT, Bound.EXACTLY, D(9), frequency=6)
ARREARS = Goal(Kind.ZERO, Bound.AT_MOST, D(0))
UNTARGETED = Goal(Kind.FLOW, None, None)

#: As many digits as a stored figure may have.
AMOUNTS = st.decimals(0, 10**16, allow_nan=False, allow_infinity=False, places=4)
RATES = st.fractions(0, 1, max_denominator=10**9).map(
    lambda rate: measures.quotient(D(rate.numerator), rate.denominator)
)
MONTHS = st.integers(1, 12)


def verdict(goal, month, value, **memory):
    return measures.status(goal, Reading(month, None if value is None else D(value), **memory), THRESHOLDS)


@st.composite
def any_goal(draw):
    kind, bound = draw(st.sampled_from(goals.PAIRS))
    numbers = RATES if kind == Kind.RATIO else AMOUNTS
    return Goal(
        kind,
        bound,
        target=draw(st.none() | numbers),
        baseline=draw(st.none() | numbers),
        frequency=draw(st.sampled_from([1, 3, 6, 12])),
        planned_month=draw(st.none() | MONTHS),
    )


@st.composite
def any_reading(draw):
    values = st.none() | AMOUNTS | RATES
    months = st.none() | MONTHS
    return Reading(draw(MONTHS), draw(values), draw(months), draw(values), draw(months))


@pytest.mark.parametrize("module", [goals, measures])
def test_every_example_in_the_docstrings_holds(module):
    results = doctest.testmod(module)

    assert results.attempted > 0
    assert results.failed == 0


def test_every_pair_of_kind_and_bound_has_one_row():
    assert tuple(verdicts.ROWS) == goals.PAIRS


# The table, row by row


@pytest.mark.parametrize(
    ("month", "value", "expected"),
    [
        (6, "900", Status.COMPLETED),
        (6, "899.9999", Status.ON_SCHEDULE),
        (6, "450", Status.ON_SCHEDULE),
        (6, "449.9999", Status.LAGGING),
        (6, "405", Status.LAGGING),
        (6, "404.9999", Status.BEHIND),
        (6, "0", Status.BEHIND),
        (12, "899.9999", Status.LAGGING),
        (1, None, Status.NOT_REPORTED),
    ],
)
def test_a_flow_is_held_against_the_strict_twelfth(month, value, expected):
    assert verdict(JOBS, month, value) == expected


@pytest.mark.parametrize(
    ("month", "value", "expected"),
    [
        (6, "220", Status.COMPLETED),
        (6, "160", Status.ON_SCHEDULE),
        (6, "159.9999", Status.LAGGING),
        (6, "154", Status.LAGGING),
        (6, "153.9999", Status.BEHIND),
        (6, "90", Status.BEHIND),
        (6, None, Status.NOT_REPORTED),
    ],
)
def test_a_stock_is_held_against_its_expected_increment(month, value, expected):
    assert verdict(PENSIONS, month, value) == expected


@pytest.mark.parametrize("baseline", [None, D(220), D(300)])
@pytest.mark.parametrize(("value", "expected"), [("220", Status.COMPLETED), ("219.9999", Status.BEHIND)])
def test_a_stock_with_nothing_to_gain_is_completed_or_behind(baseline, value, expected):
    goal = Goal(Kind.STOCK, Bound.AT_LEAST, D(220), baseline=baseline)

    assert verdict(goal, 6, value) == expected
    assert measures.completion_rate(goal, D(value)) is None
    assert measures.schedule_ratio(goal, Reading(6, D(value))) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0.9", Status.COMPLETED),
        ("0.85", Status.ON_SCHEDULE),
        ("0.8499", Status.LAGGING),
        ("0.83", Status.LAGGING),
        ("0.8299", Status.BEHIND),
        (None, Status.NOT_REPORTED),
    ],
)
def test_a_rate_to_be_reached_is_held_against_the_line_from_its_baseline(value, expected):
    assert verdict(CONTRACTS, 6, value) == expected


@pytest.mark.parametrize(
    ("month", "value", "expected"),
    [
        (3, "0.0460", Status.LAGGING),
        (3, "0.0461", Status.BREACHED),
        (3, "0.052", Status.BREACHED),
        (3, "0.0441", Status.LAGGING),
        (3, "0.044", Status.ON_SCHEDULE),
        (3, "0", Status.ON_SCHEDULE),
        (11, "0.040", Status.ON_SCHEDULE),
        (12, "0.040", Status.COMPLETED),
        (12, "0.045", Status.LAGGING),
        (12, "0.052", Status.BREACHED),
        (2, None, Status.NOT_DUE),
        (3, None, Status.NOT_REPORTED),
    ],
)
def test_a_ceiling_is_kept_or_breached(month, value, expected):
    assert verdict(UNEMPLOYMENT, month, value) == expected


@pytest.mark.parametrize(
    ("month", "value", "expected"),
    [
        (6, "9", Status.COMPLETED),
        (6, "10", Status.BREACHED),
        (6, "0", Status.ON_SCHEDULE),
        (11, "8", Status.ON_SCHEDULE),
        (12, "8", Status.BEHIND),
        (12, "9", Status.COMPLETED),
        (5, None, Status.NOT_DUE),
        (12, None, Status.NOT_REPORTED),
    ],
)
def test_a_count_has_until_its_planned_month(month, value, expected):
    assert verdict(PILOTS, month, value) == expected


@pytest.mark.parametrize(
    ("month", "value", "first_amount_month", "expected"),
    [
        (5, "0", None, Status.ON_SCHEDULE),
        (12, "0", None, Status.COMPLETED),
        (5, "1", None, Status.BREACHED),
        (5, "0", 5, Status.BREACHED),
        (12, "0", 3, Status.BREACHED),
        (5, None, 3, Status.BREACHED),
        (5, "0", 6, Status.ON_SCHEDULE),
        (5, None, None, Status.NOT_REPORTED),
    ],
)
def test_arrears_once_arisen_stay_a_breach_all_year(month, value, first_amount_month, expected):
    assert verdict(ARREARS, month, value, first_amount_month=first_amount_month) == expected


@pytest.mark.parametrize("value", [None, D(0), D(5)])
def test_without_a_target_nothing_is_judged(value):
    progress = measures.assess(UNTARGETED, Reading(6, value), THRESHOLDS)

    assert astuple(progress) == (None,) * 6
    assert measures.share_of_target(UNTARGETED, value) is None


def test_thresholds_are_data():
    strict = Thresholds(lagging_ratio=D(1), lagging_gap=D(0), lagging_headroom=D("0.01"))

    assert measures.status(JOBS, Reading(6, D(449)), strict) == Status.BEHIND
    assert measures.status(CONTRACTS, Reading(6, D("0.849")), strict) == Status.BEHIND
    assert measures.status(UNEMPLOYMENT, Reading(6, D("0.040")), strict) == Status.LAGGING


# Cases computed by hand


def test_unemployment_of_5_2_percent_breaches_a_ceiling_of_4_6():
    progress = measures.assess(UNEMPLOYMENT, Reading(6, D("0.052")), THRESHOLDS)

    assert progress.status == Status.BREACHED
    assert progress.headroom == D("-0.006")
    assert progress.completion_rate is None


@pytest.mark.parametrize(("month", "expected"), [(9, Status.ON_SCHEDULE), (12, Status.COMPLETED)])
def test_unemployment_of_4_0_percent_is_within_a_ceiling_of_4_6(month, expected):
    progress = measures.assess(UNEMPLOYMENT, Reading(month, D("0.040")), THRESHOLDS)

    assert progress.status == expected
    assert progress.headroom == D("0.006")
    assert progress.pro_rata_target == D("0.046")
    assert progress.completion_rate is None
    assert progress.schedule_ratio is None


def test_rates_of_two_provinces_are_pooled_and_never_averaged():
    assert measures.ratio(D(1 + 3), D(2 + 4)) == measures.quotient(D(2), 3)
    assert measures.ratio(D(1 + 3), D(2 + 4)) != (measures.ratio(D(1), D(2)) + measures.ratio(D(3), D(4))) / 2


def test_national_jobs_of_june_2007_were_ahead_of_the_twelfth():
    progress = measures.assess(Goal(Kind.FLOW, Bound.AT_LEAST, D(9_000_000)), Reading(6, D(6_290_000)), THRESHOLDS)

    assert progress.pro_rata_target == D(4_500_000)
    assert progress.deviation == D(1_790_000)
    assert progress.completion_rate == measures.quotient(D(629), 900)
    assert progress.schedule_ratio == measures.quotient(D(629), 450)
    assert progress.status == Status.ON_SCHEDULE


def test_a_stock_shows_its_increment_and_beside_it_its_level():
    assert measures.completion_rate(PENSIONS, D(130)) == D("0.25")
    assert measures.completion_rate(PENSIONS, D(94)) == D("-0.05")
    assert measures.share_of_target(PENSIONS, D(165)) == D("0.75")


def test_99_996_percent_is_not_completed():
    goal = Goal(Kind.FLOW, Bound.AT_LEAST, D(100_000))

    assert measures.completion_rate(goal, D(99_996)) == D("0.99996")
    assert verdict(goal, 12, "99996") == Status.LAGGING


def test_an_approved_nil_report_stays_zero():
    assert measures.completion_rate(JOBS, D(0)) == 0
    assert measures.completion_rate(JOBS, None) is None


@given(st.integers(1, 10**10), MONTHS)
def test_nine_tenths_of_the_path_are_exactly_nine_tenths(target, month):
    goal = Goal(Kind.FLOW, Bound.AT_LEAST, D(target))
    reading = Reading(month, D("0.075") * target * month)

    assert measures.schedule_ratio(goal, reading) == D("0.9")
    assert measures.status(goal, reading, THRESHOLDS) == Status.LAGGING


def test_a_repeating_rate_on_its_repeating_path_is_on_schedule():
    goal = Goal(Kind.RATIO, Bound.AT_LEAST, D("0.9"), baseline=D("0.8"))
    value = measures.ratio(D(97), D(120))  # 0.8 + 0.1 / 12, without end

    assert measures.deviation(goal, Reading(1, value)) == 0
    assert measures.status(goal, Reading(1, value), THRESHOLDS) == Status.ON_SCHEDULE


# The path


@pytest.mark.parametrize(
    ("goal", "month", "expected"),
    [
        (JOBS, 1, D(75)),
        (JOBS, 12, D(900)),
        (TRAINING, 2, None),
        (TRAINING, 3, D(100)),
        (TRAINING, 8, D(200)),
        (PENSIONS, 6, D(160)),
        (Goal(Kind.STOCK, Bound.AT_LEAST, D(90), baseline=D(100)), 6, D(95)),
        (Goal(Kind.STOCK, Bound.AT_LEAST, D(90)), 6, None),
        (CONTRACTS, 6, D("0.85")),
        (CONTRACTS, 12, D("0.9")),
        (UNEMPLOYMENT, 2, None),
        (UNEMPLOYMENT, 3, D("0.046")),
        (PILOTS, 6, D(0)),
        (PILOTS, 12, D(9)),
        (Goal(Kind.COUNT, Bound.EXACTLY, D(9), planned_month=4), 3, D(0)),
        (Goal(Kind.COUNT, Bound.EXACTLY, D(9), planned_month=4), 4, D(9)),
        (ARREARS, 6, D(0)),
    ],
)
def test_the_pro_rata_target_follows_the_path_of_its_row(goal, month, expected):
    assert measures.pro_rata_target(goal, Reading(month, None)) == expected


@pytest.mark.parametrize(
    ("month", "first_month", "expected"),
    [(3, 3, D("0.78")), (9, 6, D("0.84")), (12, 3, D("0.9")), (12, 12, D("0.9")), (3, None, D("0.5"))],
)
def test_a_rate_without_baseline_starts_from_its_first_figure(month, first_month, expected):
    goal = Goal(Kind.RATIO, Bound.AT_LEAST, D("0.9"), frequency=3)
    first_value = D("0.78") if first_month else None

    reading = Reading(month, D("0.5"), first_month, first_value)

    assert measures.pro_rata_target(goal, reading) == expected


@given(RATES, st.integers(1, 11))
def test_a_first_figure_lies_exactly_on_the_path_it_starts(rate, month):
    goal = Goal(Kind.RATIO, Bound.AT_LEAST, D(2))
    reading = Reading(month, rate, month, rate)

    assert measures.deviation(goal, reading) == 0
    assert measures.rank_key(goal, reading) in {None, 1}
    assert measures.status(goal, reading, THRESHOLDS) == Status.ON_SCHEDULE


def test_a_rate_without_any_figure_has_no_path():
    goal = Goal(Kind.RATIO, Bound.AT_LEAST, D("0.9"), frequency=3)

    assert measures.pro_rata_target(goal, Reading(6, None)) is None
    assert measures.deviation(goal, Reading(6, None)) is None


@pytest.mark.parametrize(
    ("goal", "value", "expected"),
    [
        (CONTRACTS, "0.68", D("0.8")),
        (Goal(Kind.COUNT, Bound.EXACTLY, D(9), planned_month=6), "3", measures.quotient(D(1), 3)),
        (PILOTS, "3", None),
        (UNEMPLOYMENT, "0.04", None),
        (ARREARS, "0", None),
    ],
)
def test_the_schedule_ratio_is_stated_where_something_is_expected(goal, value, expected):
    assert measures.schedule_ratio(goal, Reading(6, D(value))) == expected


def test_a_target_of_zero_is_completed_without_a_completion_rate():
    goal = Goal(Kind.FLOW, Bound.AT_LEAST, D(0))

    assert measures.completion_rate(goal, D(5)) is None
    assert measures.share_of_target(goal, D(5)) is None
    assert verdict(goal, 6, "0") == Status.COMPLETED
    assert verdict(goal, 6, "-1") == Status.BEHIND


@pytest.mark.parametrize("goal", [CONTRACTS, UNEMPLOYMENT, ARREARS])
def test_rates_and_arrears_are_never_percent_accomplished(goal):
    assert measures.completion_rate(goal, D("0.04")) is None
    assert measures.share_of_target(goal, D("0.04")) is None


# Ranks, growth, months, coverage


@pytest.mark.parametrize(
    ("goal", "value", "expected"),
    [
        (JOBS, "450", D(1)),
        (UNEMPLOYMENT, "0.04", D("0.006")),
        (ARREARS, "70", D(-70)),
        (PILOTS, "9", D(1)),
        (UNTARGETED, "9", None),
    ],
)
def test_each_kind_is_ranked_by_its_own_measure(goal, value, expected):
    assert measures.rank_key(goal, Reading(6, D(value))) == expected


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ([], []),
        ([None, None], [None, None]),
        ([D(4), D(3), D(3), D(2)], [1, 2, 2, 4]),
        ([D(1), None, D("1.0"), D(-1)], [1, None, 1, 3]),
    ],
)
def test_ties_share_a_rank_and_the_next_rank_is_skipped(keys, expected):
    assert measures.ranks(keys) == expected


@given(st.lists(st.none() | st.integers(-3, 3).map(D)))
def test_a_rank_is_one_plus_the_number_of_better_keys(keys):
    known = [key for key in keys if key is not None]

    expected = [None if key is None else 1 + sum(other > key for other in known) for key in keys]

    assert measures.ranks(keys) == expected


@pytest.mark.parametrize(
    ("current", "previous", "month", "frequency", "expected"),
    [
        (D(65), None, 1, 1, D(65)),
        (D(65), D(800), 1, 1, D(65)),
        (D(130), D(65), 2, 1, D(65)),
        (D(60), D(65), 2, 1, D(-5)),
        (D(130), None, 2, 1, None),
        (None, D(65), 2, 1, None),
        (None, None, 1, 1, None),
        (D(100), None, 3, 3, D(100)),
        (D(250), D(100), 6, 3, D(150)),
    ],
)
def test_a_month_value_is_the_difference_of_two_totals(current, previous, month, frequency, expected):
    assert measures.month_value(current, previous, month, frequency) == expected


@pytest.mark.parametrize(
    ("current", "previous", "expected"),
    [
        (D(105), D(100), D("0.05")),
        (D(0), D(100), D(-1)),
        (D(5), D(0), None),
        (D(5), D(-5), None),
        (None, D(100), None),
        (D(5), None, None),
    ],
)
def test_growth_needs_something_to_grow_from(current, previous, expected):
    assert measures.growth(current, previous) == expected


@pytest.mark.parametrize(
    ("goal", "month", "value", "expected"),
    [
        (JOBS, 9, D(720), D(60)),
        (JOBS, 9, D(1000), D(0)),
        (JOBS, 12, D(720), None),
        (JOBS, 9, None, None),
        (TRAINING, 8, D(100), D(50)),
        (TRAINING, 2, D(100), None),
        (PENSIONS, 8, D(200), D(5)),
        (CONTRACTS, 6, D("0.8"), None),
        (UNTARGETED, 6, D(8), None),
    ],
)
def test_what_the_remaining_months_need_is_spread_evenly(goal, month, value, expected):
    assert measures.implied_needed_per_month(goal, Reading(month, value)) == expected


def test_coverage_is_unknown_where_nobody_was_due():
    assert measures.coverage(0, 0) is None
    assert measures.coverage(0, 32) == 0
    assert measures.coverage(32, 32) == 1


# Goals, readings, statuses


@pytest.mark.parametrize(("kind", "bound"), sorted(set(product(Kind, Bound)) - set(goals.PAIRS)))
def test_a_goal_has_only_the_bounds_of_the_table(kind, bound):
    with pytest.raises(ValueError) as refusal:
        Goal(kind, bound, D(0))

    assert str(refusal.value) == f"A target of kind {kind} cannot have the bound {bound}."


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"bound": None}, "A target of kind FLOW cannot have the bound None."),
        ({"target": D(-1)}, "A target is never negative, but this one is -1."),
        ({"frequency": 4}, "A figure is due every 1, 3, 6 or 12 months, not every 4."),
        ({"planned_month": 13}, "A target is planned for a month from 1 to 12, not for 13."),
    ],
)
def test_an_impossible_goal_is_refused_with_a_sentence(wrong, sentence):
    with pytest.raises(ValueError) as refusal:
        Goal(**{"kind": Kind.FLOW, "bound": Bound.AT_LEAST, "target": D(900)} | wrong)

    assert str(refusal.value) == sentence


def test_a_goal_may_be_built_from_stored_words():
    stored = Goal("RATIO", "AT_MOST", D("0.046"), frequency=3)

    reading = Reading(6, D("0.04"))

    assert measures.assess(stored, reading, THRESHOLDS) == measures.assess(UNEMPLOYMENT, reading, THRESHOLDS)


@pytest.mark.parametrize("month", [0, 13])
def test_a_reading_outside_the_year_is_refused(month):
    with pytest.raises(ValueError) as refusal:
        Reading(month, D(1))

    assert str(refusal.value) == f"A reading belongs to a month from 1 to 12, not to {month}."


def test_the_gravest_status_gives_the_light():
    mildest_first = [
        *(Status.NOT_DUE, Status.COMPLETED, Status.ON_SCHEDULE, Status.NOT_REPORTED),
        *(Status.LAGGING, Status.BEHIND, Status.BREACHED),
    ]

    assert [measures.worst([None, *mildest_first[: n + 1]]) for n in range(7)] == mildest_first
    assert measures.worst([None]) is None


# What holds for all numbers


@given(any_goal(), any_reading())
def test_every_goal_and_reading_can_be_assessed(goal, reading):
    progress = measures.assess(goal, reading, THRESHOLDS)

    assert (progress.status is None) == (goal.target is None)


@given(any_goal(), any_reading())
def test_a_missing_value_is_never_judged_as_a_value(goal, reading):
    progress = measures.assess(goal, Reading(reading.month, None), THRESHOLDS)

    assert progress.status in {None, Status.NOT_DUE, Status.NOT_REPORTED}
    assert (progress.completion_rate, progress.deviation, progress.headroom) == (None, None, None)


@given(AMOUNTS, AMOUNTS, AMOUNTS, MONTHS)
def test_doing_more_never_looks_worse(target, one, other, month):
    goal = Goal(Kind.FLOW, Bound.AT_LEAST, target)
    less, more = (measures.assess(goal, Reading(month, v), THRESHOLDS) for v in sorted([one, other]))

    assert goals.SEVERITY.index(more.status) <= goals.SEVERITY.index(less.status)
    assert target == 0 or more.completion_rate >= less.completion_rate
    assert target == 0 or more.schedule_ratio >= less.schedule_ratio


@given(RATES, RATES, RATES, MONTHS)
def test_more_unemployment_never_looks_better(ceiling, one, other, month):
    goal = Goal(Kind.RATIO, Bound.AT_MOST, ceiling)
    less, more = (measures.assess(goal, Reading(month, v), THRESHOLDS) for v in sorted([one, other]))

    assert goals.SEVERITY.index(more.status) >= goals.SEVERITY.index(less.status)
    assert more.headroom <= less.headroom


@given(st.sampled_from([Kind.FLOW, Kind.STOCK]), AMOUNTS, AMOUNTS, AMOUNTS)
def test_a_shortfall_never_rounds_up_to_completion(kind, target, baseline, value):
    assume(baseline < target)
    goal = Goal(kind, Bound.AT_LEAST, target, baseline=baseline)

    is_completed = measures.status(goal, Reading(12, value), THRESHOLDS) == Status.COMPLETED

    assert is_completed == (value >= target)
    assert is_completed == (measures.completion_rate(goal, value) >= 1)


@given(st.integers(1, 10**20))
def test_one_person_short_is_short(target):
    goal = Goal(Kind.FLOW, Bound.AT_LEAST, D(target))

    assert measures.completion_rate(goal, D(target - 1)) < 1


@given(st.lists(st.tuples(st.integers(0, 10**10), st.integers(1, 10**10)), min_size=1))
def test_a_pooled_rate_lies_between_the_lowest_and_the_highest_part(parts):
    rates = [measures.ratio(D(numerator), D(denominator)) for numerator, denominator in parts]

    pooled = measures.ratio(D(sum(n for n, _ in parts)), D(sum(d for _, d in parts)))

    assert min(rates) <= pooled <= max(rates)


@given(st.sampled_from([Kind.FLOW, Kind.STOCK]), AMOUNTS, AMOUNTS, AMOUNTS, MONTHS)
def test_deviation_and_schedule_ratio_agree_on_who_is_ahead(kind, target, baseline, value, month):
    assume(baseline < target)
    goal, reading = Goal(kind, Bound.AT_LEAST, target, baseline=baseline), Reading(month, value)

    is_ahead = measures.deviation(goal, reading) >= 0

    assert is_ahead == (measures.schedule_ratio(goal, reading) >= 1)


@given(any_goal(), any_reading())
def test_figures_do_not_depend_on_the_decimal_context_of_the_caller(goal, reading):
    with localcontext(prec=5):
        coarse = measures.assess(goal, reading, THRESHOLDS)

    assert coarse == measures.assess(goal, reading, THRESHOLDS)


def test_a_division_by_zero_is_an_error_and_not_a_figure():
    with pytest.raises(ZeroDivisionError):
        measures.quotient(D(1), 0)

    assert measures.ratio(D(1), D(0)) is None
    assert measures.ratio(None, D(1)) is None
    assert measures.ratio(D(1), None) is None
