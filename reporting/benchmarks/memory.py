"""How much memory a piece of work takes at its highest; Linux alone tells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def growth(work: Callable[[], None]) -> str:
    """Do the work; say by how many MB the process grew at most meanwhile."""
    peak = Path("/proc/self/clear_refs")
    if not peak.exists():
        work()
        return "memory not measured here"
    peak.write_text("5")  # the highest mark begins anew
    before = _status("VmRSS")
    work()
    return f"peak +{(_status('VmHWM') - before) / 1024:.0f} MB over {before / 1024:.0f} MB"


def _status(name: str) -> int:
    """Return a line of this process's status, in kB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
