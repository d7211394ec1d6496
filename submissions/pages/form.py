"""The form of one report: its rows by chapter, each with its cells, its findings and what it is held against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.models import NATION_CODE, AuditEntry, User
from submissions import workflow
from submissions.evidence.shown import Limits
from submissions.forms import NOTE, Cell, ReportForm, cells_of, inputs_of, number_in, scale_of
from submissions.intake import Complaint
from submissions.milestones import MilestoneCounts, MilestoneRow, counted
from submissions.models import CellComment, Decision, MilestoneProgress, MonthlyReport, Verb
from submissions.pages.asking import Asking, asking_of
from submissions.pages.due import due_words
from submissions.pages.offers import Offer, offer_of
from submissions.pages.units_typed import echo_of, measured_by, part_labels, scales_offered
from submissions.pages.unsaved import unsaved_patch
from submissions.reviewing import CELLS, Asked
from submissions.statement import Found, Row, Statement
from targets.models import Chapter, Item, Kind, Target
from workplan.lib.refusals import Refused
from workplan.templatetags.figures import as_typed, unit_label


@dataclass(frozen=True)
class FormRow:
    """One indicator on the form."""

    row: Row
    cells: dict[str, Cell]
    answers: list[Answer]
    scale: int
    #: The month's own figure is filed with; only a flow has one.
    has_month_value: bool
    asked: list[AskedHere]

    @property
    def parts(self) -> list[Part]:
        """The numbers to fill in, each with its label."""
        labels = part_labels(self.row.indicator)
        return [self._part(name, cell, labels[name]) for name, cell in self.cells.items() if name in labels]

    def _part(self, name: str, cell: Cell, label: str) -> Part:
        scale = scale_of(self.row.indicator, name, self.scale)
        measured = measured_by(self.row.indicator, name)
        stored = None if self.row.figure is None or cell.is_mine else number_in(self.row.figure, name)
        return Part(name, cell, label, scale, unit_label(measured, scale), echo_of(stored, measured, scale))

    @property
    def value_scale(self) -> int:
        return scale_of(self.row.indicator, "value", self.scale)


@dataclass(frozen=True)
class Part:
    """One number of a row: its cell and the unit it is typed in."""

    name: str
    cell: Cell
    label: str
    scale: int
    unit_label: str
    #: What is stored, in its other unit; what is typed is told by the server that reads it.
    echo: str


@dataclass(frozen=True)
class Answer:
    """A finding, what it suggests instead and, for a warning, the cell that answers it."""

    found: Found
    offer: Offer | None
    cell: Cell | None


@dataclass(frozen=True)
class AskedHere:
    """A reviewer's comment at its cell, and the cell for the answer."""

    comment: CellComment
    cell: Cell
    #: The cell a proposed value goes into, and the value as it is typed there.
    fills: str
    suggested: str


@dataclass(frozen=True)
class FormMilestone:
    row: MilestoneRow
    cells: dict[str, Cell]
    asked: list[AskedHere]
    #: Of what prefectures do: how many prefectures of the unit owe it by the plan; None where the plan does not say.
    n_owed: int | None

    @property
    def has_complaint(self) -> bool:
        return bool(self.asked) or any(cell.complaints or cell.is_contested for cell in self.cells.values())


@dataclass(frozen=True)
class Group:
    """What stands under one heading."""

    heading: str
    rows: list[FormRow]


@dataclass(frozen=True)
class MilestoneGroup:
    item: Item
    milestones: list[FormMilestone]

    @property
    def counts(self) -> MilestoneCounts:
        return counted(one.row for one in self.milestones)

    @property
    def is_open(self) -> bool:
        return any(one.has_complaint for one in self.milestones)


@dataclass(frozen=True)
class Standing:
    """Where a report stands: what the top of each of its pages tells."""

    report: MonthlyReport
    told: Statement
    due: str
    is_overdue: bool
    n_unanswered: int
    n_errors: int
    n_unexplained: int
    returned: Decision | None

    @property
    def n_due(self) -> int:
        return len(self.told.rows)

    @property
    def is_last_month(self) -> bool:
        """Say whether the report tells flash and final apart: that of the year's last month."""
        return self.report.month.month == workflow.MONTH_OF_FINAL


