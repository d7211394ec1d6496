"""The steps of a report over HTTP: check, submit, receipt, review, correct, reopen; and its history."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from submissions import calendar, services
from submissions.models import MonthlyReport, ReportingMonth
from tests import factories
from tests.factories import approved, file, shanghai, submitted
from tests.submissions.posting import ADDRESS, opened, text_of

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 3)
LATE = shanghai(2007, 10, 12)
FIGURES = {"T01": "310000", "T08": "1100000", "T04": ("46", "1000")}
WHY = {"V08:T08": "参保范围扩大"}


@pytest.fixture
def draft(unit, period, lead, ministry):
    """September filled in, its one warning explained, after an approved August."""
    august = ReportingMonth.objects.get(month=date(2007, 8, 1))
    approved(unit, august, {"T01": "200000", "T08": "1000000"}, by=lead, reviewer=ministry, now=NOW)
    report = file(unit, period, FIGURES, by=lead, now=NOW)
    return services.save_draft(report, by=lead, now=NOW, version=1, explanations=WHY, note="两县补报")


@pytest.fixture
def handed_in(draft, lead):
    return services.submit(draft, by=lead, now=LATE, version=draft.version)


@pytest.fixture
def in_force(handed_in, ministry):
    return services.approve(handed_in, by=ministry, now=LATE, version=handed_in.version)


def take(client, verb: str, report: MonthlyReport, comment: str = "", **options: object) -> object:
    data = {"version": str(report.version), "comment": comment}
    return client.post(f"{ADDRESS}{verb}/", data, **options)


def status() -> str:
    return MonthlyReport.objects.get(period="2007-09-01", unit__code="440000").status


# Checking and submitting -----------------------------------------------------------------------


def test_saving_to_submit_leads_to_the_check(client, draft, lead):
    client.force_login(lead)

    response = client.post(ADDRESS, {**opened(client), "figure.T01.value": "320000", "then": "check"}, follow=True)

    page = text_of(response)
    assert response.redirect_chain == [(f"{ADDRESS}check/", 302)]
    assert "32万人" in page
    assert "参保范围扩大" in page
    assert "确认报送" in page


@pytest.mark.parametrize("who", ["planner", "other_unit"])
def test_who_may_neither_submit_nor_ask_is_not_led_to_the_check(client, draft, planner, who):
    person = planner if who == "planner" else factories.person("LEAD", factories.UnitFactory(code="230000"))
    client.force_login(person)

    response = client.get(f"{ADDRESS}check/")

    if who == "planner":
        assert response.url == f"{ADDRESS}?check=1"
    else:
        assert response.status_code == 404


def test_a_report_nobody_began_has_nothing_to_check(client, unit, period, lead):
    client.force_login(lead)

    assert client.get(f"{ADDRESS}check/").url == f"{ADDRESS}?check=1"


def test_a_submission_ends_in_a_receipt_that_stays(client, draft, lead):
    client.force_login(lead)

    response = take(client, "submit", draft, follow=True)

    assert response.redirect_chain == [(f"{ADDRESS}receipt/1/", 302)]
    page = text_of(response)
    assert "200709-440000-1" in page
    assert lead.label in page
    assert "迟报" in page
    assert text_of(client.get(f"{ADDRESS}receipt/1/")).count("200709-440000-1") == 2


@pytest.mark.parametrize(("contact", "is_named"), [("信息中心 010-1234", True), ("", False)])
def test_a_receipt_names_whom_to_call_where_somebody_is_set(client, handed_in, lead, settings, contact, is_named):
    settings.SUPPORT_CONTACT = contact
    client.force_login(lead)

    page = text_of(client.get(f"{ADDRESS}receipt/1/"))

    assert (f"有问题请联系：{contact}" in page) is is_named
    assert ("有问题请联系" in page) is is_named


@pytest.mark.parametrize("number", [0, 2, 10**23])
def test_a_receipt_of_no_filing_is_not_found(client, handed_in, lead, number):
    client.force_login(lead)

    assert client.get(f"{ADDRESS}receipt/{number}/").status_code == 404


def test_a_report_nobody_began_has_no_receipt(client, unit, period, lead):
    client.force_login(lead)

    assert client.get(f"{ADDRESS}receipt/1/").status_code == 404


def test_a_receipt_of_a_county_names_its_province(client, unit, period):
    county = factories.UnitFactory(code="440100", parent=unit, name="广州市", kind="PREFECTURE")
    factories.AssignmentFactory(unit=county, indicator=factories.IndicatorFactory(code="T01"))
    lead = factories.person("LEAD", county)
    submitted(county, period, {"T01": "5"}, by=lead, now=NOW)
    client.force_login(lead)

    page = text_of(client.get("/reports/2007-09/440100/receipt/1/"))

    assert f"接下来由{unit.full_label}的负责人或部级审核人审核" in page
    assert "迟报" not in page


def test_errors_lead_back_to_the_form_with_all_of_them(client, unit, period, lead):
    report = file(unit, period, {"T01": "5"}, by=lead, now=NOW)
    client.force_login(lead)

    response = take(client, "submit", report)

    page = text_of(response)
    assert response.status_code == 422
    assert "有 2 处须更正或说明后才能报送。" in page
    assert "T04 登记失业率本月应报，还没有填" in page


def test_submitting_twice_says_what_happened(client, draft, lead):
    client.force_login(lead)
    take(client, "submit", draft)

    again = take(client, "submit", draft)

    page = text_of(again)
    assert again.status_code == 409
    assert "报表现为“待审核”，不能执行“报送”。如需修改，请本单位负责人撤回" in page
    assert f"最近一步：{lead.label}于" in page


# Reviewing -------------------------------------------------------------------------------------


def test_the_reviewer_sees_differences_first(client, handed_in, ministry):
    factories.TargetFactory(
        indicator=factories.IndicatorFactory(code="T04"), unit=handed_in.unit, target_value="0.05", bound="AT_MOST"
    )
    client.force_login(ministry)

    response = client.get(ADDRESS)

    page = response.context["page"]
    assert [row.row.indicator.code for row in page.rows] == ["T08", "T01", "T04"]
    assert (page.rows[0].change, page.rows[0].growth) == (100_000, Decimal("0.1"))
    assert [found.explanation for found in page.explained] == ["参保范围扩大"]
    text = text_of(response)
    assert text.index("参保范围扩大") < text.index("有变化的数据")
    assert "两县补报" in text
    assert "余量 0.40 个百分点" in text


def test_what_did_not_change_is_folded(client, unit, period, lead, ministry):
    figures = {"T01": "200", "T08": "999"}
    august = ReportingMonth.objects.get(month=date(2007, 8, 1))
    approved(unit, august, figures, by=lead, reviewer=ministry, now=NOW)
    submitted(unit, period, {**figures, "T04": ("46", "1000")}, by=lead, now=NOW)
    client.force_login(ministry)

    page = client.get(ADDRESS).context["page"]

    assert [row.row.indicator.code for row in page.folded] == ["T01", "T08"]
    assert [row.row.indicator.code for row in page.first] == ["T04"]


def test_a_mended_figure_stands_beside_what_it_was(client, unit, handed_in, lead, ministry):
    services.return_(handed_in, by=ministry, now=LATE, version=handed_in.version, comment="请核对。")
    submitted(unit, handed_in.period, {"T01": "320000"}, by=lead, now=LATE)
    client.force_login(ministry)

    page = client.get(ADDRESS).context["page"]

    assert {row.row.indicator.code: row.refiled_value for row in page.rows} == {
        "T01": 310_000,
        "T04": None,
        "T08": None,
    }
    assert [past.filing.number for past in page.filings] == [2, 1]


@pytest.mark.parametrize(("verb", "after"), [("approve", "APPROVED"), ("return", "RETURNED")])
def test_a_decision_leads_to_the_next_report_in_the_queue(client, unit, handed_in, ministry, verb, after):
    other = factories.UnitFactory(code="230000")
    factories.AssignmentFactory(unit=other, indicator=factories.IndicatorFactory(code="T01"))
    submitted(other, handed_in.period, {"T01": "5"}, by=factories.person("LEAD", other), now=LATE)
    client.force_login(ministry)

    response = take(client, verb, handed_in, "请核对。", follow=True)

    assert response.redirect_chain == [("/reports/2007-09/230000/", 302)]
    assert status() == after
    assert "广东 2007年9月。" in text_of(response)


def test_the_last_decision_leads_to_the_empty_queue(client, handed_in, ministry):
    client.force_login(ministry)

    response = take(client, "approve", handed_in, follow=True)

    assert response.redirect_chain == [("/review/", 302)]
    assert "没有待审核的报表" in text_of(response)


def test_a_return_without_a_reason_is_refused_and_keeps_what_was_written(client, handed_in, ministry):
    client.force_login(ministry)

    response = take(client, "return", handed_in, "  ")

    assert (response.status_code, status()) == (422, "SUBMITTED")
    assert "“退回”须写明原因。" in text_of(response)


def test_a_decision_on_a_version_not_seen_is_refused(client, handed_in, lead, ministry):
    seen = handed_in
    services.withdraw(handed_in, by=lead, now=LATE, version=handed_in.version)
    report = file(handed_in.unit, handed_in.period, {"T01": "320000"}, by=lead, now=LATE)
    services.submit(report, by=lead, now=LATE, version=report.version)
    client.force_login(ministry)

    response = take(client, "approve", seen, "看过了。")

    page = text_of(response)
    assert (response.status_code, status()) == (409, "SUBMITTED")
    assert "报表已被更新" in page
    assert "看过了。" in page
    assert "32万人" in page


def test_nobody_approves_the_own_submission(client, draft, ministry):
    report = services.submit(draft, by=ministry, now=LATE, version=draft.version)
    client.force_login(ministry)

    page = text_of(client.get(ADDRESS))
    response = take(client, "approve", report)

    assert 'disabled aria-describedby="why-not"' in page
    assert "报送人不能审核自己报送的报表，请由另一人审核。" in page
    assert (response.status_code, status()) == (403, "SUBMITTED")


def test_a_closed_month_disables_the_verdict(client, handed_in, period, ministry):
    calendar.close_month(period, by=ministry, now=LATE)
    client.force_login(ministry)

    review = client.get(ADDRESS).context["page"].review

    assert "关闭" in review.why_not_approve
    assert "关闭" in review.why_not_return


@pytest.mark.parametrize("verb", ["approve", "return", "reopen"])
@pytest.mark.parametrize("role", ["CLERK", "LEAD", "PLANNER"])
def test_who_does_not_review_is_refused(client, handed_in, unit, role, verb):
    client.force_login(factories.person(role, None if role == "PLANNER" else unit))

    response = take(client, verb, handed_in, "我来")

    assert (response.status_code, status()) == (403, "SUBMITTED")


@pytest.mark.parametrize("verb", ["withdraw", "approve", "return", "correct"])
def test_a_step_before_the_first_is_refused(client, unit, period, ministry, verb):
    client.force_login(ministry)

    response = client.post(f"{ADDRESS}{verb}/", {"version": "0", "comment": "请核对。"})

    assert (response.status_code, MonthlyReport.objects.count()) == (409, 0)


@pytest.mark.parametrize("comment", ["a\0b", "长" * 2001])
def test_a_comment_that_cannot_be_stored_is_refused(client, handed_in, ministry, comment):
    client.force_login(ministry)

    assert (take(client, "return", handed_in, comment).status_code, status()) == (422, "SUBMITTED")


def test_who_only_looks_at_a_steps_address_is_led_to_the_report(client, handed_in, ministry):
    client.force_login(ministry)

    assert client.get(f"{ADDRESS}approve/").url == ADDRESS
    assert client.get(f"{ADDRESS}save/").status_code == 404


# Afterwards ------------------------------------------------------------------------------------


def test_a_lead_withdraws_before_review(client, handed_in, lead):
    client.force_login(lead)

    response = take(client, "withdraw", handed_in, follow=True)

    assert response.redirect_chain == [(ADDRESS, 302)]
    assert status() == "DRAFT"
    assert "保存草稿" in text_of(response)


def test_a_correction_says_what_stays_in_force(client, in_force, lead):
    client.force_login(lead)
    assert "更正另起一份报送；在另一人通过之前，汇总仍用原来的数。" in text_of(client.get(ADDRESS))

    response = take(client, "correct", in_force, "漏报一县", follow=True)

    page = text_of(response)
    assert status() == "DRAFT"
    assert "漏报一县" in page
    assert "更正" in page


def test_a_correction_without_a_reason_keeps_its_box_open(client, in_force, lead):
    client.force_login(lead)

    response = take(client, "correct", in_force)

    assert response.status_code == 422
    assert '<details class="card card__body another-step" open>' in text_of(response)


def test_the_ministry_reopens(client, in_force, ministry):
    client.force_login(ministry)

    take(client, "reopen", in_force, "与年报不一致")

    assert status() == "RETURNED"


def test_the_history_tells_every_step_and_every_earlier_filing(client, unit, in_force, lead, ministry, clerk):
    services.correct(in_force, by=lead, now=LATE, version=in_force.version, comment="漏报一县")
    report = submitted(unit, in_force.period, {"T01": "315000"}, by=lead, now=LATE)
    services.approve(report, by=ministry, now=LATE, version=report.version, comment="同意")
    client.force_login(clerk)

    response = client.get(ADDRESS)

    page = response.context["page"]
    assert [one.verb for one in page.decisions] == ["APPROVE", "SUBMIT", "CORRECT", "APPROVE", "SUBMIT"]
    assert [(past.filing.number, past.is_current, past.is_late) for past in page.filings] == [
        (2, True, False),
        (1, False, True),
    ]
    text = text_of(response)
    assert "31.5万人" in text
    assert "31万人" in text
    assert "漏报一县" in text


def test_who_sees_no_drafts_reads_only_what_is_in_force(client, unit, in_force, lead, analyst):
    services.correct(in_force, by=lead, now=LATE, version=in_force.version, comment="漏报一县")
    file(unit, in_force.period, {"T01": "999999"}, by=lead, now=LATE)
    client.force_login(analyst)

    response = client.get(ADDRESS)

    text = text_of(response)
    assert [one.verb for one in response.context["page"].decisions] == ["APPROVE"]
    assert ("31万人" in text, "99.9999万人" in text, "漏报一县" in text, "999999" in text) == (
        True,
        False,
        False,
        False,
    )
    assert client.get(f"{ADDRESS}receipt/2/").status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_the_reviewers_page_costs_the_same_queries(client, unit, period, lead, ministry, n, django_assert_num_queries):
    for number in range(n):
        factories.AssignmentFactory(unit=unit, indicator=factories.IndicatorFactory(code=f"T2{number}"))
    more = {f"T2{number}": "5" for number in range(n)}
    for _trip in range(n):
        report = submitted(unit, period, {**FIGURES, **more}, by=lead, now=NOW)
        services.withdraw(report, by=lead, now=NOW, version=report.version)
    submitted(unit, period, {}, by=lead, now=NOW)
    client.force_login(ministry)
    client.get(ADDRESS)

    with django_assert_num_queries(38):
        client.get(ADDRESS)
