"""Runs imports in the background, and what other apps have to do beside them, until it is stopped.

Any number may run, one of them works.
"""

from __future__ import annotations

import logging
import resource
import time

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, connection

from submissions import signals
from submissions.jobs.worker import Worker
from submissions.models import ImportJob
from submissions.models.jobs import ACTIVE
from workplan.lib.locks import own_connection
from workplan.lib.standing import Standing

logger = logging.getLogger(__name__)

#: So long between two looks into an empty queue, and before a database that went away is tried again.
IDLE_SECONDS = 1.0
LOST_SECONDS = 5.0
#: So often others are asked for what they have to do beside imports.
BESIDE_SECONDS = 20.0


class Command(BaseCommand):
    help = (
        "Run queued imports, one at a time, and beside them the exports that are due, until stopped; a second one "
        "waits for the first to end."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="run what waits, then end")
        parser.add_argument("--parent", type=int, help="end when this process is no longer the parent")
        parser.add_argument("--memory", type=int, metavar="MB", help="refuse files that need more memory than this")

    def handle(self, *, once: bool, parent: int | None, memory: int | None, **options: object) -> None:
        self._standing = Standing(parent)
        self._next_beside = 0.0
        if memory:
            resource.setrlimit(resource.RLIMIT_DATA, (memory * 1_000_000, memory * 1_000_000))
        if once:
            self._work()
            self._beside()
            return
        self._standing.listen()
        while not self._standing.is_over():
            try:
                self._work()
                self._beside()
                self._standing.pause(IDLE_SECONDS)
            except (OperationalError, InterfaceError):
                logger.warning("the database went away; the jobs wait for it")
                connection.close()
                self._standing.pause(LOST_SECONDS)

    def _work(self) -> None:
        """Hold the lock as long as jobs wait, and no longer than this process works."""
        if not ImportJob.objects.filter(state__in=ACTIVE).exists():
            return
        control = own_connection()
        try:
            worker = Worker(control, self._standing.is_over)
            if worker.hold():
                while not self._standing.is_over() and worker.run_next():
                    pass
                worker.release()
        finally:
            control.close()

    def _beside(self) -> None:
        """Let others do what they have to do, now and then."""
        if self._standing.is_over() or time.monotonic() < self._next_beside:
            return
        for _receiver, answer in signals.worker_idle.send_robust(sender=Command, should_stop=self._standing.is_over):
            if isinstance(answer, Exception):
                logger.error("what is done beside the imports failed", exc_info=answer)
        self._next_beside = time.monotonic() + BESIDE_SECONDS
