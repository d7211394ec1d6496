"""The case file of one unit and month, the filings it went through, the decisions taken, and the note to totals."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import reduce
from operator import or_

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Case, F, Min, OuterRef, Q, Subquery, When
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import NATION_CODE, ReportingUnit, Role
from submissions.models.calendar import Extension, ReportingMonth
from submissions.models.words import Outcome, Release, ReportStatus, Verb
from workplan.lib.constraints import all_or_none, one_of

#: The closing of the month does not hold the report: it is open, or the report was reopened since.
_NOT_LOCKED = Q(period__closed_at=None) | Q(reopened_at__gte=F("period__closed_at"))


class ReportQuerySet(models.QuerySet):
    def visible_to(self, person: permissions.Person) -> ReportQuerySet:
        """Keep the reports the person may open: all, those once approved, or those of the own subtree."""
        if permissions.sees_all_reports(person):
            return self
        own = Q(pk__in=[])
        for path in permissions.access(person).subtree_paths:
            own |= Q(unit__path__startswith=path)
        if permissions.owned_items(person):
            own |= Q(unit__code=NATION_CODE)
        if permissions.sees_all_approved(person):
            own |= Q(approved_filing__isnull=False)
        return self.filter(own)

    def reviewable_by(self, person: permissions.Person) -> ReportQuerySet:
        """Keep the reports whose decision is the person's."""
        held = permissions.access(person)
        if held.has(Role.MINISTRY_REVIEWER):
            return self
        paths = held.paths_by_role.get(Role.LEAD, frozenset())
        return self.filter(unit__parent__path__in=paths, unit__parent__level__gt=0)

    def awaiting_review(self) -> ReportQuerySet:
        return self.filter(status=ReportStatus.SUBMITTED)

    def not_locked(self) -> ReportQuerySet:
        """Keep the reports that the closing of their month does not hold (`workflow.is_locked`)."""
        return self.filter(_NOT_LOCKED)

    def oldest_first(self) -> ReportQuerySet:
        """Order what awaits review: who has waited longest comes first, what a closed month holds comes last."""
        return self.order_by(Case(When(_NOT_LOCKED, then=0), default=1), "filing__submitted_at", "id")

    def approved(self) -> ReportQuerySet:
        return self.filter(approved_filing__isnull=False)

    def in_year(self, year: int) -> ReportQuerySet:
        return self.filter(period__month__year=year)

    def with_deadline(self) -> ReportQuerySet:
        """Read with each report how far its due date was extended, and when it first came."""
        held = Extension.objects.filter(Q(unit=None) | Q(unit=OuterRef("unit")), period=OuterRef("period"))
        came = Filing.objects.kept().filter(report=OuterRef("pk")).order_by("submitted_at")
        return self.annotate(
            extended_until=Subquery(held.order_by("-until").values("until")[:1]),
            came_at=Subquery(came.values("submitted_at")[:1]),
        )

    def with_people(self) -> ReportQuerySet:
        return self.with_deadline().select_related("unit", "unit__parent", "period", "filing", "filing__submitted_by")


