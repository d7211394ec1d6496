"""What commands that load files share: a dry run, one line per effect, and a total."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError, CommandParser, OutputWrapper
from django.db import transaction

from workplan.lib.loading import Effect, FileRefused


def add_dry_run(parser: CommandParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="say what would change and change nothing")


@contextmanager
def whole_or_not_at_all(*, dry_run: bool) -> Iterator[None]:
    """Keep everything done inside, or nothing: after a refusal or a dry run.

    :raises CommandError: the file was refused; one line per problem.
    """
    try:
        with transaction.atomic():
            yield
            if dry_run:
                transaction.set_rollback(True)
    except FileRefused as refusal:
        lines = [str(problem) for problem in refusal.problems]
        raise CommandError("\n".join([f"Nothing was loaded. {len(lines)} to put right:", *lines])) from refusal


def print_effects(out: OutputWrapper, effects: list[Effect], *, dry_run: bool) -> None:
    for effect in effects:
        out.write(str(effect))
    total = sum(effects, start=Effect("total"))
    out.write(f"{total}{' (dry run: nothing was kept)' if dry_run else ''}")
