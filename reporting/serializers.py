"""Progress, series and tidy figures over REST: unrounded, as text, null where nothing can be stated."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import NATION_CODE
from reporting.series import SeriesPoint
from submissions.serializers import FIGURE_STATES, RELEASES, REPORT_STATUSES
from targets.goals import Status
from targets.serializers import INDICATOR_CODE, UNIT_CODE, ItemSerializer, MonthField
from workplan.lib.numbers import plain_text
from workplan.lib.rest import PageQuery
from workplan.lib.serializers import Code, DecimalText, LowerChoice, QueryInteger, YesNo

FIRST_YEAR, LAST_YEAR = 1990, 2100
PROGRESS_STATUSES = [(status.value, status.value) for status in Status]


# Parameters ------------------------------------------------------------------------------------


class PlanQuery(PageQuery):
    plan = QueryInteger(min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False)


class ProgressQuery(PlanQuery):
    """Which rows of progress: a unit's own, or those of the units directly below it."""

    month = MonthField(required=False)
    unit = Code(UNIT_CODE, default=NATION_CODE)
    level = serializers.ChoiceField(["unit", "children"], default="unit")
    indicator = Code(INDICATOR_CODE, required=False)
    basis = serializers.ChoiceField(["latest", "reported"], default="latest")


class SeriesQuery(PlanQuery):
    indicator = Code(INDICATOR_CODE)
    unit = Code(UNIT_CODE, default=NATION_CODE)


class FiguresQuery(PlanQuery):
    """Which tidy figures, in which format; pages are for JSON alone."""

    month = MonthField(required=False)
    unit = Code(UNIT_CODE, required=False)
    indicator = Code(INDICATOR_CODE, required=False)
    versions = serializers.ChoiceField(["newest", "all"], default="newest")
    parts = YesNo(help_text=_("另给分项：JSON 中为 parts，文件中每个分项一列，如 parts/workers"))
    format = serializers.ChoiceField(["json", "csv", "xlsx", "parquet"], required=False)


# Answers ---------------------------------------------------------------------------------------


class ItemWithStatusSerializer(ItemSerializer):
    """A work item with its light: the gravest status of its national targets."""

    status = serializers.SerializerMethodField()

    class Meta(ItemSerializer.Meta):
        fields = [*ItemSerializer.Meta.fields, "status"]

    def get_status(self, item: object) -> str | None:
        return self.context["lights"].get(item.pk)


class ProgressSerializer(serializers.Serializer):
    """One indicator of one unit, held against target and calendar."""

    indicator = serializers.CharField(source="indicator.code")
    unit = serializers.CharField(source="unit.code")
    month = MonthField()
    value_month = MonthField(allow_null=True)
    value = DecimalText(allow_null=True)
    numerator = DecimalText(allow_null=True)
    denominator = DecimalText(allow_null=True)
    persons = serializers.IntegerField(allow_null=True)
    target_value = DecimalText(allow_null=True)
    baseline_value = DecimalText(allow_null=True)
    completion_rate = DecimalText(source="progress.completion_rate", allow_null=True)
    share_of_target = DecimalText(allow_null=True)
    pro_rata_target = DecimalText(source="progress.pro_rata_target", allow_null=True)
    deviation = DecimalText(source="progress.deviation", allow_null=True)
    headroom = DecimalText(source="progress.headroom", allow_null=True)
    status = serializers.ChoiceField(PROGRESS_STATUSES, allow_null=True)
    n_due = serializers.IntegerField()
    n_reported = serializers.IntegerField()
    n_carried = serializers.IntegerField()
    forecast_value = DecimalText(source="forecast.value", default=None, allow_null=True)
    forecast_low = DecimalText(source="forecast.low", default=None, allow_null=True)
    forecast_high = DecimalText(source="forecast.high", default=None, allow_null=True)
    forecast_method = serializers.CharField(source="forecast.method", default=None, allow_null=True)
    rank = serializers.IntegerField(allow_null=True)


class SeriesPointSerializer(serializers.Serializer):
    """One month of one indicator and unit: what stands, and what was to stand."""

    month = MonthField()
    value_month = MonthField(allow_null=True)
    value = DecimalText(allow_null=True)
    month_value = DecimalText(allow_null=True)
    pro_rata_target = DecimalText(allow_null=True)
    seasonal_target = DecimalText(allow_null=True)
    previous_year = DecimalText(allow_null=True)
    is_previous_year_synthetic = serializers.BooleanField()
    n_due = serializers.IntegerField()
    n_reported = serializers.IntegerField()
    n_carried = serializers.IntegerField()
    published_value = serializers.SerializerMethodField()
    published_release = serializers.SerializerMethodField()

    @extend_schema_field(DecimalText(allow_null=True, help_text=_("公布的全国数，与各单位合计并列；没有公布的为 null")))
    def get_published_value(self, point: SeriesPoint) -> str | None:
        published = self.context["published"].get(point.month)
        return None if published is None else plain_text(published.value)

    @extend_schema_field(LowerChoice(RELEASES, allow_null=True))
    def get_published_release(self, point: SeriesPoint) -> str | None:
        published = self.context["published"].get(point.month)
        return None if published is None else str(published.release).lower()


class ObservationSerializer(serializers.Serializer):
    """One figure of one filing unit, as approved; the columns of the CSV and XLSX formats."""

    indicator = serializers.CharField()
    unit = serializers.CharField()
    month = serializers.CharField(help_text="2007-06")
    value = DecimalText(allow_null=True)
    numerator = DecimalText(allow_null=True)
    denominator = DecimalText(allow_null=True)
    state = LowerChoice(FIGURE_STATES)
    status = LowerChoice(REPORT_STATUSES)
    release = LowerChoice(RELEASES)
    version = serializers.IntegerField()
    approved_at = serializers.CharField(help_text="2007-07-05T10:00:00+08:00")
    parts = serializers.DictField(
        child=DecimalText(), required=False, help_text=_("分项代码和数值；在地址中写明 parts=true 时才有")
    )

    def to_representation(self, row: Mapping[str, object]) -> dict[str, object]:
        told: dict[str, object] = super().to_representation(row)
        if not self.context["parts"]:
            del told["parts"]
        return told
