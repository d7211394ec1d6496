"""Where the plan's milestones stand, filing by filing; frozen with it like the figures."""

from __future__ import annotations

from datetime import date

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from submissions.models.figures import frozen_with_its_filing
from submissions.models.reports import Filing
from submissions.models.words import MilestoneProgress
from targets.deadlines import Delay, delay
from targets.models import Milestone
from workplan.lib.constraints import all_or_none, one_of

#: States in which nothing more is to be done this year; the unit leaves the scope.
OUT_OF_SCOPE = (MilestoneProgress.RENAMED, MilestoneProgress.CANCELLED)
#: States that no date makes late.
ENDED = (*OUT_OF_SCOPE, MilestoneProgress.ISSUED, MilestoneProgress.CARRIED_OVER)
#: States that have a day on which it was done.
DATED = (MilestoneProgress.ISSUED, MilestoneProgress.RENAMED)


_COUNTED_WHERE_DECLARED = """
    IF NOT EXISTS (SELECT 1 FROM targets_milestone WHERE id = NEW.milestone_id AND scope = 'PREFECTURES') THEN
        RAISE EXCEPTION 'only what prefectures do is counted by prefecture'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'submissions_milestone_counts_what_prefectures_do';
    END IF;
    RETURN NEW;
"""


class MilestoneState(models.Model):
    """Where one milestone stands in one filing."""

    #: The unique key over filing and milestone is its index.
    filing = models.ForeignKey(Filing, models.CASCADE, related_name="milestones", db_index=False)
    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="states")
    state = models.CharField(max_length=12, choices=MilestoneProgress)
    planned_on = models.DateField(_("计划完成日"), null=True, blank=True)
    actual_on = models.DateField(_("实际完成日"), null=True, blank=True)
    new_title = models.CharField(_("新名称"), max_length=160, blank=True)
    note = models.TextField(_("进展说明"), blank=True)
    #: Of what prefectures do: how many prefectures of the unit have done it, of how many that owe it.
    covered = models.PositiveSmallIntegerField(_("已覆盖"), null=True, blank=True)
    in_scope = models.PositiveSmallIntegerField(_("应覆盖"), null=True, blank=True)

    class Meta:
        verbose_name = _("节点进展")
        verbose_name_plural = _("节点进展")
        constraints = [
            models.UniqueConstraint(fields=["filing", "milestone"], name="submissions_milestone_one_per_filing"),
            one_of("state", MilestoneProgress.values, name="submissions_milestone_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state="ISSUED") | Q(actual_on__isnull=False),
                name="submissions_milestone_issued_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(actual_on__isnull=True) | Q(state__in=DATED),
                name="submissions_milestone_has_a_day_once_done",
            ),
            models.CheckConstraint(
                condition=~Q(state="RENAMED") | ~Q(new_title=""),
                name="submissions_milestone_renamed_to_a_title",
            ),
            models.CheckConstraint(
                condition=Q(new_title="") | Q(state__in=DATED),
                name="submissions_milestone_new_title_of_what_was_renamed",
            ),
            models.CheckConstraint(
                condition=~Q(state="CARRIED_OVER") | Q(planned_on__isnull=False) & ~Q(note=""),
                name="submissions_milestone_carried_over_says_why_and_until",
            ),
            models.CheckConstraint(
                condition=~Q(state="CANCELLED") | ~Q(note=""), name="submissions_milestone_cancelled_says_why"
            ),
            all_or_none("covered", "in_scope", name="submissions_milestone_covered_of_how_many"),
            models.CheckConstraint(
                condition=Q(in_scope__isnull=True) | Q(in_scope__gte=1),
                name="submissions_milestone_some_are_in_scope",
            ),
            models.CheckConstraint(
                condition=Q(covered__isnull=True) | Q(covered__gte=0, covered__lte=F("in_scope")),
                name="submissions_milestone_covers_no_more_than_its_scope",
            ),
        ]
        triggers = [
            *frozen_with_its_filing("milestone"),
            pgtrigger.Trigger(
                name="milestone_counts",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__covered__isnull=False),
                func=_COUNTED_WHERE_DECLARED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filing_id} {self.milestone_id}"

    @property
    def coverage(self) -> str:
        """How many prefectures have done it, of how many, as a person reads it; "" where nobody counted."""
        return "" if self.covered is None else f"{self.covered}/{self.in_scope}"

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED

    def delay(self, *, today: date, through: date | None) -> Delay | None:
        """Return why it is late; reads the milestone and the month of the report it stands in."""
        return delay(
            is_ended=self.is_ended,
            planned_on=self.planned_on,
            today=today,
            frequency=self.milestone.frequency,
            reported_in=self.filing.report.period_id,
            through=through,
        )
