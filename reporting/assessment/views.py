"""The pages of assessment: load, call once, translate the refusal, render."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts import audit, permissions
from accounts.models import ReportingUnit, User
from reporting.assessment import files, grading, services
from reporting.assessment.exports import assessment_sheets
from reporting.assessment.intake import offered, read_adjustments, read_answers
from reporting.assessment.models import Assessment, AssessmentRound
from reporting.assessment.pages import round_page, rounds_begun
from reporting.assessment.sheet_page import NotOpen, Typed, opened, sheet_page
from reporting.export_views import asked_code, for_exporters
from reporting.views import for_readers
from submissions.intake import InputRefused, read_comment
from workplan.lib import clock, sheets
from workplan.lib.refusals import Refused

UNPROCESSABLE, CONFLICT, FORBIDDEN = 422, 409, 403


@for_readers
def listed(request: HttpRequest) -> HttpResponse:
    taken = _asked_round(request)
    if taken is None:
        return render(request, "reporting/assessments_none.html")
    return _list(request, taken)


@for_exporters
def export(request: HttpRequest) -> FileResponse:
    """Hand out the list of a round as the page shows it, and the lines of every sheet that is open to the person."""
    taken = _asked_round(request)
    if taken is None:
        raise Http404
    page = round_page(request.user, taken, today=clock.today())
    audit.record_taken("assessment", by=cast(User, request.user), round=taken.code)
    tables = assessment_sheets(request.user, page, now=clock.now())
    return sheets.workbook_response(f"{_('考核')}_{taken.code}_{clock.today()}.xlsx", tables)


@require_POST
def publish(request: HttpRequest, code: str) -> HttpResponse:
    _for_business(request)
    taken = get_object_or_404(AssessmentRound.objects.select_related("scheme", "period__plan"), code=code)
    try:
        typed = request.POST.get("n_confirmed", "")
        n_confirmed = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1
        grading.publish(taken, by=cast(User, request.user), now=clock.now(), n_confirmed=n_confirmed)
    except Refused as refusal:
        return _list(request, taken, refusal=str(refusal), status=refusal.http_status)
    messages.success(request, _("考核结果已公布，各单位可以查看等次。"))
    return redirect(f"{reverse('reporting:assessments')}?round={taken.code}")


@for_readers
def sheet(request: HttpRequest, code: str, unit: str) -> HttpResponse:
    return _sheet(request, _opened(request, code, unit))


@require_POST
def fill(request: HttpRequest, code: str, unit: str) -> HttpResponse:
    """Keep what the unit has written, or hand it in."""
    _for_business(request)
    shown = _opened(request, code, unit)
    proofs = offered(request.user, shown.round, shown.unit)
    submits, by = request.POST.get("act") == "submit", cast(User, request.user)
    try:
        answers = read_answers(request.POST, services.criteria_of(shown.round.scheme), proofs)
        version = _version(request)
        if files.is_asked(request):
            shown = services.save(shown, by=by, now=clock.now(), version=version, answers=answers)
            version = shown.version
            files.take(request, shown)
        elif not submits:
            services.save(shown, by=by, now=clock.now(), version=version, answers=answers)
        if submits:
            services.submit(shown, by=by, now=clock.now(), version=version, answers=answers)
    except Refused as refusal:
        return _refused(request, shown, refusal)
    messages.success(request, _("已提交，等待部里核查。") if submits else _("已保存。"))
    return redirect("reporting:assessment", code, unit)


@require_POST
def act(request: HttpRequest, code: str, unit: str, act: str) -> HttpResponse:
    """Take one of the other steps of the sheet."""
    _for_business(request)
    if act not in ACTS:
        raise Http404
    shown = _opened(request, code, unit)
    take, done = ACTS[act]
    try:
        take(request, shown)
    except Refused as refusal:
        return _refused(request, shown, refusal)
    messages.success(request, str(done))
    return redirect("reporting:assessment", code, unit)


def _withdraw(request: HttpRequest, shown: Assessment) -> None:
    services.withdraw(shown, by=cast(User, request.user), now=clock.now(), version=_version(request))


def _check(request: HttpRequest, shown: Assessment) -> None:
    lines = shown.lines.select_related("criterion__section")
    services.check(
        shown,
        by=cast(User, request.user),
        now=clock.now(),
        version=_version(request),
        adjustments=read_adjustments(request.POST, lines),
        comment=_comment(request),
    )


def _return(request: HttpRequest, shown: Assessment) -> None:
    services.return_(
        shown, by=cast(User, request.user), now=clock.now(), version=_version(request), comment=_comment(request)
    )


def _confirm(request: HttpRequest, shown: Assessment) -> None:
    services.confirm(
        shown, by=cast(User, request.user), now=clock.now(), version=_version(request), comment=_comment(request)
    )


def _cancel(request: HttpRequest, shown: Assessment) -> None:
    grading.cancel_grade(shown, by=cast(User, request.user), now=clock.now(), reason=_comment(request))


ACTS: dict[str, tuple[Callable[[HttpRequest, Assessment], None], Promise]] = {
    "withdraw": (_withdraw, gettext_lazy("已撤回，可以继续修改。")),
    "check": (_check, gettext_lazy("已核查，等待另一人确认。")),
    "return": (_return, gettext_lazy("已退回，原因已告知该单位。")),
    "confirm": (_confirm, gettext_lazy("已确认。公布之前各单位看不到等次。")),
    "cancel": (_cancel, gettext_lazy("已取消该单位的等次。")),
}


# What views share ------------------------------------------------------------------------------


def _for_business(request: HttpRequest) -> None:
    if not permissions.has_business_role(request.user):
        raise PermissionDenied


def _asked_round(request: HttpRequest) -> AssessmentRound | None:
    """Return the round of the address, or the newest; None where there is none yet. An unknown one is not found."""
    begun = rounds_begun(clock.today())
    code = asked_code(request, "round")
    if not code:
        return begun[0] if begun else None
    for one in begun:
        if one.code == code:
            return one
    raise Http404


def _opened(request: HttpRequest, code: str, unit: str) -> Assessment:
    taken = next((one for one in rounds_begun(clock.today()) if one.code == code), None)
    if taken is None:
        raise Http404
    named = get_object_or_404(ReportingUnit.objects.on_the_tree(), code=unit)
    try:
        return opened(request.user, taken, named)
    except NotOpen as error:
        raise Http404 from error


def _version(request: HttpRequest) -> int:
    """Return the version the person saw; what is no number was none."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def _comment(request: HttpRequest) -> str:
    return read_comment(request.POST.get("comment", ""), "comment")


