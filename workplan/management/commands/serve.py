"""`make run`: everything from an empty database to a working portal, then the web server in this process."""

from __future__ import annotations

import hashlib
import socket
import sys
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from gunicorn.app.wsgiapp import run as gunicorn

#: What the demonstration's people may do, in the order they are printed.
DEMO_ACCOUNTS = {
    "ministry": "reviews and publishes for the ministry",
    "ministry2": "the same: approves what ministry filed, confirms what it checked",
    "planner": "keeps plan, targets and calendar",
    "analyst": "reads everything approved, exports",
    "gd_clerk": "fills in Guangdong's reports",
    "gd_lead": "submits for Guangdong",
    "hl_clerk": "fills in Heilongjiang's reports",
    "hl_lead": "submits for Heilongjiang",
    "sysadmin": "creates accounts and units",
    "secadmin": "assigns roles, resets passwords",
    "auditor": "reads and verifies the audit trail",
    "wall": "hangs on the wall: the leader page of published months",
}


class Command(BaseCommand):
    help = "Prepare whatever is missing (schema, plan, units, demo year, static files) and serve the portal."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--prepare-only", action="store_true", help="stop before the web server starts")

    def handle(self, *, port: int, prepare_only: bool, **options: object) -> None:
        if not prepare_only:
            _refuse_a_taken_port(port)
        self._migrate()
        call_command("compile_catalogues", stdout=self.stdout)
        self._load()
        self._collect_static()
        if prepare_only:
            return
        self._greet(port)
        self._serve(port)

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Preparing the database …")
            call_command("migrate", verbosity=0, interactive=False)
            call_command("createcachetable", verbosity=0)

    def _load(self) -> None:
        """Load plan and units when there is none, and the demo year on a laptop that has no report yet."""
        from submissions.models import MonthlyReport  # noqa: PLC0415 -- after the schema exists
        from targets.models import Plan  # noqa: PLC0415 -- after the schema exists

        if not Plan.objects.exists():
            self.stdout.write("Loading the plan of 2007 and its units …")
            call_command("load_units", stdout=self.stdout)
            call_command("load_plan", stdout=self.stdout)
        if settings.LOCAL and not MonthlyReport.objects.exists():
            self.stdout.write("Loading the demonstration year …")
            call_command("load_demo", stdout=self.stdout)

    def _collect_static(self) -> None:
        """Collect the static files when one of them changed since the last time."""
        stamp = Path(settings.STATIC_ROOT) / ".collected"
        state = _fingerprint([Path(folder) for folder in settings.STATICFILES_DIRS])
        if not stamp.exists() or stamp.read_text() != state:
            self.stdout.write("Collecting static files …")
            call_command("collectstatic", verbosity=0, interactive=False, clear=stamp.exists())
            stamp.write_text(state)

    def _greet(self, port: int) -> None:
        address = f"http://127.0.0.1:{port}"
        self.stdout.write(self.style.SUCCESS(f"\nWorkplan is at {address}   (Ctrl-C stops it)"))
        if settings.LOCAL:
            self.stdout.write(f"Demo accounts, password {settings.DEMO_PASSWORD}:")
            for username, may in DEMO_ACCOUNTS.items():
                self.stdout.write(f"  {username:<10} {may}")
        self.stdout.flush()

    def _serve(self, port: int) -> None:
        """Become the web server: what was imported to prepare is there already, and the workers inherit it."""
        sys.argv = [
            *("gunicorn", "workplan.wsgi", "--preload", "--config", "python:workplan.serving"),
            *("--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--worker-class", "gthread"),
            *("--graceful-timeout", "10", "--log-level", "warning", "--no-control-socket"),
        ]
        connection.close()
        gunicorn()


def _refuse_a_taken_port(port: int) -> None:
    """Say so before anything is prepared: a portal that runs already would lose its static files under its feet."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as reason:
            raise CommandError(
                f"Port {port} is taken ({reason.strerror}). If Workplan runs there already, use it or stop it with "
                f"Ctrl-C; otherwise choose another port: make run PORT={port + 1}"
            ) from None


def _fingerprint(folders: list[Path]) -> str:
    """Return a digest over names, sizes and times of the files, cheap enough for every start."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                stat = path.stat()
                digest.update(f"{path}:{stat.st_size}:{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
