import time

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reporting import scale
from workplan.lib.refusals import Refused


class Command(BaseCommand):
    help = (
        "Fill a database of its own with synthetic counties and a year of approved figures, for benchmarks. "
        "Load units and plan first. Refused where somebody has filed in earnest."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--units", type=int, default=scale.UNITS, help=f"units in all, nation included ({scale.UNITS})"
        )

    def handle(self, *, units: int, **options: object) -> None:
        began = time.monotonic()
        try:
            seeded = scale.seed(units)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{scale.YEAR}: {seeded} in {time.monotonic() - began:.1f} s")
