"""A year of three levels to be told everywhere alike: three published months of which one was revised, one provisional.

What was filed stands here as plain numbers, for the database and for whoever works it out again. They are chosen so
that a wrong rounding shows: 100.05 and 120.45 万 end in a five, 99.99… % is not 100 %.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from accounts.models import ReportingUnit, UnitKind, User
from accounts.regions import RegionGroup, RegionMember, RegionScheme
from submissions import calendar
from submissions.models import FigureState
from targets.models import Assignment, Indicator, Target
from tests import factories
from tests.factories import shanghai
from tests.reporting.filings import refile, stand

#: The months that are compared; June comes before them, so that there is something to carry.
MONTHS = (7, 8, 9)
PUBLISHED = (6, 7, 8)

#: code → parent, Chinese name, English name; in the order of the units.
UNITS = {
    "000000": (None, "全国", "Nationwide"),
    "110000": ("000000", "北省", "North"),
    "120000": ("000000", "中省", "Middle"),
    "440000": ("000000", "南省", "South"),
    "440100": ("440000", "甲市", "Alpha City"),
    "440200": ("440000", "乙市", "Beta City"),
    "440300": ("440000", "丙市", "Gamma City"),
    "650000": ("000000", "西省", "West"),
}
LEVELS = {"000000": 0} | {code: 1 if parent == "000000" else 2 for code, (parent, *_names) in UNITS.items() if parent}

#: The scheme of regions: code → Chinese name, English name, units; 中省 is in none of them.
REGIONS = {
    "east": ("东部", "The East", ("110000", "440000")),
    "west": ("西部", "The West", ("650000",)),
}
SCHEME = "halves"

#: code → kind, unit of measure, months per period, Chinese name, English name, item of the plan.
INDICATORS = {
    "C01": ("COUNT", "COUNT", 6, "试点城市数", "Pilot cities", 2),
    "F01": ("FLOW", "PERSON", 1, "新增就业人数", "New jobs", 1),
    "R01": ("RATIO", "RATE", 1, "登记失业率", "Registered unemployment rate", 1),
    "R02": ("RATIO", "RATE", 3, "按时发放率", "Paid on time", 2),
    "S01": ("STOCK", "PERSON", 1, "参保人数", "People insured", 2),
    "W01": ("FLOW", "YUAN", 1, "清欠工资", "Wage arrears cleared", 1),
    "Z01": ("ZERO", "YUAN", 1, "新增拖欠", "New arrears", 2),
}
BOUNDS = {"C01": "EXACTLY", "R01": "AT_MOST", "Z01": "AT_MOST"}

MISSING, NOT_APPLICABLE = "missing", "not applicable"

#: indicator → unit → target, or target and baseline; where a unit is not named, nothing was promised.
TARGETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "C01": {"000000": ("2",), "110000": ("1",), "120000": ("1",)},
    "F01": {
        "000000": ("5400000",), "110000": ("1500000",), "120000": ("1900400",), "440000": ("1200000",),
        "440100": ("700000",), "440200": ("300510",), "440300": ("100000",), "650000": ("500000",),
    },
    "R01": dict.fromkeys(UNITS, ("0.046",)),
    "R02": {
        "000000": ("0.95", "0.80"), "110000": ("0.95", "0.80"), "120000": ("0.98", "0.85"), "440000": ("0.95", "0.90"),
    },
    "S01": {
        "000000": ("11200000", "10000000"), "110000": ("3400000", "3000000"), "120000": ("2800000", "2500000"),
        "440000": ("3300000", "3000000"), "440100": ("1100000", "1000000"), "440200": ("1300000", "1200000"),
        "650000": ("1500000", "1500000"),
    },
    "Z01": dict.fromkeys(UNITS, ("0",)),
}  # fmt: skip
PLANNED_MONTHS = {("C01", "000000"): 6, ("C01", "110000"): 12, ("C01", "120000"): 12}

#: unit → the indicators it files.
FILED_BY = {
    "110000": ("C01", "F01", "R01", "R02", "S01", "W01", "Z01"),
    "120000": ("C01", "F01", "R01", "R02", "S01", "W01", "Z01"),
    "440100": ("F01", "R01", "R02", "S01", "Z01"),
    "440200": ("F01", "R01", "S01", "Z01"),
    "440300": ("F01", "R01", "S01", "Z01"),
    "650000": ("F01", "R01", "S01", "W01", "Z01"),
}

#: What was approved in time: month → unit → indicator → a number, two numbers, an amount with persons, or a state.
#: A unit that is not named filed no report.
FILED: Mapping[int, Mapping[str, Mapping[str, object]]] = {
    6: {
        "110000": {"C01": 1, "R02": (850, 1000)},
        "120000": {"C01": 0, "R02": (900, 1000)},
        "440100": {"R02": (95, 100)},
    },
    7: {
        "110000": {"F01": 1_000_500, "R01": (40, 1000), "S01": 3_150_500, "W01": ("1234567.50", 70), "Z01": ("0", 0)},
        "120000": {"F01": 1_204_500, "R01": (45, 1000), "S01": 2_700_500, "W01": ("2000.25", 2), "Z01": ("0", 0)},
        "440100": {"F01": 600_500, "R01": (10, 250), "S01": 1_060_500, "Z01": ("0", 0)},
        "440200": {"F01": 0, "R01": (23, 500), "S01": 1_240_500, "Z01": ("0", 0)},
        "440300": {"F01": MISSING, "R01": (3, 100), "S01": 800_500, "Z01": MISSING},
        "650000": {"F01": MISSING, "R01": (50, 1000), "S01": 1_499_500, "W01": ("0", 0), "Z01": ("0", 0)},
    },
    8: {
        "110000": {"F01": 1_250_500, "R01": (40, 1000), "S01": 3_210_500, "W01": ("2234567.75", 90), "Z01": ("0", 0)},
        "120000": {"F01": 1_350_500, "R01": (42, 1000), "S01": 2_750_500, "W01": ("2000.25", 2), "Z01": ("0", 0)},
        "440100": {"F01": 700_500, "R01": (10, 250), "S01": 1_080_500, "Z01": ("0", 0)},
        "440200": {"F01": 100_500, "R01": (20, 500), "S01": 1_250_500, "Z01": ("500.25", 3)},
        "440300": {"F01": 50_500, "R01": (3, 100), "S01": 800_500, "Z01": ("0", 0)},
        "650000": {"F01": 200_500, "R01": (45, 1000), "S01": 1_499_999, "W01": ("88.05", 1), "Z01": ("0", 0)},
    },
    9: {
        "120000": {
            "F01": 1_900_500, "R01": (70, 1000), "R02": (955, 1000), "S01": 2_800_500, "W01": ("9999.95", 9),
            "Z01": ("0", 0),
        },
        "440100": {"F01": 900_500, "R01": (12, 250), "R02": MISSING, "S01": 1_090_500, "Z01": ("0", 0)},
        "440200": {"F01": 300_500, "R01": (25, 500), "S01": 1_260_500, "Z01": ("0", 0)},
        "440300": {"F01": NOT_APPLICABLE, "R01": (4, 100), "S01": 800_500, "Z01": ("0", 0)},
        "650000": {"F01": 400_500, "R01": MISSING, "S01": 1_500_500, "W01": ("88.05", 1), "Z01": ("0", 0)},
    },
}  # fmt: skip
#: What was approved after the month was published: month, unit, figures, reason; without one the figure came late.
LATER = (
    (7, "110000", {"F01": 1_030_500}, "=1+1 漏报两家企业"),
    (7, "650000", {"F01": 15_500}, "补报"),
)


def file_the_year(ministry: User) -> None:
    """Write the year into the database as it was filed, published and corrected."""
    units = {code: _unit(code) for code in UNITS}
    indicators = {code: _indicator(code) for code in INDICATORS}
    periods = {period.month.month: period for period in factories.months_of_2007()}
    _promise(units, indicators)
    _group(units)
    for month, reports in FILED.items():
        for unit, figures in reports.items():
            stand(units[unit], periods[month], {indicators[code]: _given(given) for code, given in figures.items()})
    for month in PUBLISHED:
        calendar.publish_month(periods[month], by=ministry, now=shanghai(2007, month + 1, 20))
    for month, unit, figures, reason in LATER:
        refile(
            units[unit], periods[month], {indicators[code]: _given(given) for code, given in figures.items()},
            reason=reason, by=ministry, at=shanghai(2007, 9, 25),
        )  # fmt: skip


def _unit(code: str) -> ReportingUnit:
    parent, chinese, english = UNITS[code]
    if parent is None:
        return factories.NationFactory()
    return factories.UnitFactory(
        code=code, name=f"{chinese}厅", short_name=chinese, name_en=english, position=list(UNITS).index(code),
        parent=ReportingUnit.objects.get(code=parent),
        kind=UnitKind.PROVINCE if LEVELS[code] == 1 else UnitKind.PREFECTURE,
        **({"tile_row": 0, "tile_col": list(UNITS).index(code)} if LEVELS[code] == 1 else {}),
    )  # fmt: skip


def _indicator(code: str) -> Indicator:
    kind, unit_of_measure, frequency, chinese, english, _item = INDICATORS[code]
    ratio = {"numerator_name": "分子", "denominator_name": "分母", "unit_aggregation": "RATIO_OF_SUMS"}
    return factories.IndicatorFactory(
        code=code, kind=kind, unit_of_measure=unit_of_measure, frequency=frequency, name=chinese, name_en=english,
        short_name=chinese, short_name_en=english, decimals=2 if unit_of_measure == "YUAN" else 0,
        has_persons=unit_of_measure == "YUAN", **(ratio if kind == "RATIO" else {}),
    )  # fmt: skip


def _promise(units: Mapping[str, ReportingUnit], indicators: Mapping[str, Indicator]) -> None:
    items = {
        1: factories.ItemFactory(number=1, heading="扩大就业", heading_en="Widen employment"),
        2: factories.ItemFactory(number=2, heading="完善保险", heading_en="Improve insurance"),
    }
    items[1].indicators.add(indicators["W01"])
    for code, by_unit in TARGETS.items():
        for unit, (target, *baseline) in by_unit.items():
            Target.objects.create(
                plan=items[1].plan, item=items[INDICATORS[code][-1]], indicator=indicators[code], unit=units[unit],
                target_value=target, baseline_value=baseline[0] if baseline else None,
                bound=BOUNDS.get(code, "AT_LEAST"), planned_month=PLANNED_MONTHS.get((code, unit)),
                is_synthetic=unit != "000000",
            )  # fmt: skip
    Assignment.objects.bulk_create(
        Assignment(plan=items[1].plan, indicator=indicators[code], unit=units[unit])
        for unit, codes in FILED_BY.items()
        for code in codes
    )


def _group(units: Mapping[str, ReportingUnit]) -> None:
    scheme = RegionScheme.objects.create(
        code=SCHEME, name="两部", name_en="Halves", starts_on=date(2006, 1, 1), source="测试"
    )
    for position, (code, (chinese, english, members)) in enumerate(REGIONS.items()):
        group = RegionGroup.objects.create(scheme=scheme, code=code, name=chinese, name_en=english, position=position)
        for unit in members:
            RegionMember.objects.create(scheme=scheme, group=group, unit=units[unit])


def _given(given: object) -> object:
    if given == MISSING:
        return {"state": FigureState.NOT_REPORTED, "note": "数据核实中"}
    if given == NOT_APPLICABLE:
        return {"state": FigureState.NOT_APPLICABLE}
    if isinstance(given, tuple) and isinstance(given[0], str):
        return {"value": given[0], "persons": given[1]}
    return given


def numbers_of(given: object) -> tuple[Fraction, ...]:
    """Return the numbers of a filed figure: a value, numerator and denominator, or an amount and persons."""
    parts = given if isinstance(given, tuple) else (given,)
    return tuple(Fraction(str(part)) for part in parts)
