"""What the database itself refuses, each violated below the models' own validation; and the vocabulary of selection."""

from __future__ import annotations

from copy import copy
from datetime import UTC, date
from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.db.models import DecimalField, F, Value
from django.db.models.functions import Cast

from submissions import services
from submissions.models import (
    Decision,
    DirtyUnit,
    Explanation,
    Figure,
    Filing,
    MilestoneState,
    MonthlyReport,
    ReportingMonth,
)
from tests import factories
from tests.factories import shanghai

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 3)
NAN = Cast(Value("NaN"), DecimalField(max_digits=19, decimal_places=4))


@pytest.fixture
def report(ministry):
    """A draft of September with one figure, one explanation and one milestone state."""
    report = factories.ReportFactory(period=factories.MonthFactory(number=9))
    factories.AssignmentFactory(unit=report.unit, indicator=factories.IndicatorFactory(code="T01"))
    indicator = factories.IndicatorFactory(code="T01")
    factories.FigureFactory(filing=report.filing, indicator=indicator)
    factories.ExplanationFactory(filing=report.filing, indicator=indicator)
    MilestoneState.objects.create(filing=report.filing, milestone=factories.MilestoneFactory(), state="IN_PROGRESS")
    return report


@pytest.fixture
def submitted(report, ministry):
    return services.submit(report, by=ministry, now=NOW, version=report.version)


def violated(error: IntegrityError) -> str:
    return error.__cause__.diag.constraint_name


# Constraints -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("submissions_month_is_first_day", {"month": date(2007, 9, 2)}),
        ("submissions_month_due_after_it_begins", {"due_on": date(2007, 9, 1), "opens_on": date(2007, 8, 1)}),
        ("submissions_month_opens_before_due", {"opens_on": date(2007, 10, 5)}),
        ("submissions_month_closed_by_and_at", {"closed_at": NOW}),
        ("submissions_month_published_by_and_at", {"published_at": NOW}),
    ],
)
def test_a_month_that_cannot_be_is_refused(name, change):
    period = factories.MonthFactory(number=9)

    with pytest.raises(IntegrityError) as refused:
        ReportingMonth.objects.filter(pk=period.pk).update(**change)

    assert violated(refused.value) == name


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("submissions_report_status_is_known", {"status": "LOST"}),
        ("submissions_report_approved_filing_is_the_current_one", {"status": "APPROVED"}),
        ("submissions_report_approved_filing_is_the_current_one", {"status": "APPROVED", "filing": None}),
    ],
)
def test_a_report_that_cannot_be_is_refused(report, name, change):
    with pytest.raises(IntegrityError) as refused:
        MonthlyReport.objects.filter(pk=report.pk).update(**change)

    assert violated(refused.value) == name


def test_a_unit_has_one_report_per_month(report):
    with pytest.raises(IntegrityError) as refused:
        MonthlyReport.objects.create(unit=report.unit, period=report.period)

    assert violated(refused.value) == "submissions_report_one_per_unit_and_month"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("submissions_filing_outcome_is_known", {"outcome": "LOST", "submitted_at": NOW, "submitted_by": 1}),
        ("submissions_filing_release_is_known", {"release": "LATER"}),
        ("submissions_filing_submitted_by_and_at", {"submitted_by": 1}),
        ("submissions_filing_decided_by_and_at", {"decided_at": NOW}),
        ("submissions_filing_leaves_open_by_submission", {"outcome": "PENDING"}),
        ("submissions_filing_decision_is_complete", {"outcome": "RETURNED", "submitted_by": 1, "submitted_at": NOW}),
        (
            "submissions_filing_approved_by_another_person",
            {"outcome": "APPROVED", "submitted_by": 1, "submitted_at": NOW, "decided_by": 1, "decided_at": NOW},
        ),
        ("submissions_filing_correction_has_a_reason", {"supersedes": F("id")}),
    ],
)
def test_a_filing_that_cannot_be_is_refused(report, ministry, name, change):
    people = {field: ministry for field in ("submitted_by", "decided_by") if field in change}

    with pytest.raises(IntegrityError) as refused:
        Filing.objects.filter(pk=report.filing_id).update(**{**change, **people})

    assert violated(refused.value) == name


