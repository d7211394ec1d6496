"""POST figures/import/: one batch of many months and units, whole or not at all."""

from __future__ import annotations

import codecs

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import permissions
from accounts.models import AuditEntry
from submissions import services
from submissions.models import Figure, Filing, MonthlyReport
from tests import factories
from tests.api.conftest import JUNE_FIGURES

ADDRESS = "/api/v1/figures/import/"
GOOD = [
    {"month": "2007-06", "unit": "440000", "indicator": "T01", "value": "310000"},
    {"month": "2007-06", "unit": "440000", "indicator": "T04", "numerator": "210000", "denominator": "5200000"},
    {"month": "2007-07", "unit": "440000", "indicator": "T01", "value": 320000},
    {"month": "2007-07", "unit": "440000", "indicator": "T18", "value": "0", "persons": 0, "note": "无新欠"},
]
NOTHING = {"created": 0, "updated": 0, "unchanged": 0, "rejected": 0, "errors": []}


def send(program, figures, query="", **headers):
    return program.post(f"{ADDRESS}{query}", {"figures": figures}, format="json", headers=headers or None)


def send_csv(program, data, query="", content_type="text/csv"):
    body = data.encode() if isinstance(data, str) else data
    return program.generic("POST", f"{ADDRESS}{query}", body, content_type=content_type)


def places(answer):
    assert answer.status_code == 422, answer.content
    return [(one["row"], one["column"], one["code"]) for one in answer.json()["errors"]]


def stored():
    rows = Figure.objects.order_by("filing__report__period", "filing__report__unit__code", "indicator__code")
    return [
        (f"{one.filing.report.month:%Y-%m}", one.filing.report.unit.code, one.indicator.code, one.state, one.value)
        for one in rows
    ]


def table(*rows, columns="month,unit,indicator,value"):
    return "\r\n".join([columns, *rows]) + "\r\n"


# What it does ----------------------------------------------------------------------------------


def test_drafts_of_two_months_are_written_and_counted(caller, country):
    answer = send(caller("gd_clerk"), GOOD)

    assert (answer.status_code, answer.json()) == (200, NOTHING | {"created": 4})
    assert stored() == [
        ("2007-06", "440000", "T01", "REPORTED", 310_000),
        ("2007-06", "440000", "T04", "REPORTED", None),
        ("2007-07", "440000", "T01", "REPORTED", 320_000),
        ("2007-07", "440000", "T18", "REPORTED", 0),
    ]
    assert set(MonthlyReport.objects.values_list("status", "version")) == {("DRAFT", 1)}


def test_the_same_again_changes_nothing(caller, country):
    clerk = caller("gd_clerk")
    send(clerk, GOOD)
    entries = AuditEntry.objects.count()

    again = send(clerk, GOOD)

    assert (again.status_code, again.json()) == (200, NOTHING | {"unchanged": 4})
    assert set(MonthlyReport.objects.values_list("version", flat=True)) == {1}
    assert AuditEntry.objects.count() == entries


def test_a_dry_run_tells_the_same_and_writes_nothing(caller, country):
    dry = send(caller("gd_clerk"), GOOD, "?dry_run=true")

    assert dry.json() == NOTHING | {"created": 4}
    assert (MonthlyReport.objects.count(), AuditEntry.objects.filter(action="report.save").count()) == (0, 0)


def test_each_report_has_its_entry_in_an_audit_trail_that_holds(caller, country):
    send(caller("gd_clerk"), GOOD)

    entries = AuditEntry.objects.filter(action="report.save").order_by("number")
    assert [(entry.details["version"], entry.details["by_import"]) for entry in entries] == [(1, "api"), (1, "api")]
    assert entries[0].details["changes"]["T01"] == "REPORTED value=310000"
    call_command("verify_audit")


