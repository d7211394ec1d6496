"""The words people put in the place of generated ones: append-only, the newest version of a block counts."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from submissions.models import ReportingMonth
from workplan.lib.constraints import one_of

#: A block holds at most so many characters.
LONGEST_TEXT = 8_000


class Block(models.TextChoices):
    """The parts of a circular that may be worded by hand."""

    NUMBER = "NUMBER", _("文号")
    RECIPIENTS = "RECIPIENTS", _("主送机关")
    OPENING = "OPENING", _("开头")
    PROBLEMS = "PROBLEMS", _("存在的主要问题")
    REQUIREMENTS = "REQUIREMENTS", _("下一步工作要求")
    CLOSING = "CLOSING", _("结尾")
    SIGNED_ON = "SIGNED_ON", _("成文日期")
    COPIES = "COPIES", _("抄送")


class CircularText(models.Model):
    """One version of one block of a month's circular; without text it goes back to the generated words."""

    period = models.ForeignKey(
        ReportingMonth,
        models.PROTECT,
        to_field="month",
        db_column="month",
        related_name="circular_texts",
        verbose_name=_("报告期"),
    )
    block = models.CharField(_("部分"), max_length=12, choices=Block)
    version = models.PositiveIntegerField(_("版本"))
    text = models.TextField(_("文字"), blank=True)
    #: What each number of the text was when it was written: the number → the names of the figures it equalled.
    figures = models.JSONField(_("所引数据"), default=dict, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("修改人"))
    at = models.DateTimeField(_("修改时间"))

    class Meta:
        verbose_name = _("通报文字")
        verbose_name_plural = _("通报文字")
        constraints = [
            models.UniqueConstraint(
                fields=["period", "block", "version"], name="reporting_circular_one_text_per_version"
            ),
            one_of("block", Block.values, name="reporting_circular_block_is_known"),
            models.CheckConstraint(condition=Q(version__gte=1), name="reporting_circular_versions_start_at_one"),
            models.CheckConstraint(
                condition=~Q(text="") | Q(figures={}), name="reporting_circular_generated_text_quotes_nothing"
            ),
        ]
        triggers = [pgtrigger.Protect(name="circular_text_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.period_id:%Y-%m} {self.block} {self.version}"
