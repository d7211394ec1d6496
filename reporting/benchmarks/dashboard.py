"""The national page's data: adding up every figure against reading the totals kept ready."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import connection

from accounts.models import ReportingUnit
from reporting import aggregates
from reporting.benchmarks.bed import Bed, BenchmarkFailed
from reporting.benchmarks.rounds import ROUNDS, Comparison, compare
from reporting.models import Total

#: The nation month by month, and every province at the year's end, where every indicator is due.
_NATION = """
SELECT f.indicator_id, r.month, sum(f.value), sum(f.numerator), sum(f.denominator)
  FROM submissions_monthlyreport r JOIN submissions_figure f ON f.filing_id = r.approved_filing_id
  JOIN submissions_reportingmonth m ON m.month = r.month AND m.plan_id = %(plan)s
 GROUP BY f.indicator_id, r.month
"""
_PROVINCES = """
SELECT split_part(u.path, '.', 2), f.indicator_id, sum(f.value), sum(f.numerator), sum(f.denominator)
  FROM submissions_monthlyreport r JOIN submissions_figure f ON f.filing_id = r.approved_filing_id
  JOIN accounts_reportingunit u ON u.id = r.unit_id
 WHERE r.month = %(december)s
 GROUP BY 1, 2
"""


def run(bed: Bed, *, rounds: int = ROUNDS) -> list[Comparison]:
    """Compare raw GROUP BY with the totals rows, and with the whole call that states progress from them.

    :raises BenchmarkFailed: the two do not give the same national figures.
    """
    _check_equal(bed)
    raw = ("raw GROUP BY", lambda: raw_group_by(bed))
    return [
        compare("dashboard", raw, ("totals rows", lambda: _totals_rows(bed)), rounds=rounds),
        compare("dashboard", raw, ("progress_rows", lambda: _progress_rows(bed)), rounds=rounds),
    ]


def raw_group_by(bed: Bed) -> dict[int, tuple[Decimal | None, ...]]:
    """Add up both parts from the figures; return the nation in December by indicator."""
    names: dict[str, int | date] = {"plan": bed.plan.pk, "december": bed.december.month}
    with connection.cursor() as cursor:
        cursor.execute(_NATION, names)
        nation = cursor.fetchall()
        cursor.execute(_PROVINCES, names)
        cursor.fetchall()
    return {row[0]: tuple(row[2:]) for row in nation if row[1] == bed.december.month}


def units_shown() -> list[ReportingUnit]:
    return list(ReportingUnit.objects.on_the_tree().filter(level__lte=1).order_by("position"))


def _totals_rows(bed: Bed) -> None:
    """Read the same two parts from the totals."""
    columns = ("unit_id", "indicator_id", "month", "value", "numerator", "denominator", "n_due", "n_reported")
    totals = Total.objects.filter(plan=bed.plan)
    list(totals.filter(unit__level=0).values_list(*columns))
    list(totals.filter(unit__level=1, month=bed.december.month).values_list(*columns))


def _progress_rows(bed: Bed) -> list[aggregates.ProgressRow]:
    return aggregates.progress_rows(bed.reviewer, bed.december, units_shown())


def _check_equal(bed: Bed) -> None:
    added = raw_group_by(bed)
    stated = {
        row.indicator.pk: (None if row.indicator.is_ratio else row.value, row.numerator, row.denominator)
        for row in _progress_rows(bed)
        if row.unit.is_nation
    }
    if stated != added:
        raise BenchmarkFailed("The dashboard does not show what the figures add up to.")
