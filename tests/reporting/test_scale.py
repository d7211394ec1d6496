"""Synthetic counties and the benchmarks over them, at a size that takes seconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from accounts.models import ReportingUnit, UnitKind
from reporting import scale, totals
from reporting.benchmarks import bed, dashboard, drain, rounds
from reporting.models import Total
from submissions.models import Decision, Figure, Filing, MonthlyReport, ReportStatus
from targets.models import Plan
from tests.factories import ReportFactory

#: The nation, 32 provinces, 32 prefectures and 5 counties.
SMALL = 70
COUNTIES = 5


@pytest.fixture
def loaded(db: None) -> None:
    call_command("load_units")
    call_command("load_plan")


@pytest.fixture(scope="module")
def seeding(django_db_setup: None, django_db_blocker: object) -> Iterator[scale.Seeded]:
    """The counties, seeded once for the tests that only read them; what a test changes is rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_units")
        call_command("load_plan")
        yield scale.seed(SMALL, pending_months=[bed.PENDING_MONTH])
        transaction.set_rollback(True)


@pytest.fixture
def seeded(seeding: scale.Seeded, db: None) -> Plan:
    return Plan.objects.get(year=scale.YEAR)


# A database not yet seeded, first because the seeding stays for the rest of the module ----------------


def test_the_full_size_has_340_prefectures_and_2900_counties(loaded: None) -> None:
    provinces = list(ReportingUnit.objects.filter(kind__in=["PROVINCE", "CORPS"]).order_by("position"))

    counties = scale._make_units(provinces, scale.UNITS - 33)

    assert len(counties) == 2_900
    assert ReportingUnit.objects.filter(kind=UnitKind.PREFECTURE).count() == 340


def test_a_database_with_reports_filed_in_earnest_is_refused(loaded: None) -> None:
    ReportFactory()

    with pytest.raises(CommandError, match="库中已有非演示报表"):
        call_command("seed_scale", units=SMALL)
    assert Plan.objects.filter(year=scale.YEAR).count() == 0


def test_seeding_needs_units_and_indicators(db: None) -> None:
    with pytest.raises(scale.CannotSeed, match="请先运行 load_units 和 load_plan"):
        scale.seed(SMALL)


def test_seeding_needs_room_below_every_province(loaded: None) -> None:
    with pytest.raises(scale.CannotSeed, match="至少需要 64 个单位"):
        scale.seed(63)


def test_counties_that_exist_are_left_alone(loaded: None) -> None:
    guangdong = ReportingUnit.objects.get(code="440000")
    ReportingUnit.objects.create(
        code="440100", name="广州市", short_name="广州", name_en="Guangzhou", kind=UnitKind.PREFECTURE, level=2,
        parent=guangdong, path=f"{guangdong.path}440100.", position=1,
    )  # fmt: skip

    with pytest.raises(scale.CannotSeed, match="省级以下已有单位"):
        scale.seed(SMALL)


def test_the_command_prints_what_it_wrote(loaded: None, capsys: pytest.CaptureFixture) -> None:
    call_command("seed_scale", units=SMALL)

    line = capsys.readouterr().out.splitlines()[-1]
    assert line.startswith("2099: 70 units, 30 indicators, 60 reports, 1500 figures in ")


# Seeding ---------------------------------------------------------------------------------------


def test_the_tree_has_the_units_asked_for(seeded: Plan) -> None:
    units = ReportingUnit.objects.exclude(code="900000").on_the_tree()

    assert Counter(units.values_list("kind", flat=True)) == {
        UnitKind.NATION: 1,
        UnitKind.PROVINCE: 31,
        UnitKind.CORPS: 1,
        UnitKind.PREFECTURE: 32,
        UnitKind.COUNTY: COUNTIES,
    }
    county = units.filter(kind=UnitKind.COUNTY).order_by("code").first()
    assert county.path == f"000000.110000.110100.{county.code}."


def test_every_county_files_thirty_indicators_where_they_are_due(seeded: Plan) -> None:
    december = Figure.objects.filter(filing__report__period__month="2099-12-01")
    april = Figure.objects.filter(filing__report__period__month="2099-04-01")

    assert seeded.assignments.count() == COUNTIES * 30
    assert (december.count(), april.count()) == (COUNTIES * 30, COUNTIES * 23)


