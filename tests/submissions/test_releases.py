"""Flash (快报) and final (年报): two releases of one observation, through the same workflow; the newest counts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from reporting.models import Total
from reporting.totals import refresh
from submissions import blocking, calendar, services, workflow
from submissions.history import figure_at, versions_of
from submissions.models import Filing, Release, Verb
from tests import factories
from tests.factories import approved, file, shanghai

pytestmark = pytest.mark.django_db

NOW = shanghai(2008, 1, 4)
ADDRESS = "/reports/2007-12/440000/"
FLASH = {"T01": "1000000", "T08": "5000000", "T04": ("46", "1000")}


@pytest.fixture
def december(period):
    return factories.MonthFactory(number=12)


@pytest.fixture
def flash(unit, december, lead, ministry, settings):
    """The flash of December, approved."""
    settings.BUSINESS_DATE = NOW.date()
    return approved(unit, december, FLASH, by=lead, reviewer=ministry, now=NOW)


def step(verb, report, by, **other):
    given = {"comment": "全年数据已核定。", **other}
    return services.BY_VERB[verb](report, by=by, now=NOW, version=report.version, **given)


def final(report, lead, ministry, value="1010000", now=NOW):
    report = step("CORRECT", report, lead, release=Release.FINAL)
    report = file(report.unit, report.period, {"T01": value}, by=lead, now=now)
    report = services.submit(report, by=lead, now=now, version=report.version)
    return services.approve(report, by=ministry, now=now, version=report.version)


def test_the_final_stands_beside_the_flash_and_counts(flash, unit, lead, ministry):
    report = step("CORRECT", flash, lead, release=Release.FINAL)
    assert (report.filing.release, report.filing.supersedes, report.status) == ("FINAL", flash.filing, "DRAFT")
    report = file(unit, report.period, {"T01": "1010000"}, by=lead, now=NOW)
    report = services.submit(report, by=lead, now=NOW, version=report.version)

    def total():
        refresh()
        return Total.objects.get(unit=unit, indicator__code="T01", month=report.month).value

    assert total() == 1_000_000
    report = services.approve(report, by=ministry, now=NOW, version=report.version)

    assert total() == 1_010_000
    versions = versions_of(unit, factories.IndicatorFactory(code="T01"), report.month)
    assert [(one.filing.release, one.value) for one in versions] == [("FLASH", 1_000_000), ("FINAL", 1_010_000)]


def test_both_releases_are_exported(client, flash, unit, lead, ministry):
    final(flash, lead, ministry)
    client.force_login(ministry)
    query = {"plan": 2007, "month": "2007-12", "unit": "440000", "indicator": "T01"}

    newest = client.get("/api/v1/figures/", query).json()["results"]
    every = client.get("/api/v1/figures/", {**query, "versions": "all"}).json()["results"]

    assert [(one["release"], one["value"]) for one in newest] == [("final", "1010000")]
    assert [(one["release"], one["value"]) for one in every] == [("flash", "1000000"), ("final", "1010000")]


def test_a_final_far_from_the_flash_is_explained(flash, unit, lead):
    """V23."""
    report = step("CORRECT", flash, lead, release=Release.FINAL)
    report = file(unit, report.period, {"T01": "1040000"}, by=lead, now=NOW)

    with pytest.raises(blocking.FindingsBlock) as blocked:
        services.submit(report, by=lead, now=NOW, version=report.version)

    assert [finding.key for finding in blocked.value.findings] == ["V23:T01"]
    assert "与快报数 100万人 相差 4.00%" in blocked.value.errors()[0]["message"]


def test_a_corrected_final_stays_final(flash, lead, ministry):
    report = step("CORRECT", final(flash, lead, ministry), lead)

    assert report.filing.release == "FINAL"


def test_a_closed_december_is_reopened_for_the_final(flash, december, lead, ministry, planner):
    calendar.close_month(december, by=ministry, now=NOW)
    with pytest.raises(workflow.MonthClosed):
        step("CORRECT", flash, lead, release=Release.FINAL)

    later = NOW + timedelta(minutes=1)
    report = services.reopen(
        flash, by=ministry, now=later, version=flash.version, comment="请报年报。", release=Release.FINAL
    )

    assert (report.status, report.filing.release) == ("RETURNED", "FINAL")
    assert file(report.unit, report.period, {"T01": "1010000"}, by=lead, now=later).version == report.version + 1


@pytest.mark.parametrize(
    ("verb", "month", "release", "words"),
    [
        ("CORRECT", 9, "FINAL", "年报只在 12 月的报表中报送"),
        ("SUBMIT", 12, "FINAL", "不能指定发布口径"),
    ],
)
def test_a_release_that_cannot_be_is_refused_in_words(flash, unit, period, lead, ministry, verb, month, release, words):
    report = flash if month == 12 else approved(unit, period, FLASH, by=lead, reviewer=ministry, now=NOW)

    with pytest.raises(workflow.ReleaseNotAllowed, match=words) as refused:
        workflow.check_release(Verb(verb), report, Release(release))

    assert refused.value.errors()[0]["pointer"] == "/release"


def test_before_the_flash_is_approved_there_is_no_final(unit, december):
    begun = services.report_for(unit, december)

    with pytest.raises(workflow.ReleaseNotAllowed, match="快报通过之后"):
        workflow.check_release(Verb.CORRECT, begun, Release.FINAL)
    assert not workflow.may_be_final(begun)


def test_a_final_is_not_taken_back_to_a_flash(flash, lead, ministry):
    report = final(flash, lead, ministry)

    with pytest.raises(workflow.ReleaseNotAllowed, match="年报不能改回快报"):
        step("CORRECT", report, lead, release=Release.FLASH)
    assert not workflow.may_be_final(report)
    assert workflow.may_be_final(flash)


def test_what_was_flash_then_is_rebuilt(flash, unit, lead, ministry):
    """G-11."""
    later = NOW + timedelta(days=30)
    final(flash, lead, ministry, now=later)
    indicator = factories.IndicatorFactory(code="T01")

    then, now = (figure_at(unit, indicator, flash.month, at) for at in (later - timedelta(hours=1), later))

    assert (then.filing.release, then.value, now.filing.release, now.value) == ("FLASH", 1000000, "FINAL", 1010000)


# Pages and REST --------------------------------------------------------------------------------


def test_the_lead_files_the_final_from_the_page(client, flash, lead):
    client.force_login(lead)
    page = client.get(ADDRESS).content.decode()
    assert "作为年报报送" in page
    assert '<span class="mark">快报</span>' in page

    given = {"version": flash.version, "comment": "全年数据已核定。", "release": "FINAL"}
    client.post(f"{ADDRESS}correct/", given)

    form = client.get(ADDRESS).content.decode()
    assert '<span class="mark">年报</span>' in form
    assert Filing.objects.filter(release="FINAL").count() == 1


def test_another_step_takes_no_release(client, flash, ministry):
    client.force_login(ministry)

    answer = client.post(f"{ADDRESS}withdraw/", {"version": flash.version, "release": "FINAL"})

    assert answer.status_code == 422
    assert not Filing.objects.filter(release="FINAL").exists()


def test_rest_opens_the_final_and_says_what_a_report_is(client, flash, lead):
    client.force_login(lead)
    body = {"version": flash.version, "comment": "全年数据已核定。", "release": "final"}

    answer = client.post(f"/api/v1{ADDRESS}correct/", body, content_type="application/json")

    assert (answer.status_code, answer.json()["release"], answer.json()["status"]) == (200, "final", "draft")


@pytest.mark.parametrize(("verb", "release"), [("submit", "final"), ("correct", "other")])
def test_rest_refuses_a_release_where_there_is_none(client, flash, lead, verb, release):
    client.force_login(lead)
    body = {"version": flash.version, "comment": "x", "release": release}

    answer = client.post(f"/api/v1{ADDRESS}{verb}/", body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/release"


# The database ----------------------------------------------------------------------------------


def refused_as(act):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        act()
    return refused.value.__cause__.diag.constraint_name


def test_a_final_of_another_month_or_of_nothing_is_refused_below_the_models(flash, unit, period, lead, ministry):
    september = approved(unit, period, FLASH, by=lead, reviewer=ministry, now=NOW)
    corrected = step("CORRECT", september, lead)
    empty = Filing(report=flash, number=9, release="FINAL")

    name = "submissions_filing_final_follows_december"
    assert refused_as(lambda: Filing.objects.filter(pk=corrected.filing_id).update(release="FINAL")) == name
    assert refused_as(lambda: empty.save(force_insert=True)) == name


def test_a_flash_after_a_final_is_refused_below_the_models(flash, lead, ministry):
    report = step("CORRECT", final(flash, lead, ministry), lead)

    assert refused_as(lambda: Filing.objects.filter(pk=report.filing_id).update(release="FLASH")) == (
        "submissions_filing_no_flash_after_final"
    )
