"""The numbers of a chart as a file: those the page shows, with every digit."""

from __future__ import annotations

import csv
import io

import pytest

from accounts.models import AuditEntry
from tests import factories
from tests.reporting.test_pages import SECRET, signed_in, small_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None):
    return small_world()


def table(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))


def test_the_csv_of_the_curve_has_the_numbers_of_its_page(world, ministry):
    client = signed_in(ministry)
    page = client.get("/indicators/X04/?month=2007-09").context["page"]

    rows = table(client.get("/export/series/?indicator=X04&month=2007-09"))

    assert [row["month"] for row in rows] == [f"2007-{month:02d}" for month in range(1, 13)]
    assert rows[8]["value"] == "0.04"
    assert [row["value"] for row in rows] == ["" if one.value is None else f"{one.value}" for one in page.points]
    assert rows[9]["value"] == ""
    assert AuditEntry.objects.filter(action="export", details__table="series").count() == 1


def test_up_to_five_units_stand_below_each_other(world, ministry):
    rows = table(signed_in(ministry).get("/export/series/?indicator=X01&month=2007-09&unit=120000&unit=110000"))

    assert [row["unit"] for row in rows] == ["120000"] * 12 + ["110000"] * 12
    assert [rows[8]["value"], rows[20]["value"]] == [SECRET, "1100000"]


@pytest.mark.parametrize(
    "query",
    [
        "indicator=NOPE",
        "indicator=X01&unit=999999",
        "indicator=X01&unit=110000&unit=999999",
        "indicator=X01" + "".join(f"&unit={code}0000" for code in (11, 12, 13, 14, 15, 21)),
        "indicator=X01&month=2007-13",
    ],
)
def test_what_does_not_exist_has_no_file(world, ministry, query):
    assert signed_in(ministry).get(f"/export/series/?{query}").status_code == 404


def test_a_bureau_gets_no_unpublished_figure_of_another_unit(world):
    lead = factories.person("LEAD", world[0])

    text = b"".join(signed_in(lead).get("/export/series/?indicator=X01&month=2007-09&unit=120000")).decode()

    assert SECRET not in text
    assert "1000000" in text


def test_without_a_month_begun_there_is_no_file(db, ministry):
    factories.NationFactory()
    factories.IndicatorFactory(code="X01")

    assert signed_in(ministry).get("/export/series/?indicator=X01").status_code == 404
