"""Schemes, results and sheets over REST: unrounded, as text, null where nothing can be stated."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reporting.assessment.models import (
    AssessmentCriterion,
    AssessmentFile,
    AssessmentGrade,
    AssessmentLine,
    AssessmentState,
    CriterionKind,
    Deduction,
    PointFormula,
    RoundBasis,
)
from submissions.serializers import EVIDENCE_STATES
from targets.serializers import MonthField
from workplan.lib.rest import PageQuery
from workplan.lib.serializers import Code, DecimalText, LowerChoice, lower_case

ROUND_CODE = "[A-Z0-9][A-Z0-9-]{0,19}"
STATES = [("not_begun", "not_begun"), *lower_case(AssessmentState.choices)]


class ResultsQuery(PageQuery):
    """Which round; without one the newest that has begun."""

    round = Code(ROUND_CODE, required=False)


# Schemes ---------------------------------------------------------------------------------------


class CriterionSerializer(serializers.Serializer):
    """One line of a scheme; what its kind does not use is empty."""

    code = serializers.CharField()
    name = serializers.CharField(source="label")
    guide = serializers.CharField(source="guide_label")
    weight = DecimalText()
    kind = LowerChoice(lower_case(CriterionKind.choices))
    indicator = serializers.CharField(source="indicator.code", default=None, allow_null=True)
    formula = LowerChoice(lower_case(PointFormula.choices), allow_null=True)
    floor = DecimalText()
    tolerance = DecimalText()
    milestones = serializers.ListField(child=serializers.CharField())
    credit_submitted = DecimalText()
    credit_in_progress = DecimalText()
    counted = LowerChoice(lower_case(Deduction.choices), allow_null=True)
    each = DecimalText()
    cap = DecimalText()


class SectionSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField(source="label")
    weight = DecimalText()
    criteria = CriterionSerializer(many=True, source="ordered_criteria")


class RoundSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField(source="label")
    month = MonthField(source="period_id")
    basis = LowerChoice(lower_case(RoundBasis.choices))
    opens_on = serializers.DateField()
    published_at = serializers.DateTimeField(allow_null=True)


class SchemeSerializer(serializers.Serializer):
    """A scoring scheme with its sections, criteria and rounds."""

    code = serializers.CharField()
    plan = serializers.IntegerField(source="plan.year")
    name = serializers.CharField(source="label")
    source = serializers.CharField(source="source_label")
    full_points = DecimalText()
    excellent_from = DecimalText()
    pass_from = DecimalText()
    excellent_share = DecimalText()
    sections = SectionSerializer(many=True, source="ordered_sections")
    rounds = RoundSerializer(many=True, source="ordered_rounds")


# Results ---------------------------------------------------------------------------------------


class EarnedSerializer(serializers.Serializer):
    code = serializers.CharField()
    weight = DecimalText()
    points = DecimalText(allow_null=True)


class ResultSerializer(serializers.Serializer):
    """One unit of a round, as far as the person may know; rank and grade are provisional until publication."""

    round = serializers.CharField()
    unit = serializers.CharField(source="row.unit.code")
    state = serializers.ChoiceField(STATES)
    sections = EarnedSerializer(many=True)
    total = DecimalText(source="row.total", allow_null=True)
    rank = serializers.IntegerField(source="row.rank", allow_null=True)
    grade = LowerChoice(lower_case(AssessmentGrade.choices), source="row.grade", allow_null=True)
    is_provisional = serializers.BooleanField()
    is_cancelled = serializers.BooleanField(source="row.is_cancelled", help_text=_("弄虚作假，等次已取消"))


class FileSerializer(serializers.Serializer):
    """One file handed in with a sheet; its address is null while it may not be handed out."""

    name = serializers.CharField()
    size = serializers.IntegerField(help_text=_("字节"))
    state = LowerChoice(EVIDENCE_STATES)
    url = serializers.SerializerMethodField()

    def get_url(self, file: AssessmentFile) -> str | None:
        if not file.is_clean:
            return None
        sheet = file.line.assessment
        return reverse("reporting:assessment-file", args=[sheet.round.code, sheet.unit.code, file.pk])


class LineSerializer(serializers.Serializer):
    """One criterion of a sheet: what was computed or claimed, what the check made of it, and what counts."""

    criterion = serializers.SerializerMethodField()
    weight = DecimalText(source="line.weight")
    applies = serializers.BooleanField(source="line.applies")
    computed = DecimalText(source="line.computed", allow_null=True)
    claimed = DecimalText(source="line.claimed", allow_null=True)
    checked = DecimalText(source="line.checked", allow_null=True)
    points = DecimalText(source="earned", allow_null=True)
    inputs = serializers.SerializerMethodField()
    narrative = serializers.CharField(source="line.narrative")
    reason = serializers.CharField(source="line.check_reason")
    files = FileSerializer(many=True, source="uploads")

    def get_criterion(self, shown: object) -> str:
        criterion: AssessmentCriterion = shown.criterion  # type: ignore[attr-defined]
        return criterion.code

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_inputs(self, shown: object) -> object:
        line: AssessmentLine = shown.line  # type: ignore[attr-defined]
        return line.inputs


class SheetSerializer(serializers.Serializer):
    """One unit's sheet with every point and what it was computed from."""

    round = serializers.CharField(source="round.code")
    unit = serializers.CharField(source="unit.code")
    state = serializers.SerializerMethodField()
    version = serializers.IntegerField(source="sheet.version")
    total = DecimalText(allow_null=True)
    lines = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(STATES))
    def get_state(self, page: object) -> str:
        return state_of(page.sheet.state if page.sheet.pk else "")  # type: ignore[attr-defined]

    @extend_schema_field(LineSerializer(many=True))
    def get_lines(self, page: object) -> object:
        lines = [line for section in page.sections for line in section.lines]  # type: ignore[attr-defined]
        return LineSerializer(lines, many=True).data


def state_of(state: str) -> str:
    """Return a state as programs read it; "" is a sheet nobody has begun."""
    return state.lower() or "not_begun"
