"""The pages of early warning through the client: who sees what, what may be entered, and both languages."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import AuditEntry
from reporting.models import EarlyWarning, WarningEvent
from reporting.warnings import sentences
from reporting.warnings.models import RuleMeasure
from tests import factories
from tests.reporting.filings import publish
from tests.reporting.warned import RuleFactory, ceiling, judged, rates

pytestmark = pytest.mark.django_db

ANSWER = {"measure": "已召开专场招聘会。", "responsible": "王处长", "planned_on": "2007-12-20"}


@pytest.fixture
def units():
    factories.months_of_2007()
    return [
        factories.UnitFactory(code=code, short_name=name) for code, name in (("110000", "北京"), ("120000", "天津"))
    ]


@pytest.fixture
def warned(units):
    """March published: Beijing warned and made good in June, Tianjin never."""
    rate = ceiling(*units)
    RuleFactory(indicator=rate)
    rates(units[0], rate, {3: "0.0445"})
    rates(units[1], rate, {3: "0.0400"})
    publish(factories.MonthFactory(number=3))
    return judged()[0]


def signed_in(person: object) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_list_says_what_was_found_and_leads_to_it(warned, ministry):
    page = signed_in(ministry).get("/warnings/").content.decode()

    assert "2007年3月，北京失业率为4.45%，距上限4.60%还有0.15个百分点，不足0.20个百分点。" in page
    assert f'href="/warnings/{warned.pk}/"' in page
    assert "天津" not in page


def test_the_list_reads_naturally_in_english(warned, ministry):
    client = signed_in(ministry)
    client.cookies["django_language"] = "en"

    page = client.get("/warnings/").content.decode()

    assert "March 2007 – Unit 110000" in page
    assert "4.45%, 0.15 points below the ceiling of 4.60%; less than 0.20 points are left." in page


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ("", 1),
        ("state=OPEN", 1),
        ("state=CLOSED", 0),
        ("unit=110000", 1),
        ("unit=120000", 0),
        ("indicator=X04", 1),
        ("page=99", 1),
    ],
)
def test_the_list_is_narrowed_by_its_address(warned, ministry, query, n):
    assert len(signed_in(ministry).get(f"/warnings/?{query}").context["page"].shown) == n


@pytest.mark.parametrize("query", ["state=PINK", "unit=999999", "indicator=NOPE", "unit=%07"])
def test_what_the_list_cannot_be_narrowed_to_is_not_found(warned, ministry, query):
    assert signed_in(ministry).get(f"/warnings/?{query}").status_code == 404


def test_without_a_warning_the_list_says_so(units, ministry):
    assert "目前没有预警" in signed_in(ministry).get("/warnings/").content.decode()


def test_another_bureau_reads_the_published_month_and_nothing_later(warned, units):
    """T-09: neither the newer figure nor the newer state nor a count of it."""
    rates(units[0], warned.indicator, {6: "0.0430"})
    neighbour, own = (signed_in(factories.person("LEAD", unit)) for unit in (units[1], units[0]))
    path = f"/warnings/{warned.pk}/"

    theirs, ours = neighbour.get(path).content.decode(), own.get(path).content.decode()

    assert "4.30%" in ours
    assert "4.30%" not in theirs
    assert neighbour.get("/warnings/").context["page"].shown[0].state == "OPEN"
    assert neighbour.get("/warnings/?state=RECOVERING").context["page"].shown == []
    assert own.get("/warnings/?state=RECOVERING").context["page"].shown[0].warning == warned


def test_a_warning_of_an_unpublished_month_is_not_found_by_another_bureau(warned, units):
    rates(units[0], warned.indicator, {6: "0.0430", 9: "0.0430", 12: "0.0450"})
    second = judged()[-1]

    assert second.episode == 2
    assert signed_in(factories.person("LEAD", units[1])).get(f"/warnings/{second.pk}/").status_code == 404
    assert signed_in(factories.person("LEAD", units[0])).get(f"/warnings/{second.pk}/").status_code == 200


@pytest.mark.parametrize("role", ["SYSTEM_ADMIN", "SECURITY_ADMIN", "AUDITOR"])
def test_administrators_read_no_warnings(warned, role):
    client = signed_in(factories.person(role))

    assert [client.get(path).status_code for path in ("/warnings/", f"/warnings/{warned.pk}/")] == [403, 403]
    assert client.post(f"/warnings/{warned.pk}/answer/", ANSWER).status_code == 403


# Answers ---------------------------------------------------------------------------------------


def test_the_lead_enters_a_measure_and_reads_it_on_the_page(warned, units):
    client = signed_in(factories.person("LEAD", units[0]))
    seen = warned.events.get().pk

    answer = client.post(f"/warnings/{warned.pk}/answer/", {**ANSWER, "seen": seen}, follow=True)

    page = answer.content.decode()
    assert EarlyWarning.objects.get().state == "ACKNOWLEDGED"
    assert "已召开专场招聘会。" in page
    assert "更新措施" in page


def test_a_refused_answer_keeps_what_was_typed(warned, ministry):
    given = {**ANSWER, "planned_on": "2007-10-01", "seen": warned.events.get().pk}

    answer = signed_in(ministry).post(f"/warnings/{warned.pk}/answer/", given)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "不早于今天" in page
    assert ("王处长" in page, 'value="2007-10-01"' in page) == (True, True)


def test_a_form_that_is_not_filled_in_says_where(warned, ministry):
    answer = signed_in(ministry).post(f"/warnings/{warned.pk}/answer/", {"measure": "好"})

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"measure", "responsible", "planned_on", "seen"}


def test_a_clerk_has_no_form_and_cannot_post_one(warned, units):
    client = signed_in(factories.person("CLERK", units[0]))
    path = f"/warnings/{warned.pk}/"

    assert "answer/" not in client.get(path).content.decode()
    assert client.post(f"{path}answer/", {**ANSWER, "seen": warned.events.get().pk}).status_code == 422
    assert EarlyWarning.objects.get().state == "OPEN"


# Other pages, and taking it away ------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/overview/?month=2007-03", "/units/110000/?month=2007-03"])
def test_pages_of_figures_say_how_many_warnings_stand(warned, ministry, path):
    client = signed_in(ministry)

    page, other = (client.get(one).content.decode() for one in (path, "/units/120000/?month=2007-03"))

    assert ("warned--badge" in page, "warned--badge" in other) == (True, False)


def test_the_list_is_taken_away_as_a_workbook_and_that_is_recorded(warned, ministry):
    answer = signed_in(ministry).get("/export/warnings/?unit=110000")

    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    text = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert {"EW01", "110000", "X04", "0.0015", "0.002"} <= set(text)
    assert AuditEntry.objects.get(action="export").details == {"table": "warnings", "query": "unit=110000"}


def test_the_list_costs_the_same_queries_for_1_and_6_warnings(units, ministry):
    more = [factories.UnitFactory() for _n in range(5)]
    rate = ceiling(*units, *more)
    RuleFactory(indicator=rate)
    counts = []
    for some in (units[:1], more):
        for unit in some:
            rates(unit, rate, {3: "0.0445"})
        judged()
        client = signed_in(ministry)
        client.get("/warnings/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/warnings/")
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 25


# Sentences -------------------------------------------------------------------------------------


def told(kind: str, measure: str, measured: str, limit: str, *, state: str = "OPEN", **inputs: str) -> str:
    """Return what a warning of this kind would say of Beijing's unemployment in March."""
    of = {"FLOW": "X01", "ZERO": "X18"}.get(inputs.pop("of", ""), "X04")
    traits = {"X01": {}, "X04": {"ratio": True}, "X18": {"zero": True}}[of]
    indicator = None if kind == "SILENCE" else factories.IndicatorFactory.build(code=of, short_name="指标", **traits)
    warning = EarlyWarning(
        rule=RuleFactory.build(kind=kind, measure=measure, indicator=indicator),
        unit=factories.UnitFactory.build(short_name="北京", parent=None),
        indicator=indicator,
    )
    event = WarningEvent(
        warning=warning, state=state, month=factories.MonthFactory.build(number=3).month, inputs=inputs,
        measured=None if measured == "" else Decimal(measured), limit=Decimal(limit),
    )  # fmt: skip
    return sentences.explanation(warning, event) + sentences.measured(warning, event.measured)


