"""Approving many at once: what counts as clean, the count typed back, and what moved meanwhile."""

from __future__ import annotations

import pytest

from accounts.models import AuditEntry, ReportingUnit
from submissions import approving, calendar, reviewing, services
from submissions.intake import CommentInput
from submissions.models import Decision, MonthlyReport
from submissions.pages.queue import Narrowed, queue_page
from tests import factories
from tests.factories import file, shanghai, submitted
from tests.submissions.posting import text_of
from workplan.lib import clock

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 3)
PAGE = "/review/clean/"


@pytest.fixture
def three(unit, period):
    """Three provinces' reports with nothing to read."""
    indicator = factories.IndicatorFactory(code="T01")
    reports = []
    for code in ("110000", "120000", "130000"):
        other = factories.UnitFactory(code=code)
        factories.AssignmentFactory(unit=other, indicator=indicator)
        reports.append(submitted(other, period, {"T01": "5"}, by=factories.person("LEAD", other), now=NOW))
    return reports


@pytest.fixture
def desk(client, ministry):
    """The ministry's reviewer, who has just given the password again."""
    ministry.set_password("Review-2007")
    ministry.save()
    client.force_login(ministry)
    client.post("/accounts/reauthenticate/", {"password": "Review-2007"})
    return client


def shown(reports) -> dict[int, int]:
    return {report.pk: report.version for report in reports}


def marks(person) -> dict[str, bool]:
    page = queue_page(person, Narrowed(), today=clock.today())
    return {one.report.unit.code: one.is_clean for one in page.waiting}


# What counts as clean --------------------------------------------------------------------------


def test_what_asks_to_be_read_is_not_clean(unit, period, three, lead, ministry):
    """Explanations, missing figures, a note, an earlier decision, an own draft, the own submission: each is enough."""
    one, two, _clean = three
    reviewing.keep_notes(
        one, by=ministry, now=NOW, comments=[CommentInput(factories.IndicatorFactory(code="T01"), text="?")]
    )
    two = services.return_(two, by=ministry, now=NOW, version=two.version, comment="请核对。")
    services.submit(two, by=two.filings.get(number=1).submitted_by, now=NOW, version=two.version)
    silent = {"T01": {"state": "NOT_REPORTED", "note": "未统计"}, "T08": "5", "T04": ("1", "10")}
    submitted(unit, period, silent, by=lead, now=NOW)
    noted, own = factories.UnitFactory(code="140000"), factories.UnitFactory(code="150000")
    for other in (noted, own):
        factories.AssignmentFactory(unit=other, indicator=factories.IndicatorFactory(code="T01"))
    report = file(noted, period, {"T01": "5"}, by=ministry, now=NOW)
    report = services.save_draft(report, by=ministry, now=NOW, version=1, note="代报")
    services.submit(report, by=factories.person("LEAD", noted), now=NOW, version=2)
    submitted(own, period, {"T01": "5"}, by=ministry, now=NOW)

    assert marks(ministry) == {code: code == "130000" for code in marks(ministry)}
    assert sorted(marks(ministry)) == ["110000", "120000", "130000", "140000", "150000", "440000"]


def test_a_withdrawn_and_resubmitted_report_is_clean_again(three, ministry):
    report = three[0]
    lead = report.filing.submitted_by
    report = services.withdraw(report, by=lead, now=NOW, version=report.version)
    services.submit(report, by=lead, now=NOW, version=report.version)

    assert marks(ministry)["110000"]


# Approving -------------------------------------------------------------------------------------


def test_all_that_was_shown_is_approved_each_with_its_own_decision_and_entry(three, ministry):
    results = approving.approve_shown(shown(three), typed=" 3 ", by=ministry, now=NOW)

    assert [one.is_approved for one in results] == [True] * 3
    assert Decision.objects.filter(verb="APPROVE", by=ministry).count() == 3
    assert AuditEntry.objects.filter(action="report.approve").count() == 3


def test_sent_twice_it_approves_once(three, ministry):
    first = approving.approve_shown(shown(three), typed="3", by=ministry, now=NOW)

    second = approving.approve_shown(shown(three), typed="3", by=ministry, now=NOW)

    assert [one.is_approved for one in second] == [one.is_approved for one in first] == [True] * 3
    assert Decision.objects.filter(verb="APPROVE").count() == 3


@pytest.mark.parametrize("typed", ["", "2", "4", "三", "03"])
def test_the_count_is_typed_back(three, ministry, typed):
    """API6: nobody approves a list they did not count."""
    with pytest.raises(approving.CountMismatch, match="列出的是 3 份"):
        approving.approve_shown(shown(three), typed=typed, by=ministry, now=NOW)

    assert not Decision.objects.filter(verb="APPROVE").exists()


def test_no_more_than_the_limit_is_approved_in_one_act(three, ministry, monkeypatch):
    monkeypatch.setattr(approving, "MOST_AT_ONCE", 2)

    with pytest.raises(approving.CountMismatch):
        approving.approve_shown(shown(three), typed="3", by=ministry, now=NOW)


