"""The review desk's table: last year has a column where there was one, and is said to be missing where not."""

from __future__ import annotations

from datetime import date

import pytest

from submissions.models import PublishedFigure
from tests import factories
from tests.factories import approved, shanghai, submitted
from tests.submissions.posting import ADDRESS, text_of

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 3)


@pytest.fixture
def page(client, unit, period, lead, ministry):
    """Return a way to September's desk, open before the ministry."""

    def opened():
        submitted(unit, period, {"T01": "310000", "T08": "2000000", "T04": ("46", "1000")}, by=lead, now=NOW)
        client.force_login(ministry)
        return text_of(client.get(ADDRESS))

    return opened


def test_without_a_year_before_its_column_is_left_out_and_that_is_said_once(page):
    text = page()

    assert (text.count("比去年同期"), text.count("上年没有数据。")) == (0, 1)
    assert ('colspan="7"' in text, 'colspan="8"' in text) == (True, False)


def test_a_report_under_review_stands_under_the_queue(page):
    text = page()

    assert '<a class="mainnav__link" href="/review/" aria-current="page">' in text
    assert text.count('aria-current="page"') == 1


def test_one_figure_of_the_year_before_brings_the_column(page, unit, lead, ministry):
    plan = factories.PlanFactory(year=2006)
    factories.AssignmentFactory(plan=plan, unit=unit, indicator=factories.IndicatorFactory(code="T01"))
    month = factories.MonthFactory(plan=plan, number=9)
    approved(unit, month, {"T01": "290000"}, by=lead, reviewer=ministry, now=shanghai(2006, 10, 3))

    text = page()

    assert 'data-label="比去年同期">+6.9%<span' in text
    assert (text.count("上年没有数据。"), 'colspan="7"' in text, 'colspan="8"' in text) == (0, False, True)


@pytest.mark.parametrize("is_made_up", [False, True])
def test_a_published_figure_that_is_made_up_is_marked_above_its_column(page, unit, is_made_up):
    PublishedFigure.objects.create(
        unit=unit,
        indicator=factories.IndicatorFactory(code="T01"),
        month=date(2006, 9, 1),
        value=290_000,
        source="年鉴",
        is_synthetic=is_made_up,
    )

    text = page()

    assert ('data-label="比去年同期">+6.9%<span' in text, ">测算</span>" in text) == (True, is_made_up)
