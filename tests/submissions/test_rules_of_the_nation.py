"""Rules on the country: the split of targets, what is in the sum, and what was published beside it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from submissions.rules import NEVER_ADDED, RULES, NationFacts, RuleLimits, Severity, Subject, Terms, check_nation

FLOW = NationFacts(code="T01", kind="FLOW", unit_of_measure="PERSON", bound="AT_LEAST", target=Decimal(900))
CEILING = NationFacts(
    code="T04", kind="RATIO", unit_of_measure="RATE", bound="AT_MOST", target=Decimal("0.046"), split=[Decimal("0.046")]
)


def found(nation, book=None):
    return [f"{one.code} {one.severity}" for one in check_nation(nation, book)]


@pytest.mark.parametrize(
    ("split", "codes"), [([900], []), ([400, 500], []), ([500, 500], []), ([400, 490], ["V14 W"]), ([], [])]
)
def test_the_split_reaches_the_national_target(split, codes):
    assert found(replace(FLOW, split=[Decimal(one) for one in split])) == codes


def test_the_sentence_tells_what_is_missing():
    (finding,) = check_nation(replace(FLOW, split=[Decimal(890)]))

    assert (finding.params["total"], finding.params["difference"]) == (Decimal(890), Decimal(10))


@pytest.mark.parametrize("other", [{"target": None}, {"bound": "EXACTLY"}])
def test_nothing_is_split_where_there_is_nothing_to_reach(other):
    assert found(replace(FLOW, split=[Decimal(1)], **other)) == []


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, []),
        ({"split": [Decimal("0.040"), Decimal("0.046")]}, ["V15 I"]),
        ({"other_bounds": 1}, ["V15 W"]),
        ({"target": None, "split": [Decimal("0.040")]}, []),
        ({"bound": "AT_LEAST", "split": [Decimal("0.040")]}, []),
    ],
)
def test_a_ceiling_may_differ_but_not_in_direction(change, codes):
    assert found(replace(CEILING, **change)) == codes


@pytest.mark.parametrize(
    ("computed", "apart", "codes"),
    [
        (Decimal(320), {"900000": True}, []),
        (Decimal(260), {"900000": False}, ["V17 W"]),
        (None, {"900000": False}, []),
        (Decimal(260), {}, []),
    ],
)
def test_the_sum_names_who_is_not_in_it(computed, apart, codes):
    assert found(replace(FLOW, computed=computed, apart=apart)) == codes


@pytest.mark.parametrize(
    ("published", "computed", "codes"),
    [
        (1_000, 1_005, []),
        (1_000, 995, []),
        (1_000, 1_006, ["V18 I"]),
        (1_000, 994, ["V18 I"]),
        (None, 994, []),
        (1_000, None, []),
        (0, 994, []),
    ],
)
def test_published_and_computed_that_differ_are_told_side_by_side(published, computed, codes):
    given = {name: None if one is None else Decimal(one) for name, one in [("published", published)]}

    assert found(replace(FLOW, computed=None if computed is None else Decimal(computed), **given)) == codes


def test_the_terms_hold_for_the_country_too():
    wide = {"V18": Terms(limits=RuleLimits(published_gap=Decimal("0.1")))}
    apart = replace(FLOW, computed=Decimal(1_006), published=Decimal(1_000))

    assert found(apart, wide) == []
    assert found(apart, {"V18": Terms(is_in_force=False)}) == []
    assert found(apart, {"V18": Terms(severity=Severity.WARNING)}) == ["V18 W"]


@pytest.mark.parametrize("code", [code for code, rule in RULES.items() if rule.subject == Subject.UPHELD])
def test_what_the_portal_upholds_finds_nothing_to_say(code):
    assert code in {"V13", "V21"}
    assert list(RULES[code].function()) == []


def test_the_populations_that_are_never_added():
    assert {"T05", "T06", "T15"} in NEVER_ADDED
