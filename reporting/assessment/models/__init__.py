"""The models of assessment: schemes as data, the sheets of the units, and the steps each took."""

from reporting.assessment.models.files import AssessmentFile
from reporting.assessment.models.schemes import (
    AssessmentCriterion,
    AssessmentRound,
    AssessmentScheme,
    AssessmentSection,
)
from reporting.assessment.models.sheets import (
    HANDED_IN,
    Assessment,
    AssessmentLine,
    AssessmentProof,
    AssessmentStep,
    GradeCancellation,
)
from reporting.assessment.models.words import (
    AssessmentGrade,
    AssessmentState,
    AssessmentVerb,
    CriterionKind,
    Deduction,
    PointFormula,
    RoundBasis,
)

__all__ = [
    "HANDED_IN",
    "Assessment",
    "AssessmentCriterion",
    "AssessmentFile",
    "AssessmentGrade",
    "AssessmentLine",
    "AssessmentProof",
    "AssessmentRound",
    "AssessmentScheme",
    "AssessmentSection",
    "AssessmentState",
    "AssessmentStep",
    "AssessmentVerb",
    "CriterionKind",
    "Deduction",
    "GradeCancellation",
    "PointFormula",
    "RoundBasis",
]
