"""Tidy observations: the newest approved version of each figure, to those who may read it."""

from __future__ import annotations

from datetime import date

import pytest

from reporting.observations import COLUMNS, observations
from submissions import services
from submissions.models import FigureState
from targets.models import Plan
from tests import factories
from tests.factories import approved, shanghai
from tests.reporting.filings import MISSING, NOT_APPLICABLE, publish, stand

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    """Two units, a flow and a ratio; May published, June not; the second unit says in June that the flow is missing."""
    flow = factories.IndicatorFactory(code="F01")
    ratio = factories.IndicatorFactory(code="R01", ratio=True, frequency=1)
    units = [factories.UnitFactory(code=f"{n}10000") for n in (1, 2)]
    may, june = (factories.MonthFactory(number=number) for number in (5, 6))
    for unit in units:
        for indicator in (flow, ratio):
            factories.AssignmentFactory(unit=unit, indicator=indicator)
        stand(unit, may, {flow: 5, ratio: (1, 4)})
    stand(units[0], june, {flow: 6, ratio: NOT_APPLICABLE})
    stand(units[1], june, {flow: MISSING, ratio: (2, 4)})
    publish(may)
    return {"flow": flow, "ratio": ratio, "units": units, "may": may, "june": june, "plan": Plan.objects.get()}


def read(person, world, **asked):
    return [
        (f"{row['month']:%m}", row["code"], row["unit_code"][:2], row["value"], row["numerator"])
        for row in observations(person, world["plan"], **asked)
    ]


def test_the_ministry_reads_every_approved_figure_that_says_something(ministry, world):
    assert read(ministry, world) == [
        ("05", "F01", "11", 5, None),
        ("05", "F01", "21", 5, None),
        ("05", "R01", "11", None, 1),
        ("05", "R01", "21", None, 1),
        ("06", "F01", "11", 6, None),
        ("06", "R01", "11", None, None),
        ("06", "R01", "21", None, 2),
    ]


def test_what_does_not_apply_is_an_observation(ministry, world):
    rows = observations(ministry, world["plan"], period=world["june"], indicator=world["ratio"])

    assert [row["state"] for row in rows] == [FigureState.NOT_APPLICABLE, FigureState.REPORTED]


@pytest.mark.parametrize(
    ("narrowed", "kept"),
    [
        (lambda world: {"period": world["june"]}, 3),
        (lambda world: {"unit": world["units"][0]}, 4),
        (lambda world: {"unit": world["units"][0].parent}, 7),
        (lambda world: {"indicator": world["flow"]}, 3),
        (lambda world: {"period": world["may"], "unit": world["units"][1], "indicator": world["ratio"]}, 1),
    ],
)
def test_observations_are_narrowed(ministry, world, narrowed, kept):
    assert len(read(ministry, world, **narrowed(world))) == kept


@pytest.mark.parametrize("role", ["CLERK", "LEAD"])
def test_a_bureau_reads_its_own_figures_and_published_months(world, role):
    person = factories.person(role, world["units"][0])

    assert [(month, unit) for month, _, unit, _, _ in read(person, world)] == [
        ("05", "11"), ("05", "21"), ("05", "11"), ("05", "21"), ("06", "11"), ("06", "11"),
    ]  # fmt: skip


def test_a_bureau_reads_the_units_below_it(world):
    below = factories.UnitFactory(code="110100", parent=world["units"][0], kind="PREFECTURE")
    factories.AssignmentFactory(unit=below, indicator=world["flow"])
    stand(below, world["june"], {world["flow"]: 3})

    assert ("06", "F01", "11", 3, None) in read(factories.person("LEAD", world["units"][0]), world)


@pytest.mark.parametrize("role", ["SYSTEM_ADMIN", "SECURITY_ADMIN", "AUDITOR"])
def test_an_administrator_reads_nothing_unpublished(world, role):
    assert {month for month, *_ in read(factories.person(role), world)} == {"05"}


def test_drafts_and_reports_under_review_are_no_observations(ministry, world):
    unit = factories.UnitFactory()
    factories.AssignmentFactory(unit=unit, indicator=world["flow"])
    factories.submitted(unit, world["june"], {"F01": "9"}, by=ministry)

    assert read(ministry, world, unit=unit) == []


def test_a_correction_replaces_the_figure_and_history_keeps_it(ministry, world):
    unit = factories.UnitFactory(code="310000")
    factories.AssignmentFactory(unit=unit, indicator=world["flow"])
    other = factories.person("MINISTRY_REVIEWER")
    why = {f"{rule}:F01": "核对无误，情况属实。" for rule in ("V06", "V08")}
    report = approved(unit, world["june"], {"F01": "9"}, by=ministry, reviewer=other, explanations=why)
    moment = shanghai(2007, 12, 21)
    services.correct(report, by=ministry, now=moment, version=report.version, comment="重复统计一家企业")
    approved(unit, world["june"], {"F01": "8"}, by=ministry, reviewer=other, now=moment, explanations=why)

    newest = observations(ministry, world["plan"], unit=unit)
    history = observations(ministry, world["plan"], unit=unit, all_versions=True)

    assert [(row["value"], row["version"]) for row in newest] == [(8, 2)]
    assert [(row["value"], row["version"]) for row in history] == [(9, 1), (8, 2)]


def test_an_observation_says_what_its_columns_promise(ministry, world):
    row = observations(ministry, world["plan"], period=world["may"])[0]

    assert (row["month"], row["outcome"], row["release"], row["version"]) == (date(2007, 5, 1), "APPROVED", "FLASH", 1)
    assert row["approved_at"] == shanghai(2007, 12, 20)
    assert ",".join(COLUMNS) == (
        "indicator,unit,month,value,numerator,denominator,state,status,release,version,approved_at"
    )


def test_observations_cost_one_query(analyst, world, django_assert_num_queries):
    analyst.grants.count()
    list(observations(analyst, world["plan"]))

    with django_assert_num_queries(1):
        list(observations(analyst, world["plan"]))
