"""reporting/sdmx: the totals as SDMX 2.1, read by a stock client, no more of them than is open to who asks."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from math import isnan

import pytest
import sdmx

from accounts import services
from reporting import aggregates
from reporting.sdmx.times import months_of, period_text
from submissions import calendar
from submissions.models import PublishedFigure, ReportingMonth
from tests.api.conftest import JUNE_FIGURES
from tests.factories import approved, shanghai
from tests.reporting.filings import NOT_APPLICABLE, refile, stand

JUNE = "2007-06"


@pytest.fixture
def filed(country, people_of):
    """Approve June of both provinces; nothing is published."""
    cells = {row["indicator"]: {k: v for k, v in row.items() if k != "indicator"} for row in JUNE_FIGURES}
    for name, rate in {"gd": ("4", "100"), "hl": ("14", "200")}.items():
        unit, lead = getattr(country, name), people_of[f"{name}_lead"]
        approved(unit, country.months[5], {**cells, "T04": rate}, by=lead, reviewer=people_of["ministry"])


def asked(program, path, **query):
    answer = program.get(f"/api/v1/sdmx/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.getvalue()


def structure_of(program):
    return sdmx.read_sdmx(io.BytesIO(asked(program, "dataflow/WP/WORKPLAN/1.0", references="all")))


def lines(program, path, **query):
    text = asked(program, f"data/{path}", format="csv", **query).decode()
    return list(csv.DictReader(io.StringIO(text)))


# A stock client --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_stock_client_finds_the_flow_its_structure_and_the_data(live_server, country, filed, people_of):
    token = services.create_token(people_of["ministry"], name="sdmx", scope="READ", ttl=timedelta(hours=1))
    sdmx.add_source({"id": "WP", "name": "Workplan", "url": f"{live_server.url}/api/v1/sdmx"}, override=True)
    client = sdmx.Client("WP", headers={"Authorization": f"Bearer {token.text}"})

    flows = client.dataflow("WORKPLAN")
    message = client.data("WORKPLAN", key="Q.000000.T04.VALUE", params={"startPeriod": "2007"})
    PublishedFigure.objects.create(indicator=country.T04, month=date(2007, 6, 1), value="0.041", source="–")
    published = client.data("WORKPLAN", key="Q.000000.T04.PUBLISHED", params={"startPeriod": "2007"})

    assert list(flows.dataflow) == ["WORKPLAN"]
    assert [one.id for one in flows.structure["WORKPLAN"].dimensions] == [
        "FREQ", "REF_AREA", "INDICATOR", "MEASURE", "TIME_PERIOD",
    ]  # fmt: skip
    assert sdmx.to_pandas(message).to_dict() == {("2007-Q1", *KEY): pytest.approx(float("nan"), nan_ok=True)} | {
        ("2007-Q2", *KEY): 0.06,
        ("2007-Q3", *KEY): 0.06,
    }
    assert sdmx.to_pandas(published).to_dict() == {("2007-Q2", *KEY[:3], "PUBLISHED"): 0.041}


KEY = ("Q", "000000", "T04", "VALUE")


def test_names_are_in_both_languages_and_units_form_the_tree(caller, country):
    areas = structure_of(caller("analyst")).codelist["CL_AREA"]

    assert (areas["440000"].name["zh"], areas["440000"].name["en"]) == ("广东省", "Guangdong")
    assert areas["440000"].parent.id == "000000"


@pytest.mark.parametrize(
    "path", ["structure", "datastructure/WP/WORKPLAN/latest", "codelist/WP/CL_AREA", "agencyscheme"]
)
def test_every_structure_query_sends_what_belongs_together(caller, country, path):
    message = sdmx.read_sdmx(io.BytesIO(asked(caller("analyst"), path)))

    assert (list(message.structure), len(message.codelist)) == (["WORKPLAN"], 7)


@pytest.mark.parametrize(
    "path",
    [
        "dataflow/XX",
        "dataflow/WP/NONE",
        "dataflow/WP/WORKPLAN/9.9",
        "data/NONE",
        "data/XX,WORKPLAN",
        "data/WORKPLAN/all/XX",
    ],
)
def test_what_is_not_ours_is_not_found(caller, country, filed, path):
    answer = caller("ministry").get(f"/api/v1/sdmx/{path}")

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


# Data ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at_observation", ["TIME_PERIOD", "AllDimensions"])
def test_the_three_formats_say_the_same(caller, country, filed, at_observation):
    program = caller("ministry")
    structure = structure_of(program).structure["WORKPLAN"]
    query = {"startPeriod": JUNE, "endPeriod": JUNE, "dimensionAtObservation": at_observation}

    generic = sdmx.read_sdmx(io.BytesIO(asked(program, "data/WORKPLAN", format="genericdata", **query)))
    specific = sdmx.read_sdmx(
        io.BytesIO(asked(program, "data/WORKPLAN", format="structurespecificdata", **query)), structure=structure
    )

    names = ["FREQ", "REF_AREA", "INDICATOR", "MEASURE", "TIME_PERIOD"]
    tables = [
        sdmx.to_pandas(message.data[0]).reset_index().set_index(names)["value"].to_dict()
        for message in (generic, specific)
    ]
    expected = {
        tuple(line[name] for name in names): float(line["OBS_VALUE"])
        for line in lines(program, "WORKPLAN", **query)
        if line["OBS_VALUE"]
    }
    assert [{key: value for key, value in table.items() if not isnan(value)} for table in tables] == [expected] * 2
    assert expected["Q", "000000", "T04", "VALUE", "2007-Q2"] == 0.06


def test_the_data_are_those_of_progress(caller, country, filed, people_of):
    period = ReportingMonth.objects.get(month="2007-06-01")
    rows = aggregates.progress_rows(people_of["ministry"], period, [country.nation, country.gd, country.hl])

    found = {
        (line["INDICATOR"], line["REF_AREA"]): (
            Decimal(line["OBS_VALUE"]) if line["OBS_VALUE"] else None,
            line["N_DUE"],
            line["N_REPORTED"],
        )
        for line in lines(caller("ministry"), "WORKPLAN/...VALUE", startPeriod="2007-06", endPeriod="2007-06")
    }

    assert found == {
        (row.indicator.code, row.unit.code): (row.value, str(row.n_due), str(row.n_reported)) for row in rows
    }


def test_a_missing_number_is_marked_and_has_no_value(caller, country, filed):
    (line,) = lines(caller("ministry"), "WORKPLAN/M.000000.T01.VALUE", startPeriod="2007-05", endPeriod="2007-05")

    assert (line["OBS_VALUE"], line["OBS_STATUS"], line["N_DUE"]) == ("", "O", "2")


def test_what_does_not_apply_is_told_from_what_is_missing(caller, country, filed):
    stand(country.gd, country.months[4], {country.T01: NOT_APPLICABLE})
    (line,) = lines(caller("ministry"), "WORKPLAN/M.440000.T01.VALUE", startPeriod="2007-05", endPeriod="2007-05")

    assert (line["OBS_VALUE"], line["OBS_STATUS"], line["N_DUE"]) == ("", "M", "0")


@pytest.fixture
def revised(country, filed, people_of):
    """Publish June, then correct the rate of Guangdong."""
    ministry = people_of["ministry"]
    calendar.publish_month(country.months[5], by=ministry, now=shanghai(2007, 7, 20))
    at = shanghai(2007, 7, 25)
    refile(country.gd, country.months[5], {country.T04: (5, 100)}, reason="漏报", by=ministry, at=at)


def test_u11_a_revised_number_says_what_was_published_when_it_changed_and_why(caller, country, revised):
    message = sdmx.read_sdmx(
        io.BytesIO(asked(caller("ministry"), "data/WORKPLAN/Q..T04.", startPeriod=JUNE, endPeriod=JUNE))
    )

    told = {}
    for one in message.data[0].obs:
        attached = {name: str(value.value) for name, value in one.attached_attribute.items()}
        told[str(one.key["REF_AREA"].value), str(one.key["MEASURE"].value)] = (
            str(one.value), attached["OBS_STATUS"], attached.get("REVISED_FROM"), attached.get("REVISED_AT"),
            attached.get("REVISION_REASON"),
        )  # fmt: skip
    why = ("2007-07-25T10:00:00+08:00", "广东更正2007年6月：漏报")
    assert told["440000", "VALUE"] == ("0.05", "R", "0.04", *why)
    assert told["440000", "NUMERATOR"] == ("5", "R", "4", *why)
    assert told["000000", "NUMERATOR"] == ("19", "R", "18", *why)
    assert told["230000", "VALUE"] == ("0.07", "A", None, None, None)


def test_a_late_report_revises_what_was_published_as_missing(caller, country, people_of):
    ministry = people_of["ministry"]
    calendar.publish_month(country.months[5], by=ministry, now=shanghai(2007, 7, 20))
    refile(country.gd, country.months[5], {country.T01: 5}, by=ministry, at=shanghai(2007, 7, 25))
    (line,) = lines(caller("ministry"), "WORKPLAN/M.440000.T01.VALUE", startPeriod=JUNE, endPeriod=JUNE)

    assert (line["OBS_VALUE"], line["OBS_STATUS"], line["REVISED_FROM"], line["REVISION_REASON"]) == (
        "5", "R", "", "广东补报2007年6月",
    )  # fmt: skip


def test_every_status_sent_is_in_the_code_list(caller, country, revised):
    listed = set(structure_of(caller("ministry")).codelist["CL_OBS_STATUS"].items)

    assert listed == {"A", "P", "R", "O", "M"}
    assert {line["OBS_STATUS"] for line in lines(caller("ministry"), "WORKPLAN")} <= listed


def test_revisions_cost_the_same_queries_for_one_and_three(
    caller, country, revised, people_of, django_assert_num_queries
):
    program = caller("ministry")
    program.get("/api/v1/sdmx/data/WORKPLAN")
    with django_assert_num_queries(11):
        asked(program, "data/WORKPLAN/Q.000000.T04.")
    with django_assert_num_queries(11):
        asked(program, "data/WORKPLAN/.440000+000000+230000..")


def test_a_published_month_is_final_and_an_unpublished_one_provisional(caller, country, filed, people_of):
    program, key = caller("ministry"), "WORKPLAN/M.440000.T01.VALUE"
    query = {"startPeriod": JUNE, "endPeriod": JUNE}
    (before,) = lines(program, key, **query)
    calendar.publish_month(country.months[5], by=people_of["ministry"], now=shanghai(2007, 7, 20))
    (after,) = lines(program, key, **query)

    assert (before["OBS_STATUS"], after["OBS_STATUS"]) == ("P", "A")


def test_what_was_published_of_the_nation_is_a_series_of_its_own(caller, country, filed):
    """V18: the final follows the flash, the sum of the units stands beside it, what is published later is not known."""
    for month, release, value, on in [
        (5, "FLASH", 590_000, date(2007, 6, 20)),
        (6, "FLASH", 610_000, date(2007, 7, 20)),
        (6, "FINAL", 615_000, date(2007, 9, 20)),
        (7, "FLASH", 700_000, date(2007, 12, 1)),
    ]:
        PublishedFigure.objects.create(
            indicator=country.T01, month=date(2007, month, 1), release=release, value=value, published_on=on, source="–"
        )
    program = caller("hl_clerk")

    told = lines(program, "WORKPLAN/M.000000.T01.PUBLISHED")
    both = lines(caller("ministry"), "WORKPLAN/M.000000.T01.VALUE+PUBLISHED", startPeriod=JUNE, endPeriod=JUNE)

    assert [(line["TIME_PERIOD"], line["OBS_VALUE"], line["RELEASE"], line["N_DUE"]) for line in told] == [
        ("2007-05", "590000", "FLASH", ""), (JUNE, "615000", "FINAL", ""),
    ]  # fmt: skip
    assert [(line["MEASURE"], line["OBS_VALUE"], line["UNIT_MEASURE"]) for line in both] == [
        ("VALUE", "620000", "PERSON"), ("PUBLISHED", "615000", "PERSON"),
    ]  # fmt: skip
    assert program.get("/api/v1/sdmx/data/WORKPLAN/M.440000.T01.PUBLISHED").status_code == 404


def test_t09_another_bureau_reads_published_months_only(caller, country, filed, people_of):
    hidden = caller("hl_clerk").get("/api/v1/sdmx/data/WORKPLAN/M.440000.T01.VALUE")
    calendar.publish_month(country.months[5], by=people_of["ministry"], now=shanghai(2007, 7, 20))
    shown = lines(caller("hl_clerk"), "WORKPLAN/M.440000.T01.VALUE")

    assert (hidden.status_code, [line["TIME_PERIOD"] for line in shown]) == (404, [JUNE])


def test_administrators_read_no_figures(caller, country, filed):
    assert caller("sysadmin").get("/api/v1/sdmx/data/WORKPLAN").status_code == 403


@pytest.mark.parametrize(
    ("query", "months"),
    [
        ({"firstNObservations": "1"}, ["2007-01"]),
        ({"lastNObservations": "2"}, ["2007-09", "2007-10"]),
        ({"firstNObservations": "1", "lastNObservations": "1"}, ["2007-01", "2007-10"]),
        ({"startPeriod": "2007-Q2", "endPeriod": "2007-Q2"}, ["2007-04", "2007-05", "2007-06"]),
        ({"endPeriod": "2007-S1", "lastNObservations": "1"}, ["2007-06"]),
    ],
)
def test_the_standard_parameters_choose_observations(caller, country, filed, query, months):
    found = lines(caller("ministry"), "WORKPLAN/M.000000.T01.VALUE", **query)

    assert [line["TIME_PERIOD"] for line in found] == months


@pytest.mark.parametrize("detail", ["serieskeysonly", "nodata"])
@pytest.mark.parametrize("form", ["genericdata", "structurespecificdata"])
def test_series_can_be_asked_for_without_their_numbers(caller, country, filed, detail, form):
    body = asked(caller("ministry"), "data/WORKPLAN/M.000000+440000.T01.VALUE", format=form, detail=detail).decode()

    assert (body.count("<Series") + body.count("<gen:Series>"), "OBS_VALUE=" in body or "ObsValue" in body) == (
        2,
        False,
    )


def test_numbers_alone_come_without_what_stands_beside_them(caller, country, filed):
    (line,) = lines(
        caller("ministry"), "WORKPLAN/M.440000.T18.PERSONS", startPeriod=JUNE, endPeriod=JUNE, detail="dataonly"
    )

    assert (line["OBS_VALUE"], line["OBS_STATUS"], line["UNIT_MEASURE"]) == ("0", "", "")


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("data/WORKPLAN/M.000000.T01", "/key"),
        ("data/WORKPLAN?startPeriod=2007-13", "?startPeriod"),
        ("data/WORKPLAN?endPeriod=0000", "?endPeriod"),
        ("data/WORKPLAN?lastNObservations=0", "?lastNObservations"),
        ("data/WORKPLAN?updatedAfter=2007-01-01", "?updatedAfter"),
        ("data/WORKPLAN?detail=all", "?detail"),
        ("dataflow?reference=all", "?reference"),
    ],
)
def test_a_query_that_cannot_be_answered_names_its_fault(caller, country, path, pointer):
    answer = caller("ministry").get(f"/api/v1/sdmx/{path}")

    assert (answer.status_code, [fault["pointer"] for fault in answer.json()["errors"]]) == (400, [pointer])


def test_accept_chooses_the_format(caller, country, filed):
    answer = caller("ministry").get(
        "/api/v1/sdmx/data/WORKPLAN", headers={"Accept": "application/vnd.sdmx.data+csv;version=1.0.0"}
    )

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/vnd.sdmx.data+csv;version=1.0.0")


@pytest.mark.parametrize("n", [1, 3])
def test_data_cost_the_same_queries_for_one_and_three(caller, country, filed, django_assert_num_queries, n):
    program = caller("ministry")
    program.get("/api/v1/sdmx/data/WORKPLAN")
    with django_assert_num_queries(8):
        asked(program, f"data/WORKPLAN/.{'+'.join(['000000', '440000', '230000'][:n])}..")


# Times -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("frequency", [1, 3, 6, 12])
def test_a_period_read_back_ends_with_its_month(frequency):
    for number in range(frequency, 13, frequency):
        month = date(2007, number, 1)
        assert months_of(period_text(month, frequency))[1] == month
