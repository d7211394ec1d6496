"""How rules are declared, run and described, and what holds for all of them."""

import re
from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from submissions import rules
from submissions.rules import (
    RULES,
    ExcuseFacts,
    FigureFacts,
    PartFacts,
    RuleLimits,
    Severity,
    Spread,
    Subject,
    Terms,
    check,
)
from submissions.rules.registry import Objection, Registry, examine
from tests.submissions.rule_facts import KINDS, NUMBERS, WAN, figure, found, report


def test_the_rules_are_those_that_were_decided():
    """V01 to V23 of the statistics, V24 to V26 of what is possible but unusual (F-20)."""
    assert [rule.code for rule in RULES.in_order()] == [f"V{number:02d}" for number in range(1, 27)]


@pytest.mark.parametrize("code", RULES)
def test_each_rule_says_what_it_asks_in_both_languages(code):
    with translation.override("en"):
        english = translation.gettext(RULES[code].says)

    assert RULES[code].says.endswith("。")
    assert english.endswith(".")
    assert not re.search("[\u4e00-\u9fff]", english)


@pytest.mark.parametrize("code", RULES)
def test_the_limits_of_a_rule_are_limits(code):
    assert all(limit > 0 for limit in RULES[code].defaults().values())


def test_every_limit_belongs_to_one_rule():
    named = [name for rule in RULES.values() for name in rule.limits]

    assert sorted(named) == sorted(field.name for field in fields(RuleLimits))


def test_terms_change_the_severity_or_end_the_rule():
    fallen = figure("T01", 799, previous_value=800)

    assert [one.severity for one in check(report(fallen), {"V03": Terms(severity=Severity.ERROR)})] == ["E"]
    assert check(report(fallen), {"V03": Terms(is_in_force=False)}) == []


EXCUSE = ExcuseFacts("行政区划调整，下月起正常。", "林志远", date(2007, 10, 1))


def test_an_excused_finding_is_information_and_says_who_and_why():
    (finding,) = check(report(figure("T01", 799, previous_value=800), excuses={"V03:T01": EXCUSE}))

    assert (finding.severity, finding.excuse) == ("I", EXCUSE)


@pytest.mark.parametrize(
    ("terms", "codes"),
    [
        (Terms(), ["V10", "V10"]),
        (Terms(severity=Severity.WARNING), ["V10", "V10"]),
        (Terms(is_in_force=False), ["V03", "V08"]),
    ],
)
def test_one_slip_is_asked_about_by_one_rule_while_that_rule_is_held(terms, codes):
    slipped = report(figure("T01", 90, previous_value=80 * WAN), figure("T10", 458, previous_value=435 * WAN))

    assert [one.code for one in check(slipped, {"V10": terms})] == codes


def test_where_a_slip_is_excused_the_change_is_asked_about_all_the_same():
    excuse = ExcuseFacts("并入两个行业", "王审核", date(2007, 12, 1))

    slipped = report(figure("T10", 458, previous_value=435 * WAN), excuses={"V10:T10": excuse})

    assert [(one.code, str(one.severity), one.suggestion) for one in check(slipped)] == [
        ("V08", "W", None),
        ("V10", "I", None),
    ]


@pytest.mark.parametrize("key", ["V03:T02", "V08:T01"])
def test_an_excuse_is_for_one_rule_and_one_indicator(key):
    (finding,) = check(report(figure("T01", 799, previous_value=800), excuses={key: EXCUSE}))

    assert (finding.severity, finding.excuse) == ("W", None)


def test_some_rules_cannot_be_excused():
    (finding,) = check(report(figure("T01", state=None), excuses={"V19:T01": EXCUSE}))

    assert (finding.severity, finding.excuse) == ("E", None)


def test_a_digest_tells_one_finding_from_another():
    first, second, again = (
        check(report(figure("T01", value, previous_value=800)))[0].digest for value in (799, 798, 799)
    )

    assert first == again != second
    assert len(first) == 32


@pytest.mark.parametrize("code", RULES)
def test_each_rule_says_what_holds_why_and_what_is_excepted_with_an_example_of_each_side(code):
    told = RULES[code].paragraphs()

    assert list(told) == ["", "Why", "Except", "Accepted", "Refused"]
    assert all(paragraph.endswith(".") for paragraph in told.values())


