"""The milestones in the workbook of a unit: out with where they stand, back with what changed, and only that."""

from __future__ import annotations

import io
from datetime import date, datetime

import pytest
from django.core.signing import dumps
from openpyxl import load_workbook

from accounts.models import AuditEntry
from submissions import services
from submissions.bulk.plan import Mode, plan_import
from submissions.intake import read_milestones
from submissions.models import MilestoneState
from submissions.workbook import layout, uploads
from tests import factories
from tests.factories import shanghai
from tests.submissions.workbook_pages import PAGE, downloaded, filled, preview

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 3)
TODAY = date(2007, 10, 12)
SHEET = "2007-09 节点"
STATE, PLANNED, ACTUAL, COVERED, SCOPE, TITLE, NOTE, SAME = layout.MILESTONE_INPUTS


@pytest.fixture
def milestones(unit):
    """One when it happens, one for every month, one that prefectures do; one that the ministry reports itself."""
    return [
        factories.MilestoneFactory(code="M01-1", title="分解任务", title_en="Break the targets down"),
        factories.MilestoneFactory(code="M01-2", title="汇总情况", frequency="MONTHLY"),
        factories.MilestoneFactory(
            code="M27-2", actors=["C"], scope="PREFECTURES", scope_by_unit={unit.code: 21},
            item=factories.ItemFactory(number=27, heading="农民工工作"),
        ),
        factories.MilestoneFactory(code="M09-1", actors=["M"], scope="NATIONAL", scope_count=1),
    ]  # fmt: skip


