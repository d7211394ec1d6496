"""The grid of a unit's year, and the address where its cells are saved one by one."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts import permissions
from accounts.models import ReportingUnit
from submissions import trail
from submissions.pages.answers import patch_answer
from submissions.pages.cell import cell_page
from submissions.pages.grid import grid_page
from submissions.pages.grid_words import page_config
from submissions.pages.units_typed import scale_named
from submissions.pages.unsaved import unsaved_sheet
from submissions.patches import MOST_BYTES, MOST_UNSAVED, complaints_of, read_patch, take
from submissions.views.work import month_named, year_asked
from workplan.lib import clock
from workplan.lib.problems import MEDIA_TYPE, BodyTooLarge, problem
from workplan.lib.refusals import Refused
from workplan.lib.sheets import workbook_response
from workplan.lib.strict_json import read_object


class AnotherPerson(Refused):
    """Somebody else signed in since the page was opened."""

    code = "another_person"
    http_status = 403


@require_safe
def grid(request: HttpRequest, code: str) -> HttpResponse:
    unit = unit_open_to(request.user, code)
    scale = scale_named(request.GET.get("scale", ""))
    page = grid_page(unit, person=request.user, today=clock.today(), scale=scale, asked=year_asked(request))
    if page is None:
        raise Http404
    config = page_config(unit, person=request.user, scale=page.scale) | {"offers": page.offers}
    return render(request, "submissions/grid.html", {"page": page, "config": config})


@require_POST
def cells(request: HttpRequest, code: str) -> HttpResponse:
    """Save a patch of cells, or read it without saving; every cell gets its own answer."""
    unit = unit_open_to(request.user, code)
    try:
        patch = read_patch(read_object(_body(request)))
        if patch.person != request.user.pk:
            raise AnotherPerson(_("本页是另一位用户打开的。请由该用户重新登录，或刷新页面。"))
        answers = take(unit, patch, by=request.user, now=clock.now())
    except Refused as refusal:
        trail.note_forged(refusal, unit, by=request.user)
        body = problem(refusal.http_status, refusal.code, str(refusal), refusal.errors())
        return JsonResponse(body, status=refusal.http_status, content_type=MEDIA_TYPE)
    trail.note_forged(complaints_of(answers), unit, by=request.user)
    answer = patch_answer(answers, patch)
    return JsonResponse(answer.body, status=answer.status)


@require_safe
def cell(request: HttpRequest, code: str) -> HttpResponse:
    """Tell about one cell: its year, its target, what is found there, who changed it."""
    unit = unit_open_to(request.user, code)
    month = month_named(request.GET.get("month", "")).month
    page = cell_page(
        unit,
        month,
        request.GET.get("indicator", ""),
        person=request.user,
        today=clock.today(),
        scale=scale_named(request.GET.get("scale", "")),
    )
    if page is None:
        raise Http404
    return render(request, "submissions/_sheet_panel.html", {"page": page})


@require_POST
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """Hand back cells that could not be saved as a workbook; nothing is stored."""
    unit = unit_open_to(request.user, code)
    try:
        body = read_object(request.POST.get("patch", "").encode("utf-8", "surrogatepass"))
        patch = read_patch(body, most=MOST_UNSAVED)
    except Refused as refusal:
        return HttpResponse(str(refusal), status=refusal.http_status, content_type="text/plain; charset=utf-8")
    return workbook_response(f"{_('未保存')}_{unit.code}.xlsx", [unsaved_sheet(patch)])


def unit_open_to(person: permissions.Person, code: str) -> ReportingUnit:
    """Return the unit whose drafts are open to the person.

    :raises Http404: there is none, or they are not; both read alike.
    """
    unit: ReportingUnit = get_object_or_404(ReportingUnit.objects.on_the_tree().select_related("parent"), code=code)
    if not permissions.sees_drafts(person, unit):
        raise Http404
    return unit


def _body(request: HttpRequest) -> bytes:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES:
        raise BodyTooLarge(_("请求内容太大，请分批发送。"))
    return request.body
