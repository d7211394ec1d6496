"""The one number grammar: how a figure may be written on a page, in a paste, in a sheet, in JSON.

Everything that reads a figure passes here, so that the same text gets the same verdict everywhere. What is
not a number is refused with a sentence and, where the meaning is plain, with the text to write instead.

``grammar`` says what is accepted, ``looks`` what a refused text seems to be, ``sentences`` how it is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from workplan.lib.numbers.grammar import (
    FLOAT_DIGITS,
    MAX_LENGTH,
    Limits,
    is_blank,
    is_number,
    is_plain_count,
    notes_on,
    plain_text,
    read,
    to_ascii,
    trim,
    typed_text,
    within,
)
from workplan.lib.numbers.looks import chinese_numeral, diagnosis
from workplan.lib.numbers.sentences import Note, NumberRefused, gettext_noop, quoted, refusal

__all__ = [
    "FLOAT_DIGITS",
    "MAX_LENGTH",
    "Note",
    "NumberRefused",
    "ParsedNumber",
    "chinese_numeral",
    "from_json_number",
    "gettext_noop",
    "is_blank",
    "parse_number",
    "plain_text",
    "quoted",
    "typed_text",
]

_ZERO = Decimal(0)
_ONE = Decimal(1)
_DEFAULT_MAXIMUM = Decimal("1e15")


@dataclass(frozen=True)
class ParsedNumber:
    """An accepted figure in base units, without exponent or trailing zeros, and what was tidied."""

    value: Decimal
    notes: tuple[Note, ...] = ()


def parse_number(
    text: str,
    *,
    decimals: int,
    minimum: Decimal = _ZERO,
    maximum: Decimal = _DEFAULT_MAXIMUM,
    scale: Decimal = _ONE,
) -> ParsedNumber:
    """Return the figure a person wrote: the typed number times ``scale``.

    Shape: one text; ``scale`` is the typing unit (10 000 where people type in 万).
    Unit: base unit; ``decimals``, ``minimum`` and ``maximum`` are judged there, by value (1.50 has one).
    Raises: NumberRefused. Ask ``is_blank`` first where empty is allowed.
    Source: acceptance.md C.0.

    >>> parse_number("1，234.50 ", decimals=2).value
    Decimal('1234.5')
    >>> parse_number("193.01", decimals=0, scale=Decimal(10_000)).value
    Decimal('1930100')
    >>> try:
    ...     parse_number("12万", decimals=0)
    ... except NumberRefused as refused:
    ...     print(refused.code, refused.suggestion)
    has_unit 120000
    """
    if is_plain_count(text) and scale == _ONE and minimum <= (plain := Decimal(text)) <= maximum:
        return ParsedNumber(plain)
    limits = Limits(decimals, minimum, maximum, scale)
    stripped = trim(text)
    if not stripped:
        raise refusal("blank", text)
    if len(stripped) > MAX_LENGTH:
        raise refusal("too_long", stripped)
    cleaned = to_ascii(stripped)
    if not is_number(cleaned):
        raise diagnosis(cleaned, stripped, limits)
    value = within(read(cleaned), stripped, limits)
    return ParsedNumber(value, notes_on(text, stripped, cleaned, limits.text(value)))


def from_json_number(
    value: object,
    *,
    decimals: int,
    minimum: Decimal = _ZERO,
    maximum: Decimal = _DEFAULT_MAXIMUM,
    scale: Decimal = _ONE,
) -> ParsedNumber:
    """Return the figure a program or a spreadsheet cell holds; a string is read like a person's text.

    Shape: int and Decimal are exact, a float counts with its 15 significant digits, an exponent by its value.
    Unit: base unit, as in ``parse_number``.
    Raises: NumberRefused, also for true, false, null, lists and objects.
    Source: acceptance.md C.0, X-33.

    >>> from_json_number(0.1 + 0.2, decimals=4).value
    Decimal('0.3')
    >>> from_json_number(1e2, decimals=0).value
    Decimal('100')
    """
    if isinstance(value, str):
        return parse_number(value, decimals=decimals, minimum=minimum, maximum=maximum, scale=scale)
    if value is None:
        raise refusal("blank", "")
    number = _number_of(value)
    if number is None:
        raise refusal("not_a_number", _json_name(value))
    if not number.is_finite():
        raise refusal("not_finite", str(number))
    return ParsedNumber(within(number, str(number), Limits(decimals, minimum, maximum, scale)))


def _number_of(value: object) -> Decimal | None:
    """Return a JSON number as a decimal; None for what is none. JSON's true is no 1."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return Decimal(f"{value:.{FLOAT_DIGITS}g}")
    return Decimal(value) if isinstance(value, int | Decimal) else None


def _json_name(value: object) -> str:
    """Name what came instead of a number, without writing out what may be deep."""
    if isinstance(value, bool):
        return str(value).lower()
    return "{…}" if isinstance(value, dict) else "[…]" if isinstance(value, list) else type(value).__name__
