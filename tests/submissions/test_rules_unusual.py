"""Rules on unusual moves: the unit's own history, the units beside it, copied numbers (F-20, UX-08)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.rules import RuleLimits, Spread, check
from tests.submissions.rule_facts import WAN, figure, found, report
from workplan.templatetags.figures import sentence

MONTHLY = 10 * WAN


def flow(*amounts, **facts):
    """Return a flow that grew by these amounts, month after month."""
    totals = [sum(amounts[: place + 1]) for place in range(len(amounts))]
    history = {place + 1: Decimal(total) for place, total in enumerate(totals[:-1])}
    return figure(
        "T01",
        totals[-1],
        month=len(totals),
        history=history,
        previous_value=totals[-2] if len(totals) > 1 else None,
        previous_month=len(totals) - 1 or None,
        **facts,
    )


def level(*levels, **facts):
    history = {place + 1: Decimal(one) for place, one in enumerate(levels[:-1])}
    return figure(
        "T10",
        levels[-1],
        month=len(levels),
        history=history,
        previous_value=levels[-2],
        previous_month=len(levels) - 1,
        **facts,
    )


def spread(low, high, count=9):
    """Return the picture of moves that usually lie between these (at the limit's reach of 5)."""
    low, high = Decimal(str(low)).ln(), Decimal(str(high)).ln()
    return Spread((low + high) / 2, (high - low) / 2 / 5, count)


# V24, flows ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure_", "codes"),
    [
        (flow(*[MONTHLY] * 8, MONTHLY), []),
        (flow(*[MONTHLY] * 8, 2 * MONTHLY), []),
        (flow(*[MONTHLY] * 8, MONTHLY // 2), []),
        (flow(*[MONTHLY] * 8, 2 * MONTHLY + 1), ["V24 W"]),
        (flow(*[MONTHLY] * 8, MONTHLY // 2 - 1), ["V24 W"]),
        (flow(*[1, 300] * 4, 300), []),
        (flow(*[MONTHLY] * 8, 3 * MONTHLY, peers=spread("2.5", 4)), []),
        (flow(*[MONTHLY] * 8, 5 * MONTHLY, peers=spread("2.5", 4)), ["V24 W"]),
        (flow(*[MONTHLY] * 8, 3 * MONTHLY, peers=spread("2.5", 4, count=3)), ["V24 W"]),
        (flow(MONTHLY, 9 * MONTHLY), []),
        (flow(MONTHLY, 10 * MONTHLY + 1), ["V24 W"]),
        (flow(10 * MONTHLY + 10, MONTHLY), ["V24 W"]),
        (flow(MONTHLY), []),
        (flow(1, 60), []),
        (flow(*[MONTHLY] * 8, -1), ["V03 W"]),
        (flow(*[MONTHLY] * 8, 0), ["V25 W"]),
    ],
)
def test_a_months_own_figure_moves_as_usual_or_is_explained(figure_, codes):
    assert found(figure_) == codes


def test_a_months_jump_beyond_ten_times_is_always_asked_about():
    """F-20: whatever is usual beside the unit."""
    assert found(flow(*[MONTHLY] * 8, 11 * MONTHLY, peers=spread("0.01", 100))) == ["V24 W"]


def test_a_slip_of_the_unit_is_not_asked_about_twice():
    assert found(flow(*[MONTHLY] * 8, 80_000 * MONTHLY)) == ["V10 E"]


def test_a_gap_in_the_series_has_no_move():
    whole = flow(*[MONTHLY] * 8, 9 * MONTHLY)
    gap = {month: value for month, value in whole.history.items() if month != 7}

    assert found(whole) == ["V24 W"]
    assert found(figure("T01", whole.value, month=9, history=gap, previous_value=8 * MONTHLY)) == []


def test_a_quarters_figure_is_held_against_the_quarter_before():
    history = {3: Decimal(MONTHLY), 6: Decimal(2 * MONTHLY)}
    facts = {"frequency": 3, "history": history, "previous_value": 2 * MONTHLY, "previous_month": 6}

    assert found(figure("T05", 4 * MONTHLY, month=9, **facts)) == []
    assert found(figure("T05", 13 * MONTHLY, month=9, **facts)) == ["V24 W"]


def test_the_sentence_says_how_many_times_and_what_is_usual():
    """UX-08: 12 times last month; usual 0.5-2."""
    (finding,) = check(report(flow(*[MONTHLY] * 8, 12 * MONTHLY)))

    assert sentence(finding.template, finding.params, finding.shown_as) == (
        "T01的本期数 120万人 是上期 10万人 的 12 倍（往常 0.5 至 2 倍）。请核对；属实的，请写明原因。"
    )


# V24, levels -----------------------------------------------------------------------------------

STEADY = [WAN * (1_000 + 5 * month) for month in range(9)]


@pytest.mark.parametrize(
    ("figure_", "codes"),
    [
        (level(*STEADY), []),
        (level(*STEADY[:-1], STEADY[-2] * 102 // 100), []),
        (level(*STEADY[:-1], STEADY[-2] * 104 // 100), ["V24 W"]),
        (level(*STEADY[:-1], STEADY[-2] * 104 // 100, peers=spread("1.0", "1.05")), []),
        (level(*STEADY[:-1], STEADY[-2] * 110 // 100), ["V08 W"]),
        (level(*STEADY[-3:-1], STEADY[-2] * 104 // 100), []),
        (level(0, 0), []),
    ],
)
def test_a_level_grows_as_usual_or_is_explained(figure_, codes):
    assert found(figure_) == codes


def test_the_sentence_on_a_level_tells_its_growth_and_the_usual_one():
    (finding,) = check(report(level(*STEADY[:-1], STEADY[-2] * 104 // 100)))

    assert sentence(finding.template, finding.params, finding.shown_as) == (
        "T10的期末数 1076.4万人 比上期 1035万人 变动 4.00%（往常 −2.00% 至 2.00%）。请核对；属实的，请写明原因。"
    )


def test_what_is_usual_is_data():
    wide = RuleLimits(usual_high=Decimal(20), jump=Decimal(20))

    assert found(flow(*[MONTHLY] * 8, 12 * MONTHLY), limits=wide) == []


@given(st.lists(st.integers(1_000, 10**9), min_size=2, max_size=12))
def test_a_month_within_half_and_twice_the_one_before_is_never_asked_about(amounts):
    amounts[-1] = min(max(amounts[-1], amounts[-2] // 2 + 1), amounts[-2] * 2)

    assert "V24 W" not in found(flow(*amounts))


# V25 and V26 -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure_", "is_correction", "codes"),
    [
        (figure("T10", 80 * WAN, previous_value=80 * WAN), False, ["V25 W"]),
        (figure("T01", 80 * WAN, previous_value=80 * WAN), False, ["V25 W"]),
        (figure("T01", 80 * WAN, previous_value=80 * WAN), True, []),
        (figure("T01", 80 * WAN + 1, previous_value=80 * WAN), False, []),
        (figure("T01", 999, previous_value=999), False, []),
        (figure("T01", 0, previous_value=0), False, []),
        (figure("T01", state="NOT_APPLICABLE"), False, []),
    ],
)
def test_a_figure_that_repeats_the_last_one_to_the_last_digit_is_explained(figure_, is_correction, codes):
    assert found(figure_, is_correction=is_correction) == codes


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ((5_000, 5_000, 5_000), ["V26 W"]),
        ((5_000, 5_000, 5_001), []),
        ((5_000, 5_000), []),
        ((0, 0, 0), []),
        ((5_000, 5_000, 0, 5_000), ["V26 W"]),
    ],
)
def test_a_report_filled_with_one_number_is_explained(values, codes):
    figures = [figure(code, value) for code, value in zip(["T01", "T10", "T11", "T12"], values, strict=False)]

    assert found(*figures) == codes


def test_one_number_in_rates_and_pilots_is_no_fill():
    others = figure("T13", 1), figure("T18", 1, note="已督办"), figure("T01", 1), figure("T10", 1)

    assert found(*others, figure("T11", 1)) == ["V26 W"]
    assert found(*others) == []
