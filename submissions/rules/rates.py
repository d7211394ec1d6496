"""Rules on rates, which are filed as numerator and denominator: T04 so agrees with its parts by construction (V06)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from submissions.rules.book import RULES
from submissions.rules.facts import FigureFacts, ReportFacts, RuleLimits, ShownAs
from submissions.rules.registry import Objection, Severity, Shown
from targets.measures import Bound, Kind
from workplan.lib.numbers import gettext_noop


@RULES.rule(
    "V06",
    gettext_noop("失业率的分子不大于分母，并在常见范围内，变动不大。"),
    *(Severity.ERROR, Severity.WARNING),
    kinds=[Kind.RATIO],
    bound=Bound.AT_MOST,
    limits=["ceiling_low", "ceiling_high", "ceiling_jump"],
)
def rate_under_a_ceiling_is_plausible(
    figure: FigureFacts, report: ReportFacts, limits: RuleLimits
) -> Iterator[Objection]:
    """A rate under a ceiling: numerator within denominator (E), 0.5 to 8 % and moved 0.5 points at most (W).

    Why: the registered unemployed are among the labour force; provinces lay between 2.1 % and 5.6 % in 2005.
    Except: the move is not judged where no earlier rate of the year exists.
    Accepted: 46 of 1 000 after 45 of 1 000.
    Refused: 1 001 of 1 000 (E); 90 of 1 000 (W); 52 of 1 000 after 46 of 1 000 (W).
    """
    objection = _parts_out_of_order(figure)
    if objection is not None:
        yield objection
    rate = figure.rate if objection is None and figure.is_stated else None
    if rate is None:
        return
    before = figure.previous_rate
    is_out_of_range = not limits.ceiling_low <= rate <= limits.ceiling_high
    if before is not None and abs(rate - before) > limits.ceiling_jump:
        template = _JUMP_AND_RANGE if is_out_of_range else _JUMP
    elif is_out_of_range:
        template = _RANGE
    else:
        return
    yield Objection(template, _rate_params(rate, before, limits), Severity.WARNING)


@RULES.rule(
    "V07",
    gettext_noop("签订率的分子不大于分母，并不低于常见水平。"),
    *(Severity.ERROR, Severity.WARNING),
    kinds=[Kind.RATIO],
    bound=Bound.AT_LEAST,
    limits=["floor_low"],
)
def rate_above_a_floor_is_plausible(
    figure: FigureFacts, report: ReportFacts, limits: RuleLimits
) -> Iterator[Objection]:
    """A rate above a floor: numerator within denominator (E), at least 60 % (W).

    Why: who signed a contract is among the employed; the three-year plan stood at 80 % at the end of 2006.
    Except: nothing.
    Accepted: 85 of 100.
    Refused: 101 of 100 (E); 59 of 100 (W).
    """
    objection = _parts_out_of_order(figure)
    if objection is not None:
        yield objection
    elif figure.is_stated and figure.rate is not None and figure.rate < limits.floor_low:
        yield Objection(
            gettext_noop(
                "%(indicator)s算得 %(rate)s，低于常见的 %(low)s 至 100%%。请核对分子和分母的口径；属实的，请写明原因。"
            ),
            {"rate": (figure.rate, ShownAs.RATE), "low": (limits.floor_low, ShownAs.RATE)},
            Severity.WARNING,
        )


_RANGE = gettext_noop(
    "%(indicator)s算得 %(rate)s，不在常见的 %(low)s 至 %(high)s 之间。请核对分子和分母；属实的，请写明原因。"
)
_JUMP = gettext_noop(
    "%(indicator)s算得 %(rate)s，与上次的 %(previous_rate)s 相差超过 %(jump)s 个百分点。"
    "请核对分子和分母；属实的，请写明原因。"
)
_JUMP_AND_RANGE = gettext_noop(
    "%(indicator)s算得 %(rate)s，不在常见的 %(low)s 至 %(high)s 之间，与上次的 %(previous_rate)s 也相差超过"
    " %(jump)s 个百分点。请核对分子和分母；属实的，请写明原因。"
)


def _parts_out_of_order(figure: FigureFacts) -> Objection | None:
    """Return what is wrong with a numerator and a denominator, whatever the rate means."""
    if not figure.is_stated or figure.numerator is None or figure.denominator is None:
        return None
    if figure.denominator <= 0:
        return Objection(gettext_noop("%(indicator)s的分母是 0，算不出比率。请填分母；没有数据请选“未报”。"), {})
    if figure.numerator <= figure.denominator:
        return None
    return Objection(
        gettext_noop("%(indicator)s的分子 %(numerator)s 大于分母 %(denominator)s。请核对，是否填反了。"),
        {
            "numerator": (figure.numerator, ShownAs.NUMBER),
            "denominator": (figure.denominator, ShownAs.NUMBER),
        },
    )


def _rate_params(rate: Decimal, before: Decimal | None, limits: RuleLimits) -> dict[str, Shown]:
    params: dict[str, Shown] = {
        "rate": (rate, ShownAs.RATE),
        "low": (limits.ceiling_low, ShownAs.RATE),
        "high": (limits.ceiling_high, ShownAs.RATE),
        "jump": (limits.ceiling_jump, ShownAs.POINTS),
    }
    return params if before is None else {**params, "previous_rate": (before, ShownAs.RATE)}