def test_filings_of_a_report_are_numbered(report):
    with pytest.raises(IntegrityError) as refused:
        Filing.objects.create(report=report, number=report.filing.number)

    assert violated(refused.value) == "submissions_filing_one_number_per_report"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("submissions_figure_state_is_known", {"state": "LOST", "value": None}),
        ("submissions_figure_value_is_a_number", {"value": Decimal(-1)}),
        ("submissions_figure_value_is_a_number", {"value": NAN}),
        ("submissions_figure_numerator_is_a_number", {"value": None, "numerator": -1, "denominator": 1}),
        ("submissions_figure_denominator_is_a_number", {"value": None, "numerator": 1, "denominator": NAN}),
        ("submissions_figure_denominator_is_positive", {"value": None, "numerator": 1, "denominator": 0}),
        ("submissions_figure_numerator_with_denominator", {"value": None, "numerator": 1}),
        ("submissions_figure_is_reported_exactly_with_a_number", {"value": None}),
        ("submissions_figure_is_reported_exactly_with_a_number", {"numerator": 1, "denominator": 2}),
        ("submissions_figure_is_reported_exactly_with_a_number", {"state": "NOT_REPORTED"}),
        ("submissions_figure_persons_not_negative", {"persons": -1}),
    ],
)
def test_a_figure_that_cannot_be_is_refused(report, name, change):
    with pytest.raises(IntegrityError) as refused:
        Figure.objects.filter(filing=report.filing).update(**change)

    assert violated(refused.value) == name


@pytest.mark.parametrize(
    ("name", "model", "change"),
    [
        ("submissions_milestone_state_is_known", MilestoneState, {"state": "LOST"}),
        ("submissions_milestone_issued_on_a_day", MilestoneState, {"state": "ISSUED"}),
        ("submissions_milestone_has_a_day_once_done", MilestoneState, {"actual_on": date(2007, 6, 30)}),
        ("submissions_milestone_renamed_to_a_title", MilestoneState, {"state": "RENAMED"}),
        ("submissions_milestone_new_title_of_what_was_renamed", MilestoneState, {"new_title": "新名"}),
        (
            "submissions_milestone_carried_over_says_why_and_until",
            MilestoneState,
            {"state": "CARRIED_OVER", "planned_on": date(2008, 6, 30)},
        ),
        (
            "submissions_milestone_carried_over_says_why_and_until",
            MilestoneState,
            {"state": "CARRIED_OVER", "note": "x"},
        ),
        ("submissions_milestone_cancelled_says_why", MilestoneState, {"state": "CANCELLED"}),
        ("submissions_explanation_says_something", Explanation, {"text": ""}),
    ],
)
def test_words_that_cannot_be_are_refused(report, name, model, change):
    with pytest.raises(IntegrityError) as refused:
        model.objects.filter(filing=report.filing).update(**change)

    assert violated(refused.value) == name


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("submissions_figure_one_per_filing_and_indicator", Figure),
        ("submissions_milestone_one_per_filing", MilestoneState),
        ("submissions_explanation_one_per_finding", Explanation),
    ],
)
def test_a_filing_holds_each_row_once(report, name, model):
    twin = model.objects.get(filing=report.filing)
    twin.pk = None

    with pytest.raises(IntegrityError) as refused:
        twin.save(force_insert=True)

    assert violated(refused.value) == name


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("submissions_decision_verb_is_known", {"verb": "LOSE"}),
        ("submissions_decision_says_why", {"verb": "CORRECT", "comment": ""}),
        ("submissions_decision_says_why", {"verb": "REOPEN", "comment": ""}),
    ],
)
def test_a_decision_that_cannot_be_is_refused(report, ministry, name, fields):
    with pytest.raises(IntegrityError) as refused:
        Decision.objects.create(
            report=report,
            filing=report.filing,
            from_status="DRAFT",
            to_status="DRAFT",
            version=1,
            by=ministry,
            at=NOW,
            **fields,
        )

    assert violated(refused.value) == name


