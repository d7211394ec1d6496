"""Saved views over REST: keep, rename, share and delete them, have them as files now or on a schedule.

The same steps as on their pages, for the same people: whose role reads figures and may take them away.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from django.http import FileResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import audit, permissions
from accounts.idempotency import idempotent
from accounts.models import User
from accounts.rest import Resource, TokenAllows
from reporting.api import CsvRenderer, ParquetRenderer, XlsxRenderer
from reporting.api_examples import RUN, SCHEDULE, SCHEDULE_BODY, VIEW, VIEW_BODY, VIEW_CHANGE
from reporting.saved import services, showing
from reporting.saved.kinds import KINDS, fitting
from reporting.saved.models import ExportRun, ExportSchedule, SavedView, ViewKind
from reporting.saved.pages import schedule_lines, view_lines
from reporting.saved.serializers import (
    FileQuery,
    RunSerializer,
    ScheduleReader,
    ScheduleSerializer,
    ViewChange,
    ViewReader,
    ViewSerializer,
    ViewsQuery,
)
from reporting.saved.taking import run_file
from workplan.lib import clock, sheets
from workplan.lib.bulk.answers import streamed
from workplan.lib.bulk.parquet import PARQUET_TYPE
from workplan.lib.problems import refuse
from workplan.lib.rest import PageQuery, Pagination, page_of

CREATED, GONE = 201, 204
#: A file, whichever of the formats it is.
_FILE = {
    (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR),
    (200, sheets.XLSX_TYPE): OpenApiResponse(OpenApiTypes.BINARY),
    (200, PARQUET_TYPE): OpenApiResponse(OpenApiTypes.BINARY),
}


class TakesFigures(BasePermission):
    """Views are for people who may take figures away, as on their pages."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return permissions.may_export(request.user)


class SaverResource(Resource):
    """An address of somebody's views."""

    permission_classes: ClassVar = [IsAuthenticated, TakesFigures, TokenAllows]

    def own_view(self, key: int) -> SavedView:
        """Return the person's own view; another's, shared or not, reads like none where something is done to it."""
        view: SavedView = get_object_or_404(SavedView.objects.owned_by(self.request.user), pk=key)
        return view


# Views -----------------------------------------------------------------------------------------


