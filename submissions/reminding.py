"""Reminds units of what they have not handed in: as the due date nears, and when the ministry asks (催报).

Each person is told once per report and due date, or per day of asking: a second run at the same time changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import ReportingUnit, User
from notices import telling
from notices.models import Notice, NoticeKind
from notices.telling import Letter, naming_person
from submissions import announcing, facts, timeliness, workdays
from submissions.calendar import MonthUnchanged, held, record
from submissions.models import ReportingMonth
from submissions.timeliness import Arrival
from workplan.lib.words import month_lazily

#: Working days left → what is said; the first that fits.
_NEAR = ((1, NoticeKind.DUE_1), (3, NoticeKind.DUE_3))


class Fate(StrEnum):
    """What became of one unit's reminder."""

    TOLD = "told"
    TOLD_BEFORE = "told_before"
    #: Nobody files for the unit: there is no account to tell.
    NOBODY = "nobody"


@dataclass(frozen=True)
class Reminder:
    unit: ReportingUnit
    period: ReportingMonth
    kind: NoticeKind
    due_on: date
    n_people: int
    fate: Fate


# As the due date nears -------------------------------------------------------------------------


@transaction.atomic
def remind_due(*, now: datetime, month: date | None = None) -> list[Reminder]:
    """Tell those who have not handed in that their report is due within 3 working days, and within 1.

    Reads all open months, or the one given; what was extended counts.
    """
    today = now.date()
    near = Q(due_on__gte=today) | Q(extensions__until__gte=today)
    periods = ReportingMonth.objects.filter(near, closed_at=None, opens_on__lte=today).distinct()
    if month is not None:
        periods = periods.filter(month=month)
    return [
        reminder
        for period in periods.order_by("month")
        for kind, dues in _by_kind(period, today).items()
        for reminder in _remind(period, kind, dues, by=None, now=now)
    ]


def _by_kind(period: ReportingMonth, today: date) -> dict[NoticeKind, dict[ReportingUnit, date]]:
    """Return the units to remind with their due dates, by what is said to them."""
    found: dict[NoticeKind, dict[ReportingUnit, date]] = {}
    due = _not_filed(facts.due_units(period), period, today, Arrival.PENDING)
    offices = workdays.working_days(today, max(due.values(), default=today))
    for unit, due_on in due.items():
        left = offices.between(today, due_on)
        kind = next((kind for most, kind in _NEAR if left <= most), None)
        if kind is not None:
            found.setdefault(kind, {})[unit] = due_on
    return found


# When the ministry asks ------------------------------------------------------------------------


@transaction.atomic
def remind_missing(
    period: ReportingMonth, units: Iterable[ReportingUnit], *, by: User, now: datetime
) -> list[Reminder]:
    """Remind those of the units that have not handed in, each once a day.

    :raises NotYourMonth: the person is no reviewer of the ministry.
    :raises MonthUnchanged: nobody can file for the month any more, or not yet.
    """
    period = held(period, by)
    today = now.date()
    if period.is_closed or not period.is_open_on(today):
        raise MonthUnchanged(_("%(month)s现在不能填报，无法催报。"), month=month_lazily(period.month))
    due = _not_filed(units, period, today, Arrival.PENDING, Arrival.MISSING)
    reminders = _remind(period, NoticeKind.REMINDED, due, by=by, now=now)
    told = [one.unit.code for one in reminders if one.fate == Fate.TOLD]
    if told:
        record("month.remind", period, by, units=told)
    return reminders


def reminded(period: ReportingMonth, units: Iterable[ReportingUnit], *, by: User, now: datetime) -> list[Reminder]:
    """Return what became of today's reminders of the units that have not handed in, telling nobody anything."""
    due = _not_filed(units, period, now.date(), Arrival.PENDING, Arrival.MISSING)
    letters = _letters(period, NoticeKind.REMINDED, due, by=by, now=now)
    found = _reminders(period, NoticeKind.REMINDED, due, letters, _known(NoticeKind.REMINDED, letters))
    return [one for one in found if one.fate != Fate.TOLD]


def told_of(period: ReportingMonth) -> QuerySet[Notice]:
    """Return what people were reminded of for the month, how, and whether they read it, newest first; at most 200."""
    kinds = [NoticeKind.REMINDED, NoticeKind.DUE_1, NoticeKind.DUE_3]
    told = Notice.objects.filter(kind__in=kinds, subject__startswith=announcing.subjects_of(period.month))
    return told.select_related("recipient", "mail").order_by("-created_at", "-id")[:200]


# What both do ----------------------------------------------------------------------------------


def _not_filed(
    units: Iterable[ReportingUnit], period: ReportingMonth, today: date, *arrivals: Arrival
) -> dict[ReportingUnit, date]:
    """Return the units whose report has not come, with the day it is due."""
    found = timeliness.records(list(units), [period], today=today)
    return {one.unit: one.filed[0].due_on for one in found if one.filed[0].arrival in arrivals}


def _remind(
    period: ReportingMonth, kind: NoticeKind, due: Mapping[ReportingUnit, date], *, by: User | None, now: datetime
) -> list[Reminder]:
    letters = _letters(period, kind, due, by=by, now=now)
    told_before = _known(kind, letters)
    telling.tell(kind, letters.values(), now=now)
    return _reminders(period, kind, due, letters, told_before)


def _letters(
    period: ReportingMonth, kind: NoticeKind, due: Mapping[ReportingUnit, date], *, by: User | None, now: datetime
) -> dict[ReportingUnit, Letter]:
    said = naming_person(by) if by is not None else {}
    return {
        unit: letter
        for day, units in _by_day(due, now.date() if kind == NoticeKind.REMINDED else None).items()
        for unit, letter in announcing.letters_to(
            period,
            {unit: {"due_on": str(due[unit]), **said} for unit in units},
            but=by.pk if by is not None else None,
            key=f"{kind.lower()}:{period}:{day}",
        ).items()
    }


def _known(kind: NoticeKind, letters: Mapping[ReportingUnit, Letter]) -> set[str]:
    """Return the keys of the letters that were sent before."""
    known = Notice.objects.filter(kind=kind, key__in=[letter.key for letter in letters.values()])
    return set(known.values_list("key", flat=True))


def _reminders(
    period: ReportingMonth,
    kind: NoticeKind,
    due: Mapping[ReportingUnit, date],
    letters: Mapping[ReportingUnit, Letter],
    told_before: set[str],
) -> list[Reminder]:
    return [
        Reminder(
            unit,
            period,
            kind,
            due[unit],
            len(letter.recipients),
            _fate(is_known=letter.key in told_before, n_people=len(letter.recipients)),
        )
        for unit, letter in letters.items()
    ]


def _by_day(due: Mapping[ReportingUnit, date], asked_on: date | None) -> dict[date, list[ReportingUnit]]:
    """Return the units by the day their reminder stands for: when they were asked, or else when they are due."""
    found: dict[date, list[ReportingUnit]] = {}
    for unit, due_on in due.items():
        found.setdefault(asked_on or due_on, []).append(unit)
    return found


def _fate(*, is_known: bool, n_people: int) -> Fate:
    if n_people == 0:
        return Fate.NOBODY
    return Fate.TOLD_BEFORE if is_known else Fate.TOLD
