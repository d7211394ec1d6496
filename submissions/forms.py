"""The page of one report as it is posted: what was typed, what the person had seen, what stands now.

Nothing is parsed here: rows of raw cells go to `submissions.intake`. Each cell is merged on its own: what the person
did not touch follows what is stored, what they touched is theirs, and where another person touched it too the page
shows both.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TypeVar

from django.utils.translation import gettext_lazy

from submissions import facts
from submissions.intake import (
    NUMBER_FIELDS,
    PART_PREFIX,
    Complaint,
    FigureInput,
    FigureReader,
    InputRefused,
    MilestoneInput,
    read_comment,
    read_explanations,
    read_milestones,
    unknown_field,
)
from submissions.milestones import MilestoneRow
from submissions.models import Figure, FigureState, MonthlyReport
from submissions.reviewing import Asked
from submissions.statement import Statement
from targets.models import Indicator, Kind, Milestone
from workplan.lib.numbers import grammar
from workplan.templatetags.figures import as_typed

T = TypeVar("T")

WAN = 10_000
MILESTONE_CELLS = ("state", "planned_on", "actual_on", "new_title", "note")
#: The tick that reports a milestone again as it stood: it touches the row and is not stored itself.
SAME = "same"
#: Asked for where a milestone is what the prefectures of a unit do.
COUNT_CELLS = ("covered", "in_scope")
NOTE = "note"
#: Sent with every post.
CSRF_FIELD = "csrfmiddlewaretoken"
#: What a post carries besides cells: whose page it was, in which unit, and what is asked for.
CARRIED = frozenset({CSRF_FIELD, "version", "scale", "seen", "then", "remove"})
#: A comment may be gone since the page was opened; a place for a file that was left empty is sent as a blank field.
_PASSED_OVER = frozenset({"reply", "evidence"})
#: Longer names of fields are cut where they are told.
LONGEST_NAME = 80


class FormRefused(InputRefused):
    """Cells of the page that cannot be stored; what was good among the others, the page may have saved on its own."""

    sentence = gettext_lazy("有 %(count)s 处填写有误，请更正后再保存。")


@dataclass
class Cell:
    """One input of the page; ``typed`` is None where nothing was posted."""

    name: str
    stored: str
    typed: str | None = None
    seen: str | None = None
    complaints: list[Complaint] = field(default_factory=list)

    @property
    def is_mine(self) -> bool:
        """Say whether the person changed the cell since they read it."""
        return self.typed is not None and self.typed not in {self.seen, self.stored}

    @property
    def is_contested(self) -> bool:
        """Say whether somebody else changed it meanwhile, to something else."""
        return self.is_mine and self.seen != self.stored

    @property
    def text(self) -> str:
        """What the input shows: the person's own text, else what is stored."""
        return self.typed or "" if self.is_mine else self.stored


@dataclass(frozen=True)
class Draft:
    """What a posted page asks to be saved."""

    figures: list[FigureInput]
    milestones: list[MilestoneInput]
    explanations: dict[str, str]
    #: Answers to the reviewer's comments, by the comment's key.
    replies: dict[int, str]
    note: str
    cleaned: list[Complaint]


def cells_of(indicator: Indicator) -> tuple[str, ...]:
    """Return the cells an indicator asks for, in the order of the page."""
    numbers = ("numerator", "denominator") if indicator.is_ratio else ("value",)
    parts = [f"{PART_PREFIX}{part.code}" for part in indicator.filed_parts.all()]
    return (*numbers, *parts, *(("persons",) if indicator.has_persons else ()), "state", NOTE)


def inputs_of(milestone: Milestone) -> tuple[str, ...]:
    """Return the cells a milestone asks for, and the tick."""
    return (*MILESTONE_CELLS, *(COUNT_CELLS if milestone.is_counted else ()), SAME)


def scale_of(indicator: Indicator, name: str, scale: int) -> int:
    """Return the typing unit of one cell; persons beside an amount and counts of units are never scaled."""
    return 1 if name == "persons" or indicator.kind == Kind.COUNT else scale


