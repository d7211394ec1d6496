"""Totals are what a plain recomputation finds, whatever was filed, by whom, and whatever was not."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reporting import totals
from reporting.models import Total
from submissions.models import FigureState
from tests import factories
from tests.depth import times
from tests.reporting.filings import stand

KINDS = {
    "F01": {},
    "S01": {"stock": True},
    "R01": {"ratio": True},
    "C01": {"count": True},
    "Z01": {"zero": True},
}
MONTHS = (1, 2, 3, 4, 5, 6)

amounts = st.integers(min_value=0, max_value=9)
states = st.sampled_from([FigureState.REPORTED] * 3 + [FigureState.NOT_REPORTED, FigureState.NOT_APPLICABLE, None])
figures = st.tuples(states, amounts, amounts)


@st.composite
def filings(draw: st.DrawFn) -> dict[tuple[int, str, int], tuple]:
    """Draw for each unit and indicator whether it files it, and for each due month what it filed."""
    world = {}
    for unit in range(7):
        for code in KINDS:
            if not draw(st.booleans() if unit > 2 else st.sampled_from([False, False, True])):
                continue
            for month in MONTHS:
                world[unit, code, month] = draw(figures) if _is_due(code, month) else (None, 0, 0)
    return world


def _is_due(code: str, month: int) -> bool:
    return month % {"R01": 3, "C01": 6}.get(code, 1) == 0


#: 全国, two provinces, two prefectures under each.
PARENT_OF = {0: None, 1: 0, 2: 0, 3: 1, 4: 1, 5: 2, 6: 2}


def naive(world: dict, unit: int, code: str, month: int) -> dict | None:
    """Return the total by walking the tree, one filing at a time; None where nobody files the indicator."""
    if (unit, code, 1) in world:
        return _own(world, unit, code, month)
    below = [naive(world, child, code, month) for child, parent in PARENT_OF.items() if parent == unit]
    found = [one for one in below if one is not None]
    if not found:
        return None
    return {
        name: (min if name == "first_amount_month" else max if name == "value_month" else sum)(known)
        if (known := [one[name] for one in found if one[name] is not None])
        else None
        for name in found[0]
    }


def _own(world: dict, unit: int, code: str, month: int) -> dict:
    heard = [
        (past, *world[unit, code, past])
        for past in MONTHS
        if past <= month and world[unit, code, past][0] not in {None, FigureState.NOT_REPORTED}
    ]
    since, state, one, two = heard[-1] if heard else (None, None, 0, 0)
    stands = state == FigureState.REPORTED
    is_due, is_now = _is_due(code, month), since == month
    arose = [past for past, kind, amount, _ in heard if code == "Z01" and kind == FigureState.REPORTED and amount]
    return {
        **_cells("", code, one, two, is_stated=stands),
        **_cells("reported_", code, one, two, is_stated=stands and is_now),
        "value_month": since if stands else None,
        "first_amount_month": arose[0] if arose else None,
        "n_due": int(is_due and not (is_now and state == FigureState.NOT_APPLICABLE)),
        "n_reported": int(is_due and is_now and stands),
        "n_carried": int(stands and not (is_due and is_now)),
    }


def _cells(prefix: str, code: str, one: int, two: int, *, is_stated: bool) -> dict:
    stated = {
        "value": None if code == "R01" else one,
        "numerator": one if code == "R01" else None,
        "denominator": two + 1 if code == "R01" else None,
        "persons": two if code == "Z01" else None,
    }
    return {prefix + name: value if is_stated else None for name, value in stated.items()}


def as_filed(code: str, figure: tuple) -> dict:
    state, one, two = figure
    if state == FigureState.REPORTED:
        cells = _cells("", code, one, two, is_stated=True)
        return {name: value for name, value in cells.items() if value is not None}
    return {"state": state, "note": "说明"}


@settings(
    max_examples=times(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(world=filings())
def test_totals_equal_a_plain_recomputation(db, world):
    with transaction.atomic():
        units, indicators = _built(world)

        totals.refresh()

        stored = {
            (units[row.unit_id], indicators[row.indicator_id], row.month.month): _read(row)
            for row in Total.objects.filter(month__lte=date(2007, max(MONTHS), 1))
        }
        expected = {
            (unit, code, month): row
            for unit in PARENT_OF
            for code in KINDS
            for month in MONTHS
            if (row := naive(world, unit, code, month)) is not None
        }
        transaction.set_rollback(True)
    assert stored == expected


def _built(world: dict) -> tuple[dict[int, int], dict[int, str]]:
    """Write the world in the order in which reports are approved; fold half-way, as a reader would."""
    nation = factories.NationFactory()
    units = {0: nation}
    for number, parent in list(PARENT_OF.items())[1:]:
        kind = "PROVINCE" if parent == 0 else "PREFECTURE"
        units[number] = factories.UnitFactory(code=f"99{number}000", parent=units[parent], kind=kind, position=number)
    indicators = {code: factories.IndicatorFactory(code=code, **traits) for code, traits in KINDS.items()}
    periods = {period.month.month: period for period in factories.months_of_2007(max(MONTHS))}
    for unit, code in {(unit, code) for unit, code, _ in world}:
        factories.AssignmentFactory(unit=units[unit], indicator=indicators[code])
    for month in MONTHS:
        for unit, files in units.items():
            filed = {
                indicators[code]: as_filed(code, world[unit, code, month])
                for code in KINDS
                if world.get((unit, code, month), (None,))[0] is not None
            }
            if filed:
                stand(files, periods[month], filed)
        if month == max(MONTHS) // 2:
            totals.refresh()
    return {unit.pk: number for number, unit in units.items()}, {one.pk: code for code, one in indicators.items()}


def _read(row: Total) -> dict:
    names = naive({(0, "F01", month): (None, 0, 0) for month in MONTHS}, 0, "F01", 1)
    values = {name: getattr(row, name) for name in names}
    return {name: value.month if isinstance(value, date) else value for name, value in values.items()}
