"""Takes the script's steps through the services, from where each report stands. Safe to repeat and to continue."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import NATION_CODE, ReportingUnit, User
from reporting.demo import people
from reporting.demo.data import Demo, Key, Paper
from reporting.demo.papers import document
from reporting.demo.script import Script, Step
from reporting.demo.series import Split
from submissions import blocking, calendar, facts, services, terms, workdays
from submissions.evidence import files
from submissions.ground import Ground
from submissions.intake import FigureInput, FigureReader, MilestoneInput, filed_in, read_milestones
from submissions.models import Excuse, MonthlyReport, ReportingMonth, Verb
from targets import duties
from targets.deadlines import MONTHS_PER_PERIOD
from targets.models import Indicator, Milestone, Plan
from workplan.lib.refusals import Refused

#: Units whose clerk and lead are two accounts; elsewhere the lead does both.
DESKS = {
    NATION_CODE: (people.MINISTRY_DESK, people.MINISTRY_DESK),
    "440000": ("gd_clerk", "gd_lead"),
    "230000": ("hl_clerk", "hl_lead"),
}
#: Months are published and closed after the day's decisions.
MONTH_MOVES_AT = time(17, 30)
#: The planner excuses in the morning.
GRANTED_AT = time(10, 0)
#: After so many steps the planner counts anew: in one transaction nobody else tells it that the tables have filled.
COUNTED_ANEW_AFTER = (50, 500, 1500)
#: No report's story is longer.
STEPS_AT_MOST = 99


class DemoOutOfOrder(Exception):
    """A story did not go as told: a rule was silent where it should speak."""


@dataclass
class Outcome:
    """What playing did."""

    steps: int = 0
    published: int = 0
    closed: int = 0
    #: Reports somebody moved on in the meantime; the script leaves them to that person.
    left: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Move:
    """The ministry publishes a month, or closes it."""

    at: datetime
    month: date
    publishes: bool


def play(demo: Demo, *, through: date | None = None) -> Outcome:
    """Bring the database to the demonstration's day, or to the end of a month's whole story.

    :raises DemoOutOfOrder: a rule did not turn away what it should.
    """
    with transaction.atomic():
        return _Player(demo, through).play()


class _Player:
    def __init__(self, demo: Demo, through: date | None) -> None:
        self.demo, self.through = demo, through
        self.plan = Plan.objects.get(year=demo.year)
        self.units = {unit.code: unit for unit in ReportingUnit.objects.on_the_tree().order_by("position")}
        self.people = people.ensure_accounts(demo, self.units.values())
        self.periods = {period.month: period for period in self.plan.months.select_related("plan")}
        self.assignments = list(
            self.plan.assignments.select_related("indicator", "unit")
            .prefetch_related("indicator__filed_parts")
            .order_by("unit__position", "indicator__code")
        )
        self.filed_by: dict[str, list[Indicator]] = defaultdict(list)
        for one in self.assignments:
            self.filed_by[one.unit.code].append(one.indicator)
        self.milestones_of: dict[str, list[Milestone]] = {}
        self.reports = self._reports()
        self.ground = Ground.of(self.periods[demo.month(1)], self.units.values())
        self.outcome = Outcome()

    def play(self) -> Outcome:
        self._share_duties()
        self._grant_excuses()
        #: How many steps each report has behind it: its version. One that is not demo has them all.
        standing = {key: one.version if one.is_demo else STEPS_AT_MOST for key, one in self.reports.items()}
        taken: dict[Key, int] = defaultdict(int)
        stopped: set[Key] = set()
        moves = self._moves()
        for step in self._script().steps():
            taken[step.key] += 1
            if not self._is_due(step.key[1], step.at) or taken[step.key] <= standing.get(step.key, 0):
                continue
            # The split by shares is smoother than life: beside a published month V24 would ask everybody to explain.
            # So the months are published when the first of them is corrected, and the others at the end.
            while step.verb in {Verb.CORRECT, Verb.REOPEN} and moves and moves[0].at < step.at:
                self._move(moves.popleft())
            if step.key not in stopped and not self._take(step):
                stopped.add(step.key)
        for move in moves:
            self._move(move)
        return self.outcome

    def _share_duties(self) -> None:
        """Let the planner name who answers for items, and which units need not do a milestone."""
        planner = self.people["planner"]
        items = {item.number: item for item in self.plan.items.all()}
        for row in self.demo.owners:
            user = self.people[row["username"]] if "username" in row else None
            duties.assign_owner(
                items[int(row["item"])],
                user=user,
                department=row["department"],
                starts_on=date(self.demo.year, 1, 1),
                by=planner,
            )
        milestones = {one.code: one for one in Milestone.objects.filter(item__plan=self.plan)}
        for row in self.demo.exemptions:
            duties.exempt(milestones[row["milestone"]], self.units[row["unit"]], reason=row["reason"], by=planner)

    def _grant_excuses(self) -> None:
        """Let the planner excuse units whom a rule would ask about every month; what stands already stays."""
        granted = set(Excuse.objects.standing().values_list("unit__code", "indicator__code", "rule"))
        indicators = {one.indicator.code: one.indicator for one in self.assignments}
        for row in self.demo.excuses:
            if (row["unit"], row["indicator"], row["rule"]) in granted:
                continue
            terms.grant_excuse(
                unit=self.units[row["unit"]],
                indicator=indicators[row["indicator"]],
                rule=row["rule"],
                since=self.demo.month(row["since"]),
                until=self.demo.month(row["until"]),
                reason=row["reason"],
                by=self.people["planner"],
                now=datetime.combine(
                    date.fromisoformat(row["granted_on"]), GRANTED_AT, timezone.get_default_timezone()
                ),
            )

    def _reports(self) -> dict[Key, MonthlyReport]:
        reports = MonthlyReport.objects.filter(period__plan=self.plan)
        related = reports.select_related("unit__parent", "period", "filing__submitted_by")
        return {(one.unit.code, one.month): one for one in related}

    def _script(self) -> Script:
        return Script(
            self.demo,
            self._split().figures(),
            places={code: unit.position for code, unit in self.units.items()},
            due_on={month: period.due_on for month, period in self.periods.items()},
            is_working_day=workdays.working_days(self.demo.month(1), self.demo.stands_on),
            months_per_period={
                one.code: MONTHS_PER_PERIOD[one.frequency]
                for one in Milestone.objects.filter(item__plan=self.plan, frequency__in=MONTHS_PER_PERIOD)
            },
            owed={
                one.code: one.scope_by_unit
                for one in Milestone.objects.filter(item__plan=self.plan).exclude(scope_by_unit={})
            },
        )

    def _split(self) -> Split:
        assigned: dict[str, list[str]] = defaultdict(list)
        for one in self.assignments:
            assigned[one.indicator.code].append(one.unit.code)
        of_units = self.plan.targets.exclude(unit__code=NATION_CODE).select_related("indicator", "unit")
        targets: dict[str, dict[str, Decimal]] = defaultdict(dict)
        baselines: dict[str, dict[str, Decimal]] = defaultdict(dict)
        for target in of_units:
            targets[target.indicator.code][target.unit.code] = target.target_value
            if target.baseline_value is not None:
                baselines[target.indicator.code][target.unit.code] = target.baseline_value
        return Split(self.demo, assigned, targets, baselines)

    def _is_due(self, month: date, at: datetime) -> bool:
        """Say whether the step belongs to the part of the story that was asked for."""
        return at.date() <= self.demo.stands_on if self.through is None else month <= self.through

    # Reports -------------------------------------------------------------------------------------

    def _take(self, step: Step) -> bool:
        """Take one step; False where somebody else has moved the report."""
        acts = {
            Verb.SAVE: self._save,
            Verb.SUBMIT: self._submit,
            Verb.APPROVE: self._approve,
            Verb.RETURN: self._return,
            Verb.CORRECT: self._correct,
            Verb.REOPEN: self._reopen,
        }
        try:
            self.reports[step.key] = acts[step.verb](step, self._report(step.key))
        except Refused as refusal:
            self.outcome.left.append(f"{step.key[0]} {step.key[1]:%Y-%m}: {refusal}")
            return False
        self.outcome.steps += 1
        if self.outcome.steps in COUNTED_ANEW_AFTER:
            _count_anew()
        return True

    def _report(self, key: Key) -> MonthlyReport:
        unit, month = key
        return self.reports.get(key) or MonthlyReport(unit=self.units[unit], period=self.periods[month])

    def _save(self, step: Step, report: MonthlyReport) -> MonthlyReport:
        clerk, lead = self._desk(step)
        if step.paper is not None:
            return self._attach(step, step.paper, report)
        saved = services.save_draft(
            report,
            by=clerk,
            now=step.at,
            version=report.version,
            figures=self._figures(step, report),
            milestones=self._milestones(step, report),
            is_demo=True,
        )
        if step.refused_by:
            self._be_refused(saved, step, lead)
        return saved

    def _attach(self, step: Step, paper: Paper, report: MonthlyReport) -> MonthlyReport:
        """Put the document to its milestone, which the unit has just reported on."""
        clerk, _lead = self._desk(step)
        (milestone,) = (one for one in self._milestones_of(report) if one.code == paper["milestone"])
        files.add(report, milestone, name=paper["name"], content=document(paper), by=clerk, now=step.at)
        return services.report_for(report.unit, report.period)

    def _figures(self, step: Step, report: MonthlyReport) -> list[FigureInput]:
        unit, month = step.key
        due = [one for one in self.filed_by[unit] if self.periods[month].is_due(one.frequency)]
        reader = FigureReader(report, due, facts.figures_by_indicator(report))
        return reader.read({"indicator": code, **cells} for code, cells in step.figures.items())

    def _milestones(self, step: Step, report: MonthlyReport) -> list[MilestoneInput]:
        return read_milestones(report, step.milestones, today=step.at.date(), filed=self._milestones_of(report))

    def _milestones_of(self, report: MonthlyReport) -> list[Milestone]:
        """Return what the unit reports, read once: duties are shared before the first step."""
        if report.unit.code not in self.milestones_of:
            self.milestones_of[report.unit.code] = filed_in(report.period, report.unit)
        return self.milestones_of[report.unit.code]

    def _be_refused(self, report: MonthlyReport, step: Step, lead: User) -> None:
        """Try to submit the slip, as the unit did, and see the rule speak."""
        try:
            services.submit(report, by=lead, now=step.at, version=report.version, ground=self.ground)
        except blocking.FindingsBlock as block:
            if step.refused_by in {finding.key for finding in block.findings}:
                return
        raise DemoOutOfOrder(f"{step.refused_by} did not turn away {step.key[0]} {step.key[1]:%Y-%m}.")

    def _submit(self, step: Step, report: MonthlyReport) -> MonthlyReport:
        _clerk, lead = self._desk(step)
        return services.submit(
            report,
            by=lead,
            now=step.at,
            version=report.version,
            explanations=step.explanations,
            ground=self.ground,
        )

    def _approve(self, step: Step, report: MonthlyReport) -> MonthlyReport:
        return services.approve(report, by=self._ministry, now=step.at, version=report.version)

    def _return(self, step: Step, report: MonthlyReport) -> MonthlyReport:
        return services.return_(report, by=self._ministry, now=step.at, version=report.version, comment=step.comment)

    def _correct(self, step: Step, report: MonthlyReport) -> MonthlyReport:
        _clerk, lead = self._desk(step)
        return services.correct(report, by=lead, now=step.at, version=report.version, comment=step.comment)

    def _reopen(self, step: Step, report: MonthlyReport) -> MonthlyReport:
        return services.reopen(
            report,
            by=self._ministry,
            now=step.at,
            version=report.version,
            comment=step.comment,
            release=step.release,
        )

    @property
    def _ministry(self) -> User:
        return self.people[people.MINISTRY]

    def _desk(self, step: Step) -> tuple[User, User]:
        """Return who fills in the unit's report and who answers for it."""
        lead = people.lead_of(step.key[0])
        clerk, lead = DESKS.get(step.key[0], (lead, lead))
        return self.people[clerk], self.people[lead]

    # Months --------------------------------------------------------------------------------------

    def _moves(self) -> deque[Move]:
        """Return what the story publishes and closes, in the order of time: what comes after it is a revision."""
        told = [
            Move(moment, month, publishes=publishes)
            for publishes, days in ((True, self.demo.published_on), (False, self.demo.closed_on))
            for month, period in self.periods.items()
            if (moment := self._moved_at(period, days)) is not None
        ]
        return deque(sorted(told, key=lambda move: (move.at, move.month)))

    def _move(self, move: Move) -> None:
        period = self.periods[move.month]
        if move.publishes and not period.is_published:
            self.periods[move.month] = calendar.publish_month(period, by=self._ministry, now=move.at)
            self.outcome.published += 1
        elif not move.publishes and not period.is_closed:
            self.periods[move.month] = calendar.close_month(period, by=self._ministry, now=move.at)
            self.outcome.closed += 1

    def _moved_at(self, period: ReportingMonth, days: Mapping[date, date]) -> datetime | None:
        day = days.get(period.month)
        if day is None:
            return None
        moment = datetime.combine(day, MONTH_MOVES_AT, timezone.get_default_timezone())
        return moment if self._is_due(period.month, moment) else None


def _count_anew() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE submissions_monthlyreport, submissions_filing, submissions_figure, submissions_milestonestate,"
            " submissions_explanation, submissions_decision, reporting_total"
        )
