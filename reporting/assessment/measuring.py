"""What a scheme's computed criteria come to for one unit: the figures, milestones and dates behind each, then points.

Everything read here is what the portal's other pages show of the unit; each line keeps what it was computed from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.functional import cached_property

from accounts import permissions
from accounts.models import ReportingUnit
from reporting.aggregates import ProgressRow, goal_of, rows_of_months
from reporting.assessment import points
from reporting.assessment.models import AssessmentCriterion, AssessmentRound, CriterionKind, Deduction
from reporting.pages.milestones import MilestonePast, pasts
from submissions import timeliness
from submissions.models import Filing, MilestoneProgress, Outcome, Release, ReportingMonth
from submissions.models.milestones import OUT_OF_SCOPE
from submissions.timeliness import Arrival
from targets import measures
from targets.deadlines import Delay
from targets.models import Indicator, Milestone, Target
from workplan.lib.numbers import plain_text

#: How a report may come that is held against the unit.
_NOT_IN_TIME = (Arrival.LATE, Arrival.MADE_UP, Arrival.MISSING)


@dataclass(frozen=True)
class Measured:
    """What one criterion comes to: None where it does not apply, or is judged; and what it was computed from."""

    points: Decimal | None = None
    applies: bool = True
    inputs: Mapping[str, object] = field(default_factory=dict)


def measure(
    person: permissions.Person,
    taken: AssessmentRound,
    unit: ReportingUnit,
    criteria: Iterable[AssessmentCriterion],
    *,
    today: date,
) -> dict[int, Measured]:
    """Return what each criterion (id) comes to for the unit up to the round's month, from what is approved.

    The person is one who may read the unit's approved figures; what they see of others plays no part.
    """
    return _Unit(person, taken, unit, list(criteria), today).measured()


class _Unit:
    """One unit in one round; each kind of source is read once, and only where a criterion asks for it."""

    def __init__(
        self,
        person: permissions.Person,
        taken: AssessmentRound,
        unit: ReportingUnit,
        criteria: list[AssessmentCriterion],
        today: date,
    ) -> None:
        self.person, self.taken, self.unit, self.criteria, self.today = person, taken, unit, criteria, today
        self.basis = points.Basis(taken.basis)

    def measured(self) -> dict[int, Measured]:
        by_kind: Mapping[str, Callable[[AssessmentCriterion], Measured]] = {
            CriterionKind.TARGET: self._target,
            CriterionKind.MILESTONES: self._milestones,
            CriterionKind.DEDUCTION: self._deduction,
            CriterionKind.JUDGED: lambda _criterion: Measured(),
        }
        return {one.pk: by_kind[one.kind](one) for one in self.criteria}

    # Targets -------------------------------------------------------------------------------------

    @cached_property
    def _indicators(self) -> dict[int, Indicator]:
        asked = [one.indicator_id for one in self.criteria if one.indicator_id is not None]
        return Indicator.objects.in_bulk(asked)

    @cached_property
    def _rows(self) -> dict[int, ProgressRow]:
        rows = rows_of_months(self.person, [self.taken.period], [self.unit], indicators=self._indicators.values())
        return {row.indicator.pk: row for row in rows}

    @cached_property
    def _targets(self) -> dict[int, Target]:
        found = Target.objects.filter(
            plan=self.taken.scheme.plan_id, unit=self.unit, indicator__in=self._indicators
        ).select_related("indicator")
        return {one.indicator_id: one for one in found}

    def _target(self, criterion: AssessmentCriterion) -> Measured:
        indicator = self._indicators[criterion.indicator_id]
        row, target = self._rows.get(indicator.pk), self._targets.get(indicator.pk)
        # A unit that never filed has no row; its target stands all the same, and nothing was reported.
        goal = goal_of(target, indicator) if row is None or row.goal is None else row.goal
        reading = row.reading if row is not None and row.reading is not None else self._nothing_reported()
        achieved = points.achievement(goal, reading, basis=self.basis, tolerance=criterion.tolerance)
        earned = points.target_points(criterion.weight, achieved, points.Formula(criterion.formula), criterion.floor)
        if earned is None or goal.target is None:
            return Measured(applies=False, inputs={"indicator": indicator.code})
        expected = measures.pro_rata_target(goal, reading) if self.basis == points.Basis.PATH else None
        return Measured(
            points.kept(earned),
            inputs={
                "indicator": indicator.code,
                "month": _month(self.taken.period_id),
                "value": None if reading.value is None else plain_text(reading.value),
                "value_month": _month(row.value_month) if row is not None and row.value_month else None,
                "target": plain_text(goal.target),
                "expected": plain_text(goal.target if expected is None else expected),
                "achieved": plain_text(points.kept(achieved or points.NOTHING)),
            },
        )

    def _nothing_reported(self) -> measures.Reading:
        return measures.Reading(self.taken.period_id.month, None)

    # Milestones ----------------------------------------------------------------------------------

    @cached_property
    def _pasts(self) -> dict[str, MilestonePast]:
        codes = {code for one in self.criteria for code in one.milestones}
        asked = Milestone.objects.filter(item__plan=self.taken.scheme.plan_id, code__in=codes)
        owed = asked.filed_by(self.unit).select_related("item")
        found = pasts(self.person, self.taken.period, self.unit, owed, today=self.today)
        return {one.milestone.code: one for one in found}

    def _milestones(self, criterion: AssessmentCriterion) -> Measured:
        owed = [self._pasts[code] for code in criterion.milestones if code in self._pasts]
        owed = [one for one in owed if one.state is None or one.state.state not in OUT_OF_SCOPE]
        credits_ = [_credit(one, criterion) for one in owed]
        earned = points.milestone_points(criterion.weight, credits_)
        told = [_told(one, credit) for one, credit in zip(owed, credits_, strict=True)]
        if earned is None:
            return Measured(applies=False)
        return Measured(points.kept(earned), inputs={"milestones": told})

    # Deductions ----------------------------------------------------------------------------------

    def _deduction(self, criterion: AssessmentCriterion) -> Measured:
        held = self._late if criterion.counted == Deduction.LATE else self._corrected
        earned = points.deduction_points(criterion.weight, len(held), criterion.each, criterion.cap)
        return Measured(points.kept(earned), inputs={"held": held})

    @cached_property
    def _late(self) -> list[dict[str, str]]:
        months = list(
            ReportingMonth.objects.filter(plan=self.taken.scheme.plan_id, month__lte=self.taken.period_id).order_by(
                "month"
            )
        )
        (record,) = timeliness.records([self.unit], months, today=self.today)
        return [
            {"month": _month(one.month), "how": one.arrival.value}
            for one in record.filed
            if one.arrival in _NOT_IN_TIME
        ]

    @cached_property
    def _corrected(self) -> list[dict[str, str]]:
        """Filings that replaced an approved one and were approved themselves; a final after its flash is none."""
        corrections = Filing.objects.filter(
            report__unit=self.unit,
            report__period__plan=self.taken.scheme.plan_id,
            report__period__lte=self.taken.period_id,
            supersedes__isnull=False,
            outcome=Outcome.APPROVED,
            release=Release.FLASH,
        ).order_by("report__period", "number")
        months = corrections.values_list("report__period", flat=True)
        return [{"month": _month(month), "how": "corrected"} for month in months]


def _credit(past: MilestonePast, criterion: AssessmentCriterion) -> Decimal:
    """Return what one milestone counts: done 1, under way what the scheme says, overdue and all else nothing."""
    state = past.state.state if past.state is not None else None
    if state == MilestoneProgress.ISSUED:
        return points.WHOLE
    if past.delay == Delay.OVERDUE:
        return points.NOTHING
    under_way = {
        MilestoneProgress.SUBMITTED: criterion.credit_submitted,
        MilestoneProgress.IN_PROGRESS: criterion.credit_in_progress,
    }
    return under_way.get(state, points.NOTHING)


def _told(past: MilestonePast, credit: Decimal) -> dict[str, object]:
    state = past.state
    return {
        "code": past.milestone.code,
        "item": past.milestone.item.number,
        "state": state.state if state is not None else "",
        "month": _month(state.filing.report.period_id) if state is not None else None,
        "overdue": past.delay == Delay.OVERDUE,
        "credit": plain_text(credit),
    }


def _month(month: date) -> str:
    return f"{month:%Y-%m}"