class ReportForm:
    """The cells of one report by name: ``figure.T01.value``, ``milestone.M01-1.state``, ``explanation.V08:T01``.

    ``asked`` is what a reviewer wants to know; the answer to comment 7 is ``reply.7``.
    """

    def __init__(
        self,
        told: Statement,
        milestones: Iterable[MilestoneRow],
        *,
        scale: int = 1,
        posted: Mapping[str, str] | None = None,
        asked: Iterable[Asked] = (),
    ) -> None:
        self.told, self.scale, self.asked = told, scale, list(asked)
        self.cells = {cell.name: cell for cell in _stored_cells(told, milestones, scale)}
        self.cells |= {one.name: Cell(one.name, one.answer) for one in self.asked}
        self.strange: dict[str, str] = {}
        #: Fields that no page of ours has, such as the unit, the month or the status (F-27).
        self.foreign: list[str] = []
        self.complaints: list[Complaint] = []
        if posted is not None:
            self._take(posted)

    def _take(self, posted: Mapping[str, str]) -> None:
        seen = _seen(posted.get("seen", ""))
        for name, typed in posted.items():
            if name in self.cells:
                cell = self.cells[name]
                cell.typed, cell.seen = grammar.trim(typed), seen.get(name)
            elif (kind := name.partition(".")[0]) in {"figure", "milestone", "explanation"}:
                self.strange[name] = typed
            elif kind not in _PASSED_OVER and name not in CARRIED:
                self.foreign.append(name[:LONGEST_NAME])

    @property
    def seen(self) -> str:
        """What the page shows as stored, to come back with the next post."""
        return json.dumps({name: cell.stored for name, cell in self.cells.items()}, ensure_ascii=False)

    @property
    def is_changed(self) -> bool:
        return bool(self.strange) or any(cell.is_mine for cell in self.cells.values())

    @property
    def contested(self) -> list[Cell]:
        return [cell for cell in self.cells.values() if cell.is_contested]

    def read(self, report: MonthlyReport, *, today: date) -> Draft:
        """Return what is to be saved: the rows in which the person changed a cell.

        :raises FormRefused: with every complaint, in the order of the page; each cell then knows its own.
        """
        self.complaints += [unknown_field(name).at(name) for name in self.foreign]
        rows = self._rows("figure")
        due = [row.indicator for row in self.told.rows]
        reader = FigureReader(report, due, facts.figures_by_indicator(report), scale=Decimal(self.scale))
        figures: list[FigureInput] = self._gather(
            lambda: reader.read(_named(rows, "indicator"), "{index}.{field}"), [], "figure", [*rows]
        )
        steps = self._rows("milestone")
        milestones: list[MilestoneInput] = self._gather(
            lambda: read_milestones(report, _named(steps, "milestone"), "{index}.{field}", today=today),
            [],
            "milestone",
            [*steps],
        )
        answers = self._answers()
        last = facts.last_explanations(report) if answers else {}
        explanations: dict[str, str] = self._gather(
            lambda: read_explanations(answers, "explanation.{key}", last=last), {}
        )
        replies = {
            int(name.removeprefix("reply.")): self._gather(partial(read_comment, self.cells[name].text, name), "")
            for name in self._touched("reply")
        }
        note = self._gather(lambda: read_comment(self.cells[NOTE].text, NOTE), "")
        if self.complaints:
            self._hand_out()
            raise FormRefused(self.complaints)
        return Draft(figures, milestones, explanations, replies, note, reader.notes)

    def _rows(self, kind: str) -> dict[str, dict[str, str]]:
        """Return, by code, every cell of the rows that were touched; a strange cell is a touch too."""
        rows: dict[str, dict[str, str]] = {}
        touched = {name.split(".")[1] for name in self._touched(kind)}
        for name, cell in self.cells.items():
            if name.startswith(f"{kind}.") and (code := name.split(".")[1]) in touched and not name.endswith(SAME):
                rows.setdefault(code, {})[name.split(".")[2]] = cell.text
        for name, typed in self.strange.items():
            if name.startswith(f"{kind}."):
                code, _dot, cell_name = name.removeprefix(f"{kind}.").partition(".")
                rows.setdefault(code, {})[cell_name] = typed
        return rows

    def _touched(self, kind: str) -> list[str]:
        return [name for name, cell in self.cells.items() if name.startswith(f"{kind}.") and cell.is_mine]

    def _answers(self) -> dict[str, str]:
        answers = {name: self.cells[name].text for name in self._touched("explanation")} | {
            name: typed for name, typed in self.strange.items() if name.startswith("explanation.")
        }
        return {name.removeprefix("explanation."): text for name, text in answers.items()}

    def _gather(self, read: Callable[[], T], otherwise: T, kind: str = "", codes: Sequence[str] = ()) -> T:
        """Return what was read; else keep the complaints, under the names of the page's cells."""
        try:
            return read()
        except InputRefused as refusal:
            for one in refusal.complaints:
                pointer = one.pointer
                if codes:
                    index, _dot, cell_name = pointer.partition(".")
                    pointer = f"{kind}.{codes[int(index)]}.{cell_name}"
                self.complaints.append(Complaint(pointer, one.code, one.template, one.params, one.suggestion))
            return otherwise

    def _hand_out(self) -> None:
        """Give each cell its complaints, and put all of them in the order of the page."""
        order = {name: place for place, name in enumerate(self.cells)}
        self.complaints.sort(key=lambda one: order.get(one.pointer, len(order)))
        for one in self.complaints:
            if one.pointer in self.cells:
                self.cells[one.pointer].complaints.append(one)