def test_null_clears_and_what_is_left_out_stays(caller, country):
    clerk = caller("gd_clerk")
    send(clerk, GOOD)

    answer = send(
        clerk,
        [
            {"month": "2007-06", "unit": "440000", "indicator": "T01", "value": None},
            {"month": "2007-06", "unit": "440000", "indicator": "T04", "numerator": "220000"},
            {"month": "2007-07", "unit": "440000", "indicator": "T18", "note": "已核实"},
        ],
    )

    assert answer.json() == NOTHING | {"updated": 3}
    assert [row[2] for row in stored()] == ["T04", "T01", "T18"]
    assert Figure.objects.get(indicator=country.T04).denominator == 5_200_000
    assert Figure.objects.get(indicator=country.T18).note == "已核实"


@pytest.mark.parametrize("state", ["not_applicable", "not_reported"])
def test_a_note_alone_keeps_the_state_of_a_figure_without_number(caller, country, state):
    clerk = caller("gd_clerk")
    key = {"month": "2007-06", "unit": "440000", "indicator": "T13"}
    send(clerk, [{**key, "state": state}])

    assert send(clerk, [{**key, "note": "无试点"}]).json() == NOTHING | {"updated": 1}
    assert send(clerk, [key]).json()["unchanged"] == 1
    assert list(Figure.objects.values_list("state", "note")) == [(state.upper(), "无试点")]


@pytest.mark.parametrize(
    ("strategy", "first", "second"),
    [
        ("create", (200, NOTHING | {"created": 1}), "exists"),
        ("update", (422, "does_not_exist"), None),
        ("create_and_update", (200, NOTHING | {"created": 1}), None),
    ],
)
def test_a_strategy_says_which_figures_may_be_written(caller, country, strategy, first, second):
    clerk = caller("gd_clerk")
    query = f"?strategy={strategy}"
    created = send(clerk, GOOD[:1], query)
    changed = send(clerk, [{**GOOD[0], "value": "310001"}], query)

    status, told = first
    assert created.status_code == status
    if status == 200:
        assert created.json() == told
    else:
        assert places(created) == [(2, "indicator", told)]
    if second:
        assert places(changed) == [(2, "indicator", second)]
        assert stored()[0][4] == 310_000
    same = send(clerk, GOOD[:1], "?strategy=create")
    assert strategy == "create_and_update" or same.status_code == 200


def test_a_batch_is_repeated_under_its_key_without_being_executed_again(caller, country):
    clerk = caller("gd_clerk")
    first = send(clerk, GOOD, **{"Idempotency-Key": "batch-1"})
    second = send(clerk, GOOD, **{"Idempotency-Key": "batch-1"})
    other = send(clerk, GOOD[:1], **{"Idempotency-Key": "batch-1"})

    assert (second.json(), second["Idempotent-Replayed"]) == (first.json(), "true")
    assert other.status_code == 422


def test_a_partial_import_under_a_key_keeps_what_it_wrote(caller, country):
    bad = {"month": "2007-08", "unit": "440000", "indicator": "T01", "value": "12万"}

    answer = send(caller("gd_clerk"), [*GOOD, bad], "?mode=partial", **{"Idempotency-Key": "batch-2"})

    assert (answer.status_code, answer.json()["created"], answer.json()["rejected"]) == (422, 4, 1)
    assert len(stored()) == 4


# What it refuses -------------------------------------------------------------------------------


def test_r21_every_fault_of_a_long_batch_is_told_at_once_and_nothing_is_written(caller, country, people_of):
    for number in range(1, 100):
        unit = factories.UnitFactory(code=f"{450000 + number}")
        factories.AssignmentFactory(plan=country.plan, indicator=country.T01, unit=unit)
    units = ["440000", *(f"{450000 + number}" for number in range(1, 100))]
    rows = [
        {"month": f"2007-{month:02}", "unit": unit, "indicator": "T01", "value": 1000 * month}
        for month in range(1, 11)
        for unit in units
    ] * 3
    rows = rows[:1000] + [{**row, "indicator": "T18", "value": "0"} for row in rows[:1] * 0] + rows[1000:3000]
    bad = {7: "12万", 99: "-5", 500: "abc", 777: "1e2", 901: "1,00", 950: "true", 999: "NaN"}
    for index, text in bad.items():
        rows[index] = {**rows[index], "value": text}
    rows = rows[:1000]

    answer = send(caller("ministry"), rows)

    assert [row for row, _column, _code in places(answer)] == [index + 2 for index in bad]
    body = answer.json()
    assert (body["created"], body["rejected"], body["type"]) == (0, 7, "urn:workplan:problem:import-refused")
    assert [one["pointer"] for one in body["errors"]] == [f"/figures/{index}/value" for index in bad]
    assert body["errors"][0]["suggestion"] == "120000"
    assert MonthlyReport.objects.count() == 0


