"""Rules on what is possible but unusual: against the unit's own moves and those of the units beside it.

A move is how many times as much this period is as the one before: of a flow its own amounts, of a level the levels.
Moves are compared by their natural logarithms, so that twice and half are equally far from once; usual is what lies
within so many median distances of the median, which a few wild months cannot shift.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from statistics import median

from submissions.rules.book import RULES, own
from submissions.rules.facts import FigureFacts, ReportFacts, RuleLimits, ShownAs, Spread
from submissions.rules.registry import Objection, Severity, Subject
from targets.measures import Kind, ratio
from workplan.lib.numbers import gettext_noop


@RULES.rule(
    "V24",
    gettext_noop("本期比上期的变动在往常范围内（与本单位历月和各单位比较）。"),
    Severity.WARNING,
    kinds=[Kind.FLOW, Kind.STOCK],
    limits=["usual_low", "usual_high", "usual_drift", "jump", "reach", "fewest_moves", "outlier_smallest"],
    yields_to="V10",
)
def figure_moves_as_usual(figure: FigureFacts, report: ReportFacts, limits: RuleLimits) -> Iterator[Objection]:
    """A period's amount, or a level's growth, lies within what is usual for the unit or for the units beside it.

    Why: a month twelve times the one before is possible, and worth a sentence; a robust picture (median and median
    distance) of the unit's own moves and of the published ones beside it says what is usual.
    Except: 0.5 to 2 times (a level: 2 %) is never asked about; small amounts move freely; what V03, V08, V09 or V10
    already say is not said twice; a gap in the series has no move.
    Accepted: 12 万 after 10 万; 3 000 after 1 000 where the units beside it moved between 2 and 4 times.
    Refused: 120 万 after 10 万 where 0.5 to 2 times is usual.
    """
    value = figure.stated_value
    if value is None:
        return
    series = {**figure.history, figure.month: value}
    times = _move(series, figure.month, figure)
    if times is None or _size(series, figure.month, figure) < limits.outlier_smallest:
        return
    usual = _usual(figure, limits)
    if usual is None or usual[0] <= times <= usual[1]:
        return
    yield _told(figure, series, times, usual, limits)


def _amount(series: Mapping[int, Decimal], month: int, figure: FigureFacts) -> Decimal | None:
    """Return the period's own amount of a flow, the level of a stock; None where a neighbour is missing."""
    value = series.get(month)
    if value is None or figure.kind == Kind.STOCK or month == figure.frequency:
        return value
    before = series.get(month - figure.frequency)
    return None if before is None else value - before


def _move(series: Mapping[int, Decimal], month: int, figure: FigureFacts) -> Decimal | None:
    """Return how many times as much a period is as the one before; None where that cannot be told."""
    amount, before = (_amount(series, one, figure) for one in (month, month - figure.frequency))
    if amount is None or before is None or amount <= 0 or before <= 0:
        return None
    return ratio(amount, before)


def _size(series: Mapping[int, Decimal], month: int, figure: FigureFacts) -> Decimal:
    amounts = (_amount(series, one, figure) for one in (month, month - figure.frequency))
    return max(amount or Decimal(0) for amount in amounts)


def _usual(figure: FigureFacts, limits: RuleLimits) -> tuple[Decimal, Decimal] | None:
    """Return between which moves nothing is asked; None where a level cannot be judged or is V08's to judge."""
    is_stock = figure.kind == Kind.STOCK
    spreads = [one for one in (_own_spread(figure), figure.peers) if one and one.count >= limits.fewest_moves]
    if is_stock and (not spreads or _is_judged_by_change(figure, limits)):
        return None
    widest = (ratio(Decimal(1), limits.jump) or Decimal(0), limits.jump)
    if not spreads:
        return widest
    ends = [one.median + sign * limits.reach * one.distance for one in spreads for sign in (-1, 1)]
    always = (1 - limits.usual_drift, 1 + limits.usual_drift) if is_stock else (limits.usual_low, limits.usual_high)
    low, high = min(always[0], min(ends).exp()), max(always[1], max(ends).exp())
    return max(low, widest[0]), min(high, widest[1])


