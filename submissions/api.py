"""Monthly reports over REST: read one, save its draft, take a step of the workflow. The rules are in the services."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import permissions
from accounts.idempotency import idempotent
from accounts.models import NATION_CODE
from accounts.rest import FiguresResource
from submissions import facts, reviewing, services, signing, waiting, workflow
from submissions.api_examples import REPORT, REPORTS
from submissions.evidence.shown import with_evidence
from submissions.intake import (
    CommentInput,
    CommentReader,
    Complaint,
    FigureReader,
    InputRefused,
    read_comment,
    read_exception,
    read_explanations,
    read_milestones,
    read_replies,
)
from submissions.milestones import milestone_rows
from submissions.models import MonthlyReport, Release, ReportStatus, Verb
from submissions.opening import report_open_to
from submissions.serializers import (
    ApprovalReader,
    AskingReader,
    DraftReader,
    OpeningReader,
    ReportQuery,
    ReportRowSerializer,
    ReportSerializer,
    VerbReader,
    VerdictReader,
)
from submissions.statement import shown_to, statement
from targets.api import unit_named
from workplan.lib import clock
from workplan.lib.rest import Pagination, page_of

SERVICES = services.BY_VERB

_DRAFT = OpenApiExample(
    "draft",
    request_only=True,
    value={
        "version": 3,
        "figures": [
            {"indicator": "T01", "value": "310000"},
            {"indicator": "T04", "numerator": "210000", "denominator": "5200000"},
            {"indicator": "T13", "state": "not_applicable"},
        ],
        "milestones": [{"milestone": "M01-1", "state": "issued", "actual_on": "2007-06-20"}],
        "replies": [{"indicator": "T01", "text": "已按台账更正。"}],
        "note": "",
    },
)
_STEP = OpenApiExample(
    "step",
    request_only=True,
    value={"version": 4, "comment": "请核对参保人数。", "explanations": {"V08:T11": "农民工参保专项扩面。"}},
)
_ASKING = OpenApiExample(
    "asking",
    request_only=True,
    value={"version": 4, "explanations": {"V08:T11": "农民工参保专项扩面。"}},
)
_OPENING = OpenApiExample(
    "final",
    request_only=True,
    value={"version": 6, "comment": "全年数据已核定。", "release": "final"},
)
_VERDICT = OpenApiExample(
    "verdict",
    request_only=True,
    value={
        "version": 5,
        "comment": "请核对两处。",
        "comments": [
            {"indicator": "T01", "text": "与上月相比少了一万。", "suggested_value": "320000"},
            {"milestone": "M01-1", "text": "请附文号。"},
        ],
    },
)
_APPROVAL = OpenApiExample(
    "exception",
    request_only=True,
    value={
        "version": 5,
        "exception": {"units": ["440100", "440300"], "reason": "两市系统升级，数据已电话核对。"},
    },
)


def answer(report: MonthlyReport, person: permissions.Person) -> dict[str, object]:
    """Return the report as REST answers it."""
    sees_drafts = permissions.sees_drafts(person, report.unit)
    told = statement(report, person=person, today=clock.today())
    shown, standing = shown_to(person, report)
    milestones = with_evidence(milestone_rows(shown, today=clock.today(), standing=standing), shown, standing=standing)
    asked = reviewing.asked_of(report) if sees_drafts else []
    waiting_for = waiting.units_waited_for([report])[report.pk] if sees_drafts else []
    parts = {
        "rows": told.rows,
        "found": told.found,
        "milestones": milestones,
        "comments": asked,
        "waiting_for": [unit.code for unit in waiting_for],
        "exceptions": waiting.exceptions_of(report),
        "may": told.may,
    }
    return ReportSerializer({"report": shown, **parts}).data


# Addresses -------------------------------------------------------------------------------------


class Reports(FiguresResource):
    query_class = ReportQuery
    pagination_class = Pagination

    @extend_schema(summary=_("我可以查看的报表"), responses=ReportRowSerializer(many=True), examples=[REPORTS])
    def get(self, request: Request) -> Response:
        return page_of(self._reports(request.user), request, self.query, ReportRowSerializer)

    def _reports(self, person: permissions.Person) -> QuerySet[MonthlyReport]:
        reports = MonthlyReport.objects.visible_to(person).annotate(status_shown=_status_shown(person))
        if "month" in self.query:
            reports = reports.filter(period=self.query["month"])
        if "unit" in self.query:
            reports = reports.filter(unit__path__startswith=unit_named(self.query["unit"]).path)
        if "status" in self.query:
            reports = reports.filter(status_shown=self.query["status"])
        return reports.select_related("unit", "approved_filing").order_by("-period", "unit__position", "unit__code")


def _status_shown(person: permissions.Person) -> Case:
    """Return the status as the person may know it: where drafts are not open to them, what was approved stands."""
    open_rows = Q(pk__isnull=not permissions.sees_all_reports(person))
    for path in permissions.access(person).subtree_paths:
        open_rows |= Q(unit__path__startswith=path)
    if permissions.owned_items(person):
        open_rows |= Q(unit__code=NATION_CODE)
    return Case(When(open_rows, then=F("status")), default=Value(ReportStatus.APPROVED))


class _ReportResource(FiguresResource):
    """An address under one report; a stale version is answered with the report as it stands."""

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, services.StaleVersion):
            exc.details = {
                "current_version": exc.report.version,
                "current": answer(exc.report, self.request.user),
            }
        return super().handle_exception(exc)


class OneReport(_ReportResource):
    @extend_schema(summary=_("一份月度报表；未开始填的也给出应报的指标"), responses=ReportSerializer, examples=[REPORT])
    def get(self, request: Request, month: date, unit: str) -> Response:
        return Response(answer(report_open_to(request.user, month, unit), request.user))

    @extend_schema(
        summary=_("保存草稿：全部保存或全不保存；没写的保持不变，null 清除"),
        request=DraftReader,
        responses=ReportSerializer,
        examples=[_DRAFT],
    )
    def put(self, request: Request, month: date, unit: str) -> Response:
        report = report_open_to(request.user, month, unit)
        draft = self.read_body(DraftReader, partial(read_draft, report))
        saved = services.save_draft(report, by=request.user, now=clock.now(), **draft)
        return Response(answer(saved, request.user))


def read_draft(report: MonthlyReport, given: dict[str, object]) -> dict[str, object]:
    """Return what a draft's body says, as the service takes it.

    :raises InputRefused: with every complaint about figures, milestones and replies alike.
    """
    reader = FigureReader(report, facts.due_indicators(report.unit, report.period), facts.figures_by_indicator(report))
    complaints: list[Complaint] = []
    figures = _collected(lambda: reader.read(given.get("figures", [])), complaints)
    milestones = _collected(
        lambda: read_milestones(report, given.get("milestones", []), today=clock.today()), complaints
    )
    answers = given.get("replies", [])
    asked = {one.comment.address: one.comment.pk for one in reviewing.asked_of(report)} if answers else {}
    replies = _collected(lambda: read_replies(asked, answers), complaints)
    if complaints:
        raise InputRefused(complaints)
    note = (given["note"] or "") if "note" in given else None
    return {
        "version": given.get("version"),
        "figures": figures,
        "milestones": milestones,
        "replies": replies,
        "note": note,
    }


def _collected(read: Callable[[], object], complaints: list[Complaint]) -> object:
    try:
        return read()
    except InputRefused as refusal:
        complaints += refusal.complaints
        return None


class ReportStep(_ReportResource):
    """One verb of the workflow, named by the address."""

    verb: Verb = Verb.SUBMIT
    reader: type[VerbReader] = VerbReader

    @property
    def summary(self) -> str:
        return str(self.verb.label)

    @extend_schema(request=VerbReader, responses=ReportSerializer, examples=[_STEP])
    @idempotent
    def post(self, request: Request, month: date, unit: str) -> Response:
        return self.take(month, unit)

    def take(self, month: date, unit: str) -> Response:
        report = report_open_to(self.request.user, month, unit)
        moved = self._move(report, self._read(report, self.body(self.reader)))
        return Response(answer(moved, self.request.user))

    def _read(self, report: MonthlyReport, given: dict[str, object]) -> dict[str, object]:
        complaints: list[Complaint] = []
        comment = _collected(lambda: read_comment(given["comment"]), complaints)
        last = facts.last_explanations(report) if given["explanations"] else {}
        explanations = _collected(lambda: read_explanations(given["explanations"], last=last), complaints)
        comments = _collected(lambda: self._comments(report, given.get("comments", [])), complaints)
        if complaints:
            raise InputRefused(complaints)
        step = {"version": given["version"], "comment": comment}
        if self.verb in services.VERDICTS:
            step["comments"] = comments
        if "release" in given:
            step["release"] = Release(given["release"])
        return step | {"explanations": explanations} if self.verb == Verb.SUBMIT else step

    def _comments(self, report: MonthlyReport, rows: list[dict[str, object]]) -> list[CommentInput]:
        """Return the comments on single cells; an empty one says nothing, and programs draft none to take back."""
        if not rows:
            return []
        comments = CommentReader(report, facts.due_indicators(report.unit, report.period)).read(rows)
        empty = [place for place, one in enumerate(comments) if one.is_cleared]
        if empty:
            template = gettext_noop("批注没有内容：请写文字或建议值。")
            raise InputRefused([Complaint(f"/comments/{place}/text", "text_missing", template, {}) for place in empty])
        return comments

    def _move(self, report: MonthlyReport, step: dict[str, object]) -> MonthlyReport:
        return SERVICES[self.verb](report, by=self.request.user, now=clock.now(), **step)


class ReportVerdict(ReportStep):
    """A reviewer's verdict: besides the summary it may speak of single cells."""

    verb = Verb.APPROVE
    reader = VerdictReader

    @extend_schema(request=VerdictReader, responses=ReportSerializer, examples=[_VERDICT])
    @idempotent
    def post(self, request: Request, month: date, unit: str) -> Response:
        return self.take(month, unit)


