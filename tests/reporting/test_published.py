"""Published national figures beside the sum of the units (V18), and what else is found of the country."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import UnitKind
from submissions.models import PublishedFigure
from targets.models import Target
from tests import factories
from tests.factories import approved, shanghai
from tests.reporting.test_pages import signed_in, small_world

PAGE = "/indicators/X01/?month=2007-08"


@pytest.fixture
def world(db):
    return small_world()


def published(value, *, month=8, code="X01", release="FLASH", on=date(2007, 9, 12)):
    return PublishedFigure.objects.create(
        indicator=factories.IndicatorFactory(code=code), month=date(2007, month, 1), release=release,
        value=Decimal(value), published_on=on, source="前八个月新闻发布",
    )  # fmt: skip


def page_for(person, address=PAGE):
    return signed_in(person).get(address)


def test_both_series_stand_side_by_side_with_their_difference(world, ministry):
    published(3_100_000)

    answer = page_for(ministry)
    (line,) = answer.context["page"].published
    html = answer.content.decode()

    assert (line.published.value, line.computed, line.difference) == (3_100_000, 3_000_000, -100_000)
    assert "前八个月新闻发布" in html
    assert "公布的全国数 310万人 与各单位合计 300万人 相差 −10万人（−3.23%）。两数并列，互不覆盖。" in html
    assert answer.context["page"].row.value == 3_000_000


def test_what_was_published_of_a_unit_is_not_the_countrys(world, ministry):
    of_unit = published(3_100_000)
    of_unit.unit = factories.UnitFactory(code="210000")
    of_unit.save()

    assert page_for(ministry).context["page"].published == ()


def test_figures_that_agree_stand_there_without_a_word(world, ministry):
    published(3_010_000)

    page = page_for(ministry).context["page"]

    assert (len(page.published), page.found) == (1, ())


def test_what_is_published_later_is_not_known_yet(world, ministry):
    published(3_100_000, on=date(2007, 10, 22))
    published(2_700_000, month=9, on=None)

    assert page_for(ministry).context["page"].published == ()


def test_the_final_stands_before_the_flash_of_its_month_and_counts(world, ministry):
    published(3_200_000)
    published(3_300_000, release="FINAL", on=None)
    published(400_000, month=3)

    page = page_for(ministry).context["page"]

    assert [(one.published.release, one.published.month.month) for one in page.published] == [
        ("FINAL", 8),
        ("FLASH", 8),
        ("FLASH", 3),
    ]
    assert page.published[2].computed is None
    assert "330万人" in page.found[0]


def test_a_published_rate_is_compared_in_points(world, ministry):
    published("0.041", month=9, code="X04", on=date(2007, 10, 10))

    (line,) = page_for(ministry, "/indicators/X04/?month=2007-09").context["page"].published

    assert (line.difference, line.gap) == (Decimal("-0.001"), None)


def test_a_unit_has_no_published_figures(world, ministry):
    published(3_100_000)

    page = page_for(ministry, f"{PAGE}&unit=110000").context["page"]

    assert (page.published, page.found) == ((), ())


def test_a_month_closed_to_the_reader_shows_what_was_published_and_no_sum(world):
    published(3_100_000, month=9, on=date(2007, 10, 10))
    lead = factories.person("LEAD", world[0])

    page = page_for(lead, "/indicators/X01/?month=2007-09").context["page"]

    assert [line.computed for line in page.published] == [None]
    assert page.found == ()


def test_the_planner_is_told_what_the_split_lacks(world, planner, ministry):
    """V14: three units with 1.2 million each for 12 million."""
    assert (
        "X01 新增就业各单位目标之和 360万人 低于全国目标 1200万人，还差 840万人"
        in page_for(planner).context["page"].found[0]
    )
    assert page_for(ministry).context["page"].found == ()


def test_the_page_of_an_item_tells_the_planner_too(world, planner, ministry):
    """V14: what the split of a national target lacks stands under the item's targets."""
    item = Target.objects.filter(unit__code="000000").first().item
    address = f"/plan/items/{item.number}/?month=2007-08"

    page = page_for(planner, address)

    assert [line[:21] for line in page.context["page"].found] == ["X01 新增就业各单位目标之和 360万人"]
    assert page.context["page"].found[0] in page.content.decode()
    assert page_for(ministry, address).context["page"].found == ()


def test_the_planner_is_told_of_other_ceilings(world, planner):
    """V15."""
    rate = factories.IndicatorFactory(code="X04")
    factories.TargetFactory(indicator=rate, unit=world[0], target_value="0.04", bound="AT_MOST")
    factories.TargetFactory(indicator=rate, unit=world[1], target_value="0.05", bound="AT_LEAST")

    found = page_for(planner, "/indicators/X04/?month=2007-09").context["page"].found

    assert [sentence[:4] for sentence in found] == ["1 个单", "X04 "]


def test_a_sum_without_the_industries_says_so(world, ministry):
    """V17."""
    sector = factories.UnitFactory(code="900000", short_name="行业与中央单位", kind=UnitKind.NON_PROVINCIAL)
    factories.AssignmentFactory(unit=sector, indicator=factories.IndicatorFactory(code="X01"))

    assert page_for(ministry).context["page"].found == (
        "X01 新增就业的全国合计 300万人 还不含行业与中央单位，低于实际。",
    )

    filer, reviewer = factories.person("MINISTRY_REVIEWER"), factories.person("MINISTRY_REVIEWER")
    august = factories.MonthFactory(number=8)
    approved(sector, august, {"X01": "500000"}, by=filer, reviewer=reviewer, now=shanghai(2007, 10, 2))
    assert page_for(ministry).context["page"].found == ()


def test_the_series_of_the_nation_carries_what_was_published_beside_the_sum(world, ministry):
    published(3_100_000)
    published(3_050_000, release="FINAL")
    address = "/api/v1/progress/series/?indicator=X01&unit="

    nation = signed_in(ministry).get(f"{address}000000").json()["results"]
    unit = signed_in(ministry).get(f"{address}{world[0].code}").json()["results"]

    stated = {one["month"]: (one["value"], one["published_value"], one["published_release"]) for one in nation}
    assert stated["2007-08"] == ("3000000", "3050000", "final")
    assert stated["2007-07"][1:] == (None, None)
    assert {one["published_value"] for one in unit} == {None}
