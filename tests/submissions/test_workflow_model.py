"""People at random on two months of one unit, held against a model of the workflow (acceptance.md A.2.1, G-05).

The same 200 walks of 30 steps every time; WORKPLAN_MODEL=2000x50 draws longer ones anew (CONTRIBUTING.md).
Everything is held after every fifth step and at the end of a walk, in the longer ones after every step.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.models import AuditEntry
from reporting import totals
from reporting.models import SnapshotRow, Total
from submissions import blocking, calendar, services
from submissions.intake import FigureInput
from submissions.models import Decision, Explanation, Figure, Filing, MonthlyReport
from submissions.models import ReportStatus as S
from tests import factories
from tests.depth import times
from tests.factories import shanghai
from workplan.lib.refusals import Refused

LONGER = os.environ.get("WORKPLAN_MODEL")
RUNS, STEPS = (int(number) for number in (LONGER or f"{times(200)}x30").split("x"))
HOLD_EVERY = 1 if LONGER else 5
MONTHS = (8, 9)
#: What each person may do, written down a second time: the model knows nothing of `permissions` or `workflow`.
RIGHTS = {
    "clerk": {"save"},
    "lead": {"save", "submit", "withdraw", "correct"},
    "one": {"save", "submit", "withdraw", "correct", "approve", "return", "reopen"},
    "two": {"save", "submit", "withdraw", "correct", "approve", "return", "reopen"},
    "neighbour": set(),
}
PUBLISHERS = {"one", "two"}
FROM = {
    "save": {S.DRAFT, S.RETURNED},
    "submit": {S.DRAFT, S.RETURNED},
    "withdraw": {S.SUBMITTED},
    "approve": {S.SUBMITTED},
    "return": {S.SUBMITTED},
    "correct": {S.APPROVED},
    "reopen": {S.APPROVED},
}
TO = {"submit": S.SUBMITTED, "withdraw": S.DRAFT, "approve": S.APPROVED, "return": S.RETURNED, "correct": S.DRAFT}
WHY = {"V01:T01": "核实无误，属实。", "V03:T01": "上月误填累计，已核。"}

months = st.sampled_from(MONTHS)
persons = st.sampled_from(sorted(RIGHTS))
#: The version seen is mostly the current one.
behind = st.sampled_from([0, 0, 0, 0, 1])
amounts = st.integers(min_value=0, max_value=9).map(Decimal)


@dataclass
class Case:
    """One report as it should stand."""

    status: str = S.DRAFT
    version: int = 0
    submitter: str = ""
    value: Decimal | None = None
    approved: Decimal | None = None
    closed_at: datetime | None = None
    reopened_at: datetime | None = None
    #: What the month was published with: the unit's figure and the nation's; None while it is not.
    published: tuple[Decimal | None, Decimal] | None = None
    #: What each filing held when it was handed in, by its key.
    frozen: dict[int, Decimal | None] = field(default_factory=dict)

    @property
    def is_locked(self) -> bool:
        return self.closed_at is not None and (self.reopened_at is None or self.reopened_at < self.closed_at)

    def allows(self, verb: str, who: str) -> bool:
        if verb not in RIGHTS[who] or (self.is_locked and verb != "reopen"):
            return False
        if self.status not in FROM[verb]:
            return verb == "reopen" and self.is_locked
        return not (verb == "approve" and who == self.submitter)


@pytest.fixture
def world(db):
    """A unit that files one flow, its neighbour with 7 approved in both months, and everybody concerned."""
    unit, neighbour = factories.UnitFactory(code="440000"), factories.UnitFactory(code="230000")
    indicator = factories.IndicatorFactory(code="T01")
    for one in (unit, neighbour):
        factories.AssignmentFactory(unit=one, indicator=indicator)
    people = {
        "clerk": factories.person("CLERK", unit),
        "lead": factories.person("LEAD", unit),
        "one": factories.person("MINISTRY_REVIEWER"),
        "two": factories.person("MINISTRY_REVIEWER"),
        "neighbour": factories.person("LEAD", neighbour),
    }
    periods = {number: factories.MonthFactory(number=number) for number in MONTHS}
    for period in periods.values():
        factories.approved(
            neighbour, period, {"T01": "7"}, by=people["neighbour"], reviewer=people["one"], now=shanghai(2007, 10, 1)
        )
    totals.refresh()
    return SimpleNamespace(unit=unit, indicator=indicator, people=people, periods=periods)


class Reports(RuleBasedStateMachine):
    """Every step is tried by anybody at any time; what the model allows happens, everything else is refused."""

    world: ClassVar[SimpleNamespace]

    def __init__(self) -> None:
        super().__init__()
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.now = shanghai(2007, 10, 3)
        self.cases = {month: Case() for month in MONTHS}
        self.reports = {month: services.report_for(self.world.unit, self.world.periods[month]) for month in MONTHS}
        self.n_steps = 0
        self.n_before, self.n_accepted, self.n_refused = AuditEntry.objects.count(), 0, 0
        self.again: Callable[[], object] | None = None
        self.is_again_audited = False

    def teardown(self) -> None:
        try:
            self.hold_everything()
        finally:
            transaction.set_rollback(True)
            self.frame.__exit__(None, None, None)

    # What people do ------------------------------------------------------------------------------

    @rule(month=months, who=persons, value=amounts, behind=behind)
    def save(self, month: int, who: str, value: Decimal, behind: int) -> None:
        figure = FigureInput(self.world.indicator, "REPORTED", value)
        if self.take("save", services.save_draft, month, who, behind, figures=[figure]) is not None:
            self.cases[month].value = value

    @rule(month=months, who=persons, behind=behind, is_explained=st.booleans())
    def submit(self, month: int, who: str, behind: int, is_explained: bool) -> None:
        why = WHY if is_explained else {}
        report = self.take("submit", services.submit, month, who, behind, explanations=why)
        if report is None:
            return
        case = self.cases[month]
        case.submitter, case.frozen[report.filing_id] = who, case.value
        assert case.value is not None, "an empty figure was handed in"
        before = self.cases[8].value
        if month == 9 and before is not None and case.value < before:
            assert Explanation.objects.filter(filing=report.filing_id).exists(), "a falling total goes unexplained"

    @rule(month=months, who=persons, behind=behind)
    def withdraw(self, month: int, who: str, behind: int) -> None:
        self.take("withdraw", services.withdraw, month, who, behind)

    @rule(month=months, who=persons, behind=behind)
    def approve(self, month: int, who: str, behind: int) -> None:
        if self.take("approve", services.approve, month, who, behind) is not None:
            case = self.cases[month]
            case.approved, case.reopened_at = case.value, None

    @rule(month=months, who=persons, behind=behind)
    def send_back(self, month: int, who: str, behind: int) -> None:
        self.take("return", services.return_, month, who, behind, comment="请核对。")

    @rule(month=months, who=persons, behind=behind)
    def correct(self, month: int, who: str, behind: int) -> None:
        self.take("correct", services.correct, month, who, behind, comment="漏报一县")

    @rule(month=months, who=persons, behind=behind)
    def reopen(self, month: int, who: str, behind: int) -> None:
        was_approved = self.cases[month].status == S.APPROVED
        if self.take("reopen", services.reopen, month, who, behind, comment="与年报不一致") is not None:
            case = self.cases[month]
            case.reopened_at = self.now
            if was_approved:
                case.status = S.RETURNED

    @rule(month=months)
    def close(self, month: int) -> None:
        case = self.cases[month]
        if case.closed_at is not None:
            return
        self.now += timedelta(minutes=1)
        period = calendar.close_month(self.world.periods[month], by=self.world.people["one"], now=self.now)
        case.closed_at = period.closed_at
        self.n_accepted += 1

    @rule(month=months, who=persons)
    def publish(self, month: int, who: str) -> None:
        """Once, by the ministry; it moves no report, and what was shown then stays known whatever comes after."""
        case = self.cases[month]
        self.now += timedelta(minutes=1)
        try:
            calendar.publish_month(self.world.periods[month], by=self.world.people[who], now=self.now)
        except Refused:
            assert who not in PUBLISHERS or case.published is not None, f"{who} was kept from publishing"
            return
        assert who in PUBLISHERS, f"{who} published"
        assert case.published is None, "published twice"
        case.published = self.stands(month)
        self.n_accepted += 2  # the publication, and what it froze

    @rule()
    def repeat(self) -> None:
        """A request sent again changes nothing: its version is gone, or its step is."""
        if self.again is None:
            return
        with pytest.raises(Refused):
            self.again()
        self.n_refused += self.is_again_audited

    def take(self, verb: str, service: object, month: int, who: str, behind: int, **options: object) -> object:
        """Take one step as the person; return the report where it was taken, None where it was rightly refused."""
        case, world = self.cases[month], self.world
        self.now += timedelta(minutes=1)
        seen = case.version - behind
        report = self.reports[month]
        act = lambda: service(report, by=world.people[who], now=self.now, version=seen, **options)  # noqa: E731
        is_allowed, is_audited = case.allows(verb, who) and behind == 0, verb != "save"
        try:
            moved = act()
        except blocking.FindingsBlock:
            assert is_allowed
            assert verb == "submit"
            self.n_refused += 1
            return None
        except Refused:
            assert not is_allowed, f"{who} was kept from {verb}"
            self.n_refused += is_audited
            return None
        assert is_allowed, f"{who} slipped through with {verb}"
        self.reports[month] = moved
        case.version += 1
        case.status = TO.get(verb, case.status)
        self.n_accepted += 1
        self.again, self.is_again_audited = act, is_audited
        return moved

    # What always holds ---------------------------------------------------------------------------

    @invariant()
    def the_reports_stand_where_the_model_says(self) -> None:
        rows = MonthlyReport.objects.filter(unit=self.world.unit).values_list("period__month", "status", "version")
        stand = {month.month: (status, version) for month, status, version in rows}
        for month, case in self.cases.items():
            assert stand.get(month, (S.DRAFT, 0)) == (case.status, case.version)

    @invariant()
    def everything_holds_every_few_steps(self) -> None:
        self.n_steps += 1
        if self.n_steps % HOLD_EVERY == 0:
            self.hold_everything()

    def hold_everything(self) -> None:
        self.hold_filings()
        self.hold_decisions()
        self.hold_totals()
        self.hold_published()
        assert AuditEntry.objects.count() - self.n_before == self.n_accepted + self.n_refused
        stranger = self.world.people["neighbour"]
        seen = MonthlyReport.objects.visible_to(stranger).filter(unit=self.world.unit)
        assert not seen.exists()

    def hold_filings(self) -> None:
        """What was handed in is what it was, whatever came after; a correction names what it replaces, and why."""
        frozen = {key: value for case in self.cases.values() for key, value in case.frozen.items()}
        stored = Figure.objects.filter(filing__in=frozen).values_list("filing", "value")
        assert dict(stored) == frozen
        replacing = Filing.objects.filter(report__unit=self.world.unit, supersedes__isnull=False)
        assert all(
            one.reason and one.supersedes.outcome == "APPROVED" for one in replacing.select_related("supersedes")
        )

    def hold_decisions(self) -> None:
        """Four eyes, one approver per filing, bound to the version handed in; nothing newer than a closing."""
        decisions = list(
            Decision.objects.filter(report__unit=self.world.unit).select_related("filing", "report").order_by("id")
        )
        handed_in = {one.filing_id: one.version + 1 for one in decisions if one.verb == "SUBMIT"}
        approvals = [one for one in decisions if one.verb == "APPROVE"]
        assert len({one.filing_id for one in approvals}) == len(approvals)
        for one in approvals:
            assert one.by_id != one.filing.submitted_by_id
            assert one.by_id == one.filing.decided_by_id
            assert one.version >= handed_in[one.filing_id]
        for month, case in self.cases.items():
            later = [
                one.verb
                for one in decisions
                if case.closed_at and one.report.period_id.month == month and one.at > case.closed_at
            ]
            assert later[:1] in ([], ["REOPEN"])

    def hold_totals(self) -> None:
        """The nation is the sum of what is approved; what nobody approved is no number, never 0."""
        totals.refresh()
        rows = Total.objects.filter(
            indicator=self.world.indicator, month__in=[p.month for p in self.world.periods.values()]
        )
        told = {(one.unit.code, one.month.month): one.value for one in rows.select_related("unit")}
        for month in MONTHS:
            assert (told.get(("440000", month)), told["000000", month]) == self.stands(month)

    def hold_published(self) -> None:
        """A published month shows what was approved on that day, neither more nor less."""
        rows = SnapshotRow.objects.filter(indicator=self.world.indicator, unit__code__in=["440000", "000000"])
        shown = {
            (code, month.month): value for code, month, value in rows.values_list("unit__code", "snapshot", "value")
        }
        published = {month: case.published for month, case in self.cases.items() if case.published is not None}
        assert {month for _code, month in shown} == set(published)
        for month, figures in published.items():
            assert (shown.get(("440000", month)), shown["000000", month]) == figures

    def stands(self, month: int) -> tuple[Decimal | None, Decimal]:
        """Return what is approved by now: the unit's newest figure of the months so far, and the nation's."""
        approved = [self.cases[one].approved for one in MONTHS if one <= month]
        newest = next((value for value in reversed(approved) if value is not None), None)
        return newest, 7 + (newest or Decimal(0))


def test_nothing_people_do_breaks_the_invariants(world):
    Reports.world = world
    slow = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]

    run_state_machine_as_test(
        Reports,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            derandomize=not LONGER,
            deadline=None,
            database=None,
            suppress_health_check=slow,
        ),
    )
