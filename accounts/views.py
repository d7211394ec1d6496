"""Signing in and out, the own password, second factor, sessions and tokens; the library's flows in our pages."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import views as totp
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import forms, services
from accounts.adapter import client_address
from accounts.models import Duty, Role, User
from workplan.lib.problems import answer_for_programs, concerns_api
from workplan.lib.refusals import Refused

# Signing in ------------------------------------------------------------------------------------


class SignInView(account.LoginView):
    form_class = forms.SignInForm

    @method_decorator(login_not_required)
    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if "HX-Request" in request.headers:
            return _whole_page_sign_in(request)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        demo = {"demo_accounts": demo_accounts(), "demo_password": settings.DEMO_PASSWORD}
        return super().get_context_data(**kwargs) | (demo if settings.LOCAL else {})


def _whole_page_sign_in(request: HttpRequest) -> HttpResponse:
    """A fragment met the end of its session: have the whole page sign in and come back to where it was."""
    page = urlsplit(request.headers.get("HX-Current-URL", "")).path or "/"
    address = f"{reverse('account_login')}?{urlencode({'next': page})}"
    return HttpResponse(headers={"HX-Redirect": address})


def demo_accounts() -> list[dict[str, object]]:
    """Return who may be tried out in the demonstration, and what each may do."""
    people = User.objects.filter(is_demo=True, is_active=True).prefetch_related("grants__unit").order_by("id")
    usable = [person for person in people if person.has_usable_password()]
    return [
        {"username": person.username, "grants": [_duty_of(grant) for grant in person.grants.all()]}
        for person in sorted(usable, key=_duties_first)
    ]


def _duties_first(person: User) -> int:
    """Business before administration."""
    return list(Duty).index(Duty(person.duty))


def _duty_of(grant: object) -> dict[str, object]:
    return {"role": grant.get_role_display(), "unit": grant.unit.label, "may": what_a_role_may(grant.role)}


def what_a_role_may(role: str) -> str:
    """Return one sentence on what the role is for."""
    return {
        Role.MINISTRY_REVIEWER: _("查看全部，审核、退回、重新开放，代单位填报"),
        Role.PLANNER: _("查看全部，维护计划、目标和期限"),
        Role.ANALYST: _("查看和导出已通过的数据"),
        Role.CLERK: _("填写本单位报表，查看本单位及下级"),
        Role.LEAD: _("报送、撤回、申请更正本单位报表"),
        Role.SYSTEM_ADMIN: _("创建账户和单位"),
        Role.SECURITY_ADMIN: _("授予角色，重置密码"),
        Role.AUDITOR: _("查看、导出和校验审计记录"),
        Role.KIOSK: _("在大屏上显示已发布月份的领导一屏"),
    }[Role(role)]


@login_not_required
def locked_out(
    request: HttpRequest,
    original_response: HttpResponse | None = None,
    credentials: dict[str, object] | None = None,
) -> HttpResponse:
    """Say when to try again; the same for every name, known or not."""
    retry_at = _retry_at(request, credentials)
    seconds = max(math.ceil((retry_at - timezone.now()).total_seconds()), 1)
    if concerns_api(request):
        response = answer_for_programs(429)
    else:
        context = {"retry_at": retry_at, "minutes": -(-seconds // 60)}
        response = render(request, "account/locked_out.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response


def _retry_at(request: HttpRequest, credentials: dict[str, object] | None) -> datetime:
    attempts = AccessAttempt.objects.filter(
        username=(credentials or {}).get("username", ""), ip_address=client_address(request)
    )
    last = attempts.order_by("-attempt_time", "-id").first()
    return (last.attempt_time if last else timezone.now()) + (get_cool_off(request) or timedelta())


class PasswordView(account.PasswordChangeView):
    form_class = forms.PasswordForm


class ConfirmView(account.ReauthenticateView):
    form_class = forms.ConfirmByPasswordForm


# Second factor ---------------------------------------------------------------------------------


class CodeView(mfa.AuthenticateView):
    form_class = forms.CodeForm


class ConfirmByCodeView(mfa.ReauthenticateView):
    form_class = forms.ConfirmByCodeForm


class SecondFactorView(totp.ActivateTOTPView):
    form_class = forms.SecondFactorForm


# The own profile -------------------------------------------------------------------------------


def profile(request: HttpRequest) -> HttpResponse:
    return _profile_page(request, forms.TokenForm())


@require_POST
def create_token(request: HttpRequest) -> HttpResponse:
    """Make a token and show it in this one answer."""
    form = forms.TokenForm(request.POST)
    if not form.is_valid():
        return _profile_page(request, form, status=422)
    given = form.cleaned_data
    made = services.create_token(request.user, name=given["name"], scope=given["scope"], ttl=form.ttl)
    return _profile_page(request, forms.TokenForm(), made=made)


@require_POST
def revoke_token(request: HttpRequest, digest: str) -> HttpResponse:
    token = get_object_or_404(request.user.auth_token_set, pk=digest)
    try:
        services.revoke_token(token, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("令牌“%(name)s”已撤销，即刻失效。") % {"name": token.name})
    return redirect("accounts:profile")


def _profile_page(
    request: HttpRequest, form: forms.TokenForm, *, made: services.NewToken | None = None, status: int = 200
) -> HttpResponse:
    user = request.user
    context = {
        "grants": user.grants.select_related("unit").order_by("-starts_on", "id"),
        "today": timezone.localdate(),
        "tokens": user.auth_token_set.order_by("-created", "pk"),
        "now": timezone.now(),
        "token_form": form,
        "new_token": made,
        "second_factor_is_on": is_mfa_enabled(user, [Authenticator.Type.TOTP]),
        "n_sessions": len(UserSession.objects.purge_and_list(user)),
    }
    return render(request, "accounts/profile.html", context, status=status)
