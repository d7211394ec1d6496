"""Totals: what counts in them, and when a reader folds what changed."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from accounts.models import ReportingUnit
from reporting import totals
from reporting.models import DataVersion, Total
from submissions.models import DirtyUnit, ReportingMonth
from targets.models import Assignment, Indicator, Plan
from tests import factories
from tests.reporting.filings import MISSING, NOT_APPLICABLE, stand

pytestmark = pytest.mark.django_db


@pytest.fixture
def periods(db: None) -> dict[int, ReportingMonth]:
    return {period.month.month: period for period in factories.months_of_2007()}


@pytest.fixture
def flow(db: None) -> Indicator:
    return factories.IndicatorFactory(code="F01")


def total(unit: ReportingUnit, indicator: Indicator, month: int) -> Total:
    totals.refresh()
    return Total.objects.get(unit=unit, indicator=indicator, month=date(2007, month, 1))


def assigned(unit: ReportingUnit, *indicators: Indicator) -> ReportingUnit:
    for indicator in indicators:
        factories.AssignmentFactory(unit=unit, indicator=indicator)
    return unit


# What counts -----------------------------------------------------------------------------------


def test_nothing_approved_has_no_total_and_is_due(periods, flow):
    unit = assigned(factories.UnitFactory(), flow)

    found = total(unit.parent, flow, 3)

    assert (found.value, found.value_month, found.n_due, found.n_reported, found.n_carried) == (None, None, 1, 0, 0)


def test_an_approved_zero_stays_zero(periods, flow):
    unit = assigned(factories.UnitFactory(), flow)

    stand(unit, periods[3], {flow: 0})

    assert (total(unit.parent, flow, 3).value, total(unit.parent, flow, 3).n_reported) == (Decimal(0), 1)


def test_the_newest_approved_figure_carries_to_december(periods, flow):
    unit = assigned(factories.UnitFactory(), flow)
    stand(unit, periods[3], {flow: 70})

    found = total(unit.parent, flow, 12)

    assert (found.value, found.value_month, found.n_due, found.n_reported, found.n_carried) == (
        Decimal(70), date(2007, 3, 1), 1, 0, 1,
    )  # fmt: skip
    assert found.reported_value is None


def test_a_figure_not_reported_is_passed_over(periods, flow):
    unit = assigned(factories.UnitFactory(), flow)
    stand(unit, periods[3], {flow: 70})
    stand(unit, periods[4], {flow: MISSING})

    found = total(unit, flow, 4)

    assert (found.value, found.n_due, found.n_reported, found.n_carried) == (Decimal(70), 1, 0, 1)


def test_a_figure_not_applicable_ends_carrying_and_leaves_the_counts(periods, flow):
    unit = assigned(factories.UnitFactory(), flow)
    stand(unit, periods[3], {flow: 70})
    stand(unit, periods[4], {flow: NOT_APPLICABLE})

    april, may = total(unit, flow, 4), total(unit, flow, 5)

    assert (april.value, april.n_due, april.n_reported, april.n_carried) == (None, 0, 0, 0)
    assert (may.value, may.n_due, may.n_reported, may.n_carried) == (None, 1, 0, 0)


def test_where_a_month_is_not_due_everything_is_carried(periods):
    quarterly = factories.IndicatorFactory(frequency=3)
    units = [assigned(factories.UnitFactory(), quarterly) for _ in range(2)]
    for unit in units:
        stand(unit, periods[6], {quarterly: 50})

    found = total(units[0].parent, quarterly, 8)

    assert (found.value, found.n_due, found.n_reported, found.n_carried) == (Decimal(100), 0, 0, 2)


def test_a_unit_that_files_itself_stands_for_the_units_below(periods, flow):
    province = assigned(factories.UnitFactory(), flow)
    prefecture = assigned(factories.UnitFactory(code="990100", parent=province, kind="PREFECTURE"), flow)
    stand(prefecture, periods[3], {flow: 1})
    stand(province, periods[3], {flow: 100})

    assert [total(unit, flow, 3).value for unit in (prefecture, province, province.parent)] == [1, 100, 100]
    assert total(province.parent, flow, 3).n_due == 1


def test_no_total_exists_where_nothing_is_assigned(periods, flow):
    with_it, without = assigned(factories.UnitFactory(), flow), factories.UnitFactory()

    totals.refresh()

    assert set(Total.objects.values_list("unit", flat=True)) == {with_it.pk, with_it.parent_id}
    assert not Total.objects.filter(unit=without).exists()


def test_a_ratio_adds_its_parts(periods):
    ratio = factories.IndicatorFactory(ratio=True, frequency=1)
    units = [assigned(factories.UnitFactory(), ratio) for _ in range(2)]
    stand(units[0], periods[3], {ratio: (1, 2)})
    stand(units[1], periods[3], {ratio: (3, 4)})

    found = total(units[0].parent, ratio, 3)

    assert (found.numerator, found.denominator, found.value) == (4, 6, None)


def test_the_first_amount_is_remembered_for_the_year(periods):
    zero = factories.IndicatorFactory(zero=True)
    unit = assigned(factories.UnitFactory(), zero)
    for month, amount in ((3, 0), (4, 500), (5, 0)):
        stand(unit, periods[month], {zero: {"value": amount, "persons": 0}})

    assert [total(unit.parent, zero, month).first_amount_month for month in (3, 4, 5)] == [
        None, date(2007, 4, 1), date(2007, 4, 1),
    ]  # fmt: skip


# Folding ---------------------------------------------------------------------------------------


def test_folding_twice_changes_nothing(periods, flow):
    unit = assigned(factories.UnitFactory(), flow)
    stand(unit, periods[3], {flow: 70})
    totals.fold()
    before = list(Total.objects.order_by("pk").values())
    version = DataVersion.objects.get().number

    again = totals.fold()

    assert (again, list(Total.objects.order_by("pk").values())) == (0, before)
    assert DataVersion.objects.get().number == version


def test_refolding_the_same_decision_finds_the_same_totals(periods, flow):
    unit = assigned(factories.UnitFactory(), flow)
    stand(unit, periods[3], {flow: 70})
    totals.fold()
    before = set(Total.objects.values_list("unit", "month", "value", "n_due", "n_reported", "n_carried"))

    DirtyUnit.objects.create(unit=unit, month=date(2007, 3, 1))
    folded = totals.fold()

    assert folded == 1
    assert set(Total.objects.values_list("unit", "month", "value", "n_due", "n_reported", "n_carried")) == before


def test_a_reader_without_dirty_units_folds_nothing(periods, django_assert_num_queries):
    totals.refresh()

    with django_assert_num_queries(1):
        totals.refresh()


def test_a_fold_moves_the_data_version_to_the_business_date(periods, flow):
    assigned(factories.UnitFactory(), flow)

    totals.refresh()

    assert timezone.localdate(DataVersion.objects.get().changed_at) == date(2007, 10, 12)


def test_a_new_assignment_is_due_at_once(periods, flow):
    first = assigned(factories.UnitFactory(), flow)
    before = total(first.parent, flow, 3).n_due

    assigned(factories.UnitFactory(), flow)

    assert (before, total(first.parent, flow, 3).n_due) == (1, 2)


def test_a_withdrawn_assignment_takes_its_totals_with_it(periods, flow):
    unit = assigned(factories.UnitFactory(), flow)
    stand(unit, periods[3], {flow: 70})
    totals.refresh()

    Assignment.objects.all().delete()
    totals.refresh()

    assert list(Total.objects.all()) == []


def test_a_new_month_of_the_calendar_is_carried_into(flow):
    january = factories.MonthFactory(number=1)
    unit = assigned(factories.UnitFactory(), flow)
    stand(unit, january, {flow: 70})
    totals.refresh()

    factories.MonthFactory(number=2)

    assert (total(unit.parent, flow, 2).value, total(unit.parent, flow, 2).n_carried) == (Decimal(70), 1)


def test_a_unit_that_moves_takes_its_figures_along(periods, flow):
    old, new = factories.UnitFactory(), factories.UnitFactory()
    moving = assigned(factories.UnitFactory(code="990100", parent=old, kind="PREFECTURE"), flow)
    staying = assigned(factories.UnitFactory(code="990200", parent=old, kind="PREFECTURE"), flow)
    stand(moving, periods[3], {flow: 70})
    stand(staying, periods[3], {flow: 5})
    before = total(old, flow, 3).value

    moving.parent, moving.path = new, f"{new.path}{moving.code}."
    moving.save()

    assert (before, total(old, flow, 3).value, total(new, flow, 3).value) == (75, 5, 70)
    assert total(old.parent, flow, 3).value == 75
    assert totals.differences(Plan.objects.get()) == []


def test_plan_years_are_folded_apart(periods, flow):
    unit = assigned(factories.UnitFactory(), flow)
    stand(unit, periods[12], {flow: 70})
    next_plan = factories.PlanFactory(year=2008)
    january = factories.MonthFactory(plan=next_plan, month=date(2008, 1, 1), number=1)
    factories.AssignmentFactory(plan=next_plan, indicator=flow, unit=unit)
    stand(unit, january, {flow: 9})

    totals.refresh()

    nation = Total.objects.filter(unit=unit.parent)
    assert nation.get(plan=next_plan, month=date(2008, 1, 1)).value == 9
    assert nation.get(plan__year=2007, month=date(2007, 12, 1)).value == 70


def test_a_fold_goes_on_from_what_stood_before_the_first_changed_month(periods, flow):
    unit = assigned(factories.UnitFactory(), flow)
    stand(unit, periods[3], {flow: 70})
    assert total(unit, flow, 12).value == 70

    stand(unit, periods[6], {flow: NOT_APPLICABLE})
    stand(unit, periods[9], {flow: MISSING})

    assert [(total(unit, flow, month).value, total(unit, flow, month).n_carried) for month in (5, 6, 8, 9, 12)] == [
        (Decimal(70), 1), (None, 0), (None, 0), (None, 0), (None, 0),
    ]  # fmt: skip
    assert totals.differences(unit.assignments.get().plan) == []


def test_a_fold_leaves_rows_alone_that_stay_as_they_are(periods, flow):
    unit = assigned(factories.UnitFactory(), flow)
    stand(unit, periods[3], {flow: 70})
    before = {number: _written_by(total(unit, flow, number)) for number in (2, 4, 6, 12)}

    DirtyUnit.objects.create(unit=unit, month=date(2007, 1, 1))
    stand(unit, periods[6], {flow: 90})

    changed = [number for number, writer in before.items() if _written_by(total(unit, flow, number)) != writer]
    assert changed == [6, 12]


def _written_by(row: Total) -> object:
    """Return the transaction that wrote the row as it stands."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text, ctid::text FROM reporting_total WHERE id = %s", [row.pk])
        return cursor.fetchone()


@pytest.mark.django_db(transaction=True)
def test_a_reader_waits_for_a_fold_under_way(transactional_db):
    periods = {period.month.month: period for period in factories.months_of_2007()}
    flow = factories.IndicatorFactory(code="F01")
    unit = assigned(factories.UnitFactory(), flow)
    stand(unit, periods[3], {flow: 70})
    folded, order = threading.Event(), []

    def fold_slowly() -> None:
        try:
            with transaction.atomic():
                totals.fold()
                folded.set()
                _until_somebody_waits_for(totals.FOLD_LOCK)
                order.append("folded")
        finally:
            connections.close_all()

    other = threading.Thread(target=fold_slowly)
    other.start()
    assert folded.wait(timeout=240)
    totals.refresh()
    order.append("read")
    other.join(timeout=240)

    assert order == ["folded", "read"]
    assert Total.objects.get(unit=unit.parent, month=date(2007, 3, 1)).value == 70


def _until_somebody_waits_for(lock: int) -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"
    for _ in range(4_800):
        with connection.cursor() as cursor:
            cursor.execute(waiting, [lock])
            if cursor.fetchone()[0]:
                return
        threading.Event().wait(0.05)