def test_a_partial_import_keeps_the_good_reports_whole(caller, country):
    rows = [*GOOD, {"month": "2007-06", "unit": "440000", "indicator": "T11", "value": "abc"}]

    answer = send(caller("gd_clerk"), rows, "?mode=partial")

    assert places(answer) == [(6, "value", "not_a_number")]
    assert {key: answer.json()[key] for key in ("created", "rejected")} == {"created": 2, "rejected": 3}
    assert {row[0] for row in stored()} == {"2007-07"}


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ({"month": "2007-13"}, "month", "unknown_month"),
        ({"month": "2006-12"}, "month", "unknown_month"),
        ({"month": None}, "month", "month_missing"),
        ({"month": "2007-11"}, "month", "month_closed"),
        ({"unit": "999999"}, "unit", "unknown_unit"),
        ({"unit": "0"}, "unit", "unknown_unit"),
        ({"unit": None}, "unit", "unit_missing"),
        ({"unit": True}, "unit", "unknown_unit"),
        ({"unit": "440000\x7f"}, "unit", "unknown_unit"),
        ({"indicator": "T99"}, "indicator", "unknown_indicator"),
        ({"indicator": 7}, "indicator", "unknown_indicator"),
        ({"month": "2007-05", "indicator": "T04", "value": None}, "indicator", "not_due"),
        ({"numerator": "5"}, "numerator", "field_not_used"),
        ({"indicator": "T04"}, "value", "field_not_used"),
        ({"value": "五"}, "value", "chinese_numeral"),
        ({"value": "1.5"}, "value", "too_many_decimals"),
        ({"value": "99999999999999"}, "value", "over_maximum"),
        ({"value": True}, "value", "not_a_number"),
        ({"state": "estimated"}, "state", "unknown_state"),
        ({"colour": "red"}, "colour", "unknown_field"),
        ({"note": "x" * 2001}, "note", "too_long"),
    ],
)
def test_what_cannot_be_stored_is_refused_by_row_and_column(caller, country, row, column, code):
    base = {"month": "2007-06", "unit": "440000", "indicator": "T01", "value": "5"}

    assert places(send(caller("gd_clerk"), [GOOD[2], {**base, **row}])) == [(3, column, code)]
    assert stored() == []


def test_a_row_that_is_no_object_hides_no_other_fault(caller, country):
    rows = [GOOD[2], 7, {**GOOD[2], "unit": "999999"}, None, ["T01"], {**GOOD[2], "indicator": "T11", "colour": "red"}]

    answer = send(caller("gd_clerk"), rows)

    assert answer.json()["rejected"] == 5
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        ("/figures/1", "not_an_object"),
        ("/figures/2/unit", "unknown_unit"),
        ("/figures/3", "not_an_object"),
        ("/figures/4", "not_an_object"),
        ("/figures/5/colour", "unknown_field"),
    ]
    assert stored() == []


def test_another_units_row_reads_like_one_of_a_unit_that_does_not_exist(caller, country):
    answers = [
        send(caller("gd_clerk"), [{**GOOD[0], "unit": unit}]).json()["errors"][0]["message"].replace(unit, "*")
        for unit in ("230000", "990000")
    ]

    assert answers[0] == answers[1]


