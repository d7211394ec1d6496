"""Explanations: asked once, asked anew when the finding changed, and not copied from last time (UX-12)."""

from __future__ import annotations

from datetime import date

import pytest

from submissions import blocking, services
from submissions.intake import InputRefused, read_explanations
from submissions.models import Explanation, ReportingMonth
from submissions.statement import statement
from tests import factories
from tests.factories import approved, file, shanghai, submitted

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 3)
AUGUST = {"T01": "200000", "T08": "1000000"}
FIGURES = {"T01": "310000", "T08": "1100000", "T04": ("46", "1000")}
WHY = "参保范围扩大到农民工。"
KEY = "V08:T08"


@pytest.fixture
def returned(unit, period, lead, ministry):
    """September, explained, submitted and sent back."""
    august = ReportingMonth.objects.get(month=date(2007, 8, 1))
    approved(unit, august, AUGUST, by=lead, reviewer=ministry, now=NOW)
    report = submitted(unit, period, FIGURES, by=lead, now=NOW, explanations={KEY: WHY})
    return services.return_(report, by=ministry, now=NOW, version=report.version, comment="请核对 T01。")


def found(report, person):
    told = statement(report, person=person, today=date(2007, 10, 12))
    return next(one for one in told.found if one.finding.key == KEY)


def test_an_explanation_of_an_unchanged_finding_is_not_asked_for_again(returned, unit, lead):
    report = file(unit, returned.period, {"T01": "320000"}, by=lead, now=NOW)

    one = found(report, lead)
    assert (one.explanation, one.earlier, one.is_carried) == (WHY, "", True)

    report = services.submit(report, by=lead, now=NOW, version=report.version)
    assert report.status == "SUBMITTED"


def test_a_finding_that_changed_is_explained_anew(returned, unit, lead):
    report = file(unit, returned.period, {"T08": "1200000"}, by=lead, now=NOW)

    one = found(report, lead)
    assert (one.explanation, one.earlier, one.is_carried) == ("", WHY, False)

    with pytest.raises(blocking.FindingsBlock) as blocked:
        services.submit(report, by=lead, now=NOW, version=report.version)
    assert [finding.key for finding in blocked.value.findings] == [KEY]

    answers = {KEY: "两个行业并入省级统筹。"}
    report = services.submit(report, by=lead, now=NOW, version=report.version, explanations=answers)
    assert found(report, lead).is_carried is False


def test_an_answer_written_before_the_digest_was_kept_still_answers(returned, lead):
    Explanation.objects.filter(filing=returned.filing).update(answers="")

    assert found(services.report_for(returned.unit, returned.period), lead).explanation == WHY


def test_the_page_says_that_an_answer_was_carried_and_quotes_one_that_lapsed(client, returned, unit, lead):
    client.force_login(lead)
    assert "沿用上次报送的说明" in client.get("/reports/2007-09/440000/").content.decode()

    file(unit, returned.period, {"T08": "1200000"}, by=lead, now=NOW)
    page = client.get("/reports/2007-09/440000/").content.decode()
    assert f"数据改动前写的是：{WHY}" in page


@pytest.mark.parametrize("text", [WHY, "  参保范围扩大到农民工", "参保范围，扩大到农民工！"])
def test_the_last_explanation_copied_explains_nothing(text):
    """UX-12: neither the same words nor the same words with other marks."""
    with pytest.raises(InputRefused) as refused:
        read_explanations({KEY: text}, last={KEY: WHY})

    assert [(one.pointer, one.code) for one in refused.value.complaints] == [("/explanations/V08:T08", "copied")]


@pytest.mark.parametrize(("key", "text"), [(KEY, "农民工专项扩面仍在继续。"), ("V08:T09", WHY), (KEY, "")])
def test_another_reason_or_another_finding_is_no_copy(key, text):
    assert read_explanations({key: text}, last={KEY: WHY}) == ({key: text} if text else {})


def test_copying_last_months_explanation_is_refused_over_rest_and_on_the_form(client, returned, unit, lead):
    report = services.submit(returned, by=lead, now=NOW, version=returned.version)
    october = factories.MonthFactory(number=10)
    report = file(unit, october, {"T01": "400000", "T08": "1300000"}, by=lead, now=NOW)
    client.force_login(lead)

    over_rest = client.post(
        "/api/v1/reports/2007-10/440000/submit/",
        {"version": report.version, "explanations": {KEY: WHY}},
        content_type="application/json",
    )
    on_the_form = client.post("/reports/2007-10/440000/", {"version": report.version, f"explanation.{KEY}": WHY})

    assert (over_rest.status_code, over_rest.json()["errors"][0]["code"]) == (400, "copied")
    assert on_the_form.status_code == 422
    assert "说明与上次写的一样" in on_the_form.content.decode()
