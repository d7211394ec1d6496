"""On which terms rules are held: what a planner set for a rule, and whom a reviewer excused from it."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import ReportingUnit, User
from targets.models import Indicator
from workplan.lib.constraints import all_or_none, one_of

_RULE = r"^V[0-9]{2}$"


class RuleSeverity(models.TextChoices):
    ERROR = "E", _("须更正")
    WARNING = "W", _("须说明")
    INFO = "I", _("提示")


class RuleSetting(models.Model):
    """What a rule is held on from a month to a month; between settings a rule is held as built.

    Of the settings whose first month has come the newest counts; after its last month the rule is not held at all.
    """

    rule = models.CharField(_("规则"), max_length=3)
    valid_from = models.DateField(_("起始报告期"))
    valid_to = models.DateField(_("终止报告期"), null=True, blank=True)
    severity = models.CharField(_("处理方式"), max_length=1, choices=RuleSeverity, blank=True)
    #: Name of a limit → its value as decimal text.
    limits = models.JSONField(_("界限"), default=dict, blank=True)
    reason = models.TextField(_("依据"))

    class Meta:
        verbose_name = _("规则设置")
        verbose_name_plural = _("规则设置")
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "valid_from"],
                name="submissions_setting_one_per_rule_and_month",
                violation_error_message=_("这条规则从该报告期起已有设置，请改那一条。"),
            ),
            models.CheckConstraint(condition=Q(rule__regex=_RULE), name="submissions_setting_names_a_rule"),
            one_of("severity", ["", *RuleSeverity.values], name="submissions_setting_severity_is_known"),
            models.CheckConstraint(
                condition=Q(valid_from__day=1) & (Q(valid_to__isnull=True) | Q(valid_to__day=1)),
                name="submissions_setting_runs_from_month_to_month",
                violation_error_message=_("起止报告期请写当月 1 日。"),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="submissions_setting_ends_after_it_begins",
                violation_error_message=_("终止报告期不能早于起始报告期。"),
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="submissions_setting_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.valid_from:%Y-%m}"


class ExcuseQuerySet(models.QuerySet):
    def standing(self) -> ExcuseQuerySet:
        """Keep those that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def visible_to(self, person: User) -> ExcuseQuerySet:
        """Keep those the person may know of: all for who reads all figures, else those of the own units."""
        if permissions.sees_all_approved(person):
            return self
        own = Q(pk__in=[])
        for path in permissions.access(person).subtree_paths:
            own |= Q(unit__path__startswith=path)
        return self.filter(own)

    def in_month(self, month: date) -> ExcuseQuerySet:
        return self.standing().filter(since__lte=month, until__gte=month)


class Excuse(models.Model):
    """A rule is not held against one unit in one indicator for some months: who said so, and why."""

    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="excuses", verbose_name=_("单位"))
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", verbose_name=_("指标"))
    rule = models.CharField(_("规则"), max_length=3)
    since = models.DateField(_("起始报告期"))
    until = models.DateField(_("终止报告期"))
    reason = models.TextField(_("理由"))
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("同意人"))
    granted_at = models.DateTimeField(_("同意时间"))
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("撤销人")
    )
    withdrawn_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    objects = ExcuseQuerySet.as_manager()

    class Meta:
        verbose_name = _("规则豁免")
        verbose_name_plural = _("规则豁免")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "indicator", "rule"],
                condition=Q(withdrawn_at__isnull=True),
                name="submissions_excuse_one_standing_per_unit_indicator_rule",
            ),
            models.CheckConstraint(condition=Q(rule__regex=_RULE), name="submissions_excuse_names_a_rule"),
            models.CheckConstraint(
                condition=Q(since__day=1, until__day=1), name="submissions_excuse_runs_from_month_to_month"
            ),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="submissions_excuse_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(reason=""), name="submissions_excuse_says_why"),
            all_or_none("withdrawn_by", "withdrawn_at", name="submissions_excuse_withdrawn_by_and_at"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.rule}:{self.indicator_id}"
