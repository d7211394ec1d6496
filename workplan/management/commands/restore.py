from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from workplan.backups.refusals import BackupRefused
from workplan.backups.restoring import Ways, restore_backup

#: What must hold of any database of the portal; each prints its figures.
PROOFS = (("verify_audit",), ("rebuild_totals", "--verify"), ("verify_snapshots",))


class Command(BaseCommand):
    help = (
        "Load a backup into an empty database (DATABASE_URL) and an empty folder of evidence (WORKPLAN_FILES), then "
        "prove it: rows, digests, sequences, audit trail, totals, published months. Everything or nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dir", type=Path, help="the folder of the backup")

    def handle(self, *, dir: Path, **options: object) -> None:  # noqa: A002 -- the contract names it so
        try:
            restored = restore_backup(dir.absolute(), ways=Ways(self._migrate, self._prove), key=settings.BACKUP_KEY)
        except BackupRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        except (CommandError, DatabaseError) as fault:
            raise CommandError(f"Nothing was restored. {fault}") from fault
        self.stdout.write(f"{len(restored.tables)} tables, {restored.n_rows} rows, each as it was saved")
        self.stdout.write(f"{restored.n_evidence} evidence files")
        self.stdout.write(f"as of {restored.made_at}, audit trail to entry {restored.audit_head.number}")

    def _migrate(self) -> None:
        self.stdout.write("Preparing the empty database …")
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)

    def _prove(self) -> None:
        for name, *arguments in PROOFS:
            call_command(name, *arguments, stdout=self.stdout)
