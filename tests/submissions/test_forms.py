"""The posted page: cells merged one by one, rows of raw cells for the gate, complaints back to their cells."""

from __future__ import annotations

import json
from datetime import date

import pytest

from submissions import services
from submissions.forms import Cell, ReportForm
from submissions.intake import InputRefused, read_milestones
from submissions.milestones import milestone_rows
from submissions.pages.form import form_page
from submissions.statement import statement
from tests import factories
from tests.factories import file, shanghai

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 3)
TODAY = date(2007, 10, 12)


@pytest.fixture
def form(unit, period, lead):
    """Return forms over the report as it stands now."""
    factories.AssignmentFactory(unit=unit, indicator=factories.IndicatorFactory(code="T18", zero=True))
    factories.MilestoneFactory(code="M01-1")

    def over(posted: dict[str, str] | None = None, scale: int = 1) -> ReportForm:
        report = services.report_for(unit, period)
        told = statement(report, person=lead, today=TODAY)
        return ReportForm(told, milestone_rows(report, today=TODAY), scale=scale, posted=posted)

    return over


def sent(form: ReportForm, **changed: str) -> dict[str, str]:
    """Return the page as it would come back with the cells changed."""
    names = {name.replace("__", "."): text for name, text in changed.items()}
    return {**{name: cell.text for name, cell in form.cells.items()}, "seen": form.seen, **names}


# One cell --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "is_mine", "is_contested", "text"),
    [
        (Cell("x", "5"), False, False, "5"),
        (Cell("x", "5", typed="5", seen="5"), False, False, "5"),
        (Cell("x", "5", typed="6", seen="5"), True, False, "6"),
        (Cell("x", "5", typed="", seen="5"), True, False, ""),
        (Cell("x", "7", typed="5", seen="5"), False, False, "7"),  # another changed it, the person did not
        (Cell("x", "7", typed="6", seen="5"), True, True, "6"),
        (Cell("x", "6", typed="6", seen="5"), False, False, "6"),  # both the same
        (Cell("x", "5", typed="6"), True, True, "6"),  # the page does not say what it showed
    ],
)
def test_a_cell_is_the_persons_where_they_changed_it(cell, is_mine, is_contested, text):
    assert (cell.is_mine, cell.is_contested, cell.text) == (is_mine, is_contested, text)


# What the page holds ---------------------------------------------------------------------------


def test_the_page_has_a_cell_for_everything_that_is_asked(form):
    assert [name for name in form().cells if not name.startswith("milestone")] == [
        "figure.T01.value",
        "figure.T01.state",
        "figure.T01.note",
        "figure.T04.numerator",
        "figure.T04.denominator",
        "figure.T04.state",
        "figure.T04.note",
        "figure.T08.value",
        "figure.T08.state",
        "figure.T08.note",
        "figure.T18.value",
        "figure.T18.persons",
        "figure.T18.state",
        "figure.T18.note",
        "note",
    ]


@pytest.mark.parametrize(("scale", "flow", "persons"), [(1, "315000", "3"), (10_000, "31.5", "3")])
def test_stored_figures_are_shown_as_they_are_typed(form, unit, period, lead, scale, flow, persons):
    figures = {
        "T01": "315000",
        "T08": {"state": "not_reported", "note": "待查"},
        "T18": {"value": "5000", "persons": "3", "note": "限期"},
    }
    file(unit, period, figures, by=lead, now=NOW)

    cells = form(scale=scale).cells

    assert (cells["figure.T01.value"].text, cells["figure.T01.state"].text) == (flow, "")
    assert (cells["figure.T08.value"].text, cells["figure.T08.state"].text) == ("", "NOT_REPORTED")
    assert (cells["figure.T18.persons"].text, cells["figure.T18.note"].text) == (persons, "限期")


def test_stored_milestones_are_shown(form, unit, period, lead):
    first = form()
    draft = ReportForm(
        first.told,
        milestone_rows(first.told.report, today=TODAY),
        posted=sent(first, **{"milestone.M01-1.state": "ISSUED", "milestone.M01-1.actual_on": "2007-06-30"}),
    ).read(first.told.report, today=TODAY)
    services.save_draft(first.told.report, by=lead, now=NOW, version=0, milestones=draft.milestones)

    cells = form().cells

    assert [cells[f"milestone.M01-1.{name}"].text for name in ("state", "planned_on", "actual_on", "note")] == [
        "ISSUED",
        "",
        "2007-06-30",
        "",
    ]