def _refused(request: HttpRequest, shown: Assessment, refusal: Refused) -> HttpResponse:
    """Show the sheet again with what was typed and why it was not taken; a stale version is the newest from now on."""
    faults: dict[str, str] = {}
    if isinstance(refusal, InputRefused):
        faults = {one.pointer: one.message for one in refusal.complaints}
    elif isinstance(refusal, services.AnswersMissing):
        faults = dict(refusal.missing)
    elif isinstance(refusal, files.FileRefused):
        faults = {refusal.field: refusal.why}
    status = refusal.http_status if refusal.http_status in (CONFLICT, FORBIDDEN) else UNPROCESSABLE
    again = opened(request.user, shown.round, shown.unit)
    return _sheet(request, again, Typed(request.POST, faults, str(refusal)), status=status)


def _sheet(request: HttpRequest, shown: Assessment, typed: Typed | None = None, *, status: int = 200) -> HttpResponse:
    page = sheet_page(request.user, shown, today=clock.today(), typed=typed)
    return render(request, "reporting/assessment.html", {"page": page}, status=status)


def _list(request: HttpRequest, taken: AssessmentRound, *, refusal: str = "", status: int = 200) -> HttpResponse:
    page = round_page(request.user, taken, today=clock.today())
    return render(request, "reporting/assessments.html", {"page": page, "refusal": refusal}, status=status)
