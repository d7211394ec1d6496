"""Takes the demonstration's assessments through the services: some sheets under way, one round published."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.models import ReportingUnit, User
from reporting.assessment import grading, services
from reporting.assessment.intake import Adjustment, Answer
from reporting.assessment.models import Assessment, AssessmentRound, AssessmentState
from reporting.demo import people
from reporting.demo.data import Demo, SheetStory
from reporting.demo.play import DESKS

S = AssessmentState
_ORDER = [S.DRAFT, S.SUBMITTED, S.CHECKED, S.CONFIRMED, S.PUBLISHED]
ASSESSED_AT = time(15, 0)


@transaction.atomic
def assess(demo: Demo, *, through: date | None = None) -> None:
    """Bring each sheet of the file to where it stands on the demonstration's day; what anybody began stays.

    Nothing is done where the schemes of the year are not loaded, nor where the story ends before a round's month.
    """
    rounds = {one.code: one for one in AssessmentRound.objects.select_related("scheme", "period__plan")}
    units = {one.code: one for one in ReportingUnit.objects.on_the_tree()}
    persons = {one.username: one for one in User.objects.filter(is_demo=True)}
    now = datetime.combine(demo.stands_on, ASSESSED_AT, timezone.get_default_timezone())
    begun = set(Assessment.objects.values_list("round__code", "unit__code"))
    rows = [row for row in demo.assessments["sheets"] if row["round"] in rounds]
    fresh = [row for row in rows if (row["round"], row["unit"]) not in begun and not rounds[row["round"]].is_published]
    for row in fresh:
        taken, unit = rounds[row["round"]], units[row["unit"]]
        if taken.period_id <= (through or demo.stands_on):
            _Sheet(demo, row, taken, unit, persons, now).play()
    for code in sorted({row["round"] for row in fresh if row["until"] == S.PUBLISHED}):
        _publish(rounds[code], persons[people.MINISTRY], now)


def _publish(taken: AssessmentRound, by: User, now: datetime) -> None:
    """Publish the round, unless somebody has a sheet of it under way."""
    states = list(Assessment.objects.filter(round=taken).values_list("state", flat=True))
    if states and set(states) == {S.CONFIRMED}:
        grading.publish(taken, by=by, now=now, n_confirmed=len(states))


class _Sheet:
    """One unit's sheet on its way."""

    def __init__(
        self,
        demo: Demo,
        row: SheetStory,
        taken: AssessmentRound,
        unit: ReportingUnit,
        persons: dict[str, User],
        now: datetime,
    ) -> None:
        lead = people.lead_of(unit.code)
        _clerk, lead = DESKS.get(unit.code, (lead, lead))
        self.row, self.now, self.lead = row, now, persons[lead]
        #: The desk checks, so that the account people sign in with has something to confirm.
        self.desk, self.ministry = persons[people.MINISTRY_DESK], persons[people.MINISTRY]
        self.sheet = services.sheet_for(taken, unit)
        self.claims = demo.assessments["claims"][taken.scheme.code] | row.get("claims", {})

    def play(self) -> None:
        until = S(self.row["until"])
        answers = {
            one.pk: Answer(Decimal(self.claims[one.code][0]), self.claims[one.code][1])
            for one in services.criteria_of(self.sheet.round.scheme)
            if one.is_judged
        }
        if until == S.DRAFT:
            services.save(self.sheet, by=self.lead, now=self.now, version=0, answers=answers)
            return
        sheet = services.submit(self.sheet, by=self.lead, now=self.now, version=0, answers=answers)
        if _ORDER.index(until) >= _ORDER.index(S.CHECKED):
            sheet = services.check(sheet, by=self.desk, now=self.now, version=1, adjustments=self._adjustments(sheet))
        if _ORDER.index(until) >= _ORDER.index(S.CONFIRMED):
            services.confirm(sheet, by=self.ministry, now=self.now, version=2)

    def _adjustments(self, sheet: Assessment) -> dict[int, Adjustment]:
        given = self.row.get("adjusted", {})
        lines = sheet.lines.select_related("criterion__section")
        return {
            line.pk: Adjustment(Decimal(given[line.criterion.code][0]), given[line.criterion.code][1])
            for line in lines
            if line.criterion.code in given
        }
