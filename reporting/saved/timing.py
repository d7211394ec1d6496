"""When a scheduled export is due, as pure functions of days; which months a view shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from reporting.saved.models import Rhythm


@dataclass(frozen=True)
class Day:
    """One month of the calendar as a schedule sees it: its name, when it falls due, when it was published."""

    month: str
    due_on: date
    published_on: date | None


def due_periods(rhythm: str, months: Iterable[Day], *, starts_on: date, today: date) -> Iterator[str]:
    """Yield the months or the week of which an export is due by today, of those that count from `starts_on`.

    A missed month is made up for, because its figures can still be told; of missed weeks only the newest is.

    >>> september = Day("2007-09", date(2007, 10, 8), None)
    >>> list(due_periods(Rhythm.AFTER_DUE, [september], starts_on=date(2007, 10, 1), today=date(2007, 10, 9)))
    ['2007-09']
    >>> list(due_periods(Rhythm.AFTER_DUE, [september], starts_on=date(2007, 10, 1), today=date(2007, 10, 8)))
    []
    >>> list(due_periods(Rhythm.WEEKLY, [], starts_on=date(2007, 10, 1), today=date(2007, 10, 12)))
    ['2007-W41']
    """
    if rhythm == Rhythm.WEEKLY:
        monday = today - timedelta(days=today.weekday())
        if monday >= starts_on:
            yield week_of(monday)
        return
    for one in months:
        day = event_on(rhythm, one)
        if day is not None and starts_on <= day <= today:
            yield one.month


def event_on(rhythm: str, one: Day) -> date | None:
    """Return the day on which a month calls for its export; None where that is not known yet."""
    return one.due_on + timedelta(days=1) if rhythm == Rhythm.AFTER_DUE else one.published_on


def next_on(rhythm: str, months: Iterable[Day], *, today: date) -> date | None:
    """Return the next day after today on which an export is due; None where nobody can say, as of a publication.

    >>> next_on(Rhythm.WEEKLY, [], today=date(2007, 10, 12))
    datetime.date(2007, 10, 15)
    """
    if rhythm == Rhythm.WEEKLY:
        return today + timedelta(days=7 - today.weekday())
    days = (event_on(rhythm, one) for one in months)
    return min((day for day in days if day is not None and day > today), default=None)


def week_of(day: date) -> str:
    """Return the ISO week of a day.

    >>> week_of(date(2007, 12, 31))
    '2008-W01'
    """
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02d}"
