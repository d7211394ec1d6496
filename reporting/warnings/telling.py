"""Who is told of a warning: those who file for the unit, and the ministry's reviewers. No figure is told.

What one check finds is told to each person at once: one notice, be it of one warning or of twenty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.models import Role
from notices import telling
from notices.models import TASK_KINDS, NoticeKind
from notices.telling import Letter, naming_person, naming_unit
from reporting.warnings.models import EarlyWarning, WarningEvent
from reporting.warnings.states import Event, State

#: What calls for a measure.
_CALLS = frozenset({Event.OPENED, Event.WORSENED, Event.RELAPSED})
#: So many warnings a notice of several names.
NAMED = 3


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
    _settle([event.warning for event in over], now=now)
    telling.tell(NoticeKind.WARNED, _letters(NoticeKind.WARNED, called, recipients), now=now)
    telling.tell(NoticeKind.WARNING_OVER, _letters(NoticeKind.WARNING_OVER, over, recipients), now=now)


def tell_of_answer(event: WarningEvent, *, now: datetime) -> None:
    """Tell everybody concerned but who wrote it that a measure was entered; the call for one is settled."""
    _settle([event.warning], now=now)
    people = _recipients([event.warning])[event.warning.unit_id] - {event.by_id}
    words = naming_unit(event.warning.unit) | _naming_rule(event.warning) | naming_person(event.by)
    telling.tell(NoticeKind.WARNING_ANSWERED, [_letter(event, people, words)], now=now)


def subject_of(warning: EarlyWarning) -> str:
    return f"warning:{warning.pk}"


def _settle(warnings: Iterable[EarlyWarning], *, now: datetime) -> None:
    subjects = [subject_of(one) for one in warnings]
    telling.settle_all(subjects, now=now)
    telling.settle_parts(subjects, now=now)


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


# Letters ---------------------------------------------------------------------------------------


def _letters(kind: NoticeKind, events: Sequence[WarningEvent], recipients: Mapping[int, set[int]]) -> Iterator[Letter]:
    """Yield one letter for all whom the same warnings concern."""
    of_person: dict[int, list[WarningEvent]] = defaultdict(list)
    for event in _worst_first(events):
        for person in recipients[event.warning.unit_id]:
            of_person[person].append(event)
    concerned: dict[tuple[int, ...], set[int]] = defaultdict(set)
    for person, concerning in of_person.items():
        concerned[tuple(event.pk for event in concerning)].add(person)
    by_pk = {event.pk: event for event in events}
    for keys, people in concerned.items():
        told = [by_pk[key] for key in keys]
        yield _letter(told[0], people) if len(told) == 1 else _letter_of_several(kind, told, people)


def _worst_first(events: Iterable[WarningEvent]) -> list[WarningEvent]:
    """Order by gravity; rules measure in units of their own, so the worst of each rule comes before its second."""
    by_rule: dict[str, list[WarningEvent]] = defaultdict(list)
    for event in events:
        by_rule[event.warning.rule.code].append(event)
    placed = [
        (place, code, event)
        for code, of_rule in by_rule.items()
        for place, event in enumerate(sorted(of_rule, key=_gravest))
    ]
    return [event for _place, _code, event in sorted(placed, key=lambda one: one[:2])]


def _gravest(event: WarningEvent) -> tuple[object, ...]:
    return (-event.warning.gravity, event.warning.unit.position, event.warning.unit.code, event.pk)


def _letter(event: WarningEvent, people: set[int], words: dict[str, str] | None = None) -> Letter:
    warning = event.warning
    return Letter(
        people,
        key=f"warningevent:{event.pk}",
        subject=subject_of(warning),
        path=reverse("reporting:warning", args=[warning.pk]),
        words=words or naming_unit(warning.unit) | _naming_rule(warning) | {"month": f"{event.month:%Y-%m-%d}"},
    )


def _letter_of_several(kind: NoticeKind, events: Sequence[WarningEvent], people: set[int]) -> Letter:
    """Return the letter that counts the warnings, names the worst and leads to the list."""
    return Letter(
        people,
        key=f"warningevents:{max(event.pk for event in events)}",
        subject="warnings",
        subjects=[subject_of(event.warning) for event in events] if kind in TASK_KINDS else [],
        path=_list_of(events),
        words={"n": str(len(events)), "first": _first_of(events, "zh-hans"), "first_en": _first_of(events, "en")},
    )


def _list_of(events: Sequence[WarningEvent]) -> str:
    """Return the address of the list, narrowed to what all the warnings share: that they are over, and the unit."""
    units = {event.warning.unit.code for event in events}
    shared = {
        "state": State.CLOSED if events[0].state == State.CLOSED else "",
        "unit": units.pop() if len(units) == 1 else "",
    }
    query = urlencode({name: text for name, text in shared.items() if text})
    return reverse("reporting:warnings") + (f"?{query}" if query else "")


def _first_of(events: Sequence[WarningEvent], language: str) -> str:
    """Name the first warnings in a language, by unit and rule."""
    with translation.override(language):
        names = [
            _("%(unit)s“%(rule)s”") % {"unit": event.warning.unit.label, "rule": event.warning.rule.label}
            for event in events[:NAMED]
        ]
        listed = _("、").join(names)
        return listed if len(events) <= NAMED else _("%(listed)s等") % {"listed": listed}


def _naming_rule(warning: EarlyWarning) -> dict[str, str]:
    return {"rule": warning.rule.name, "rule_en": warning.rule.name_en}
