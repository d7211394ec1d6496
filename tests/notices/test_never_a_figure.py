"""T-09: neither mail nor inbox nor any page about dates tells a neighbour an unpublished figure."""

from __future__ import annotations

from datetime import date

import pytest
from django.core import mail

from accounts.models import User
from notices import outbox, sending
from notices.models import MailOut, Notice
from submissions import reminding, schedule, services
from submissions.models import MonthlyReport, ReportingMonth
from tests import factories
from tests.factories import shanghai
from tests.reporting.test_pages import SECRET, SHOWN, signed_in, small_world

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 12)


@pytest.fixture
def told(mail_on):
    """The figure is approved, reopened, handed in again and returned, each time with the figure in the comment."""
    units = small_world()
    ministry = factories.person("MINISTRY_REVIEWER", username="third")
    for unit in units:
        factories.person("LEAD", unit, username=f"lead{unit.code}", email=f"lead{unit.code}@bureau.example")
    period = ReportingMonth.objects.get(month=date(2007, 9, 1))
    report = MonthlyReport.objects.get(unit=units[1], period=period)
    report = services.reopen(report, by=ministry, now=NOW, version=report.version, comment=f"{SECRET} 人不对")
    schedule.extend(period, unit=None, until=date(2007, 10, 20), reason="系统维护", by=ministry, now=NOW)
    reminding.remind_missing(period, units, by=ministry, now=NOW)
    schedule.extend(period, unit=units[1], until=date(2007, 10, 22), reason=f"{SECRET} 待核", by=ministry, now=NOW)
    outbox.gather_digests(now=NOW)
    return units


def test_t_09_no_mail_has_a_figure(told):
    n_mails = MailOut.objects.count()

    assert len(list(sending.Sender().send_waiting())) == n_mails == len(mail.outbox) > 0
    words = "\n".join(f"{one.subject}\n{one.body}" for one in mail.outbox)
    assert f"lead{told[1].code}@bureau.example" in {one.to[0] for one in mail.outbox}
    assert SECRET not in words
    assert SHOWN not in words


def test_t_09_a_neighbour_finds_it_on_no_page(told):
    neighbour = signed_in(factories.person("CLERK", told[0]))
    lead = signed_in(User.objects.get(username=f"lead{told[0].code}"))
    secret_unit = told[1].code
    paths = [
        "/notices/",
        "/notices/preferences/",
        "/calendar/",
        "/calendar/2007-09/",
        f"/units/{secret_unit}/?month=2007-09",
        f"/units/{secret_unit}/",
        "/overview/",
        "/overview/?month=2007-09",
        "/api/v1/reports/",
        f"/api/v1/reports/2007-09/{secret_unit}/",
        "/api/v1/months/2007-09/extensions/",
        "/review/",
        *(f"/notices/{one.pk}/" for one in Notice.objects.all()),
    ]

    for client in (neighbour, lead):
        for path in paths:
            answer = client.get(path, follow=True)
            assert not {word for word in (SECRET, SHOWN) if word in answer.content.decode()}, path


def test_the_figure_would_be_seen_where_it_is_open(told):
    client = signed_in(factories.person("MINISTRY_REVIEWER"))

    assert SECRET in client.get("/calendar/2007-09/").content.decode()
    assert SECRET in client.get(f"/api/v1/reports/2007-09/{told[1].code}/").content.decode()
