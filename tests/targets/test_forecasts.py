"""Where the year will end, and how sure that is."""

import doctest
import random
from decimal import Decimal, localcontext
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets import bands, forecasts
from targets.forecasts import Forecast, Method, forecast, run_rate, seasonal
from targets.goals import Goal, Kind

D = Decimal
FLOW = Goal(Kind.FLOW, None, None)
STOCK = Goal(Kind.STOCK, None, None, baseline=D(100))
STOCK_WITHOUT_BASELINE = Goal(Kind.STOCK, None, None)
RATE = Goal(Kind.RATIO, None, None)
#: The cumulative curve of new jobs in 2007, per cent.
CURVE = [D(per_mille) / 10 for per_mille in (65, 130, 222, 320, 420, 522, 605, 685, 764, 845, 918, 1000)]

EVEN = [D(month) for month in range(1, 13)]

STEPS = st.lists(st.integers(0, 10**9).map(D), min_size=4, max_size=12)
WHOLE_YEARS = st.lists(st.integers(0, 10**9).map(D), min_size=12, max_size=12)
LEVELS = st.lists(st.integers(0, 10**9).map(D), min_size=4, max_size=12)
FRACTIONS = st.lists(st.decimals(0, 1, places=4), min_size=4, max_size=12)


def monthly(*values):
    return [(month, D(value)) for month, value in enumerate(values, start=1)]


def quarterly(*values):
    return [(3 * quarter, D(value)) for quarter, value in enumerate(values, start=1)]


def along(curve, year_end, months):
    return [(month, curve[month - 1] * year_end / 100) for month in range(1, months + 1)]


def test_every_example_in_the_docstrings_holds():
    results = doctest.testmod(forecasts)

    assert results.attempted > 0
    assert results.failed == 0


# The value


@pytest.mark.parametrize(
    ("goal", "points", "value"),
    [
        (FLOW, monthly(80, 150, 225, 300), D(900)),
        (STOCK, monthly(101, 102, 103, 104), D(112)),
        (STOCK, monthly(99, 98, 97, 96), D(88)),
    ],
)
def test_the_run_rate_goes_on_at_the_average_pace(goal, points, value):
    made = run_rate(points, goal=goal)

    assert (made.value, made.method) == (value, Method.RUN_RATE)


def test_missing_months_do_not_change_the_pace():
    points = [(1, D(70)), (2, D(160)), (5, D(390)), (8, D(600))]

    assert run_rate(points, goal=FLOW).value == D(900)


def test_the_order_of_the_points_does_not_matter():
    points = monthly(80, 150, 260, 300, 390)

    assert run_rate(points[::-1], goal=FLOW) == run_rate(points, goal=FLOW)


@pytest.mark.parametrize("months", range(4, 13))
def test_a_year_along_its_curve_ends_where_the_curve_ends(months):
    made = seasonal(along(CURVE, D(1204), months), CURVE, goal=FLOW)

    assert made == Forecast(D(1204), D(1204), D(1204), Method.SEASONAL)


def test_the_increment_of_a_stock_follows_the_curve_too():
    points = [(month, 100 + share) for month, share in along(CURVE, D(50), 6)]

    assert seasonal(points, CURVE, goal=STOCK).value == D(150)


def test_shares_may_be_fractions_or_per_cent():
    points = monthly(80, 150, 260, 300, 390)

    fractions = [share / 100 for share in CURVE]

    assert seasonal(points, fractions, goal=FLOW) == seasonal(points, CURVE, goal=FLOW)


@pytest.mark.parametrize(
    ("goal", "points", "value"),
    [
        (STOCK_WITHOUT_BASELINE, monthly(100, 104, 104, 106), D(122)),
        (RATE, monthly("0.041", "0.041", "0.040", "0.038"), D("0.03")),
        (RATE, monthly("0.5", "0.6", "0.7", "0.94"), D(1)),
        (RATE, monthly("0.04", "0.02", "0.01", "0.005"), D(0)),
    ],
)
def test_without_an_origin_the_line_through_first_and_last_point_goes_on(goal, points, value):
    made = run_rate(points, goal=goal)

    assert (made.value, made.method) == (value, Method.TREND)


