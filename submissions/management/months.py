"""What the commands that move a month share: which month, in whose name, and a dry run."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.models import Role, RoleGrant, User
from submissions.models import ReportingMonth
from targets import periods
from workplan.lib import clock
from workplan.lib.refusals import Refused


class MonthService(Protocol):
    """A service of the calendar."""

    def __call__(self, period: ReportingMonth, *, by: User, now: datetime) -> ReportingMonth: ...


class MonthCommand(BaseCommand):
    """Applies one service of the calendar to one month."""

    service: MonthService
    done: str

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", help="such as 2007-09")
        parser.add_argument("--by", metavar="USERNAME", help="the ministry reviewer in whose name it is done")
        parser.add_argument("--dry-run", action="store_true", help="say what would change and change nothing")

    def handle(self, *, month: str, by: str | None, dry_run: bool, **options: object) -> None:
        period, person = _period(month), person_named(by)
        with transaction.atomic():
            try:
                type(self).service(period, by=person, now=clock.now())
            except Refused as refusal:
                raise CommandError(str(refusal)) from refusal
            transaction.set_rollback(dry_run)
        self.stdout.write(f"{period} {self.done} by {person.username}{' (dry run)' if dry_run else ''}")


def _period(text: str) -> ReportingMonth:
    try:
        month = periods.parse_month(text)
    except ValueError as error:
        raise CommandError(str(error)) from error
    period = ReportingMonth.objects.filter(month=month).first()
    if period is None:
        raise CommandError(f"No plan has the month {text}. Load its plan first.")
    return period


def person_named(username: str | None) -> User:
    """Return the person named, or the only ministry reviewer there is."""
    if username is not None:
        person = User.objects.filter(username=username).first()
        if person is None:
            raise CommandError(f"There is no account {username!r}.")
        return person
    grants = RoleGrant.objects.in_force(timezone.localdate()).filter(role=Role.MINISTRY_REVIEWER)
    reviewers = User.objects.filter(is_active=True, grants__in=grants).distinct()[:2]
    if len(reviewers) != 1:
        raise CommandError("Say in whose name: --by USERNAME of a ministry reviewer.")
    return reviewers[0]
