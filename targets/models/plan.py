"""One year's notice: chapters, items and what they deliver without a number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ReportingUnit, UnitKind
from targets.models.words import Actor, MilestoneFrequency, Output, Scope, in_language
from workplan.lib.constraints import one_of


@pghistory.track()
class Plan(models.Model):
    """One year's notice."""

    year = models.PositiveSmallIntegerField(_("年度"), unique=True)
    number = models.CharField(_("文号"), max_length=40)
    title = models.CharField(_("标题"), max_length=120)
    title_en = models.CharField(_("英文标题"), max_length=160, blank=True)
    issuer = models.CharField(_("发文机关"), max_length=60)
    issuer_en = models.CharField(_("发文机关（英文）"), max_length=120, blank=True)
    issued_on = models.DateField(_("成文日期"))

    class Meta:
        verbose_name = _("年度计划")
        verbose_name_plural = _("年度计划")
        constraints = [
            models.CheckConstraint(condition=Q(year__gte=1990, year__lte=2100), name="targets_plan_year_is_plausible")
        ]

    def __str__(self) -> str:
        return in_language(self.title, self.title_en)

    label = property(__str__)


class Chapter(models.Model):
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="chapters", verbose_name=_("年度计划"))
    number = models.PositiveSmallIntegerField(_("序号"))
    heading = models.CharField(_("标题"), max_length=120)
    heading_en = models.CharField(_("英文标题"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("部分")
        verbose_name_plural = _("部分")
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="targets_chapter_one_number_per_plan")]

    def __str__(self) -> str:
        return in_language(self.heading, self.heading_en)

    label = property(__str__)


@pghistory.track()
class Item(models.Model):
    """One numbered piece of work of the plan."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="items", verbose_name=_("年度计划"))
    chapter = models.ForeignKey(Chapter, models.PROTECT, related_name="items", verbose_name=_("部分"))
    number = models.PositiveSmallIntegerField(_("序号"))
    heading = models.CharField(_("标题"), max_length=120)
    heading_en = models.CharField(_("英文标题"), max_length=200, blank=True)
    summary = models.TextField(_("内容摘要"))
    summary_en = models.TextField(_("英文摘要"), blank=True)
    lead = models.CharField(_("牵头司局"), max_length=60)
    lead_en = models.CharField(_("牵头司局（英文）"), max_length=120, blank=True)
    #: Reported for the item though nobody set a target on them.
    indicators = models.ManyToManyField(
        "targets.Indicator", blank=True, related_name="items", verbose_name=_("无目标的指标")
    )

    class Meta:
        verbose_name = _("工作要点")
        verbose_name_plural = _("工作要点")
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="targets_item_one_number_per_plan")]

    def __str__(self) -> str:
        return f"{self.number}. {self.label}"

    @property
    def label(self) -> str:
        return in_language(self.heading, self.heading_en)

    @property
    def summary_label(self) -> str:
        return in_language(self.summary, self.summary_en)

    @property
    def lead_label(self) -> str:
        return in_language(self.lead, self.lead_en)


@pghistory.track()
class ItemText(models.Model):
    """What the notice itself says in an item, beside the plan's summary in its own words; for whoever is signed in."""

    item = models.OneToOneField(Item, models.PROTECT, related_name="full_text", verbose_name=_("工作要点"))
    text = models.TextField(_("通知原文"))
    #: SHA-256 of the file that it was read from, in hex.
    file_digest = models.CharField(_("文件摘要"), max_length=64)

    class Meta:
        verbose_name = _("工作要点原文")
        verbose_name_plural = _("工作要点原文")
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="targets_itemtext_says_something"),
            models.CheckConstraint(
                condition=Q(file_digest__regex=r"^[0-9a-f]{64}$"), name="targets_itemtext_names_its_file"
            ),
        ]

    def __str__(self) -> str:
        return str(self.item_id)

    @property
    def paragraphs(self) -> list[str]:
        return self.text.splitlines()


def in_plan_order(milestones: Iterable[Milestone]) -> list[Milestone]:
    """Return the milestones as the plan numbers them: M02-10 after M02-9."""
    return sorted(milestones, key=lambda one: [int(part) for part in one.code.removeprefix("M").split("-")])


#: What units report in their monthly reports; everything else the ministry reports for the nation. What prefectures
#: do is reported by the unit above them, which says how many of its prefectures have done it.
_FILED_BY_UNITS = Q(actors__contains=[Actor.PROVINCE]) & ~Q(scope=Scope.NATIONAL) | Q(
    actors__contains=[Actor.CITY], scope=Scope.PREFECTURES
)


