"""Rules that hold a figure against the unit's own earlier ones: totals, levels, magnitudes, the final figure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from submissions.rules.book import RULES, earlier, own
from submissions.rules.facts import FigureFacts, ReportFacts, RuleLimits, ShownAs
from submissions.rules.registry import Objection, Severity, Shown, Suggestion
from targets.measures import Kind, growth, ratio
from workplan.lib.numbers import gettext_noop


@RULES.rule("V03", gettext_noop("累计数不低于上期累计数。"), Severity.WARNING, kinds=[Kind.FLOW], yields_to="V10")
def year_to_date_value_does_not_fall(
    figure: FigureFacts, report: ReportFacts, limits: RuleLimits
) -> Iterator[Objection]:
    """A year-to-date value is at least the newest earlier one of the year.

    Why: flows are reported cumulatively since January; a lower total is often a month's own figure.
    Except: January starts again; a marked correction may fall, its reason is already written; where V10 objects, one
    slip is not asked about twice.
    Accepted: 90 万 in September after 80 万 in August.
    Refused: 10 万 in September after 80 万 in August.
    """
    previous = figure.previous_value
    if figure.month == 1 or figure.is_correction or report.is_correction:
        return
    if not figure.is_stated or figure.value is None or previous is None or figure.value >= previous:
        return
    yield Objection(
        gettext_noop(
            "%(indicator)s的累计数 %(value)s 低于 %(previous_month)s的 %(previous_value)s。"
            "请填 1 月以来的累计数：如果 %(value)s 是当期数，累计数应为 %(sum)s；确实减少的，请写明原因。"
        ),
        {
            "value": own(figure, figure.value),
            "sum": own(figure, figure.value + previous),
            **earlier(figure, previous),
        },
    )


@RULES.rule(
    "V08",
    gettext_noop("期末数比上期的增减在常见范围内。"),
    Severity.WARNING,
    kinds=[Kind.STOCK],
    limits=["stock_rise", "stock_fall"],
    yields_to="V10",
)
def level_moves_within_a_month_as_usual(
    figure: FigureFacts, report: ReportFacts, limits: RuleLimits
) -> Iterator[Objection]:
    """A level rises by at most 5 % and falls by at most 2 % from the newest earlier one.

    Why: the number of insured grew by 4 to 20 % in the whole of 2007.
    Except: the first level of a year is V09's; a level of 0 has no change; where V10 objects, one slip is not asked
    about twice.
    Accepted: 105 after 100; 98 after 100.
    Refused: 106 after 100; 97 after 100.
    """
    change = growth(figure.stated_value, figure.previous_value)
    if change is None or figure.value is None or figure.previous_value is None:
        return
    if -limits.stock_fall <= change <= limits.stock_rise:
        return
    is_rise = change > 0
    params = {
        "value": own(figure, figure.value),
        "change": (abs(change), ShownAs.RATE),
        "limit": (limits.stock_rise if is_rise else limits.stock_fall, ShownAs.RATE),
        **earlier(figure, figure.previous_value),
    }
    meant = _without_a_digit_too_many(figure.value, figure.previous_value, limits)
    if meant is None:
        yield Objection(_ROSE if is_rise else _FELL, params)
        return
    moved = (_MOVED[is_rise], ShownAs.WORDS)
    yield Objection(
        _SLIPPED, {**params, "moved": moved, "intended": own(figure, meant)}, suggestion=Suggestion("value", meant)
    )


def _without_a_digit_too_many(value: Decimal, previous: Decimal, limits: RuleLimits) -> Decimal | None:
    """Return the level with the decimal point elsewhere, where it then moves as usual: a digit too many or too few."""
    for shift in (-1, 1):
        meant = value.scaleb(shift)
        change = growth(meant, previous)
        if change is not None and -limits.stock_fall <= change <= limits.stock_rise and meant % 1 == 0:
            return meant
    return None


_MOVED = {True: gettext_noop("增加"), False: gettext_noop("减少")}
_SLIPPED = gettext_noop(
    "%(indicator)s的期末数 %(value)s 比 %(previous_month)s的 %(previous_value)s %(moved)s %(change)s，超过 %(limit)s，"
    "疑似多打或漏打了一位。如果应为 %(intended)s，请改正；属实的，请写明原因。"
)
_ROSE = gettext_noop(
    "%(indicator)s的期末数 %(value)s 比 %(previous_month)s的 %(previous_value)s 增加 %(change)s，超过 %(limit)s。"
    "请核对；属实的，请写明原因。"
)
_FELL = gettext_noop(
    "%(indicator)s的期末数 %(value)s 比 %(previous_month)s的 %(previous_value)s 减少 %(change)s，超过 %(limit)s。"
    "请核对；属实的，请写明原因。"
)


@RULES.rule(
    "V09",
    gettext_noop("1 月期末数与上年末基数相近。"),
    Severity.WARNING,
    kinds=[Kind.STOCK],
    limits=["baseline_drift"],
    yields_to="V10",
)
def january_level_is_near_the_baseline(
    figure: FigureFacts, report: ReportFacts, limits: RuleLimits
) -> Iterator[Objection]:
    """A level of January lies within 3 % of the December baseline.

    Why: a January far from the year end usually has another coverage (口径) than the baseline.
    Except: no baseline, nothing to compare; where V10 objects, one slip is not asked about twice.
    Accepted: 103 over a baseline of 100.
    Refused: 104 over a baseline of 100; 96 likewise.
    """
    drift = growth(figure.stated_value, figure.baseline_value) if figure.month == 1 else None
    if drift is None or figure.value is None or figure.baseline_value is None or abs(drift) <= limits.baseline_drift:
        return
    yield Objection(
        gettext_noop(
            "%(indicator)s的 1 月期末数 %(value)s 与上年末基数 %(baseline_value)s 相差超过 %(limit)s。"
            "请核对口径；属实的，请写明原因。"
        ),
        {
            "value": own(figure, figure.value),
            "baseline_value": own(figure, figure.baseline_value),
            "limit": (limits.baseline_drift, ShownAs.RATE),
        },
    )


@RULES.rule(
    "V10",
    gettext_noop("数值与上次同一数量级，疑似“人、万人、亿人”填错时不能报送。"),
    Severity.ERROR,
    kinds=[Kind.FLOW, Kind.STOCK, Kind.RATIO],
    limits=["slip_above", "slip_below", "slip_smallest", "slip_tolerance"],
)
def figure_keeps_its_order_of_magnitude(
    figure: FigureFacts, report: ReportFacts, limits: RuleLimits
) -> Iterator[Objection]:
    """A figure is at most 50 times and at least 0.02 times the newest earlier one; a rate, part by part.

    Why: typing 万 where persons are asked, or persons where 万 are asked, is the commonest slip.
    Except: a nil report, and whatever follows one, has no order of magnitude; flows start again in January; where
    both figures are below 1 000, small numbers simply move.
    Accepted: 90 万 after 80 万; 0 after 80 万; 60 after 1.
    Refused: 90 亿 after 80 万; 90 after 80 万.
    """
    for part, value, previous in _slips(figure, limits):
        yield _slip(figure, part, value, previous, limits)


def _slips(figure: FigureFacts, limits: RuleLimits) -> list[tuple[str, Decimal, Decimal]]:
    """Return the numbers of a figure that left their order of magnitude: which, the number, the earlier one."""
    if not figure.is_stated or (figure.kind == Kind.FLOW and figure.month == 1):
        return []
    found = []
    for part, value, previous in _magnitudes(figure):
        if not value or not previous or max(abs(value), abs(previous)) < limits.slip_smallest:
            continue
        times = ratio(abs(value), abs(previous))
        if times is not None and not limits.slip_below <= times <= limits.slip_above:
            found.append((part, value, previous))
    return found


#: the numbers of a figure, as a sentence calls them
_PARTS = {"value": gettext_noop("数值"), "numerator": gettext_noop("分子"), "denominator": gettext_noop("分母")}

#: powers of ten that a slip of 万 or 亿 leaves behind
_POWERS = {
    4: gettext_noop("多了约一万倍"),
    8: gettext_noop("多了约一亿倍"),
    -4: gettext_noop("只有约万分之一"),
    -8: gettext_noop("只有约亿分之一"),
}


def _magnitudes(figure: FigureFacts) -> list[tuple[str, Decimal | None, Decimal | None]]:
    """Return what V10 compares: which number, the figure and the earlier one."""
    if figure.is_ratio:
        return [
            ("numerator", figure.numerator, figure.previous_numerator),
            ("denominator", figure.denominator, figure.previous_denominator),
        ]
    before = figure.last_level if figure.kind == Kind.STOCK else figure.previous_value
    return [("value", figure.value, before)]


def _slip(figure: FigureFacts, part: str, value: Decimal, previous: Decimal, limits: RuleLimits) -> Objection:
    unit = ShownAs.NUMBER if figure.is_ratio else figure.unit_of_measure
    params: dict[str, Shown] = {
        "part": (_PARTS[part], ShownAs.WORDS),
        "value": (value, unit),
        "previous_value": (previous, unit),
    }
    for power, words in _POWERS.items():
        intended = value.scaleb(-power)
        times = ratio(intended, previous)
        is_near = times is not None and 1 <= times * limits.slip_tolerance <= limits.slip_tolerance**2
        if is_near and intended.scaleb(figure.decimals) % 1 == 0:
            return Objection(
                gettext_noop(
                    "%(indicator)s的%(part)s %(value)s 比上次的 %(previous_value)s %(slip)s，疑似填错单位。"
                    "如果应为 %(intended)s，请改正；如果上次的数有误，请先更正上次的数。"
                ),
                {**params, "slip": (words, ShownAs.WORDS), "intended": (intended, unit)},
                suggestion=Suggestion(part, intended),
            )
    return Objection(
        gettext_noop(
            "%(indicator)s的%(part)s %(value)s 与上次的 %(previous_value)s 相差悬殊，"
            "应在其 %(low)s 至 %(high)s 倍之间。请核对单位；如果上次的数有误，请先更正上次的数。"
        ),
        {
            **params,
            "low": (limits.slip_below, ShownAs.NUMBER),
            "high": (limits.slip_above, ShownAs.NUMBER),
        },
    )


@RULES.rule(
    "V20",
    gettext_noop("新疆的数据不含新疆生产建设兵团。"),
    Severity.WARNING,
    kinds=[Kind.STOCK],
    limits=["separate_tolerance"],
)
def level_does_not_include_a_unit_that_files_itself(
    figure: FigureFacts, report: ReportFacts, limits: RuleLimits
) -> Iterator[Objection]:
    """A level that rose by about what another unit files has probably included that unit.

    Why: labour statistics count the corps beside Xinjiang, tables of the statistics bureau count it within Xinjiang.
    Except: compared only for Xinjiang, and only with a published figure of the corps.
    Accepted: 143 万 after 142 万, beside 61 万 of the corps.
    Refused: 203 万 after 142 万, beside 61 万 of the corps.
    """
    value, before, separate = figure.stated_value, figure.last_level, figure.separate
    if value is None or not before or not separate:
        return
    together = before + separate
    if value - before <= before * limits.stock_rise or abs(value - together) > together * limits.separate_tolerance:
        return
    yield Objection(
        gettext_noop(
            "%(indicator)s %(value)s 接近上期 %(before)s 与兵团 %(separate)s 之和。本平台新疆的数据不含兵团；"
            "如引自统计年鉴等含兵团的数据，请先减去。属实的，请写明原因。"
        ),
        {"value": own(figure, value), "before": own(figure, before), "separate": own(figure, separate)},
    )


@RULES.rule(
    "V23",
    gettext_noop("年报数与 12 月快报数相近。"),
    Severity.WARNING,
    kinds=[Kind.FLOW, Kind.STOCK],
    limits=["final_gap"],
)
def final_figure_is_near_the_flash(figure: FigureFacts, report: ReportFacts, limits: RuleLimits) -> Iterator[Objection]:
    """A final figure (年报) lies within 3 % of the flash figure (快报) it follows.

    Why: revisions were small (28 万 to 29.6 万 technicians was the largest found, and was explained).
    Except: judged only in a final filing.
    Accepted: 103 after a flash of 100.
    Refused: 104 after a flash of 100.
    """
    revision = growth(figure.stated_value, figure.flash)
    if revision is None or figure.value is None or figure.flash is None or abs(revision) <= limits.final_gap:
        return
    yield Objection(
        gettext_noop(
            "%(indicator)s的年报数 %(value)s 与快报数 %(flash)s 相差 %(revision)s，超过 %(limit)s。"
            "请核对；属实的，请写明原因。"
        ),
        {
            "value": own(figure, figure.value),
            "flash": own(figure, figure.flash),
            "revision": (revision, ShownAs.RATE),
            "limit": (limits.final_gap, ShownAs.RATE),
        },
    )
