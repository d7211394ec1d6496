"""Refused steps leave a trace too: who tried what with which report, at which version, and what kept them from it.

What was merely typed wrong (400) is no attempt at the workflow and leaves none; what no page of ours sends does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial, wraps
from typing import ParamSpec, cast

from django.db import DatabaseError, transaction

from accounts import audit
from accounts.audit_words import REFUSED
from accounts.models import ReportingUnit, User
from submissions.models import MonthlyReport, Verb
from targets import periods
from workplan.lib.problems import RequestRefused
from workplan.lib.refusals import Refused

logger = logging.getLogger(__name__)

BAD_INPUT = 400
Given = ParamSpec("Given")
Step = Callable[Given, MonthlyReport]


def step(verb: str) -> Callable[[Step[Given]], Step[Given]]:
    """Make a service one transaction, and record its refusal once that is undone."""

    def decorated(act: Step[Given]) -> Step[Given]:
        @wraps(act)
        def taken(*args: Given.args, **kwargs: Given.kwargs) -> MonthlyReport:
            by, version = cast(User, kwargs["by"]), cast(int, kwargs["version"])
            with watched(verb, cast(MonthlyReport, args[0]), by=by, version=version), transaction.atomic():
                return act(*args, **kwargs)

        return taken

    return decorated


@contextmanager
def watched(verb: str, report: MonthlyReport, *, by: User, version: int) -> Iterator[None]:
    """Record a refusal of the step, once, and pass it on."""
    try:
        yield
    except Refused as refusal:
        note(refusal, verb, report, by=by, version=version)
        raise


def note(refusal: Refused, verb: str, report: MonthlyReport, *, by: User, version: int) -> None:
    """Append `report.<verb>.refused`, unless the refusal is of mere input; a trail that fails spoils no answer.

    The refusal keeps how to do so again: a transaction around the step may undo the entry along with the step.
    """
    if refusal.http_status == BAD_INPUT:
        return
    details: dict[str, object] = {
        "unit": report.unit.code,
        "month": periods.format_month(report.period_id),
        "version": version,
        "code": refusal.code,
    }
    refusal.leave_trace = partial(_append, _action(verb), None if report.pk is None else report, by, details)
    refusal.leave_trace()


#: Faults that whoever fills in a page cannot cause. An answer to a finding that is gone meanwhile is none.
FORGED = frozenset(
    {
        "another_person", "field_not_used", "unknown_cell", "unknown_field", "unknown_indicator", "unknown_milestone",
        "unknown_part",
    }
)  # fmt: skip
#: So many of the names sent are kept.
MOST_NAMES = 20


def note_forged(
    refusal: Refused, unit: ReportingUnit | None, *, by: User, month: date | None = None, action: str = ""
) -> None:
    """Append one `report.save.refused`, or the action's, where what was sent is nothing a page of ours sends (F-27)."""
    faults = [one for one in refusal.errors() if isinstance(refusal, RequestRefused) or str(one.get("code")) in FORGED]
    if not faults:
        return
    details = {
        "unit": "" if unit is None else unit.code,
        "month": "" if month is None else periods.format_month(month),
        "code": str(faults[0]["code"]),
        "fields": [str(one["pointer"]) for one in faults[:MOST_NAMES] if "pointer" in one],
    }
    _append(action or _action(Verb.SAVE), None, by, details)


def _action(verb: str) -> str:
    return f"report.{verb.lower()}"


def _append(action: str, report: MonthlyReport | None, by: User, details: dict[str, object]) -> None:
    try:
        with transaction.atomic():
            audit.record(f"{action}{REFUSED}", by=by, obj=report, details=details)
    except DatabaseError:
        logger.exception("The refusal of %s could not be recorded: %s", action, details)
