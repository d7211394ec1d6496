"""The units below that an approval did not wait for, and why."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ReportingUnit
from submissions.models.reports import Decision

_OF_AN_APPROVAL_ABOVE = """
    IF NOT EXISTS (
        SELECT 1 FROM submissions_decision d
          JOIN submissions_monthlyreport r ON r.id = d.report_id
          JOIN accounts_reportingunit above ON above.id = r.unit_id
          JOIN accounts_reportingunit u ON u.id = NEW.unit_id
         WHERE d.id = NEW.decision_id AND d.verb = 'APPROVE'
           AND u.id <> above.id AND starts_with(u.path, above.path)) THEN
        RAISE EXCEPTION 'an exception belongs to an approval and names a unit below'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'submissions_exception_is_below_its_approval';
    END IF;
    RETURN NEW;
"""


class ApprovalException(models.Model):
    """One unit that an approval above it did not wait for, and why. Never changed."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="exceptions")
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="+")
    reason = models.TextField(_("例外原因"))

    class Meta:
        verbose_name = _("例外通过")
        verbose_name_plural = _("例外通过")
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "unit"], name="submissions_exception_one_per_decision_and_unit"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="submissions_exception_says_why"),
        ]
        triggers = [
            pgtrigger.Protect(name="exception_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="exception_is_below_its_approval",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_OF_AN_APPROVAL_ABOVE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.unit_id}"
