"""The body of the table as HTML, cell by cell: thousands of them, which a template would take seconds for.

Every word goes through `format_html`; every cell leads to what stands behind it.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import cast
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from reporting.explorer.asked import Asked, Axis
from reporting.explorer.readings import Fact, Measure, Reading
from reporting.explorer.table import Head, Line, Table
from reporting.pages.tables import SCALE
from targets.goals import Status
from targets.models import Indicator, UnitOfMeasure
from workplan.templatetags.figures import DASH, moved, number, percent, unit_label
from workplan.templatetags.portal import signed_number, status_label, status_shape, status_tone

#: Which page of an indicator opens behind a measure; the year before stands on the indicator's own.
_BEHIND = {
    Measure.VALUE: "reporting:trace",
    Measure.MONTH_VALUE: "reporting:trace",
    Measure.COMPLETION_RATE: "reporting:reasons",
    Measure.DEVIATION: "reporting:reasons",
    Measure.STATUS: "reporting:reasons",
    Measure.RANK: "reporting:indicator",
    Measure.PREVIOUS_YEAR: "reporting:indicator",
    Measure.CHANGE: "reporting:indicator",
}


def shown(reading: Reading, measure: Measure, indicator: Indicator) -> str:
    """Write a reading as the cells of the portal do: rounded once, without its unit, which a header names."""
    if reading is None:
        return DASH
    if measure is Measure.STATUS:
        return f"{status_shape(cast(Status, reading))} {status_label(cast(Status, reading))}"
    if measure is Measure.RANK:
        return str(reading)
    figure, unit = cast(Decimal, reading), indicator.unit_of_measure
    if measure is Measure.COMPLETION_RATE:
        return percent(figure)
    if measure is Measure.CHANGE:
        return moved(figure, unit)
    return signed_number(figure, unit, SCALE) if measure is Measure.DEVIATION else number(figure, unit, SCALE)


def body(table: Table) -> SafeString:
    """Return the rows of the table, the totals last."""
    links = _Links()
    return mark_safe("".join(_row(table, line, links) for line in table.everything))


def _row(table: Table, line: Line, links: _Links) -> str:
    head = format_html('<th scope="row">{}</th>', _head(table.asked, line))
    inner = format_html('<th scope="row">{}</th>', label(line.within)) if table.nests else ""
    cells = "".join(_cell(one, measure, links) for one in line.facts for measure in table.asked.measures)
    kind = ' class="explore__total"' if line.head is None else ""
    return f"<tr{kind}>{head}{inner}{cells}</tr>"


def _head(asked: Asked, line: Line) -> SafeString | str:
    if line.head is None:
        return _("合计")
    return format_html('<a href="{}">{}</a>', drill(asked, line.head), label(line.head))


def label(head: Head) -> str:
    """Name a member of an axis; an indicator with the unit its figures are in."""
    if not isinstance(head.member, Indicator):
        return head.label
    return _("%(name)s（%(unit)s）") % {
        "name": head.label,
        "unit": unit_of(head.member),
    }


def unit_of(indicator: Indicator) -> str:
    """Name the unit in which the cells of an indicator are shown."""
    return unit_label(indicator.unit_of_measure, SCALE if indicator.unit_of_measure != UnitOfMeasure.RATE else 1)


def drill(asked: Asked, head: Head) -> str:
    """Return where a header leads: to the units below a unit or in a region, or to the units of an indicator or month.

    A unit without any below it leads to its own page.
    """
    if head.axis is Axis.UNIT and head.member.pk not in asked.units.parents:
        newest = max(asked.months, key=lambda one: one.month)
        return f"{reverse('reporting:unit', args=[head.key])}?month={newest}"
    down: dict[str, object] = {"rows": "unit", "sort": ""}
    if head.axis is Axis.UNIT:
        down |= {"cols": _other(asked), "below": head.key, "unit": [], "level": None, "region": ""}
    elif head.axis is Axis.REGION and asked.units.scheme is not None:
        down |= {"cols": _other(asked), "region": f"{asked.units.scheme.code}.{head.key}"}
    elif head.axis is Axis.INDICATOR:
        down |= {"cols": "month", "indicator": [head.key]}
    else:
        down |= {"cols": "indicator", "month": [head.key]}
    return f"{reverse('reporting:explore')}?{asked.address(**down)}"


def _other(asked: Asked) -> str:
    """Return what stands beside the units once they are the rows."""
    return next(axis.value for axis in (asked.columns, asked.rows, Axis.MONTH) if axis.dimension is not Axis.UNIT)


def _cell(one: Fact | None, measure: Measure, links: _Links) -> str:
    if one is None:
        return "<td></td>"
    reading = one.readings[measure]
    marks = " ".join(one.marks_of(measure)) if reading is not None or measure is Measure.VALUE else ""
    text = shown(reading, measure, one.row.indicator)
    sup = format_html("<sup>{}</sup>", marks) if marks else ""
    if one.is_sum or reading is None:
        return format_html("<td>{}{}</td>", text, sup)
    address = links.behind(measure, one)
    if measure is Measure.STATUS:
        return format_html(
            '<td><a class="explore__{}" href="{}">{}</a>{}</td>', status_tone(one.status), address, text, sup
        )
    return format_html('<td><a href="{}">{}</a>{}</td>', address, text, sup)


class _Links:
    """The addresses behind cells; those of an indicator are made once."""

    def __init__(self) -> None:
        self.page = cache(lambda view, code: reverse(view, args=[code]))

    def behind(self, measure: Measure, one: Fact) -> str:
        row = one.row
        unit = row.unit.parent if measure is Measure.RANK and row.unit.parent is not None else row.unit
        query = urlencode({"month": f"{row.month:%Y-%m}", "unit": unit.code})
        return f"{self.page(_BEHIND[measure], row.indicator.code)}?{query}"
