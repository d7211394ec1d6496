"""Synthetic data at county scale, for benchmarks: a year of approved figures, written set by set.

Everything passes the same constraints and triggers as a report typed by hand; nothing is switched off. The year is one
that no plan will have, so that nothing mixes with real figures.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import ReportingUnit, Role, UnitKind, User
from accounts.services import ensure_demo_account
from reporting import totals
from submissions import schedule
from submissions.models import MonthlyReport
from targets.models import (
    Bound,
    Chapter,
    Frequency,
    Indicator,
    Item,
    Kind,
    Plan,
    Target,
    Thresholds,
    UnitAggregation,
    UnitOfMeasure,
)
from workplan.lib.refusals import Refused

YEAR = 2099
UNITS = 3_273
INDICATORS = 30
#: 1 nation, 32 provinces, 340 prefectures and 2,900 counties: this share of the units below the provinces.
_PREFECTURES_IN = (340, 3_240)
_KINDS = (Kind.FLOW, Kind.STOCK, Kind.RATIO)


class CannotSeed(Refused):
    """The database is not one to fill with synthetic counties."""

    code = "cannot_seed"


@dataclass(frozen=True)
class Seeded:
    """How many rows were written."""

    units: int
    indicators: int
    reports: int
    figures: int

    def __str__(self) -> str:
        return f"{self.units} units, {self.indicators} indicators, {self.reports} reports, {self.figures} figures"


@transaction.atomic
def seed(units: int = UNITS, *, pending_months: Iterable[int] = ()) -> Seeded:
    """Fill the year; reports of ``pending_months`` are left awaiting review.

    :raises CannotSeed: units or plan are not loaded, somebody filed in earnest, or it was done before.
    """
    provinces = _check_may_seed(units)
    counties = _make_units(provinces, units - len(provinces) - 1)
    indicators = _make_indicators()
    plan = _make_plan(provinces, indicators, len(counties))
    lead, reviewer = _people(provinces[0])
    names: dict[str, int | list[int]] = {"plan": plan.pk, "year": YEAR, "lead": lead.pk, "reviewer": reviewer.pk}
    reports, figures = _write_reports({**names, "pending": list(pending_months)})
    totals.rebuild(plan)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE reporting_total")
    seeded = Seeded(units, len(indicators), reports, figures)
    audit.record("scale.seeded", by=None, obj=plan, details={"units": units, "figures": figures})
    return seeded


def _check_may_seed(units: int) -> list[ReportingUnit]:
    """Return the provinces below which the counties are to be."""
    if MonthlyReport.objects.filter(is_demo=False).exists():
        raise CannotSeed(_("库中已有非演示报表，不能写入测试规模的数据。请使用单独的数据库。"))
    if Plan.objects.filter(year=YEAR).exists():
        raise CannotSeed(_("测试规模的数据已经写入。"))
    provinces = list(ReportingUnit.objects.filter(kind__in=[UnitKind.PROVINCE, UnitKind.CORPS]).order_by("position"))
    if not provinces or not Indicator.objects.exists():
        raise CannotSeed(_("请先运行 load_units 和 load_plan。"))
    if ReportingUnit.objects.filter(level__gt=1).exists():
        raise CannotSeed(_("省级以下已有单位，不能写入测试规模的数据。"))
    if units < 2 * len(provinces):
        raise CannotSeed(_("至少需要 %(count)s 个单位。"), count=2 * len(provinces))
    return provinces


# Units and plan --------------------------------------------------------------------------------


def _make_units(provinces: list[ReportingUnit], below: int) -> list[ReportingUnit]:
    """Write prefectures and counties in even numbers; return the counties."""
    of_all, whole = _PREFECTURES_IN
    n_prefectures = max(len(provinces), below * of_all // whole)
    prefectures = [
        _unit_below(provinces[place % len(provinces)], place // len(provinces) + 1, UnitKind.PREFECTURE)
        for place in range(n_prefectures)
    ]
    ReportingUnit.objects.bulk_create(prefectures)
    counties = [
        _unit_below(prefectures[place % n_prefectures], place // n_prefectures + 1, UnitKind.COUNTY)
        for place in range(below - n_prefectures)
    ]
    return ReportingUnit.objects.bulk_create(counties)


def _unit_below(parent: ReportingUnit, number: int, kind: UnitKind) -> ReportingUnit:
    """Return an unsaved unit with a plain name and the next code under its parent's."""
    digits = 2 * parent.level
    code = f"{parent.code[:digits]}{number:02d}".ljust(6, "0")
    return ReportingUnit(
        code=code,
        name=f"{parent.name}测试{number:02d}",
        short_name=f"测试{code}",
        name_en=f"Synthetic {code}",
        kind=kind,
        level=parent.level + 1,
        parent=parent,
        path=f"{parent.path}{code}.",
        region=parent.region,
        position=int(code),
    )


def _make_indicators() -> list[Indicator]:
    """Return the indicators there are, with monthly synthetic ones up to the number wanted."""
    known = list(Indicator.objects.order_by("code")[:INDICATORS])
    synthetic = [_synthetic(number) for number in range(1, INDICATORS - len(known) + 1)]
    return known + Indicator.objects.bulk_create(synthetic)


