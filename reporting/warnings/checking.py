"""Judges what changed: at the next reader, after a publication, and whenever `check_warnings` runs.

Folds note the units whose totals they changed; a check takes the notes, holds the rules against these units and
writes what is new. Checking twice changes nothing. Silence needs a day to pass, and a changed rule concerns everybody:
then the whole plan is judged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Max
from django.dispatch import receiver

from reporting import totals
from reporting.warnings import telling
from reporting.warnings.facts import Facts, Judged, Key
from reporting.warnings.models import EarlyWarning, UncheckedUnit, WarningCheck, WarningEvent, WarningRule
from reporting.warnings.states import Finding, Standing, State, Step, step
from submissions.signals import month_published
from targets.models import Plan
from workplan.lib import clock

#: Advisory lock: one check, or one answer, at a time.
LOCK = 727003
BATCH = 2_000

_TAKE = "DELETE FROM reporting_uncheckedunit WHERE plan_id = %s RETURNING unit_id"


@dataclass
class Outcome:
    """What a check wrote."""

    events: list[WarningEvent] = field(default_factory=list)

    def count(self, kind: str) -> int:
        return sum(event.kind == kind for event in self.events)


def refresh() -> None:
    """Judge what changed since the last check; every reader of warnings calls it first."""
    totals.refresh()
    now = clock.now()
    rules_as_of = WarningRule.objects.aggregate(newest=Max("changed_at"))["newest"]
    if rules_as_of is None:
        return
    plans = Plan.objects.filter(year__in=(now.year, now.year - 1))
    for plan in plans.exclude(warning_check__checked_on=now.date(), warning_check__rules_as_of=rules_as_of):
        check(plan, now=now)
    for plan in Plan.objects.filter(pk__in=UncheckedUnit.objects.values("plan")):
        check_changed(plan, now=now)


@receiver(month_published)
def refresh_after_publication(**_signal: object) -> None:
    """Judge what a publication made of the month, once it stands."""
    transaction.on_commit(refresh, robust=True)


@transaction.atomic
def check_changed(plan: Plan, *, now: datetime) -> Outcome:
    """Judge the units whose totals changed."""
    hold()
    return Round(plan, take_notes(plan)).judge(now=now)


@transaction.atomic
def check(plan: Plan, *, now: datetime) -> Outcome:
    """Judge every unit of the plan, and note that it was done."""
    hold()
    take_notes(plan)
    outcome = Round(plan).judge(now=now)
    note_check(plan, now=now)
    return outcome


def note_check(plan: Plan, *, now: datetime) -> None:
    """Note that the whole plan was judged today by the rules as they are."""
    rules_as_of = WarningRule.objects.aggregate(newest=Max("changed_at"))["newest"]
    if rules_as_of is not None:
        WarningCheck.objects.update_or_create(
            plan=plan, defaults={"checked_on": now.date(), "rules_as_of": rules_as_of}
        )


def hold() -> None:
    """Keep others from writing warnings until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def take_notes(plan: Plan) -> set[int]:
    """Return the units whose totals changed since the last check (ids); they are taken as judged."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [plan.pk])
        return {unit_id for (unit_id,) in cursor.fetchall()}


class Round:
    """The facts of some units, read once, and what stands of their warnings; judged up to a month, perhaps again."""

    def __init__(self, plan: Plan, units: Iterable[int] | None = None) -> None:
        self.facts = Facts(plan, units)
        self.judged = list(self.facts.judged())
        self.rules = {rule.pk: rule for rule in self.facts.rules}
        self.newest: dict[Key, EarlyWarning] = {}
        self.reread()

    def reread(self) -> None:
        """Read again what stands of the warnings, after somebody answered one."""
        stored = EarlyWarning.objects.filter(plan=self.facts.plan, unit__in=self.facts.units).order_by("episode")
        self.newest = {(one.rule_id, one.unit_id, one.indicator_id): self._known(one) for one in stored}

    def judge(self, *, now: datetime, through: date | None = None) -> Outcome:
        """Take every warning as far as the figures go, write it, and tell the people of what is new or over.

        :param through: the last month to judge; without it the newest that anything is known of.
        """
        written: dict[Key, list[WarningEvent]] = defaultdict(list)
        for judged in self.judged:
            for finding in judged.findings:
                if _is_known(finding, now.date(), through):
                    self._take(judged, finding, now, written[judged.key])
        outcome = Outcome(events=[event for events in written.values() for event in events])
        if outcome.events:
            self._write({key: events for key, events in written.items() if events})
            telling.tell_of(outcome.events, now=now)
        return outcome

    def _take(self, judged: Judged, finding: Finding, now: datetime, events: list[WarningEvent]) -> None:
        warning = self.newest.get(judged.key)
        taken = step(_standing(warning), finding, worse_by=self.rules[judged.key[0]].worse_by)
        if taken is None:
            return
        if warning is None or warning.state == State.CLOSED:
            warning = self._opened(judged.key, finding, 1 if warning is None else warning.episode + 1)
            self.newest[judged.key] = warning
        _move(warning, finding, taken)
        events.append(_event(warning, finding, taken, now))

    def _known(self, warning: EarlyWarning) -> EarlyWarning:
        """Give a stored warning what is read already."""
        warning.rule, warning.unit = self.rules[warning.rule_id], self.facts.units[warning.unit_id]
        if warning.indicator_id is not None:
            warning.indicator = self.facts.indicators[warning.indicator_id]
        return warning

    def _opened(self, key: Key, finding: Finding, episode: int) -> EarlyWarning:
        rule_id, unit_id, indicator_id = key
        return EarlyWarning(
            plan=self.facts.plan,
            rule=self.rules[rule_id],
            unit=self.facts.units[unit_id],
            indicator=None if indicator_id is None else self.facts.indicators[indicator_id],
            episode=episode,
            first_month=finding.month,
        )

    def _write(self, written: dict[Key, list[WarningEvent]]) -> None:
        moved = {id(event.warning): event.warning for events in written.values() for event in events}
        fresh = [one for one in moved.values() if one.pk is None]
        known = [one for one in moved.values() if one.pk is not None]
        if known:  # first, so that one is over before the next of its kind begins
            fields = ["state", "month", "measured", "gravity", "accepted"]
            EarlyWarning.objects.bulk_update(known, fields, batch_size=BATCH)
        EarlyWarning.objects.bulk_create(fresh, batch_size=BATCH)
        events = [event for each in written.values() for event in each]
        WarningEvent.objects.bulk_create(events, batch_size=BATCH)


def _is_known(finding: Finding, today: date, through: date | None) -> bool:
    if through is not None and finding.month > through:
        return False
    return finding.known_on is None or finding.known_on <= today


def _standing(warning: EarlyWarning | None) -> Standing | None:
    if warning is None:
        return None
    return Standing(State(warning.state), warning.month, warning.measured, warning.accepted)


def _move(warning: EarlyWarning, finding: Finding, taken: Step) -> None:
    _event_kind, state = taken
    warning.state, warning.month = state.value, finding.month
    warning.measured, warning.gravity = finding.measured, finding.gravity
    if state != State.ACKNOWLEDGED:
        warning.accepted = None


def _event(warning: EarlyWarning, finding: Finding, taken: Step, now: datetime) -> WarningEvent:
    kind, state = taken
    return WarningEvent(
        warning=warning,
        kind=kind.value,
        state=state.value,
        month=finding.month,
        measured=finding.measured,
        limit=finding.limit,
        inputs=dict(finding.inputs),
        at=now,
    )
