"""When a milestone is late: its planned day has passed, or a period went by without a word. Plain dates, no Django."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from targets.periods import last_due_month, month_start

#: Months per reporting period, by `MilestoneFrequency`; what is reported when it happens has no period.
MONTHS_PER_PERIOD: Mapping[str, int] = {"MONTHLY": 1, "QUARTERLY": 3, "YEARLY": 12}


class Delay(StrEnum):
    """Why a milestone is late; the first is the graver."""

    OVERDUE = "overdue"
    SILENT = "silent"


def heard_since(frequency: str, through: date) -> date | None:
    """Return the first month of the newest period that is wholly due at ``through``; None before the first.

    A milestone reported every quarter must have been heard of in April, May or June once June's report is past due.

    >>> heard_since("QUARTERLY", date(2007, 8, 1))
    datetime.date(2007, 4, 1)
    >>> heard_since("EVENT", date(2007, 8, 1)) is None
    True
    """
    months = MONTHS_PER_PERIOD.get(frequency)
    ends = None if months is None else last_due_month(through.month, months)
    return None if months is None or ends is None else month_start(through.year, ends - months + 1)


def delay(
    *,
    is_ended: bool,
    planned_on: date | None,
    today: date,
    frequency: str,
    reported_in: date,
    through: date | None,
) -> Delay | None:
    """Return why a milestone that somebody reported on is late; None where it is not.

    ``reported_in`` is the month of its newest report, ``through`` the newest month whose report is past due (None
    before the first). What is ended, in whatever way, is never late; nothing is on its planned day itself.

    >>> delay(is_ended=False, planned_on=date(2007, 6, 30), today=date(2007, 7, 1), frequency="EVENT",
    ...       reported_in=date(2007, 5, 1), through=date(2007, 5, 1)).value
    'overdue'
    """
    if is_ended:
        return None
    if planned_on is not None and planned_on < today:
        return Delay.OVERDUE
    since = None if through is None else heard_since(frequency, through)
    return Delay.SILENT if since is not None and reported_in < since else None
