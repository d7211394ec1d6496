"""Scoring schemes and rounds in the admin: planners set them until the first sheet is begun; then they stand."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, Model
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from reporting.assessment.models import (
    Assessment,
    AssessmentCriterion,
    AssessmentFile,
    AssessmentRound,
    AssessmentScheme,
    AssessmentSection,
)
from submissions.admin import QuarantineAdmin
from targets.models import Milestone
from workplan.admin_site import AuditedAdmin, site


class SchemeAdmin(AuditedAdmin):
    """A part of a scheme: free until a sheet was begun by the scheme, then for looking at."""

    def scheme_of(self, obj: Model) -> AssessmentScheme:
        raise NotImplementedError

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: object) -> object:
        """Offer only what is still free: nothing is added to a scheme in use."""
        free = AssessmentScheme.objects.exclude(pk__in=Assessment.objects.values("round__scheme"))
        if db_field.name == "scheme":
            kwargs["queryset"] = free
        elif db_field.name == "section":
            kwargs["queryset"] = AssessmentSection.objects.filter(scheme__in=free).select_related("scheme")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        is_used = obj is not None and Assessment.objects.filter(round__scheme=self.scheme_of(obj)).exists()
        return not is_used and super().has_change_permission(request, obj)


@admin.register(AssessmentScheme, site=site)
class AssessmentSchemeAdmin(SchemeAdmin):
    list_display = ["code", "name", "plan", "full_points", "excellent_from", "pass_from", "excellent_share"]
    list_select_related = ["plan"]
    search_fields = ["=code", "name", "name_en"]
    ordering = ["code"]

    def scheme_of(self, obj: AssessmentScheme) -> AssessmentScheme:
        return obj


@admin.register(AssessmentSection, site=site)
class AssessmentSectionAdmin(SchemeAdmin):
    list_display = ["code", "name", "scheme", "weight"]
    list_select_related = ["scheme"]
    list_filter = ["scheme"]
    search_fields = ["=code", "name", "name_en"]
    ordering = ["scheme__code", "code"]

    def scheme_of(self, obj: AssessmentSection) -> AssessmentScheme:
        return obj.scheme


class CriterionForm(ModelForm):
    class Meta:
        model = AssessmentCriterion
        fields = [
            *("section", "number", "name", "name_en", "guide", "guide_en", "weight", "kind"),
            *("indicator", "formula", "floor", "tolerance"),
            *("milestones", "credit_submitted", "credit_in_progress", "counted", "each", "cap"),
        ]

    def clean_milestones(self) -> list[str]:
        """Refuse codes that no milestone has."""
        codes: list[str] = self.cleaned_data["milestones"] or []
        unknown = sorted(set(codes) - set(Milestone.objects.filter(code__in=codes).values_list("code", flat=True)))
        if unknown:
            raise ValidationError(_("没有代码为“%(code)s”的节点。"), params={"code": unknown[0]})
        return codes


@admin.register(AssessmentCriterion, site=site)
class AssessmentCriterionAdmin(SchemeAdmin):
    form = CriterionForm
    list_display = ["code", "name", "section", "kind", "indicator", "weight"]
    list_select_related = ["section__scheme", "indicator"]
    list_filter = ["section__scheme", "kind"]
    search_fields = ["name", "name_en"]
    autocomplete_fields = ["indicator"]
    ordering = ["section__scheme__code", "section__code", "number"]

    def scheme_of(self, obj: AssessmentCriterion) -> AssessmentScheme:
        return obj.section.scheme


@admin.register(AssessmentRound, site=site)
class AssessmentRoundAdmin(AuditedAdmin):
    """When units are assessed; what it measures is fixed once a sheet was begun, all of it once it is published."""

    list_display = ["code", "name", "scheme", "period", "basis", "opens_on", "published_at"]
    list_select_related = ["scheme", "period"]
    search_fields = ["=code", "name", "name_en"]
    readonly_fields = ["published_at", "published_by"]
    ordering = ["-period", "code"]

    def get_readonly_fields(self, request: HttpRequest, obj: AssessmentRound | None = None) -> list[str]:
        is_begun = obj is not None and obj.sheets.exists()
        return [*self.readonly_fields, *(["scheme", "period", "basis"] if is_begun else [])]

    def has_change_permission(self, request: HttpRequest, obj: AssessmentRound | None = None) -> bool:
        return not (obj is not None and obj.is_published) and super().has_change_permission(request, obj)


@admin.register(AssessmentFile, site=site)
class QuarantinedProofAdmin(QuarantineAdmin):
    list_select_related = ["line__assessment__unit", "uploaded_by"]

    @admin.display(description=_("单位"))
    def unit(self, file: AssessmentFile) -> object:
        return file.line.assessment.unit
