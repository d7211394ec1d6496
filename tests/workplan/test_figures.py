"""How figures are shown: rounded once, half-up, never up to 100 %, in the reader's units."""

import random
from decimal import Decimal

import pytest
from django.db import connection
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from workplan.lib.numbers import parse_number
from workplan.lib.spreadsheets.formats import shown_otherwise
from workplan.templatetags.figures import (
    as_typed,
    exact,
    figure,
    number,
    percent,
    plain,
    points,
    round_half_up,
    sentence,
    signed,
    unit_label,
    wan,
)

WAN = 10_000


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def english():
    with translation.override("en"):
        yield


# Rounding --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_x41_ties_are_rounded_alike_by_page_database_and_sheet():
    """Over 100,000 values, half of them ties such as 0.125; the browser rounds nothing, it shows what it is sent."""
    chance = random.Random(41)
    ties = [Decimal(chance.randrange(-(10**9), 10**9) * 10 + 5).scaleb(-3) for _one in range(50_000)]
    others = [Decimal(chance.randrange(-(10**12), 10**12)).scaleb(-5) for _one in range(50_000)]
    values = [*ties, *others]
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(round(v, 2) ORDER BY n) FROM unnest(%s) WITH ORDINALITY AS t(v, n)", [values])
        in_database = cursor.fetchone()[0]

    assert [value for value, theirs in zip(values, in_database, strict=True) if round_half_up(value, 2) != theirs] == []
    assert [one for one in ties[:5_000] if shown_otherwise(one, "0.00") != f"{round_half_up(one, 2):f}"] == []


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        ("0.125", 2, "0.13"),
        ("0.145", 2, "0.15"),
        ("2.675", 2, "2.68"),
        ("-0.125", 2, "-0.13"),
        ("0.5", 0, "1"),
        ("1.5", 0, "2"),
        ("2.5", 0, "3"),
        ("0.12345", 4, "0.1235"),
        ("123456789012345678901234567890.45", 1, "123456789012345678901234567890.5"),
    ],
)
def test_a_tie_is_rounded_away_from_zero(value, places, shown):
    assert str(round_half_up(Decimal(value), places)) == shown


@given(st.decimals(allow_nan=False, allow_infinity=False, places=5, min_value=-(10**9), max_value=10**9))
def test_rounding_moves_a_value_by_half_a_place_at_most(value):
    assert abs(round_half_up(value, 2) - value) <= Decimal("0.005")


# Percentages and points ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "places", "shown"),
    [
        ("0.04", 1, "4.0%"),
        ("0.0465", 1, "4.7%"),
        ("0", 1, "0.0%"),
        ("1", 1, "100.0%"),
        ("1.25", 0, "125%"),
        ("0.9994", 1, "99.9%"),
        ("0.9995", 1, "99.9%"),
        ("0.99995", 1, "99.9%"),
        ("0.99995", 2, "99.99%"),
        ("0.99996", 1, "99.9%"),
        ("0.99996", 0, "99%"),
        ("0.9999999999", 3, "99.999%"),
        ("1.0004", 1, "100.0%"),
        ("1.0005", 1, "100.1%"),
        ("-0.04", 1, "−4.0%"),
        ("-0.0004", 1, "0.0%"),
    ],
)
def test_what_is_below_100_percent_is_never_shown_as_100(rate, places, shown):
    assert percent(Decimal(rate), places) == shown


@pytest.mark.parametrize(
    ("delta", "shown"),
    [
        ("0.048", "+4.8"),
        ("-0.006", "−0.6"),
        ("0", "0.0"),
        ("0.0004", "0.0"),
        ("-0.0004", "0.0"),
        ("0.0005", "+0.1"),
    ],
)
def test_points_say_their_sign(delta, shown):
    assert points(Decimal(delta)) == shown


