"""What a number is: the characters, the pattern, the limits of a field, and the way back to text.

Characters are replaced by an explicit table only: Unicode normalisation would turn 5² into 52 and ① into 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal

from workplan.lib.numbers.sentences import Note, note, refusal

#: No figure of a ministry needs more; beyond it nothing is examined.
MAX_LENGTH = 64
#: Excel shows and keeps this many significant digits; a binary fraction has no better ones.
FLOAT_DIGITS = 15

#: Wide enough for every accepted text times every scale. Nothing is trapped: what overflows becomes Infinity
#: and fails the range check.
EXACT = Context(prec=200, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])

_ASCII_BLANKS = " \t\r\n"
_WIDE_BLANKS = "\u00a0\u3000\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"
_INVISIBLE = "\u200b\ufeff\u2060"
#: What may stand around a number.
TRIMMED = _ASCII_BLANKS + _WIDE_BLANKS + _INVISIBLE
_TO_ASCII = str.maketrans("０１２３４５６７８９．，－−＋", "0123456789.,--+")

DIGITS = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)"
UNSIGNED = rf"(?:{DIGITS}(?:\.[0-9]+)?|\.[0-9]+)"
NUMBER = rf"[+-]?{UNSIGNED}"
_GRAMMAR = re.compile(NUMBER)
#: A whole number as nearly all of them come: nothing to tidy, to tell or to scale down.
_PLAIN_COUNT = re.compile(r"0|[1-9][0-9]{0,14}")
_WAN = Decimal(10_000)
#: Counts have none, money has two; what has more is measured otherwise and not in 万.
_MOST_DECIMALS_OF_AMOUNTS = 2
_LEADING_ZERO = re.compile(r"[+-]?0[0-9,]")


@dataclass(frozen=True)
class Limits:
    """What the field takes: decimals, minimum and maximum of the base value, and the unit it is typed in."""

    decimals: int
    minimum: Decimal
    maximum: Decimal
    scale: Decimal

    @property
    def places(self) -> int:
        """Decimals in the typing unit: persons typed in 万 have four."""
        return max(self.decimals + self.scale.adjusted(), 0)

    def text(self, value: Decimal) -> str:
        """Write a base value in the typing unit."""
        return typed_text(value, self.scale)

    def told(self, bound: Decimal) -> str:
        """Write a bound for a sentence: thirteen digits are read with their thousands grouped."""
        return f"{Decimal(self.text(bound)):,f}"


def trim(text: str) -> str:
    """Take the blanks and invisible characters off both ends."""
    return text.strip(TRIMMED)


def is_blank(text: object) -> bool:
    """Say whether a cell is empty: nothing, or only blanks and invisible characters. Zero is not."""
    return text is None or (isinstance(text, str) and not trim(text))


def to_ascii(text: str) -> str:
    """Replace full-width digits, points, commas and signs, and nothing else."""
    return text.translate(_TO_ASCII)


def is_number(text: str) -> bool:
    """Say whether a trimmed ASCII text is written as a number."""
    return _GRAMMAR.fullmatch(text) is not None


def is_plain_count(text: str) -> bool:
    """Say whether a text is a whole number in its shortest form: it then means exactly its digits."""
    return _PLAIN_COUNT.fullmatch(text) is not None


def read(text: str) -> Decimal:
    """Return the number a text of the grammar writes, exactly."""
    return Decimal(text.replace(",", ""))


def within(typed: Decimal, shown: str, limits: Limits) -> Decimal:
    """Return the base value in normal form, or refuse what the field cannot take.

    :raises NumberRefused: out of range, or more decimals than the field has; ``shown`` is quoted.
    """
    value = EXACT.multiply(typed, limits.scale)
    if value < limits.minimum:
        code = "negative" if limits.minimum == 0 else "under_minimum"
        raise refusal(code, shown, minimum=limits.told(limits.minimum))
    if value > limits.maximum:
        raise refusal("over_maximum", shown, maximum=limits.told(limits.maximum))
    if n_decimals(value) > limits.decimals:
        code = "too_many_decimals" if limits.places else "not_whole"
        raise refusal(code, shown, _meant_in_wan(value, limits), places=str(limits.places))
    return Decimal(plain_text(value))


def _meant_in_wan(value: Decimal, limits: Limits) -> str | None:
    """Return the figure if it was typed in 万 where base units are asked; None where that cannot be meant.

    1983.4703 persons are nobody's count; as 万 they are 19 834 703.
    """
    meant = EXACT.multiply(value, _WAN)
    if limits.scale != 1 or limits.decimals > _MOST_DECIMALS_OF_AMOUNTS or meant > limits.maximum:
        return None
    return plain_text(meant) if n_decimals(meant) <= limits.decimals else None


def n_decimals(value: Decimal) -> int:
    """Count the decimals that say something: 1.50 has one."""
    exponent = value.normalize(EXACT).as_tuple().exponent
    return max(-int(exponent), 0)


def notes_on(text: str, stripped: str, cleaned: str, read_as: str) -> tuple[Note, ...]:
    """Say what was tidied. ASCII blanks around a number are nothing to tell."""
    found = {
        "full_width_cleaned": cleaned != stripped,
        "invisible_cleaned": text.strip(_ASCII_BLANKS) != stripped,
        "leading_zeros": _LEADING_ZERO.match(cleaned) is not None,
    }
    return tuple(note(code, text, read_as=read_as) for code, is_found in found.items() if is_found)


def plain_text(value: Decimal) -> str:
    """Write a value in full: every digit, no exponent, no trailing zeros, no negative zero.

    >>> plain_text(Decimal("1.9301E+6")), plain_text(Decimal("0.0460")), plain_text(Decimal("-0.0"))
    ('1930100', '0.046', '0')
    """
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def typed_text(value: Decimal, scale: Decimal = Decimal(1)) -> str:
    """Write a stored value as it is typed in units of ``scale``, without loss.

    >>> typed_text(Decimal(1_930_100), Decimal(10_000))
    '193.01'
    """
    return plain_text(EXACT.divide(value, scale))
