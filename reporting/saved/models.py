"""Views that people saved, the exports scheduled of them, and what each run gave."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import ReportingUnit
from workplan.lib.constraints import one_of
from workplan.lib.words import said_again

LONGEST_NAME = 60
LONGEST_ADDRESS = 4_000


class ViewKind(models.TextChoices):
    """What a view shows; each has a page and an export (`kinds`)."""

    EXPLORE = "EXPLORE", _("数据透视")
    PROGRESS = "PROGRESS", _("进度表")
    RANKING = "RANKING", _("排名表")
    BOARD = "BOARD", _("工作要点进展")
    WORKBOOK = "WORKBOOK", _("分析工作簿")
    FIGURES = "FIGURES", _("逐单位数据")


#: Kinds that hold several months at once.
MANY_MONTHS = (ViewKind.EXPLORE, ViewKind.FIGURES)


class ViewMonths(models.TextChoices):
    """Which months a view shows whenever it is opened."""

    FIXED = "FIXED", _("保存时的报告期")
    NEWEST = "NEWEST", _("最新一期")
    YEAR = "YEAR", _("年初至最新一期")


class Sharing(models.TextChoices):
    """Who sees a view beside its owner; what it shows is read with the rights of whoever opens it."""

    PRIVATE = "PRIVATE", _("仅自己")
    UNIT = "UNIT", _("本单位同事")
    MINISTRY = "MINISTRY", _("部内人员")


class SavedViewQuerySet(models.QuerySet):
    def owned_by(self, person: permissions.Person) -> SavedViewQuerySet:
        """Keep the person's own views; nobody changes another's."""
        return self.filter(owner=person.pk) if permissions.has_business_role(person) else self.none()

    def visible_to(self, person: permissions.Person) -> SavedViewQuerySet:
        """Keep the person's own views and those shared with them: with their bureau, or within the ministry."""
        held = permissions.access(person)
        if not permissions.has_business_role(person):
            return self.none()
        shown = Q(owner=person.pk) | Q(sharing=Sharing.UNIT, unit__path__in=held.subtree_paths)
        if held.has(*permissions.MINISTRY_ROLES):
            shown |= Q(sharing=Sharing.MINISTRY)
        return self.filter(shown)

    def with_schedules(self) -> SavedViewQuerySet:
        """Read the owners along, and the schedules that run, as `running`."""
        running = models.Prefetch("schedules", ExportSchedule.objects.running(), to_attr="running")
        return self.select_related("owner").prefetch_related(running)


class SavedView(models.Model):
    """An address with its parameters, under a name."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="saved_views", verbose_name=_("所有人")
    )
    name = models.CharField(_("名称"), max_length=LONGEST_NAME)
    kind = models.CharField(_("内容"), max_length=8, choices=ViewKind)
    #: The parameters as the page's own address writes them; checked by `kinds` before they are kept.
    query = models.CharField(_("条件"), max_length=LONGEST_ADDRESS, blank=True)
    months = models.CharField(_("报告期"), max_length=6, choices=ViewMonths, default=ViewMonths.NEWEST)
    sharing = models.CharField(_("共享"), max_length=8, choices=Sharing, default=Sharing.PRIVATE)
    #: Whose colleagues see it.
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, null=True, blank=True, related_name="+")
    saved_at = models.DateTimeField(_("保存时间"))

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("保存的视图")
        verbose_name_plural = _("保存的视图")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="reporting_view_name_is_used_once",
                violation_error_message=_("您已有同名的视图，请换一个名称。"),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="reporting_view_has_a_name"),
            one_of("kind", ViewKind.values, name="reporting_view_kind_is_known"),
            one_of("months", ViewMonths.values, name="reporting_view_months_are_known"),
            one_of("sharing", Sharing.values, name="reporting_view_sharing_is_known"),
            models.CheckConstraint(
                condition=Q(sharing=Sharing.UNIT, unit__isnull=False) | ~Q(sharing=Sharing.UNIT) & Q(unit=None),
                name="reporting_view_names_the_unit_it_is_shared_with",
            ),
            models.CheckConstraint(
                condition=~Q(months=ViewMonths.YEAR) | Q(kind__in=MANY_MONTHS),
                name="reporting_view_of_a_year_holds_many_months",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} {self.name}"


class Rhythm(models.TextChoices):
    """When a scheduled export is made."""

    AFTER_DUE = "AFTER_DUE", _("每月，截止日次日")
    AFTER_PUBLICATION = "AFTER_PUBLICATION", _("每月，发布之后")
    WEEKLY = "WEEKLY", _("每周一")


class FileFormat(models.TextChoices):
    XLSX = "xlsx", "Excel"
    CSV = "csv", "CSV"
    PARQUET = "parquet", "Parquet"


class ScheduleEnd(models.TextChoices):
    """Why no further export is made."""

    STOPPED = "STOPPED", _("已由您停止")
    NO_RIGHT = "NO_RIGHT", _("账户停用或不再有导出权限，已停止")


class ScheduleQuerySet(models.QuerySet):
    def visible_to(self, person: permissions.Person) -> ScheduleQuerySet:
        """Keep the person's own schedules: what they give is made with the owner's rights and for the owner."""
        return self.filter(view__in=SavedView.objects.owned_by(person))

    def running(self) -> ScheduleQuerySet:
        return self.filter(ended_at=None)


class ExportSchedule(models.Model):
    """An export of a view, made again and again for the view's owner, with the rights they hold then."""

    view = models.ForeignKey(SavedView, models.CASCADE, related_name="schedules", verbose_name=_("保存的视图"))
    rhythm = models.CharField(_("时间"), max_length=17, choices=Rhythm)
    file_format = models.CharField(_("格式"), max_length=7, choices=FileFormat, default=FileFormat.XLSX)
    #: The first day that counts (business clock): nothing is made of what happened before.
    starts_on = models.DateField(_("起始日"))
    ended_at = models.DateTimeField(_("停止时间"), null=True, blank=True)
    ended_because = models.CharField(_("停止原因"), max_length=8, choices=ScheduleEnd, blank=True)

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("定时导出")
        verbose_name_plural = _("定时导出")
        constraints = [
            one_of("rhythm", Rhythm.values, name="reporting_schedule_rhythm_is_known"),
            one_of("file_format", FileFormat.values, name="reporting_schedule_format_is_known"),
            one_of("ended_because", ["", *ScheduleEnd.values], name="reporting_schedule_end_is_known"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_because="") | Q(ended_at__isnull=False) & ~Q(ended_because=""),
                name="reporting_schedule_ends_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["view", "rhythm", "file_format"],
                condition=Q(ended_at=None),
                name="reporting_schedule_runs_once_per_view_time_and_format",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.view_id} {self.rhythm} {self.file_format}"


