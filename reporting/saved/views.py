"""The pages of saved views: load what is the person's, call once, render."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import permissions
from accounts.models import User
from reporting.saved import services, showing
from reporting.saved.forms import ScheduleForm, ViewForm
from reporting.saved.kinds import KINDS, NotToBeSaved, canonical, fitting
from reporting.saved.models import ExportRun, ExportSchedule, SavedView, ViewKind, ViewMonths
from reporting.saved.pages import export_address, schedule_lines, told_of, views_page
from reporting.saved.taking import run_file
from workplan.lib import clock
from workplan.lib.refusals import Refused

UNPROCESSABLE = 422


def for_savers(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Open a page to people whose role reads figures and may take them away."""

    @wraps(view)
    def opened(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not permissions.may_export(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return opened


@require_safe
@for_savers
def listed(request: HttpRequest) -> HttpResponse:
    return render(request, "reporting/views.html", {"page": views_page(cast(User, request.user))})


@require_safe
@for_savers
def opened(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to the page a view is of, or to its file, with the months of now; its figures are the reader's to see."""
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    query = showing.query_now(view, request.user, today=clock.today())
    form = request.GET.get("format")
    if form is None:
        return redirect(KINDS[view.kind].address(query))
    if form not in KINDS[view.kind].formats:
        raise Http404
    return redirect(export_address(view, query, form))


# Saving and changing ---------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_savers
def new(request: HttpRequest) -> HttpResponse:
    """Save the address that a page hands over in its own parameters, with `kind` beside them."""
    query, asked = _handed_over(request)
    kinds = [ViewKind.EXPLORE] if asked == ViewKind.EXPLORE else [one for one in fitting(query) if one != "EXPLORE"]
    if not kinds:
        raise Http404
    kind = asked if asked in kinds else kinds[0]
    first = {"kind": kind, "months": ViewMonths.NEWEST}
    posted = request.POST if request.method == "POST" else None
    form = ViewForm(posted, person=request.user, kinds=kinds, initial=first)
    context = {"form": form, "query": query.urlencode(), "kind": kind, "told": _told(request, kind, query)}
    if posted is None or not form.is_valid():
        return render(request, "reporting/view_new.html", context, status=200 if posted is None else UNPROCESSABLE)
    try:
        given = dict(form.cleaned_data)
        view = services.save_view(given.pop("kind"), query, by=cast(User, request.user), now=clock.now(), **given)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return render(request, "reporting/view_new.html", context, status=UNPROCESSABLE)
    messages.success(request, _("已保存视图“%(name)s”。") % {"name": view.name})
    return redirect("reporting:view-edit", view.pk)


def _told(request: HttpRequest, kind: str, query: QueryDict) -> list[str]:
    """Return what would be saved, in words; nothing where it is not understood, which saving says."""
    try:
        address = canonical(cast(User, request.user), kind, query, today=clock.today())
    except NotToBeSaved:
        return []
    return told_of(SavedView(kind=kind, query=address, months=ViewMonths.FIXED))


def _handed_over(request: HttpRequest) -> tuple[QueryDict, str]:
    """Return the parameters to save and the kind; posted they come in one field, followed from a page one by one."""
    if request.method == "POST":
        query = QueryDict(request.POST.get("query", ""), mutable=True)
        return query, request.POST.get("from", "")
    query = request.GET.copy()
    kind = "".join(query.pop("kind", [])[-1:])
    return query, kind


@require_http_methods(["GET", "HEAD", "POST"])
@for_savers
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    view = _own(request, pk)
    if request.method != "POST":
        return _page(request, view)
    form = _view_form(request, view, request.POST)
    if not form.is_valid():
        return _page(request, view, form=form, status=UNPROCESSABLE)
    given = {name: form.cleaned_data[name] for name in ("name", "months", "sharing")}
    try:
        services.change_view(view, by=cast(User, request.user), **given)
    except services.ViewRefused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, view, form=form, status=UNPROCESSABLE)
    messages.success(request, _("已保存。"))
    return redirect("reporting:view-edit", view.pk)


@require_POST
@for_savers
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    view = _own(request, pk)
    services.delete_view(view, by=cast(User, request.user))
    messages.success(request, _("已删除视图“%(name)s”及其定时导出和文件。") % {"name": view.name})
    return redirect("reporting:views")


# Scheduled exports -----------------------------------------------------------------------------


@require_POST
@for_savers
def schedule(request: HttpRequest, pk: int) -> HttpResponse:
    view = _own(request, pk)
    form = ScheduleForm(request.POST, kind=view.kind)
    if not form.is_valid():
        return _page(request, view, schedule_form=form, status=UNPROCESSABLE)
    try:
        services.schedule_export(view, by=cast(User, request.user), now=clock.now(), **form.cleaned_data)
    except services.ScheduleRefused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, view, schedule_form=form, status=UNPROCESSABLE)
    messages.success(request, _("已设置定时导出，生成后在通知中告诉您。"))
    return redirect("reporting:view-edit", view.pk)


@require_POST
@for_savers
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    running = get_object_or_404(ExportSchedule.objects.visible_to(request.user), pk=pk)
    try:
        services.stop_schedule(running, by=cast(User, request.user), now=clock.now())
    except services.ScheduleRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已停止。已生成的文件保留到期。"))
    return redirect("reporting:view-edit", running.view_id)


@require_safe
@for_savers
def file(request: HttpRequest, pk: int) -> FileResponse:
    return run_file(cast(User, request.user), pk)


@require_POST
@for_savers
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(ExportRun.objects.visible_to(request.user), pk=pk)
    try:
        services.retry(run, by=cast(User, request.user))
    except services.ScheduleRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已重新排队。"))
    return redirect("reporting:views")


def _own(request: HttpRequest, pk: int) -> SavedView:
    """Return the person's own view; another's, shared or not, reads like none."""
    view: SavedView = get_object_or_404(SavedView.objects.owned_by(request.user), pk=pk)
    return view


def _view_form(request: HttpRequest, view: SavedView, posted: QueryDict | None = None) -> ViewForm:
    first = {"name": view.name, "kind": view.kind, "months": view.months, "sharing": view.sharing}
    return ViewForm(posted, person=request.user, kinds=[ViewKind(view.kind)], initial=first)


def _page(
    request: HttpRequest,
    view: SavedView,
    *,
    form: ViewForm | None = None,
    schedule_form: ScheduleForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show one view; what was typed into a refused form stays."""
    context = {
        "view": view,
        "told": told_of(view),
        "form": form or _view_form(request, view),
        "schedule_form": schedule_form or ScheduleForm(kind=view.kind),
        "schedules": schedule_lines(view, now=clock.now()),
    }
    return render(request, "reporting/view_edit.html", context, status=status)
