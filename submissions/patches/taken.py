"""Saving a patch, month by month: what can be kept is kept, and every other cell is told why it is not.

The merge is `ReportForm`'s: a cell that nobody else changed is the person's, one that somebody changed meanwhile is
answered with both values. A cell that cannot be stored is let go and never holds back the rest of its month.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import ReportingUnit, User
from submissions import services, workflow
from submissions.forms import Draft, ReportForm, cell_text, is_number, number_in
from submissions.intake import Complaint, FigureInput, InputRefused
from submissions.milestones import milestone_rows
from submissions.models import Figure, MonthlyReport, ReportingMonth, Verb
from submissions.opening import files_reports
from submissions.pages.changes import Change, last_change
from submissions.patches.asked import Patch, PatchCell
from submissions.reviewing import asked_of
from submissions.statement import Statement, statement
from targets import periods
from workplan.lib.problems import pointer_to, refuse
from workplan.lib.refusals import Refused

#: How often a month is read anew when somebody else saves it between our reading and our writing.
ATTEMPTS = 5


class Outcome(StrEnum):
    """What became of one cell."""

    SAVED = "saved"
    #: Read without being stored, as asked.
    READ = "read"
    #: It cannot be stored; its complaints say why and what to write instead.
    REFUSED = "refused"
    #: Somebody else wrote something else there since the person read it.
    CONFLICT = "conflict"
    #: The report does not take anything any more: submitted, closed, not the person's.
    LOCKED = "locked"


@dataclass
class CellAnswer:
    cell: PatchCell
    outcome: Outcome
    #: What is stored now, as it is typed.
    stored: str = ""
    #: The number read, in base units; None where the cell holds none.
    value: Decimal | None = None
    complaints: list[Complaint] = field(default_factory=list)
    notes: list[Complaint] = field(default_factory=list)
    reason: str = ""
    change: Change | None = None


@dataclass(frozen=True)
class MonthAnswer:
    month: date
    cells: list[CellAnswer]
    #: The report as it stands after the patch.
    told: Statement
    form: ReportForm
    #: The sentence that keeps the report from being edited, "" where nothing does.
    why_locked: str


def take(unit: ReportingUnit, patch: Patch, *, by: User, now: datetime) -> list[MonthAnswer]:
    """Save what can be saved of a patch and answer for each cell; each month stands for itself.

    :raises RequestRefused: the calendar has no such month, or the unit files nothing in its year.
    """
    asked = patch.by_month()
    known = ReportingMonth.objects.select_related("plan").in_bulk(asked, field_name="month")
    in_plan = {period.plan_id: files_reports(unit, period) for period in known.values()}
    known = {month: period for month, period in known.items() if in_plan[period.plan_id]}
    if strange := sorted(asked.keys() - known.keys()):
        sentence = _("没有 %(month)s 这个报告期。") % {"month": periods.format_month(strange[0])}
        raise refuse(pointer_to("cells"), "unknown_month", sentence)
    return [_Taking(unit, known[month], cells, patch, by, now).answer() for month, cells in sorted(asked.items())]


def complaints_of(answers: Iterable[MonthAnswer]) -> InputRefused:
    """Return what was refused in any cell as one refusal, to be looked through."""
    return InputRefused([one for answer in answers for cell in answer.cells for one in cell.complaints])


class _Taking:
    """One month of a patch."""

    def __init__(
        self, unit: ReportingUnit, period: ReportingMonth, cells: list[PatchCell], patch: Patch, by: User, now: datetime
    ) -> None:
        self.unit, self.period, self.patch, self.by, self.now = unit, period, patch, by, now
        self.cells = {cell.name: cell for cell in cells}
        self.answers: dict[str, CellAnswer] = {}

    def answer(self) -> MonthAnswer:
        draft = self._taken()
        report = services.report_for(self.unit, self.period)
        form = self._form(report)
        for name in self.cells:
            self._settle(name, form, draft)
        why = _why_locked(report, self.by, self.now)
        return MonthAnswer(self.period.month, [self.answers[name] for name in self.cells], form.told, form, why)

    def _taken(self) -> Draft | None:
        """Save, reading anew whenever somebody else was faster; None where nothing can be saved at all."""
        for attempt in range(1, ATTEMPTS + 1):
            self.answers = {}
            report = services.report_for(self.unit, self.period)
            form = self._form(report, posted=self.cells.values())
            self._let_conflicts_go(form, report)
            draft = self._readable(form, report)
            if self.patch.is_dry_run or not form.is_changed:
                return draft
            try:
                self._save(report, draft)
            except services.StaleVersion:
                if attempt == ATTEMPTS:
                    raise
                continue
            except Refused as refusal:
                self._lock(str(refusal), form)
            return draft
        raise AssertionError  # pragma: no cover -- the last attempt returns or raises

    def _save(self, report: MonthlyReport, draft: Draft) -> None:
        services.save_draft(
            report,
            by=self.by,
            now=self.now,
            version=report.version,
            figures=draft.figures,
            milestones=draft.milestones,
            explanations=draft.explanations,
            replies=draft.replies,
            note=draft.note,
        )

    def _form(self, report: MonthlyReport, *, posted: Iterable[PatchCell] = ()) -> ReportForm:
        told = statement(report, person=self.by, today=self.now.date())
        needs_milestones = any(name.startswith("milestone.") for name in self.cells)
        touched = [cell for cell in posted if _CELL_NAME.fullmatch(cell.name)]
        texts = {cell.name: cell.text for cell in touched}
        seen = json.dumps({cell.name: cell.seen for cell in touched})
        return ReportForm(
            told,
            milestone_rows(report, today=self.now.date()) if needs_milestones else (),
            scale=self.patch.scale,
            posted={**texts, "seen": seen},
            asked=asked_of(report) if any(name.startswith("reply.") for name in self.cells) else (),
        )

    def _let_conflicts_go(self, form: ReportForm, report: MonthlyReport) -> None:
        for cell in form.contested:
            change = last_change(report, cell.name)
            self.answers[cell.name] = CellAnswer(self.cells[cell.name], Outcome.CONFLICT, change=change)
            cell.typed = None

    def _readable(self, form: ReportForm, report: MonthlyReport) -> Draft:
        """Return what can be saved; what cannot is let go with its complaints, until the rest is sound."""
        for name in self.cells:
            if not _CELL_NAME.fullmatch(name):
                complaint = Complaint(name, "unknown_cell", _UNKNOWN, {"name": name})
                self.answers[name] = CellAnswer(self.cells[name], Outcome.REFUSED, complaints=[complaint])
        while True:
            try:
                return form.read(report, today=self.now.date())
            except InputRefused as refusal:
                self._let_go(form, refusal.complaints)

    def _let_go(self, form: ReportForm, complaints: Sequence[Complaint]) -> None:
        for one in complaints:
            for name in _blamed(form, one.pointer):
                answer = self.answers.setdefault(name, CellAnswer(self.cells[name], Outcome.REFUSED))
                answer.complaints.append(one)
        for name in self.answers:
            form.strange.pop(name, None)
            if name in form.cells:
                form.cells[name].typed = None
        form.complaints.clear()

    def _lock(self, reason: str, form: ReportForm) -> None:
        for name, cell in form.cells.items():
            if cell.is_mine:
                self.answers[name] = CellAnswer(self.cells[name], Outcome.LOCKED, reason=reason)

    def _settle(self, name: str, form: ReportForm, draft: Draft | None) -> None:
        """Complete a cell's answer with what is stored, or was read."""
        outcome = Outcome.READ if self.patch.is_dry_run else Outcome.SAVED
        answer = self.answers.setdefault(name, CellAnswer(self.cells[name], outcome))
        answer.stored = form.cells[name].stored if name in form.cells else ""
        if answer.outcome not in {Outcome.SAVED, Outcome.READ} or draft is None:
            return
        kind, _dot, rest = name.partition(".")
        code, _dot, part = rest.partition(".")
        answer.notes = [note for note in draft.cleaned if kind == "figure" and note.pointer == f"{code}/{part}"]
        figure = _figure(code, form, draft)
        if figure is None or not is_number(part):
            return
        answer.value = number_in(figure, part)
        if answer.outcome == Outcome.READ:
            answer.stored = cell_text(figure.indicator, figure, part, self.patch.scale)


#: The names `ReportForm` gives its cells.
_CELL_NAME = re.compile(r"(figure|milestone)\.[^.]+\.[a-z_]+(/[^./]+)?|explanation\.[^.]+|reply\.[0-9]+|note")
_UNKNOWN = gettext_noop("没有名为“%(name)s”的单元格。")


def _figure(code: str, form: ReportForm, draft: Draft) -> FigureInput | Figure | None:
    read = next((one for one in draft.figures if one.indicator.code == code), None)
    return read or next((row.figure for row in form.told.rows if row.indicator.code == code), None)


def _blamed(form: ReportForm, pointer: str) -> list[str]:
    """Return the touched cells a complaint is about: the cell itself, else what was touched in its row."""
    if pointer in form.strange or (pointer in form.cells and form.cells[pointer].is_mine):
        return [pointer]
    row = pointer.rpartition(".")[0] + "."
    touched = [*(name for name, cell in form.cells.items() if cell.is_mine), *form.strange]
    return [name for name in touched if name.startswith(row)] or touched


def _why_locked(report: MonthlyReport, by: User, now: datetime) -> str:
    try:
        workflow.check_step(Verb.SAVE, report, by=by, today=now.date())
    except Refused as refusal:
        return str(refusal)
    return ""
