"""What a refused text seems to be, so that its sentence can say what to write instead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from workplan.lib.numbers.grammar import (
    DIGITS,
    EXACT,
    NUMBER,
    TRIMMED,
    UNSIGNED,
    Limits,
    is_number,
    read,
    within,
)
from workplan.lib.numbers.sentences import NumberRefused, refusal


@dataclass(frozen=True)
class Guess:
    """What a text seems to be; ``means`` is the number in the typing unit where that is plain."""

    code: str
    means: Decimal | None = None


def diagnosis(cleaned: str, shown: str, limits: Limits) -> NumberRefused:
    """Return the refusal that fits the text best; a suggestion is made only if it would be accepted."""
    guess = next((found for look in _LOOKS if (found := look(cleaned, limits))), Guess("not_a_number"))
    if guess.means is None:
        return refusal(guess.code, shown)
    try:
        value = within(guess.means, shown, limits)
    except NumberRefused as refused:
        return refused if refused.code in {"negative", "over_maximum"} else refusal(guess.code, shown)
    return refusal(guess.code, shown, limits.text(value))


_PLACEHOLDER = re.compile(
    r"[-—–―─]+|[/／\\]+|[…⋯]+|\.+|[*×〃″?？]+|#?n/?a|nil|none|null|"
    r"无|暂无|没有|缺|空|未报|未统计|未上报|未发生|同上|同前|不详|待定|待报|待核|不适用",
    re.IGNORECASE,
)
_NOT_FINITE = re.compile(r"[+-]?(?:s?nan|inf(?:inity)?|∞|无穷大?)", re.IGNORECASE)
_NEGATIVE_NOTATION = re.compile(rf"[(（](?P<inner>{UNSIGNED})[)）]|(?P<before>{UNSIGNED})-")
_EXPONENT = re.compile(rf"{NUMBER}[eE][+-]?(?P<power>[0-9]+)")
_WITH_WORDS = re.compile(
    rf"(?P<currency>[¥￥]?)\s*(?P<number>{NUMBER})\s*"
    r"(?P<magnitude>[十百千万亿萬億]*)(?P<noun>[%％‰]|[^\W\d_]*)(?P<rest>.*)",
    re.DOTALL,
)
_BASE_NOUNS = frozenset({"", "人", "人次", "名", "位", "个", "元", "块", "块钱", "圆"})
_SHARES = {"%": Decimal("0.01"), "％": Decimal("0.01"), "‰": Decimal("0.001")}
_MAGNITUDES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_TRAILING_POINT = re.compile(rf"[+-]?{DIGITS}\.")
_SEPARATORS = re.compile(r"[,'’_`´]")
_INNER_BLANKS = re.compile(f"[{TRIMMED}]")
_GROUPED = re.compile(rf"[+-]?\s?[0-9]{{1,3}}(?:[{TRIMMED}'’_][0-9]{{3}})*(?:\.[0-9]+)?")


def _placeholder(text: str, limits: Limits) -> Guess | None:
    return Guess("is_placeholder") if _PLACEHOLDER.fullmatch(text) else None


def _not_finite(text: str, limits: Limits) -> Guess | None:
    return Guess("not_finite") if _NOT_FINITE.fullmatch(text) else None


def _negative_notation(text: str, limits: Limits) -> Guess | None:
    match = _NEGATIVE_NOTATION.fullmatch(text)
    return Guess("negative_notation", -read(match["inner"] or match["before"])) if match else None


def _exponent(text: str, limits: Limits) -> Guess | None:
    match = _EXPONENT.fullmatch(text)
    if match is None:
        return None
    return Guess("exponent", read(text) if len(match["power"]) <= 4 else None)


def _other_digits(text: str, limits: Limits) -> Guess | None:
    """Find digits of other scripts and look-alikes such as ²; only decimal digits have a plain meaning."""
    if not any(_is_strange_digit(character) for character in text):
        return None
    plain = "".join(str(unicodedata.decimal(character, character)) for character in text)
    return Guess("other_script_digits", read(plain) if is_number(plain) else None)


def _is_strange_digit(character: str) -> bool:
    is_chinese = character == "〇"
    return not character.isascii() and not is_chinese and unicodedata.category(character) in {"Nd", "Nl", "No"}


def _words(text: str, limits: Limits) -> Guess | None:
    """Find a number with words around it; 万, 亿, % and the base units convert into the typing unit."""
    match = _WITH_WORDS.fullmatch(text)
    if match is None or not (match["currency"] or match["magnitude"] or match["noun"]):
        return None
    noun, number = match["noun"], read(match["number"])
    if match["rest"] or not (noun in _BASE_NOUNS or noun in _SHARES):
        return Guess("has_unit")
    for character in match["magnitude"]:
        number = EXACT.multiply(number, _MAGNITUDES[character])
    number = EXACT.multiply(number, _SHARES.get(noun, Decimal(1)))
    return Guess("has_unit", EXACT.divide(number, limits.scale))


def _chinese(text: str, limits: Limits) -> Guess | None:
    """Find a Chinese numeral; one that says 万 or 亿 is meant in full, another in the typing unit."""
    if not _CHINESE_TEXT.fullmatch(text):
        return None
    value = chinese_numeral(text)
    if value is None:
        return Guess("chinese_numeral")
    says_magnitude = bool(set(text) & set("万萬亿億"))
    return Guess("chinese_numeral", EXACT.divide(Decimal(value), limits.scale if says_magnitude else Decimal(1)))


def _trailing_point(text: str, limits: Limits) -> Guess | None:
    return Guess("trailing_point", read(text)) if _TRAILING_POINT.fullmatch(text) else None


def _inner_space(text: str, limits: Limits) -> Guess | None:
    squeezed = _INNER_BLANKS.sub("", text)
    if squeezed == text or not is_number(squeezed):
        return None
    return Guess("has_inner_space", read(squeezed) if _GROUPED.fullmatch(text) else None)


def _grouping(text: str, limits: Limits) -> Guess | None:
    """Find separators out of place or of another country: 1'234 is plain, 1,00 may be 100 or 1.00."""
    joined = _SEPARATORS.sub("", text)
    if joined == text or not is_number(joined):
        return None
    return Guess("bad_grouping", read(joined) if _GROUPED.fullmatch(text) else None)


