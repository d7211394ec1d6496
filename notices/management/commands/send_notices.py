"""Sends the mails that wait, and writes the day's digests when their hour has come."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from notices import outbox, sending
from notices.models import MailState
from workplan.lib import clock
from workplan.lib.commands import add_dry_run
from workplan.lib.locks import alone
from workplan.lib.standing import Standing

logger = logging.getLogger(__name__)

#: So long between two looks into the outbox, and before a database that went away is tried again.
IDLE_SECONDS = 10.0
LOST_SECONDS = 30.0


class Command(BaseCommand):
    help = (
        "Send the mails that wait and gather the day's digests. Once, for a timer, or with --forever until stopped. "
        "Two at once: one of them works. Run again, it sends nothing twice."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--forever", action="store_true", help="go on until stopped")
        parser.add_argument("--parent", type=int, help="end when this process is no longer the parent")
        parser.add_argument("--retry-failed", action="store_true", help="first let given-up mails be tried again")
        add_dry_run(parser)

    def handle(
        self, *, forever: bool, parent: int | None, retry_failed: bool, dry_run: bool, **options: object
    ) -> None:
        if not settings.MAIL_ON:
            raise CommandError("Mail is not set up: WORKPLAN_MAIL is “none”. See .env.example.")
        self._standing = Standing(parent)
        if dry_run:
            self._say_what_waits()
            return
        if retry_failed:
            self.stdout.write(f"given up before, tried again: {sending.retry_failed()}")
        if forever:
            self._go_on()
        else:
            self._pass()

    def _go_on(self) -> None:
        self._standing.listen()
        while not self._standing.is_over():
            try:
                self._pass()
                self._standing.pause(IDLE_SECONDS)
            except (OperationalError, InterfaceError):
                logger.warning("the database went away; the mails wait for it")
                connection.close()
                self._standing.pause(LOST_SECONDS)

    def _pass(self) -> None:
        with alone(sending.LOCK) as is_ours:
            if not is_ours:
                self.stdout.write("another sender is at work")
                return
            n_digests = outbox.gather_digests(now=clock.now())
            counts = dict.fromkeys(MailState, 0)
            for one in sending.Sender(self._standing.is_over).send_waiting():
                counts[one.state] += 1
                if one.error:
                    logger.warning("mail not sent", extra={"mail_id": str(one.mail.pk), "error": one.error})
        n_open = sending.open_attempts(timezone.now())
        if any(counts.values()) or n_digests or n_open:
            told = ", ".join(f"{state.lower()} {count}" for state, count in counts.items() if count)
            self.stdout.write(f"digests: {n_digests}; {told or 'sent 0'}; tried and waiting: {n_open}")

    def _say_what_waits(self) -> None:
        with transaction.atomic():
            n_digests = outbox.gather_digests(now=clock.now())
            found = list(sending.waiting())
            transaction.set_rollback(True)
        for one in found:
            subject = one.subject or "(no longer needed)"
            self.stdout.write(f"{one.mail.recipient.username} {one.mail.key} attempts {one.mail.n_attempts}: {subject}")
        self.stdout.write(f"total: {len(found)}, new digests: {n_digests} (dry run: nothing was sent)")
