"""From totals to series: the numbers that pages show, unrounded, with what they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from accounts import permissions
from accounts.models import NATION_CODE, ReportingUnit
from reporting import totals
from reporting.aggregates import row_value
from reporting.models import Total
from reporting.nation import known_by, newest_releases
from reporting.sdmx.keys import Key
from reporting.sdmx.times import FREQUENCIES, period_text
from reporting.sdmx.vocabulary import PUBLISHED
from submissions.models import ReportingMonth
from targets import periods
from targets.models import Indicator
from workplan.lib import clock

ROWS_AT_ONCE = 2_000


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


@dataclass(frozen=True)
class Series:
    """The observations of one unit, indicator and measure in order of time."""

    key: dict[str, str]
    unit_measure: str
    observations: tuple[Observation, ...]


def series(person: permissions.Person, key: Key, query: dict[str, object]) -> Iterator[Series]:
    """Yield the series asked for that the person may read, by indicator and unit; each needs its due months only.

    Three queries beside the totals themselves, however many series. What was published of the nation comes last.
    """
    totals.refresh()
    indicators = {one.pk: one for one in Indicator.objects.all() if _wanted(one, key)}
    months = {period.month: period for period in ReportingMonth.objects.all()}
    rows = _totals(person, key, query, indicators)
    for (_code, _unit), group in groupby(rows, key=lambda row: (row.indicator_id, row.unit_id)):
        yield from _series_of(list(group), indicators, months, key, query)
    yield from _published(key, query, indicators)


def _wanted(indicator: Indicator, key: Key) -> bool:
    return key.takes("INDICATOR", indicator.code) and key.takes("FREQ", FREQUENCIES[indicator.frequency])


def _totals(
    person: permissions.Person, key: Key, query: dict[str, object], indicators: dict[int, Indicator]
) -> Iterator[Total]:
    rows = Total.objects.visible_to(person).filter(indicator__in=indicators, month__lte=clock.today())
    if key.wanted["REF_AREA"]:
        rows = rows.filter(unit__in=ReportingUnit.objects.filter(code__in=key.wanted["REF_AREA"]))
    if "startPeriod" in query:
        rows = rows.filter(month__gte=query["startPeriod"][0])
    if "endPeriod" in query:
        rows = rows.filter(month__lte=query["endPeriod"][1])
    ordered = rows.select_related("unit").order_by("indicator__code", "unit__position", "unit__code", "month")
    return ordered.iterator(chunk_size=ROWS_AT_ONCE)


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
    key: Key,
    query: dict[str, object],
) -> Iterator[Series]:
    indicator, unit = indicators[rows[0].indicator_id], rows[0].unit
    due = [row for row in rows if months[row.month].is_due(indicator.frequency)]
    for row in due:
        row.indicator = indicator
    for measure, read in _measures(indicator):
        if key.takes("MEASURE", measure) and due:
            found = [_observation(row, read(row), indicator, months[row.month].is_published) for row in due]
            unit_measure = indicator.unit_of_measure if measure == "VALUE" else "PERSON"
            yield Series(_dimensions(indicator, unit.code, measure), unit_measure, tuple(_first_and_last(found, query)))


def _measures(indicator: Indicator) -> Iterable[tuple[str, object]]:
    """Return which numbers an indicator has, and how each is read from a total."""
    yield "VALUE", row_value
    if indicator.is_ratio:
        yield "NUMERATOR", attrgetter("numerator")
        yield "DENOMINATOR", attrgetter("denominator")
    if indicator.has_persons:
        yield "PERSONS", attrgetter("persons")


def _observation(row: Total, value: Decimal | int | None, indicator: Indicator, is_published: bool) -> Observation:  # noqa: FBT001
    status = "M" if value is None else ("A" if is_published else "P")
    text = period_text(row.month, indicator.frequency)
    return Observation(text, value, status, row.n_due, row.n_reported, row.n_carried)


def _first_and_last(found: list[Observation], query: dict[str, object]) -> list[Observation]:
    """Return as many observations from either end as were asked for; all of them when nothing was."""
    first, last = query.get("firstNObservations"), query.get("lastNObservations")
    if first is None and last is None:
        return found
    head = found[:first] if first else []
    rest = found[len(head) :]
    return head + (rest[-last:] if last else [])
