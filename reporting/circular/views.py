"""The circular's pages: preview, files, wording, letters to units."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from tempfile import TemporaryFile
from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from accounts import audit, permissions
from accounts.models import ReportingUnit, User
from reporting.circular import blocks, making, pdf, word
from reporting.circular.blocks import Wording
from reporting.circular.letters import filed_by
from reporting.circular.making import Made
from reporting.circular.models import Block
from reporting.pages import months
from reporting.views import closed, for_readers
from submissions.models import ReportingMonth
from submissions.timeliness import Arrival
from workplan.lib import clock
from workplan.lib.refusals import Refused

ZIP = "application/zip"
UNPROCESSABLE = 422


@for_readers
def circular(request: HttpRequest, month: date) -> HttpResponse:
    """Show the circular as it will be printed, and what may be done with it."""
    period = _period(month)
    nation = permissions.national_unit()
    if not months.is_open_to(request.user, period, nation):
        return closed(request, period, nation)
    made = _bulletin(request, period)
    with override("zh-hans"):
        page = pdf.page_of(made.document, made.drawn)
    may_word = permissions.may_word_circulars(request.user)
    context = {
        **page,
        "period": period,
        "may_word": may_word,
        "own_unit": _own_unit(request, period),
        "letters": _letters(made) if may_word else [],
        "stale": [(one, stale) for one in made.worded.values() for stale in one.stale] if may_word else [],
        **_neighbours(request, period, nation),
    }
    return render(request, "reporting/circular.html", context)


def _neighbours(request: HttpRequest, period: ReportingMonth, nation: ReportingUnit) -> dict[str, date | None]:
    """Return the months before and after that are open to the person."""
    offered = months.offered(request.user, period, today=clock.today(), unit=nation)
    return {
        "previous": max((month for month in offered if month < period.month), default=None),
        "next": min((month for month in offered if month > period.month), default=None),
    }


@dataclass(frozen=True)
class LetterLine:
    """One unit in the list of letters."""

    unit: ReportingUnit
    is_reminder: bool


def _letters(made: Made) -> list[LetterLine]:
    found = []
    for unit in made.facts.due:
        filed = filed_by(made.facts, unit)
        found.append(LetterLine(unit, filed is not None and filed.arrival == Arrival.MISSING))
    return found


def _own_unit(request: HttpRequest, period: ReportingMonth) -> ReportingUnit | None:
    """Return the bureau whose letter the person may fetch: the own one, of a published month."""
    return permissions.access(request.user).bureau if period.is_published else None


# Files -----------------------------------------------------------------------------------------


@for_readers
def document(request: HttpRequest, month: date, kind: str) -> HttpResponse:
    """Hand out the circular as Word or PDF."""
    period = _open_period(request, month)
    return _file(request, _bulletin(request, period), kind, _name(period), {"table": "circular"}, period)


@for_readers
def letter(request: HttpRequest, month: date, code: str, kind: str) -> HttpResponse:
    """Hand out the letter to one unit: any to the ministry, the own one to a bureau once the month is published."""
    period = _period(month)
    unit = ReportingUnit.objects.on_the_tree().filter(code=code, level=1).first()
    if unit is None or not _may_read_letter(request, period, unit):
        raise Http404
    with override("zh-hans"):
        made = making.letter_to(request.user, period, unit, today=clock.today())
    name = f"函_{unit.short_name}_{period}"
    return _file(request, made, kind, name, {"table": "letter", "unit": unit.code}, period)


def _may_read_letter(request: HttpRequest, period: ReportingMonth, unit: ReportingUnit) -> bool:
    if permissions.may_word_circulars(request.user):
        return True
    return period.is_published and permissions.works_in(request.user, unit)


@for_readers
def letters(request: HttpRequest, month: date) -> FileResponse:
    """Hand out the letters to all units as Word files in one archive."""
    period = _open_period(request, month)
    _require_wording(request)
    _record(request, period, {"table": "letters", "format": "zip"})
    held = TemporaryFile()  # noqa: SIM115 -- the response closes it
    with override("zh-hans"), zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for unit, made in making.letters_to_all(request.user, period, today=clock.today()):
            archive.writestr(f"{unit.code}_{unit.short_name}.docx", made.word())
    held.seek(0)
    return FileResponse(held, as_attachment=True, filename=f"函_{period}.zip", content_type=ZIP)


@for_readers
def word_template(request: HttpRequest, month: date) -> HttpResponse:
    """Hand out the Word template, for a ministry that wants its own."""
    period = _open_period(request, month)
    _require_wording(request)
    _record(request, period, {"table": "template"})
    return _download(word.template_of(), "通报模板.docx", word.MEDIA_TYPE)


def _file(
    request: HttpRequest, made: Made, kind: str, name: str, details: dict[str, str], period: ReportingMonth
) -> HttpResponse:
    """Return one document as a download, or the sentence why it cannot be made."""
    if not permissions.may_export(request.user):
        raise PermissionDenied
    makers: dict[str, tuple[Callable[[], bytes], str]] = {
        "docx": (made.word, word.MEDIA_TYPE),
        "pdf": (made.pdf, pdf.MEDIA_TYPE),
    }
    make, media_type = makers[kind]
    try:
        with override("zh-hans"):
            content = make()
    except pdf.NoPdf as refusal:
        messages.error(request, str(refusal))
        return redirect("reporting:circular", period.month)
    _record(request, period, {**details, "format": kind})
    return _download(content, f"{name}.{kind}", media_type)


def _download(content: bytes, name: str, media_type: str) -> HttpResponse:
    held = TemporaryFile()  # noqa: SIM115 -- the response closes it
    held.write(content)
    held.seek(0)
    return FileResponse(held, as_attachment=True, filename=name, content_type=media_type)


def _record(request: HttpRequest, period: ReportingMonth, details: dict[str, str]) -> None:
    audit.record_taken(by=cast(User, request.user), **details, month=str(period))


# Wording ---------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def wording(request: HttpRequest, month: date) -> HttpResponse:
    """Show every block with its generated words beside it, and take the person's own."""
    period = _period(month)
    _require_wording(request)
    made = _worded(request, period)
    if request.method != "POST":
        return _show_wording(request, period, made)
    block = request.POST.get("block", "")
    version = request.POST.get("version", "")
    if block not in Block.values or not (version.isascii() and version.isdigit() and len(version) < 9):
        raise Http404
    chosen = made[Block(block)]
    text = "" if "generated" in request.POST else request.POST.get("text", "")
    try:
        changed = blocks.word(chosen, period, text, by=cast(User, request.user), now=clock.now(), version=int(version))
    except Refused as refusal:
        return _show_wording(request, period, made, refusal=refusal, refused=chosen, typed=text)
    said = _("已保存“%(block)s”。") if changed else _("“%(block)s”没有变化。")
    messages.success(request, said % {"block": chosen.block.label})
    return redirect("reporting:circular-wording", period.month)


