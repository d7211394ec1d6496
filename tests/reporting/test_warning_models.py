"""What the database refuses of warning rules, warnings and their history, and how a year's rules are loaded."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction

from reporting.models import EarlyWarning, WarningEvent, WarningRule
from reporting.warnings.conditions import MEASURES, Comparison, Kind, Measure
from reporting.warnings.loading import load_rules
from reporting.warnings.models import (
    RuleComparison,
    RuleKind,
    RuleMeasure,
    WarningEventKind,
    WarningState,
)
from reporting.warnings.states import Event, State
from tests import factories
from tests.reporting.warned import NOW, RuleFactory
from workplan.lib.loading import FileRefused

pytestmark = pytest.mark.django_db

FILE = json.loads((settings.BASE_DIR / "fixtures" / "warning_rules_2007.json").read_text(encoding="utf-8"))


@pytest.fixture
def rule():
    return RuleFactory(indicator=factories.IndicatorFactory(code="X04", ratio=True))


@pytest.fixture
def warning(rule):
    return EarlyWarning.objects.create(
        plan=factories.PlanFactory(), rule=rule, unit=factories.UnitFactory(), indicator=rule.indicator,
        episode=1, state="OPEN", first_month=date(2007, 3, 1), month=date(2007, 3, 1), gravity=Decimal(1),
    )  # fmt: skip


def test_the_words_of_the_database_are_those_of_the_rules():
    assert RuleKind.values == [one.value for one in Kind]
    assert RuleMeasure.values == [one.value for one in Measure]
    assert RuleComparison.values == [one.value for one in Comparison]
    assert WarningState.values == [one.value for one in State]
    assert WarningEventKind.values == [one.value for one in Event]
    assert {measure for measures in MEASURES.values() for measure in measures} == set(Measure)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"reason": ""}, "reporting_warningrule_says_what_and_why"),
        (
            {"kind": "OTHER"},
            "reporting_warningrule_kind_is_known|reporting_warningrule_measure_fits_kind|reporting_warningrule_indicator_fits_kind",
        ),
        ({"scope": "SOME"}, "reporting_warningrule_scope_is_known"),
        ({"comparison": "EQ"}, "reporting_warningrule_comparison_is_known"),
        ({"measure": "PERIOD_SHARE"}, "reporting_warningrule_measure_fits_kind"),
        ({"limit": None}, "reporting_warningrule_measure_fits_kind"),
        ({"comparison": ""}, "reporting_warningrule_measure_fits_kind"),
        ({"kind": "BREACH"}, "reporting_warningrule_measure_fits_kind"),
        ({"indicator": None}, "reporting_warningrule_indicator_fits_kind"),
        (
            {"kind": "SILENCE", "measure": "", "comparison": "", "limit": None, "n_periods": 2},
            "reporting_warningrule_indicator_fits_kind",
        ),
        ({"n_periods": 2}, "reporting_warningrule_silence_counts_periods"),
        ({"worse_by": -1}, "reporting_warningrule_worse_by_not_negative"),
        ({"valid_from": date(2007, 1, 2)}, "reporting_warningrule_runs_from_month_to_month"),
        ({"valid_to": date(2006, 12, 1)}, "reporting_warningrule_ends_after_it_begins"),
    ],
)
def test_a_rule_that_says_nothing_sensible_is_refused(rule, values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        WarningRule.objects.filter(pk=rule.pk).update(**values)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"state": "PINK"}, "reporting_earlywarning_state_is_known"),
        ({"month": date(2007, 2, 1)}, "reporting_earlywarning_goes_forward"),
        ({"state": "ACKNOWLEDGED"}, "reporting_earlywarning_answered_at_a_gravity"),
        ({"accepted": 1}, "reporting_earlywarning_answered_at_a_gravity"),
    ],
)
def test_a_warning_that_cannot_be_is_refused(warning, values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        EarlyWarning.objects.filter(pk=warning.pk).update(**values)


@pytest.mark.parametrize(
    ("episode", "constraint"),
    [
        (1, "reporting_earlywarning_one_per_episode|reporting_earlywarning_one_live"),
        (2, "reporting_earlywarning_one_live"),
    ],
)
def test_a_rule_has_one_live_warning_per_unit_and_indicator(warning, episode, constraint):
    warning.pk, warning.episode = None, episode

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        EarlyWarning.objects.bulk_create([warning])


def event(warning: EarlyWarning, **given: object) -> WarningEvent:
    told = {"kind": "OPENED", "state": "OPEN", "month": warning.month, "at": NOW}
    return WarningEvent.objects.create(**{"warning": warning, **told, **given})


@pytest.mark.parametrize(
    ("given", "constraint"),
    [
        ({"kind": "OTHER"}, "reporting_warningevent_kind_is_known"),
        ({"state": "PINK"}, "reporting_warningevent_state_is_known"),
        ({"planned_on": date(2007, 12, 1)}, "reporting_warningevent_answer_has_person_and_day"),
        ({"kind": "ACKNOWLEDGED"}, "reporting_warningevent_answer_is_whole"),
        ({"measure": "没有登记人"}, "reporting_warningevent_answer_is_whole"),
    ],
)
def test_an_event_that_cannot_be_is_refused(warning, given, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        event(warning, **given)


def test_the_history_of_a_warning_is_only_added_to(warning):
    told = event(warning)
    for act in (
        lambda: WarningEvent.objects.filter(pk=told.pk).update(state="CLOSED"),
        lambda: WarningEvent.objects.filter(pk=told.pk).delete(),
        lambda: EarlyWarning.objects.filter(pk=warning.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


# The rules a year begins with ------------------------------------------------------------------


@pytest.fixture
def indicators():
    return [factories.IndicatorFactory(code=code) for code in ("T01", "T04", "T09", "T18")]


def test_the_rules_that_ship_are_loaded_once_and_a_planners_change_stays(indicators):
    first = load_rules(FILE)
    WarningRule.objects.filter(code="EW01").update(limit="0.003")
    second = load_rules(FILE)

    assert (first.created, second.created, second.unchanged) == (8, 0, 8)
    assert WarningRule.objects.get(code="EW01").limit == Decimal("0.003")


def test_a_file_of_rules_is_refused_with_all_its_faults(indicators):
    rules = [
        {**FILE["rules"][0], "indicator": "T99"},
        {**FILE["rules"][0], "kind": "SUDDEN", "colour": "red"},
    ]

    with pytest.raises(FileRefused) as refused:
        load_rules({"schema": "other", "rules": rules})

    assert [problem.pointer for problem in refused.value.problems] == [
        "/schema", "/rules/0/indicator", "/rules/1/colour", "/rules/1/kind", "/rules/1/code",
    ]  # fmt: skip
    assert not WarningRule.objects.exists()