def test_a_unit_one_may_read_but_not_file_for_says_so(caller, country):
    county = factories.UnitFactory(code="440100", parent=country.gd)
    factories.AssignmentFactory(plan=country.plan, indicator=country.T01, unit=county)

    assert places(send(caller("gd_clerk"), [{**GOOD[0], "unit": "440100"}])) == [(2, "unit", "not_permitted")]


@pytest.mark.parametrize("name", ["analyst", "planner", "sysadmin"])
def test_who_files_for_nobody_imports_nothing(caller, country, name):
    assert send(caller(name), GOOD).status_code == 403


def test_a_token_for_reading_imports_nothing(caller, country):
    assert send(caller("gd_clerk", "READ"), GOOD).status_code == 403


def test_a_report_under_review_is_refused_unless_nothing_would_change(caller, country, people_of, june):
    clerk = caller("gd_clerk")
    saved = clerk.send("put", june(), {"version": 0, "figures": JUNE_FIGURES}).json()
    caller("gd_lead").send("post", f"{june()}submit/", {"version": saved["version"]})
    same = {"month": "2007-06", "unit": "440000", "indicator": "T01", "value": "310000"}

    assert send(clerk, [same]).json() == NOTHING | {"unchanged": 1}
    assert places(send(clerk, [{**same, "value": "1"}])) == [(2, "month", "wrong_status")]


def test_x25_the_same_figure_twice_is_told_or_refused(caller, country):
    clerk = caller("gd_clerk")
    same = send(clerk, [GOOD[0], GOOD[0]], "?dry_run=true")
    other = send(clerk, [GOOD[0], {**GOOD[0], "value": "5"}])

    assert {key: same.json()[key] for key in ("created", "unchanged")} == {"created": 1, "unchanged": 1}
    assert "第 2 行" in same.json()["notes"][0]
    assert places(other) == [(3, "indicator", "duplicate")]


def test_parameters_that_are_not_known_are_refused(caller, country):
    clerk = caller("gd_clerk")

    for query in ("?dryrun=true", "?dry_run=yes", "?strategy=replace", "?mode=some", "?mode=whole&mode=partial"):
        assert send(clerk, GOOD, query).status_code == 400, query


@pytest.mark.parametrize("body", [{}, {"figures": {}}, {"figures": [], "more": 1}, {"figures": None}])
def test_a_body_of_another_shape_is_refused(caller, country, body):
    assert caller("gd_clerk").post(ADDRESS, body, format="json").status_code == 400


def test_x01_a_batch_without_figures_is_no_success(caller, country):
    answer = send(caller("gd_clerk"), [])

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "no_figures")


def test_r22_a_body_over_the_limit_is_refused_with_the_limits(caller, country, settings):
    settings.IMPORT_JSON_BYTES, settings.IMPORT_CSV_BYTES, settings.IMPORT_JOB_BYTES = 300, 60, 80
    clerk = caller("gd_clerk")

    answers = [send(clerk, GOOD), send_csv(clerk, table(*["2007-06,440000,T01,5"] * 3))]

    assert [one.status_code for one in answers] == [413, 413]
    assert answers[0].json()["limits"] == {
        "json_bytes": 300, "csv_bytes": 60, "xlsx_bytes": 2_500_000, "rows": 20_000,
        "job_bytes": 80, "job_rows": 1_200_000,
    }  # fmt: skip


def test_r22_a_batch_over_the_row_limit_becomes_a_job(caller, country, settings):
    settings.IMPORT_ROWS = 3
    clerk = caller("gd_clerk")

    assert [send(clerk, GOOD).status_code, send(clerk, GOOD[:3]).status_code] == [202, 200]
    assert send_csv(clerk, table(*["2007-06,440000,T01,5"] * 4)).status_code == 202


