"""A forecast starts from months that nearly every unit filed."""

from decimal import Decimal

import pytest

from reporting.aggregates import progress_rows
from tests import factories
from tests.factories import approved


@pytest.mark.django_db
def test_a_month_that_one_unit_of_three_filed_does_not_flatten_the_forecast(ministry):
    other = factories.person("MINISTRY_REVIEWER")
    indicator = factories.IndicatorFactory(code="F01")
    nation = factories.NationFactory()
    factories.TargetFactory(indicator=indicator, unit=nation, target_value=3600)
    units = [factories.UnitFactory(code=f"{n}10000") for n in (1, 2, 3)]
    for unit in units:
        factories.AssignmentFactory(indicator=indicator, unit=unit)
    *full, partial = factories.months_of_2007(5)
    for period in full:
        for unit in units:
            approved(unit, period, {"F01": str(100 * period.month.month)}, by=ministry, reviewer=other)
    approved(units[0], partial, {"F01": "500"}, by=ministry, reviewer=other)

    (row,) = progress_rows(ministry, partial, [nation])

    assert (row.value, row.n_reported, row.n_due) == (Decimal(1300), 1, 3)
    assert row.forecast.value == Decimal(3600)
