"""The plan and its reference data over REST. Wordings come in both languages, side by side."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import NATION_CODE, ReportingUnit
from targets import periods
from targets.models import Indicator, Item, Milestone, MilestoneExemption, Plan, Target
from workplan.lib.rest import PageQuery
from workplan.lib.serializers import Code, DecimalText

UNIT_CODE = "[0-9]{6}"
INDICATOR_CODE = "[A-Z][0-9A-Z]{1,11}"


@extend_schema_field({"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$", "example": "2007-06"})
class MonthField(serializers.Field):
    """A month as people and programs write it: 2007-06."""

    def to_internal_value(self, data: object) -> date:
        try:
            return periods.parse_month(data if isinstance(data, str) else "")
        except ValueError:
            raise serializers.ValidationError(_("不是月份，请写成 2007-06。"), "not_a_month") from None

    def to_representation(self, value: date) -> str:
        return periods.format_month(value)


class UnitQuery(PageQuery):
    """Whose rows: a unit's, or the country's."""

    unit = Code(UNIT_CODE, default=NATION_CODE)


class ChapterSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    heading = serializers.CharField()
    heading_en = serializers.CharField()


class PlanSerializer(serializers.ModelSerializer):
    """A year's notice with its chapters."""

    chapters = ChapterSerializer(many=True)

    class Meta:
        model = Plan
        fields = ["year", "number", "title", "title_en", "issuer", "issuer_en", "issued_on", "chapters"]


class IndicatorSerializer(serializers.ModelSerializer):
    """An indicator with the choices it declares: kind, frequency, both aggregations, scope note."""

    part_of = serializers.SlugRelatedField("code", read_only=True, allow_null=True)

    class Meta:
        model = Indicator
        fields = [
            "code",
            "name",
            "name_en",
            "short_name",
            "short_name_en",
            "kind",
            "unit_of_measure",
            "decimals",
            "frequency",
            "time_aggregation",
            "unit_aggregation",
            "numerator_name",
            "numerator_name_en",
            "denominator_name",
            "denominator_name_en",
            "definition",
            "definition_en",
            "scope_note",
            "scope_note_en",
            "part_of",
            "due_rule",
            "due_rule_en",
            "has_persons",
            "source",
        ]


class TargetSerializer(serializers.ModelSerializer):
    """What one unit is to reach in the plan year, in base units."""

    indicator = serializers.SlugRelatedField("code", read_only=True)
    unit = serializers.SlugRelatedField("code", read_only=True)
    item = serializers.SlugRelatedField("number", read_only=True)
    target_value = DecimalText()
    baseline_value = DecimalText(allow_null=True)

    class Meta:
        model = Target
        fields = [
            "indicator",
            "unit",
            "item",
            "target_value",
            "baseline_value",
            "bound",
            "strength",
            "wording",
            "planned_month",
            "is_synthetic",
            "source",
        ]


class ExemptionSerializer(serializers.ModelSerializer):
    """A unit that need not do the milestone, and why."""

    unit = serializers.SlugRelatedField("code", read_only=True)

    class Meta:
        model = MilestoneExemption
        fields = ["unit", "reason"]


class MilestoneSerializer(serializers.ModelSerializer):
    """A deliverable of an item that carries no number."""

    item = serializers.SlugRelatedField("number", read_only=True)
    filed_by_units = serializers.BooleanField(source="is_filed_by_units")
    exemptions = ExemptionSerializer(many=True)

    class Meta:
        model = Milestone
        fields = [
            "code",
            "item",
            "title",
            "title_en",
            "actors",
            "scope",
            "scope_count",
            "parts",
            "output",
            "frequency",
            "baseline_count",
            "scope_by_unit",
            "filed_by_units",
            "exemptions",
            "note",
        ]


class ItemSerializer(serializers.ModelSerializer):
    """One numbered piece of work with its national targets and its milestones."""

    chapter = serializers.SlugRelatedField("number", read_only=True)
    targets = TargetSerializer(many=True, source="national_targets")
    milestones = MilestoneSerializer(many=True)

    class Meta:
        model = Item
        fields = [
            "number",
            "chapter",
            "heading",
            "heading_en",
            "summary",
            "summary_en",
            "lead",
            "lead_en",
            "targets",
            "milestones",
        ]


class UnitSerializer(serializers.ModelSerializer):
    """A unit of the tree; `tile` is its place on the tile map, `reports` says whether it files."""

    parent = serializers.SlugRelatedField("code", read_only=True, allow_null=True)
    tile = serializers.SerializerMethodField()
    reports = serializers.BooleanField(source="files")

    class Meta:
        model = ReportingUnit
        fields = ["code", "name", "short_name", "name_en", "kind", "level", "parent", "region", "tile", "reports"]

    @extend_schema_field(
        {
            "type": ["array", "null"],
            "items": {"type": "integer"},
            "minItems": 2,
            "maxItems": 2,
            "description": "[row, column]",
            "example": [8, 6],
        }
    )
    def get_tile(self, unit: ReportingUnit) -> list[int] | None:
        return None if unit.tile_row is None else [unit.tile_row, unit.tile_col]
