"""What the planner decides about milestones: who answers for an item, which unit need not do one."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit, permissions
from accounts.models import ReportingUnit, User
from accounts.refusals import NotPermitted
from targets.models import Item, ItemOwner, Milestone, MilestoneExemption


@transaction.atomic
def assign_owner(item: Item, *, user: User | None, department: str, starts_on: date, by: User) -> ItemOwner:
    """Let a person or a department of the ministry answer for an item from a day on; asked twice, nothing changes.

    :raises NotPermitted: only a planner decides this.
    """
    _check(by)
    standing = item.owners.filter(user=user, department=department, ends_on__isnull=True).first()
    if standing is not None:
        return standing
    owner = ItemOwner.objects.create(item=item, user=user, department=department, assigned_by=by, starts_on=starts_on)
    audit.record("itemowner.create", by=by, obj=owner, details={"object": str(owner)})
    return owner


@transaction.atomic
def exempt(milestone: Milestone, unit: ReportingUnit, *, reason: str, by: User) -> MilestoneExemption:
    """Take a unit out of those that owe a milestone; asked twice, the first reason stands.

    :raises NotPermitted: only a planner decides this.
    """
    _check(by)
    exemption, is_new = MilestoneExemption.objects.get_or_create(
        milestone=milestone, unit=unit, defaults={"reason": reason, "granted_by": by}
    )
    if is_new:
        details = {"milestone": milestone.code, "unit": unit.code, "reason": reason}
        audit.record("milestoneexemption.create", by=by, obj=exemption, details=details)
    return exemption


def _check(by: User) -> None:
    if not permissions.may_edit_plan(by):
        raise NotPermitted(_("年度计划由计划管理员维护。"))
