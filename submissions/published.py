"""What was published of a country and its units, and is not a report: it stands in for years the portal has none of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from accounts.models import ReportingUnit
from submissions.models import PublishedFigure, Release
from targets.models import Indicator

#: A figure by unit, indicator (ids) and month.
Key = tuple[int, int, date]

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
