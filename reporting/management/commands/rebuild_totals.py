from django.core.management.base import BaseCommand, CommandError, CommandParser

from reporting import totals
from reporting.models import Total
from targets.models import Plan


class Command(BaseCommand):
    help = (
        "Recompute every total from the approved figures. With --verify change nothing: compare, list the "
        "differences and exit 1 if there are any."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--verify", action="store_true", help="compare only")
        parser.add_argument("--year", type=int, help="one plan year instead of all")

    def handle(self, *, verify: bool, year: int | None, **options: object) -> None:
        plans = list(Plan.objects.order_by("year") if year is None else Plan.objects.filter(year=year))
        if year is not None and not plans:
            raise CommandError(f"There is no plan of {year}.")
        if not verify:
            for plan in plans:
                totals.rebuild(plan)
                self.stdout.write(f"{plan.year}: {count_of(plan)} totals rebuilt")
            return
        found = sum(self._differences(plan) for plan in plans)
        if found:
            raise CommandError(f"{found} differences. Rebuild with: manage.py rebuild_totals")
        self.stdout.write("Every stored total equals its recomputation.")

    def _differences(self, plan: Plan) -> int:
        """Print where the plan's totals differ; return how often."""
        differences = totals.differences(plan)
        for difference in differences:
            self.stdout.write(f"{plan.year} {difference.side}: {' '.join(map(str, difference.row))}")
        if not differences:
            self.stdout.write(f"{plan.year}: {count_of(plan)} totals as recomputed")
        return len(differences)


def count_of(plan: Plan) -> int:
    return Total.objects.filter(plan=plan).count()
