"""A command that goes on until it is told to end: by a signal, or because whoever started it is gone."""

from __future__ import annotations

import os
import signal
import time


class Standing:
    """Knows when to end, and waits without missing it."""

    def __init__(self, parent: int | None = None) -> None:
        self._parent = parent
        self._is_stopped = False

    def listen(self) -> None:
        """End at the usual signals; only the main thread may ask for them."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)

    def is_over(self) -> bool:
        return self._is_stopped or (self._parent is not None and os.getppid() != self._parent)

    def pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.is_over():
            time.sleep(0.1)

    def _stop(self, *_signal: object) -> None:
        self._is_stopped = True
