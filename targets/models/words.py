"""The words of a plan: kinds, bounds, scopes. Stored in upper case, shown in the reader's language."""

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from targets import measures


def in_language(zh: str, en: str) -> str:
    """Return the wording in the reader's language; Chinese stands in where English is missing."""
    return en if get_language() == "en" and en else zh


class Kind(models.TextChoices):
    """How an indicator counts; the values are those of `measures.Kind`."""

    FLOW = measures.Kind.FLOW.value, _("时期指标（累计）")
    STOCK = measures.Kind.STOCK.value, _("时点指标（期末）")
    RATIO = measures.Kind.RATIO.value, _("相对指标（分子、分母）")
    COUNT = measures.Kind.COUNT.value, _("个数指标")
    ZERO = measures.Kind.ZERO.value, _("零容忍指标")


class Bound(models.TextChoices):
    AT_LEAST = measures.Bound.AT_LEAST.value, _("不低于")
    AT_MOST = measures.Bound.AT_MOST.value, _("控制在…以内")
    EXACTLY = measures.Bound.EXACTLY.value, _("等于")


class Strength(models.TextChoices):
    BINDING = "BINDING", _("约束性")
    PLAIN = "PLAIN", _("一般性")
    STRIVE = "STRIVE", _("力争")


class UnitOfMeasure(models.TextChoices):
    PERSON = "PERSON", _("人")
    YUAN = "YUAN", _("元")
    COUNT = "COUNT", _("个")
    RATE = "RATE", _("比率")


class Frequency(models.IntegerChoices):
    """Months per reporting period."""

    MONTHLY = 1, pgettext_lazy("frequency", "月报")
    QUARTERLY = 3, pgettext_lazy("frequency", "季报")
    HALF_YEARLY = 6, pgettext_lazy("frequency", "半年报")
    YEARLY = 12, pgettext_lazy("frequency", "年报")


class TimeAggregation(models.TextChoices):
    NEWEST = "NEWEST", _("取最新一期")


class UnitAggregation(models.TextChoices):
    SUM = "SUM", _("各单位相加")
    RATIO_OF_SUMS = "RATIO_OF_SUMS", _("分子之和÷分母之和")


class Scope(models.TextChoices):
    NATIONAL = "NATIONAL", _("全国一项")
    UNITS = "UNITS", _("各省级单位")
    PREFECTURES = "PREFECTURES", _("各地级单位")
    PILOTS = "PILOTS", _("试点地区")


class Output(models.TextChoices):
    DOCUMENT = "DOCUMENT", _("文件或制度")
    REPORT = "REPORT", _("报告或统计")
    NONE = "NONE", _("无")


class MilestoneFrequency(models.TextChoices):
    MONTHLY = "MONTHLY", _("按月")
    QUARTERLY = "QUARTERLY", _("按季")
    YEARLY = "YEARLY", _("年末")
    EVENT = "EVENT", _("发生时")


class Actor(models.TextChoices):
    MINISTRY = "M", _("部机关")
    PROVINCE = "P", _("省级单位")
    CITY = "C", _("地市")
    PILOT = "L", _("试点地区")
    OTHER = "X", _("其他部门")
