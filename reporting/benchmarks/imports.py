"""A year of every county imported by the worker, against the bare COPY of the same rows (acceptance.md X-35).

The name of the comparison states the seconds of CPU on both sides of the connection, since others may share the
cores, and what the process grew by at its highest.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from django.db import connection
from django.test.utils import override_settings
from django.utils import timezone

from accounts.models import ReportingUnit, UnitKind
from reporting import scale
from reporting.benchmarks.bed import Bed, BenchmarkFailed
from reporting.benchmarks.memory import growth
from reporting.benchmarks.rounds import ROUNDS, Comparison, compare
from submissions.bulk.imports import Options
from submissions.jobs import desk
from submissions.jobs.worker import Worker
from submissions.models import Figure, ImportJob, JobKind, JobState
from targets.models import Indicator
from targets.periods import MONTHS_IN_YEAR
from workplan.lib.locks import own_connection

YEAR = scale.YEAR + 1
_HEADER = "month,unit,indicator,value,numerator,denominator\n"
_COPY_TABLE = """
CREATE TEMPORARY TABLE copied
       (month text, unit text, indicator text, value numeric, numerator numeric, denominator numeric)
"""

#: No month to come can be filed: the bench stands after its year.
_afterwards = override_settings(BUSINESS_DATE=date(YEAR + 1, 1, 3))


def run(bed: Bed, *, rounds: int = ROUNDS) -> list[Comparison]:
    """Compare one COPY with one import of a year nobody has begun; every row must have become a figure.

    One round, whatever is asked for: what is imported once changes nothing the second time.
    """
    plan, indicators = scale.blank_year(YEAR)
    content = "".join(_lines(indicators)).encode()
    n_rows = content.count(b"\n") - 1
    used: list[str] = []

    def ours() -> float:
        began, cpu = time.perf_counter(), _cpu()
        grown = growth(lambda: _import(bed, content))
        taken = time.perf_counter() - began
        used.append(f"{_cpu() - cpu:.1f} s of CPU in the worker and its session, {grown}")
        return taken

    compared = compare(
        f"{n_rows} rows", ("COPY", _copying(content)), ("import in the background", ours), rounds=1, warm_up=False
    )
    if Figure.objects.filter(filing__report__period__plan=plan).count() != n_rows:
        raise BenchmarkFailed("The import did not write every row.")
    return [replace(compared, name=f"{compared.name}, {used[0]}")]


def _lines(indicators: list[Indicator]) -> Iterator[str]:
    """Yield a CSV of every county, month and indicator; sizes as in the seeded year."""
    counties = list(ReportingUnit.objects.filter(kind=UnitKind.COUNTY).order_by("code").values_list("pk", "code"))
    yield _HEADER
    for month in range(1, MONTHS_IN_YEAR + 1):
        for pk, code in counties:
            for one in indicators:
                size = 1000 + (pk * 7919 + one.pk * 104729) % 9000
                numbers = f",{size * month},{size * 12}" if one.is_ratio else f"{size * month},,"
                yield f"{YEAR}-{month:02},{code},{one.code},{numbers}\n"


def _copying(content: bytes) -> Callable[[], None]:
    def copy() -> None:
        with connection.cursor() as cursor:
            cursor.execute(_COPY_TABLE)
            cursor.copy_expert("COPY copied FROM STDIN WITH (FORMAT csv, HEADER)", io.BytesIO(content))
            cursor.execute("DROP TABLE copied")

    return copy


@_afterwards
def _import(bed: Bed, content: bytes) -> None:
    """Hand the file in and run it as the worker does, with its second connection.

    :raises BenchmarkFailed: the job did not end well.
    """
    now = datetime.combine(date(YEAR + 1, 1, 3), datetime.min.time(), timezone.get_default_timezone())
    job = desk.hand_in(desk.Parcel(content, JobKind.CSV, "bench.csv"), Options(), by=bed.reviewer, now=now)
    control = own_connection()
    try:
        worker = Worker(control)
        worker.hold()
        worker.run_next()
        worker.release()
    finally:
        control.close()
    ended = ImportJob.objects.get(pk=job.pk)
    if ended.state != JobState.DONE:
        raise BenchmarkFailed(f"The import ended as {ended.state}: {ended.problem_told}")


def _cpu() -> float:
    """Return the seconds of CPU used so far by this process and, where Linux tells, by its database session."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not stat.exists():
        return time.process_time()
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return time.process_time() + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
