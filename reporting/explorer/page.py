"""The page of the explorer: the form with its choices, the table, and what was asked for in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import permissions
from reporting import marks
from reporting.explorer import cells
from reporting.explorer.asked import Asked, Axis, NotUnderstood
from reporting.explorer.reader import Offer, offer, read
from reporting.explorer.readings import Measure
from reporting.explorer.table import Head, Table, table
from reporting.pages.words import month_words
from submissions.models import ReportingMonth
from targets.goals import Status
from workplan.templatetags.portal import status_label


@dataclass(frozen=True)
class Heading:
    """One column of the last header row: which measure, and how a click sorts by it."""

    label: str
    query: str
    #: As screen readers know it: none, ascending or descending.
    order: str


@dataclass(frozen=True)
class ExplorerPage:
    """Without a table, `wrong` says what was not understood; the form keeps what was."""

    offer: Offer
    asked: Asked
    table: Table | None
    wrong: tuple[str, ...] = ()
    axes: tuple[Axis, ...] = tuple(Axis)
    measures: tuple[Measure, ...] = tuple(Measure)
    statuses: tuple[Status, ...] = tuple(Status)

    @property
    def period(self) -> ReportingMonth | None:
        """The month that decides on the watermark: one that is not published, where there is any."""
        return next((one for one in self.asked.months if not one.is_published), None) if self.table else None

    @cached_property
    def address(self) -> str:
        return self.asked.address()

    @property
    def body(self) -> SafeString:
        return cells.body(self.table) if self.table else SafeString("")

    @property
    def groups(self) -> list[tuple[str, str]]:
        """The columns with where their headers lead."""
        if self.table is None:
            return []
        return [(cells.label(column), cells.drill(self.table.asked, column)) for column in self.table.columns]

    @property
    def headings(self) -> list[Heading]:
        """The measures of each column, in the order of the cells."""
        if self.table is None:
            return []
        asked = self.table.asked
        return [_heading(asked, column, measure) for column in self.table.columns for measure in asked.measures]

    @property
    def legend(self) -> str:
        """What the letters mean that stand in the table."""
        lines = self.table.everything if self.table else ()
        measures = self.table.asked.measures if self.table else ()
        facts = (one for line in lines for one in line.facts if one is not None)
        return marks.legend({mark for one in facts for measure in measures for mark in one.marks_of(measure)})

    @property
    def left_out(self) -> list[str]:
        """Say for which months units are missing because the reader may not see them yet."""
        return closed_words(self.table) if self.table else []

    @property
    def told(self) -> list[tuple[str, str]]:
        return filter_words(self.asked)

    @property
    def n_lines(self) -> int:
        return len(self.table.lines) if self.table else 0


def explorer_page(person: permissions.Person, query: QueryDict, *, today: date) -> ExplorerPage | None:
    """Return the page of an address, its rights judged anew; None before the first month is due."""
    found = offer(person, query, today=today)
    if found is None:
        return None
    try:
        asked = read(query, found)
        return ExplorerPage(found, asked, table(person, asked, today=today))
    except NotUnderstood as refusal:
        return ExplorerPage(found, refusal.asked, None, refusal.sentences)


def _heading(asked: Asked, column: Head, measure: Measure) -> Heading:
    key = f"{column.key}.{measure}"
    order = {key: "ascending", f"-{key}": "descending"}.get(asked.sort, "none")
    following = key if order == "descending" else f"-{key}"
    return Heading(str(measure.label), asked.address(sort=following), order)


# In words --------------------------------------------------------------------------------------


def filter_words(asked: Asked) -> list[tuple[str, str]]:
    """Return what was asked for as pairs of a condition and its words; page and files say the same."""
    told = [
        (_("行"), str(asked.rows.label)),
        (_("列"), str(asked.columns.label)),
        (_("测度"), _joined(one.label for one in asked.measures)),
        (_("指标"), _indicator_words(asked)),
        (_("单位"), _unit_words(asked)),
        (_("报告期"), _month_words(asked)),
    ]
    if asked.statuses:
        told.append((_("状态"), _joined(status_label(one) for one in asked.statuses)))
    if asked.sort:
        told.append((_("排序"), _sort_words(asked)))
    return told


def _joined(words: Iterable[object]) -> str:
    return _("、").join(str(word) for word in words)


def _some(words: list[str], at_most: int = 6) -> str:
    """Name some things; many are told by their number."""
    if len(words) <= at_most:
        return _joined(words)
    n = len(words)
    return ngettext("%(first)s等%(n)d项", "%(first)s等%(n)d项", n) % {"first": _joined(words[:3]), "n": n}


def _indicator_words(asked: Asked) -> str:
    if len(asked.indicators) > 1:
        return _some([one.short_label for one in asked.indicators])
    return cells.label(Head(Axis.INDICATOR, asked.indicators[0]))


def _unit_words(asked: Asked) -> str:
    units = asked.units
    words = {"below": units.below.label, "n": len(units.chosen), "level": units.level}
    if units.is_named or len(units.chosen) == 1:
        told = _some([unit.label for unit in units.chosen])
    elif units.level is not None:
        told = _("%(below)s以下第%(level)s级（%(n)d个）") % words
    else:
        told = _("%(below)s的下级单位（%(n)d个）") % words
    if units.scheme is None:
        return told
    region = units.region.label if units.region else units.scheme.label
    return _("%(told)s，%(region)s") % {"told": told, "region": region}


def _month_words(asked: Asked) -> str:
    months = [one.month for one in asked.months]
    if len(months) > 2 and months[-1].month - months[0].month == len(months) - 1:
        return _("%(first)s至%(last)s") % {"first": month_words(months[0]), "last": month_words(months[-1])}
    return _joined(month_words(month) for month in months)


def _sort_words(asked: Asked) -> str:
    key, _dot, measure = asked.sort.removeprefix("-").rpartition(".")
    words = {"key": key, "measure": Measure(measure).label}
    return (
        _("%(key)s %(measure)s由大到小") if asked.sort.startswith("-") else _("%(key)s %(measure)s由小到大")
    ) % words


def closed_words(found: Table) -> list[str]:
    """Return a sentence for each month in which units asked for are closed to the reader."""
    return [
        ngettext(
            "%(month)s尚未发布，%(n)d个单位的数据您现在不能查看，表中没有列出。",
            "%(month)s尚未发布，%(n)d个单位的数据您现在不能查看，表中没有列出。",
            one.n_units,
        )
        % {"month": month_words(one.period.month), "n": one.n_units}
        for one in found.closed
    ]
