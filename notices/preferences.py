"""What each person wants to be told of, and how; some kinds cannot be switched off."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from accounts import permissions
from accounts.models import Role, User
from notices.models import KEPT_MAILED, KEPT_SHOWN, URGENT_KINDS, NoticeKind, Preference

#: Kinds for those who guard the portal, and for those who take figures away; all others concern those who file.
_GUARDING = frozenset({NoticeKind.SECURITY})
_TAKING = frozenset({NoticeKind.EXPORT_READY, NoticeKind.EXPORT_FAILED, NoticeKind.EXPORT_ENDED})


@dataclass(frozen=True)
class Choice:
    """One kind as the person has it."""

    kind: NoticeKind
    by_inbox: bool
    by_mail: bool

    @property
    def keeps_inbox(self) -> bool:
        return self.kind in KEPT_SHOWN

    @property
    def keeps_mail(self) -> bool:
        return self.kind in KEPT_MAILED

    @property
    def is_urgent(self) -> bool:
        return self.kind in URGENT_KINDS


def choices_of(person: User) -> list[Choice]:
    """Return the kinds that can reach the person, each with what they want of it."""
    stored = {one.kind: one for one in Preference.objects.filter(person=person)}
    wanted = Preference(by_inbox=True, by_mail=True)
    return [
        Choice(kind, stored.get(kind, wanted).by_inbox, stored.get(kind, wanted).by_mail) for kind in kinds_for(person)
    ]


def kinds_for(person: User) -> list[NoticeKind]:
    guards = permissions.access(person).has(Role.SECURITY_ADMIN)
    takes = permissions.may_export(person)
    files = permissions.may_file_at_all(person)
    reached = dict.fromkeys(_GUARDING, guards) | dict.fromkeys(_TAKING, takes)
    return [kind for kind in NoticeKind if reached.get(kind, files)]


@transaction.atomic
def choose(person: User, *, by_inbox: Collection[str], by_mail: Collection[str], language: str) -> None:
    """Keep what the person wants: of the kinds that can reach them, these in the inbox and these by mail.

    What cannot be switched off stays on, whatever was sent.
    """
    rows = [
        Preference(
            person=person,
            kind=kind,
            by_inbox=kind in by_inbox or kind in KEPT_SHOWN,
            by_mail=kind in by_mail or kind in KEPT_MAILED,
        )
        for kind in kinds_for(person)
    ]
    Preference.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["person", "kind"],
        update_fields=["by_inbox", "by_mail"],
    )
    person.language = language
    person.save(update_fields=["language"])


@dataclass(frozen=True)
class Unwanted:
    """Who does not want a kind, by the way it would come."""

    by_inbox: frozenset[int]
    by_mail: frozenset[int]


def unwanted(kind: NoticeKind, people: Iterable[int]) -> Unwanted:
    """Return who of the people switched the kind off; one query, none for what nobody can switch off."""
    if kind in KEPT_SHOWN & KEPT_MAILED:
        return Unwanted(frozenset(), frozenset())
    rows = Preference.objects.filter(kind=kind, person__in=set(people))
    found: Mapping[int, tuple[bool, bool]] = {
        person: (inbox, mail) for person, inbox, mail in rows.values_list("person_id", "by_inbox", "by_mail")
    }
    return Unwanted(
        by_inbox=frozenset(person for person, (inbox, _mail) in found.items() if not inbox),
        by_mail=frozenset(person for person, (_inbox, mail) in found.items() if not mail),
    )
