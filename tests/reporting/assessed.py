"""A small scheme with one criterion of each kind, and units to assess by it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from accounts.models import ReportingUnit, User
from reporting.assessment import services
from reporting.assessment.intake import Answer
from reporting.models import Assessment, AssessmentCriterion, AssessmentRound, AssessmentScheme, AssessmentSection
from tests import factories
from tests.factories import shanghai
from tests.reporting.filings import stand

#: After September's due date, on the day of the tests.
NOW = shanghai(2007, 10, 12)
NARRATIVE = "已与各市签订责任书，并按季督查。"


def scheme(code: str = "S1", **given: object) -> AssessmentScheme:
    """Return a scheme of 100 points: a target 40, milestones 20, reports in time 10; leadership 30."""
    made = AssessmentScheme.objects.create(
        plan=factories.PlanFactory(), code=code, name="就业考核", name_en="Employment assessment",
        source="试行", source_en="On trial", **given,
    )  # fmt: skip
    first = AssessmentSection.objects.create(scheme=made, code="A", name="目标任务", name_en="Targets", weight=70)
    second = AssessmentSection.objects.create(scheme=made, code="B", name="组织领导", name_en="Leadership", weight=30)
    jobs = factories.IndicatorFactory(code="X01", short_name="新增就业", name_en="New jobs")
    milestone = factories.MilestoneFactory(code="M01-1") if not _milestone() else _milestone()
    rows = [
        {"kind": "TARGET", "indicator": jobs, "formula": "PROPORTION", "floor": Decimal("0.5"), "weight": 40},
        {
            "kind": "MILESTONES", "milestones": [milestone.code], "weight": 20,
            "credit_submitted": Decimal("0.8"), "credit_in_progress": Decimal("0.6"),
        },
        {"kind": "DEDUCTION", "counted": "LATE", "each": Decimal("0.5"), "cap": 10, "weight": 10},
    ]  # fmt: skip
    for number, row in enumerate(rows, start=1):
        AssessmentCriterion.objects.create(
            section=first, number=number, name=f"指标{number}", name_en=f"Criterion {number}", **row
        )
    AssessmentCriterion.objects.create(
        section=second, number=1, kind="JUDGED", weight=30, name="责任书", name_en="Letters", guide="签订责任书。",
        guide_en="Letters were signed.",
    )  # fmt: skip
    return made


def _milestone() -> object:
    return factories.MilestoneFactory._meta.model.objects.filter(code="M01-1").first()


def round_of(made: AssessmentScheme, code: str = "S1-Q3", *, month: int = 9, **given: object) -> AssessmentRound:
    fields = {"name": "前三季度", "name_en": "Three quarters", "basis": "PATH", "opens_on": date(2007, 10, 9)}
    period = factories.MonthFactory(number=month)
    return AssessmentRound.objects.create(scheme=made, code=code, period=period, **(fields | given))


def filing_unit(code: str, *, jobs: int = 900, target: int = 1200, name: str = "") -> ReportingUnit:
    """Return a province with a target of 1,200 jobs, of which so many stand approved in September."""
    unit = factories.UnitFactory(code=code, **({"short_name": name} if name else {}))
    indicator = factories.IndicatorFactory(code="X01")
    factories.TargetFactory(indicator=indicator, unit=unit, target_value=target)
    factories.AssignmentFactory(indicator=indicator, unit=unit)
    stand(unit, factories.MonthFactory(number=9), {indicator: jobs})
    return unit


def judged(taken: AssessmentRound) -> AssessmentCriterion:
    return AssessmentCriterion.objects.get(section__scheme=taken.scheme, kind="JUDGED")


def answers(taken: AssessmentRound, points: str = "24", narrative: str = NARRATIVE) -> dict[int, Answer]:
    """Return what a unit says of the one criterion that is judged."""
    return {judged(taken).pk: Answer(Decimal(points), narrative)}


def handed_in(taken: AssessmentRound, unit: ReportingUnit, *, by: User, points: str = "24") -> Assessment:
    sheet = services.sheet_for(taken, unit)
    return services.submit(sheet, by=by, now=NOW, version=sheet.version, answers=answers(taken, points))


def checked(
    taken: AssessmentRound, unit: ReportingUnit, *, by: User, reviewer: User, points: str = "24",
    adjustments: Mapping[int, services.Adjustment] | None = None,
) -> Assessment:  # fmt: skip
    sheet = handed_in(taken, unit, by=by, points=points)
    return services.check(sheet, by=reviewer, now=NOW, version=sheet.version, adjustments=adjustments or {})


def confirmed(
    taken: AssessmentRound, unit: ReportingUnit, *, by: User, reviewer: User, second: User, points: str = "24"
) -> Assessment:
    sheet = checked(taken, unit, by=by, reviewer=reviewer, points=points)
    return services.confirm(sheet, by=second, now=NOW, version=sheet.version)
