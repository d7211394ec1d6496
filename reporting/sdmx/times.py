"""Time periods as SDMX writes them: 2007-06, 2007-Q2, 2007-S1, 2007."""

from __future__ import annotations

import re
from datetime import date

_PERIOD = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?:(?P<month>0[1-9]|1[0-2])(?:-(?:[0-2][0-9]|3[01]))?"
    r"|M(?P<numbered>0[1-9]|1[0-2])|Q(?P<quarter>[1-4])|S(?P<half>[12])|A1))?",
    re.ASCII,
)

#: SDMX frequency by months per period, and the letter of a period within the year.
FREQUENCIES = {1: "M", 3: "Q", 6: "S", 12: "A"}


def period_text(month: date, frequency: int) -> str:
    """Return the period that ends with the month, of an indicator filed every ``frequency`` months.

    >>> [period_text(date(2007, 6, 1), months) for months in (1, 3, 6)]
    ['2007-06', '2007-Q2', '2007-S1']
    """
    if frequency == 1:
        return f"{month:%Y-%m}"
    if frequency == 12:
        return f"{month:%Y}"
    return f"{month:%Y}-{FREQUENCIES[frequency]}{month.month // frequency}"


def months_of(text: str) -> tuple[date, date]:
    """Return the first and the last month of a period.

    :raises ValueError: it is none.

    >>> months_of("2007-Q2")
    (datetime.date(2007, 4, 1), datetime.date(2007, 6, 1))
    """
    match = _PERIOD.fullmatch(text)
    if match is None or match["year"] == "0000":
        raise ValueError(text)
    year = int(match["year"])
    if number := match["month"] or match["numbered"]:
        return date(year, int(number), 1), date(year, int(number), 1)
    length, place = _part_of_the_year(match)
    return date(year, (place - 1) * length + 1, 1), date(year, place * length, 1)


def _part_of_the_year(match: re.Match[str]) -> tuple[int, int]:
    """Return how many months the period has, and which one of the year it is."""
    if match["quarter"]:
        return 3, int(match["quarter"])
    if match["half"]:
        return 6, int(match["half"])
    return 12, 1
