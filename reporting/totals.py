"""Totals: dirty units are folded upward by the next reader, under one lock, before it reads.

The database adds; the only arithmetic here is sums and counts. A fold recomputes, it never applies a difference, so
that doing it twice changes nothing and a rebuild is the same code over every unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import F

from accounts.models import ReportingUnit
from reporting.models import DataVersion, Total
from submissions.models import DirtyUnit
from targets.models import Plan
from workplan.lib import clock, snapshots

#: Advisory lock: one fold at a time; readers that find dirty units wait for it.
FOLD_LOCK = 727002

_KEY = "plan_id, unit_id, indicator_id, month"
_WORTH = (
    *("value", "numerator", "denominator", "persons"),
    *("reported_value", "reported_numerator", "reported_denominator", "reported_persons"),
    *("value_month", "first_amount_month", "n_due", "n_reported", "n_carried"),
)
_COLUMNS = f"{_KEY}, {', '.join(_WORTH)}"
_STORED, _EXCLUDED = (", ".join(f"{row}.{column}" for column in _WORTH) for row in ("stored", "excluded"))

#: Units that file the indicator themselves: their newest approved figure at or before each month. A figure that was
#: not reported is passed over; one that is not applicable ends carrying and leaves the counts of its own month.
#: What stands before the first month to recompute is in the totals already: it opens the row of months.
_OWN = """
opening AS (
    SELECT a.unit_id, a.indicator_id, i.kind, i.frequency, s.from_month, t.month,
           CASE WHEN t.value_month IS NOT NULL THEN 'REPORTED' END AS state,
           t.value, t.numerator, t.denominator, t.persons, t.value_month, t.first_amount_month
      FROM scope s
      JOIN targets_assignment a ON a.unit_id = s.unit_id AND a.plan_id = %(plan)s
      JOIN targets_indicator i ON i.id = a.indicator_id
      LEFT JOIN LATERAL (
          SELECT * FROM reporting_total
           WHERE plan_id = %(plan)s AND unit_id = a.unit_id AND indicator_id = a.indicator_id AND month < s.from_month
           ORDER BY month DESC LIMIT 1) t ON true
),
grid AS (
    SELECT unit_id, indicator_id, from_month, month, kind, false AS is_due,
           state, value, numerator, denominator, persons, value_month AS since, first_amount_month
      FROM opening WHERE month IS NOT NULL
    UNION ALL
    SELECT o.unit_id, o.indicator_id, o.from_month, m.month, o.kind,
           m.reported_with_id IS NULL AND EXTRACT(month FROM m.month)::int %% o.frequency = 0,
           f.state, f.value, f.numerator, f.denominator, f.persons, m.month,
           CASE WHEN o.kind = 'ZERO' AND f.value > 0 THEN m.month END
      FROM opening o
      JOIN submissions_reportingmonth m ON m.plan_id = %(plan)s AND m.month >= o.from_month
      LEFT JOIN submissions_monthlyreport r ON r.unit_id = o.unit_id AND r.month = m.month
      LEFT JOIN submissions_figure f ON f.filing_id = r.approved_filing_id AND f.indicator_id = o.indicator_id
                                    AND f.state <> 'NOT_REPORTED'
),
runs AS (
    SELECT *, count(state) OVER so_far AS run, min(first_amount_month) OVER so_far AS amount_since
      FROM grid WINDOW so_far AS (PARTITION BY unit_id, indicator_id ORDER BY month)
),
standing AS (
    SELECT *, first_value(state) OVER run_so_far = 'REPORTED' AS stands,
           first_value(since) OVER run_so_far AS standing_since,
           first_value(value) OVER run_so_far AS standing_value,
           first_value(numerator) OVER run_so_far AS standing_numerator,
           first_value(denominator) OVER run_so_far AS standing_denominator,
           first_value(persons) OVER run_so_far AS standing_persons
      FROM runs WINDOW run_so_far AS (PARTITION BY unit_id, indicator_id, run ORDER BY month)
),
own AS (
    SELECT %(plan)s::bigint, unit_id, indicator_id, month,
           standing_value, standing_numerator, standing_denominator, standing_persons,
           value, numerator, denominator, persons,
           CASE WHEN stands THEN standing_since END, amount_since,
           (is_due AND state IS DISTINCT FROM 'NOT_APPLICABLE')::int,
           (is_due AND state IS NOT DISTINCT FROM 'REPORTED')::int,
           (stands IS TRUE AND NOT (is_due AND standing_since = month))::int
      FROM standing
     WHERE month >= from_month
)"""

#: Units that do not file it: the sum over their children. Nothing approved gives no value, not 0.
_CHILDREN = """
children AS (
    SELECT t.plan_id, u.parent_id, t.indicator_id, t.month,
           sum(t.value), sum(t.numerator), sum(t.denominator), sum(t.persons),
           sum(t.reported_value), sum(t.reported_numerator), sum(t.reported_denominator), sum(t.reported_persons),
           max(t.value_month), min(t.first_amount_month), sum(t.n_due), sum(t.n_reported), sum(t.n_carried)
      FROM scope s
      JOIN accounts_reportingunit u ON u.parent_id = s.unit_id
      JOIN reporting_total t ON t.unit_id = u.id AND t.plan_id = %(plan)s AND t.month >= s.from_month
     WHERE NOT EXISTS (SELECT 1 FROM targets_assignment a
                        WHERE a.plan_id = %(plan)s AND a.unit_id = s.unit_id AND a.indicator_id = t.indicator_id)
     GROUP BY t.plan_id, u.parent_id, t.indicator_id, t.month
)"""

#: One level of the tree: what no longer exists goes, what is new comes, what differs is written, the rest stays.
_RECOMPUTE = f"""
WITH scope AS (SELECT * FROM unnest(%(units)s::bigint[], %(months)s::date[]) AS s(unit_id, from_month)),
{_OWN},
{_CHILDREN},
fresh ({_COLUMNS}) AS MATERIALIZED (SELECT * FROM own UNION ALL SELECT * FROM children),
gone AS (
    DELETE FROM reporting_total t USING scope s
     WHERE t.unit_id = s.unit_id AND t.plan_id = %(plan)s AND t.month >= s.from_month
       AND NOT EXISTS (SELECT 1 FROM fresh f
                        WHERE f.unit_id = t.unit_id AND f.indicator_id = t.indicator_id AND f.month = t.month)
)
INSERT INTO reporting_total AS stored ({_COLUMNS}) SELECT {_COLUMNS} FROM fresh
    ON CONFLICT ({_KEY}) DO UPDATE SET ({", ".join(_WORTH)}) = ROW ({_EXCLUDED})
     WHERE ({_STORED}) IS DISTINCT FROM ({_EXCLUDED})
