"""Regions by dated schemes, units side by side, and rankings that may be switched off (UX-37)."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, ReportingUnit
from accounts.regions import RegionGroup, RegionMember, RegionScheme
from reporting.marks import marks_beside
from reporting.pages.tables import incomparable
from submissions import calendar
from submissions.models import ReportingMonth
from targets.models import Indicator, Target
from tests import factories
from tests.reporting.filings import refile
from tests.reporting.rows import row
from tests.reporting.test_pages import SECRET, SHOWN, more_units, signed_in, small_world

pytestmark = pytest.mark.django_db
SEPTEMBER = "?month=2007-09"


def scheme(
    groups: dict[str, list[ReportingUnit]], code: str = "halves", starts_on: date = date(2006, 1, 1)
) -> RegionScheme:
    made = RegionScheme.objects.create(code=code, name="两半", name_en="Halves", starts_on=starts_on, source="测试")
    for n, (name, units) in enumerate(groups.items()):
        group = RegionGroup.objects.create(scheme=made, code=name, name=name, name_en=name, position=n)
        for unit in units:
            RegionMember.objects.create(scheme=made, group=group, unit=unit)
    return made


@pytest.fixture
def world(db: None) -> list[ReportingUnit]:
    units = small_world()
    scheme({"north": units[:1], "south": units[1:2]})
    return units


# Regions ---------------------------------------------------------------------------------------


def test_regions_and_what_is_outside_them_come_to_the_whole(world, ministry):
    page = signed_in(ministry).get(f"/regions/{SEPTEMBER}&indicator=X01").context["page"]

    assert [(line.label, line.row.value, line.row.target_value) for line in page.lines] == [
        ("north", 1_100_000, 1_200_000), ("south", int(SECRET), 1_200_000), ("未划入区域", 1_000_000, 1_200_000),
    ]  # fmt: skip
    assert (page.found.added.value, page.found.adds_up) == (9_754_000, True)
    assert [line.row.n_carried for line in page.lines] == [0, 0, 1]
    assert page.headline.startswith("截至2007年9月，新增就业：north110万人，完成91.7%，达到序时进度；south765.4万人")


def test_a_rate_of_regions_is_pooled_and_never_a_mean(world, ministry):
    page = signed_in(ministry).get(f"/regions/{SEPTEMBER}&indicator=X04").context["page"]

    north = page.lines[0].row
    assert (north.numerator, north.denominator, north.value) == (40, 1000, Decimal("0.04"))
    assert (north.goal, north.target_value, north.completion_rate, north.deviation, north.status) == (None,) * 5
    assert (page.found.added.value, page.found.adds_up) == (Decimal("0.04"), True)
    assert page.headline.endswith("未划入区域尚无数据。")


def test_a_region_of_a_unit_without_a_target_has_none(world, ministry):
    Target.objects.filter(unit=world[0]).delete()

    page = signed_in(ministry).get(f"/regions/{SEPTEMBER}&indicator=X01").context["page"]

    assert [line.row.target_value for line in page.lines] == [None, 1_200_000, 1_200_000]


def test_arrears_of_one_unit_are_the_regions(db, ministry):
    from tests.reporting.filings import stand

    zero = factories.IndicatorFactory(code="X18", zero=True)
    units = [factories.UnitFactory() for _ in range(2)]
    for unit in units:
        factories.AssignmentFactory(indicator=zero, unit=unit)
        factories.TargetFactory(indicator=zero, unit=unit, target_value=0, bound="AT_MOST")
    periods = {period.month.month: period for period in factories.months_of_2007()}
    for unit, amounts in zip(units, ((70, 0), (0, 0)), strict=True):
        for month, amount in zip((8, 9), amounts, strict=True):
            stand(unit, periods[month], {zero: {"value": amount, "persons": amount}})
    scheme({"both": units})

    page = signed_in(ministry).get(f"/regions/{SEPTEMBER}&indicator=X18").context["page"]

    assert (page.lines[0].row.value, page.lines[0].row.status) == (0, "breached")


def test_the_scheme_is_the_newest_that_had_begun(world):
    later = scheme({"all": world}, starts_on=date(2007, 7, 1))
    scheme({}, code="ended", starts_on=date(2000, 1, 1))
    RegionScheme.objects.filter(code="ended").update(ends_on=date(2006, 1, 1))

    assert [one.starts_on for one in RegionScheme.objects.in_force(date(2007, 6, 1))] == [date(2006, 1, 1)]
    assert RegionScheme.objects.in_force(date(2007, 7, 1)) == [later]


@pytest.mark.parametrize("query", ["&scheme=nope", "&indicator=NOPE", "&month=2007-13"])
@pytest.mark.parametrize("path", ["/regions/", "/export/regions/"])
def test_an_unknown_scheme_or_indicator_is_not_found(world, ministry, path, query):
    assert signed_in(ministry).get(f"{path}?{query}").status_code == 404


def test_the_csv_has_the_numbers_of_the_page(world, ministry):
    answer = signed_in(ministry).get("/export/regions/?month=2007-09&indicator=X01&scheme=halves")

    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert [row["region"] for row in rows] == ["north", "south", "", "total"]
    assert [row["value"] for row in rows] == ["1100000", SECRET, "1000000", "9754000"]
    assert (rows[0]["status"], rows[0]["pro_rata_target"], rows[3]["n_units"]) == ("on_schedule", "900000", "3")


def test_from_a_region_to_a_report_takes_three_clicks(world, ministry):
    client = signed_in(ministry)
    page = client.get(f"/regions/{SEPTEMBER}&indicator=X01").content.decode()

    assert '<a class="source" href="#region-south"' in page
    section = page[page.index('id="region-south"') :]
    trace = html.unescape(re.search(r'class="source" href="([^"]*)"', section)[1])
    assert trace == "/indicators/X01/trace/?month=2007-09&unit=120000"
    assert 'href="/reports/2007-09/120000/"' in client.get(trace).content.decode()


def test_the_sum_of_all_regions_opens_the_whole(world, ministry):
    page = signed_in(ministry).get(f"/regions/{SEPTEMBER}&indicator=X04").content.decode()

    assert 'href="/indicators/X04/trace/?month=2007-09&amp;unit=000000"' in page[page.index("<tfoot>") :]


def test_the_light_of_a_region_opens_its_reasons(world, ministry):
    client = signed_in(ministry)
    shown = client.get(f"/regions/{SEPTEMBER}&indicator=X01").content.decode()
    address = html.unescape(re.search(r'class="pill [^"]*pill--opens" href="(/regions/reasons/[^"]*)"', shown)[1])

    page = client.get(address).context["page"]

    assert page.headline.startswith("2007年9月，north新增就业：达到序时进度。判定步骤：是否达到序时进度：r ≥ 1（122")
    assert [(one.letter, one.shown) for one in page.inputs][:2] == [("v", "110万人"), ("T", "120万人")]
    data = client.get(f"/export/regions/reasons/?{page.query}&format=json").json()
    assert (data["region"], data["scheme"], data["status"]) == ("north", "halves", "on_schedule")
    assert (data["inputs"]["target_value"], data["value_month"]) == ("1200000", "2007-09")
    assert data["formulas"]["pro_rata_target"] == {"formula": "T × d ÷ 12", "value": "900000"}
    told = client.get(f"/export/regions/reasons/?{page.query}").getvalue().decode("utf-8-sig").splitlines()
    assert told[1:6] == [
        "subject,indicator,,X01,,,", "subject,month,,2007-09,,,", "subject,scheme,,halves,,,",
        "subject,region,,north,,,", "subject,status,,on_schedule,,,",
    ]  # fmt: skip
    entry = AuditEntry.objects.filter(action="export").order_by("pk").first()
    assert entry.details == {"table": "reasons", **page.subject, "format": "json"}


def test_a_region_without_a_target_has_no_reasons(world, ministry):
    client, asked = signed_in(ministry), f"{SEPTEMBER}&indicator=X04&region=north"

    assert "这个区域没有目标" in client.get(f"/regions/reasons/{asked}").content.decode()
    assert client.get(f"/export/regions/reasons/{asked}&format=json").json()["checks"] == []


@pytest.mark.parametrize("path", ["/regions/reasons/", "/export/regions/reasons/"])
def test_reasons_of_an_unknown_region_are_not_found(world, ministry, path):
    asked = f"{path}{SEPTEMBER}&indicator=X01&region="

    assert [signed_in(ministry).get(f"{asked}{one}").status_code for one in ("nope", "")] == [404, 404]


def test_a_region_is_marked_for_what_is_special_about_its_units(world, ministry):
    client = signed_in(ministry)
    at_september = client.get(f"/regions/{SEPTEMBER}&indicator=X01")
    rates = client.get(f"/regions/{SEPTEMBER}&indicator=X04").context["page"]

    page = at_september.context["page"]
    assert ["".join(marks_beside(one.row)) for one in page.lines] == ["p", "p", "cp"]
    assert ["".join(marks_beside(one.row)) for one in rates.lines] == ["p", "p", "x"]
    assert "".join(marks_beside(page.found.added)) == "cp"
    assert page.legend == "标记：c 含沿用的上期数；p 暂定数（报告期未发布）。"
    assert page.legend in at_september.content.decode()
    told = client.get(f"/export/regions/{SEPTEMBER}&indicator=X01").getvalue().decode("utf-8-sig")
    assert [row["marks"] for row in csv.DictReader(io.StringIO(told))] == ["p e", "p e", "c p e", "c p e"]


def test_a_region_is_revised_when_its_sum_is(world, ministry):
    flow = Indicator.objects.get(code="X01")
    september = ReportingMonth.objects.get(month=date(2007, 9, 1))
    calendar.publish_month(september, by=ministry, now=factories.shanghai(2007, 10, 20))
    refile(world[0], september, {flow: 1_100_001}, by=ministry, at=factories.shanghai(2007, 11, 1), reason="补报")

    page = signed_in(ministry).get(f"/regions/{SEPTEMBER}&indicator=X01")

    found = page.context["page"]
    assert ["".join(marks_beside(one.row)) for one in found.lines] == ["r", "", "c"]
    assert '<a class="mark" href="#region-north"' in page.content.decode()


def test_a_bureau_sees_regions_of_published_months_alone(world):
    client = signed_in(factories.person("LEAD", world[0]))

    closed = client.get(f"/regions/{SEPTEMBER}&indicator=X01").content.decode()

    assert "尚未发布" in closed
    assert SHOWN not in closed
    assert client.get(f"/export/regions/{SEPTEMBER}&indicator=X01").status_code == 404
    assert "尚未发布" in client.get(f"/regions/reasons/{SEPTEMBER}&indicator=X01&region=north").content.decode()
    assert client.get(f"/export/regions/reasons/{SEPTEMBER}&indicator=X01&region=north").status_code == 404
    assert client.get("/regions/?month=2007-08&indicator=X01").context["page"].found.added.value == 3_000_000


def test_without_a_month_or_an_indicator_there_are_no_regions(db, ministry):
    factories.NationFactory()
    client = signed_in(ministry)

    assert "还没有可看的报告期" in client.get("/regions/").content.decode()
    assert "还没有可看的报告期" in client.get("/compare/").content.decode()
    assert "还没有可看的报告期" in client.get("/regions/reasons/").content.decode()
    factories.months_of_2007()
    assert client.get("/regions/").status_code == 404


# Side by side ----------------------------------------------------------------------------------


def test_units_stand_side_by_side_in_the_order_asked(world, ministry):
    page = signed_in(ministry).get(f"/compare/{SEPTEMBER}&indicator=X01&indicator=X04&unit=120000&unit=110000&unit=")

    shown = page.context["page"]
    flow, rate = shown.comparisons
    assert [line.row.unit for line in flow.lines] == [world[1], world[0]]
    assert [cell.value for cell in flow.months[8][1]] == [int(SECRET), 1_100_000]
    assert flow.chart["lines"]["unit2"]["values"][8] == pytest.approx(91.6666667)
    assert (flow.by_share, rate.by_share, rate.chart["lines"]["unit1"]["values"][8]) == (True, False, 4.0)
    assert flow.chart["sentences"][8] == "2007年9月：单位12 765.4万人 (637.8%)；单位11 110万人 (91.7%)"
    assert flow.chart["sentences"][9] == "2007年10月：尚无数据"
    assert shown.address == "unit=120000&unit=110000&indicator=X01&indicator=X04&month=2007-09"
    assert f"/export/series/?{flow.query}".replace("&", "&amp;") in page.content.decode()


def test_nothing_chosen_asks_for_a_choice(world, ministry):
    page = signed_in(ministry).get("/compare/")

    assert page.context["page"].comparisons == ()
    assert "选择要比较的单位" in page.content.decode()


def test_a_carried_figure_stands_in_the_comparison_and_has_no_point_in_its_line(world, ministry):
    page = signed_in(ministry).get(f"/compare/{SEPTEMBER}&indicator=X01&unit=110000&unit=130000")

    (one,) = page.context["page"].comparisons
    own, carried = one.months[8][1]
    assert (own.is_carried, carried.is_carried, carried.value) == (False, True, one.lines[1].row.value)
    assert one.chart["lines"]["unit2"]["values"][8] is None
    assert one.chart["sentences"][8].endswith(" 上期")
    assert 'class="mark">上期<' in page.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "unit=999999",
        "".join(f"&unit={code}0000" for code in (11, 12, 13, 14, 15, 21)),
        "".join(f"&indicator=X{n}" for n in range(7)),
        "indicator=NOPE",
    ],
)
def test_what_cannot_be_compared_is_not_found(world, ministry, query):
    assert signed_in(ministry).get(f"/compare/?{query}").status_code == 404


def test_a_shared_address_shows_what_the_reader_may_see(world):
    client = signed_in(factories.person("LEAD", world[0]))

    page = client.get(f"/compare/{SEPTEMBER}&indicator=X01&unit=110000&unit=120000")

    text = page.content.decode()
    assert page.context["page"].closed == (world[1],)
    assert "本月数据尚未对您开放" in text
    assert SHOWN not in text
    assert SECRET not in text.replace(",", "")


# Rankings --------------------------------------------------------------------------------------


def test_a_target_switches_the_ranking_of_its_units_off(world, ministry):
    Target.objects.filter(unit__code="000000", indicator__code="X01").update(is_ranked=False)
    client = signed_in(ministry)

    page = client.get(f"/indicators/X01/{SEPTEMBER}")

    ranking = page.context["page"].ranking
    assert (ranking.is_ranked, {line.row.rank for line in ranking.lines}) == (False, {None})
    assert [line.row.unit for line in ranking.lines] == world
    assert "按计划规定不排名" in page.content.decode()
    other = client.get(f"/indicators/X04/{SEPTEMBER}").context["page"].ranking
    assert {line.row.rank for line in other.lines} == {None}
    assert client.get(f"/units/110000/{SEPTEMBER}").context["page"].lines[0].row.rank is None


def test_the_ranking_says_why_units_do_not_compare():
    rows = [
        row("FLOW", "AT_LEAST", 900, 400),
        row("FLOW", "AT_LEAST", 100, 40, value_month=date(2007, 8, 1)),
        row("FLOW", None, None, 5),
    ]

    assert list(incomparable(rows)) == [
        "1个单位用的是较早月份的数据，与其他单位不可直接比较。",
        "1个单位没有下达目标，不参加排名。",
        "各单位的任务轻重不同，名次比的是各自计划的进度，不是数量多少。",
    ]


def test_plans_of_other_months_or_limits_do_not_compare():
    counts = [row("COUNT", "EXACTLY", 1, 1, planned_month=month) for month in (6, 12)]
    rates = [row("RATIO", "AT_MOST", limit, "0.04") for limit in ("0.045", "0.046")]

    assert list(incomparable(counts)) == ["各单位计划的方向或完成月份不同，名次不可直接比较。"]
    assert list(incomparable(rates)) == ["各单位的目标值不同，名次比的是各自的目标，不是数值高低。"]
    assert list(incomparable([rates[0]])) == []


# Cost ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/regions/?month=2007-09&indicator=X01", "/compare/?month=2007-09&unit=110000&unit=120000"]
)
def test_the_page_costs_the_same_queries_for_3_and_33_units(world, ministry, path):
    client = signed_in(ministry)
    client.get(path)
    with CaptureQueriesContext(connection) as few:
        client.get(path)
    more_units(33)
    client.get(path)
    with CaptureQueriesContext(connection) as many:
        client.get(path)

    assert len(many) == len(few)
