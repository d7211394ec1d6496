"""What a reviewer leaves at the cells of a report: comments, the answers to them, viewed marks, and who has it open."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from submissions.models.figures import frozen_with_its_filing
from submissions.models.reports import Decision, Filing, MonthlyReport
from targets.models import Indicator, Milestone, figure_field
from workplan.lib.constraints import finite_and_not_negative

_DELIVERED_WITH_OWN_DECISION = """
    IF NEW.decision_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM submissions_decision
         WHERE id = NEW.decision_id AND report_id = NEW.report_id AND by_id = NEW.by_id) THEN
        RAISE EXCEPTION 'a comment is delivered with a decision of its author on its report'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'submissions_comment_comes_with_its_decision';
    END IF;
    RETURN NEW;
"""


class CommentQuerySet(models.QuerySet):
    def drafts_of(self, person: object, report: MonthlyReport) -> CommentQuerySet:
        """Keep what the person has written and not sent yet; nobody else sees it."""
        return self.filter(report=report, by=person, decision__isnull=True)

    def with_cells(self) -> CommentQuerySet:
        return self.select_related("indicator", "milestone", "by").order_by("indicator__code", "milestone__code", "id")


class CellComment(models.Model):
    """A reviewer's word on one cell: private until the verdict, delivered with it, never changed from then on."""

    report = models.ForeignKey(MonthlyReport, models.PROTECT, related_name="comments", verbose_name=_("月度报表"))
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True, related_name="+")
    milestone = models.ForeignKey(Milestone, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(_("批注"), blank=True)
    #: Proposed, never entered: the unit applies it and stays its author.
    suggested_value = figure_field(_("建议值"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, blank=True, related_name="cell_comments")

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("批注")
        verbose_name_plural = _("批注")
        constraints = [
            models.UniqueConstraint(
                fields=["report", "by", "indicator", "milestone", "decision"],
                nulls_distinct=False,
                name="submissions_comment_one_per_cell_and_verdict",
            ),
            models.CheckConstraint(
                condition=Q(indicator__isnull=False, milestone__isnull=True)
                | Q(indicator__isnull=True, milestone__isnull=False),
                name="submissions_comment_is_on_one_cell",
            ),
            models.CheckConstraint(
                condition=~Q(text="") | Q(suggested_value__isnull=False),
                name="submissions_comment_says_something",
            ),
            models.CheckConstraint(
                condition=Q(suggested_value__isnull=True) | Q(indicator__isnull=False),
                name="submissions_comment_suggests_figures_only",
            ),
            finite_and_not_negative("suggested_value", name="submissions_comment_suggests_a_number"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="delivered_comment_is_kept",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__decision__isnull=False),
            ),
            pgtrigger.Trigger(
                name="comment_comes_with_its_decision",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_DELIVERED_WITH_OWN_DECISION,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.cell}"

    @property
    def cell(self) -> str:
        """The code of the indicator or the milestone."""
        on = self.indicator or self.milestone
        return "" if on is None else on.code

    @property
    def address(self) -> tuple[str, str]:
        """Which kind of cell, and its code: ``("indicator", "T01")``."""
        return ("milestone" if self.indicator is None else "indicator", self.cell)


class CommentReply(models.Model):
    """The unit's answer to a comment, handed in with the filing that mends it."""

    filing = models.ForeignKey(Filing, models.CASCADE, related_name="replies")
    comment = models.ForeignKey(CellComment, models.PROTECT, related_name="replies")
    text = models.TextField(_("答复"))

    class Meta:
        verbose_name = _("答复")
        verbose_name_plural = _("答复")
        constraints = [
            models.UniqueConstraint(fields=["filing", "comment"], name="submissions_reply_one_per_filing_and_comment"),
            models.CheckConstraint(condition=~Q(text=""), name="submissions_reply_says_something"),
        ]
        triggers = frozen_with_its_filing("commentreply")

    def __str__(self) -> str:
        return f"{self.filing_id} {self.comment_id}"


class ViewedMark(models.Model):
    """One reviewer has looked at one indicator of one filing."""

    filing = models.ForeignKey(Filing, models.CASCADE, related_name="viewed")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("已看标记")
        verbose_name_plural = _("已看标记")
        constraints = [
            models.UniqueConstraint(
                fields=["filing", "indicator", "by"], name="submissions_viewed_one_per_filing_indicator_and_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filing_id} {self.indicator_id}"


class ReviewClaim(models.Model):
    """Who has a report under review open, and since when (real clock): told to the others, locks nothing."""

    report = models.ForeignKey(MonthlyReport, models.CASCADE, related_name="claims")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        verbose_name = _("审阅中")
        verbose_name_plural = _("审阅中")
        constraints = [
            models.UniqueConstraint(fields=["report", "by"], name="submissions_claim_one_per_report_and_person"),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.by_id}"
