"""From rows to facts: history, peers, references, the corps, the flash, excuses and settings, in bounded queries."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from statistics import median

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from submissions import services, terms
from submissions.ground import Ground
from submissions.known import Known
from submissions.models import Excuse, ReferenceFigure, RuleSetting
from tests import factories

OCTOBER = date(2007, 10, 1)


@pytest.fixture
def country(db):
    """Six provinces that filed a flow and a level up to August, published; the first files September."""
    units = [factories.UnitFactory(code=code) for code in ("110000", "120000", "130000", "140000", "150000", "210000")]
    flow, level = factories.IndicatorFactory(code="T01"), factories.IndicatorFactory(code="T10", stock=True)
    months = [factories.MonthFactory(number=number, published=True) for number in range(1, 9)]
    months.append(factories.MonthFactory(number=9))
    for unit in units:
        for indicator in (flow, level):
            factories.AssignmentFactory(unit=unit, indicator=indicator)
    return {"units": units, "months": months, "flow": flow, "level": level}


def filed(unit, period, **values):
    """Return an approved report put together below the services, to be quick."""
    report = factories.ReportFactory(unit=unit, period=period)
    for code, value in values.items():
        factories.FigureFactory(
            filing=report.filing, indicator=factories.IndicatorFactory(code=code), value=Decimal(value)
        )
    now = factories.shanghai(2007, 10, 5)
    clerk, lead = factories.UserFactory(), factories.UserFactory()
    type(report.filing).objects.filter(pk=report.filing.pk).update(
        outcome="PENDING", submitted_by=clerk, submitted_at=now
    )
    type(report.filing).objects.filter(pk=report.filing.pk).update(outcome="APPROVED", decided_by=lead, decided_at=now)
    report.approved_filing, report.status = report.filing, "APPROVED"
    report.save()
    return services.report_for(unit, period)


def facts_of(report, code):
    return Known([report]).facts(report).figures[code]


def test_the_history_of_the_year_comes_with_the_newest_of_it(country):
    unit = country["units"][0]
    for period in country["months"][5:8]:
        filed(unit, period, T01=100 * period.month.month, T10=1_000)

    facts = facts_of(services.report_for(unit, country["months"][8]), "T01")

    assert facts.history == {6: 600, 7: 700, 8: 800}
    assert (facts.previous_value, facts.previous_month) == (800, 8)


def test_the_units_beside_tell_how_the_newest_published_month_moved(country):
    """UX-08: their median and median distance, which no unpublished figure enters."""
    for place, unit in enumerate(country["units"]):
        filed(unit, country["months"][5], T01=1_000, T10=100)
        filed(unit, country["months"][6], T01=2_000, T10=100)
        filed(unit, country["months"][7], T01=2_000 + 1_000 * (place + 1), T10=101)
        filed(unit, country["months"][8], T01=99_000, T10=5_000)
    last = services.report_for(country["units"][0], country["months"][8])

    moves = [Decimal(times).ln() for times in range(1, 7)]
    distance = median(abs(move - median(moves)) for move in moves)

    peers = facts_of(last, "T01").peers

    assert peers.count == 6
    assert float(peers.median) == pytest.approx(float(median(moves)))
    assert float(peers.distance) == pytest.approx(float(distance))
    assert float(facts_of(last, "T10").peers.median) == pytest.approx(float(Decimal("1.01").ln()))


def test_in_february_january_is_its_own_amount(country):
    for unit in country["units"]:
        filed(unit, country["months"][0], T01=1_000)
        filed(unit, country["months"][1], T01=3_000)

    peers = facts_of(services.report_for(country["units"][0], country["months"][2]), "T01").peers

    assert float(peers.median) == pytest.approx(float(Decimal(2).ln()))


def test_fewer_than_five_units_are_no_picture(country):
    for unit in country["units"][:4]:
        filed(unit, country["months"][6], T01=1_000)
        filed(unit, country["months"][7], T01=2_000)

    assert facts_of(services.report_for(country["units"][0], country["months"][8]), "T01").peers is None


def test_before_anything_is_published_there_is_nothing_beside(country):
    assert facts_of(services.report_for(country["units"][0], country["months"][0]), "T01").peers is None


def test_a_reference_figure_reaches_the_rules(country):
    unit, period = country["units"][0], country["months"][8]
    factories.AssignmentFactory(unit=unit, indicator=factories.IndicatorFactory(code="T09", stock=True))
    ReferenceFigure.objects.create(unit=unit, year=2007, name="EMPLOYED", value=4_000, source="中国统计年鉴2008")
    report = filed(unit, period, T09=4_001, T01=1, T10=1)

    assert [one.key for one in Known([report]).findings(report)] == ["V11:T09"]


def test_xinjiang_is_asked_whether_it_took_in_the_corps(country):
    xinjiang, corps = factories.UnitFactory(code="650000"), factories.UnitFactory(code="660000")
    for unit in (xinjiang, corps):
        factories.AssignmentFactory(unit=unit, indicator=country["level"])
    filed(xinjiang, country["months"][7], T10=1_420_000)
    filed(corps, country["months"][7], T10=610_000)
    report = filed(xinjiang, country["months"][8], T10=2_030_000)

    assert [one.key for one in Known([report]).findings(report)] == ["V08:T10", "V20:T10"]


def test_an_excuse_is_told_from_its_first_to_its_last_month(country, planner):
    unit = country["units"][0]
    filed(unit, country["months"][6], T01=2_000, T10=1_000)
    reports = [filed(unit, period, T01=1_000, T10=1_000) for period in country["months"][7:9]]
    excuse = terms.grant_excuse(
        unit=unit, indicator=country["flow"], rule="V03", since=date(2007, 8, 1), until=date(2007, 8, 1),
        reason="区划调整后口径缩小。", by=planner, now=factories.shanghai(2007, 9, 1),
    )  # fmt: skip

    known = Known(reports)
    (finding,) = [one for one in known.findings(reports[0]) if one.code == "V03"]

    assert (finding.severity, finding.excuse.granted_by) == ("I", planner.label)
    assert known.facts(reports[1]).excuses == {}

    terms.withdraw_excuse(excuse, by=planner, now=factories.shanghai(2007, 9, 2))

    assert Known(reports).facts(reports[0]).excuses == {}


@pytest.mark.parametrize(
    ("setting", "severity"),
    [
        ({"valid_from": date(2007, 9, 1), "limits": {"stock_rise": "0.2"}}, None),
        ({"valid_from": date(2007, 10, 1), "limits": {"stock_rise": "0.2"}}, "W"),
        ({"valid_from": date(2007, 9, 1), "severity": "E"}, "E"),
        ({"valid_from": date(2007, 1, 1), "valid_to": date(2007, 8, 1)}, None),
    ],
)
def test_a_setting_holds_from_its_month_on(country, setting, severity):
    """A-11: rules have validity dates."""
    unit = country["units"][0]
    filed(unit, country["months"][7], T10=100)
    report = filed(unit, country["months"][8], T10=110)
    RuleSetting.objects.create(rule="V08", reason="2007年扩面专项行动", **setting)

    assert [one.severity for one in Known([report]).findings(report) if one.code == "V08"] == [severity] * bool(
        severity
    )


def test_many_reports_cost_the_queries_of_one(country):
    reports = [filed(unit, period, T01=1, T10=1) for unit in country["units"] for period in country["months"]]

    with CaptureQueriesContext(connection) as one:
        Known(reports[:1]).findings(reports[0])
    with CaptureQueriesContext(connection) as many:
        known = Known(reports)
        for report in reports:
            known.findings(report)

    assert len(many) <= len(one) + 1


def test_ground_that_was_read_before_is_not_read_again(country):
    reports = [filed(unit, country["months"][8], T01=1, T10=1) for unit in country["units"]]
    ground = Ground.of(country["months"][8], country["units"])

    with CaptureQueriesContext(connection) as alone:
        found = Known(reports[:1]).findings(reports[0])
    with CaptureQueriesContext(connection) as on_ground:
        found_again = Known(reports[:1], ground=ground).findings(reports[0])

    assert [one.key for one in found_again] == [one.key for one in found]
    assert len(alone) - len(on_ground) == 5  # duties and their parts, targets, other sources, settings


def test_no_reports_ask_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Known([]).reports == []


# Granting and withdrawing ----------------------------------------------------------------------


def grant(country, by, **other):
    given = {
        "unit": country["units"][0],
        "indicator": country["flow"],
        "rule": "V03",
        "since": date(2007, 9, 1),
        "until": date(2007, 12, 1),
        "reason": "区划调整后口径缩小。",
        **other,
    }
    return terms.grant_excuse(by=by, now=factories.shanghai(2007, 9, 1), **given)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"rule": "V99"}, "没有编号为“V99”的报表规则"),
        ({"rule": "V18"}, "没有编号为“V18”的报表规则"),
        ({"rule": "V19"}, "规则 V19 不能豁免"),
        ({"rule": "V08"}, "规则 V08 不检查 T01，不需要豁免"),
        ({"until": date(2007, 8, 1)}, "豁免须从某个报告期起"),
        ({"until": date(2007, 12, 2)}, "豁免须从某个报告期起"),
        ({"reason": " 好的 "}, "至少 5 个字"),
    ],
)
def test_an_excuse_that_cannot_stand_is_refused_in_words(country, ministry, other, words):
    with pytest.raises(terms.ExcuseRefused, match=words):
        grant(country, ministry, **other)


def test_one_excuse_stands_at_a_time(country, ministry):
    first = grant(country, ministry)
    with pytest.raises(terms.ExcuseRefused, match="已有豁免"):
        grant(country, ministry)
    terms.withdraw_excuse(first, by=ministry, now=factories.shanghai(2007, 9, 2))

    assert grant(country, ministry).pk != first.pk
    with pytest.raises(terms.ExcuseRefused, match="已经撤销"):
        terms.withdraw_excuse(first, by=ministry, now=factories.shanghai(2007, 9, 3))


@pytest.mark.parametrize("role", ["CLERK", "LEAD", "ANALYST", "SYSTEM_ADMIN", "AUDITOR"])
def test_only_ministry_and_planner_excuse(country, planner, role):
    person, excuse = factories.person(role), grant(country, planner)

    with pytest.raises(terms.ExcuseRefused, match="只有部审核人员和计划管理员"):
        grant(country, person)
    with pytest.raises(terms.ExcuseRefused, match="只有部审核人员和计划管理员"):
        terms.withdraw_excuse(excuse, by=person, now=factories.shanghai(2007, 9, 2))
    assert Excuse.objects.in_month(OCTOBER).count() == 1


# Limits ----------------------------------------------------------------------------------------


def test_limits_are_stored_as_plain_numbers():
    assert terms.check_limits("V08", {"stock_rise": "0.060", "stock_fall": "1"}) == {
        "stock_rise": "0.06",
        "stock_fall": "1",
    }


@pytest.mark.parametrize(
    ("rule", "given", "words"),
    [
        ("V99", {}, "没有编号为“V99”的规则"),
        ("V08", {"rise": "1"}, "没有名为“rise”的界限；可设：stock_rise、stock_fall"),
        ("V19", {"rise": "1"}, "可设：–"),
        ("V08", {"stock_rise": "多"}, "须是不小于 0 的数"),
        ("V08", {"stock_rise": "-1"}, "须是不小于 0 的数"),
    ],
)
def test_limits_no_rule_can_hold_are_refused(rule, given, words):
    with pytest.raises(terms.LimitsRefused, match=words):
        terms.check_limits(rule, given)
