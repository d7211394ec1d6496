"""The days offices work: rows that the planner keeps, first filled from the public calendar.

A year that has rows is read from them alone; one that nobody loaded follows the published holidays where they are
known, else the weekdays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import chinese_calendar

from submissions.models import CalendarDay
from workplan.lib.loading import Effect

SATURDAY = 5


def known_from_announcements(day: date) -> bool:
    """Say whether offices work by the published holidays and moved days, in years whose holidays are announced."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # a year whose holidays are not announced yet
        return day.weekday() < SATURDAY


@dataclass(frozen=True)
class WorkingDays:
    """Answers whether offices work, for the years it was read for, without another query."""

    stated: Mapping[date, bool] = field(default_factory=dict)
    loaded_years: frozenset[int] = frozenset()

    def __call__(self, day: date) -> bool:
        if day in self.stated:
            return self.stated[day]
        return day.weekday() < SATURDAY if day.year in self.loaded_years else known_from_announcements(day)

    def between(self, first: date, last: date) -> int:
        """Count the working days after the first day up to and with the last; 0 where it does not lie after."""
        return sum(map(self, (first + timedelta(days=ahead) for ahead in range(1, (last - first).days + 1))))


def working_days(first: date, last: date | None = None) -> WorkingDays:
    """Read the working days of every year from the first day's to the last day's; one query."""
    years = range(first.year, (last or first).year + 1)
    rows = dict(
        CalendarDay.objects.filter(day__year__gte=years[0], day__year__lte=years[-1]).values_list("day", "is_working")
    )
    return WorkingDays(rows, frozenset(day.year for day in rows))


def load_days(years: Iterable[int]) -> Effect:
    """Write the announced holidays and moved days of the years; a year that has rows is the planner's and stays."""
    wanted = set(years)
    kept = set(CalendarDay.objects.filter(day__year__in=wanted).values_list("day__year", flat=True))
    rows = [row for year in sorted(wanted - kept) for row in _announced(year)]
    CalendarDay.objects.bulk_create(rows, ignore_conflicts=True)
    return Effect("days", created=len(rows), unchanged=len(kept))


def _announced(year: int) -> Iterator[CalendarDay]:
    """Yield the days of a year that differ from their weekday; none where the year is not announced."""
    day = date(year, 1, 1)
    while day.year == year:
        works = known_from_announcements(day)
        if works != (day.weekday() < SATURDAY):
            yield CalendarDay(day=day, is_working=works, name=_name_of(day))
        day += timedelta(days=1)


def _name_of(day: date) -> str:
    """Return the holiday a day belongs to, in Chinese; "" where the announcement names none."""
    _is_holiday, name = chinese_calendar.get_holiday_detail(day)
    return next((one.chinese for one in chinese_calendar.Holiday if one.value == name), "")
