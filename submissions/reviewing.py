"""What a reviewer keeps while reading: comments until the verdict, viewed marks, and the word that the report is open.

None of it moves the report or touches a figure; `services` delivers the comments with the verdict.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Prefetch, Q
from django.utils import timezone

from accounts.models import User
from submissions import holding
from submissions.intake import CommentInput
from submissions.models import (
    CellComment,
    CommentReply,
    Decision,
    Figure,
    Filing,
    MonthlyReport,
    ReviewClaim,
    Verb,
    ViewedMark,
)
from submissions.workflow import check_step
from targets.models import Indicator

#: A report opened longer ago than this is no longer said to be open.
OPEN_FOR = timedelta(minutes=30)
#: The cells a decision speaks of, read with a list of decisions.
CELLS = Prefetch("cell_comments", CellComment.objects.with_cells())
_CELL = ["report", "by", "indicator", "milestone", "decision"]


@transaction.atomic
def keep_notes(
    report: MonthlyReport,
    *,
    by: User,
    now: datetime,
    comments: Iterable[CommentInput] = (),
    viewed: Collection[str] | None = None,
) -> None:
    """Keep the reviewer's comments, for nobody else's eyes yet, and which indicators they have viewed.

    ``viewed`` holds the codes of every marked indicator; None leaves the marks as they are.

    :raises Refused: the report is not the person's to decide on, or not now.
    """
    # A page sends what was typed last while the verdict is on its way: what comes behind it is not kept for the next.
    report = holding.locked(report)
    check_step(Verb.RETURN, report, by=by, today=now.date())
    keep_drafts(report, comments, by=by, now=now)
    if viewed is not None:
        mark_viewed(report.begun_filing, viewed, by=by)


def keep_drafts(report: MonthlyReport, comments: Iterable[CommentInput], *, by: User, now: datetime) -> None:
    """Write each comment over the one drafted at the same cell; a cleared one takes it away."""
    comments = list(comments)
    cleared = Q(pk__in=[])
    for one in comments:
        if one.is_cleared:
            cleared |= Q(indicator=one.indicator, milestone=one.milestone)
    CellComment.objects.drafts_of(by, report).filter(cleared).delete()
    CellComment.objects.bulk_create(
        [
            CellComment(
                report=report,
                by=by,
                at=now,
                indicator=one.indicator,
                milestone=one.milestone,
                text=one.text,
                suggested_value=one.suggested_value,
            )
            for one in comments
            if not one.is_cleared
        ],
        update_conflicts=True,
        unique_fields=_CELL,
        update_fields=["text", "suggested_value", "at"],
    )


def cells_noted(report: MonthlyReport, comments: Iterable[CommentInput], *, by: User) -> str:
    """Return the codes of the cells that a verdict with these comments would speak of; "" where there is none."""
    if report.pk is None:
        return ""
    noted = {one.address: one.cell for one in CellComment.objects.drafts_of(by, report).with_cells()}
    for one in comments:
        cell = CellComment(report=report, indicator=one.indicator, milestone=one.milestone)
        noted[cell.address] = "" if one.is_cleared else cell.cell
    return " ".join(code for code in noted.values() if code)


def deliver(decision: Decision, comments: Iterable[CommentInput]) -> int:
    """Send everything the decision's author has drafted on the report, together; return how many comments."""
    keep_drafts(decision.report, comments, by=decision.by, now=decision.at)
    ReviewClaim.objects.filter(report=decision.report, by=decision.by).delete()
    return CellComment.objects.drafts_of(decision.by, decision.report).update(decision=decision)


def mark_viewed(filing: Filing, codes: Collection[str], *, by: User) -> None:
    """Keep which indicators of the filing the person has viewed, in place of what they had marked before."""
    ViewedMark.objects.filter(filing=filing, by=by).exclude(indicator__code__in=codes).delete()
    ViewedMark.objects.bulk_create(
        [ViewedMark(filing=filing, indicator=one, by=by) for one in Indicator.objects.filter(code__in=codes)],
        ignore_conflicts=True,
    )


def carry_viewed(filing: Filing) -> None:
    """Let what was viewed of the filing before stay viewed where the unit changed nothing and answers nothing."""
    if filing.number == 1:
        return
    before = Filing.objects.filter(report=filing.report_id, number=filing.number - 1)
    marks = list(ViewedMark.objects.filter(filing__in=before))
    if not marks:
        return
    was, stands = (
        {figure.indicator_id: figure.content for figure in Figure.objects.filter(filing__in=filings)}
        for filings in (before, [filing])
    )
    asked = CellComment.objects.filter(decision__filing__in=before).values_list("indicator", flat=True)
    explained = filing.explanations.filter(written_in=filing.number).values_list("indicator", flat=True)
    new = {*asked, *explained}
    ViewedMark.objects.bulk_create(
        [
            ViewedMark(filing=filing, indicator_id=one.indicator_id, by_id=one.by_id)
            for one in marks
            if one.indicator_id not in new and was.get(one.indicator_id) == stands.get(one.indicator_id)
        ],
        ignore_conflicts=True,
    )


# What stands at the cells ----------------------------------------------------------------------


def newest_verdict(report: MonthlyReport) -> Decision | None:
    """Return the last approval or return, if there was one."""
    if report.pk is None:
        return None
    verdicts = report.decisions.filter(verb__in=[Verb.APPROVE, Verb.RETURN])
    newest: Decision | None = verdicts.select_related("by", "filing").order_by("-id").first()
    return newest


@dataclass(frozen=True)
class Asked:
    """A delivered comment and the unit's answer in the filing in work; "" where there is none yet."""

    comment: CellComment
    answer: str

    @property
    def name(self) -> str:
        """The name of the answer's cell on the form."""
        return f"reply.{self.comment.pk}"


def asked_with(verdict: Decision | None, filing_id: int | None) -> list[Asked]:
    """Return the comments delivered with a verdict, by cell, with the answers the filing gives them."""
    if verdict is None:
        return []
    answers = dict(CommentReply.objects.filter(filing=filing_id).values_list("comment_id", "text"))
    return [Asked(one, answers.get(one.pk, "")) for one in verdict.cell_comments.with_cells()]


def asked_of(report: MonthlyReport) -> list[Asked]:
    """Return what the newest verdict asked of the report, cell by cell."""
    return asked_with(newest_verdict(report), report.filing_id)


def claim(report: MonthlyReport, *, by: User) -> list[ReviewClaim]:
    """Note that the person has the report open; return who else has, newest first. Locks nothing."""
    now = timezone.now()
    ReviewClaim.objects.bulk_create(
        [ReviewClaim(report=report, by=by, opened_at=now)],
        update_conflicts=True,
        unique_fields=["report", "by"],
        update_fields=["opened_at"],
    )
    return list(
        ReviewClaim.objects.filter(report=report, opened_at__gt=now - OPEN_FOR)
        .exclude(by=by)
        .select_related("by")
        .order_by("-opened_at", "id")
    )
