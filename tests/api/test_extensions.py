"""Extensions over REST: the page's own service, for planner and ministry."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import AuditEntry, User
from submissions.models import Extension
from tests import factories
from tests.api.conftest import Caller

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/months/2007-09/extensions/"
GIVEN = {"unit": "440000", "until": "2007-10-20", "reason": "台风"}


def calling(person: User) -> Caller:
    caller = Caller()
    caller.force_login(person)
    return caller


@pytest.fixture
def period(db):
    period = factories.MonthFactory(number=9)
    unit = factories.UnitFactory(code="440000")
    factories.AssignmentFactory(plan=period.plan, unit=unit, indicator=factories.IndicatorFactory(code="T01"))
    return period


@pytest.fixture
def as_ministry(period, ministry) -> Caller:
    return calling(ministry)


def test_the_ministry_grants_time_and_reads_what_was_granted(as_ministry, planner, ministry):
    made = as_ministry.post(ADDRESS, GIVEN, format="json")

    assert made.status_code == 201, made.content
    assert made.json() | {"granted_at": ""} == {**GIVEN, "granted_by": "ministry", "granted_at": ""}
    assert as_ministry.post(ADDRESS, {**GIVEN, "unit": None, "until": "2007-10-21"}, format="json").status_code == 201
    listed = calling(planner).get(ADDRESS).json()
    assert [(one["unit"], one["until"]) for one in listed["results"]] == [
        (None, "2007-10-21"),
        ("440000", "2007-10-20"),
    ]
    assert Extension.objects.filter(unit=None, until=date(2007, 10, 21), granted_by=ministry).exists()
    assert AuditEntry.objects.filter(action="month.extend").count() == 2


def test_a_repeat_under_one_key_grants_once(as_ministry):
    answers = [as_ministry.post(ADDRESS, GIVEN, format="json", headers={"Idempotency-Key": "k"}) for _time in range(2)]

    assert [one.status_code for one in answers] == [201, 201]
    assert Extension.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "status", "pointer", "code"),
    [
        ({"unit": "999999"}, 400, "/unit", "unknown_unit"),
        ({"unit": "Guangdong"}, 400, "/unit", "invalid"),
        ({"until": "20 October"}, 400, "/until", "invalid"),
        ({"until": "2007-10-01"}, 400, None, "impossible_dates"),
        ({"reason": " "}, 400, None, None),
        ({"reason": None}, 400, "/reason", "null"),
        ({"days": 3}, 400, "/days", "unknown_field"),
    ],
)
def test_what_cannot_be_granted_is_said(as_ministry, changed, status, pointer, code):
    answer = as_ministry.post(ADDRESS, GIVEN | changed, format="json")

    assert answer.status_code == status, answer.content
    errors = answer.json()["errors"]
    assert pointer is None or (errors[0]["pointer"], errors[0]["code"]) == (pointer, code)
    assert Extension.objects.count() == 0


def test_the_planner_reads_and_everybody_else_is_refused(period, planner, analyst):
    assert calling(planner).post(ADDRESS, GIVEN, format="json").status_code == 403
    clerk = factories.person("CLERK", factories.UnitFactory(code="440000"))
    for person in (analyst, clerk, factories.person("SYSTEM_ADMIN")):
        assert calling(person).get(ADDRESS).status_code == 403
        assert calling(person).post(ADDRESS, GIVEN, format="json").status_code == 403
    assert Extension.objects.count() == 0


def test_a_month_that_is_none_is_not_found(as_ministry):
    assert as_ministry.get("/api/v1/months/2031-01/extensions/").status_code == 404