class ReportOpening(ReportStep):
    """A step that opens the next filing: it may be the final one of the year."""

    verb = Verb.CORRECT
    reader = OpeningReader

    @extend_schema(request=OpeningReader, responses=ReportSerializer, examples=[_OPENING])
    @idempotent
    def post(self, request: Request, month: date, unit: str) -> Response:
        return self.take(month, unit)


class AskToSign(_ReportResource):
    """Tells the unit's leads that a draft is ready; no verb of the workflow, nothing moves by it."""

    @extend_schema(
        summary=_("请负责人审签：填报人通知本单位负责人核对并报送；状态和版本不变，同一版本只通知一次"),
        request=AskingReader,
        responses=ReportSerializer,
        examples=[_ASKING],
    )
    @idempotent
    def post(self, request: Request, month: date, unit: str) -> Response:
        report = report_open_to(request.user, month, unit)
        given = self.body(AskingReader)
        last = facts.last_explanations(report) if given["explanations"] else {}
        explanations = read_explanations(given["explanations"], last=last)
        asked = signing.ask_to_sign(
            report, by=request.user, now=clock.now(), version=given["version"], explanations=explanations
        )
        return Response(answer(asked, request.user))


class ReportApproval(ReportVerdict):
    """An approval: besides, it may name units below that it does not wait for."""

    reader = ApprovalReader

    @extend_schema(request=ApprovalReader, responses=ReportSerializer, examples=[_VERDICT, _APPROVAL])
    @idempotent
    def post(self, request: Request, month: date, unit: str) -> Response:
        return self.take(month, unit)

    def _read(self, report: MonthlyReport, given: dict[str, object]) -> dict[str, object]:
        complaints: list[Complaint] = []
        step = _collected(lambda: super(ReportApproval, self)._read(report, given), complaints)
        if (told := given.get("exception")) is not None:
            exception = _collected(lambda: read_exception(report, told["units"], told["reason"]), complaints)
            step = {**(step or {}), "exception": exception}
        if complaints:
            raise InputRefused(complaints)
        return step


def resource_for(verb: Verb) -> type[ReportStep]:
    """Return the resource that takes the verb."""
    if verb == Verb.APPROVE:
        return ReportApproval
    if verb in services.VERDICTS:
        return ReportVerdict
    return ReportOpening if workflow.STEPS[verb].may_open_final else ReportStep
