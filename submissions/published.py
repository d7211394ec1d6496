"""What was published of a country and its units, and is not a report: it stands in for years the portal has none of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from accounts.models import ReportingUnit
from submissions.models import PublishedFigure, Release
from targets.models import Indicator

#: A figure by unit, indicator (ids) and month.
Key = tuple[int, int, date]
#: What a page holds last year's figures by: an indicator, a month, or both with the unit.
K = TypeVar("K", bound=Any)

_FINAL_LAST = Case(When(release=Release.FINAL, then=Value(1)), default=Value(0), output_field=IntegerField())


def known_by(today: date) -> QuerySet[PublishedFigure]:
    """Keep what had been published by a day."""
    known: QuerySet[PublishedFigure] = PublishedFigure.objects.filter(
        Q(published_on__isnull=True) | Q(published_on__lte=today)
    )
    return known


def published_figures(
    units: Iterable[ReportingUnit], indicators: Iterable[Indicator], months: Iterable[date], *, today: date
) -> dict[Key, PublishedFigure]:
    """Return what had been published by today of some units, the final release before the flash. One query.

    Shape: keyed by the unit's own id, the country's too, whose rows name no unit.
    None: left out where nothing was published.
    """
    units = list(units)
    of_country = next((unit.pk for unit in units if unit.is_nation), None)
    asked = Q(unit__in=[unit.pk for unit in units])
    if of_country is not None:
        asked |= Q(unit=None)
    rows = known_by(today).filter(asked, indicator__in=indicators, month__in=months).order_by(_FINAL_LAST)
    return {(row.unit_id or of_country or 0, row.indicator_id, row.month): row for row in rows}


def year_before(month: date) -> date:
    return month.replace(year=month.year - 1)


@dataclass(frozen=True)
class LastYear(Generic[K]):
    """What stood a year before: reported, else published; and which of it is made up, so that every page says so."""

    values: Mapping[K, Decimal | None]
    made_up: frozenset[K]
    #: Who published what stands in for reports.
    sources: tuple[str, ...]


def last_year(own: Mapping[K, Decimal | None], published: Mapping[K, PublishedFigure]) -> LastYear[K]:
    """Put what was published where nothing was reported."""
    stand_in = {key: one for key, one in sorted(published.items()) if own.get(key) is None}
    return LastYear(
        {**own, **{key: one.value for key, one in stand_in.items()}},
        frozenset(key for key, one in stand_in.items() if one.is_synthetic),
        tuple(dict.fromkeys(one.source for one in stand_in.values())),
    )


def last_year_words(words: str, *, is_made_up: bool) -> str:
    """Name figures of last year where no mark can stand beside the name: in a chart, in a file."""
    return _("%(figures)s（测算）") % {"figures": words} if is_made_up else words
