"""Tidy observations: one row per filing unit, indicator and month, as analysts load them."""

from __future__ import annotations

from django.db.models import F, Q, QuerySet

from accounts import permissions
from accounts.models import ReportingUnit
from submissions.models import Figure, FigureState, Outcome, ReportingMonth
from targets.models import Indicator, IndicatorPart, Plan

#: The columns, in the order of every export, before those of the parts; the API uses the same names.
COLUMNS = (
    "indicator",
    "unit",
    "month",
    "value",
    "numerator",
    "denominator",
    "state",
    "status",
    "release",
    "version",
    "approved_at",
)


def part_codes() -> list[str]:
    """Return the codes of all parts that figures may be filed in, each once, in the order they are declared."""
    codes = IndicatorPart.objects.order_by("position", "code").values_list("code", flat=True)
    return list(dict.fromkeys(codes))


def observations(
    person: permissions.Person,
    plan: Plan,
    *,
    period: ReportingMonth | None = None,
    unit: ReportingUnit | None = None,
    indicator: Indicator | None = None,
    all_versions: bool = False,
) -> QuerySet:
    """Return the approved figures the person may read, as dictionaries under the column names.

    The newest approved version of each report, or every approved one with `all_versions`; `value` of a ratio is left
    to its parts here and stated by the reader through `measures.ratio`.
    """
    rows = visible_figures(person).filter(
        filing__report__period__plan=plan,
        filing__outcome=Outcome.APPROVED,
        state__in=[FigureState.REPORTED, FigureState.NOT_APPLICABLE],
    )
    if not all_versions:
        rows = rows.filter(filing=F("filing__report__approved_filing"))
    if period is not None:
        rows = rows.filter(filing__report__period=period)
    if unit is not None:
        rows = rows.filter(filing__report__unit__path__startswith=unit.path)
    if indicator is not None:
        rows = rows.filter(indicator=indicator)
    return rows.order_by(
        "filing__report__period", "indicator__code", "filing__report__unit__code", "filing__number"
    ).values(
        "value",
        "numerator",
        "denominator",
        "parts",
        "state",
        code=F("indicator__code"),
        unit_code=F("filing__report__unit__code"),
        month=F("filing__report__period"),
        outcome=F("filing__outcome"),
        release=F("filing__release"),
        version=F("filing__number"),
        approved_at=F("filing__decided_at"),
    )


def visible_figures(person: permissions.Person) -> QuerySet:
    """Keep the figures the person may read: all, or those of published months and of the own subtree."""
    if permissions.sees_all_approved(person):
        return Figure.objects.all()
    open_rows = Q(filing__report__period__published_at__isnull=False)
    for path in permissions.access(person).subtree_paths:
        open_rows |= Q(filing__report__unit__path__startswith=path)
    return Figure.objects.filter(open_rows)