_LOOKS: tuple[Callable[[str, Limits], Guess | None], ...] = (
    _placeholder,
    _not_finite,
    _negative_notation,
    _exponent,
    _other_digits,
    _words,
    _chinese,
    _trailing_point,
    _inner_space,
    _grouping,
)

# Chinese numerals ------------------------------------------------------------------------------

_CHINESE_FORMS = str.maketrans("〇两壹贰叁肆伍陆柒捌玖拾佰仟萬億", "零二一二三四五六七八九十百千万亿")
_CHINESE_DIGIT = {digit: value for value, digit in enumerate("零一二三四五六七八九")}
_CHINESE_TEXT = re.compile("[负点〇零一二三四五六七八九两壹贰叁肆伍陆柒捌玖十拾百佰千仟万萬亿億]+")
_CHINESE_SECTIONS = re.compile("(?:([^万亿]+)亿)?(?:([^万亿]+)万)?([^万亿]*)")
_ONE_TO_NINE = "[一二三四五六七八九]"
_CHINESE_SECTION = re.compile(
    f"(?:({_ONE_TO_NINE})千)?(?:零?({_ONE_TO_NINE})百)?(?:零?({_ONE_TO_NINE}?十))?(?:零?({_ONE_TO_NINE}))?零?"
)
#: 一万二 means 12 000 to one reader and 10 002 to another.
_COLLOQUIAL = re.compile(f".*[百千万亿]{_ONE_TO_NINE}")


def chinese_numeral(text: str) -> int | None:
    """Return the whole number a Chinese numeral writes, None where readers would differ.

    >>> [chinese_numeral(text) for text in ("十二", "壹佰", "三万零五十", "一二〇")]
    [12, 100, 30050, 120]
    >>> chinese_numeral("一万二") is None
    True
    """
    plain = text.translate(_CHINESE_FORMS)
    if all(character in _CHINESE_DIGIT for character in plain):
        return int("".join(str(_CHINESE_DIGIT[character]) for character in plain))
    sections = _CHINESE_SECTIONS.fullmatch(plain)
    if sections is None or _COLLOQUIAL.fullmatch(plain):
        return None
    values = [_chinese_section(section or "") for section in sections.groups()]
    if None in values:
        return None
    return sum(value * weight for value, weight in zip(values, (10**8, 10**4, 1), strict=True) if value)


def _chinese_section(text: str) -> int | None:
    """Return the value of up to four places such as 三千零五十, None where it is none."""
    match = _CHINESE_SECTION.fullmatch(text)
    if match is None:
        return None
    weights = (1000, 100, 10, 1)
    digits = ("一" if place == "十" else (place or "零")[0] for place in match.groups())
    return sum(_CHINESE_DIGIT[digit] * weight for digit, weight in zip(digits, weights, strict=True))
