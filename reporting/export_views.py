"""Downloads: what a page shows, as a workbook or as CSV; each one is recorded in the audit trail."""

from __future__ import annotations

from functools import wraps
from io import BytesIO
from typing import TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import NATION_CODE, ReportingUnit, User
from reporting import exports
from reporting.aggregates import ProgressRow, progress_rows
from reporting.analyst.book import workbook_bytes
from reporting.analyst.contents import contents
from reporting.board import Board, unit_states
from reporting.board import board as board_of
from reporting.pages import months
from reporting.pages.words import month_words
from reporting.tidy import Selection, download
from reporting.views import View, asked_month, for_readers
from submissions.models import ReportingMonth
from targets.models import Indicator, Milestone
from workplan.lib import clock, sheets

Answer = TypeVar("Answer", FileResponse, StreamingHttpResponse)

#: What narrows a download; it goes into the audit trail with it.
QUERY = ("month", "unit", "level", "indicator", "item", "format")


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
def progress(request: HttpRequest) -> FileResponse:
    """Hand out the progress of a unit, or of the units directly below it."""
    unit, period = _asked(request)
    title = _("%(unit)s：%(month)s进度") % {"unit": unit.label, "month": month_words(period.month)}
    rows = _rows(request, unit, period, level=_choice(request, "level", ("unit", "children")))
    table = exports.progress_sheet(rows, period, title=title, by=request.user, now=clock.now())
    return recorded(request, "progress", sheets.workbook_response(_name(_("进度"), unit, period), [table]))


@for_exporters
def workbook(request: HttpRequest) -> FileResponse:
    """Hand out the analyst's workbook of a unit and month: summary, units by indicators, months, meaning, quality."""
    unit, period = _asked(request)
    person = cast(User, request.user)
    found = contents(person, period, unit, now=clock.now())
    answer = sheets.download(BytesIO(workbook_bytes(found)), _name(_("数据分析"), unit, period), sheets.XLSX_TYPE)
    return recorded(request, "workbook", answer)


@for_exporters
def ranking(request: HttpRequest) -> FileResponse:
    """Hand out the ranking of the units directly below one, best first."""
    unit, period = _asked(request)
    title = _("%(unit)s：%(month)s各单位排名") % {"unit": unit.label, "month": month_words(period.month)}
    rows = exports.ranked(_rows(request, unit, period, level="children"))
    table = exports.progress_sheet(rows, period, title=title, by=request.user, now=clock.now())
    return recorded(request, "ranking", sheets.workbook_response(_name(_("排名"), unit, period), [table]))


@for_exporters
def board(request: HttpRequest) -> FileResponse:
    """Hand out the board, or one item of it: items, national targets, milestones, states of the units."""
    period = _open_month(request, permissions.national_unit())
    today = clock.today()
    shown = _narrowed(request, board_of(request.user, period, today=today))
    milestones = Milestone.objects.filter(item__in=[one.item for one in shown.items])
    states = unit_states(request.user, period, milestones)
    title = _("%(plan)s：%(month)s进展") % {"plan": period.plan.label, "month": month_words(period.month)}
    tables = exports.board_sheets(shown, states, title=title, by=request.user, now=clock.now(), today=today)
    return recorded(request, "board", sheets.workbook_response(f"{_('工作要点')}_{period}.xlsx", tables))


def _narrowed(request: HttpRequest, whole: Board) -> Board:
    """Keep the item that the address asks for, or all; an item the plan does not have is not found."""
    number = asked_code(request, "item")
    if not number:
        return whole
    kept = whole.only(int(number)) if number.isdecimal() and len(number) <= 3 else None
    if kept is None or not kept.items:
        raise Http404
    return kept


@for_exporters
def figures(request: HttpRequest) -> StreamingHttpResponse:
    """Hand out tidy observations of filing units, one row each; a month, a unit and an indicator narrow them."""
    unit = asked_unit(request)
    period = asked_month(request, unit)
    if period is None:
        raise Http404
    selection = Selection(
        period.plan,
        period=period if request.GET.get("month") else None,
        unit=None if unit.is_nation else unit,
        indicator=_indicator(request),
        with_parts=True,
    )
    wanted = _choice(request, "format", ("xlsx", "csv", "parquet"))
    answer = download(cast(User, request.user), selection, wanted, name=f"{_('数据')}_{period.plan.year}")
    return recorded(request, "figures", answer)


# What is asked for -----------------------------------------------------------------------------


def _asked(request: HttpRequest) -> tuple[ReportingUnit, ReportingMonth]:
    unit = asked_unit(request)
    return unit, _open_month(request, unit)


def asked_unit(request: HttpRequest) -> ReportingUnit:
    units = ReportingUnit.objects.on_the_tree().select_related("parent")
    unit: ReportingUnit = get_object_or_404(units, code=asked_code(request, "unit") or NATION_CODE)
    return unit


def _indicator(request: HttpRequest) -> Indicator | None:
    code = asked_code(request, "indicator")
    return get_object_or_404(Indicator, code=code) if code else None


def asked_code(request: HttpRequest, name: str) -> str:
    text = request.GET.get(name, "")
    if not text.isprintable():  # the database refuses NUL with an error of its own
        raise Http404
    return text


def _choice(request: HttpRequest, name: str, choices: tuple[str, ...]) -> str:
    """Return what the address chooses, the first where it says nothing; anything else is not found."""
    text = request.GET.get(name) or choices[0]
    if text not in choices:
        raise Http404
    return text


def _open_month(request: HttpRequest, unit: ReportingUnit) -> ReportingMonth:
    """Return the month asked for; one that is closed to the person is not found."""
    period = asked_month(request, unit)
    if period is None or not months.is_open_to(request.user, period, unit):
        raise Http404
    return period


def _rows(request: HttpRequest, unit: ReportingUnit, period: ReportingMonth, *, level: str) -> list[ProgressRow]:
    units = ReportingUnit.objects.on_the_tree().children_of(unit) if level == "children" else [unit]
    indicator = _indicator(request)
    chosen = None if indicator is None else [indicator]
    return progress_rows(request.user, period, units, indicators=chosen)


# The answer ------------------------------------------------------------------------------------


def _name(what: str, unit: ReportingUnit, period: ReportingMonth) -> str:
    return f"{what}_{unit.label}_{period}.xlsx"


def recorded(request: HttpRequest, table: str, answer: Answer) -> Answer:
    """Enter the download in the audit trail before anything of it leaves."""
    asked = {name: request.GET[name] for name in QUERY if request.GET.get(name)}
    audit.record("export", by=cast(User, request.user), details={"table": table, **asked})
    return answer
