"""The REST framework's settings, made strict: body, query string, pages, formats and pace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO

from django.core.cache.backends.locmem import LocMemCache
from django.core.paginator import EmptyPage, Paginator
from django.db.models import QuerySet
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext as _
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.pagination import PageNumberPagination
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.throttling import UserRateThrottle
from rest_framework.utils.mediatypes import media_type_matches, order_by_precedence

from workplan.lib import strict_json
from workplan.lib.problems import BodyTooLarge, Fault, RequestRefused, faults_in, refuse
from workplan.lib.serializers import QueryInteger, StrictSerializer

LARGEST_BODY = 2_500_000
LARGEST_PAGE = 500
USUAL_PAGE = 100
#: No list of this portal has more pages; a larger number is refused before anything is counted.
LAST_PAGE = 1_000_000


# Body ------------------------------------------------------------------------------------------


class StrictJSONParser(BaseParser):
    """Reads a JSON object in UTF-8 and nothing else."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, object] | None = None
    ) -> dict[str, object]:
        _type, options = parse_header_parameters(media_type or "")
        if options.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
            raise UnsupportedMediaType(media_type)
        return strict_json.read_object(read_at_most(stream, LARGEST_BODY))


def read_at_most(stream: IO[bytes], limit: int) -> bytes:
    """Return a request body, or refuse it before it is read whole.

    :raises BodyTooLarge: it is longer than the limit in bytes.
    """
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise BodyTooLarge(_("请求内容最多 %(most)s 字节，请分批发送。"), most=limit)
    return data


# Query string ----------------------------------------------------------------------------------


class NoQuery(StrictSerializer):
    """An address without parameters."""


class PageQuery(StrictSerializer):
    """Which page of a list, and how long it is."""

    page = QueryInteger(min_value=1, max_value=LAST_PAGE, default=1)
    page_size = QueryInteger(min_value=1, max_value=LARGEST_PAGE, default=USUAL_PAGE)


def read_query(request: Request, reader: type[StrictSerializer]) -> dict[str, object]:
    """Return the parameters of the address as the reader declares them.

    :raises RequestRefused: unknown, repeated or malformed parameters, each by its name.
    """
    given = request.query_params
    serializer = reader(data=given.dict(), context={"request": request})
    faults = [*_repeated(given.lists())]
    if not serializer.is_valid():
        first_of_each = {fault["pointer"]: fault for fault in reversed(faults_in(serializer.errors))}
        faults += [_in_query(fault) for fault in reversed(first_of_each.values())]
    if faults:
        raise RequestRefused(faults)
    return serializer.validated_data


def _repeated(lists: Iterator[tuple[str, list[str]]]) -> Iterator[Fault]:
    for name, values in lists:
        if len(values) > 1:
            message = _("参数“%(name)s”出现了两次，请只保留一次。") % {"name": name[:40]}
            yield Fault(pointer=f"?{name[:40]}", code="repeated_parameter", message=message)


def _in_query(fault: Fault) -> Fault:
    name = fault["pointer"].removeprefix("/")[:40]
    if fault["code"] == "unknown_field":
        message = _("没有名为“%(name)s”的参数。") % {"name": name}
        return Fault(pointer=f"?{name}", code="unknown_parameter", message=message)
    message = _("参数“%(name)s”：%(message)s") % {"name": name, "message": fault["message"]}
    return Fault(pointer=f"?{name}", code=fault["code"], message=message)


# Pages -----------------------------------------------------------------------------------------


class Pagination(PageNumberPagination):
    """Numbered pages of a list or a query; a page that is not there is refused by name."""

    page_size = USUAL_PAGE
    page_size_query_param = "page_size"
    max_page_size = LARGEST_PAGE

    def page_for(self, rows: Sequence[object] | QuerySet, request: Request, query: Mapping[str, int]) -> list[object]:
        """Return the rows of the page asked for; `get_paginated_response` wraps them."""
        self.request = request
        paginator = Paginator(rows, query["page_size"])
        try:
            self.page = paginator.page(query["page"])
        except EmptyPage:
            message = _("只有 %(last)s 页。") % {"last": paginator.num_pages}
            raise refuse("?page", "no_such_page", message) from None
        return list(self.page)

    def get_paginated_response_schema(self, schema: dict[str, object]) -> dict[str, object]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "example": 1},
                "next": {**link, "example": None},
                "previous": {**link, "example": None},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: object) -> list[dict[str, object]]:
        return []  # declared by PageQuery, like every other parameter


# Formats and pace ------------------------------------------------------------------------------


class FormatNegotiation(DefaultContentNegotiation):
    """The `format` parameter wins over the Accept header; where neither fits, the first renderer answers."""

    def select_renderer(
        self, request: Request, renderers: Sequence[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        wanted = [one for one in renderers if one.format == request.query_params.get("format")]
        if wanted:
            return wanted[0], wanted[0].media_type
        for accepted in order_by_precedence(self.get_accept_list(request)):
            for one in renderers:
                if any(media_type_matches(one.media_type, media_type) for media_type in accepted):
                    return one, one.media_type
        return renderers[0], renderers[0].media_type


class PerPersonThrottle(UserRateThrottle):
    """So many requests a minute from one person, counted in this process: one person never slows the others."""

    rate = "600/min"
    cache = LocMemCache("api-pace", {"MAX_ENTRIES": 10_000})


def page_of(
    rows: Sequence[object] | QuerySet,
    request: Request,
    query: Mapping[str, int],
    writer: type[Serializer],
    *,
    prepared: Callable[[Iterable[object]], Iterable[object]] = iter,
    **context: object,
) -> Response:
    """Answer one page of a list; `prepared` completes the rows of the page and no others."""
    pagination = Pagination()
    page = pagination.page_for(rows, request, query)
    return pagination.get_paginated_response(writer(list(prepared(page)), many=True, context=context).data)
