"""How a figure is to read, worked out in fractions: half-up, once, to the last digit that is shown."""

from __future__ import annotations

from fractions import Fraction

DASH, MINUS = "–", "−"
WAN, YI, MILLION = 10_000, 100_000_000, 1_000_000

#: The words and shapes of the verdicts in both languages.
WORDS = {
    "completed": ("✔", "已完成", "Completed"),
    "on_schedule": ("▲", "达到序时进度", "On schedule"),
    "lagging": ("●", "略有滞后", "Lagging"),
    "behind": ("▼", "滞后", "Behind"),
    "breached": ("✖", "突破", "Breached"),
    "not_reported": ("–", "未报", "Not reported"),
    "not_due": ("○", "未到报送期", "Not due"),
}
UNITS_OF_MEASURE = {"PERSON": "人", "YUAN": "元", "COUNT": "个", "RATE": "%"}


def word(status: str | None, *, english: bool = False) -> str:
    return "" if status is None else WORDS[status][2 if english else 1]


def shaped(status: str | None, *, english: bool = False) -> str:
    """Return shape and word, as they stand together."""
    return "" if status is None else f"{WORDS[status][0]} {word(status, english=english)}"


def rounded(value: Fraction, places: int, *, grouped: bool = False) -> str:
    """Write a number with so many decimals, halves away from zero; its thousands grouped or not."""
    scaled = abs(value) * 10**places
    whole = int(scaled) + (scaled - int(scaled) >= Fraction(1, 2))
    digits = f"{whole:0{places + 1}d}"
    whole_digits = int(digits[: len(digits) - places])
    text = (f"{whole_digits:,}" if grouped else f"{whole_digits}") + (f".{digits[-places:]}" if places else "")
    return f"{MINUS}{text}" if value < 0 and whole else text


def short(value: Fraction, places: int, *, grouped: bool = False) -> str:
    """Write a number without the zeros at its end."""
    text = rounded(value, places, grouped=grouped)
    return text.rstrip("0").rstrip(".") if "." in text else text


def percentage(rate: Fraction | None, places: int = 1) -> str:
    """Write a share in per cent without the sign; what is below the whole is never shown as the whole."""
    if rate is None:
        return DASH
    if rate < 1 and rounded(rate * 100, places) == rounded(Fraction(100), places):
        return "99" + (f".{'9' * places}" if places else "")
    return rounded(rate * 100, places)


def percent(rate: Fraction | None, places: int = 1) -> str:
    return DASH if rate is None else f"{percentage(rate, places)}%"


def points(delta: Fraction | None, places: int = 1) -> str:
    return DASH if delta is None else _plus(rounded(delta * 100, places))


def base(value: Fraction, measure: str) -> str:
    """Write a number in persons, yuan or items; yuan with cents where there are any."""
    return rounded(value, 2 if measure == "YUAN" and value.denominator != 1 else 0, grouped=True)


def figure(value: Fraction | None, measure: str, *, english: bool = False) -> str:
    """Write a figure by itself, with its unit."""
    if value is None:
        return DASH
    if measure == "RATE":
        return percent(value)
    if english:
        return _english(value, measure)
    unit = UNITS_OF_MEASURE[measure]
    if measure == "COUNT" or abs(value) + Fraction(1, 2) < WAN:
        return base(value, measure) + unit
    if abs(value) + Fraction(1, 20) * WAN < WAN * WAN:
        return f"{short(value / WAN, 1)}万{unit}"
    return f"{short(value / YI, 2)}亿{unit}"


def _english(value: Fraction, measure: str) -> str:
    if measure == "COUNT" or abs(value) < MILLION:
        text = base(value, measure)
    else:
        text = f"{short(value / MILLION, 3, grouped=True)} million"
    return f"{text} yuan" if measure == "YUAN" else text


def signed(value: Fraction | None, measure: str, *, english: bool = False) -> str:
    if measure == "RATE":
        return points(value)
    return DASH if value is None else _plus(figure(value, measure, english=english))


def column(value: Fraction | None, measure: str, *, english: bool = False) -> str:
    """Write a figure in a column whose header names the unit: 万 in Chinese, base units in English."""
    if value is None:
        return DASH
    if measure == "RATE":
        return percentage(value)
    return base(value, measure) if english or measure == "COUNT" else rounded(value / WAN, 1)


def signed_column(value: Fraction | None, measure: str, *, english: bool = False) -> str:
    if value is None or measure == "RATE":
        return points(value)
    return _plus(column(value, measure, english=english))


def matrix(value: Fraction | None, measure: str) -> str:
    """Write a figure in a table of the circular: persons in 万, all else in its own unit, digits ungrouped."""
    if value is None:
        return DASH
    return (column(value, measure) if measure in {"PERSON", "RATE"} else base(value, measure)).replace(",", "")


def exact(value: Fraction | None) -> str:
    """Write a filed number with every digit, grouped."""
    if value is None:
        return DASH
    places = 0 if value.denominator == 1 else 4
    return short(value, places, grouped=True)


def twelve(value: object) -> str:
    """Write a number from a file or an answer, or one of ours, with as many digits as all of them keep."""
    if value is None or value == "":
        return ""
    return f"{float(value if isinstance(value, float | int) else Fraction(str(value))):.12g}"


def _plus(text: str) -> str:
    return f"+{text}" if text.strip("0.,") and text[0].isdigit() and any(one in "123456789" for one in text) else text


#: The heads of columns and cards that are looked for in English pages and workbooks, by what they are called there.
HEADS = {
    "Unit": "单位", "Indicator": "指标", "Value": "数值", "Year to date": "累计数", "Annual target": "年度目标",
    "Result": "完成情况", "Pro-rata target": "序时进度", "Deviation": "与序时之差", "Rank": "名次", "Status": "状态",
    "Share of target": "占目标", "Completion rate": "完成率", "Ceiling": "上限", "Persons": "人数",
    "Reporting": "报送情况", "Marks": "标记", "Reported/due": "已报/应报", "Numerator": "分子",
    "Denominator": "分母", "Rate": "比率", "Indicator code": "指标代码", "Unit code": "单位代码",
    "Unit of measure": "计量单位", "Month of value": "数据所属期", "Persons affected": "涉及人数", "Baseline": "基数",
    "Headroom": "余量", "Units due": "应报单位", "Units reported": "已报单位", "Units carried": "沿用上期",
    "Published value": "发布时数值", "Region": "区域", "Share of nation": "占全国",
}  # fmt: skip
