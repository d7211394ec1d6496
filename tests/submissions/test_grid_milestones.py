"""The grid leads to the month's milestones in one click, and tells where each stands."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from submissions import services
from submissions.intake import read_milestones
from submissions.models import ReportingMonth
from tests import factories
from tests.factories import shanghai

pytestmark = pytest.mark.django_db

GRID, FORM = "/reports/grid/440000/", "/reports/2007-09/440000/"
TODAY = date(2007, 10, 12)


@pytest.fixture
def signed_in(client, clerk, unit, period):
    client.force_login(clerk, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def milestones(unit, period, clerk):
    """One reported in September, one late since its planned day, one nobody has reported."""
    made = [factories.MilestoneFactory(code=f"M01-{number}") for number in (1, 2, 3)]
    rows = [
        {"milestone": "M01-1", "state": "issued", "actual_on": "2007-09-20"},
        {"milestone": "M01-2", "state": "in_progress", "planned_on": "2007-09-30"},
    ]
    report = services.report_for(unit, period)
    inputs = read_milestones(report, rows, today=TODAY)
    services.save_draft(report, by=clerk, now=shanghai(2007, 10, 3), version=0, milestones=inputs)
    return made


def test_the_months_milestones_stand_under_the_grid_late_ones_first(signed_in, milestones):
    response = signed_in.get(GRID)
    page = response.content.decode()

    told = response.context["page"].milestones
    assert [row.milestone.code for row in told.rows] == ["M01-2", "M01-1", "M01-3"]
    assert (told.counts.n_own, told.counts.n_late, told.may_edit) == (2, 1, True)
    form = signed_in.get(FORM).context["page"]
    assert form.milestone_counts == told.counts
    words = f"已报 {told.counts.n_stated} / 3，本月所报 2"
    assert (words in page, words in signed_in.get(FORM).content.decode()) == (True, True)
    assert "2007年9月工作节点" in page
    assert f'<a class="btn btn-sm" href="{FORM}#milestones">填报工作节点</a>' in page
    assert f'href="{FORM}#row.M01-3"' in page


def test_what_may_only_be_looked_at_leads_to_the_report(signed_in, milestones, unit, period, lead):
    ReportingMonth.objects.exclude(month=period.month).delete()
    factories.submitted(unit, period, {"T01": "5", "T04": ("46", "1000"), "T08": "7"}, by=lead)
    page = signed_in.get(GRID).content.decode()

    assert "查看工作节点" in page
    assert "#row.M01-3" not in page


def test_a_unit_without_milestones_has_none_beside_its_grid(signed_in):
    assert "2007年9月工作节点" not in signed_in.get(GRID).content.decode()


def test_three_milestones_cost_the_queries_of_one(signed_in, django_assert_num_queries):
    factories.MilestoneFactory(code="M01-1")
    signed_in.get(GRID)
    with CaptureQueriesContext(connection) as one:
        signed_in.get(GRID)
    for number in (2, 3):
        factories.MilestoneFactory(code=f"M01-{number}")

    with django_assert_num_queries(len(one)):
        signed_in.get(GRID)
