"""The explorer and its downloads: load, call once, render."""

from __future__ import annotations

from typing import cast

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import audit
from accounts.models import User
from reporting.explorer import files
from reporting.explorer.page import explorer_page
from reporting.export_views import for_exporters
from reporting.views import for_readers
from workplan.lib import clock

#: What of an address the audit trail keeps.
_KEPT = 2_000


@for_readers
def explore(request: HttpRequest) -> HttpResponse:
    page = explorer_page(request.user, request.GET, today=clock.today())
    if page is None:
        return render(request, "reporting/no_month.html")
    return render(request, "reporting/explore.html", {"page": page}, status=400 if page.wrong else 200)


@for_exporters
def explore_file(request: HttpRequest) -> FileResponse | HttpResponse:
    """Hand out the table of the address as a file; one that is not understood answers as the page."""
    form = request.GET.get("format") or "xlsx"
    if form not in files.FORMATS:
        raise Http404
    page = explorer_page(request.user, request.GET, today=clock.today())
    if page is None:
        raise Http404
    if page.table is None:
        return render(request, "reporting/explore.html", {"page": page}, status=400)
    answer = files.download(page.table, form, by=request.user)
    audit.record_taken("explore", by=cast(User, request.user), format=form, query=page.address[:_KEPT])
    return answer
