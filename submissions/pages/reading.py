"""A report as it is read: the differences first for whoever decides on it, and everything that happened to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch

from accounts import permissions
from accounts.models import User
from submissions.milestones import MilestoneRow
from submissions.models import ApprovalException, CellComment, Decision, Figure, Filing, MonthlyReport, Outcome, Verb
from submissions.pages.asking import Asking, asking_of
from submissions.pages.beside import peers_of, values_last_year
from submissions.pages.desk import Review, review_of
from submissions.pages.figures_read import ReadRow
from submissions.pages.form import Standing, standing, why_not
from submissions.reviewing import Asked, asked_with, newest_verdict
from submissions.statement import Found, Row, Statement, standing_value
from submissions.waiting import exceptions_of
from submissions.workflow import is_locked, may_be_final
from workplan.lib.refusals import Refused


@dataclass(frozen=True)
class Past:
    """One filing as it was handed in."""

    filing: Filing
    figures: list[PastFigure]
    is_late: bool
    is_current: bool


@dataclass(frozen=True)
class PastFigure:
    figure: Figure
    value: Decimal | None


@dataclass(frozen=True)
class ReadPage:
    standing: Standing
    rows: list[ReadRow]
    #: The rows to look at, after a return the answers alone, else whatever differs; and the others.
    first: list[ReadRow]
    folded: list[ReadRow]
    explained: list[Found]
    milestones: list[MilestoneRow]
    decisions: list[Decision]
    #: Whom the approval of the filing in force did not wait for.
    exceptions: list[ApprovalException]
    filings: list[Past]
    review: Review | None
    #: What a refused verdict had not seen: the figures that are others now, each beside the one that was seen.
    moved: list[ReadRow]
    #: The verdict before this filing, where the unit answers one.
    answers_to: Decision | None
    #: Why the month's window keeps the report from being filled in by somebody who otherwise could.
    notice: str
    is_locked: bool
    is_late: bool
    #: The next filing may be the final one (年报).
    may_be_final: bool
    refusal: Refused | None
    comment: str
    #: Of the page before handing in alone: that instead of doing so the person asks the lead.
    asking: Asking | None


def read_page(
    told: Statement,
    milestones: Iterable[MilestoneRow],
    *,
    person: User,
    today: date,
    refusal: Refused | None = None,
    comment: str = "",
    is_check: bool = False,
    posted: Mapping[str, str] | None = None,
    seen: int | None = None,
) -> ReadPage:
    """Return the page as the person may read it.

    ``posted`` is what a reviewer typed at the cells; ``seen`` the number of the filing their verdict was about.
    """
    report = told.report
    milestones = list(milestones)
    sees_drafts = permissions.sees_drafts(person, report.unit)
    past = _filings(report, sees_drafts=sees_drafts)
    is_review = permissions.may_review(person, report.unit) and _is_pending(report)
    verdict = newest_verdict(report) if sees_drafts else None
    asked = asked_with(verdict, report.filing_id)
    rows = _rows(told, _filed_before(report, past), asked, for_review=is_review)
    if is_review or is_check:
        rows.sort(key=_how_plain)
    answers_to = verdict if is_review and verdict is not None and verdict.verb == Verb.RETURN else None
    first = [row for row in rows if _comes_first(row, answers_to)]
    folded = [row for row in rows if not _comes_first(row, answers_to)]
    reported = [row for row in milestones if row.state is not None]
    review = (
        review_of(report, first, folded, reported, asked, person=person, today=today, posted=posted, refusal=refusal)
        if is_review
        else None
    )
    return ReadPage(
        standing=standing(told, today=today),
        rows=rows,
        first=first,
        folded=folded,
        answers_to=answers_to,
        explained=[found for found in told.found if found.explanation],
        milestones=[row for row in milestones if row.state is not None or row.evidence],
        decisions=_decisions(report, sees_drafts=sees_drafts),
        exceptions=exceptions_of(report),
        filings=past,
        review=review,
        moved=_moved(told, past, seen),
        notice=_notice(report, person, today),
        is_locked=is_locked(report),
        is_late=report.filing is not None and report.is_filed_late(report.filing),
        may_be_final=may_be_final(report),
        refusal=refusal,
        comment=comment,
        asking=asking_of(report, person=person, today=today) if is_check else None,
    )


def _comes_first(row: ReadRow, answers_to: Decision | None) -> bool:
    return row.is_answer if answers_to else row.is_different


def _moved(told: Statement, past: Iterable[Past], seen: int | None) -> list[ReadRow]:
    """Return the figures that are no longer what the filing of that number held."""
    if seen is None or told.report.filing is None or told.report.filing.number == seen:
        return []
    before = next(
        ({line.figure.indicator_id: line.figure for line in one.figures} for one in past if one.filing.number == seen),
        None,
    )
    month = told.report.month.month
    return [ReadRow(row, month, was) for row, was in _beside(told.rows, before) if was is not None]


def _is_pending(report: MonthlyReport) -> bool:
    return report.filing is not None and report.filing.outcome == Outcome.PENDING


def _notice(report: MonthlyReport, person: User, today: date) -> str:
    if not permissions.may_edit(person, report.unit) or not report.is_editable:
        return ""
    return why_not(Verb.SAVE, report, by=person, today=today)


def _how_plain(row: ReadRow) -> tuple[bool, bool, Decimal, str]:
    """Order what a reviewer looks at: findings, then answers, then what moved least like its peers, or most."""
    moved = row.away_from_peers
    if moved is None:
        moved = row.growth if row.growth is not None else row.change
    return (not row.row.found, not row.is_answer, -abs(moved or Decimal(0)), row.row.indicator.code)


def _rows(
    told: Statement, before: Mapping[int, Figure] | None, asked: Iterable[Asked], *, for_review: bool
) -> list[ReadRow]:
    """Return the rows beside what they are held against; siblings are told to reviewers alone."""
    before_that = values_last_year(told.report)
    peers = peers_of(told.report, told.rows) if for_review else {}
    asked_at: dict[int, list[Asked]] = defaultdict(list)
    for one in asked:
        if one.comment.indicator_id is not None:
            asked_at[one.comment.indicator_id].append(one)
    return [
        ReadRow(
            row,
            told.report.month.month,
            refiled,
            before_that.values.get(row.indicator.pk),
            row.indicator.pk in before_that.made_up,
            peers.get(row.indicator.pk),
            tuple(asked_at[row.indicator.pk]),
        )
        for row, refiled in _beside(told.rows, before)
    ]


# What was before -------------------------------------------------------------------------------


def _filings(report: MonthlyReport, *, sees_drafts: bool) -> list[Past]:
    """Return every filing that was handed in, newest first; for others only those that were approved."""
    if report.pk is None:
        return []
    figures = Figure.objects.select_related("indicator").order_by("indicator__code")
    filings = report.filings.filter(submitted_at__isnull=False)
    if not sees_drafts:
        filings = filings.filter(outcome=Outcome.APPROVED)
    filings = filings.select_related("submitted_by", "decided_by").prefetch_related(Prefetch("figures", figures))
    return [
        Past(
            one,
            [PastFigure(figure, standing_value(figure)) for figure in one.figures.all()],
            report.is_filed_late(one),
            one == report.filing,
        )
        for one in filings.order_by("-number")
    ]


def _filed_before(report: MonthlyReport, past: Iterable[Past]) -> dict[int, Figure] | None:
    """Return the figures of the filing decided on before the one in work, by indicator id; None where there is none."""
    for one in past:
        is_earlier = report.filing is not None and one.filing.number < report.filing.number
        if is_earlier and one.filing.outcome in {Outcome.RETURNED, Outcome.APPROVED}:
            return {line.figure.indicator_id: line.figure for line in one.figures}
    return None


def _beside(rows: Iterable[Row], before: Mapping[int, Figure] | None) -> Iterable[tuple[Row, Figure | None]]:
    """Pair each row with the figure it replaces, where that was another one."""
    for row in rows:
        earlier = None if before is None else before.get(row.indicator.pk)
        is_same = earlier is None or (row.figure is not None and earlier.content == row.figure.content)
        yield row, None if is_same else earlier


def _decisions(report: MonthlyReport, *, sees_drafts: bool) -> list[Decision]:
    if report.pk is None:
        return []
    comments = Prefetch("cell_comments", CellComment.objects.with_cells(), to_attr="sent")
    decisions = report.decisions.select_related("by", "filing").prefetch_related(comments)
    if not sees_drafts:
        decisions = decisions.filter(verb=Verb.APPROVE)
    return list(decisions.order_by("-id"))
