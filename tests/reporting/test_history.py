"""G-11: any figure and any total of any earlier moment is rebuilt from the filings, without a difference."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from reporting.history import total_at
from reporting.models import Total
from reporting.totals import refresh
from submissions import blocking, services
from submissions.history import figure_at, versions_of
from submissions.models import Figure, FigureState, MonthlyReport, ReportStatus
from tests import factories

#: A long year for the pairs, a short one for what only needs some versions.
STEPS, FEW_STEPS, PAIRS, TOTALS = 220, 60, 1_000, 120


class History:
    """Plays a random year through the services and remembers, step by step, what a reader was shown."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.nation = factories.NationFactory()
        self.units = [factories.UnitFactory(code=code, parent=self.nation) for code in ("110000", "120000", "130000")]
        self.indicators = [
            factories.IndicatorFactory(code="T01"),
            factories.IndicatorFactory(code="T18", zero=True),
            factories.IndicatorFactory(code="T04", ratio=True, frequency=1),
        ]
        for unit in self.units:
            for indicator in self.indicators:
                factories.AssignmentFactory(unit=unit, indicator=indicator)
        self.months = [factories.MonthFactory(number=number) for number in (1, 2, 12)]
        self.lead = factories.person("MINISTRY_REVIEWER")
        self.reviewer = factories.person("MINISTRY_REVIEWER")
        self.now = factories.shanghai(2007, 12, 20)
        #: instant → (unit, indicator, month) → what was shown; and the totals of the nation
        self.shown = {self.now: {}}
        self.totals = {}

    def play(self, steps):
        for _step in range(steps):
            self.now += timedelta(minutes=self.chance.randint(1, 90))
            if self._move(self.chance.choice(self.units), self.chance.choice(self.months)):
                self._remember()
        self._remember(with_totals=True)

    def _move(self, unit, period):
        """Take whatever step the report allows; say whether a figure that was shown may have changed."""
        report = services.report_for(unit, period)
        step = {"by": self.lead, "now": self.now, "version": report.version}
        if report.status == ReportStatus.SUBMITTED:
            if self.chance.random() < 0.3:
                services.return_(report, **{**step, "by": self.reviewer}, comment="请核对。")
                return False
            services.approve(report, **{**step, "by": self.reviewer})
            return True
        if report.status == ReportStatus.APPROVED:
            release = {"release": "FINAL"} if period.month.month == 12 and self.chance.random() < 0.5 else {}
            services.correct(report, **step, comment="漏报一县。", **release)
            return False
        report = factories.file(unit, period, self._figures(), by=self.lead, now=self.now)
        answers = {}
        while report.status != ReportStatus.SUBMITTED:
            try:
                report = services.submit(
                    report, by=self.lead, now=self.now, version=report.version, explanations=answers
                )
            except blocking.FindingsBlock as block:
                answers = {finding.key: f"核对属实，第{self.chance.random()}次。" for finding in block.findings}
        return False

    def _figures(self):
        count, chance = self.chance.randint(0, 900), self.chance.random()
        flow = {"value": str(count)} if chance < 0.7 else {"state": "not_reported", "note": "系统故障"}
        arrears = {"value": "0", "persons": "0", "note": ""} if chance < 0.5 else {
            "value": str(count + 1), "persons": "3", "note": "月底前补发"
        }  # fmt: skip
        rate = (str(30 + count // 100), "1000") if chance < 0.9 else {"state": "not_applicable"}
        return {"T01": flow, "T18": arrears, "T04": rate}

    def _remember(self, *, with_totals=False):
        in_force = Figure.objects.filter(filing__in=MonthlyReport.objects.approved().values("approved_filing"))
        rows = in_force.values_list("filing__report__unit_id", "indicator_id", "filing__report__period_id", *CONTENT)
        self.shown[self.now] = {tuple(row[:3]): tuple(row[3:]) for row in rows}
        if with_totals or self.chance.random() < 0.2:
            refresh()
            totals = Total.objects.filter(unit=self.nation).values_list(
                "indicator_id", "month", "value", "numerator", "denominator"
            )
            self.totals[self.now] = {(indicator, month): rest for indicator, month, *rest in totals}


CONTENT = ("state", "value", "numerator", "denominator", "persons", "note", "filing__number", "filing__release")


def content(figure):
    if figure is None:
        return None
    return (
        figure.state, figure.value, figure.numerator, figure.denominator, figure.persons, figure.note,
        figure.filing.number, figure.filing.release,
    )  # fmt: skip


@pytest.fixture
def history(db):
    played = History(seed=2007)
    played.play(FEW_STEPS)
    return played


def test_every_figure_and_total_of_every_moment_is_rebuilt_without_a_difference(db):
    """G-11: 1,000 random pairs of cell and instant, and totals of the nation, against what was shown then."""
    history = History(seed=11)
    history.play(STEPS)
    moments = sorted(history.shown)
    differences = []
    for _pair in range(PAIRS):
        place = history.chance.randrange(len(moments))
        until = moments[place + 1] if place + 1 < len(moments) else moments[place] + timedelta(days=1)
        instant = moments[place] + (until - moments[place]) * history.chance.random() * 0.999
        unit, indicator, period = (
            history.chance.choice(some) for some in (history.units, history.indicators, history.months)
        )
        shown = history.shown[moments[place]].get((unit.pk, indicator.pk, period.month))
        rebuilt = content(figure_at(unit, indicator, period.month, instant))
        if rebuilt != shown:
            differences.append((unit, indicator, period, instant, shown, rebuilt))
    for _pair in range(TOTALS):
        instant = history.chance.choice(sorted(history.totals))
        indicator, period = history.chance.choice(history.indicators), history.chance.choice(history.months)
        value, numerator, denominator = history.totals[instant][indicator.pk, period.month]
        past = total_at(history.nation, indicator, period, instant)
        expected = (numerator, denominator) if indicator.is_ratio else (value,)
        if ((past.numerator, past.denominator) if indicator.is_ratio else (past.value,)) != expected:
            differences.append((indicator, period, instant, expected, past))

    assert differences == []
    assert len(history.shown) > 30
    ever = [value for shown in history.shown.values() for value in shown.values()]
    assert {value[0] for value in ever} == set(FigureState.values)
    assert {value[-1] for value in ever} == {"FLASH", "FINAL"}


def test_versions_of_a_figure_stand_beside_each_other(history):
    indicator = history.indicators[0]
    cells = [versions_of(unit, indicator, period.month) for unit in history.units for period in history.months]

    versions = max(cells, key=len)

    assert [figure.filing.number for figure in versions] == sorted(figure.filing.number for figure in versions)
    assert len(versions) > 1
    assert all(figure.filing.decided_at is not None for figure in versions)


def test_before_the_first_approval_there_is_nothing(history):
    unit, indicator, january = history.units[0], history.indicators[0], history.months[0]
    before = factories.shanghai(2007, 1, 1)

    assert figure_at(unit, indicator, january.month, before) is None
    past = total_at(history.nation, indicator, january, before)
    assert (past.value, past.numerator, past.denominator, past.n_units) == (None, None, None, 0)


def test_a_unit_that_files_itself_stands_for_those_below(history, ministry):
    province, indicator, period = history.units[0], history.indicators[0], history.months[2]
    factories.AssignmentFactory(unit=factories.UnitFactory(code="110101", parent=province), indicator=indicator)
    refresh()

    past = total_at(history.nation, indicator, period, history.now + timedelta(days=1))

    assert past.value == Total.objects.get(unit=history.nation, indicator=indicator, month=period.month).value