def test_reports_are_approved_by_another_person_except_the_pending_ones(seeded: Plan) -> None:
    reports = MonthlyReport.objects.filter(period__plan=seeded)

    assert Counter(reports.values_list("status", flat=True)) == {
        ReportStatus.APPROVED: COUNTIES * 11,
        ReportStatus.SUBMITTED: COUNTIES,
    }
    assert Counter(Decision.objects.values_list("verb", flat=True)) == {
        "SUBMIT": COUNTIES * 12,
        "APPROVE": COUNTIES * 11,
    }
    assert Filing.objects.get(report=reports.filter(status=ReportStatus.SUBMITTED)[0]).decided_by is None


def test_what_was_seeded_is_frozen_like_any_other_report(seeded: Plan) -> None:
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Figure.objects.filter(filing__report__period__plan=seeded, indicator__code="T01").update(value=1)


def test_totals_equal_their_recomputation_and_the_sum_of_the_figures(seeded: Plan) -> None:
    jobs = Figure.objects.filter(indicator__code="T01", filing__report__period__month="2099-12-01")

    national = Total.objects.get(unit__code="000000", indicator__code="T01", month="2099-12-01")
    assert national.value == sum(figure.value for figure in jobs)
    assert (national.n_due, national.n_reported) == (COUNTIES, COUNTIES)
    assert totals.differences(seeded) == []


def test_seeding_twice_is_refused(seeded: Plan) -> None:
    with pytest.raises(CommandError, match="测试规模的数据已经写入"):
        call_command("seed_scale", units=SMALL)


# Comparing -------------------------------------------------------------------------------------


def test_sides_take_turns_in_going_first() -> None:
    order: list[str] = []

    compared = rounds.compare(
        "turns", ("a", lambda: order.append("a")), ("b", lambda: order.append("b")), rounds=3, warm_up=False
    )

    assert order == ["a", "b", "b", "a", "a", "b"]
    assert (len(compared.their_seconds), len(compared.our_seconds)) == (3, 3)


def test_the_round_before_the_first_is_not_counted() -> None:
    calls: list[int] = []
    compared = rounds.compare("warm", ("a", lambda: calls.append(1)), ("b", lambda: None), rounds=2)

    assert (len(calls), len(compared.ratios)) == (3, 2)


def test_a_side_may_say_itself_how_long_it_took() -> None:
    assert rounds.seconds_of(lambda: 2.5) == 2.5


def test_ratios_are_per_round_and_their_median_stands_in_the_table() -> None:
    compared = rounds.Comparison("x", "raw", "ours", (4.0, 9.0, 8.0), (2.0, 3.0, 1.0))

    assert compared.ratios == [2.0, 3.0, 8.0]
    assert rounds.table([compared]).splitlines() == [
        "comparison     ratio  min–max  n  first ms  second ms",
        "x: raw ÷ ours      3      2–8  3    8000.0     2000.0",
    ]


@pytest.fixture
def small_bed(seeding: scale.Seeded, db: None) -> bed.Bed:
    return bed.bed_of(seeding)


def test_the_dashboard_and_the_figures_give_the_same_nation(small_bed: bed.Bed) -> None:
    labels = [(one.theirs, one.ours) for one in dashboard.run(small_bed, rounds=1)]
    assert labels == [("raw GROUP BY", "totals rows"), ("raw GROUP BY", "progress_rows")]


def test_a_dashboard_that_shows_something_else_fails_the_benchmark(small_bed: bed.Bed) -> None:
    Total.objects.filter(unit__code="000000", indicator__code="T01").update(value=Decimal(1))

    with pytest.raises(bed.BenchmarkFailed, match="does not show what the figures add up to"):
        dashboard.run(small_bed, rounds=1)


def test_draining_folds_every_county_and_leaves_the_totals_right(small_bed: bed.Bed) -> None:
    (compared,) = drain.run(small_bed, rounds=1)

    assert compared.name == "drain after 5 approvals"
    assert totals.differences(small_bed.plan) == []
