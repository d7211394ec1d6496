"""Refused steps leave a trace too: who tried what with which report, at which version, and what kept them from it.

What was merely typed wrong (400) is no attempt at the workflow and leaves none.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, cast

from django.db import DatabaseError, transaction

from accounts import audit
from accounts.audit_words import REFUSED
from accounts.models import User
from submissions.models import MonthlyReport
from targets import periods
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
    details = {
        "unit": report.unit.code,
        "month": periods.format_month(report.period_id),
        "version": version,
        "code": refusal.code,
    }

    def record() -> None:
        try:
            with transaction.atomic():
                obj = None if report.pk is None else report
                audit.record(f"report.{verb.lower()}{REFUSED}", by=by, obj=obj, details=details)
        except DatabaseError:
            logger.exception("The refusal of %s could not be recorded: %s", verb, details)

    refusal.leave_trace = record
    record()
