"""The calendar of a plan year: the rule it is made by, its months, the days offices work, and what was extended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Deferrable, F, Func, Max, Q, Value
from django.utils.translation import gettext_lazy as _

from accounts.models import ReportingUnit
from targets import periods
from targets.models import Plan
from workplan.lib.constraints import all_or_none

if TYPE_CHECKING:
    from submissions.models.reports import MonthlyReport


class StatisticalMonth(models.IntegerChoices):
    """The day of the month on which a month's figures begin."""

    FROM_FIRST = 1, _("当月1日至月末")
    FROM_21ST = 21, _("上月21日至当月20日")


class CalendarRule(models.Model):
    """How the months from a month on get their dates; the newest rule in force decides."""

    valid_from = models.DateField(_("自报告期起"), unique=True, help_text=_("报告期首日，如 2007-01-01"))
    opening_day = models.PositiveSmallIntegerField(
        _("开放日"), default=1, validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    due_day = models.PositiveSmallIntegerField(
        _("截止日"), default=5, validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    due_next_month = models.BooleanField(_("次月截止"), default=True)
    late_working_days = models.PositiveSmallIntegerField(
        _("迟报宽限（工作日）"), default=5, validators=[MaxValueValidator(60)]
    )
    view_only_months = models.PositiveSmallIntegerField(
        _("几个月后只供查看"), default=15, validators=[MinValueValidator(3), MaxValueValidator(36)]
    )
    first_day = models.PositiveSmallIntegerField(
        _("统计月"), choices=StatisticalMonth, default=StatisticalMonth.FROM_FIRST
    )
    january_with_february = models.BooleanField(_("1—2月合并填报"), default=False)

    class Meta:
        verbose_name = _("报送日历规则")
        verbose_name_plural = _("报送日历规则")
        constraints = [
            models.CheckConstraint(condition=Q(valid_from__day=1), name="submissions_rule_begins_with_a_month"),
            models.CheckConstraint(
                condition=Q(opening_day__range=(1, 28), due_day__range=(1, 28)),
                name="submissions_rule_days_are_in_every_month",
            ),
            models.CheckConstraint(
                condition=Q(due_next_month=True) | Q(opening_day__lt=F("due_day")),
                name="submissions_rule_opens_before_due",
                violation_error_message=_("当月截止时，开放日须早于截止日。"),
            ),
            models.CheckConstraint(
                condition=Q(late_working_days__lte=60, view_only_months__range=(3, 36)),
                name="submissions_rule_view_only_comes_last",
            ),
            models.CheckConstraint(
                condition=Q(first_day__in=StatisticalMonth.values), name="submissions_rule_statistical_month_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from:%Y-%m}"

    def as_window_rule(self) -> periods.WindowRule:
        return periods.WindowRule(
            opening_day=self.opening_day,
            due_day=self.due_day,
            due_next_month=self.due_next_month,
            late_working_days=self.late_working_days,
            view_only_months=self.view_only_months,
            first_day=self.first_day,
        )


class CalendarDay(models.Model):
    """A day on which offices do not work as its weekday says: a public holiday, or a day worked in its place."""

    day = models.DateField(_("日期"), unique=True)
    is_working = models.BooleanField(_("上班"))
    name = models.CharField(_("名称"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("节假日与调休")
        verbose_name_plural = _("节假日与调休")

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


#: The days a month's figures are about, both ends included.
_COVERED = Func("covers_from", "covers_to", Value("[]"), function="daterange", output_field=DateRangeField())


class ReportingMonth(models.Model):
    """One month of the calendar: what it covers, its four times, and when it was closed and published."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="months", verbose_name=_("年度计划"))
    month = models.DateField(_("报告期"), unique=True)
    covers_from = models.DateField(_("统计期起"))
    covers_to = models.DateField(_("统计期止"))
    opens_on = models.DateField(_("开放日"))
    due_on = models.DateField(_("截止日"))
    late_due_on = models.DateField(_("迟报截止日"))
    view_only_from = models.DateField(_("只供查看起始日"))
    #: January reported together with February names February; nothing is due for it then.
    reported_with = models.ForeignKey(
        "self",
        models.PROTECT,
        to_field="month",
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("合并填报于"),
    )
    closed_at = models.DateTimeField(_("关闭时间"), null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("报告期")
        verbose_name_plural = _("报告期")
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="submissions_month_is_first_day"),
            models.CheckConstraint(condition=Q(due_on__gt=F("month")), name="submissions_month_due_after_it_begins"),
            models.CheckConstraint(condition=Q(opens_on__lt=F("due_on")), name="submissions_month_opens_before_due"),
            models.CheckConstraint(
                condition=Q(due_on__lte=F("late_due_on")), name="submissions_month_due_before_late_due"
            ),
            models.CheckConstraint(
                condition=Q(late_due_on__lt=F("view_only_from")), name="submissions_month_late_due_before_view_only"
            ),
            models.CheckConstraint(
                condition=Q(covers_from__lt=F("covers_to"), covers_from__lte=F("month"), covers_to__gt=F("month")),
                name="submissions_month_covers_its_own_days",
            ),
            ExclusionConstraint(
                name="submissions_month_covers_no_days_of_another",
                expressions=[(_COVERED, RangeOperators.OVERLAPS)],
                condition=Q(reported_with__isnull=True),
                deferrable=Deferrable.IMMEDIATE,
                violation_error_message=_("统计期与另一报告期重叠。"),
            ),
            models.CheckConstraint(
                condition=Q(reported_with__isnull=True) | Q(reported_with__gt=F("month")),
                name="submissions_month_reported_with_a_later_one",
            ),
            all_or_none("closed_at", "closed_by", name="submissions_month_closed_by_and_at"),
            all_or_none("published_at", "published_by", name="submissions_month_published_by_and_at"),
        ]
        triggers = [
            # What was published is known to others; only what was demonstrated is ever taken back.
            pgtrigger.Protect(
                name="publication_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__published_at__isnull=False)
                & (
                    pgtrigger.Q(old__published_at__df=pgtrigger.F("new__published_at"))
                    | pgtrigger.Q(old__published_by__df=pgtrigger.F("new__published_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    def is_open_on(self, day: date) -> bool:
        return self.opens_on <= day

    def is_overdue_on(self, day: date) -> bool:
        return day > self.due_on

    def is_view_only_on(self, day: date) -> bool:
        return day >= self.view_only_from

    def is_due(self, frequency: int) -> bool:
        """Say whether a figure filed every ``frequency`` months is due for this month."""
        return self.reported_with_id is None and periods.is_due(self.month.month, frequency)

    @property
    def covers_two_months(self) -> bool:
        """Say whether the month before is reported with this one: 1—2月; a month of transition has 41 days at most."""
        return self.covers_to - self.covers_from > timedelta(days=50)

    @property
    def frequencies_due(self) -> list[int]:
        """The frequencies that bring something for this month; none where another month is reported in its place."""
        return [one for one in periods.FREQUENCIES if self.is_due(one)]

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


class ExtensionQuerySet(models.QuerySet):
    def read_for(self, reports: Iterable[MonthlyReport]) -> None:
        """Tell each report how far its time was extended, in one query; none where all know it already."""
        unread = [report for report in reports if "extended_until" not in vars(report)]
        if not unread:
            return
        held: dict[tuple[date, int | None], date] = {}
        rows = self.filter(period__in={report.period_id for report in unread}).order_by("until")
        for month, unit_id, until in rows.values_list("period_id", "unit_id", "until"):
            held[month, unit_id] = until
        for report in unread:
            given = [held.get((report.period_id, unit_id)) for unit_id in (None, report.unit_id)]
            report.extended_until = max((until for until in given if until is not None), default=None)

    def by_month(self, unit_id: int, months: Iterable[ReportingMonth]) -> dict[date, date]:
        """Return the last day extensions give the unit, for the months that have any; one query."""
        held = self.filter(Q(unit=None) | Q(unit=unit_id), period__in=months)
        return dict(held.values("period_id").annotate(last=Max("until")).values_list("period_id", "last"))

    def until(self, unit_id: int, month: date) -> date | None:
        """Return the last day any extension gives the unit in the month; None without one."""
        held = self.filter(Q(unit=None) | Q(unit=unit_id), period=month)
        return held.aggregate(last=Max("until"))["last"]


class Extension(models.Model):
    """More time for one unit, or for all, in one month: until then nothing is late and nothing is locked by date."""

    period = models.ForeignKey(
        ReportingMonth,
        models.PROTECT,
        to_field="month",
        db_column="month",
        related_name="extensions",
        verbose_name=_("报告期"),
    )
    unit = models.ForeignKey(
        ReportingUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("单位"),
        help_text=_("空为所有单位"),
    )
    until = models.DateField(_("延期至"))
    reason = models.TextField(_("原因"))
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("批准人"))
    granted_at = models.DateTimeField(_("批准时间"))

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = _("延期")
        verbose_name_plural = _("延期")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="submissions_extension_says_why"),
            models.CheckConstraint(
                condition=Q(until__gt=F("period")), name="submissions_extension_ends_after_its_month"
            ),
        ]
        indexes = [models.Index(fields=["period", "unit"], name="submissions_extension_of_month")]

    def __str__(self) -> str:
        return f"{self.period_id:%Y-%m} {self.until:%Y-%m-%d}"
