"""Extensions over REST: what was granted in a month, and more time for a unit or for all, by the calendar's service."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import permissions
from accounts.idempotency import idempotent
from accounts.models import ReportingUnit
from accounts.rest import Resource, TokenAllows
from submissions import calendar, schedule
from submissions.models import Extension, ReportingMonth
from targets.serializers import UNIT_CODE
from workplan.lib import clock
from workplan.lib.problems import refuse
from workplan.lib.rest import PageQuery, Pagination, page_of
from workplan.lib.serializers import Code, StrictSerializer, StrictText

CREATED = 201
_EXAMPLE = OpenApiExample(
    "one unit", request_only=True, value={"unit": "440000", "until": "2007-10-20", "reason": "台风影响，网络中断。"}
)


class MovesDates(BasePermission):
    """The calendar's dates are the ministry's and the planner's."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return permissions.may_move_dates(request.user)


class ExtensionReader(StrictSerializer):
    """More time for one unit, or with a unit of null for all, until a day, with the reason."""

    unit = Code(UNIT_CODE, allow_null=True)
    until = serializers.DateField()
    reason = StrictText(max_length=calendar.LONGEST_REASON)


class ExtensionSerializer(serializers.Serializer):
    """One extension as it was granted."""

    unit = serializers.CharField(source="unit.code", default=None, allow_null=True, help_text=_("null 为所有单位"))
    until = serializers.DateField()
    reason = serializers.CharField()
    granted_by = serializers.CharField(source="granted_by.username")
    granted_at = serializers.DateTimeField()


class Extensions(Resource):
    """The extensions of one month: read by planner and ministry, granted by the ministry's reviewer."""

    permission_classes: ClassVar = [IsAuthenticated, MovesDates, TokenAllows]
    query_class = PageQuery
    pagination_class = Pagination

    @extend_schema(summary=_("一个报告期准予的延期，最近的在前"), responses=ExtensionSerializer(many=True))
    def get(self, request: Request, month: date) -> Response:
        period = get_object_or_404(ReportingMonth, month=month)
        granted = period.extensions.select_related("unit", "granted_by").order_by("-granted_at", "-id")
        return page_of(granted, request, self.query, ExtensionSerializer)

    @extend_schema(
        summary=_("准予延期：一个单位，或所有单位"),
        request=ExtensionReader,
        responses={CREATED: ExtensionSerializer},
        examples=[_EXAMPLE],
    )
    @idempotent
    def post(self, request: Request, month: date) -> Response:
        period = get_object_or_404(ReportingMonth, month=month)
        given = self.body(ExtensionReader)
        granted = schedule.extend(
            period,
            unit=_unit(given["unit"]),
            until=given["until"],
            reason=given["reason"],
            by=request.user,
            now=clock.now(),
        )
        return Response(_answer(granted), status=CREATED)


def _unit(code: str | None) -> ReportingUnit | None:
    if code is None:
        return None
    unit = ReportingUnit.objects.on_the_tree().filter(code=code).first()
    if unit is None:
        raise refuse("/unit", "unknown_unit", str(_("没有代码为“%(code)s”的单位。")) % {"code": code})
    return unit


def _answer(granted: Extension) -> dict[str, object]:
    return ExtensionSerializer(granted).data