class RunState(models.TextChoices):
    WAITING = "WAITING", _("待生成")
    DONE = "DONE", _("已生成")
    FAILED = "FAILED", _("未生成")


class RunQuerySet(models.QuerySet):
    def visible_to(self, person: permissions.Person) -> RunQuerySet:
        """Keep what was made for the person; whoever a view is shared with makes exports of their own."""
        return self.filter(schedule__in=ExportSchedule.objects.visible_to(person))


class ExportRuns(models.Manager["ExportRun"]):
    """Runs without their files, which are fetched by who hands them out and by nobody else."""

    def get_queryset(self) -> RunQuerySet:
        return RunQuerySet(self.model, using=self._db).defer("content")

    def visible_to(self, person: permissions.Person) -> RunQuerySet:
        return self.get_queryset().visible_to(person)


class ExportRun(models.Model):
    """One export of a schedule for one month or week; its file lies in the row until it expires."""

    schedule = models.ForeignKey(ExportSchedule, models.CASCADE, related_name="runs", verbose_name=_("定时导出"))
    #: The month or week it is for: 2007-09, 2007-W41.
    period = models.CharField(_("期次"), max_length=8)
    state = models.CharField(_("状态"), max_length=7, choices=RunState, default=RunState.WAITING)
    #: Attempts begun; each is noted before it is made, with the time of the next.
    n_attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    #: The real clock, as everything here but `made_at`.
    next_at = models.DateTimeField(_("下次尝试"), default=timezone.now)
    #: Why it was not made: a sentence, kept as a template.
    problem = models.JSONField(_("原因"), null=True, blank=True)
    content = models.BinaryField(null=True)
    media_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(_("字节"), default=0)
    made_at = models.DateTimeField(_("生成时间"), null=True, blank=True)
    expires_at = models.DateTimeField(_("到期时间"), null=True, blank=True)

    objects = ExportRuns()

    class Meta:
        verbose_name = _("定时导出文件")
        verbose_name_plural = _("定时导出文件")
        constraints = [
            models.UniqueConstraint(fields=["schedule", "period"], name="reporting_run_once_per_period"),
            models.CheckConstraint(condition=~Q(period=""), name="reporting_run_names_its_period"),
            one_of("state", RunState.values, name="reporting_run_state_is_known"),
            models.CheckConstraint(
                condition=Q(state="DONE", made_at__isnull=False, expires_at__isnull=False)
                | ~Q(state="DONE") & Q(made_at=None, expires_at=None),
                name="reporting_run_done_has_a_time_and_an_end",
            ),
            models.CheckConstraint(
                condition=Q(state="DONE") | Q(content=None), name="reporting_run_only_a_done_one_has_a_file"
            ),
            models.CheckConstraint(
                condition=~Q(state="FAILED") | Q(problem__isnull=False), name="reporting_run_failed_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="WAITING"), name="reporting_run_next"),
            models.Index(fields=["expires_at"], condition=Q(content__isnull=False), name="reporting_run_expiring"),
        ]

    def __str__(self) -> str:
        return f"{self.schedule_id} {self.period}"

    @property
    def problem_told(self) -> str:
        """Why it was not made, in the reader's language; "" where it was."""
        return "" if self.problem is None else str(said_again(self.problem))

    @property
    def is_kept(self) -> bool:
        """Say whether there is a file that has not expired."""
        return self.expires_at is not None and self.expires_at > timezone.now()
