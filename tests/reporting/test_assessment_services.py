"""From a draft to a published grade: who may, what is measured, what is refused, and the trace each step leaves."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import AuditEntry
from reporting.assessment import grading, measuring, services, workflow
from reporting.assessment.intake import Adjustment, Answer
from reporting.assessment.models import AssessmentState, AssessmentVerb
from reporting.models import Assessment, AssessmentCriterion, AssessmentLine, AssessmentRound, GradeCancellation
from submissions.models import Filing, MonthlyReport
from targets.models import Milestone
from tests import factories
from tests.factories import shanghai
from tests.reporting.assessed import (
    NOW,
    answers,
    checked,
    confirmed,
    filing_unit,
    handed_in,
    judged,
    round_of,
    scheme,
)
from tests.reporting.filings import refile, stand

pytestmark = pytest.mark.django_db

S, V = AssessmentState, AssessmentVerb


@pytest.fixture
def taken():
    factories.months_of_2007()
    return round_of(scheme())


@pytest.fixture
def unit(taken):
    return filing_unit("110000", jobs=720)


@pytest.fixture
def lead(unit):
    return factories.person("LEAD", unit)


@pytest.fixture
def second(db):
    return factories.person("MINISTRY_REVIEWER", username="second")


def lines_of(sheet: Assessment) -> dict[str, AssessmentLine]:
    return {one.criterion.code: one for one in sheet.lines.select_related("criterion__section")}


def test_a_sheet_handed_in_is_measured_from_what_is_approved(taken, unit, lead):
    sheet = handed_in(taken, unit, by=lead)

    points = {code: line.points for code, line in lines_of(sheet).items()}
    # 720 of the 900 expected by September; no milestone told of; eight months missing and one late; 24 of 30 claimed.
    assert points == {"A1": Decimal(32), "A2": 0, "A3": Decimal("5.5"), "B1": Decimal(24)}
    assert (sheet.state, sheet.total, sheet.version) == (S.SUBMITTED, Decimal("61.5"), 1)


def test_what_a_line_was_computed_from_is_kept_with_it(taken, unit, lead):
    lines = lines_of(handed_in(taken, unit, by=lead))

    assert lines["A1"].inputs == {
        "indicator": "X01", "month": "2007-09", "value": "720", "value_month": "2007-09", "target": "1200",
        "expected": "900", "achieved": "0.8",
    }  # fmt: skip
    assert lines["A2"].inputs["milestones"][0]["code"] == "M01-1"
    assert [one["month"] for one in lines["A3"].inputs["held"]] == [f"2007-{n:02d}" for n in range(1, 10)]


def test_a_year_is_held_against_the_whole_target(unit, lead):
    year = round_of(AssessmentRound.objects.get().scheme, "S1-Y", basis="YEAR")

    lines = lines_of(handed_in(year, unit, by=lead))

    assert lines["A1"].points == 40 * Decimal(720) / 1200


@pytest.mark.parametrize(
    ("state", "points"),
    [
        ({"state": "ISSUED", "actual_on": date(2007, 9, 3)}, "20"),
        ({"state": "SUBMITTED"}, "16"),
        ({"state": "IN_PROGRESS"}, "12"),
        ({"state": "IN_PROGRESS", "planned_on": date(2007, 9, 30)}, "0"),
        ({"state": "NOT_STARTED"}, "0"),
    ],
)
def test_a_milestone_earns_by_its_state_and_nothing_once_overdue(taken, unit, lead, state, points):
    stand(unit, factories.MonthFactory(number=8), {}, {Milestone.objects.get(): state})

    assert lines_of(handed_in(taken, unit, by=lead))["A2"].points == Decimal(points)


def test_a_cancelled_milestone_leaves_the_sheet_with_its_weight(taken, unit, lead):
    gone = {Milestone.objects.get(): {"state": "CANCELLED", "note": "国务院取消"}}
    stand(unit, factories.MonthFactory(number=8), {}, gone)

    sheet = handed_in(taken, unit, by=lead)

    assert lines_of(sheet)["A2"].applies is False
    assert sheet.total == Decimal("76.875")  # (32 + 5.5 + 24) × 100 ÷ 80


def test_a_unit_without_the_target_is_not_held_to_it(taken, lead, unit):
    unit_without = factories.UnitFactory(code="120000")
    factories.AssignmentFactory(indicator=factories.IndicatorFactory(code="X02"), unit=unit_without)
    sheet = handed_in(taken, unit_without, by=factories.person("LEAD", unit_without))

    assert lines_of(sheet)["A1"].applies is False


def test_a_target_nobody_reported_on_earns_nothing(taken, lead, unit):
    silent = factories.UnitFactory(code="120000")
    indicator = factories.IndicatorFactory(code="X01")
    factories.TargetFactory(indicator=indicator, unit=silent)
    factories.AssignmentFactory(indicator=indicator, unit=silent)
    line = lines_of(handed_in(taken, silent, by=factories.person("LEAD", silent)))["A1"]

    assert (line.points, line.applies, line.inputs["value"]) == (0, True, None)


def test_corrections_after_approval_are_deducted_and_a_final_release_is_none(taken, unit, lead, ministry):
    AssessmentCriterion.objects.filter(kind="DEDUCTION").update(counted="CORRECTED")
    indicator = factories.IndicatorFactory(code="X01")
    refile(
        unit,
        factories.MonthFactory(number=9),
        {indicator: 730},
        by=ministry,
        at=shanghai(2007, 10, 10),
        reason="汇总有误",
    )

    line = lines_of(handed_in(taken, unit, by=lead))["A3"]

    assert (line.points, line.inputs) == (Decimal("9.5"), {"held": [{"month": "2007-09", "how": "corrected"}]})


def test_what_was_handed_in_stays_as_measured(taken, unit, lead, ministry):
    sheet = handed_in(taken, unit, by=lead)
    indicator = factories.IndicatorFactory(code="X01")
    refile(
        unit, factories.MonthFactory(number=9), {indicator: 900}, by=ministry, at=shanghai(2007, 10, 12), reason="补"
    )

    sheet = services.check(sheet, by=ministry, now=NOW, version=1, adjustments={})

    assert sheet.total == Decimal("61.5")


# The way through -------------------------------------------------------------------------------


def test_every_step_is_in_the_history_and_in_the_audit_trail(taken, unit, lead, ministry, second):
    sheet = confirmed(taken, unit, by=lead, reviewer=ministry, second=second)
    grading.publish(taken, by=ministry, now=NOW, n_confirmed=1)

    steps = list(sheet.steps.order_by("pk").values_list("verb", "from_state", "to_state", "version"))
    trail = list(AuditEntry.objects.filter(action__startswith="assessment").values_list("action", flat=True))
    assert steps == [
        ("SUBMIT", "DRAFT", "SUBMITTED", 1),
        ("CHECK", "SUBMITTED", "CHECKED", 2),
        ("CONFIRM", "CHECKED", "CONFIRMED", 3),
        ("PUBLISH", "CONFIRMED", "PUBLISHED", 4),
    ]
    assert trail == ["assessment.submit", "assessment.check", "assessment.confirm", "assessment.publish"]


def test_an_adjustment_counts_and_says_why(taken, unit, lead, ministry):
    sheet = handed_in(taken, unit, by=lead)
    line = lines_of(sheet)["B1"]
    adjustments = {line.pk: Adjustment(Decimal("20.5"), "两市未签。")}

    sheet = services.check(sheet, by=ministry, now=NOW, version=1, adjustments=adjustments)

    told = AuditEntry.objects.get(action="assessment.check").details
    assert (sheet.total, lines_of(sheet)["B1"].points) == (Decimal(58), Decimal("20.5"))
    assert told["adjusted"]["B1"][2] == "两市未签。"


def test_a_return_keeps_what_the_check_said_until_it_is_handed_in_again(taken, unit, lead, ministry, second):
    sheet = handed_in(taken, unit, by=lead)
    adjustments = {lines_of(sheet)["B1"].pk: Adjustment(Decimal(20), "两市未签。")}
    sheet = services.check(sheet, by=ministry, now=NOW, version=1, adjustments=adjustments)
    sheet = services.return_(sheet, by=second, now=NOW, version=2, comment="请补充名单。")
    assert (sheet.state, sheet.total, lines_of(sheet)["B1"].checked) == (S.RETURNED, None, 20)

    sheet = services.submit(sheet, by=lead, now=NOW, version=3, answers=answers(taken, "20"))

    assert (sheet.total, lines_of(sheet)["B1"].checked) == (Decimal("57.5"), None)


def test_a_sheet_is_taken_back_before_it_is_checked(taken, unit, lead):
    sheet = services.withdraw(handed_in(taken, unit, by=lead), by=lead, now=NOW, version=1)

    assert (sheet.state, sheet.total) == (S.DRAFT, None)


def test_a_draft_keeps_what_is_written_even_half(taken, unit, lead):
    sheet = services.sheet_for(taken, unit)
    half = {judged(taken).pk: Answer(None, "签")}

    sheet = services.save(sheet, by=lead, now=NOW, version=0, answers=half)

    line = lines_of(sheet)["B1"]
    assert (sheet.state, sheet.version, line.claimed, line.narrative) == (S.DRAFT, 1, None, "签")


def test_proofs_are_what_was_named_last(taken, unit, lead):
    report = MonthlyReport.objects.get(unit=unit)
    named = {judged(taken).pk: Answer(Decimal(1), "按季督查。", reports=frozenset({report.pk}))}
    sheet = services.save(services.sheet_for(taken, unit), by=lead, now=NOW, version=0, answers=named)
    assert [one.report for one in lines_of(sheet)["B1"].proofs.all()] == [report]

    sheet = services.save(sheet, by=lead, now=NOW, version=1, answers=answers(taken))

    assert list(lines_of(sheet)["B1"].proofs.all()) == []


@pytest.mark.parametrize(
    ("answer", "fields"),
    [
        (Answer(None, "与各市签订责任书。"), ["points.B1"]),
        (Answer(Decimal(0), "没有"), ["narrative.B1"]),
        (Answer(None, ""), ["points.B1", "narrative.B1"]),
    ],
)
def test_nothing_is_handed_in_without_points_and_words(taken, unit, lead, answer, fields):
    with pytest.raises(services.AnswersMissing) as refused:
        services.submit(
            services.sheet_for(taken, unit), by=lead, now=NOW, version=0, answers={judged(taken).pk: answer}
        )

    assert list(refused.value.missing) == fields
    assert Assessment.objects.count() == 0


# Who may, and when -----------------------------------------------------------------------------

#: verb → roles that may take it, where nobody has taken the step before.
WHO = {
    V.SAVE: {"CLERK", "LEAD"},
    V.SUBMIT: {"LEAD"},
    V.WITHDRAW: {"LEAD"},
    V.CHECK: {"MINISTRY_REVIEWER"},
    V.RETURN: {"MINISTRY_REVIEWER"},
    V.CONFIRM: {"MINISTRY_REVIEWER"},
    V.PUBLISH: {"MINISTRY_REVIEWER"},
}


@pytest.mark.parametrize("verb", list(V))
@pytest.mark.parametrize("role", ["CLERK", "LEAD", "MINISTRY_REVIEWER", "PLANNER", "ANALYST", "AUDITOR"])
def test_a_step_is_open_exactly_to_whom_and_where_the_table_says(taken, unit, verb, role):
    person = factories.person(role, unit if role in {"CLERK", "LEAD"} else None)

    for state in S:
        sheet = Assessment(round=taken, unit=unit, state=state)
        expected = role in WHO[verb] and state in workflow.STEPS[verb].sources
        assert workflow.may(verb, sheet, by=person, today=NOW.date()) is expected


def test_another_units_lead_may_nothing(taken, unit):
    other = factories.person("LEAD", factories.UnitFactory(code="120000"))

    assert not any(
        workflow.may(verb, Assessment(round=taken, unit=unit, state=state), by=other, today=NOW.date())
        for verb in V
        for state in S
    )


def test_whoever_handed_in_or_checked_does_not_confirm(taken, unit, ministry):
    """A person who is both a bureau's lead and the ministry's reviewer does one of the steps, not two."""
    both = factories.person("LEAD", unit)
    factories.GrantFactory(user=both, role="MINISTRY_REVIEWER")
    sheet = handed_in(taken, unit, by=both)

    with pytest.raises(workflow.SamePerson):
        services.check(sheet, by=both, now=NOW, version=1, adjustments={})
    sheet = services.check(sheet, by=ministry, now=NOW, version=1, adjustments={})
    with pytest.raises(workflow.SamePerson):
        services.confirm(sheet, by=ministry, now=NOW, version=2)
    with pytest.raises(workflow.SamePerson):
        services.confirm(sheet, by=both, now=NOW, version=2)


def test_a_refused_step_leaves_a_trace(taken, unit, lead, ministry):
    sheet = checked(taken, unit, by=lead, reviewer=ministry)

    with pytest.raises(workflow.SamePerson):
        services.confirm(sheet, by=ministry, now=NOW, version=2)

    entry = AuditEntry.objects.get(action="assessment.confirm.refused")
    assert entry.details == {"round": "S1-Q3", "unit": "110000", "version": 2, "code": "four_eyes"}


def test_a_step_on_an_older_version_is_refused(taken, unit, lead, ministry):
    sheet = handed_in(taken, unit, by=lead)
    services.withdraw(sheet, by=lead, now=NOW, version=1)
    services.submit(sheet, by=lead, now=NOW, version=2, answers=answers(taken))

    with pytest.raises(services.StaleSheet, match="第 3 版"):
        services.check(sheet, by=ministry, now=NOW, version=1, adjustments={})


def test_a_return_without_a_reason_is_refused(taken, unit, lead, ministry):
    sheet = handed_in(taken, unit, by=lead)

    with pytest.raises(workflow.ReasonMissing):
        services.return_(sheet, by=ministry, now=NOW, version=1, comment=" ")


def test_a_round_that_has_not_begun_takes_nothing(taken, unit, lead):
    with pytest.raises(workflow.RoundNotOpen, match="2007-10-09"):
        services.save(services.sheet_for(taken, unit), by=lead, now=shanghai(2007, 10, 8), version=0, answers={})


def test_units_that_do_not_file_are_not_assessed(taken, unit):
    central = factories.UnitFactory(code="900000", kind="NON_PROVINCIAL")
    idle = factories.UnitFactory(code="130000")
    factories.AssignmentFactory(indicator=factories.IndicatorFactory(code="X01"), unit=central)

    assert services.participants(taken) == [unit]
    with pytest.raises(workflow.NotYours, match="不在考核范围内"):
        services.save(
            services.sheet_for(taken, idle), by=factories.person("LEAD", idle), now=NOW, version=0, answers={}
        )


@pytest.mark.parametrize(("field", "words"), [("weight", "合计 65"), ("full_points", "不等于满分")])
def test_by_a_scheme_that_does_not_add_up_nobody_is_assessed(taken, unit, lead, field, words):
    if field == "weight":
        AssessmentCriterion.objects.filter(kind="DEDUCTION").update(weight=5, cap=5)
    else:
        taken.scheme.full_points = 110
        taken.scheme.save()

    with pytest.raises(services.SchemeNotWhole, match=words):
        services.save(services.sheet_for(taken, unit), by=lead, now=NOW, version=0, answers={})


# Publication -----------------------------------------------------------------------------------


@pytest.fixture
def ten(taken, ministry, second):
    """Ten units confirmed, the first four with 90 points or more."""
    AssessmentCriterion.objects.filter(kind="DEDUCTION").update(weight=10, cap=Decimal("0.5"))
    claims = ["30", "29", "28.5", "28.5", "20", "19", "18", "17", "16", "2"]
    milestone = Milestone.objects.get()
    done = {milestone: {"state": "ISSUED", "actual_on": date(2007, 8, 3)}}
    for number, claim in enumerate(claims):
        unit = filing_unit(f"{11 + number}0000")
        stand(unit, factories.MonthFactory(number=8), {}, done)
        confirmed(taken, unit, by=factories.person("LEAD", unit), reviewer=ministry, second=second, points=claim)
    return taken


def test_grades_follow_points_with_the_quota_and_its_tie(ten, ministry):
    grading.publish(ten, by=ministry, now=NOW, n_confirmed=10)

    found = list(Assessment.objects.order_by("unit__code").values_list("rank", "grade"))
    assert found == [
        (1, "EXCELLENT"), (2, "EXCELLENT"), (3, "PASSED"), (3, "PASSED"), (5, "PASSED"), (6, "PASSED"),
        (7, "PASSED"), (8, "PASSED"), (9, "PASSED"), (10, "FAILED"),
    ]  # fmt: skip
    assert AssessmentRound.objects.get(pk=ten.pk).published_by == ministry


def test_a_round_is_published_once_and_whole(taken, unit, lead, ministry, second):
    sheet = checked(taken, unit, by=lead, reviewer=ministry)
    with pytest.raises(services.NotComplete, match="1 份"):
        grading.publish(taken, by=ministry, now=NOW, n_confirmed=0)
    services.confirm(sheet, by=second, now=NOW, version=2)
    with pytest.raises(services.NotComplete, match="与您看到的不同"):
        grading.publish(taken, by=ministry, now=NOW, n_confirmed=2)
    grading.publish(taken, by=ministry, now=NOW, n_confirmed=1)
    with pytest.raises(workflow.RoundNotOpen, match="已经公布"):
        grading.publish(taken, by=ministry, now=NOW, n_confirmed=1)


def test_nothing_moves_in_a_published_round(taken, unit, lead, ministry, second):
    confirmed(taken, unit, by=lead, reviewer=ministry, second=second)
    grading.publish(taken, by=ministry, now=NOW, n_confirmed=1)
    late = filing_unit("120000")

    with pytest.raises(workflow.RoundNotOpen):
        services.save(
            services.sheet_for(taken, late), by=factories.person("LEAD", late), now=NOW, version=0, answers={}
        )


@pytest.mark.parametrize("role", ["PLANNER", "ANALYST", "LEAD"])
def test_only_the_ministrys_reviewers_publish_and_cancel(taken, unit, lead, ministry, second, role):
    sheet = confirmed(taken, unit, by=lead, reviewer=ministry, second=second)
    person = factories.person(role, unit if role == "LEAD" else None)

    with pytest.raises(workflow.NotYours):
        grading.publish(taken, by=person, now=NOW, n_confirmed=1)
    with pytest.raises(workflow.NotYours):
        grading.cancel_grade(sheet, by=person, now=NOW, reason="虚报培训人数。")


def test_falsification_costs_the_grade_and_moves_nobody_up(ten, ministry):
    grading.publish(ten, by=ministry, now=NOW, n_confirmed=10)
    first = Assessment.objects.order_by("unit__code")[0]

    grading.cancel_grade(first, by=ministry, now=NOW, reason="虚报培训人数。")

    grades = list(Assessment.objects.order_by("unit__code").values_list("grade", flat=True)[:3])
    assert grades == ["EXCELLENT", "EXCELLENT", "PASSED"]
    assert GradeCancellation.objects.get().assessment == first
    assert AuditEntry.objects.get(action="assessment.cancel").details["reason"] == "虚报培训人数。"


@pytest.mark.parametrize(("reason", "refusal"), [("假", workflow.ReasonMissing), ("虚报培训人数。", None)])
def test_a_grade_is_cancelled_once_and_with_a_reason(ten, ministry, reason, refusal):
    grading.publish(ten, by=ministry, now=NOW, n_confirmed=10)
    sheet = Assessment.objects.order_by("unit__code")[0]
    if refusal is not None:
        with pytest.raises(refusal):
            grading.cancel_grade(sheet, by=ministry, now=NOW, reason=reason)
        return
    grading.cancel_grade(sheet, by=ministry, now=NOW, reason=reason)

    with pytest.raises(workflow.WrongState):
        grading.cancel_grade(sheet, by=ministry, now=NOW, reason=reason)


def test_before_publication_there_is_no_grade_to_cancel(taken, unit, lead, ministry, second):
    sheet = confirmed(taken, unit, by=lead, reviewer=ministry, second=second)

    with pytest.raises(workflow.WrongState):
        grading.cancel_grade(sheet, by=ministry, now=NOW, reason="虚报培训人数。")


@pytest.mark.parametrize(("release", "n"), [("FLASH", 1), ("FINAL", 0)])
def test_a_final_release_after_its_flash_is_no_correction(unit, lead, release, n):
    AssessmentCriterion.objects.filter(kind="DEDUCTION").update(counted="CORRECTED")
    year = round_of(AssessmentRound.objects.get().scheme, "S1-Y", month=12, basis="YEAR", opens_on=date(2008, 1, 9))
    report = stand(unit, factories.MonthFactory(number=12), {})
    flash = report.approved_filing
    again = Filing.objects.create(report=report, number=2, supersedes=flash, reason="年报", release=release)
    Filing.objects.filter(pk=again.pk).update(
        outcome="APPROVED", submitted_by=lead, submitted_at=NOW, decided_by=flash.decided_by, decided_at=NOW
    )
    criteria = services.criteria_of(year.scheme)

    found = measuring.measure(lead, year, unit, criteria, today=NOW.date())

    (deduction,) = (found[one.pk] for one in criteria if one.kind == "DEDUCTION")
    assert len(deduction.inputs["held"]) == n
