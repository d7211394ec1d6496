"""What rules are held on, in the admin: settings, excuses, figures from elsewhere. Each change is audited."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from submissions import rules, terms
from submissions.models import Excuse, PublishedFigure, ReferenceFigure, RuleSetting
from targets.admin import FigureField
from targets.resources import check_figure
from workplan.admin_site import AuditedAdmin, PortalAdmin, site
from workplan.lib import clock
from workplan.lib.numbers import plain_text
from workplan.lib.refusals import Refused


def rule_choices() -> list[tuple[str, str]]:
    """Return the rules that can be set, each with its sentence."""
    return [
        (rule.code, f"{rule.code} {_(rule.says)}")
        for rule in rules.RULES.in_order()
        if rule.subject != rules.Subject.UPHELD
    ]


def limits_help() -> str:
    """Tell how limits are written, and every rule's limits as built."""
    built = [
        f"{rule.code} {_('、').join(f'{name} = {plain_text(value)}' for name, value in rule.defaults().items())}"
        for rule in rules.RULES.in_order()
        if rule.limits
    ]
    return f"{_('每行一个，名称 = 数值；没有写的按原定界限。')} {_('；').join(built)}"


class LimitsField(forms.CharField):
    """Limits as lines of ``name = value``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"widget": forms.Textarea(attrs={"rows": 6}), **options})

    def prepare_value(self, value: object) -> object:
        if isinstance(value, dict):
            return "\n".join(f"{name} = {number}" for name, number in value.items())
        return value

    def to_python(self, value: object) -> dict[str, str]:
        lines = [line.strip() for line in str(super().to_python(value)).splitlines() if line.strip()]
        pairs = [line.partition("=") for line in lines]
        if any(not equals for _name, equals, _number in pairs):
            raise ValidationError(_("每行写一个界限：名称 = 数值，如 stock_rise = 0.06。"), code="line")
        return {name.strip(): number.strip() for name, _equals, number in pairs}

    def has_changed(self, initial: object, data: object) -> bool:
        try:
            return self.to_python(data) != (initial or {})
        except ValidationError:
            return True


class RuleSettingForm(forms.ModelForm):
    rule = forms.ChoiceField(label=RuleSetting._meta.get_field("rule").verbose_name, choices=rule_choices)
    limits = LimitsField(
        label=RuleSetting._meta.get_field("limits").verbose_name,
        required=False,
        help_text=lazy(limits_help, str)(),
    )

    class Meta:
        model = RuleSetting
        fields = ["rule", "valid_from", "valid_to", "severity", "limits", "reason"]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if "limits" in given and "rule" in given:
            try:
                given["limits"] = terms.check_limits(given["rule"], given["limits"])
            except Refused as refusal:
                self.add_error("limits", str(refusal))
        return given


@admin.register(RuleSetting, site=site)
class RuleSettingAdmin(AuditedAdmin):
    """Limits, severity and validity of a rule from a month on; what was approved before stays approved."""

    form = RuleSettingForm
    list_display = ["rule", "valid_from", "valid_to", "severity", "shown_limits", "reason"]
    list_filter = ["rule"]
    ordering = ["rule", "valid_from"]

    @admin.display(description=RuleSetting._meta.get_field("limits").verbose_name)
    def shown_limits(self, setting: RuleSetting) -> str:
        return _("、").join(f"{name} = {value}" for name, value in setting.limits.items())


class ExcuseForm(forms.ModelForm):
    rule = forms.ChoiceField(label=Excuse._meta.get_field("rule").verbose_name, choices=rule_choices)

    class Meta:
        model = Excuse
        fields = ["unit", "indicator", "rule", "since", "until", "reason"]


@admin.register(Excuse, site=site)
class ExcuseAdmin(PortalAdmin):
    """Who is excused from which rule, until when and why. Granted once, then only withdrawn."""

    form = ExcuseForm
    list_display = ["unit", "indicator", "rule", "since", "until", "reason", "granted_by", "withdrawn_at"]
    list_select_related = ["unit", "indicator", "granted_by"]
    list_filter = ["rule", "indicator"]
    search_fields = ["=unit__code", "unit__short_name", "=indicator__code", "=rule"]
    autocomplete_fields = ["unit", "indicator"]
    ordering = ["-granted_at", "id"]
    actions = ["withdraw"]

    def get_readonly_fields(self, request: HttpRequest, obj: Excuse | None = None) -> list[str]:
        return (
            [] if obj is None else [*ExcuseForm.Meta.fields, "granted_by", "granted_at", "withdrawn_by", "withdrawn_at"]
        )

    def get_fields(self, request: HttpRequest, obj: Excuse | None = None) -> list[str]:
        return self.get_readonly_fields(request, obj) or ExcuseForm.Meta.fields

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """An excuse is not edited: it is withdrawn, and another granted."""
        return super().has_change_permission(request, obj) if obj is None else False

    def save_model(self, request: HttpRequest, obj: Excuse, form: ModelForm, change: bool) -> None:  # noqa: FBT001
        granted = terms.grant_excuse(by=request.user, now=clock.now(), **form.cleaned_data)
        obj.pk = granted.pk

    @admin.action(description=gettext_lazy("撤销所选豁免"), permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet) -> None:
        for excuse in queryset.order_by("pk"):
            try:
                terms.withdraw_excuse(excuse, by=request.user, now=clock.now())
            except Refused as refusal:
                self.message_user(request, f"{excuse}：{refusal}", messages.ERROR)
            else:
                self.message_user(request, _("已撤销：%(excuse)s。") % {"excuse": excuse})


class ReferenceForm(forms.ModelForm):
    value = FigureField(label=ReferenceFigure._meta.get_field("value").verbose_name)


def _grouped(value: Decimal) -> str:
    return f"{Decimal(plain_text(value)):,f}"


@admin.register(ReferenceFigure, site=site)
class ReferenceFigureAdmin(AuditedAdmin):
    """What other sources say of a unit; the rules compare with it and never count it."""

    form = ReferenceForm
    list_display = ["unit", "year", "name", "shown_value", "source"]
    list_select_related = ["unit"]
    list_filter = ["name", "year"]
    search_fields = ["=unit__code", "unit__short_name"]
    autocomplete_fields = ["unit"]
    ordering = ["-year", "name", "unit__position", "id"]

    @admin.display(description=ReferenceFigure._meta.get_field("value").verbose_name, ordering="value")
    def shown_value(self, reference: ReferenceFigure) -> str:
        return _grouped(reference.value)


class PublishedForm(forms.ModelForm):
    value = FigureField(
        label=PublishedFigure._meta.get_field("value").verbose_name,
        help_text=gettext_lazy("以人、元、个为单位；比率写小数，如 4.1% 写 0.041。"),
    )

    class Meta:
        model = PublishedFigure
        fields = ["unit", "indicator", "month", "release", "value", "published_on", "source", "is_synthetic"]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if "indicator" in given and "value" in given:
            try:
                check_figure(given["indicator"], given["value"])
            except ValidationError as error:
                self.add_error("value", error)
        return given


@admin.register(PublishedFigure, site=site)
class PublishedFigureAdmin(AuditedAdmin):
    """What was published of the country or a unit; it stands beside what units report and never replaces it."""

    form = PublishedForm
    list_display = ["unit", "indicator", "month", "release", "shown_value", "published_on", "source", "entered_by"]
    list_display_links = ["indicator"]
    list_select_related = ["unit", "indicator", "entered_by"]
    list_filter = ["release", "is_synthetic", "indicator", "month"]
    search_fields = ["=indicator__code", "indicator__name", "=unit__code", "unit__short_name"]
    autocomplete_fields = ["unit", "indicator"]
    ordering = ["unit__position", "indicator__code", "-month", "release"]

    @admin.display(description=PublishedFigure._meta.get_field("value").verbose_name, ordering="value")
    def shown_value(self, published: PublishedFigure) -> str:
        return _grouped(published.value)

    def save_model(self, request: HttpRequest, obj: PublishedFigure, form: ModelForm, change: bool) -> None:  # noqa: FBT001
        obj.entered_by = request.user
        super().save_model(request, obj, form, change)
