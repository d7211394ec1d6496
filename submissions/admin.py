"""Reports and months in the admin: for looking things up. Decisions are taken in the portal, which records them."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from submissions.models import (
    CalendarDay,
    CalendarRule,
    EvidenceFile,
    EvidenceState,
    Extension,
    MonthlyReport,
    ReportingMonth,
)
from submissions.rule_admin import RuleSettingAdmin  # noqa: F401 -- registers what rules are held on
from workplan.admin_site import AuditedAdmin, LookingAdmin, site


@admin.register(MonthlyReport, site=site)
class MonthlyReportAdmin(LookingAdmin):
    """What state each report is in, and who answered for it."""

    list_display = ["unit", "period", "status", "version", "submitted_by", "submitted_at", "is_demo"]
    list_select_related = ["unit", "period", "filing__submitted_by"]
    list_filter = ["status", "period", "is_demo"]
    search_fields = ["=unit__code", "unit__short_name", "unit__name"]
    ordering = ["-period", "unit__position", "id"]
    fields = ["unit", "period", "status", "version", "submitted_by", "submitted_at", "reopened_at", "is_demo"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).visible_to(request.user)

    @admin.display(description=_("报送人"))
    def submitted_by(self, report: MonthlyReport) -> object:
        return report.filing and report.filing.submitted_by

    @admin.display(description=_("报送时间"))
    def submitted_at(self, report: MonthlyReport) -> object:
        return report.filing and report.filing.submitted_at


@admin.register(ReportingMonth, site=site)
class ReportingMonthAdmin(LookingAdmin):
    """The calendar; months are opened, closed and published by commands and in the portal."""

    list_display = [
        "month",
        "opens_on",
        "due_on",
        "late_due_on",
        "view_only_from",
        "closed_at",
        "closed_by",
        "published_at",
        "published_by",
    ]
    list_select_related = ["closed_by", "published_by"]
    ordering = ["-month"]


@admin.register(CalendarRule, site=site)
class CalendarRuleAdmin(AuditedAdmin):
    """How months get their dates; the calendar page shows what a change moves, and moves it."""

    list_display = ["valid_from", "due_day", "late_working_days", "view_only_months", "first_day"]
    ordering = ["-valid_from"]


@admin.register(CalendarDay, site=site)
class CalendarDayAdmin(AuditedAdmin):
    """Public holidays and days worked in their place."""

    list_display = ["day", "is_working", "name"]
    list_filter = ["is_working"]
    date_hierarchy = "day"
    ordering = ["-day"]


@admin.register(Extension, site=site)
class ExtensionAdmin(LookingAdmin):
    """Who was given more time; extensions are granted on the calendar page."""

    list_display = ["period", "unit", "until", "reason", "granted_by", "granted_at"]
    list_select_related = ["unit", "granted_by", "period"]
    ordering = ["-granted_at"]


class QuarantineAdmin(LookingAdmin):
    """What was set apart as harmful: whose computer to look at. The content is handed to nobody."""

    list_display = ["name", "unit", "size", "uploaded_by", "uploaded_at"]
    ordering = ["-uploaded_at", "id"]
    fields = ["name", "unit", "size", "digest", "reason", "uploaded_by", "uploaded_at"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).filter(state=EvidenceState.QUARANTINED)


@admin.register(EvidenceFile, site=site)
class QuarantinedEvidenceAdmin(QuarantineAdmin):
    list_display = ["name", "unit", "milestone", "size", "uploaded_by", "uploaded_at"]
    list_select_related = ["filing__report__unit", "milestone", "uploaded_by"]
    fields = ["name", "unit", "milestone", "size", "digest", "reason", "uploaded_by", "uploaded_at"]
    readonly_fields = fields

    @admin.display(description=_("单位"))
    def unit(self, evidence: EvidenceFile) -> object:
        return evidence.filing.report.unit