class MonthlyReport(models.Model):
    """One unit's report for one month: its state, its version, the filing in work and the one in force."""

    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="reports", verbose_name=_("单位"))
    period = models.ForeignKey(
        ReportingMonth,
        models.PROTECT,
        to_field="month",
        db_column="month",
        related_name="reports",
        verbose_name=_("报告期"),
    )
    status = models.CharField(_("状态"), max_length=10, choices=ReportStatus, default=ReportStatus.DRAFT)
    #: Advances with every accepted change; a verb names the version its person saw.
    version = models.PositiveIntegerField(_("版本"), default=0)
    filing = models.ForeignKey("Filing", models.PROTECT, null=True, related_name="+", verbose_name=_("当前报送"))
    approved_filing = models.ForeignKey(
        "Filing", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("已通过的报送")
    )
    reopened_at = models.DateTimeField(_("重新开放时间"), null=True, blank=True)
    #: Who asked the unit's lead to sign which version, and when; it stands until the report moves on from that.
    signing_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("请审签人")
    )
    signing_asked_at = models.DateTimeField(_("请审签时间"), null=True, blank=True)
    signing_asked_for = models.PositiveIntegerField(_("请审签的版本"), null=True, blank=True)
    is_demo = models.BooleanField(_("演示数据"), default=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("月度报表")
        verbose_name_plural = _("月度报表")
        constraints = [
            models.UniqueConstraint(fields=["unit", "period"], name="submissions_report_one_per_unit_and_month"),
            one_of("status", ReportStatus.values, name="submissions_report_status_is_known"),
            models.CheckConstraint(
                condition=~Q(status="APPROVED") | Q(approved_filing__isnull=False, approved_filing=F("filing")),
                name="submissions_report_approved_filing_is_the_current_one",
            ),
            all_or_none(
                "signing_asked_by", "signing_asked_at", "signing_asked_for", name="submissions_report_asks_whole"
            ),
            models.CheckConstraint(
                condition=Q(signing_asked_for__isnull=True)
                | Q(signing_asked_for__lt=F("version"))
                | Q(signing_asked_for=F("version"), status__in=["DRAFT", "RETURNED"]),
                name="submissions_report_asks_for_a_draft",
            ),
        ]
        indexes = [models.Index(fields=["status", "period"], name="submissions_report_queue")]

    def __str__(self) -> str:
        return f"{self.unit} {self.period_id:%Y-%m}"

    @property
    def month(self) -> date:
        """The reference month: its first day."""
        return self.period_id

    @property
    def begun_filing(self) -> Filing:
        """The filing in work. Only a report that nobody has begun has none."""
        if self.filing is None:
            raise Filing.DoesNotExist(f"{self} was not begun.")
        return self.filing

    @property
    def is_editable(self) -> bool:
        return self.status in {ReportStatus.DRAFT, ReportStatus.RETURNED}

    @property
    def is_signing_asked(self) -> bool:
        """Say whether the unit's lead is asked to sign the report as it stands."""
        return self.signing_asked_for == self.version

    @property
    def is_correction(self) -> bool:
        """Say whether the filing in work replaces one already approved."""
        return self.approved_filing_id is not None and self.approved_filing_id != self.filing_id

    @cached_property
    def extended_until(self) -> date | None:
        """The last day of the longest extension that holds for the unit; None without one."""
        return Extension.objects.until(self.unit_id, self.period_id)

    @property
    def due_on(self) -> date:
        """The day through which the unit's report is in time, with what was extended."""
        return max(self.period.due_on, self.extended_until or self.period.due_on)

    def is_late(self, submitted_at: datetime | None) -> bool:
        """Say whether the report handed in then came after its due date, in Shanghai."""
        day = None if submitted_at is None else timezone.localdate(submitted_at)
        return day is not None and day > self.period.due_on and day > self.due_on

    @cached_property
    def came_at(self) -> datetime | None:
        """When the report was first handed in and not taken back; None before."""
        first: datetime | None = self.filings.kept().aggregate(first=Min("submitted_at"))["first"]
        return first

    def is_filed_late(self, filing: Filing) -> bool:
        """Say whether what was handed in counts as late, on every page as in the calendar.

        A report is late when it first came after its due date: being returned does not make it late, and a correction
        never is.
        """
        return filing.supersedes_id is None and self.is_late(self.came_with(filing))

    def came_with(self, filing: Filing) -> datetime | None:
        """Return the moment that what was handed in is judged by: when the report first came, where that matters."""
        may_have_come_earlier = filing.number > 1 and filing.supersedes_id is None
        return self.came_at if may_have_come_earlier and self.is_late(filing.submitted_at) else filing.submitted_at


class FilingQuerySet(models.QuerySet):
    def kept(self) -> FilingQuerySet:
        """Keep what was handed in and not taken back."""
        return self.filter(submitted_at__isnull=False).exclude(outcome=Outcome.WITHDRAWN)

    def read_first_for(self, reports: Iterable[MonthlyReport]) -> None:
        """Tell each report when it first came, in one query; none where all know it already."""
        unread = {report.pk: report for report in reports if "came_at" not in vars(report)}
        if not unread:
            return
        first = dict(self.kept().filter(report__in=unread).values_list("report").annotate(Min("submitted_at")))
        for pk, report in unread.items():
            report.came_at = first.get(pk)


#: What the reviewer reads; from submission on only the outcome of a filing may still change.
_WORDS = ("report", "number", "release", "supersedes", "reason", "note", "submitted_by", "submitted_at")
_WORDS_CHANGE = reduce(or_, (pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")}) for name in _WORDS))


#: The final filing is of December and follows an approved one; after it there is no flash any more.
_RELEASES_FOLLOW = """
    IF NEW.release = 'FINAL' AND (NEW.supersedes_id IS NULL OR NOT EXISTS (
            SELECT 1 FROM submissions_monthlyreport r
             WHERE r.id = NEW.report_id AND extract(month FROM r.month) = 12)) THEN
        RAISE EXCEPTION 'a final filing is of December and follows an approved one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'submissions_filing_final_follows_december';
    END IF;
    IF NEW.release = 'FLASH' AND EXISTS (
            SELECT 1 FROM submissions_filing f WHERE f.id = NEW.supersedes_id AND f.release = 'FINAL') THEN
        RAISE EXCEPTION 'no flash follows a final filing'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'submissions_filing_no_flash_after_final';
    END IF;
    RETURN NEW;
"""


class Filing(models.Model):
    """What is submitted once: the figures as they stood, who answered for them, and what became of it."""

    report = models.ForeignKey(MonthlyReport, models.PROTECT, related_name="filings", verbose_name=_("月度报表"))
    number = models.PositiveIntegerField(_("报送次数"))
    release = models.CharField(_("发布口径"), max_length=5, choices=Release, default=Release.FLASH)
    outcome = models.CharField(_("结果"), max_length=9, choices=Outcome, default=Outcome.OPEN)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(_("更正原因"), blank=True)
    note = models.TextField(_("备注"), blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(_("报送时间"), null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("审核时间"), null=True)

    objects = FilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("报送")
        verbose_name_plural = _("报送")
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="submissions_filing_one_number_per_report"),
            one_of("outcome", Outcome.values, name="submissions_filing_outcome_is_known"),
            one_of("release", Release.values, name="submissions_filing_release_is_known"),
            all_or_none("submitted_by", "submitted_at", name="submissions_filing_submitted_by_and_at"),
            all_or_none("decided_by", "decided_at", name="submissions_filing_decided_by_and_at"),
            models.CheckConstraint(
                condition=Q(outcome="OPEN", submitted_at__isnull=True)
                | ~Q(outcome="OPEN") & Q(submitted_at__isnull=False),
                name="submissions_filing_leaves_open_by_submission",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["APPROVED", "RETURNED"]) | Q(decided_at__isnull=False),
                name="submissions_filing_decision_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="APPROVED") | ~Q(decided_by=F("submitted_by")),
                name="submissions_filing_approved_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(reason=""),
                name="submissions_filing_correction_has_a_reason",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="filing_release",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_RELEASES_FOLLOW,
            ),
            pgtrigger.Protect(
                name="decided_filing_is_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__outcome__in=["APPROVED", "RETURNED", "WITHDRAWN"]),
            ),
            pgtrigger.Protect(
                name="submitted_filing_keeps_its_words",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__submitted_at__isnull=False) & _WORDS_CHANGE,
            ),
            pgtrigger.Protect(
                name="submitted_filing_is_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__submitted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id}/{self.number}"


#: Asked when the transaction ends: comments are delivered after the decision they come with.
_RETURN_SAYS_WHY = """
    IF NOT EXISTS (SELECT 1 FROM submissions_cellcomment WHERE decision_id = NEW.id) THEN
        RAISE EXCEPTION 'a return says why, in a comment or at a cell'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'submissions_decision_return_says_why';
    END IF;
    RETURN NULL;
"""


class Decision(models.Model):
    """One step a report took: who moved it, from where to where, at which version, and why. Never changed."""

    report = models.ForeignKey(MonthlyReport, models.PROTECT, related_name="decisions")
    filing = models.ForeignKey(Filing, models.PROTECT, related_name="decisions")
    verb = models.CharField(max_length=8, choices=Verb)
    from_status = models.CharField(max_length=10, choices=ReportStatus)
    to_status = models.CharField(max_length=10, choices=ReportStatus)
    version = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    #: What the person wrote; "" for a return whose reasons all stand at its cells (see `words`).
    comment = models.TextField(blank=True)

    class Meta:
        verbose_name = _("审核记录")
        verbose_name_plural = _("审核记录")
        constraints = [
            one_of("verb", Verb.values, name="submissions_decision_verb_is_known"),
            models.CheckConstraint(
                condition=~Q(verb__in=["CORRECT", "REOPEN"]) | ~Q(comment=""),
                name="submissions_decision_says_why",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="decision_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="return_says_why",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__verb="RETURN", new__comment=""),
                func=_RETURN_SAYS_WHY,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.verb}"

    @property
    def words(self) -> str:
        """Why, in the reader's language: what the person wrote, else at which cells it is said; "" where nothing is.

        A list of decisions is read with its comments (`reviewing.CELLS`).
        """
        if self.comment or self.verb != Verb.RETURN:
            return self.comment
        cells = gettext("、").join(one.cell for one in self.cell_comments.all())
        return gettext("请看逐项批注：%(cells)s。") % {"cells": cells}


class DirtyUnit(models.Model):
    """A note to the next reader of totals: this unit's approved figures changed from this month on.

    Appended in the transaction of the decision; touches no shared row, so that approvals never wait for each other.
    """

    unit = models.ForeignKey(ReportingUnit, models.CASCADE, related_name="+")
    month = models.DateField()

    class Meta:
        verbose_name = _("待汇总")
        verbose_name_plural = _("待汇总")

    def __str__(self) -> str:
        return f"{self.unit_id} {self.month}"