# What is read ----------------------------------------------------------------------------------


def read(form, posted, scale=1):
    filled = form(posted, scale)
    return filled.read(filled.told.report, today=TODAY)


def test_only_rows_that_were_touched_are_read_and_those_whole(form, unit, period, lead):
    file(unit, period, {"T01": "5", "T04": ("46", "1000")}, by=lead, now=NOW)

    draft = read(form, sent(form(), figure__T04__numerator="47"))

    [figure] = draft.figures
    assert (figure.indicator.code, figure.numerator, figure.denominator) == ("T04", 47, 1000)
    assert (draft.milestones, draft.explanations, draft.note) == ([], {}, "")


def test_nothing_touched_is_nothing_changed(form):
    filled = form(sent(form()))

    assert (filled.is_changed, filled.contested) == (False, [])


def test_a_cell_emptied_clears_its_figure(form, unit, period, lead):
    file(unit, period, {"T01": "5"}, by=lead, now=NOW)

    [figure] = read(form, sent(form(), figure__T01__value="")).figures

    assert figure.is_cleared is True


def test_a_number_beside_not_reported_is_refused(form, unit, period, lead):
    file(unit, period, {"T01": "5"}, by=lead, now=NOW)

    with pytest.raises(InputRefused) as refused:
        read(form, sent(form(), figure__T01__state="NOT_REPORTED"))

    assert [one.pointer for one in refused.value.complaints] == ["figure.T01.state"]


def test_what_another_person_saved_meanwhile_stays_beside_ones_own(form, unit, period, lead):
    file(unit, period, {"T04": ("46", "1000")}, by=lead, now=NOW)
    posted = sent(form(), figure__T04__numerator="47")
    file(unit, period, {"T04": ("46", "1100"), "T01": "9"}, by=lead, now=NOW)

    filled = form(posted)

    [figure] = filled.read(filled.told.report, today=TODAY).figures
    assert (figure.numerator, figure.denominator) == (47, 1100)
    assert filled.contested == []


def test_a_cell_both_changed_is_contested(form, unit, period, lead):
    file(unit, period, {"T01": "5"}, by=lead, now=NOW)
    posted = sent(form(), figure__T01__value="6")
    file(unit, period, {"T01": "7"}, by=lead, now=NOW)

    [cell] = form(posted).contested

    assert (cell.name, cell.text, cell.stored) == ("figure.T01.value", "6", "7")


def test_values_are_typed_in_the_unit_of_the_page(form):
    [figure] = read(form, sent(form(scale=10_000), figure__T01__value="31.5"), scale=10_000).figures

    assert figure.value == 315_000


def test_explanations_and_the_note_are_read(form, unit, period, lead):
    file(unit, factories.MonthFactory(number=8), {"T08": "1000000"}, by=lead, now=NOW)
    file(unit, period, {"T08": "1100000"}, by=lead, now=NOW)

    draft = read(form, sent(form(), **{"explanation.V08:T08": "参保范围扩大", "note": " 两县补报 "}))

    assert (draft.explanations, draft.note, draft.figures) == ({"V08:T08": "参保范围扩大"}, "两县补报", [])


def test_what_was_cleaned_is_told(form):
    draft = read(form, sent(form(), figure__T01__value="１２"))

    assert [one.pointer for one in draft.cleaned] == ["T01/value"]


# What is refused -------------------------------------------------------------------------------


def test_complaints_return_to_their_cells_in_the_order_of_the_page(form):
    filled = form(
        sent(
            form(),
            **{
                "note": "a\0",
                "milestone.M01-1.note": "起草",
                "figure.T18.persons": "3",
                "figure.T04.numerator": "四十六",
                "figure.T04.denominator": "1e3",
                "figure.T01.value": "12万",
            },
        )
    )

    with pytest.raises(InputRefused) as refused:
        filled.read(filled.told.report, today=TODAY)

    named = [
        "figure.T01.value",
        "figure.T04.numerator",
        "figure.T04.denominator",
        "figure.T18.value",
        "milestone.M01-1.state",
        "note",
    ]
    assert [one.pointer for one in refused.value.complaints] == named
    assert [name for name, cell in filled.cells.items() if cell.complaints] == named
    assert filled.cells["figure.T01.value"].text == "12万"


