"""Sends what waits in the outbox.

What is promised: every mail that is committed is handed to the gateway at least once, unless it is no longer needed
or refused for good; and once only, unless this process or its database ends between the gateway's yes and our note of
it. Then the mail goes out again under the same Message-ID. An attempt is noted, with the time of the next, before
it is made, by whoever finds it not yet noted: who dies in the middle neither loses the mail nor sends it in a circle,
and no other sender takes it up meanwhile. Of two senders at once an advisory lock lets one work.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import BadHeaderError
from django.utils import timezone

from notices import writing
from notices.models import MailOut, MailState, Notice, Preference

logger = logging.getLogger(__name__)

#: The advisory lock of the one sender that works; any number that no other part uses.
LOCK = 720_036_002
#: Minutes until the next attempt, by attempts made; the last holds on. Longer than any attempt takes.
_WAITS = (5, 10, 20, 40, 60)
#: So long a gateway may stay away.
_GIVEN_UP_AFTER = timedelta(days=7)
_PERMANENT = 500


@dataclass(frozen=True)
class Sent:
    """What became of one mail in a pass."""

    mail: MailOut
    state: MailState
    subject: str = ""
    error: str = ""


class GatewayDown(Exception):
    """The gateway does not answer, or answers nobody: the other mails need not be tried now."""


class Sender:
    """One pass over the outbox with one connection to the gateway, opened when the first mail goes."""

    def __init__(self, should_stop: Callable[[], bool] = lambda: False) -> None:
        self._gateway: BaseEmailBackend | None = None
        self._should_stop = should_stop

    def send_waiting(self) -> Iterator[Sent]:
        """Send what is due, oldest first, and yield what became of each; the lock must be ours.

        Ends early where the gateway is down, or this process is to end.
        """
        try:
            while not self._should_stop() and (mail := _next()) is not None:
                sent = self._send(mail)
                if sent is not None:
                    yield sent
        except GatewayDown as error:
            logger.warning("mail gateway down: %s", error)
        finally:
            self._close()

    def _send(self, mail: MailOut) -> Sent | None:
        notices = _worth_saying(mail)
        if not notices or not _is_reachable(mail):
            _end(mail, MailState.DROPPED)
            return Sent(mail, MailState.DROPPED)
        letter = writing.message(mail, notices)
        if not _attempted(mail):
            return None
        try:
            self._opened().send_messages([letter])
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, BadHeaderError, UnicodeError) as error:
            return _refused(mail, error)
        except (smtplib.SMTPException, OSError) as error:
            failed = _put_off(mail, _told(error))
            raise GatewayDown(failed.error) from error
        _end(mail, MailState.SENT, sent_to=letter.to[0])
        return Sent(mail, MailState.SENT, subject=letter.subject)

    def _opened(self) -> BaseEmailBackend:
        if self._gateway is None:
            self._gateway = get_connection()
            self._gateway.open()
        return self._gateway

    def _close(self) -> None:
        if self._gateway is not None:
            try:
                self._gateway.close()
            except (smtplib.SMTPException, OSError) as error:
                logger.info("mail gateway closed badly: %s", _told(error))


def waiting() -> Iterator[Sent]:
    """Yield what a pass would send now, and send nothing."""
    for mail in _due():
        notices = _worth_saying(mail)
        if notices and _is_reachable(mail):
            yield Sent(mail, MailState.WAITING, subject=writing.message(mail, notices).subject)
        else:
            yield Sent(mail, MailState.DROPPED)


def retry_failed() -> int:
    """Let the mails that were given up be tried again; return how many."""
    at = timezone.now()
    failed = MailOut.objects.filter(state=MailState.FAILED)
    return failed.update(state=MailState.WAITING, ended_at=None, next_at=at, created_at=at)


# What is due, and what it says -------------------------------------------------------------------


def _due() -> Iterator[MailOut]:
    due = MailOut.objects.filter(state=MailState.WAITING, next_at__lte=timezone.now())
    return iter(due.select_related("recipient").order_by("next_at", "pk"))


def _next() -> MailOut | None:
    return next(_due(), None)


def _worth_saying(mail: MailOut) -> list[Notice]:
    """Return the mail's notices that are neither read nor done and still wanted by mail, newest first."""
    declined = Preference.objects.filter(person=mail.recipient_id, by_mail=False).values("kind")
    return list(mail.notices.unread().exclude(kind__in=declined).order_by("-created_at", "-id"))


def _is_reachable(mail: MailOut) -> bool:
    return mail.recipient.is_active and bool(mail.recipient.email)


# What became of it -----------------------------------------------------------------------------


def _attempted(mail: MailOut) -> bool:
    """Note that the mail is tried, and when next should nobody say how it went; say whether it was ours to try."""
    wait = timedelta(minutes=_WAITS[min(mail.n_attempts, len(_WAITS) - 1)])
    still = MailOut.objects.filter(pk=mail.pk, state=MailState.WAITING, n_attempts=mail.n_attempts)
    mail.n_attempts += 1
    return still.update(n_attempts=mail.n_attempts, next_at=timezone.now() + wait) == 1


def _end(mail: MailOut, state: MailState, *, sent_to: str = "", error: str = "") -> None:
    mail.state, mail.ended_at, mail.sent_to = state, timezone.now(), sent_to
    mail.last_error = error
    mail.save(update_fields=["state", "ended_at", "sent_to", "last_error"])


def _refused(mail: MailOut, error: Exception) -> Sent:
    """The gateway answers, but does not take this mail: for good, or for now."""
    if _is_permanent(error):
        _end(mail, MailState.FAILED, error=_told(error))
        return Sent(mail, MailState.FAILED, error=_told(error))
    return _put_off(mail, _told(error))


def _is_permanent(error: Exception) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= _PERMANENT for code, _words in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= _PERMANENT
    return True


def _put_off(mail: MailOut, error: str) -> Sent:
    """Leave the mail for its next attempt; after a week of them give it up."""
    if timezone.now() - mail.created_at > _GIVEN_UP_AFTER:
        _end(mail, MailState.FAILED, error=error)
        return Sent(mail, MailState.FAILED, error=error)
    mail.last_error = error
    mail.save(update_fields=["last_error"])
    return Sent(mail, MailState.WAITING, error=error)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


def open_attempts(now: datetime) -> int:
    """Count the mails that were tried and wait for their next attempt."""
    return MailOut.objects.filter(state=MailState.WAITING, n_attempts__gt=0, next_at__gt=now).count()
