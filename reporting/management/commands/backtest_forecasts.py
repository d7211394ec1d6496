from django.core.management.base import BaseCommand, CommandError, CommandParser

from reporting import forecast_record
from reporting.benchmarks import backtests, seasons


class Command(BaseCommand):
    help = "Hold forecasts against years whose December is known; --write keeps what pages show, --check compares it."

    def add_arguments(self, parser: CommandParser) -> None:
        asked = parser.add_mutually_exclusive_group()
        asked.add_argument("--write", action="store_true", help="write the file that ships")
        asked.add_argument("--check", action="store_true", help="fail where the file is not what comes out now")

    def handle(self, *, write: bool, check: bool, **options: object) -> None:
        tried = list(backtests.trials(seasons.years()))
        self.stdout.write(backtests.report(tried))
        measured = backtests.as_file(backtests.by_method(tried))
        if write:
            forecast_record.FILE.write_text(measured, encoding="utf-8")
        elif check and forecast_record.FILE.read_text(encoding="utf-8") != measured:
            raise CommandError(f"{forecast_record.FILE.name} is stale. Run `manage.py backtest_forecasts --write`.")
