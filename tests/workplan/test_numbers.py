"""The number grammar: every row of the catalogue of bad inputs."""

import pickle
from decimal import Decimal

import pytest

from tests.timing import cheapest
from workplan.lib.numbers import (
    Note,
    NumberRefused,
    chinese_numeral,
    from_json_number,
    is_blank,
    parse_number,
    quoted,
)

WAN = Decimal(10_000)


def refused(text, **field):
    """Return the refusal of a text."""
    with pytest.raises(NumberRefused) as caught:
        parse_number(text, **{"decimals": 4, **field})
    return caught.value


# The table of the grammar ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "notes"),
    [
        ("0", "0", []),
        ("12", "12", []),
        ("+12", "12", []),
        ("-0", "0", []),
        (".5", "0.5", []),
        ("12.50", "12.5", []),
        ("1,000", "1000", []),
        ("12,345,678.9", "12345678.9", []),
        ("1,234.50 ", "1234.5", []),
        ("\t12\r\n", "12", []),
        ("１２３", "123", ["full_width_cleaned"]),
        ("１２．３", "12.3", ["full_width_cleaned"]),
        ("１２．５", "12.5", ["full_width_cleaned"]),
        ("＋５", "5", ["full_width_cleaned"]),
        ("1，000", "1000", ["full_width_cleaned"]),
        ("　12", "12", ["invisible_cleaned"]),
        ("12\u00a0", "12", ["invisible_cleaned"]),
        ("\u2009\u200b\ufeff12\u2060", "12", ["invisible_cleaned"]),
        (" \u3000 12", "12", ["invisible_cleaned"]),
        ("00012", "12", ["leading_zeros"]),
        ("0,012", "12", ["leading_zeros"]),
        ("　００１２", "12", ["full_width_cleaned", "invisible_cleaned", "leading_zeros"]),
    ],
)
def test_a_number_is_read_exactly_and_what_was_tidied_is_said(text, value, notes):
    parsed = parse_number(text, decimals=4)

    assert (str(parsed.value), [note.code for note in parsed.notes]) == (value, notes)


@pytest.mark.parametrize(
    ("text", "code", "suggestion"),
    [
        ("1,00", "bad_grouping", None),
        ("1，00", "bad_grouping", None),
        ("1000,000", "bad_grouping", None),
        ("1,000,", "bad_grouping", None),
        ("1_000", "bad_grouping", "1000"),
        ("1'234", "bad_grouping", "1234"),
        ("1’234", "bad_grouping", "1234"),
        ("1 234", "has_inner_space", "1234"),
        ("1\u00a0234\u00a0567.5", "has_inner_space", "1234567.5"),
        ("12 5", "has_inner_space", None),
        ("12\u200b3", "has_inner_space", None),
        ("٣", "other_script_digits", "3"),
        ("१२", "other_script_digits", "12"),
        ("𝟙𝟚", "other_script_digits", "12"),
        ("5²", "other_script_digits", None),
        ("①", "other_script_digits", None),
        ("½", "other_script_digits", None),
        ("Ⅻ", "other_script_digits", None),
        ("1E2", "exponent", "100"),
        ("１e２", "exponent", "100"),
        ("1.5e-1", "exponent", "0.15"),
        ("1e-9999", "exponent", None),
        ("1e99999", "exponent", None),
        ("1e308", "over_maximum", None),
        ("5.", "trailing_point", "5"),
        ("1,000.", "trailing_point", "1000"),
        ("NaN", "not_finite", None),
        ("-Infinity", "not_finite", None),
        ("∞", "not_finite", None),
        ("12万", "has_unit", "120000"),
        ("1.2亿", "has_unit", "120000000"),
        ("3.5亿元", "has_unit", "350000000"),
        ("12 万人", "has_unit", "120000"),
        ("1,200人", "has_unit", "1200"),
        ("￥12", "has_unit", "12"),
        ("12%", "has_unit", "0.12"),
        ("１２％", "has_unit", "0.12"),
        ("4‰", "has_unit", "0.004"),
        ("12吨", "has_unit", None),
        ("12kg", "has_unit", None),
        ("12万5千", "has_unit", None),
        ("0x1F", "has_unit", None),
        ("十二", "chinese_numeral", "12"),
        ("壹佰", "chinese_numeral", "100"),
        ("三万五千", "chinese_numeral", "35000"),
        ("一万二", "chinese_numeral", None),
        ("三点五", "chinese_numeral", None),
        ("-5", "negative", None),
        ("－5", "negative", None),
        ("−5", "negative", None),
        ("- 5", "negative", None),
        ("(5)", "negative", None),
        ("（5.00）", "negative", None),
        ("5-", "negative", None),
        ("-12万", "negative", None),
        ("1000000000000000.1", "over_maximum", None),
        ("1.23456", "too_many_decimals", None),
        ("9" * 65, "too_long", None),
        ("", "blank", None),
        ("　\ufeff", "blank", None),
        ("12abc34", "has_unit", None),
        ("abc", "not_a_number", None),
        ("1.2.3", "not_a_number", None),
        ("+-5", "not_a_number", None),
        ("1-2", "not_a_number", None),
        ("约12", "not_a_number", None),
        ("=1+1", "not_a_number", None),
        ("\x00", "not_a_number", None),
        ("\ud800", "not_a_number", None),
    ],
)
def test_what_is_no_number_is_refused_with_its_reason(text, code, suggestion):
    refusal = refused(text)

    assert (refusal.code, refusal.suggestion) == (code, suggestion)