def blank_year(year: int) -> tuple[Plan, list[Indicator]]:
    """Give the counties a further year with as many monthly indicators, in which nobody has filed anything."""
    indicators = Indicator.objects.bulk_create(_synthetic(number, "B") for number in range(1, INDICATORS + 1))
    plan = Plan.objects.create(
        year=year, number="测试", title="测试规模", title_en="Scale", issuer="测试", issued_on=date(year, 1, 1)
    )
    _assign(plan, indicators)
    schedule.make_months(plan)
    return plan, indicators


def _synthetic(number: int, letter: str = "S") -> Indicator:
    kind = _KINDS[number % len(_KINDS)]
    is_ratio = kind == Kind.RATIO
    return Indicator(
        code=f"{letter}{number:02d}",
        name=f"测试指标{letter}{number:02d}",
        name_en=f"Synthetic indicator {letter}{number:02d}",
        short_name=f"测试{letter}{number:02d}",
        kind=kind,
        unit_of_measure=UnitOfMeasure.RATE if is_ratio else UnitOfMeasure.PERSON,
        frequency=Frequency.MONTHLY,
        unit_aggregation=UnitAggregation.RATIO_OF_SUMS if is_ratio else UnitAggregation.SUM,
        numerator_name="分子" if is_ratio else "",
        denominator_name="分母" if is_ratio else "",
    )