"""

#: Warnings of these units are judged anew by their next reader (`reporting.warnings.checking`).
_UNCHECKED = "INSERT INTO reporting_uncheckedunit (plan_id, unit_id) SELECT %(plan)s, unnest(%(units)s::bigint[])"


def refresh() -> None:
    """Make every approved figure part of the totals before anything is read from them.

    Inside a snapshot nothing is folded: who opens one refreshes first.
    """
    if not snapshots.is_held() and DirtyUnit.objects.exists():
        fold()


@transaction.atomic
def fold() -> int:
    """Recompute the dirty units and all above them; return how many decisions were folded."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FOLD_LOCK])
        cursor.execute("DELETE FROM submissions_dirtyunit RETURNING unit_id, month")
        dirty = cursor.fetchall()
    plans = dict(Plan.objects.values_list("year", "pk"))
    by_plan: dict[int, dict[int, date]] = {}
    for unit_id, month in dirty:
        first = by_plan.setdefault(plans[month.year], {})
        first[unit_id] = min(month, first.get(unit_id, month))
    for plan_id, first_month in by_plan.items():
        _recompute(plan_id, _with_ancestors(first_month))
    return len(dirty)


@transaction.atomic
def rebuild(plan: Plan) -> None:
    """Recompute every total of the plan from the approved figures."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FOLD_LOCK])
    DirtyUnit.objects.filter(month__year=plan.year).delete()
    Total.objects.filter(plan=plan).delete()
    january = date(plan.year, 1, 1)
    _recompute(
        plan.pk,
        dict.fromkeys(ReportingUnit.objects.on_the_tree().values_list("pk", flat=True), january),
    )


@dataclass(frozen=True)
class Difference:
    """A stored total that is not its recomputation."""

    side: str
    row: tuple


def differences(plan: Plan) -> list[Difference]:
    """Return where the stored totals differ from a recomputation; changes nothing."""
    refresh()
    with transaction.atomic(), connection.cursor() as cursor:
        recomputed = f"SELECT {_COLUMNS} FROM reporting_total WHERE plan_id = {plan.pk:d}"
        cursor.execute(f"CREATE TEMP TABLE stored_total ON COMMIT DROP AS {recomputed}")
        rebuild(plan)
        found = []
        stored = f"SELECT {_COLUMNS} FROM stored_total"
        for side, one, other in (("stored", stored, recomputed), ("recomputed", recomputed, stored)):
            cursor.execute(f"{one} EXCEPT ALL {other} ORDER BY 2, 3, 4 LIMIT 100")
            found += [Difference(side, row) for row in cursor.fetchall()]
        transaction.set_rollback(True)
    return found


def _with_ancestors(first_month: dict[int, date]) -> dict[int, date]:
    """Return the units and all above them, each with the earliest month that changed below it."""
    changed = ReportingUnit.objects.filter(pk__in=first_month).values_list("pk", "path")
    by_code: dict[str, date] = {}
    for unit_id, path in changed:
        for code in path.rstrip(".").split("."):
            by_code[code] = min(first_month[unit_id], by_code.get(code, first_month[unit_id]))
    units = ReportingUnit.objects.filter(code__in=by_code).values_list("pk", "code")
    return {unit_id: by_code[code] for unit_id, code in units}


def _recompute(plan_id: int, first_month: dict[int, date]) -> None:
    """Recompute the units given, deepest level first, each from its month to December."""
    levels: dict[int, list[int]] = {}
    for unit_id, level in ReportingUnit.objects.filter(pk__in=first_month).values_list("pk", "level"):
        levels.setdefault(level, []).append(unit_id)
    with connection.cursor() as cursor:
        for level in sorted(levels, reverse=True):
            scope = {
                "plan": plan_id,
                "units": levels[level],
                "months": [first_month[unit_id] for unit_id in levels[level]],
            }
            cursor.execute(_RECOMPUTE, scope)
        cursor.execute(_UNCHECKED, {"plan": plan_id, "units": list(first_month)})
    DataVersion.objects.get_or_create(plan_id=plan_id)
    DataVersion.objects.filter(plan_id=plan_id).update(number=F("number") + 1, changed_at=clock.now())
