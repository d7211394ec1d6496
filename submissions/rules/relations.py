"""Rules between figures of one report: a part and its whole, the parts of one figure, what cannot be larger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from submissions.rules.book import RULES, own
from submissions.rules.facts import FigureFacts, PartFacts, ReportFacts, RuleLimits, ShownAs
from submissions.rules.registry import Objection, Severity, Shown
from targets.measures import Kind, ratio
from workplan.lib.numbers import gettext_noop


@RULES.rule("V01", gettext_noop("累计数的其中项不大于它所属的总项。"), Severity.ERROR, kinds=[Kind.FLOW])
def part_of_a_flow_is_at_most_the_whole(
    figure: FigureFacts, report: ReportFacts, limits: RuleLimits
) -> Iterator[Objection]:
    """A flow that is part of another (其中) is at most that other.

    Why: everyone counted in the part is counted in the whole.
    Except: not compared while either of the two is not reported.
    Accepted: T03 100 万 of T02 500 万.
    Refused: T03 501 万 of T02 500 万.
    """
    yield from _part_within_whole(figure, report)


@RULES.rule("V04", gettext_noop("期末数的其中项不大于它所属的总项。"), Severity.ERROR, kinds=[Kind.STOCK])
def part_of_a_stock_is_at_most_the_whole(
    figure: FigureFacts, report: ReportFacts, limits: RuleLimits
) -> Iterator[Objection]:
    """A level that is part of another (其中) is at most that other, at the same month end.

    Why: insured migrant workers are counted among the insured.
    Except: not compared while either of the two is not reported.
    Accepted: T16 2 800 万 of T10 17 000 万.
    Refused: T17 11 300 万 of T11 11 200 万.
    """
    yield from _part_within_whole(figure, report)


@RULES.rule(
    "V05",
    gettext_noop("分项之和等于总数；离退休人员的占比在常见范围内。"),
    *(Severity.ERROR, Severity.WARNING),
    kinds=[Kind.FLOW, Kind.STOCK],
)
def parts_add_up_to_the_figure(figure: FigureFacts, report: ReportFacts, limits: RuleLimits) -> Iterator[Objection]:
    """The parts a figure is filed in add up to it (E), and each share lies where the indicator says (W).

    Why: pension and medical insurance count workers and retirees; retirees' shares lay between 11.2 % and 37.0 %
    in 2008.
    Except: parts may be left out; then only the figure itself is judged.
    Accepted: 75 workers and 25 retirees of 100; no parts at all.
    Refused: 75 and 24 of 100 (E); 75 without retirees (E); 95 and 5 of 100 (W).
    """
    whole = figure.stated_value
    if whole is None or not figure.parts:
        return
    missing = [part for part in figure.declared_parts if part.code not in figure.parts]
    total = sum(figure.parts.values(), Decimal(0))
    if missing:
        yield Objection(
            gettext_noop("%(indicator)s的分项还缺“%(part)s”。请填齐各分项，或者全部留空。"),
            {"part": _part_name(figure, missing[0])},
        )
    elif total != whole:
        yield Objection(
            gettext_noop(
                "%(indicator)s的分项（%(parts)s）之和 %(total)s 与总数 %(value)s 相差 %(difference)s。"
                "请核对各分项和总数。"
            ),
            {
                "parts": (
                    tuple((f"{figure.code}.{part.code}", figure.parts[part.code]) for part in figure.declared_parts),
                    figure.unit_of_measure,
                ),
                "total": own(figure, total),
                "value": own(figure, whole),
                "difference": own(figure, abs(total - whole)),
            },
        )
    else:
        yield from _shares_out_of_range(figure, whole)


def _shares_out_of_range(figure: FigureFacts, whole: Decimal) -> Iterator[Objection]:
    """Yield the first part whose share of the whole is not where it usually lies."""
    for part in figure.declared_parts:
        share = ratio(figure.parts[part.code], whole)
        if share is None or part.share_low is None or part.share_high is None:
            continue
        if not part.share_low <= share <= part.share_high:
            yield Objection(
                gettext_noop(
                    "%(part)s占 %(share)s，不在常见的 %(low)s 至 %(high)s 之间。请核对两个分项；属实的，请写明原因。"
                ),
                {
                    "part": _part_name(figure, part),
                    "share": (share, ShownAs.RATE),
                    "low": (part.share_low, ShownAs.RATE),
                    "high": (part.share_high, ShownAs.RATE),
                },
                Severity.WARNING,
            )
            return


def _part_name(figure: FigureFacts, part: PartFacts) -> Shown:
    return f"{figure.code}.{part.code}", ShownAs.INDICATOR


def _part_within_whole(figure: FigureFacts, report: ReportFacts) -> Iterator[Objection]:
    whole = report.whole_of(figure)
    if whole is None or not figure.is_stated or figure.value is None or whole.value is None:
        return
    if figure.value > whole.value:
        yield Objection(
            gettext_noop(
                "%(indicator)s是%(whole)s的其中数，%(value)s 不能大于 %(whole_value)s，现多出 %(difference)s。"
                "请核对这两个数。"
            ),
            {
                "value": own(figure, figure.value),
                "whole": (whole.code, ShownAs.INDICATOR),
                "whole_value": own(whole, whole.value),
                "difference": own(figure, figure.value - whole.value),
            },
        )


# What one figure is held under -----------------------------------------------------------------


@dataclass(frozen=True)
class Ceiling:
    """One row: this indicator is at most another one, a part of another one, or a figure from another source."""

    code: str
    under: str
    severity: Severity
    part: str = ""
    #: What a figure from another source is called.
    reference_name: str = ""

    def value_in(self, report: ReportFacts) -> Decimal | None:
        """Return what it is held under in a report; None where that is not known."""
        if self.reference_name:
            return report.references.get(self.under)
        if self.part:
            figure = report.figures.get(self.under)
            return figure.parts.get(self.part) if figure is not None and figure.is_stated else None
        return report.value_of(self.under)

    @property
    def name(self) -> Shown:
        if self.reference_name:
            return self.reference_name, ShownAs.WORDS
        return f"{self.under}.{self.part}" if self.part else self.under, ShownAs.INDICATOR


_RE_EMPLOYED = (
    Ceiling("T02", "GROSS_EMPLOYMENT", Severity.ERROR, reference_name=gettext_noop("城镇累计新就业人数")),
    Ceiling("T02", "T01", Severity.WARNING),
)
_INSURED = (
    Ceiling("T09", "URBAN_EMPLOYED", Severity.WARNING, reference_name=gettext_noop("城镇从业人数")),
    Ceiling("T09", "EMPLOYED", Severity.WARNING, reference_name=gettext_noop("从业人数")),
    Ceiling("T12", "T10", Severity.WARNING, part="workers"),
)


@RULES.rule(
    "V02",
    gettext_noop("下岗失业人员再就业人数不大于城镇累计新就业人数，通常也不大于城镇新增就业人数。"),
    *(Severity.ERROR, Severity.WARNING),
    kinds=[Kind.FLOW],
)
def re_employed_are_among_the_newly_employed(
    figure: FigureFacts, report: ReportFacts, limits: RuleLimits
) -> Iterator[Objection]:
    """Re-employed persons are at most gross new employment (E) and usually at most T01 (W).

    Why: whoever found work again is newly employed; T01 is net of retirement and death, so it can be smaller.
    Except: gross new employment is compared only where it is known for the unit.
    Accepted: T02 500 万 beside T01 900 万.
    Refused: T02 501 万 beside T01 500 万 (W), or beside a gross 500 万 (E).
    """
    yield from _under(_RE_EMPLOYED, figure, report)


@RULES.rule(
    "V11",
    gettext_noop("失业保险参保人数不大于从业人数；生育保险参保人数不大于医疗保险的在职职工人数。"),
    Severity.WARNING,
    kinds=[Kind.STOCK],
)
def insured_workers_are_among_the_employed(
    figure: FigureFacts, report: ReportFacts, limits: RuleLimits
) -> Iterator[Objection]:
    """The unemployment-insured are at most the (urban) employed, the maternity-insured at most T10's workers.

    Why: both schemes insure workers only.
    Except: compared only where the employed are known for the unit, and where T10 is filed with its parts.
    Accepted: T09 120 万 of 130 万 employed; T12 60 万 beside 70 万 workers in T10.
    Refused: T09 131 万 of 130 万 employed; T12 71 万 beside 70 万 workers in T10.
    """
    yield from _under(_INSURED, figure, report)


def _under(ceilings: tuple[Ceiling, ...], figure: FigureFacts, report: ReportFacts) -> Iterator[Objection]:
    """Yield the first ceiling the figure breaks."""
    value = figure.stated_value
    for ceiling in ceilings:
        most = ceiling.value_in(report) if ceiling.code == figure.code else None
        if value is None or most is None or value <= most:
            continue
        is_error = ceiling.severity == Severity.ERROR
        yield Objection(
            _TOO_LARGE if is_error else _LARGER_THAN_USUAL,
            {
                "value": own(figure, value),
                "whole": ceiling.name,
                "whole_value": own(figure, most),
                "difference": own(figure, value - most),
            },
            ceiling.severity,
        )
        return


_TOO_LARGE = gettext_noop(
    "%(indicator)s %(value)s 不能大于%(whole)s %(whole_value)s，现多出 %(difference)s。请核对口径。"
)
_LARGER_THAN_USUAL = gettext_noop(
    "%(indicator)s %(value)s 大于%(whole)s %(whole_value)s，多出 %(difference)s。请核对口径；属实的，请写明原因。"
)


@RULES.rule(
    "V12",
    gettext_noop("创业培训人数通常少于再就业培训人数；两项互不包含。"),
    Severity.INFO,
    kinds=[Kind.FLOW],
)
def trainings_are_not_mixed_up(figure: FigureFacts, report: ReportFacts, limits: RuleLimits) -> Iterator[Objection]:
    """More entrepreneurship training (T05) than re-employment training (T06) is told.

    Why: 63 万 stood beside 645 万 in 2006; neither includes the other, so nothing is wrong with it.
    Except: told only where both are reported.
    Accepted: T05 40 万 beside T06 400 万.
    Refused: T05 401 万 beside T06 400 万 (told, never held up).
    """
    value, other = figure.stated_value, report.value_of("T06")
    if figure.code == "T05" and value is not None and other is not None and value > other:
        yield Objection(
            gettext_noop("%(indicator)s %(value)s 多于%(other)s %(other_value)s。两项互不包含，请确认没有填反。"),
            {
                "value": own(figure, value),
                "other": ("T06", ShownAs.INDICATOR),
                "other_value": own(figure, other),
            },
        )
