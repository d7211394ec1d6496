"""Bulk import over REST: figures or milestones of many months and units as JSON, CSV or a workbook."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import IO, ClassVar

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import idempotent
from accounts.models import ApiToken
from accounts.rest import FiguresResource
from submissions.bulk import imports, sources
from submissions.bulk.limits import at_once, is_for_a_job, too_large
from submissions.bulk.rows import Source
from submissions.bulk.subjects import FIGURES, MILESTONES, Subject
from submissions.import_serializers import (
    ImportAnswer,
    ImportQuery,
    ImportReader,
    JobAccepted,
    JobWriter,
    MilestonesImportReader,
    accepted,
)
from submissions.jobs import desk
from submissions.models import ImportJob, JobKind, JobSubject
from workplan.lib import clock, problems
from workplan.lib.rest import StrictJSONParser, read_at_most
from workplan.lib.sheets import XLSX_TYPE
from workplan.lib.spreadsheets import SheetRefused

JSON_TYPE, CSV_TYPE = "application/json", "text/csv"
UNPROCESSABLE, ACCEPTED = 422, 202


class _Bytes(BaseParser):
    """Hands a file over as it is; what it holds is read where it is understood."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, object] | None = None
    ) -> bytes:
        return stream.read()


class CsvParser(_Bytes):
    media_type = CSV_TYPE


class WorkbookParser(_Bytes):
    media_type = XLSX_TYPE


_JSON_EXAMPLE = OpenApiExample(
    "json",
    request_only=True,
    media_type=JSON_TYPE,
    value={
        "figures": [
            {"month": "2007-10", "unit": "440000", "indicator": "T01", "value": "1043000"},
            {"month": "2007-09", "unit": "440000", "indicator": "T04", "numerator": "210000", "denominator": "5200000"},
            {
                "month": "2007-10",
                "unit": "440000",
                "indicator": "T08",
                "value": "100",
                "parts": {"workers": "75", "retirees": "25"},
            },
        ]
    },
)
_CSV_EXAMPLE = OpenApiExample(
    "csv",
    request_only=True,
    media_type=CSV_TYPE,
    value=(
        "month,unit,indicator,value,parts/workers,parts/retirees,note\r\n"
        "2007-10,440000,T01,1043000,,,\r\n2007-10,440000,T08,100,75,25,\r\n"
    ),
)
_ANSWER_EXAMPLE = OpenApiExample(
    "answer",
    response_only=True,
    status_codes=["200"],
    value={"created": 2, "updated": 0, "unchanged": 0, "rejected": 0, "errors": []},
)
_FILES = {CSV_TYPE: OpenApiTypes.STR, XLSX_TYPE: OpenApiTypes.BINARY}
_ANSWERS = {
    200: OpenApiResponse(ImportAnswer, description=_("已导入，或试运行通过")),
    202: OpenApiResponse(JobAccepted, description=_("内容较多，转为后台导入；Location 是查询进度的地址")),
}
_MILESTONES_JSON = OpenApiExample(
    "json",
    request_only=True,
    media_type=JSON_TYPE,
    value={
        "milestones": [
            {"month": "2007-10", "unit": "440000", "milestone": "M01-1", "state": "issued", "actual_on": "2007-10-08"},
            {
                "month": "2007-10",
                "unit": "450000",
                "milestone": "M01-1",
                "state": "in_progress",
                "planned_on": "2007-11-30",
                "note": "已征求意见",
            },
        ]
    },
)
_MILESTONES_CSV = OpenApiExample(
    "csv",
    request_only=True,
    media_type=CSV_TYPE,
    value=(
        "month,unit,milestone,state,planned_on,actual_on,covered,in_scope,new_title,note\r\n"
        "2007-10,440000,M01-1,issued,,2007-10-08,,,,\r\n2007-10,450000,M01-1,in_progress,2007-11-30,,,,,已征求意见\r\n"
    ),
)


# The address -----------------------------------------------------------------------------------


