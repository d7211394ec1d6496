"""What a person is told, one row per person and event; the mails that carry it; what they want of both."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from workplan.lib.constraints import one_of


class NoticeKind(models.TextChoices):
    RETURNED = "RETURNED", _("报表退回")
    REOPENED = "REOPENED", _("报表重新开放")
    APPROVED = "APPROVED", _("审核通过")
    DUE_3 = "DUE_3", _("三个工作日内截止")
    DUE_1 = "DUE_1", _("一个工作日内截止")
    OPENED = "OPENED", _("开放填报")
    EXTENDED = "EXTENDED", _("延期")
    REMINDED = "REMINDED", _("催报")
    SECURITY = "SECURITY", _("安全提醒")
    QUARANTINED = "QUARANTINED", _("文件被隔离")
    IMPORTED = "IMPORTED", _("导入完成")
    IMPORT_FAILED = "IMPORT_FAILED", _("导入未成功")
    WARNED = "WARNED", _("新的预警")
    WARNING_ANSWERED = "WARNING_ANSWERED", _("预警已登记措施")
    WARNING_OVER = "WARNING_OVER", _("预警解除")
    EXPORT_READY = "EXPORT_READY", _("定时导出已生成")
    EXPORT_FAILED = "EXPORT_FAILED", _("定时导出未生成")
    EXPORT_ENDED = "EXPORT_ENDED", _("定时导出已停止")
    SHEET_SUBMITTED = "SHEET_SUBMITTED", _("考核自评待核查")
    SHEET_CHECKED = "SHEET_CHECKED", _("考核表待确认")
    SHEET_RETURNED = "SHEET_RETURNED", _("考核表退回")
    GRADED = "GRADED", _("考核结果公布")
    SIGNING_ASKED = "SIGNING_ASKED", _("请您审签")


#: Kinds that ask for something, a report, a signature, a measure or a step of an assessment: taking it settles them.
TASK_KINDS = frozenset(
    {
        NoticeKind.RETURNED,
        NoticeKind.REOPENED,
        NoticeKind.DUE_3,
        NoticeKind.DUE_1,
        NoticeKind.OPENED,
        NoticeKind.EXTENDED,
        NoticeKind.REMINDED,
        NoticeKind.WARNED,
        NoticeKind.SHEET_SUBMITTED,
        NoticeKind.SHEET_CHECKED,
        NoticeKind.SHEET_RETURNED,
        NoticeKind.SIGNING_ASKED,
    }
)
#: Kinds that are mailed at once; all others wait for the day's digest.
URGENT_KINDS = frozenset({NoticeKind.RETURNED, NoticeKind.DUE_1, NoticeKind.SIGNING_ASKED})
#: Kinds that nobody can switch off: neither what sends work back nor what is dangerous passes unseen.
KEPT_MAILED = frozenset({NoticeKind.RETURNED, NoticeKind.SECURITY})
#: Kinds that nobody can switch off in the inbox; the ministry's log says whether a reminder was read.
KEPT_SHOWN = KEPT_MAILED | {NoticeKind.REMINDED}


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, person: permissions.Person) -> NoticeQuerySet:
        """Keep the person's own notices; nobody reads another's."""
        return self.filter(recipient=person.pk)

    def unread(self) -> NoticeQuerySet:
        """Keep what the person has neither read nor done."""
        return self.filter(read_at__isnull=True, settled_at__isnull=True)

    def shown(self) -> NoticeQuerySet:
        """Keep what stands in the inbox; the person wanted the rest by mail only, or not at all."""
        return self.filter(in_inbox=True)

    def unread_first(self) -> NoticeQuerySet:
        is_new = Case(When(read_at__isnull=True, settled_at__isnull=True, then=Value(0)), default=Value(1))
        return self.order_by(is_new, "-created_at", "-id")


class MailKind(models.TextChoices):
    URGENT = "URGENT", _("即时邮件")
    DIGEST = "DIGEST", _("每日提要")


class MailState(models.TextChoices):
    WAITING = "WAITING", _("待发")
    SENT = "SENT", _("已发")
    #: What it was to say was done, read or switched off before it went, or there is nobody to send it to.
    DROPPED = "DROPPED", _("不再需要")
    #: The gateway will not take it, or did not for a week.
    FAILED = "FAILED", _("未发出")


class MailOut(models.Model):
    """One mail to one person: an event told at once, or a day's digest. Written with the event, sent by `sending`."""

    #: Made of person and event, so that every attempt carries the same Message-ID (`outbox.id_of`).
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="mails", verbose_name=_("收件人")
    )
    kind = models.CharField(_("类别"), max_length=6, choices=MailKind)
    #: The event, such as RETURNED:decision:17, or the day of the digest.
    key = models.CharField(_("事件"), max_length=100)
    state = models.CharField(_("状态"), max_length=7, choices=MailState, default=MailState.WAITING)
    #: Attempts begun; each is noted before it is made.
    n_attempts = models.PositiveIntegerField(_("尝试次数"), default=0)
    last_error = models.CharField(_("最近的错误"), max_length=500, blank=True)
    #: The address it went to.
    sent_to = models.CharField(_("发往"), max_length=254, blank=True)
    #: The real clock, not the business one: these tell when a gateway is asked again.
    created_at = models.DateTimeField(_("生成时间"))
    next_at = models.DateTimeField(_("下次尝试"))
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("待发邮件")
        verbose_name_plural = _("待发邮件")
        constraints = [
            one_of("kind", MailKind.values, name="notices_mail_kind_is_known"),
            one_of("state", MailState.values, name="notices_mail_state_is_known"),
            models.UniqueConstraint(fields=["recipient", "key"], name="notices_mail_once_per_event"),
            models.CheckConstraint(condition=~Q(key=""), name="notices_mail_names_its_event"),
            models.CheckConstraint(
                condition=Q(state="WAITING", ended_at=None) | ~Q(state="WAITING") & Q(ended_at__isnull=False),
                name="notices_mail_ends_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="SENT") | Q(n_attempts__gt=0) & ~Q(sent_to=""),
                name="notices_mail_sent_went_somewhere",
            ),
            models.CheckConstraint(
                condition=~Q(state="FAILED") | ~Q(last_error=""), name="notices_mail_failed_says_why"
            ),
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(state="WAITING"), name="notices_mail_next")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Preference(models.Model):
    """What a person wants of one kind of notice; without a row they want both."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_preferences")
    kind = models.CharField(_("类别"), max_length=16, choices=NoticeKind)
    by_inbox = models.BooleanField(_("站内"), default=True)
    by_mail = models.BooleanField(_("邮件"), default=True)

    class Meta:
        verbose_name = _("通知设置")
        verbose_name_plural = _("通知设置")
        constraints = [
            one_of("kind", NoticeKind.values, name="notices_preference_kind_is_known"),
            models.UniqueConstraint(fields=["person", "kind"], name="notices_preference_one_per_person_and_kind"),
            models.CheckConstraint(
                condition=Q(by_inbox=True) | ~Q(kind__in=sorted(KEPT_SHOWN)), name="notices_preference_keeps_the_inbox"
            ),
            models.CheckConstraint(
                condition=Q(by_mail=True) | ~Q(kind__in=sorted(KEPT_MAILED)), name="notices_preference_keeps_the_mail"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"


class Notice(models.Model):
    """One thing one person is told. Its sentence is made when it is read, in the reader's language."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name=_("收件人")
    )
    kind = models.CharField(_("类别"), max_length=16, choices=NoticeKind)
    #: The event, such as decision:17.
    key = models.CharField(_("事件"), max_length=80)
    #: The task it is about, such as report:2007-09:440000; "" where there is none.
    subject = models.CharField(_("事项"), max_length=80, blank=True)
    #: Of a notice that tells of several tasks: those not done yet; the last one done settles it.
    open_subjects = ArrayField(models.CharField(max_length=80), default=list, blank=True, verbose_name=_("未办事项"))
    #: The page that it leads to, on this portal.
    path = models.CharField(_("页面"), max_length=200)
    #: Codes, names and dates for the sentence (`notices.sentences`); never a figure, never a comment.
    words = models.JSONField(_("内容"), default=dict)
    created_at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)
    #: When what it asks for was done; from then on it is no longer new, and no mail is sent.
    settled_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    #: Whether it stands in the inbox; the person may have switched the kind off when it was written.
    in_inbox = models.BooleanField(_("站内"), default=True)
    #: The one mail that carries it: there is no second.
    mail = models.ForeignKey(
        MailOut, models.SET_NULL, null=True, blank=True, related_name="notices", verbose_name=_("邮件")
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        constraints = [
            one_of("kind", NoticeKind.values, name="notices_notice_kind_is_known"),
            models.UniqueConstraint(fields=["recipient", "kind", "key"], name="notices_notice_once_per_event"),
            models.CheckConstraint(condition=~Q(key=""), name="notices_notice_names_its_event"),
            models.CheckConstraint(
                condition=Q(open_subjects=[]) | Q(settled_at__isnull=True),
                name="notices_notice_settled_with_the_last_task",
            ),
            models.CheckConstraint(condition=Q(path__regex=r"^/([^/\\].*)?$"), name="notices_notice_stays_on_portal"),
        ]
        indexes = [
            models.Index(fields=["recipient", "created_at"], name="notices_notice_inbox"),
            models.Index(fields=["subject"], name="notices_notice_unsettled", condition=Q(settled_at__isnull=True)),
            GinIndex(
                fields=["open_subjects"], name="notices_notice_several_open", condition=Q(settled_at__isnull=True)
            ),
            models.Index(
                fields=["created_at"],
                name="notices_notice_not_mailed",
                condition=Q(mail__isnull=True, read_at__isnull=True, settled_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def unit_label(self) -> str:
        """The unit it names, in the reader's language."""
        unit = self.words.get("unit", "")
        return self.words.get("unit_en") or unit if get_language() == "en" else unit
