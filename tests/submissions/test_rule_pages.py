"""The rules where planners and reviewers see and change them: the page and REST, with the rights of the admin."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import pytest

from accounts.models import AuditEntry
from submissions import terms
from submissions.models import Excuse, RuleSetting
from submissions.pages.limit_words import LIMIT_WORDS
from submissions.rules.facts import RuleLimits
from tests import factories
from tests.factories import shanghai

pytestmark = pytest.mark.django_db

PAGE = "/rules/"
API = "/api/v1/excuses/"
REASON = "农民工参保专项扩面，增长属实。"
GIVEN = {"rule": "V08", "unit": "440000", "indicator": "T08", "since": "2007-09", "until": "2007-12", "reason": REASON}
SETTING = {
    "rule": "V08",
    "valid_from": "2007-10",
    "limits": "stock_rise = 0.06",
    "severity": "",
    "reason": "扩面之年。",
}


@pytest.fixture
def planner(db):
    return factories.person("PLANNER", factories.NationFactory(), username="planner")


@pytest.fixture
def signed_in(client):
    def sign_in(person):
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture
def excuse(unit, period, planner):
    indicator = unit.assignments.get(indicator__code="T08").indicator
    return terms.grant_excuse(
        unit=unit, indicator=indicator, rule="V08", since=date(2007, 9, 1), until=date(2007, 12, 1), reason=REASON,
        by=planner, now=shanghai(2007, 10, 3),
    )  # fmt: skip


def posted(prefix, fields):
    return {f"{prefix}-{name}": value for name, value in fields.items()}


# The page --------------------------------------------------------------------------------------


def test_every_rule_is_shown_with_its_weight_its_limits_and_its_excuses(signed_in, planner, excuse):
    page = signed_in(planner).get(PAGE).content.decode()

    for code in (f"V{number:02}" for number in range(1, 27)):
        assert f'id="{code}"' in page
    assert "比上期上升不超过 5%" in page
    assert "<code>stock_rise = 0.05</code>" in page
    assert REASON in page
    assert "recheck_rules" in page
    assert "终止报告期之后，这条规则不再执行" in page


def test_limits_are_told_in_words_and_named_to_planners_alone(signed_in, ministry, period):
    limits = {"stock_rise": "0.065"}
    RuleSetting.objects.create(rule="V08", valid_from=date(2007, 9, 1), limits=limits, reason=REASON)

    shown = signed_in(ministry).get(PAGE).content.decode()

    assert shown.count("比上期上升不超过 6.5%") == 2
    assert "stock_rise" not in shown
    assert set(LIMIT_WORDS) == {one.name for one in fields(RuleLimits)}


def test_the_page_costs_the_same_for_one_excuse_as_for_many(signed_in, planner, excuse, django_assert_max_num_queries):
    client = signed_in(planner)
    for code in ("230000", "310000", "320000"):
        unit = factories.UnitFactory(code=code)
        Excuse.objects.create(
            unit=unit, indicator=excuse.indicator, rule="V08", since=excuse.since, until=excuse.until, reason=REASON,
            granted_by=planner, granted_at=excuse.granted_at,
        )  # fmt: skip

    with django_assert_max_num_queries(15):
        assert client.get(PAGE).status_code == 200


def test_a_planner_excuses_and_withdraws_with_a_trace(signed_in, planner, unit, period):
    client = signed_in(planner)

    granted = client.post(f"{PAGE}excuses/", posted("excuse", GIVEN))
    withdrawn = client.post(f"{PAGE}excuses/{Excuse.objects.get().pk}/withdraw/")

    assert (granted.status_code, withdrawn.status_code) == (302, 302)
    assert Excuse.objects.get().withdrawn_by == planner
    actions = AuditEntry.objects.filter(action__startswith="excuse").order_by("number")
    assert [one.action for one in actions] == ["excuse.grant", "excuse.withdraw"]


def test_a_planner_sets_a_rule_and_ends_the_setting(signed_in, planner, period):
    client = signed_in(planner)

    made = client.post(f"{PAGE}settings/", posted("setting", SETTING))
    setting = RuleSetting.objects.get()
    shown = client.get(PAGE).content.decode()
    ended = client.post(f"{PAGE}settings/{setting.pk}/end/", {"valid_to": "2007-12", "reason": "专项结束。"})
    setting.refresh_from_db()

    assert (made.status_code, ended.status_code) == (302, 302)
    assert (setting.limits, setting.valid_to) == ({"stock_rise": "0.06"}, date(2007, 12, 1))
    assert "自 2007-10 起" in shown
    assert [one.action for one in AuditEntry.objects.filter(action__startswith="rule").order_by("number")] == [
        "rule.set", "rule.end",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"since": "9月"}, "不是月份"),
        ({"since": ""}, "必填"),
        ({"reason": "不对"}, "至少 5 个字"),
        ({"until": "2007-08"}, "同一或更晚的报告期"),
        ({"rule": "V14"}, "V14"),
    ],
)
def test_an_excuse_that_cannot_be_is_told_and_keeps_what_was_typed(signed_in, planner, unit, period, fields, told):
    answer = signed_in(planner).post(f"{PAGE}excuses/", posted("excuse", GIVEN | fields))

    page = answer.content.decode()
    assert answer.status_code in {409, 422}
    assert told in page
    assert 'name="excuse-until"' in page
    assert not Excuse.objects.exists()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"limits": "stock_rise"}, "每行写一个界限"),
        ({"limits": "colour = 1"}, "没有名为“colour”的界限"),
        ({"limits": ""}, "请至少设一项"),
        ({"reason": "好"}, "至少 5 个字"),
        ({"valid_to": "2007-09"}, "终止报告期不能早于"),
        ({"rule": "V14", "limits": "x = 1"}, "没有名为"),
    ],
)
def test_a_setting_that_cannot_be_is_told(signed_in, planner, period, fields, told):
    answer = signed_in(planner).post(f"{PAGE}settings/", posted("setting", SETTING | fields))

    assert answer.status_code in {400, 409, 422}
    assert told in answer.content.decode()
    assert not RuleSetting.objects.exists()


def test_a_rule_is_set_once_per_month_and_not_ended_before_it_began(signed_in, planner, period):
    client = signed_in(planner)
    client.post(f"{PAGE}settings/", posted("setting", SETTING))
    address = f"{PAGE}settings/{RuleSetting.objects.get().pk}/end/"

    again = client.post(f"{PAGE}settings/", posted("setting", SETTING))
    early = client.post(address, {"valid_to": "2007-09", "reason": "专项结束。"})
    wordless = client.post(address, {"valid_to": "2007-12", "reason": ""})
    no_month = client.post(address, {"valid_to": "x", "reason": "专项结束。"})

    assert [one.status_code for one in (again, early, wordless, no_month)] == [409, 409, 409, 422]
    assert "已有设置" in again.content.decode()
    assert RuleSetting.objects.get().valid_to is None


def test_what_the_portal_upholds_cannot_be_set(planner):
    with pytest.raises(terms.SettingRefused, match="由系统本身保证"):
        terms.set_rule(
            rule="V13", valid_from=date(2007, 9, 1), valid_to=None, severity="E", limits={}, reason=REASON, by=planner
        )


@pytest.mark.parametrize(
    ("role", "may_excuse", "may_set"), [("CLERK", 0, 0), ("LEAD", 0, 0), ("MINISTRY_REVIEWER", 1, 0)]
)
def test_others_read_the_rules_and_change_nothing_that_is_not_theirs(
    signed_in, unit, period, role, may_excuse, may_set
):
    nation = factories.NationFactory()
    client = signed_in(factories.person(role, nation if role == "MINISTRY_REVIEWER" else unit))

    page = client.get(PAGE)
    excused = client.post(f"{PAGE}excuses/", posted("excuse", GIVEN))
    made = client.post(f"{PAGE}settings/", posted("setting", SETTING))

    assert page.status_code == 200
    assert ('name="excuse-rule"' in page.content.decode()) == may_excuse
    assert 'name="setting-rule"' not in page.content.decode()
    assert (excused.status_code, made.status_code) == (302 if may_excuse else 403, 403)


def test_a_bureau_sees_its_own_excuses_and_no_other(signed_in, excuse, unit):
    other = factories.UnitFactory(code="230000")

    own = signed_in(factories.person("CLERK", unit)).get(API).json()["results"]
    theirs = signed_in(factories.person("CLERK", other)).get(API).json()["results"]

    assert [(one["unit"], one["rule"], one["reason"]) for one in own] == [("440000", "V08", REASON)]
    assert theirs == []


# REST ------------------------------------------------------------------------------------------


def test_programs_read_the_rules_of_a_month(signed_in, planner, period):
    RuleSetting.objects.create(rule="V08", valid_from=date(2007, 9, 1), limits={"stock_rise": "0.06"}, reason="扩面")
    client = signed_in(planner)

    before, after = (
        {one["code"]: one for one in client.get(f"/api/v1/rules/?month={month}").json()["results"]}
        for month in ("2007-08", "2007-09")
    )

    assert (before["V08"]["limits"]["stock_rise"], after["V08"]["limits"]["stock_rise"]) == ("0.05", "0.06")
    assert (after["V08"]["severities"], after["V08"]["subject"], after["V08"]["in_force"]) == (["W"], "figure", True)
    assert len(client.get("/api/v1/rules/").json()["results"]) == len(after)


def test_programs_excuse_and_withdraw_with_the_same_rights(signed_in, planner, unit, period):
    client = signed_in(planner)

    granted = client.post(API, GIVEN, content_type="application/json")
    twice = client.post(API, GIVEN, content_type="application/json")
    ended = client.post(f"{API}{granted.json()['id']}/withdraw/")
    refused = signed_in(factories.person("LEAD", unit)).post(API, GIVEN, content_type="application/json")

    assert (granted.status_code, granted.json()["since"]) == (201, "2007-09")
    assert (twice.status_code, ended.status_code, refused.status_code) == (409, 200, 403)
    assert ended.json()["withdrawn_at"] is not None
