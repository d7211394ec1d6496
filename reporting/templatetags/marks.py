"""The letters beside a figure in a page: what each means, and for `r` where old, new and reason stand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.models import ReportingUnit
from reporting.aggregates import ProgressRow
from reporting.marks import Mark, legend, marks_beside
from reporting.pages.indicator import IndicatorPage, MonthLine
from reporting.regions import RegionRow
from targets.models import Indicator

register = template.Library()

_OPENS = gettext_lazy("发布后有修订：查看发布时数值、现数值和修订原因")


@register.inclusion_tag("components/marks.html")
def row_marks(row: ProgressRow | None, *, links: bool = True) -> dict[str, object]:
    """Show the marks of a row of progress; nothing for a row that is closed to the reader."""
    if row is None:
        return {}
    marks = marks_beside(row)
    return shown(marks, _address(row.indicator, row.unit, row.month) if links and Mark.REVISED in marks else "")


@register.inclusion_tag("components/marks.html")
def month_marks(line: MonthLine, page: IndicatorPage) -> dict[str, object]:
    """Show the marks of one month of the year on the page of an indicator."""
    return shown(line.marks, _address(page.indicator, page.unit, line.point.month))


@register.inclusion_tag("components/marks.html")
def region_marks(row: RegionRow, url: str) -> dict[str, object]:
    """Show the marks of a region's sum; `r` opens where its units or the whole are taken apart."""
    return shown(marks_beside(row), url)


@register.inclusion_tag("components/marks.html")
def part_marks(marks: Iterable[Mark]) -> dict[str, object]:
    """Show marks on the page that explains them."""
    return shown(marks, "#revised")


@register.simple_tag
def marks_legend() -> str:
    """Return what every mark means that stands beside a figure."""
    return legend(mark for mark in Mark if mark != Mark.SYNTHETIC)


def shown(marks: Iterable[Mark], url: str) -> dict[str, object]:
    return {"marks": [(mark, url if mark == Mark.REVISED else "") for mark in marks], "opens": _OPENS}


def _address(indicator: Indicator, unit: ReportingUnit, month: date) -> str:
    return f"{reverse('reporting:trace', args=[indicator.code])}?month={month:%Y-%m}&unit={unit.code}#revised"