def _own_spread(figure: FigureFacts) -> Spread | None:
    moves = [_move(figure.history, month, figure) for month in figure.history]
    logarithms = [move.ln() for move in moves if move is not None]
    if not logarithms:
        return None
    middle = median(logarithms)
    return Spread(middle, median(abs(one - middle) for one in logarithms), len(logarithms))


def _is_judged_by_change(figure: FigureFacts, limits: RuleLimits) -> bool:
    """Say whether V08 asks about the level anyway."""
    times = ratio(figure.stated_value, figure.previous_value)
    return times is None or not 1 - limits.stock_fall <= times <= 1 + limits.stock_rise


def _told(
    figure: FigureFacts,
    series: Mapping[int, Decimal],
    times: Decimal,
    usual: tuple[Decimal, Decimal],
    limits: RuleLimits,
) -> Objection:
    amount, before = (_amount(series, one, figure) for one in (figure.month, figure.month - figure.frequency))
    amounts = {"value": own(figure, amount or Decimal(0)), "before": own(figure, before or Decimal(0))}
    if figure.kind == Kind.STOCK:
        return Objection(
            gettext_noop(
                "%(indicator)s的期末数 %(value)s 比上期 %(before)s 变动 %(change)s（往常 %(low)s 至 %(high)s）。"
                "请核对；属实的，请写明原因。"
            ),
            {
                **amounts,
                "change": (times - 1, ShownAs.RATE),
                "low": (usual[0] - 1, ShownAs.RATE),
                "high": (usual[1] - 1, ShownAs.RATE),
            },
        )
    return Objection(
        gettext_noop(
            "%(indicator)s的本期数 %(value)s 是上期 %(before)s 的 %(times)s 倍（往常 %(low)s 至 %(high)s 倍）。"
            "请核对；属实的，请写明原因。"
        ),
        {
            **amounts,
            "times": (times, ShownAs.TIMES),
            "low": (usual[0], ShownAs.TIMES),
            "high": (usual[1], ShownAs.TIMES),
        },
    )


@RULES.rule(
    "V25",
    gettext_noop("数值与上期一模一样的，须说明。"),
    Severity.WARNING,
    kinds=[Kind.FLOW, Kind.STOCK],
    limits=["repeat_smallest"],
)
def figure_is_not_the_earlier_one_again(
    figure: FigureFacts, report: ReportFacts, limits: RuleLimits
) -> Iterator[Objection]:
    """A figure of some size differs from the newest earlier one in at least its last digit.

    Why: a number that equals last month's to the last person was more often copied than counted.
    Except: figures below 1 000, such as a nil report, may well repeat; a correction has given its reason.
    Accepted: 800 001 after 800 000; 0 after 0.
    Refused: 800 000 after 800 000.
    """
    value = figure.stated_value
    if value is None or value != figure.previous_value or value < limits.repeat_smallest or report.is_correction:
        return
    yield Objection(
        gettext_noop("%(indicator)s %(value)s 与 %(previous_month)s一模一样。请核对是否忘了更新；属实的，请写明原因。"),
        {"value": own(figure, value), "previous_month": (figure.previous_month or 0, ShownAs.MONTH)},
    )


@RULES.rule(
    "V26",
    gettext_noop("各指标填的都是同一个数的，须说明。"),
    Severity.WARNING,
    subject=Subject.REPORT,
    limits=["same_fewest"],
)
def figures_are_not_all_the_same(report: ReportFacts, limits: RuleLimits) -> Iterator[Objection]:
    """The figures of a report are not all one and the same number.

    Why: the same number in every cell was filled down, not filed.
    Except: fewer than three figures; nil reports; rates and counts of pilots.
    Accepted: 5 000, 5 000 and 5 001.
    Refused: 5 000 in each of three indicators.
    """
    stated = {code: one.stated_value for code, one in report.figures.items() if one.kind in _COUNTED}
    values = {code: value for code, value in stated.items() if value}
    if len(values) < limits.same_fewest or len(set(values.values())) > 1:
        return
    first = report.figures[min(values)]
    yield Objection(
        gettext_noop("%(count)s 个指标填的都是 %(value)s。请核对是否误用了填充；属实的，请写明原因。"),
        {"count": (len(values), ShownAs.NUMBER), "value": own(first, values[first.code])},
        indicator=first.code,
    )


_COUNTED = {Kind.FLOW, Kind.STOCK}
