"""A figure of last year that is made up is said to be so wherever it stands; one that is not, nowhere (decision 20)."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from accounts.models import ReportingUnit
from reporting.analyst.contents import contents
from reporting.analyst.tables import _measures
from submissions.models import PublishedFigure, ReportingMonth
from targets.models import Indicator
from tests.factories import shanghai
from tests.reporting.test_pages import signed_in, small_world

pytestmark = pytest.mark.django_db
MARK = '<span class="mark" title="测算数（非官方）">测算</span>'


@pytest.fixture(params=[True, False], ids=["made up", "as published"])
def past(request, db) -> int:
    """Enter September 2006 of a unit; return whether it is made up, as a number."""
    PublishedFigure.objects.create(
        unit=small_world()[0],
        indicator=Indicator.objects.get(code="X01"),
        month=date(2006, 9, 1),
        value=800_000,
        source="年鉴",
        is_synthetic=request.param,
    )
    return int(request.param)


@pytest.mark.parametrize(
    ("address", "times", "besides"),
    [
        ("/indicators/X01/?unit=110000&month=2007-09", 3, 0),  # the change, the figures, their change
        ("/units/110000/?month=2007-09", 1, 1),  # the targets are made up in any case
    ],
)
def test_a_page_marks_it(past, ministry, address, times, besides):
    said = signed_in(ministry).get(address).content.decode()

    assert ("+37.5%" in said, said.count(MARK)) == (True, times * past + besides)


def test_the_curve_and_its_files_name_it(past, ministry):
    client = signed_in(ministry)
    page = client.get("/indicators/X01/?unit=110000&month=2007-09").context["page"]
    answer = client.get("/export/series/?indicator=X01&unit=110000&month=2007-09")
    (row,) = [one for one in csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))) if one["previous_year"]]
    september = client.get("/api/v1/progress/series/?indicator=X01&unit=110000").json()["results"][8]
    september_2007, unit = ReportingMonth.objects.get(month="2007-09-01"), ReportingUnit.objects.get(code="110000")
    book = contents(ministry, september_2007, unit, now=shanghai(2007, 10, 12))
    flow = next(series for series in book.series if series.indicator.code == "X01")

    name = "上年同期（测算）" if past else "上年同期"
    assert page.curve["lines"]["previous"]["name"] == name
    assert name in [measure for measure, *_values in _measures(flow)]
    assert row["previous_year_marks"] == ("e" if past else "")
    assert september["is_previous_year_synthetic"] is bool(past)


def test_the_explorer_marks_the_figure_and_what_rests_on_it(past, ministry):
    query = "rows=unit&cols=month&indicator=X01&unit=110000&month=2007-09"
    query += "&measure=value&measure=previous_year&measure=change"
    client = signed_in(ministry)
    said = client.get(f"/explore/?{query}").content.decode()
    answer = client.get(f"/export/explore/?{query}&format=csv")
    (row,) = csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig")))

    assert said.count("e</sup>") == 2 * past
    assert ("测算数（目标或上年同期），非官方" in said) == bool(past)
    assert row["2007-09.marks"].split()[-1:] == (["e"] if past else ["p"])
