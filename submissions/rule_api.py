"""The rules and the excuses from them over REST: read by who reads figures, excused by who may on the page."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import idempotent
from accounts.rest import FiguresResource
from submissions import terms
from submissions.calendar import default_period
from submissions.models import Excuse
from submissions.pages.rules import RuleRow, rules_page
from targets.api import indicator_named, unit_named
from targets.serializers import INDICATOR_CODE, UNIT_CODE, MonthField
from workplan.lib import clock
from workplan.lib.numbers import plain_text
from workplan.lib.rest import PageQuery, Pagination, page_of
from workplan.lib.serializers import Code, StrictSerializer

CREATED = 201
RULE_CODE = "V[0-9]{2}"


class RulesQuery(PageQuery):
    """In which month the rules are held; without one, that which pages open with."""

    month = MonthField(required=False)


class ExcuseReader(StrictSerializer):
    """Whom to excuse from which rule, from month to month, and why."""

    rule = Code(RULE_CODE)
    unit = Code(UNIT_CODE)
    indicator = Code(INDICATOR_CODE)
    since = MonthField()
    until = MonthField()
    reason = serializers.CharField(max_length=500)


class RuleSerializer(serializers.Serializer):
    """A rule on the terms of a month."""

    code = serializers.CharField(source="rule.code")
    says = serializers.CharField()
    subject = serializers.SerializerMethodField()
    severities = serializers.SerializerMethodField()
    limits = serializers.SerializerMethodField()
    in_force = serializers.BooleanField(source="terms.is_in_force")
    excusable = serializers.BooleanField(source="rule.is_excusable")

    def get_subject(self, row: RuleRow) -> str:
        return str(row.rule.subject).lower()

    def get_severities(self, row: RuleRow) -> list[str]:
        return [str(one.severity) for one in row.weights]

    def get_limits(self, row: RuleRow) -> dict[str, str]:
        return {name: plain_text(value) for name, value, _is_set in row.limits}


class RuleExcuseSerializer(serializers.Serializer):
    """An excuse from a rule; withdrawn, it no longer counts."""

    id = serializers.IntegerField()
    rule = serializers.CharField()
    unit = serializers.CharField(source="unit.code")
    indicator = serializers.CharField(source="indicator.code")
    since = MonthField()
    until = MonthField()
    reason = serializers.CharField()
    granted_by = serializers.CharField(source="granted_by.label")
    granted_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class Rules(FiguresResource):
    query_class = RulesQuery
    pagination_class = Pagination

    @extend_schema(summary=_("审核规则：内容、处理方式、界限"), responses=RuleSerializer(many=True))
    def get(self, request: Request) -> Response:
        month = self.query.get("month")
        if month is None:
            period = default_period(request.user, clock.today())
            month = period.month if period is not None else clock.today().replace(day=1)
        return page_of(rules_page(request.user, month).rows, request, self.query, RuleSerializer)


class Excuses(FiguresResource):
    query_class = PageQuery
    pagination_class = Pagination

    @extend_schema(summary=_("规则豁免一览"), responses=RuleExcuseSerializer(many=True))
    def get(self, request: Request) -> Response:
        found = Excuse.objects.visible_to(request.user).select_related("unit", "indicator", "granted_by")
        return page_of(found.order_by("-granted_at", "-pk"), request, self.query, RuleExcuseSerializer)

    @extend_schema(summary=_("豁免一个单位"), request=ExcuseReader, responses={CREATED: RuleExcuseSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        terms.check_may_excuse(request.user)
        given = self.body(ExcuseReader)
        given |= {"unit": unit_named(given["unit"]), "indicator": indicator_named(given["indicator"])}
        granted = terms.grant_excuse(by=request.user, now=clock.now(), **given)
        return Response(RuleExcuseSerializer(granted).data, status=CREATED)


class WithdrawExcuse(FiguresResource):
    """Ends an excuse: the rule is held again from now on."""

    @extend_schema(summary=_("撤销一项豁免"), request=None, responses=RuleExcuseSerializer)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        found = get_object_or_404(Excuse.objects.visible_to(request.user), pk=pk)
        ended = terms.withdraw_excuse(found, by=request.user, now=clock.now())
        return Response(RuleExcuseSerializer(ended).data)
