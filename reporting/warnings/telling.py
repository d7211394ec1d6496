"""Who is told of a warning: those who file for the unit, and the ministry's reviewers. No figure is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from accounts import permissions
from accounts.models import Role
from notices import telling
from notices.models import NoticeKind
from notices.telling import Letter, naming_person, naming_unit
from reporting.warnings.models import EarlyWarning, WarningEvent
from reporting.warnings.states import Event, State

#: What calls for a measure.
_CALLS = frozenset({Event.OPENED, Event.WORSENED, Event.RELAPSED})


def tell_of(events: Iterable[WarningEvent], *, now: datetime) -> None:
    """Tell of warnings that a check left open, and of those that were known and are over; a fixed number of statements.

    What came and went within the check, as when a year is judged for the first time, is in the history alone.
    """
    by_warning: dict[int, list[WarningEvent]] = {}
    for event in events:
        by_warning.setdefault(event.warning_id, []).append(event)
    called = [last for last in map(_newest_call, by_warning.values()) if last is not None]
    over = [each[-1] for each in by_warning.values() if each[-1].state == State.CLOSED and each[0].kind != Event.OPENED]
    if not called and not over:
        return
    recipients = _recipients(event.warning for event in [*called, *over])
    telling.settle_all([subject_of(event.warning) for event in over], now=now)
    telling.tell(NoticeKind.WARNED, [_letter(event, recipients) for event in called], now=now)
    telling.tell(NoticeKind.WARNING_OVER, [_letter(event, recipients) for event in over], now=now)


def tell_of_answer(event: WarningEvent, *, now: datetime) -> None:
    """Tell everybody concerned but who wrote it that a measure was entered; the call for one is settled."""
    telling.settle(subject_of(event.warning), now=now)
    recipients = _recipients([event.warning])
    recipients[event.warning.unit_id] -= {event.by_id}
    words = naming_unit(event.warning.unit) | _naming_rule(event.warning) | naming_person(event.by)
    telling.tell(NoticeKind.WARNING_ANSWERED, [_letter(event, recipients, words)], now=now)


def subject_of(warning: EarlyWarning) -> str:
    return f"warning:{warning.pk}"


def _newest_call(events: list[WarningEvent]) -> WarningEvent | None:
    """Return the newest event that calls for a measure where the warning was left open."""
    if events[-1].state != State.OPEN:
        return None
    return next((event for event in reversed(events) if event.kind in _CALLS), None)


def _recipients(warnings: Iterable[EarlyWarning]) -> dict[int, set[int]]:
    """Return whom to tell by unit (ids)."""
    people = permissions.bureau_people({warning.unit for warning in warnings})
    ministry = permissions.holders(Role.MINISTRY_REVIEWER)
    return {unit_id: own | ministry for unit_id, own in people.items()}


def _letter(event: WarningEvent, recipients: dict[int, set[int]], words: dict[str, str] | None = None) -> Letter:
    warning = event.warning
    return Letter(
        recipients[warning.unit_id],
        key=f"warningevent:{event.pk}",
        subject=subject_of(warning),
        path=reverse("reporting:warning", args=[warning.pk]),
        words=words or naming_unit(warning.unit) | _naming_rule(warning) | {"month": f"{event.month:%Y-%m-%d}"},
    )


def _naming_rule(warning: EarlyWarning) -> dict[str, str]:
    return {"rule": warning.rule.name, "rule_en": warning.rule.name_en}
