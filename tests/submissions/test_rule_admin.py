"""What rules are held on, in the admin: who may set it, what is refused, and what the audit trail keeps."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import AuditEntry
from submissions import terms
from submissions.models import Excuse, PublishedFigure, ReferenceFigure, RuleSetting
from tests import factories

SETTING = {"rule": "V08", "valid_from": "2007-07-01", "limits": "stock_rise = 0.06", "reason": "扩面专项行动"}


def page(model, act="add", *args):
    return reverse(f"admin:submissions_{model}_{act}", args=args)


@pytest.fixture
def level(db):
    return factories.IndicatorFactory(code="T08", stock=True)


@pytest.fixture
def guangdong(db):
    return factories.UnitFactory(code="440000", short_name="广东")


def test_a_planner_sets_a_limit_from_a_month_on(client, planner):
    client.force_login(planner)

    answer = client.post(page("rulesetting"), SETTING)

    assert answer.status_code == 302
    setting = RuleSetting.objects.get()
    assert (setting.rule, setting.limits, setting.valid_to) == ("V08", {"stock_rise": "0.06"}, None)
    entry = AuditEntry.objects.order_by("-number").first()
    assert (entry.action, entry.details["changes"]["rule"]) == ("rulesetting.create", ["", "V08"])
    listed = client.get(page("rulesetting", "changelist")).content.decode()
    assert "stock_rise = 0.06" in listed
    shown = client.get(page("rulesetting", "change", setting.pk)).content.decode()
    assert "stock_rise = 0.06" in shown


def test_the_form_tells_the_limits_as_built(client, planner):
    client.force_login(planner)

    assert "V08 stock_rise = 0.05、stock_fall = 0.02" in client.get(page("rulesetting")).content.decode()


def test_a_planner_changes_a_parts_shares_and_not_its_code(client, planner, level):
    part = factories.IndicatorPartFactory(indicator=level, code="retirees")
    client.force_login(planner)
    address = reverse("admin:targets_indicatorpart_change", args=[part.pk])
    given = {"code": "pupils", "name": "离退休人员", "position": "1", "share_low": "0.1", "share_high": "0.5"}

    client.post(address, given)

    part.refresh_from_db()
    assert (part.code, part.share_high) == ("retirees", Decimal("0.5"))
    assert client.get(reverse("admin:targets_indicatorpart_add")).status_code == 200


def test_a_setting_saved_as_it_is_changes_nothing(client, planner):
    client.force_login(planner)
    client.post(page("rulesetting"), SETTING)
    setting, count = RuleSetting.objects.get(), AuditEntry.objects.count()

    client.post(page("rulesetting", "change", setting.pk), SETTING)

    assert AuditEntry.objects.count() == count


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"limits": "stock_rise 0.06"}, "每行写一个界限"),
        ({"limits": "rise = 0.06"}, "没有名为“rise”的界限"),
        ({"limits": "stock_rise = 多"}, "须是不小于 0 的数"),
        ({"valid_from": "2007-07-02"}, "起止报告期请写当月 1 日"),
        ({"valid_to": "2007-06-01"}, "终止报告期不能早于起始报告期"),
        ({"reason": ""}, "必填"),
        ({"rule": "V13"}, "V13"),
    ],
)
def test_a_setting_that_cannot_be_held_is_refused_in_words(client, planner, change, words):
    client.force_login(planner)

    answer = client.post(page("rulesetting"), {**SETTING, **change})

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not RuleSetting.objects.exists()


@pytest.mark.parametrize("role", ["MINISTRY_REVIEWER", "SYSTEM_ADMIN", "AUDITOR"])
def test_only_a_planner_sets_rules(client, db, role):
    client.force_login(factories.person(role))

    assert client.post(page("rulesetting"), SETTING).status_code == 403


def excuse(level, guangdong):
    return {
        "unit": guangdong.pk, "indicator": level.pk, "rule": "V08",
        "since": "2007-09-01", "until": "2007-12-01", "reason": "省级统筹并入行业。",
    }  # fmt: skip


@pytest.mark.parametrize("who", ["planner", "ministry"])
def test_an_excuse_is_granted_and_withdrawn(client, request, who, level, guangdong):
    person = request.getfixturevalue(who)
    client.force_login(person)

    client.post(page("excuse"), excuse(level, guangdong))

    granted = Excuse.objects.get()
    assert (granted.granted_by, granted.until) == (person, date(2007, 12, 1))
    assert AuditEntry.objects.filter(action="excuse.grant").count() == 1
    assert client.get(page("excuse", "change", granted.pk)).status_code == 200
    again = client.post(page("excuse"), excuse(level, guangdong), follow=True)
    assert "已有豁免" in again.content.decode()

    chosen = {"action": "withdraw", "_selected_action": [granted.pk]}
    told = client.post(page("excuse", "changelist"), chosen, follow=True)
    assert "已撤销" in told.content.decode()
    granted.refresh_from_db()
    assert granted.withdrawn_by == person
    told = client.post(page("excuse", "changelist"), chosen, follow=True)
    assert "这项豁免已经撤销" in told.content.decode()


def test_figures_from_elsewhere_name_their_source(client, planner, level, guangdong):
    client.force_login(planner)
    client.post(
        page("referencefigure"),
        {"unit": guangdong.pk, "year": "2007", "name": "EMPLOYED", "value": "52928000", "source": "中国统计年鉴2008"},
    )
    client.post(
        page("publishedfigure"),
        {"indicator": level.pk, "month": "2007-12-01", "release": "FINAL", "value": "201370000", "source": "统计公报"},
    )
    client.post(
        page("publishedfigure"),
        {
            "unit": guangdong.pk, "indicator": level.pk, "month": "2006-12-01", "release": "FINAL",
            "value": "19927000", "source": "统计年鉴",
        },
    )  # fmt: skip

    assert ReferenceFigure.objects.get().value == Decimal(52_928_000)
    published = PublishedFigure.objects.get(unit=None)
    assert PublishedFigure.objects.get(unit=guangdong).value == Decimal(19_927_000)
    assert (published.value, published.entered_by) == (Decimal(201_370_000), planner)
    assert "52,928,000" in client.get(page("referencefigure", "changelist")).content.decode()
    assert "201,370,000" in client.get(page("publishedfigure", "changelist")).content.decode()


def test_a_published_rate_is_a_fraction(client, ministry):
    rate = factories.IndicatorFactory(code="T04", ratio=True)
    client.force_login(ministry)

    answer = client.post(
        page("publishedfigure"),
        {"indicator": rate.pk, "month": "2007-03-01", "release": "FLASH", "value": "4.1", "source": "新闻发布"},
    )

    assert "比率以小数填写" in answer.content.decode()
    assert not PublishedFigure.objects.exists()


# The database ----------------------------------------------------------------------------------


def refused_as(queryset, change):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        queryset.update(**change)
    return refused.value.__cause__.diag.constraint_name


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("submissions_setting_names_a_rule", {"rule": "X1"}),
        ("submissions_setting_severity_is_known", {"severity": "X"}),
        ("submissions_setting_runs_from_month_to_month", {"valid_from": date(2007, 1, 2)}),
        ("submissions_setting_runs_from_month_to_month", {"valid_to": date(2007, 12, 31)}),
        ("submissions_setting_ends_after_it_begins", {"valid_to": date(2006, 12, 1)}),
        ("submissions_setting_says_why", {"reason": ""}),
    ],
)
def test_a_setting_that_cannot_be_is_refused_below_the_models(db, name, change):
    RuleSetting.objects.create(rule="V08", valid_from=date(2007, 1, 1), reason="核查")

    assert refused_as(RuleSetting.objects, change) == name


def test_a_rule_has_one_setting_from_a_month_on(db):
    for month in (1, 2):
        RuleSetting.objects.create(rule="V08", valid_from=date(2007, month, 1), reason="核查")

    assert refused_as(RuleSetting.objects, {"valid_from": date(2007, 3, 1)}) == (
        "submissions_setting_one_per_rule_and_month"
    )


@pytest.fixture
def granted(level, guangdong, planner):
    months = {"since": date(2007, 9, 1), "until": date(2007, 12, 1)}
    return terms.grant_excuse(
        unit=guangdong, indicator=level, rule="V08", reason="省级统筹并入行业。", by=planner,
        now=factories.shanghai(2007, 9, 1), **months,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("submissions_excuse_names_a_rule", {"rule": "X1"}),
        ("submissions_excuse_runs_from_month_to_month", {"since": date(2007, 9, 2)}),
        ("submissions_excuse_runs_from_month_to_month", {"until": date(2007, 12, 31)}),
        ("submissions_excuse_ends_after_it_begins", {"until": date(2007, 8, 1)}),
        ("submissions_excuse_says_why", {"reason": ""}),
        ("submissions_excuse_withdrawn_by_and_at", {"withdrawn_at": factories.shanghai(2007, 9, 2)}),
    ],
)
def test_an_excuse_that_cannot_be_is_refused_below_the_models(granted, name, change):
    assert refused_as(Excuse.objects, change) == name


def test_one_excuse_stands_at_a_time_below_the_models(granted):
    granted.pk = None

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        granted.save(force_insert=True)

    assert refused.value.__cause__.diag.constraint_name == "submissions_excuse_one_standing_per_unit_indicator_rule"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("submissions_reference_name_is_known", {"name": "OTHER"}),
        ("submissions_reference_value_is_a_number", {"value": Decimal(-1)}),
        ("submissions_reference_names_its_source", {"source": ""}),
    ],
)
def test_a_reference_that_cannot_be_is_refused_below_the_models(guangdong, name, change):
    ReferenceFigure.objects.create(unit=guangdong, year=2007, name="EMPLOYED", value=1, source="年鉴")

    assert refused_as(ReferenceFigure.objects, change) == name


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("submissions_published_release_is_known", {"release": "LATER"}),
        ("submissions_published_month_is_first_day", {"month": date(2007, 12, 31)}),
        ("submissions_published_value_is_a_number", {"value": Decimal(-1)}),
        ("submissions_published_names_its_source", {"source": ""}),
    ],
)
def test_a_published_figure_that_cannot_be_is_refused_below_the_models(level, name, change):
    PublishedFigure.objects.create(indicator=level, month=date(2007, 12, 1), value=1, source="公报")

    assert refused_as(PublishedFigure.objects, change) == name


def test_references_and_published_figures_stand_once(level, guangdong):
    for name in ("EMPLOYED", "URBAN_EMPLOYED"):
        ReferenceFigure.objects.create(unit=guangdong, year=2007, name=name, value=1, source="年鉴")
    for release in ("FLASH", "FINAL"):
        for unit in (None, guangdong):
            PublishedFigure.objects.create(
                unit=unit, indicator=level, month=date(2007, 12, 1), release=release, value=1, source="公报"
            )

    assert refused_as(ReferenceFigure.objects, {"name": "EMPLOYED"}) == "submissions_reference_one_per_unit_year_name"
    for owned in (PublishedFigure.objects.filter(unit=None), PublishedFigure.objects.filter(unit=guangdong)):
        assert refused_as(owned, {"release": "FLASH"}) == "submissions_published_one_per_indicator_month_release"
