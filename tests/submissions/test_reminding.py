"""Reminders: as the due date nears, and when the ministry asks; to those missing only, and once."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry
from notices import outbox, sending
from notices.models import Notice
from submissions import calendar, reminding, schedule
from tests import factories
from tests.factories import shanghai, submitted
from tests.submissions.posting import text_of

pytestmark = pytest.mark.django_db

FIGURES = {"T01": "310000", "T08": "1010000", "T04": ("46", "1000")}


def run(day: int, month: int = 10, **options: object) -> list[str]:
    found = reminding.remind_due(now=shanghai(2007, month, day), **options)
    return [f"{one.unit.code} {one.kind} {one.fate}" for one in found]


@pytest.fixture
def october(unit):
    """Falls due on Monday 5 November 2007."""
    return factories.MonthFactory(number=10)


def test_it_is_told_three_working_days_before_and_again_one_day_before(october, clerk):
    assert run(30) == []
    assert run(31) == ["440000 DUE_3 told"]
    assert run(1, 11) == ["440000 DUE_3 told_before"]
    assert run(2, 11) == ["440000 DUE_1 told"]
    assert run(5, 11) == ["440000 DUE_1 told_before"]
    assert run(6, 11) == []
    assert sorted(Notice.objects.values_list("kind", flat=True)) == ["DUE_1", "DUE_3"]


def test_who_has_handed_in_is_not_reminded(unit, october, lead):
    submitted(unit, october, {"T01": "310000", "T08": "1010000"}, by=lead, now=shanghai(2007, 10, 30))

    assert run(2, 11) == []


def test_more_time_moves_the_reminder(unit, october, clerk, ministry):
    schedule.extend(
        october, unit=unit, until=date(2007, 11, 20), reason="检修", by=ministry, now=shanghai(2007, 10, 12)
    )

    assert run(2, 11) == []
    assert run(19, 11) == ["440000 DUE_1 told"]


def test_a_unit_without_people_is_named(october):
    assert run(2, 11) == ["440000 DUE_1 nobody"]


def test_the_command_says_what_it_does_and_a_dry_run_keeps_nothing(october, clerk, settings):
    settings.BUSINESS_DATE = date(2007, 11, 2)
    out = StringIO()

    call_command("remind_due", "--dry-run", "--month", "2007-10", stdout=out)

    assert "2007-10 440000 DUE_1 due 2007-11-05: told (1)" in out.getvalue()
    assert Notice.objects.count() == 0
    call_command("remind_due", stdout=out)
    call_command("remind_due", stdout=out)
    assert Notice.objects.count() == 1
    with pytest.raises(CommandError):
        call_command("remind_due", "--month", "2007-13")


# When the ministry asks ------------------------------------------------------------------------


@pytest.fixture
def other(unit, period):
    other = factories.UnitFactory(code="230000", short_name="黑龙江")
    factories.AssignmentFactory(unit=other, indicator=factories.IndicatorFactory(code="T01"))
    return other


def test_ux_45_those_missing_are_reminded_once_a_day_and_the_page_says_who_read_it(
    client, unit, other, period, lead, ministry
):
    hlj = factories.person("CLERK", other, username="hlj_clerk", display_name="吴")
    submitted(unit, period, FIGURES, by=lead, now=shanghai(2007, 10, 9))
    client.force_login(ministry)

    first = text_of(client.post("/calendar/2007-09/remind/"))
    again = text_of(client.post("/calendar/2007-09/remind/"))

    assert "已通知 1 人" in first
    assert "今天已催过" in again
    assert [one.recipient for one in Notice.objects.all()] == [hlj]
    assert "催报记录" in first
    assert AuditEntry.objects.filter(action="month.remind").count() == 1
    assert AuditEntry.objects.get(action="month.remind").details["units"] == ["230000"]


def test_only_the_ministrys_reviewer_reminds(client, other, period, planner, lead):
    for person in (planner, lead):
        client.force_login(person)
        assert client.post("/calendar/2007-09/remind/").status_code == 403
        assert "催报" not in text_of(client.get("/calendar/2007-09/"))
    assert Notice.objects.count() == 0


def test_a_closed_month_is_not_asked_for(client, other, period, ministry):
    calendar.close_month(period, by=ministry, now=shanghai(2007, 10, 12))
    client.force_login(ministry)

    assert "无法催报" in text_of(client.post("/calendar/2007-09/remind/"))


def test_ux_45_the_queue_says_who_is_missing_and_reminds_those_only(client, unit, other, period, lead, ministry):
    hlj = factories.person("CLERK", other, username="hlj_clerk", email="wu@hl.example")
    factories.person("CLERK", unit, username="gd_clerk2")
    submitted(unit, period, FIGURES, by=lead, now=shanghai(2007, 10, 9))
    client.force_login(ministry)

    page = client.get("/review/")

    not_in = page.context["page"].not_in
    assert (not_in.period, not_in.units, not_in.n_due) == (period, [other], 2)
    assert 'action="/calendar/2007-09/remind/"' in page.content.decode()
    client.post("/calendar/2007-09/remind/")
    assert [one.recipient for one in Notice.objects.all()] == [hlj]
    client.force_login(lead)
    assert client.get("/review/").context["page"].not_in is None


def test_the_queue_asks_nobody_for_a_month_that_is_closed(client, unit, other, period, ministry):
    client.force_login(ministry)
    assert client.get("/review/").context["page"].not_in.n_due == 2
    calendar.close_month(period, by=ministry, now=shanghai(2007, 10, 12))

    assert client.get("/review/").context["page"].not_in.period.month == date(2007, 8, 1)
    assert client.get("/review/?month=2007-09").context["page"].not_in is None


def test_ux_45_the_log_says_how_each_was_told_and_is_folded_when_long(client, other, period, ministry, settings):
    settings.MAIL_ON = True
    people = [factories.person("CLERK", other, email=f"{n}@hl.example") for n in range(11)]
    client.force_login(ministry)
    first = client.post("/calendar/2007-09/remind/").content.decode()
    later = client.get("/calendar/2007-09/").content.decode()

    assert '<details class="told" open>' in first
    assert '<details class="told">' in later
    notice = Notice.objects.get(recipient=people[0])
    outbox.gather_digests(now=shanghai(2007, 10, 12))
    list(sending.Sender().send_waiting())
    log = client.get("/calendar/2007-09/").context["told"]
    assert {one.mail.state for one in log} == {"SENT"}
    assert notice.pk in {one.pk for one in log}
    assert "✔ 已发" in client.get("/calendar/2007-09/").content.decode()
