"""reporting/api.py: progress, series and tidy figures, each as far as it is open to who asks."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from tests import factories
from tests.api.conftest import JUNE_FIGURES
from tests.factories import approved, shanghai

COLUMNS = [
    "indicator", "unit", "month", "value", "numerator", "denominator",
    "state", "status", "release", "version", "approved_at",
]  # fmt: skip


@pytest.fixture
def filed(country, people_of):
    """Approve June of both provinces; nothing is published."""
    cells = {row["indicator"]: {k: v for k, v in row.items() if k != "indicator"} for row in JUNE_FIGURES}
    rates = {"gd": ("4", "100"), "hl": ("14", "200")}
    for name, rate in rates.items():
        unit, lead = getattr(country, name), people_of[f"{name}_lead"]
        approved(unit, country.months[5], {**cells, "T04": rate}, by=lead, reviewer=people_of["ministry"])


def rows_of(program, **query):
    return program.get_json("progress/", month="2007-06", **query)["results"]


def test_a_ratio_is_the_sum_of_numerators_over_the_sum_of_denominators(caller, country, filed):
    (row,) = rows_of(caller("ministry"), indicator="T04")

    assert (row["value"], row["numerator"], row["denominator"]) == ("0.06", "18", "300")
    assert (row["status"], row["completion_rate"], row["pro_rata_target"]) == ("breached", None, "0.046")


def test_a_row_has_the_fields_of_the_contract(caller, country, filed):
    (row,) = rows_of(caller("ministry"), indicator="T01", unit="440000", plan="2007", level="unit", basis="latest")

    told = {name: row[name] for name in (
        "indicator", "unit", "month", "value_month", "value", "numerator", "denominator", "target_value",
        "baseline_value", "pro_rata_target", "deviation", "status", "n_due", "n_reported", "n_carried", "rank",
    )}  # fmt: skip
    assert told == {
        "indicator": "T01", "unit": "440000", "month": "2007-06", "value_month": "2007-06", "value": "310000",
        "numerator": None, "denominator": None, "target_value": "900000", "baseline_value": None,
        "pro_rata_target": "450000", "deviation": "-140000", "status": "behind",
        "n_due": 1, "n_reported": 1, "n_carried": 0, "rank": 1,
    }  # fmt: skip
    assert row["completion_rate"] == "0.3444444444444444444444444444"
    assert {"forecast_value", "forecast_low", "forecast_high"} <= set(row)


def test_children_are_the_units_directly_below(caller, country, filed):
    rows = rows_of(caller("ministry"), indicator="T01", level="children")

    assert [(row["unit"], row["value"], row["rank"]) for row in rows] == [
        ("440000", "310000", 1),
        ("230000", "310000", 1),
    ]


def test_a_carried_figure_is_left_out_on_the_reported_basis(caller, country, filed):
    program = caller("ministry")

    latest = program.get_json("progress/", month="2007-07", indicator="T01")["results"]
    reported = program.get_json("progress/", month="2007-07", indicator="T01", basis="reported")["results"]

    assert [(row["value"], row["value_month"], row["n_carried"]) for row in latest] == [("620000", "2007-06", 2)]
    assert [(row["value"], row["value_month"], row["n_carried"]) for row in reported] == [(None, None, 0)]


def test_without_a_month_the_newest_past_its_due_date_is_answered(caller, country, filed):
    rows = caller("ministry").get_json("progress/", indicator="T01")["results"]

    assert [row["month"] for row in rows] == ["2007-09"]


def test_another_units_unpublished_progress_is_not_there(caller, country, filed):
    rows = rows_of(caller("gd_clerk"), indicator="T01", level="children")

    assert [row["unit"] for row in rows] == ["440000"]
    assert rows_of(caller("gd_clerk"), indicator="T01", unit="230000") == []


def test_a_published_month_is_open_to_every_bureau(caller, country, filed, people_of):
    period = country.months[5]
    period.published_at, period.published_by = shanghai(2007, 10, 1), people_of["ministry"]
    period.save()

    rows = rows_of(caller("gd_clerk"), indicator="T01", level="children")

    assert [row["unit"] for row in rows] == ["440000", "230000"]


@pytest.mark.parametrize("n", [1, 3])
def test_progress_costs_the_same_queries_for_one_and_three(
    caller, country, filed, people_of, django_assert_max_num_queries, n
):
    program = caller("ministry")
    for _number in range(n):
        factories.AssignmentFactory(plan=country.plan, indicator=country.T01)
    rows_of(program)  # folds what the new assignments touched

    with django_assert_max_num_queries(14):
        assert len(rows_of(program, indicator="T01", level="children")) == 2 + n


def test_a_series_has_twelve_months_of_what_stands_and_what_was_to_stand(caller, country, filed):
    answer = caller("ministry").get_json("progress/series/", indicator="T01", unit="440000")

    points = answer["results"]
    assert [point["month"] for point in points] == [f"2007-{number:02d}" for number in range(1, 13)]
    assert (points[4]["value"], points[5]["value"], points[5]["pro_rata_target"]) == (None, "310000", "450000")
    assert {point["previous_year"] for point in points} == {None}


def test_tidy_figures_are_one_row_per_observation(caller, country, filed):
    rows = caller("analyst").get_json("figures/", month="2007-06", unit="440000")["results"]

    assert [list(row) for row in rows] == [COLUMNS] * 5
    assert [(row["indicator"], row["value"], row["state"]) for row in rows] == [
        ("T01", "310000", "reported"),
        ("T04", "0.04", "reported"),
        ("T11", "850000", "reported"),
        ("T13", None, "not_applicable"),
        ("T18", "0", "reported"),
    ]
    assert {(row["status"], row["release"], row["version"]) for row in rows} == {("approved", "flash", 1)}


def test_a_bureau_reads_its_own_figures_until_the_month_is_published(caller, country, filed):
    rows = caller("hl_lead").get_json("figures/")["results"]

    assert {row["unit"] for row in rows} == {"230000"}


def test_csv_and_xlsx_say_the_same_as_json(caller, country, filed):
    program = caller("analyst")

    told = program.get_json("figures/")["results"]
    text = b"".join(program.get("/api/v1/figures/?format=csv").streaming_content).decode()
    book = load_workbook(io.BytesIO(b"".join(program.get("/api/v1/figures/?format=xlsx").streaming_content)))

    from_csv = [{name: cell or None for name, cell in row.items()} for row in csv.DictReader(io.StringIO(text))]
    header, *cells = book.worksheets[0].iter_rows(values_only=True)
    from_xlsx = [dict(zip(header, row, strict=True)) for row in cells]
    assert list(header) == COLUMNS
    assert from_csv == [{name: None if cell is None else str(cell) for name, cell in row.items()} for row in told]
    assert [_exact(row) for row in from_xlsx] == [_exact(row) for row in told]


def _exact(row):
    numbers = {name: None if row[name] is None else Decimal(str(row[name])) for name in COLUMNS[3:6]}
    return {**row, **numbers}


@pytest.mark.parametrize(
    ("query", "accept", "content_type"),
    [
        ("", "text/csv", "text/csv; charset=utf-8"),
        ("?format=json", "text/csv", "application/json"),
        ("?format=csv", "application/json", "text/csv; charset=utf-8"),
        ("", "text/html", "application/json"),
    ],
)
def test_format_wins_over_accept(caller, country, filed, query, accept, content_type):
    answer = caller("analyst").get(f"/api/v1/figures/{query}", headers={"Accept": accept})

    assert answer["Content-Type"] == content_type


def test_a_refusal_is_a_problem_in_every_format(caller, country):
    answer = caller("analyst").get("/api/v1/figures/?format=csv&month=abc")

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["?month"]


def test_a_correction_is_the_newest_version_and_the_history_keeps_both(caller, country, filed):
    lead, ministry = caller("gd_lead"), caller("ministry")
    address = "reports/2007-06/440000/"
    lead.send("post", f"{address}correct/", {"version": 3, "comment": "漏报一个市"})
    lead.send("put", address, {"version": 4, "figures": [{"indicator": "T01", "value": "320000"}]})
    pending = ministry.get_json("figures/", indicator="T01", unit="440000")["results"]
    lead.send("post", f"{address}submit/", {"version": 5})
    ministry.send("post", f"{address}approve/", {"version": 6})

    newest = ministry.get_json("figures/", indicator="T01", unit="440000")["results"]
    history = ministry.get_json("figures/", indicator="T01", unit="440000", versions="all")["results"]

    assert [(row["value"], row["version"]) for row in pending] == [("310000", 1)]
    assert [(row["value"], row["version"]) for row in newest] == [("320000", 2)]
    assert [(row["value"], row["version"]) for row in history] == [("310000", 1), ("320000", 2)]


@pytest.mark.parametrize("n", [1, 3])
def test_figures_cost_the_same_queries_for_one_and_three(caller, country, people_of, django_assert_num_queries, n):
    for number in range(n):
        figures = {"T01": "310000", "T11": "850000", "T18": {"value": "0", "persons": 0}}
        period = country.months[[0, 1, 3][number]]
        approved(country.gd, period, figures, by=people_of["gd_lead"], reviewer=people_of["ministry"],
                 explanations=dict.fromkeys(["V09:T11", "V25:T01", "V25:T11"], "本月没有新的增减。"))  # fmt: skip
    program = caller("analyst")

    with django_assert_num_queries(6):
        assert program.get_json("figures/", indicator="T11")["count"] == n
