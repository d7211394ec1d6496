"""The page of regions: one indicator by a scheme, the provinces of each region beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.models import ReportingUnit
from accounts.regions import RegionGroup, RegionScheme
from reporting import aggregates
from reporting.marks import Mark, legend, marks_beside
from reporting.pages import months, tables
from reporting.pages.curves import PERCENT, Axis, axis_of, labels
from reporting.pages.reasons import Explained
from reporting.pages.reasons import headline as reasons_headline
from reporting.pages.tables import Ranking
from reporting.pages.words import month_words
from reporting.regions import RegionRow, Regions, regions_of
from submissions.models import ReportingMonth
from targets import measures
from targets.models import Indicator
from targets.reasons import explain
from workplan.templatetags.figures import figure, percent
from workplan.templatetags.portal import STATUS_LOOKS, status_label, status_tone


class NoSuchScheme(LookupError):
    """The address names no scheme in force."""


@dataclass(frozen=True)
class RegionLine:
    """One region with its words, the address query that names it, and its units beside each other."""

    row: RegionRow
    label: str
    query: str
    share: Decimal | None
    units: Ranking

    @property
    def group(self) -> RegionGroup | None:
        return self.row.group

    @property
    def source(self) -> str:
        """The place on the page where its units stand."""
        return f"#region-{self.row.key}"

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The letters beside its figure and those of its units."""
        of_units = (mark for line in (*self.units.lines, *self.units.apart) for mark in line.marks)
        return (*marks_beside(self.row), *of_units)


@dataclass(frozen=True)
class RegionsPage:
    period: ReportingMonth
    months: list[date]
    schemes: tuple[RegionScheme, ...]
    scheme: RegionScheme
    indicators: tuple[Indicator, ...]
    indicator: Indicator
    nation: ReportingUnit
    found: Regions
    lines: tuple[RegionLine, ...]
    chart: dict[str, object]
    headline: str
    scale: int = tables.SCALE

    @property
    def kept(self) -> tuple[tuple[str, str], ...]:
        return (("indicator", self.indicator.code), ("scheme", self.scheme.code))

    @property
    def source(self) -> str:
        """The address of what the whole is made of."""
        return f"{reverse('reporting:trace', args=[self.indicator.code])}?month={self.period}&unit={self.nation.code}"

    @property
    def legend(self) -> str:
        return legend(mark for line in self.lines for mark in line.marks)


def chosen_scheme(period: ReportingMonth, code: str) -> tuple[list[RegionScheme], RegionScheme]:
    """Return the schemes in force at the month and the one named, the first where none is.

    :raises NoSuchScheme: none of that code is in force, or there is none at all.
    """
    schemes = RegionScheme.objects.in_force(period.month)
    named = [one for one in schemes if one.code == code or not code]
    if not named:
        raise NoSuchScheme(code)
    return schemes, named[0]


def regions_page(
    person: permissions.Person, period: ReportingMonth, indicator: Indicator, code: str, *, today: date
) -> RegionsPage:
    """Return the page of a month that is open to the person.

    :raises NoSuchScheme: none of that code is in force at the month.
    """
    schemes, scheme = chosen_scheme(period, code)
    nation = permissions.national_unit()
    found = regions_of(person, period, indicator, scheme)
    thresholds = aggregates.thresholds_of(period.plan_id)
    lines = tuple(
        RegionLine(
            row=one,
            label=region_label(one),
            query=query_of(found, one, period),
            share=None if indicator.is_ratio or found.whole is None else measures.ratio(one.value, found.whole.value),
            units=tables.ranking(indicator, list(one.rows), thresholds, of=found.whole.target if found.whole else None),
        )
        for one in found.regions
    )
    return RegionsPage(
        period=period,
        months=months.offered(person, period, today=today, unit=nation),
        schemes=tuple(schemes),
        scheme=scheme,
        indicators=tuple(Indicator.objects.order_by("code")),
        indicator=indicator,
        nation=nation,
        found=found,
        lines=lines,
        chart=chart(found, lines, period),
        headline=headline(lines, indicator, period),
    )


def region_label(row: RegionRow) -> str:
    return row.group.label if row.group else _("未划入区域")


def query_of(found: Regions, row: RegionRow, period: ReportingMonth) -> str:
    """Return the query of an address that names one region of an indicator at a month."""
    named = {"scheme": found.scheme.code, "region": row.key, "indicator": found.indicator.code, "month": f"{period}"}
    return urlencode(named)