def check_scope_by_unit(counts: object) -> None:
    """Refuse what is no table of unit codes with how many of their prefectures owe a milestone.

    :raises ValidationError: it is not.
    """
    is_table = isinstance(counts, dict) and all(
        _UNIT_CODE.fullmatch(code) and type(count) is int and 1 <= count <= MOST_IN_SCOPE
        for code, count in counts.items()
    )
    if not is_table:
        raise ValidationError(
            _("请写成“六位单位代码: 应覆盖数”，应覆盖数是 1 到 %(most)s 的整数。"), params={"most": MOST_IN_SCOPE}
        )


_UNIT_CODE = re.compile(r"[0-9]{6}", re.ASCII)
#: No unit has more prefectures or counties below it.
MOST_IN_SCOPE = 9_999


class MilestoneQuerySet(models.QuerySet):
    def filed_by(self, unit: ReportingUnit) -> MilestoneQuerySet:
        """Keep what the unit reports: the nation what no unit does, industries nothing, nobody what it need not do."""
        if unit.is_nation:
            return self.exclude(_FILED_BY_UNITS)
        if unit.kind == UnitKind.NON_PROVINCIAL:
            return self.none()
        return self.filter(_FILED_BY_UNITS).exclude(exemptions__unit=unit)

    def filed_by_each(self, units: Sequence[ReportingUnit]) -> dict[int, list[Milestone]]:
        """Return what each of many units reports, as `filed_by` says of one: three queries, by unit id."""
        of_units, of_nation = list(self.filter(_FILED_BY_UNITS)), list(self.exclude(_FILED_BY_UNITS))
        exempt = set(self.filter(exemptions__unit__in=units).values_list("exemptions__unit", "pk"))
        found: dict[int, list[Milestone]] = {}
        for unit in units:
            own = of_nation if unit.is_nation else [] if unit.kind == UnitKind.NON_PROVINCIAL else of_units
            found[unit.pk] = [one for one in own if unit.is_nation or (unit.pk, one.pk) not in exempt]
        return found


class Milestone(models.Model):
    """A deliverable of an item that carries no number."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="milestones", verbose_name=_("工作要点"))
    code = models.CharField(_("代码"), max_length=12, validators=[RegexValidator(r"^M[0-9]{2}-[0-9]{1,2}$")])
    title = models.CharField(_("节点"), max_length=160)
    title_en = models.CharField(_("节点（英文）"), max_length=240, blank=True)
    actors = ArrayField(models.CharField(max_length=1, choices=Actor), verbose_name=_("责任主体"))
    scope = models.CharField(_("范围"), max_length=12, choices=Scope)
    scope_count = models.PositiveSmallIntegerField(_("应完成单位数"), null=True, blank=True)
    parts = models.PositiveSmallIntegerField(_("每单位项数"), default=1)
    output = models.CharField(_("成果形式"), max_length=10, choices=Output)
    frequency = models.CharField(_("报送频率"), max_length=10, choices=MilestoneFrequency)
    baseline_count = models.PositiveSmallIntegerField(_("年初已完成"), null=True, blank=True)
    #: Of what prefectures do: unit → how many of its prefectures owe it. A unit that is not named says so itself.
    scope_by_unit = models.JSONField(_("各单位应覆盖数"), default=dict, blank=True, validators=[check_scope_by_unit])
    note = models.TextField(_("说明"), blank=True)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("工作节点")
        verbose_name_plural = _("工作节点")
        constraints = [
            models.UniqueConstraint(fields=["item", "code"], name="targets_milestone_one_code_per_item"),
            one_of("scope", Scope.values, name="targets_milestone_scope_is_known"),
            one_of("output", Output.values, name="targets_milestone_output_is_known"),
            one_of("frequency", MilestoneFrequency.values, name="targets_milestone_frequency_is_known"),
            models.CheckConstraint(condition=Q(actors__len__gte=1), name="targets_milestone_has_an_actor"),
            models.CheckConstraint(
                condition=Q(scope_by_unit={}) | Q(scope="PREFECTURES") & ~Q(scope_by_unit=[]),
                name="targets_milestone_scope_by_unit_is_of_prefectures",
                violation_error_message=_("只有各地级单位的节点才写各单位应覆盖数。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    @property
    def label(self) -> str:
        return in_language(self.title, self.title_en)

    @property
    def is_filed_by_units(self) -> bool:
        """Say whether provincial units report it in their monthly report."""
        if self.is_counted and Actor.CITY in self.actors:
            return True
        return Actor.PROVINCE in self.actors and self.scope != Scope.NATIONAL

    @property
    def is_counted(self) -> bool:
        """Say whether a report tells how many of the prefectures below have done it."""
        return self.scope == Scope.PREFECTURES

    def n_owed_by(self, unit: ReportingUnit) -> int | None:
        """Return how many prefectures of the unit owe it by the plan; None where the plan does not say."""
        if unit.is_nation:
            return self.scope_count
        count: int | None = self.scope_by_unit.get(unit.code)
        return count
