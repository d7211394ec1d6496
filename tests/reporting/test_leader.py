"""The leader's one screen says what the data says, names reason and owner, and on the wall leads nowhere."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from reporting.pages import headline
from reporting.pages.leader import leader_page
from submissions import calendar
from submissions.models import ReportingMonth
from targets.models import ItemOwner, Target
from tests import factories
from tests.factories import shanghai
from tests.reporting.filings import refile, stand

pytestmark = pytest.mark.django_db

TODAY = date(2007, 10, 12)


@pytest.fixture
def world(db: None) -> dict[str, object]:
    """A flow that is behind: the first province far, and it said why; August published, September not."""
    nation = factories.NationFactory()
    flow = factories.IndicatorFactory(code="F01", short_name="就业")
    national = factories.TargetFactory(indicator=flow, unit=nation, target_value=2000)
    units = [factories.UnitFactory(code=f"{n}10000", short_name=f"省{n}") for n in (1, 2, 3)]
    for unit in units:
        factories.AssignmentFactory(indicator=flow, unit=unit)
        factories.TargetFactory(indicator=flow, unit=unit, target_value=600)
    months = [factories.MonthFactory(number=number) for number in (8, 9)]
    for period in months:
        for unit, value in zip(units[:2], (123, 590), strict=True):
            stand(unit, period, {flow: value})
    return {"nation": nation, "flow": flow, "units": units, "months": months, "item": national.item}


def explain(world: dict, text: str, ministry: User) -> None:
    """Have the first province explain its September with a filing that is approved."""
    said = {world["flow"]: {"value": 123, "note": text}}
    refile(world["units"][0], world["months"][1], said, reason="补充说明", by=ministry, at=shanghai(2007, 10, 8))


def page_of(person: User, number: int = 9, code: str = ""):
    period = ReportingMonth.objects.select_related("plan").get(month=date(2007, number, 1))
    return leader_page(person, period, today=TODAY, code=code)


def test_what_lags_names_reason_and_owner(world, ministry, planner):
    explain(world, "招工淡季", ministry)
    ItemOwner.objects.create(
        item=world["item"], department="培训就业司", assigned_by=planner, starts_on=date(2007, 1, 1)
    )

    nation, first, *_rest = page_of(ministry).lines

    assert (nation.row.unit, nation.reason, nation.owner) == (
        world["nation"],
        "1个单位滞后、1个单位未报（省1）",
        "培训就业司",
    )
    assert (first.row.unit, first.reason, first.owner) == (world["units"][0], "招工淡季", "培训就业司")


def test_without_an_owner_the_department_of_the_notice_answers(world, ministry):
    assert {line.owner for line in page_of(ministry).lines} == {world["item"].lead_label}


def test_ux38_the_sentence_equals_the_rows_it_stands_over(world, ministry):
    page = page_of(ministry)
    (card,) = page.cards

    assert (card.row.value, card.row.progress.completion_rate) == (713, Decimal("0.3565"))
    assert headline.standing(card.row) in page.headline
    assert (page.filers.n_approved, page.filers.n_due) == (2, 3)


def test_the_plan_says_which_figures_come_first_and_in_which_order(world, ministry):
    earlier = factories.IndicatorFactory(code="A01")
    second = factories.TargetFactory(indicator=earlier, unit=world["nation"], item=world["item"])
    first = Target.objects.get(unit=world["nation"], indicator=world["flow"])
    factories.AssignmentFactory(indicator=earlier, unit=world["units"][2])
    stand(world["units"][2], world["months"][1], {earlier: 5})
    assert [card.row.indicator.code for card in page_of(ministry).cards] == ["A01"]  # the plan names none

    for place, target in enumerate((first, second), 1):
        Target.objects.filter(pk=target.pk).update(headline_position=place)

    assert [card.row.indicator.code for card in page_of(ministry).cards] == ["F01", "A01"]


def test_as_many_queries_for_three_units_as_for_thirty(world, ministry, django_assert_max_num_queries):
    page_of(ministry)
    with django_assert_max_num_queries(40) as few:
        page_of(ministry)
    for _more in range(27):
        unit = factories.UnitFactory()
        factories.AssignmentFactory(indicator=world["flow"], unit=unit)
        stand(unit, world["months"][1], {world["flow"]: 1})
    page_of(ministry)
    with django_assert_max_num_queries(40) as many:
        page_of(ministry)

    assert len(many) == len(few)


# Who sees it -----------------------------------------------------------------------------------


@pytest.fixture
def wall(world, client: Client) -> Client:
    client.force_login(factories.person("KIOSK", username="wall"))
    return client


@pytest.mark.parametrize("role", ["MINISTRY_REVIEWER", "PLANNER", "ANALYST"])
def test_the_ministry_opens_it_on_the_newest_month(world, client, role):
    client.force_login(factories.person(role))

    answer = client.get("/leader/")

    assert (answer.status_code, answer.context["page"].period.month) == (200, date(2007, 9, 1))
    assert "refresh" not in answer.content.decode().split("</head>")[0].replace("refreshOnHistoryMiss", "")


@pytest.mark.parametrize("role", ["CLERK", "LEAD", "SYSTEM_ADMIN", "AUDITOR"])
def test_it_is_the_ministrys(world, client, role):
    client.force_login(factories.person(role, world["units"][0]))

    assert client.get("/leader/").status_code == 403


def test_every_light_of_the_screen_opens_its_reasons(world, client, ministry):
    client.force_login(ministry)

    answer = client.get("/leader/?month=2007-09")

    page, text = answer.context["page"], answer.content.decode()
    rows = [*(card.row for card in page.cards), *(line.row for line in page.lines)]
    opened = [
        f'class="pill pill--behind pill--opens" href="/indicators/F01/reasons/?month=2007-09&amp;unit={row.unit.code}"'
        for row in rows
    ]
    assert len(opened) == 3
    assert [link for link in opened if link not in text] == []


def test_the_whole_list_is_a_link_away_and_as_long_as_it_says(world, client, ministry):
    client.force_login(ministry)

    answer = client.get("/leader/?month=2007-09")
    overview = client.get("/overview/?month=2007-09").context["page"]

    page = answer.context["page"]
    assert (page.n_lagging, page.n_of_units) == (2, len(overview.laggards))
    assert f'/overview/?month=2007-09#laggards">查看各单位滞后事项（{page.n_of_units} 项）' in answer.content.decode()


def test_t38_the_wall_shows_published_months_refreshes_and_leads_nowhere(world, wall, ministry):
    calendar.publish_month(world["months"][0], by=ministry, now=shanghai(2007, 9, 20))

    text = wall.get("/leader/").content.decode()

    assert wall.get("/", follow=True).redirect_chain[-1][0] == "/leader/"
    assert ('http-equiv="refresh"' in text, "2007年8月" in text) == (True, True)
    assert [part for part in text.split('href="') if part.startswith(("/units", "/indicators", "/overview"))] == []
    assert wall.get("/leader/?month=2007-09").status_code == 404


def test_before_anything_is_published_the_wall_is_empty(world, wall):
    text = wall.get("/leader/").content.decode()

    assert ("713" in text, "就业" in text) == (False, False)


@pytest.mark.parametrize(
    "path",
    ["/overview/", "/units/110000/", "/indicators/F01/", "/plan/", "/reports/", "/review/", "/calendar/", "/notices/",
     "/accounts/profile/", "/admin/", "/export/progress/", "/api/v1/progress/", "/api/v1/units/", "/api/v1/docs/"],
)  # fmt: skip
def test_t38_everything_else_is_not_there_for_the_wall(wall, path):
    assert wall.get(path).status_code == 404


def test_everything_the_wall_is_offered_opens(wall):
    """The menu, the top bar and the switches at the foot: no link or button that leads to a refusal."""
    page = wall.get("/leader/").content.decode()
    links = set(re.findall(r'href="(/[^"#]*)"', page.split("</head>")[1]))
    switches = set(re.findall(r'action="(/[^"]+)"', page)) - {"/accounts/logout/"}

    opened = {link: wall.get(unescape(link), follow=True).status_code for link in links}
    switched = {path: wall.post(path, {"theme": "dark", "language": "en"}).status_code for path in switches}

    assert (set(opened.values()), set(switched.values())) == ({200}, {302})


def test_t38_the_wall_stays_where_it_hangs(wall, settings):
    settings.KIOSK_ADDRESSES = ["10.1.8.0/24"]
    assert wall.get("/leader/").status_code == 403
    assert wall.get("/leader/").status_code == 302  # signed out


def test_the_wall_stays_signed_in_for_weeks(wall, settings):
    wall.get("/leader/")

    assert wall.session.get_expiry_age() == settings.KIOSK_SESSION_AGE
    assert not AuditEntry.objects.filter(action="export").exists()