def _named(rows: Mapping[str, Mapping[str, str]], key: str) -> list[dict[str, str]]:
    return [{key: code, **cells} for code, cells in rows.items()]


def _seen(text: str) -> dict[str, str]:
    """Return what the page showed when it was sent out; a forged or damaged answer counts as nothing seen."""
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


# What is stored, as it is typed ----------------------------------------------------------------


def _stored_cells(told: Statement, milestones: Iterable[MilestoneRow], scale: int) -> Iterable[Cell]:
    for row in told.rows:
        for name in cells_of(row.indicator):
            yield Cell(f"figure.{row.indicator.code}.{name}", cell_text(row.indicator, row.figure, name, scale))
        for found in row.found:
            if found.needs_explanation:
                yield Cell(f"explanation.{found.finding.key}", found.explanation)
    for one in milestones:
        for name in inputs_of(one.milestone):
            yield Cell(f"milestone.{one.milestone.code}.{name}", _milestone_text(one, name))
    yield Cell(NOTE, told.report.filing.note if told.report.filing is not None else "")


def cell_text(indicator: Indicator, figure: Figure | FigureInput | None, name: str, scale: int) -> str:
    """Return what a cell holds, as a person types it in units of ``scale``; "" where nothing is filed."""
    if figure is None:
        return ""
    if name == "state":
        return "" if figure.state in {FigureState.REPORTED, None} else str(figure.state)
    if name == NOTE:
        return figure.note
    return as_typed(number_in(figure, name), scale_of(indicator, name, scale))


def is_number(name: str) -> bool:
    """Say whether a cell of an indicator's row holds a number: one of the fields, or a part."""
    return name in NUMBER_FIELDS or name.startswith(PART_PREFIX)


def number_in(figure: Figure | FigureInput, name: str) -> Decimal | None:
    """Return the number a figure holds under the name of a cell, in base units."""
    if name.startswith(PART_PREFIX):
        filed = figure.parts.get(name.removeprefix(PART_PREFIX))
        return None if filed is None else Decimal(filed)
    number: Decimal | None = getattr(figure, name)
    return number


def _milestone_text(row: MilestoneRow, name: str) -> str:
    if row.state is None or name == SAME:
        return ""
    stored = getattr(row.state, name)
    return "" if stored is None else str(stored)
