"""The hand-computed table: five kinds, four units, three months, with a gap, a zero, a nil report and a correction.

Every expected number below was worked out on paper from the filings listed in `year`; see docs/measures.md.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.models import NATION_CODE, ReportingUnit
from reporting import totals
from reporting.aggregates import progress_rows
from reporting.models import Total
from submissions import services
from submissions.models import ReportingMonth
from targets.models import Indicator, Plan
from tests import factories
from tests.factories import approved, shanghai
from tests.kept import kept_until_the_end

MONTHS = (4, 5, 6)


@pytest.fixture(scope="module")
def kept_year(django_db_setup, django_db_blocker):
    """The year of the table, added up once for all tests of a module."""
    with kept_until_the_end(django_db_blocker):
        units = filed_year(factories.person("MINISTRY_REVIEWER"))
        totals.refresh()
        yield units


@pytest.fixture
def year(kept_year, db):
    """The year of the table for one test."""
    return kept_year


def filed_year(ministry):
    """Four units A–D; every kind monthly so that three months tell the story.

    April   A files all; B files all, its flow 0; C files nothing; D: flow not applicable, the rest filed.
    May     A files all; B: flow not reported (with a note), the rest filed; C files late; D as in April,
            with 500.25 yuan of arrears.
    June    A corrects May's flow after filing June; B and D file; C files nothing again.
    """
    units = {letter: factories.UnitFactory(code=f"{n}10000") for n, letter in enumerate("ABCD", start=1)}
    indicators = {
        "F": factories.IndicatorFactory(code="F01"),
        "S": factories.IndicatorFactory(code="S01", stock=True),
        "R": factories.IndicatorFactory(code="R01", ratio=True, frequency=1),
        "C": factories.IndicatorFactory(code="C01", count=True, frequency=1),
        "Z": factories.IndicatorFactory(code="Z01", zero=True),
    }
    nation = factories.NationFactory()
    promised = {
        "F": {"target_value": 1200},
        "S": {"target_value": 5000, "baseline_value": 3800},
        "R": {"target_value": "0.046", "bound": "AT_MOST"},
        "C": {"target_value": 4, "bound": "EXACTLY", "planned_month": 12},
        "Z": {"target_value": 0, "bound": "AT_MOST"},
    }
    for kind, indicator in indicators.items():
        factories.TargetFactory(indicator=indicator, unit=nation, **promised[kind])
        for unit in units.values():
            factories.AssignmentFactory(indicator=indicator, unit=unit)
    periods = {period.month.month: period for period in factories.months_of_2007()}
    other = factories.person("MINISTRY_REVIEWER")
    why = {
        f"{rule}:{code}": "核对无误，情况属实。"
        for rule in ("V03", "V06", "V08", "V25")
        for code in ("F01", "S01", "R01")
    }

    def filed(letter, month, flow, stock, ratio, count, arrears, now=None):
        nothing = {"value": "0", "persons": "0"}
        figures = {"F01": flow, "S01": stock, "R01": ratio, "C01": count, "Z01": arrears or nothing}
        return approved(units[letter], periods[month], figures, by=ministry, reviewer=other, now=now, explanations=why)

    na, missing = {"state": "not_applicable"}, {"state": "not_reported", "note": "数据核实中"}
    filed("A", 4, "100", "1000", (40, 1000), "0", None)
    filed("B", 4, "0", "900", (10, 500), "1", None)
    filed("D", 4, na, "2000", (6, 100), "0", None)
    filed("A", 5, "180", "1010", (42, 1000), "1", None)
    filed("B", 5, missing, "905", (11, 500), "1", None)
    filed("C", 5, "70", "0", (1, 300), "0", None, now=shanghai(2007, 6, 20))
    filed("D", 5, na, "2000", (6, 100), "0", {"value": "500.25", "persons": "3", "note": "已责令补发"})
    june = filed("A", 6, "310", "1020", (41, 1000), "1", None)
    filed("B", 6, "90", "910", (12, 500), "1", None)
    filed("D", 6, "60", "2010", (5, 100), "1", None)

    may = services.report_for(units["A"], periods[5])
    may = services.correct(
        may, by=ministry, now=shanghai(2007, 12, 21), version=may.version, comment="重复统计一家企业"
    )
    factories.file(units["A"], periods[5], {"F01": "170"}, by=ministry)
    may = services.report_for(units["A"], periods[5])
    may = services.submit(may, by=ministry, now=shanghai(2007, 12, 21), version=may.version, explanations=why)
    services.approve(may, by=other, now=shanghai(2007, 12, 22), version=may.version)
    assert june.version == 3
    return units


#: (indicator, month) → value, n_due, n_reported, n_carried, value_month, status of 全国
EXPECTED = {
    # F: A 100 + B 0; D not applicable leaves the counts, C has nothing yet.
    ("F01", 4): ("100", 3, 2, 0, 4, "behind"),
    # F: A 170 (corrected from 180) + B carried 0 + C 70.
    ("F01", 5): ("240", 3, 2, 1, 5, "behind"),
    # F: A 310 + B 90 + C carried 70 + D 60; expected 1200·6/12 = 600; 530/600 = 0.883…
    ("F01", 6): ("530", 4, 3, 1, 6, "behind"),
    # S: 1000 + 900 + 2000; expected increment 400; (3900−3800)/400 = 0.25
    ("S01", 4): ("3900", 4, 3, 0, 4, "behind"),
    ("S01", 5): ("3915", 4, 4, 0, 5, "behind"),
    # S: 1020 + 910 + C carried 0 + 2010
    ("S01", 6): ("3940", 4, 3, 1, 6, "behind"),
    # R: (40+10+6)/(1000+500+100) = 56/1600 = 0.035
    ("R01", 4): ("0.035", 4, 3, 0, 4, "on_schedule"),
    # R: (42+11+1+6)/(1000+500+300+100) = 60/1900
    ("R01", 5): (Decimal(60) / Decimal(1900), 4, 4, 0, 5, "on_schedule"),
    # R: (41+12+1+5)/1900 = 59/1900, C carried
    ("R01", 6): (Decimal(59) / Decimal(1900), 4, 3, 1, 6, "on_schedule"),
    ("C01", 4): ("1", 4, 3, 0, 4, "on_schedule"),
    ("C01", 5): ("2", 4, 4, 0, 5, "on_schedule"),
    ("C01", 6): ("3", 4, 3, 1, 6, "on_schedule"),
    ("Z01", 4): ("0", 4, 3, 0, 4, "on_schedule"),
    ("Z01", 5): ("500.25", 4, 4, 0, 5, "breached"),
    # Z: paid in June, but a breach stays for the year.
    ("Z01", 6): ("0", 4, 3, 1, 6, "breached"),
}


@pytest.mark.parametrize("month", MONTHS)
def test_the_nation_stands_where_the_paper_says(year, ministry, month):
    period = ReportingMonth.objects.get(month__month=month)

    rows = progress_rows(ministry, period, [ReportingUnit.objects.get(code=NATION_CODE)])

    stated = {
        row.indicator.code: (
            row.value, row.n_due, row.n_reported, row.n_carried, row.value_month.month, str(row.status)
        )
        for row in rows
    }  # fmt: skip
    assert stated == {code: (Decimal(value), *rest) for (code, of), (value, *rest) in EXPECTED.items() if of == month}


def test_figures_of_the_month_alone_leave_carried_ones_out(year, ministry):
    period = ReportingMonth.objects.get(month__month=6)

    rows = progress_rows(ministry, period, [ReportingUnit.objects.get(code=NATION_CODE)], basis="reported")

    assert {row.indicator.code: row.value for row in rows} == {
        "F01": Decimal(460),
        "S01": Decimal(3940),
        "R01": Decimal(58) / Decimal(1600),
        "C01": Decimal(3),
        "Z01": Decimal(0),
    }


def test_nothing_approved_is_no_value(year, ministry):
    period = ReportingMonth.objects.get(month__month=3)

    (row,) = progress_rows(ministry, period, [year["C"]], indicators=[Indicator.objects.get(code="F01")])

    assert (row.value, row.value_month, row.n_due, row.n_reported, row.n_carried) == (None, None, 1, 0, 0)


def test_a_rebuild_finds_the_same_totals(year):
    assert totals.differences(Plan.objects.get()) == []


def test_a_touched_total_is_found(year):
    totals.refresh()
    Total.objects.filter(month__month=6, unit__code=NATION_CODE, indicator__code="F01").update(value=531)

    assert {difference.side for difference in totals.differences(Plan.objects.get())} == {
        "stored",
        "recomputed",
    }
