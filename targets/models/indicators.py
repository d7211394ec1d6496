"""Indicators, which outlive the year, and the yearly targets, assignments and thresholds set on them."""

from __future__ import annotations

from decimal import Decimal

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ReportingUnit
from targets import measures
from targets.models.plan import Item, Plan
from targets.models.words import (
    Bound,
    Frequency,
    Kind,
    Strength,
    TimeAggregation,
    UnitAggregation,
    UnitOfMeasure,
    in_language,
)
from workplan.lib.constraints import finite_and_not_negative, one_of


@pghistory.track()
class Indicator(models.Model):
    """A statistical indicator; it outlives the yearly targets set on it."""

    code = models.CharField(
        _("代码"), max_length=12, unique=True, validators=[RegexValidator(r"^[A-Z][0-9A-Z]{1,11}$")]
    )
    name = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(_("英文名称"), max_length=120, blank=True)
    short_name = models.CharField(_("简称"), max_length=20)
    short_name_en = models.CharField(_("英文简称"), max_length=40, blank=True)
    kind = models.CharField(_("类型"), max_length=5, choices=Kind)
    unit_of_measure = models.CharField(_("计量单位"), max_length=6, choices=UnitOfMeasure)
    decimals = models.PositiveSmallIntegerField(_("填报小数位"), default=0)
    display_decimals = models.PositiveSmallIntegerField(_("显示小数位"), default=1)
    frequency = models.PositiveSmallIntegerField(_("报送频率"), choices=Frequency, default=Frequency.MONTHLY)
    time_aggregation = models.CharField(
        _("时间汇总"), max_length=10, choices=TimeAggregation, default=TimeAggregation.NEWEST
    )
    unit_aggregation = models.CharField(
        _("单位汇总"), max_length=16, choices=UnitAggregation, default=UnitAggregation.SUM
    )
    numerator_name = models.CharField(_("分子"), max_length=80, blank=True)
    numerator_name_en = models.CharField(_("分子（英文）"), max_length=120, blank=True)
    denominator_name = models.CharField(_("分母"), max_length=120, blank=True)
    denominator_name_en = models.CharField(_("分母（英文）"), max_length=160, blank=True)
    definition = models.TextField(_("指标解释"), blank=True)
    definition_en = models.TextField(_("指标解释（英文）"), blank=True)
    scope_note = models.TextField(_("口径"), blank=True)
    scope_note_en = models.TextField(_("口径（英文）"), blank=True)
    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("其中项属于")
    )
    due_rule = models.CharField(_("报送期限"), max_length=200, blank=True)
    due_rule_en = models.CharField(_("报送期限（英文）"), max_length=240, blank=True)
    has_persons = models.BooleanField(_("同时填报人数"), default=False)
    source = models.CharField(_("依据"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("指标")
        verbose_name_plural = _("指标")
        constraints = [
            one_of("kind", Kind.values, name="targets_indicator_kind_is_known"),
            one_of("unit_of_measure", UnitOfMeasure.values, name="targets_indicator_unit_is_known"),
            one_of("frequency", Frequency.values, name="targets_indicator_frequency_is_known"),
            models.CheckConstraint(
                condition=Q(kind="RATIO", unit_aggregation="RATIO_OF_SUMS")
                | ~Q(kind="RATIO") & Q(unit_aggregation="SUM"),
                name="targets_indicator_only_ratios_pool",
                violation_error_message=_("相对指标按“分子之和÷分母之和”汇总，其他指标按相加汇总。"),
            ),
            models.CheckConstraint(
                condition=~Q(kind="RATIO") | (~Q(numerator_name="") & ~Q(denominator_name="")),
                name="targets_indicator_ratio_names_its_parts",
                violation_error_message=_("相对指标须写明分子和分母。"),
            ),
            models.CheckConstraint(condition=Q(decimals__lte=4), name="targets_indicator_at_most_four_decimals"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    @property
    def label(self) -> str:
        return in_language(self.name, self.name_en)

    @property
    def short_label(self) -> str:
        return in_language(self.short_name, self.short_name_en)

    @property
    def definition_label(self) -> str:
        return in_language(self.definition, self.definition_en)

    @property
    def scope_note_label(self) -> str:
        return in_language(self.scope_note, self.scope_note_en)

    @property
    def due_rule_label(self) -> str:
        return in_language(self.due_rule, self.due_rule_en)

    @property
    def numerator_label(self) -> str:
        return in_language(self.numerator_name, self.numerator_name_en)

    @property
    def denominator_label(self) -> str:
        return in_language(self.denominator_name, self.denominator_name_en)

    @property
    def is_ratio(self) -> bool:
        return self.kind == Kind.RATIO


class FormerIndicator(models.Model):
    """An indicator's code that is no longer filed under, and the indicator that took its place (X-24)."""

    code = models.CharField(_("原代码"), max_length=12, unique=True)
    name = models.CharField(_("原名称"), max_length=80)
    successor = models.ForeignKey(Indicator, models.PROTECT, related_name="former", verbose_name=_("接续指标"))
    retired_on = models.DateField(_("停用日期"))

    class Meta:
        verbose_name = _("已停用的指标")
        verbose_name_plural = _("已停用的指标")
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z][0-9A-Z]{1,11}$"), name="targets_former_code_is_a_code"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="former_code_is_not_in_use",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF EXISTS (SELECT 1 FROM targets_indicator i WHERE i.code = NEW.code) THEN
                        RAISE EXCEPTION 'this code is in use'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'targets_former_code_is_not_in_use';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        if Indicator.objects.filter(code=self.code).exists():
            raise ValidationError({"code": _("这个代码仍在使用，不能停用。")})


class IndicatorPart(models.Model):
    """One of the parts an indicator's figure may be filed in, such as workers and retirees; they add up to it."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="filed_parts", verbose_name=_("指标"))
    code = models.CharField(_("代码"), max_length=20, validators=[RegexValidator(r"^[a-z][a-z_]{0,19}$")])
    name = models.CharField(_("名称"), max_length=40)
    name_en = models.CharField(_("英文名称"), max_length=60, blank=True)
    position = models.PositiveSmallIntegerField(_("次序"), default=0)
    #: Between which shares of the whole it usually lies; fractions.
    share_low = models.DecimalField(_("占比下限"), max_digits=5, decimal_places=4, null=True, blank=True)
    share_high = models.DecimalField(_("占比上限"), max_digits=5, decimal_places=4, null=True, blank=True)

    class Meta:
        verbose_name = _("分项")
        verbose_name_plural = _("分项")
        ordering = ["indicator", "position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "code"], name="targets_part_one_code_per_indicator"),
            models.CheckConstraint(condition=Q(code__regex=r"^[a-z][a-z_]{0,19}$"), name="targets_part_code_is_a_word"),
            models.CheckConstraint(
                condition=Q(share_low__isnull=True, share_high__isnull=True)
                | Q(share_low__isnull=False, share_high__isnull=False)
                & Q(share_low__gte=0, share_high__lte=1, share_high__gte=F("share_low")),
                name="targets_part_shares_are_a_range",
                violation_error_message=_("占比的上下限须同时填写，都在 0 至 1 之间，且下限不大于上限。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}.{self.code}"

    @property
    def label(self) -> str:
        return in_language(self.name, self.name_en)


class TargetQuerySet(models.QuerySet):
    def of_unit(self, unit: ReportingUnit) -> TargetQuerySet:
        return self.filter(unit=unit)

    def in_order(self) -> TargetQuerySet:
        return self.select_related("indicator", "unit", "item").order_by("indicator__code", "unit__position", "id")


#: Persons and yuan are whole or two-decimal; a rate target is a fraction such as 0.046.
def figure_field(verbose_name: str, **options: object) -> models.DecimalField:
    """Return a column for a value in base units; exact, up to 10^14 with four decimals."""
    return models.DecimalField(verbose_name, max_digits=19, decimal_places=4, **options)


#: So many headline figures fit on the leader's screen.
HEADLINES_AT_MOST = 8


@pghistory.track()
class Target(models.Model):
    """What one unit (全国 included) is to reach in one plan year."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="targets", verbose_name=_("年度计划"))
    item = models.ForeignKey(Item, models.PROTECT, related_name="targets", verbose_name=_("工作要点"))
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="targets", verbose_name=_("指标"))
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="targets", verbose_name=_("单位"))
    target_value = figure_field(_("目标值"))
    baseline_value = figure_field(_("基数"), null=True, blank=True)
    bound = models.CharField(_("方向"), max_length=8, choices=Bound)
    strength = models.CharField(_("力度"), max_length=8, choices=Strength, default=Strength.PLAIN)
    wording = models.CharField(_("文件表述"), max_length=120, blank=True)
    planned_month = models.PositiveSmallIntegerField(_("计划完成月份"), null=True, blank=True)
    seasonal_shares = ArrayField(
        models.DecimalField(max_digits=7, decimal_places=6),
        size=12,
        null=True,
        blank=True,
        verbose_name=_("季节曲线"),
    )
    is_synthetic = models.BooleanField(_("测算数（非官方）"), default=False)
    #: Off: the units directly below this one are not ranked by this indicator in this year.
    is_ranked = models.BooleanField(_("下级单位排名"), default=True)
    #: Which place the figure takes among the few the leader sees first; the country's own targets alone have one.
    headline_position = models.PositiveSmallIntegerField(_("领导一屏位次"), null=True, blank=True)
    source = models.CharField(_("依据"), max_length=200, blank=True)

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("目标")
        verbose_name_plural = _("目标")
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "indicator", "unit"],
                name="targets_target_one_per_plan_indicator_unit",
                violation_error_message=_("这个单位在本年度已有该指标的目标。"),
            ),
            finite_and_not_negative("target_value", name="targets_target_value_is_a_number"),
            finite_and_not_negative("baseline_value", name="targets_baseline_value_is_a_number"),
            one_of("bound", Bound.values, name="targets_target_bound_is_known"),
            one_of("strength", Strength.values, name="targets_target_strength_is_known"),
            models.CheckConstraint(
                condition=Q(planned_month__isnull=True) | Q(planned_month__gte=1, planned_month__lte=12),
                name="targets_target_planned_month_is_a_month",
            ),
            models.CheckConstraint(
                condition=Q(seasonal_shares__isnull=True) | Q(seasonal_shares__len=12),
                name="targets_target_curve_has_twelve_months",
            ),
            # Checked when the statement ends: a file may have two figures change places.
            models.UniqueConstraint(
                fields=["plan", "headline_position"],
                deferrable=models.Deferrable.IMMEDIATE,
                name="targets_target_one_per_headline_position",
                violation_error_message=_("领导一屏的这个位次已有另一项指标。"),
            ),
            models.CheckConstraint(
                condition=Q(headline_position__isnull=True)
                | Q(headline_position__gte=1, headline_position__lte=HEADLINES_AT_MOST),
                name="targets_target_headline_position_is_on_the_screen",
                violation_error_message=_("领导一屏的位次为1至8。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code} {self.unit}"

    def clean(self) -> None:
        if self.headline_position is not None and self.unit_id and not self.unit.is_nation:
            raise ValidationError({"headline_position": _("只有全国的目标才能列入领导一屏。")})

    def goal(self) -> measures.Goal:
        """Return the target as the measures take it."""
        return measures.Goal(
            kind=measures.Kind(self.indicator.kind),
            bound=measures.Bound(self.bound),
            target=self.target_value,
            baseline=self.baseline_value,
            frequency=self.indicator.frequency,
            planned_month=self.planned_month,
        )


class Assignment(models.Model):
    """This unit files this indicator in this plan year, and stands in it for the units below."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="assignments", verbose_name=_("年度计划"))
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="assignments", verbose_name=_("指标"))
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="assignments", verbose_name=_("单位"))

    class Meta:
        verbose_name = _("填报任务")
        verbose_name_plural = _("填报任务")
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "unit", "indicator"], name="targets_assignment_one_per_plan_unit_indicator"
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.unit_id}"


class Thresholds(models.Model):
    """The limits between the words of progress in one plan year (contract: thresholds are data)."""

    plan = models.OneToOneField(Plan, models.PROTECT, related_name="thresholds", verbose_name=_("年度计划"))
    lagging_ratio = models.DecimalField(
        _("滞后界限（与序时之比）"), max_digits=5, decimal_places=4, default=Decimal("0.9")
    )
    lagging_gap = models.DecimalField(_("滞后界限（比率差）"), max_digits=5, decimal_places=4, default=Decimal("0.02"))
    lagging_headroom = models.DecimalField(
        _("余量界限（比率差）"), max_digits=5, decimal_places=4, default=Decimal("0.002")
    )

    class Meta:
        verbose_name = _("进度界限")
        verbose_name_plural = _("进度界限")
        constraints = [
            models.CheckConstraint(
                condition=Q(lagging_ratio__gt=0, lagging_ratio__lt=1, lagging_gap__gte=0, lagging_headroom__gte=0),
                name="targets_thresholds_are_fractions",
            )
        ]

    def __str__(self) -> str:
        return str(self.plan_id)

    def as_measured(self) -> measures.Thresholds:
        return measures.Thresholds(
            lagging_ratio=self.lagging_ratio,
            lagging_gap=self.lagging_gap,
            lagging_headroom=self.lagging_headroom,
        )