def test_a_csv_over_the_frameworks_own_limit_is_read(caller, country, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    body = table("2007-06,440000,T01,5," + "说" * 100, columns="month,unit,indicator,value,note")

    answer = caller("gd_clerk").generic(
        "POST", ADDRESS, body.encode(), content_type="text/csv", headers={"Idempotency-Key": "k"}
    )

    assert answer.status_code == 200, answer.content


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_other_media_types_are_refused(caller, country, content_type):
    assert send_csv(caller("gd_clerk"), "x", content_type=content_type).status_code == 415


# CSV -------------------------------------------------------------------------------------------

LINES = ("2007-06,440000,T01,310000,", '2007-06,440000,T11,850000,"第一行\n第二行"', "2007-07,440000,T01,x,")
WITH_NOTE = table(*LINES[:2], columns="month,unit,indicator,value,note")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (WITH_NOTE.encode(), None),
        (codecs.BOM_UTF8 + WITH_NOTE.encode(), None),
        (WITH_NOTE.encode("gb18030"), "GB18030"),
        (WITH_NOTE.encode("utf-16"), "UTF-16"),
        (WITH_NOTE.encode("utf-16-le"), "UTF-16"),
        (WITH_NOTE.encode("utf-16-be"), "UTF-16"),
        (WITH_NOTE.replace(",", ";").encode(), None),
        (WITH_NOTE.replace(",", "\t").encode("utf-16"), "UTF-16"),
        (WITH_NOTE.replace("\r\n", "\n").encode(), None),
    ],
)
def test_x39_a_csv_is_read_in_the_encodings_and_separators_people_have(caller, country, data, told):
    answer = send_csv(caller("gd_clerk"), data)

    assert answer.status_code == 200, answer.content
    notes = answer.json().pop("notes", [])
    assert [told in note for note in notes] == ([True] if told else [])
    assert answer.json()["created"] == 2
    assert Figure.objects.get(indicator=country.T11).note == "第一行\n第二行"


def test_a_fault_names_the_line_of_the_file(caller, country):
    body = table(*LINES, columns="month,unit,indicator,value,note")

    assert places(send_csv(caller("gd_clerk"), body)) == [(5, "value", "not_a_number")]


def test_an_empty_cell_of_a_csv_is_as_if_left_out(caller, country):
    clerk = caller("gd_clerk")
    send(clerk, GOOD)

    answer = send_csv(clerk, table("2007-06,440000,T01,,", columns="month,unit,indicator,value,state"))

    assert (answer.json()["unchanged"], answer.json()["updated"]) == (1, 0)
    assert "1 行" in answer.json()["notes"][0]
    assert len(stored()) == 4


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "empty_file"),
        ("  \r\n", "empty_file"),
        (b"\xff\xfe\x00", "unknown_encoding"),
        (b"month,unit\x00,indicator\n1,\x00,3\n", "not_text"),
        ("month,unit,indicator,value\r\n", "no_figures"),
        ("month,unit,value\r\n2007-06,440000,5\r\n", "wrong_columns"),
        ("month,unit,indicator,value,colour\r\n2007-06,440000,T01,5,red\r\n", "wrong_columns"),
        ("month,unit,indicator,value,数值\r\n2007-06,440000,T01,5,5\r\n", "wrong_columns"),
        ('month,unit,indicator,value\r\n2007-06,440000,T01,"5\r\n', "not_csv"),
        ("month,unit,indicator,value\r\n2007-06,440000,T01,5,6\r\n", "too_many_cells"),
    ],
)
def test_a_file_that_is_no_table_of_figures_has_its_sentence(caller, country, body, code):
    answer = send_csv(caller("gd_clerk"), body)

    assert (answer.status_code, [one["code"] for one in answer.json()["errors"]]) == (422, [code])


@pytest.mark.parametrize(
    ("text", "unit"),
    [("440000", "440000"), ("440000.0", "440000"), ("440000000000", "440000"), ("４４００００", "440000"),
     ("广东", "440000"), ("广东省", "440000"), ("粤", "440000"), ("\ufeff广东　", "440000")],
)  # fmt: skip
def test_x22_x24_a_unit_is_found_by_code_name_or_registered_alias(caller, country, text, unit):
    country.gd.aliases.create(name="粤")

    assert send(caller("gd_clerk"), [{**GOOD[0], "unit": text}]).status_code == 200
    assert stored()[0][1] == unit


