"""The pages of early warning: load, call once, render."""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts import audit, permissions
from accounts.models import ReportingUnit, User
from reporting.export_views import asked_code, for_exporters
from reporting.views import for_readers
from reporting.warnings import services
from reporting.warnings.exports import warnings_sheet
from reporting.warnings.models import EarlyWarning, WarningState
from reporting.warnings.pages import Narrowed, as_shown, concerning, narrow, warning_page, warnings_page
from targets.models import Indicator
from workplan.lib import clock, sheets

UNPROCESSABLE = 422


class AnswerForm(forms.Form):
    """The measure taken against a warning."""

    measure = forms.CharField(
        label=gettext_lazy("采取的措施"),
        min_length=services.SHORTEST_MEASURE,
        max_length=services.LONGEST_MEASURE,
        widget=forms.Textarea({"rows": 4, "class": "form-control"}),
        help_text=gettext_lazy("写明原因、已做的和要做的。本单位和部里可见，其他单位看不到。"),
    )
    responsible = forms.CharField(
        label=gettext_lazy("责任人"),
        max_length=services.LONGEST_NAME,
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )
    planned_on = forms.DateField(
        label=gettext_lazy("计划完成日"),
        widget=forms.DateInput({"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


@for_readers
def listed(request: HttpRequest) -> HttpResponse:
    page = warnings_page(request.user, asked(request), number=request.GET.get("page"))
    return render(request, "reporting/warnings.html", {"page": page})


@for_exporters
def export(request: HttpRequest) -> FileResponse:
    """Hand out the list as it is narrowed, all of its pages."""
    by = asked(request)
    shown = as_shown(request.user, narrow(concerning(request.user), by))
    audit.record_taken("warnings", by=cast(User, request.user), query=by.query)
    table = warnings_sheet(shown, by=request.user, now=clock.now())
    return sheets.workbook_response(f"{_('预警')}_{clock.today()}.xlsx", [table])


@for_readers
def one(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, pk)


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    if not permissions.has_business_role(request.user):
        raise PermissionDenied
    warning = get_object_or_404(EarlyWarning.objects.shown_to(request.user), pk=pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, pk, form)
    try:
        services.acknowledge(warning, by=cast(User, request.user), now=clock.now(), **form.cleaned_data)
    except services.AnswerRefused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, pk, form)
    messages.success(request, _("已登记措施。情况加重时会重新预警。"))
    return redirect("reporting:warning", pk)


def _page(request: HttpRequest, pk: int, form: AnswerForm | None = None) -> HttpResponse:
    """Show one warning; what was typed into a refused form stays, and the answer is to what is shown now."""
    try:
        page = warning_page(request.user, pk, today=clock.today())
    except EarlyWarning.DoesNotExist as error:
        raise Http404 from error
    seen = page.shown.event.pk
    if form is None:
        form, status = AnswerForm(initial={"seen": seen}), 200
    else:
        form.data, status = form.data.copy(), UNPROCESSABLE
        form.data["seen"] = str(seen)
    return render(request, "reporting/warning.html", {"page": page, "form": form}, status=status)


def asked(request: HttpRequest) -> Narrowed:
    """Return what the address narrows the list to; an unknown state, unit or indicator is not found."""
    state, unit, indicator = (asked_code(request, name) for name in ("state", "unit", "indicator"))
    if state and state not in WarningState.values:
        raise Http404
    return Narrowed(
        state,
        get_object_or_404(ReportingUnit, code=unit) if unit else None,
        get_object_or_404(Indicator, code=indicator) if indicator else None,
    )
