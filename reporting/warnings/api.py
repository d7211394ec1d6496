"""The list of warnings over REST: what its page shows to the same person, by the same rights. Reads only."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest import FiguresResource
from reporting.serializers import PlanQuery
from reporting.warnings.models import WarningState
from reporting.warnings.pages import EVERY, Narrowed, as_shown, concerning, narrow
from targets.api import indicator_named, plan_named, unit_named
from targets.serializers import INDICATOR_CODE, UNIT_CODE, MonthField
from workplan.lib.rest import Pagination, page_of
from workplan.lib.serializers import Code, DecimalText, LowerChoice, lower_case

STATES = lower_case(WarningState.choices)

EXAMPLE = OpenApiExample(
    "EW01 · 230000",
    response_only=True,
    media_type="application/json",
    status_codes=["200"],
    value={
        "id": 41,
        "plan": 2007,
        "rule": "EW01",
        "rule_name": "失业率余量不足",
        "unit": "230000",
        "indicator": "T04",
        "episode": 1,
        "state": "acknowledged",
        "first_month": "2007-06",
        "month": "2007-09",
        "measured": "0.0011",
        "limit": "0.002",
        "explanation": "2007年9月，黑龙江城镇登记失业率为4.49%，距控制线还有0.1个百分点，界限为0.2个百分点。",
        "measure": "已开展失业动态监测，对重点企业逐户走访。",
        "responsible": "处长",
        "planned_on": "2007-11-30",
    },
)


class WarningsQuery(PlanQuery):
    """Which warnings; without a state those that are not over."""

    month = MonthField(required=False, help_text=_("您可知的最新一次判定所在的报告期"))
    unit = Code(UNIT_CODE, required=False)
    indicator = Code(INDICATOR_CODE, required=False)
    state = LowerChoice([*STATES, (EVERY.lower(), _("全部"))], required=False)


class WarningSerializer(serializers.Serializer):
    """One warning by the newest that the reader may know of it; a measure only where it is open to them."""

    id = serializers.IntegerField(source="warning.pk")
    plan = serializers.IntegerField(source="warning.plan.year")
    rule = serializers.CharField(source="warning.rule.code")
    rule_name = serializers.CharField(source="warning.rule.label")
    unit = serializers.CharField(source="warning.unit.code")
    indicator = serializers.CharField(source="warning.indicator.code", default=None, allow_null=True)
    episode = serializers.IntegerField(source="warning.episode")
    state = LowerChoice(STATES)
    first_month = MonthField(source="warning.first_month")
    month = MonthField(source="event.month")
    measured = DecimalText(source="event.measured", allow_null=True)
    limit = DecimalText(source="event.limit", allow_null=True)
    explanation = serializers.CharField(source="sentence")
    measure = serializers.CharField(source="answer.measure", default=None, allow_null=True)
    responsible = serializers.CharField(source="answer.responsible", default=None, allow_null=True)
    planned_on = serializers.DateField(source="answer.planned_on", default=None, allow_null=True)


class Warnings(FiguresResource):
    query_class = WarningsQuery
    pagination_class = Pagination

    @extend_schema(summary=_("预警：每项一行，最重的在前"), responses=WarningSerializer(many=True), examples=[EXAMPLE])
    def get(self, request: Request) -> Response:
        query, person = self.query, request.user
        found = concerning(person).select_related("rule", "unit", "indicator", "plan")
        if "plan" in query:
            found = found.filter(plan=plan_named(query["plan"]))
        if "month" in query:
            found = found.filter(shown_month=query["month"])
        by = Narrowed(
            query.get("state", ""),
            unit_named(query["unit"]) if "unit" in query else None,
            indicator_named(query["indicator"]) if "indicator" in query else None,
        )
        rows = narrow(found, by)
        return page_of(rows, request, query, WarningSerializer, prepared=partial(as_shown, person))
