"""The form over HTTP: who opens it, saving, what is refused and how, stale pages, and what the person reads."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from accounts.models import AuditEntry
from submissions import services
from submissions.models import MonthlyReport, ReportingMonth
from tests import factories
from tests.factories import approved, file, shanghai, submitted
from tests.submissions.posting import ADDRESS, opened, text_of

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 3)
FIGURES = {"T01": "310000", "T08": "1010000", "T04": ("46", "1000")}


@pytest.fixture(autouse=True)
def _report_can_be_opened(unit, period):
    """September of Guangdong is there to be opened."""


@pytest.fixture
def as_clerk(client, clerk):
    client.force_login(clerk)
    return client


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead)
    return client


def stored(code: str = "T01") -> object:
    return MonthlyReport.objects.get().filing.figures.get(indicator__code=code).value


# Opening ---------------------------------------------------------------------------------------


def test_a_stranger_signs_in_first(client):
    assert client.get(ADDRESS).url == f"/accounts/login/?next={ADDRESS}"


@pytest.mark.parametrize(
    ("role", "at", "status"),
    [
        ("CLERK", "440000", 200),
        ("LEAD", "440000", 200),
        ("MINISTRY_REVIEWER", None, 200),
        ("PLANNER", None, 200),
        ("ANALYST", None, 404),  # nothing approved yet
        ("CLERK", "230000", 404),
        ("LEAD", "230000", 404),
        ("SYSTEM_ADMIN", None, 404),
        ("SECURITY_ADMIN", None, 404),
        ("AUDITOR", None, 404),
    ],
)
def test_a_report_opens_for_its_own_people_and_the_ministry(client, role, at, status):
    client.force_login(factories.person(role, factories.UnitFactory(code=at) if at else None))

    assert client.get(ADDRESS).status_code == status


@pytest.mark.parametrize(
    ("role", "at", "status"), [("PLANNER", None, 403), ("ANALYST", None, 404), ("CLERK", "230000", 404)]
)
def test_nobody_else_saves(client, role, at, status):
    client.force_login(factories.person(role, factories.UnitFactory(code=at) if at else None))

    response = client.post(ADDRESS, {"version": "0", "figure.T01.value": "5"})

    assert (response.status_code, MonthlyReport.objects.count()) == (status, 0)


@pytest.mark.parametrize(
    "address",
    [
        "/reports/2007-13/440000/",
        "/reports/2006-09/440000/",
        "/reports/2007-09/999999/",
        "/reports/2007-09/230000/",  # files nothing
        "/reports/2007-09/44000/",
        "/reports/0000-09/440000/",
    ],
)
def test_an_address_without_a_report_is_not_found(client, ministry, address):
    factories.UnitFactory(code="230000")
    client.force_login(ministry)

    assert client.get(address).status_code == 404


def test_a_new_form_shows_what_is_due_and_what_came_before(as_clerk, unit, lead, ministry):
    august = ReportingMonth.objects.get(month=date(2007, 8, 1))
    approved(unit, august, {"T01": "200000", "T08": "1000000"}, by=lead, reviewer=ministry, now=NOW)
    factories.TargetFactory(unit=unit, indicator=factories.IndicatorFactory(code="T01"), target_value=400_000)

    page = text_of(as_clerk.get(ADDRESS))

    assert "200,000" in page
    assert "40万人" in page
    assert 'type="number"' not in page
    assert page.count('inputmode="decimal"') == 4


def test_a_large_number_is_echoed_in_its_other_unit_as_the_server_reads_it_ux_18(as_clerk, unit, period, lead):
    file(unit, period, {"T01": "310000", "T08": "900"}, by=lead, now=NOW)

    def echoes(query):
        page = as_clerk.get(f"{ADDRESS}{query}").context["page"]
        lines = {line.row.indicator.code: line.parts for line in page.groups[0].rows}
        return [(part.unit_label, part.echo) for code in ("T01", "T08") for part in lines[code]]

    assert echoes("") == [("人", "31万人"), ("人", "")]
    assert echoes("?scale=10000") == [("万人", "310,000 人"), ("万人", "900 人")]


def test_a_form_names_who_has_no_chapter(as_clerk):
    groups = as_clerk.get(ADDRESS).context["page"].groups

    assert [group.heading for group in groups] == ["其他指标"]


@pytest.mark.parametrize(("language", "scales"), [("zh-hans", [(1, "人"), (10_000, "万人")]), ("en", [])])
def test_only_chinese_types_in_wan(as_clerk, language, scales):
    as_clerk.cookies["django_language"] = language
    response = as_clerk.get(f"{ADDRESS}?scale=10000")

    with translation.override(language):
        assert (response.context["page"].scales, response.context["page"].form.scale) == (
            scales,
            10_000 if scales else 1,
        )


@pytest.mark.parametrize("n", [1, 3])
def test_a_form_costs_the_same_queries_whatever_is_due(as_clerk, unit, n, django_assert_num_queries):
    for number in range(n):
        factories.AssignmentFactory(unit=unit, indicator=factories.IndicatorFactory(code=f"T2{number}"))
        factories.MilestoneFactory(code=f"M01-{number + 1}")
    as_clerk.post(ADDRESS, {**opened(as_clerk), "figure.T20.value": "5"})
    as_clerk.get(ADDRESS)

    with django_assert_num_queries(34):
        as_clerk.get(ADDRESS)


# Saving ----------------------------------------------------------------------------------------


def test_saving_leads_back_to_the_form_and_says_so(as_clerk):
    response = as_clerk.post(ADDRESS, {**opened(as_clerk), "figure.T01.value": "310,000"}, follow=True)

    assert response.redirect_chain == [(f"{ADDRESS}?scale=1", 302)]
    assert stored() == 310_000
    assert [str(message)[:12] for message in response.context["messages"]] == ["草稿已保存（第 1 版，"]
    assert 'value="310000"' in text_of(response)


def test_values_are_typed_in_wan_and_the_page_stays_so(as_clerk):
    data = {**opened(as_clerk, f"{ADDRESS}?scale=10000"), "figure.T01.value": "31.5"}

    response = as_clerk.post(ADDRESS, data, follow=True)

    assert stored() == 315_000
    assert 'value="31.5"' in text_of(response)


def test_what_was_cleaned_is_told(as_clerk):
    response = as_clerk.post(ADDRESS, {**opened(as_clerk), "figure.T01.value": "１２"}, follow=True)

    assert "T01：“１２”中的全角字符已换成半角，读作 12。" in text_of(response)


def test_nothing_changed_saves_no_version(as_clerk):
    response = as_clerk.post(ADDRESS, opened(as_clerk), follow=True)

    assert [str(message) for message in response.context["messages"]] == ["已填内容都已保存，没有新的改动。"]
    assert MonthlyReport.objects.count() == 0


def test_going_on_to_check_without_a_change_says_nothing_of_saving(as_lead):
    response = as_lead.post(ADDRESS, {**opened(as_lead), "then": "check"}, follow=True)

    assert "没有新的改动" not in text_of(response)


def test_milestones_and_figures_are_saved_in_one_post(as_clerk):
    factories.MilestoneFactory(code="M01-1")
    data = {
        **opened(as_clerk),
        "figure.T01.value": "5",
        "milestone.M01-1.state": "ISSUED",
        "milestone.M01-1.actual_on": "2007-09-20",
        "note": "两县补报",
    }

    as_clerk.post(ADDRESS, data)

    filing = MonthlyReport.objects.get().filing
    assert (filing.milestones.get().state, filing.figures.count(), filing.note) == ("ISSUED", 1, "两县补报")


def test_a_thousand_cells_are_one_post(as_clerk):
    data = {**opened(as_clerk), "figure.T01.value": "5", **{f"reply.{number}": "" for number in range(3000)}}

    assert as_clerk.post(ADDRESS, data).status_code == 302


def test_the_same_post_twice_saves_once_and_says_so(as_clerk):
    data = {**opened(as_clerk), "figure.T01.value": "5"}

    as_clerk.post(ADDRESS, data)
    again = as_clerk.post(ADDRESS, data, follow=True)

    assert "已填内容都已保存，没有新的改动。" in text_of(again)
    assert (MonthlyReport.objects.get().version, AuditEntry.objects.filter(action="report.save").count()) == (1, 1)


# Refused cells ---------------------------------------------------------------------------------


def test_every_refused_cell_is_listed_with_the_words_beside_it_and_nothing_is_lost(as_clerk):
    data = {**opened(as_clerk), "figure.T01.value": "12万", "figure.T08.value": "1'000", "figure.T04.numerator": "46"}

    response = as_clerk.post(ADDRESS, data)

    page = text_of(response)
    assert response.status_code == 422
    assert "<title>错误：" in page
    assert "有 3 处填写有误，请更正后再保存。" in page
    assert "未保存任何内容" not in page  # the page may have saved the other cells on its own
    listed = response.context["page"].complaints
    assert [(name, one.pointer) for name, one in listed] == [
        ("T01 指标T01", "figure.T01.value"),
        ("T04 指标T04", "figure.T04.denominator"),
        ("T08 指标T08", "figure.T08.value"),
    ]
    for _name, one in listed:
        assert f'<a href="#{one.pointer}">' in page
        assert f'id="{one.pointer}"' in page
        assert page.count(one.message.replace("'", "&#x27;")) == 2
    assert 'value="12万"' in page
    assert 'data-text="120000"' in page
    assert MonthlyReport.objects.count() == 0


@pytest.mark.parametrize("text", ["-5", "1.5", "NaN", "1e308", "9" * 5000, "无", "5²", "٣"])
def test_no_text_fails_the_page(as_clerk, text):
    assert as_clerk.post(ADDRESS, {**opened(as_clerk), "figure.T01.value": text}).status_code == 422


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "=1+1", "\u202eabc", "😀"])
def test_text_is_kept_as_text(as_clerk, text):
    as_clerk.post(ADDRESS, {**opened(as_clerk), "figure.T01.value": "5", "figure.T01.note": text})

    assert MonthlyReport.objects.get().filing.figures.get().note == text
    assert "<script>alert" not in text_of(as_clerk.get(ADDRESS))


def refused_saves() -> list[dict[str, object]]:
    return [one.details for one in AuditEntry.objects.filter(action="report.save.refused").order_by("number")]


@pytest.mark.parametrize("name", ["unit", "month", "status", "report", "x" * 200])
def test_a_forged_field_is_refused_audited_and_nothing_stored_f_27(as_clerk, name):
    response = as_clerk.post(ADDRESS, {**opened(as_clerk), name: "230000", "figure.T01.value": "5"})

    assert response.status_code == 422
    assert f"没有名为“{name[:40]}”的字段，或它不能由填报方写入。" in text_of(response)
    assert f'<span class="refusal__name">{name[:80]}</span>' in text_of(response)
    assert not MonthlyReport.objects.exists()
    assert refused_saves() == [
        {"unit": "440000", "month": "2007-09", "code": "unknown_field", "fields": [name[:80]]},
    ]


def test_several_forged_fields_leave_one_entry_and_a_slip_beside_them_is_no_forgery(as_clerk):
    forged = {"status": "APPROVED", "figure.T99.value": "1", "figure.T01.value": "12万"}

    as_clerk.post(ADDRESS, {**opened(as_clerk), **forged})

    assert [sorted(one["fields"]) for one in refused_saves()] == [["figure.T99.indicator", "status"]]


def test_what_is_only_typed_wrong_leaves_no_entry(as_clerk):
    as_clerk.post(ADDRESS, {**opened(as_clerk), "figure.T01.value": "12万"})

    assert refused_saves() == []


@pytest.mark.parametrize("name", ["reply.99", "evidence.M01-1", "then", "csrfmiddlewaretoken"])
def test_what_a_browser_sends_beside_the_cells_is_no_forgery(as_clerk, name):
    """An answer to a comment that is gone; a place for a file that was left empty, which comes as a blank field."""
    response = as_clerk.post(ADDRESS, {**opened(as_clerk), name: "", "figure.T01.value": "5"})

    assert (response.status_code, refused_saves()) == (302, [])


@pytest.mark.parametrize("version", ["", "x", "7", "-1", "١", "9" * 40])
def test_a_forged_version_is_stale(as_clerk, version):
    data = {**opened(as_clerk), "figure.T01.value": "5", "version": version, "seen": ""}

    response = as_clerk.post(ADDRESS, data)

    assert response.status_code == 409
    assert MonthlyReport.objects.count() == 0
    assert [one["code"] for one in refused_saves()] == (["stale_version"] if version == "7" else [])


# Findings --------------------------------------------------------------------------------------


@pytest.fixture
def warned(unit, period, lead, ministry):
    """A draft whose insured jumped by 10 %, with T04 not yet filled in."""
    august = ReportingMonth.objects.get(month=date(2007, 8, 1))
    approved(unit, august, {"T01": "200000", "T08": "1000000"}, by=lead, reviewer=ministry, now=NOW)
    return file(unit, period, {"T01": "310000", "T08": "1100000"}, by=lead, now=NOW)


def test_a_warning_asks_for_an_explanation_and_an_empty_row_stays_quiet(as_clerk, warned):
    page = text_of(as_clerk.get(ADDRESS))

    assert 'name="explanation.V08:T08"' in page
    assert "T04 登记失业率本月应报，还没有填" not in page
    assert "1 处须说明" in page


def test_after_asking_to_submit_what_is_missing_is_told_aloud(as_lead, warned):
    response = as_lead.post(ADDRESS, {**opened(as_lead), "then": "check"}, follow=True)

    assert response.redirect_chain[-1][0] == f"{ADDRESS}?check=1"
    page = text_of(response)
    assert "有 2 处须更正或说明后才能报送。" in page
    assert page.count("T04 登记失业率本月应报，还没有填") == 2


def test_an_answer_of_a_clerk_is_kept_with_the_draft(as_clerk, warned):
    as_clerk.post(ADDRESS, {**opened(as_clerk), "explanation.V08:T08": "参保范围扩大"})

    assert MonthlyReport.objects.get(pk=warned.pk).filing.explanations.get().text == "参保范围扩大"


def test_an_answer_too_short_is_refused_beside_its_box(as_clerk, warned):
    response = as_clerk.post(ADDRESS, {**opened(as_clerk), "explanation.V08:T08": "扩面"})

    assert response.status_code == 422
    assert [name for name, _one in response.context["page"].complaints] == ["T08 指标T08"]
    assert "说明只有 2 个字，请至少写 5 个字，说清原因。" in text_of(response)


def test_a_clerk_saves_and_a_lead_may_submit(client, clerk, lead):
    client.force_login(clerk)
    clerks = text_of(client.get(ADDRESS))
    client.force_login(lead)
    leads = text_of(client.get(ADDRESS))

    assert ("保存草稿" in clerks, "保存并报送" in clerks) == (True, False)
    assert ("保存草稿" in leads, "保存并报送" in leads) == (True, True)


def test_who_files_for_another_unit_is_asked_why(client, ministry, clerk):
    client.force_login(ministry)
    assert "代报说明" in text_of(client.get(ADDRESS))
    client.force_login(clerk)
    assert "代报说明" not in text_of(client.get(ADDRESS))


def test_a_returned_report_opens_with_the_reviewers_words(as_clerk, unit, period, lead, ministry):
    report = submitted(unit, period, FIGURES, by=lead, now=NOW)
    services.return_(report, by=ministry, now=NOW, version=2, comment="T08 请核对口径。")

    page = text_of(as_clerk.get(ADDRESS))

    assert "T08 请核对口径。" in page
    assert ministry.label in page
