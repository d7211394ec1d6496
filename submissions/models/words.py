"""The words of filing and review: states, outcomes, verbs. Stored in upper case, shown in the reader's language."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ReportStatus(models.TextChoices):
    DRAFT = "DRAFT", _("草稿")
    SUBMITTED = "SUBMITTED", _("待审核")
    RETURNED = "RETURNED", _("已退回")
    APPROVED = "APPROVED", _("已通过")


class FigureState(models.TextChoices):
    REPORTED = "REPORTED", _("已报")
    NOT_REPORTED = "NOT_REPORTED", _("未报")
    NOT_APPLICABLE = "NOT_APPLICABLE", _("不适用")


class Release(models.TextChoices):
    FLASH = "FLASH", _("快报")
    FINAL = "FINAL", pgettext_lazy("release", "年报")


class Outcome(models.TextChoices):
    """What became of a filing."""

    OPEN = "OPEN", _("填报中")
    PENDING = "PENDING", _("待审核")
    APPROVED = "APPROVED", _("已通过")
    RETURNED = "RETURNED", _("已退回")
    WITHDRAWN = "WITHDRAWN", _("已撤回")


class Verb(models.TextChoices):
    SAVE = "SAVE", _("保存")
    SUBMIT = "SUBMIT", pgettext_lazy("verb", "报送")
    WITHDRAW = "WITHDRAW", _("撤回")
    APPROVE = "APPROVE", _("通过")
    RETURN = "RETURN", _("退回")
    CORRECT = "CORRECT", pgettext_lazy("verb", "更正")
    REOPEN = "REOPEN", _("重新开放")


class MilestoneProgress(models.TextChoices):
    NOT_STARTED = "NOT_STARTED", _("未启动")
    IN_PROGRESS = "IN_PROGRESS", _("推进中")
    SUBMITTED = "SUBMITTED", _("已报审")
    ISSUED = "ISSUED", _("已完成（印发）")
    CARRIED_OVER = "CARRIED_OVER", _("结转下年")
    RENAMED = "RENAMED", _("更名或合并")
    CANCELLED = "CANCELLED", pgettext_lazy("milestone", "取消")
