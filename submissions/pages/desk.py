"""The reviewer's desk over one report: each row with its comment and its viewed mark, and who else reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from accounts.models import ReportingUnit, User
from submissions import reviewing, waiting
from submissions.forms import Cell, scale_of
from submissions.milestones import MilestoneRow
from submissions.models import ApprovalException, CellComment, MonthlyReport, ReviewClaim, Verb, ViewedMark
from submissions.note_form import NoteForm
from submissions.pages.figures_read import ReadRow
from submissions.pages.form import why_not
from submissions.pages.units_typed import scale_named, scale_read
from submissions.reviewing import Asked
from workplan.lib.refusals import Refused
from workplan.templatetags.figures import unit_label


@dataclass(frozen=True)
class DeskRow:
    """One figure under review, and what its reviewer writes beside it."""

    read: ReadRow
    text: Cell
    #: None for a rate, which is never typed.
    suggested: Cell | None
    is_viewed: bool
    #: The unit in which a value is proposed.
    unit_label: str

    @property
    def code(self) -> str:
        return self.read.row.indicator.code

    @property
    def is_open(self) -> bool:
        """Say whether the comment's box stands open: something is in it."""
        cells = [self.text, *([self.suggested] if self.suggested else [])]
        return any(cell.text or cell.complaints for cell in cells)


@dataclass(frozen=True)
class DeskMilestone:
    row: MilestoneRow
    text: Cell
    asked: list[Asked]


@dataclass(frozen=True)
class Review:
    """What the reviewer may do and why not, what they wrote, and whom the report waits for."""

    why_not_approve: str
    why_not_return: str
    first: list[DeskRow]
    folded: list[DeskRow]
    milestones: list[DeskMilestone]
    n_comments: int
    #: What values are proposed in, as the page sends it back: the unit in which it shows the figures.
    scale: int
    claims: list[ReviewClaim]
    #: Units below that the approval waits for, and the reason typed not to.
    waiting_below: list[ReportingUnit]
    exception: str
    #: Approvals above that did not wait for this unit.
    passed_over: list[ApprovalException]

    @property
    def rows(self) -> list[DeskRow]:
        return [*self.first, *self.folded]

    @property
    def has_last_year(self) -> bool:
        return any(row.read.last_year is not None for row in self.rows)

    @property
    def is_last_year_made_up(self) -> bool:
        return any(row.read.is_last_year_made_up for row in self.rows)

    @property
    def n_viewed(self) -> int:
        return sum(row.is_viewed for row in self.rows)


def review_of(
    report: MonthlyReport,
    first: Iterable[ReadRow],
    folded: Iterable[ReadRow],
    milestones: Iterable[MilestoneRow],
    asked: Iterable[Asked],
    *,
    person: User,
    today: date,
    posted: Mapping[str, str] | None = None,
    refusal: Refused | None = None,
) -> Review:
    """Return the desk; opening it tells the others that the person has the report open."""
    scale = scale_named(posted["scale"]) if posted and "scale" in posted else scale_read()
    form = NoteForm(CellComment.objects.drafts_of(person, report).with_cells(), posted, scale=scale)
    form.hand_out(refusal)
    viewed = set(
        ViewedMark.objects.filter(filing=report.filing_id, by=person).values_list("indicator__code", flat=True)
    )
    asked = list(asked)
    return Review(
        why_not_approve=why_not(Verb.APPROVE, report, by=person, today=today),
        why_not_return=why_not(Verb.RETURN, report, by=person, today=today),
        first=[_desk_row(row, form, viewed) for row in first],
        folded=[_desk_row(row, form, viewed) for row in folded],
        milestones=[
            DeskMilestone(
                row,
                form.cell(row.milestone.code, "text"),
                [one for one in asked if one.comment.milestone_id == row.milestone.pk],
            )
            for row in milestones
        ],
        n_comments=form.n_comments,
        scale=scale,
        claims=reviewing.claim(report, by=person),
        waiting_below=waiting.units_waited_for([report])[report.pk],
        exception=(posted or {}).get("exception", ""),
        passed_over=waiting.passed_over(report),
    )


def _desk_row(row: ReadRow, form: NoteForm, viewed: set[str]) -> DeskRow:
    indicator = row.row.indicator
    suggested = None if indicator.is_ratio else form.cell(indicator.code, "suggested_value")
    unit = unit_label(indicator.unit_of_measure, scale_of(indicator, "value", form.scale))
    return DeskRow(row, form.cell(indicator.code, "text"), suggested, indicator.code in viewed, unit)