def _show_wording(
    request: HttpRequest,
    period: ReportingMonth,
    worded: dict[Block, Wording],
    *,
    refusal: Refused | None = None,
    refused: Wording | None = None,
    typed: str = "",
) -> HttpResponse:
    context = {
        "period": period,
        "blocks": list(worded.values()),
        "history": blocks.history(period),
        "refusal": refusal,
        "refused": refused.block if refused else None,
        "typed": typed,
    }
    return render(request, "reporting/circular_wording.html", context, status=refusal.http_status if refusal else 200)


def _worded(request: HttpRequest, period: ReportingMonth) -> dict[Block, Wording]:
    with override("zh-hans"):
        return making.wordings_of(request.user, period, today=clock.today())


# What is asked for -----------------------------------------------------------------------------


def _bulletin(request: HttpRequest, period: ReportingMonth) -> Made:
    with override("zh-hans"):
        return making.bulletin_of(request.user, period, today=clock.today())


def _period(month: date) -> ReportingMonth:
    """Return a month of the calendar that has begun; another is not found."""
    found = ReportingMonth.objects.filter(month=month, opens_on__lte=clock.today()).select_related("plan").first()
    if found is None:
        raise Http404
    return found


def _open_period(request: HttpRequest, month: date) -> ReportingMonth:
    """Return a month whose figures are open to the person; a closed one is not found."""
    period = _period(month)
    if not months.is_open_to(request.user, period, permissions.national_unit()):
        raise Http404
    return period


def _require_wording(request: HttpRequest) -> None:
    if not permissions.may_word_circulars(request.user):
        raise PermissionDenied


def _name(period: ReportingMonth) -> str:
    return f"通报_{period}"
