"""A small country on the demonstration's date: two provinces that file five indicators."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from rest_framework.test import APIClient

from accounts import services as people
from accounts.models import ReportingUnit, User
from tests import factories
from tests.factories import person


class Caller(APIClient):
    """Speaks JSON with a token, as a program does."""

    def get_json(self, path: str, **query: object) -> object:
        answer = self.get(f"/api/v1/{path}", query)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def send(self, method: str, path: str, body: object = None, **headers: object) -> object:
        return getattr(self, method)(f"/api/v1/{path}", body, format="json", headers=headers or None)


@pytest.fixture
def country(db: None) -> SimpleNamespace:
    """Return plan, units and indicators; T01 and T18 monthly, T11 a stock, T04 quarterly, T13 half-yearly."""
    nation = factories.NationFactory()
    gd = factories.UnitFactory(code="440000", name="广东省", short_name="广东", name_en="Guangdong", region="EAST")
    hl = factories.UnitFactory(code="230000", name="黑龙江省", short_name="黑龙江", name_en="Heilongjiang")
    factories.UnitFactory(code="710000", kind="MAP_ONLY", parent=None, level=1, path="710000.")
    plan = factories.PlanFactory()
    item = factories.ItemFactory(plan=plan)
    indicators = {
        "T01": factories.IndicatorFactory(code="T01"),
        "T04": factories.IndicatorFactory(code="T04", ratio=True),
        "T11": factories.IndicatorFactory(code="T11", stock=True),
        "T13": factories.IndicatorFactory(code="T13", count=True),
        "T18": factories.IndicatorFactory(code="T18", zero=True),
    }
    bounds = {"T04": ("AT_MOST", "0.046"), "T13": ("EXACTLY", "1"), "T18": ("AT_MOST", "0")}
    for code, indicator in indicators.items():
        bound, value = bounds.get(code, ("AT_LEAST", "900000"))
        baseline = "800000" if code == "T11" else None
        for unit in (nation, gd, hl):
            factories.TargetFactory(
                plan=plan, item=item, indicator=indicator, unit=unit,
                bound=bound, target_value=value, baseline_value=baseline,
            )  # fmt: skip
        for unit in (gd, hl):
            factories.AssignmentFactory(plan=plan, indicator=indicator, unit=unit)
    factories.MilestoneFactory(item=item, code="M01-1")
    months = factories.months_of_2007()
    return SimpleNamespace(nation=nation, gd=gd, hl=hl, plan=plan, item=item, months=months, **indicators)


#: Role of each person, and the bureau they work for.
ROLES = {
    "ministry": ("MINISTRY_REVIEWER", None),
    "planner": ("PLANNER", None),
    "analyst": ("ANALYST", None),
    "gd_clerk": ("CLERK", "gd"),
    "gd_lead": ("LEAD", "gd"),
    "hl_clerk": ("CLERK", "hl"),
    "hl_lead": ("LEAD", "hl"),
    "sysadmin": ("SYSTEM_ADMIN", None),
    "secadmin": ("SECURITY_ADMIN", None),
    "auditor": ("AUDITOR", None),
}


class People(dict[str, User]):
    """The people of the tests by name; each is made when first asked for."""

    def __init__(self, country: SimpleNamespace) -> None:
        self.country = country

    def __missing__(self, name: str) -> User:
        role, bureau = ROLES[name]
        self[name] = person(role, getattr(self.country, bureau) if bureau else None, username=name)
        return self[name]


@pytest.fixture
def people_of(country: SimpleNamespace) -> People:
    """Return one person per role, by name."""
    return People(country)


@pytest.fixture
def caller(people_of: People) -> Callable[..., Caller]:
    """Return a program with the token of the named person, and with the scope given."""

    def make(name: str, scope: str = "WRITE") -> Caller:
        token = people.create_token(people_of[name], name="test", scope=scope, ttl=timedelta(hours=1))
        program = Caller()
        program.credentials(HTTP_AUTHORIZATION=f"Bearer {token.text}")
        return program

    return make


@pytest.fixture
def june(country: SimpleNamespace) -> Callable[[ReportingUnit], str]:
    """Return the address of a unit's report of June, where every indicator is due."""
    return lambda unit=country.gd: f"reports/2007-06/{unit.code}/"


#: A report of June without any finding, as a program would send it.
JUNE_FIGURES = [
    {"indicator": "T01", "value": "310000"},
    {"indicator": "T04", "numerator": "210000", "denominator": "5200000"},
    {"indicator": "T11", "value": "850000"},
    {"indicator": "T13", "state": "not_applicable"},
    {"indicator": "T18", "value": "0", "persons": 0},
]
