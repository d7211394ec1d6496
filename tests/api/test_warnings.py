"""The list of warnings over REST: what the page shows to the same person."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reporting.models import EarlyWarning
from reporting.warnings import services
from reporting.warnings.pages import warning_page
from submissions.models import ReportingMonth
from tests import factories
from tests.api.conftest import Caller
from tests.reporting.filings import publish
from tests.reporting.warned import NOW, RuleFactory, ceiling, judged, plan_year, rates

pytestmark = pytest.mark.django_db
PATH = "/api/v1/warnings/"


def calling(person: object) -> Caller:
    caller = Caller()
    caller.force_login(person)
    return caller


@pytest.fixture
def world(db):
    """Two provinces under a ceiling of 4.6 %: the first is near it in June and September, the second in September."""
    factories.NationFactory()
    first, second = factories.UnitFactory(code="230000"), factories.UnitFactory(code="440000")
    plan_year()
    rate = ceiling(first, second)
    RuleFactory(indicator=rate)
    rates(first, rate, {6: "0.045", 9: "0.0452"})
    rates(second, rate, {6: "0.03", 9: "0.0455"})
    publish(ReportingMonth.objects.get(month=date(2007, 6, 1)))
    judged()
    return first, second


def codes(answer: dict) -> list[tuple[str, str, str]]:
    return [(one["unit"], one["state"], one["month"]) for one in answer["results"]]


def test_the_ministry_reads_what_its_page_shows(world, analyst):
    answer = calling(analyst).get(PATH).json()

    assert sorted(codes(answer)) == [("230000", "open", "2007-09"), ("440000", "open", "2007-09")]
    one = next(found for found in answer["results"] if found["unit"] == "230000")
    shown = warning_page(analyst, one["id"], today=NOW.date()).shown
    assert one == {
        "id": shown.warning.pk,
        "plan": 2007,
        "rule": "EW01",
        "rule_name": "失业率余量不足",
        "unit": "230000",
        "indicator": "X04",
        "episode": 1,
        "state": "open",
        "first_month": "2007-06",
        "month": "2007-09",
        "measured": "0.0008",
        "limit": "0.002",
        "explanation": shown.sentence,
        "measure": None,
        "responsible": None,
        "planned_on": None,
    }


def test_t_09_a_bureau_reads_of_others_what_is_published(world):
    clerk = factories.person("CLERK", world[1])

    answer = calling(clerk).get(PATH).json()

    assert sorted(codes(answer)) == [("230000", "open", "2007-06"), ("440000", "open", "2007-09")]
    assert "0.0008" not in calling(clerk).get(PATH).content.decode()


def test_a_measure_is_told_to_whom_it_is_open(world):
    lead = factories.person("LEAD", world[0])
    warning = EarlyWarning.objects.get(unit=world[0])
    seen = warning.events.order_by("-pk")[0].pk
    services.acknowledge(
        warning, by=lead, now=NOW, measure="逐户走访重点企业", responsible="处长",
        planned_on=date(2007, 11, 30), seen=seen,
    )  # fmt: skip

    own = calling(lead).get(PATH, {"unit": "230000"}).json()["results"]
    other = calling(factories.person("CLERK", world[1])).get(PATH, {"unit": "230000"}).json()["results"]

    assert [(one["state"], one["measure"], one["planned_on"]) for one in own] == [
        ("acknowledged", "逐户走访重点企业", "2007-11-30")
    ]
    assert [(one["state"], one["measure"], one["responsible"]) for one in other] == [("open", None, None)]


@pytest.mark.parametrize(
    ("query", "units"),
    [
        ({"unit": "230000"}, ["230000"]),
        ({"indicator": "X04"}, ["230000", "440000"]),
        ({"month": "2007-09"}, ["230000", "440000"]),
        ({"month": "2007-06"}, []),
        ({"plan": "2007", "state": "open"}, ["230000", "440000"]),
        ({"state": "closed"}, []),
        ({"state": "all"}, ["230000", "440000"]),
        ({"page_size": "1", "page": "2"}, ["440000"]),
    ],
)
def test_the_list_is_narrowed_by_its_parameters(world, analyst, query, units):
    assert [one["unit"] for one in calling(analyst).get(PATH, query).json()["results"]] == units


def test_what_is_over_is_told_when_it_is_asked_for(db, analyst):
    unit = factories.UnitFactory(code="110000")
    plan_year()
    rate = ceiling(unit)
    RuleFactory(indicator=rate)
    rates(unit, rate, {3: "0.045", 6: "0.03", 9: "0.03"})
    judged()
    client = calling(analyst)

    told = {state: codes(client.get(PATH, {"state": state}).json()) for state in ("closed", "all", "open")}

    assert told == {"closed": [("110000", "closed", "2007-09")], "all": told["closed"], "open": []}
    assert client.get(PATH).json()["results"] == []


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ({"colour": "red"}, "?colour", "unknown_parameter"),
        ({"state": "OPEN"}, "?state", "invalid_choice"),
        ({"state": "red"}, "?state", "invalid_choice"),
        ({"unit": "999999"}, "?unit", "unknown_unit"),
        ({"unit": "44"}, "?unit", "invalid"),
        ({"indicator": "T99"}, "?indicator", "unknown_indicator"),
        ({"plan": "1999"}, "?plan", "unknown_plan"),
        ({"month": "2007-13"}, "?month", "not_a_month"),
        ({"page": "9"}, "?page", "no_such_page"),
    ],
)
def test_a_parameter_that_means_nothing_is_refused_by_name(world, analyst, query, pointer, code):
    answer = calling(analyst).get(PATH, query)

    assert answer.status_code == 400
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [(pointer, code)]


@pytest.mark.parametrize("role", ["SYSTEM_ADMIN", "SECURITY_ADMIN", "AUDITOR"])
def test_whoever_reads_no_figures_reads_no_warnings(world, role):
    assert calling(factories.person(role)).get(PATH).status_code == 403


def test_strangers_are_asked_who_they_are(world):
    assert Caller().get(PATH).status_code == 401


def test_warnings_are_only_read(world, analyst):
    assert calling(analyst).post(PATH, {}, format="json").status_code == 405


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_costs_the_same_however_many_there_are(db, analyst, n):
    factories.NationFactory()
    units = [factories.UnitFactory(code=f"{11 + number}0000") for number in range(n)]
    plan_year()
    rate = ceiling(*units)
    RuleFactory(indicator=rate)
    for unit in units:
        rates(unit, rate, {6: "0.045"})
    judged()
    client = calling(analyst)
    client.get(PATH)

    with CaptureQueriesContext(connection) as queries:
        assert client.get(PATH).json()["count"] == n
    assert len(queries) == 10
