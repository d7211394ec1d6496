"""What a number format makes of a number: a date, a percentage, thousands, nothing at all.

A format can show another value than the cell holds (`#,##0,` shows 12 for 12345.678). What counts is the stored
value; where the two differ, the reader is told both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from openpyxl.styles.numbers import is_date_format

_LITERAL = re.compile(r'"[^"]*"|\\.|!.|_.|\*.|\[[^\]]*\]')
_MAGNITUDES = {"千": 3, "万": 4, "亿": 8}
_WIDE = Context(prec=60)


@dataclass(frozen=True)
class Format:
    """What of a number format matters to a reader."""

    is_date: bool = False
    is_hidden: bool = False
    #: Powers of ten the shown number is shifted by: −3 for each trailing comma, 2 for a percentage.
    shift: int = 0
    #: Decimals shown; None where the format shows what there is.
    decimals: int | None = None
    #: What stands after the number, such as 万.
    suffix: str = ""
    has_literal_point: bool = False


@lru_cache(maxsize=4_096)
def read_format(code: str) -> Format:
    """Return what the format shows of a positive number.

    >>> read_format("#,##0,").shift, read_format("0.00%").decimals, read_format(";;;").is_hidden
    (-3, 2, True)
    """
    if code in {"", "General", "@"}:
        return Format()
    section = code.split(";", maxsplit=1)[0]
    if is_date_format(code):
        return Format(is_date=True)
    suffix = "".join(one.strip('"\\!') for one in _LITERAL.findall(section) if one[0] in '"\\!')
    bare = _LITERAL.sub("", section)
    if not re.search(r"[0#?]", bare):
        return Format(is_hidden="General" not in bare and not suffix)
    commas = re.search(r"[0#?](,+)(?![0#?])", bare)
    _whole, point, rest = bare.partition(".")
    shift = -3 * len(commas[1]) if commas else 0
    return Format(
        shift=shift + 2 * bare.count("%"),
        decimals=len(re.match(r"[0#?]*", rest)[0]) if point else 0,
        suffix=("%" if "%" in bare else "") + suffix.replace(".", ""),
        has_literal_point="." in suffix,
    )


def shown_otherwise(value: Decimal, code: str) -> str | None:
    """Return what the cell shows where that reads as another number than it holds; None where they agree.

    >>> shown_otherwise(Decimal("12345.678"), "#,##0,"), shown_otherwise(Decimal("12345"), "#,##0")
    ('12', None)
    """
    form = read_format(code)
    if form.is_date or (form.decimals is None and not form.is_hidden):
        return None
    if form.is_hidden:
        return ""
    shifted = _WIDE.scaleb(value, form.shift)
    if abs(shifted).adjusted() > 30:
        return None
    rounded = shifted.quantize(Decimal(1).scaleb(-(form.decimals or 0)), ROUND_HALF_UP, context=_WIDE)
    text = f"{rounded:f}"
    if form.has_literal_point:  # 0!.0 puts a point into the digits: 12345 reads 1234.5
        text = f"{text[:-1]}.{text[-1:]}"
    is_same = Decimal(text) == value and not _magnitude(form.suffix) and "%" not in form.suffix
    return None if is_same else text + form.suffix


def _magnitude(suffix: str) -> int:
    return next((power for word, power in _MAGNITUDES.items() if word in suffix), 0)
