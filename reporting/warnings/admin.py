"""The rules of early warning in the admin: planners set them, each change is audited; what they warned of stays."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from reporting.models import WarningRule
from workplan.admin_site import AuditedAdmin, site
from workplan.lib.numbers import plain_text

#: What a rule is about is fixed once made: its warnings are told by it.
FIXED = ["code", "kind", "indicator", "measure"]


class WarningRuleForm(forms.ModelForm):
    class Meta:
        model = WarningRule
        fields = [
            *("code", "name", "name_en", "kind", "indicator", "scope", "measure", "comparison", "limit"),
            *("n_periods", "worse_by", "valid_from", "valid_to", "reason", "reason_en"),
        ]


@admin.register(WarningRule, site=site)
class WarningRuleAdmin(AuditedAdmin):
    """When to warn, of what and whom, from which month on. A rule ends; it is never deleted."""

    form = WarningRuleForm
    list_display = ["code", "name", "kind", "indicator", "scope", "shown_limit", "valid_from", "valid_to"]
    list_select_related = ["indicator"]
    list_filter = ["kind", "scope"]
    search_fields = ["=code", "name", "name_en"]
    autocomplete_fields = ["indicator"]
    ordering = ["code"]

    @admin.display(description=WarningRule._meta.get_field("limit").verbose_name)
    def shown_limit(self, rule: WarningRule) -> str | None:
        return None if rule.limit is None else f"{rule.get_comparison_display()} {plain_text(rule.limit)}"

    def get_readonly_fields(self, request: HttpRequest, obj: WarningRule | None = None) -> list[str]:
        return [] if obj is None else FIXED
