"""The address of a view as it is opened or exported now: its months put in, everything else as it was saved."""

from __future__ import annotations

import re
from datetime import date

from django.http import QueryDict

from accounts import permissions
from accounts.models import ReportingUnit
from reporting.saved.kinds import KINDS
from reporting.saved.models import SavedView, ViewKind, ViewMonths
from submissions import calendar
from submissions.models import ReportingMonth


def query_now(view: SavedView, person: permissions.Person, *, today: date) -> QueryDict:
    """Return the parameters for a reader; “newest” is the month that pages about the unit open with for them."""
    query = QueryDict(view.query, mutable=True)
    if view.months == ViewMonths.FIXED:
        return query
    return _of(view, query, calendar.default_period(person, today, unit=_unit(view, query)))


def query_of(view: SavedView, newest: ReportingMonth) -> QueryDict:
    """Return the parameters with one month as the newest."""
    query = QueryDict(view.query, mutable=True)
    return query if view.months == ViewMonths.FIXED else _of(view, query, newest)


def page_address(view: SavedView, person: permissions.Person, *, today: date) -> str:
    return KINDS[view.kind].address(query_now(view, person, today=today))


#: A table sorted by one month's column is sorted by the newest month's once its months move on.
_BY_MONTH = re.compile(r"^(-?)[0-9]{4}-[0-9]{2}(?=\.)")


def _of(view: SavedView, query: QueryDict, newest: ReportingMonth | None) -> QueryDict:
    query.pop("month", None)
    if newest is None:
        return query
    if "sort" in query:
        query["sort"] = _BY_MONTH.sub(rf"\g<1>{newest}", query["sort"])
    if view.months == ViewMonths.NEWEST:
        query["month"] = f"{newest}"
    elif view.kind == ViewKind.EXPLORE:
        query.setlist("month", [f"{one}" for one in _until(newest)])
    return query


def _until(newest: ReportingMonth) -> list[ReportingMonth]:
    return list(ReportingMonth.objects.filter(plan=newest.plan_id, month__lte=newest.month).order_by("month"))


def _unit(view: SavedView, query: QueryDict) -> ReportingUnit | None:
    code = "" if view.kind == ViewKind.EXPLORE else query.get("unit", "")
    return ReportingUnit.objects.filter(code=code).first() if code else None
