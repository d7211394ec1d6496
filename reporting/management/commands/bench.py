import time

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reporting import scale
from reporting.benchmarks import approvals, backtests, dashboard, drain, export, imports, pages, seasons
from reporting.benchmarks.bed import BenchmarkFailed, scratch_bed
from reporting.benchmarks.rounds import ROUNDS, table
from workplan.lib.refusals import Refused

#: In this order: approvals and the import change what the others read.
BENCHMARKS = {
    "dashboard": dashboard.run,
    "pages": pages.run,
    "export": export.run,
    "drain": drain.run,
    "approve": approvals.run,
    "import": imports.run,
}
#: Measured without a database.
FORECASTS = "forecasts"
NAMES = (*BENCHMARKS, FORECASTS)


class Command(BaseCommand):
    help = (
        "Measure against a floor in the same run and print ratios: in a database of its own, made for it and removed "
        "afterwards. Above 1 the second side is faster."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; else all")
        parser.add_argument("--units", type=int, default=scale.UNITS, help="units in all, nation included")
        parser.add_argument("--rounds", type=int, default=ROUNDS, help="rounds per comparison")

    def handle(self, *, names: list[str], units: int, rounds: int, **options: object) -> None:
        unknown = sorted(set(names) - set(NAMES))
        if unknown:
            raise CommandError(f"There is no benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}.")
        if not names or FORECASTS in names:
            self.stdout.write(backtests.report(list(backtests.trials(seasons.years()))))
        if set(names) != {FORECASTS}:
            self._compare(names, units, rounds)

    def _compare(self, names: list[str], units: int, rounds: int) -> None:
        began = time.monotonic()
        comparisons = []
        try:
            with scratch_bed(units) as bed:
                self.stdout.write(f"{bed.seeded}, ready after {time.monotonic() - began:.0f} s")
                for name, run in BENCHMARKS.items():
                    if not names or name in names:
                        comparisons += run(bed, rounds=rounds)
        except (BenchmarkFailed, Refused) as failure:
            raise CommandError(str(failure)) from failure
        self.stdout.write(table(comparisons))
        self.stdout.write(f"Done in {time.monotonic() - began:.0f} s")
