"""The words of assessment. Stored in upper case, shown in the reader's language."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CriterionKind(models.TextChoices):
    """Where the points of a criterion come from."""

    TARGET = "TARGET", _("指标完成情况")
    MILESTONES = "MILESTONES", _("工作节点")
    DEDUCTION = "DEDUCTION", _("扣分项")
    JUDGED = "JUDGED", _("自评并核查")


class PointFormula(models.TextChoices):
    PROPORTION = "PROPORTION", _("按完成比例计分")
    ALL_OR_NOTHING = "ALL_OR_NOTHING", _("完成得满分，未完成不得分")


class Deduction(models.TextChoices):
    """What is held against a unit."""

    LATE = "LATE", _("迟报、补报或未报")
    CORRECTED = "CORRECTED", _("通过后更正")


class RoundBasis(models.TextChoices):
    YEAR = "YEAR", pgettext_lazy("basis of a round", "对照全年目标")
    PATH = "PATH", pgettext_lazy("basis of a round", "对照序时进度")


class AssessmentState(models.TextChoices):
    DRAFT = "DRAFT", _("自评中")
    SUBMITTED = "SUBMITTED", _("待核查")
    RETURNED = "RETURNED", _("已退回")
    CHECKED = "CHECKED", _("待确认")
    CONFIRMED = "CONFIRMED", pgettext_lazy("state of an assessment", "已确认")
    PUBLISHED = "PUBLISHED", _("已公布")


class AssessmentVerb(models.TextChoices):
    SAVE = "SAVE", _("保存")
    SUBMIT = "SUBMIT", _("提交自评")
    WITHDRAW = "WITHDRAW", _("撤回")
    CHECK = "CHECK", _("核查通过")
    RETURN = "RETURN", _("退回")
    CONFIRM = "CONFIRM", _("确认")
    PUBLISH = "PUBLISH", _("公布")


class AssessmentGrade(models.TextChoices):
    EXCELLENT = "EXCELLENT", _("优秀")
    PASSED = "PASSED", pgettext_lazy("grade", "达标")
    FAILED = "FAILED", _("不达标")