@pytest.mark.parametrize("text", ["东省", "广", "广东省厅", "44000", "4400000", "廣東"])
def test_x22_a_name_is_never_found_by_its_part(caller, country, text):
    assert places(send(caller("gd_clerk"), [{**GOOD[0], "unit": text}])) == [(2, "unit", "unknown_unit")]


def test_x23_a_name_of_two_units_needs_the_code_and_names_the_candidates(caller, country):
    for code in ("440103", "440203"):
        factories.UnitFactory(code=code, short_name="鼓楼区", parent=country.gd)

    answer = send(caller("ministry"), [{**GOOD[0], "unit": "鼓楼区"}])

    assert places(answer) == [(2, "unit", "ambiguous_unit")]
    assert "440103" in answer.json()["errors"][0]["message"]


def test_x02_columns_are_matched_by_their_titles_in_any_order(caller, country):
    body = table("5,T01,广东,2007年6月", columns="数值（人）,指标 代码,填报\u3000单位,报告期")

    assert send_csv(caller("gd_clerk"), body).json()["created"] == 1


def test_x42_what_we_export_comes_back_without_a_change(caller, country, people_of):
    figures = {"T01": "310000", "T04": (210000, 5200000), "T11": "850000", "T18": {"value": "0", "persons": "0"}}
    figures["T13"] = {"state": "not_applicable"}
    factories.approved(country.gd, country.months[5], figures, by=people_of["gd_lead"], reviewer=people_of["ministry"])
    clerk = caller("gd_clerk")
    exported = b"".join(clerk.get("/api/v1/figures/?plan=2007&format=csv").streaming_content)

    answer = send_csv(clerk, exported)

    assert (answer.status_code, answer.json()) == (200, NOTHING | {"unchanged": 5})


# How it writes ---------------------------------------------------------------------------------


def test_the_number_of_queries_does_not_grow_with_the_units(country, caller, people_of):
    def batch(n_units, first):
        for number in range(n_units):
            unit = factories.UnitFactory(code=f"{first + number}")
            for indicator in (country.T01, country.T11):
                factories.AssignmentFactory(plan=country.plan, indicator=indicator, unit=unit)
        return [
            {"month": month, "unit": f"{first + number}", "indicator": code, "value": 7 + number}
            for month in ("2007-06", "2007-07")
            for number in range(n_units)
            for code in ("T01", "T11")
        ]

    few, many = batch(1, 500000), batch(60, 600000)
    program = caller("ministry")
    counts = []
    for rows in (few, many):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert send(program, rows).json()["created"] == len(rows)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_report_saved_meanwhile_is_read_again(country, people_of, monkeypatch):
    """The batch was planned on version 0, somebody saved before it was written: it is planned once more."""
    from submissions.bulk import imports, sources

    clerk, now = people_of["gd_clerk"], factories.shanghai(2007, 10, 12)
    original, passes = imports.save_drafts, []

    def overtaken_once(changes, **kwargs):
        passes.append(changes)
        if len(passes) == 1:
            raise services.StaleVersion(changes[0].report)
        return original(changes, **kwargs)

    def planned(*args, **kwargs):
        if passes:
            factories.file(country.gd, country.months[5], {"T01": "1", "T11": "2"}, by=clerk, now=now)
        return plan_import(*args, **kwargs)

    plan_import = imports.plan_import
    monkeypatch.setattr(imports, "save_drafts", overtaken_once)
    monkeypatch.setattr(imports, "plan_import", planned)
    outcome = imports.run(sources.from_json(GOOD[:1]), imports.Options(), by=clerk, now=now)

    assert len(passes) == 2
    assert (outcome.counts["created"], outcome.counts["updated"]) == (0, 1)
    assert MonthlyReport.objects.get().version == 2


