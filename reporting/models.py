"""What it means: totals kept ready for the next reader, what was published of them, and their version."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import ReportingUnit
from reporting.circular.models import CircularText
from submissions.models import ReportingMonth
from targets.goals import Status
from targets.models import Indicator, Plan
from workplan.lib.constraints import all_or_none, one_of

__all__ = ["CircularText", "DataVersion", "Snapshot", "SnapshotRow", "Total"]


def total_field(verbose_name: str) -> models.DecimalField:
    """Return a column for a sum of filed values: base units, exact."""
    return models.DecimalField(verbose_name, max_digits=24, decimal_places=4, null=True)


#: What a revision changes, of a total and of the row that was published.
_WORTH = ("value", "numerator", "denominator", "persons")


class TotalQuerySet(models.QuerySet):
    def visible_to(self, person: permissions.Person) -> TotalQuerySet:
        """Keep what the person may read: all approved figures, or published months and the own subtree."""
        if permissions.sees_all_approved(person):
            return self
        open_rows = Q(month__in=ReportingMonth.objects.filter(published_at__isnull=False).values("month"))
        for path in permissions.access(person).subtree_paths:
            open_rows |= Q(unit__path__startswith=path)
        return self.filter(open_rows)

    def as_published(self, *periods: ReportingMonth) -> models.QuerySet[SnapshotRow]:
        """Return what was published for the months of these units and indicators."""
        return SnapshotRow.objects.filter(
            snapshot__in=[period.month for period in periods],
            unit__in=self.values("unit"),
            indicator__in=self.values("indicator"),
        )

    def revised(self) -> TotalQuerySet:
        """Keep what no longer stands as it was published: `ProgressRow.is_revised` in SQL."""
        worth, was_worth = (
            Func(*(ref(name) for name in _WORTH), function="ROW", output_field=models.TextField())
            for ref in (OuterRef, F)
        )
        differ = Func(
            worth,
            was_worth,
            template="(%(expressions)s)",
            arg_joiner=" IS DISTINCT FROM ",
            output_field=models.BooleanField(),
        )
        was = SnapshotRow.objects.filter(
            differ, snapshot=OuterRef("month"), unit=OuterRef("unit"), indicator=OuterRef("indicator")
        )
        return self.filter(Exists(was))


class Total(models.Model):
    """One unit's standing in one indicator at one month: the newest approved figures of the units that file it.

    A unit that files the indicator itself has its own figure here, so that a reader never asks which kind it is.
    `value`, `numerator`, `denominator`, `persons` carry earlier figures; the `reported_` twins leave them out.
    Written by `reporting.totals` alone.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+")
    unit = models.ForeignKey(ReportingUnit, models.CASCADE, related_name="+")
    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="+")
    month = models.DateField(_("报告期"))
    value = total_field(_("数值"))
    numerator = total_field(_("分子"))
    denominator = total_field(_("分母"))
    persons = models.BigIntegerField(_("人数"), null=True)
    reported_value = total_field(_("当期数值"))
    reported_numerator = total_field(_("当期分子"))
    reported_denominator = total_field(_("当期分母"))
    reported_persons = models.BigIntegerField(_("当期人数"), null=True)
    value_month = models.DateField(null=True)
    #: First month of the year in which any unit below had an amount (zero-tolerance indicators).
    first_amount_month = models.DateField(null=True)
    n_due = models.PositiveIntegerField(default=0)
    n_reported = models.PositiveIntegerField(default=0)
    n_carried = models.PositiveIntegerField(default=0)

    objects = TotalQuerySet.as_manager()

    class Meta:
        verbose_name = _("汇总")
        verbose_name_plural = _("汇总")
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "unit", "indicator", "month"],
                name="reporting_total_one_per_unit_indicator_month",
            ),
            models.CheckConstraint(
                condition=models.Q(n_reported__lte=models.F("n_due")),
                name="reporting_total_reported_within_due",
            ),
        ]
        indexes = [models.Index(fields=["indicator", "month"], name="reporting_total_by_indicator")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.indicator_id} {self.month:%Y-%m}"

    @property
    def worth(self) -> tuple[Decimal | None, Decimal | None, Decimal | None, int | None]:
        """Value, numerator, denominator and persons: what a revision changes."""
        return (self.value, self.numerator, self.denominator, self.persons)


