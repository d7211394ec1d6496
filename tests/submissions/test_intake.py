"""The gate: raw cells in, exact figures or every complaint out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from submissions import facts, services
from submissions.intake import (
    FigureInput,
    FigureReader,
    InputRefused,
    clean_text,
    read_comment,
    read_explanations,
    read_milestones,
)
from submissions.intake.cells import CellRefused
from submissions.models import MilestoneState
from tests import factories
from tests.factories import file, shanghai

pytestmark = pytest.mark.django_db

TODAY = date(2007, 10, 12)
NOW = shanghai(2007, 10, 3)
NOTHING = (None, None, None, None, None, "")


@pytest.fixture
def full_unit(unit):
    """The province also files a count and a zero kind."""
    for indicator in (
        factories.IndicatorFactory(code="T13", count=True, frequency=1),
        factories.IndicatorFactory(code="T18", zero=True),
    ):
        factories.AssignmentFactory(unit=unit, indicator=indicator)
    return unit


@pytest.fixture
def reader(full_unit, period):
    """A reader over an empty draft, or over what a test files first."""

    def reading(scale: int = 1) -> FigureReader:
        report = services.report_for(full_unit, period)
        return FigureReader(
            report,
            facts.due_indicators(full_unit, period),
            facts.figures_by_indicator(report),
            scale=Decimal(scale),
        )

    return reading


def one(figure: FigureInput) -> tuple:
    return (figure.state, figure.value, figure.numerator, figure.denominator, figure.persons, figure.note)


def complaints(reader: FigureReader, *rows: object) -> list[tuple[str, str]]:
    with pytest.raises(InputRefused) as refused:
        reader.read(rows)
    return [(complaint.pointer, complaint.code) for complaint in refused.value.complaints]


# What a row means ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"indicator": "T01", "value": "310,000"}, ("REPORTED", 310_000, None, None, None, "")),
        ({"indicator": "T01", "value": "0"}, ("REPORTED", 0, None, None, None, "")),
        ({"indicator": "T01", "value": 310000}, ("REPORTED", 310_000, None, None, None, "")),
        ({"indicator": "T01", "value": "5", "state": "reported"}, ("REPORTED", 5, None, None, None, "")),
        ({"indicator": "T01", "value": "5", "note": " 快报 "}, ("REPORTED", 5, None, None, None, "快报")),
        ({"indicator": "T04", "numerator": "46", "denominator": "1000"}, ("REPORTED", None, 46, 1000, None, "")),
        (
            {"indicator": "T18", "value": "5000.50", "persons": "3", "note": "限期清偿"},
            ("REPORTED", Decimal("5000.5"), None, None, 3, "限期清偿"),
        ),
        ({"indicator": "T01", "value": None}, NOTHING),
        ({"indicator": "T01", "value": "  ", "state": "", "note": ""}, NOTHING),
        ({"indicator": "T01"}, NOTHING),
        ({"indicator": "T01", "value": "", "note": "系统故障"}, ("NOT_REPORTED", None, None, None, None, "系统故障")),
        ({"indicator": "T01", "note": "系统故障"}, ("NOT_REPORTED", None, None, None, None, "系统故障")),
        ({"indicator": "T01", "state": "NOT_REPORTED"}, ("NOT_REPORTED", None, None, None, None, "")),
        ({"indicator": "T13", "state": "not_applicable", "value": ""}, ("NOT_APPLICABLE", None, None, None, None, "")),
    ],
)
def test_a_row_settles_state_and_numbers(reader, row, expected):
    [figure] = reader().read([row])

    assert one(figure) == expected


@pytest.mark.parametrize(
    ("stored", "row", "expected"),
    [
        ({"value": "5", "note": "快报"}, {"note": "年报"}, ("REPORTED", 5, None, None, None, "年报")),
        ({"value": "5", "note": "快报"}, {"value": "6"}, ("REPORTED", 6, None, None, None, "快报")),
        ({"value": "5", "note": "快报"}, {"value": None}, (None, None, None, None, None, "快报")),
        ({"value": "5"}, {"state": "not_reported", "note": "撤数"}, ("NOT_REPORTED", None, None, None, None, "撤数")),
        ({"state": "not_reported", "note": "待查"}, {"value": "7"}, ("REPORTED", 7, None, None, None, "待查")),
    ],
)
def test_a_cell_left_out_stays_as_it_is(reader, full_unit, period, ministry, stored, row, expected):
    file(full_unit, period, {"T01": stored}, by=ministry, now=NOW)

    [figure] = reader().read([{"indicator": "T01", **row}])

    assert one(figure) == expected
    assert figure.is_cleared is (expected[0] is None)


def test_one_part_of_a_rate_may_be_mended_alone(reader, full_unit, period, ministry):
    file(full_unit, period, {"T04": ("46", "1000")}, by=ministry, now=NOW)

    [figure] = reader().read([{"indicator": "T04", "numerator": "47"}])

    assert one(figure) == ("REPORTED", None, 47, 1000, None, "")


def test_the_page_scale_moves_values_but_never_persons_nor_counts(reader):
    rows = [
        {"indicator": "T01", "value": "31.5"},
        {"indicator": "T04", "numerator": "4.6", "denominator": "100"},
        {"indicator": "T13", "value": "1"},
        {"indicator": "T18", "value": "0.5", "persons": "3"},
    ]

    flow, rate, count, arrears = reader(scale=10_000).read(rows)

    assert (flow.value, rate.numerator, rate.denominator, count.value) == (315_000, 46_000, 1_000_000, 1)
    assert (arrears.value, arrears.persons) == (5000, 3)


def test_what_was_cleaned_is_told(reader):
    reading = reader()

    [figure] = reading.read([{"indicator": "T01", "value": "１２，５００"}])

    assert figure.value == 12_500
    assert [(note.pointer, note.code) for note in reading.notes] == [("T01/value", "full_width_cleaned")]


# What is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "pointer", "code"),
    [
        ({"indicator": "T01", "value": "12万"}, "value", "has_unit"),
        ({"indicator": "T01", "value": "-5"}, "value", "negative"),
        ({"indicator": "T01", "value": "1.5"}, "value", "too_many_decimals"),
        ({"indicator": "T01", "value": "1" * 14}, "value", "over_maximum"),
        ({"indicator": "T01", "value": "9" * 5000}, "value", "too_long"),
        ({"indicator": "T01", "value": True}, "value", "not_a_number"),
        ({"indicator": "T01", "value": ["1"]}, "value", "not_a_number"),
        ({"indicator": "T13", "value": "2"}, "value", "over_maximum"),
        ({"indicator": "T18", "value": "1", "persons": "2.5"}, "persons", "too_many_decimals"),
        ({"indicator": "T01", "persons": "2"}, "persons", "field_not_used"),
        ({"indicator": "T01", "numerator": "2"}, "numerator", "field_not_used"),
        ({"indicator": "T04", "value": "0.046"}, "value", "field_not_used"),
        ({"indicator": "T04", "numerator": "46"}, "denominator", "part_missing"),
        ({"indicator": "T04", "denominator": "46"}, "numerator", "part_missing"),
        ({"indicator": "T04", "numerator": "0", "denominator": "0"}, "denominator", "zero_denominator"),
        ({"indicator": "T01", "value": "5", "state": "not_reported"}, "state", "state_contradicts_value"),
        ({"indicator": "T01", "state": "reported"}, "value", "value_missing"),
        ({"indicator": "T04", "state": "reported"}, "numerator", "value_missing"),
        ({"indicator": "T18", "persons": "3"}, "value", "value_missing"),
        ({"indicator": "T01", "state": "lost"}, "state", "unknown_state"),
        ({"indicator": "T01", "state": 3}, "state", "unknown_state"),
        ({"indicator": "T01", "note": 3}, "note", "not_text"),
        ({"indicator": "T01", "note": "a\0b"}, "note", "forbidden_character"),
        ({"indicator": "T01", "note": "a\ud800b"}, "note", "forbidden_character"),
        ({"indicator": "T01", "note": "长" * 2001}, "note", "too_long"),
        ({"indicator": "T01", "status": "approved"}, "status", "unknown_field"),
        ({"indicator": "T99"}, "indicator", "unknown_indicator"),
        ({"indicator": "T\0"}, "indicator", "unknown_indicator"),
        ({"indicator": None}, "indicator", "unknown_indicator"),
        ({}, "indicator", "unknown_indicator"),
    ],
)
def test_a_cell_that_cannot_be_stored_is_named(reader, row, pointer, code):
    assert complaints(reader(), row) == [(f"/figures/0/{pointer}", code)]


@pytest.mark.parametrize("row", [{}, {"indicator": None}, {"indicator": 7}])
def test_a_row_without_a_code_is_asked_for_one(reader, row):
    with pytest.raises(InputRefused) as refused:
        reader().read([row])

    assert [one["message"] for one in refused.value.errors()] == ["请写明指标代码，例如 T01。"]


def test_a_suggestion_comes_along(reader):
    with pytest.raises(InputRefused) as refused:
        reader().read([{"indicator": "T01", "value": "12万"}])

    assert refused.value.errors() == [
        {
            "pointer": "/figures/0/value",
            "code": "has_unit",
            "message": "“12万”带有单位或文字，这一格只填数字。请填 120000。",
            "suggestion": "120000",
        }
    ]
    assert str(refused.value) == "有 1 处填写有误，未保存任何内容。"


def test_all_cells_are_complained_about_at_once(reader):
    rows = [
        {"indicator": "T04", "numerator": "四十六", "denominator": "1e3", "note": "a\0", "state": "lost"},
        {"indicator": "T01", "value": "5"},
        {"indicator": "T01", "value": "6"},
    ]

    assert complaints(reader(), *rows) == [
        ("/figures/0/note", "forbidden_character"),
        ("/figures/0/numerator", "chinese_numeral"),
        ("/figures/0/denominator", "exponent"),
        ("/figures/0/state", "unknown_state"),
        ("/figures/2/indicator", "duplicate"),
    ]


def test_an_indicator_not_assigned_and_one_not_due_are_told_apart(reader, full_unit):
    factories.IndicatorFactory(code="T07")
    yearly = factories.IndicatorFactory(code="T90", frequency=12)
    factories.AssignmentFactory(unit=full_unit, indicator=yearly)

    with pytest.raises(InputRefused) as refused:
        reader().read([{"indicator": "T07", "value": "1"}, {"indicator": "T90", "value": "1"}])

    assert [(complaint.code, complaint.message) for complaint in refused.value.complaints] == [
        ("not_assigned", "T07 不由广东填报，请删去这一行。"),
        ("not_due", "T90 是年报，2007-09不需填报，请删去这一行。"),
    ]


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        ({}, ""),
        ({"state": "REPORTED", "value": Decimal(5), "persons": 3}, "REPORTED value=5 persons=3"),
        ({"state": "NOT_REPORTED"}, "NOT_REPORTED"),
    ],
)
def test_a_figure_writes_itself_for_the_audit_trail(figure, text):
    assert FigureInput(factories.IndicatorFactory(), **figure).as_text() == text


# Milestones ------------------------------------------------------------------------------------


@pytest.fixture
def milestone(period):
    factories.MilestoneFactory(code="M01-2", actors=["M"], scope="NATIONAL")
    return factories.MilestoneFactory(code="M01-1")


def test_no_rows_ask_nothing(unit, period, django_assert_num_queries):
    report = services.report_for(unit, period)

    with django_assert_num_queries(0):
        assert read_milestones(report, [], today=TODAY) == []


def test_a_milestone_row_is_read(unit, period, milestone):
    row = {"milestone": "M01-1", "state": "issued", "planned_on": "", "actual_on": "2007-06-30", "note": " 已印发 "}

    [read] = read_milestones(services.report_for(unit, period), [row], today=TODAY)

    assert (read.milestone, read.state, read.planned_on, read.actual_on, read.note) == (
        milestone,
        "ISSUED",
        None,
        date(2007, 6, 30),
        "已印发",
    )


def test_a_milestone_cell_left_out_stays(unit, period, milestone):
    report = factories.ReportFactory(unit=unit, period=period)
    MilestoneState.objects.create(
        filing=report.filing,
        milestone=milestone,
        state="IN_PROGRESS",
        planned_on=date(2007, 6, 30),
        note="起草",
    )

    [read] = read_milestones(report, [{"milestone": "M01-1", "planned_on": "2007-07-02"}], today=TODAY)

    assert (read.state, read.planned_on, read.actual_on, read.note) == (
        "IN_PROGRESS",
        date(2007, 7, 2),
        None,
        "起草",
    )


@pytest.mark.parametrize(
    ("row", "faults"),
    [
        ({"milestone": "M99-1"}, [("milestone", "unknown_milestone")]),
        ({"milestone": "M01-2", "state": "issued"}, [("milestone", "unknown_milestone")]),  # the ministry's own
        ({"milestone": None}, [("milestone", "unknown_milestone")]),
        ({"milestone": "M01-1"}, [("state", "state_missing")]),
        ({"milestone": "M01-1", "state": "", "note": "起草"}, [("state", "state_missing")]),
        ({"milestone": "M01-1", "state": "done"}, [("state", "unknown_state")]),
        ({"milestone": "M01-1", "state": 1}, [("state", "unknown_state")]),
        ({"milestone": "M01-1", "state": "issued", "by": "me"}, [("by", "unknown_field")]),
        (
            {"milestone": "M01-1", "state": "issued", "planned_on": "2007-02-30", "actual_on": "2007-W01-1"},
            [("planned_on", "not_a_date"), ("actual_on", "not_a_date")],
        ),
        ({"milestone": "M01-1", "state": "issued", "planned_on": "1899-01-01"}, [("planned_on", "not_a_date")]),
        ({"milestone": "M01-1", "state": "issued", "planned_on": 20070630}, [("planned_on", "not_a_date")]),
        ({"milestone": "M01-1", "state": "issued", "note": []}, [("note", "not_text")]),
        ({"milestone": "M01-1", "state": "issued"}, [("actual_on", "actual_date_missing")]),
        ({"milestone": "M01-1", "state": "submitted", "actual_on": "2007-06-30"}, [("actual_on", "not_yet_done")]),
        ({"milestone": "M01-1", "state": "issued", "actual_on": "2007-10-13"}, [("actual_on", "date_in_future")]),
        ({"milestone": "M01-1", "state": "renamed"}, [("new_title", "new_title_missing")]),
        ({"milestone": "M01-1", "state": "in_progress", "new_title": "新名"}, [("new_title", "not_renamed")]),
        ({"milestone": "M01-1", "state": "renamed", "new_title": "长" * 161}, [("new_title", "too_long")]),
        ({"milestone": "M01-1", "state": "cancelled"}, [("note", "reason_missing")]),
        (
            {"milestone": "M01-1", "state": "carried_over", "planned_on": "2007-12-31"},
            [("planned_on", "new_planned_date_missing"), ("note", "reason_missing")],
        ),
    ],
)
def test_a_milestone_cell_that_cannot_be_stored_is_named(unit, period, milestone, row, faults):
    with pytest.raises(InputRefused) as refused:
        read_milestones(services.report_for(unit, period), [row], today=TODAY)

    assert [(one.pointer, one.code) for one in refused.value.complaints] == [
        (f"/milestones/0/{field}", code) for field, code in faults
    ]


@pytest.mark.parametrize(
    "row",
    [
        {"state": "issued", "actual_on": "2007-10-12"},
        {"state": "issued", "actual_on": "2007-06-30", "new_title": "劳动争议调解仲裁法"},
        {"state": "renamed", "new_title": "劳动争议调解仲裁法"},
        {"state": "carried_over", "planned_on": "2008-06-30", "note": "草案待审"},
        {"state": "cancelled", "note": "并入下一年度"},
        {"state": "submitted", "planned_on": "2007-06-30"},
    ],
)
def test_what_agrees_within_a_milestone_row_is_taken(unit, period, milestone, row):
    [read] = read_milestones(services.report_for(unit, period), [{"milestone": "M01-1", **row}], today=TODAY)

    assert read.state == row["state"].upper()


@pytest.mark.parametrize("state", [None, ""])
def test_an_emptied_state_takes_back_what_the_draft_holds(unit, period, milestone, state):
    report = factories.ReportFactory(unit=unit, period=period)
    MilestoneState.objects.create(filing=report.filing, milestone=milestone, state="IN_PROGRESS", note="起草")

    [read] = read_milestones(report, [{"milestone": "M01-1", "state": state, "note": "起草"}], today=TODAY)

    assert (read.is_cleared, read.milestone) == (True, milestone)


def test_an_empty_row_of_nothing_stored_asks_nothing(unit, period, milestone):
    [read] = read_milestones(
        services.report_for(unit, period), [{"milestone": "M01-1", "state": "", "note": ""}], today=TODAY
    )

    assert read.is_cleared


def test_the_nation_reports_what_no_unit_does_and_industries_nothing(unit, period, milestone):
    industries = factories.UnitFactory(code="900000", kind="NON_PROVINCIAL")
    row = {"milestone": "M01-2", "state": "in_progress"}

    [read] = read_milestones(services.report_for(factories.NationFactory(), period), [row], today=TODAY)

    assert read.milestone.code == "M01-2"
    for of, code in ((factories.NationFactory(), "M01-1"), (industries, "M01-1"), (industries, "M01-2")):
        with pytest.raises(InputRefused):
            read_milestones(services.report_for(of, period), [row | {"milestone": code}], today=TODAY)


def test_a_milestone_is_given_once(unit, period, milestone):
    row = {"milestone": "M01-1", "state": "in_progress"}

    with pytest.raises(InputRefused, match="有 1 处") as refused:
        read_milestones(services.report_for(unit, period), [row, row], today=TODAY)

    assert refused.value.complaints[0].message == "M01-1 出现了两次，请只保留一次。"


# Words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "text"), [(None, ""), ("", ""), (" 请核对。\n", "请核对。"), ("<b>=1+1😀", "<b>=1+1😀")]
)
def test_a_comment_is_kept_as_text(raw, text):
    assert (read_comment(raw), clean_text(raw)) == (text, text)


@pytest.mark.parametrize("raw", ["a\0", "\udfff", "长" * 2001, 5])
def test_a_comment_that_cannot_be_stored_is_refused(raw):
    with pytest.raises(InputRefused) as refused:
        read_comment(raw)
    with pytest.raises(CellRefused):
        clean_text(raw)

    assert [complaint.pointer for complaint in refused.value.complaints] == ["/comment"]


def test_answers_to_warnings_are_read_and_blank_ones_left_out():
    answers = {"V08:T08": " 参保范围扩大 ", "V03:T01": "  ", "V10:T01": None}

    assert read_explanations(answers) == {"V08:T08": "参保范围扩大"}


def test_every_answer_that_says_nothing_is_refused():
    answers = {"V08:T08": "扩面", "status": "参保范围扩大", "V03:T01": "a\0bcdef"}

    with pytest.raises(InputRefused) as refused:
        read_explanations(answers)

    assert [(one.pointer, one.code) for one in refused.value.complaints] == [
        ("/explanations/V08:T08", "too_short"),
        ("/explanations/status", "unknown_finding"),
        ("/explanations/V03:T01", "forbidden_character"),
    ]
    assert refused.value.complaints[0].message == "说明只有 2 个字，请至少写 5 个字，说清原因。"
