"""The list of reports to be approved at once, with the totals they would add."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Sum

from accounts.models import ReportingUnit, User
from submissions import waiting
from submissions.approving import MOST_AT_ONCE, clean, held_back, unread
from submissions.models import Figure, FigureState, MonthlyReport
from submissions.models.reports import ReportQuerySet
from submissions.pages.queue import Narrowed, narrowed_queue
from targets import measures
from targets.models import Indicator
from workplan.lib.refusals import Refused


@dataclass(frozen=True)
class Adding:
    """What the reports of one month add up to in one indicator."""

    month: date
    indicator: Indicator
    value: Decimal | None
    n: int


@dataclass(frozen=True)
class ApprovingPage:
    reports: list[MonthlyReport]
    totals: list[Adding]
    by: Narrowed
    #: How many clean reports the queue holds beyond those listed.
    n_more: int
    #: Clean ones that are left out because they wait for units below, each with whom it waits for.
    held: list[tuple[MonthlyReport, list[ReportingUnit]]]
    refusal: Refused | None


def approving_page(person: User, by: Narrowed, *, refusal: Refused | None = None) -> ApprovingPage:
    """Return the clean reports of the queue as narrowed, oldest first, as many as may be approved at once."""
    queue = narrowed_queue(person, by)
    found = clean(queue, person).with_people()
    reports = list(found[: MOST_AT_ONCE + 1])
    n_more = found.count() - MOST_AT_ONCE if len(reports) > MOST_AT_ONCE else 0
    reports = reports[:MOST_AT_ONCE]
    return ApprovingPage(reports, _totals(reports), by, n_more, _held(unread(queue, person)), refusal)


def _held(reports: ReportQuerySet) -> list[tuple[MonthlyReport, list[ReportingUnit]]]:
    held = list(reports.filter(pk__in=held_back(reports)).with_people())
    units = waiting.units_waited_for(held)
    return [(report, units[report.pk]) for report in held]


def _totals(reports: list[MonthlyReport]) -> list[Adding]:
    rows = (
        Figure.objects.filter(filing__in=[report.filing_id for report in reports], state=FigureState.REPORTED)
        .values("filing__report__period", "indicator")
        .annotate(total=Sum("value"), upper=Sum("numerator"), lower=Sum("denominator"), n=Count("id"))
        .order_by("filing__report__period", "indicator__code")
    )
    indicators = Indicator.objects.in_bulk([row["indicator"] for row in rows])
    return [
        Adding(
            row["filing__report__period"],
            indicators[row["indicator"]],
            row["total"] if row["upper"] is None else measures.ratio(row["upper"], row["lower"]),
            row["n"],
        )
        for row in rows
    ]
