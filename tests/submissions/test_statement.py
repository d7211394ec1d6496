"""One report as a person sees it: rows, findings, rights; and only what is in force for those who see no drafts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from submissions import services
from submissions.intake import MilestoneInput
from submissions.milestones import milestone_rows
from submissions.models import ReportingMonth
from submissions.statement import shown_to, statement
from tests import factories
from tests.factories import approved, file, shanghai, submitted

pytestmark = pytest.mark.django_db

TODAY = date(2007, 10, 12)
NOW = shanghai(2007, 10, 3)
FIGURES = {"T01": "310000", "T08": "1100000", "T04": ("46", "1000")}
AUGUST = {"T01": "200000", "T08": "1000000"}
WHY = {"V08:T08": "参保范围扩大"}


@pytest.fixture
def august(period, unit, lead, ministry):
    """August filed and approved."""
    approved(unit, ReportingMonth.objects.get(month=date(2007, 8, 1)), AUGUST, by=lead, reviewer=ministry, now=NOW)


def read(report, person):
    return statement(report, person=person, today=TODAY)


def row_of(state, code):
    return next(row for row in state.rows if row.indicator.code == code)


def test_a_report_nobody_began_shows_what_is_due_and_judges_nothing(unit, period, clerk, august):
    state = read(services.report_for(unit, period), clerk)

    assert [row.indicator.code for row in state.rows] == ["T01", "T04", "T08"]
    assert [(row.state, row.value, row.month_value, row.is_answered) for row in state.rows] == [
        ("NOT_REPORTED", None, None, False)
    ] * 3
    assert (state.found, state.n_answered, state.n_blocking) == ([], 0, 0)
    assert row_of(state, "T01").previous_value == 200_000


def test_a_row_holds_value_previous_and_month(unit, period, clerk, august):
    target = factories.TargetFactory(indicator=factories.IndicatorFactory(code="T01"), unit=unit)

    state = read(file(unit, period, FIGURES, by=clerk, now=NOW), clerk)

    flow, rate, stock = state.rows
    assert (flow.value, flow.previous_value, flow.month_value, flow.target) == (310_000, 200_000, 110_000, target)
    assert (rate.value, rate.previous_value, rate.month_value) == (Decimal("0.046"), None, None)
    assert (stock.value, stock.previous_value, stock.month_value) == (1_100_000, 1_000_000, None)


def test_rate_and_month_value_are_withheld_while_a_slip_is_suspected(unit, period, clerk, august):
    factories.TargetFactory(indicator=factories.IndicatorFactory(code="T01"), unit=unit, target_value=400_000)

    sound = row_of(read(file(unit, period, {"T01": "310000"}, by=clerk, now=NOW), clerk), "T01")
    slipped = row_of(read(file(unit, period, {"T01": "31"}, by=clerk, now=NOW), clerk), "T01")

    assert (sound.completion_rate, slipped.completion_rate) == (Decimal("0.775"), None)
    assert (sound.month_value, slipped.month_value) == (110_000, None)


def test_a_month_value_needs_the_period_just_before(unit, lead):
    july, september = factories.MonthFactory(number=7), factories.MonthFactory(number=9)
    file(unit, july, {"T01": "100"}, by=lead, now=NOW)
    report = file(unit, september, {"T01": "300"}, by=lead, now=NOW)

    flow = row_of(read(report, lead), "T01")

    assert (flow.previous_value, flow.month_value) == (100, None)


def test_january_is_its_own_month_value(unit, lead):
    report = file(unit, factories.MonthFactory(number=1), {"T01": "300"}, by=lead, now=NOW)

    assert row_of(read(report, lead), "T01").month_value == 300


@pytest.mark.parametrize(
    ("given", "is_answered"),
    [
        ({"value": "0"}, True),
        ({"state": "not_applicable"}, True),
        ({"state": "not_reported", "note": "系统故障"}, True),
        ({"state": "not_reported"}, False),
    ],
)
def test_a_row_is_answered_by_a_number_or_a_reason(unit, period, clerk, given, is_answered):
    report = file(unit, period, {"T01": given}, by=clerk, now=NOW)

    assert row_of(read(report, clerk), "T01").is_answered is is_answered


def test_findings_come_with_sentence_and_answer(unit, period, clerk, august):
    report = file(unit, period, {**FIGURES, "T04": None}, by=clerk, now=NOW)

    state = read(report, clerk)

    assert [(found.finding.key, found.blocks, found.needs_explanation) for found in state.found] == [
        ("V19:T04", True, False),
        ("V08:T08", False, True),
    ]
    assert state.found[1].message.startswith("T08 养老参保的期末数 110万人 比 8月的 100万人 增加 10.00%，超过 5.00%")
    assert state.n_blocking == 2
    report = services.save_draft(report, by=clerk, now=NOW, version=1, explanations=WHY)
    state = read(report, clerk)
    assert (state.found[1].explanation, state.n_blocking) == ("参保范围扩大", 1)


def test_rights_are_named_as_the_api_names_them(unit, period, clerk, lead, ministry):
    report = submitted(unit, period, FIGURES, by=lead, now=NOW, explanations=WHY)

    def granted(person):
        return {verb for verb, may in read(report, person).may.items() if may}

    assert list(read(report, clerk).may) == ["edit", "submit", "withdraw", "approve", "return", "correct", "reopen"]
    assert [granted(clerk), granted(lead), granted(ministry)] == [
        set(),
        {"withdraw"},
        {"withdraw", "approve", "return"},
    ]


def test_who_sees_no_drafts_reads_what_is_in_force(unit, period, lead, ministry, analyst, planner, clerk, august):
    report = approved(unit, period, FIGURES, by=lead, reviewer=ministry, now=NOW, explanations=WHY)
    services.correct(report, by=lead, now=NOW, version=report.version, comment="漏报一县")
    report = file(unit, period, {"T01": "999999"}, by=lead, now=NOW)

    shown = {person.username: read(report, person) for person in (analyst, planner, clerk, ministry)}

    assert {name: (row_of(state, "T01").value, state.report.status) for name, state in shown.items()} == {
        "analyst": (310_000, "APPROVED"),
        "planner": (999_999, "DRAFT"),
        "gd_clerk": (999_999, "DRAFT"),
        "ministry": (999_999, "DRAFT"),
    }
    assert report.status == "DRAFT"


def test_who_sees_no_drafts_is_not_told_of_an_earlier_one(unit, period, lead, ministry, analyst):
    file(unit, ReportingMonth.objects.get(month=date(2007, 8, 1)), {"T01": "200000"}, by=lead, now=NOW)
    report = approved(unit, period, FIGURES, by=lead, reviewer=ministry, now=NOW)

    assert row_of(read(report, analyst), "T01").previous is None
    assert row_of(read(report, lead), "T01").previous_value == 200_000


@pytest.mark.parametrize("n", [1, 3])
def test_a_statement_costs_the_same_queries_whatever_is_due(unit, period, clerk, n, django_assert_num_queries):
    for number in range(n):
        factories.AssignmentFactory(unit=unit, indicator=factories.IndicatorFactory(code=f"T2{number}"))
    file(unit, period, {f"T2{number}": "5" for number in range(n)}, by=clerk, now=NOW)
    report = services.report_for(unit, period)
    read(report, clerk)

    with django_assert_num_queries(10):
        read(report, clerk)


def test_milestones_stand_as_last_filed(unit, period, lead, ministry):
    august = ReportingMonth.objects.get(month=date(2007, 8, 1))
    one, two = factories.MilestoneFactory(code="M01-1"), factories.MilestoneFactory(code="M01-2")
    factories.MilestoneFactory(code="M01-3", actors=["M"], scope="NATIONAL")
    early = services.save_draft(
        services.report_for(unit, august),
        by=lead,
        now=NOW,
        version=0,
        milestones=[MilestoneInput(one, "IN_PROGRESS"), MilestoneInput(two, "IN_PROGRESS")],
    )
    report = services.save_draft(
        services.report_for(unit, period),
        by=lead,
        now=NOW,
        version=0,
        milestones=[MilestoneInput(two, "ISSUED", actual_on=date(2007, 9, 20))],
    )

    def states(of, **options):
        return [
            (row.milestone.code, row.state and row.state.state) for row in milestone_rows(of, today=TODAY, **options)
        ]

    assert states(early) == [("M01-1", "IN_PROGRESS"), ("M01-2", "IN_PROGRESS")]
    assert states(report) == [("M01-1", "IN_PROGRESS"), ("M01-2", "ISSUED")]
    in_force = shown_to(factories.person("ANALYST"), report)[1]
    assert states(report, standing=in_force) == [("M01-1", None), ("M01-2", None)]
