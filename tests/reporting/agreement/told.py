"""What each surface is to say of one standing: which columns, and how they read.

The words beside figures are looked for in Chinese alone; numbers, marks and status words in both languages.
"""

from __future__ import annotations

from fractions import Fraction

from tests.reporting.agreement import oracle, shown
from tests.reporting.agreement.files import OF_TRACE
from tests.reporting.agreement.oracle import Standing
from tests.reporting.agreement.reading import Told
from tests.reporting.agreement.year import (
    FILED,
    INDICATORS,
    LATER,
    MISSING,
    NOT_APPLICABLE,
    UNITS,
    numbers_of,
)


def card(one: Standing, *, english: bool) -> dict[str, str]:
    told = {
        "value": shown.figure(one.value, one.measure, english=english),
        "marks": one.marks,
        "status": shown.shaped(one.status, english=english),
    }
    return told if english else told | {"done": _done(one), "target": _target(one)}


def _done(one: Standing) -> str:
    """Say how far one is: a share done, or what is left below a ceiling."""
    if one.value is None or one.target is None:
        return ""
    if one.completion is not None:
        return f"完成 {shown.percent(one.completion)}"
    if one.kind == "ZERO":
        return _arrears(one)
    if one.is_ceiling:
        return f"{'余量' if one.headroom >= 0 else '超出'} {_gap(one.headroom)} 个百分点"
    if one.kind == "RATIO":
        gap = one.value - one.target
        return f"{'高出目标' if gap >= 0 else '距目标'} {_gap(gap)} 个百分点"
    return ""


def _arrears(one: Standing) -> str:
    if one.value == 0:
        return "年内曾发生，现已清零" if one.has_breached else "未发生"
    return f"涉及 {one.persons} 人"


def _gap(delta: Fraction) -> str:
    """Write a difference of rates in points, as many decimals as it takes not to be nothing."""
    found = (shown.rounded(abs(delta) * 100, places) for places in (1, 2, 3))
    return next((text for text in found if text.strip("0.")), "0.0")


def _target(one: Standing) -> str:
    if one.target is None:
        return "无目标"
    if one.kind == "ZERO":
        return "不得发生"
    return f"{'上限' if one.is_ceiling else '目标'} {shown.figure(one.target, one.measure)}"


def tile(one: Standing, *, english: bool) -> dict[str, str]:
    """A tile of the map: the share done, of a rate the rate, else the figure."""
    if one.completion is not None:
        text = shown.percent(one.completion)
    else:
        text = shown.figure(one.value, one.measure, english=english)
    return {"text": text, "status": shown.word(one.status, english=english)}


def verdict(one: Standing, *, english: bool) -> dict[str, str]:
    return {"status": shown.shaped(one.status, english=english)}


def ranked(one: Standing, *, english: bool) -> dict[str, str]:
    siblings = list(oracle.of_children(one.month, UNITS[one.unit][0], one.code))
    told = {
        "value": shown.column(one.value, one.measure, english=english),
        "marks": one.marks,
        "status": "",
    }
    if all(each.target is None for each in siblings):
        return told
    if any(each.value is not None for each in siblings) and one.kind in {"FLOW", "STOCK", "COUNT"}:
        told["completion"] = shown.percent(one.completion)
    if one.kind == "STOCK":
        told["share"] = shown.percent(one.share)
    return told | {
        "rank": _rank(one),
        "target": shown.column(one.target, one.measure, english=english),
        "deviation": shown.signed_column(one.deviation, one.measure, english=english),
        "status": shown.shaped(one.status, english=english),
    }


def _rank(one: Standing) -> str:
    return str(oracle.rank(one) or shown.DASH)


def indicator(one: Standing, *, english: bool) -> dict[str, str]:
    told = {
        "value": shown.figure(one.value, one.measure, english=english),
        "marks": one.marks,
        "status": shown.shaped(one.status, english=english),
        "of_month": shown.column(one.value, one.measure, english=english),
        "marks_of_month": one.marks,
        "coverage": coverage(one),
    }
    if one.target is not None:
        told["target"] = shown.figure(one.target, one.measure, english=english)
        told["pro_rata"] = shown.figure(one.pro_rata, one.measure, english=english)
    if one.measure == "YUAN":
        told["persons"] = shown.figure(one.persons, "PERSON", english=english)
    return told


