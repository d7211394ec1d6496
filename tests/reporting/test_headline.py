"""The sentence about one indicator, in the terms of its kind; and how verdicts are counted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from reporting.pages import headline
from reporting.pages.overview import laggards
from reporting.pages.words import accomplishment, freshness, gap_points, target_words
from submissions.models import ReportingMonth
from tests.reporting.rows import row


@pytest.mark.parametrize(
    ("stated", "sentence"),
    [
        (row("FLOW", "AT_LEAST", 9_000_000, 9_200_000), "指标920万人，完成年度目标的102.2%，快于序时进度27.2个百分点"),
        (row("FLOW", "AT_LEAST", 9_000_000, 6_000_000), "指标600万人，完成年度目标的66.7%，慢于序时进度8.3个百分点"),
        (row("FLOW", "AT_LEAST", 1200, 900), "指标900人，完成年度目标的75.0%，与序时进度持平"),
        (
            row("STOCK", "AT_LEAST", 195_000_000, 192_000_000, baseline=187_660_000),
            "指标1.92亿人，完成年度净增任务的59.1%，慢于序时进度15.9个百分点",
        ),
        (row("STOCK", "AT_LEAST", 100, 99, baseline=100), "指标99人，年度目标100人"),
        (row("RATIO", "AT_MOST", "0.046", "0.040"), "指标4.0%，低于4.6%的上限0.6个百分点"),
        (row("RATIO", "AT_MOST", "0.046", "0.052"), "指标5.2%，突破4.6%的上限0.6个百分点"),
        (row("RATIO", "AT_MOST", "0.046", "0.04604"), "指标4.6%，突破4.6%的上限0.004个百分点"),
        (row("RATIO", "AT_LEAST", "0.9", "0.854"), "指标85.4%，距90.0%的目标还差4.6个百分点"),
        (row("RATIO", "AT_LEAST", "0.9", "0.91"), "指标91.0%，高于90.0%的目标1.0个百分点"),
        (row("COUNT", "EXACTLY", 9, 4, planned_month=12), "指标已完成4个，年度目标9个"),
        (row("ZERO", "AT_MOST", 0, 0), "指标未发生"),
        (row("ZERO", "AT_MOST", 0, 0, first_amount_month=4), "指标现已清零，但年内曾经发生"),
        (row("ZERO", "AT_MOST", 0, 52_000, persons=31), "指标5.2万元，涉及31人，突破零容忍要求"),
        (row("FLOW", None, None, 120), "指标120人"),
        (row("FLOW", "AT_LEAST", 900, None), "指标尚无已通过审核的数据"),
    ],
)  # fmt: skip
def test_an_indicator_is_told_in_the_terms_of_its_kind(stated, sentence):
    assert headline.standing(stated) == sentence


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        (row("FLOW", "AT_LEAST", 900, "899.999"), "完成 99.9%"),
        (row("FLOW", "AT_LEAST", 900, 0), "完成 0.0%"),
        (row("FLOW", "AT_LEAST", 900, None), ""),
        (row("STOCK", "AT_LEAST", 100, 99, baseline=100), ""),
        (row("RATIO", "AT_MOST", "0.046", "0.040"), "余量 0.6 个百分点"),
        (row("RATIO", "AT_MOST", "0.046", "0.052"), "超出 0.6 个百分点"),
        (row("RATIO", "AT_LEAST", "0.9", "0.854"), "距目标 4.6 个百分点"),
        (row("RATIO", "AT_LEAST", "0.9", "0.95"), "高出目标 5.0 个百分点"),
        (row("ZERO", "AT_MOST", 0, 0), "未发生"),
        (row("ZERO", "AT_MOST", 0, 0, first_amount_month=4), "年内曾发生，现已清零"),
        (row("ZERO", "AT_MOST", 0, 7, persons=3), "涉及 3 人"),
        (row("FLOW", None, None, 120), ""),
    ],
)
def test_a_ceiling_is_never_accomplished_and_a_shortfall_never_whole(stated, words):
    assert accomplishment(stated) == words


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        (row("FLOW", "AT_LEAST", 9_000_000, 1), "目标 900万人"),
        (row("RATIO", "AT_MOST", "0.046", None), "上限 4.6%"),
        (row("ZERO", "AT_MOST", 0, 0), "不得发生"),
        (row("FLOW", None, None, 1), "无目标"),
    ],
)
def test_what_is_asked_is_said(stated, words):
    assert target_words(stated.target) == words


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, ""),
        ({"n_carried": 3}, "含3个单位上期数"),
        ({"n_due": 0, "n_reported": 0, "n_carried": 9, "value_month": date(2007, 6, 1)}, "2007年6月数据"),
    ],
)
def test_what_is_of_an_earlier_month_is_marked(given, words):
    assert freshness(row("FLOW", "AT_LEAST", 900, 450, **given)) == words


def test_a_missing_figure_is_not_stale():
    assert freshness(row("FLOW", "AT_LEAST", 900, None, n_carried=2)) == ""


@pytest.mark.parametrize(("delta", "text"), [("0.006", "0.6"), ("-0.006", "0.6"), ("0.00004", "0.004"), ("0", "0.0")])
def test_a_small_gap_is_not_written_as_none(delta, text):
    assert gap_points(Decimal(delta)) == text


def test_verdicts_are_counted_the_good_news_first():
    rows = [
        row("FLOW", "AT_LEAST", 1200, 800),
        row("RATIO", "AT_MOST", "0.046", "0.052"),
        row("FLOW", "AT_LEAST", 1200, 1200),
        row("FLOW", "AT_LEAST", 1200, 850),
        row("FLOW", None, None, 1),
    ]

    told = headline.targets_sentence(ReportingMonth(month=date(2007, 9, 1)), rows)

    assert told == "截至2007年9月，4项目标中1项已完成、1项略有滞后、1项滞后、1项突破。"


def test_units_in_trouble_are_counted_the_gravest_first():
    rows = [row("FLOW", "AT_LEAST", 1200, value) for value in (800, 850, None, 1200, 700)]

    assert headline.units_words(rows) == "2个单位滞后、1个单位略有滞后、1个单位未报"


def test_laggards_come_the_gravest_first_then_by_what_is_missing():
    mild, grave, worse = (row("FLOW", "AT_LEAST", 1200, value) for value in (850, 800, 100))
    broken = row("RATIO", "AT_MOST", "0.046", "0.052")

    listed = laggards([mild, grave, row("FLOW", "AT_LEAST", 1200, 1200), broken, worse], {})

    assert [one.row for one in listed] == [broken, worse, grave, mild]
    assert [one.gap for one in listed] == ["", "比序时进度少 800人", "比序时进度少 100人", "比序时进度少 50人"]
