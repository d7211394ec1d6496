"""The file of the demonstration year as typed values. The file ships with the code and is tested, not validated."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, TypedDict

from django.conf import settings

from targets import periods

FILE = settings.BASE_DIR / "fixtures" / "demo_2007.json"
SCHEMA = "workplan/demo/1"

#: Month of the year → value; unit and month of a report.
ByMonth = dict[int, int]
Key = tuple[str, date]


class FoundBy(StrEnum):
    """Who noticed a slip, and so how it was put right."""

    RULE = "RULE"
    REVIEWER = "REVIEWER"
    UNIT = "UNIT"
    #: Nobody's slip: the flash (快报) that the year's final figure (年报) follows.
    YEAR_END = "YEAR_END"


@dataclass(frozen=True)
class Slip:
    """A figure first filed otherwise: the true one times a factor, less an amount."""

    key: Key
    indicator: str
    times: Decimal
    found_by: FoundBy
    less: Decimal = Decimal(0)
    rule: str = ""
    comment: str = ""
    found_on: date | None = None
    settled_on: date | None = None


@dataclass(frozen=True)
class Explained:
    """A true jump of a level that a rule asks about and the unit explains."""

    key: Key
    indicator: str
    times: Decimal
    rule: str
    text: str


class NoteStory(TypedDict):
    """What a unit writes beside some of its figures, from a month to a month."""

    unit: str
    indicators: list[str]
    since: str
    until: str
    note: str


@dataclass(frozen=True)
class Parted:
    """How a figure is filed in two parts: the share of one of them, usual or the unit's own."""

    part: str
    rest: str
    usual: Decimal
    of_unit: dict[str, Decimal]

    def share(self, unit: str) -> Decimal:
        return self.of_unit.get(unit, self.usual)


class Paper(TypedDict):
    """A document that proves a milestone: its name, its title and its paragraphs."""

    milestone: str
    name: str
    title: str
    paragraphs: list[str]


class MilestoneStory(TypedDict, total=False):
    """How one milestone goes in the units, as the file tells it."""

    milestone: str
    begins: int
    planned_on: str
    #: months in which it is done, in turn by the units' statistical order
    done_in: list[int]
    #: units that do it in another month, and units that end the year in another state
    other: dict[str, int]
    unfinished: dict[str, str]
    #: what the units that end the year so say of it: new date, reason
    left: dict[str, str]
    #: units that have no prefectures and count districts or divisions: how many
    by_hand: dict[str, int]
    note: str


class MeasureStory(TypedDict):
    """What a unit's lead enters against a warning, and on which day."""

    rule: str
    unit: str
    on: str
    measure: str
    responsible: str
    planned_on: str


class SheetStory(TypedDict, total=False):
    """How far one unit's assessment has come, and where it differs from the usual claims."""

    round: str
    unit: str
    #: the state it stands in
    until: str
    #: criterion → points and words, instead of the usual ones
    claims: dict[str, list[str]]
    #: criterion → points and reason of the check
    adjusted: dict[str, list[str]]


class AssessmentStory(TypedDict):
    """What units claim of themselves, by scheme and criterion, and whose sheets there are."""

    claims: dict[str, dict[str, list[str]]]
    sheets: list[SheetStory]


class NationalStory(TypedDict):
    """How one milestone of the ministry goes: what is told of it in which month."""

    milestone: str
    told: list[dict[str, str]]


@dataclass(frozen=True)
class PastStory:
    """The way the year before took to the baselines of the plan."""

    source: str
    #: indicator → month → share of the year that had been reached
    shares: dict[str, dict[int, Decimal]]
    #: indicator → level at the end of the year before that
    levels_before: dict[str, Decimal]
    #: indicator → month → the country's rate
    rates: dict[str, dict[int, Decimal]]


@dataclass(frozen=True)
class Demo:
    year: int
    stands_on: date
    accounts: list[dict[str, str]]
    national: dict[str, ByMonth]
    past: PastStory
    pooled: dict[str, dict[str, ByMonth]]
    pace: dict[str, dict[str, Decimal]]
    laggards: dict[str, Decimal]
    labour_force_share: dict[str, Decimal]
    unemployment_rates: dict[str, list[Decimal]]
    pilots_done: dict[str, int]
    arrears: dict[Key, dict[str, str]]
    #: Wage arrears cleared in the nation since January, by month: amount and persons.
    cleared: dict[int, dict[str, int]]
    not_reported: dict[Key, dict[str, str]]
    #: Why figures lag, in their units' words; some that lag have none, as in a real year.
    notes: list[NoteStory]
    #: indicator → how it is filed in parts
    parts: dict[str, Parted]
    #: Whom the planner excuses from which rule, from month to month.
    excuses: list[dict[str, str]]
    papers: dict[Key, Paper]
    explained: dict[Key, Explained]
    slips: dict[Key, Slip]
    #: Reports filed, and decided on, on another day than usual.
    saved_on: dict[Key, date]
    submitted_on: dict[Key, date]
    decided_on: dict[Key, date]
    published_on: dict[date, date]
    closed_on: dict[date, date]
    milestones: list[MilestoneStory]
    national_milestones: list[NationalStory]
    owners: list[dict[str, str]]
    exemptions: list[dict[str, str]]
    measures: list[MeasureStory]
    assessments: AssessmentStory
    #: unit → milestones of which it does not say again, period by period, that they go on
    silent: dict[str, list[str]]

    def month(self, number: str | int) -> date:
        return periods.month_start(self.year, int(number))


