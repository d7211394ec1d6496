"""Groupings of units that are no units: dated schemes of regions, replaceable as a whole.

A scheme of the same code that starts later takes the place of the one before; within one, no unit is in two groups.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class SchemeQuerySet(models.QuerySet):
    def in_force(self, on: date) -> list[RegionScheme]:
        """Return the scheme of each code that holds on the day, by position: the one that started last."""
        begun = self.filter(starts_on__lte=on).order_by("code", "-starts_on").distinct("code")
        return sorted((one for one in begun if one.holds_on(on)), key=lambda one: (one.position, one.code))


class RegionScheme(models.Model):
    """One way of grouping provinces, from a day on."""

    code = models.CharField(_("代码"), max_length=20)
    name = models.CharField(_("名称"), max_length=40)
    name_en = models.CharField(_("英文名"), max_length=60)
    starts_on = models.DateField(_("起始日"))
    ends_on = models.DateField(_("终止日"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("次序"), default=0)
    source = models.CharField(_("依据"), max_length=200)

    objects = SchemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("区域划分")
        verbose_name_plural = _("区域划分")
        constraints = [
            models.UniqueConstraint(fields=["code", "starts_on"], name="accounts_scheme_one_per_code_and_day"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=models.F("starts_on")),
                name="accounts_scheme_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z][a-z_]{0,19}$"), name="accounts_scheme_code_is_a_word"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.starts_on}"

    @property
    def label(self) -> str:
        return self.name_en if get_language() == "en" else self.name

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


class RegionGroup(models.Model):
    """One region of a scheme."""

    scheme = models.ForeignKey(RegionScheme, models.CASCADE, related_name="groups")
    code = models.CharField(_("代码"), max_length=20)
    name = models.CharField(_("名称"), max_length=20)
    name_en = models.CharField(_("英文名"), max_length=40)
    position = models.PositiveSmallIntegerField(_("次序"), default=0)

    class Meta:
        verbose_name = _("区域")
        verbose_name_plural = _("区域")
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="accounts_region_one_code_per_scheme"),
            models.UniqueConstraint(fields=["scheme", "id"], name="accounts_region_scheme_and_id"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme_id} {self.code}"

    @property
    def label(self) -> str:
        return self.name_en if get_language() == "en" else self.name


class RegionMember(models.Model):
    """A unit in a region of the same scheme (a foreign key in migration 0009), in which it is in one region at most."""

    scheme = models.ForeignKey(RegionScheme, models.CASCADE, related_name="+")
    group = models.ForeignKey(RegionGroup, models.CASCADE, related_name="members")
    unit = models.ForeignKey("accounts.ReportingUnit", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("区域所含单位")
        verbose_name_plural = _("区域所含单位")
        constraints = [
            models.UniqueConstraint(fields=["scheme", "unit"], name="accounts_member_in_one_region_per_scheme"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.unit_id}"
