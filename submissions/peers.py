"""How figures moved in the units beside a unit, in the newest month that everybody may know: a published one.

A median over the published month tells nobody what a neighbour has not yet published.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import connection

from submissions.models import MonthlyReport, ReportingMonth
from submissions.rules import Spread
from targets import periods
from targets.models import Frequency, Indicator

#: Fewer units than this are no picture of what is usual.
FEWEST_PEERS = 5

#: Of each unit below the parents: a period's amount over the one before (FLOW), a level over the one before (STOCK);
#: then median and median distance of the logarithms, by parent, indicator and month.
_SPREADS = """
WITH asked AS (
    SELECT month, frequency, month - make_interval(months => frequency) AS one_before,
           month - make_interval(months => 2 * frequency) AS two_before
      FROM unnest(%(months)s::date[], %(frequencies)s::int[]) AS a(month, frequency)
),
filed AS (
    SELECT u.parent_id, u.id AS unit_id, i.id AS indicator_id, i.kind, a.month, a.frequency,
           max(f.value) FILTER (WHERE r.month = a.month) AS value,
           max(f.value) FILTER (WHERE r.month = a.one_before) AS before,
           max(f.value) FILTER (WHERE r.month = a.two_before) AS long_before
      FROM asked a
      JOIN submissions_monthlyreport r ON r.month IN (a.month, a.one_before, a.two_before)
      JOIN accounts_reportingunit u ON u.id = r.unit_id AND u.parent_id = ANY(%(parents)s)
      JOIN submissions_figure f ON f.filing_id = r.approved_filing_id AND f.state = 'REPORTED'
      JOIN targets_indicator i ON i.id = f.indicator_id AND i.frequency = a.frequency AND i.kind IN ('FLOW', 'STOCK')
     GROUP BY u.parent_id, u.id, i.id, i.kind, a.month, a.frequency
),
amounts AS (
    SELECT parent_id, indicator_id, month,
           CASE kind WHEN 'STOCK' THEN value ELSE value - before END AS amount,
           CASE WHEN kind = 'STOCK' OR extract(month FROM month) = 2 * frequency THEN before
                ELSE before - long_before END AS amount_before
      FROM filed
),
moves AS (
    SELECT parent_id, indicator_id, month, ln(amount / amount_before) AS move
      FROM amounts WHERE amount > 0 AND amount_before > 0
),
middles AS (
    SELECT parent_id, indicator_id, month, percentile_cont(0.5) WITHIN GROUP (ORDER BY move) AS middle, count(*) AS n
      FROM moves GROUP BY parent_id, indicator_id, month HAVING count(*) >= %(fewest)s
)
SELECT parent_id, indicator_id, month, middle::numeric(20, 10),
       (percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(move::float8 - middle)))::numeric(20, 10), n
  FROM moves JOIN middles USING (parent_id, indicator_id, month)
 GROUP BY parent_id, indicator_id, month, middle, n
"""


class Moves:
    """What is usual beside the units of some reports: two queries, however many reports there are."""

    def __init__(self, reports: Iterable[MonthlyReport]) -> None:
        reports = list(reports)
        plans = {report.period.plan_id for report in reports}
        published = ReportingMonth.objects.filter(plan__in=plans, published_at__isnull=False)
        self.published = sorted(published.values_list("month", flat=True))
        asked = {(month, f) for one in reports for f in Frequency.values if (month := self._newest(one.month, f))}
        parents = {report.unit.parent_id for report in reports if report.unit.parent_id is not None}
        self.spreads = _spreads(sorted(asked), sorted(parents)) if asked and parents else {}

    def _newest(self, month: date, frequency: int) -> date | None:
        """Return the newest published month before this one in which such an indicator was due."""
        due = [one for one in self.published if one < month and periods.is_due(one.month, frequency)]
        return due[-1] if due else None

    def beside(self, report: MonthlyReport, indicator: Indicator) -> Spread | None:
        month = self._newest(report.month, indicator.frequency)
        return self.spreads.get((report.unit.parent_id, indicator.pk, month))


def _spreads(asked: list[tuple[date, int]], parents: list[int]) -> dict[tuple[int | None, int, date | None], Spread]:
    with connection.cursor() as cursor:
        cursor.execute(
            _SPREADS,
            {
                "months": [month for month, _ in asked],
                "frequencies": [frequency for _, frequency in asked],
                "parents": parents,
                "fewest": FEWEST_PEERS,
            },
        )
        rows: list[tuple[int, int, date, Decimal, Decimal, int]] = cursor.fetchall()
    return {
        (parent, indicator, month): Spread(middle, distance, n)
        for parent, indicator, month, middle, distance, n in rows
    }
