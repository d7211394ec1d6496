"""Scoring schemes as data: sections and criteria with their weights, and the rounds in which units are assessed.

A scheme is free to be changed until the first sheet is begun by it; from then on the database keeps it as it is.
"""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from reporting.assessment import points
from reporting.assessment.models.words import CriterionKind, Deduction, PointFormula, RoundBasis
from submissions.models import ReportingMonth
from targets.models import Indicator, Plan
from workplan.lib.constraints import all_or_none, one_of

#: {begun} is a condition that names the scheme of the row; a row belongs to what it leaves and to what it enters.
_SCHEME_IS_KEPT = """
    IF EXISTS (SELECT 1 FROM reporting_assessment sheet
                 JOIN reporting_assessmentround taken ON taken.id = sheet.round_id
                WHERE {begun}) THEN
        RAISE EXCEPTION 'a scheme is kept once a sheet was begun by it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reporting_assessment_scheme_is_kept';
    END IF;
    RETURN {row};
"""

#: A round that was begun keeps what it measures; one that was published keeps everything, its results stay.
_ROUND_IS_KEPT = """
    IF EXISTS (SELECT 1 FROM reporting_assessment WHERE round_id = OLD.id) AND (
            TG_OP = 'DELETE' OR OLD.published_at IS NOT NULL
            OR (OLD.scheme_id, OLD.month, OLD.basis) IS DISTINCT FROM (NEW.scheme_id, NEW.month, NEW.basis)) THEN
        RAISE EXCEPTION 'a round that was begun measures the same to its end'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reporting_assessment_round_is_kept';
    END IF;
    RETURN COALESCE(NEW, OLD);
"""


def kept_once_used(name: str, begun: str, *, on_insert: bool = True) -> list[pgtrigger.Trigger]:
    """Return triggers: nothing of a scheme is added, changed or deleted once a sheet was begun by it."""
    writes = pgtrigger.Insert | pgtrigger.Update if on_insert else pgtrigger.Update
    return [
        pgtrigger.Trigger(
            name=f"{name}_write",
            when=pgtrigger.Before,
            operation=writes,
            func=_SCHEME_IS_KEPT.format(begun=begun, row="NEW"),
        ),
        pgtrigger.Trigger(
            name=f"{name}_delete",
            when=pgtrigger.Before,
            operation=pgtrigger.Delete,
            func=_SCHEME_IS_KEPT.format(begun=begun, row="OLD"),
        ),
    ]


def weight_field(verbose_name: str, **options: object) -> models.DecimalField:
    """Return a column for points that a scheme gives."""
    return models.DecimalField(verbose_name, max_digits=7, decimal_places=2, **options)


def share_field(verbose_name: str, **options: object) -> models.DecimalField:
    """Return a column for a fraction."""
    return models.DecimalField(verbose_name, max_digits=7, decimal_places=6, **options)


def _is_share(field: str) -> Q:
    return Q(**{f"{field}__gte": 0, f"{field}__lte": 1})


