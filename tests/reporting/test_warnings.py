"""Early warning over real totals: opened once, answered, made good through yellow; who is told and who may know."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from notices.models import Notice, NoticeKind
from reporting.models import EarlyWarning, UncheckedUnit, WarningEvent, WarningRule
from reporting.warnings import checking, services
from reporting.warnings.states import Event
from submissions.models import MonthlyReport, PublishedFigure, ReportStatus
from targets.models import Plan
from tests import factories
from tests.factories import shanghai
from tests.reporting.filings import publish, refile, stand
from tests.reporting.warned import NOW, RuleFactory, ceiling, judged, rates

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    factories.months_of_2007()
    return factories.UnitFactory(code="110000", short_name="北京")


@pytest.fixture
def rate(unit):
    RuleFactory(indicator=ceiling(unit))
    return WarningRule.objects.get().indicator


def history(warning: EarlyWarning) -> list[tuple[str, int]]:
    return [(event.kind, event.month.month) for event in warning.events.order_by("pk")]


def answered(warning: EarlyWarning, by, **given):
    said = {"measure": "已召开专场招聘会。", "responsible": "王处长", "planned_on": date(2007, 12, 20)}
    seen = warning.events.order_by("-pk")[0].pk
    return services.acknowledge(warning, by=by, now=NOW, **{**said, "seen": seen, **given})


# Opening and closing ---------------------------------------------------------------------------


def test_a_warning_opens_with_what_was_measured_from_what(unit, rate):
    rates(unit, rate, {3: "0.0445"})

    (warning,) = judged()

    event = warning.events.get()
    assert (warning.state, warning.unit, warning.indicator, warning.episode) == ("OPEN", unit, rate, 1)
    assert (event.kind, event.month, event.measured, event.limit) == (
        "OPENED", date(2007, 3, 1), Decimal("0.0015"), Decimal("0.002"),
    )  # fmt: skip
    assert event.inputs == {"value": "0.0445", "target": "0.046"}


def test_an_approval_is_judged_by_the_next_reader_and_checking_again_changes_nothing(unit, rate):
    rates(unit, rate, {3: "0.0445"})
    before = judged()
    rates(unit, rate, {6: "0.0448"})

    (warning,) = judged()
    told = (history(warning), WarningEvent.objects.count(), Notice.objects.count())
    for _again in range(2):
        checking.check(Plan.objects.get(), now=NOW)
        judged()

    assert before == [warning]
    assert history(warning) == [("OPENED", 3), ("STANDS", 6)]
    assert told == (history(warning), WarningEvent.objects.count(), Notice.objects.count())


def test_red_made_good_turns_yellow_for_a_due_month_before_green(unit, rate):
    states = []
    for month, value in {3: "0.0445", 6: "0.0430", 9: "0.0430"}.items():
        rates(unit, rate, {month: value})
        states.append(judged()[0].state)

    assert states == ["OPEN", "RECOVERING", "CLOSED"]


def test_a_year_judged_at_once_gives_the_same_history_as_month_by_month(unit, rate):
    rates(unit, rate, {3: "0.0445", 6: "0.0430", 9: "0.0450", 12: "0.0420"})

    (warning,) = judged()

    assert history(warning) == [("OPENED", 3), ("RECOVERING", 6), ("RELAPSED", 9), ("RECOVERING", 12)]


def test_what_fires_after_green_is_a_new_episode(unit, rate):
    rates(unit, rate, {3: "0.0445", 6: "0.0430", 9: "0.0430"})
    judged()
    rates(unit, rate, {12: "0.0455"})

    first, second = judged()

    assert [(one.episode, one.state, one.first_month.month) for one in (first, second)] == [
        (1, "CLOSED", 3), (2, "OPEN", 12),
    ]  # fmt: skip


def test_a_correction_of_the_same_month_recovers_and_relapses_within_one_warning(unit, rate, ministry):
    rates(unit, rate, {3: "0.0445"})
    judged()
    period = factories.MonthFactory(number=3)
    for part in (4300, 4450):
        refile(unit, period, {rate: (part, 100_000)}, by=ministry, at=NOW, reason="核对")
        judged()

    (warning,) = judged()

    assert history(warning) == [("OPENED", 3), ("RECOVERING", 3), ("RELAPSED", 3)]


def test_a_rule_that_ended_lets_its_warnings_go(unit, rate):
    rates(unit, rate, {3: "0.0445", 6: "0.0445", 9: "0.0445"})
    WarningRule.objects.update(valid_to=date(2007, 3, 1))

    (warning,) = judged()

    assert history(warning) == [("OPENED", 3), ("RECOVERING", 6), ("CLOSED", 9)]


def test_a_month_before_the_rule_begins_is_not_judged(unit, rate):
    WarningRule.objects.update(valid_from=date(2007, 6, 1))
    rates(unit, rate, {3: "0.0445"})

    assert judged() == []


def test_a_changed_rule_is_held_against_everybody_at_once(unit, rate):
    rates(unit, rate, {3: "0.0430"})
    assert judged() == []

    rule = WarningRule.objects.get()
    rule.limit = Decimal("0.004")
    rule.save()

    assert [one.state for one in judged()] == ["OPEN"]


def test_without_a_rule_nothing_is_judged(unit):
    rates(unit, ceiling(unit), {3: "0.0500"})

    assert judged() == []


# The other kinds over totals -----------------------------------------------------------------


def test_the_nation_is_judged_once_nearly_all_have_reported(unit):
    other = factories.UnitFactory(code="120000")
    rate = ceiling(unit, other)
    factories.TargetFactory(indicator=rate, target_value="0.046", bound="AT_MOST")
    RuleFactory(indicator=rate, scope="NATION")
    rates(unit, rate, {3: "0.0450"})
    before = judged()

    rates(other, rate, {3: "0.0450"})

    assert (before, [one.unit.is_nation for one in judged()]) == ([], [True])


def test_a_rule_for_all_judges_the_nation_and_the_units(unit):
    rate = ceiling(unit)
    factories.TargetFactory(indicator=rate, target_value="0.046", bound="AT_MOST")
    RuleFactory(indicator=rate, scope="ALL")
    rates(unit, rate, {3: "0.0450"})

    assert {one.unit.code for one in judged()} == {"000000", "110000"}


def test_arrears_are_found_wherever_they_must_not_arise(unit):
    zero = factories.IndicatorFactory(code="X18", zero=True)
    factories.AssignmentFactory(indicator=zero, unit=unit)
    RuleFactory(code="EW07", kind="BREACH", indicator=None, measure="", comparison="", limit=None, worse_by=0)
    for month, amount in ((1, 5000), (2, 0), (3, 0)):
        stand(unit, factories.MonthFactory(number=month), {zero: {"value": amount, "persons": amount // 100}})

    (warning,) = judged()

    assert history(warning) == [("OPENED", 1), ("RECOVERING", 2), ("CLOSED", 3)]
    assert warning.events.order_by("pk")[0].inputs == {"value": "5000", "persons": "50"}


def test_a_forecast_to_miss_warns_of_every_indicator_with_a_target(unit):
    jobs = factories.IndicatorFactory(code="X01")
    factories.TargetFactory(indicator=jobs, unit=unit, target_value=1200)
    factories.AssignmentFactory(indicator=jobs, unit=unit)
    RuleFactory(code="EW05", kind="FORECAST", indicator=None, measure="", comparison="", limit=None)
    for month in range(1, 6):
        stand(unit, factories.MonthFactory(number=month), {jobs: 40 * month})

    (warning,) = judged()

    assert (warning.indicator, warning.first_month, warning.month) == (jobs, date(2007, 4, 1), date(2007, 5, 1))


@pytest.mark.parametrize("is_published", [False, True])
def test_the_same_month_of_last_year_comes_from_its_own_plan_else_as_published(unit, is_published):
    jobs = factories.IndicatorFactory(code="X01")
    before = factories.PlanFactory(year=2006)
    for plan in (before, Plan.objects.get(year=2007)):
        factories.AssignmentFactory(plan=plan, indicator=jobs, unit=unit)
    RuleFactory(code="EW09", kind="CHANGE", indicator=jobs, measure="YEAR_SHARE", comparison="LE", limit="-0.1")
    if is_published:
        PublishedFigure.objects.create(unit=unit, indicator=jobs, month=date(2006, 1, 1), value=100, source="年鉴")
    else:
        stand(unit, factories.MonthFactory(plan=before, number=1), {jobs: 100})
    stand(unit, factories.MonthFactory(number=1), {jobs: 90})

    (warning,) = judged()

    assert warning.measured == Decimal("-0.1")


def silent_rule() -> WarningRule:
    return RuleFactory(
        code="EW06", kind="SILENCE", indicator=None, measure="", comparison="", limit=None, n_periods=2, worse_by=1
    )


def test_two_silent_months_warn_once_the_second_is_overdue_and_a_report_on_review_breaks_the_silence(unit, settings):
    jobs = factories.IndicatorFactory(code="X01")
    factories.AssignmentFactory(indicator=jobs, unit=unit)
    silent_rule()
    stand(unit, factories.MonthFactory(number=1), {jobs: 1})
    march = factories.MonthFactory(number=3)
    seen = []
    for day in (march.late_due_on, march.late_due_on + timedelta(days=1)):
        settings.BUSINESS_DATE = day
        seen.append([(one.state, one.measured) for one in judged()])
    MonthlyReport.objects.filter(pk=factories.ReportFactory(unit=unit, period=march).pk).update(
        status=ReportStatus.SUBMITTED
    )
    checking.check(Plan.objects.get(), now=NOW)

    assert seen == [[], [("OPEN", 2)]]
    warning = EarlyWarning.objects.order_by("episode")[0]
    assert history(warning)[:2] == [("OPENED", 3), ("RECOVERING", 3)]


# Answers ---------------------------------------------------------------------------------------


def test_a_measure_is_entered_with_person_and_day_and_is_in_the_audit_trail(unit, rate):
    lead = factories.person("LEAD", unit)
    rates(unit, rate, {3: "0.0445"})
    (warning,) = judged()

    event = answered(warning, lead)

    warning.refresh_from_db()
    assert (warning.state, warning.accepted) == ("ACKNOWLEDGED", Decimal("-0.0015"))
    assert (event.by, event.responsible, event.planned_on) == (lead, "王处长", date(2007, 12, 20))
    assert AuditEntry.objects.get(action="warning.answer").details["measure"] == "已召开专场招聘会。"


@pytest.mark.parametrize(("june", "state"), [("0.0449", "ACKNOWLEDGED"), ("0.0450", "OPEN")])
def test_an_answered_warning_is_raised_again_when_it_is_worse_by_the_margin(unit, rate, ministry, june, state):
    rates(unit, rate, {3: "0.0445"})
    (warning,) = judged()
    answered(warning, ministry)
    rates(unit, rate, {6: june})

    (warning,) = judged()

    assert warning.state == state
    assert history(warning)[-1] == (("WORSENED" if state == "OPEN" else "STANDS"), 6)


@pytest.mark.parametrize("role", ["CLERK", "PLANNER", "ANALYST", "AUDITOR"])
def test_only_the_lead_and_the_ministry_enter_measures(unit, rate, role):
    person = factories.person(role, unit if role == "CLERK" else None)
    rates(unit, rate, {3: "0.0445"})

    with pytest.raises(services.NotYourWarning, match="只有该单位负责人"):
        answered(judged()[0], person)


def test_the_lead_of_another_unit_may_not(unit, rate):
    rates(unit, rate, {3: "0.0445"})

    with pytest.raises(services.NotYourWarning):
        answered(judged()[0], factories.person("LEAD", factories.UnitFactory(code="120000")))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"measure": " 好 "}, "措施须写明"),
        ({"measure": "长" * 1001}, "措施须写明"),
        ({"responsible": "  "}, "责任人"),
        ({"responsible": "长" * 61}, "责任人"),
        ({"planned_on": None}, "计划完成日"),
        ({"planned_on": date(2007, 10, 11)}, "不早于今天（2007-10-12）"),
    ],
)
def test_an_answer_is_whole_or_not_taken(unit, rate, ministry, given, sentence):
    rates(unit, rate, {3: "0.0445"})
    (warning,) = judged()

    with pytest.raises(services.AnswerIncomplete, match=sentence):
        answered(warning, ministry, **given)

    assert warning.events.count() == 1


def test_what_recovers_needs_no_measure(unit, rate, ministry):
    rates(unit, rate, {3: "0.0445", 6: "0.0430"})

    with pytest.raises(services.AnswerRefused, match="好转待稳"):
        answered(judged()[0], ministry)


def test_an_answer_to_what_has_moved_on_is_refused(unit, rate, ministry):
    rates(unit, rate, {3: "0.0445"})
    (warning,) = judged()
    seen = warning.events.get().pk
    rates(unit, rate, {6: "0.0455"})
    judged()

    with pytest.raises(services.AnswerRefused, match="有了新情况"):
        answered(warning, ministry, seen=seen)


# Who is told -----------------------------------------------------------------------------------


def told() -> Counter[tuple[str, str]]:
    return Counter(Notice.objects.values_list("kind", "recipient__username"))


def test_the_unit_and_the_ministry_are_told_once_and_an_answer_settles_it(unit, rate, ministry):
    lead = factories.person("LEAD", unit, username="lead")
    factories.person("CLERK", unit, username="clerk")
    factories.person("LEAD", factories.UnitFactory(code="120000"), username="neighbour")
    rates(unit, rate, {3: "0.0445"})
    (warning,) = judged()
    warned = told()
    answered(warning, lead)

    assert warned == {(NoticeKind.WARNED, name): 1 for name in ("lead", "clerk", "ministry")}
    assert told() - warned == Counter({(NoticeKind.WARNING_ANSWERED, name): 1 for name in ("clerk", "ministry")})
    assert not Notice.objects.filter(kind=NoticeKind.WARNED, settled_at=None).exists()
    assert {notice.path for notice in Notice.objects.all()} == {f"/warnings/{warning.pk}/"}


def test_what_came_and_went_before_anybody_looked_is_not_told(unit, rate, ministry):
    rates(unit, rate, {3: "0.0445", 6: "0.0430", 9: "0.0430"})
    judged()

    assert not Notice.objects.exists()


def test_the_end_of_a_known_warning_is_told_and_settles_the_call(unit, rate, ministry):
    rates(unit, rate, {3: "0.0445"})
    judged()
    rates(unit, rate, {6: "0.0430", 9: "0.0430"})
    judged()

    assert told() == {(NoticeKind.WARNED, "ministry"): 1, (NoticeKind.WARNING_OVER, "ministry"): 1}
    assert Notice.objects.get(kind=NoticeKind.WARNED).settled_at is not None


def test_a_notice_carries_no_figure(unit, rate, ministry):
    rates(unit, rate, {3: "0.0445"})
    judged()

    assert Notice.objects.get().words == {
        "unit": "北京", "unit_en": "Unit 110000", "rule": "失业率余量不足", "rule_en": "Little headroom",
        "month": "2007-03-01",
    }  # fmt: skip


# Who may know ----------------------------------------------------------------------------------


def seen_by(person: object) -> list[tuple[str, int]]:
    return [(one.shown_state, one.shown_month.month) for one in EarlyWarning.objects.shown_to(person).order_by("pk")]


def test_another_bureau_knows_what_published_months_say_and_no_more(unit, rate, ministry):
    """T-09: nothing unpublished of others, neither the month nor the state nor the measure."""
    neighbour = factories.person("LEAD", factories.UnitFactory(code="120000"))
    rates(unit, rate, {3: "0.0445", 6: "0.0430"})
    (warning,) = judged()
    before = seen_by(neighbour)
    publish(factories.MonthFactory(number=3))

    assert (before, seen_by(neighbour)) == ([], [("OPEN", 3)])
    assert seen_by(ministry) == seen_by(factories.person("CLERK", unit)) == [("RECOVERING", 6)]
    assert [event.kind for event in warning.events.visible_to(neighbour)] == ["OPENED"]


def test_a_measure_stays_between_the_unit_and_the_ministry(unit, rate, ministry, analyst):
    neighbour = factories.person("CLERK", factories.UnitFactory(code="120000"))
    publish(factories.MonthFactory(number=3))
    rates(unit, rate, {3: "0.0445"})
    (warning,) = judged()
    answered(warning, ministry)

    assert seen_by(neighbour) == [("OPEN", 3)]
    assert seen_by(analyst) == [("ACKNOWLEDGED", 3)]
    assert not warning.events.visible_to(neighbour).exclude(measure="").exists()


@pytest.mark.parametrize("role", ["SYSTEM_ADMIN", "SECURITY_ADMIN", "AUDITOR"])
def test_an_administrator_learns_of_nothing_unpublished(unit, rate, role):
    rates(unit, rate, {3: "0.0445"})
    judged()

    assert seen_by(factories.person(role)) == []


# What it costs, and when it runs -------------------------------------------------------------------


def test_a_check_costs_the_same_queries_for_1_and_12_units(ministry):
    factories.months_of_2007()
    units = [factories.UnitFactory() for _n in range(12)]
    rate = ceiling(*units)
    RuleFactory(indicator=rate)
    silent_rule()
    judged()  # so far everybody is silent
    counts = []
    for some in (units[:1], units[1:]):
        for unit in some:
            rates(unit, rate, {3: "0.0445", 6: "0.0450"})
        checking.totals.refresh()
        with CaptureQueriesContext(connection) as queries:
            checking.check_changed(Plan.objects.get(), now=NOW)
        counts.append(len(queries))

    assert EarlyWarning.objects.filter(rule__code="EW01").count() == 12
    assert counts[0] == counts[1] <= 30


def test_only_the_units_that_changed_are_judged(unit, rate):
    rates(unit, rate, {3: "0.0445"})
    judged()
    rates(unit, rate, {6: "0.0445"})
    checking.totals.refresh()

    assert set(UncheckedUnit.objects.values_list("unit__code", flat=True)) == {"000000", "110000"}
    assert checking.check_changed(Plan.objects.get(), now=NOW).count(Event.STANDS) == 1
    assert not UncheckedUnit.objects.exists()


def test_a_publication_is_judged_once_it_stands(unit, rate, django_capture_on_commit_callbacks):
    from submissions import calendar

    factories.PlanFactory()
    rates(unit, rate, {3: "0.0445"})
    period = factories.MonthFactory(number=3)
    for number in (1, 2):
        publish(factories.MonthFactory(number=number))
    with django_capture_on_commit_callbacks(execute=True):
        calendar.publish_month(period, by=factories.person("MINISTRY_REVIEWER"), now=shanghai(2007, 10, 12))

    assert EarlyWarning.objects.get().state == "OPEN"


def test_the_command_judges_what_no_fold_told_of(unit, rate, capsys):
    """A target that was moved changes no total."""
    rates(unit, rate, {3: "0.0430"})
    judged()
    rate_target = Plan.objects.get().targets.get(unit=unit)
    rate_target.target_value = Decimal("0.044")
    rate_target.save()
    for _again in range(2):
        call_command("check_warnings")

    assert EarlyWarning.objects.get().state == "OPEN"
    assert capsys.readouterr().out.splitlines() == ["2007: 1 opened", "2007: nothing new"]
