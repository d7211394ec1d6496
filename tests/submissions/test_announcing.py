"""Who is told when a report or a month moves, and that nobody is told when nothing moved."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from notices.models import Notice
from submissions import calendar, schedule, services
from submissions.intake import CommentInput, MilestoneInput
from submissions.workflow import Refused
from targets.models import Indicator, ItemOwner
from tests import factories
from tests.factories import approved, shanghai, submitted

pytestmark = pytest.mark.django_db

FIGURES = {"T01": "310000", "T08": "1010000", "T04": ("46", "1000")}
NOW = shanghai(2007, 10, 9)


def told(kind: str) -> list[str]:
    return sorted(Notice.objects.filter(kind=kind).values_list("recipient__username", flat=True))


@pytest.fixture
def report(unit, period, lead, clerk):
    return submitted(unit, period, FIGURES, by=lead, now=NOW)


def test_ux_44_clerk_and_lead_are_told_of_a_return_and_led_to_the_first_cell(report, ministry):
    comment = CommentInput(indicator=Indicator.objects.get(code="T08"), text="请核实 310000")

    services.return_(report, by=ministry, now=NOW, version=report.version, comment="差错", comments=[comment])

    assert told("RETURNED") == ["gd_clerk", "gd_lead"]
    notice = Notice.objects.filter(kind="RETURNED").first()
    assert notice.path == "/reports/2007-09/440000/#row.T08"
    assert notice.words.keys() == {"unit", "unit_en", "month", "by", "by_en"}


def test_the_unit_is_told_of_an_approval_and_of_a_reopening(unit, period, lead, clerk, ministry):
    report = approved(unit, period, FIGURES, by=lead, reviewer=ministry, now=NOW)
    services.reopen(report, by=ministry, now=NOW, version=report.version, comment="误报")

    assert told("APPROVED") == told("REOPENED") == ["gd_clerk", "gd_lead"]


def test_a_report_freed_for_its_reviewer_asks_nothing_of_the_unit(client, report, period, ministry):
    """In a closed month the ministry reopens what it has still to review; the unit can change nothing."""
    calendar.close_month(period, by=ministry, now=NOW)
    client.force_login(ministry)
    assert "重新开放后，这份报表可以继续审核" in client.get("/reports/2007-09/440000/").content.decode()

    services.reopen(report, by=ministry, now=NOW, version=report.version, comment="未审完")

    assert told("REOPENED") == []


def test_who_left_is_not_told_and_other_units_are_not(unit, period, lead, ministry):
    factories.person("CLERK", unit, username="gone", is_active=False)
    factories.person("CLERK", factories.UnitFactory(code="230000"), username="elsewhere")
    approved(unit, period, FIGURES, by=lead, reviewer=ministry, now=NOW)

    assert told("APPROVED") == ["gd_lead"]


def test_who_answers_for_items_is_told_of_the_nations_report(period, ministry, planner):
    nation = factories.NationFactory()
    item = factories.ItemFactory(plan=period.plan)
    milestone = factories.MilestoneFactory(item=item, actors=["M"], scope="NATIONAL", scope_count=1)
    owner = factories.person("ANALYST", username="owner")
    ItemOwner.objects.create(item=item, user=owner, assigned_by=planner, starts_on=date(2007, 1, 1))
    given = MilestoneInput(milestone, "IN_PROGRESS", note="一审")
    report = services.report_for(nation, period)
    report = services.save_draft(report, by=ministry, now=NOW, version=0, milestones=[given])
    report = services.submit(report, by=ministry, now=NOW, version=report.version)
    colleague = factories.person("MINISTRY_REVIEWER")
    services.return_(report, by=colleague, now=NOW, version=report.version, comment="请补充")

    assert told("RETURNED") == ["owner"]


def test_handing_in_settles_what_was_asked(report, lead, ministry):
    returned = services.return_(report, by=ministry, now=NOW, version=report.version, comment="差错")
    assert Notice.objects.unread().count() == 2

    services.submit(returned, by=lead, now=NOW, version=returned.version)

    assert Notice.objects.unread().count() == 0
    assert set(Notice.objects.values_list("settled_at", flat=True)) == {NOW}


def test_d_20_a_refused_or_undone_step_tells_nobody(report, ministry):
    with pytest.raises(Refused):
        services.return_(report, by=ministry, now=NOW, version=report.version - 1, comment="差错")
    with transaction.atomic():
        services.return_(report, by=ministry, now=NOW, version=report.version, comment="差错")
        transaction.set_rollback(True)

    assert Notice.objects.count() == 0


def test_all_who_file_are_told_of_an_opening(unit, period, clerk, ministry):
    november = factories.MonthFactory(number=11)

    calendar.open_month(november, by=ministry, now=NOW)

    assert told("OPENED") == ["gd_clerk"]
    assert Notice.objects.get().path == "/reports/2007-11/440000/"


def test_an_extension_for_all_is_told_to_those_who_have_not_handed_in(unit, period, report, clerk, ministry):
    other = factories.UnitFactory(code="230000")
    factories.AssignmentFactory(unit=other, indicator=factories.IndicatorFactory(code="T01"))
    factories.person("CLERK", other, username="hlj_clerk")

    schedule.extend(period, unit=None, until=date(2007, 10, 20), reason="系统检修", by=ministry, now=NOW)

    assert told("EXTENDED") == ["hlj_clerk"]


def test_one_units_extension_is_told_to_it_alone(unit, period, clerk, ministry):
    schedule.extend(period, unit=unit, until=date(2007, 10, 20), reason="系统检修", by=ministry, now=NOW)

    assert told("EXTENDED") == ["gd_clerk"]
    assert Notice.objects.get().words["until"] == "2007-10-20"
