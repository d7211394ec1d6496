"""What the database refuses of schemes, rounds and sheets, what it keeps, and how a year's schemes are loaded."""

from __future__ import annotations

import copy
import json
from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction

from reporting.assessment import grading, points, services
from reporting.assessment.loading import load_schemes
from reporting.assessment.models import (
    AssessmentGrade,
    PointFormula,
    RoundBasis,
)
from reporting.models import (
    Assessment,
    AssessmentCriterion,
    AssessmentLine,
    AssessmentProof,
    AssessmentRound,
    AssessmentScheme,
    AssessmentSection,
    AssessmentStep,
    GradeCancellation,
)
from submissions.models import EvidenceFile, MonthlyReport
from tests import factories
from tests.reporting.assessed import NOW, checked, confirmed, filing_unit, handed_in, round_of, scheme
from workplan.lib.loading import FileRefused

pytestmark = pytest.mark.django_db

FILE = json.loads((settings.BASE_DIR / "fixtures" / "assessment_schemes_2007.json").read_text(encoding="utf-8"))


@pytest.fixture
def taken():
    factories.months_of_2007()
    return round_of(scheme())


@pytest.fixture
def unit(taken):
    return filing_unit("110000")


@pytest.fixture
def lead(unit):
    return factories.person("LEAD", unit)


@pytest.fixture
def second(db):
    return factories.person("MINISTRY_REVIEWER", username="second")


def refused(constraint: str):
    return pytest.raises(DatabaseError, match=constraint)


def test_the_words_of_the_database_are_those_of_the_formulas():
    assert PointFormula.values == [one.value for one in points.Formula]
    assert RoundBasis.values == [one.value for one in points.Basis]
    assert AssessmentGrade.values == [one.value for one in points.Grade]


# What cannot be --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"source": ""}, "reporting_assessmentscheme_says_what_and_why"),
        ({"pass_from": 95}, "reporting_assessmentscheme_grades_ascend"),
        ({"full_points": 80}, "reporting_assessmentscheme_grades_ascend"),
        ({"excellent_share": Decimal("1.1")}, "reporting_assessmentscheme_quota_is_a_share"),
    ],
)
def test_a_scheme_that_says_nothing_sensible_is_refused(taken, values, constraint):
    with refused(constraint), transaction.atomic():
        AssessmentScheme.objects.update(**values)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"weight": 0}, "reporting_assessmentsection_has_words_and_weight"),
        ({"code": "B"}, "reporting_assessmentsection_one_code_per_scheme"),
    ],
)
def test_a_section_that_cannot_be_is_refused(taken, values, constraint):
    with refused(constraint), transaction.atomic():
        AssessmentSection.objects.filter(code="A").update(**values)


@pytest.mark.parametrize(
    ("kind", "values", "constraint"),
    [
        (
            "TARGET",
            {"kind": "OTHER"},
            "reporting_assessmentcriterion_kind_is_known|reporting_assessmentcriterion_terms_fit_kind",
        ),
        ("TARGET", {"formula": "SQUARE"}, "reporting_assessmentcriterion_formula_is_known"),
        ("TARGET", {"formula": ""}, "reporting_assessmentcriterion_terms_fit_kind"),
        ("TARGET", {"indicator": None}, "reporting_assessmentcriterion_terms_fit_kind"),
        ("TARGET", {"counted": "LATE"}, "reporting_assessmentcriterion_terms_fit_kind"),
        ("TARGET", {"floor": Decimal("1.5")}, "reporting_assessmentcriterion_shares_are_shares"),
        ("TARGET", {"weight": 0}, "reporting_assessmentcriterion_has_words_and_weight"),
        ("TARGET", {"number": 2}, "reporting_assessmentcriterion_one_number_per_section"),
        ("MILESTONES", {"milestones": []}, "reporting_assessmentcriterion_terms_fit_kind"),
        ("DEDUCTION", {"counted": "RUDE"}, "reporting_assessmentcriterion_deduction_is_known"),
        ("DEDUCTION", {"counted": ""}, "reporting_assessmentcriterion_terms_fit_kind"),
        ("DEDUCTION", {"cap": 11}, "reporting_assessmentcriterion_terms_fit_kind"),
        ("JUDGED", {"each": 1}, "reporting_assessmentcriterion_terms_fit_kind"),
    ],
)
def test_a_criterion_that_cannot_be_is_refused(taken, kind, values, constraint):
    with refused(constraint), transaction.atomic():
        AssessmentCriterion.objects.filter(kind=kind).update(**values)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"name": ""}, "reporting_assessmentround_has_words"),
        ({"basis": "WEEK"}, "reporting_assessmentround_basis_is_known"),
        ({"opens_on": date(2007, 9, 1)}, "reporting_assessmentround_opens_after_its_month_began"),
        ({"published_at": NOW}, "reporting_assessmentround_published_by_and_at"),
    ],
)
def test_a_round_that_cannot_be_is_refused(taken, values, constraint):
    with refused(constraint), transaction.atomic():
        AssessmentRound.objects.update(**values)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"state": "LOST"}, "reporting_assessment_state_is_known|reporting_assessment_state_has_its_people"),
        ({"grade": "FINE"}, "reporting_assessment_grade_is_known|reporting_assessment_published_with_grade_and_rank"),
        ({"submitted_at": None}, "assessment_state_has_its_people|reporting_assessment_submitted_by_and_at"),
        ({"checked_at": None}, "assessment_state_has_its_people|reporting_assessment_checked_by_and_at"),
        ({"confirmed_at": NOW}, "reporting_assessment_confirmed_by_and_at|reporting_assessment_final_is_confirmed"),
        ({"state": "DRAFT"}, "reporting_assessment_state_has_its_people"),
        ({"state": "SUBMITTED"}, "reporting_assessment_state_has_its_people"),
        ({"state": "CONFIRMED"}, "reporting_assessment_final_is_confirmed"),
        ({"grade": "PASSED", "rank": 1}, "reporting_assessment_published_with_grade_and_rank"),
        ({"total": -1}, "reporting_assessment_total_is_points"),
    ],
)
def test_a_sheet_that_cannot_be_is_refused(taken, unit, lead, ministry, values, constraint):
    checked(taken, unit, by=lead, reviewer=ministry)

    with refused(constraint), transaction.atomic():
        Assessment.objects.update(**values)