#: kind, measure, measured, limit, inputs
SAID = {
    "超出上限4.60% 0.10个百分点": ("THRESHOLD", "HEADROOM", "-0.001", "0.002", {"value": "0.047", "target": "0.046"}),
    "为4.60%，已到上限4.60%": ("THRESHOLD", "HEADROOM", "0", "0", {"value": "0.046", "target": "0.046"}),
    "指标为5.00%，越过界限4.00%": ("THRESHOLD", "VALUE", "0.05", "0.04", {"value": "0.05"}),
    "只有序时进度的85.0%，界限为90.0%": ("THRESHOLD", "PACE", "0.85", "0.9", {"value": "100", "of": "FLOW"}),
    "由上一报送期的4.00%升至4.30%，上升0.30 个百分点": (
        "CHANGE",
        "PERIOD_DIFFERENCE",
        "0.003",
        "0.002",
        {"value": "0.043", "before": "0.04"},
    ),
    "由上年同期的100人降至90人，下降10.0%": (
        *("CHANGE", "YEAR_SHARE", "-0.1", "-0.05"),
        {"value": "90", "before": "100", "of": "FLOW"},
    ),
    "下降10人，界限为5人": ("CHANGE", "YEAR_DIFFERENCE", "-10", "-5", {"value": "90", "before": "100", "of": "FLOW"}),
    "全年预计900人至960人，最好也只到960人，目标是1200人": (
        *("FORECAST", "", "960", "1200"),
        {"low": "900", "high": "960", "method": "RUN_RATE", "of": "FLOW"},
    ),
    "全年预计960人，目标是1200人": (
        *("FORECAST", "", "960", "1200"),
        {"low": "960", "high": "960", "method": "RUN_RATE", "of": "FLOW"},
    ),
    "北京已连续2个报告期没有报送：2007年2月、2007年3月。2 期": (
        *("SILENCE", "", "2", "2"),
        {"months": "2007-02 2007-03"},
    ),
    "指标5000元，涉及12人": ("BREACH", "", "5000", "0", {"value": "5000", "persons": "12", "of": "ZERO"}),
    "指标5000元；这一项不得发生": ("BREACH", "", "5000", "0", {"value": "5000", "of": "ZERO"}),
}


