"""What happened to a month or a plan, for apps above this one that have something to do then; none is known here.

A receiver runs in the transaction of the act: one that fails takes the act back with it. Only the worker has none.
"""

from __future__ import annotations

from django.dispatch import Signal

#: A month was published. Arguments: `period` (its row is held), `by`, `now`.
month_published = Signal()
#: A plan was loaded from a file. Arguments: `file`, and `effects`, a list to which a receiver adds what it loaded too.
plan_loaded = Signal()
#: The worker of imports has none to run, or has run them all. Argument: `should_stop`, asked between two steps of
#: whatever a receiver does then. One that fails is logged, and harms no import.
worker_idle = Signal()