@dataclass(frozen=True)
class FormPage:
    form: ReportForm
    standing: Standing
    groups: list[Group]
    milestones: list[MilestoneGroup]
    is_on_behalf: bool
    refusal: Refused | None
    #: What a row is called in a summary, by code; a milestone goes by its code.
    names: Mapping[str, str]
    last_saved: AuditEntry | None
    #: After an attempt to submit, what is missing is told as loudly as what is wrong.
    is_strict: bool
    evidence_limits: Limits
    #: What a refused save would have stored, to be taken away as a workbook; "" where there is nothing.
    unsaved: str
    asking: Asking | None

    @property
    def scales(self) -> list[tuple[int, str]]:
        return scales_offered()

    @property
    def complaints(self) -> list[tuple[str, Complaint]]:
        """Return what cannot be stored, each with the name of its row, in the order of the page."""
        return [(self._name_of(one.pointer), one) for one in self.form.complaints]

    @property
    def contested(self) -> list[tuple[str, Cell]]:
        """Return the cells that somebody else changed meanwhile, each with the name of its row."""
        return [(self._name_of(cell.name), cell) for cell in self.form.contested]

    def _name_of(self, pointer: str) -> str:
        kind, _dot, rest = pointer.partition(".")
        code = rest.split(".")[0].rpartition(":")[2]
        return self.names.get(code, code or (_("备注") if kind == NOTE else kind))

    @property
    def asked(self) -> list[AskedHere]:
        """Return the reviewer's comments in the order of the page; the page opens at the first."""
        figures = [one for group in self.groups for row in group.rows for one in row.asked]
        return figures + [one for group in self.milestones for step in group.milestones for one in step.asked]

    @property
    def milestone_counts(self) -> MilestoneCounts:
        return counted(one.row for group in self.milestones for one in group.milestones)

    @property
    def has_open_milestones(self) -> bool:
        return any(group.is_open for group in self.milestones)

    @property
    def progress_choices(self) -> Sequence[tuple[str, str | Promise]]:
        return MilestoneProgress.choices


def form_page(
    form: ReportForm,
    milestones: Iterable[MilestoneRow],
    *,
    person: User,
    today: date,
    chapters: Mapping[int, Chapter],
    refusal: Refused | None = None,
    is_strict: bool = False,
) -> FormPage:
    report = form.told.report
    return FormPage(
        form=form,
        standing=standing(form.told, today=today),
        groups=list(_groups(form, chapters)),
        milestones=list(_milestone_groups(form, _of_person(milestones, person, report))),
        is_on_behalf=not report.unit.is_nation and not permissions.works_in(person, report.unit),
        refusal=refusal,
        names={row.indicator.code: f"{row.indicator.code} {row.indicator.label}" for row in form.told.rows}
        | {str(one.comment.pk): f"{one.comment.cell} {_('答复')}" for one in form.asked},
        last_saved=last_saved(report),
        is_strict=is_strict,
        evidence_limits=Limits(report.unit, report.period.plan),
        unsaved=unsaved_patch(form, person) if refusal is not None else "",
        asking=asking_of(report, person=person, today=today),
    )


def _of_person(milestones: Iterable[MilestoneRow], person: User, report: MonthlyReport) -> Iterable[MilestoneRow]:
    """Keep what the person may report: for the nation, the milestones of the items they answer for."""
    if not report.unit.is_nation:
        return milestones
    return [one for one in milestones if permissions.may_report_item(person, one.milestone.item_id)]


def standing(told: Statement, *, today: date) -> Standing:
    """Return where the report stands, with the decision that sent it back."""
    report = told.report
    silent = [row for row in told.rows if row.figure is None]
    n_errors = sum(found.blocks for found in told.found)
    quiet = sum(any(found.finding.code == "V19" for found in row.found) for row in silent)
    return Standing(
        report=report,
        told=told,
        due="" if report.is_correction else due_words(report.period, today, due_on=report.due_on),
        is_overdue=today > report.due_on and not report.is_correction,
        n_unanswered=len(told.rows) - told.n_answered,
        n_errors=n_errors - quiet,
        n_unexplained=sum(found.needs_explanation and not found.explanation for found in told.found),
        returned=_returned(report),
    )


def _returned(report: MonthlyReport) -> Decision | None:
    """Return why the report is with its unit again, while it still is."""
    if report.pk is None or not report.is_editable:
        return None
    moves = report.decisions.filter(verb__in=[Verb.RETURN, Verb.REOPEN, Verb.CORRECT, Verb.WITHDRAW])
    return moves.select_related("by").prefetch_related(CELLS).order_by("-id").first()


