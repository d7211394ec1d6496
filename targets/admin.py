"""The plan's reference data in the admin: forms and sheets behind the same gate."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import Format
from import_export.forms import ExportForm
from import_export.results import Result

from accounts import audit, permissions
from accounts.models import User
from targets.cells import read_figure
from targets.models import (
    Assignment,
    Chapter,
    FormerIndicator,
    Indicator,
    IndicatorPart,
    Item,
    ItemOwner,
    Milestone,
    MilestoneExemption,
    Plan,
    Target,
    Thresholds,
)
from targets.resources import (
    FIXED_IN_AN_INDICATOR,
    IndicatorResource,
    MilestoneResource,
    TargetResource,
    check_figure,
)
from workplan.admin_site import AuditedAdmin, LookingAdmin, site
from workplan.lib.numbers import plain_text
from workplan.lib.refusals import Refused
from workplan.lib.sheet_formats import FORMATS


class SheetAdmin(ImportExportMixin, AuditedAdmin):
    """Import and export of one kind of reference data, whole or not at all."""

    export_form_class = ExportForm
    import_export_change_list_template = "admin/import_export/change_list_import_export.html"

    def get_import_formats(self) -> list[type[Format]]:
        return FORMATS

    def get_export_formats(self) -> list[type[Format]]:
        return FORMATS

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_export_data(self, file_format: Format, request: HttpRequest, queryset: QuerySet, **kwargs: Any) -> bytes:
        """Export numbers as numbers, and record who took what."""
        data = self.get_data_for_export(request, queryset, force_native_type=True, **kwargs)
        audit.record(f"{self.opts.model_name}.export", by=request.user, details={"rows": len(data)})
        return file_format.export_data(data)

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_import_data_kwargs(**kwargs) | {"rollback_on_validation_errors": True}

    def add_data_read_fail_error_to_form(self, form: forms.Form, e: Exception) -> None:
        known = str(e) if isinstance(e, Refused) else _("文件无法读取。请核对所选格式与文件是否一致。")
        form.add_error("import_file", known)

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        """After the preview the data may have moved on: then nothing is written, and that is said."""
        if result.has_errors() or result.has_validation_errors():
            messages.error(request, _("预览之后数据有变化，未导入任何内容。请重新上传并核对。"))
            return redirect("../import/")
        return super().process_result(result, request)


class FigureField(forms.CharField):
    """A number by the one grammar, shown in full."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"widget": forms.TextInput(attrs={"inputmode": "decimal"}), **options})

    def prepare_value(self, value: object) -> object:
        return plain_text(value) if isinstance(value, Decimal) else value

    def to_python(self, value: object) -> Decimal | None:
        try:
            return read_figure(super().to_python(value), decimals=4)
        except ValueError as error:
            raise ValidationError(str(error), code="number") from error

    def has_changed(self, initial: object, data: object) -> bool:
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True


class TargetForm(forms.ModelForm):
    target_value = FigureField(label=Target._meta.get_field("target_value").verbose_name)
    baseline_value = FigureField(label=Target._meta.get_field("baseline_value").verbose_name, required=False)

    def clean_seasonal_shares(self) -> list[Decimal] | None:
        """No curve is no curve, not one without months."""
        return self.cleaned_data["seasonal_shares"] or None

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        indicator = given.get("indicator") or getattr(self.instance, "indicator", None)
        for name in ("target_value", "baseline_value"):
            try:
                if indicator and name in given:
                    check_figure(indicator, given[name])
            except ValidationError as error:
                self.add_error(name, error)
        return given


def _grouped(value: Decimal | None) -> str | None:
    return None if value is None else f"{Decimal(plain_text(value)):,f}"


@admin.register(Target, site=site)
class TargetAdmin(SheetAdmin):
    """Targets of the nation and of units. Which plan, indicator and unit is fixed once made."""

    form = TargetForm
    resource_classes = [TargetResource]
    list_display = [
        "indicator",
        "unit",
        "shown_target",
        "shown_baseline",
        "bound",
        "strength",
        "is_synthetic",
        "is_ranked",
        "headline_position",
    ]
    list_select_related = ["indicator", "unit", "plan"]
    list_filter = ["plan", "indicator", "is_synthetic", "is_ranked", "bound"]
    search_fields = ["=indicator__code", "indicator__name", "=unit__code", "unit__short_name"]
    autocomplete_fields = ["indicator", "unit", "item"]
    ordering = ["indicator__code", "unit__position", "id"]

    @admin.display(description=Target._meta.get_field("target_value").verbose_name, ordering="target_value")
    def shown_target(self, target: Target) -> str | None:
        return _grouped(target.target_value)

    @admin.display(description=Target._meta.get_field("baseline_value").verbose_name, ordering="baseline_value")
    def shown_baseline(self, target: Target) -> str | None:
        return _grouped(target.baseline_value)

    def get_readonly_fields(self, request: HttpRequest, obj: Target | None = None) -> list[str]:
        return ["plan", "indicator", "unit"] if obj else []


