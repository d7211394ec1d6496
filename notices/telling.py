"""Tells people: a notice stands or falls with the transaction of the act it is about, and is written once per event."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from accounts import permissions
from accounts.models import ReportingUnit, Role, User
from notices import outbox
from notices.models import TASK_KINDS, URGENT_KINDS, Notice, NoticeKind
from notices.preferences import unwanted
from notices.sentences import check_words

#: Rows per statement.
BATCH = 2_000


@dataclass(frozen=True)
class Letter:
    """What is said to some people of one event: where it leads, what it is about, and the words of its sentence."""

    recipients: Collection[int]
    key: str
    path: str
    words: Mapping[str, str]
    subject: str = ""
    #: The tasks, where it tells of several; each may be done by itself.
    subjects: Collection[str] = ()


def tell(kind: NoticeKind, letters: Iterable[Letter], *, now: datetime) -> None:
    """Write one notice per person and event, and its mail where it is urgent; who was told is not told again.

    A fixed number of statements, in the caller's transaction.

    :raises ValueError: a letter's words are not those of the kind (`sentences.words_of`).
    """
    letters = list(letters)
    for letter in letters:
        check_words(kind, letter.words)
    people = {person for letter in letters for person in letter.recipients}
    if not people:
        return
    declined = unwanted(kind, people)
    mailed = _mailed_at_once(kind, people - declined.by_mail)
    rows, mails = [], []
    for letter in letters:
        recipients = sorted(set(letter.recipients))
        queued = outbox.queue([one for one in recipients if one in mailed], f"{kind}:{letter.key}")
        mails += queued
        by_person = {mail.recipient_id: mail.pk for mail in queued}
        rows += [
            Notice(
                recipient_id=person,
                kind=kind,
                key=letter.key,
                subject=letter.subject,
                open_subjects=sorted(letter.subjects),
                path=letter.path,
                words=dict(letter.words),
                created_at=now,
                in_inbox=person not in declined.by_inbox,
                mail_id=by_person.get(person),
            )
            for person in recipients
        ]
    if mails:
        outbox.keep(mails)
    Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)


def _mailed_at_once(kind: NoticeKind, people: Collection[int]) -> set[int]:
    """Return who gets a mail of their own: nobody but for urgent kinds, and only where mail is set up."""
    if kind not in URGENT_KINDS or not settings.MAIL_ON:
        return set()
    return set(outbox.reachable().filter(pk__in=people).values_list("pk", flat=True))


def tell_security(*, key: str, path: str, file: str, by: User, now: datetime) -> None:
    """Tell the security administrators of a file that was put into quarantine."""
    recipients = permissions.holders(Role.SECURITY_ADMIN)
    letter = Letter(recipients, key=key, path=path, words={"file": file, **naming_person(by)})
    tell(NoticeKind.SECURITY, [letter], now=now)


def tell_one(kind: NoticeKind, person: User, *, key: str, path: str, file: str, now: datetime) -> None:
    """Tell one person what became of a file they sent."""
    tell(kind, [Letter([person.pk], key=key, path=path, words={"file": file})], now=now)


def settle(subject: str, *, now: datetime) -> None:
    """Note that what was asked is done: nothing about it is new any more, and no mail is sent."""
    settle_all([subject], now=now)


def settle_all(subjects: Collection[str], *, now: datetime) -> None:
    """Note the same of several matters at once."""
    if subjects:
        open_tasks = Notice.objects.filter(subject__in=subjects, kind__in=TASK_KINDS, settled_at=None)
        open_tasks.update(settled_at=now)


def settle_parts(subjects: Collection[str], *, now: datetime) -> None:
    """Note the same where one notice tells of several matters: the last one done settles it."""
    done = set(subjects)
    held = Notice.objects.select_for_update().filter(
        kind__in=TASK_KINDS, settled_at=None, open_subjects__overlap=sorted(done)
    )
    notices = list(held.order_by("pk")) if done else []
    for notice in notices:
        notice.open_subjects = [one for one in notice.open_subjects if one not in done]
        notice.settled_at = None if notice.open_subjects else now
    Notice.objects.bulk_update(notices, ["open_subjects", "settled_at"], batch_size=BATCH)


def mark_read(person: User, *, now: datetime, only: Collection[int] | None = None) -> int:
    """Mark the person's notices as read, all or only those named; return how many were new."""
    notices = Notice.objects.visible_to(person).filter(read_at=None)
    if only is not None:
        notices = notices.filter(pk__in=only)
    return notices.update(read_at=now)


def naming_unit(unit: ReportingUnit) -> dict[str, str]:
    """Return the words that name a unit in both languages."""
    return {"unit": unit.short_name, "unit_en": unit.name_en}


def naming_person(person: User) -> dict[str, str]:
    """Return the words that name a person in both languages."""
    name = person.display_name or person.username
    return {"by": name, "by_en": person.display_name_en or name}
