"""From totals to series: the numbers that pages show, unrounded, with what they rest on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import TypedDict

from django.utils import timezone

from accounts import permissions
from accounts.models import NATION_CODE, ReportingUnit
from reporting import totals
from reporting.aggregates import row_value
from reporting.marks import marks_of_total
from reporting.models import SnapshotRow, Total, TotalQuerySet
from reporting.nation import known_by, newest_releases
from reporting.pages.words import reasons_words
from reporting.revisions import Revision, revised_totals
from reporting.sdmx.keys import Key
from reporting.sdmx.times import FREQUENCIES, period_text
from reporting.sdmx.vocabulary import PUBLISHED, status_of
from submissions.models import ReportingMonth
from targets import periods
from targets.models import Indicator
from workplan.lib import clock

ROWS_AT_ONCE = 2_000
#: How a number is read from a total, or from what was published of one.
_Read = Callable[[Total | SnapshotRow], "Decimal | int | None"]


class _Told(TypedDict, total=False):
    revised_from: Decimal | int | None
    revised_at: str
    reason: str


@dataclass(frozen=True)
class Observation:
    """One number and what stands beside it; no value where nothing was reported, no counts where it was published."""

    period: str
    value: Decimal | int | None
    status: str
    n_due: int | None = None
    n_reported: int | None = None
    n_carried: int | None = None
    release: str = ""
    #: What was published where it no longer stands, when that last changed, and why.
    revised_from: Decimal | int | None = None
    revised_at: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Series:
    """The observations of one unit, indicator and measure in order of time."""

    key: dict[str, str]
    unit_measure: str
    observations: tuple[Observation, ...]


def series(person: permissions.Person, key: Key, query: dict[str, object]) -> Iterator[Series]:
    """Yield the series asked for that the person may read, by indicator and unit; each needs its due months only.

    Four queries beside the totals themselves, however many series, and three for each month with revisions. What was
    published of the nation comes last.
    """
    totals.refresh()
    indicators = {one.pk: one for one in Indicator.objects.all() if _wanted(one, key)}
    months = {period.month: period for period in ReportingMonth.objects.all()}
    rows = _totals(person, key, query, indicators)
    revised = _revised(person, rows, months)
    for (_code, _unit), group in groupby(
        rows.iterator(chunk_size=ROWS_AT_ONCE), key=lambda row: (row.indicator_id, row.unit_id)
    ):
        yield from _series_of(list(group), indicators, months, revised, key, query)
    yield from _published(key, query, indicators)


def _wanted(indicator: Indicator, key: Key) -> bool:
    return key.takes("INDICATOR", indicator.code) and key.takes("FREQ", FREQUENCIES[indicator.frequency])


def _totals(
    person: permissions.Person, key: Key, query: dict[str, object], indicators: dict[int, Indicator]
) -> TotalQuerySet:
    rows = Total.objects.visible_to(person).filter(indicator__in=indicators, month__lte=clock.today())
    if key.wanted["REF_AREA"]:
        rows = rows.filter(unit__in=ReportingUnit.objects.filter(code__in=key.wanted["REF_AREA"]))
    if "startPeriod" in query:
        rows = rows.filter(month__gte=query["startPeriod"][0])
    if "endPeriod" in query:
        rows = rows.filter(month__lte=query["endPeriod"][1])
    return rows.select_related("unit").order_by("indicator__code", "unit__position", "unit__code", "month")


def _revised(
    person: permissions.Person, rows: TotalQuerySet, months: dict[date, ReportingMonth]
) -> dict[tuple[date, int, int], Revision]:
    """Return what no longer stands as it was published, by month, unit and indicator (ids)."""
    by_month: dict[date, list[Total]] = defaultdict(list)
    for row in rows.revised().select_related("unit", "indicator"):
        by_month[row.month].append(row)
    return {
        (month, *key): revision
        for month, found in by_month.items()
        for key, revision in revised_totals(person, months[month], found).items()
    }


def _published(key: Key, query: dict[str, object], indicators: dict[int, Indicator]) -> Iterator[Series]:
    """Yield what was published of the nation by today, a series per indicator; it is open to whoever reads figures."""
    if not (key.takes("REF_AREA", NATION_CODE) and key.takes("MEASURE", PUBLISHED)):
        return
    known = known_by(clock.today()).filter(indicator__in=indicators)
    if "startPeriod" in query:
        known = known.filter(month__gte=query["startPeriod"][0])
    if "endPeriod" in query:
        known = known.filter(month__lte=query["endPeriod"][1])
    for pk, group in groupby(newest_releases(known), key=attrgetter("indicator_id")):
        indicator = indicators[pk]
        due = [one for one in group if periods.is_due(one.month.month, indicator.frequency)]
        found = [
            Observation(period_text(one.month, indicator.frequency), one.value, "A", release=one.release) for one in due
        ]
        if found:
            yield Series(
                _dimensions(indicator, NATION_CODE, PUBLISHED),
                indicator.unit_of_measure,
                tuple(_first_and_last(found, query)),
            )


def _dimensions(indicator: Indicator, unit: str, measure: str) -> dict[str, str]:
    return {
        "FREQ": FREQUENCIES[indicator.frequency],
        "REF_AREA": unit,
        "INDICATOR": indicator.code,
        "MEASURE": measure,
    }


def _series_of(
    rows: list[Total],
    indicators: dict[int, Indicator],
    months: dict[date, ReportingMonth],
    revised: dict[tuple[date, int, int], Revision],
    key: Key,
    query: dict[str, object],
) -> Iterator[Series]:
    indicator, unit = indicators[rows[0].indicator_id], rows[0].unit
    due = [row for row in rows if months[row.month].is_due(indicator.frequency)]
    for row in due:
        row.indicator = indicator
    for measure, read in _measures(indicator):
        if key.takes("MEASURE", measure) and due:
            found = [
                _observation(row, read, months[row.month], revised.get((row.month, row.unit_id, row.indicator_id)))
                for row in due
            ]
            unit_measure = indicator.unit_of_measure if measure == "VALUE" else "PERSON"
            yield Series(_dimensions(indicator, unit.code, measure), unit_measure, tuple(_first_and_last(found, query)))


def _measures(indicator: Indicator) -> Iterable[tuple[str, _Read]]:
    """Return which numbers an indicator has, and how each is read from a total, or from what was published of one."""
    yield "VALUE", row_value
    if indicator.is_ratio:
        yield "NUMERATOR", attrgetter("numerator")
        yield "DENOMINATOR", attrgetter("denominator")
    if indicator.has_persons:
        yield "PERSONS", attrgetter("persons")


def _observation(row: Total, read: _Read, period: ReportingMonth, revision: Revision | None) -> Observation:
    value = read(row)
    marks = marks_of_total(row, is_due=True, is_published=period.is_published, is_revised=revision is not None)
    told = {} if revision is None else _told(revision, read)
    return Observation(
        period=period_text(row.month, row.indicator.frequency),
        value=value,
        status=status_of(marks, stands=value is not None),
        n_due=row.n_due,
        n_reported=row.n_reported,
        n_carried=row.n_carried,
        **told,
    )


def _told(revision: Revision, read: _Read) -> _Told:
    """Return what a revision says beside the new number: the old one, when, and why."""
    at = timezone.localtime(revision.at).isoformat(timespec="seconds") if revision.at else ""
    return {"revised_from": read(revision.was), "revised_at": at, "reason": reasons_words(revision)}


def _first_and_last(found: list[Observation], query: dict[str, object]) -> list[Observation]:
    """Return as many observations from either end as were asked for; all of them when nothing was."""
    first, last = query.get("firstNObservations"), query.get("lastNObservations")
    if first is None and last is None:
        return found
    head = found[:first] if first else []
    rest = found[len(head) :]
    return head + (rest[-last:] if last else [])
