"""The reviewer's queue and desk: what waits, what is noted while reading, and the verdict."""

from __future__ import annotations

import re
from datetime import date

from allauth.account.decorators import reauthentication_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.models import Region
from submissions import approving, facts, reviewing, services
from submissions.intake import read_comment, read_exception
from submissions.models import CellComment, MonthlyReport, ReportStatus, Verb
from submissions.note_form import VIEWED, NoteForm, Notes, is_note
from submissions.opening import report_open_to
from submissions.pages.approving import approving_page
from submissions.pages.queue import STATES, Narrowed, queue_page
from submissions.pages.units_typed import scale_named
from submissions.views.posted import refuse_foreign
from submissions.views.report import address_of, after, show_read, told_to, version_seen
from submissions.views.work import month_named, unit_named
from workplan.lib import clock
from workplan.lib.refusals import Refused

#: One report on a list and the version it was shown at.
_SHOWN = re.compile(r"([1-9][0-9]{0,17}):([0-9]{1,9})", re.ASCII)

#: What the desk, or the queue, sends with a verdict besides the comments at the cells.
_DESK = ("version", "filing", "desk", "scale", "comment", "exception", "not_awaited", VIEWED, "queue", "narrowed")


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    if not permissions.may_review_at_all(request.user):
        raise PermissionDenied
    page = queue_page(request.user, narrowed_by(request.GET), today=clock.today(), page=request.GET.get("page", "1"))
    return render(request, "submissions/queue.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def approve_clean(request: HttpRequest) -> HttpResponse:
    """List what asks for no reading, and approve it at once when the count is typed back."""
    if not permissions.may_review_at_all(request.user):
        raise PermissionDenied
    return _approve_clean(request)


@reauthentication_required
def _approve_clean(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        page = approving_page(request.user, narrowed_by(request.GET))
        return render(request, "submissions/approve_clean.html", {"page": page})
    try:
        refuse_foreign(request, "report.approve", ("report", "count", "month", "unit", "region", "state"))
        shown = _shown(request.POST.getlist("report"))
        results = approving.approve_shown(shown, typed=request.POST.get("count", ""), by=request.user, now=clock.now())
    except Refused as refusal:
        page = approving_page(request.user, narrowed_by(request.POST), refusal=refusal)
        return render(request, "submissions/approve_clean.html", {"page": page}, status=422)
    return render(request, "submissions/approved_clean.html", {"results": results})


def narrowed_by(given: QueryDict) -> Narrowed:
    """Return what an address narrows the queue to.

    :raises Http404: it names no month, unit, region or state.
    """
    region, state = given.get("region", ""), given.get("state", "")
    if (region and region not in Region.values) or (state and state not in STATES):
        raise Http404
    return Narrowed(
        month=month_named(given["month"]) if given.get("month") else None,
        unit=unit_named(given["unit"]) if given.get("unit") else None,
        region=region,
        state=state,
    )


def _shown(reports: list[str]) -> dict[int, int]:
    """Return report and version as the list carried them; what is malformed counts as not listed."""
    pairs = (_SHOWN.fullmatch(one) for one in reports[: approving.MOST_AT_ONCE + 1])
    return {int(pair[1]): int(pair[2]) for pair in pairs if pair}


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, month: date, code: str, verb: Verb) -> HttpResponse:
    """Approve or return the filing that the person saw, with their comments; a mere look leads to the report."""
    opened = report_open_to(request.user, month, code)
    if request.method != "POST":
        return redirect(address_of(opened))
    by = narrowed_by(QueryDict(request.POST.get("narrowed", "")[:200]))
    try:
        _refuse_foreign(request, opened, verb)
        comment = read_comment(request.POST.get("comment"))
        _keep_drafts(request, opened)
        how = {"is_said_at_cells": True} if verb == Verb.RETURN else _exception(request, opened)
        moved = services.BY_VERB[verb](
            opened, by=request.user, now=clock.now(), version=version_seen(request), comment=comment, **how
        )
    except Refused as refusal:
        return _refused(request, month, code, refusal)
    return after(request, verb, moved, before=opened, by=by)


@require_http_methods(["GET", "HEAD", "POST"])
def notes(request: HttpRequest, month: date, code: str) -> HttpResponse:
    """Keep what the reviewer wrote at the cells and marked as viewed; nobody else sees it before the verdict."""
    opened = report_open_to(request.user, month, code)
    if request.method != "POST":
        return redirect(address_of(opened))
    try:
        _refuse_foreign(request, opened, Verb.SAVE)
        given = _notes(request, opened)
        reviewing.keep_notes(opened, by=request.user, now=clock.now(), comments=given.comments, viewed=given.viewed)
    except Refused as refusal:
        if request.htmx:
            return render(request, "submissions/_kept.html", {"refusal": refusal})
        return _refused(request, month, code, refusal)
    if request.htmx:
        return render(request, "submissions/_kept.html", {"at": clock.now()})
    return redirect(address_of(opened))


def _refuse_foreign(request: HttpRequest, report: MonthlyReport, verb: Verb) -> None:
    """Refuse what the desk does not send; the queue, which approves at once, sends less."""
    at_cells = filter(is_note, request.POST)
    refuse_foreign(request, f"report.{verb.lower()}", [*_DESK, *at_cells], unit=report.unit, month=report.month)


def _exception(request: HttpRequest, report: MonthlyReport) -> dict[str, object]:
    """Return whom the approval is not to wait for: the units the page listed, once a reason is typed.

    :raises InputRefused: it cannot be kept, or a unit does not lie below.
    """
    reason, units = request.POST.get("exception", ""), request.POST.getlist("not_awaited")
    return {"exception": read_exception(report, units, reason, "exception")} if reason.strip() else {}


def _notes(request: HttpRequest, report: MonthlyReport) -> Notes:
    """Return what the posted page says at the cells.

    :raises InputRefused: it cannot be kept.
    """
    drafts = CellComment.objects.drafts_of(request.user, report).with_cells() if report.pk else []
    due = facts.due_indicators(report.unit, report.period)
    form = NoteForm(drafts, request.POST.dict(), scale=scale_named(request.POST.get("scale", "")))
    return form.read(report, due, request.POST.getlist(VIEWED))


def _keep_drafts(request: HttpRequest, report: MonthlyReport) -> None:
    """Keep comments and marks before the verdict is tried: should it be refused, they wait for the next one."""
    given = _notes(request, report)
    if report.pk is None or not permissions.may_review(request.user, report.unit):
        return
    reviewing.keep_drafts(report, given.comments, by=request.user, now=clock.now())
    if given.viewed is not None and report.status == ReportStatus.SUBMITTED and version_seen(request) == report.version:
        reviewing.mark_viewed(report.begun_filing, given.viewed, by=request.user)


def _refused(request: HttpRequest, month: date, code: str, refusal: Refused) -> HttpResponse:
    """Show the report as it stands now, why the verdict was refused, what moved, and all that was typed."""
    fresh = report_open_to(request.user, month, code)
    told, milestones = told_to(request, fresh)
    text = request.POST.get("filing", "")
    seen = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    return show_read(request, told, milestones, refusal=refusal, seen=seen)
