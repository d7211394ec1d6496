"""Who is told of an assessment: of what waits for them, of what came back, of what is out; never a figure."""

from __future__ import annotations

import pytest

from notices.models import Notice
from notices.sentences import mail_sentence, sentence
from reporting.assessment import grading, services
from tests import factories
from tests.reporting.assessed import NOW, checked, confirmed, filing_unit, handed_in, round_of, scheme

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken():
    factories.months_of_2007()
    return round_of(scheme())


@pytest.fixture
def unit(taken):
    return filing_unit("110000", name="北京")


@pytest.fixture
def lead(unit):
    return factories.person("LEAD", unit, username="lead")


@pytest.fixture
def second(db):
    return factories.person("MINISTRY_REVIEWER", username="second")


def open_notices() -> set[tuple[str, str]]:
    """Return what asks for something, or is news: kind and recipient."""
    rows = Notice.objects.filter(settled_at__isnull=True)
    return set(rows.values_list("kind", "recipient__username"))


def test_each_step_tells_whoever_has_the_next_and_settles_the_one_before(taken, unit, lead, ministry, second):
    sheet = handed_in(taken, unit, by=lead)
    assert open_notices() == {("SHEET_SUBMITTED", "ministry"), ("SHEET_SUBMITTED", "second")}

    sheet = services.check(sheet, by=ministry, now=NOW, version=1, adjustments={})
    assert open_notices() == {("SHEET_CHECKED", "second")}

    sheet = services.return_(sheet, by=second, now=NOW, version=2, comment="请补充名单。")
    assert open_notices() == {("SHEET_RETURNED", "lead")}

    services.submit(sheet, by=lead, now=NOW, version=3, answers={})
    assert open_notices() == {("SHEET_SUBMITTED", "ministry"), ("SHEET_SUBMITTED", "second")}


def test_what_was_taken_back_asks_nothing_of_anybody(taken, unit, lead, ministry):
    services.withdraw(handed_in(taken, unit, by=lead), by=lead, now=NOW, version=1)

    assert open_notices() == set()


def test_a_published_result_is_told_to_the_people_of_each_unit(taken, unit, lead, ministry, second):
    clerk = factories.person("CLERK", unit, username="clerk")
    other = filing_unit("120000")
    for one, by in ((unit, lead), (other, factories.person("LEAD", other, username="other"))):
        confirmed(taken, one, by=by, reviewer=ministry, second=second)
    assert open_notices() == set()

    grading.publish(taken, by=ministry, now=NOW, n_confirmed=2)

    assert open_notices() == {("GRADED", "lead"), ("GRADED", clerk.username), ("GRADED", "other")}


def test_notices_lead_to_the_sheet_and_name_no_points(taken, unit, lead, ministry):
    checked(taken, unit, by=lead, reviewer=ministry, points="17.25")
    factories.person("MINISTRY_REVIEWER")

    (submitted,) = Notice.objects.filter(kind="SHEET_SUBMITTED")
    assert submitted.path == "/assessment/S1-Q3/110000/"
    assert sentence(submitted.kind, submitted.words) == "北京提交了考核自评，请核查。"
    for notice in Notice.objects.all():
        said = sentence(notice.kind, notice.words) + mail_sentence(notice.kind, notice.words)
        assert "17.25" not in said
