"""What it all means, over REST: work items with their light, progress, series and tidy figures. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import permissions
from accounts.models import NATION_CODE, ReportingUnit
from accounts.rest import FiguresResource, Resource
from reporting import aggregates
from reporting.api_examples import FIGURES, PROGRESS, SERIES
from reporting.board import board
from reporting.exports import figure_cells
from reporting.nation import newest_published
from reporting.serializers import (
    FiguresQuery,
    ItemWithStatusSerializer,
    ObservationSerializer,
    ProgressQuery,
    ProgressSerializer,
    SeriesPointSerializer,
    SeriesQuery,
)
from reporting.series import monthly_series
from reporting.tidy import Selection, download
from submissions.calendar import default_period
from submissions.models import ReportingMonth
from targets.api import indicator_named, plan_named, unit_named, with_exemptions
from targets.models import Item, Milestone, Plan, Target
from workplan.lib import clock, sheets
from workplan.lib.bulk.parquet import PARQUET_TYPE
from workplan.lib.problems import refuse
from workplan.lib.rest import PageQuery, Pagination, page_of

#: What a file is called in the address, and how it is made; programs read CSV without Excel's mark.
FILES = {"csv": "plain_csv", "xlsx": "xlsx", "parquet": "parquet"}


# Work items ------------------------------------------------------------------------------------


class Items(Resource):
    query_class = PageQuery
    pagination_class = Pagination

    @extend_schema(summary=gettext_lazy("工作要点一览"), responses=ItemWithStatusSerializer(many=True))
    def get(self, request: Request, year: int) -> Response:
        plan = get_object_or_404(Plan, year=year)
        context = {"lights": _lights(request.user, plan)}
        return page_of(_items(plan), request, self.query, ItemWithStatusSerializer, **context)


class OneItem(Resource):
    @extend_schema(summary=gettext_lazy("一项工作要点：目标、节点和进度"), responses=ItemWithStatusSerializer)
    def get(self, request: Request, year: int, number: int) -> Response:
        plan = get_object_or_404(Plan, year=year)
        item = get_object_or_404(_items(plan), number=number)
        return Response(ItemWithStatusSerializer(item, context={"lights": _lights(request.user, plan)}).data)


def _items(plan: Plan) -> QuerySet[Item]:
    national = Target.objects.filter(unit__code=NATION_CODE).in_order()
    milestones = with_exemptions(Milestone.objects.order_by("id"))
    return (
        Item.objects.filter(plan=plan)
        .select_related("chapter")
        .prefetch_related(Prefetch("targets", national, to_attr="national_targets"), Prefetch("milestones", milestones))
        .order_by("number")
    )


def _lights(person: permissions.Person, plan: Plan) -> dict[int, str]:
    """Return each item's light in the month that pages open with; none for people who read no figures."""
    period = default_period(person, clock.today())
    if period is None or period.plan_id != plan.pk or not permissions.has_business_role(person):
        return {}
    items = board(person, period, today=clock.today()).items
    return {one.item.pk: one.light.value for one in items if one.light is not None}


# Progress --------------------------------------------------------------------------------------


class Progress(FiguresResource):
    query_class = ProgressQuery
    pagination_class = Pagination

    @extend_schema(
        summary=gettext_lazy("进度：每个指标、每个单位一行"),
        responses=ProgressSerializer(many=True),
        examples=[PROGRESS],
    )
    def get(self, request: Request) -> Response:
        unit = unit_named(self.query["unit"])
        period = _period(request.user, self.query, unit)
        below = self.query["level"] == "children"
        units = ReportingUnit.objects.on_the_tree().children_of(unit) if below else [unit]
        chosen = [indicator_named(self.query["indicator"])] if "indicator" in self.query else None
        rows = aggregates.progress_rows(request.user, period, units, indicators=chosen, basis=self.query["basis"])
        return page_of(rows, request, self.query, ProgressSerializer)


class ProgressSeries(FiguresResource):
    query_class = SeriesQuery
    pagination_class = Pagination

    @extend_schema(
        summary=gettext_lazy("一个指标逐月的进度"), responses=SeriesPointSerializer(many=True), examples=[SERIES]
    )
    def get(self, request: Request) -> Response:
        unit, indicator = unit_named(self.query["unit"]), indicator_named(self.query["indicator"])
        plan = _plan(self.query)
        series = monthly_series(request.user, plan, indicator, unit)
        published = newest_published(indicator, plan.year, today=clock.today()) if unit.is_nation else {}
        return page_of(series.points, request, self.query, SeriesPointSerializer, published=published)


def _plan(query: Mapping[str, object]) -> Plan:
    """Return the plan asked for, or the newest.

    :raises RequestRefused: there is none.
    """
    if "plan" in query:
        return plan_named(query["plan"])
    return Plan.objects.order_by("-year").first() or plan_named(clock.today().year)


def _period(person: permissions.Person, query: Mapping[str, object], unit: ReportingUnit) -> ReportingMonth:
    """Return the month asked for, or the one that pages about the unit open with.

    :raises RequestRefused: no plan, or not the one asked for, has the month.
    """
    if "month" in query:
        period = ReportingMonth.objects.filter(month=query["month"]).first()
    else:
        period = default_period(person, clock.today(), unit=unit)
    plan = plan_named(query["plan"]) if "plan" in query else None
    if period is None or (plan is not None and period.plan_id != plan.pk):
        raise refuse("?month", "unknown_month", _("计划中没有这个报告期，请写明 month，如 2007-06。"))
    return period


# Tidy figures ----------------------------------------------------------------------------------


class CsvRenderer(JSONRenderer):
    """Names the format; the file is written by `reporting.tidy`, and a refusal stays JSON."""

    format, media_type = "csv", "text/csv"


class XlsxRenderer(CsvRenderer):
    format, media_type = "xlsx", sheets.XLSX_TYPE


class ParquetRenderer(CsvRenderer):
    format, media_type = "parquet", PARQUET_TYPE


class Figures(FiguresResource):
    query_class = FiguresQuery
    pagination_class = Pagination
    renderer_classes: ClassVar = [JSONRenderer, CsvRenderer, XlsxRenderer, ParquetRenderer]

    @extend_schema(
        summary=gettext_lazy("逐单位的数据，供分析使用"),
        responses={
            (200, "application/json"): ObservationSerializer(many=True),
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR),
            (200, sheets.XLSX_TYPE): OpenApiResponse(OpenApiTypes.BINARY),
            (200, PARQUET_TYPE): OpenApiResponse(OpenApiTypes.BINARY),
        },
        examples=[FIGURES],
    )
    def get(self, request: Request) -> HttpResponseBase:
        selection = self._selection(request.user)
        wanted = request.accepted_renderer.format
        if wanted in FILES:
            return download(request.user, selection, FILES[wanted], name="figures")
        rows = selection.read_by(request.user)
        prepared = partial(map, figure_cells)
        return page_of(rows, request, self.query, ObservationSerializer, prepared=prepared, parts=self.query["parts"])

    def _selection(self, person: permissions.Person) -> Selection:
        query = self.query
        period = _period(person, query, permissions.national_unit()) if "month" in query else None
        return Selection(
            period.plan if period is not None else _plan(query),
            period=period,
            unit=unit_named(query["unit"]) if "unit" in query else None,
            indicator=indicator_named(query["indicator"]) if "indicator" in query else None,
            all_versions=query["versions"] == "all",
            with_parts=query["parts"],
        )