def test_what_moved_meanwhile_is_left_alone_and_named(three, ministry):
    listed = shown(three)
    gone = three[1]
    services.withdraw(gone, by=gone.filing.submitted_by, now=NOW, version=gone.version)

    results = approving.approve_shown(listed, typed="3", by=ministry, now=NOW)

    assert [(one.report.unit.code, one.is_approved) for one in results] == [
        ("110000", True),
        ("120000", False),
        ("130000", True),
    ]
    assert "报表现为“草稿”" in str(results[1].refusal)


def test_a_report_of_another_unit_reads_like_none(three, unit, lead):
    assert approving.approve_shown(shown(three[:1]), typed="1", by=lead, now=NOW) == []


def test_what_a_rule_finds_since_is_left_alone(three, ministry):
    """A report handed in before another of the same unit may contradict it by now."""
    report = three[0]
    august = factories.MonthFactory(number=8)
    file(report.unit, august, {"T01": "9"}, by=report.filing.submitted_by, now=NOW)

    (result,) = approving.approve_shown(shown([report]), typed="1", by=ministry, now=NOW)

    assert (result.is_approved, str(result.refusal)) == (False, "现在有疑点，请打开逐项审核。")


# On the pages ----------------------------------------------------------------------------------


def test_the_list_asks_for_the_password_again(client, ministry, three):
    client.force_login(ministry)

    assert client.get(PAGE)["Location"].startswith("/accounts/reauthenticate/")


@pytest.mark.parametrize("role", ["CLERK", "ANALYST"])
def test_only_reviewers_see_the_list(client, unit, role):
    client.force_login(factories.person(role, unit if role == "CLERK" else None))

    assert client.get(PAGE).status_code == 403


def test_the_list_shows_reports_and_what_they_add_up_to(desk, three):
    page = desk.get(PAGE).context["page"]

    assert [one.unit.code for one in page.reports] == ["110000", "120000", "130000"]
    assert [(one.indicator.code, one.value, one.n) for one in page.totals] == [("T01", 15, 3)]


def test_rates_add_up_by_their_parts(desk, unit, period, lead, ministry):
    submitted(unit, period, {"T01": "5", "T08": "5", "T04": ("1", "10")}, by=lead, now=NOW)

    totals = {one.indicator.code: str(one.value) for one in desk.get(PAGE).context["page"].totals}

    assert totals["T04"] == "0.1"


def test_more_than_fit_wait_for_the_next_list(desk, three, monkeypatch):
    monkeypatch.setattr("submissions.pages.approving.MOST_AT_ONCE", 2)

    page = desk.get(PAGE).context["page"]

    assert (len(page.reports), page.n_more) == (2, 1)


def test_a_wrong_count_comes_back_with_the_list(desk, three):
    response = desk.post(PAGE, {"report": [f"{one.pk}:{one.version}" for one in three], "count": "2"})

    assert response.status_code == 422
    assert "列出的是 3 份" in text_of(response)
    assert len(response.context["page"].reports) == 3


def test_the_result_names_each_report(desk, three):
    sent = [f"{three[0].pk}:{three[0].version}", f"{three[1].pk}:1", "x:y", ""]

    page = text_of(desk.post(PAGE, {"report": sent, "count": "2"}))

    assert "已通过" in page
    assert "报表已被更新" in page
    assert MonthlyReport.objects.filter(status="APPROVED").get() == three[0]


def test_what_a_closed_month_holds_is_not_offered(desk, three, ministry):
    calendar.close_month(three[0].period, by=ministry, now=NOW)

    assert set(marks(ministry).values()) == {False}
    assert "没有可以一并通过的报表" in desk.get("/review/clean/").content.decode()


def test_an_approval_from_the_queue_leads_back_to_it(client, ministry, three):
    client.force_login(ministry)
    report = three[0]

    data = {"version": report.version, "queue": "month=2007-09&state=clean\r\nX: y"}
    response = client.post("/reports/2007-09/110000/approve/", data)

    assert response.url == "/review/?month=2007-09&state=clean%0D%0AX%3A+y"


def test_a_verdict_leads_to_the_next_report_of_the_queue_as_it_was_narrowed(client, ministry, three):
    ReportingUnit.objects.filter(code__in=["110000", "130000"]).update(region="EAST")
    client.force_login(ministry)
    first, _outside, third = three
    narrowed = {"queue": "region=EAST"}
    desk = "/reports/2007-09/110000/"
    assert f'href="{desk}?queue=region%3DEAST"' in client.get("/review/?region=EAST").content.decode()
    assert '<input type="hidden" name="narrowed" value="region=EAST">' in client.get(desk, narrowed).content.decode()

    done = client.post(f"{desk}approve/", {"version": first.version, "narrowed": "region=EAST"})
    assert done.url == "/reports/2007-09/130000/?queue=region%3DEAST"
    last = client.post("/reports/2007-09/130000/approve/", {"version": third.version, "narrowed": "region=EAST"})
    assert last.url == "/review/?region=EAST"

    forged = client.post("/reports/2007-09/120000/approve/", {"version": 1, "narrowed": "region=MOON"})
    assert forged.status_code == 404
    assert MonthlyReport.objects.filter(status="APPROVED").count() == 2
