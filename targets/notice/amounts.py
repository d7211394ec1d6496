"""The amounts in a sentence: number, unit, bound, strength, and the words that say of what.

Nothing is rounded or guessed: a range, an approximation, a growth or a condition is told as such, never flattened into
a target.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from targets.notice.characters import NUMERALS, numeral


class Way(StrEnum):
    """What an amount asks; the first three are the bounds of a target, the rest is for a person to read."""

    AT_LEAST = "AT_LEAST"
    AT_MOST = "AT_MOST"
    EXACTLY = "EXACTLY"
    ABOUT = "ABOUT"
    BETWEEN = "BETWEEN"
    GROWTH = "GROWTH"
    CONDITION = "CONDITION"


class Unit(StrEnum):
    PERSON = "PERSON"
    PERSON_TIME = "PERSON_TIME"
    HOUSEHOLD = "HOUSEHOLD"
    YUAN = "YUAN"
    RATE = "RATE"
    POINTS = "POINTS"
    COUNT = "COUNT"
    #: “No new arrears”: there is no number, and so no unit.
    NONE = "NONE"


@dataclass(frozen=True)
class Amount:
    """One amount. `value` in base units, a rate as a fraction; `high` is the upper end of a range."""

    text: str
    label: str
    value: Decimal
    unit: Unit
    way: Way
    strength: str
    is_part: bool = False
    high: Decimal | None = None
    doubt: str = ""


_WORTH = {
    "": Decimal(1),
    "百": Decimal(100),
    "千": Decimal(1_000),
    "万": Decimal(10_000),
    "百万": Decimal(1_000_000),
    "千万": Decimal(10_000_000),
    "亿": Decimal(100_000_000),
    "万亿": Decimal(1_000_000_000_000),
}
_HUNDREDTH = Decimal("0.01")
_UNITS = {
    "人次": Unit.PERSON_TIME,
    "人": Unit.PERSON,
    "名": Unit.PERSON,
    "户": Unit.HOUSEHOLD,
    "元": Unit.YUAN,
    "个百分点": Unit.POINTS,
    "%": Unit.RATE,
    **dict.fromkeys(("个", "家", "所", "项", "件", "处", "座", "套", "亩", "公里", "吨"), Unit.COUNT),
}
_DIGITS = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
_NUMBER = rf"{_DIGITS}|(?<!百分之)[{NUMERALS}]+"
_MARK = r"[①-⑳¹²³⁰-⁹]|[\[［][0-9]{1,2}[\]］]"
_FOUND = re.compile(
    rf"(?P<percent>百分之(?P<of>[{NUMERALS}]+))"
    rf"|(?P<low>{_NUMBER})(?:(?P<to>[-—–~～]{{1,2}}|至|到)(?P<high>{_NUMBER}))?(?P<mark>{_MARK})?\s?(?P<times>万亿|百万|千万|[百千万亿])?"
    rf"(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})?"
)
_QUOTED = re.compile(r"“[^”]*”|《[^》]*》|〔[^〕]*〕|「[^」]*」")
#: After a number these make it no amount: a day, a number of something, a session.
_NO_AMOUNT = re.compile(r"[年月日号次届期时点分章条款]")
_CONDITION = re.compile(r"[^，。；]{0,4}的(?:地区|省份?|单位|企业|城市|县|市)")
_NAUGHT = re.compile(r"(?:不(?:再)?(?:发生|出现|产生)|杜绝|实现零)(?P<what>新?的?[^，。；、]{1,20})")

_AT_LEAST_BEFORE = re.compile(
    r"不低于|不少于|不小于|至少|达到|达|实现|完成|突破|超过|力争|确保|新增|净增|扩面|培训|增加到|提高到|上升到"
)
_AT_MOST_BEFORE = re.compile(r"控制在|不超过|不高于|不突破|不多于|不大于|低于|降至|降到|压缩到")
_NOT_LESS = re.compile(r"不低于|不少于|不小于|至少")
_GROWTH_BEFORE = re.compile(
    r"(?:同比|比上年|比去年|年均|平均)?(?:增长|提高|上升|增加|下降|降低|减少|增幅)(?:幅度)?(?:不低于|达到|达|约|超过)?$"
)
_AFTER = re.compile(r"[^，。；、]{0,2}?(以上|以内|以下|之内|左右|上下)")
_ABOUT_BEFORE = re.compile(r"(?:大约|约|大概|近)$")
_BINDING = re.compile(r"不低于|不少于|确保|控制在|不超过|不高于|不突破|必须|不发生|不再发生|不出现|不产生|杜绝")
_STRIVE = re.compile(r"力争|争取|努力实现|努力达到")
_CLAUSE = re.compile(r"[，；：（。、]")
_EACH = re.compile(r"(?P<names>[^，；。：（）]*)分别(?:达到|完成|实现|为|增加到|控制在)?$")
#: Words that ask, not words that name.
_ASKING = re.compile(
    r"不低于|不少于|不小于|至少|控制在|不超过|不高于|不突破|力争|争取|确保|实现|达到|完成|全年|年内|(?:19|20)\d\d年|约$|为$|达$|以|其中|要$|做好|分别"
)


def amounts_in(sentence: str) -> list[Amount]:
    """Return the amounts of one sentence in their order.

    >>> [(one.label, str(one.value), one.way.value) for one in amounts_in("城镇登记失业率控制在4.6%以内。")]
    [('城镇登记失业率', '0.046', 'AT_MOST')]
    """
    hidden = _QUOTED.sub(lambda found: "\0" * len(found.group()), sentence)
    found = [one for match in _FOUND.finditer(hidden) if (one := _amount(hidden, match)) is not None]
    placed = [(match.start(), one) for match, one in found]
    named = _pair_names(hidden, placed)
    naught = [(match.start(), _naught(match)) for match in _NAUGHT.finditer(hidden)]
    return [one for _, one in sorted([*named, *naught], key=lambda pair: pair[0])]


def _amount(sentence: str, found: re.Match[str]) -> tuple[re.Match[str], Amount] | None:
    value = _value(found)
    after = sentence[found.end() :]
    if value is None or (found["low"] and not found["unit"] and not found["times"]) or _is_no_amount(found, after):
        return None
    unit = Unit.RATE if found["percent"] else _UNITS.get(found["unit"] or "", Unit.COUNT)
    scale = _HUNDREDTH if unit in {Unit.RATE, Unit.POINTS} else Decimal(1)
    high = _number(found["high"])
    before = sentence[: found.start()]
    clause = _CLAUSE.split(before)[-1]
    suffix = found_after[1] if (found_after := _AFTER.match(after)) else ""
    way = _way(found, clause, after, suffix, unit)
    return found, Amount(
        text=found.group() + (found_after.group() if found_after else ""),
        label=_label(before),
        value=value * scale,
        high=None if high is None else high * _WORTH[found["times"] or ""] * scale,
        unit=unit,
        way=way,
        strength=_strength(before, clause, suffix),
        is_part="其中" in clause or _CLAUSE.split(before)[-2:-1] == ["其中"],
        doubt="a footnote's mark stands at the number" if found["mark"] else "",
    )


def _value(found: re.Match[str]) -> Decimal | None:
    if found["percent"]:
        return _number(found["of"])
    value = _number(found["low"])
    return None if value is None else value * _WORTH[found["times"] or ""]


def _number(text: str | None) -> Decimal | None:
    if not text:
        return None
    if text[0].isascii():
        return Decimal(text.replace(",", ""))
    whole = numeral(text)
    return None if whole is None else Decimal(whole)


def _is_no_amount(found: re.Match[str], after: str) -> bool:
    """Say whether the number counts nothing that is asked for: a day, a small word of number such as 三个 or 两级."""
    if found["percent"]:
        return False
    if not found["unit"] and _NO_AMOUNT.match(after):
        return True
    is_word = not found["low"][0].isascii()
    value = _number(found["low"])
    return is_word and not found["times"] and (value is None or value < 10 or found["low"][-1:] in "百千")


def _way(found: re.Match[str], clause: str, after: str, suffix: str, unit: Unit) -> Way:
    if found["high"]:
        return Way.BETWEEN
    if unit == Unit.POINTS or (unit == Unit.RATE and _GROWTH_BEFORE.search(clause)):
        return Way.GROWTH
    if _CONDITION.match(after.removeprefix(suffix)):
        return Way.CONDITION
    if suffix in {"左右", "上下"} or _ABOUT_BEFORE.search(clause):
        return Way.ABOUT
    return _bound(clause, suffix, unit)


def _bound(clause: str, suffix: str, unit: Unit) -> Way:
    if suffix == "以上" or _NOT_LESS.search(clause):
        return Way.AT_LEAST
    if suffix in {"以内", "以下", "之内"} or _AT_MOST_BEFORE.search(clause):
        return Way.AT_MOST
    if unit == Unit.COUNT and not _AT_LEAST_BEFORE.search(clause):
        return Way.EXACTLY
    return Way.AT_LEAST


def _strength(before: str, clause: str, suffix: str) -> str:
    """Return how strongly it is asked for; 力争 holds for all that follows in the sentence, 确保 within its clause."""
    if _BINDING.search(clause) or suffix in {"以内", "之内"}:
        return "BINDING"
    return "STRIVE" if _STRIVE.search(before) else "PLAIN"


def _label(before: str) -> str:
    """Return the words that name what is counted: those of the clause, else of the one before that has no amount."""
    for clause in reversed(_CLAUSE.split(before)):
        label = _ASKING.sub("", clause).replace("\0", "").strip(" 的")
        if label:
            return "" if re.search("[0-9]", label) else label
    return ""


def _naught(found: re.Match[str]) -> Amount:
    return Amount(
        text=found.group(),
        label=found["what"],
        value=Decimal(0),
        unit=Unit.NONE,
        way=Way.AT_MOST,
        strength="BINDING",
    )


def _pair_names(sentence: str, placed: list[tuple[int, Amount]]) -> Iterator[tuple[int, Amount]]:
    """Give each amount of “甲、乙、丙收入分别达到1、2、3” its own name; where their numbers differ, say so."""
    waiting: list[str] = []
    for index, (start, one) in enumerate(placed):
        each = _EACH.search(sentence[:start])
        if each is not None:
            names = each["names"].split("、")
            n_amounts = _n_in_row(sentence, placed[index:])
            waiting = _full_names(names) if len(names) == n_amounts else [""] * n_amounts
        if not waiting:
            yield start, one
            continue
        name = waiting.pop(0)
        yield start, replace(one, label=name) if name else replace(one, doubt="its name is not plain: 分别")


def _n_in_row(sentence: str, placed: list[tuple[int, Amount]]) -> int:
    """Return how many amounts follow each other with nothing but 、 or 和 between them."""
    n_amounts = 1
    for (start, one), (following, _) in pairwise(placed):
        if sentence[start + len(one.text) : following].strip("、和及，") != "":
            break
        n_amounts += 1
    return n_amounts


def _full_names(names: list[str]) -> list[str]:
    """Give the names before the last what the last one ends in.

    >>> _full_names(["养老", "医疗", "失业保险收入"])
    ['养老保险收入', '医疗保险收入', '失业保险收入']
    """
    ending = names[-1][len(names[-2]) :] if len(names) > 1 else ""
    return [*(name + ending for name in names[:-1]), names[-1]]