class FiguresImport(FiguresResource):
    """One batch; its size is judged before anything of it is read."""

    #: What the rows are about, and how a JSON body of them is read.
    subject: ClassVar[Subject] = FIGURES
    reader: ClassVar[type[ImportReader | MilestonesImportReader]] = ImportReader
    posted_query_class = ImportQuery
    parser_classes: ClassVar = [StrictJSONParser, CsvParser, WorkbookParser]

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        if request.method == "POST":
            _take_body(request)

    @extend_schema(
        summary=_("批量导入数据：许多报告期、许多单位的草稿"),
        request={JSON_TYPE: ImportReader, **_FILES},
        responses=_ANSWERS,
        examples=[_JSON_EXAMPLE, _CSV_EXAMPLE, _ANSWER_EXAMPLE],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        return self.take(request)

    def take(self, request: Request) -> Response:
        imports.check_person(request.user)
        options = imports.Options(**self.query)
        if len(_content(request)) > _most_at_once(media_type(request)):
            return self._queued(request, options)
        try:
            source = self._source(request)
        except SheetRefused as refusal:
            if not is_for_a_job(refusal):
                raise
            return self._queued(request, options)
        return answer(imports.run(source, options, by=request.user, now=clock.now(), origin=_ORIGIN))

    def _queued(self, request: Request, options: imports.Options) -> Response:
        about = JobSubject.MILESTONES if self.subject.is_milestones else JobSubject.FIGURES
        parcel = desk.Parcel(_content(request), _KINDS.get(media_type(request), JobKind.JSON), subject=about)
        job = desk.hand_in(parcel, options, by=request.user, now=clock.now(), token=_token(request))
        return Response(accepted(job, request), status=ACCEPTED)

    def finalize_response(self, request: Request, response: Response, *args: object, **kwargs: object) -> Response:
        """Say where the job is, also in an answer given again under its key."""
        if response.status_code == ACCEPTED:
            response["Location"] = response.data["job"]
        return super().finalize_response(request, response, *args, **kwargs)

    def _source(self, request: Request) -> Source:
        kind = media_type(request)
        if kind == CSV_TYPE:
            return sources.from_csv(request.data or b"", subject=self.subject)
        if kind == XLSX_TYPE:
            return sources.from_workbook(request.data or b"", subject=self.subject)
        return sources.from_json(self.body(self.reader)[self.subject.rows], subject=self.subject)


class MilestonesImport(FiguresImport):
    """The same for milestones."""

    subject = MILESTONES
    reader = MilestonesImportReader

    @extend_schema(
        summary=_("批量导入节点：许多报告期、许多单位的节点状态"),
        request={JSON_TYPE: MilestonesImportReader, **_FILES},
        responses=_ANSWERS,
        examples=[_MILESTONES_JSON, _MILESTONES_CSV, _ANSWER_EXAMPLE],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        return self.take(request)


_ORIGIN = {"by_import": "api"}
_KINDS = {CSV_TYPE: JobKind.CSV, XLSX_TYPE: JobKind.XLSX}


def answer(outcome: imports.Outcome) -> Response:
    """Return the counts; with every refusal as a problem where something was refused.

    A refusal is answered, not raised: what a partial import has written stays written.
    """
    told = outcome.as_answer()
    if not outcome.is_refused:
        return Response(told)
    count = len(outcome.plan.faults)
    detail = imports.refused_sentence(count)
    errors = told.pop("errors")
    body = problems.problem(UNPROCESSABLE, "import_refused", detail, errors, **told)
    return Response(body, status=UNPROCESSABLE, content_type=problems.MEDIA_TYPE)


def media_type(request: Request) -> str:
    return parse_header_parameters(request.content_type or "")[0]


def _most_at_once(kind: str) -> int:
    limits = at_once()
    return {CSV_TYPE: limits.csv_bytes, XLSX_TYPE: limits.xlsx_bytes}.get(kind, limits.json_bytes)


def _content(request: Request) -> bytes:
    return bytes(request._request._body)  # noqa: SLF001 -- what `_take_body` has read


def _take_body(request: Request) -> None:
    """Read the body up to the limit of a job, once, for the key's fingerprint and the parser alike.

    :raises FileTooLarge: it is longer; of one that says its length nothing is read.
    """
    most = max(_most_at_once(media_type(request)), settings.IMPORT_JOB_BYTES)
    plain = request._request  # noqa: SLF001 -- the framework offers no other way to bound a body
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > most:
            raise problems.BodyTooLarge("")
        plain._body = read_at_most(plain, most)  # noqa: SLF001 -- see above
    except problems.BodyTooLarge as error:
        raise too_large(most) from error


def _token(request: Request) -> str:
    """Return the digest of the token that the request came with; "" for a session."""
    return str(request.auth.pk) if isinstance(request.auth, ApiToken) else ""


# Jobs ------------------------------------------------------------------------------------------


class _JobResource(FiguresResource):
    def job(self, key: uuid.UUID) -> ImportJob:
        """Return the person's own job; another's is not there."""
        found: ImportJob = get_object_or_404(ImportJob.objects.visible_to(self.request.user), pk=key)
        return found

    def told(self, job: ImportJob) -> Response:
        return Response(JobWriter(job, context={"request": self.request}).data)


class OneImportJob(_JobResource):
    """How far an import in the background has come, and its answer once it has one."""

    @extend_schema(summary=_("后台导入的状态、进度和结果"), responses=JobWriter)
    def get(self, request: Request, key: uuid.UUID) -> Response:
        return self.told(self.job(key))


class CancelImportJob(_JobResource):
    """Stops an import in the background; nothing of it is stored."""

    @extend_schema(summary=_("取消后台导入"), request=None, responses=JobWriter)
    @idempotent
    def post(self, request: Request, key: uuid.UUID) -> Response:
        desk.cancel(self.job(key), by=request.user)
        return self.told(self.job(key))


class RetryImportJob(_JobResource):
    """Queues an import again whose file was kept."""

    @extend_schema(summary=_("重试未成功、已取消或已中断的后台导入"), request=None, responses=JobWriter)
    @idempotent
    def post(self, request: Request, key: uuid.UUID) -> Response:
        desk.retry(self.job(key), by=request.user, token=_token(request))
        return self.told(self.job(key))