def test_findings_are_ordered_by_indicator_and_code():
    findings = check(
        report(
            figure("T18", 5, has_persons=True),
            figure("T10", 100, previous_value=WAN),
            figure("T03", 90, previous_value=80 * WAN),
            figure("T02", 1),
        )
    )

    assert [one.key for one in findings] == [
        "V01:T03",
        "V10:T03",
        "V10:T10",
        "V16:T18",
        "V16:T18",
    ]


def test_the_limits_are_data():
    strict = RuleLimits(stock_rise=Decimal("0.01"))

    assert found(figure("T10", 102, previous_value=100)) == []
    assert found(figure("T10", 102, previous_value=100), limits=strict) == ["V08 W"]


def test_a_rule_on_a_report_may_name_a_figure():
    registry = Registry()

    @registry.rule("V99", "说。", Severity.INFO, subject=Subject.REPORT)
    def about_the_first(report, limits):
        yield Objection("a", {}, indicator="T01")
        yield Objection("b", {})

    assert [(one.key, one.params) for one in examine(report(), registry, {})] == [
        ("V99:", {}),
        ("V99:T01", {"indicator": "T01"}),
    ]


def test_an_earlier_figure_comes_with_its_month():
    with pytest.raises(ValueError, match="T01 has an earlier figure, but not the month it belongs to"):
        FigureFacts(code="T01", kind="FLOW", unit_of_measure="PERSON", month=9, previous_value=Decimal(1))


def test_a_code_is_given_once():
    registry = Registry()
    register = registry.rule("V99", "说。", Severity.INFO)
    register(lambda *_: iter(()))

    with pytest.raises(ValueError, match="already a rule V99"):
        register(lambda *_: iter(()))


def test_an_objection_has_the_severity_of_its_rule_unless_it_says_otherwise():
    registry = Registry()

    @registry.rule("V99", "说。", Severity.INFO)
    def two_objections(figure, report, limits):
        yield Objection("a", {})
        yield Objection("b", {}, Severity.WARNING)

    findings = examine(report(figure("T01", 1)), registry, {})

    assert [(one.template, one.severity) for one in findings] == [("a", "I"), ("b", "W")]


def test_the_document_tells_every_rule():
    document = rules.as_markdown(str.upper)

    assert [line for line in document.splitlines() if line.startswith("## ")] == [
        f"## {rule.code} ({', '.join(rule.severities)})" for rule in RULES.in_order()
    ]
    assert document.count("- Basis: ") == document.count("- Refused: ") == len(RULES)
    assert "- For: RATIO AT_MOST\n" in document
    assert "- For: all kinds\n" in document
    assert "- For: an indicator of the whole country, RATIO\n" in document
    assert "- Limits: `stock_rise` = 0.05, `stock_fall` = 0.02\n" in document
    assert "- Cannot be excused\n" in document


AMOUNTS = st.none() | st.decimals(min_value=0, max_value=10**13, places=4)


@st.composite
def any_figure(draw):
    code = draw(st.sampled_from(sorted(KINDS)))
    month = draw(st.integers(1, 12))
    numbers = {name: draw(AMOUNTS) for name in sorted(NUMBERS)}
    state = draw(st.sampled_from([None, "REPORTED", "NOT_REPORTED", "NOT_APPLICABLE"]))
    earlier = {"previous_month": 1, "note": draw(st.sampled_from(["", "说明"]))}
    earlier["history"] = draw(st.dictionaries(st.integers(1, month), st.decimals(0, 10**13, places=4), max_size=11))
    earlier["peers"] = draw(st.none() | st.just(Spread(Decimal("0.1"), Decimal("0.05"), 30)))
    earlier["declared_parts"] = [PartFacts("workers"), PartFacts("retirees", Decimal("0.08"), Decimal("0.45"))]
    parts = st.dictionaries(st.sampled_from(["workers", "retirees"]), st.decimals(0, 10**13, places=4))
    earlier["parts"] = draw(parts)
    return figure(code, month=month, state=state, has_persons=draw(st.booleans()), **earlier, **numbers)


@given(st.lists(any_figure(), max_size=6))
def test_any_report_is_judged_and_each_warning_has_its_own_key(figures):
    findings = check(report(*figures))
    warnings = [one.key for one in findings if one.severity == Severity.WARNING]

    assert len(warnings) == len(set(warnings))
    assert all(one.template % one.params for one in findings)
    assert all(set(one.params) == set(one.shown_as) for one in findings)