@pytest.fixture
def clerk_at_work(client, clerk, unit, period, milestones):
    """In August two milestones were reported, in September's draft one of them again."""
    told(unit, period.previous, clerk, M01_1={"planned_on": "2007-09-30"}, M01_2={"note": "按计划推进"})
    told(unit, period, clerk, M01_1={"planned_on": "2007-09-30", "state": "submitted"})
    client.force_login(clerk, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def period(period):
    """September, which knows August."""
    period.previous = factories.MonthFactory(number=8)
    return period


def told(unit, period, by, **states):
    """Save milestones of a month: M01_1={"state": …}."""
    report = services.report_for(unit, period)
    rows = [{"milestone": code.replace("_", "-"), "state": "in_progress", **row} for code, row in states.items()]
    inputs = read_milestones(report, rows, today=TODAY)
    return services.save_draft(report, by=by, now=NOW, version=report.version, milestones=inputs)


def sheet_of(data, name=SHEET):
    page = load_workbook(io.BytesIO(data))[name]
    rows = {page.cell(row, layout.KEY).value: row for row in range(layout.FIRST_ROW, page.max_row + 1)}
    return page, rows


def edit(client, *cells):
    return filled(downloaded(client), *cells, sheet=SHEET)


# Out -------------------------------------------------------------------------------------------


def test_ux15_the_second_sheet_holds_what_the_unit_reports_and_where_it_stands(clerk_at_work, unit):
    page, rows = sheet_of(downloaded(clerk_at_work))

    told = [[page.cell(rows[code], column).value for column in range(layout.CODE, layout.SAME + 1)]
            for code in ("M01-1", "M01-2", "M27-2")]  # fmt: skip
    planned = datetime(2007, 9, 30)  # noqa: DTZ001 -- as a sheet has it
    assert set(rows) == {"M01-1", "M01-2", "M27-2", None}
    assert told == [
        ["M01-1", "分解任务", "发生时\n逾期", "推进中", "已报审", planned, None, None, None, None, None, None],
        ["M01-2", "汇总情况", "按月\n本期未报", "推进中", "推进中", None, None, None, None, None, "按计划推进", None],
        ["M27-2", "分解目标任务", "发生时", None, None, None, None, None, None, None, None, None],
    ]  # fmt: skip
    assert page.cell(layout.TITLE_ROW, layout.CODE).value == f"{unit.full_label} 2007年9月 工作节点进展"


def test_it_is_protected_printed_and_frozen_as_the_figures_are(clerk_at_work):
    page, rows = sheet_of(downloaded(clerk_at_work))

    assert [page.column_dimensions["A"].hidden, page.row_dimensions[1].hidden] == [True, True]
    assert (page.freeze_panes, page.protection.sheet) == ("D5", True)
    assert (page.page_setup.orientation, page.print_title_rows) == ("landscape", "$2:$4")
    opened = {code: [one for one in layout.MILESTONE_INPUTS if not page.cell(rows[code], one).protection.locked]
              for code in ("M01-1", "M01-2", "M27-2")}  # fmt: skip
    always = [STATE, PLANNED, ACTUAL, TITLE, NOTE]
    assert opened == {"M01-1": always, "M01-2": [*always, SAME], "M27-2": sorted([*always, COVERED, SCOPE])}
    assert {one.type for one in page.data_validations.dataValidation} == {"list", "date", "whole", "textLength"}
    choices = next(one for one in page.data_validations.dataValidation if one.type == "list").formula1
    assert choices == '"未启动,推进中,已报审,已完成（印发）,结转下年,更名或合并,取消"'
    signatures = [cell.value for row in page.iter_rows() for cell in row if str(cell.value).endswith("：")]
    assert signatures == ["填表人：", "审核人：", "负责人（盖章）：", "填报日期："]


def test_in_english_the_sheet_is_english(clerk_at_work):
    clerk_at_work.cookies["django_language"] = "en"
    page, rows = sheet_of(downloaded(clerk_at_work), "2007-09 milestones")

    assert page.cell(rows["M01-1"], layout.TITLE).value == "Break the targets down"
    assert page.cell(rows["M01-1"], STATE).value == "Sent for approval"


@pytest.mark.parametrize(
    ("first", "last", "sheets"),
    [
        ("2007-08", "2007-09", ["2007-08", "2007-09", "2007-09 节点"]),
        ("2007-08", "2007-08", ["2007-08", "2007-08 节点"]),
    ],
)
def test_over_several_months_one_sheet_holds_the_newest_milestones(clerk_at_work, first, last, sheets):
    assert load_workbook(io.BytesIO(downloaded(clerk_at_work, first, last))).sheetnames == sheets


def test_the_month_is_the_newest_that_may_be_filled_in(clerk_at_work, unit, period, lead, ministry):
    handed_in(unit, period, lead)

    both = load_workbook(io.BytesIO(downloaded(clerk_at_work, "2007-08", "2007-09")))
    page, rows = sheet_of(downloaded(clerk_at_work))

    assert both.sheetnames[-1] == "2007-08 节点"
    assert page.cell(rows["M01-1"], STATE).protection.locked is True
    assert "只供查看" in page.cell(layout.ABOUT_ROW, layout.CODE).value


def handed_in(unit, period, lead):
    figures = {"T01": "5", "T04": ("46", "1000"), "T08": "7"}
    return factories.submitted(unit, period, figures, by=lead, now=NOW)


def test_a_unit_without_milestones_has_no_such_sheet(client, clerk, unit, period):
    client.force_login(clerk, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert load_workbook(io.BytesIO(downloaded(client))).sheetnames == ["2007-09"]


def test_the_longest_notes_leave_the_signed_line_whole(clerk_at_work, clerk, unit, period):
    """A cell holds 32,767 characters; the mark keeps digests of what is written at length."""
    many = [factories.MilestoneFactory(code=f"M02-{number}") for number in range(1, 61)]
    notes = {one.code.replace("-", "_"): {"note": f"{one.code}：{'推进' * 990}"} for one in many}
    told(unit, period, clerk, **notes)

    data = downloaded(clerk_at_work)

    assert len(load_workbook(io.BytesIO(data))[SHEET]["A1"].value) < 10_000
    assert "没有变化（0 项）" in preview(clerk_at_work, data)[1]


# Back ------------------------------------------------------------------------------------------


def test_x42_nothing_changes_after_libreoffice_has_saved_it(clerk_at_work, office):
    """Days, words, hidden codes and the signed line survive another program."""
    saved = office("report.xlsx", downloaded(clerk_at_work))

    assert "没有变化（0 项）" in preview(clerk_at_work, saved)[1]


def test_x42_nothing_changes_when_others_saved_meanwhile(clerk_at_work, unit, period, clerk):
    data = downloaded(clerk_at_work)
    told(unit, period, clerk, M01_1={"state": "issued", "actual_on": "2007-09-20"})

    assert "没有变化（0 项）" in preview(clerk_at_work, data)[1]


def test_ux15_only_what_changes_is_shown_and_confirmed_it_is_saved(clerk_at_work, unit, period):
    data = edit(
        clerk_at_work,
        ("M01-1", STATE, "已完成（印发）"), ("M01-1", ACTUAL, date(2007, 9, 28)), ("M01-2", SAME, "照报"),
        ("M27-2", STATE, "推进中"), ("M27-2", COVERED, 16),
    )  # fmt: skip
    address, page = preview(clerk_at_work, data)

    assert "导入 6 项改动" in page
    assert "按计划推进" not in page
    answer = clerk_at_work.post(address)

    assert answer["Location"] == "/reports/2007-09/440000/"
    stored = MilestoneState.objects.filter(filing__report__period=period.month).order_by("milestone__code")
    assert [(one.milestone.code, one.state, one.planned_on, one.actual_on, one.note, one.coverage)
            for one in stored] == [
        ("M01-1", "ISSUED", date(2007, 9, 30), date(2007, 9, 28), "", ""),
        ("M01-2", "IN_PROGRESS", None, None, "按计划推进", ""),
        ("M27-2", "IN_PROGRESS", None, None, "", "16/21"),
    ]  # fmt: skip
    entry = AuditEntry.objects.filter(action="report.save").order_by("-number").first()
    assert entry.details["changes"] == {"M01-1": "ISSUED", "M01-2": "IN_PROGRESS", "M27-2": "IN_PROGRESS 16/21"}
    assert "没有变化（0 项）" in preview(clerk_at_work, downloaded(clerk_at_work))[1]


def test_cells_left_alone_follow_what_others_saved_meanwhile(clerk_at_work, unit, period, clerk):
    data = edit(clerk_at_work, ("M01-1", NOTE, "已报部"))
    told(unit, period, clerk, M01_1={"state": "issued", "actual_on": "2007-09-20"})
    clerk_at_work.post(preview(clerk_at_work, data)[0])

    one = MilestoneState.objects.get(filing__report__period=period.month, milestone__code="M01-1")
    assert (one.state, one.actual_on, one.note) == ("ISSUED", date(2007, 9, 20), "已报部")


def test_x38_what_is_refused_stands_red_in_the_clerks_own_workbook(clerk_at_work):
    data = edit(clerk_at_work, ("M01-1", STATE, "完成了"), ("M01-1", ACTUAL, "月底"), ("M27-2", STATE, "推进中"),
                ("M27-2", COVERED, 22))  # fmt: skip
    rows = sheet_of(data)[1]
    address, page = preview(clerk_at_work, data)
    marked = load_workbook(io.BytesIO(clerk_at_work.get(f"{address}marked/").content))[SHEET]

    red = {cell.coordinate: cell.comment.text for row in marked.iter_rows() for cell in row if cell.comment}
    assert "有 3 处不能导入" in page
    assert f"表“{SHEET}” F{rows['M01-1']}" in page
    assert red == {
        f"F{rows['M01-1']}": "节点状态“完成了”不存在，请从列出的状态中选择。",
        f"H{rows['M01-1']}": "“月底”不是日期，请写成 2007-06-30。",
        f"I{rows['M27-2']}": "已覆盖 22 个，多于应覆盖的 21 个。",
    }
    assert clerk_at_work.post(address).status_code == 422
    assert MilestoneState.objects.filter(filing__report__period="2007-09-01").count() == 1


def test_a_milestone_that_the_unit_is_excused_from_meanwhile_is_refused(clerk_at_work, unit, milestones, ministry):
    data = edit(clerk_at_work, ("M01-2", NOTE, "新"))
    milestones[1].exemptions.create(unit=unit, reason="无下属单位", granted_by=ministry)

    assert "没有代码为“M01-2”、由本单位填报的节点" in preview(clerk_at_work, data)[1]
    assert "没有变化（0 项）" in preview(clerk_at_work, filled(data, ("M01-2", NOTE, "按计划推进"), sheet=SHEET))[1]


def test_x32_a_report_under_review_keeps_its_milestones(clerk_at_work, unit, period, lead):
    data = edit(clerk_at_work, ("M01-1", NOTE, "新"))
    handed_in(unit, period, lead)

    assert "不能执行“保存”" in preview(clerk_at_work, data)[1]


def test_x26_the_sheet_of_another_bureau_is_refused_row_by_row(clerk_at_work):
    """A line signed for another unit, as its own clerk would have it."""
    data = edit(clerk_at_work, ("M01-1", NOTE, "新"))
    mark = layout.read_mark([load_workbook(io.BytesIO(data))[SHEET]["A1"].value])
    factories.UnitFactory(code="230000", short_name="黑龙江")
    content = [layout.VERSION, "230000", mark.month, mark.version, dict(mark.seen)]
    other = filled(data, sheet=SHEET, A1=dumps(content, salt="submissions.workbook.milestones", compress=True))

    page = preview(clerk_at_work, other)[1]

    assert "有 1 处不能导入" in page
    assert "没有您可以填报的单位“230000”" in page


def test_one_report_costs_the_same_queries_with_one_milestone_and_with_three(
    clerk_at_work, clerk, django_assert_num_queries, django_assert_max_num_queries
):
    one = edit(clerk_at_work, ("M01-1", NOTE, "新"))
    three = edit(clerk_at_work, *((code, NOTE, "新") for code in ("M01-1", "M01-2")), ("M27-2", STATE, "推进中"))
    sources = [uploads.read_source(data)[0] for data in (one, three)]
    with django_assert_max_num_queries(30) as first:
        plan_import(sources[0], by=clerk, today=TODAY)
    with django_assert_num_queries(len(first)):
        plan = plan_import(sources[1], by=clerk, today=TODAY)

    assert plan.counts(Mode.WHOLE) == {"created": 2, "updated": 1, "unchanged": 0, "rejected": 0}


def test_the_page_says_that_milestones_come_along(clerk_at_work):
    assert "工作节点" in clerk_at_work.get(PAGE).content.decode()
