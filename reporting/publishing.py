"""Freezes what a month stood at when it was published, and tells whether that is still what is stored.

`submissions` publishes and raises the event; the snapshot is written in the same transaction, so that there is no
published month without one. Totals, targets and verdicts are copied by the database in one statement.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection
from django.dispatch import receiver

from accounts import audit
from accounts.models import ReportingUnit, User
from reporting import totals
from reporting.aggregates import progress_rows
from reporting.models import DataVersion, Snapshot
from submissions.models import Decision, ReportingMonth
from submissions.signals import month_published

_FREEZE = """
INSERT INTO reporting_snapshotrow (
       month, unit_id, indicator_id, value, numerator, denominator, persons, value_month,
       n_due, n_reported, n_carried, target_value, baseline_value, status)
SELECT t.month, t.unit_id, t.indicator_id, t.value, t.numerator, t.denominator, t.persons, t.value_month,
       t.n_due, t.n_reported, t.n_carried, p.target_value, p.baseline_value, coalesce(s.status, '')
  FROM reporting_total t
  LEFT JOIN targets_target p ON (p.plan_id, p.unit_id, p.indicator_id) = (t.plan_id, t.unit_id, t.indicator_id)
  LEFT JOIN unnest(%(units)s::bigint[], %(indicators)s::bigint[], %(statuses)s::text[])
         AS s(unit_id, indicator_id, status) ON (s.unit_id, s.indicator_id) = (t.unit_id, t.indicator_id)
 WHERE t.plan_id = %(plan)s AND t.month = %(month)s
"""

#: One line per row; codes, not ids, so that a restored database gives the same digest.
_DIGEST = """
SELECT count(*), encode(sha256(convert_to(coalesce(string_agg(
           jsonb_build_array(u.code, i.code, r.value, r.numerator, r.denominator, r.persons, r.value_month,
                             r.n_due, r.n_reported, r.n_carried, r.target_value, r.baseline_value, r.status)::text,
           E'\n' ORDER BY u.code, i.code), ''), 'UTF8')), 'hex')
  FROM reporting_snapshotrow r
  JOIN accounts_reportingunit u ON u.id = r.unit_id
  JOIN targets_indicator i ON i.id = r.indicator_id
 WHERE r.month = %s
"""


@receiver(month_published)
def freeze(period: ReportingMonth, by: User, now: datetime, **_signal: object) -> Snapshot:
    """Keep what the month stands at, for every unit and indicator; runs within the publication."""
    totals.fold()  # its lock keeps the totals still until the publication is committed
    _write_rows(period, by)
    n_rows, digest = digest_of(period.month)
    version = DataVersion.objects.filter(plan=period.plan_id).values_list("number", flat=True).first()
    newest = Decision.objects.order_by("-pk").values_list("pk", flat=True).first()
    snapshot = Snapshot.objects.create(
        period=period,
        published_at=now,
        published_by=by,
        data_version=version or 0,
        last_decision=newest or 0,
        n_rows=n_rows,
        digest=digest,
    )
    audit.record("month.freeze", by=by, obj=period, details={"month": str(period), "rows": n_rows, "digest": digest})
    return snapshot


def _write_rows(period: ReportingMonth, by: User) -> None:
    rows = progress_rows(by, period, ReportingUnit.objects.on_the_tree())
    judged = [row for row in rows if row.status is not None]
    given = {
        "plan": period.plan_id,
        "month": period.month,
        "units": [row.unit.pk for row in judged],
        "indicators": [row.indicator.pk for row in judged],
        "statuses": [str(row.status) for row in judged],
    }
    with connection.cursor() as cursor:
        cursor.execute(_FREEZE, given)


def digest_of(month: date) -> tuple[int, str]:
    """Return how many rows are stored of a published month, and the digest over them."""
    with connection.cursor() as cursor:
        cursor.execute(_DIGEST, [month])
        n_rows, digest = cursor.fetchone()
    return n_rows, digest


def is_whole(snapshot: Snapshot) -> bool:
    """Say whether the stored rows are those that were published."""
    return digest_of(snapshot.pk) == (snapshot.n_rows, snapshot.digest)
