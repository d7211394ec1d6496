from django.core.management.base import BaseCommand

from reporting import totals
from reporting.warnings import checking
from reporting.warnings.states import Event
from targets.models import Plan
from workplan.lib import clock


class Command(BaseCommand):
    help = (
        "Hold the rules of early warning against every unit of every plan, also where no figure changed: a target was "
        "moved, a unit fell silent. For the timer, once a day; readers of warnings judge what changed by themselves. "
        "Safe to run again."
    )

    def handle(self, **options: object) -> None:
        totals.refresh()
        for plan in Plan.objects.order_by("year"):
            outcome = checking.check(plan, now=clock.now())
            told = ", ".join(f"{outcome.count(kind)} {kind.value.lower()}" for kind in Event if outcome.count(kind))
            self.stdout.write(f"{plan.year}: {told or 'nothing new'}")