def _make_plan(provinces: list[ReportingUnit], indicators: list[Indicator], n_counties: int) -> Plan:
    """Write a plan with targets for the nation and the provinces, who files, and the months."""
    plan = Plan.objects.create(
        year=YEAR, number="测试", title="测试规模", title_en="Scale", issuer="测试", issued_on=date(YEAR, 1, 1)
    )
    Thresholds.objects.create(plan=plan)
    chapter = Chapter.objects.create(plan=plan, number=1, heading="测试规模")
    item = Item.objects.create(
        plan=plan, chapter=chapter, number=1, heading="测试规模", summary="测试规模。", lead="测试"
    )
    nation = provinces[0].parent
    sizes = [(nation, n_counties), *((province, n_counties // len(provinces)) for province in provinces)]
    Target.objects.bulk_create(
        _target(plan, item, indicator, unit, size) for indicator in indicators for unit, size in sizes
    )
    _assign(plan, indicators)
    schedule.make_months(plan)
    return plan


def _assign(plan: Plan, indicators: list[Indicator]) -> None:
    """Let every county file each of the indicators."""
    with connection.cursor() as cursor:
        cursor.execute(_ASSIGN, {"plan": plan.pk, "indicators": [one.pk for one in indicators]})


def _target(plan: Plan, item: Item, indicator: Indicator, unit: ReportingUnit | None, n_counties: int) -> Target:
    """Return a target near what the seeded figures reach in December."""
    by_kind = {
        Kind.FLOW: (Decimal(66_000 * n_counties), Bound.AT_LEAST),
        Kind.STOCK: (Decimal(6_000 * n_counties), Bound.AT_LEAST),
        Kind.RATIO: (Decimal("0.5"), Bound.AT_LEAST),
        Kind.COUNT: (Decimal(n_counties), Bound.EXACTLY),
        Kind.ZERO: (Decimal(0), Bound.AT_MOST),
    }
    value, bound = by_kind[Kind(indicator.kind)]
    return Target(
        plan=plan,
        item=item,
        indicator=indicator,
        unit=unit,
        target_value=value,
        baseline_value=value * Decimal("0.9") if indicator.kind == Kind.STOCK else None,
        bound=bound,
        is_synthetic=True,
    )


def _people(province: ReportingUnit) -> tuple[User, User]:
    """Return a submitter and a reviewer: four eyes, also here."""
    lead = ensure_demo_account(
        "scale_lead", role=Role.LEAD, unit=province, display_name="测试报送人", display_name_en="Scale lead"
    )
    reviewer = ensure_demo_account(
        "scale_reviewer",
        role=Role.MINISTRY_REVIEWER,
        unit=ReportingUnit.objects.get(kind=UnitKind.NATION),
        display_name="测试审核人",
        display_name_en="Scale reviewer",
    )
    for person in (lead, reviewer):
        person.set_unusable_password()
        person.save(update_fields=["password"])
    return lead, reviewer


# Reports and figures ---------------------------------------------------------------------------

_ASSIGN = """
INSERT INTO targets_assignment (plan_id, indicator_id, unit_id)
SELECT %(plan)s, i.id, u.id
  FROM accounts_reportingunit u CROSS JOIN targets_indicator i
 WHERE u.kind = 'COUNTY' AND i.id = ANY(%(indicators)s)
"""

_BEGIN_REPORTS = """
INSERT INTO submissions_monthlyreport (unit_id, month, status, version, is_demo)
SELECT u.id, m.month, 'DRAFT', 0, true
  FROM accounts_reportingunit u CROSS JOIN submissions_reportingmonth m
 WHERE u.kind = 'COUNTY' AND m.plan_id = %(plan)s
"""

_OPEN_FILINGS = """
INSERT INTO submissions_filing (report_id, number, release, outcome, reason, note)
SELECT r.id, 1, 'FLASH', 'OPEN', '', '' FROM submissions_monthlyreport r
 WHERE EXTRACT(year FROM r.month) = %(year)s
"""

#: Sizes differ by unit and indicator, grow with the months, and are the same in every run.
_FILE_FIGURES = """
INSERT INTO submissions_figure
       (filing_id, indicator_id, state, value, numerator, denominator, persons, note, parts)
SELECT f.id, i.id, 'REPORTED',
       CASE i.kind WHEN 'FLOW' THEN size.n * m WHEN 'STOCK' THEN size.n + size.n * m / 100
                   WHEN 'COUNT' THEN 1 WHEN 'ZERO' THEN 0 END,
       CASE i.kind WHEN 'RATIO' THEN size.n / 2 + size.n * m / 40 END,
       CASE i.kind WHEN 'RATIO' THEN size.n END,
       CASE WHEN i.has_persons THEN 0 END, '', '{}'
  FROM submissions_filing f
  JOIN submissions_monthlyreport r ON r.id = f.report_id AND EXTRACT(year FROM r.month) = %(year)s
 CROSS JOIN LATERAL (SELECT EXTRACT(month FROM r.month)::int AS m) AS of_the_year
  JOIN targets_assignment a ON a.plan_id = %(plan)s AND a.unit_id = r.unit_id
  JOIN targets_indicator i ON i.id = a.indicator_id AND m %% i.frequency = 0
 CROSS JOIN LATERAL (SELECT 1000 + (r.unit_id * 7919 + i.id * 104729) %% 9000 AS n) AS size
"""

_DECIDE_FILINGS = """
UPDATE submissions_filing f
   SET submitted_by_id = %(lead)s, submitted_at = r.month + interval '1 month 3 days',
       outcome = CASE WHEN is_pending THEN 'PENDING' ELSE 'APPROVED' END,
       decided_by_id = CASE WHEN NOT is_pending THEN %(reviewer)s::bigint END,
       decided_at = CASE WHEN NOT is_pending THEN r.month + interval '1 month 4 days' END
  FROM submissions_monthlyreport r
 CROSS JOIN LATERAL (SELECT EXTRACT(month FROM r.month)::int = ANY(%(pending)s::int[]) AS is_pending) AS left_over
 WHERE r.id = f.report_id AND EXTRACT(year FROM r.month) = %(year)s
"""

_MOVE_REPORTS = """
UPDATE submissions_monthlyreport r
   SET filing_id = f.id,
       approved_filing_id = CASE f.outcome WHEN 'APPROVED' THEN f.id END,
       status = CASE f.outcome WHEN 'APPROVED' THEN 'APPROVED' ELSE 'SUBMITTED' END,
       version = CASE f.outcome WHEN 'APPROVED' THEN 3 ELSE 2 END
  FROM submissions_filing f
 WHERE f.report_id = r.id AND EXTRACT(year FROM r.month) = %(year)s
"""

_RECORD_DECISIONS = """
INSERT INTO submissions_decision (report_id, filing_id, verb, from_status, to_status, version, by_id, at, comment)
SELECT f.report_id, f.id, step.verb, step.before, step.after, step.version, step.by, step.at, ''
  FROM submissions_filing f
  JOIN submissions_monthlyreport r ON r.id = f.report_id AND EXTRACT(year FROM r.month) = %(year)s
 CROSS JOIN LATERAL (VALUES ('SUBMIT', 'DRAFT', 'SUBMITTED', 1, f.submitted_by_id, f.submitted_at),
                            ('APPROVE', 'SUBMITTED', 'APPROVED', 2, f.decided_by_id, f.decided_at))
       AS step (verb, before, after, version, by, at)
 WHERE step.by IS NOT NULL
"""

#: Foreign keys are checked after each statement. Left to the end, their waiting list would be read again by every call
#: of a trigger, and a million figures would take hours.
_CHECK_AT_ONCE = "SET CONSTRAINTS ALL IMMEDIATE"
#: The statements' plans, and those of triggers and foreign keys, go by these numbers.
_ANALYZE = """
ANALYZE accounts_reportingunit, targets_assignment, submissions_monthlyreport, submissions_filing, submissions_figure
"""
_STEPS = (_BEGIN_REPORTS, _OPEN_FILINGS, _FILE_FIGURES, _DECIDE_FILINGS, _MOVE_REPORTS, _RECORD_DECISIONS)


def _write_reports(names: dict[str, int | list[int]]) -> tuple[int, int]:
    """Write reports, filings, figures and decisions; return how many reports and figures."""
    written = []
    with connection.cursor() as cursor:
        cursor.execute(_CHECK_AT_ONCE)
        for statement in _STEPS:
            cursor.execute(_ANALYZE)
            cursor.execute(statement, names)
            written.append(cursor.rowcount)
        cursor.execute(_ANALYZE)
    return written[0], written[2]