# What is frozen --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "change", "about", "name"),
    [
        (Figure, {"value": 41}, factories.IndicatorFactory, "submissions_figure_is_frozen"),
        (MilestoneState, {"note": "另一个说法"}, factories.MilestoneFactory, "submissions_milestone_is_frozen"),
        (Explanation, {"text": "另一个说法"}, factories.IndicatorFactory, "submissions_explanation_is_frozen"),
    ],
)
def test_rows_of_a_submitted_filing_are_neither_changed_nor_taken_nor_added(submitted, model, change, about, name):
    rows = model.objects.filter(filing=submitted.filing)
    another = Filing.objects.create(report=submitted, number=9)
    row = rows.get()
    setattr(row, about._meta.model._meta.model_name, about())
    row.pk = None
    elsewhere = copy(row)
    elsewhere.filing = another
    elsewhere.save(force_insert=True)
    attempts = (
        lambda: rows.update(**change),
        lambda: rows.update(filing=another),
        lambda: rows._raw_delete(rows.db),
        lambda: row.save(force_insert=True),
        lambda: model.objects.filter(filing=another).update(filing=submitted.filing),
    )

    for attempt in attempts:
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            attempt()
        assert violated(refused.value) == name


def test_a_submitted_filing_keeps_its_words_until_it_is_decided(submitted, planner):
    """Trigger submitted_filing_keeps_its_words: else four eyes could be turned to another pair."""
    filing = Filing.objects.filter(pk=submitted.filing_id)

    for change in ({"submitted_by": planner}, {"note": "改"}, {"number": 7}, {"submitted_at": shanghai(2007, 10, 1)}):
        with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
            filing.update(**change)


def test_a_submitted_filing_is_not_deleted(submitted):
    """Trigger submitted_filing_is_kept."""
    with pytest.raises(InternalError, match="Cannot delete"), transaction.atomic():
        Filing.objects.filter(pk=submitted.filing_id)._raw_delete("default")


@pytest.mark.parametrize("verb", ["approve", "return_", "withdraw"])
def test_a_decided_filing_is_frozen(submitted, ministry, verb):
    """Trigger decided_filing_is_frozen."""
    reviewer = ministry if verb == "withdraw" else factories.person("MINISTRY_REVIEWER")
    why = {"comment": "请核对。"}
    getattr(services, verb)(submitted, by=reviewer, now=NOW, version=submitted.version, **why)

    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        Filing.objects.filter(pk=submitted.filing_id).update(outcome="PENDING", decided_by=None, decided_at=None)


def test_a_return_without_a_reason_or_a_comment_at_a_cell_is_refused(submitted, ministry):
    """Trigger return_says_why, asked when the transaction ends: the comments come after their decision."""
    said = {"by": ministry, "at": NOW, "verb": "RETURN", "from_status": "SUBMITTED", "to_status": "RETURNED"}
    Decision.objects.create(report=submitted, filing=submitted.filing, version=2, **said)

    with pytest.raises(IntegrityError) as refused:
        connection.check_constraints()

    assert violated(refused.value) == "submissions_decision_return_says_why"


def test_decisions_are_neither_changed_nor_deleted(submitted):
    """Trigger decision_is_kept."""
    decisions = Decision.objects.filter(report=submitted)

    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        decisions.update(comment="改")
    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        decisions._raw_delete("default")


# Selection -------------------------------------------------------------------------------------


@pytest.fixture
def tree(db):
    """One province with a county under it, and another province; each with a report, one of them approved."""
    clerk_of = factories.person
    province = factories.UnitFactory(code="440000")
    county = factories.UnitFactory(code="440100", parent=province, kind="PREFECTURE")
    other = factories.UnitFactory(code="230000")
    indicator = factories.IndicatorFactory(code="T01")
    for unit in (province, county, other):
        factories.AssignmentFactory(unit=unit, indicator=indicator)
    period = factories.MonthFactory(number=9)
    one, two = clerk_of("MINISTRY_REVIEWER"), clerk_of("MINISTRY_REVIEWER")
    factories.approved(other, period, {"T01": "1"}, by=one, reviewer=two)
    factories.submitted(county, period, {"T01": "1"}, by=one)
    factories.submitted(province, period, {"T01": "1"}, by=one)
    return {"province": province, "county": county, "other": other}


