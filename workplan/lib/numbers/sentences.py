"""What a person is told about a number: the refusals, the notes, and their Chinese sentences.

The sentences are message ids. They are marked here and translated where they are shown:
``gettext(refused.template) % refused.params``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

#: How much of a refused text its sentence quotes.
QUOTED_LENGTH = 40


def gettext_noop(message: str) -> str:
    """Mark a sentence for the message catalogue; it is translated where it is shown."""
    return message


@dataclass(frozen=True)
class Note:
    """What was tidied in an accepted text: ``template % params`` is the sentence."""

    code: str
    template: str
    params: Mapping[str, str]


class NumberRefused(ValueError):
    """The text is not a figure of this field: ``template % params`` says why and what to do.

    ``suggestion`` is the text that would be accepted, where the meaning is plain.
    """

    def __init__(self, code: str, template: str, params: Mapping[str, str], suggestion: str | None = None) -> None:
        super().__init__(code, template, params, suggestion)
        self.code = code
        self.template = template
        self.params = params
        self.suggestion = suggestion

    def __str__(self) -> str:
        return self.template % self.params


def quoted(text: str) -> str:
    """Shorten a text for a sentence: 40 characters, nothing that a terminal or a page could obey.

    >>> quoted("9" * 41) == "9" * 39 + "…"
    True
    """
    short = text if len(text) <= QUOTED_LENGTH else text[: QUOTED_LENGTH - 1] + "…"
    return "".join(map(_harmless, short))


def _harmless(character: str) -> str:
    if character.isprintable():
        return character
    return " " if unicodedata.category(character) == "Zs" else "\ufffd"


def note(code: str, text: str, *, read_as: str) -> Note:
    return Note(code, _NOTES[code], {"value": quoted(text), "read_as": read_as})


def refusal(code: str, text: str, suggestion: str | None = None, **params: str) -> NumberRefused:
    """Return the refusal of ``text``; with a suggestion its sentence ends in what to write."""
    words = {"value": quoted(text), **params}
    public_code = "too_many_decimals" if code == "not_whole" else code
    if suggestion is None:
        return NumberRefused(public_code, _REFUSALS[code], words)
    return NumberRefused(public_code, _SUGGESTIONS[code], {**words, "instead": suggestion}, suggestion)


_NOTES = {
    "full_width_cleaned": gettext_noop("“%(value)s”中的全角字符已换成半角，读作 %(read_as)s。"),
    "invisible_cleaned": gettext_noop("数字前后看不见的字符已去掉，读作 %(read_as)s。"),
    "leading_zeros": gettext_noop("“%(value)s”开头多出的 0 已去掉，读作 %(read_as)s，请核对。"),
}

_REFUSALS = {
    "blank": gettext_noop("这一格是空的。请填数字；没有发生请填 0。"),
    "too_long": gettext_noop("“%(value)s”太长，不像一个数。请核对后重填。"),
    "not_a_number": gettext_noop("“%(value)s”不是一个数。请只填数字，例如 12.5。"),
    "not_finite": gettext_noop("“%(value)s”不是一个确定的数。请填具体数字，或留空。"),
    "is_placeholder": gettext_noop("“%(value)s”不是数字。没有数据请留空，或选择“未报”并写明原因；没有发生请填 0。"),
    "has_unit": gettext_noop("“%(value)s”带有单位或文字，这一格只填数字。请按表头的单位换算后重填。"),
    "chinese_numeral": gettext_noop("“%(value)s”是汉字数字。请用阿拉伯数字填写。"),
    "exponent": gettext_noop("“%(value)s”是科学记数法。请把数字写全。"),
    "other_script_digits": gettext_noop("“%(value)s”含有其他文字或特殊形式的数字。请用 0 至 9 填写。"),
    "bad_grouping": gettext_noop("“%(value)s”的分隔符位置不对或不是逗号。请去掉分隔符，或每三位用一个逗号。"),
    "has_inner_space": gettext_noop("“%(value)s”中间有空格或看不见的字符。请确认是一个数还是两个数，去掉空格后重填。"),
    "trailing_point": gettext_noop("“%(value)s”的小数点后面没有数字。请补全小数，或去掉小数点。"),
    "negative": gettext_noop("“%(value)s”是负数，这一格的数必须 ≥ 0。请核对后重填。"),
    "negative_notation": gettext_noop("“%(value)s”是负数的其他写法。请在数字前写负号。"),
    "under_minimum": gettext_noop("“%(value)s”小于这一格允许的最小值 %(minimum)s。请核对后重填。"),
    "over_maximum": gettext_noop("“%(value)s”超过这一格允许的最大值 %(maximum)s。请核对位数和单位后重填。"),
    "too_many_decimals": gettext_noop(
        "“%(value)s”的小数位数过多，这一格最多 %(places)s 位小数。系统不代为四舍五入，请按实际数重填。"
    ),
    "not_whole": gettext_noop("“%(value)s”带有小数，这一格只填整数。系统不代为四舍五入，请按实际数重填。"),
}

_SUGGESTIONS = {
    "too_many_decimals": gettext_noop(
        "“%(value)s”的小数位数过多，这一格最多 %(places)s 位小数。系统不代为四舍五入，请按实际数重填；"
        "如果是以万为单位的数，请填 %(instead)s。"
    ),
    "not_whole": gettext_noop(
        "“%(value)s”带有小数，这一格只填整数。系统不代为四舍五入，请按实际数重填；"
        "如果是以万为单位的数，请填 %(instead)s。"
    ),
    "has_unit": gettext_noop("“%(value)s”带有单位或文字，这一格只填数字。请填 %(instead)s。"),
    "chinese_numeral": gettext_noop("“%(value)s”是汉字数字。请用阿拉伯数字填 %(instead)s。"),
    "exponent": gettext_noop("“%(value)s”是科学记数法。请把数字写全：%(instead)s。"),
    "other_script_digits": gettext_noop("“%(value)s”含有其他文字的数字。请填 %(instead)s。"),
    "bad_grouping": gettext_noop("“%(value)s”的分隔符不是逗号。请填 %(instead)s。"),
    "has_inner_space": gettext_noop("“%(value)s”中间有空格。如果是一个数，请填 %(instead)s。"),
    "trailing_point": gettext_noop("“%(value)s”的小数点后面没有数字。请填 %(instead)s，或补全小数。"),
    "negative_notation": gettext_noop("“%(value)s”是负数的其他写法。请填 %(instead)s。"),
}