# Figures ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        ("0", "PERSON", "0人"),
        ("9040", "PERSON", "9,040人"),
        ("9999", "PERSON", "9,999人"),
        ("9999.7", "PERSON", "1万人"),
        ("10000", "PERSON", "1万人"),
        ("1930100", "PERSON", "193万人"),
        ("1930500", "PERSON", "193.1万人"),
        ("9040000", "PERSON", "904万人"),
        ("12040000", "PERSON", "1204万人"),
        ("99999499", "PERSON", "9999.9万人"),
        ("99999500", "PERSON", "1亿人"),
        ("170000000", "PERSON", "1.7亿人"),
        ("195000000", "PERSON", "1.95亿人"),
        ("-50000", "PERSON", "−5万人"),
        ("-9040", "PERSON", "−9,040人"),
        ("-0.4", "PERSON", "0人"),
        ("5000", "YUAN", "5,000元"),
        ("0.5", "YUAN", "0.50元"),
        ("-0.5", "YUAN", "−0.50元"),
        ("1234567.5", "YUAN", "123.5万元"),
        ("250000000", "YUAN", "2.5亿元"),
        ("9", "COUNT", "9个"),
        ("12345", "COUNT", "12,345个"),
        ("0.04", "RATE", "4.0%"),
    ],
)
def test_a_figure_is_as_short_as_a_sentence_wants_it(value, unit, shown):
    assert figure(Decimal(value), unit) == shown


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        ("0", "PERSON", "0"),
        ("904000", "PERSON", "904,000"),
        ("9040000", "PERSON", "9.04 million"),
        ("9041499", "PERSON", "9.041 million"),
        ("195000000", "PERSON", "195 million"),
        ("1300000000", "PERSON", "1,300 million"),
        ("-9040000", "PERSON", "−9.04 million"),
        ("9", "COUNT", "9"),
        ("0.04", "RATE", "4.0%"),
    ],
)
@pytest.mark.usefixtures("english")
def test_an_english_figure_is_in_thousands_and_millions(value, unit, shown):
    assert figure(Decimal(value), unit) == shown


@pytest.mark.usefixtures("english")
def test_english_money_names_its_unit():
    assert figure(Decimal(3_200_000), "YUAN") == f"3.2 million {unit_label('YUAN')}"


def test_without_a_language_the_reader_is_chinese():
    with translation.override(None):
        assert figure(Decimal(9_040_000), "PERSON") == "904万人"


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        ("-50000", "PERSON", "−5万人"),
        ("123000", "PERSON", "+12.3万人"),
        ("0", "PERSON", "0人"),
        ("0.4", "PERSON", "0人"),
        ("0.048", "RATE", "+4.8"),
        ("1", "COUNT", "+1个"),
    ],
)
def test_a_deviation_says_its_sign(value, unit, shown):
    assert signed(Decimal(value), unit) == shown


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        ("1930112", "PERSON", "193.0112万人"),
        ("195000001", "PERSON", "19500.0001万人"),
        ("9040", "PERSON", "9,040人"),
        ("-12345.5", "YUAN", "−1.23455万元"),
        ("1234.5", "YUAN", "1,234.5元"),
        ("9", "COUNT", "9个"),
        ("0.04625", "RATE", "4.63%"),
    ],
)
def test_an_exact_figure_loses_nothing(value, unit, shown):
    assert exact(Decimal(value), unit) == shown


@pytest.mark.usefixtures("english")
def test_an_exact_english_figure_is_written_in_full():
    assert exact(Decimal(1_930_112), "PERSON") == "1,930,112"


# Columns ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "scale", "shown", "label"),
    [
        (9_040_000, "PERSON", WAN, "904.0", "万人"),
        (9_040_000, "PERSON", str(WAN), "904.0", "万人"),
        (9_040_000, "PERSON", 1, "9,040,000", "人"),
        (195_000_000, "PERSON", WAN * WAN, "1.95", "亿人"),
        (-4_000, "PERSON", WAN, "−0.4", "万人"),
        (0, "PERSON", WAN, "0.0", "万人"),
        (-400, "PERSON", WAN, "0.0", "万人"),
        (5_000, "YUAN", WAN, "0.5", "万元"),
        (9, "COUNT", WAN, "9", "个"),
        ("0.04", "RATE", WAN, "4.0", "%"),
        ("0.99996", "RATE", 1, "99.9", "%"),
    ],
)
def test_a_cell_shows_the_number_and_its_header_the_unit(value, unit, scale, shown, label):
    assert (number(Decimal(value), unit, scale), unit_label(unit, scale)) == (shown, label)


