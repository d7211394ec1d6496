"""What prefectures do, added over the units: Σ done ÷ Σ owed, exempt units left out, on the pages and in the export."""

from __future__ import annotations

from datetime import date

import pytest

from reporting.board import board
from reporting.covering import Covered, pooled
from targets import duties
from targets.goals import Status
from tests import factories
from tests.reporting.filings import stand

TODAY = date(2007, 10, 12)
UNDER_WAY = {"state": "IN_PROGRESS"}
DONE = {"state": "ISSUED", "actual_on": date(2007, 3, 20)}
CANCELLED = {"state": "CANCELLED", "note": "并入下年"}


def test_small_and_large_units_are_added_never_averaged():
    assert pooled({"a": 1, "b": 99}, {"a": (1, 1), "b": (0, 99)}, set()) == Covered(1, 100)


def test_the_units_own_word_stands_before_the_plans():
    assert pooled({"a": 4}, {"a": (3, 5), "m": (9, 18)}, set()) == Covered(12, 23)


def test_units_that_owe_nothing_leave_both_sums():
    assert pooled({"a": 4, "b": 6}, {"a": (3, 4), "b": (6, 6)}, {"b"}) == Covered(3, 4)


def test_where_nobody_named_or_counted_any_there_is_nothing_to_say():
    assert pooled({}, {}, {"b"}) is None


@pytest.fixture
def periods(db):
    return {period.month.month: period for period in factories.months_of_2007()}


@pytest.fixture
def units(db):
    return [factories.UnitFactory() for _ in range(3)]


@pytest.fixture
def cities(units):
    """Ten prefectures of three units owe it: two, three and five."""
    owed = dict(zip([unit.code for unit in units], (2, 3, 5), strict=True))
    return factories.MilestoneFactory(
        item=factories.ItemFactory(number=27), code="M27-2", actors=["C"], scope="PREFECTURES", scope_count=10,
        scope_by_unit=owed,
    )  # fmt: skip


def standing(person, period):
    (one,) = board(person, period, today=TODAY).items
    (found,) = one.milestones
    return found.n_done, found.n_in_scope, found.status


def test_the_board_adds_what_the_units_count_month_by_month(ministry, periods, units, cities):
    assert standing(ministry, periods[9]) == (0, 10, Status.NOT_REPORTED)
    stand(units[0], periods[3], {}, {cities: UNDER_WAY | {"covered": 1, "in_scope": 2}})
    stand(units[0], periods[6], {}, {cities: UNDER_WAY | {"covered": 2, "in_scope": 2}})
    stand(units[1], periods[9], {}, {cities: UNDER_WAY | {"covered": 1, "in_scope": 4}})

    assert standing(ministry, periods[3]) == (1, 10, Status.ON_SCHEDULE)
    assert standing(ministry, periods[9]) == (3, 11, Status.ON_SCHEDULE)


def test_a_unit_that_calls_it_done_without_counting_did_it_everywhere(ministry, periods, units, cities):
    stand(units[2], periods[9], {}, {cities: DONE})

    assert standing(ministry, periods[9]) == (5, 10, Status.ON_SCHEDULE)


def test_it_is_completed_when_no_prefecture_is_left(ministry, periods, units, cities):
    for unit in units:
        stand(unit, periods[9], {}, {cities: DONE})

    assert standing(ministry, periods[9]) == (10, 10, Status.COMPLETED)


def test_exempt_and_cancelled_units_leave_the_denominator(ministry, planner, periods, units, cities):
    stand(units[0], periods[9], {}, {cities: UNDER_WAY | {"covered": 1, "in_scope": 2}})
    stand(units[1], periods[9], {}, {cities: CANCELLED})
    duties.exempt(cities, units[2], reason="没有地级单位", by=planner)

    assert standing(ministry, periods[9]) == (1, 2, Status.ON_SCHEDULE)


def test_prefectures_that_report_for_themselves_count_where_their_unit_says_nothing(ministry, periods, units, cities):
    for number in (1, 2):
        city = factories.UnitFactory(code=f"99{number}100", parent=units[2], kind="PREFECTURE")
        stand(city, periods[9], {}, {cities: DONE})
    assert standing(ministry, periods[9])[:2] == (2, 10)
    stand(units[2], periods[9], {}, {cities: UNDER_WAY | {"covered": 4, "in_scope": 5}})

    assert standing(ministry, periods[9])[:2] == (4, 10)


def test_the_pages_of_item_and_unit_say_how_many(client, ministry, periods, units, cities):
    jobs = factories.AssignmentFactory(unit=units[0], indicator=factories.IndicatorFactory(code="T01")).indicator
    stand(units[0], periods[9], {jobs: 5}, {cities: UNDER_WAY | {"covered": 1, "in_scope": 2}})
    client.force_login(ministry)

    item = client.get("/plan/items/27/?month=2007-09").content.decode()
    report = client.get(f"/reports/2007-09/{units[0].code}/").content.decode()

    assert "已覆盖地级单位 <b>1</b>/10" in item
    assert "基数以各单位填报为准：计划列 10 个地级单位，直辖市按区县、兵团按师另计" in item
    assert "已覆盖 1/2" in item
    assert "已覆盖 1/2" in report


def test_where_the_plan_names_no_number_the_base_is_the_units_alone(client, ministry, periods, units, cities):
    cities.scope_count = None
    cities.save(update_fields=["scope_count"])
    client.force_login(ministry)

    item = client.get("/plan/items/27/?month=2007-09").content.decode()

    assert '<span class="muted">基数以各单位填报为准</span>' in item
