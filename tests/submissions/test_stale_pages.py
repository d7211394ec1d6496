"""What happened to the report while its page was open: another save, a closing, a submission. Nothing typed is lost."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook

from submissions import calendar, services
from submissions.models import MonthlyReport
from tests import factories
from tests.factories import file, shanghai
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


def stored(code: str = "T01") -> object:
    return MonthlyReport.objects.get().filing.figures.get(indicator__code=code).value


# Stale pages -----------------------------------------------------------------------------------


def test_two_clerks_on_different_cells_keep_both(as_clerk, unit, period, lead):
    file(unit, period, {"T01": "5"}, by=lead, now=NOW)
    data = {**opened(as_clerk), "figure.T08.value": "8"}
    file(unit, period, {"T01": "6"}, by=lead, now=NOW)

    response = as_clerk.post(ADDRESS, data, follow=True)

    assert (stored("T01"), stored("T08")) == (6, 8)
    assert "您填写期间另有人保存过；两处改动互不冲突，都已保留。" in text_of(response)


def test_two_clerks_on_one_cell_see_both_values_and_who(as_clerk, unit, period, lead):
    file(unit, period, {"T01": "5"}, by=lead, now=NOW)
    data = {**opened(as_clerk), "figure.T01.value": "7", "figure.T08.value": "8"}
    file(unit, period, {"T01": "6"}, by=lead, now=NOW)

    response = as_clerk.post(ADDRESS, data)

    page = text_of(response)
    assert response.status_code == 409
    assert [(name, cell.text, cell.stored) for name, cell in response.context["page"].contested] == [
        ("T01 指标T01", "7", "6")
    ]
    assert f"最近一次改动：{lead.label}" in page
    assert 'value="7"' in page
    assert 'value="8"' in page
    assert 'name="version" value="2"' in page
    assert stored() == 6


def test_saving_again_after_looking_takes_ones_own(as_clerk, unit, period, lead):
    file(unit, period, {"T01": "5"}, by=lead, now=NOW)
    data = {**opened(as_clerk), "figure.T01.value": "7"}
    file(unit, period, {"T01": "6"}, by=lead, now=NOW)
    stale = as_clerk.post(ADDRESS, data).context["page"]
    again = {**data, "version": "2", "seen": stale.form.seen}

    assert as_clerk.post(ADDRESS, again).status_code == 302
    assert stored() == 7


def test_a_save_that_overtakes_between_reading_and_writing_is_shown_too(as_clerk, unit, period, lead, monkeypatch):
    file(unit, period, {"T01": "5"}, by=lead, now=NOW)
    data = {**opened(as_clerk), "figure.T01.value": "7"}
    save_draft = services.save_draft

    def overtaken(report, **circumstances):
        monkeypatch.setattr(services, "save_draft", save_draft)
        file(unit, period, {"T01": "6"}, by=lead, now=NOW)
        return save_draft(report, **circumstances)

    monkeypatch.setattr(services, "save_draft", overtaken)
    response = as_clerk.post(ADDRESS, data)

    assert response.status_code == 409
    assert [cell.stored for _name, cell in response.context["page"].contested] == ["6"]


# Windows and states ----------------------------------------------------------------------------


def test_what_was_typed_survives_a_closing_in_between(as_clerk, unit, period, lead, ministry):
    data = {**opened(as_clerk), "figure.T01.value": "310000"}
    calendar.close_month(period, by=ministry, now=shanghai(2007, 10, 12))

    response = as_clerk.post(ADDRESS, data)

    page = text_of(response)
    assert response.status_code == 409
    assert "2007年9月已于 2007-10-12 10:00 关闭" in page
    assert 'value="310000"' in page
    assert "现在不能保存；您填的内容还在本页。" in page


def test_what_a_closed_month_refused_is_offered_as_a_workbook_without_a_script_f_19(
    as_clerk, unit, period, lead, ministry
):
    data = {**opened(as_clerk), "figure.T01.value": "310000", "note": "十月补报。"}
    assert as_clerk.get(ADDRESS).context["page"].unsaved == ""
    calendar.close_month(period, by=ministry, now=shanghai(2007, 10, 12))

    refused = as_clerk.post(ADDRESS, data)
    handed_back = as_clerk.post("/reports/grid/440000/draft/", {"patch": refused.context["page"].unsaved})

    page = text_of(refused)
    assert 'form="unsaved" data-take-unsaved>' in page
    rows = list(load_workbook(BytesIO(b"".join(handed_back.streaming_content))).active.iter_rows(values_only=True))
    assert [(row[1], row[4]) for row in rows[-2:]] == [("T01", "310000"), (None, "十月补报。")]


def test_what_was_typed_survives_a_submission_in_between(as_clerk, unit, period, lead):
    file(unit, period, FIGURES, by=lead, now=NOW)
    data = {**opened(as_clerk), "figure.T01.value": "320000"}
    report = MonthlyReport.objects.get()
    services.submit(report, by=lead, now=NOW, version=report.version)

    response = as_clerk.post(ADDRESS, data)

    assert response.status_code == 409
    assert 'value="320000"' in text_of(response)


def test_a_closed_month_says_why_it_cannot_be_filled_in(as_clerk, period, ministry):
    calendar.close_month(period, by=ministry, now=shanghai(2007, 10, 12))

    response = as_clerk.get(ADDRESS)

    assert "关闭。如需更正，请联系审核单位说明原因并重新开放。" in response.context["page"].notice


def test_a_month_not_open_yet_says_when_it_opens(as_clerk):
    factories.MonthFactory(number=11)

    page = text_of(as_clerk.get("/reports/2007-11/440000/"))

    assert "2007年11月月报自 2007-11-01 起填报。" in page


def test_a_month_in_which_nothing_is_due_says_so(client):
    corps = factories.UnitFactory(code="900000")
    factories.AssignmentFactory(unit=corps, indicator=factories.IndicatorFactory(code="T07", frequency=3))
    client.force_login(factories.person("CLERK", corps))

    assert "本月没有需要填报的指标" in text_of(client.get("/reports/2007-08/900000/"))
