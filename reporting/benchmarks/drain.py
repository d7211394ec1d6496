"""Folding a whole month's approvals into the totals, against adding up the year once."""

from __future__ import annotations

import time

from accounts.models import ReportingUnit, UnitKind
from reporting import totals
from reporting.benchmarks.bed import Bed
from reporting.benchmarks.dashboard import raw_group_by
from reporting.benchmarks.rounds import ROUNDS, Comparison, compare
from reporting.models import Total
from submissions.models import DirtyUnit


def run(bed: Bed, *, rounds: int = ROUNDS) -> list[Comparison]:
    """Compare one raw GROUP BY with the first reader's wait after every county was approved."""
    counties = list(ReportingUnit.objects.filter(kind=UnitKind.COUNTY))

    def drain() -> float:
        stale = Total.objects.filter(plan=bed.plan, month__gte=bed.pending.month, unit__kind=UnitKind.COUNTY)
        stale.update(value=None, n_reported=0)  # as before the approvals: every row is to be written
        DirtyUnit.objects.bulk_create([DirtyUnit(unit=unit, month=bed.pending.month) for unit in counties])
        began = time.perf_counter()
        totals.fold()
        return time.perf_counter() - began

    name = f"drain after {len(counties)} approvals"
    return [compare(name, ("raw GROUP BY", lambda: raw_group_by(bed)), ("fold", drain), rounds=rounds)]
