from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from submissions import schedule, signals
from submissions.references import load_references
from targets.loading import load_plan
from workplan.lib.commands import add_dry_run, print_effects, whole_or_not_at_all
from workplan.lib.loading import beside, read_json

FIXTURES = settings.BASE_DIR / "fixtures"


class Command(BaseCommand):
    help = (
        "Load a year's plan with its split over units, who files what, the twelve reporting months and, where they "
        "stand beside it, figures from elsewhere (references_YEAR.json), the first rules of early warning "
        "(warning_rules_YEAR.json) and scoring schemes (assessment_schemes_YEAR.json). Load the units first. "
        "Safe to run again; what the files leave out stays."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=FIXTURES / "plan_2007.json")
        parser.add_argument(
            "--units-file",
            type=Path,
            help="targets and assignments of units; else unit_targets_YEAR.json beside the plan",
        )
        add_dry_run(parser)

    def handle(self, *, file: Path, units_file: Path | None, dry_run: bool, **options: object) -> None:
        with whole_or_not_at_all(dry_run=dry_run):
            document = read_json(file)
            split = units_file or split_beside(file)
            loaded = load_plan(document, read_json(split) if split is not None else None)
            months = schedule.make_months(loaded.plan)
            found = beside(file, "references_")
            references = load_references(read_json(found)) if found is not None else []
            effects = [*loaded.effects, months, *references]
            signals.plan_loaded.send(sender=type(self), file=file, effects=effects)
        print_effects(self.stdout, effects, dry_run=dry_run)


def split_beside(file: Path) -> Path | None:
    """Return the file of unit targets that belongs to ``plan_2007.json``, if it is there."""
    return beside(file, "unit_targets_")