def coverage(one: Standing) -> str:
    return f"{one.n_reported}/{one.n_due}" if one.n_due else shown.DASH


def unit(one: Standing, *, english: bool) -> dict[str, str]:
    told = {
        "value": shown.figure(one.value, one.measure, english=english),
        "marks": one.marks,
        "target": shown.figure(one.target, one.measure, english=english),
        "pro_rata": shown.figure(one.pro_rata, one.measure, english=english),
        "deviation": shown.signed(one.deviation, one.measure, english=english),
        "rank": _rank(one),
        "status": shown.shaped(one.status, english=english),
    }
    if not english:
        told["done"] = shown.percent(one.completion) if one.completion is not None else _done(one) or shown.DASH
    return told


def item(one: Standing, *, english: bool) -> dict[str, str]:
    told = {"value": shown.figure(one.value, one.measure, english=english), "marks": one.marks}
    if one.target is None:
        return told | {"coverage": f"{one.n_reported}/{one.n_due}"}
    told |= {
        "deviation": shown.signed(one.deviation, one.measure, english=english) + _points(one, english=english),
        "status": shown.shaped(one.status, english=english),
        "light": _light(one, english=english),
    }
    return told if english else told | {"target": _target(one)}


def _points(one: Standing, *, english: bool) -> str:
    return {False: " 个百分点", True: " points"}[english] if one.kind == "RATIO" else ""


def _light(one: Standing, *, english: bool) -> str:
    return shown.shaped(oracle.light(one.month, INDICATORS[one.code][-1]), english=english)


def board(one: Standing, *, english: bool) -> dict[str, str]:
    return {
        "value": shown.figure(one.value, one.measure, english=english),
        "marks": one.marks,
        "status": shown.shaped(one.status, english=english),
        "light": _light(one, english=english),
    }


def compared(one: Standing, *, english: bool) -> dict[str, str]:
    return {
        "value": shown.column(one.value, one.measure, english=english),
        "target": shown.column(one.target, one.measure, english=english),
        "rank": _rank(one),
        "status": shown.shaped(one.status, english=english),
        "marks": one.marks,
    }


def traced(one: Standing, *, english: bool) -> dict[str, str]:
    value = shown.percent(one.value, 4) if one.kind == "RATIO" else shown.exact(one.value)
    told = {"value": value, "marks": one.marks, "coverage": coverage(one)}
    if one.kind == "RATIO":
        told |= {"numerator": shown.exact(one.numerator), "denominator": shown.exact(one.denominator)}
    return told | ({"added": value} if oracle.below(one.unit) else {})


def explored(one: Standing, *, english: bool) -> dict[str, str]:
    return {
        "value": shown.column(one.value, one.measure, english=english),
        "value_marks": one.marks,
        "completion_rate": shown.percent(one.completion),
        "deviation": shown.signed_column(one.deviation, one.measure, english=english),
        "status": shown.shaped(one.status, english=english) or shown.DASH,
        "rank": _rank(one),
    }


def _exact(one: Standing) -> dict[str, str]:
    """Return every measure with the digits that programs get."""
    numbers = {
        "value": one.value, "numerator": one.numerator, "denominator": one.denominator, "persons": one.persons,
        "target_value": one.target, "baseline_value": one.baseline, "completion_rate": one.completion,
        "share_of_target": one.share, "pro_rata_target": one.pro_rata, "deviation": one.deviation,
        "headroom": one.headroom, "rank": oracle.rank(one), "n_due": one.n_due, "n_reported": one.n_reported,
        "n_carried": one.n_carried,
    }  # fmt: skip
    return {name: shown.twelve(number) for name, number in numbers.items()}


def _value_month(one: Standing) -> str:
    return "" if one.value is None else f"2007-{one.value_month:02d}"


def rest(one: Standing, *, english: bool) -> dict[str, str]:
    return _exact(one) | {"value_month": _value_month(one), "status": one.status or ""}


def series(one: Standing, *, english: bool) -> dict[str, str]:
    exact = _exact(one)
    return {name: exact[name] for name in ("value", "pro_rata_target", "n_due", "n_reported", "n_carried")}


def series_file(one: Standing, *, english: bool) -> dict[str, str]:
    exact = _exact(one)
    told = {name: exact[name] for name in ("value", "pro_rata_target", "n_due", "n_reported")}
    return told | {"marks": one.marks}