def test_the_database_wants_four_eyes(taken, unit, lead, ministry, second):
    checked(taken, unit, by=lead, reviewer=ministry)

    with refused("reporting_assessment_checked_by_another_person"), transaction.atomic():
        Assessment.objects.update(checked_by=lead)
    for same in (ministry, lead):
        with refused("reporting_assessment_confirmed_by_another_person"), transaction.atomic():
            Assessment.objects.update(state="CONFIRMED", confirmed_by=same, confirmed_at=NOW)
    assert Assessment.objects.update(state="CONFIRMED", confirmed_by=second, confirmed_at=NOW) == 1


def test_a_unit_has_one_sheet_in_a_round(taken, unit, lead):
    handed_in(taken, unit, by=lead)

    with refused("reporting_assessment_one_per_round_and_unit"), transaction.atomic():
        Assessment.objects.bulk_create([Assessment(round=taken, unit=unit)])


@pytest.fixture
def draft(taken, unit, lead):
    return services.save(services.sheet_for(taken, unit), by=lead, now=NOW, version=0, answers={})


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"claimed": 31}, "reporting_assessmentline_claimed_within_weight"),
        ({"computed": -1}, "reporting_assessmentline_computed_within_weight"),
        ({"checked": 31, "check_reason": "多"}, "reporting_assessmentline_checked_within_weight"),
        ({"checked": 3}, "reporting_assessmentline_adjusted_with_a_reason"),
        ({"check_reason": "少"}, "reporting_assessmentline_adjusted_with_a_reason"),
        ({"computed": 1, "claimed": 1}, "reporting_assessmentline_computed_or_claimed"),
        ({"applies": False, "claimed": 1}, "reporting_assessmentline_without_points_where_not_applying"),
    ],
)
def test_a_line_that_cannot_be_is_refused(draft, values, constraint):
    with refused(constraint), transaction.atomic():
        AssessmentLine.objects.filter(criterion__kind="JUDGED").update(**values)


def test_a_criterion_has_one_line_on_a_sheet(draft):
    line = draft.lines.all()[0]

    with refused("reporting_assessmentline_one_per_criterion"), transaction.atomic():
        AssessmentLine.objects.bulk_create(
            [AssessmentLine(assessment=draft, criterion=line.criterion, weight=line.weight)]
        )


@pytest.mark.parametrize(
    ("n", "fields", "constraint"),
    [
        (1, (), "reporting_assessmentproof_is_a_file_or_a_report"),
        (2, ("report",), "reporting_assessmentproof_named_once"),
        (1, ("report", "evidence"), "reporting_assessmentproof_is_a_file_or_a_report"),
    ],
)
def test_a_proof_is_one_file_or_one_report_once(draft, lead, n, fields, constraint):
    report = MonthlyReport.objects.get()
    named = {"report": report, "evidence": _file(lead)}
    given = {name: named[name] for name in fields}

    with refused(constraint), transaction.atomic():
        AssessmentProof.objects.bulk_create([AssessmentProof(line=draft.lines.all()[0], **given) for _time in range(n)])


