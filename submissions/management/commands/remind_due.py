from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from submissions.reminding import remind_due
from targets import periods
from workplan.lib import clock
from workplan.lib.commands import add_dry_run


class Command(BaseCommand):
    help = (
        "Tell those who have not handed in that their report is due within 3 working days, and within 1. "
        "Once a day; run twice, or two at once, it tells nobody twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--month", metavar="YYYY-MM", help="only this month, such as 2007-09")
        add_dry_run(parser)

    def handle(self, *, month: str | None, dry_run: bool, **options: object) -> None:
        try:
            wanted = periods.parse_month(month) if month else None
        except ValueError as error:
            raise CommandError(str(error)) from error
        with transaction.atomic():
            reminders = remind_due(now=clock.now(), month=wanted)
            transaction.set_rollback(dry_run)
        for one in reminders:
            self.stdout.write(f"{one.period} {one.unit.code} {one.kind} due {one.due_on}: {one.fate} ({one.n_people})")
        self.stdout.write(f"total: {len(reminders)}{' (dry run: nobody was told)' if dry_run else ''}")
