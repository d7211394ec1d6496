"""The workbook of a unit: take it away, bring it back, look at what changes, confirm."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.models import ReportingUnit
from submissions import services
from submissions.bulk.foreseen import outlook
from submissions.bulk.imports import Options
from submissions.bulk.limits import is_for_a_job
from submissions.jobs import desk
from submissions.models import JobKind, ReportingMonth, UploadedFile
from submissions.pages.years import months_to_file, years_begun
from submissions.statement import statement
from submissions.views.posted import refuse_foreign
from submissions.views.work import month_named, own_units, unit_named
from submissions.workbook import uploads
from submissions.workbook.annotate import annotated
from submissions.workbook.offers import OfferGone, offer_of
from submissions.workbook.write import workbook_of
from submissions.workbook.write_milestones import milestone_sheet
from targets.models import Assignment
from workplan.lib import clock
from workplan.lib.refusals import Refused
from workplan.lib.sheets import XLSX_TYPE, download_name

UNPROCESSABLE = 422
#: Names a suggestion to be taken in place of what the file says.
TAKE = "take"


@require_http_methods(["GET", "HEAD", "POST"])
def workbook(request: HttpRequest) -> HttpResponse:
    """Offer the workbook of a unit and take one back."""
    if not permissions.may_file_at_all(request.user):
        raise PermissionDenied
    if request.method == "POST":
        return _take(request)
    return _show(request)


@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """Answer the workbook of a unit, a sheet for each open month of the range."""
    unit = _unit(request)
    if unit is None:
        raise Http404
    months = _months(request, _open_months(unit))
    if not months:
        raise Http404
    today = clock.today()
    told = [statement(services.report_for(unit, period), person=request.user, today=today) for period in months]
    span = "_".join(dict.fromkeys(f"{period.month:%Y-%m}" for period in (months[0], months[-1])))
    name = _("月度报表_%(unit)s_%(span)s.xlsx") % {"unit": unit.label, "span": span}
    return _answer(workbook_of(told, milestone_sheet(told, today=today)), name)


@require_http_methods(["GET", "HEAD", "POST"])
def uploaded(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Show what an uploaded file would change; confirmed, import it."""
    upload = _waiting(request, key)
    if upload.imported_at is not None:
        messages.info(request, _("这个文件已于 %(at)s 导入过。") % {"at": _minute(upload)})
        return redirect("submissions:workbook")
    if request.method == "POST":
        return _confirm(request, upload)
    try:
        found = uploads.look(upload, by=request.user, today=clock.today(), taking=request.GET.getlist(TAKE))
    except OfferGone as refusal:
        return _show_look_anew(request, upload, refusal)
    return _show_look(request, upload, found)


