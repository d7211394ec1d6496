"""Acts that start together, each on a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

from django.db import close_old_connections, connection

from workplan.lib.refusals import Refused

Act = Callable[[], object]


def at_once(*acts: Act) -> list[object]:
    """Run the acts in threads that start together; return what each answered, a refusal as itself."""
    barrier, answers = Barrier(len(acts)), [None] * len(acts)
    faults: list[Exception] = []

    def run(place: int, act: Act) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=120)
            answers[place] = act()
        except Refused as refusal:
            answers[place] = refusal
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=240)
    assert not any(thread.is_alive() for thread in threads), "an act hangs"
    close_old_connections()
    if faults:
        raise faults[0]
    return answers