def read(path: Path = FILE) -> Demo:
    """Return the demonstration year that ships."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    year = raw["year"]

    def key(row: dict[str, str]) -> Key:
        return row["unit"], periods.month_start(year, int(row["month"]))

    def month(row: dict[str, str]) -> date:
        return periods.month_start(year, int(row["month"]))

    filed = raw["submitted_on"]
    return Demo(
        year=year,
        stands_on=_day(raw["stands_on"]),
        accounts=raw["accounts"],
        national={code: _by_month(points) for code, points in raw["national"].items()},
        past=_past(raw["past"]),
        pooled={code: {part: _by_month(p) for part, p in parts.items()} for code, parts in raw["pooled"].items()},
        pace={unit: {what: Decimal(text) for what, text in row.items()} for unit, row in raw["pace"].items()},
        laggards={unit: Decimal(text) for unit, text in raw["laggards"].items()},
        labour_force_share={u: Decimal(row["labour_force_share"]) for u, row in raw["unemployment"].items()},
        unemployment_rates={u: [Decimal(rate) for rate in row["rates"]] for u, row in raw["unemployment"].items()},
        pilots_done={unit: int(number) for unit, number in raw["pilots_done"].items()},
        arrears={key(row): row for row in raw["arrears"]},
        cleared={
            int(number): {name: int(text) for name, text in row.items()} for number, row in raw["cleared"].items()
        },
        not_reported={key(row): row for row in raw["not_reported"]},
        notes=raw["notes"],
        parts={code: _parted(row) for code, row in raw["parts"].items()},
        excuses=raw["excuses"],
        papers={key(row): row for row in raw["papers"]},
        explained={key(row): _explained(row, key(row)) for row in raw["explained"]},
        slips={key(row): _slip(row, key(row)) for row in raw["slips"]},
        saved_on={key(row): _day(row["saved_on"]) for row in filed if "saved_on" in row},
        submitted_on={key(row): _day(row["on"]) for row in filed},
        decided_on={key(row): _day(row["on"]) for row in raw["decided_on"]},
        published_on={month(row): _day(row["published_on"]) for row in raw["months"]},
        closed_on={month(row): _day(row["closed_on"]) for row in raw["months"] if "closed_on" in row},
        milestones=raw["milestones"],
        national_milestones=raw["national_milestones"],
        owners=raw["owners"],
        exemptions=raw["exemptions"],
        measures=raw["measures"],
        assessments=raw["assessments"],
        silent=raw["silent"],
    )


def _by_month(points: dict[str, str]) -> ByMonth:
    return {int(number): int(value) for number, value in points.items()}


def _past(row: dict[str, Any]) -> PastStory:
    shares, rates = (
        {code: {int(month): Decimal(text) for month, text in told.items()} for code, told in row[name].items()}
        for name in ("shares", "rates")
    )
    levels = {code: Decimal(text) for code, text in row["levels_before"].items()}
    return PastStory(row["source"], shares, levels, rates)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _parted(row: dict[str, Any]) -> Parted:
    of_unit = {unit: Decimal(text) for unit, text in row["of_unit"].items()}
    return Parted(row["part"], row["rest"], Decimal(row["usual"]), of_unit)


def _explained(row: dict[str, str], key: Key) -> Explained:
    return Explained(key, row["indicator"], Decimal(row["times"]), row["rule"], row["text"])


def _slip(row: dict[str, str], key: Key) -> Slip:
    return Slip(
        key,
        row["indicator"],
        Decimal(row.get("times", 1)),
        FoundBy(row["found_by"]),
        less=Decimal(row.get("less", 0)),
        rule=row.get("rule", ""),
        comment=row.get("comment", ""),
        found_on=_day(row["found_on"]) if "found_on" in row else None,
        settled_on=_day(row["settled_on"]) if "settled_on" in row else None,
    )
