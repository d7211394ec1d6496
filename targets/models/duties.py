"""Who answers for an item at the ministry, and which unit need not do a milestone. Kept by the planner."""

from __future__ import annotations

from datetime import date

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ReportingUnit
from targets.models.plan import Item, Milestone


class OwnerQuerySet(models.QuerySet):
    def in_force(self, on: date) -> OwnerQuerySet:
        """Keep who answers on the day; from `ends_on` on a person no longer does."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on)


@pghistory.track()
class ItemOwner(models.Model):
    """A person or a department of the ministry that answers for an item, from a day to a day."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="owners", verbose_name=_("工作要点"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_items",
        verbose_name=_("责任人"),
    )
    department = models.CharField(_("责任处室"), max_length=60, blank=True)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("指定人")
    )
    starts_on = models.DateField(_("起始日"), default=timezone.localdate)
    ends_on = models.DateField(_("终止日"), null=True, blank=True)

    objects = OwnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("要点责任人")
        verbose_name_plural = _("要点责任人")
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False) | ~Q(department=""),
                name="targets_owner_is_somebody",
                violation_error_message=_("请填写责任人或责任处室。"),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="targets_owner_ends_after_it_starts",
                violation_error_message=_("终止日不能早于起始日。"),
            ),
            models.UniqueConstraint(
                fields=["item", "user"],
                condition=Q(ends_on__isnull=True),
                name="targets_owner_one_open_per_item_and_person",
                violation_error_message=_("此人已是这一项的责任人。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item.number} {self.label}"

    @property
    def label(self) -> str:
        """Name the person with the department, or whichever is known."""
        return " ".join(part for part in (self.department, self.user.label if self.user else "") if part)


@pghistory.track()
class MilestoneExemption(models.Model):
    """A unit that need not do a milestone, and why; it leaves the count of those that owe it."""

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="exemptions", verbose_name=_("工作节点"))
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    reason = models.CharField(_("原因"), max_length=200)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("批准人")
    )
    granted_at = models.DateTimeField(_("批准时间"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("节点豁免")
        verbose_name_plural = _("节点豁免")
        constraints = [
            models.UniqueConstraint(
                fields=["milestone", "unit"],
                name="targets_exemption_one_per_milestone_and_unit",
                violation_error_message=_("这个单位已不需完成该节点。"),
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="targets_exemption_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.milestone_id} {self.unit_id}"
