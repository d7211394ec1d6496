"""The forms of sign-in, password and second factor: the library's checks under our labels."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken

#: No password is longer; what is longer is refused before it is hashed.
LONGEST_PASSWORD = 1_000


class FrameFields:
    """Our labels and the frame's classes on a library form; no placeholders."""

    labels: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs["class"] = "form-select" if hasattr(field, "choices") else "form-control"
            if isinstance(field.widget, forms.PasswordInput):
                field.validators.append(MaxLengthValidator(LONGEST_PASSWORD))


class SignInForm(FrameFields, LoginForm):
    labels = {"login": _("用户名"), "password": _("密码")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)
        self.fields["login"].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        """A session lasts as long as the browser: machines in bureaus are shared."""
        return super().clean() | {"remember": False}


class PasswordForm(FrameFields, ChangePasswordForm):
    labels = {"oldpassword": _("当前密码"), "password1": _("新密码"), "password2": _("再次输入新密码")}


class ConfirmByPasswordForm(FrameFields, ReauthenticateForm):
    labels = {"password": _("密码")}


class CodeForm(FrameFields, AuthenticateForm):
    labels = {"code": _("验证码或恢复码")}


class ConfirmByCodeForm(FrameFields, ReauthenticateByCodeForm):
    labels = {"code": _("验证码或恢复码")}


class SecondFactorForm(FrameFields, ActivateTOTPForm):
    labels = {"code": _("应用显示的六位验证码")}


class TokenForm(FrameFields, forms.Form):
    """What a program's key is for, what it may do and how long it lives."""

    DAYS = [(30, _("30 天")), (90, _("90 天")), (365, _("一年"))]

    name = forms.CharField(label=_("用途"), max_length=60, help_text=_("例如：每月上报程序"))
    scope = forms.ChoiceField(label=_("范围"), choices=ApiToken.Scope.choices, initial=ApiToken.Scope.READ)
    days = forms.TypedChoiceField(label=_("有效期"), choices=DAYS, coerce=int, initial=90)

    @property
    def ttl(self) -> timedelta:
        return timedelta(days=self.cleaned_data["days"])
