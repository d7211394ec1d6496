"""Downloads by what an address asks for and who asks: pages hand them out, scheduled exports keep them.

Whatever there is not, or is closed to the person, is not found (`Http404`), at either door.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO

from django.http import FileResponse, Http404, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.models import NATION_CODE, ReportingUnit, User
from reporting import exports
from reporting.aggregates import ProgressRow, progress_rows
from reporting.analyst.book import workbook_bytes
from reporting.analyst.contents import contents
from reporting.board import Board, unit_states
from reporting.board import board as board_of
from reporting.pages import months
from reporting.pages.words import month_words
from reporting.tidy import Selection
from reporting.tidy import download as tidy_download
from submissions.models import ReportingMonth
from targets.models import Indicator, Milestone
from workplan.lib import clock, sheets

Download = FileResponse | StreamingHttpResponse


def progress(person: User, query: QueryDict) -> FileResponse:
    """Return the progress of a unit, or of the units directly below it."""
    unit, period = _asked(person, query)
    title = _("%(unit)s：%(month)s进度") % {"unit": unit.label, "month": month_words(period.month)}
    rows = _rows(person, query, unit, period, level=choice(query, "level", LEVELS))
    table = exports.progress_sheet(rows, period, title=title, by=person, now=clock.now())
    return sheets.workbook_response(_name(_("进度"), unit, period), [table])


def workbook(person: User, query: QueryDict) -> FileResponse:
    """Return the analyst's workbook of a unit and month: summary, units by indicators, months, meaning, quality."""
    unit, period = _asked(person, query)
    found = contents(person, period, unit, now=clock.now())
    return sheets.download(BytesIO(workbook_bytes(found)), _name(_("数据分析"), unit, period), sheets.XLSX_TYPE)


def ranking(person: User, query: QueryDict) -> FileResponse:
    """Return the ranking of the units directly below one, best first."""
    unit, period = _asked(person, query)
    title = _("%(unit)s：%(month)s各单位排名") % {"unit": unit.label, "month": month_words(period.month)}
    rows = exports.ranked(_rows(person, query, unit, period, level="children"))
    table = exports.progress_sheet(rows, period, title=title, by=person, now=clock.now())
    return sheets.workbook_response(_name(_("排名"), unit, period), [table])


def board(person: User, query: QueryDict) -> FileResponse:
    """Return the board, or one item of it: items, national targets, milestones, states of the units."""
    period = _open_month(person, query, permissions.national_unit())
    today = clock.today()
    shown = _narrowed(query, board_of(person, period, today=today))
    milestones = Milestone.objects.filter(item__in=[one.item for one in shown.items])
    states = unit_states(person, period, milestones)
    title = _("%(plan)s：%(month)s进展") % {"plan": period.plan.label, "month": month_words(period.month)}
    tables = exports.board_sheets(shown, states, title=title, by=person, now=clock.now(), today=today)
    return sheets.workbook_response(f"{_('工作要点')}_{period}.xlsx", tables)


def figures(person: User, query: QueryDict) -> StreamingHttpResponse:
    """Return tidy observations of filing units, one row each; a month, a unit and an indicator narrow them."""
    selection, form = asked_figures(person, query)
    return tidy_download(person, selection, form, name=f"{_('数据')}_{selection.plan.year}")


def asked_figures(person: User, query: QueryDict) -> tuple[Selection, str]:
    """Return which observations an address asks for, and as what."""
    unit = asked_unit(query)
    period = asked_month(person, query, unit)
    if period is None:
        raise Http404
    selection = Selection(
        period.plan,
        period=period if query.get("month") else None,
        unit=None if unit.is_nation else unit,
        indicator=asked_indicator(query),
        with_parts=True,
    )
    return selection, choice(query, "format", ("xlsx", "csv", "parquet"))


#: By the name that the audit trail calls them.
DOWNLOADS: Mapping[str, Callable[[User, QueryDict], Download]] = {
    "progress": progress,
    "workbook": workbook,
    "ranking": ranking,
    "board": board,
    "figures": figures,
}

# What is asked for -----------------------------------------------------------------------------

LEVELS = ("unit", "children")


def asked_code(query: QueryDict, name: str) -> str:
    text = query.get(name, "")
    if not text.isprintable():  # the database refuses NUL with an error of its own
        raise Http404
    return text


def asked_unit(query: QueryDict) -> ReportingUnit:
    units = ReportingUnit.objects.on_the_tree().select_related("parent")
    unit: ReportingUnit = get_object_or_404(units, code=asked_code(query, "unit") or NATION_CODE)
    return unit


def asked_indicator(query: QueryDict) -> Indicator | None:
    code = asked_code(query, "indicator")
    return get_object_or_404(Indicator, code=code) if code else None


def asked_item(query: QueryDict) -> int | None:
    """Return the number of the item the address names, None where it names none; what is no number is not found."""
    text = asked_code(query, "item")
    if text and not (text.isascii() and text.isdecimal() and len(text) <= 3):
        raise Http404
    return int(text) if text else None


def asked_month(person: permissions.Person, query: QueryDict, unit: ReportingUnit) -> ReportingMonth | None:
    """Return the month of the address, or the one its page opens with; an unknown one is not found."""
    try:
        return months.chosen(person, query.get("month", ""), today=clock.today(), unit=unit)
    except months.NoSuchMonth as error:
        raise Http404 from error


def choice(query: QueryDict, name: str, choices: tuple[str, ...]) -> str:
    """Return what the address chooses, the first where it says nothing; anything else is not found."""
    text = query.get(name) or choices[0]
    if text not in choices:
        raise Http404
    return text


def _asked(person: User, query: QueryDict) -> tuple[ReportingUnit, ReportingMonth]:
    unit = asked_unit(query)
    return unit, _open_month(person, query, unit)


def _open_month(person: User, query: QueryDict, unit: ReportingUnit) -> ReportingMonth:
    """Return the month asked for; one that is closed to the person is not found."""
    period = asked_month(person, query, unit)
    if period is None or not months.is_open_to(person, period, unit):
        raise Http404
    return period


def _narrowed(query: QueryDict, whole: Board) -> Board:
    """Keep the item that the address asks for, or all; an item the plan does not have is not found."""
    number = asked_item(query)
    if number is None:
        return whole
    kept = whole.only(number)
    if not kept.items:
        raise Http404
    return kept


def _rows(
    person: User, query: QueryDict, unit: ReportingUnit, period: ReportingMonth, *, level: str
) -> list[ProgressRow]:
    units = ReportingUnit.objects.on_the_tree().children_of(unit) if level == "children" else [unit]
    indicator = asked_indicator(query)
    return progress_rows(person, period, units, indicators=None if indicator is None else [indicator])


def _name(what: str, unit: ReportingUnit, period: ReportingMonth) -> str:
    return f"{what}_{unit.label}_{period}.xlsx"