@pytest.mark.parametrize(
    ("name", "pointer", "code"),
    [
        ("figure.T99.value", "figure.T99.indicator", "unknown_indicator"),
        ("figure.T01.status", "figure.T01.status", "unknown_field"),
        ("figure.T01", "figure.T01.", "unknown_field"),
        ("milestone.M99-1.state", "milestone.M99-1.milestone", "unknown_milestone"),
        ("explanation.status", "explanation.status", "unknown_finding"),
    ],
)
def test_a_forged_cell_is_refused_by_name(form, name, pointer, code):
    filled = form(sent(form(), **{name: "参保范围扩大"}))

    with pytest.raises(InputRefused) as refused:
        filled.read(filled.told.report, today=TODAY)

    assert filled.is_changed is True
    assert [(one.pointer, one.code) for one in refused.value.complaints] == [(pointer, code)]


@pytest.mark.parametrize("seen", ["", "{", "[1]", "null", '"x"'])
def test_a_damaged_memory_of_what_was_shown_counts_as_none(form, unit, period, lead, seen):
    file(unit, period, {"T01": "5"}, by=lead, now=NOW)

    filled = form({**sent(form(), figure__T01__value="6"), "seen": seen})

    assert [cell.name for cell in filled.contested] == ["figure.T01.value"]


def test_what_the_page_shows_comes_back_with_the_next_post(form, unit, period, lead):
    file(unit, period, {"T01": "5"}, by=lead, now=NOW)

    assert json.loads(form().seen)["figure.T01.value"] == "5"


# Milestones reported again ---------------------------------------------------------------------


@pytest.fixture
def standing_since_august(unit, period, lead, form):
    """A quarterly milestone that was begun in August."""
    factories.MilestoneFactory(code="M01-2", frequency="QUARTERLY")
    august = services.report_for(unit, factories.MonthFactory(number=8))
    [begun] = read_milestones(
        august,
        [{"milestone": "M01-2", "state": "in_progress", "planned_on": "2007-12-20", "note": "起草"}],
        today=TODAY,
    )
    return services.save_draft(august, by=lead, now=NOW, version=0, milestones=[begun])


def test_one_tick_reports_a_milestone_again_as_it_stood(form, standing_since_august):
    first = form()
    ticked = form(sent(first, **{"milestone.M01-2.same": "1"}))

    [again] = ticked.read(first.told.report, today=TODAY).milestones

    assert (first.is_changed, ticked.is_changed) == (False, True)
    assert (again.state, again.planned_on, again.note) == ("IN_PROGRESS", date(2007, 12, 20), "起草")


def test_the_tick_is_offered_for_what_is_reported_by_period_and_goes_on(
    form, standing_since_august, lead, unit, period
):
    def offered() -> dict[str, bool]:
        shown = form()
        rows = milestone_rows(shown.told.report, today=TODAY)
        page = form_page(shown, rows, person=lead, today=TODAY, chapters={})
        return {one.row.milestone.code: one.row.may_repeat for group in page.milestones for one in group.milestones}

    assert offered() == {"M01-1": False, "M01-2": True}

    [again] = form(sent(form(), **{"milestone.M01-2.same": "1"})).read(form().told.report, today=TODAY).milestones
    services.save_draft(services.report_for(unit, period), by=lead, now=NOW, version=0, milestones=[again])

    assert offered() == {"M01-1": False, "M01-2": False}


def test_the_state_reported_this_month_can_be_taken_back(form, standing_since_august, lead, unit, period):
    [again] = (
        form(sent(form(), **{"milestone.M01-2.state": "SUBMITTED"})).read(form().told.report, today=TODAY).milestones
    )
    saved = services.save_draft(services.report_for(unit, period), by=lead, now=NOW, version=0, milestones=[again])
    assert form().cells["milestone.M01-2.state"].text == "SUBMITTED"

    draft = form(sent(form(), **{"milestone.M01-2.state": ""})).read(saved, today=TODAY)
    services.save_draft(saved, by=lead, now=NOW, version=saved.version, milestones=draft.milestones)

    assert form().cells["milestone.M01-2.state"].text == "IN_PROGRESS"  # as August left it
