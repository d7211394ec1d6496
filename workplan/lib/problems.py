"""Refusals over REST: every error is one problem-details body, whoever raised it.

`{type, title, status, detail, errors: [{pointer | row | column, code, message}]}`; the sentences are in the language
of the request, `type` and `code` never change.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TypedDict

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse, UnreadablePostError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from rest_framework import exceptions
from rest_framework.response import Response

from workplan.lib import logs
from workplan.lib.refusals import Refused

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
API_PREFIX = "/api/"
#: A pointer to the whole body.
WHOLE_BODY = ""

TITLES = {
    400: gettext_noop("请求有误"),
    401: gettext_noop("需要登录"),
    403: gettext_noop("不允许"),
    404: gettext_noop("找不到"),
    405: gettext_noop("不支持这种方法"),
    406: gettext_noop("不支持这种格式"),
    409: gettext_noop("与现状冲突"),
    413: gettext_noop("内容过大"),
    415: gettext_noop("不支持这种内容类型"),
    422: gettext_noop("未通过校验"),
    429: gettext_noop("请求过于频繁"),
    500: gettext_noop("系统出错"),
    503: gettext_noop("暂时不能服务"),
}

#: What the framework raises: code and sentence. Not found says the same of everything that is not there.
_FRAMEWORK = {
    400: ("unreadable", gettext_noop("无法读懂这个请求。")),
    401: ("not_authenticated", gettext_noop("请在 Authorization 头中提供有效的令牌（Bearer），或先登录。")),
    403: ("not_permitted", gettext_noop("您的角色或令牌的范围不允许这一操作。")),
    404: ("not_found", gettext_noop("这个地址下没有您可以查看的内容。")),
    405: ("method_not_allowed", gettext_noop("这个地址不支持这种方法。可用的方法见 Allow 头。")),
    406: ("not_acceptable", gettext_noop("不能按 Accept 头要求的格式回答。")),
    413: ("too_large", gettext_noop("请求内容太大，请分批发送。")),
    415: ("unsupported_media_type", gettext_noop("请以 application/json（UTF-8）发送。")),
    429: ("throttled", gettext_noop("请求过于频繁，请在 Retry-After 头所示的秒数之后再试。")),
    503: ("no_database", gettext_noop("数据库暂时没有应答，什么也没有改变。请稍后重试。")),
}


#: Django's own refusals, the narrower before the wider.
_STATUS_OF = {
    Http404: 404,
    DjangoPermissionDenied: 403,
    RequestDataTooBig: 413,
    SuspiciousOperation: 400,
    UnreadablePostError: 400,
    OperationalError: 503,
    InterfaceError: 503,
}
#: After so many seconds a database that restarts usually answers again.
RETRY_SECONDS = 30


class Fault(TypedDict, total=False):
    """One single fault: where, which rule, and the sentence with the way out."""

    pointer: str
    row: int
    column: str
    code: str
    message: str
    suggestion: str | None
    severity: str
    explanation: str
    field: str


class RequestRefused(Refused):
    """A request that cannot be understood; carries every fault found."""

    code = "invalid"
    http_status = 400

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__(gettext_lazy("请求有 %(count)s 处错误，未执行。"), count=len(self.faults))

    def errors(self) -> list[dict[str, object]]:
        return [dict(fault) for fault in self.faults]


class BodyTooLarge(Refused):
    """More than is read at one address."""

    code = "too_large"
    http_status = 413


def refuse(pointer: str, code: str, message: str) -> RequestRefused:
    """Return the refusal of a request with one fault, to be raised."""
    return RequestRefused([Fault(pointer=pointer, code=code, message=message)])


def pointer_to(*steps: object) -> str:
    """Return the JSON pointer (RFC 6901) along keys and indices.

    >>> pointer_to("figures", 0, "a/b")
    '/figures/0/a~1b'
    """
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def problem(
    status: int, code: str, detail: str, errors: Sequence[Mapping[str, object]] = (), **more: object
) -> dict[str, object]:
    """Return the body of a problem answer."""
    return {
        "type": f"urn:workplan:problem:{code.replace('_', '-')}",
        "title": _(TITLES.get(status, TITLES[500])),
        "status": status,
        "detail": detail,
        "errors": list(errors),
        **more,
    }


# In REST views ---------------------------------------------------------------------------------


def handle(exc: Exception, context: Mapping[str, object]) -> Response:
    """Turn whatever a REST view raised into a problem answer (the framework's EXCEPTION_HANDLER)."""
    if isinstance(exc, Refused):
        return _answer(problem(exc.http_status, exc.code, str(exc), exc.errors(), **details_of(exc)))
    if isinstance(exc, exceptions.ValidationError):
        return handle(RequestRefused(faults_in(exc.detail)), context)
    if isinstance(exc, exceptions.ParseError):
        return handle(refuse(WHOLE_BODY, "unreadable", str(exc.detail)), context)
    status = _framework_status(exc)
    if status >= 500:
        logger.error("unhandled error in the API", exc_info=exc)
    if status in _FRAMEWORK:
        code, sentence = _FRAMEWORK[status]
        return _answer(problem(status, code, _(sentence)), _headers(exc))
    return _answer(_server_error())


def details_of(refusal: Refused) -> dict[str, object]:
    """Return what a refusal tells besides its sentence, such as the report as it stands now."""
    return dict(getattr(refusal, "details", {}))


def faults_in(detail: object, pointer: str = WHOLE_BODY) -> list[Fault]:
    """Flatten the errors of a serializer into faults with JSON pointers."""
    if isinstance(detail, Mapping):
        places = {key: "" if key == "non_field_errors" else pointer_to(key) for key in detail}
        return [fault for key, found in detail.items() for fault in faults_in(found, pointer + places[key])]
    if isinstance(detail, list):
        return [fault for one in detail for fault in faults_in(one, pointer)]
    return [Fault(pointer=pointer, code=getattr(detail, "code", "invalid"), message=str(detail))]


def _framework_status(exc: Exception) -> int:
    if isinstance(exc, exceptions.APIException):
        return exc.status_code
    return next((status for kind, status in _STATUS_OF.items() if isinstance(exc, kind)), 500)


def _headers(exc: Exception) -> dict[str, str]:
    headers = {}
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if isinstance(exc, OperationalError | InterfaceError):
        headers["Retry-After"] = str(RETRY_SECONDS)
    if (wait := getattr(exc, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait) + 1)
    return headers


def _server_error() -> dict[str, object]:
    detail = _("系统出错，已记录。请稍后重试；仍不成功时，请把编号 %(request_id)s 告诉管理员。")
    number = logs.request_id.get()
    return problem(500, "server_error", detail % {"request_id": number}, request_id=number)


def _answer(body: dict[str, object], headers: dict[str, str] | None = None) -> Response:
    return Response(body, status=int(str(body["status"])), headers=headers, content_type=MEDIA_TYPE)


# Outside of REST views -------------------------------------------------------------------------


def concerns_api(request: HttpRequest) -> bool:
    """Say whether errors of this request are answered for programs."""
    return request.path.startswith(API_PREFIX)


def answer_for_programs(status: int) -> HttpResponseBase:
    """Return the problem answer for an error that Django met before any REST view did."""
    code, sentence = _FRAMEWORK.get(status, _FRAMEWORK[400])
    body = _server_error() if status == 500 else problem(status, code, _(sentence))
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False})
