"""Approving: eight clients through the service, against the same eight writing nothing but a status."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from threading import Barrier

from django.db import connection
from django.utils import timezone

from reporting import totals
from reporting.benchmarks.bed import Bed, BenchmarkFailed
from reporting.benchmarks.rounds import ROUNDS, Comparison, compare
from submissions import services
from submissions.models import MonthlyReport, ReportStatus

CLIENTS = 8
#: So many approvals a round, where the database has them.
APPROVALS = 200

Work = Callable[[MonthlyReport], object]


def run(bed: Bed, *, rounds: int = ROUNDS) -> list[Comparison]:
    """Compare the times of equally many approvals and status updates; totals must be right afterwards.

    :raises BenchmarkFailed: a client was turned away (a deadlock, say), or a total differs from the figures' sum.
    """
    waiting = MonthlyReport.objects.filter(period=bed.pending, status=ReportStatus.SUBMITTED)
    reports = iter(waiting.select_related("unit__parent", "period").order_by("pk"))
    count = min(APPROVALS, waiting.count() // (2 * rounds))
    now = datetime.combine(bed.december.month, datetime.min.time(), timezone.get_default_timezone())

    def approve(report: MonthlyReport) -> None:
        services.approve(report, by=bed.reviewer, now=now, version=report.version)

    with clients() as share_out:
        comparison = compare(
            f"{CLIENTS} clients, {count} reports",
            ("status-only update", lambda: share_out(_write_status, reports, count)),
            ("approve", lambda: share_out(approve, reports, count)),
            rounds=rounds,
            warm_up=False,
        )
    if totals.differences(bed.plan):
        raise BenchmarkFailed("After the approvals a total differs from the figures' sum.")
    return [comparison]


def _write_status(report: MonthlyReport) -> None:
    MonthlyReport.objects.filter(pk=report.pk).update(status=ReportStatus.RETURNED)


@contextmanager
def clients() -> Iterator[Callable[[Work, Iterator[MonthlyReport], int], None]]:
    """Keep eight threads with a connection each; hand out reports among them, and close what they opened."""
    with ThreadPoolExecutor(CLIENTS) as pool:

        def share_out(work: Work, reports: Iterator[MonthlyReport], count: int) -> None:
            batch = [next(reports) for _ in range(count)]
            try:
                list(pool.map(work, batch))
            except Exception as error:
                raise BenchmarkFailed(f"A client was turned away: {error}") from error

        _in_every_thread(pool, _connect)
        try:
            yield share_out
        finally:
            _in_every_thread(pool, _disconnect)


def _connect() -> None:
    connection.ensure_connection()  # the thread's own, because it is looked up in the thread


def _disconnect() -> None:
    connection.close()


def _in_every_thread(pool: ThreadPoolExecutor, act: Callable[[], object]) -> None:
    """Act once in each thread."""
    together = Barrier(CLIENTS)

    def once() -> None:
        together.wait()
        act()

    for done in [pool.submit(once) for _ in range(CLIENTS)]:
        done.result()
