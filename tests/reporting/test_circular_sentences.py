"""What a circular says, held against rows worked out by hand (UX-39, domain.md 5.1 and 5.3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import ReportingUnit
from reporting.circular import sentences
from reporting.circular.bulletin import in_chinese
from tests.reporting.rows import row

NATION = ReportingUnit(code="000000", short_name="全国", kind="NATION", position=0)


def nation(kind: str, bound: str | None, target: object, value: object, **given: object):
    return row(kind, bound, target, value, unit=NATION, **given)


def units(*values: object, kind: str = "FLOW", bound: str = "AT_LEAST", target: object = 100):
    """Return a row per value, ranked in the order given."""
    return [
        row(kind, bound, target, value, unit=ReportingUnit(code=f"{n}10000", short_name=f"{n}省", position=n), rank=n)
        for n, value in enumerate(values, start=1)
    ]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (
            nation("FLOW", "AT_LEAST", 9_000_000, 9_042_000),
            "1—9月，全国累计实现904.2万人，完成全年目标任务（900万人）的100%，高于序时进度25.5个百分点。",
        ),
        (
            nation("FLOW", "AT_LEAST", 9_000_000, 8_999_900),
            "1—9月，全国累计实现900万人，完成全年目标任务（900万人）的99%，高于序时进度25.0个百分点。",
        ),
        (
            nation("FLOW", "AT_LEAST", 1_200, 900, n_due=30, n_carried=3),
            "1—9月，全国累计实现900人（含3个单位上期数），完成全年目标任务（1200人）的75%，与序时进度持平。",
        ),
        (
            nation("FLOW", "AT_LEAST", 9_000_000, 600_000, month=1),
            "1月，全国累计实现60万人，完成全年目标任务（900万人）的7%，低于序时进度1.7个百分点。",
        ),
        (
            nation("FLOW", "AT_LEAST", 9_000_000, 12_040_000, month=12),
            "全年，全国累计实现1204万人，完成全年目标任务（900万人）的134%，高于序时进度33.8个百分点。",
        ),
        (
            nation("STOCK", "AT_LEAST", 195_000_000, 193_000_000, baseline=187_660_000),
            "9月末，全国达到1.93亿人，为全年目标（1.95亿人）的99%，完成全年净增任务的73%，低于序时进度2.2个百分点。",
        ),
        (
            nation("STOCK", "AT_LEAST", 195_000_000, 193_000_000),
            "9月末，全国达到1.93亿人，为全年目标（1.95亿人）的99%。",
        ),
        (
            nation("RATIO", "AT_MOST", "0.046", "0.04", baseline="0.041"),
            "9月末，全国为4.0%，比上年末下降0.1个百分点，低于4.6%的控制目标0.6个百分点。",
        ),
        (
            nation("RATIO", "AT_MOST", "0.046", "0.047", baseline="0.047"),
            "9月末，全国为4.7%，与上年末持平，突破4.6%的控制目标0.1个百分点。",
        ),
        (
            nation("RATIO", "AT_MOST", "0.046", "0.0409999", baseline="0.041"),
            "9月末，全国为4.1%，与上年末持平，低于4.6%的控制目标0.5个百分点。",
        ),
        (nation("RATIO", "AT_LEAST", "0.9", "0.854"), "9月末，全国为85.4%，距90.0%的目标还差4.6个百分点。"),
        (nation("RATIO", "AT_LEAST", "0.9", "0.91"), "9月末，全国为91.0%，高于90.0%的目标1.0个百分点。"),
        (nation("COUNT", "EXACTLY", 9, 3), "9月末，全国已完成3个，完成全年目标（9个）的33%。"),
        (nation("ZERO", "AT_MOST", 0, 0), "9月末，全国没有发生。"),
        (
            nation("ZERO", "AT_MOST", 0, "125000.5", persons=12),
            "9月末，全国为12.5万元，涉及12人，突破零容忍要求。",
        ),
        (nation("FLOW", None, None, 53), "1—9月，全国累计53人。"),
        (nation("FLOW", "AT_LEAST", 100, None), "1—9月，尚无已通过审核的数据。"),
    ],
)
def test_ux39_a_sentence_says_what_the_row_says_in_the_words_of_circulars(told, words):
    assert sentences.standing(told) == words


def test_a_zero_paid_back_is_still_told():
    told = nation("ZERO", "AT_MOST", 0, 0, first_amount_month=3)

    assert sentences.standing(told) == "9月末，全国现已清零，但年内曾经发生。"


def test_a_quarterly_figure_is_told_with_its_own_months():
    told = nation("FLOW", "AT_LEAST", 400, 210, month=8, value_month=date(2007, 6, 1), n_due=0)

    assert sentences.standing(told).startswith("1—6月，")


# The units -------------------------------------------------------------------------------------


def test_every_unit_that_is_done_or_behind_is_counted_and_named():
    said = sentences.by_region(units(120, 100, 80, 70, 30, None))

    assert said == (
        "分地区看，2个单位已完成全年目标（1省、2省），1个单位达到序时进度（3省），1个单位略有滞后（4省），"
        "1个单位滞后（5省），1个单位未报（6省）。"
    )


def test_a_large_group_is_told_by_the_names_of_all_others():
    said = sentences.by_region(units(*[120] * 13, 80, 30))

    assert said == "分地区看，13个单位已完成全年目标，1个单位达到序时进度（14省），1个单位滞后（15省）。"


def test_all_units_in_one_place_need_no_names():
    assert sentences.by_region(units(120, 110)) == "分地区看，2个单位全部已完成全年目标。"


def test_units_without_a_target_are_not_counted():
    assert sentences.by_region([row("FLOW", None, None, 5)]) == ""


def test_those_in_front_and_those_at_the_end_are_named_with_what_they_did():
    said = sentences.leaders(units(120, 110, 100, 90, 80, 70, 60, 50))

    assert said == "位居前列的是1省（120%）、2省（110%）、3省（100%），位居后列的是6省（70%）、7省（60%）、8省（50%）。"


def test_a_ceiling_is_ranked_by_what_is_left_below_it():
    rates = ["0.030", "0.031", "0.040", "0.041", "0.042", "0.043", "0.044", "0.047"]
    said = sentences.leaders(units(*rates, kind="RATIO", bound="AT_MOST", target="0.046"))

    assert said.startswith("位居前列的是1省（低于控制目标1.6个百分点）")
    assert said.endswith("8省（高于控制目标0.1个百分点）。")


@pytest.mark.parametrize(
    "rows",
    [
        units(*range(7)),
        units(*["0.9"] * 9, kind="RATIO", target="0.9"),
        units(*[0] * 9, kind="ZERO", bound="AT_MOST", target=0),
    ],
)
def test_few_units_zeros_and_rising_rates_have_no_leaders(rows):
    assert sentences.leaders(rows) == ""


def test_headings_count_beyond_ten():
    assert [in_chinese(number) for number in (1, 10, 11, 19, 20, 37)] == ["一", "十", "十一", "十九", "二十", "三十七"]


def test_a_share_just_below_the_target_never_reads_as_done():
    assert sentences.whole_percent(Decimal("0.99999")) == "99%"
