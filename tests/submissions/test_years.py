"""C-07, two plan years at once: in January the old year's December is still filed, and both years can be chosen."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from reporting.pages import months
from submissions import schedule, services
from submissions.models import ReportingMonth
from tests import factories
from tests.factories import approved, shanghai, submitted

pytestmark = pytest.mark.django_db

NOW = shanghai(2008, 1, 3)


@pytest.fixture
def two_years(unit, period, settings):
    """January 2008 has opened; December 2007 falls due on the 5th. The unit files jobs in both years."""
    settings.BUSINESS_DATE = date(2008, 1, 3)
    factories.months_of_2007()
    plan = factories.PlanFactory(year=2008)
    factories.AssignmentFactory(plan=plan, unit=unit, indicator=factories.IndicatorFactory(code="T01"))
    for number in range(1, 13):
        factories.MonthFactory(plan=plan, number=number)
    return plan


@pytest.fixture
def as_clerk(client, clerk):
    client.force_login(clerk)
    return client


def month(year: int, number: int) -> ReportingMonth:
    return ReportingMonth.objects.get(month=date(year, number, 1))


def page_at(client, address: str) -> object:
    return client.get(address).context["page"]


def filed_through(number: int, unit, lead, ministry) -> None:
    for one in range(1, number + 1):
        figures = {"T01": "310", "T08": "910", **({} if one % 3 else {"T04": ("46", "1000")})}
        approved(unit, month(2007, one), figures, by=lead, reviewer=ministry, now=shanghai(2007, 12, 20))


def test_c_07_what_is_left_of_the_old_year_stands_among_what_is_to_do(as_clerk, two_years, unit, lead, ministry):
    filed_through(11, unit, lead, ministry)

    page = page_at(as_clerk, "/reports/")

    assert [f"{one.period.month:%Y-%m}" for one in page.rows] == ["2007-12", "2008-01"]
    assert (page.shown, page.years, len(page.year)) == (2008, [2008, 2007], 12)


def test_c_07_both_years_can_be_chosen_where_a_unit_files(as_clerk, two_years):
    for address in ("/reports/", "/reports/grid/440000/"):
        answer = as_clerk.get(address, {"year": "2007"})
        page = answer.context["page"]
        shown = page.year if address == "/reports/" else page.columns

        assert {one.period.month.year for one in shown} == {2007}
        assert (
            '<option value="2008">2008</option><option value="2007" selected>2007</option>' in answer.content.decode()
        )
        assert as_clerk.get(address, {"year": "2009"}).status_code == 404
        assert as_clerk.get(address, {"year": "\uff12007"}).status_code == 404


def test_c_07_the_scale_of_typing_is_chosen_within_the_year(as_clerk, two_years):
    shown = as_clerk.get("/reports/grid/440000/", {"year": "2007"}).content.decode()

    assert 'href="?year=2007&amp;scale=10000"' in shown


def test_c_07_a_cell_of_the_old_year_tells_of_the_old_year(as_clerk, two_years):
    answer = as_clerk.get("/reports/grid/440000/cell/", {"month": "2007-12", "indicator": "T01"})

    assert {one.month.year for one in answer.context["page"].year} == {2007}


def test_c_07_the_workbook_takes_months_of_both_years(as_clerk, two_years):
    offered = as_clerk.get("/reports/workbook/").context["months"]
    span = {"unit": "440000", "from": "2007-12", "to": "2008-01"}
    book = load_workbook(io.BytesIO(as_clerk.get("/reports/workbook/file/", span).content))

    assert [f"{one}" for one in offered[-2:]] == ["2007-12", "2008-01"]
    assert book.sheetnames == ["2007-12", "2008-01"]


def test_a_month_only_for_viewing_is_done_with_until_it_is_reopened(
    as_clerk, two_years, unit, lead, ministry, settings
):
    figures = {"T01": "310", "T08": "910", "T04": ("46", "1000")}
    report = submitted(unit, month(2007, 9), figures, by=lead, now=shanghai(2007, 10, 3))
    settings.BUSINESS_DATE = date(2009, 6, 1)
    later = shanghai(2009, 6, 1)
    before = {one.period.month.year for one in page_at(as_clerk, "/reports/").rows}

    report = services.approve(report, by=ministry, now=later, version=report.version)
    services.reopen(report, by=ministry, now=later, version=report.version, comment="与年报不一致")
    first = page_at(as_clerk, "/reports/").rows[0]

    assert before == {2008}
    assert (f"{first.period}", str(first.action)) == ("2007-09", "修改后再报")


def test_more_time_for_a_month_of_the_old_year_puts_it_among_what_is_to_do(
    as_clerk, two_years, unit, ministry, settings
):
    settings.BUSINESS_DATE = date(2009, 6, 1)
    schedule.extend(
        month(2007, 12), unit=unit, until=date(2009, 6, 8), reason="灾情影响", by=ministry, now=shanghai(2009, 6, 1)
    )

    assert f"{page_at(as_clerk, '/reports/').rows[0].period}" == "2007-12"


def test_a_year_in_which_a_unit_files_nothing_asks_nothing_of_it(as_clerk, two_years, unit):
    unit.assignments.filter(plan__year=2007).delete()

    assert {one.period.month.year for one in page_at(as_clerk, "/reports/").rows} == {2008}


def test_the_grid_opens_at_the_newest_year_in_which_the_unit_files(as_clerk, two_years, unit):
    """The new plan is in force and not yet allocated to the unit."""
    unit.assignments.filter(plan=two_years).delete()

    page = page_at(as_clerk, "/reports/grid/440000/")

    assert (page.year, page.years) == (2007, [2007])
    assert as_clerk.get("/reports/grid/440000/", {"year": "2008"}).status_code == 404


def test_c_07_months_of_both_years_are_offered_where_figures_are_read(two_years, ministry, unit):
    offered = months.offered(ministry, month(2008, 1), today=date(2008, 1, 3), unit=unit)

    assert [f"{one:%Y-%m}" for one in offered[:2]] == ["2008-01", "2007-12"]
    assert len(offered) == 13
