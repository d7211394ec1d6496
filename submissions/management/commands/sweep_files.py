from __future__ import annotations

from django.core.management.base import BaseCommand, CommandParser

from submissions.evidence import store, taking


class Command(BaseCommand):
    help = (
        "List stored evidence files that no filing points to any more; --delete removes them. Uploads under way stay."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--delete", action="store_true", help="remove them; otherwise nothing changes")

    def handle(self, *, delete: bool, **options: object) -> None:
        n_files = 0
        for path in taking.orphans():
            n_files += 1
            self.stdout.write(f"{path.parent.name}/{path.name}")
            if delete:
                store.remove(path)
        self.stdout.write(f"{n_files} orphans {'removed' if delete else 'found'}.")