@pytest.mark.parametrize(
    ("role", "at", "visible", "reviewable"),
    [
        ("MINISTRY_REVIEWER", None, ["230000", "440000", "440100"], ["230000", "440000", "440100"]),
        ("PLANNER", None, ["230000", "440000", "440100"], []),
        ("ANALYST", None, ["230000"], []),
        ("CLERK", "province", ["440000", "440100"], []),
        ("LEAD", "province", ["440000", "440100"], ["440100"]),
        ("LEAD", "county", ["440100"], []),
        ("LEAD", "other", ["230000"], []),
        ("SYSTEM_ADMIN", None, [], []),
        ("SECURITY_ADMIN", None, [], []),
        ("AUDITOR", None, [], []),
    ],
)
def test_each_role_sees_and_reviews_its_reports(tree, role, at, visible, reviewable):
    person = factories.person(role, tree[at] if at else None)
    codes = "unit__code"

    seen = MonthlyReport.objects.visible_to(person).order_by(codes).values_list(codes, flat=True)
    mine = MonthlyReport.objects.reviewable_by(person).order_by(codes).values_list(codes, flat=True)

    assert (list(seen), list(mine)) == (visible, reviewable)


def test_reports_are_selected_by_adjectives(tree):
    reports = MonthlyReport.objects.order_by("unit__code")

    assert [report.unit.code for report in reports.awaiting_review()] == ["440000", "440100"]
    assert [report.unit.code for report in reports.approved()] == ["230000"]
    assert reports.in_year(2007).count() == 3
    assert reports.in_year(2008).count() == 0


def test_people_come_with_the_report_in_one_query(tree, django_assert_num_queries):
    with django_assert_num_queries(1):
        for report in MonthlyReport.objects.with_people():
            assert report.unit.parent is not None
            assert report.filing.submitted_by.username


# What a report and a month say of themselves ---------------------------------------------------


@pytest.mark.parametrize(
    ("submitted_at", "is_late"),
    [
        (None, False),
        (shanghai(2007, 10, 5, 23), False),
        (shanghai(2007, 10, 6, 1), True),  # still the 5th in UTC
    ],
)
def test_lateness_is_told_in_shanghai(report, submitted_at, is_late):
    if submitted_at is not None:
        submitted_at = submitted_at.astimezone(UTC)  # as the database returns it

    assert report.is_late(submitted_at) is is_late


@pytest.mark.parametrize(
    ("status", "is_editable"),
    [("DRAFT", True), ("RETURNED", True), ("SUBMITTED", False), ("APPROVED", False)],
)
def test_drafts_and_returned_reports_are_editable(status, is_editable):
    assert MonthlyReport(status=status).is_editable is is_editable


def test_only_a_report_nobody_began_has_no_filing(report):
    assert report.begun_filing == report.filing
    with pytest.raises(Filing.DoesNotExist):
        _ = services.report_for(factories.UnitFactory(), report.period).begun_filing


def test_a_month_opens_falls_due_closes_and_is_published():
    period = factories.MonthFactory.build(number=9, plan=factories.PlanFactory())

    assert [period.is_open_on(date(2007, 8, 31)), period.is_open_on(date(2007, 9, 1))] == [False, True]
    assert [period.is_overdue_on(date(2007, 10, 5)), period.is_overdue_on(date(2007, 10, 6))] == [False, True]
    assert [period.is_closed, period.is_published] == [False, False]
    assert str(period) == "2007-09"


def test_rows_name_themselves(submitted, ministry):
    filing = submitted.filing

    assert str(submitted).endswith("2007-09")
    assert str(filing) == f"{submitted.pk}/1"
    assert str(filing.figures.get()).startswith(f"{filing.pk} ")
    assert str(filing.milestones.get()).startswith(f"{filing.pk} ")
    assert str(filing.explanations.get()).startswith("V08:")
    assert str(submitted.decisions.get()) == f"{submitted.pk} SUBMIT"
    assert str(DirtyUnit(unit_id=7, month=date(2007, 9, 1))) == "7 2007-09-01"
