"""One spelling for all notices: simplified characters, ASCII digits, full-width punctuation; nothing else is folded.

Compatibility folding (NFKC) would glue a footnote's mark to the number before it: 120¹ is not 1201.
"""

from __future__ import annotations

import re
from functools import cache

from opencc import OpenCC

#: What converting character by character leaves wrong, of what notices are seen to hold.
_PHRASES = {
    "仲介": "中介",
    "软体": "软件",
    "著力": "着力",
    "著重": "着重",
    "著眼": "着眼",
    "著手": "着手",
    "朝著": "朝着",
    "随著": "随着",
}
_PHRASE = re.compile("|".join(_PHRASES))

#: Between digits a comma or colon belongs to the number; elsewhere it is punctuation.
_PUNCTUATION = {",": "，", ":": "：", ";": "；", "(": "（", ")": "）"}
_HALF_WIDTH = re.compile(r"(?<![0-9])[,:]|[,:](?![0-9])|[;()]")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９％．－～", "0123456789%.-~")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\u202a-\u202e]")
_BLANKS = re.compile("[ \t\u00a0\u3000]+")

_ONES = {
    word: number
    for number, words in enumerate(("〇○零O", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for word in words
}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
NUMERALS = "".join([*_ONES, *_TENS, "廿"])


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def simplified(text: str) -> str:
    """Return the text in the one spelling.

    >>> simplified("(五)力爭達到1.95億人,其中9个")
    '（五）力争达到1.95亿人，其中9个'
    >>> simplified("１２％、120¹、1,200人")
    '12%、120¹、1,200人'
    """
    text = _INVISIBLE.sub("", _converter().convert(text)).translate(_FULL_WIDTH)
    text = _PHRASE.sub(lambda found: _PHRASES[found.group()], text)
    text = _HALF_WIDTH.sub(lambda found: _PUNCTUATION[found.group()], text)
    return _BLANKS.sub(" ", text).strip()


def is_traditional(text: str) -> bool:
    """Say whether converting to simplified characters changes the text."""
    return _converter().convert(text) != text


def numeral(text: str) -> int | None:
    """Return the whole number that Chinese numerals or digits say; None for what says none.

    >>> [numeral(one) for one in ("三十七", "二○○七", "一百零二", "廿一", "十二", "12", "两", "")]
    [37, 2007, 102, 21, 12, 12, 2, None]
    """
    if text.isascii() and text.isdigit():
        return int(text)
    text = text.replace("廿", "二十")
    if not text or any(one not in _ONES and one not in _TENS for one in text):
        return None
    if not any(one in _TENS for one in text):
        return int("".join(str(_ONES[one]) for one in text))
    total, digit = 0, 0
    for one in text:
        if one in _TENS:
            total += (digit or (0 if total else 1)) * _TENS[one]
            digit = 0
        else:
            digit = _ONES[one]
    return total + digit
