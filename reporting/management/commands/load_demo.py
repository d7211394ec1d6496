import time
from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.refusals import NotPermitted
from reporting import totals
from reporting.demo import assessed, data, past, play, warned
from targets import periods
from targets.models import Plan


class Command(BaseCommand):
    help = (
        "Load the demonstration year: accounts, and reports filed and approved through the services, as they stand "
        "on 12 October 2007. Load units and plan first. Safe to run again; --through continues the story."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--through", metavar="MONTH", help="complete the story of every month up to this one")

    def handle(self, *, through: str | None, **options: object) -> None:
        began = time.monotonic()
        demo = data.read()
        if not Plan.objects.filter(year=demo.year).exists():
            raise CommandError("Load the units and the plan first: manage.py load_units, manage.py load_plan")
        try:
            outcome = _load(demo, _month(through, demo.year))
        except NotPermitted as refusal:
            raise CommandError(str(refusal)) from refusal
        self._print(demo, outcome, time.monotonic() - began)

    def _print(self, demo: data.Demo, outcome: play.Outcome, seconds: float) -> None:
        for line in outcome.left:
            self.stdout.write(f"left as it stands: {line}")
        self.stdout.write(f"{outcome.steps} steps, {outcome.published} months published, {outcome.closed} closed")
        names = ", ".join(row["username"] for row in demo.accounts)
        self.stdout.write(f"Accounts (password {settings.DEMO_PASSWORD}): {names}")
        self.stdout.write(f"Done in {seconds:.1f} s")


@transaction.atomic
def _load(demo: data.Demo, through: date | None) -> play.Outcome:
    """Play the story as one: a publication has its month judged when it is committed, and by then each has been."""
    outcome = play.play(demo, through=through)
    past.publish(demo)
    totals.refresh()
    warned.warn(demo)
    assessed.assess(demo, through=through)
    return outcome


def _month(text: str | None, year: int) -> date | None:
    if text is None:
        return None
    try:
        month = periods.parse_month(text)
    except ValueError as error:
        raise CommandError(str(error)) from error
    if month.year != year:
        raise CommandError(f"The demonstration is of {year}; {text} is not.")
    return month