def _file(by: object) -> EvidenceFile:
    report = factories.ReportFactory(period=factories.MonthFactory(number=3))
    return EvidenceFile.objects.create(
        filing=report.filing, milestone=factories.MilestoneFactory(code="M01-2"), name="a.pdf", kind="PDF", size=1,
        digest="0" * 64, state="CLEAN", uploaded_by=by, uploaded_at=NOW, stored_as="0" * 32,
    )  # fmt: skip


def test_a_step_has_a_known_verb_and_a_return_its_reason(draft, lead):
    for values, constraint in (
        ({"verb": "SING"}, "reporting_assessmentstep_verb_is_known"),
        ({"verb": "RETURN"}, "reporting_assessmentstep_return_says_why"),
    ):
        step = {"from_state": "DRAFT", "to_state": "DRAFT", "version": 1, "by": lead, "at": NOW}
        with refused(constraint), transaction.atomic():
            AssessmentStep.objects.create(assessment=draft, **step, **values)


# What is kept ----------------------------------------------------------------------------------


def test_a_scheme_in_use_is_kept_whole(draft):
    criterion, section = AssessmentCriterion.objects.all()[0], AssessmentSection.objects.all()[0]
    attempts = [
        lambda: AssessmentScheme.objects.update(excellent_from=91),
        lambda: AssessmentScheme.objects.all()._raw_delete("default"),
        lambda: AssessmentSection.objects.update(name="别的"),
        lambda: AssessmentSection.objects.create(scheme=section.scheme, code="C", name="c", name_en="c", weight=1),
        lambda: AssessmentCriterion.objects.update(guide="别的"),
        lambda: AssessmentCriterion.objects.all()._raw_delete("default"),
        lambda: AssessmentCriterion.objects.create(
            section=criterion.section, number=9, kind="JUDGED", weight=1, name="x", name_en="x"
        ),
    ]
    for attempt in attempts:
        with refused("a scheme is kept once a sheet was begun by it"), transaction.atomic():
            attempt()


def test_a_scheme_nobody_used_may_be_changed_and_removed(taken):
    taken.delete()

    assert AssessmentCriterion.objects.filter(kind="JUDGED").delete()[0] == 1
    assert AssessmentScheme.objects.update(excellent_from=91) == 1


def test_a_round_that_was_begun_measures_the_same_to_its_end(draft):
    for attempt in (
        lambda: AssessmentRound.objects.update(basis="YEAR"),
        lambda: AssessmentRound.objects.all()._raw_delete("default"),
    ):
        with refused("measures the same to its end"), transaction.atomic():
            attempt()
    assert AssessmentRound.objects.update(name="第三季度", opens_on=date(2007, 10, 8)) == 1


@pytest.fixture
def final(taken, unit, lead, ministry, second):
    return confirmed(taken, unit, by=lead, reviewer=ministry, second=second)


def test_what_was_handed_in_is_only_checked(taken, unit, lead):
    sheet = handed_in(taken, unit, by=lead)
    lines = AssessmentLine.objects.filter(assessment=sheet, criterion__kind="JUDGED")
    for attempt in (
        lambda: lines.update(claimed=30),
        lambda: lines.update(narrative="别的"),
        lambda: lines.update(inputs={"a": "1"}),
        lambda: lines._raw_delete("default"),
    ):
        with refused("what was handed in is kept"), transaction.atomic():
            attempt()
    with refused("proofs are kept"), transaction.atomic():
        AssessmentProof.objects.create(line=lines[0], report=MonthlyReport.objects.get())
    assert lines.update(checked=20, check_reason="两市未签。") == 1


def test_a_confirmed_result_is_kept(final, ministry):
    for attempt in (
        lambda: Assessment.objects.update(total=99),
        lambda: Assessment.objects.update(state="CHECKED", confirmed_by=None, confirmed_at=None),
        lambda: Assessment.objects.update(checked_at=NOW.replace(hour=1)),
        lambda: Assessment.objects.all()._raw_delete("default"),
        lambda: AssessmentLine.objects.update(checked=1, check_reason="晚了"),
        lambda: AssessmentStep.objects.update(comment="别的"),
    ):
        with pytest.raises(DatabaseError, match=r"is kept|Cannot"), transaction.atomic():
            attempt()


