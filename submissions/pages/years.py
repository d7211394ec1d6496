"""Which plan years the pages of filing show: between two years a unit still files the old one."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from accounts.models import ReportingUnit
from submissions.models import Extension, MonthlyReport, ReportingMonth, ReportStatus

_IN_HAND = (ReportStatus.DRAFT, ReportStatus.RETURNED)


def years_begun(today: date) -> list[int]:
    """Return the plan years of which a month has opened, newest first."""
    begun = ReportingMonth.objects.filter(opens_on__lte=today)
    return list(begun.order_by("-plan__year").values_list("plan__year", flat=True).distinct())


def years_filed(unit: ReportingUnit, today: date) -> list[int]:
    """Return the plan years that have begun and in which the unit files figures, newest first.

    A new plan may be in force some days before it is allocated to the units.
    """
    begun = ReportingMonth.objects.filter(opens_on__lte=today, plan__assignments__unit=unit)
    return list(begun.order_by("-plan__year").values_list("plan__year", flat=True).distinct())


def months_of_the_year(today: date, year: int | None = None) -> list[ReportingMonth]:
    """Return the months of the plan year; where none is named, of the newest that has begun."""
    year = year or next(iter(years_begun(today)), None)
    return list(ReportingMonth.objects.filter(plan__year=year).select_related("plan").order_by("month"))


def months_to_file(unit: ReportingUnit, today: date, *, year: int | None) -> list[ReportingMonth]:
    """Return the months of the year, and of every other year those that are not only for viewing to the unit yet."""
    in_hand = MonthlyReport.objects.filter(unit=unit, status__in=_IN_HAND).values("period")
    extended = Extension.objects.filter(Q(unit=None) | Q(unit=unit), until__gte=today).values("period")
    still_filed = Q(view_only_from__gt=today) | Q(month__in=in_hand) | Q(month__in=extended)
    months = ReportingMonth.objects.filter(Q(plan__year=year) | (Q(opens_on__lte=today) & still_filed))
    return list(months.select_related("plan").order_by("month"))