class AssessmentScheme(models.Model):
    """One scoring sheet of a plan year: full points, where the grades begin, how many may be excellent."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+", verbose_name=_("年度计划"))
    code = models.CharField(_("编号"), max_length=12, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=120)
    source = models.TextField(_("依据"))
    source_en = models.TextField(_("英文依据"))
    full_points = weight_field(_("满分"), default=100)
    excellent_from = weight_field(_("优秀线"), default=90)
    pass_from = weight_field(_("达标线"), default=75)
    excellent_share = share_field(
        _("优秀占比上限"), default=Decimal("0.3"), help_text=_("优秀单位不超过参评单位的这一比例，写小数，如 0.3。")
    )

    class Meta:
        verbose_name = _("考核方案")
        verbose_name_plural = _("考核方案")
        constraints = [
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(name="") & ~Q(name_en="") & ~Q(source="") & ~Q(source_en=""),
                name="reporting_assessmentscheme_says_what_and_why",
            ),
            models.CheckConstraint(
                condition=Q(pass_from__gt=0, excellent_from__gte=F("pass_from"), full_points__gte=F("excellent_from")),
                name="reporting_assessmentscheme_grades_ascend",
                violation_error_message=_("须满足：0 < 达标线 ≤ 优秀线 ≤ 满分。"),
            ),
            models.CheckConstraint(
                condition=_is_share("excellent_share"),
                name="reporting_assessmentscheme_quota_is_a_share",
                violation_error_message=_("优秀占比上限写 0 到 1 之间的小数。"),
            ),
        ]
        triggers = kept_once_used("scheme", "taken.scheme_id = OLD.id", on_insert=False)

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    @property
    def label(self) -> str:
        return self.name_en if get_language() == "en" else self.name

    @property
    def source_label(self) -> str:
        return self.source_en if get_language() == "en" else self.source

    def limits(self) -> points.Limits:
        """Return where its grades begin, as the formulas take it."""
        return points.Limits(self.excellent_from, self.pass_from, self.excellent_share)


class AssessmentSection(models.Model):
    """A part of a scheme; the weights of its criteria add up to its own."""

    scheme = models.ForeignKey(AssessmentScheme, models.PROTECT, related_name="sections", verbose_name=_("考核方案"))
    code = models.CharField(_("编号"), max_length=2)
    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=120)
    weight = weight_field(_("分值"))

    class Meta:
        verbose_name = _("考核部分")
        verbose_name_plural = _("考核部分")
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="reporting_assessmentsection_one_code_per_scheme"),
            models.CheckConstraint(
                condition=Q(weight__gt=0) & ~Q(code="") & ~Q(name="") & ~Q(name_en=""),
                name="reporting_assessmentsection_has_words_and_weight",
            ),
        ]
        triggers = kept_once_used("section", "taken.scheme_id IN (OLD.scheme_id, NEW.scheme_id)")

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    @property
    def label(self) -> str:
        return self.name_en if get_language() == "en" else self.name


def _kind_fits() -> Q:
    """Each kind says what its points are computed from, and nothing of the others."""
    no_target = Q(indicator__isnull=True, formula="", floor=0, tolerance=0)
    no_milestones = Q(milestones=[], credit_submitted=0, credit_in_progress=0)
    no_deduction = Q(counted="", each=0, cap=0)
    return (
        Q(kind="TARGET", indicator__isnull=False) & ~Q(formula="") & no_milestones & no_deduction
        | Q(kind="MILESTONES", milestones__len__gte=1) & no_target & no_deduction
        | Q(kind="DEDUCTION", each__gt=0, cap__gt=0, cap__lte=F("weight")) & ~Q(counted="") & no_target & no_milestones
        | Q(kind="JUDGED") & no_target & no_milestones & no_deduction
    )


class AssessmentCriterion(models.Model):
    """One line of a scheme: how many points, and whether they are computed or judged."""

    section = models.ForeignKey(AssessmentSection, models.PROTECT, related_name="criteria", verbose_name=_("考核部分"))
    number = models.PositiveSmallIntegerField(_("序号"))
    name = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(_("英文名称"), max_length=160)
    guide = models.TextField(_("评分标准"), blank=True)
    guide_en = models.TextField(_("英文评分标准"), blank=True)
    weight = weight_field(_("分值"))
    kind = models.CharField(_("计分方式"), max_length=10, choices=CriterionKind)
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("指标")
    )
    formula = models.CharField(_("计分公式"), max_length=14, choices=PointFormula, blank=True)
    floor = share_field(_("起分线"), default=0, help_text=_("完成比例低于此数不得分，写小数。"))
    tolerance = share_field(
        _("容差"), default=0, help_text=_("比率指标超过界限时，超过多少扣完全部分数；0.5 个百分点写 0.005。")
    )
    #: Codes of the plan's milestones.
    milestones = ArrayField(models.CharField(max_length=12), default=list, blank=True, verbose_name=_("工作节点"))
    credit_submitted = share_field(_("已报审计分"), default=0)
    credit_in_progress = share_field(_("推进中计分"), default=0)
    counted = models.CharField(_("扣分事项"), max_length=9, choices=Deduction, blank=True)
    each = weight_field(_("每次扣分"), default=0)
    cap = weight_field(_("最多扣分"), default=0)

    class Meta:
        verbose_name = _("考核指标")
        verbose_name_plural = _("考核指标")
        constraints = [
            models.UniqueConstraint(
                fields=["section", "number"], name="reporting_assessmentcriterion_one_number_per_section"
            ),
            one_of("kind", CriterionKind.values, name="reporting_assessmentcriterion_kind_is_known"),
            one_of("formula", ["", *PointFormula.values], name="reporting_assessmentcriterion_formula_is_known"),
            one_of("counted", ["", *Deduction.values], name="reporting_assessmentcriterion_deduction_is_known"),
            models.CheckConstraint(
                condition=Q(weight__gt=0, number__gte=1) & ~Q(name="") & ~Q(name_en=""),
                name="reporting_assessmentcriterion_has_words_and_weight",
            ),
            models.CheckConstraint(
                condition=_is_share("floor")
                & _is_share("tolerance")
                & _is_share("credit_submitted")
                & _is_share("credit_in_progress"),
                name="reporting_assessmentcriterion_shares_are_shares",
                violation_error_message=_("起分线、容差和节点计分写 0 到 1 之间的小数。"),
            ),
            models.CheckConstraint(
                condition=_kind_fits(),
                name="reporting_assessmentcriterion_terms_fit_kind",
                violation_error_message=_(
                    "请只填写该计分方式需要的内容：指标和公式，或节点，或扣分事项、每次扣分和最多扣分。"
                ),
            ),
        ]
        triggers = kept_once_used(
            "criterion",
            "taken.scheme_id IN (SELECT scheme_id FROM reporting_assessmentsection"
            " WHERE id IN (OLD.section_id, NEW.section_id))",
        )

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    @property
    def code(self) -> str:
        return f"{self.section.code}{self.number}"

    @property
    def label(self) -> str:
        return self.name_en if get_language() == "en" else self.name

    @property
    def guide_label(self) -> str:
        return self.guide_en if get_language() == "en" else self.guide

    @property
    def is_judged(self) -> bool:
        return self.kind == CriterionKind.JUDGED


class AssessmentRound(models.Model):
    """When units are assessed by a scheme: up to which month, against what, and from which day."""

    scheme = models.ForeignKey(AssessmentScheme, models.PROTECT, related_name="rounds", verbose_name=_("考核方案"))
    code = models.CharField(_("编号"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=120)
    period = models.ForeignKey(
        ReportingMonth,
        models.PROTECT,
        to_field="month",
        db_column="month",
        related_name="+",
        verbose_name=_("截至报告期"),
    )
    basis = models.CharField(_("对照"), max_length=4, choices=RoundBasis)
    opens_on = models.DateField(_("自评起始日"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("公布人"),
    )
    published_at = models.DateTimeField(_("公布时间"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("考核批次")
        verbose_name_plural = _("考核批次")
        constraints = [
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(name="") & ~Q(name_en=""), name="reporting_assessmentround_has_words"
            ),
            one_of("basis", RoundBasis.values, name="reporting_assessmentround_basis_is_known"),
            models.CheckConstraint(
                condition=Q(opens_on__gt=F("period")),
                name="reporting_assessmentround_opens_after_its_month_began",
                violation_error_message=_("自评起始日须在报告期之后。"),
            ),
            all_or_none("published_by", "published_at", name="reporting_assessmentround_published_by_and_at"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="round_terms",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=_ROUND_IS_KEPT,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    @property
    def label(self) -> str:
        return self.name_en if get_language() == "en" else self.name

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    def is_open_on(self, day: object) -> bool:
        """Say whether units assess themselves in it on the day."""
        return not self.is_published and day >= self.opens_on
