"""What the database refuses of totals, and whose totals a person may read."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from reporting.models import Total
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def total():
    return Total.objects.create(
        plan=factories.PlanFactory(),
        unit=factories.UnitFactory(),
        indicator=factories.IndicatorFactory(),
        month=date(2007, 6, 1),
        n_due=1,
    )


def test_a_unit_has_one_total_per_indicator_and_month(total):
    twin = Total(plan=total.plan, unit=total.unit, indicator=total.indicator, month=total.month)

    with (
        pytest.raises(IntegrityError, match="reporting_total_one_per_unit_indicator_month"),
        transaction.atomic(),
    ):
        Total.objects.bulk_create([twin])


def test_no_more_is_reported_than_is_due(total):
    with pytest.raises(IntegrityError, match="reporting_total_reported_within_due"), transaction.atomic():
        Total.objects.filter(pk=total.pk).update(n_reported=2)


@pytest.mark.parametrize("role", ["MINISTRY_REVIEWER", "PLANNER", "ANALYST"])
def test_the_ministry_reads_every_total(total, role):
    assert list(Total.objects.visible_to(factories.person(role))) == [total]


@pytest.mark.parametrize("role", ["CLERK", "LEAD"])
def test_a_bureau_reads_its_own_total_before_publication(total, role):
    assert list(Total.objects.visible_to(factories.person(role, total.unit))) == [total]


@pytest.mark.parametrize("role", ["CLERK", "LEAD"])
def test_a_bureau_reads_its_neighbours_total_only_once_published(total, role):
    neighbour = factories.person(role, factories.UnitFactory())
    before = list(Total.objects.visible_to(neighbour))

    factories.MonthFactory(number=6, published=True)

    assert (before, list(Total.objects.visible_to(neighbour))) == ([], [total])


@pytest.mark.parametrize("role", ["SYSTEM_ADMIN", "SECURITY_ADMIN", "AUDITOR"])
def test_an_administrator_reads_nothing_unpublished(total, role):
    assert list(Total.objects.visible_to(factories.person(role))) == []
