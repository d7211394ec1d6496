"""The plausibility rules: for every code what is accepted, what is refused, and with which words."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from submissions.rules import Severity, Suggestion, check
from tests.submissions.rule_facts import WAN, figure, found, rate, report

# V01 and V04: a part is at most the whole ------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "part", "whole", "is_accepted"),
    [
        ("V01", figure("T03", 100), figure("T02", 500), True),
        ("V01", figure("T03", 500), figure("T02", 500), True),
        ("V01", figure("T03", 501), figure("T02", 500), False),
        ("V01", figure("T03", 1), figure("T02", 0), False),
        ("V01", figure("T03", 501), figure("T02", state="NOT_REPORTED", note="系统故障"), True),
        ("V01", figure("T03", state="NOT_REPORTED", note="系统故障"), figure("T02", 500), True),
        ("V01", figure("T03", 501), figure("T01", 500), True),
        ("V04", figure("T16", 170), figure("T10", 170), True),
        ("V04", figure("T16", 171), figure("T10", 170), False),
        ("V04", figure("T17", 112), figure("T11", 111), False),
        ("V04", figure("T17", 112), figure("T10", 111), True),
    ],
)
def test_a_part_is_at_most_the_whole(code, part, whole, is_accepted):
    assert found(part, whole) == ([] if is_accepted else [f"{code} E"])


def test_the_sentence_on_a_part_names_both_figures():
    (finding,) = check(report(figure("T03", 501), figure("T02", 500)))

    assert finding.key == "V01:T03"
    assert finding.template == (
        "%(indicator)s是%(whole)s的其中数，%(value)s 不能大于 %(whole_value)s，现多出 %(difference)s。请核对这两个数。"
    )
    assert finding.params == {
        "indicator": "T03",
        "whole": "T02",
        "value": Decimal(501),
        "whole_value": Decimal(500),
        "difference": Decimal(1),
    }
    assert finding.shown_as == {
        "indicator": "INDICATOR",
        "whole": "INDICATOR",
        "value": "PERSON",
        "whole_value": "PERSON",
        "difference": "PERSON",
    }


# V03: a year-to-date value does not fall -------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"value": 900, "previous_value": 800}, []),
        ({"value": 800, "previous_value": 800}, []),
        ({"value": 799, "previous_value": 800}, ["V03 W"]),
        ({"value": 0, "previous_value": 800}, ["V03 W"]),
        ({"value": 799}, []),
        ({"value": 799, "previous_value": 800, "is_correction": True}, []),
        ({"value": 799, "previous_value": 800, "month": 1, "previous_month": 12}, []),
        ({"previous_value": 800, "state": "NOT_APPLICABLE"}, []),
    ],
)
def test_a_year_to_date_value_that_falls_needs_an_explanation(facts, codes):
    assert found(figure("T01", **facts)) == codes


def test_a_correction_may_lower_a_year_to_date_value():
    assert found(figure("T01", 799, previous_value=800), is_correction=True) == []


def test_the_sentence_on_a_fall_names_the_month_it_falls_from():
    (finding,) = check(report(figure("T01", 799, previous_value=800, previous_month=6)))

    assert finding.params == {
        "indicator": "T01",
        "value": Decimal(799),
        "sum": Decimal(1599),
        "previous_value": Decimal(800),
        "previous_month": 6,
    }


# V06 and V07: rates ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure_", "codes"),
    [
        (rate("T04", 46), []),
        (rate("T04", 5), []),
        (rate("T04", 80), []),
        (rate("T04", 4), ["V06 W"]),
        (rate("T04", 81), ["V06 W"]),
        (rate("T04", 0), ["V06 W"]),
        (rate("T04", 1_001), ["V06 E"]),
        (rate("T04", 0, 0), ["V06 E"]),
        (rate("T04", 51, previous_numerator=46, previous_denominator=1_000), []),
        (rate("T04", 41, previous_numerator=46, previous_denominator=1_000), []),
        (rate("T04", 52, previous_numerator=46, previous_denominator=1_000), ["V06 W"]),
        (rate("T04", 40, previous_numerator=46, previous_denominator=1_000), ["V06 W"]),
        (rate("T04", 90, previous_numerator=46, previous_denominator=1_000), ["V06 W"]),
        (rate("T04", 90, previous_numerator=88, previous_denominator=1_000), ["V06 W"]),
        (figure("T04", state="NOT_REPORTED", note="系统故障"), []),
        (rate("T14", 1_000), []),
        (rate("T14", 600), []),
        (rate("T14", 599), ["V07 W"]),
        (rate("T14", 1_001), ["V07 E"]),
        (rate("T14", 5, 0), ["V07 E"]),
        (figure("T14", state="NOT_APPLICABLE"), []),
    ],
)
def test_a_rate_is_possible_and_plausible(figure_, codes):
    assert found(figure_) == codes


@pytest.mark.parametrize(
    ("numerator", "shown"),
    [
        (90, {"rate", "low", "high", "jump", "previous_rate"}),
        (52, {"rate", "low", "high", "jump", "previous_rate"}),
    ],
)
def test_a_rate_out_of_range_and_far_from_before_is_one_finding(numerator, shown):
    (finding,) = check(report(rate("T04", numerator, previous_numerator=46, previous_denominator=1_000)))

    assert set(finding.params) == {"indicator", *shown}
    assert finding.template % finding.params
    assert ("之间" in finding.template, "个百分点" in finding.template) == (numerator == 90, True)


def test_rates_are_judged_unrounded():
    assert found(rate("T04", 80_001, 1_000_000)) == ["V06 W"]
    assert found(rate("T04", 51_001, 1_000_000, previous_numerator=46_000, previous_denominator=1_000_000)) == ["V06 W"]


# V08: levels -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"value": 105, "previous_value": 100}, []),
        ({"value": 98, "previous_value": 100}, []),
        ({"value": 106, "previous_value": 100}, ["V08 W"]),
        ({"value": 97, "previous_value": 100}, ["V08 W"]),
        ({"value": 0, "previous_value": 100}, ["V08 W"]),
        ({"value": 100, "previous_value": 0}, []),
        ({"value": 106}, []),
        ({"value": 106, "baseline_value": 100}, []),
        ({"value": 105, "previous_value": 100, "month": 2}, []),
        ({"previous_value": 100, "state": "NOT_REPORTED", "note": "系统故障"}, []),
    ],
)
def test_a_level_moves_as_usual_or_is_explained(facts, codes):
    assert found(figure("T10", **facts)) == codes


@pytest.mark.parametrize(("value", "meant"), [(1_010, 101), (10, 100), (300, None), (1_013, None), (20, None)])
def test_a_digit_too_many_or_too_few_is_offered_without(value, meant):
    (finding,) = check(report(figure("T10", value=value, previous_value=100)))

    assert finding.code == "V08"
    assert (finding.suggestion and finding.suggestion.value) == meant
    assert ("疑似多打或漏打了一位" in finding.template) is (meant is not None)


@pytest.mark.parametrize(
    ("facts", "words", "limit"),
    [
        ({"value": 106, "previous_value": 100}, ("%(previous_month)s的", "增加"), "0.05"),
        ({"value": 97, "previous_value": 100}, ("%(previous_month)s的", "减少"), "0.02"),
        ({"value": 104, "baseline_value": 100, "month": 1}, ("上年末基数", "相差"), "0.03"),
    ],
)
def test_the_sentence_on_a_level_says_from_where_and_which_way(facts, words, limit):
    (finding,) = check(report(figure("T10", **facts)))

    assert [word in finding.template for word in words] == [True, True]
    assert finding.params["limit"] == Decimal(limit)


# V09: January ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"value": 103, "baseline_value": 100, "month": 1}, []),
        ({"value": 97, "baseline_value": 100, "month": 1}, []),
        ({"value": 104, "baseline_value": 100, "month": 1}, ["V09 W"]),
        ({"value": 96, "baseline_value": 100, "month": 1}, ["V09 W"]),
        ({"value": 104, "month": 1}, []),
        ({"value": 104, "baseline_value": 0, "month": 1}, []),
        ({"value": 200, "baseline_value": 100, "month": 2}, []),
        ({"baseline_value": 100, "month": 1, "state": "NOT_REPORTED", "note": "系统故障"}, []),
    ],
)
def test_a_january_level_is_near_the_december_baseline(facts, codes):
    assert found(figure("T10", **facts)) == codes


# V10: order of magnitude -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure_", "codes"),
    [
        (figure("T01", 50_000, previous_value=1_000), []),
        (figure("T01", 50_001, previous_value=1_000), ["V10 E"]),
        (figure("T01", 90, previous_value=80 * WAN), ["V10 E"]),
        (figure("T01", 20, previous_value=1_000), ["V03 W"]),
        (figure("T01", 0, previous_value=80 * WAN), ["V03 W"]),
        (figure("T01", 80 * WAN, previous_value=0), []),
        (figure("T01", 90 * WAN * WAN, previous_value=80 * WAN, month=1, previous_month=12), []),
        (figure("T10", 100 * WAN, previous_value=100), ["V10 E"]),
        (figure("T10", 100 * WAN, baseline_value=100, month=1), ["V10 E"]),
        (figure("T01", 60, previous_value=1), []),
        (figure("T01", 999, previous_value=1), []),
        (figure("T01", 1_000, previous_value=1), ["V10 E"]),
        (rate("T04", 46, previous_numerator=46 * WAN, previous_denominator=1_000 * WAN), ["V10 E", "V10 E"]),
        (rate("T04", 46, previous_numerator=2, previous_denominator=43), []),
        (rate("T04", 46, previous_numerator=46, previous_denominator=1_000), []),
        (figure("T13", 1, previous_value=0), []),
        (figure("T18", 5_000, previous_value=1, note="已督办"), []),
    ],
)
def test_a_figure_keeps_its_order_of_magnitude(figure_, codes):
    assert found(figure_) == codes


@pytest.mark.parametrize(
    ("value", "previous", "slip", "intended"),
    [
        (90 * WAN * WAN, 80 * WAN, "多了约一万倍", 90 * WAN),
        (90 * WAN * WAN, 80, "多了约一亿倍", 90),
        (90, 80 * WAN, "只有约万分之一", 90 * WAN),
        (90, 80 * WAN * WAN, "只有约亿分之一", 90 * WAN * WAN),
    ],
)
def test_a_slip_of_wan_or_yi_is_named_with_what_was_probably_meant(value, previous, slip, intended):
    finding = check(report(figure("T01", value, previous_value=previous)))[-1]

    assert (finding.params["part"], finding.params["slip"]) == ("数值", slip)
    assert finding.params["intended"] == intended
    assert finding.shown_as["intended"] == "PERSON"
    assert finding.suggestion == Suggestion("value", Decimal(intended))


def test_another_factor_is_refused_without_a_guess():
    finding = check(report(figure("T01", 60_000, previous_value=100)))[-1]

    assert (finding.params["low"], finding.params["high"]) == (Decimal("0.02"), Decimal(50))
    assert ("intended" in finding.params, finding.suggestion) == (False, None)


@pytest.mark.parametrize(("decimals", "suggested"), [(0, None), (2, Decimal("4581234.56"))])
def test_only_what_could_be_filed_is_suggested(decimals, suggested):
    slipped = figure("T01", 45_812_345_600, previous_value=450 * WAN, decimals=decimals)

    finding = check(report(slipped))[-1]

    assert finding.code == "V10"
    assert (finding.suggestion and finding.suggestion.value) == suggested


def test_each_part_of_a_rate_that_slipped_is_named():
    findings = check(
        report(rate("T04", 46, 1_000 * WAN, previous_numerator=46 * WAN, previous_denominator=1_000 * WAN))
    )

    assert [(one.code, one.params.get("part")) for one in findings] == [("V06", None), ("V10", "分子")]
    assert findings[1].shown_as["value"] == "NUMBER"
    assert findings[1].suggestion == Suggestion("numerator", Decimal(46 * WAN))


# V16: zero tolerance ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"value": 0}, []),
        ({"value": 0, "persons": 0}, []),
        ({"value": 5_000, "persons": 3, "note": "月底前补发"}, []),
        ({"value": 5_000, "persons": 3}, ["V16 E"]),
        ({"value": 5_000, "persons": 3, "note": " "}, ["V16 E"]),
        ({"value": 5_000, "note": "月底前补发"}, ["V16 E"]),
        ({"value": 5_000, "persons": 0, "note": "月底前补发"}, ["V16 E"]),
        ({"value": 5_000}, ["V16 E", "V16 E"]),
        ({"value": 0, "persons": 3, "note": "月底前补发"}, ["V16 E"]),
        ({"persons": 3, "note": "月底前补发"}, ["V16 E", "V19 E"]),
    ],
)
def test_arrears_come_with_persons_and_a_remedy(facts, codes):
    assert found(figure("T18", has_persons=True, **facts)) == codes


def test_an_indicator_that_asks_for_no_persons_needs_only_the_remedy():
    assert found(figure("T18", 5_000, note="月底前补发", has_persons=False)) == []


# V19: what is due is answered ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"value": 0}, []),
        ({"value": 1}, []),
        ({"state": "NOT_REPORTED", "note": "系统故障，15 日补报"}, []),
        ({"state": "NOT_APPLICABLE"}, []),
        ({"state": None, "due": False}, []),
        ({"state": None}, ["V19 E"]),
        ({"state": None, "note": "系统故障"}, ["V19 E"]),
        ({"state": "REPORTED"}, ["V19 E"]),
        ({"state": "NOT_REPORTED"}, ["V19 E"]),
        ({"state": "NOT_REPORTED", "note": " \n"}, ["V19 E"]),
    ],
)
def test_a_due_figure_is_answered(facts, codes):
    assert found(figure("T01", **facts)) == codes


@pytest.mark.parametrize("part", ["numerator", "denominator"])
def test_one_part_of_a_rate_is_no_answer(part):
    (finding,) = check(report(figure("T04", **{part: 46})))

    assert (finding.key, finding.severity) == ("V19:T04", Severity.ERROR)
    assert finding.template == "%(indicator)s只填了分子和分母中的一个。请两个都填。"


# V20, V22 and V23 ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"value": 203, "previous_value": 142, "separate": 61}, ["V08 W", "V20 W"]),
        ({"value": 143, "previous_value": 142, "separate": 61}, []),
        ({"value": 230, "previous_value": 142, "separate": 61}, ["V08 W"]),
        ({"value": 203, "previous_value": 142}, ["V08 W"]),
        ({"value": 203, "separate": 61}, []),
        ({"value": 145, "previous_value": 142, "separate": 3}, []),
        ({"previous_value": 142, "separate": 61, "state": "NOT_APPLICABLE"}, []),
    ],
)
def test_a_level_that_took_in_the_corps_is_asked_about(facts, codes):
    assert found(figure("T10", **facts)) == codes


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"value": 103, "flash": 100}, []),
        ({"value": 97, "flash": 100}, []),
        ({"value": 104, "flash": 100}, ["V23 W"]),
        ({"value": 96, "flash": 100}, ["V23 W"]),
        ({"value": 96}, []),
        ({"value": 96, "flash": 0}, []),
        ({"flash": 100, "state": "NOT_APPLICABLE"}, []),
    ],
)
def test_a_final_figure_is_near_its_flash(facts, codes):
    assert found(figure("T01", month=12, **facts)) == codes


@pytest.mark.parametrize(
    ("days", "is_correction", "codes"),
    [(0, False, []), (-3, False, []), (1, False, ["V22 I"]), (1, True, [])],
)
def test_a_late_report_is_told_and_not_held_up(days, is_correction, codes):
    due = date(2007, 10, 8)
    handed_in = due + timedelta(days=days)

    assert found(figure("T01", 1), due_on=due, handed_in_on=handed_in, is_correction=is_correction) == codes


def test_lateness_is_said_of_the_report_and_not_of_a_figure():
    (finding,) = check(report(due_on=date(2007, 10, 8), handed_in_on=date(2007, 10, 10)))

    assert (finding.key, finding.params["days"]) == ("V22:", 2)


@pytest.mark.parametrize("known", [{"due_on": date(2007, 10, 8)}, {"handed_in_on": date(2007, 10, 9)}, {}])
def test_a_report_not_handed_in_is_not_late(known):
    assert found(figure("T01", 1), **known) == []