@pytest.mark.parametrize("expected", SAID)
def test_every_kind_of_rule_has_its_sentence(expected):
    kind, measure, measured, limit, inputs = SAID[expected]

    assert expected in told(kind, measure, measured, limit, **inputs).replace(",", "")


@pytest.mark.parametrize(("state", "expected"), [("RECOVERING", "以内（4.30%）"), ("CLOSED", "解除（4.30%）")])
def test_what_is_good_again_says_by_which_figure(state, expected):
    assert expected in told("THRESHOLD", "HEADROOM", "0.003", "0.002", state=state, value="0.043")


def test_the_end_of_a_rule_is_told_without_a_figure():
    assert "已回到界限以内；" in told("THRESHOLD", "HEADROOM", "", "0.002", state="RECOVERING")


def test_every_measure_can_be_written():
    for measure in RuleMeasure.values:
        assert told("THRESHOLD", measure, "0.1", "0.2", value="0.1", target="0.2", before="0.1")


def test_the_inputs_are_listed_in_one_order_with_their_names(units):
    warning = EarlyWarning(rule=RuleFactory.build(), indicator=factories.IndicatorFactory.build(code="X01"))
    shown = sentences.inputs(
        warning, WarningEvent(inputs={"months": "", "method": "TREND", "high": "12.34", "value": "5", "persons": "3"})
    )

    assert [one.shown for one in shown] == ["5人", "12人", "按今年趋势推算", "3人", "–"]
