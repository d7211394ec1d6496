"""What a unit said of a figure is told as long as that figure stands, on the leader's screen as in the circular."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import ReportingUnit
from reporting.aggregates import progress_rows
from reporting.circular.facts import gather
from reporting.given_reasons import reasons_given
from reporting.pages.leader import leader_page
from reporting.warnings import services
from submissions.models import ReportingMonth
from targets.models import Indicator
from tests import factories
from tests.reporting.filings import publish, stand
from tests.reporting.warned import NOW, RuleFactory, ceiling, judged, rates

pytestmark = pytest.mark.django_db

TODAY = date(2007, 10, 12)


@pytest.fixture
def arrears(db: None) -> Indicator:
    return factories.IndicatorFactory(code="Z01", zero=True)


@pytest.fixture
def jobs(db: None) -> Indicator:
    return factories.IndicatorFactory(code="F01")


@pytest.fixture
def trainees(db: None) -> Indicator:
    return factories.IndicatorFactory(code="Q01", frequency=3)


@pytest.fixture
def unit(jobs: Indicator, trainees: Indicator, arrears: Indicator) -> ReportingUnit:
    """One province whose figures are asked for, two of them far behind."""
    nation, unit = factories.NationFactory(), factories.UnitFactory(code="210000")
    for indicator, terms in (
        (jobs, {"target_value": 1200}),
        (trainees, {"target_value": 1200}),
        (arrears, {"target_value": 0, "bound": "AT_MOST"}),
    ):
        factories.AssignmentFactory(indicator=indicator, unit=unit)
        for owner in (nation, unit):
            factories.TargetFactory(indicator=indicator, unit=owner, **terms)
    return unit


def said(person: object, unit: ReportingUnit, number: int) -> dict[str, str]:
    """Return what is told of the unit's figures in a month, by indicator."""
    period = ReportingMonth.objects.select_related("plan").get(month=date(2007, number, 1))
    found = reasons_given(period, progress_rows(person, period, [unit]))
    codes = dict(Indicator.objects.values_list("pk", "code"))
    return {codes[indicator]: text for (_unit, indicator), text in found.items()}


def test_a_quarters_figure_is_explained_until_the_next(unit, jobs, trainees, ministry):
    factories.months_of_2007()
    june, july, september = (ReportingMonth.objects.get(month=date(2007, n, 1)) for n in (6, 7, 9))
    stand(unit, june, {jobs: 10, trainees: {"value": 10, "note": "实训基地停工"}})
    stand(unit, july, {jobs: 20})

    assert said(ministry, unit, 7) == {"Q01": "实训基地停工"}

    stand(unit, september, {jobs: 30, trainees: 11})

    assert said(ministry, unit, 9) == {}


def test_last_months_words_are_not_about_this_months_figure(unit, jobs, ministry):
    factories.months_of_2007()
    july, august = (ReportingMonth.objects.get(month=date(2007, n, 1)) for n in (7, 8))
    stand(unit, july, {jobs: {"value": 10, "note": "招工淡季"}})

    assert said(ministry, unit, 8) == {"F01": "招工淡季"}  # July's figure still stands

    stand(unit, august, {jobs: 20})

    assert said(ministry, unit, 8) == {}


def test_what_arose_in_the_year_is_explained_to_its_end_by_the_newest_words(unit, arrears, ministry):
    factories.months_of_2007()
    may, june, august = (ReportingMonth.objects.get(month=date(2007, n, 1)) for n in (5, 6, 8))
    stand(unit, may, {arrears: {"value": 100, "persons": 2, "note": "两户企业停产"}})
    stand(unit, june, {arrears: {"value": 50, "persons": 1, "note": "已补发一半"}})
    stand(unit, august, {arrears: {"value": 0, "persons": 0}})

    assert said(ministry, unit, 8) == {"Z01": "已补发一半"}


def test_the_answer_to_a_rule_comes_before_the_note(unit, jobs, ministry):
    factories.months_of_2007()
    august = ReportingMonth.objects.get(month=date(2007, 8, 1))
    stand(unit, august, {jobs: {"value": 10, "note": "见附表"}}, explanations={jobs: "招工淡季"})

    assert said(ministry, unit, 8) == {"F01": "招工淡季"}


def test_the_leaders_screen_and_the_circular_tell_the_same(unit, jobs, arrears, ministry):
    factories.months_of_2007()
    may, august = (ReportingMonth.objects.select_related("plan").get(month=date(2007, n, 1)) for n in (5, 8))
    stand(unit, may, {arrears: {"value": 100, "persons": 2, "note": "两户企业停产"}})
    stand(unit, august, {jobs: {"value": 10, "note": "招工淡季"}, arrears: {"value": 0, "persons": 0}})

    lines = leader_page(ministry, august, today=TODAY).lines
    facts = gather(ministry, august, today=TODAY)

    on_screen = {line.row.indicator.pk: line.reason for line in lines if line.row.unit == unit and line.reason}
    assert on_screen == {jobs.pk: "招工淡季", arrears.pk: "两户企业停产"}
    assert {indicator: text for (_unit, indicator), text in facts.reasons.items()} == on_screen


def test_a_measure_stands_beside_the_reason_until_things_get_worse_and_only_the_ministry_reads_it(ministry):
    factories.months_of_2007()
    unit = factories.UnitFactory(code="110000")
    rate = ceiling(unit)
    RuleFactory(indicator=rate)
    rates(unit, rate, {3: "0.0445"})
    march, june = (ReportingMonth.objects.select_related("plan").get(month=date(2007, n, 1)) for n in (3, 6))
    publish(march)
    (warning,) = judged()
    event = services.acknowledge(
        warning,
        by=ministry,
        now=NOW,
        measure="已召开专场招聘会。",
        responsible="王处长",
        planned_on=date(2007, 12, 20),
        seen=warning.events.get().pk,
    )
    wall = factories.person("KIOSK")

    def measures(person: object, period: ReportingMonth) -> list[object]:
        return [line.measure for line in leader_page(person, period, today=TODAY).lines if line.row.unit == unit]

    assert measures(ministry, march) == [event]
    assert measures(wall, march) == [None]

    rates(unit, rate, {6: "0.0458"})

    assert measures(ministry, june) == [None]  # the warning was raised anew
    assert measures(ministry, march) == [event]  # as it stood then
