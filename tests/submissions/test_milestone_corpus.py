"""The corpus of milestone sheets through reader, gate and write: every verdict as stated, nothing in part."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.db import transaction
from openpyxl import load_workbook

from submissions import services
from submissions.intake import read_milestones
from submissions.models import Figure, MilestoneState, ReportingMonth
from submissions.statement import statement
from submissions.workbook import layout, uploads
from submissions.workbook.write import workbook_of
from submissions.workbook.write_milestones import milestone_sheet
from tests import factories
from tests.submissions.milestone_workbooks import Case, corpus
from workplan.lib.spreadsheets import SheetRefused

NOW = factories.shanghai(2007, 10, 12)
LEAST_CASES = 90


class _Undone(Exception):
    """Ends the transaction of one case."""


@pytest.fixture
def guangdong(db):
    """A province with a figure and six milestones, beside another one; what stands where is said in the corpus."""
    unit = factories.UnitFactory(code="440000", name="广东省", short_name="广东")
    factories.AssignmentFactory(unit=unit, indicator=factories.IndicatorFactory(code="T01"))
    for code, more in {
        "M01-1": {}, "M02-1": {"frequency": "QUARTERLY"}, "M02-2": {"frequency": "MONTHLY"}, "M03-1": {},
        "M27-2": {"actors": ["C"], "scope": "PREFECTURES", "scope_by_unit": {"440000": 21}},
        "M27-3": {"actors": ["C"], "scope": "PREFECTURES"},
    }.items():  # fmt: skip
        factories.MilestoneFactory(code=code, item=factories.ItemFactory(number=int(code[1:3])), **more)
    factories.months_of_2007()
    stands = {"state": "in_progress", "planned_on": "2007-06-30", "note": "按计划推进"}
    filed(unit, 5, {"milestone": "M01-1", **stands}, {"milestone": "M02-1", **stands})
    filed(unit, 6, {"milestone": "M02-2", **stands}, {"milestone": "M27-2", **stands, "covered": 16})
    return unit


def filed(unit, month, *rows):
    report = services.report_for(unit, ReportingMonth.objects.get(month=date(2007, month, 1)))
    inputs = read_milestones(report, rows, today=NOW.date())
    services.save_draft(report, by=factories.person("CLERK", unit), now=NOW, version=0, milestones=inputs)


@pytest.fixture
def clerk(guangdong):
    return factories.person("CLERK", guangdong, username="gd_clerk")


@pytest.fixture
def workbook(guangdong, clerk):
    """The workbook of June as it is downloaded."""
    report = services.report_for(guangdong, ReportingMonth.objects.get(month=date(2007, 6, 1)))
    told = statement(report, person=clerk, today=NOW.date())
    return workbook_of([told], milestone_sheet([told], today=NOW.date()))


def edited(workbook: bytes, case: Case) -> bytes:
    book = load_workbook(io.BytesIO(workbook))
    case.edit(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def stored() -> set[tuple[object, ...]]:
    """Return all that is stored of figures and milestones."""
    figures = Figure.objects.values_list("filing", "indicator__code", "value")
    names = ("state", "planned_on", "actual_on", "new_title", "note", "covered", "in_scope")
    return {*figures, *MilestoneState.objects.values_list("filing", "milestone__code", *names)}


def verdict_on(data: bytes, by: object) -> dict[str, object]:
    """Return what became of a workbook: refusal, faults, what the preview showed, and whether anything was written."""
    found: dict[str, object] = {"refused": "", "faults": (), "changes": (), "notes": "", "is_written": False}
    before = stored()
    try:
        with transaction.atomic():
            try:
                upload = uploads.keep(data, "表.xlsx", by=by, now=NOW)
            except SheetRefused as refusal:
                found["refused"] = refusal.code
            else:
                look = uploads.look(upload, by=by, today=NOW.date())
                shown = [one for report in look.plan.reports for one in report.changes]
                if not look.plan.faults:
                    found["changes"] = tuple((one.subject.code, one.field, one.new_text) for one in shown)
                found["faults"] = tuple((place_of(one, data), one.column, one.code) for one in look.plan.faults)
                found["notes"] = "\n".join(look.plan.notes)
                uploads.confirm(upload, by=by, now=NOW)
            found["is_written"] = stored() != before
            raise _Undone
    except _Undone:
        return found


def place_of(fault, data: bytes) -> str:
    """Return the code that stands in the row of the fault's cell; the cell has to be that of its column."""
    cell = load_workbook(io.BytesIO(data))[fault.row.sheet][fault.address]
    if fault.row.is_milestone:
        assert layout.MILESTONE_INPUTS[cell.column] == fault.column
    return str(cell.parent.cell(cell.row, layout.CODE).value)


def test_every_milestone_sheet_of_the_corpus_gets_its_verdict(workbook, clerk):
    wrong = []
    cases = corpus()
    for case in cases:
        found = verdict_on(edited(workbook, case), clerk)
        wanted = {"refused": case.refused, "faults": case.faults, "changes": case.changes}
        wanted["is_written"] = bool(case.changes)
        wrong += [
            f"{case.name}: {key} is {found[key]!r}, not {one!r}" for key, one in wanted.items() if found[key] != one
        ]
        wrong += [f"{case.name}: {words!r} is not told" for words in case.notes if words not in found["notes"]]

    assert not wrong, "\n".join(wrong)
    assert len(cases) >= LEAST_CASES
    assert len({case.name for case in cases}) == len(cases)
