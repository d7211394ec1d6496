"""What happened, step by step: who files, decides and corrects which report on which day of the demonstration."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.models import NATION_CODE
from reporting.demo.data import Demo, FoundBy, Key, MilestoneStory, NationalStory, Paper, Slip
from reporting.demo.series import Cells, Figures
from submissions.models import ENDED, Release, Verb
from targets import periods

#: A report is decided on in the afternoon, two hours and a bit after the last of the morning came in.
FILED_AT, DECIDED_AT = time(9, 0), time(15, 0)
#: The reviewer decides on the first or the second working day after.
REVIEW_DAYS = 2
#: So many days before the due date the first units file.
FILING_DAYS = 3


@dataclass(frozen=True)
class Step:
    """One step of one report; `SAVE` may name the rule that turned the figures away at once, or add a document."""

    key: Key
    at: datetime
    verb: Verb
    figures: dict[str, Cells] = field(default_factory=dict)
    milestones: list[dict[str, str]] = field(default_factory=list)
    explanations: dict[str, str] = field(default_factory=dict)
    comment: str = ""
    refused_by: str = ""
    paper: Paper | None = None
    release: Release | None = None


@dataclass(frozen=True)
class Script:
    """Turns figures and stories into steps in the order they happen."""

    demo: Demo
    figures: Figures
    #: unit → place in the statistical order, which spreads the days and hours
    places: dict[str, int]
    due_on: dict[date, date]
    is_working_day: Callable[[date], bool]
    #: milestone → months per reporting period; what is reported when it happens is not in it
    months_per_period: dict[str, int] = field(default_factory=dict)
    #: milestone that prefectures do → unit → how many of its prefectures owe it
    owed: dict[str, dict[str, int]] = field(default_factory=dict)

    def steps(self) -> list[Step]:
        """Return every step of the year, by time; those of one report in the order they depend on."""
        nation = [(NATION_CODE, self.demo.month(number)) for number in range(1, periods.MONTHS_IN_YEAR + 1)]
        steps = [step for key in [*self.figures, *nation] for step in self._report(key)]
        return sorted(steps, key=lambda step: (step.at, self.places[step.key[0]]))

    def _report(self, key: Key) -> Iterator[Step]:
        filed, decided = self._filed_at(key), self._decided_at(key)
        slip = self.demo.slips.get(key)
        yield from self._filing(key, filed, slip)
        if slip is None or slip.found_by == FoundBy.RULE:
            yield Step(key, decided, Verb.APPROVE)
        else:
            yield from self._settled(key, decided, slip)

    def _filing(self, key: Key, filed: datetime, slip: Slip | None) -> Iterator[Step]:
        truth, milestones = self.figures.get(key, {}), self._milestones(key)
        saved = self._moment(key, self.demo.saved_on.get(key, filed.date()), FILED_AT)
        if slip is None:
            yield Step(key, saved, Verb.SAVE, truth, milestones)
        else:
            wrong = {**truth, slip.indicator: self._slipped(truth[slip.indicator], slip)}
            yield Step(key, saved, Verb.SAVE, wrong, milestones, refused_by=slip.rule)
            if slip.found_by == FoundBy.RULE:
                right = {slip.indicator: truth[slip.indicator]}
                yield Step(key, saved + timedelta(minutes=20), Verb.SAVE, right)
        if (paper := self.demo.papers.get(key)) is not None:
            yield Step(key, saved + timedelta(minutes=10), Verb.SAVE, paper=paper)
        explained = self.demo.explained.get(key)
        answers = {explained.rule: explained.text} if explained is not None else {}
        yield Step(key, filed + timedelta(minutes=40), Verb.SUBMIT, explanations=answers)

    def _settled(self, key: Key, decided: datetime, slip: Slip) -> Iterator[Step]:
        """What the reviewer returns, what the unit corrects or the year's final follows, and the second round."""
        found = self._moment(key, slip.found_on or decided.date(), FILED_AT)
        settled = self._moment(key, slip.settled_on or decided.date(), FILED_AT)
        if slip.found_by == FoundBy.REVIEWER:
            yield Step(key, found, Verb.RETURN, comment=slip.comment)
        else:
            yield Step(key, decided, Verb.APPROVE)
            yield self._opened(key, found, slip)
        yield Step(key, settled, Verb.SAVE, {slip.indicator: self.figures[key][slip.indicator]})
        yield Step(key, settled + timedelta(minutes=30), Verb.SUBMIT)
        yield Step(key, self._moment(key, settled.date(), DECIDED_AT), Verb.APPROVE)

    @staticmethod
    def _opened(key: Key, found: datetime, slip: Slip) -> Step:
        """The unit opens its correction itself; for the year's final figures the ministry hands the report back."""
        if slip.found_by == FoundBy.UNIT:
            return Step(key, found, Verb.CORRECT, comment=slip.comment)
        return Step(key, found, Verb.REOPEN, comment=slip.comment, release=Release.FINAL)

    @staticmethod
    def _slipped(cells: Cells, slip: Slip) -> Cells:
        return {"value": str(int(Decimal(cells["value"]) * slip.times - slip.less))}

    # Days ----------------------------------------------------------------------------------------

    def _filed_at(self, key: Key) -> datetime:
        return self._moment(key, self.demo.submitted_on.get(key) or self._usual_day(key), FILED_AT)

    def _decided_at(self, key: Key) -> datetime:
        unit, _month = key
        day = self.demo.decided_on.get(key)
        if day is None:
            filed = self.demo.submitted_on.get(key) or self._usual_day(key)
            day = self._working_days_after(filed, 1 + self.places[unit] % REVIEW_DAYS)
        return self._moment(key, day, DECIDED_AT)

    def _usual_day(self, key: Key) -> date:
        """Return a working day from the 1st of the next month to the due date, another for each third unit."""
        unit, month = key
        days = [
            day
            for shift in range((self.due_on[month] - periods.next_month(month)).days + 1)
            if self.is_working_day(day := self.due_on[month] - timedelta(days=shift))
        ]
        return days[self.places[unit] % FILING_DAYS % len(days)]

    def _working_days_after(self, day: date, count: int) -> date:
        while count:
            day += timedelta(days=1)
            count -= self.is_working_day(day)
        return day

    def _moment(self, key: Key, day: date, hour: time) -> datetime:
        """Return the unit's own minute of the morning or the afternoon."""
        moment = datetime.combine(day, hour, timezone.get_default_timezone())
        return moment + timedelta(minutes=3 * self.places[key[0]])

    # Milestones ----------------------------------------------------------------------------------

    def _milestones(self, key: Key) -> list[dict[str, str]]:
        """Return the milestones whose state changes in the month."""
        unit, month = key
        if unit == NATION_CODE:
            told = (self._told(story, month) for story in self.demo.national_milestones)
            return [row for row in told if row is not None]
        if unit == UNIT_WITHOUT_MILESTONES:
            return []
        return [row for story in self.demo.milestones if (row := self._milestone(story, unit, month)) is not None]

    def _milestone(self, story: MilestoneStory, unit: str, month: date) -> dict[str, str] | None:
        if any((row["milestone"], row["unit"]) == (story["milestone"], unit) for row in self.demo.exemptions):
            return None
        done_in = story["done_in"][self.places[unit] % len(story["done_in"])]
        done_in = story.get("other", {}).get(unit, done_in)
        row = {"milestone": story["milestone"], "planned_on": story["planned_on"], "note": story["note"]}
        left = story.get("unfinished", {}).get(unit)
        if month.month == periods.MONTHS_IN_YEAR and left is not None:
            return {**row, "state": left, **story.get("left", {})}
        row |= self._coverage(story, unit, month, done_in)
        if month.month == done_in and left is None:
            return {**row, "state": "ISSUED", "actual_on": month.replace(day=20).isoformat()}
        goes_on = story["begins"] < month.month and (left is not None or month.month < done_in)
        if month.month == story["begins"] or (goes_on and self._is_heard_of(story["milestone"], unit, month)):
            return {**row, "state": "IN_PROGRESS"}
        return None

    def _coverage(self, story: MilestoneStory, unit: str, month: date, done_in: int) -> dict[str, str]:
        """Return how many of the unit's prefectures have done it: evenly from the first month to the last."""
        if story["milestone"] not in self.owed:
            return {}
        by_hand = story.get("by_hand", {}).get(unit)
        owed = by_hand or self.owed[story["milestone"]].get(unit)
        if owed is None:
            return {}
        passed, whole = month.month - story["begins"] + 1, done_in - story["begins"] + 1
        counted = {"covered": str(owed * min(passed, whole) // whole)}
        return counted if by_hand is None else {**counted, "in_scope": str(by_hand)}

    def _told(self, story: NationalStory, month: date) -> dict[str, str] | None:
        """Return what the ministry tells of its own milestone in the month: the story's word, or the last one again."""
        so_far = [dict(row) for row in story["told"] if int(row["month"]) <= month.month]
        if not so_far:
            return None
        row = {"milestone": story["milestone"], **so_far[-1]}
        if int(row.pop("month")) == month.month:
            return row
        every = self.months_per_period.get(story["milestone"])
        goes_on = every is not None and periods.is_due(month.month, every) and row["state"] not in ENDED
        return row if goes_on else None

    def _is_heard_of(self, milestone: str, unit: str, month: date) -> bool:
        """Say whether the unit reports the milestone again though nothing changed; a few forget to."""
        every = self.months_per_period.get(milestone)
        return (
            every is not None and periods.is_due(month.month, every) and milestone not in self.demo.silent.get(unit, [])
        )


#: Industries and central bodies file figures only.
UNIT_WITHOUT_MILESTONES = "900000"