class Views(SaverResource):
    query_class = ViewsQuery
    pagination_class = Pagination

    @extend_schema(
        summary=gettext_lazy("保存的视图：自己的和共享给我的"), responses=ViewSerializer(many=True), examples=[VIEW]
    )
    def get(self, request: Request) -> Response:
        found = SavedView.objects.visible_to(request.user).with_schedules()
        owner = self.query.get("owner")
        if owner is not None:
            is_own = {"owner": request.user.pk}
            found = found.filter(**is_own) if owner == "own" else found.exclude(**is_own)
        lines = partial(view_lines, person=request.user)
        return page_of(found.order_by("name", "pk"), request, self.query, ViewSerializer, prepared=lines)

    @extend_schema(
        summary=gettext_lazy("保存一个视图"),
        request=ViewReader,
        responses={CREATED: ViewSerializer},
        examples=[VIEW_BODY],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        given = self.body(ViewReader)
        kind, query = given.pop("kind"), given.pop("query")
        _check_known(kind, query)
        view = services.save_view(kind, query, by=request.user, now=clock.now(), **given)
        return Response(_one(view, request.user), status=CREATED)


class OneView(SaverResource):
    @extend_schema(summary=gettext_lazy("一个视图：自己的或共享给我的"), responses=ViewSerializer, examples=[VIEW])
    def get(self, request: Request, pk: int) -> Response:
        return Response(_one(_visible(request.user, pk), request.user))

    @extend_schema(
        summary=gettext_lazy("改名，或改变报告期和共享范围；仅自己的视图"),
        request=ViewChange,
        responses=ViewSerializer,
        examples=[VIEW_CHANGE],
    )
    def patch(self, request: Request, pk: int) -> Response:
        view = self.own_view(pk)
        as_it_is = {name: getattr(view, name) for name in ("name", "months", "sharing")}
        changed = services.change_view(view, by=request.user, **as_it_is | self.body(ViewChange))
        return Response(_one(changed, request.user))

    @extend_schema(
        summary=gettext_lazy("删除视图及其定时导出和文件；仅自己的视图"),
        responses={GONE: OpenApiResponse(description=gettext_lazy("已删除"))},
    )
    def delete(self, request: Request, pk: int) -> Response:
        services.delete_view(self.own_view(pk), by=request.user)
        return Response(status=GONE)


class ViewFile(SaverResource):
    """A view as a file, made now with the rights of whoever asks."""

    query_class = FileQuery
    renderer_classes: ClassVar = [JSONRenderer, CsvRenderer, XlsxRenderer, ParquetRenderer]

    @extend_schema(summary=gettext_lazy("按视图现在的报告期导出文件，只含您可以查看的数据"), responses=_FILE)
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        view = _visible(request.user, pk)
        page = KINDS[view.kind]
        query = showing.query_now(view, request.user, today=clock.today())
        query["format"] = self.query.get("format", page.formats[0].value)
        if query["format"] not in page.formats:
            raise refuse(
                "?format", "invalid_choice", _("“%(kind)s”只能导出为 Excel。") % {"kind": view.get_kind_display()}
            )
        made = page.made(request.user, query)
        asked = {"view": view.name, "format": query["format"], "query": query.urlencode()}
        audit.record_taken(page.export, by=request.user, **asked)
        return streamed(f"{view.name}.{query['format']}", made.media_type, made.pieces)


def _visible(person: User, key: int) -> SavedView:
    view: SavedView = get_object_or_404(SavedView.objects.visible_to(person), pk=key)
    return view


def _one(view: SavedView, person: User) -> Mapping[str, object]:
    (line,) = view_lines(SavedView.objects.filter(pk=view.pk).with_schedules(), person)
    return ViewSerializer(line).data


def _check_known(kind: str, query: QueryDict) -> None:
    """Refuse a parameter that the kind does not have; the explorer judges its own.

    :raises RequestRefused: there is one.
    """
    if kind == ViewKind.EXPLORE or kind in fitting(query):
        return
    name = min(set(query) - set(KINDS[kind].params))[:40]
    raise refuse("/query", "unknown_parameter", _("没有名为“%(name)s”的参数。") % {"name": name})


# Scheduled exports -----------------------------------------------------------------------------


class Schedules(SaverResource):
    query_class = PageQuery
    pagination_class = Pagination

    @extend_schema(
        summary=gettext_lazy("自己的一个视图的定时导出"), responses=ScheduleSerializer(many=True), examples=[SCHEDULE]
    )
    def get(self, request: Request, pk: int) -> Response:
        lines = schedule_lines(self.own_view(pk), now=clock.now())
        return page_of(lines, request, self.query, ScheduleSerializer)

    @extend_schema(
        summary=gettext_lazy("定时导出自己的一个视图"),
        request=ScheduleReader,
        responses={CREATED: ScheduleSerializer},
        examples=[SCHEDULE_BODY],
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        view = self.own_view(pk)
        given = self.body(ScheduleReader)
        made = services.schedule_export(
            view, by=request.user, now=clock.now(), rhythm=given["rhythm"], file_format=given["format"]
        )
        return Response(_scheduled(made), status=CREATED)


class StopSchedule(SaverResource):
    """Ends a scheduled export; files that were made stay until they expire."""

    @extend_schema(summary=gettext_lazy("停止一项定时导出"), request=None, responses=ScheduleSerializer)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        running = get_object_or_404(ExportSchedule.objects.visible_to(request.user), pk=pk)
        return Response(_scheduled(services.stop_schedule(running, by=request.user, now=clock.now())))


def _scheduled(schedule: ExportSchedule) -> Mapping[str, object]:
    (line,) = (one for one in schedule_lines(schedule.view, now=clock.now()) if one.schedule.pk == schedule.pk)
    return ScheduleSerializer(line).data


# Files of scheduled exports --------------------------------------------------------------------


class Runs(SaverResource):
    query_class = PageQuery
    pagination_class = Pagination

    @extend_schema(
        summary=gettext_lazy("定时导出的文件，最新的在前"), responses=RunSerializer(many=True), examples=[RUN]
    )
    def get(self, request: Request) -> Response:
        runs = ExportRun.objects.visible_to(request.user).select_related("schedule__view")
        return page_of(runs.order_by("-pk"), request, self.query, RunSerializer)


class RunFile(SaverResource):
    """The file of one run, for the person it was made for, as long as it is kept."""

    renderer_classes: ClassVar = [JSONRenderer, CsvRenderer, XlsxRenderer, ParquetRenderer]

    @extend_schema(summary=gettext_lazy("下载一个定时导出的文件"), responses=_FILE)
    def get(self, request: Request, pk: int) -> FileResponse:
        return run_file(request.user, pk)


class RetryRun(SaverResource):
    """Has an export made that was given up."""

    @extend_schema(summary=gettext_lazy("重新生成一个没有生成的文件"), request=None, responses=RunSerializer)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        run = get_object_or_404(ExportRun.objects.visible_to(request.user), pk=pk)
        return Response(RunSerializer(services.retry(run, by=request.user)).data)