@pytest.mark.parametrize(
    "text",
    ["—", "–", "-", "－－", "/", "／", "无", "…", "……", "未统计", "同上", "N/A", "#N/A", "null", "*", "."],
)
def test_a_placeholder_is_never_zero(text):
    assert (refused(text).code, refused(text).suggestion) == ("is_placeholder", None)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("12万", "“12万”带有单位或文字，这一格只填数字。请填 120000。"),
        ("12吨", "“12吨”带有单位或文字，这一格只填数字。请按表头的单位换算后重填。"),
        ("－5", "“－5”是负数，这一格的数必须 ≥ 0。请核对后重填。"),
        ("—", "“—”不是数字。没有数据请留空，或选择“未报”并写明原因；没有发生请填 0。"),
        (
            "1.23456",
            "“1.23456”的小数位数过多，这一格最多 4 位小数。系统不代为四舍五入，请按实际数重填。",
        ),
        (
            "2000000000000000",
            "“2000000000000000”超过这一格允许的最大值 1,000,000,000,000,000。请核对位数和单位后重填。",
        ),
    ],
)
def test_the_sentence_says_what_is_wrong_and_the_way_out(text, sentence):
    assert str(refused(text)) == sentence


def test_a_note_says_how_the_text_was_read():
    (note,) = parse_number("００12", decimals=0, scale=WAN).notes[1:]

    assert isinstance(note, Note)
    assert note.template % note.params == "“００12”开头多出的 0 已去掉，读作 12，请核对。"


def test_a_whole_field_says_that_it_takes_whole_numbers():
    refusal = refused("1.23456", decimals=0)

    assert refusal.code == "too_many_decimals"
    assert str(refusal) == "“1.23456”带有小数，这一格只填整数。系统不代为四舍五入，请按实际数重填。"


@pytest.mark.parametrize(
    ("text", "limits", "suggestion"),
    [
        ("1983.4703", {"decimals": 0}, "19834703"),
        ("1983.4703", {"decimals": 2}, "19834703"),
        ("0.00001", {"decimals": 0}, None),
        ("0.5", {"decimals": 0, "maximum": Decimal(1)}, None),
        ("1.23456", {"decimals": 4}, None),
        ("0.00001", {"decimals": 0, "scale": WAN}, None),
    ],
)
def test_decimals_where_none_are_taken_were_probably_typed_in_wan(text, limits, suggestion):
    refusal = refused(text, **limits)

    assert (refusal.code, refusal.suggestion) == ("too_many_decimals", suggestion)
    assert ("万" in str(refusal)) is (suggestion is not None)


# The field -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [("193.01", "1930100"), ("0.0001", "1"), ("904.0", "9040000"), ("1.00000", "10000"), ("0", "0")],
)
def test_a_figure_typed_in_wan_is_stored_in_persons_exactly(text, value):
    assert str(parse_number(text, decimals=0, scale=WAN).value) == value


def test_a_figure_in_wan_may_not_be_finer_than_one_person():
    refusal = refused("0.00001", decimals=0, scale=WAN)

    assert (refusal.code, refusal.params["places"]) == ("too_many_decimals", "4")


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("12万", "12"),
        ("1.2亿", "12000"),
        ("12人", "0.0012"),
        ("十二", "12"),
        ("十二万", "12"),
        ("0.5人", None),
    ],
)
def test_a_suggestion_is_in_the_unit_that_is_typed(text, suggestion):
    assert refused(text, decimals=0, scale=WAN).suggestion == suggestion


def test_a_rate_typed_in_percent_is_stored_as_a_fraction():
    percent = {"decimals": 4, "scale": Decimal("0.01")}

    assert parse_number("4.6", **percent).value == Decimal("0.046")
    assert refused("4.6%", **percent).suggestion == "4.6"
    assert refused("4.655", **percent).params["places"] == "2"


def test_a_field_that_takes_negatives_takes_the_minus_only():
    field = {"minimum": Decimal(-10)}

    assert parse_number("－5", decimals=0, **field).value == Decimal(-5)
    assert (refused("(5.00)", **field).code, refused("(5.00)", **field).suggestion) == (
        "negative_notation",
        "-5",
    )
    assert refused("5-", **field).suggestion == "-5"
    assert refused("(50)", **field).suggestion is None
    assert (refused("-11", **field).code, refused("-11", **field).params["minimum"]) == (
        "under_minimum",
        "-10",
    )


