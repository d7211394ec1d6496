"""Figures from elsewhere, each with its source: what units are compared with, and what was published nationally."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ReportingUnit
from submissions.models.words import Release
from targets.models import Indicator, figure_field
from workplan.lib.constraints import finite_and_not_negative, one_of


class ReferenceName(models.TextChoices):
    EMPLOYED = "EMPLOYED", _("从业人数")
    URBAN_EMPLOYED = "URBAN_EMPLOYED", _("城镇从业人数")
    GROSS_EMPLOYMENT = "GROSS_EMPLOYMENT", _("城镇累计新就业人数")


class ReferenceFigure(models.Model):
    """What another source says of a unit in a year; the rules compare with it and never count it."""

    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    year = models.PositiveSmallIntegerField(_("年度"))
    name = models.CharField(_("参照指标"), max_length=16, choices=ReferenceName)
    value = figure_field(_("数值"))
    source = models.CharField(_("来源"), max_length=200)

    class Meta:
        verbose_name = _("参照数")
        verbose_name_plural = _("参照数")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "year", "name"],
                name="submissions_reference_one_per_unit_year_name",
                violation_error_message=_("这个单位本年度已有该参照数。"),
            ),
            one_of("name", ReferenceName.values, name="submissions_reference_name_is_known"),
            finite_and_not_negative("value", name="submissions_reference_value_is_a_number"),
            models.CheckConstraint(condition=~Q(source=""), name="submissions_reference_names_its_source"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.name} {self.year}"


class PublishedFigure(models.Model):
    """What was published of the country or of a unit: it stands beside what units report and never replaces it.

    Of a year in which the portal has no reports of its own it is what the next year is held against.
    """

    #: None is the whole country.
    unit = models.ForeignKey(
        ReportingUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"level__gt": 0},
        verbose_name=_("单位"),
        help_text=_("留空为全国"),
    )
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="published", verbose_name=_("指标"))
    month = models.DateField(_("报告期"))
    release = models.CharField(_("发布口径"), max_length=5, choices=Release, default=Release.FLASH)
    #: Of a ratio the published rate, a fraction; its parts are published seldom.
    value = figure_field(_("数值"))
    published_on = models.DateField(_("公布日期"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=200)
    is_synthetic = models.BooleanField(_("测算数（非官方）"), default=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("录入人")
    )

    class Meta:
        verbose_name = _("公布数")
        verbose_name_plural = _("公布数")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "month", "indicator", "release"],
                nulls_distinct=False,
                name="submissions_published_one_per_indicator_month_release",
                violation_error_message=_("这个单位的这个指标在该报告期已有这一口径的公布数。"),
            ),
            one_of("release", Release.values, name="submissions_published_release_is_known"),
            models.CheckConstraint(condition=Q(month__day=1), name="submissions_published_month_is_first_day"),
            finite_and_not_negative("value", name="submissions_published_value_is_a_number"),
            models.CheckConstraint(condition=~Q(source=""), name="submissions_published_names_its_source"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.month:%Y-%m} {self.release}"
