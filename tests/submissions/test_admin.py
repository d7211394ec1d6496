"""Reports and months in the admin: looked at, never touched."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories

REPORTS = "admin:submissions_monthlyreport"
MONTHS = "admin:submissions_reportingmonth"


@pytest.fixture
def report(db):
    return factories.ReportFactory(unit=factories.UnitFactory(code="440000", short_name="广东"))


def test_a_report_is_looked_up_and_shows_who_answered_for_it(client, planner, report):
    client.force_login(planner)

    assert "广东" in client.get(reverse(f"{REPORTS}_changelist"), {"q": "440000"}).content.decode()
    assert client.get(reverse(f"{REPORTS}_change", args=[report.pk])).status_code == 200


@pytest.mark.parametrize("role", ["PLANNER", "MINISTRY_REVIEWER", "SYSTEM_ADMIN", "AUDITOR"])
def test_nobody_changes_a_report_or_a_month_here(client, report, role):
    client.force_login(factories.person(role))

    statuses = {
        client.post(reverse(f"{REPORTS}_change", args=[report.pk]), {"status": "APPROVED"}).status_code,
        client.post(reverse(f"{REPORTS}_add"), {}).status_code,
        client.post(reverse(f"{REPORTS}_delete", args=[report.pk]), {"post": "yes"}).status_code,
        client.post(reverse(f"{MONTHS}_change", args=[report.period.pk]), {"due_on": "2007-12-31"}).status_code,
        client.post(reverse(f"{MONTHS}_add"), {}).status_code,
    }

    assert statuses == {403}
    report.refresh_from_db()
    assert report.status == "DRAFT"


def test_the_list_costs_the_same_for_one_report_and_for_twenty(client, planner, report):
    client.force_login(planner)
    client.get(reverse(f"{REPORTS}_changelist"))
    counts = []
    for codes in (range(0), range(450_001, 450_020)):
        for code in codes:
            factories.ReportFactory(unit=factories.UnitFactory(code=str(code)), period=report.period)
        with CaptureQueriesContext(connection) as counted:
            client.get(reverse(f"{REPORTS}_changelist"))
        counts.append(len(counted))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("query", ["status__exact=%00", "status__exact=NONE", "period__exact=9999-12-31x", "q=%00"])
def test_a_bad_filter_never_stops_the_page(client, planner, report, query):
    client.force_login(planner)

    assert client.get(f"{reverse(f'{REPORTS}_changelist')}?{query}").status_code in {200, 302, 400}
