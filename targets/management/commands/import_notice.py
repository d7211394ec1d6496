from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from targets.notice.comparing import Finding, Verdict
from targets.notice.reading import LARGEST_FILE, Paper, read_paper
from targets.notice.refusals import NoticeRefused
from targets.notice.storing import Imported, import_notice
from workplan.lib.commands import add_dry_run, print_effects, whole_or_not_at_all


class Command(BaseCommand):
    help = (
        "Read a year's notice (.txt or .docx), hold its chapters, items and amounts against the plan and keep the full "
        "text of each item whose number and heading agree. Never changes a target. Exit code 1 where anything differs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--year", type=int, help="the plan's year; else as the notice says")
        add_dry_run(parser)

    def handle(self, *, file: Path, year: int | None, dry_run: bool, **options: object) -> None:
        try:
            paper = read_paper(_content_of(file))
            with whole_or_not_at_all(dry_run=dry_run):
                imported = import_notice(paper, year)
        except NoticeRefused as refusal:
            raise CommandError(f"{file.name}: {refusal}") from refusal
        self._tell(paper, imported)
        print_effects(self.stdout, [imported.texts], dry_run=dry_run)
        n_open = sum(one.verdict != Verdict.FOUND for one in imported.findings) + len(imported.document.oddities)
        if n_open:
            raise CommandError(
                f"{n_open} to look at. No target was changed: where the notice is right, change the plan's file or the "
                "target in the administration."
            )

    def _tell(self, paper: Paper, imported: Imported) -> None:
        document = imported.document
        self.stdout.write(f"{len(document.chapters)} chapters, {len(document.items)} items in {len(paper.lines)} lines")
        for line in (*paper.left_aside, *document.oddities, *map(_line, imported.findings), *imported.changes):
            if line:
                self.stdout.write(line)
        n_same = sum(one.verdict == Verdict.FOUND for one in imported.findings)
        self.stdout.write(f"{n_same} of {len(imported.findings)} as in the plan of {imported.plan.year}")


def _content_of(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise NoticeRefused(f"The file is longer than {LARGEST_FILE} bytes.")
        return file.read_bytes()
    except OSError as error:
        raise NoticeRefused(f"It cannot be read: {error.strerror}.") from error


def _line(finding: Finding) -> str:
    """Return one line of the report; chapters and items that agree are counted only."""
    if finding.place is None:
        return "" if finding.verdict == Verdict.FOUND else f"{finding.verdict}: {finding.what}: {finding.why}"
    return f"{finding.verdict}: {finding.what}: {finding.why} – {finding.place}: {finding.place.sentence}"
