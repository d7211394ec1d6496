"""The limits of the rules in words, for those who read them on a page; programs and planners write their names."""

from __future__ import annotations

from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workplan.lib.numbers import plain_text

_RATE, _POINTS, _NUMBER = "RATE", "POINTS", "NUMBER"

#: A sentence by the name of the limit, and how its number is written there.
LIMIT_WORDS: dict[str, tuple[str | Promise, str]] = {
    "stock_rise": (_("比上期上升不超过 %(limit)s"), _RATE),
    "stock_fall": (_("比上期下降不超过 %(limit)s"), _RATE),
    "baseline_drift": (_("与上年末基数相差不超过 %(limit)s"), _RATE),
    "slip_above": (_("不超过上次的 %(limit)s 倍"), _NUMBER),
    "slip_below": (_("不低于上次的 %(limit)s 倍"), _NUMBER),
    "slip_tolerance": (_("去掉错填的万、亿后与上次相差 %(limit)s 倍以内，才提示可能的原数"), _NUMBER),
    "slip_smallest": (_("两数都小于 %(limit)s 的不判"), _NUMBER),
    "ceiling_low": (_("不低于 %(limit)s"), _RATE),
    "ceiling_high": (_("不高于 %(limit)s"), _RATE),
    "ceiling_jump": (_("比上期变动不超过 %(limit)s 个百分点"), _POINTS),
    "floor_low": (_("不低于 %(limit)s"), _RATE),
    "published_gap": (_("相差超过 %(limit)s 的并列"), _RATE),
    "separate_tolerance": (_("与含兵团的合计相差不超过 %(limit)s 的须说明"), _RATE),
    "final_gap": (_("相差不超过 %(limit)s"), _RATE),
    "usual_low": (_("不低于上期 %(limit)s 倍的不问"), _NUMBER),
    "usual_high": (_("不高于上期 %(limit)s 倍的不问"), _NUMBER),
    "usual_drift": (_("期末数偏离往常不超过 %(limit)s 的不问"), _RATE),
    "jump": (_("可比较的太少时，变动 %(limit)s 倍以上才问"), _NUMBER),
    "reach": (_("往常范围为中位数两侧各 %(limit)s 个中位偏差"), _NUMBER),
    "fewest_moves": (_("至少 %(limit)s 次变动才算得出往常"), _NUMBER),
    "outlier_smallest": (_("小于 %(limit)s 的数不问"), _NUMBER),
    "repeat_smallest": (_("小于 %(limit)s 的数不问"), _NUMBER),
    "same_fewest": (_("至少 %(limit)s 项相同才问"), _NUMBER),
}


def limit_words(name: str, value: Decimal) -> str:
    """Say what a limit asks, unrounded: "stock_rise", 0.05 → 比上期上升不超过 5%."""
    sentence, written = LIMIT_WORDS[name]
    number = plain_text(value if written == _NUMBER else value * 100)
    return str(sentence) % {"limit": f"{number}%" if written == _RATE else number}
