"""The calendar of reporting months: looked at by all who file or read, moved by planner and ministry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import permissions
from accounts.models import ReportingUnit
from submissions import calendar, facts, reminding, schedule, timeliness
from submissions.models import ReportingMonth
from submissions.pages.calendar import CalendarPage, MonthPage, calendar_page, calendar_sheet, month_page
from submissions.pages.due import month_words
from submissions.pages.lists import source
from submissions.reminding import Reminder
from submissions.views.posted import fields_of, refuse_foreign
from submissions.views.taking import for_takers, taken
from submissions.views.work import month_named, unit_named
from targets.models import Plan
from workplan.lib import clock
from workplan.lib.refusals import Refused

UNPROCESSABLE = 422


def for_followers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open a page to people whose role files or reads figures."""

    def opened(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not permissions.has_business_role(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return opened


@require_safe
@for_followers
def year(request: HttpRequest) -> HttpResponse:
    return render(request, "submissions/calendar.html", {"page": _year_page(request)})


@for_takers
def export(request: HttpRequest) -> FileResponse:
    """Hand out the year's table as a workbook."""
    page = _year_page(request)
    if page.plan is None:
        raise Http404
    table = calendar_sheet(page, source=source(request.user, plan=page.plan))
    return taken(request, "calendar", page.plan.year, table, year=page.plan.year)


def _year_page(request: HttpRequest) -> CalendarPage:
    page = calendar_page(request.user, year=_year(request), today=clock.today(), under=_under(request))
    if page.under and not page.records:
        raise Http404
    return page


def _under(request: HttpRequest) -> ReportingUnit | None:
    """Return the unit that the address narrows a page to, None where it does not; one that is not there reads 404."""
    return unit_named(request.GET["unit"]) if "unit" in request.GET else None


def _year(request: HttpRequest) -> int | None:
    """Return the year the address names, None where it names none; one without a plan is not found."""
    text = request.GET.get("year", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise Http404
    return get_object_or_404(Plan, year=int(text)).year


@require_POST
@for_followers
def apply_rules(request: HttpRequest) -> HttpResponse:
    """Give the months still to fall due the dates of the rules; first says which, then does it."""
    plan = get_object_or_404(Plan, year=request.POST.get("year") or 0)
    if not permissions.may_move_dates(request.user):
        raise PermissionDenied
    try:
        refuse_foreign(request, "month.move", ["year", "confirmed"])
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("submissions:calendar")
    if "confirmed" not in request.POST:
        moves = schedule.moves_by_rule(plan, today=clock.today())
        return render(request, "submissions/calendar_moves.html", {"plan": plan, "moves": moves})
    try:
        moved = schedule.apply_rules(plan, by=request.user, now=clock.now())
    except Refused as refusal:
        moves = schedule.moves_by_rule(plan, today=clock.today())
        context = {"plan": plan, "moves": moves, "refusal": refusal}
        return render(request, "submissions/calendar_moves.html", context, status=refusal.http_status)
    messages.success(request, _("已按规则调整 %(count)s 个报告期。") % {"count": len(moved)})
    return redirect("submissions:calendar")


# One month -------------------------------------------------------------------------------------


class DatesForm(forms.Form):
    """The four times of one month."""

    opens_on = forms.DateField(label=gettext_lazy("开放日"))
    due_on = forms.DateField(label=gettext_lazy("截止日"))
    late_due_on = forms.DateField(label=gettext_lazy("迟报截止日"))
    view_only_from = forms.DateField(label=gettext_lazy("只供查看起始日"))
    reason = forms.CharField(
        label=gettext_lazy("原因"), max_length=calendar.LONGEST_REASON, widget=forms.Textarea({"rows": 2})
    )


class ExtensionForm(forms.Form):
    """More time for one unit, or for all."""

    unit = forms.ModelChoiceField(
        ReportingUnit.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=gettext_lazy("所有单位"),
        label=gettext_lazy("单位"),
    )
    until = forms.DateField(label=gettext_lazy("延期至"))
    reason = forms.CharField(
        label=gettext_lazy("原因"), max_length=calendar.LONGEST_REASON, widget=forms.Textarea({"rows": 2})
    )


def _dates_form(period: ReportingMonth, posted: object = None) -> DatesForm:
    initial = {name: getattr(period, name) for name in ("opens_on", "due_on", "late_due_on", "view_only_from")}
    return _with_date_inputs(DatesForm(posted, initial=initial, prefix="dates"))


def _extension_form(period: ReportingMonth, posted: object = None) -> ExtensionForm:
    form = ExtensionForm(posted, prefix="extension")
    form.fields["unit"].queryset = facts.due_units(period).order_by("level", "position", "code")
    return _with_date_inputs(form)


def _with_date_inputs(form: forms.Form) -> forms.Form:
    for field in form.fields.values():
        if isinstance(field, forms.DateField):
            field.widget = forms.DateInput({"type": "date", "class": "form-control"}, format="%Y-%m-%d")
        else:
            is_choice = isinstance(field, forms.ModelChoiceField)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"
    return form


@require_safe
@for_followers
def month(request: HttpRequest, month: date) -> HttpResponse:
    return _show_month(request, month_named(f"{month:%Y-%m}"))


def month_asked(request: HttpRequest, period: ReportingMonth) -> MonthPage:
    """Return the month's page as the address narrows it.

    :raises Http404: nobody the person follows files there.
    """
    page = month_page(request.user, period, today=clock.today(), under=_under(request))
    if page.under and not page.lines:
        raise Http404
    return page


def _show_month(
    request: HttpRequest,
    period: ReportingMonth,
    *,
    dates: DatesForm | None = None,
    extension: ExtensionForm | None = None,
    refusal: Refused | None = None,
    asks: str = "",
    reminders: list[Reminder] | None = None,
) -> HttpResponse:
    is_faulty = any(form is not None and form.is_bound and not form.is_valid() for form in (dates, extension))
    context = {
        "page": month_asked(request, period),
        "dates": dates or _dates_form(period),
        "extension": extension or _extension_form(period),
        "refusal": refusal,
        "reminders": reminders,
        "told": reminding.told_of(period) if permissions.may_publish(request.user) else [],
        "asks": asks,
        "lateness": _lateness(period, dates) if asks == "dates" else None,
        "reason": request.POST.get("reason", ""),
    }
    status = UNPROCESSABLE if is_faulty or (refusal and refusal.http_status == 400) else 200
    if refusal is not None and status == 200:
        status = refusal.http_status
    return render(request, "submissions/calendar_month.html", context, status=status)


def _lateness(period: ReportingMonth, form: DatesForm) -> tuple[int, int]:
    """Return how many reports are late now, and how many would be with the new due date."""
    return timeliness.n_late(period, period.due_on), timeliness.n_late(period, form.cleaned_data["due_on"])


@require_http_methods(["POST"])
@for_followers
def act(request: HttpRequest, month: date, action: str) -> HttpResponse:
    """Open, close, reopen or publish the month: first say what it does to others, then, confirmed, do it."""
    period = month_named(f"{month:%Y-%m}")
    if "confirmed" not in request.POST:
        if not permissions.may_publish(request.user):
            raise PermissionDenied
        return _show_month(request, period, asks=action)
    try:
        done = _move(request, period, action)
    except Refused as refusal:
        asks = action if refusal.http_status == 400 else ""
        return _show_month(request, month_named(f"{month:%Y-%m}"), refusal=refusal, asks=asks)
    messages.success(request, done % {"month": month_words(period.month)})
    return redirect("submissions:calendar-month", period.month)


#: What is asked for besides, by the act.
_ASKED_FOR = {"reopen": ["reason"]}


def _move(request: HttpRequest, period: ReportingMonth, action: str) -> str:
    refuse_foreign(request, f"month.{action}", ["confirmed", *_ASKED_FOR.get(action, ())], month=period.month)
    now = clock.now()
    if action == "reopen":
        calendar.reopen_month(period, by=request.user, now=now, reason=request.POST.get("reason", ""))
        return _("已撤销%(month)s的关闭。")
    moves = {
        "open": (calendar.open_month, _("已开放%(month)s。")),
        "close": (calendar.close_month, _("已关闭%(month)s。")),
        "publish": (calendar.publish_month, _("已发布%(month)s。")),
    }
    service, done = moves[action]
    service(period, by=request.user, now=now)
    return done


@require_http_methods(["POST"])
@for_followers
def dates(request: HttpRequest, month: date) -> HttpResponse:
    """Move the four times of the month."""
    period = month_named(f"{month:%Y-%m}")
    form = _dates_form(period, request.POST)
    if not form.is_valid():
        return _show_month(request, period, dates=form)
    if "confirmed" not in request.POST:
        return _show_month(request, period, dates=form, asks="dates")
    try:
        refuse_foreign(request, "month.move", ["confirmed", *fields_of(form)], month=period.month)
        schedule.move_dates(period, by=request.user, now=clock.now(), **form.cleaned_data)
    except Refused as refusal:
        return _show_month(request, month_named(f"{month:%Y-%m}"), dates=form, refusal=refusal)
    messages.success(request, _("已调整%(month)s的日期。") % {"month": month_words(period.month)})
    return redirect("submissions:calendar-month", period.month)


@require_http_methods(["POST"])
@for_followers
def remind(request: HttpRequest, month: date) -> HttpResponse:
    """Remind those shown as missing, and say of each unit what became of it."""
    period = month_named(f"{month:%Y-%m}")
    shown = month_asked(request, period).missing
    try:
        refuse_foreign(request, "month.remind", month=period.month)
        reminders = reminding.remind_missing(period, [one.unit for one in shown], by=request.user, now=clock.now())
    except Refused as refusal:
        return _show_month(request, period, refusal=refusal)
    return _show_month(request, period, reminders=reminders)


@require_http_methods(["POST"])
@for_followers
def extend(request: HttpRequest, month: date) -> HttpResponse:
    """Give one unit, or all, more time."""
    period = month_named(f"{month:%Y-%m}")
    form = _extension_form(period, request.POST)
    if not form.is_valid():
        return _show_month(request, period, extension=form)
    try:
        refuse_foreign(request, "month.extend", fields_of(form), month=period.month)
        given = schedule.extend(period, by=request.user, now=clock.now(), **form.cleaned_data)
    except Refused as refusal:
        return _show_month(request, month_named(f"{month:%Y-%m}"), extension=form, refusal=refusal)
    whom = given.unit.label if given.unit else _("所有单位")
    said = _("已为%(unit)s延期至 %(until)s。") % {"unit": whom, "until": given.until}
    messages.success(request, said)
    return redirect("submissions:calendar-month", period.month)
