"""Rules of early warning, the warnings they opened, and the history of each, to which is only added."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import ReportingUnit
from reporting.warnings import conditions, states
from reporting.warnings.states import DECIMALS
from submissions.models import ReportingMonth
from targets.models import Indicator, Plan
from workplan.lib.constraints import all_or_none, one_of


class RuleKind(models.TextChoices):
    THRESHOLD = "THRESHOLD", _("越过界限")
    CHANGE = "CHANGE", _("变动过大")
    FORECAST = "FORECAST", _("预计完不成")
    SILENCE = "SILENCE", _("连续未报")
    BREACH = "BREACH", _("发生了不得发生的")


class RuleMeasure(models.TextChoices):
    VALUE = "VALUE", _("数值")
    HEADROOM = "HEADROOM", _("距上限的余量")
    PACE = "PACE", _("与序时进度之比")
    PERIOD_DIFFERENCE = "PERIOD_DIFFERENCE", _("比上一报送期增减")
    PERIOD_SHARE = "PERIOD_SHARE", _("比上一报送期增减（比例）")
    YEAR_DIFFERENCE = "YEAR_DIFFERENCE", _("比上年同期增减")
    YEAR_SHARE = "YEAR_SHARE", _("比上年同期增减（比例）")


class RuleComparison(models.TextChoices):
    GT = "GT", _("高于")
    GE = "GE", _("不低于")
    LT = "LT", _("低于")
    LE = "LE", _("不高于")


class RuleScope(models.TextChoices):
    NATION = "NATION", pgettext_lazy("scope of a rule", "全国")
    UNITS = "UNITS", _("各单位")
    ALL = "ALL", _("全国和各单位")


class WarningState(models.TextChoices):
    OPEN = "OPEN", pgettext_lazy("state of a warning", "预警")
    ACKNOWLEDGED = "ACKNOWLEDGED", _("已有措施")
    RECOVERING = "RECOVERING", _("好转待稳")
    CLOSED = "CLOSED", _("已解除")


class WarningEventKind(models.TextChoices):
    OPENED = "OPENED", _("发出预警")
    STANDS = "STANDS", _("仍在预警")
    WORSENED = "WORSENED", _("加重，重新预警")
    ACKNOWLEDGED = "ACKNOWLEDGED", _("已登记措施")
    RECOVERING = "RECOVERING", _("好转")
    RELAPSED = "RELAPSED", _("反复，重新预警")
    CLOSED = "CLOSED", _("解除")


def _measures_fit() -> Q:
    """A kind that is set on something says on what, on which side, and on which limit; the others say none of it."""
    fits = Q()
    for kind, measures in conditions.MEASURES.items():
        fits |= Q(kind=kind.value, measure__in=[one.value for one in measures], limit__isnull=False) & ~Q(comparison="")
    others = [kind.value for kind in conditions.Kind if kind not in conditions.MEASURES]
    return fits | Q(kind__in=others, measure="", comparison="", limit__isnull=True)


class WarningRule(models.Model):
    """When to warn, of which indicator and which units, from a month to a month. Planners set it."""

    code = models.CharField(_("编号"), max_length=8, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=120)
    kind = models.CharField(_("类别"), max_length=9, choices=RuleKind)
    indicator = models.ForeignKey(
        Indicator,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("指标"),
        help_text=_("“预计完不成”和“发生了不得发生的”留空时，适用于所有有此类目标的指标；“连续未报”不分指标。"),
    )
    scope = models.CharField(_("适用范围"), max_length=6, choices=RuleScope, default=RuleScope.UNITS)
    measure = models.CharField(_("衡量"), max_length=17, choices=RuleMeasure, blank=True)
    comparison = models.CharField(_("比较"), max_length=2, choices=RuleComparison, blank=True)
    limit = models.DecimalField(
        _("界限"),
        max_digits=21,
        decimal_places=6,
        null=True,
        blank=True,
        help_text=_("以人、元、个为单位；比率和百分点写小数，如 0.2 个百分点写 0.002。下降写负数。"),
    )
    n_periods = models.PositiveSmallIntegerField(_("连续未报期数"), null=True, blank=True)
    worse_by = models.DecimalField(
        _("加重的幅度"),
        max_digits=21,
        decimal_places=6,
        default=0,
        help_text=_("登记措施后，再加重这么多才重新预警。“预计完不成”按缺口占目标的比例计。"),
    )
    valid_from = models.DateField(_("起始报告期"))
    valid_to = models.DateField(_("终止报告期"), null=True, blank=True)
    reason = models.TextField(_("依据"))
    reason_en = models.TextField(_("英文依据"), blank=True)
    #: Tells the next reader that rules changed.
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("预警规则")
        verbose_name_plural = _("预警规则")
        constraints = [
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(name="") & ~Q(name_en="") & ~Q(reason=""),
                name="reporting_warningrule_says_what_and_why",
            ),
            one_of("kind", RuleKind.values, name="reporting_warningrule_kind_is_known"),
            one_of("scope", RuleScope.values, name="reporting_warningrule_scope_is_known"),
            one_of("comparison", ["", *RuleComparison.values], name="reporting_warningrule_comparison_is_known"),
            models.CheckConstraint(
                condition=_measures_fit(),
                name="reporting_warningrule_measure_fits_kind",
                violation_error_message=_(
                    "“越过界限”和“变动过大”须写明衡量什么、怎样比较和界限，且衡量须属于该类别；其他类别这三项留空。"
                ),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["THRESHOLD", "CHANGE"], indicator__isnull=False)
                | Q(kind="SILENCE", indicator__isnull=True)
                | Q(kind__in=["FORECAST", "BREACH"]),
                name="reporting_warningrule_indicator_fits_kind",
                violation_error_message=_("“越过界限”和“变动过大”须选一个指标；“连续未报”不选指标。"),
            ),
            models.CheckConstraint(
                condition=Q(kind="SILENCE", n_periods__gte=1) | ~Q(kind="SILENCE") & Q(n_periods__isnull=True),
                name="reporting_warningrule_silence_counts_periods",
                violation_error_message=_("“连续未报”须写期数，至少 1 期；其他类别不写。"),
            ),
            models.CheckConstraint(
                condition=Q(worse_by__gte=0),
                name="reporting_warningrule_worse_by_not_negative",
                violation_error_message=_("加重的幅度不能是负数。"),
            ),
            models.CheckConstraint(
                condition=Q(valid_from__day=1) & (Q(valid_to__isnull=True) | Q(valid_to__day=1)),
                name="reporting_warningrule_runs_from_month_to_month",
                violation_error_message=_("起止报告期请写当月 1 日。"),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="reporting_warningrule_ends_after_it_begins",
                violation_error_message=_("终止报告期不能早于起始报告期。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def label(self) -> str:
        return self.name_en if get_language() == "en" else self.name

    @property
    def reason_label(self) -> str:
        return self.reason_en or self.reason if get_language() == "en" else self.reason

    def terms(self) -> conditions.Terms:
        """Return what the rule asks, as its judge takes it."""
        return conditions.Terms(
            kind=conditions.Kind(self.kind),
            measure=conditions.Measure(self.measure) if self.measure else None,
            comparison=conditions.Comparison(self.comparison) if self.comparison else None,
            limit=self.limit,
            n_periods=self.n_periods,
        )


class EarlyWarningQuerySet(models.QuerySet):
    def live(self) -> EarlyWarningQuerySet:
        """Keep those that are not over."""
        return self.filter(state__in=[state.value for state in states.LIVE])

    def shown_to(self, person: permissions.Person) -> EarlyWarningQuerySet:
        """Keep those of which the person may know anything, each with the newest of it: `shown_id`, `shown_state`."""
        newest = WarningEvent.objects.visible_to(person).filter(warning=OuterRef("pk")).order_by("-pk")
        return self.annotate(
            shown_id=Subquery(newest.values("pk")[:1]),
            shown_state=Subquery(newest.values("state")[:1]),
            shown_month=Subquery(newest.values("month")[:1]),
        ).filter(shown_id__isnull=False)


class EarlyWarning(models.Model):
    """One episode: a rule fired for a unit and indicator, and has not been made good for two due months since.

    What stands here is that of its newest event; `reporting.warnings.checking` and `services` alone write both.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+", verbose_name=_("年度计划"))
    rule = models.ForeignKey(WarningRule, models.PROTECT, related_name="warnings", verbose_name=_("预警规则"))
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    #: None where the rule is about the unit's reports.
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("指标")
    )
    episode = models.PositiveSmallIntegerField(_("第几次"))
    state = models.CharField(_("状态"), max_length=12, choices=WarningState)
    #: The due month it was opened for, and the newest that was judged.
    first_month = models.DateField(_("首次预警报告期"))
    month = models.DateField(_("报告期"))
    measured = models.DecimalField(_("衡量值"), max_digits=32, decimal_places=DECIMALS, null=True)
    gravity = models.DecimalField(max_digits=32, decimal_places=DECIMALS)
    #: The gravity that was answered; None while nobody has, or the answer no longer holds.
    accepted = models.DecimalField(max_digits=32, decimal_places=DECIMALS, null=True)

    objects = EarlyWarningQuerySet.as_manager()

    class Meta:
        verbose_name = _("预警")
        verbose_name_plural = _("预警")
        constraints = [
            one_of("state", WarningState.values, name="reporting_earlywarning_state_is_known"),
            models.UniqueConstraint(
                fields=["rule", "unit", "indicator", "plan", "episode"],
                nulls_distinct=False,
                name="reporting_earlywarning_one_per_episode",
            ),
            models.UniqueConstraint(
                fields=["rule", "unit", "indicator", "plan"],
                condition=~Q(state="CLOSED"),
                nulls_distinct=False,
                name="reporting_earlywarning_one_live",
            ),
            models.CheckConstraint(
                condition=Q(month__gte=F("first_month")), name="reporting_earlywarning_goes_forward"
            ),
            models.CheckConstraint(
                condition=Q(state="ACKNOWLEDGED", accepted__isnull=False)
                | ~Q(state="ACKNOWLEDGED") & Q(accepted__isnull=True),
                name="reporting_earlywarning_answered_at_a_gravity",
            ),
        ]
        indexes = [models.Index(fields=["unit", "state"], name="reporting_warning_by_unit")]
        triggers = [pgtrigger.Protect(name="warning_is_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.unit_id} {self.indicator_id} #{self.episode}"

    @property
    def is_answerable(self) -> bool:
        return self.state in (WarningState.OPEN, WarningState.ACKNOWLEDGED)


class WarningEventQuerySet(models.QuerySet):
    def visible_to(self, person: permissions.Person) -> WarningEventQuerySet:
        """Keep what the person may read: of the own subtree all; of others what published figures say, no answers."""
        if permissions.sees_all_approved(person):
            return self
        published = ReportingMonth.objects.filter(published_at__isnull=False).values("month")
        readable = Q(month__in=published) & ~Q(kind=WarningEventKind.ACKNOWLEDGED)
        for path in permissions.access(person).subtree_paths:
            readable |= Q(warning__unit__path__startswith=path)
        return self.filter(readable)


class WarningEvent(models.Model):
    """One step of a warning: what a month said of it, or what somebody undertook against it."""

    warning = models.ForeignKey(EarlyWarning, models.PROTECT, related_name="events", verbose_name=_("预警"))
    kind = models.CharField(_("事项"), max_length=12, choices=WarningEventKind)
    #: The state it led to.
    state = models.CharField(_("状态"), max_length=12, choices=WarningState)
    month = models.DateField(_("报告期"))
    measured = models.DecimalField(_("衡量值"), max_digits=32, decimal_places=DECIMALS, null=True)
    limit = models.DecimalField(_("界限"), max_digits=32, decimal_places=DECIMALS, null=True)
    #: What it was measured from: name → decimal text.
    inputs = models.JSONField(_("依据数据"), default=dict)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("登记人")
    )
    measure = models.TextField(_("措施"), blank=True)
    responsible = models.CharField(_("责任人"), max_length=60, blank=True)
    planned_on = models.DateField(_("计划完成日"), null=True, blank=True)

    objects = WarningEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("预警记录")
        verbose_name_plural = _("预警记录")
        constraints = [
            one_of("kind", WarningEventKind.values, name="reporting_warningevent_kind_is_known"),
            one_of("state", WarningState.values, name="reporting_warningevent_state_is_known"),
            all_or_none("by", "planned_on", name="reporting_warningevent_answer_has_person_and_day"),
            models.CheckConstraint(
                condition=Q(kind="ACKNOWLEDGED", by__isnull=False) & ~Q(measure="") & ~Q(responsible="")
                | ~Q(kind="ACKNOWLEDGED") & Q(by__isnull=True, measure="", responsible=""),
                name="reporting_warningevent_answer_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["warning", "id"], name="reporting_warningevent_newest")]
        triggers = [pgtrigger.Protect(name="warningevent_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.warning_id} {self.kind} {self.month:%Y-%m}"

    @property
    def is_answer(self) -> bool:
        return self.kind == WarningEventKind.ACKNOWLEDGED


# What waits to be judged -----------------------------------------------------------------------


class UncheckedUnit(models.Model):
    """A unit whose totals a fold changed since warnings were last checked; appended by folds, taken by checks."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+")
    unit = models.ForeignKey(ReportingUnit, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("待检查预警的单位")
        verbose_name_plural = _("待检查预警的单位")

    def __str__(self) -> str:
        return f"{self.plan_id} {self.unit_id}"


class WarningCheck(models.Model):
    """When a plan was last judged as a whole, and by rules as of when."""

    plan = models.OneToOneField(Plan, models.CASCADE, related_name="warning_check")
    checked_on = models.DateField()
    rules_as_of = models.DateTimeField()

    class Meta:
        verbose_name = _("预警检查")
        verbose_name_plural = _("预警检查")

    def __str__(self) -> str:
        return f"{self.plan_id} {self.checked_on}"
