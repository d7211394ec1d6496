"""Where the plan's milestones stand, filing by filing; frozen with it like the figures."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from submissions.models.figures import frozen_with_its_filing
from submissions.models.reports import Filing
from submissions.models.words import MilestoneProgress
from targets.deadlines import Delay, delay
from targets.models import Milestone
from workplan.lib.constraints import one_of

#: States in which nothing more is to be done this year; the unit leaves the scope.
OUT_OF_SCOPE = (MilestoneProgress.RENAMED, MilestoneProgress.CANCELLED)
#: States that no date makes late.
ENDED = (*OUT_OF_SCOPE, MilestoneProgress.ISSUED, MilestoneProgress.CARRIED_OVER)
#: States that have a day on which it was done.
DATED = (MilestoneProgress.ISSUED, MilestoneProgress.RENAMED)


class MilestoneState(models.Model):
    """Where one milestone stands in one filing."""

    filing = models.ForeignKey(Filing, models.CASCADE, related_name="milestones")
    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="states")
    state = models.CharField(max_length=12, choices=MilestoneProgress)
    planned_on = models.DateField(_("计划完成日"), null=True, blank=True)
    actual_on = models.DateField(_("实际完成日"), null=True, blank=True)
    new_title = models.CharField(_("新名称"), max_length=160, blank=True)
    note = models.TextField(_("进展说明"), blank=True)

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
        ]
        triggers = frozen_with_its_filing("milestone")

    def __str__(self) -> str:
        return f"{self.filing_id} {self.milestone_id}"

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
