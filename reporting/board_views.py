"""The plan as pages: the board of all items, and one item. Load, call once, render."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import permissions
from reporting.pages import months
from reporting.pages.board import board_page, item_page
from reporting.views import asked_month, closed, for_readers
from targets.goals import Status
from workplan.lib import clock


@for_readers
def board(request: HttpRequest) -> HttpResponse:
    nation = permissions.national_unit()
    period = asked_month(request, nation)
    if period is None:
        return render(request, "reporting/no_month.html")
    if not months.is_open_to(request.user, period, nation):
        return closed(request, period, nation)
    page = board_page(request.user, period, nation, today=clock.today(), light=asked_light(request))
    return render(request, "reporting/board.html", {"page": page})


@for_readers
def item(request: HttpRequest, number: int) -> HttpResponse:
    nation = permissions.national_unit()
    period = asked_month(request, nation)
    if period is None:
        return render(request, "reporting/no_month.html")
    if not months.is_open_to(request.user, period, nation):
        return closed(request, period, nation)
    page = item_page(request.user, period, nation, number, today=clock.today())
    if page is None:
        raise Http404
    return render(request, "reporting/item.html", {"page": page})


def asked_light(request: HttpRequest) -> Status | None:
    """Return the light the address asks for, None for all of them; an unknown one is not found."""
    text = request.GET.get("light", "")
    if not text:
        return None
    try:
        return Status(text)
    except ValueError as error:
        raise Http404 from error