@pytest.mark.parametrize(
    ("goal", "points"),
    [
        (Goal(Kind.COUNT, None, None), monthly(3, 3, 3, 5)),
        (Goal(Kind.ZERO, None, None), monthly(0, 7, 7, 5)),
    ],
)
def test_where_no_pace_can_be_known_the_last_value_stands(goal, points):
    last = points[-1][1]

    assert run_rate(points, goal=goal) == Forecast(last, last, last, Method.LAST)


@pytest.mark.parametrize("goal", [FLOW, STOCK, STOCK_WITHOUT_BASELINE, RATE, Goal(Kind.FLOW, None, None, frequency=3)])
def test_under_four_points_make_no_forecast(goal):
    points = quarterly("0.2", "0.4", "0.6", "0.8")

    assert run_rate(points[:-1], goal=goal) is None
    assert seasonal(points[:-1], CURVE, goal=goal) is None
    assert run_rate(points, goal=goal) is not None


# The choice


def test_the_seasonal_forecast_is_preferred_where_a_curve_is_known():
    points = monthly(80, 150, 260, 300)

    assert forecast(points, FLOW, CURVE) == seasonal(points, CURVE, goal=FLOW)
    assert forecast(points, FLOW) == run_rate(points, goal=FLOW)


def test_a_curve_that_has_not_begun_gives_way_to_the_run_rate():
    late = [D(0)] * 6 + [D(share) for share in (10, 30, 50, 70, 90, 100)]
    points = monthly(1, 2, 3, 4)

    assert seasonal(points, late, goal=FLOW) is None
    assert forecast(points, FLOW, late) == run_rate(points, goal=FLOW)


def test_a_rate_has_no_season():
    points = monthly("0.041", "0.041", "0.040", "0.038")

    assert forecast(points, RATE, CURVE) == run_rate(points, goal=RATE)


@pytest.mark.parametrize(
    "shares",
    [
        CURVE[:11],
        [*CURVE, D(100)],
        CURVE[::-1],
        [D(0)] * 12,
        [D(-1), *CURVE[1:]],
    ],
)
def test_what_is_no_cumulative_curve_is_refused(shares):
    with pytest.raises(ValueError) as refusal:
        seasonal(monthly(1, 2, 3, 4), shares, goal=FLOW)

    assert str(refusal.value) == "Seasonal shares are 12 cumulative numbers from 0 upwards that never fall."


def test_two_values_for_one_month_are_refused():
    with pytest.raises(ValueError) as refusal:
        run_rate([(1, D(1)), (1, D(2)), (2, D(3)), (3, D(4))], goal=FLOW)

    assert str(refusal.value) == "A forecast takes one value for each month."


# The band


def test_the_band_is_the_one_computed_by_hand():
    made = seasonal(monthly(90, 150, 230, 300), EVEN, goal=FLOW)

    # Steps 90 60 80 70 around 75: s² = 500/3; eight months ahead at a pace known from four: 8 + 4·2² = 24.
    assert round(made.high - made.value, 3) == round(D("1.638") * D(4000).sqrt(), 3)
    assert round(made.low + made.high, 20) == 2 * made.value


def test_an_even_year_that_is_known_to_be_even_has_no_band():
    made = seasonal(monthly(75, 150, 225, 300), EVEN, goal=FLOW)

    assert (made.low, made.value, made.high) == (900, 900, 900)


def test_the_band_narrows_as_the_year_passes():
    values = list(accumulate([90, 60] * 6))

    widths = [run_rate(monthly(*values[:m]), goal=FLOW) for m in range(4, 13, 2)]

    assert [made.high - made.low for made in widths] == sorted((made.high - made.low for made in widths), reverse=True)


def test_about_four_years_in_five_end_within_the_band():
    dice = random.Random(2007)
    hits = 0
    for _ in range(1000):
        steps = [D(round(dice.gauss(1000, 100))) for _ in range(12)]
        year = monthly(*accumulate(steps))
        made = seasonal(year[:6], EVEN, goal=FLOW)
        hits += made.low <= year[-1][1] <= made.high

    assert 770 <= hits <= 830