def test_a_published_result_is_kept_with_its_round(final, ministry):
    grading.publish(final.round, by=ministry, now=NOW, n_confirmed=1)
    for attempt in (
        lambda: Assessment.objects.update(grade="FAILED"),
        lambda: Assessment.objects.update(version=9),
        lambda: AssessmentRound.objects.update(name="别的"),
    ):
        with pytest.raises(DatabaseError, match=r"is kept|measures the same"), transaction.atomic():
            attempt()


def test_a_cancellation_is_of_a_published_grade_says_why_and_stays(final, ministry):
    given = {"assessment": final, "by": ministry, "at": NOW, "reason": "虚报培训人数。"}
    with refused("only a published grade is cancelled"), transaction.atomic():
        GradeCancellation.objects.create(**given)
    grading.publish(final.round, by=ministry, now=NOW, n_confirmed=1)
    with refused("reporting_gradecancellation_says_why"), transaction.atomic():
        GradeCancellation.objects.create(**{**given, "reason": ""})
    GradeCancellation.objects.create(**given)

    for attempt in (
        lambda: GradeCancellation.objects.update(reason="误会"),
        lambda: GradeCancellation.objects.all()._raw_delete("default"),
    ):
        with refused("Cannot"), transaction.atomic():
            attempt()


# The schemes that ship --------------------------------------------------------------------------


@pytest.fixture
def plan_2007():
    periods = factories.months_of_2007()
    for scheme_ in FILE["schemes"]:
        for section in scheme_["sections"]:
            for row in section["criteria"]:
                if "indicator" in row:
                    factories.IndicatorFactory(code=row["indicator"])
                for code in row.get("milestones", ()):
                    number = int(code[1:3])
                    item = factories.ItemFactory(number=number)
                    if not item.milestones.filter(code=code).exists():
                        factories.MilestoneFactory(item=item, code=code)
    return periods[0].plan


def test_the_schemes_of_2007_have_the_weights_of_their_source(plan_2007):
    load_schemes(FILE)

    found = {
        one.code: [int(section.weight) for section in one.sections.order_by("code")]
        for one in AssessmentScheme.objects.order_by("code")
    }
    assert found == {"JY07": [45, 16, 16, 11, 12], "NZ07": [30, 10, 15, 6, 14, 25]}
    assert AssessmentScheme.objects.get(code="JY07").limits() == points.Limits()


def test_loading_again_changes_nothing_and_keeps_what_a_planner_changed(plan_2007):
    first = load_schemes(FILE)
    AssessmentScheme.objects.filter(code="JY07").update(excellent_from=92)

    again = load_schemes(FILE)

    assert [str(one) for one in first] == [
        "assessment schemes: 2 created, 0 updated, 0 unchanged",
        "assessment rounds: 4 created, 0 updated, 0 unchanged",
    ]
    assert [one.created for one in again] == [0, 0]
    assert AssessmentScheme.objects.get(code="JY07").excellent_from == 92
    assert AssessmentCriterion.objects.count() == sum(
        len(section["criteria"]) for scheme_ in FILE["schemes"] for section in scheme_["sections"]
    )


@pytest.mark.parametrize(
    ("spoil", "pointer"),
    [
        (lambda file: file["schemes"][0].update(full_points="120"), "/schemes/0/full_points"),
        (lambda file: file["schemes"][0]["sections"][0].update(weight="44"), "/schemes/0/sections/0/weight"),
        (
            lambda file: file["schemes"][0]["sections"][0]["criteria"][0].update(indicator="Z99"),
            "/schemes/0/sections/0/criteria/0/indicator",
        ),
        (
            lambda file: file["schemes"][0]["sections"][0]["criteria"][4].update(milestones=["M99-1"]),
            "/schemes/0/sections/0/criteria/4/milestones/0",
        ),
        (
            lambda file: file["schemes"][0]["sections"][0]["criteria"][0].update(formula=""),
            "reporting_assessmentcriterion_terms_fit_kind",
        ),
        (lambda file: file["schemes"][0]["rounds"][0].update(month="2008-01-01"), "/schemes/0/rounds/0/month"),
        (lambda file: file["schemes"][1]["rounds"][0].update(code="JY07-Q3"), "/schemes/1/rounds/0/code"),
        (lambda file: file["schemes"][1].update(code="JY07"), "/schemes/1/code"),
        (lambda file: file.update(year=1999), "/year"),
    ],
)
def test_a_file_with_a_fault_is_refused_whole(plan_2007, spoil, pointer):
    file = copy.deepcopy(FILE)
    spoil(file)

    with pytest.raises(FileRefused, match=pointer):
        load_schemes(file)

    assert AssessmentScheme.objects.count() == 0