def workbook(one: Standing, *, english: bool) -> dict[str, str]:
    return _exact(one) | {
        "published_value": shown.twelve(one.published_value if one.is_revised else None),
        "value_month": _value_month(one),
        "unit_of_measure": _UNITS_OF_MEASURE[one.measure][english],
        "status": shown.word(one.status, english=english),
        "marks": one.all_marks,
    }


_UNITS_OF_MEASURE = {
    "PERSON": ("人", "persons"), "YUAN": ("元", "yuan"), "COUNT": ("个", "count"), "RATE": ("比率", "Rate"),
}  # fmt: skip


def summary(one: Standing, *, english: bool) -> dict[str, str]:
    told = workbook(one, english=english) | {"status": shown.shaped(one.status, english=english)}
    left_out = {"numerator", "denominator", "persons", "baseline_value", "rank", "published_value"}
    return {name: text for name, text in told.items() if name not in left_out}


def matrix(one: Standing, *, english: bool) -> dict[str, str]:
    letters = [letter for letter in one.marks.split() if letter != "p"]
    return {"value": shown.twelve(one.value), "marks": " ".join(letters)}


def explorer_file(one: Standing, *, english: bool) -> dict[str, str]:
    exact = _exact(one)
    told = {name: exact[name] for name in ("value", "completion_rate", "deviation", "rank")}
    return told | {"status": shown.word(one.status, english=english), "marks": one.all_marks}


def trace_file(one: Standing, *, english: bool) -> dict[str, str]:
    exact = workbook(one, english=english)
    return {name: exact[name] for name in OF_TRACE} | {"marks": one.marks}


def sdmx(one: Standing, *, english: bool) -> dict[str, str]:
    told = {
        "value": shown.twelve(one.value),
        "OBS_STATUS": _observed(one),
        "N_DUE": str(one.n_due),
        "N_REPORTED": str(one.n_reported),
        "N_CARRIED": str(one.n_carried),
        "UNIT_MEASURE": one.measure,
        "REVISED_FROM": shown.twelve(one.published_value if one.is_revised else None),
    }
    if one.kind == "RATIO":
        told |= {"numerator": shown.twelve(one.numerator), "denominator": shown.twelve(one.denominator)}
    return told | ({"persons": shown.twelve(one.persons)} if one.measure == "YUAN" else {})


def _observed(one: Standing) -> str:
    letters = {"x": "O", "z": "M", "r": "R", "p": "P"}
    return next((code for letter, code in letters.items() if letter in one.marks.split()), "A")


def circular_table(one: Standing, *, english: bool) -> dict[str, str]:
    letters = ("*" if one.is_carried and one.n_due and one.unit != "000000" else "") + ("r" if one.is_revised else "")
    has_share = one.kind in {"FLOW", "STOCK", "COUNT"}
    return {
        "value": shown.matrix(one.value, one.measure) + letters,
        "completion": shown.percentage(one.completion) if has_share else "",
    }


def letter_table(one: Standing, *, english: bool) -> dict[str, str]:
    unit = "万人" if one.measure == "PERSON" else shown.UNITS_OF_MEASURE[one.measure]
    return {
        "unit_of_measure": unit,
        "target": shown.matrix(one.target, one.measure),
        "value": circular_table(one, english=english)["value"],
        "completion": shown.percentage(one.completion),
        "pro_rata": shown.matrix(one.pro_rata, one.measure),
        "rank": _rank(one),
    }


def filed(month: int) -> Told:
    """Return what was filed for a month, the newest that was approved, as plain numbers."""
    told: Told = {}
    later = {(unit, code): given for at, unit, figures, _why in LATER if at == month for code, given in figures.items()}
    for unit, figures in FILED[month].items():
        for code, given in figures.items():
            newest = later.get((unit, code), given)
            if newest != MISSING:
                told[month, unit, code] = _filed(code, newest)
    return told


def _filed(code: str, given: object) -> dict[str, str]:
    if given == NOT_APPLICABLE:
        return {"value": "", "numerator": "", "denominator": "", "state": "not_applicable"}
    first, *second = numbers_of(given)
    is_ratio = INDICATORS[code][0] == "RATIO"
    return {
        "value": shown.twelve(first / second[0] if is_ratio else first),
        "numerator": shown.twelve(first) if is_ratio else "",
        "denominator": shown.twelve(second[0]) if is_ratio else "",
        "state": "reported",
    }
