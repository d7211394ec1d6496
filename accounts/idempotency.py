"""Retry without fear: a POST that names an Idempotency-Key is executed once, and its answer is given again.

The claim on the key, what the request does and the kept answer are one transaction: whoever repeats a request after
a lost answer, or beside one still running, waits for the first to end and gets what it got.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import IdempotentAnswer
from workplan.lib.problems import handle
from workplan.lib.refusals import Refused

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT_FOR = timedelta(hours=24)
_KEY = re.compile(r"[\x21-\x7e]{1,200}")

Handler = Callable[..., Response]


class KeyMalformed(Refused):
    """The key cannot be kept."""

    code = "key_malformed"
    http_status = 400

    def errors(self) -> list[dict[str, object]]:
        return [{"pointer": HEADER, "code": self.code, "message": str(self)}]


class KeyReused(Refused):
    """The key stands for another request."""

    code = "key_reused"
    http_status = 422


def idempotent(handler: Handler) -> Handler:
    """Let a view's POST be repeated under an Idempotency-Key; without one it is executed each time."""

    @wraps(handler)
    def once(view: APIView, request: Request, *args: object, **kwargs: object) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return handler(view, request, *args, **kwargs)
        if not _KEY.fullmatch(key):
            raise KeyMalformed(_("Idempotency-Key 须为 1 至 200 个可见的 ASCII 字符。"))
        with transaction.atomic():
            answer, is_new = _claimed(request, key)
            if not is_new:
                return _replay(answer)
            return _keep(answer, _executed(handler, view, request, *args, **kwargs))

    once.takes_key = True
    return once


def _claimed(request: Request, key: str) -> tuple[IdempotentAnswer, bool]:
    """Return the key's answer and whether it is ours to give; waits for whoever holds the key.

    :raises KeyReused: the key was used for another request.
    """
    oldest = timezone.now() - KEPT_FOR
    IdempotentAnswer.objects.filter(created_at__lt=oldest).delete()
    fingerprint = _fingerprint(request)
    answer, is_new = IdempotentAnswer.objects.get_or_create(
        user=request.user, key=key, defaults={"fingerprint": fingerprint}
    )
    if answer.fingerprint != fingerprint:
        raise KeyReused(_("这个 Idempotency-Key 已用于另一个请求。请为新的请求换一个。"))
    return answer, is_new


def _fingerprint(request: Request) -> str:
    """Return what makes two requests the same: method, address with parameters, type and body."""
    digest = hashlib.sha256()
    plain = request._request  # noqa: SLF001 -- the body must be read before the framework parses it
    for part in (plain.method, plain.get_full_path(), plain.content_type):
        digest.update(str(part).encode() + b"\n")
    digest.update(plain.body)
    return digest.hexdigest()


def _executed(handler: Handler, view: APIView, request: Request, *args: object, **kwargs: object) -> Response:
    """Return the answer, a refusal included: that leaves its trace and nothing else; a fault ends everything."""
    try:
        with transaction.atomic():
            return handler(view, request, *args, **kwargs)
    except Exception as exc:
        answer = handle(exc, view.get_exception_handler_context())
        if answer.status_code >= 500:
            raise
        if isinstance(exc, Refused) and exc.leave_trace is not None:
            exc.leave_trace()
        return answer


def _keep(kept: IdempotentAnswer, answer: Response) -> Response:
    kept.status_code = answer.status_code
    kept.content_type = answer.content_type or ""
    kept.body = JSONRenderer().render(answer.data).decode()
    kept.save(update_fields=["status_code", "content_type", "body"])
    return answer


def _replay(kept: IdempotentAnswer) -> Response:
    return Response(
        json.loads(kept.body) if kept.body else None,
        status=kept.status_code,
        headers={REPLAYED: "true"},
        content_type=kept.content_type or None,
    )
