"""The keeper of the embedded PostgreSQL: runs the server until nobody uses it.

A program of its own that needs the standard library only; `embedded_postgres.py` starts it. As parent of the
server it leaves no zombie behind when somebody kills it, and starts it again while it is used.
"""

import fcntl
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, TypedDict

STOP_SECONDS = 60
#: A server that ends sooner did not start; after so many of them in a row the keeper gives up.
STARTED_SECONDS = 5
START_ATTEMPTS = 10


class Owner(TypedDict, total=False):
    """Whom a program runs as, in the words of `subprocess`; empty for the caller."""

    user: int
    group: int
    extra_groups: list[int]


def keep(users: IO[bytes], owner: Owner, server: list[str]) -> int:
    """Run the server until nobody uses it; return its exit status."""
    unused = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: unused.set())
    threading.Thread(target=_wait_for_last_user, args=(users, unused), daemon=True).start()
    attempts = 0
    while attempts < START_ATTEMPTS:
        started = time.monotonic()
        process = subprocess.Popen(server, cwd="/", **owner)  # noqa: S603 -- our own arguments
        while process.poll() is None:
            if unused.wait(0.2):
                return _stop(process)
        # Killed: start it again. Ended at once: the backends of a killed one still hold its memory.
        attempts = attempts + 1 if time.monotonic() - started < STARTED_SECONDS else 1
        time.sleep(0.3)
    return 1


def _wait_for_last_user(users: IO[bytes], unused: threading.Event) -> None:
    """Take the lock, and so make whoever wants to join wait until the keeper has ended."""
    fcntl.flock(users, fcntl.LOCK_EX)
    unused.set()


def _stop(process: "subprocess.Popen[bytes]") -> int:
    """Shut the server down, orderly if it can."""
    for request in (signal.SIGINT, signal.SIGQUIT):  # PostgreSQL's words for fast and immediate
        process.send_signal(request)
        try:
            return process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
    process.kill()
    return process.wait()


def main(users_lock: str, identity: str, *server: str) -> int:
    """Keep this server for the users of this lock file; the identity is “uid,gid” or empty for the caller."""
    owner: Owner = {}
    if identity:
        uid, gid = identity.split(",")
        owner = {"user": int(uid), "group": int(gid), "extra_groups": []}
    with Path(users_lock).open("ab") as users:
        return keep(users, owner, list(server))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