def test_the_limits_of_a_field_belong_to_it():
    field = {"minimum": Decimal(1), "maximum": Decimal(3), "decimals": 0}

    assert [parse_number(text, **field).value for text in "13"] == [Decimal(1), Decimal(3)]
    assert [refused(text, **field).code for text in "04"] == ["under_minimum", "over_maximum"]


def test_trailing_zeros_are_no_decimals():
    assert parse_number("310000.000000", decimals=0).value == Decimal(310_000)


# Long and hostile texts ------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["9" * 5_000, "-" * 5_000, "9," * 2_500, "零" * 5_000, "1e" + "9" * 5_000])
def test_a_text_of_5000_characters_is_refused_in_10_ms(text):
    assert refused(text).code == "too_long"
    assert cheapest(lambda: refused(text)) < 0.010


@pytest.mark.parametrize("text", ["9" * 64, "," * 64, "9," * 32, "零" * 64, "1e" + "9" * 62, "1 " * 32, "¥" * 64])
def test_the_longest_text_that_is_examined_is_refused_in_10_ms(text):
    assert refused(text).params["value"] == text[:39] + "…"
    assert cheapest(lambda: refused(text)) < 0.010


def test_a_refused_text_is_quoted_without_what_could_act():
    assert quoted("a\u202eb\x00c\ud800d\u3000e") == "a\ufffdb\ufffdc\ufffdd e"


def test_a_refusal_survives_a_journey_to_another_process():
    refusal = pickle.loads(pickle.dumps(refused("12万")))  # noqa: S301 -- our own

    assert (refusal.code, str(refusal)) == ("has_unit", str(refused("12万")))


# JSON and cells --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (0, "0"),
        (310_000, "310000"),
        (310_000.0, "310000"),
        (0.1 + 0.2, "0.3"),
        (1e2, "100"),
        (1e15 + 0.3, "1000000000000000"),
        (-0.0, "0"),
        (Decimal("-0.0"), "0"),
        (Decimal("1E+2"), "100"),
        (Decimal("0.3000"), "0.3"),
        ("1，234.50", "1234.5"),
    ],
)
def test_a_json_number_counts_by_its_value(value, stored):
    assert str(from_json_number(value, decimals=4).value) == stored


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (True, "not_a_number", "true"),
        (False, "not_a_number", "false"),
        ([1], "not_a_number", "[…]"),
        ({"a": 1}, "not_a_number", "{…}"),
        (b"1", "not_a_number", "bytes"),
        (None, "blank", ""),
        ("", "blank", ""),
        (float("nan"), "not_finite", "NaN"),
        (float("-inf"), "not_finite", "-Infinity"),
        (Decimal("sNaN"), "not_finite", "sNaN"),
        (1e308, "over_maximum", "1E+308"),
        (10**4_000, "over_maximum", "1" + "0" * 38 + "…"),
        (Decimal("1e999999999999"), "over_maximum", "1E+999999999999"),
        (-1, "negative", "-1"),
        (1 / 3, "too_many_decimals", "0.333333333333333"),
        (Decimal("1e-999999999999"), "too_many_decimals", "1E-999999999999"),
        (Decimal("0.30000000000000004"), "too_many_decimals", "0.30000000000000004"),
        ("1E2", "exponent", "1E2"),
        ("12万", "has_unit", "12万"),
    ],
)
def test_what_json_may_hold_instead_is_refused_in_words(value, code, shown):
    with pytest.raises(NumberRefused) as caught:
        from_json_number(value, decimals=4)

    assert (caught.value.code, caught.value.params["value"]) == (code, shown)


def test_a_json_number_in_a_typing_unit_is_scaled():
    assert from_json_number(193.01, decimals=0, scale=WAN).value == Decimal(1_930_100)


@pytest.mark.parametrize(
    ("text", "blank"), [(None, True), ("", True), (" 　\u200b", True), ("0", False), ("-", False), (0, False)]
)
def test_blank_is_not_zero(text, blank):
    assert is_blank(text) is blank


# Chinese numerals ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("零", 0),
        ("十", 10),
        ("二十一", 21),
        ("一百零二", 102),
        ("一百二十", 120),
        ("三千零五十", 3_050),
        ("两万", 20_000),
        ("一亿零三万", 100_030_000),
        ("玖仟捌佰柒拾陆萬", 98_760_000),
        ("二〇〇七", 2_007),
        ("一百二", None),
        ("万", None),
        ("十十", None),
        ("一万一亿", None),
        ("百", None),
    ],
)
def test_a_chinese_numeral_is_read_where_readers_agree(text, value):
    assert chinese_numeral(text) == value
