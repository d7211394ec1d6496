"""A bureau's own work: what is due, what came back, and the twelve months of the year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts import permissions
from accounts.models import ReportingUnit, User
from submissions import facts, rules, workdays
from submissions.known import Known
from submissions.milestones import MilestoneRow, milestone_rows
from submissions.models import (
    Decision,
    Explanation,
    Extension,
    Figure,
    FigureState,
    MilestoneState,
    MonthlyReport,
    ReportingMonth,
    ReportStatus,
    Verb,
)
from submissions.pages.due import due_words
from submissions.pages.years import months_to_file, years_begun
from submissions.reviewing import CELLS
from submissions.workflow import is_locked, is_view_only
from targets.models import Assignment, Indicator, Milestone


@dataclass(frozen=True)
class State:
    """The state of a month's work in the words of those who do it."""

    word: str | Promise
    shape: str
    tone: str


UNTOUCHED = State(gettext_lazy("未填"), "○", "not-due")
FILLED = State(gettext_lazy("已填未报"), "◇", "draft")
WAITING = State(gettext_lazy("待审核"), "◆", "submitted")
RETURNED = State(gettext_lazy("已退回"), "▼", "lagging")
APPROVED = State(gettext_lazy("已通过"), "✔", "completed")
MERGED = State(gettext_lazy("并入2月"), "–", "not-due")
NOT_OPEN = State(gettext_lazy("未开放"), "–", "not-due")
_STATES = {
    ReportStatus.SUBMITTED: WAITING,
    ReportStatus.RETURNED: RETURNED,
    ReportStatus.APPROVED: APPROVED,
}


@dataclass(frozen=True)
class Work:
    """One month's report of the unit."""

    period: ReportingMonth
    report: MonthlyReport
    state: State
    due: str
    is_overdue: bool
    n_due: int
    n_answered: int
    n_findings: int
    is_correction: bool
    is_locked: bool
    returned: Decision | None
    may_submit: bool
    action: str | Promise

    @property
    def is_done(self) -> bool:
        return self.state in {WAITING, APPROVED}


@dataclass(frozen=True)
class WorkPage:
    unit: ReportingUnit
    #: What there is to do, returned reports first, then by month.
    rows: list[Work]
    #: The plan years that have begun, newest first, and the one whose months are all shown, open or not.
    years: list[int]
    shown: int | None
    year: list[Work]
    units: list[ReportingUnit]
    #: The milestones that are overdue or were not reported in their period, as of the newest open month.
    late: list[MilestoneRow]
    late_in: MonthlyReport | None

    @property
    def kept_with_year(self) -> list[tuple[str, str]]:
        """What stays in the address when another year is chosen."""
        return [("unit", self.unit.code)]


def work_page(
    unit: ReportingUnit, *, person: User, today: date, units: list[ReportingUnit], year: int | None = None
) -> WorkPage:
    """Return a year of the unit and what is left to do in any; the queries do not grow with the months."""
    years = years_begun(today)
    newest, shown = next(iter(years), None), year or next(iter(years), None)
    works = [
        _work(period, one, person=person, today=today)
        for one in _years(unit, months_to_file(unit, today, year=shown), shown)
        for period in one.months
    ]
    opened = [one for one in works if one.period.is_open_on(today) and one.state != MERGED]
    todo = [one for one in opened if not one.is_done and not (one.is_locked and one.period.plan.year != newest)]
    last = opened[-1].report if opened else None
    rows = milestone_rows(last, today=today) if last else []
    return WorkPage(
        unit=unit,
        rows=sorted(todo or opened[-1:], key=_urgency),
        years=years,
        shown=shown,
        year=[one for one in works if one.period.plan.year == shown],
        units=units,
        late=[one for one in rows if one.delay is not None],
        late_in=last,
    )


def _years(unit: ReportingUnit, months: Iterable[ReportingMonth], shown: int | None) -> list[Year]:
    """Return what the unit filed, plan by plan; without a year in which it files nothing, unless that is shown."""
    read = [(plan, Year(unit, list(own))) for plan, own in groupby(months, key=lambda one: one.plan)]
    return [one for plan, one in read if one.indicators or one.n_milestones or plan.year == shown]


def _urgency(work: Work) -> tuple[bool, date]:
    return (work.state != RETURNED, work.period.month)