@pytest.mark.usefixtures("english")
def test_an_english_column_is_in_base_units():
    assert number(Decimal(9_040_000), "PERSON", WAN) == "9,040,000"
    assert unit_label("PERSON", WAN) == unit_label("PERSON", 1)


@pytest.mark.parametrize(("places", "shown"), [(1, "904.0"), (0, "904"), (2, "904.00")])
def test_a_value_in_wan_keeps_its_decimals(places, shown):
    assert wan(Decimal(9_040_000), places) == shown


# What cannot be stated -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "show",
    [
        percent,
        points,
        wan,
        lambda value: figure(value, "PERSON"),
        lambda value: exact(value, "PERSON"),
        lambda value: signed(value, "PERSON"),
        lambda value: number(value, "PERSON", WAN),
    ],
)
def test_what_cannot_be_stated_is_a_dash_and_zero_is_not(show):
    assert show(None) == "–"
    assert show(Decimal(0)) != "–"


# For programs and for typing -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, None),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.0460"), "0.046"),
        (Decimal("-0.00"), "0"),
        (Decimal(1) / Decimal(3), "0.3333333333333333333333333333"),
        (7, "7"),
    ],
)
def test_a_program_gets_every_digit(value, written):
    assert plain(value) == written


@pytest.mark.parametrize(
    ("value", "scale", "typed"),
    [(1_930_100, WAN, "193.01"), (0, WAN, "0"), (None, WAN, ""), (-5, 1, "-5"), ("0.046", "0.01", "4.6")],
)
def test_a_cell_is_filled_with_what_was_typed(value, scale, typed):
    assert as_typed(value if value is None else Decimal(value), scale) == typed


@given(st.integers(0, 10**13), st.sampled_from([1, WAN, WAN * WAN]))
def test_saving_an_untouched_cell_changes_nothing(value, scale):
    assert parse_number(as_typed(value, scale), decimals=0, scale=Decimal(scale)).value == value


# Sentences -------------------------------------------------------------------------------------


def test_a_finding_reads_as_a_sentence():
    params = {
        "indicator": "T01",
        "value": Decimal(7_990_000),
        "previous_value": Decimal(8_000_001),
        "previous_month": 6,
        "jump": Decimal("0.005"),
        "numerator": Decimal(-46_000),
        "part": "分子",
        "unknown": "T99",
    }
    shown_as = {
        "indicator": "INDICATOR",
        "value": "PERSON",
        "previous_value": "PERSON",
        "previous_month": "MONTH",
        "jump": "POINTS",
        "numerator": "NUMBER",
        "part": "WORDS",
    }

    told = sentence(
        "%(indicator)s %(value)s %(previous_month)s %(previous_value)s %(jump)s %(numerator)s %(part)s %(unknown)s",
        params,
        shown_as,
        {"T01": "城镇新增就业人数"},
    )

    assert told == "城镇新增就业人数 799万人 6月 800.0001万人 0.5 −46,000 分子 T99"


# Templates -------------------------------------------------------------------------------------


def test_templates_use_the_same_functions():
    template = Template(
        "{% load figures %}"
        "{{ value|figure:'PERSON' }} {{ rate|percent }} {{ rate|percent:0 }} {{ rate|points }} "
        "{{ value|wan }} "
        "{{ value|signed:'PERSON' }} {% number value 'PERSON' 10000 %} {% unit_label 'PERSON' 10000 %} "
        "{{ value|as_typed:10000 }} {{ value|plain }} {{ none|percent }}"
    )

    shown = template.render(Context({"value": Decimal(9_040_000), "rate": Decimal("0.99996"), "none": None}))

    assert shown == "904万人 99.9% 99% +100.0 904.0 +904万人 904.0 万人 904 9040000 –"
