"""What a cell of the grid can tell (UX-06, UX-07): two years and the plan, who changed it, what was asked and said."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from submissions import services
from submissions.intake import CommentInput
from submissions.models import Explanation, PublishedFigure
from submissions.pages.beside import values_last_year
from submissions.pages.cell_chart import MonthValues, chart_of, levels_for
from submissions.pages.changes import Change
from tests import factories
from tests.factories import approved, file, shanghai, submitted

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 3)
ADDRESS = "/reports/grid/440000/cell/"


@pytest.fixture(autouse=True)
def _report_can_be_opened(unit, period):
    """September of Guangdong is there to be filled in."""


@pytest.fixture
def as_clerk(client, clerk):
    client.force_login(clerk)
    return client


@pytest.mark.parametrize(("day", "told"), [(None, "2026-11-30 02:30:05"), (date(2007, 10, 12), "02:30:05")])
def test_when_a_cell_was_changed_reads_like_every_time_of_the_house(settings, day, told):
    settings.BUSINESS_DATE = day

    assert Change("王", None, datetime(2026, 11, 29, 18, 30, 5, tzinfo=UTC), "REPORTED", {}).when == told


def asked_about(client, indicator="T01", month="2007-09"):
    return client.get(ADDRESS, {"month": month, "indicator": indicator})


def panel(client, indicator="T01", month="2007-09"):
    return asked_about(client, indicator, month).context["page"]


@pytest.fixture
def last_year(unit, lead, ministry):
    """September 2006: 90 approved, 95 in a correction that nobody has approved yet."""
    plan = factories.PlanFactory(year=2006)
    factories.AssignmentFactory(plan=plan, unit=unit, indicator=factories.IndicatorFactory(code="T01"))
    month = factories.MonthFactory(plan=plan, number=9)
    then = shanghai(2006, 10, 3)
    report = approved(unit, month, {"T01": "90"}, by=lead, reviewer=ministry, now=then)
    report = services.correct(report, by=lead, now=then, version=report.version, comment="核实后更正。")
    file(unit, month, {"T01": "95"}, by=lead, now=then)


def test_a_cell_shows_both_years_and_the_plan_ux_07(as_clerk, unit, period, lead, last_year):
    factories.TargetFactory(unit=unit, indicator=factories.IndicatorFactory(code="T01"), target_value=120)
    file(unit, period, {"T01": "100"}, by=lead, now=NOW)

    response = asked_about(as_clerk)

    page = response.context["page"]
    september = next(one for one in page.year if one.month == period.month)
    assert (september.value, september.last_year, september.plan) == (100, 90, 90)
    assert [(line.key, len(line.points)) for line in page.chart.lines] == [("plan", 2), ("before", 1), ("now", 1)]
    html = response.content.decode()
    assert "<svg" in html
    assert "style=" not in html
    assert html.count('<th scope="row">') == len(page.year)
    assert "两年走势" in html


@pytest.mark.parametrize("is_made_up", [False, True])
def test_a_year_without_reports_is_told_as_published(as_clerk, unit, period, lead, is_made_up):
    PublishedFigure.objects.create(
        unit=unit,
        indicator=factories.IndicatorFactory(code="T01"),
        month=date(2006, 9, 1),
        value=88,
        source="年鉴",
        is_synthetic=is_made_up,
    )
    report = file(unit, period, {"T01": "100"}, by=lead, now=NOW)

    page = panel(as_clerk)
    september = next(one for one in page.year if one.month == period.month)

    assert (september.last_year, page.is_last_year_made_up) == (88, is_made_up)
    assert ("上年（测算）" in [line.name for line in page.chart.lines]) == is_made_up
    assert list(values_last_year(report).values.values()) == [88]


def test_what_nobody_filed_has_no_picture_and_no_year_before(as_clerk):
    response = asked_about(as_clerk)

    page = response.context["page"]
    assert (page.chart, page.has_last_year, page.has_plan) == (None, False, False)
    assert "本年走势" in response.content.decode()
    assert "上年没有数据。" in response.content.decode()


def test_a_rate_is_drawn_as_the_rate_of_its_parts_and_aims_from_its_first_figure(as_clerk, unit, lead, ministry):
    """T04 is quarterly: March and September; the target is a share without a baseline."""
    rate = factories.IndicatorFactory(code="T04")
    factories.TargetFactory(unit=unit, indicator=rate, target_value=Decimal("0.10"))
    march, september = (factories.MonthFactory(number=number) for number in (3, 9))
    file(unit, march, {"T04": (40, 1000)}, by=lead, now=NOW)
    file(unit, september, {"T04": (46, 1000)}, by=lead, now=NOW)

    page = panel(as_clerk, "T04")

    assert [one.month.month for one in page.year] == [3, 9]
    assert [one.value for one in page.year] == [Decimal("0.04"), Decimal("0.046")]
    assert [one.plan for one in page.year] == [Decimal("0.04"), Decimal("0.08")]


def test_a_cell_shows_what_the_reviewer_asked_there_and_the_answer_goes_back_from_the_panel(
    as_clerk, unit, period, lead, ministry
):
    report = submitted(unit, period, {"T01": "100", "T08": "5", "T04": (46, 1000)}, by=lead, now=NOW)
    comments = [
        CommentInput(factories.IndicatorFactory(code="T01"), text="<b>少了一县。</b>", suggested_value=Decimal(110)),
        CommentInput(factories.IndicatorFactory(code="T08"), text="别处的。"),
    ]
    services.return_(report, by=ministry, now=NOW, version=report.version, comment="两处", comments=comments)

    response = asked_about(as_clerk)

    page = response.context["page"]
    assert [one.comment.text for one in page.asked] == ["<b>少了一县。</b>"]
    html = response.content.decode()
    assert "&lt;b&gt;少了一县。" in html
    assert f'data-cell="{page.asked[0].name}"' in html


def test_how_warnings_were_answered_in_other_months_is_shown(as_clerk, unit, period, lead):
    august = factories.MonthFactory(number=8)
    earlier = file(unit, august, {"T01": "100"}, by=lead, now=NOW)
    now = file(unit, period, {"T01": "100"}, by=lead, now=NOW)
    t01, t08 = (factories.IndicatorFactory(code=code) for code in ("T01", "T08"))
    for filing, indicator in ((earlier.filing, t01), (earlier.filing, t08), (now.filing, t01)):
        Explanation.objects.create(filing=filing, rule="V08", indicator=indicator, text=f"{indicator.code}，扩面。")

    response = asked_about(as_clerk)

    shown = response.context["page"].explained
    assert [(one.filing.report.month, one.indicator) for one in shown] == [(august.month, t01)]
    assert "T01，扩面。" in response.content.decode()


def test_a_panel_costs_the_same_queries_whatever_was_filed(as_clerk, unit, period, lead, django_assert_max_num_queries):
    file(unit, period, {"T01": "100"}, by=lead, now=NOW)
    with CaptureQueriesContext(connection) as one:
        panel(as_clerk)
    for number in range(1, 9):
        file(unit, factories.MonthFactory(number=number), {"T01": str(number)}, by=lead, now=NOW)
        file(unit, period, {"T01": str(100 + number)}, by=lead, now=NOW)
    with django_assert_max_num_queries(len(one) + 3):
        assert len(panel(as_clerk).past) == 9


# The picture -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "from_zero", "least", "levels"),
    [
        ([93, 1014], True, 1, [0, 500, 1000, 1500]),
        ([0], True, 1, [0, 1]),
        ([7, 7], False, 1, [6, 7, 8]),
        (["0.046"], False, "0.001", [Decimal("0.045"), Decimal("0.046"), Decimal("0.047")]),
        ([20_034_532, 21_017_696], False, 1, [20_000_000, 20_500_000, 21_000_000, 21_500_000]),
    ],
)
def test_the_levels_are_round_and_hold_every_value(values, from_zero, least, levels):
    given = [Decimal(value) for value in values]
    assert levels_for(given, from_zero=from_zero, least=Decimal(least)) == levels


def test_a_month_without_a_number_leaves_a_gap_and_is_never_zero():
    indicator = factories.IndicatorFactory.build(stock=True)
    months = [
        MonthValues(
            date(2007, month, 1),
            factories.FigureFactory.build(filing=None, indicator=indicator, value=value),
            None,
            None,
        )
        for month, value in ((1, Decimal(40)), (2, None), (3, Decimal(60)))
    ]

    chart = chart_of(indicator, months, date(2007, 3, 1))

    [line] = chart.lines
    assert [x for x, _y in line.points] == ["18.0", "90.0"]
    assert chart.here == "72.0"
