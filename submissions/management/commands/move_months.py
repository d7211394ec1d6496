from django.core.management.base import BaseCommand, CommandError, CommandParser

from submissions import schedule
from submissions.management.months import person_named
from targets.models import Plan
from workplan.lib import clock
from workplan.lib.refusals import Refused


class Command(BaseCommand):
    help = "Give the months still to fall due the dates that rules and working days make, after either changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument("--by", metavar="USERNAME", help="the ministry reviewer in whose name it is done")
        parser.add_argument("--dry-run", action="store_true", help="say what would change and change nothing")

    def handle(self, *, year: int, by: str | None, dry_run: bool, **options: object) -> None:
        plan = Plan.objects.filter(year=year).first()
        if plan is None:
            raise CommandError(f"There is no plan of {year}.")
        now = clock.now()
        moves = schedule.moves_by_rule(plan, today=now.date())
        for move in moves:
            for name, (old, new) in move.changes.items():
                self.stdout.write(f"{move.period} {name}: {old or '-'} -> {new or '-'}")
        if moves and not dry_run:
            try:
                schedule.apply_rules(plan, by=person_named(by), now=now)
            except Refused as refusal:
                raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{len(moves)} months moved{' (dry run)' if dry_run else ''}")
