from django.core.management.base import BaseCommand, CommandError, CommandParser

from reporting import forecast_record
from reporting.benchmarks import backtests, fitting, seasons
from targets import bands


class Command(BaseCommand):
    help = (
        "Fit bands to years of unknown seasons and hold forecasts against other years whose December is known; "
        "--write keeps both as the portal uses them, --check compares them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        asked = parser.add_mutually_exclusive_group()
        asked.add_argument("--write", action="store_true", help="write the files that ship")
        asked.add_argument("--check", action="store_true", help="fail where a file is not what comes out now")

    def handle(self, *, write: bool, check: bool, **options: object) -> None:
        fitted = fitting.as_file(fitting.fitted(seasons.fitting_years()))
        if write:
            bands.FILE.write_text(fitted, encoding="utf-8")
            bands.reaches.cache_clear()
        tried = list(backtests.trials(seasons.years()))
        self.stdout.write(backtests.report(tried))
        measured = backtests.as_file(backtests.by_method(tried))
        if write:
            forecast_record.FILE.write_text(measured, encoding="utf-8")
            forecast_record.hit_rates.cache_clear()
        for file, found in ((bands.FILE, fitted), (forecast_record.FILE, measured)):
            if check and file.read_text(encoding="utf-8") != found:
                raise CommandError(f"{file.name} is stale. Run `manage.py backtest_forecasts --write`.")
