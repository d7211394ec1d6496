"""One report: the form where it may be filled in, else the page it is read on, and every step it takes."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from submissions import blocking, services, signing, trail, workflow
from submissions.evidence.shown import with_evidence
from submissions.forms import Draft, ReportForm
from submissions.intake import read_comment
from submissions.milestones import MilestoneRow, milestone_rows
from submissions.models import MonthlyReport, Release, Verb
from submissions.opening import report_open_to
from submissions.pages.due import month_words, reference_of
from submissions.pages.form import chapters_of, form_page, in_page_order
from submissions.pages.grid_words import page_config
from submissions.pages.queue import WHOLE_QUEUE, Narrowed, next_after
from submissions.pages.reading import read_page
from submissions.pages.units_typed import scale_named
from submissions.reviewing import asked_of
from submissions.statement import Statement, shown_to, statement
from submissions.views import evidence
from submissions.views.posted import refuse_foreign
from workplan.lib import clock
from workplan.lib.refusals import Refused

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, month: date, code: str) -> HttpResponse:
    opened = report_open_to(request.user, month, code)
    if request.method == "POST":
        return _save(request, opened)
    return _show(request, opened)


@require_safe
def check(request: HttpRequest, month: date, code: str) -> HttpResponse:
    """Show once more what is about to be submitted, or signed (check answers); what still blocks leads to the form."""
    opened = report_open_to(request.user, month, code)
    told, milestones = told_to(request, opened)
    is_open = told.may["submit"] or workflow.may_ask(opened, by=request.user, today=clock.today())
    if not is_open or opened.pk is None or told.n_blocking:
        return redirect(f"{address_of(opened)}?check=1")
    page = read_page(told, milestones, person=request.user, today=clock.today(), is_check=True)
    return render(request, "submissions/check.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, month: date, code: str, verb: Verb) -> HttpResponse:
    """Take one step of the workflow with the report as the person saw it; whoever only looks is led to the report."""
    opened = report_open_to(request.user, month, code)
    if request.method != "POST":
        return redirect(address_of(opened))
    step = workflow.STEPS[verb]
    carried = ("version", "comment", *(["release"] if step.may_open_final else []))
    try:
        refuse_foreign(request, f"report.{verb.lower()}", carried, unit=opened.unit, month=opened.month)
        comment = read_comment(request.POST.get("comment"))
        is_final = step.may_open_final and request.POST.get("release") == Release.FINAL
        asked = {"release": Release.FINAL} if is_final else {}
        moved = services.BY_VERB[verb](
            opened, by=request.user, now=clock.now(), version=version_seen(request), comment=comment, **asked
        )
    except Refused as refusal:
        return _show(request, report_open_to(request.user, month, code), refusal=refusal)
    return after(request, verb, moved, before=opened)


@require_http_methods(["GET", "HEAD", "POST"])
def ask_to_sign(request: HttpRequest, month: date, code: str) -> HttpResponse:
    """Ask the unit's lead to submit the version the person saw; whoever only looks is led to the report."""
    opened = report_open_to(request.user, month, code)
    if request.method != "POST":
        return redirect(address_of(opened))
    try:
        refuse_foreign(request, f"report.{signing.ACT}", ["version"], unit=opened.unit, month=opened.month)
        signing.ask_to_sign(opened, by=request.user, now=clock.now(), version=version_seen(request))
    except Refused as refusal:
        return _show(request, report_open_to(request.user, month, code), refusal=refusal)
    messages.success(request, _("已请负责人审签。报表再有改动，须重新请审签。"))
    return redirect(address_of(opened))


@require_safe
def receipt(request: HttpRequest, month: date, code: str, number: int) -> HttpResponse:
    """Confirm a filing: its number, when it was handed in, what happens next. Stays where it is, and prints."""
    opened = report_open_to(request.user, month, code)
    if opened.pk is None:
        raise Http404
    shown, _standing = shown_to(request.user, opened)
    handed_in = opened.filings.filter(submitted_at__isnull=False, number__lte=shown.begun_filing.number)
    filing = get_object_or_404(handed_in.select_related("submitted_by", "decided_by"), number=number)
    context = {
        "report": shown,
        "filing": filing,
        "reference": reference_of(opened, number),
        "is_late": opened.is_filed_late(filing),
        "n_figures": filing.figures.count(),
    }
    return render(request, "submissions/receipt.html", context)


