from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from reporting.demo.removal import remove_demo
from workplan.lib.refusals import Refused


class Command(BaseCommand):
    help = (
        "Remove the demonstration: its reports and all that belongs to them; its accounts are closed, the audit trail "
        "stays. Refused once a report that is not demo exists."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be removed and remove nothing")

    def handle(self, *, dry_run: bool, **options: object) -> None:
        try:
            with transaction.atomic():
                removed = remove_demo()
                transaction.set_rollback(dry_run)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        for kind, count in removed.items():
            self.stdout.write(f"{kind}: {count}")
        self.stdout.write(f"total: {sum(removed.values())}{' (dry run: nothing was removed)' if dry_run else ''}")
