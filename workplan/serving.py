"""What the portal's web server starts and stops beside itself: the worker for large imports, and the sender of mail."""

from __future__ import annotations

import os
import subprocess
import sys

from django.db import connections

#: The worker gives way to whoever waits for a page.
_NICER = 10
_STOP_SECONDS = 10
#: A file that needs more memory than this is refused, and only that file (in MB).
_MEMORY = 3_000
_workers: list[subprocess.Popen[bytes]] = []


def when_ready(server: object) -> None:
    """Start the workers once the server listens; they end by themselves should the server be killed."""
    _start("run_jobs", "--memory", str(_MEMORY))
    if os.environ.get("WORKPLAN_MAIL", "none") != "none":
        _start("send_notices", "--forever")


def pre_fork(server: object, worker: object) -> None:
    """Leave no connection for a worker to inherit: two processes on one connection read each other's answers."""
    connections.close_all()


def _start(*command: str) -> None:
    program = [sys.executable, "manage.py", *command, "--parent", str(os.getpid())]
    _workers.append(subprocess.Popen(program, preexec_fn=lambda: os.nice(_NICER)))  # noqa: S603, PLW1509 -- our own program, before any thread


def on_exit(server: object) -> None:
    """Stop what was started; a job under way goes back into the queue, a mail under way is sent first."""
    for worker in _workers:
        worker.terminate()
        try:
            worker.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            worker.kill()
