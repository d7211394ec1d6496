"""The plan as data, and the reference data behind it. Whoever is signed in may read it."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ReportingUnit
from accounts.rest import Resource
from targets.models import Assignment, Chapter, Indicator, Milestone, MilestoneExemption, Plan, Target
from targets.serializers import (
    IndicatorSerializer,
    MilestoneSerializer,
    PlanSerializer,
    TargetSerializer,
    UnitQuery,
    UnitSerializer,
)
from workplan.lib.problems import refuse
from workplan.lib.rest import PageQuery, Pagination, page_of


def unit_named(code: str) -> ReportingUnit:
    """Return the unit that a parameter names.

    :raises RequestRefused: there is none.
    """
    unit = ReportingUnit.objects.on_the_tree().select_related("parent").filter(code=code).first()
    if unit is None:
        raise refuse("?unit", "unknown_unit", str(_("没有代码为“%(code)s”的单位。")) % {"code": code})
    return unit


def indicator_named(code: str) -> Indicator:
    """Return the indicator that a parameter names.

    :raises RequestRefused: there is none.
    """
    indicator = Indicator.objects.filter(code=code).first()
    if indicator is None:
        raise refuse("?indicator", "unknown_indicator", str(_("没有代码为“%(code)s”的指标。")) % {"code": code})
    return indicator


def plan_named(year: int) -> Plan:
    """Return the plan that a parameter names by its year.

    :raises RequestRefused: there is none.
    """
    plan = Plan.objects.filter(year=year).first()
    if plan is None:
        raise refuse("?plan", "unknown_plan", str(_("没有%(year)s年的计划。")) % {"year": year})
    return plan


def with_exemptions(milestones: QuerySet[Milestone]) -> QuerySet[Milestone]:
    """Read with the milestones what their answer names: the item and the units that need not do them."""
    exemptions = MilestoneExemption.objects.select_related("unit").order_by("unit__position")
    return milestones.select_related("item").prefetch_related(Prefetch("exemptions", exemptions))


def _plans() -> QuerySet[Plan]:
    chapters = Prefetch("chapters", Chapter.objects.order_by("number"))
    return Plan.objects.prefetch_related(chapters).order_by("-year")


def _units() -> QuerySet[ReportingUnit]:
    files = Exists(Assignment.objects.filter(unit=OuterRef("pk")))
    return ReportingUnit.objects.select_related("parent").annotate(files=files).order_by("position", "code")


class Plans(Resource):
    query_class = PageQuery
    pagination_class = Pagination

    @extend_schema(summary=_("年度计划一览"), responses=PlanSerializer(many=True))
    def get(self, request: Request) -> Response:
        return page_of(_plans(), request, self.query, PlanSerializer)


class PlanOfYear(Resource):
    @extend_schema(summary=_("一个年度计划"), responses=PlanSerializer)
    def get(self, request: Request, year: int) -> Response:
        return Response(PlanSerializer(get_object_or_404(_plans(), year=year)).data)


class Milestones(Resource):
    query_class = PageQuery
    pagination_class = Pagination

    @extend_schema(summary=_("计划的工作节点"), responses=MilestoneSerializer(many=True))
    def get(self, request: Request, year: int) -> Response:
        plan = get_object_or_404(Plan, year=year)
        milestones = with_exemptions(Milestone.objects.filter(item__plan=plan)).order_by("item__number", "id")
        return page_of(milestones, request, self.query, MilestoneSerializer)


class Targets(Resource):
    query_class = UnitQuery
    pagination_class = Pagination

    @extend_schema(summary=_("一个单位的目标"), responses=TargetSerializer(many=True))
    def get(self, request: Request, year: int) -> Response:
        plan = get_object_or_404(Plan, year=year)
        targets = Target.objects.filter(plan=plan).of_unit(unit_named(self.query["unit"])).in_order()
        return page_of(targets, request, self.query, TargetSerializer)


class Indicators(Resource):
    query_class = PageQuery
    pagination_class = Pagination

    @extend_schema(summary=_("指标一览"), responses=IndicatorSerializer(many=True))
    def get(self, request: Request) -> Response:
        indicators = Indicator.objects.select_related("part_of").order_by("code")
        return page_of(indicators, request, self.query, IndicatorSerializer)


class OneIndicator(Resource):
    @extend_schema(summary=_("一个指标"), responses=IndicatorSerializer)
    def get(self, request: Request, indicator: str) -> Response:
        found = get_object_or_404(Indicator.objects.select_related("part_of"), code=indicator)
        return Response(IndicatorSerializer(found).data)


class Units(Resource):
    query_class = PageQuery
    pagination_class = Pagination

    @extend_schema(summary=_("单位一览"), responses=UnitSerializer(many=True))
    def get(self, request: Request) -> Response:
        return page_of(_units(), request, self.query, UnitSerializer)


class OneUnit(Resource):
    @extend_schema(summary=_("一个单位"), responses=UnitSerializer)
    def get(self, request: Request, unit: str) -> Response:
        return Response(UnitSerializer(get_object_or_404(_units(), code=unit)).data)
