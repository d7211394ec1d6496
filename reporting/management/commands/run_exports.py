from __future__ import annotations

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from reporting.saved import worker
from reporting.saved.models import ExportRun, RunState
from workplan.lib import clock
from workplan.lib.commands import add_dry_run


class Command(BaseCommand):
    help = (
        "Make the scheduled exports that are due and delete files past their day, for a timer instead of the worker "
        "(run_jobs), which does the same. Two at once: one of them works. Run again, it makes nothing twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_dry_run(parser)

    def handle(self, *, dry_run: bool, **options: object) -> None:
        if dry_run:
            self._say_what_is_due()
            return
        n_made = 0
        for outcome in worker.make_due(now=clock.now()):
            n_made += outcome.state == RunState.DONE
            self.stdout.write(f"{_named(outcome.run)}: {(outcome.state or 'schedule ended').lower()}")
        self.stdout.write(f"made: {n_made}")

    def _say_what_is_due(self) -> None:
        with transaction.atomic():
            worker.note_due(now=clock.now())
            found = list(ExportRun.objects.filter(state=RunState.WAITING).select_related("schedule__view__owner"))
            transaction.set_rollback(True)
        for run in found:
            self.stdout.write(f"{_named(run)}: waits, attempts {run.n_attempts}")
        self.stdout.write(f"total: {len(found)} (dry run: nothing was made)")


def _named(run: ExportRun) -> str:
    view = run.schedule.view
    return f"{view.owner.username} “{view.name}” {run.period} {run.schedule.file_format}"
