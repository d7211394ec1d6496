"""The outbox: mails are rows, written with the event they are about or gathered into the day's digest.

Nothing is sent here (`sending`). A row stands or falls with the transaction that tells of the event: what is rolled
back is never mailed, what is committed is not forgotten.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import User
from notices.models import MailKind, MailOut, Notice, Preference

#: Any fixed value will do; it keeps ids of ours apart from all others.
_NAMESPACE = uuid.UUID("6f1c2b62-3b0e-4c55-9d0a-2f0a1f6f7a01")
#: Older news is in the inbox and stays there: nobody gets a flood when mail is switched on.
FRESH = timedelta(days=7)
BATCH = 2_000


def id_of(recipient: int, key: str) -> uuid.UUID:
    """Return the id of the one mail to the person about the event.

    >>> id_of(7, "digest:2007-10-12") == id_of(7, "digest:2007-10-12") != id_of(8, "digest:2007-10-12")
    True
    """
    return uuid.uuid5(_NAMESPACE, f"{recipient}:{key}")


def reachable() -> QuerySet[User]:
    """Return the people who have an address and an open account."""
    return User.objects.filter(is_active=True).exclude(email="")


def queue(people: Iterable[int], key: str) -> list[MailOut]:
    """Return the mails, unsaved, that tell these people of an event at once."""
    return [_mail(MailKind.URGENT, person, key) for person in people]


def keep(mails: Collection[MailOut]) -> None:
    """Write mails; one that is there already stays as it is."""
    MailOut.objects.bulk_create(mails, ignore_conflicts=True, batch_size=BATCH)


def gather_digests(*, now: datetime) -> int:
    """Write the day's digest of everybody who has news, once the hour has come; return how many.

    A digest holds what is neither read nor done, in no mail yet, and wanted by mail. Asked again the same day,
    whoever has a digest gets no second.
    """
    if now.hour < settings.MAIL_DIGEST_HOUR:
        return 0
    key = f"digest:{now.date()}"
    with transaction.atomic():
        held = MailOut.objects.filter(key=key).values("recipient")
        rows = _not_mailed(now).exclude(recipient__in=held).values_list("recipient_id", "pk")
        news: dict[int, list[int]] = {}
        for person, notice in rows:
            news.setdefault(person, []).append(notice)
        mails = [_mail(MailKind.DIGEST, person, key) for person in news]
        MailOut.objects.bulk_create(mails, batch_size=BATCH)
        carried = [Notice(pk=notice, mail_id=mail.pk) for mail in mails for notice in news[mail.recipient_id]]
        Notice.objects.bulk_update(carried, ["mail"], batch_size=BATCH)
    return len(mails)


def _not_mailed(now: datetime) -> QuerySet[Notice]:
    unwanted = Preference.objects.filter(person=OuterRef("recipient"), kind=OuterRef("kind"), by_mail=False)
    news = Notice.objects.unread().filter(mail=None, created_at__gt=now - FRESH, recipient__in=reachable())
    return news.exclude(Exists(unwanted)).order_by("recipient_id", "id")


def _mail(kind: MailKind, person: int, key: str) -> MailOut:
    at = timezone.now()
    return MailOut(id=id_of(person, key), recipient_id=person, kind=kind, key=key, created_at=at, next_at=at)
