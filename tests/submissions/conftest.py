"""A province that files a flow, a stock and a rate, its people, and the month of September."""

from __future__ import annotations

import pytest

from tests import factories


@pytest.fixture
def unit(db):
    unit = factories.UnitFactory(code="440000", short_name="广东")
    for indicator in (
        factories.IndicatorFactory(code="T01", short_name="新增就业"),
        factories.IndicatorFactory(code="T08", short_name="养老参保", stock=True),
        factories.IndicatorFactory(code="T04", short_name="登记失业率", ratio=True),
    ):
        factories.AssignmentFactory(unit=unit, indicator=indicator)
    return unit


@pytest.fixture
def period(db):
    factories.MonthFactory(number=8)
    return factories.MonthFactory(number=9)


@pytest.fixture
def lead(unit):
    return factories.person("LEAD", unit, username="gd_lead")


@pytest.fixture
def clerk(unit):
    return factories.person("CLERK", unit, username="gd_clerk")
