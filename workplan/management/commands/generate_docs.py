from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from workplan.documents import documents


class Command(BaseCommand):
    help = "Write the documents drawn from code and plan; with --check, only say which are stale."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *, check: bool, **options: object) -> None:
        folder = settings.BASE_DIR / "docs"
        stale = []
        for name, text in documents().items():
            path = folder / name
            if path.exists() and path.read_text(encoding="utf-8") == text:
                continue
            stale.append(str(name))
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        if check and stale:
            raise CommandError(f"Stale in docs/: {', '.join(stale)}. Run `manage.py generate_docs`.")
        self.stdout.write(f"{len(stale)} of {len(documents())} documents written" if not check else "docs are fresh")
