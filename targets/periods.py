"""The calendar: plan years, months, due dates. Plain dates, no Django.

A month is written as the date of its first day; inside one plan year its number 1 to 12 is enough.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS_IN_YEAR = 12
FREQUENCIES = (1, 3, 6, 12)
DEFAULT_DUE_DAY = 5

#: Longer than any public holiday; beyond it the calendar itself must be wrong.
_LONGEST_HOLIDAY = 31
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


def month_start(year: int, month: int) -> date:
    """Return the first day of a month, the way a month is written everywhere."""
    return date(year, month, 1)


def parse_month(text: str) -> date:
    """Return the month that ``text`` names.

    :raises ValueError: it is not four digits, a hyphen and two digits, or there is no such month.

    >>> parse_month("2007-06")
    datetime.date(2007, 6, 1)
    >>> parse_month("2007-13")
    Traceback (most recent call last):
    ValueError: '2007-13' is not a month: 13 is not between 01 and 12.
    """
    match = _MONTH.fullmatch(text)
    if match is None:
        raise ValueError(f"{text[:40]!r} is not a month: write four digits, a hyphen, two digits.")
    year, month = match.groups()
    if not 1 <= int(month) <= MONTHS_IN_YEAR:
        raise ValueError(f"{text!r} is not a month: {month} is not between 01 and 12.")
    if int(year) == 0:
        raise ValueError(f"{text!r} is not a month: there is no year 0000.")
    return date(int(year), int(month), 1)


def format_month(month: date) -> str:
    """Return the month as people and programs write it: ``2007-06``."""
    return f"{month.year:04d}-{month.month:02d}"


def next_month(month: date) -> date:
    """Return the first day of the month after ``month``, across the year's end."""
    return date(month.year + month.month // MONTHS_IN_YEAR, month.month % MONTHS_IN_YEAR + 1, 1)


def previous_month(month: date) -> date | None:
    """Return the month before in the same plan year; January has none."""
    return None if month.month == 1 else date(month.year, month.month - 1, 1)


def month_range(first: date, last: date) -> list[date]:
    """Return every month from ``first`` to ``last``, both included."""
    months = []
    month = month_start(first.year, first.month)
    while month <= last:
        months.append(month)
        month = next_month(month)
    return months


def due_months(frequency: int) -> tuple[int, ...]:
    """Return the months of a year in which a figure filed every ``frequency`` months is due.

    >>> due_months(3)
    (3, 6, 9, 12)
    """
    return tuple(range(frequency, MONTHS_IN_YEAR + 1, frequency))


def is_due(month: int, frequency: int) -> bool:
    """Is a figure filed every ``frequency`` months due in this month of the year?"""
    return month % frequency == 0


def last_due_month(month: int, frequency: int) -> int | None:
    """Return the newest due month at or before ``month``; None before the first of the year.

    >>> last_due_month(8, 3)
    6
    >>> last_due_month(2, 3) is None
    True
    """
    return month - month % frequency or None


def opens_on(month: date) -> date:
    """Return the day on which filing for a month begins: its own first day."""
    return month_start(month.year, month.month)


def after_months(month: date, count: int) -> date:
    """Return the first day of the month ``count`` months later.

    >>> after_months(date(2007, 11, 1), 3)
    datetime.date(2008, 2, 1)
    """
    number = month.year * MONTHS_IN_YEAR + month.month - 1 + count
    return date(number // MONTHS_IN_YEAR, number % MONTHS_IN_YEAR + 1, 1)


@dataclass(frozen=True)
class WindowRule:
    """How a month gets its dates; days are at most 28, so that every month has them."""

    opening_day: int = 1
    due_day: int = DEFAULT_DUE_DAY
    #: Due in the month after, or already within the month itself (a statistical month that ends on the 20th).
    due_next_month: bool = True
    late_working_days: int = 5
    #: Until the annual figures of the following spring are settled.
    view_only_months: int = 15
    #: 1: from the 1st to the last; 21: from the 21st of the month before to the 20th.
    first_day: int = 1


@dataclass(frozen=True)
class Window:
    """The days a month covers, both included, and its four times.

    Filing is open from ``opens_on``, in time through ``due_on``, late through ``late_due_on``, a make-up report
    after that; from ``view_only_from`` on nothing is filed any more.
    """

    covers_from: date
    covers_to: date
    opens_on: date
    due_on: date
    late_due_on: date
    view_only_from: date


def window(month: date, rule: WindowRule, *, is_working_day: Callable[[date], bool]) -> Window:
    """Return the window of a month under a rule.

    :raises ValueError: the calendar has no working day after the due date.

    >>> made = window(date(2008, 2, 1), WindowRule(first_day=21), is_working_day=lambda day: day.weekday() < 5)
    >>> (str(made.covers_from), str(made.covers_to), str(made.due_on), str(made.view_only_from))
    ('2008-01-21', '2008-02-20', '2008-03-05', '2009-05-01')
    """
    begins = after_months(month, -1).replace(day=rule.first_day) if rule.first_day > 1 else month
    ends = next_month(month) if rule.first_day == 1 else month.replace(day=rule.first_day)
    nominal = (next_month(month) if rule.due_next_month else month).replace(day=rule.due_day)
    due = next_working_day(nominal, is_working_day=is_working_day)
    late_due = due
    for _n in range(rule.late_working_days):
        late_due = next_working_day(late_due + timedelta(days=1), is_working_day=is_working_day)
    return Window(
        covers_from=begins,
        covers_to=ends - timedelta(days=1),
        opens_on=month.replace(day=rule.opening_day),
        due_on=due,
        late_due_on=late_due,
        view_only_from=max(after_months(month, rule.view_only_months), late_due + timedelta(days=1)),
    )


def due_on(month: date, *, day: int = DEFAULT_DUE_DAY, is_working_day: Callable[[date], bool]) -> date:
    """Return the day by which a month's report is due.

    It is the ``day`` of the next month, moved forward to the next working day.

    :raises ValueError: no working day follows within a month, so the calendar is wrong.

    >>> due_on(date(2007, 4, 1), is_working_day=lambda day: day > date(2007, 5, 7))
    datetime.date(2007, 5, 8)
    """
    return next_working_day(next_month(month).replace(day=day), is_working_day=is_working_day)


def next_working_day(nominal: date, *, is_working_day: Callable[[date], bool]) -> date:
    """Return the day itself where offices work, else the next on which they do.

    :raises ValueError: none follows within a month, so the calendar is wrong.
    """
    for shift in range(_LONGEST_HOLIDAY + 1):
        candidate = nominal + timedelta(days=shift)
        if is_working_day(candidate):
            return candidate
    raise ValueError(f"The calendar has no working day within {_LONGEST_HOLIDAY} days after {nominal}.")


def newest_past_due(today: date, months_due: Mapping[date, date] | Iterable[tuple[date, date]]) -> date | None:
    """Return the newest month whose due date lies before ``today``: the month pages open with.

    ``months_due`` says for each month when it was due; None when none is past.
    """
    pairs = months_due.items() if isinstance(months_due, Mapping) else months_due
    return max((month for month, due in pairs if due < today), default=None)