def last_saved(report: MonthlyReport) -> AuditEntry | None:
    """Return who changed the report last and when."""
    if report.pk is None:
        return None
    entries = AuditEntry.objects.filter(object_type=report._meta.label, object_id=str(report.pk))
    return entries.select_related("actor").order_by("-number").first()


def why_not(verb: Verb, report: MonthlyReport, *, by: User, today: date) -> str:
    """Return the sentence that keeps the step from the person, "" where it is open."""
    try:
        workflow.check_step(verb, report, by=by, today=today)
    except Refused as refusal:
        return str(refusal)
    return ""


# Rows under headings ---------------------------------------------------------------------------


def chapters_of(told: Statement) -> dict[int, Chapter]:
    """Return the chapter each indicator stands in: by its own target, the nation's, or the item it is reported for."""
    targets = (
        Target.objects.filter(
            plan_id=told.report.period.plan_id,
            indicator__in=[row.indicator.pk for row in told.rows],
            unit__code__in=[told.report.unit.code, NATION_CODE],
        )
        .select_related("item__chapter")
        .order_by("item__number", "id")
    )
    chapters: dict[int, Chapter] = {}
    for target in targets:
        chapters.setdefault(target.indicator_id, target.item.chapter)
    asked = Item.objects.filter(
        plan_id=told.report.period.plan_id, indicators__in=[row.indicator.pk for row in told.rows]
    )
    for item in asked.annotate(asked_for=F("indicators")).select_related("chapter").order_by("number"):
        chapters.setdefault(item.asked_for, item.chapter)
    return chapters


def in_page_order(told: Statement, chapters: Mapping[int, Chapter]) -> Statement:
    """Return the statement with its rows chapter by chapter; those of no chapter at the end."""
    return replace(told, rows=tuple(sorted(told.rows, key=lambda row: _place(row, chapters))))


def _place(row: Row, chapters: Mapping[int, Chapter]) -> tuple[int, str]:
    chapter = chapters.get(row.indicator.pk)
    return (chapter.number if chapter else 10**4, row.indicator.code)


def _groups(form: ReportForm, chapters: Mapping[int, Chapter]) -> Iterator[Group]:
    for _number, rows in groupby(form.told.rows, key=lambda row: _place(row, chapters)[0]):
        under = [_form_row(form, row) for row in rows]
        chapter = chapters.get(under[0].row.indicator.pk)
        yield Group(chapter.label if chapter else _("其他指标"), under)


def _form_row(form: ReportForm, row: Row) -> FormRow:
    indicator = row.indicator
    return FormRow(
        row=row,
        cells={name: form.cells[f"figure.{indicator.code}.{name}"] for name in cells_of(indicator)},
        answers=[_answer(form, row, found) for found in row.found],
        scale=form.scale,
        has_month_value=indicator.kind == Kind.FLOW,
        asked=_asked_at(form, indicator.code),
    )


def _answer(form: ReportForm, row: Row, found: Found) -> Answer:
    offer = offer_of(found.finding, found.message, row.indicator, form.scale)
    return Answer(found, offer, form.cells.get(f"explanation.{found.finding.key}"))


def _asked_at(form: ReportForm, code: str) -> list[AskedHere]:
    return [_asked_here(form, one) for one in form.asked if one.comment.cell == code]


def _asked_here(form: ReportForm, one: Asked) -> AskedHere:
    indicator = one.comment.indicator
    fills = "" if indicator is None else f"figure.{indicator.code}.value"
    suggested = (
        "" if indicator is None else as_typed(one.comment.suggested_value, scale_of(indicator, "value", form.scale))
    )
    return AskedHere(one.comment, form.cells[one.name], fills, suggested)


def _milestone_groups(form: ReportForm, milestones: Iterable[MilestoneRow]) -> Iterator[MilestoneGroup]:
    for item, rows in groupby(milestones, key=lambda row: row.milestone.item):
        yield MilestoneGroup(
            item,
            [
                FormMilestone(
                    row,
                    {name: form.cells[f"milestone.{row.milestone.code}.{name}"] for name in inputs_of(row.milestone)},
                    _asked_at(form, row.milestone.code),
                    row.milestone.n_owed_by(form.told.report.unit),
                )
                for row in rows
            ],
        )