@admin.register(Indicator, site=site)
class IndicatorAdmin(SheetAdmin):
    """Indicators outlive the year. What figures hang on is fixed once made."""

    resource_classes = [IndicatorResource]
    list_display = ["code", "name", "kind", "unit_of_measure", "frequency", "part_of"]
    list_select_related = ["part_of"]
    list_filter = ["kind", "frequency"]
    search_fields = ["=code", "name", "name_en", "short_name"]
    autocomplete_fields = ["part_of"]
    ordering = ["code"]

    def get_readonly_fields(self, request: HttpRequest, obj: Indicator | None = None) -> list[str]:
        return ["code", *FIXED_IN_AN_INDICATOR] if obj else []


@admin.register(FormerIndicator, site=site)
class FormerIndicatorAdmin(AuditedAdmin):
    """Codes that are no longer filed under; whoever still sends one is told its successor."""

    list_display = ["code", "name", "successor", "retired_on"]
    list_select_related = ["successor"]
    autocomplete_fields = ["successor"]
    ordering = ["code"]


@admin.register(IndicatorPart, site=site)
class IndicatorPartAdmin(AuditedAdmin):
    """The parts a figure may be filed in; which indicator and code is fixed once made."""

    list_display = ["indicator", "code", "name", "position", "share_low", "share_high"]
    list_select_related = ["indicator"]
    autocomplete_fields = ["indicator"]
    ordering = ["indicator__code", "position"]

    def get_readonly_fields(self, request: HttpRequest, obj: IndicatorPart | None = None) -> list[str]:
        return ["indicator", "code"] if obj else []


@admin.register(Milestone, site=site)
class MilestoneAdmin(SheetAdmin):
    resource_classes = [MilestoneResource]
    list_display = ["code", "title", "item", "scope", "frequency", "output"]
    list_select_related = ["item"]
    list_filter = ["item__plan", "scope", "frequency", "output"]
    search_fields = ["code", "title", "title_en"]
    autocomplete_fields = ["item"]
    ordering = ["item__number", "code", "id"]


@admin.register(ItemOwner, site=site)
class ItemOwnerAdmin(AuditedAdmin):
    """Who answers for an item at the ministry. A change is an end and a new beginning."""

    list_display = ["item", "user", "department", "starts_on", "ends_on"]
    list_select_related = ["item", "user"]
    list_filter = ["item__plan"]
    search_fields = ["=item__number", "item__heading", "user__display_name", "department"]
    autocomplete_fields = ["item"]
    ordering = ["item__number", "-starts_on", "id"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user":
            at_the_ministry = {"grants__role__in": permissions.MINISTRY_ROLES, "is_active": True}
            kwargs["queryset"] = User.objects.filter(**at_the_ministry).distinct().order_by("display_name")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: ItemOwner | None = None) -> list[str]:
        return ["item", "user", "starts_on"] if obj else []

    def save_model(self, request: HttpRequest, obj: Model, form: forms.ModelForm, change: bool) -> None:  # noqa: FBT001
        if not change:
            obj.assigned_by = request.user
        super().save_model(request, obj, form, change)


@admin.register(MilestoneExemption, site=site)
class MilestoneExemptionAdmin(AuditedAdmin):
    """Units that need not do a milestone, and why."""

    list_display = ["milestone", "unit", "reason", "granted_by", "granted_at"]
    list_select_related = ["milestone", "unit", "granted_by"]
    list_filter = ["milestone__item__plan"]
    search_fields = ["=milestone__code", "milestone__title", "=unit__code", "unit__short_name"]
    autocomplete_fields = ["milestone", "unit"]
    ordering = ["milestone__item__number", "milestone__code", "unit__position"]

    def get_readonly_fields(self, request: HttpRequest, obj: MilestoneExemption | None = None) -> list[str]:
        return ["milestone", "unit"] if obj else []

    def save_model(self, request: HttpRequest, obj: Model, form: forms.ModelForm, change: bool) -> None:  # noqa: FBT001
        if not change:
            obj.granted_by = request.user
        super().save_model(request, obj, form, change)


@admin.register(Plan, site=site)
class PlanAdmin(AuditedAdmin):
    list_display = ["year", "number", "title", "issued_on"]
    search_fields = ["=year", "title"]
    ordering = ["-year"]


@admin.register(Chapter, site=site)
class ChapterAdmin(AuditedAdmin):
    list_display = ["plan", "number", "heading"]
    list_select_related = ["plan"]
    list_filter = ["plan"]
    ordering = ["plan__year", "number"]


@admin.register(Item, site=site)
class ItemAdmin(AuditedAdmin):
    list_display = ["number", "heading", "chapter", "lead", "plan"]
    list_select_related = ["chapter", "plan"]
    list_filter = ["plan", "chapter"]
    search_fields = ["=number", "heading", "heading_en"]
    ordering = ["plan__year", "number"]


@admin.register(Thresholds, site=site)
class ThresholdsAdmin(AuditedAdmin):
    list_display = ["plan", "lagging_ratio", "lagging_gap", "lagging_headroom"]
    list_select_related = ["plan"]
    ordering = ["plan__year"]


@admin.register(Assignment, site=site)
class AssignmentAdmin(LookingAdmin):
    """For looking only: who files what decides totals, so it changes with the plan's file, which adds them up anew."""

    list_display = ["indicator", "unit", "plan"]
    list_select_related = ["indicator", "unit", "plan"]
    list_filter = ["plan", "indicator"]
    search_fields = ["=unit__code", "unit__short_name", "=indicator__code"]
    ordering = ["indicator__code", "unit__position", "id"]
