"""How figures are shown. The only place where a figure is rounded: once, half-up, on its way to a reader.

``None`` cannot be stated and is shown as a dash; 0 was reported. Chinese readers get 万 and 亿, English
readers thousands and millions. Every function works in Python as it does in a template.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal

from django import template
from django.utils.translation import get_language, gettext, gettext_noop

from workplan.lib.numbers import plain_text, typed_text

register = template.Library()

DASH = "–"
MINUS = "−"
WAN = Decimal(10_000)
YI = Decimal(100_000_000)
MILLION = Decimal(1_000_000)

Number = Decimal | int

_WIDE = Context(prec=100)
#: decimals shown in a column of this scale
_PLACES = {Decimal(1): 0, WAN: 1, YI: 2}
_UNIT_LABELS = {
    ("PERSON", Decimal(1)): gettext_noop("人"),
    ("PERSON", WAN): gettext_noop("万人"),
    ("PERSON", YI): gettext_noop("亿人"),
    ("YUAN", Decimal(1)): gettext_noop("元"),
    ("YUAN", WAN): gettext_noop("万元"),
    ("YUAN", YI): gettext_noop("亿元"),
    ("COUNT", Decimal(1)): gettext_noop("个"),
}


def round_half_up(value: Number, places: int) -> Decimal:
    """Return the value rounded half-up: the only rounding of figures in the project.

    >>> round_half_up(Decimal("0.125"), 2), round_half_up(Decimal("-2.675"), 2)
    (Decimal('0.13'), Decimal('-2.68'))
    """
    return Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE)


# One figure, standing alone --------------------------------------------------------------------


@register.filter
def figure(value: Number | None, unit_of_measure: str) -> str:
    """Show a figure with its unit, as short as a sentence or a card wants it.

    Shape: one value in base units; RATE takes a fraction.
    Unit: 人, 万人 or 亿人 (元 likewise) by size, with at most 1 and 2 decimals; % with one.
    None: a dash.
    Source: domain.md 5.3.

    >>> figure(Decimal(9_040_000), "PERSON"), figure(Decimal(195_000_000), "PERSON")
    ('904万人', '1.95亿人')
    >>> figure(Decimal("0.04"), "RATE"), figure(None, "PERSON")
    ('4.0%', '–')
    """
    if value is None:
        return DASH
    if unit_of_measure == "RATE":
        return percent(value)
    if _in_english():
        return _with_unit(_english(value, unit_of_measure), unit_of_measure, Decimal(1))
    scale = _natural_scale(value, unit_of_measure)
    if scale == 1:
        return _with_unit(_base(value, unit_of_measure), unit_of_measure, scale)
    return _with_unit(_short(_scaled(value, scale), _PLACES[scale]), unit_of_measure, scale)


@register.filter
def exact(value: Number | None, unit_of_measure: str) -> str:
    """Show a figure without rounding, where two close ones are compared; a rate has two decimals.

    >>> exact(Decimal(1_930_112), "PERSON"), exact(Decimal("0.0463"), "RATE")
    ('193.0112万人', '4.63%')
    """
    if value is None:
        return DASH
    if unit_of_measure == "RATE":
        return percent(value, 2)
    if _in_english() or unit_of_measure not in {"PERSON", "YUAN"} or abs(Decimal(value)) < WAN:
        return _with_unit(_signed_text(_grouped(plain_text(Decimal(value)))), unit_of_measure, Decimal(1))
    return _with_unit(_signed_text(typed_text(Decimal(value), WAN)), unit_of_measure, WAN)


@register.filter
def signed(value: Number | None, unit_of_measure: str) -> str:
    """Show a deviation: a figure that says + or −, nothing for zero. A rate's deviation is in points.

    >>> signed(Decimal(-50_000), "PERSON"), signed(Decimal("0.006"), "RATE")
    ('−5万人', '+0.6')
    """
    if value is None:
        return DASH
    if unit_of_measure == "RATE":
        return points(value)
    return _plus(figure(value, unit_of_measure))


@register.filter
def percent(rate: Number | None, places: int = 1) -> str:
    """Show a fraction as a percentage; what is below 1 never becomes 100 %, it ends in 9.

    >>> percent(Decimal("0.99996")), percent(Decimal("0.99996"), 0), percent(Decimal(1)), percent(None)
    ('99.9%', '99%', '100.0%', '–')
    """
    return DASH if rate is None else f"{_percentage(rate, places)}%"


@register.filter
def signed_percent(rate: Number | None, places: int = 1) -> str:
    """Show a change as a percentage with its sign; a dash where it cannot be stated.

    >>> signed_percent(Decimal("0.052")), signed_percent(Decimal("-0.5")), signed_percent(None)
    ('+5.2%', '−50.0%', '–')
    """
    return DASH if rate is None else f"{_plus(_text(round_half_up(_scaled(rate, Decimal('0.01')), places)))}%"


@register.filter
def moved(change: Number | None, unit_of_measure: str) -> str:
    """Show how a figure moved: what adds up by a share, a rate by points, whose name the header or the note says.

    >>> moved(Decimal("0.052"), "PERSON"), moved(Decimal("-0.001"), "RATE"), moved(None, "RATE")
    ('+5.2%', '−0.1', '–')
    """
    return points(change) if unit_of_measure == "RATE" else signed_percent(change)


@register.filter
def points(delta: Number | None, places: int = 1) -> str:
    """Show the difference of two rates in percentage points, with its sign; the word is the template's.

    >>> points(Decimal("0.048")), points(Decimal("-0.006")), points(Decimal(0))
    ('+4.8', '−0.6', '0.0')
    """
    if delta is None:
        return DASH
    return _plus(_text(round_half_up(_scaled(delta, Decimal("0.01")), places)))


@register.filter
def score(value: Number | None, limits: Iterable[Number] = ()) -> str:
    """Show points of an assessment with two decimals; what lies below a limit is never shown as having reached it.

    >>> score(Decimal("7.125")), score(Decimal("89.999"), [90]), score(Decimal("89.999")), score(None)
    ('7.13', '89.99', '90.00', '–')
    """
    if value is None:
        return DASH
    shown = round_half_up(value, 2)
    if any(value < limit <= shown for limit in limits):
        shown = Decimal(value).quantize(Decimal("0.01"), ROUND_FLOOR, _WIDE)
    return _text(shown)


# Figures in columns, whose header says the unit ------------------------------------------------


@register.filter
def wan(value: Number | None, places: int = 1) -> str:
    """Show a value in units of 万, in both languages; for axes and columns headed 万人 or 万元.

    >>> wan(Decimal(9_040_000)), wan(None)
    ('904.0', '–')
    """
    return DASH if value is None else _text(round_half_up(_scaled(value, WAN), places))


@register.simple_tag
def number(value: Number | None, unit_of_measure: str, scale: Number = 1) -> str:
    """Show a table cell, without unit: grouped in base units, one decimal in 万, two in 亿, rates in %.

    English columns are in base units whatever the scale; ``unit_label`` says so.

    >>> number(Decimal(9_040_000), "PERSON", 10_000), number(Decimal(9_040_000), "PERSON")
    ('904.0', '9,040,000')
    >>> number(Decimal("0.04"), "RATE")
    '4.0'
    """
    if value is None:
        return DASH
    if unit_of_measure == "RATE":
        return _percentage(value, 1)
    scale = _column_scale(unit_of_measure, scale)
    if scale == 1:
        return _base(value, unit_of_measure)
    return _text(round_half_up(_scaled(value, scale), _PLACES[scale]))


@register.simple_tag
def unit_label(unit_of_measure: str, scale: Number = 1) -> str:
    """Name the unit of a column shown by ``number`` with the same arguments.

    >>> unit_label("PERSON", 10_000), unit_label("YUAN"), unit_label("RATE")
    ('万人', '元', '%')
    """
    if unit_of_measure == "RATE":
        return "%"
    return gettext(_UNIT_LABELS[unit_of_measure, _column_scale(unit_of_measure, scale)])


# Figures for programs and for typing -----------------------------------------------------------


@register.filter
def plain(value: Number | None) -> str | None:
    """Write a value for an export or the API: every digit, no exponent, no trailing zeros; None stays None.

    >>> plain(Decimal("1E+3")), plain(Decimal("0.0460")), plain(None)
    ('1000', '0.046', None)
    """
    return None if value is None else plain_text(Decimal(value))


@register.filter
def as_typed(value: Number | None, scale: Number = 1) -> str:
    """Write a stored value as it was typed in units of ``scale``, without loss; an empty cell stays empty.

    >>> as_typed(Decimal(1_930_100), 10_000), as_typed(None, 10_000), as_typed(Decimal(0), 10_000)
    ('193.01', '', '0')
    """
    return "" if value is None else typed_text(Decimal(value), Decimal(scale))


@register.filter
def grouped(typed: str) -> str:
    """Show a text written by ``as_typed`` with its thousands grouped; nothing is rounded.

    >>> grouped("1930100"), grouped("193.01"), grouped("")
    ('1,930,100', '193.01', '')
    """
    return _signed_text(_grouped(typed)) if typed else ""


def sentence(
    message: str,
    params: Mapping[str, object],
    shown_as: Mapping[str, str],
    names: Mapping[str, str] | None = None,
) -> str:
    """Return a finding's sentence in the reader's language, its parameters written as ``shown_as`` says.

    ``names`` gives the indicators their names; without it they go by code.
    """
    words = {name: _word(value, shown_as.get(name, ""), names or {}) for name, value in params.items()}
    return gettext(message) % words


def _word(value: object, shown_as: str, names: Mapping[str, str]) -> str:
    if shown_as == "WORDS":
        return gettext(str(value))
    if isinstance(value, tuple):
        return gettext("、").join(f"{names.get(name, name)} {_word(part, shown_as, names)}" for name, part in value)
    if not isinstance(value, Decimal | int):
        return names.get(str(value), str(value))
    if shown_as == "MONTH":
        return gettext("%(month)s月") % {"month": value}
    if shown_as == "TIMES":
        return plain_text(round_half_up(value, 1))
    if shown_as == "POINTS":
        return plain_text(_scaled(value, Decimal("0.01")))
    if shown_as in {"PERSON", "YUAN", "COUNT", "RATE"}:
        return exact(value, shown_as)
    return _signed_text(_grouped(plain_text(Decimal(value))))


# The steps -------------------------------------------------------------------------------------


def _in_english() -> bool:
    return (get_language() or "").startswith("en")


def _scaled(value: Number, scale: Decimal) -> Decimal:
    return _WIDE.divide(Decimal(value), scale)


def _percentage(rate: Number, places: int) -> str:
    shown = round_half_up(_scaled(rate, Decimal("0.01")), places)
    if rate < 1 and shown >= 100:
        shown = _scaled(rate, Decimal("0.01")).quantize(Decimal(1).scaleb(-places), ROUND_FLOOR, _WIDE)
    return _text(shown)


def _natural_scale(value: Number, unit_of_measure: str) -> Decimal:
    """Choose 1, 万 or 亿 so that what is shown after rounding is below the next one: 9 999.96万 is 1亿."""
    if unit_of_measure not in {"PERSON", "YUAN"} or abs(round_half_up(value, 0)) < WAN:
        return Decimal(1)
    return WAN if abs(round_half_up(_scaled(value, WAN), _PLACES[WAN])) < WAN else YI


def _column_scale(unit_of_measure: str, scale: Number) -> Decimal:
    return Decimal(1) if _in_english() or unit_of_measure == "COUNT" else Decimal(scale)


def _base(value: Number, unit_of_measure: str) -> str:
    """Write a value in base units, grouped; yuan with their cents if there are any."""
    places = 2 if unit_of_measure == "YUAN" and value % 1 else 0
    return _signed_text(_grouped(f"{_unsigned_zero(round_half_up(value, places)):f}"))


def _english(value: Number, unit_of_measure: str) -> str:
    """Write in full below a million; above it with the digits a Chinese reader sees."""
    if unit_of_measure not in {"PERSON", "YUAN"} or abs(Decimal(value)) < MILLION:
        return _base(value, unit_of_measure)
    places = 3 if _natural_scale(value, unit_of_measure) == WAN else 0
    return f"{_signed_text(_grouped(plain_text(round_half_up(_scaled(value, MILLION), places))))} million"


def _with_unit(text: str, unit_of_measure: str, scale: Decimal) -> str:
    """Append the unit; English persons and counts are named by what stands around them."""
    if not _in_english():
        return text + unit_label(unit_of_measure, scale)
    return f"{text} {unit_label(unit_of_measure)}" if unit_of_measure == "YUAN" else text


def _short(value: Decimal, places: int) -> str:
    return _signed_text(plain_text(round_half_up(value, places)))


def _text(value: Decimal) -> str:
    return _signed_text(f"{_unsigned_zero(value):f}")


def _unsigned_zero(value: Decimal) -> Decimal:
    return value if value else abs(value)


def _signed_text(text: str) -> str:
    return text.replace("-", MINUS)


def _plus(text: str) -> str:
    """Put + before a text that shows more than zero."""
    has_digit = any(character in "123456789" for character in text)
    return f"+{text}" if has_digit and not text.startswith(MINUS) else text


def _grouped(text: str) -> str:
    """Group the whole digits of a plain number by thousands."""
    whole, point, decimals = text.removeprefix("-").partition(".")
    return f"{'-' * text.startswith('-')}{int(whole):,}{point}{decimals}"
