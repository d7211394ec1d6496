"""V05: a figure filed in parts, through the one gate, into the database, onto form and REST and back (F-22)."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from openpyxl import Workbook, load_workbook

from reporting.observations import COLUMNS
from submissions import blocking, facts, services
from submissions.intake import FigureReader, InputRefused
from submissions.models import Figure
from submissions.workbook import layout
from targets.models import FormerIndicator, IndicatorPart
from tests import factories
from tests.factories import shanghai
from workplan.lib.sheets import XLSX_TYPE

NOW = shanghai(2007, 10, 3)
ADDRESS = "/reports/2007-09/440000/"
PARTS = {"workers": "75", "retirees": "25"}


@pytest.fixture
def level(unit):
    indicator = factories.IndicatorFactory(code="T08")
    factories.IndicatorPartFactory(indicator=indicator, code="workers", name="在职职工", name_en="Workers")
    factories.IndicatorPartFactory(
        indicator=indicator, code="retirees", name="离退休人员", name_en="Retirees", position=1,
        share_low=Decimal("0.08"), share_high=Decimal("0.45"),
    )  # fmt: skip
    return indicator


def read(unit, period, row):
    report = services.report_for(unit, period)
    reader = FigureReader(report, facts.due_indicators(unit, period), facts.figures_by_indicator(report))
    return report, reader.read([row])


def save(unit, period, by, row):
    report, figures = read(unit, period, {"indicator": "T08", **row})
    return services.save_draft(report, by=by, now=NOW, version=report.version, figures=figures)


def stored(unit):
    figure = Figure.objects.filter(filing__report__unit=unit, indicator__code="T08").last()
    return None if figure is None else (figure.state, figure.value, figure.parts)


# The gate --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([{"value": "100", "parts": PARTS}], ("REPORTED", 100, PARTS)),
        ([{"value": "100", "parts": {"workers": 75, "retirees": "25"}}], ("REPORTED", 100, PARTS)),
        ([{"value": "100", "parts/workers": "75", "parts/retirees": "25"}], ("REPORTED", 100, PARTS)),
        ([{"value": "100", "parts": PARTS}, {"value": "101"}], ("REPORTED", 101, PARTS)),
        (
            [{"value": "100", "parts": PARTS}, {"parts": {"workers": "76"}}],
            ("REPORTED", 100, {**PARTS, "workers": "76"}),
        ),
        ([{"value": "100", "parts": PARTS}, {"parts": {"workers": None}}], ("REPORTED", 100, {"retirees": "25"})),
        ([{"value": "100", "parts": PARTS}, {"parts": None}], ("REPORTED", 100, PARTS)),
        ([{"value": "100", "parts": PARTS}, {"state": "not_applicable"}], ("NOT_APPLICABLE", None, {})),
        ([{"value": "100", "parts": PARTS}, {"value": None, "note": "系统故障"}], ("NOT_REPORTED", None, {})),
        ([{"value": "100", "parts": PARTS}, {"value": None}], None),
    ],
)
def test_parts_are_read_beside_the_figure(unit, period, clerk, level, rows, expected):
    for row in rows:
        save(unit, period, clerk, row)

    assert stored(unit) == expected


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"value": "100", "parts": {"pupils": "1"}}, ("/figures/0/parts/pupils", "unknown_part")),
        ({"value": "100", "parts": {"workers": "-1"}}, ("/figures/0/parts/workers", "negative")),
        ({"value": "100", "parts": {"workers": "1.5"}}, ("/figures/0/parts/workers", "too_many_decimals")),
        ({"value": "100", "parts": ["75", "25"]}, ("/figures/0/parts", "not_an_object")),
        ({"parts": {"workers": "75"}}, ("/figures/0/value", "value_missing")),
        ({"state": "not_applicable", "parts": PARTS}, ("/figures/0/state", "state_contradicts_value")),
    ],
)
def test_parts_that_cannot_be_stored_are_named(unit, period, level, row, complaint):
    with pytest.raises(InputRefused) as refused:
        read(unit, period, {"indicator": "T08", **row})

    (one,) = refused.value.complaints
    assert (one.pointer, one.code) == complaint


def test_an_indicator_without_parts_takes_none(unit, period):
    with pytest.raises(InputRefused) as refused:
        read(unit, period, {"indicator": "T01", "value": "1", "parts": {"workers": "1"}})

    assert refused.value.complaints[0].code == "unknown_part"


def test_the_audit_trail_names_the_parts(unit, period, level):
    _report, (figure,) = read(unit, period, {"indicator": "T08", "value": "100", "parts": PARTS})

    assert figure.as_text() == "REPORTED value=100 workers=75 retirees=25"


# Rules, filings --------------------------------------------------------------------------------


def test_parts_that_do_not_add_up_keep_the_report_from_being_submitted(unit, period, lead, level):
    factories.file(unit, period, {"T01": "1", "T04": ("40", "1000")}, by=lead, now=NOW)
    report = save(unit, period, lead, {"value": "100", "parts": {**PARTS, "retirees": "24"}})

    with pytest.raises(blocking.FindingsBlock) as blocked:
        services.submit(report, by=lead, now=NOW, version=report.version)

    (error,) = blocked.value.errors()
    assert (error["pointer"], error["code"], error["severity"]) == ("/figures/T08", "V05", "E")
    assert "在职职工 75人、离退休人员 24人" in error["message"]
    assert "相差 1人" in error["message"]


def test_the_next_filing_carries_the_parts(unit, period, lead, level):
    factories.file(unit, period, {"T01": "1", "T04": ("40", "1000")}, by=lead, now=NOW)
    report = save(unit, period, lead, {"value": "100", "parts": PARTS})
    report = services.submit(report, by=lead, now=NOW, version=report.version)

    report = services.withdraw(report, by=lead, now=NOW, version=report.version)

    assert report.filing.figures.get(indicator=level).parts == PARTS


# Form and REST ---------------------------------------------------------------------------------


def test_the_form_asks_for_the_parts_and_keeps_what_was_typed(client, unit, period, clerk, level):
    client.force_login(clerk)
    page = client.get(ADDRESS).content.decode()
    assert "其中：在职职工" in page
    posted = {"version": "0", "scale": "10000", "seen": "{}", "figure.T08.value": "0.01"}
    posted |= {"figure.T08.parts/workers": "0.0075", "figure.T08.parts/retirees": "0.0025"}

    client.post(ADDRESS, posted)

    assert stored(unit) == ("REPORTED", 100, PARTS)
    form = client.get(f"{ADDRESS}?scale=10000").context["page"].form
    assert form.cells["figure.T08.parts/workers"].stored == "0.0075"


def test_a_part_typed_wrong_is_said_at_its_cell(client, unit, period, clerk, level):
    client.force_login(clerk)

    answer = client.post(ADDRESS, {"version": "0", "figure.T08.value": "100", "figure.T08.parts/workers": "七五"})

    assert answer.status_code == 422
    assert answer.context["page"].form.cells["figure.T08.parts/workers"].complaints


def test_the_reviewer_reads_the_parts_beside_the_figure(client, unit, period, lead, ministry, level):
    factories.file(unit, period, {"T01": "1", "T04": ("40", "1000")}, by=lead, now=NOW)
    report = save(unit, period, lead, {"value": "100", "parts": PARTS})
    services.submit(report, by=lead, now=NOW, version=report.version)
    client.force_login(ministry)

    page = client.get(ADDRESS).content.decode()

    assert "在职职工 75人 · 离退休人员 25人" in " ".join(page.split())


def test_rest_answers_the_parts(client, unit, period, clerk, level):
    save(unit, period, clerk, {"value": "100", "parts": {"workers": "75"}})
    client.force_login(clerk)

    figures = client.get("/api/v1/reports/2007-09/440000/").json()["figures"]

    assert {one["indicator"]: one["parts"] for one in figures} == {
        "T01": {},
        "T04": {},
        "T08": {"workers": "75", "retirees": None},
    }


# Tables, workbook, export ----------------------------------------------------------------------

ROW = {"month": "2007-09", "unit": "440000", "indicator": "T08", "value": "100"}
FLAT = {"parts/workers": "75", "parts/retirees": "25"}


def as_table(titles, cells=(75, 25)):
    book = Workbook()
    book.active.append([*ROW, *titles])
    book.active.append([*ROW.values(), *cells])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def sent(program, body, content_type):
    data = body if isinstance(body, bytes) else body.encode()
    return program.generic("POST", "/api/v1/figures/import/", data, content_type=content_type)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (json.dumps({"figures": [{**ROW, "parts": PARTS}]}), "application/json"),
        (f"{','.join([*ROW, *FLAT])}\r\n{','.join([*ROW.values(), *FLAT.values()])}\r\n", "text/csv"),
        (as_table(FLAT), XLSX_TYPE),
        (as_table(["workers", "retirees"]), XLSX_TYPE),
        (as_table(["在职 职工（人）", "Retirees"]), XLSX_TYPE),
    ],
)
def test_parts_are_imported_in_every_format_and_again_change_nothing(
    client, unit, period, clerk, level, body, content_type
):
    client.force_login(clerk)

    first = sent(client, body, content_type)
    again = sent(client, body, content_type)

    assert (first.status_code, first.json()["created"]) == (200, 1), first.content.decode()
    assert stored(unit) == ("REPORTED", 100, PARTS)
    assert again.json() == {"created": 0, "updated": 0, "unchanged": 1, "rejected": 0, "errors": []}


def test_a_wrong_part_of_a_batch_is_named_by_column_and_pointer(client, unit, period, clerk, level):
    client.force_login(clerk)
    rows = [{**ROW, "parts": {"workers": "七五"}}, {**ROW, "indicator": "T01", "parts": {"pupils": "1"}}]

    answer = sent(client, json.dumps({"figures": rows}), "application/json")

    assert [(one["pointer"], one["column"], one["code"]) for one in answer.json()["errors"]] == [
        ("/figures/0/parts/workers", "parts/workers", "chinese_numeral"),
        ("/figures/1/parts/pupils", "parts/pupils", "unknown_part"),
    ]


def test_rows_that_differ_in_a_part_alone_are_refused(client, unit, period, clerk, level):
    client.force_login(clerk)
    rows = [{**ROW, "parts": PARTS}, {**ROW, "parts": {**PARTS, "workers": "74"}}]

    answer = sent(client, json.dumps({"figures": rows}), "application/json")

    assert [one["code"] for one in answer.json()["errors"]] == ["duplicate"]


def test_a_name_that_two_parts_share_names_no_column(client, unit, period, clerk, level):
    factories.IndicatorPartFactory(indicator=level, code="others", name="在职职工")
    client.force_login(clerk)

    answer = sent(client, as_table(["在职职工", "retirees"]), XLSX_TYPE)

    (error,) = answer.json()["errors"]
    assert error["code"] == "wrong_columns"
    assert "parts/workers" in error["message"]


def test_the_clerks_workbook_asks_for_the_parts_and_takes_them_back(client, unit, period, clerk, level):
    client.force_login(clerk)
    book = load_workbook(io.BytesIO(client.get("/reports/workbook/file/?unit=440000").content))
    page = book["2007-09"]
    row_of = {page.cell(row, layout.KEY).value: row for row in range(layout.FIRST_ROW, page.max_row + 1)}
    typed = {"T08.value": 100, "T08.parts/workers": 75, "T08.parts/retirees": 25}
    for key, number in typed.items():
        page.cell(row_of[key], layout.VALUE).value = number
    buffer = io.BytesIO()
    book.save(buffer)

    shown = client.post("/reports/workbook/", {"file": SimpleUploadedFile("表.xlsx", buffer.getvalue())})
    client.post(shown["Location"])

    assert stored(unit) == ("REPORTED", 100, PARTS)
    assert "在职职工" in page.cell(row_of["T08.parts/workers"], layout.NAME).value


def test_the_parts_are_exported_as_they_are_imported(client, unit, period, clerk, lead, ministry, level):
    filed = {"T01": "1", "T04": ("40", "1000"), "T08": {"value": "100", "parts": PARTS}}
    factories.approved(unit, period, filed, by=lead, reviewer=ministry, now=NOW)
    client.force_login(lead)
    address = "/api/v1/figures/?plan=2007&parts=true"

    told = {one["indicator"]: one["parts"] for one in client.get(address).json()["results"]}
    table = b"".join(client.get(f"{address}&format=csv").streaming_content)
    header, *rows = csv.reader(io.StringIO(table.decode(), newline=""))
    sheet = load_workbook(io.BytesIO(client.get(f"{address}&format=xlsx").getvalue())).active

    assert told == {"T01": {}, "T04": {}, "T08": PARTS}
    assert [row[-2:] for row in rows] == [["", ""], ["", ""], ["75", "25"]]
    assert header[-2:] == [cell.value for cell in sheet[1]][-2:] == ["parts/workers", "parts/retirees"]
    assert sent(client, table, "text/csv").json()["unchanged"] == len(filed)


@pytest.mark.parametrize("more", ["", "&parts=false"])
def test_a_table_has_the_agreed_columns_and_no_parts_unless_they_are_asked_for(
    client, unit, period, lead, ministry, level, more
):
    filed = {"T01": "1", "T04": ("40", "1000"), "T08": {"value": "100", "parts": PARTS}}
    factories.approved(unit, period, filed, by=lead, reviewer=ministry, now=NOW)
    client.force_login(lead)
    address = f"/api/v1/figures/?plan=2007{more}"

    table = b"".join(client.get(f"{address}&format=csv").streaming_content)
    sheet = load_workbook(io.BytesIO(client.get(f"{address}&format=xlsx").getvalue())).worksheets[0]

    assert table.decode().splitlines()[0].split(",") == list(COLUMNS)
    assert [cell.value for cell in sheet[1]] == list(COLUMNS)
    assert sheet.max_row == 1 + len(filed)
    assert [list(row) for row in client.get(address).json()["results"]] == [list(COLUMNS)] * len(filed)
    assert client.get(f"{address}&parts=yes").json()["errors"][0]["pointer"] == "?parts"


def test_x24_a_retired_code_is_answered_with_its_successor(client, unit, period, clerk, level):
    FormerIndicator.objects.create(code="Z08", name="养老", successor=level, retired_on=date(2007, 1, 1))
    client.force_login(clerk)
    body = {"version": 0, "figures": [{"indicator": "Z08", "value": "1"}, {"indicator": "Z09", "value": "1"}]}

    answer = client.put("/api/v1/reports/2007-09/440000/", body, content_type="application/json")

    retired, unknown = answer.json()["errors"]
    assert [one["code"] for one in (retired, unknown)] == ["retired_indicator", "unknown_indicator"]
    assert retired["suggestion"] == "T08"
    assert "T08" in retired["message"]


# The database ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("submissions_figure_parts_are_declared", {"parts": {"pupils": "1"}}),
        ("submissions_figure_parts_are_declared", {"parts": {"workers": 75}}),
        ("submissions_figure_parts_are_declared", {"parts": {"workers": "-1"}}),
        ("submissions_figure_parts_are_declared", {"parts": {"workers": "NaN"}}),
        ("submissions_figure_parts_are_declared", {"parts": ["75"]}),
        ("submissions_figure_parts_come_with_a_value", {"parts": PARTS, "value": None, "state": "NOT_REPORTED"}),
    ],
)
def test_parts_that_cannot_be_are_refused_below_the_models(unit, period, clerk, level, name, change):
    save(unit, period, clerk, {"value": "100"})

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Figure.objects.filter(indicator=level).update(**change)

    assert refused.value.__cause__.diag.constraint_name == name


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("targets_part_code_is_a_word", {"code": "Workers"}),
        ("targets_part_shares_are_a_range", {"share_low": Decimal("0.1"), "share_high": None}),
        ("targets_part_shares_are_a_range", {"share_low": Decimal("0.5"), "share_high": Decimal("0.4")}),
        ("targets_part_shares_are_a_range", {"share_low": Decimal("0.5"), "share_high": Decimal("1.4")}),
        ("targets_part_one_code_per_indicator", {"code": "retirees"}),
    ],
)
def test_a_declared_part_that_cannot_be_is_refused(level, name, change):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        IndicatorPart.objects.filter(indicator=level, code="workers").update(**change)

    assert refused.value.__cause__.diag.constraint_name == name
