"""Assessment over REST: schemes as data, the results of a round, one sheet with every point. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ReportingUnit
from accounts.rest import FiguresResource
from reporting.api_examples import ASSESSMENT
from reporting.assessment.models import (
    AssessmentCriterion,
    AssessmentRound,
    AssessmentScheme,
    AssessmentSection,
)
from reporting.assessment.pages import RoundPage, Row, round_page, rounds_begun
from reporting.assessment.serializers import (
    ResultSerializer,
    ResultsQuery,
    SchemeSerializer,
    SheetSerializer,
    state_of,
)
from reporting.assessment.sheet_page import NotOpen, opened, sheet_page
from workplan.lib import clock
from workplan.lib.problems import refuse
from workplan.lib.rest import PageQuery, Pagination, page_of


class Schemes(FiguresResource):
    query_class = PageQuery
    pagination_class = Pagination

    @extend_schema(summary=gettext_lazy("考核方案、指标和批次"), responses=SchemeSerializer(many=True))
    def get(self, request: Request) -> Response:
        criteria = AssessmentCriterion.objects.select_related("section", "indicator").order_by("number")
        sections = AssessmentSection.objects.order_by("code").prefetch_related(
            Prefetch("criteria", criteria, to_attr="ordered_criteria")
        )
        schemes = AssessmentScheme.objects.select_related("plan").prefetch_related(
            Prefetch("sections", sections, to_attr="ordered_sections"),
            Prefetch("rounds", AssessmentRound.objects.order_by("period", "code"), to_attr="ordered_rounds"),
        )
        return page_of(schemes.order_by("plan__year", "code"), request, self.query, SchemeSerializer)


class Results(FiguresResource):
    query_class = ResultsQuery
    pagination_class = Pagination

    @extend_schema(
        summary=gettext_lazy("一个考核批次的得分、名次和等次：每个单位一行"),
        responses=ResultSerializer(many=True),
        examples=[ASSESSMENT],
    )
    def get(self, request: Request) -> Response:
        begun = rounds_begun(clock.today())
        code = self.query.get("round")
        taken = next((one for one in begun if code in (None, one.code)), None)
        if taken is None and code is not None:
            raise refuse(
                "?round", "unknown_round", str(_("没有代码为“%(code)s”的考核批次，或尚未开始。")) % {"code": code}
            )
        page = round_page(request.user, taken, today=clock.today()) if taken is not None else None
        rows = () if page is None else page.rows
        return page_of(rows, request, self.query, ResultSerializer, prepared=lambda shown: _results(page, shown))


def _results(page: RoundPage | None, rows: Iterable[Row]) -> Iterator[dict[str, object]]:
    """Yield each row with what a program reads of it."""
    if page is None:
        return
    for row in rows:
        yield {
            "round": page.round.code,
            "row": row,
            "state": state_of(row.state),
            "is_provisional": page.is_provisional,
            "sections": [
                {"code": one.code, "weight": one.weight, "points": earned}
                for one, earned in zip(page.sections, row.sections, strict=True)
            ],
        }


class OneSheet(FiguresResource):
    @extend_schema(summary=gettext_lazy("一个单位的考核表：逐项得分和依据"), responses=SheetSerializer)
    def get(self, request: Request, code: str, unit: str) -> Response:
        taken = next((one for one in rounds_begun(clock.today()) if one.code == code), None)
        if taken is None:
            raise Http404
        named = get_object_or_404(ReportingUnit.objects.on_the_tree(), code=unit)
        try:
            sheet = opened(request.user, taken, named)
        except NotOpen as error:
            raise Http404 from error
        return Response(SheetSerializer(sheet_page(request.user, sheet, today=clock.today())).data)
