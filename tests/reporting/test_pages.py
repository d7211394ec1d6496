"""The pages of figures through the client: who sees what, and that a page says what the data say."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import NATION_CODE, ReportingUnit, UnitKind
from reporting.aggregates import progress_rows
from reporting.pages import headline
from submissions.models import ReportingMonth
from targets.models import Target
from tests import factories
from tests.factories import approved, shanghai

#: Stands in no other figure, target or sum of the small world, nor in its rounded forms.
SECRET = "7654000"
SHOWN = "765.4"
PATHS = ("/overview/", "/indicators/X01/", "/indicators/X04/", "/units/000000/", "/units/110000/")


def small_world(n_units: int = 3) -> list[ReportingUnit]:
    """A flow and a ceiling; August approved and published, September approved but for the last unit."""
    nation = factories.NationFactory()
    reviewer = factories.person("MINISTRY_REVIEWER", username="second")
    filer = factories.person("MINISTRY_REVIEWER", username="first")
    flow = factories.IndicatorFactory(code="X01", short_name="新增就业")
    rate = factories.IndicatorFactory(code="X04", short_name="失业率", ratio=True)
    units = [
        factories.UnitFactory(code=f"{110000 + 10000 * n}", tile_row=n // 9, tile_col=n % 9, position=n + 1)
        for n in range(n_units)
    ]
    factories.TargetFactory(indicator=flow, unit=nation, target_value=12_000_000)
    factories.TargetFactory(indicator=rate, unit=nation, target_value="0.046", bound="AT_MOST")
    for unit in units:
        factories.TargetFactory(indicator=flow, unit=unit, target_value=1_200_000, is_synthetic=True)
        factories.AssignmentFactory(indicator=flow, unit=unit)
        factories.AssignmentFactory(indicator=rate, unit=unit)
    periods = {period.month.month: period for period in factories.months_of_2007()}
    for unit in units:
        approved(unit, periods[8], {"X01": "1000000"}, by=filer, reviewer=reviewer)
    for unit in units[:-1]:
        figures = {"X01": SECRET if unit == units[1] else "1100000", "X04": (40, 1000)}
        why = {f"{rule}:{code}": "核对无误，情况属实。" for rule in ("V06", "V08") for code in ("X01", "X04")}
        approved(unit, periods[9], figures, by=filer, reviewer=reviewer, explanations=why)
    ReportingMonth.objects.filter(month=date(2007, 8, 1)).update(published_at=shanghai(2007, 9, 12), published_by=filer)
    return units


@pytest.fixture
def world(db: None) -> list[ReportingUnit]:
    return small_world()


def signed_in(person: object) -> Client:
    client = Client()
    client.force_login(person)
    return client


# Who may open a page ---------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["MINISTRY_REVIEWER", "PLANNER", "ANALYST", "CLERK", "LEAD"])
@pytest.mark.parametrize("path", PATHS)
def test_every_reader_opens_every_page(world, role, path):
    client = signed_in(factories.person(role, None if role[:2] in {"MI", "PL", "AN"} else world[0]))

    assert client.get(path).status_code == 200


@pytest.mark.parametrize("role", ["SYSTEM_ADMIN", "SECURITY_ADMIN", "AUDITOR"])
def test_an_administrator_reads_no_figures(world, role):
    assert signed_in(factories.person(role)).get("/overview/").status_code == 403


@pytest.mark.parametrize("path", PATHS)
def test_a_stranger_is_asked_to_sign_in(world, path):
    answer = Client().get(path)

    assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/accounts/login/")


@pytest.mark.parametrize(
    "path",
    [
        "/indicators/NOPE/",
        "/indicators/X01/?unit=999999",
        "/units/999999/",
        "/units/710000/",
        "/overview/?indicator=NOPE",
        "/overview/?month=2007-11",
        "/overview/?month=2008-01",
        "/overview/?month=September",
        "/units/110000/?month=2007-13",
    ],
)
def test_what_does_not_exist_is_not_found(world, ministry, path):
    factories.UnitFactory(code="710000", kind=UnitKind.MAP_ONLY, parent=None, path="710000.", level=1)

    assert signed_in(ministry).get(path).status_code == 404


# What a bureau must not learn ------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/overview/?month=2007-09",
        "/overview/",
        "/indicators/X01/?month=2007-09",
        "/indicators/X01/?month=2007-09&unit=120000",
        "/indicators/X01/?month=2007-10&unit=120000",
        "/units/120000/?month=2007-09",
        "/units/120000/",
        "/units/000000/?month=2007-09",
        "/units/110000/?month=2007-09",
    ],
)
def test_a_bureau_learns_no_unpublished_figure_of_another_unit(world, ministry, path):
    lead = factories.person("LEAD", world[0])

    page = signed_in(lead).get(path).content.decode()

    assert SHOWN not in page
    assert SECRET not in page.replace(",", "")


def test_the_secret_would_be_seen_where_it_is_open(world, ministry):
    page = signed_in(ministry).get("/units/120000/?month=2007-09").content.decode()

    assert SHOWN in page


@pytest.mark.parametrize("path", ["/overview/", "/indicators/X01/", "/units/120000/", "/units/000000/"])
def test_closed_figures_are_said_to_be_unpublished(world, path):
    lead = factories.person("LEAD", world[0])

    page = signed_in(lead).get(f"{path}?month=2007-09").content.decode()

    assert "尚未发布" in page
    assert 'class="pill' not in page


def test_a_bureau_reads_its_own_unit_before_publication(world):
    lead = factories.person("LEAD", world[1])

    page = signed_in(lead).get("/units/120000/?month=2007-09").content.decode()

    assert f"{SHOWN}万人" in page


def test_pages_open_with_the_newest_month_the_reader_may_see(world, ministry):
    lead = factories.person("LEAD", world[0])

    opened = [
        signed_in(who).get(path).context["page"].period.month.month
        for who, path in ((ministry, "/overview/"), (lead, "/overview/"), (lead, "/units/110000/"))
    ]

    assert opened == [9, 8, 9]


# What a page says ------------------------------------------------------------------------------


def test_the_headline_equals_the_data(world, ministry):
    page = signed_in(ministry).get("/overview/?month=2007-09").context["page"]

    period = ReportingMonth.objects.get(month=date(2007, 9, 1))
    nation = ReportingUnit.objects.get(code=NATION_CODE)
    (flow, rate) = progress_rows(ministry, period, [nation])
    assert (flow.value, rate.value) == (9_754_000, rate.numerator / rate.denominator)
    assert page.headline == (
        "截至2007年9月，2项目标中2项达到序时进度。"
        "新增就业975.4万人，完成年度目标的81.3%，快于序时进度6.3个百分点；没有单位滞后。"
    )
    flows = [row for row in progress_rows(ministry, period, world) if row.indicator == flow.indicator]
    told = headline.national_headline(period, [flow, rate], flow, flows)
    assert page.headline == headline.joined(told)


def test_the_overview_says_who_has_not_reported(world, ministry):
    page = signed_in(ministry).get("/overview/?month=2007-09").context["page"]

    assert (page.filers.n_due, page.filers.n_approved) == (3, 2)
    assert [(one.unit, one.status) for one in page.filers.missing] == [(world[2], "")]


def test_an_analyst_sees_who_is_missing_but_not_the_state_of_a_draft(world, analyst):
    page = signed_in(analyst).get("/overview/?month=2007-09").context["page"]

    assert [(one.unit, one.status) for one in page.filers.missing] == [(world[2], None)]


def test_a_carried_figure_is_marked_on_card_and_line(world, ministry):
    page = signed_in(ministry).get("/overview/?month=2007-09").context["page"]

    card = page.groups[0].cards[0]
    assert card.line.freshness == "含1个单位上期数"
    assert [line.freshness for line in page.ranking.lines] == ["", "", "含1个单位上期数"]


def test_a_unit_without_a_figure_stands_apart_and_is_never_zero(world, ministry):
    page = signed_in(ministry).get("/overview/?month=2007-09&indicator=X04").context["page"]

    assert [line.row.unit for line in page.ranking.apart] == [world[2]]
    assert page.map.tiles[2].text == "–"


def test_the_indicator_page_tells_the_year_as_it_stood_in_its_month(world, ministry):
    page = signed_in(ministry).get("/indicators/X01/?month=2007-08").context["page"]

    assert [point.value for point in page.points[7:10]] == [3_000_000, None, None]
    assert page.curve["lines"]["actual"]["values"][7:10] == [300.0, None, None]
    assert page.points[8].pro_rata_target == 9_000_000


def test_the_unit_page_shows_the_reports_of_the_year(world):
    lead = factories.person("LEAD", world[0])

    page = signed_in(lead).get("/units/110000/").context["page"]

    assert [one.status for one in page.strip] == [""] * 7 + ["APPROVED", "APPROVED", "", None, None]
    assert [one.is_linked for one in page.strip] == [True] * 10 + [False] * 2


def test_another_bureau_sees_no_reports_of_a_unit(world):
    lead = factories.person("LEAD", world[0])

    assert signed_in(lead).get("/units/120000/?month=2007-08").context["page"].strip == ()


def test_the_nation_lists_the_units_below_with_their_verdicts(world, ministry):
    page = signed_in(ministry).get("/units/000000/?month=2007-09").context["page"]

    assert [(child.unit, child.report_status) for child in page.children] == [
        (world[0], "APPROVED"), (world[1], "APPROVED"), (world[2], ""),
    ]  # fmt: skip


def test_before_the_first_due_month_a_page_says_so(db, ministry, settings):
    settings.BUSINESS_DATE = date(2007, 1, 20)
    factories.NationFactory()
    factories.months_of_2007()

    assert "还没有可看的报告期" in signed_in(ministry).get("/overview/").content.decode()


# How a page is made ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_a_page_has_no_inline_style_or_script(world, ministry, path):
    page = signed_in(ministry).get(path).content.decode()

    assert re.findall(r"\sstyle=|<style|\son[a-z]+=|javascript:", page) == []
    scripts = re.findall(r"<script([^>]*)>", page)
    assert [one for one in scripts if "src=" not in one and "application/json" not in one] == []
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*', page) == []


@pytest.mark.parametrize(("language", "lang"), [("zh-hans", "zh-Hans"), ("en", "en")])
def test_a_page_says_its_language(world, ministry, language, lang):
    client = signed_in(ministry)
    client.cookies["django_language"] = language

    assert f'<html lang="{lang}">' in client.get("/overview/").content.decode()


@pytest.mark.parametrize(
    "path", ["/overview/?month=2007-09", "/indicators/X01/?month=2007-09", "/units/000000/?month=2007-09"]
)
def test_a_page_costs_the_same_queries_for_3_and_33_units(db, ministry, path):
    client = signed_in(ministry)
    small_world(3)
    client.get(path)

    with CaptureQueriesContext(connection) as few:
        client.get(path)
    more_units(33)
    client.get(path)
    with CaptureQueriesContext(connection) as many:
        client.get(path)

    assert len(many) == len(few)


def more_units(n_units: int) -> None:
    """Let so many units file September in all, the newest ones by the shortest way."""
    reviewer, filer = factories.person("MINISTRY_REVIEWER"), factories.person("MINISTRY_REVIEWER")
    period = ReportingMonth.objects.get(month=date(2007, 9, 1))
    for n in range(3, n_units):
        unit = factories.UnitFactory(code=f"{110000 + 10000 * n}", tile_row=n // 9, tile_col=n % 9)
        for code in ("X01", "X04"):
            factories.AssignmentFactory(indicator__code=code, unit=unit)
        factories.TargetFactory(indicator__code="X01", unit=unit, target_value=1_200_000)
        if n % 2:
            figures = {"X01": "600000", "X04": (50, 1000)}
            approved(unit, period, figures, by=filer, reviewer=reviewer)


# Who kept their dates --------------------------------------------------------------------------


def test_the_overview_says_how_many_filed_and_how_many_in_time(world, ministry):
    came = signed_in(ministry).get("/overview/?month=2007-09").context["page"].filers.came
    page = signed_in(ministry).get("/overview/?month=2007-09").content.decode()

    assert (came.n_filed, came.n_due, came.n_on_time, came.n_late) == (2, 3, 0, 2)  # all were filed in December
    assert '<strong class="came__count">2/3 已报</strong>' in page


def test_a_unit_page_shows_the_rates_of_the_year(world, ministry):
    factories.submitted(
        world[2],
        ReportingMonth.objects.get(month=date(2007, 9, 1)),
        {"X01": "1100000", "X04": (40, 1000)},
        by=ministry,
        now=shanghai(2007, 10, 3),
        explanations={f"{rule}:{code}": "核对无误，情况属实。" for rule in ("V06", "V08") for code in ("X01", "X04")},
    )
    client = signed_in(ministry)

    nation = client.get("/units/000000/?month=2007-09").context["page"].punctuality
    own = client.get(f"/units/{world[2].code}/?month=2007-09").context["page"].punctuality

    by_month = {one.month.month: (one.n_filed, one.n_due, one.n_on_time) for one in nation.months}
    assert (nation.n_units, by_month[8], by_month[9], by_month[10]) == (3, (3, 3, 0), (3, 3, 1), (0, 0, 0))
    assert (nation.months[9].rate, nation.months[8].rate, round(nation.months[8].timeliness, 2)) == (
        None,
        1,
        Decimal("0.33"),
    )
    assert (own.n_units, own.year.n_filed, own.year.n_due, own.year.n_on_time) == (1, 2, 9, 1)


def test_a_bureau_follows_its_own_dates_and_no_others(world):
    client = signed_in(factories.person("CLERK", world[0]))

    assert client.get(f"/units/{world[0].code}/").context["page"].punctuality is not None
    assert client.get(f"/units/{world[1].code}/?month=2007-08").context["page"].punctuality is None
    assert client.get("/units/000000/?month=2007-08").context["page"].punctuality is None


def test_where_nobody_files_there_are_no_rates(world, ministry):
    idle = factories.UnitFactory(code="650000")

    assert signed_in(ministry).get(f"/units/{idle.code}/").context["page"].punctuality is None


def test_what_has_no_target_is_told_without_ranks_and_schedules(world: list[ReportingUnit], ministry: object) -> None:
    """Wage arrears cleared are reported and shown; columns of targets would only hold dashes."""
    Target.objects.filter(indicator__code="X01").delete()

    answer = signed_in(ministry).get("/indicators/X01/?month=2007-08")
    page, html = answer.context["page"], answer.content.decode()

    assert (page.ranking.is_ranked, page.ranking.is_left_unranked, len(page.ranking.lines)) == (False, False, 3)
    assert "各单位情况" in html
    assert [word for word in ("名次", "序时", "年度目标", "没有单位滞后", "不排名") if word in html] == []
