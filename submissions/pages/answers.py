"""What a page is told after it sent cells: each cell's fate in words, and where its month stands now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from submissions.forms import Cell, is_number, scale_of
from submissions.pages.changes import Change
from submissions.pages.offers import offers_in
from submissions.pages.units_typed import echo_of, measured_by
from submissions.patches import CellAnswer, MonthAnswer, Outcome, Patch
from submissions.statement import Found
from targets import periods
from targets.models import Indicator, Kind
from workplan.lib import clock
from workplan.templatetags.figures import exact, grouped, number, percent, plain


@dataclass(frozen=True)
class PatchAnswer:
    body: dict[str, object]
    #: 409 where a cell waits for the person's choice or the month is shut, 422 where one cannot be stored, else 200.
    status: int


def patch_answer(answers: Sequence[MonthAnswer], patch: Patch) -> PatchAnswer:
    outcomes = {cell.outcome for month in answers for cell in month.cells}
    status = 409 if outcomes & {Outcome.CONFLICT, Outcome.LOCKED} else 422 if Outcome.REFUSED in outcomes else 200
    body = {
        "saved_at": f"{clock.now():%H:%M:%S}",
        "cells": [_cell(cell, month, patch) for month in answers for cell in month.cells],
        "months": {periods.format_month(month.month): _month(month, patch.scale) for month in answers},
    }
    return PatchAnswer(body, status)


def _cell(answer: CellAnswer, month: MonthAnswer, patch: Patch) -> dict[str, object]:
    indicator = _indicator(answer.cell.name, month)
    part = answer.cell.name.rpartition(".")[2]
    has_number = indicator is not None and is_number(part)
    return {
        "month": periods.format_month(answer.cell.month),
        "name": answer.cell.name,
        "outcome": str(answer.outcome),
        "text": answer.stored,
        "shown": grouped(answer.stored) if has_number else answer.stored,
        "value": plain(answer.value),
        "echo": _echo(answer, indicator, part, patch.scale) if has_number else "",
        "month_value": _month_value(answer, month, patch.scale) if part == "value" else None,
        "notes": [note.message for note in answer.notes],
        "complaints": [
            {"code": one.code, "message": one.message, "suggestion": one.suggestion, "name": one.pointer}
            for one in answer.complaints
        ],
        "reason": answer.reason,
        "changed": None if answer.change is None else _change(answer.change, patch),
    }


def _change(change: Change, patch: Patch) -> dict[str, object]:
    return {
        "by": change.by,
        "at": change.when,
        "is_mine": change.person == patch.person,
    }


def _indicator(name: str, month: MonthAnswer) -> Indicator | None:
    code = name.split(".")[1] if name.startswith("figure.") else ""
    return next((row.indicator for row in month.told.rows if row.indicator.code == code), None)


def _echo(answer: CellAnswer, indicator: Indicator, part: str, scale: int) -> str:
    return echo_of(answer.value, measured_by(indicator, part), scale_of(indicator, part, scale))


def _month_value(answer: CellAnswer, month: MonthAnswer, scale: int) -> str | None:
    """Return the month's own figure as the form shows it; None where the indicator has none.

    A figure in doubt shows none, as on the page; what is only being typed nobody has checked yet.
    """
    row = next((row for row in month.told.rows if answer.cell.name == f"figure.{row.indicator.code}.value"), None)
    if row is None or row.indicator.kind != Kind.FLOW:
        return None
    is_withheld = row.is_doubted and answer.outcome != Outcome.READ
    value = None if is_withheld else row.month_value_of(answer.value, month.told.report)
    return number(value, row.indicator.unit_of_measure, scale_of(row.indicator, "value", scale))


def _month(month: MonthAnswer, scale: int) -> dict[str, object]:
    report = month.told.report
    return {
        "version": report.version,
        "status": report.get_status_display(),
        "why": month.why_locked,
        "answered": month.told.n_answered,
        "filled": month.told.filled,
        "rates": {row.indicator.code: percent(row.completion_rate) for row in month.told.rows},
        "ratios": {row.indicator.code: exact(row.value, "RATE") for row in month.told.rows if row.indicator.is_ratio},
        "stored": {name: _held(cell) for name, cell in month.form.cells.items() if name.startswith("figure.")},
        "found": {row.indicator.code: [_found(one) for one in row.found] for row in month.told.rows},
        "offers": [asdict(one) for one in offers_in(month.told.rows, scale)],
    }


def _held(cell: Cell) -> dict[str, str]:
    shown = grouped(cell.stored) if is_number(cell.name.rpartition(".")[2]) else cell.stored
    return {"text": cell.stored, "shown": shown}


def _found(found: Found) -> dict[str, str]:
    return {
        "code": found.finding.code,
        "severity": str(found.finding.severity),
        "message": found.message,
        "explanation": found.explanation,
    }
