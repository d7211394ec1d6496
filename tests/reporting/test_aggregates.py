"""Progress as pages, REST and Excel read it: pooled, measured, ranked, and only as far as the reader may see."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import permissions
from accounts.models import ReportingUnit, User
from reporting import totals
from reporting.aggregates import ProgressRow, progress_rows
from reporting.models import Total
from submissions.models import ReportingMonth
from targets.goals import Status
from targets.models import Indicator, Plan, Thresholds
from tests import factories
from tests.reporting.filings import MISSING, NOT_APPLICABLE, publish, stand

pytestmark = pytest.mark.django_db


@pytest.fixture
def periods(db: None) -> dict[int, ReportingMonth]:
    return {period.month.month: period for period in factories.months_of_2007()}


@pytest.fixture
def nation(db: None) -> ReportingUnit:
    return factories.NationFactory()


def filers(count: int, *indicators: Indicator) -> list[ReportingUnit]:
    units = [factories.UnitFactory() for _ in range(count)]
    for unit in units:
        for indicator in indicators:
            factories.AssignmentFactory(unit=unit, indicator=indicator)
    return units


def the_row(person: User, period: ReportingMonth, unit: ReportingUnit, **asked: object) -> ProgressRow:
    (row,) = progress_rows(person, period, [unit], **asked)
    return row


# Ratios ----------------------------------------------------------------------------------------


def test_rates_are_pooled_and_never_averaged(ministry, periods, nation):
    rate = factories.IndicatorFactory(ratio=True)
    one, two = filers(2, rate)
    stand(one, periods[6], {rate: (1, 2)})
    stand(two, periods[6], {rate: (3, 4)})

    row = the_row(ministry, periods[6], nation)

    assert (row.numerator, row.denominator, row.value) == (4, 6, Decimal(4) / Decimal(6))


@pytest.fixture
def unemployment(nation: ReportingUnit) -> Indicator:
    rate = factories.IndicatorFactory(code="T04", ratio=True)
    factories.TargetFactory(indicator=rate, unit=nation, target_value="0.046", bound="AT_MOST")
    return rate


def test_an_unemployment_of_5_2_percent_is_breached(ministry, periods, nation, unemployment):
    (unit,) = filers(1, unemployment)
    stand(unit, periods[6], {unemployment: (52, 1000)})

    row = the_row(ministry, periods[6], nation)

    assert (row.status, row.progress.headroom, row.progress.completion_rate, row.share_of_target) == (
        Status.BREACHED, Decimal("-0.006"), None, None,
    )  # fmt: skip


def test_an_unemployment_of_4_percent_is_within_its_ceiling(ministry, periods, nation, unemployment):
    (unit,) = filers(1, unemployment)
    stand(unit, periods[6], {unemployment: (40, 1000)})

    row = the_row(ministry, periods[6], nation)

    assert (row.status, row.progress.headroom, row.progress.completion_rate, row.progress.pro_rata_target) == (
        Status.ON_SCHEDULE, Decimal("0.006"), None, Decimal("0.046"),
    )  # fmt: skip


def test_a_ceiling_that_held_is_completed_in_december(ministry, periods, nation, unemployment):
    (unit,) = filers(1, unemployment)
    stand(unit, periods[12], {unemployment: (40, 1000)})

    row = the_row(ministry, periods[12], nation)

    assert (row.status, row.progress.completion_rate) == (Status.COMPLETED, None)


def test_a_ceiling_not_yet_due_is_not_reported_but_not_due(ministry, periods, nation, unemployment):
    filers(1, unemployment)

    assert [the_row(ministry, periods[month], nation).status for month in (2, 3)] == [
        Status.NOT_DUE, Status.NOT_REPORTED,
    ]  # fmt: skip


# What is and is not there ----------------------------------------------------------------------


@pytest.fixture
def flow(nation: ReportingUnit) -> Indicator:
    indicator = factories.IndicatorFactory(code="F01")
    factories.TargetFactory(indicator=indicator, unit=nation, target_value=1200)
    return indicator


def test_an_approved_zero_is_a_value(ministry, periods, nation, flow):
    (unit,) = filers(1, flow)
    stand(unit, periods[6], {flow: 0})

    row = the_row(ministry, periods[6], nation)

    assert (row.value, row.progress.completion_rate, row.status, row.coverage) == (0, 0, Status.BEHIND, 1)


def test_nothing_approved_is_no_value(ministry, periods, nation, flow):
    filers(1, flow)

    row = the_row(ministry, periods[6], nation)

    assert (row.value, row.value_month, row.progress.completion_rate, row.status, row.coverage) == (
        None, None, None, Status.NOT_REPORTED, 0,
    )  # fmt: skip


def test_what_was_not_reported_carries_and_what_does_not_apply_leaves(ministry, periods, nation, flow):
    one, two = filers(2, flow)
    stand(one, periods[5], {flow: 100})
    stand(two, periods[5], {flow: 7})
    stand(one, periods[6], {flow: MISSING})
    stand(two, periods[6], {flow: NOT_APPLICABLE})

    row = the_row(ministry, periods[6], nation)

    assert (row.value, row.n_due, row.n_reported, row.n_carried) == (100, 1, 0, 1)


def test_a_quarterly_figure_stands_between_its_due_months(ministry, periods, nation):
    quarterly = factories.IndicatorFactory(frequency=3)
    factories.TargetFactory(indicator=quarterly, unit=nation, target_value=1200)
    for unit in filers(2, quarterly):
        stand(unit, periods[6], {quarterly: 300})

    row = the_row(ministry, periods[8], nation)

    assert (row.value, row.value_month, row.n_due, row.n_reported, row.n_carried) == (
        600, date(2007, 6, 1), 0, 0, 2,
    )  # fmt: skip
    assert (row.progress.pro_rata_target, row.status, row.coverage) == (600, Status.ON_SCHEDULE, None)


def test_the_basis_reported_leaves_carried_figures_out(ministry, periods, nation, flow):
    one, two = filers(2, flow)
    stand(one, periods[5], {flow: 100})
    stand(two, periods[6], {flow: 7})

    latest = the_row(ministry, periods[6], nation)
    reported = the_row(ministry, periods[6], nation, basis="reported")

    assert (latest.value, latest.n_carried) == (107, 1)
    assert (reported.value, reported.n_carried, reported.value_month) == (7, 0, date(2007, 6, 1))


def test_an_indicator_without_a_target_is_shown_without_a_verdict(ministry, periods, nation):
    plain = factories.IndicatorFactory()
    (unit,) = filers(1, plain)
    stand(unit, periods[6], {plain: 5})

    row = the_row(ministry, periods[6], nation)

    assert (row.value, row.status, row.target_value, row.baseline_value, row.progress.pro_rata_target) == (
        5, None, None, None, None,
    )  # fmt: skip


def test_amounts_of_arrears_stay_with_the_year_and_their_persons(ministry, periods, nation):
    zero = factories.IndicatorFactory(zero=True)
    factories.TargetFactory(indicator=zero, unit=nation, target_value=0, bound="AT_MOST")
    (unit,) = filers(1, zero)
    stand(unit, periods[5], {zero: {"value": 500, "persons": 3}})
    stand(unit, periods[6], {zero: {"value": 0, "persons": 0}})

    may, june = (the_row(ministry, periods[month], nation) for month in (5, 6))

    assert (may.value, may.persons, june.value, june.persons) == (500, 3, 0, 0)
    assert (may.status, june.status) == (Status.BREACHED, Status.BREACHED)


def test_the_thresholds_of_the_plan_decide(ministry, periods, nation, flow):
    (unit,) = filers(1, flow)
    stand(unit, periods[6], {flow: 550})
    before = the_row(ministry, periods[6], nation).status

    Thresholds.objects.create(plan=Plan.objects.get(), lagging_ratio="0.95")

    assert (before, the_row(ministry, periods[6], nation).status) == (Status.LAGGING, Status.BEHIND)


def test_a_row_knows_its_stock_from_the_baseline_and_from_nothing(ministry, periods, nation):
    stock = factories.IndicatorFactory(stock=True)
    factories.TargetFactory(indicator=stock, unit=nation, target_value=120, baseline_value=100)
    (unit,) = filers(1, stock)
    stand(unit, periods[6], {stock: 114})

    row = the_row(ministry, periods[6], nation)

    assert (row.progress.completion_rate, row.share_of_target, row.baseline_value) == (
        Decimal("0.7"), Decimal("0.95"), 100,
    )  # fmt: skip


def test_a_forecast_leaves_out_what_was_only_carried(ministry, periods, nation, flow):
    (unit,) = filers(1, flow)
    for month, value in ((1, 100), (2, 200), (3, 300)):
        stand(unit, periods[month], {flow: value})

    carried = the_row(ministry, periods[4], nation)

    assert carried.history.values == [100, 200, 300, 300]
    assert carried.history.points() == [(1, 100), (2, 200), (3, 300)]


# Who may read ----------------------------------------------------------------------------------


@pytest.fixture
def two_provinces(periods, nation, flow) -> list[ReportingUnit]:
    """Both reported June, the second one more; May is published, June is not."""
    units = _two_that_filed(periods, flow)
    publish(periods[5])
    return units


def _two_that_filed(periods, flow) -> list[ReportingUnit]:
    units = filers(2, flow)
    for unit, value in zip(units, (500, 700), strict=True):
        factories.TargetFactory(indicator=flow, unit=unit, target_value=1200)
        stand(unit, periods[5], {flow: value - 100})
        stand(unit, periods[6], {flow: value})
    return [ReportingUnit.objects.get(pk=unit.pk) for unit in units]


@pytest.mark.parametrize("role", ["CLERK", "LEAD"])
def test_a_bureau_reads_its_own_unit_and_published_months(periods, nation, two_provinces, role):
    own, other = two_provinces
    person = factories.person(role, own)

    june = progress_rows(person, _fresh(periods[6]), [nation, own, other])
    may = progress_rows(person, _fresh(periods[5]), [nation, own, other])

    assert [(row.unit, row.value) for row in june] == [(own, 500)]
    assert [(row.unit, row.value) for row in may] == [(nation, 1000), (own, 400), (other, 600)]


def test_the_year_so_far_of_another_unit_ends_where_publication_ends(periods, nation, flow):
    own, other = _two_that_filed(periods, flow)
    publish(periods[6])
    person = factories.person("CLERK", own)

    row = the_row(person, _fresh(periods[6]), other)

    assert row.history.months == [date(2007, 6, 1)]


@pytest.mark.parametrize("role", ["MINISTRY_REVIEWER", "PLANNER", "ANALYST"])
def test_the_ministry_ranks_before_publication(periods, two_provinces, role):
    rows = progress_rows(factories.person(role), _fresh(periods[6]), two_provinces)

    assert [row.rank for row in rows] == [2, 1]


def test_a_bureau_has_no_rank_while_its_siblings_are_closed(periods, two_provinces):
    own, _ = two_provinces
    person = factories.person("LEAD", own)

    ranks = [the_row(person, _fresh(periods[month]), own).rank for month in (5, 6)]

    assert ranks == [2, None]


def test_a_province_ranks_the_units_below_it(periods, flow):
    province = factories.UnitFactory()
    below = [factories.UnitFactory(code=f"99{n}100", parent=province, kind="PREFECTURE") for n in range(2)]
    for unit, value in zip(below, (5, 9), strict=True):
        factories.AssignmentFactory(unit=unit, indicator=flow)
        factories.TargetFactory(indicator=flow, unit=unit, target_value=10)
        stand(unit, periods[6], {flow: value})

    rows = progress_rows(factories.person("LEAD", province), _fresh(periods[6]), below)

    assert [row.rank for row in rows] == [2, 1]


def test_the_rank_of_one_unit_is_among_all_its_siblings(ministry, periods, two_provinces):
    assert the_row(ministry, periods[6], two_provinces[0]).rank == 2


def test_ties_share_a_rank_and_the_missing_have_none(ministry, periods, nation, flow):
    units = filers(4, flow)
    for unit, value in zip(units, (5, 5, 3, None), strict=True):
        factories.TargetFactory(indicator=flow, unit=unit, target_value=10)
        if value is not None:
            stand(unit, periods[6], {flow: value})

    rows = progress_rows(ministry, periods[6], units)

    assert [row.rank for row in rows] == [1, 1, 3, None]


def test_the_nation_has_no_rank(ministry, periods, nation, two_provinces):
    assert the_row(ministry, periods[6], nation).rank is None


def test_rows_come_by_indicator_and_unit_order(ministry, periods, nation):
    two, one = factories.IndicatorFactory(code="X02"), factories.IndicatorFactory(code="X01")
    units = filers(2, two, one)

    rows = progress_rows(ministry, periods[6], [units[1], units[0], nation], indicators=None)
    only = progress_rows(ministry, periods[6], units, indicators=[two])

    assert [(row.indicator.code, row.unit) for row in rows] == [
        (code, unit) for code in ("X01", "X02") for unit in (nation, *units)
    ]
    assert [row.indicator.code for row in only] == ["X02", "X02"]


def _fresh(period: ReportingMonth) -> ReportingMonth:
    return ReportingMonth.objects.get(pk=period.pk)


# Cost ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["unit", "children"])
def test_progress_costs_the_same_queries_for_3_and_300_units(ministry, periods, nation, flow, level):
    few = _queries(ministry, periods[6], nation, filers(3, flow), level)
    many = _queries(ministry, periods[6], nation, filers(297, flow), level)

    assert (few, Total.objects.filter(month=date(2007, 6, 1)).count()) == (many, 301)


def _queries(person: User, period: ReportingMonth, nation: ReportingUnit, units: list, level: str) -> int:
    stand(units[0], period, {Indicator.objects.get(): 5})
    totals.refresh()
    permissions.access(person)
    asked = [nation] if level == "unit" else list(ReportingUnit.objects.children_of(nation))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        progress_rows(person, period, asked)
    return len(queries)