# Saving ----------------------------------------------------------------------------------------


def _save(request: HttpRequest, opened: MonthlyReport) -> HttpResponse:
    now = clock.now()
    form, milestones = _form(request, opened)
    is_behind = version_seen(request) != opened.version
    is_check = request.POST.get("then") == "check"
    try:
        draft = form.read(opened, today=now.date())
        if is_behind and (form.contested or version_seen(request) > opened.version):
            stale = services.StaleVersion(opened)
            if version_seen(request) > opened.version:  # a version there never was
                trail.note(stale, Verb.SAVE, opened, by=request.user, version=version_seen(request))
            raise stale
        if form.is_changed:
            opened = _saved(request, opened, draft, now)
    except services.StaleVersion:
        _warn_of_files(request)
        fresh = report_open_to(request.user, opened.month, opened.unit.code)
        form, milestones = _form(request, fresh)
        return _show_form(request, form, milestones, refusal=services.StaleVersion(fresh))
    except Refused as refusal:
        trail.note_forged(refusal, opened.unit, by=request.user, month=opened.month)
        _warn_of_files(request)
        return _show_form(request, form, milestones, refusal=refusal)
    if form.is_changed or not (evidence.is_asked(request) or is_check):
        _tell(request, opened, form, draft, is_behind=is_behind)
    at = ""
    if evidence.is_asked(request):
        try:
            at = evidence.take(request, opened)
        except Refused as refusal:
            return _show(
                request, report_open_to(request.user, month=opened.month, unit=opened.unit.code), refusal=refusal
            )
    if is_check:
        return redirect("submissions:check", opened.month, opened.unit.code)
    return redirect(f"{address_of(opened)}?scale={form.scale}{at and f'#row.{at}'}")


def _warn_of_files(request: HttpRequest) -> None:
    """A browser forgets the chosen file with every answer."""
    if evidence.is_asked(request):
        messages.warning(request, _("佐证材料没有处理。请先更正下面所列之处，再选一次文件。"))


def _saved(request: HttpRequest, opened: MonthlyReport, draft: Draft, now: datetime) -> MonthlyReport:
    return services.save_draft(
        opened,
        by=request.user,
        now=now,
        version=opened.version,
        figures=draft.figures,
        milestones=draft.milestones,
        explanations=draft.explanations,
        replies=draft.replies,
        note=draft.note,
    )


def _tell(request: HttpRequest, saved: MonthlyReport, form: ReportForm, draft: Draft, *, is_behind: bool) -> None:
    if not form.is_changed:
        messages.info(request, _("已填内容都已保存，没有新的改动。"))
        return
    said = _("草稿已保存（第 %(version)s 版，%(time)s）。") % {
        "version": saved.version,
        "time": f"{clock.now():%H:%M:%S}",
    }
    messages.success(request, said)
    if is_behind:
        messages.warning(request, _("您填写期间另有人保存过；两处改动互不冲突，都已保留。"))
    for note in draft.cleaned:
        words = {"indicator": note.pointer.partition("/")[0], "note": note.message}
        messages.info(request, _("%(indicator)s：%(note)s") % words)


# Showing ---------------------------------------------------------------------------------------


def _show(request: HttpRequest, opened: MonthlyReport, *, refusal: Refused | None = None) -> HttpResponse:
    told, milestones = told_to(request, opened)
    if told.may["edit"]:
        scale = scale_named(request.POST.get("scale") or request.GET.get("scale", ""))
        form = ReportForm(told, milestones, scale=scale, asked=asked_of(opened))
        return _show_form(request, form, milestones, refusal=refusal)
    return show_read(request, told, milestones, refusal=refusal)


