"""The rules: read by all who file or read, set by planners, excused by planners and the ministry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import ReportingUnit
from submissions import rules, terms
from submissions.calendar import default_period
from submissions.models import Excuse, RuleSetting
from submissions.models.terms import RuleSeverity
from submissions.pages.rules import rules_page
from submissions.rule_admin import LimitsField, rule_choices
from submissions.views.calendar import for_followers
from submissions.views.posted import fields_of, refuse_foreign
from targets import periods
from targets.models import Assignment, Indicator
from workplan.lib import clock
from workplan.lib.refusals import Refused

UNPROCESSABLE = 422
_REASON = {"widget": forms.Textarea({"rows": 2}), "max_length": 500}


class MonthInput(forms.CharField):
    """A month as people write it, 2007-06; the date of its first day."""

    widget = forms.TextInput({"placeholder": "2007-06", "inputmode": "numeric"})

    def to_python(self, value: object) -> date | None:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return periods.parse_month(text)
        except ValueError:
            raise forms.ValidationError(_("不是月份，请写成 2007-06。"), "not_a_month") from None


def excusable() -> list[tuple[str, str]]:
    """Return the rules on reports that a unit can be excused from, each with its sentence."""
    subjects = {rules.Subject.FIGURE, rules.Subject.REPORT}
    codes = {one.code for one in rules.RULES.values() if one.is_excusable and one.subject in subjects}
    return [(code, label) for code, label in rule_choices() if code in codes]


class ExcuseForm(forms.Form):
    """Excuse a unit from a rule in one indicator, for some months."""

    rule = forms.ChoiceField(label=gettext_lazy("规则"), choices=excusable)
    unit = forms.ModelChoiceField(
        ReportingUnit.objects.none(), to_field_name="code", label=gettext_lazy("单位"), empty_label=None
    )
    indicator = forms.ModelChoiceField(
        Indicator.objects.none(), to_field_name="code", label=gettext_lazy("指标"), empty_label=None
    )
    since = MonthInput(label=gettext_lazy("起始报告期"))
    until = MonthInput(label=gettext_lazy("终止报告期"))
    reason = forms.CharField(label=gettext_lazy("理由"), **_REASON)


class SettingForm(forms.Form):
    """Hold a rule on other terms from a month on."""

    rule = forms.ChoiceField(label=gettext_lazy("规则"), choices=rule_choices)
    valid_from = MonthInput(label=gettext_lazy("起始报告期"))
    valid_to = MonthInput(
        label=gettext_lazy("终止报告期（可不填）"),
        required=False,
        help_text=gettext_lazy("终止报告期之后，这条规则不再执行；要恢复或改变界限，请另设一条。"),
    )
    severity = forms.ChoiceField(
        label=gettext_lazy("处理方式"), choices=[("", gettext_lazy("不变")), *RuleSeverity.choices], required=False
    )
    limits = LimitsField(
        label=gettext_lazy("界限"),
        required=False,
        help_text=gettext_lazy("每行一个，名称 = 数值；没有写的按原定界限。"),
    )
    reason = forms.CharField(label=gettext_lazy("依据"), **_REASON)


@require_safe
@for_followers
def all_rules(request: HttpRequest) -> HttpResponse:
    """Show every rule on the terms of the month that pages open with."""
    return _show(request)


@require_POST
@for_followers
def excuse(request: HttpRequest) -> HttpResponse:
    """Excuse a unit from a rule."""
    form = _excuse_form(request.POST)
    if not form.is_valid():
        return _show(request, excuse=form)
    grant = partial(terms.grant_excuse, by=request.user, now=clock.now(), **form.cleaned_data)
    step = _step(request, "excuse.grant", grant, fields_of(form))
    return _answer(request, step, _("已豁免，理由记入审计记录。"), excuse=form)


@require_POST
@for_followers
def withdraw(request: HttpRequest, key: int) -> HttpResponse:
    """End an excuse; the rule is held again from now on."""
    found = get_object_or_404(Excuse.objects.visible_to(request.user), pk=key)
    step = _step(request, "excuse.withdraw", partial(terms.withdraw_excuse, found, by=request.user, now=clock.now()))
    return _answer(request, step, _("已撤销豁免。"))


@require_POST
@for_followers
def setting(request: HttpRequest) -> HttpResponse:
    """Set a rule from a month on."""
    form = _styled(SettingForm(request.POST, prefix="setting"))
    if not form.is_valid():
        return _show(request, setting=form)
    step = _step(request, "rule.set", partial(terms.set_rule, by=request.user, **form.cleaned_data), fields_of(form))
    return _answer(request, step, _("已设置规则，已通过的报表不受影响。"), setting=form)


@require_POST
@for_followers
def end(request: HttpRequest, key: int) -> HttpResponse:
    """Give a setting its last month."""
    found = get_object_or_404(RuleSetting, pk=key)
    try:
        last = periods.parse_month(request.POST.get("valid_to", ""))
    except ValueError:
        return _show(request, problem=_("不是月份，请写成 2007-06。"))
    given = request.POST.get("reason", "")
    end_it = partial(terms.end_setting, found, valid_to=last, reason=given, by=request.user)
    step = _step(request, "rule.end", end_it, ["valid_to", "reason"])
    return _answer(request, step, _("已设定终止报告期。"))


def _step(request: HttpRequest, action: str, step: Callable[[], object], carried: Sequence[str] = ()) -> Refused | None:
    try:
        refuse_foreign(request, action, carried)
        step()
    except Refused as refusal:
        return refusal
    return None


def _answer(
    request: HttpRequest,
    refusal: Refused | None,
    said: str,
    *,
    excuse: forms.Form | None = None,
    setting: forms.Form | None = None,
) -> HttpResponse:
    if refusal is not None:
        return _show(request, excuse=excuse, setting=setting, problem=str(refusal), status=refusal.http_status)
    messages.success(request, said)
    return redirect("submissions:rules")


def _show(
    request: HttpRequest,
    *,
    excuse: forms.Form | None = None,
    setting: forms.Form | None = None,
    problem: str = "",
    status: int = UNPROCESSABLE,
) -> HttpResponse:
    is_faulty = bool(problem or excuse or setting)
    context = {
        "page": rules_page(request.user, month_shown(request)),
        "excuse": excuse or _excuse_form(),
        "setting": setting or _styled(SettingForm(prefix="setting")),
        "problem": problem,
        "opened": "setting" if setting else "excuse" if excuse else "",
    }
    return render(request, "submissions/rules.html", context, status=status if is_faulty else 200)


def month_shown(request: HttpRequest) -> date:
    """Return the month whose terms the page tells."""
    period = default_period(request.user, clock.today())
    return period.month if period is not None else clock.today().replace(day=1)


def _excuse_form(posted: object = None) -> ExcuseForm:
    form = ExcuseForm(posted, prefix="excuse")
    filing = Assignment.objects.values("unit")
    form.fields["unit"].queryset = ReportingUnit.objects.filter(pk__in=filing).order_by("level", "position", "code")
    form.fields["indicator"].queryset = Indicator.objects.filter(assignments__isnull=False).distinct().order_by("code")
    return _styled(form)


def _styled(form: forms.Form) -> forms.Form:
    for field in form.fields.values():
        field.widget.attrs["class"] = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
    return form
