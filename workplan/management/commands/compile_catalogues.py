from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from workplan.lib.catalogues import compile_stale


class Command(BaseCommand):
    help = "Compile the message catalogues that changed since the last time."
    requires_system_checks = []

    def handle(self, *args: object, **options: object) -> None:
        for path in compile_stale([Path(folder) for folder in settings.LOCALE_PATHS]):
            self.stdout.write(f"compiled {path.relative_to(settings.BASE_DIR)}")