def show_read(
    request: HttpRequest,
    told: Statement,
    milestones: list[MilestoneRow],
    *,
    refusal: Refused | None = None,
    seen: int | None = None,
) -> HttpResponse:
    """Show the report as it is read; a refused step with what was typed, and with what moved meanwhile."""
    page = read_page(
        told,
        milestones,
        person=request.user,
        today=clock.today(),
        refusal=refusal,
        comment=request.POST.get("comment", ""),
        posted=request.POST.dict(),
        seen=seen,
    )
    # A report that is reviewed was opened from the queue, and leads back to it.
    context = {"page": page, "stands_under": "submissions:queue" if page.review else None}
    return render(request, "submissions/report_read.html", context, status=_status(refusal))


def _show_form(
    request: HttpRequest, form: ReportForm, milestones: list[MilestoneRow], *, refusal: Refused | None
) -> HttpResponse:
    page = form_page(
        form,
        milestones,
        person=request.user,
        today=clock.today(),
        chapters=chapters_of(form.told),
        refusal=refusal,
        is_strict="check" in request.GET or isinstance(refusal, blocking.FindingsBlock),
    )
    report = form.told.report
    config = page_config(report.unit, person=request.user, scale=form.scale, month=report.month)
    return render(request, "submissions/report_form.html", {"page": page, "config": config}, status=_status(refusal))


def _status(refusal: Refused | None) -> int:
    """Answer what was typed wrong with 422, everything else as the refusal says."""
    if refusal is None:
        return 200
    return UNPROCESSABLE if refusal.http_status == 400 else refusal.http_status


def told_to(request: HttpRequest, opened: MonthlyReport) -> tuple[Statement, list[MilestoneRow]]:
    told = statement(opened, person=request.user, today=clock.today())
    _shown, standing = shown_to(request.user, opened)
    rows = milestone_rows(opened, today=clock.today(), standing=standing)
    return in_page_order(told, chapters_of(told)), with_evidence(rows, opened, standing=standing)


def _form(request: HttpRequest, opened: MonthlyReport) -> tuple[ReportForm, list[MilestoneRow]]:
    told, milestones = told_to(request, opened)
    scale = scale_named(request.POST.get("scale", ""))
    form = ReportForm(told, milestones, scale=scale, posted=request.POST.dict(), asked=asked_of(opened))
    return form, milestones


# What the requests say -------------------------------------------------------------------------


def version_seen(request: HttpRequest) -> int:
    """Return the version the person saw; one that no report has where none is named."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def address_of(of: MonthlyReport) -> str:
    return reverse("submissions:report", args=[of.month, of.unit.code])


def after(
    request: HttpRequest, verb: Verb, moved: MonthlyReport, *, before: MonthlyReport, by: Narrowed = WHOLE_QUEUE
) -> HttpResponse:
    """Lead on: to the receipt, to the next report in the queue, or back to the report; ``before`` is it unmoved."""
    if verb == Verb.SUBMIT:
        return redirect("submissions:receipt", moved.month, moved.unit.code, moved.begun_filing.number)
    messages.success(request, _done(verb, moved))
    if verb not in services.VERDICTS:
        return redirect(address_of(moved))
    if "queue" in request.POST:
        query = QueryDict(request.POST["queue"][:200]).urlencode()
        return redirect(f"{reverse('submissions:queue')}?{query}")
    following = next_after(request.user, before, by)
    if following is None:
        return redirect(f"{reverse('submissions:queue')}{'?' if by.query else ''}{by.query}")
    return redirect(address_of(following) + by.carried)


def _done(verb: Verb, moved: MonthlyReport) -> str:
    words = {"verb": verb.label, "unit": moved.unit.label, "month": month_words(moved.month)}
    if verb == Verb.CORRECT:  # so far nothing is corrected
        return _("已开始更正：%(unit)s %(month)s。改好后请重新报送；通过之前，汇总仍用原来的数。") % words
    return _("已%(verb)s：%(unit)s %(month)s。") % words
