"""What one check finds reaches each person in one notice: counted, the worst named, settled with the last answer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core import mail
from django.db import IntegrityError
from django.test import Client
from django.utils import translation

from notices import outbox, sending
from notices.models import Notice, NoticeKind
from notices.sentences import sentence
from reporting.models import EarlyWarning, WarningEvent, WarningRule
from reporting.warnings import checking, services, telling
from targets.models import Plan
from tests import factories
from tests.reporting.warned import NOW, RuleFactory, ceiling, judged, rates

pytestmark = pytest.mark.django_db


@pytest.fixture
def units():
    """Five provinces; each has less headroom than the one before it."""
    factories.months_of_2007()
    return [
        factories.UnitFactory(code=f"{number}0000", short_name=name, name_en=english, position=number)
        for number, name, english in [
            (11, "北京", "Beijing"),
            (12, "天津", "Tianjin"),
            (13, "河北", "Hebei"),
            (14, "山西", "Shanxi"),
            (15, "内蒙古", "Inner Mongolia"),
        ]
    ]


@pytest.fixture
def rate(units):
    RuleFactory(indicator=ceiling(*units))
    return WarningRule.objects.get().indicator


@pytest.fixture
def warned(units, rate, ministry):
    """All five fire in March, judged in one check."""
    for place, unit in enumerate(units):
        rates(unit, rate, {3: f"0.044{5 + place}"})
    return judged()


def told(kind: str = NoticeKind.WARNED, username: str | None = None) -> list[Notice]:
    notices = Notice.objects.filter(kind=kind).order_by("recipient__username", "id")
    return list(notices if username is None else notices.filter(recipient__username=username))


def answered(warning: EarlyWarning, by) -> WarningEvent:
    return services.acknowledge(
        warning,
        by=by,
        now=NOW,
        measure="已召开专场招聘会。",
        responsible="王处长",
        planned_on=date(2007, 12, 20),
        seen=warning.events.order_by("-pk")[0].pk,
    )


# One notice ------------------------------------------------------------------------------------


def test_one_check_tells_the_ministry_once_with_the_count_and_the_worst(warned):
    (notice,) = told()

    assert sentence(notice.kind, notice.words) == (
        "本次检查有 5 项预警，请查看并登记措施：内蒙古“失业率余量不足”、山西“失业率余量不足”、河北“失业率余量不足”等。"
    )
    with translation.override("en"):
        assert sentence(notice.kind, notice.words) == (
            "This check found 5 warnings; please look and enter a measure: "
            "Inner Mongolia “Little headroom”, Shanxi “Little headroom”, Hebei “Little headroom” and others."
        )
    assert notice.path == "/warnings/"


def test_no_event_is_lost_each_warning_keeps_its_history_and_the_notice_names_them_all(warned):
    (notice,) = told()

    assert sorted(notice.open_subjects) == sorted(f"warning:{one.pk}" for one in warned)
    assert [one.events.count() for one in warned] == [1] * 5


def test_each_unit_is_told_of_its_own_alone(units, rate, ministry):
    for unit in units[:2]:
        factories.person("LEAD", unit, username=f"lead{unit.code}")
        rates(unit, rate, {3: "0.0445"})
    first, second = judged()

    assert [(one.recipient.username, one.path) for one in told()] == [
        ("lead110000", f"/warnings/{first.pk}/"),
        ("lead120000", f"/warnings/{second.pk}/"),
        ("ministry", "/warnings/"),
    ]


def test_several_warnings_of_one_unit_lead_to_its_list(units, rate):
    factories.person("LEAD", units[0], username="lead")
    RuleFactory(code="EW02", name="失业率过高", name_en="High rate", indicator=rate, measure="VALUE", comparison="GT",
                limit=Decimal("0.04"))  # fmt: skip
    rates(units[0], rate, {3: "0.0445"})
    judged()

    (notice,) = told()
    assert (notice.words["n"], notice.path) == ("2", "/warnings/?unit=110000")


def test_the_worst_of_each_rule_is_named_before_its_second(units, rate, ministry):
    RuleFactory(code="EW02", name="失业率过高", name_en="High rate", indicator=rate, measure="VALUE", comparison="GT",
                limit=Decimal("0.04"))  # fmt: skip
    for place, unit in enumerate(units[:2]):
        rates(unit, rate, {3: f"0.044{5 + place}"})
    judged()

    (notice,) = told()
    assert notice.words["first"] == "天津“失业率余量不足”、天津“失业率过高”、北京“失业率余量不足”等"


def test_a_single_warning_is_told_in_full(units, rate, ministry):
    rates(units[0], rate, {3: "0.0445"})
    (warning,) = judged()

    (notice,) = told()
    assert (notice.path, notice.subject, notice.open_subjects) == (
        f"/warnings/{warning.pk}/", f"warning:{warning.pk}", [],
    )  # fmt: skip


def test_what_is_over_is_told_at_once_too_and_asks_for_nothing(units, rate, warned):
    for unit in units[:3]:
        rates(unit, rate, {6: "0.0430", 9: "0.0430"})
    judged()

    (notice,) = told(NoticeKind.WARNING_OVER)
    assert sentence(notice.kind, notice.words).startswith("本次检查解除了 3 项预警：")
    assert (notice.path, notice.open_subjects) == ("/warnings/?state=CLOSED", [])
    (call,) = told()
    assert (len(call.open_subjects), call.settled_at) == (2, None)


# Exactly once ----------------------------------------------------------------------------------


def test_checking_and_telling_again_tell_nobody_anew(warned):
    before = Notice.objects.count()
    checking.check(Plan.objects.get(), now=NOW)
    telling.tell_of(WarningEvent.objects.select_related("warning__unit", "warning__rule"), now=NOW)

    assert Notice.objects.count() == before == 1


def test_the_next_check_tells_only_what_is_new(units, rate, warned):
    other = factories.UnitFactory(code="210000", short_name="辽宁", position=21)
    ceiling(other)
    rates(other, rate, {3: "0.0445"})
    judged()

    assert [notice.words.get("n") for notice in told(username="ministry")] == ["5", None]


@pytest.mark.parametrize("n", [2, 5])
def test_telling_costs_the_same_statements_for_two_and_for_five(warned, n, django_assert_num_queries):
    events = list(WarningEvent.objects.select_related("warning__unit", "warning__rule").order_by("pk"))

    with django_assert_num_queries(4):
        telling.tell_of(events[:n], now=NOW)


# Settled ---------------------------------------------------------------------------------------


def test_it_is_settled_with_the_last_answer_and_not_before(warned, ministry):
    settled = []
    for warning in warned:
        answered(warning, ministry)
        settled.append(told()[0].settled_at)

    assert settled == [None] * 4 + [NOW]


def test_an_answer_settles_the_units_own_notice_and_leaves_the_others(units, rate, ministry):
    lead = factories.person("LEAD", units[0], username="lead")
    for unit in units[:2]:
        rates(unit, rate, {3: "0.0445"})
    first, _second = judged()
    answered(first, lead)

    assert {one.recipient.username: one.settled_at for one in told()} == {"lead": NOW, "ministry": None}


def test_the_database_keeps_no_settled_notice_with_open_tasks(warned):
    with pytest.raises(IntegrityError, match="notices_notice_settled_with_the_last_task"):
        Notice.objects.update(settled_at=NOW)


# Mail and pages --------------------------------------------------------------------------------


def test_t_09_the_mail_counts_and_names_nothing(units, rate, ministry, settings):
    settings.MAIL_ON, settings.MAIL_DIGEST_HOUR = True, 0
    settings.DEFAULT_FROM_EMAIL = "workplan@ministry.example"
    ministry.email = "reviewer@ministry.example"
    ministry.save()
    WarningRule.objects.update(name="低于 310000 人")
    for unit in units[:2]:
        rates(unit, rate, {3: "0.0445"})
    judged()
    outbox.gather_digests(now=NOW)

    assert len(list(sending.Sender().send_waiting())) == 1
    assert "本次检查有 2 项预警，请查看并登记措施。" in mail.outbox[0].body
    assert "310000" not in f"{mail.outbox[0].subject}{mail.outbox[0].body}"


def test_the_notice_leads_to_the_list_of_what_it_counts(warned, ministry):
    client = Client()
    client.force_login(ministry)
    (notice,) = told()

    page = client.get(f"/notices/{notice.pk}/", follow=True)

    assert {one.warning.pk for one in page.context["page"].shown} == {one.pk for one in warned}
