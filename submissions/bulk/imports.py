"""An import from beginning to end: read, planned, written, told. REST, pages, jobs and commands call `run`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy, gettext_noop

from accounts import permissions
from accounts.models import User
from submissions.batches import DraftChange, save_drafts
from submissions.bulk.plan import Mode, Plan, ReportPlan, plan_import
from submissions.bulk.rows import Source
from submissions.bulk.strategy import Strategy
from submissions.services import StaleVersion
from workplan.lib.refusals import Refused
from workplan.lib.words import Said

#: Somebody else saves one of the reports between our reading and our writing: we read again, so many times.
ATTEMPTS = 3
#: So many changes are remembered, to show what a checked file would do.
PREVIEWED = 20


class MayNotFile(Refused):
    """The person files for nobody."""

    code = "not_permitted"
    http_status = 403


@dataclass(frozen=True)
class Options:
    """What was asked for beside the rows."""

    dry_run: bool = False
    strategy: Strategy = Strategy.BOTH
    mode: Mode = Mode.WHOLE


@dataclass(frozen=True)
class Outcome:
    """What an import did, or would do."""

    plan: Plan
    counts: Mapping[str, int]

    @property
    def is_refused(self) -> bool:
        return bool(self.plan.faults)

    def as_answer(self) -> dict[str, object]:
        """Return what programs are told; notes only where there is something to note."""
        notes = [*self.plan.notes, *(_told(one.row.number, one.column, one.message) for one in self.plan.row_notes)]
        errors = [fault.as_fault() for fault in self.plan.faults]
        return {**self.counts, "errors": errors, **({"notes": notes} if notes else {})}


def _told(number: int, column: str, message: str) -> str:
    return Said(
        gettext_noop("第 %(row)s 行 %(column)s：%(message)s"), {"row": number, "column": column, "message": message}
    )


def refused_sentence(count: int) -> str:
    """Return what is said above the single faults."""
    return Said(gettext_noop("有 %(count)s 处不能导入。请按所列的行和列更正后重新发送。"), {"count": count})


def check_person(person: permissions.Person) -> None:
    """Refuse who files for nobody.

    :raises MayNotFile: neither clerk nor lead nor the ministry's reviewer.
    """
    if not permissions.may_file_at_all(person):
        raise MayNotFile(gettext_lazy("您的角色不填报数据，不能导入。"))


def run(
    source: Source,
    options: Options,
    *,
    by: User,
    now: datetime,
    origin: Mapping[str, object] | None = None,
    tick: Callable[[int], None] = lambda done: None,
) -> Outcome:
    """Import the rows, whole or not at all (or, in partial mode, report by report); a dry run only tells.

    :raises MayNotFile: the person files for nobody.
    :raises StaleVersion: others kept saving the same reports meanwhile.
    """
    check_person(by)
    for attempt in range(1, ATTEMPTS + 1):
        progress = _Progress(tick)
        writer = _Writer(options, partial(save_drafts, by=by, now=now, origin=origin, step=progress.again))
        plan_with = partial(plan_import, source, by=by, today=now.date(), strategy=options.strategy, tick=progress)
        try:
            plan = _written(plan_with, writer)
        except StaleVersion:
            if attempt == ATTEMPTS:
                raise
        else:
            return Outcome(plan, plan.counts(options.mode))
    raise AssertionError("unreachable: the last attempt returns or raises")


class _Void(Exception):
    """A whole import met a fault after some of its months were written: none of it stands."""


def _written(plan_with: Callable[..., Plan], writer: _Writer) -> Plan:
    """Return the plan, written month by month in one transaction; of a whole import with a fault nothing stands."""
    with suppress(_Void), transaction.atomic():
        plan = plan_with(settle=writer.settle)
        if plan.faults and writer.is_whole:
            raise _Void
    return plan


class _Progress:
    """Passes on how many rows are done, and says it again while a month is written."""

    def __init__(self, tick: Callable[[int], None]) -> None:
        self._tick, self._done = tick, 0

    def __call__(self, done: int) -> None:
        self._done = done
        self._tick(done)

    def again(self) -> None:
        self._tick(self._done)


class _Writer:
    """Writes each month's reports once they are planned and lets go of them: memory holds one month's figures."""

    def __init__(self, options: Options, save: Callable[[Sequence[DraftChange]], object]) -> None:
        self.is_whole = options.mode == Mode.WHOLE
        self._is_dry_run, self._save = options.dry_run, save
        self._shown = 0

    def settle(self, reports: Sequence[ReportPlan], is_faulty: bool) -> None:  # noqa: FBT001 -- as `plan_import` calls
        """Write the month unless it is a dry run or nothing will stand anyway."""
        if not self._is_dry_run and not (self.is_whole and is_faulty):
            self._save([one.draft for one in reports if one.is_changed and not one.faults])
        for one in reports:
            one.forget(but=max(0, PREVIEWED - self._shown))
            self._shown += len(one.changes)
