"""POST milestones/import/: milestones of many months and units, on the same terms as figures."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from accounts.models import AuditEntry
from submissions.jobs.source import source_of
from submissions.models import ImportJob, MilestoneState, MonthlyReport
from targets import duties
from tests import factories
from workplan.lib.sheets import XLSX_TYPE

ADDRESS = "/api/v1/milestones/import/"
PLACE = {"month": "2007-06", "unit": "440000"}
GOOD = [
    {**PLACE, "milestone": "M01-1", "state": "issued", "actual_on": "2007-06-20", "note": "粤劳社〔2007〕9号"},
    {**PLACE, "milestone": "M01-2", "state": "in_progress", "planned_on": "2007-11-30"},
    {**PLACE, "month": "2007-07", "milestone": "M01-2", "state": "submitted"},
]
NOTHING = {"created": 0, "updated": 0, "unchanged": 0, "rejected": 0, "errors": []}
COLUMNS = "month,unit,milestone,state,planned_on,actual_on,covered,in_scope,new_title,note"


@pytest.fixture
def milestones(country):
    """M01-1 and M01-2 are every province's, M01-3 what its prefectures do, M01-9 the nation's own."""
    factories.MilestoneFactory(item=country.item, code="M01-2")
    factories.MilestoneFactory(item=country.item, code="M01-3", actors=["C"], scope="PREFECTURES")
    factories.MilestoneFactory(item=country.item, code="M01-9", actors=["M"], scope="NATIONAL")


def send(program, rows, query="", **headers):
    return program.post(f"{ADDRESS}{query}", {"milestones": rows}, format="json", headers=headers or None)


def places(answer):
    assert answer.status_code == 422, answer.content
    return [(one["row"], one["column"], one["code"]) for one in answer.json()["errors"]]


def stored():
    rows = MilestoneState.objects.order_by("filing__report__period", "filing__report__unit__code", "milestone__code")
    return [
        (f"{one.filing.report.month:%Y-%m}", one.filing.report.unit.code, one.milestone.code, one.state, one.note)
        for one in rows.select_related("filing__report__unit", "milestone")
    ]


def test_milestones_of_two_months_are_checked_written_and_counted(caller, milestones):
    clerk = caller("gd_clerk")
    told = NOTHING | {"created": 3}

    dry = send(clerk, GOOD, "?dry_run=true")
    assert (dry.status_code, dry.json(), stored()) == (200, told, [])
    assert send(clerk, GOOD).json() == told
    assert send(clerk, [*GOOD, GOOD[0]]).json() == NOTHING | {
        "unchanged": 4,
        "notes": ["第 5 行 milestone：与第 2 行完全相同，只取一次。"],
    }

    assert stored() == [
        ("2007-06", "440000", "M01-1", "ISSUED", "粤劳社〔2007〕9号"),
        ("2007-06", "440000", "M01-2", "IN_PROGRESS", ""),
        ("2007-07", "440000", "M01-2", "SUBMITTED", ""),
    ]
    entry = AuditEntry.objects.filter(action="report.save").order_by("number")[0]
    assert (entry.details["by_import"], entry.details["changes"]["M01-2"]) == ("api", "IN_PROGRESS")


def test_null_clears_and_what_is_left_out_stays(caller, milestones):
    clerk = caller("gd_clerk")
    send(clerk, GOOD)

    answer = send(
        clerk,
        [
            {**PLACE, "milestone": "M01-1", "note": None},
            {**PLACE, "milestone": "M01-2", "state": None},
        ],
    )

    assert answer.json() == NOTHING | {"updated": 2}
    assert stored() == [("2007-06", "440000", "M01-1", "ISSUED", ""), ("2007-07", "440000", "M01-2", "SUBMITTED", "")]


def test_every_fault_is_told_by_row_and_column_and_nothing_is_written(caller, milestones):
    """What one row says of an earlier month does not carry into another: as with PUT, the month itself is told."""
    rows = [
        {**PLACE, "milestone": "M09-9", "state": "issued"},
        {**PLACE, "milestone": "M01-9", "state": "in_progress"},
        {**PLACE, "milestone": "M01-1", "state": "issued"},
        {**PLACE, "milestone": "M01-2", "state": "done", "planned_on": "30.11.2007"},
        {**PLACE, "milestone": "M01-3", "state": "in_progress", "covered": 3, "in_scope": 2},
        {**PLACE, "month": "2007-11", "milestone": "M01-2", "state": "submitted"},
        {**PLACE, "month": "2007-07", "milestone": "M01-2", "note": "无状态"},
        {**PLACE, "unit": "230000", "milestone": "M01-2", "state": "submitted"},
        {**PLACE, "month": "2007-05", "milestone": "M01-2", "state": "submitted", "value": "1"},
        {"month": "2007-13", "unit": "440000", "milestone": "M01-2", "state": "submitted"},
    ]

    answer = send(caller("gd_clerk"), [*GOOD[:1], *rows])

    assert places(answer) == [
        (3, "milestone", "unknown_milestone"),
        (4, "milestone", "unknown_milestone"),
        (5, "milestone", "duplicate"),
        (6, "state", "unknown_state"),
        (6, "planned_on", "not_a_date"),
        (7, "covered", "more_than_in_scope"),
        (8, "month", "month_closed"),
        (9, "state", "state_missing"),
        (10, "unit", "unknown_unit"),
        (11, "value", "unknown_field"),
        (12, "month", "unknown_month"),
    ]
    assert answer.json()["errors"][3]["pointer"] == "/milestones/4/state"
    assert (answer.json()["created"], MonthlyReport.objects.count()) == (0, 0)


@pytest.mark.parametrize(("strategy", "code"), [("create", "exists"), ("update", "does_not_exist")])
def test_a_strategy_says_which_milestones_may_be_written(caller, milestones, strategy, code):
    clerk = caller("gd_clerk")
    send(clerk, GOOD[:1])
    rows = (
        [{**GOOD[0], "note": "改"}] if strategy == "create" else [{**PLACE, "milestone": "M01-2", "state": "submitted"}]
    )

    assert places(send(clerk, rows, f"?strategy={strategy}")) == [(2, "milestone", code)]
    partial = send(clerk, [*rows, {**GOOD[2]}], "?mode=partial&strategy=create")
    assert (partial.status_code, ("2007-07", "440000", "M01-2", "SUBMITTED", "") in stored()) == (
        422 if strategy == "create" else 200,
        True,
    )


def test_a_table_is_read_with_titles_days_and_state_words_that_people_use(caller, milestones):
    clerk = caller("gd_clerk")
    table = (
        "报告期,单位,节点代码,状态,实际完成日,已覆盖\r\n"
        "2007年6月,广东,M01-1,已完成（印发）,2007-06-20,\r\n2007-06,440000,M01-3,in_progress,,\r\n"
    )
    book = Workbook()
    book.active.append(COLUMNS.split(","))
    book.active.append(["2007-07", 440000, "M01-1", "Issued", None, date(2007, 7, 3)])
    content = BytesIO()
    book.save(content)

    as_csv = clerk.generic("POST", ADDRESS, table.encode(), content_type="text/csv")
    as_book = clerk.generic("POST", ADDRESS, content.getvalue(), content_type=XLSX_TYPE)
    figures = clerk.generic(
        "POST", ADDRESS, b"month,unit,indicator,value\r\n2007-06,440000,T01,1\r\n", content_type="text/csv"
    )

    assert as_csv.json() == NOTHING | {"created": 2}
    assert as_book.json()["created"] == 1, as_book.json()
    assert [(row[0], row[2], row[3]) for row in stored()] == [
        ("2007-06", "M01-1", "ISSUED"),
        ("2007-06", "M01-3", "IN_PROGRESS"),
        ("2007-07", "M01-1", "ISSUED"),
    ]
    assert (figures.status_code, figures.json()["errors"][0]["code"]) == (422, "wrong_columns")


def test_only_who_files_may_send_and_items_of_the_nation_stay_with_their_owner(caller, people_of, country, milestones):
    assert send(caller("analyst"), GOOD).status_code == 403
    other = factories.ItemFactory(plan=country.plan, number=2)
    planner = people_of["planner"]
    duties.assign_owner(other, user=planner, department="", starts_on=date(2007, 1, 1), by=planner)
    rows = [{"month": "2007-06", "unit": "000000", "milestone": "M01-9", "state": "in_progress"}]

    assert places(send(caller("planner"), rows)) == [(2, "milestone", "not_your_item")]


def test_queries_do_not_grow_with_the_units(caller, country, milestones, people_of):
    units = ["440000", "230000", *(f"45{number}00" for number in range(10, 20))]
    for code in units[2:]:
        unit = factories.UnitFactory(code=code)
        factories.AssignmentFactory(plan=country.plan, indicator=country.T01, unit=unit)
    ministry = caller("ministry")

    def cost(codes):
        with CaptureQueriesContext(connection) as queries:
            answer = send(ministry, [{**GOOD[1], "unit": code} for code in codes], "?dry_run=true")
        assert answer.json() == NOTHING | {"created": len(codes)}
        return len(queries)

    assert cost(units) == cost(units[:1])


def test_a_long_batch_becomes_a_job_of_milestones(caller, milestones, settings):
    settings.IMPORT_ROWS = 2
    clerk = caller("gd_clerk")

    queued = send(clerk, GOOD)
    job = clerk.get(queued["Location"]).json()

    assert (queued.status_code, job["status"], job["subject"]) == (202, "queued", "milestones")
    rows = source_of(ImportJob.objects.get()).rows
    assert [(row.is_milestone, row.cells["milestone"]) for row in rows] == [(True, one["milestone"]) for one in GOOD]