@given(STEPS)
def test_a_flow_never_ends_below_what_is_already_done(steps):
    done = list(accumulate(steps))

    made = run_rate(monthly(*done), goal=FLOW)

    assert done[-1] <= made.low <= made.value <= made.high


@given(LEVELS, st.none() | st.integers(0, 10**9).map(D))
def test_a_stock_never_falls_below_zero(levels, baseline):
    made = run_rate(monthly(*levels), goal=Goal(Kind.STOCK, None, None, baseline=baseline))

    assert 0 <= made.low <= made.value <= made.high


@given(FRACTIONS)
def test_a_rate_stays_between_nothing_and_everything(rates):
    made = run_rate(monthly(*rates), goal=RATE)

    assert 0 <= made.low <= made.value <= made.high <= 1


@given(WHOLE_YEARS, st.sampled_from([FLOW, STOCK, STOCK_WITHOUT_BASELINE]))
def test_in_december_the_forecast_is_the_result(steps, goal):
    year = monthly(*accumulate(steps))

    made = forecast(year, goal, CURVE)

    assert (made.low, made.value, made.high) == (year[-1][1],) * 3


@given(STEPS)
def test_forecasts_do_not_depend_on_the_decimal_context_of_the_caller(steps):
    points = monthly(*accumulate(steps))

    with localcontext(prec=5):
        coarse = forecast(points, FLOW, CURVE)

    assert coarse == forecast(points, FLOW, CURVE)


# Where no curve is known


@pytest.mark.parametrize(
    ("goal", "points", "method", "rest"),
    [
        (FLOW, monthly(75, 150, 225, 300), Method.RUN_RATE, 600),
        (STOCK, monthly(175, 250, 325, 400), Method.RUN_RATE, 600),
        (STOCK_WITHOUT_BASELINE, monthly(175, 250, 325, 400), Method.TREND, 600),
    ],
)
def test_an_even_start_may_still_have_its_rush_ahead(goal, points, method, rest):
    reach, done = bands.reaches()[method][4], points[-1][1]

    made = run_rate(points, goal=goal)

    assert (made.low, made.high) == (done + rest * reach.low, done + rest * reach.high)


def test_a_level_that_falls_may_fall_further():
    reach = bands.reaches()[Method.RUN_RATE][4]

    made = run_rate(monthly(975, 950, 925, 900), goal=Goal(Kind.STOCK, None, None, baseline=D(1000)))

    assert (made.low, made.high) == (900 - 200 * reach.high, 900 - 200 * reach.low)


def test_restless_steps_reach_further_than_the_season():
    restless = monthly(-300, 500, -400, 40)

    made = run_rate(restless, goal=Goal(Kind.STOCK, None, None, baseline=D(0)))

    assert made.high > 40 + 80 * bands.reaches()[Method.RUN_RATE][4].high


def test_the_reach_holds_what_was_foretold_and_narrows_upwards():
    for by_month in bands.reaches().values():
        assert list(by_month) == list(range(forecasts.FEWEST_POINTS, 12))
        assert all(0 < reach.low < 1 < reach.high for reach in by_month.values())
        highs = [reach.high * (12 - month) for month, reach in by_month.items()]
        assert highs == sorted(highs, reverse=True)


# What a month is expected to bring says how far it may spread


def test_a_month_that_brings_much_widens_the_band():
    even = [D(n) / 12 for n in range(1, 13)]
    rush = [D(n) / 20 for n in range(1, 12)] + [D(1)]
    points = monthly(10, 21, 30, 41)

    calm, wild = (seasonal(points, curve, goal=FLOW) for curve in (even, rush))

    assert (wild.high - wild.low) / wild.value > (calm.high - calm.low) / calm.value


def test_months_of_which_nothing_is_expected_say_nothing_about_the_spread():
    shares = [D(0)] * 3 + [D(1) / 9 * n for n in range(1, 9)] + [D(1)]

    one_step = seasonal([(3, D(0)), (2, D(0)), (1, D(0)), (4, D(10))], shares, goal=FLOW)
    two_steps = seasonal([(3, D(0)), (2, D(0)), (1, D(0)), (4, D(10)), (5, D(22))], shares, goal=FLOW)

    assert one_step.low == one_step.high == one_step.value
    assert two_steps.low < two_steps.value < two_steps.high
