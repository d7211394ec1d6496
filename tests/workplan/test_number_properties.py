"""The number grammar beside a second reading of it, over many texts."""

import os
from decimal import Decimal
from fractions import Fraction

from hypothesis import example, given, settings
from hypothesis import strategies as st

from workplan.lib.numbers import NumberRefused, from_json_number, parse_number, plain_text, typed_text

#: WORKPLAN_EXAMPLES=100000 runs the acceptance figure.
MANY = settings(max_examples=int(os.environ.get("WORKPLAN_EXAMPLES", "2000")), deadline=None)
SOME = settings(max_examples=MANY.max_examples // 8, deadline=None)
WAN = Decimal(10_000)


def outcome(read, text, **field):
    """Return what comes of a text: the parsed number, or the refusal."""
    try:
        return read(text, **field)
    except NumberRefused as refusal:
        return refusal


ASCII_OF = {**{chr(0xFF10 + digit): str(digit) for digit in range(10)}}
ASCII_OF |= {"\uff0e": ".", "\uff0c": ",", "\uff0d": "-", "\u2212": "-", "\uff0b": "+"}
OUTSIDE = {" ", "\t", "\r", "\n", "\u200b", "\ufeff", "\u2060", "\u00a0", "\u3000", "\u202f", "\u205f"}
OUTSIDE |= {chr(code) for code in range(0x2000, 0x200B)}


def second_reading(text):
    """Return the number a text writes, None if it writes none: the grammar walked through by hand."""
    while text and text[0] in OUTSIDE:
        text = text[1:]
    while text and text[-1] in OUTSIDE:
        text = text[:-1]
    if len(text) > 64:
        return None
    text = "".join(ASCII_OF.get(character, character) for character in text)
    sign = -1 if text[:1] == "-" else 1
    text = text[1:] if text[:1] in {"+", "-"} else text
    whole, point, decimals = text.partition(".")
    first, *groups = whole.split(",")
    if groups and (len(first) > 3 or not first or any(len(group) != 3 for group in groups)):
        return None
    digits = first + "".join(groups)
    if not set(digits + decimals) <= set("0123456789") or bool(point) != bool(decimals) or not (digits or decimals):
        return None
    return sign * Fraction(int("0" + digits + decimals), 10 ** len(decimals))


WRITTEN = st.from_regex(r"[+-]?([0-9]{1,9}|[0-9]{1,3}(,[0-9]{3}){1,3})?(\.[0-9]{0,6})?", fullmatch=True)
BLANKS = st.text(st.sampled_from(sorted(OUTSIDE)), max_size=2)
FULL_WIDTH = {ascii_: full for full, ascii_ in ASCII_OF.items()}


@st.composite
def disguised(draw):
    """Draw a number, or nearly one, as it may arrive: full-width here and there, blanks around."""
    written = draw(WRITTEN)
    parts = [draw(st.sampled_from([one, FULL_WIDTH.get(one, one)])) for one in written]
    return draw(BLANKS) + "".join(parts) + draw(BLANKS)


NEARLY = st.text(st.sampled_from("0123456789０９٣²①.．,，+-－−＋ 　\u200b万亿%eE_'()十零NaN"), max_size=12)


@MANY
@given(text=st.one_of(disguised(), NEARLY, st.text(max_size=70)), decimals=st.integers(0, 4))
@example("1,000", 0)
@example("9" * 64, 4)
def test_a_text_is_accepted_exactly_when_the_grammar_and_the_field_take_it(text, decimals):
    meant = second_reading(text)
    fits = meant is not None and 0 <= meant <= 10**15 and (meant * 10**decimals).denominator == 1

    read = outcome(parse_number, text, decimals=decimals)

    assert isinstance(read, NumberRefused) is not fits
    if isinstance(read, NumberRefused):
        assert str(read)
        assert read.suggestion is None or parse_number(read.suggestion, decimals=decimals).notes == ()
    else:
        assert Fraction(read.value) == meant


@SOME
@given(text=st.one_of(disguised(), NEARLY))
def test_a_string_from_json_gets_the_verdict_of_the_page(text):
    on_the_page, in_json = (outcome(read, text, decimals=2) for read in (parse_number, from_json_number))

    assert str(on_the_page) == str(in_json)


@SOME
@given(
    value=st.decimals(min_value=0, max_value=10**13, places=4),
    scale=st.sampled_from([Decimal(1), WAN, Decimal(100_000_000), Decimal("0.01")]),
)
def test_a_stored_value_survives_being_shown_and_typed_again(value, scale):
    assert parse_number(typed_text(value, scale), decimals=4, scale=scale).value == value


@SOME
@given(text=disguised(), scale=st.sampled_from([Decimal(1), WAN]))
def test_what_was_typed_comes_back_as_it_is_meant(text, scale):
    meant = second_reading(text)
    read = outcome(parse_number, text, decimals=10, scale=scale)

    assert isinstance(read, NumberRefused) or Fraction(typed_text(read.value, scale)) == meant


@SOME
@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20), max_value=10**20))
def test_a_plain_text_has_no_exponent_and_no_trailing_zero(value):
    text = plain_text(value)

    assert Decimal(text) == value
    assert set(text) <= set("-.0123456789")
    assert "." not in text or text[-1] not in "0."