class Year:
    """Everything one unit filed in the months, read once."""

    def __init__(self, unit: ReportingUnit, months: Iterable[ReportingMonth]) -> None:
        self.unit = unit
        self.months = list(months)
        plans = {period.plan_id for period in self.months}
        assigned = Assignment.objects.filter(unit=unit, plan__in=plans).select_related("indicator")
        self.indicators = [one.indicator for one in assigned.order_by("indicator__code")]
        reports = MonthlyReport.objects.filter(unit=unit, period__in=self.months)
        self.reports = {
            one.period_id: one for one in reports.select_related("period", "filing__submitted_by", "signing_asked_by")
        }
        self.extended = Extension.objects.by_month(unit.pk, self.months)
        for report in self.reports.values():
            report.unit, report.extended_until = unit, self.extended.get(report.period_id)
        self.offices = workdays.working_days(self.months[0].month, self.months[-1].due_on) if self.months else None
        self.figures: dict[date, dict[int, Figure]] = {}
        # Of the filings just read: another clerk may begin a report or a correction at this very moment.
        month_of = {one.filing_id: one.period_id for one in self.reports.values() if one.filing_id is not None}
        for figure in Figure.objects.filter(filing__in=month_of):
            self.figures.setdefault(month_of[figure.filing_id], {})[figure.indicator_id] = figure
        self.known = Known(one for one in self.reports.values() if one.is_editable and one.filing is not None)
        #: What the nation's reports hold instead of figures.
        self.n_milestones = (
            Milestone.objects.filter(item__plan__in=plans).filed_by(unit).count() if unit.is_nation else 0
        )
        self.n_stated = _n_stated(reports) if unit.is_nation else {}
        self.explained = self._explained()
        self.returned = self._returned(reports)

    def _explained(self) -> dict[int, dict[str, str]]:
        """Return what is answered: filing → finding → the digest of what it answers."""
        rows = Explanation.objects.filter(filing__in=[one.filing_id for one in self.known.reports])
        explained: dict[int, dict[str, str]] = {}
        for filing, rule, code, answers in rows.values_list("filing_id", "rule", "indicator__code", "answers"):
            explained.setdefault(filing, {})[f"{rule}:{code}"] = answers
        return explained

    def _returned(self, reports: Iterable[MonthlyReport]) -> dict[int, Decision]:
        """Return the newest decision that sent each report back."""
        sent_back = Decision.objects.filter(report__in=reports, verb__in=[Verb.RETURN, Verb.REOPEN])
        sent_back = sent_back.select_related("by").prefetch_related(CELLS).order_by("id")
        return {one.report_id: one for one in sent_back}

    def report(self, period: ReportingMonth) -> MonthlyReport:
        """Return the month's report, begun or not."""
        begun = self.reports.get(period.month)
        if begun is not None:
            return begun
        report = MonthlyReport(unit=self.unit, period=period)
        report.extended_until = self.extended.get(period.month)
        return report

    def due_in(self, period: ReportingMonth) -> list[Indicator]:
        return [one for one in self.indicators if period.is_due(one.frequency)]

    def n_findings(self, report: MonthlyReport, filed: Mapping[int, Figure]) -> int:
        """Count what must be mended or explained in what was filled in."""
        return len(self.findings(report, filed))

    def findings(self, report: MonthlyReport, filed: Mapping[int, Figure]) -> list[rules.Finding]:
        """Return the errors and unanswered warnings about what was filled in, while it can still be mended."""
        if report.filing is None or not report.is_editable:
            return []
        explained = self.explained.get(report.filing.pk, {})
        filled = {one.code for one in self.known.indicators(report) if one.pk in filed}
        return [
            finding
            for finding in self.known.findings(report)
            if finding.indicator in filled
            and finding.severity != rules.Severity.INFO
            and explained.get(finding.key) not in {"", finding.digest}
        ]


def _work(period: ReportingMonth, year: Year, *, person: User, today: date) -> Work:
    report = year.report(period)
    due = year.due_in(period)
    filed = year.figures.get(period.month, {})
    answered = [one for one in filed.values() if one.state != FigureState.NOT_REPORTED or one.note]
    n_answered = year.n_stated.get(report.pk, 0) if year.unit.is_nation else len(answered)
    n_due = year.n_milestones if year.unit.is_nation else len(due)
    n_findings = year.n_findings(report, filed)
    state = state_of(period, report, n_answered, today)
    is_held = is_locked(report) or is_view_only(report, today)
    may_submit = permissions.may_submit(person, report.unit)
    is_complete = not n_findings and len(answered) == len(due)
    return Work(
        period=period,
        report=report,
        state=state,
        due="" if report.is_correction else due_words(period, today, due_on=report.due_on, offices=year.offices),
        is_overdue=today > report.due_on and not report.is_correction,
        n_due=n_due,
        n_answered=n_answered,
        n_findings=n_findings,
        is_correction=report.is_correction,
        is_locked=is_held,
        returned=year.returned.get(report.pk) if report.status == ReportStatus.RETURNED else None,
        may_submit=may_submit,
        action=_action(state, may_submit=may_submit, is_held=is_held, is_complete=is_complete),
    )


