"""Series: one indicator and unit through the plan year, month by month."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import ReportingUnit
from reporting.aggregates import row_value
from reporting.series import monthly_series
from submissions.models import PublishedFigure, ReportingMonth
from targets.models import Indicator
from tests import factories
from tests.reporting.filings import publish, stand

pytestmark = pytest.mark.django_db


@pytest.fixture
def periods(db: None) -> dict[int, ReportingMonth]:
    return {period.month.month: period for period in factories.months_of_2007()}


@pytest.fixture
def nation(db: None) -> ReportingUnit:
    return factories.NationFactory()


@pytest.fixture
def flow(nation: ReportingUnit) -> Indicator:
    indicator = factories.IndicatorFactory(code="F01")
    factories.TargetFactory(indicator=indicator, unit=nation, target_value=1200)
    return indicator


def filers(count: int, indicator: Indicator) -> list[ReportingUnit]:
    units = [factories.UnitFactory() for _ in range(count)]
    for unit in units:
        factories.AssignmentFactory(unit=unit, indicator=indicator)
    return units


def test_a_series_tells_the_year_month_by_month(ministry, periods, nation, flow):
    (unit,) = filers(1, flow)
    for month, value in ((1, 90), (2, 210), (4, 400)):
        stand(unit, periods[month], {flow: value})

    found = monthly_series(ministry, periods[1].plan, flow, nation)

    assert [(point.value, point.month_value, point.is_carried) for point in found.points[:5]] == [
        (90, 90, False), (210, 120, False), (210, None, True), (400, None, False), (400, None, True),
    ]  # fmt: skip
    assert [point.pro_rata_target for point in found.points[:2]] == [100, 200]
    assert [(point.n_due, point.n_reported, point.n_carried) for point in found.points[2:4]] == [(1, 0, 1), (1, 1, 0)]


def test_a_series_has_the_curve_of_the_unit_or_of_the_nation(ministry, periods, nation):
    flow = factories.IndicatorFactory(code="F02")
    curve = [Decimal(number) * Decimal("0.08") for number in range(1, 12)] + [Decimal(1)]
    factories.TargetFactory(indicator=flow, unit=nation, target_value=1000, seasonal_shares=curve)
    own, plain = filers(2, flow)
    factories.TargetFactory(indicator=flow, unit=plain, target_value=100)
    factories.TargetFactory(indicator=flow, unit=own, target_value=100, seasonal_shares=[Decimal(1)] * 12)

    seasonal = [
        monthly_series(ministry, periods[1].plan, flow, unit).points[0].seasonal_target for unit in (nation, plain, own)
    ]

    assert seasonal == [80, 8, 100]


def test_a_series_sets_last_year_beside_this_one(ministry, periods, nation, flow):
    (unit,) = filers(1, flow)
    last_plan = factories.PlanFactory(year=2006)
    march = factories.MonthFactory(plan=last_plan, month=date(2006, 3, 1), number=3)
    factories.AssignmentFactory(plan=last_plan, unit=unit, indicator=flow)
    stand(unit, march, {flow: 77})

    found = monthly_series(ministry, periods[1].plan, flow, nation)

    assert [point.previous_year for point in found.points[1:4]] == [None, 77, None]


def test_what_was_published_stands_in_for_a_year_without_reports(ministry, periods, nation, flow):
    """Of the country and of a unit alike; the final release before the flash, and nothing that is not known yet."""
    (unit,) = filers(1, flow)
    for owner, release, value, known in (
        *((None, "FLASH", 80, None), (None, "FINAL", 90, date(2007, 9, 1)), (unit, "FLASH", 40, None)),
        (unit, "FINAL", 50, date(2007, 11, 1)),
    ):
        PublishedFigure.objects.create(
            unit=owner, indicator=flow, month=date(2006, 3, 1), release=release, value=value,
            published_on=known, source="公报", is_synthetic=owner is not None,
        )  # fmt: skip

    told = [monthly_series(ministry, periods[1].plan, flow, one) for one in (nation, unit)]

    assert [[point.previous_year for point in one.points[1:4]] for one in told] == [[None, 90, None], [None, 40, None]]
    assert [(one.past_sources, one.is_past_synthetic) for one in told] == [(("公报",), False), (("公报",), True)]

    last_plan = factories.PlanFactory(year=2006)
    march = factories.MonthFactory(plan=last_plan, month=date(2006, 3, 1), number=3)
    factories.AssignmentFactory(plan=last_plan, unit=unit, indicator=flow)
    stand(unit, march, {flow: 77})
    reported = monthly_series(ministry, periods[1].plan, flow, unit)
    assert (reported.points[2].previous_year, reported.past_sources) == (77, ())


def test_a_series_of_a_level_has_no_month_value(ministry, periods, nation):
    stock = factories.IndicatorFactory(stock=True)
    (unit,) = filers(1, stock)
    stand(unit, periods[1], {stock: 50})

    found = monthly_series(ministry, periods[1].plan, stock, nation)

    assert (found.target, found.points[0].value, found.points[0].month_value) == (None, 50, None)
    assert found.points[0].pro_rata_target is None


def test_a_series_ends_where_publication_ends(periods, flow):
    own, other = filers(2, flow)
    stand(other, periods[5], {flow: 600})
    stand(other, periods[6], {flow: 700})
    publish(periods[5])

    found = monthly_series(factories.person("CLERK", own), periods[1].plan, flow, other)

    assert [point.value for point in found.points[3:6]] == [None, 600, None]


def test_a_quarterly_series_differs_by_quarters(ministry, periods, nation):
    quarterly = factories.IndicatorFactory(frequency=3)
    (unit,) = filers(1, quarterly)
    stand(unit, periods[3], {quarterly: 30})
    stand(unit, periods[6], {quarterly: 70})

    found = monthly_series(ministry, periods[1].plan, quarterly, nation)

    assert [(point.value, point.month_value) for point in found.points[2:6]] == [
        (30, 30), (30, None), (30, None), (70, 40),
    ]  # fmt: skip


def test_no_total_has_no_value():
    assert row_value(None) is None
