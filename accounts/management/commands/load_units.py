from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from accounts.units import load_units
from workplan.lib.commands import add_dry_run, print_effects, whole_or_not_at_all
from workplan.lib.loading import read_json

UNITS = settings.BASE_DIR / "fixtures" / "units.json"


class Command(BaseCommand):
    help = "Load the tree of reporting units. Safe to run again; units missing from the file stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=UNITS)
        add_dry_run(parser)

    def handle(self, *, file: Path, dry_run: bool, **options: object) -> None:
        with whole_or_not_at_all(dry_run=dry_run):
            effects = load_units(read_json(file))
        print_effects(self.stdout, effects, dry_run=dry_run)