@require_safe
def marked(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Answer the person's own workbook with the refused cells in red."""
    upload = _waiting(request, key)
    content = bytes(upload.content)
    if not content.startswith(b"PK"):
        raise Http404
    found = uploads.look(upload, by=request.user, today=clock.today())
    stem = upload.name.rsplit(".", 1)[0]
    return _answer(annotated(content, found.plan.faults), _("%(name)s_待更正.xlsx") % {"name": stem[:80]})


# Taking a file ---------------------------------------------------------------------------------


def _take(request: HttpRequest) -> HttpResponse:
    try:
        refuse_foreign(request, "report.save", ["file"])
    except Refused as refusal:
        return _show(request, problem=str(refusal))
    file = request.FILES.get("file")
    if file is None:
        return _show(request, problem=_("请先选择文件。"))
    if file.size > settings.IMPORT_JOB_BYTES:
        told = {"size": file.size, "most": settings.IMPORT_JOB_BYTES}
        return _show(request, problem=_("文件有 %(size)s 字节，最多 %(most)s 字节。请拆分后上传。") % told)
    content = file.read()
    try:
        upload = uploads.keep(content, file.name, by=request.user, now=clock.now())
    except Refused as refusal:
        if is_for_a_job(refusal):
            return _hand_in(request, content, file.name)
        return _show(request, problem=str(refusal), name=file.name)
    return redirect("submissions:uploaded", upload.pk)


def _hand_in(request: HttpRequest, content: bytes, name: str) -> HttpResponse:
    """Have a large file checked in the background; the import is confirmed once the counts are known."""
    parcel = desk.Parcel(content, JobKind.FILE, name)
    try:
        desk.hand_in(parcel, Options(dry_run=True), by=request.user, now=clock.now())
    except Refused as refusal:
        return _show(request, problem=str(refusal), name=name)
    messages.info(request, _("文件较大，已转为后台核对；核对完成后确认导入。"))
    return redirect("submissions:imports")


def _waiting(request: HttpRequest, key: uuid.UUID) -> UploadedFile:
    """Return the person's own upload; another's reads like none."""
    if not permissions.may_file_at_all(request.user):
        raise PermissionDenied
    upload: UploadedFile = get_object_or_404(UploadedFile, pk=key, by=request.user)
    return upload


def _confirm(request: HttpRequest, upload: UploadedFile) -> HttpResponse:
    try:
        refuse_foreign(request, "report.save", [TAKE])
        found = uploads.confirm(upload, by=request.user, now=clock.now(), taking=request.POST.getlist(TAKE))
    except Refused as refusal:
        return _show_look_anew(request, upload, refusal)
    if found.plan.faults:
        return _show_look(request, upload, found, status=UNPROCESSABLE)
    reports = [one.report for one in found.plan.reports if one.is_changed]
    told = {"changes": found.n_changes, "reports": len(reports)}
    messages.success(request, _("已导入 %(changes)s 项改动，存入 %(reports)s 份草稿。请核对后报送。") % told)
    if len(reports) == 1:
        return redirect("submissions:report", reports[0].month, reports[0].unit.code)
    return redirect("submissions:my-work")


def _minute(upload: UploadedFile) -> str:
    return f"{timezone.localtime(upload.imported_at):%Y-%m-%d %H:%M}"


# Showing ---------------------------------------------------------------------------------------


def _show(request: HttpRequest, *, problem: str = "", name: str = "") -> HttpResponse:
    unit = _unit(request)
    months = _open_months(unit) if unit is not None else []
    chosen = _months(request, months)
    units = own_units(request)
    context = {
        "unit": unit,
        "units": units or (_filing_units() if unit is None or not units else []),
        "months": months,
        "first": chosen[0].month if chosen else None,
        "last": chosen[-1].month if chosen else None,
        "problem": problem,
        "name": name,
        "most_mb": settings.IMPORT_JOB_BYTES // 1_000_000,
    }
    return render(request, "submissions/workbook.html", context, status=UNPROCESSABLE if problem else 200)


def _show_look_anew(request: HttpRequest, upload: UploadedFile, refusal: Refused) -> HttpResponse:
    """Show what the file would do by itself, and why what was asked for was not done."""
    found = uploads.look(upload, by=request.user, today=clock.today())
    return _show_look(request, upload, found, problem=str(refusal), status=refusal.http_status)


def _show_look(
    request: HttpRequest, upload: UploadedFile, found: uploads.Look, *, problem: str = "", status: int = 200
) -> HttpResponse:
    ahead = outlook(found.plan.reports, by=request.user, today=clock.today())
    context = {
        "upload": upload,
        "look": found,
        "outlook": ahead,
        "foreseen": [(one, offer_of(one)) for one in ahead.found[: uploads.SHOWN]],
        "taking": urlencode([(TAKE, one.key) for one in found.taken]),
        "n_unseen": max(0, len(ahead.found) - uploads.SHOWN),
        "changes": [(one.report, one.changes) for one in found.plan.reports if one.changes],
        "problem": problem,
        "is_workbook": bytes(upload.content[:2]) == b"PK",
    }
    return render(request, "submissions/uploaded.html", context, status=status)


def _answer(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX_TYPE)
    response.headers["Content-Disposition"] = content_disposition_header(True, download_name(name))  # noqa: FBT003 -- its only signature
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


# Which unit and months -------------------------------------------------------------------------


def _unit(request: HttpRequest) -> ReportingUnit | None:
    """Return the unit asked for or one's own; None where the ministry has yet to choose.

    :raises Http404: it is not one the person files for.
    """
    code = request.GET.get("unit", "")
    if code:
        unit = unit_named(code)
        if not permissions.may_edit(request.user, unit):
            raise Http404
        return unit
    units = own_units(request)
    return units[0] if units else None


def _filing_units() -> list[ReportingUnit]:
    filing = Assignment.objects.values("unit")
    return list(ReportingUnit.objects.filter(pk__in=filing, level=1).order_by("position", "code"))


def _open_months(unit: ReportingUnit) -> list[ReportingMonth]:
    """Return the months the unit files for that have opened: of the newest year, and what is still filed of others."""
    today = clock.today()
    plans = set(Assignment.objects.filter(unit=unit).values_list("plan", flat=True))
    months = months_to_file(unit, today, year=next(iter(years_begun(today)), None))
    return [one for one in months if one.is_open_on(today) and one.plan_id in plans]


def _months(request: HttpRequest, months: Sequence[ReportingMonth]) -> list[ReportingMonth]:
    """Return the months of the range asked for; the newest one where none is.

    :raises Http404: the range names what is no month.
    """
    first = _bound(request, "from")
    last = _bound(request, "to")
    if first is None and last is None:
        return list(months[-1:])
    return [one for one in months if (first is None or one.month >= first) and (last is None or one.month <= last)]


def _bound(request: HttpRequest, name: str) -> date | None:
    text = request.GET.get(name, "")
    return month_named(text).month if text else None