def test_who_keeps_being_overtaken_is_told(country, people_of, monkeypatch):
    from submissions.bulk import imports, sources

    def overtaken(*args, **kwargs):
        raise services.StaleVersion(MonthlyReport(unit=country.gd, period=country.months[5]))

    monkeypatch.setattr(imports, "save_drafts", overtaken)
    with pytest.raises(services.StaleVersion):
        imports.run(
            sources.from_json(GOOD[:1]),
            imports.Options(),
            by=people_of["gd_clerk"],
            now=factories.shanghai(2007, 10, 12),
        )


def test_the_write_judges_again_what_the_plan_found_in_order(country, people_of):
    """Between plan and write the right is taken away: nothing is written."""
    from submissions.batches import save_drafts
    from submissions.bulk import sources
    from submissions.bulk.plan import Mode, plan_import
    from submissions.workflow import NotYourStep

    clerk, now = people_of["gd_clerk"], factories.shanghai(2007, 10, 12)
    plan = plan_import(sources.from_json(GOOD), by=clerk, today=now.date())
    clerk.grants.all().update(ends_on=now.date())
    permissions.forget_access(clerk)

    with pytest.raises(NotYourStep):
        save_drafts(plan.drafts(Mode.WHOLE), by=clerk, now=now)
    assert (MonthlyReport.objects.count(), save_drafts([], by=clerk, now=now)) == (0, 0)


def test_a_batch_planned_on_an_older_version_writes_nothing(country, people_of):
    from submissions.batches import save_drafts
    from submissions.bulk import sources
    from submissions.bulk.plan import Mode, plan_import

    clerk, now = people_of["gd_clerk"], factories.shanghai(2007, 10, 12)
    period = country.months[5]
    report = services.save_draft(services.report_for(country.gd, period), by=clerk, now=now, version=0)
    rows = [{"month": "2007-06", "unit": "440000", **JUNE_FIGURES[0]}]
    drafts = plan_import(sources.from_json(rows), by=clerk, today=now.date()).drafts(Mode.WHOLE)
    services.save_draft(report, by=clerk, now=now, version=report.version)

    with pytest.raises(services.StaleVersion):
        save_drafts(drafts, by=clerk, now=now)
    assert not report.filing.figures.exists()


def test_a_whole_import_with_a_fault_in_a_later_month_leaves_no_trace_of_the_earlier(caller, country, people_of):
    """Months are written one after another; what was written before the fault is taken back with its audit entries."""
    rows = [GOOD[0], {**GOOD[2], "value": "x"}, {**GOOD[0], "month": "2007-08"}]

    answer = send(caller("gd_clerk"), rows)

    assert places(answer) == [(3, "value", "not_a_number")]
    assert answer.json()["created"] == 0
    assert (MonthlyReport.objects.count(), AuditEntry.objects.filter(action="report.save").count()) == (0, 0)


def test_foreign_keys_of_a_long_import_are_checked_as_it_goes(country, people_of):
    """Left to the end, a million of them wait in a list that every trigger reads again."""
    from submissions.bulk import imports, sources

    clerk, now = people_of["gd_clerk"], factories.shanghai(2007, 10, 12)
    with transaction.atomic():
        imports.run(sources.from_json(GOOD), imports.Options(), by=clerk, now=now)
        with pytest.raises(IntegrityError, match="foreign key"), transaction.atomic():
            Filing.objects.create(report_id=0, number=1)


def test_rows_that_were_written_are_let_go_of_and_refused_ones_kept(country, people_of):
    from submissions.bulk import imports, sources

    clerk, now = people_of["gd_clerk"], factories.shanghai(2007, 10, 12)
    table = b"month,unit,indicator,value\n2007-06,440000,T01,310000\n2007-07,440000,T01,x\n"
    outcome = imports.run(sources.from_csv(table), imports.Options(mode=imports.Mode.PARTIAL), by=clerk, now=now)

    assert [[row.number for row in one.rows] for one in outcome.plan.reports] == [[], [3]]
    assert (outcome.counts["created"], outcome.counts["rejected"]) == (1, 1)
