"""Downloads: what a page shows, as a workbook or as CSV; each one is recorded in the audit trail."""

from __future__ import annotations

from functools import wraps
from typing import TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from accounts import audit, permissions
from accounts.models import ReportingUnit, User
from reporting import downloads
from reporting.downloads import DOWNLOADS, Download
from reporting.views import View, for_readers

Answer = TypeVar("Answer", FileResponse, StreamingHttpResponse)

#: What narrows a download; it goes into the audit trail with it.
QUERY = ("month", "unit", "level", "indicator", "item", "scheme", "region", "format")


def for_exporters(view: View) -> View:
    """Open a download to readers of figures who may take them away."""

    @for_readers
    @wraps(view)
    def opened(request: HttpRequest) -> HttpResponseBase:
        if not permissions.may_export(request.user):
            raise PermissionDenied
        return view(request)

    return opened


@for_exporters
def progress(request: HttpRequest) -> HttpResponseBase:
    return _taken(request, "progress")


@for_exporters
def workbook(request: HttpRequest) -> HttpResponseBase:
    return _taken(request, "workbook")


@for_exporters
def ranking(request: HttpRequest) -> HttpResponseBase:
    return _taken(request, "ranking")


@for_exporters
def board(request: HttpRequest) -> HttpResponseBase:
    return _taken(request, "board")


@for_exporters
def figures(request: HttpRequest) -> HttpResponseBase:
    return _taken(request, "figures")


def _taken(request: HttpRequest, table: str) -> Download:
    return recorded(request, table, DOWNLOADS[table](cast(User, request.user), request.GET))


# What is asked for -----------------------------------------------------------------------------


def asked_unit(request: HttpRequest) -> ReportingUnit:
    return downloads.asked_unit(request.GET)


def asked_code(request: HttpRequest, name: str) -> str:
    return downloads.asked_code(request.GET, name)


# The answer ------------------------------------------------------------------------------------


def recorded(request: HttpRequest, table: str, answer: Answer) -> Answer:
    """Enter the download in the audit trail before anything of it leaves."""
    asked = {name: request.GET[name] for name in QUERY if request.GET.get(name)}
    audit.record_taken(table, by=cast(User, request.user), **asked)
    return answer
