from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from workplan.backups.making import make_backup
from workplan.backups.refusals import BackupRefused


class Command(BaseCommand):
    help = (
        "Write everything the portal keeps to a new folder: all tables in one snapshot, and the evidence files. Sealed "
        "where WORKPLAN_BACKUP_KEY is set. Exit code 1 where evidence was missing; the backup of the rest is kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dir", type=Path, help="a folder that does not exist yet")

    def handle(self, *, dir: Path, **options: object) -> None:  # noqa: A002 -- the contract names it so
        try:
            made = make_backup(dir.absolute(), key=settings.BACKUP_KEY)
        except BackupRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{len(made.tables)} tables, {made.n_rows} rows")
        self.stdout.write(f"{made.n_evidence} evidence files")
        self.stdout.write(f"audit trail to entry {made.audit_head.number} {made.audit_head.digest}")
        self.stdout.write(
            f"{dir} {'is sealed' if settings.BACKUP_KEY else 'is not sealed: keep it where nobody reads it'}"
        )
        if made.missing_evidence:
            raise CommandError(
                "\n".join(
                    [
                        f"The store did not hold {len(made.missing_evidence)} evidence files as they were filed:",
                        *made.missing_evidence,
                    ]
                )
            )
