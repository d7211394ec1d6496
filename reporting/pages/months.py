"""Which months a page offers, which it shows, and whether its figures are open to the reader."""

from __future__ import annotations

from datetime import date

from accounts import permissions
from accounts.models import ReportingUnit
from submissions import calendar
from submissions.models import ReportingMonth
from targets import periods


class NoSuchMonth(LookupError):
    """The address names no month of the calendar that has begun."""


def is_open_to(person: permissions.Person, period: ReportingMonth, unit: ReportingUnit) -> bool:
    """Say whether the person may read the unit's figures of the month."""
    return period.is_published or permissions.sees_unpublished(person, unit)


def chosen(person: permissions.Person, text: str, *, today: date, unit: ReportingUnit) -> ReportingMonth | None:
    """Return the month the address names, else the one a page about the unit opens with; None before the first.

    :raises NoSuchMonth: the text is not a month, or the month has not begun.
    """
    if not text:
        return calendar.default_period(person, today, unit=unit)
    try:
        month = periods.parse_month(text)
    except ValueError as error:
        raise NoSuchMonth(text) from error
    period = _begun(today).filter(month=month).first()
    if period is None:
        raise NoSuchMonth(text)
    return period


def offered(person: permissions.Person, period: ReportingMonth, *, today: date, unit: ReportingUnit) -> list[date]:
    """Return the months of every plan year that have begun and are open to the person, newest first (C-07).

    The month shown is among them even where it is closed to the person: the page says so.
    """
    months = _begun(today).order_by("-month")
    return [one.month for one in months if one == period or is_open_to(person, one, unit)]


def _begun(today: date):
    return ReportingMonth.objects.filter(opens_on__lte=today).select_related("plan")
