"""Rules on whether a report answers what it was asked, and when: arrears, empty cells, lateness."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from submissions.rules.book import RULES, own
from submissions.rules.facts import NOT_APPLICABLE, NOT_REPORTED, FigureFacts, ReportFacts, RuleLimits, ShownAs
from submissions.rules.registry import Objection, Severity, Shown, Subject
from targets.measures import Kind
from workplan.lib.numbers import gettext_noop


@RULES.rule(
    "V16",
    gettext_noop("新增拖欠的金额、人数和补救措施同时填报。"),
    Severity.ERROR,
    kinds=[Kind.ZERO],
    is_excusable=False,
)
def arrears_come_with_persons_and_a_remedy(
    figure: FigureFacts, report: ReportFacts, limits: RuleLimits
) -> Iterator[Objection]:
    """An amount of new arrears comes with persons and a remedy in the note; persons come with an amount.

    Why: behind every amount stand persons, and zero tolerance asks at once what is done about it.
    Except: an indicator that does not ask for persons.
    Accepted: 0 yuan; 5 000 yuan owed to 3 persons with the remedy.
    Refused: 5 000 yuan without persons or without remedy; 3 persons without an amount.
    """
    amount, persons = figure.value or Decimal(0), Decimal(figure.persons or 0)
    value: dict[str, Shown] = {"value": own(figure, amount)}
    if amount > 0 and figure.has_persons and persons <= 0:
        yield Objection(
            gettext_noop("%(indicator)s填了 %(value)s，没有填人数。请补填涉及的人数；没有发生的，金额请填 0。"),
            value,
        )
    if amount > 0 and not figure.note.strip():
        yield Objection(gettext_noop("%(indicator)s有 %(value)s，没有写补救措施。请在说明里写明措施和期限。"), value)
    if persons > 0 and amount <= 0:
        yield Objection(
            gettext_noop("%(indicator)s填了 %(persons)s，没有填金额。请补填金额；没有发生的，人数请填 0。"),
            {"persons": (persons, ShownAs.PERSON)},
        )


@RULES.rule(
    "V19",
    gettext_noop("应报的指标都要有数、有“未报”的原因，或选“不适用”。"),
    Severity.ERROR,
    is_excusable=False,
)
def due_figure_is_answered(figure: FigureFacts, report: ReportFacts, limits: RuleLimits) -> Iterator[Objection]:
    """Every due figure is reported, or marked not reported with a note, or marked not applicable.

    Why: missing is not zero; a nil report (零报告) is an explicit 0.
    Except: a month in which the indicator is not due.
    Accepted: 0; not reported, "system failure, follows on the 15th"; not applicable.
    Refused: an empty figure; one of the two parts of a rate; not reported without a note.
    """
    if not figure.due or figure.is_stated or figure.state == NOT_APPLICABLE:
        return
    if figure.state == NOT_REPORTED:
        if not figure.note.strip():
            yield Objection(gettext_noop("%(indicator)s选了“未报”，没有写原因。请在说明里写明原因。"), {})
    elif figure.numerator is not None or figure.denominator is not None:
        yield Objection(gettext_noop("%(indicator)s只填了分子和分母中的一个。请两个都填。"), {})
    else:
        yield Objection(
            gettext_noop(
                "%(indicator)s本月应报，还没有填。没有发生请填 0；暂时没有数据请选“未报”并写明原因；"
                "与本单位无关请选“不适用”。"
            ),
            {},
        )


@RULES.rule(
    "V22",
    gettext_noop("过了截止日（遇节假日顺延）才报送的，予以标注，不予拒收。"),
    Severity.INFO,
    subject=Subject.REPORT,
)
def late_report_is_told(report: ReportFacts, limits: RuleLimits) -> Iterator[Objection]:
    """A report handed in after its due date, holidays taken into account, is told as late.

    Why: a late figure is better than none; punctuality is told apart from accuracy.
    Except: judged once it is handed in, on that day; a correction is not late.
    Accepted: due on 8 October, handed in on 8 October.
    Refused: due on 8 October, handed in on 9 October (told, never held up).
    """
    handed_in, due = report.handed_in_on, report.due_on
    if handed_in is None or due is None or handed_in <= due or report.is_correction:
        return
    yield Objection(
        gettext_noop("本报表 %(handed_in_on)s 报送，截止日是 %(due_on)s，迟报 %(days)s 天。"),
        {
            "handed_in_on": (handed_in.isoformat(), ShownAs.WORDS),
            "due_on": (due.isoformat(), ShownAs.WORDS),
            "days": ((handed_in - due).days, ShownAs.NUMBER),
        },
    )