@dataclass(frozen=True)
class RegionReasonsPage(Explained):
    """Why a region has its light."""

    scheme: RegionScheme
    row: RegionRow
    label: str

    @property
    def subject(self) -> dict[str, str]:
        return {**super().subject, "scheme": self.scheme.code, "region": self.row.key}

    @property
    def kept(self) -> tuple[tuple[str, str], ...]:
        """What stays in the address when another month is chosen."""
        return (("scheme", self.scheme.code), ("region", self.row.key), ("indicator", self.indicator.code))

    @property
    def query(self) -> str:
        return urlencode(self.subject)


def region_reasons_page(
    person: permissions.Person, period: ReportingMonth, indicator: Indicator, code: str, region: str, *, today: date
) -> RegionReasonsPage:
    """Return the reasons of a region's light at a month that is open to the person.

    :raises NoSuchScheme: none of that code is in force at the month, or it has no such region with figures.
    """
    _schemes, scheme = chosen_scheme(period, code)
    found = regions_of(person, period, indicator, scheme)
    row = next((one for one in found.regions if one.key == region), None)
    if row is None:
        raise NoSuchScheme(region)
    thresholds = aggregates.thresholds_of(period.plan_id)
    reasons = None if row.goal is None else explain(row.goal, row.reading, thresholds)
    return RegionReasonsPage(
        period=period,
        months=months.offered(person, period, today=today, unit=permissions.national_unit()),
        indicator=indicator,
        reasons=reasons,
        value_month=row.value_month,
        headline=reasons_headline(reasons, period, indicator, region_label(row)) if reasons else "",
        scheme=scheme,
        row=row,
        label=region_label(row),
    )


def headline(lines: tuple[RegionLine, ...], indicator: Indicator, period: ReportingMonth) -> str:
    """Name every region with what it stands at."""
    told = _("；").join(_sentence(line, indicator) for line in lines)
    words = {"month": month_words(period.month), "name": indicator.short_label, "told": told}
    return _("截至%(month)s，%(name)s：%(told)s。") % words


def _sentence(line: RegionLine, indicator: Indicator) -> str:
    words = {"name": line.label, "value": figure(line.row.value, indicator.unit_of_measure)}
    done = line.row.completion_rate
    if line.row.value is None:
        return _("%(name)s尚无数据") % words
    if done is None:
        return _("%(name)s%(value)s") % words
    words |= {"done": percent(done), "status": status_label(line.row.status)}
    return _("%(name)s%(value)s，完成%(done)s，%(status)s") % words


def chart(found: Regions, lines: tuple[RegionLine, ...], period: ReportingMonth) -> dict[str, object]:
    """Return bars of the share done, or of the value where no share can be stated."""
    by_share = any(line.row.completion_rate is not None for line in lines)
    axis = Axis(PERCENT, "%") if by_share else axis_of(found.indicator, [line.row.value for line in lines])
    shown = [line for line in lines if line.row.value is not None]
    statuses = {line.row.status for line in shown} - {None}
    return {
        "kind": "bars",
        **labels(found.indicator, axis, period, found.scheme.label),
        "file": f"{found.indicator.code}_{found.scheme.code}_{period}",
        "name": _("完成率") if by_share else found.indicator.short_label,
        "mark": _("序时进度"),
        "months": [line.label for line in shown],
        "focus": 0,
        "sentences": [_sentence(line, found.indicator) for line in shown],
        "bars": [_bar(line, found, axis, by_share=by_share) for line in shown],
        "keys": [{"name": status_label(one), "tone": status_tone(one)} for one in STATUS_LOOKS if one in statuses],
    }


def _bar(line: RegionLine, found: Regions, axis: Axis, *, by_share: bool) -> dict[str, object]:
    progress, goal = line.row.progress, line.row.goal
    if not by_share or progress is None or goal is None:
        shown = figure(line.row.value, found.indicator.unit_of_measure)
        return {
            "value": axis.place(line.row.value),
            "expected": None,
            "tone": status_tone(line.row.status),
            "text": shown,
        }
    return {
        "value": axis.place(progress.completion_rate),
        "expected": axis.place(measures.completion_rate(goal, progress.pro_rata_target)),
        "tone": status_tone(line.row.status),
        "text": percent(progress.completion_rate),
    }
