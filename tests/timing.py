"""How long something takes, whatever else the machine is doing."""

from __future__ import annotations

from collections.abc import Callable
from time import thread_time


def cheapest(act: Callable[[], object], tries: int = 5) -> float:
    """Return the processor seconds of this thread that the act takes, the least of several tries."""
    taken = []
    for _try in range(tries):
        begun = thread_time()
        act()
        taken.append(thread_time() - begun)
    return min(taken)
