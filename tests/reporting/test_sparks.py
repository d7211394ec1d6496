"""A year the size of a word, and how a unit's indicators moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from reporting.aggregates import ProgressRow
from reporting.pages.sparks import Spark, over_period, over_year, spark
from reporting.past_months import History
from submissions.models import PublishedFigure
from tests import factories
from tests.reporting.filings import stand
from tests.reporting.rows import row
from tests.reporting.test_pages import signed_in, small_world

D = Decimal


def told(kind: str, values: dict[int, object], **given: object) -> ProgressRow:
    """A row with these figures; what is missing between them was carried."""
    last = max(values, default=1)
    months = range(1, last + 1)
    known: list[Decimal | None] = []
    for month in months:
        known.append(D(str(values[month])) if month in values else (known[-1] if known else None))
    frequency = given.pop("frequency", 1)
    bound = {"FLOW": "AT_LEAST", "STOCK": "AT_LEAST", "RATIO": "AT_MOST", "COUNT": "EXACTLY", "ZERO": "AT_MOST"}[kind]
    made = row(kind, bound, given.pop("target", 120), known[-1] if known else None, month=last, **given)
    made.indicator.frequency, made.indicator.pk = frequency, 1
    history = History(
        [date(2007, month, 1) for month in months], known, [int(month in values) for month in months], [1] * last
    )
    return replace(made, history=history, goal=made.target.goal() if made.target else None)


def test_a_flow_starts_at_the_bottom_and_ends_at_its_newest_month():
    drawn = spark(told("FLOW", {1: 0, 2: 30, 4: 60}, target=120))

    assert drawn == Spark(
        actual="0.0,26.0 10.0,19.5 30.0,13.0",
        path=" ".join(f"{10 * n}.0,{26 * (11 - n) / 12:.1f}" for n in range(12)),
        end=("30.0", "13.0"),
    )


def test_a_level_lies_between_its_extremes_and_a_flat_one_in_the_middle():
    rising = told("STOCK", {1: 100, 2: 110}, target=None)
    flat = told("RATIO", {3: "0.046"}, target="0.046", frequency=3)

    assert spark(rising).actual == "0.0,26.0 10.0,0.0"
    assert spark(rising).path == ""
    assert spark(flat).actual == "20.0,13.0"


def test_nothing_filed_draws_nothing():
    assert spark(told("FLOW", {})) is None


def test_a_row_without_a_goal_has_no_path():
    assert spark(replace(told("FLOW", {1: 5}), goal=None)).path == ""


@pytest.mark.parametrize(
    ("kind", "values", "given", "moved"),
    [
        ("FLOW", {1: 100, 2: 200, 3: 320}, {}, D("0.2")),
        ("FLOW", {3: 100, 6: 220}, {"frequency": 3}, D("0.2")),
        ("FLOW", {2: 200, 3: 320}, {}, None),
        ("FLOW", {1: 100, 3: 320}, {}, None),
        ("STOCK", {1: 100, 2: 103}, {}, D("0.03")),
        ("RATIO", {3: "0.041", 6: "0.040"}, {"frequency": 3, "target": "0.046"}, D("-0.001")),
        ("COUNT", {6: 1, 12: 1}, {"frequency": 6, "target": 1}, None),
        ("ZERO", {1: 5, 2: 0}, {"target": 0}, None),
    ],
)
def test_a_month_moves_against_the_period_before(kind, values, given, moved):
    assert over_period(told(kind, values, **given)) == moved


@pytest.mark.parametrize(
    ("kind", "given", "moved"),
    [
        ("FLOW", {}, D("0.25")),
        ("RATIO", {"target": "0.046"}, D(20)),
        ("COUNT", {"target": 1}, None),
    ],
)
def test_a_month_moves_against_last_years(kind, given, moved):
    assert over_year(told(kind, {1: 100}, **given), {1: D(80)}) == moved
    assert over_year(told(kind, {1: 100}, **given), {}) is None


@pytest.mark.django_db
def test_the_unit_page_shows_lines_and_last_years_figures(ministry):
    world = small_world()
    flow = factories.IndicatorFactory(code="X01")
    last_plan = factories.PlanFactory(year=2006)
    september = factories.MonthFactory(plan=last_plan, month=date(2006, 9, 1), number=9)
    factories.AssignmentFactory(plan=last_plan, unit=world[0], indicator=flow)
    stand(world[0], september, {flow: 1_000_000})

    page = signed_in(ministry).get("/units/110000/?month=2007-09")

    shown = page.context["page"]
    assert [(line.over_period, line.over_year) for line in shown.lines] == [(None, D("0.1")), (None, None)]
    assert "<polyline" in page.content.decode()
    assert "+10.0%" in page.content.decode()

    PublishedFigure.objects.create(unit=world[0], indicator=flow, month=date(2006, 8, 1), value=800_000, source="年鉴")
    august = signed_in(ministry).get("/units/110000/?month=2007-08").context["page"]
    assert august.lines[0].over_year == D("0.25")
