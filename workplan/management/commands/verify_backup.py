from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from workplan.backups.checking import check_backup
from workplan.backups.refusals import BackupRefused


class Command(BaseCommand):
    help = (
        "Check a backup without touching a database: every file is there, unchanged, and holds what the manifest says. "
        "Exit code 1 and each fault by name otherwise."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dir", type=Path, help="the folder of the backup")

    def handle(self, *, dir: Path, **options: object) -> None:  # noqa: A002 -- the contract names it so
        try:
            folder, manifest = check_backup(dir.absolute(), key=settings.BACKUP_KEY)
        except BackupRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"made at {manifest.made_at} on PostgreSQL {manifest.server}")
        self.stdout.write(
            f"{len(manifest.tables)} tables, {manifest.n_rows} rows, {manifest.n_evidence} evidence files"
        )
        self.stdout.write(f"audit trail to entry {manifest.audit_head.number} {manifest.audit_head.digest}")
        for name in manifest.missing_evidence:
            self.stdout.write(f"evidence {name} was missing when the backup was made")
        self.stdout.write(f"{dir} is whole{' and opens with this key' if folder.key else ''}")