class DataVersion(models.Model):
    """Counts the folds that changed a plan's totals; part of every cache key and “as of” line."""

    plan = models.OneToOneField(Plan, models.CASCADE, related_name="data_version")
    number = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("数据版本")
        verbose_name_plural = _("数据版本")

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.number}"


#: Rows come before their snapshot, in one transaction; once it stands, nothing joins it.
_SNAPSHOT_IS_COMPLETE = """
    IF EXISTS (SELECT 1 FROM reporting_snapshot WHERE month IN (SELECT month FROM added)) THEN
        RAISE EXCEPTION 'nothing is added to what was published'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reporting_snapshot_is_complete';
    END IF;
    RETURN NULL;
"""


class Snapshot(models.Model):
    """What a month stood at when it was published. Written once by `reporting.publishing`, never changed."""

    period = models.OneToOneField(
        ReportingMonth,
        models.PROTECT,
        to_field="month",
        db_column="month",
        primary_key=True,
        related_name="snapshot",
        verbose_name=_("报告期"),
    )
    published_at = models.DateTimeField(_("发布时间"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("发布人")
    )
    #: The fold whose totals were published.
    data_version = models.PositiveBigIntegerField(_("数据版本"))
    #: The newest decision the figures rest on; an approval after it is a revision. 0 where nothing was decided yet.
    last_decision = models.PositiveBigIntegerField()
    n_rows = models.PositiveIntegerField(_("行数"))
    #: SHA-256 over the rows in the order of units and indicators; stands in the audit trail too.
    digest = models.CharField(_("摘要"), max_length=64)

    class Meta:
        verbose_name = _("发布快照")
        verbose_name_plural = _("发布快照")
        constraints = [
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="reporting_snapshot_digest_is_sha256"
            ),
        ]
        triggers = [pgtrigger.Protect(name="snapshot_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.period_id:%Y-%m}"


class SnapshotRow(models.Model):
    """One unit's standing in one indicator as it was published, its target and its verdict of that day."""

    snapshot = models.ForeignKey(Snapshot, models.PROTECT, db_column="month", related_name="rows")
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="+")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    value = total_field(_("数值"))
    numerator = total_field(_("分子"))
    denominator = total_field(_("分母"))
    persons = models.BigIntegerField(_("人数"), null=True)
    value_month = models.DateField(null=True)
    n_due = models.PositiveIntegerField()
    n_reported = models.PositiveIntegerField()
    n_carried = models.PositiveIntegerField()
    target_value = total_field(_("年度目标"))
    baseline_value = total_field(_("基数"))
    #: The word of progress; empty where nothing is asked of the unit.
    status = models.CharField(_("状态"), max_length=12, blank=True)

    class Meta:
        verbose_name = _("已发布数据")
        verbose_name_plural = _("已发布数据")
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot", "unit", "indicator"], name="reporting_snapshot_one_row_per_unit_indicator"
            ),
            models.CheckConstraint(
                condition=Q(n_reported__lte=models.F("n_due")), name="reporting_snapshot_reported_within_due"
            ),
            all_or_none("numerator", "denominator", name="reporting_snapshot_numerator_with_denominator"),
            one_of("status", [*(status.value for status in Status), ""], name="reporting_snapshot_status_is_known"),
        ]
        triggers = [
            pgtrigger.Protect(name="published_row_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="published_rows_are_complete",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),
                func=_SNAPSHOT_IS_COMPLETE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.snapshot_id:%Y-%m} {self.unit_id} {self.indicator_id}"

    @property
    def worth(self) -> tuple[Decimal | None, Decimal | None, Decimal | None, int | None]:
        """Value, numerator, denominator and persons: what a revision changes."""
        return (self.value, self.numerator, self.denominator, self.persons)


# The models of assessment, saved views and early warning stand with their rules; Django looks for an app's models here.
from reporting.assessment.models import (  # noqa: E402, F401
    Assessment,
    AssessmentCriterion,
    AssessmentFile,
    AssessmentLine,
    AssessmentProof,
    AssessmentRound,
    AssessmentScheme,
    AssessmentSection,
    AssessmentStep,
    GradeCancellation,
)
from reporting.saved.models import ExportRun, ExportSchedule, SavedView  # noqa: E402, F401
from reporting.warnings.models import (  # noqa: E402, F401
    EarlyWarning,
    UncheckedUnit,
    WarningCheck,
    WarningEvent,
    WarningRule,
)
