"""How often a test repeats itself: in full against the embedded server, a fifth of it against a second one."""

from __future__ import annotations

import os

#: A second database server is asked only what a first one could answer otherwise.
DATABASE_ONLY = os.environ.get("WORKPLAN_DATABASE_ONLY") == "1"


def times(full: int) -> int:
    """Return how many of so many repetitions this run makes."""
    return full // 5 if DATABASE_ONLY else full