def _n_stated(reports: QuerySet[MonthlyReport]) -> dict[int, int]:
    """Return how many milestones each report speaks of, by report id."""
    stated = MilestoneState.objects.filter(filing__report__in=reports, filing=facts.CURRENT_FILING)
    return dict(stated.values_list("filing__report").annotate(n=Count("pk")))


def state_of(period: ReportingMonth, report: MonthlyReport, n_answered: int, today: date) -> State:
    if period.reported_with_id is not None:
        return MERGED
    if not period.is_open_on(today):
        return NOT_OPEN
    if report.status in _STATES:
        return _STATES[ReportStatus(report.status)]
    return FILLED if n_answered else UNTOUCHED


def _action(state: State, *, may_submit: bool, is_held: bool, is_complete: bool) -> str | Promise:
    """Name the one thing to do with the report now."""
    if state in {WAITING, APPROVED, NOT_OPEN, MERGED} or is_held:
        return gettext_lazy("查看")
    if state == RETURNED:
        return gettext_lazy("修改后再报")
    if state == UNTOUCHED:
        return gettext_lazy("开始填报")
    return gettext_lazy("核对并报送") if is_complete and may_submit else gettext_lazy("继续填报")


# The ministry's choice of a unit ---------------------------------------------------------------


@dataclass(frozen=True)
class UnitWork:
    """One unit's report of a month, for who may file on its behalf."""

    unit: ReportingUnit
    report: MonthlyReport | None
    state: State
    n_due: int
    n_answered: int


@dataclass(frozen=True)
class UnitsPage:
    period: ReportingMonth
    months: list[date]
    units: list[UnitWork]
    due: str
    is_overdue: bool


def units_page(period: ReportingMonth, *, today: date) -> UnitsPage:
    """Return every unit directly under the nation that files, and the nation with the ministry's own milestones."""
    assigned = Assignment.objects.filter(plan_id=period.plan_id, unit__level=1).values_list(
        "unit_id", "indicator__frequency"
    )
    n_due: dict[int, int] = {}
    for unit_id, frequency in assigned:
        n_due[unit_id] = n_due.get(unit_id, 0) + period.is_due(frequency)
    reports = MonthlyReport.objects.filter(period=period, unit__level__lte=1).select_related("period", "unit", "filing")
    by_unit = {report.unit_id: report for report in reports}
    answered = Figure.objects.filter(filing__report__in=reports, filing=facts.CURRENT_FILING).exclude(
        state=FigureState.NOT_REPORTED, note=""
    )
    n_answered: dict[int, int] = {}
    for unit_id in answered.values_list("filing__report__unit_id", flat=True):
        n_answered[unit_id] = n_answered.get(unit_id, 0) + 1
    nation = permissions.national_unit()
    n_national = Milestone.objects.filter(item__plan_id=period.plan_id).filed_by(nation).count()
    if n_national:
        n_due[nation.pk] = n_national
        n_answered[nation.pk] = sum(_n_stated(reports.filter(unit=nation)).values())
    units = ReportingUnit.objects.filter(pk__in=n_due).order_by("position", "code")
    opened = ReportingMonth.objects.filter(opens_on__lte=today).order_by("-month").values_list("month", flat=True)
    return UnitsPage(
        period=period,
        months=list(opened),
        units=[
            UnitWork(
                unit,
                by_unit.get(unit.pk),
                _unit_state(by_unit.get(unit.pk), n_answered.get(unit.pk, 0)),
                n_due[unit.pk],
                n_answered.get(unit.pk, 0),
            )
            for unit in units
        ],
        due=due_words(period, today),
        is_overdue=period.is_overdue_on(today),
    )


def _unit_state(report: MonthlyReport | None, n_answered: int) -> State:
    if report is not None and report.status in _STATES:
        return _STATES[ReportStatus(report.status)]
    return FILLED if n_answered else UNTOUCHED
