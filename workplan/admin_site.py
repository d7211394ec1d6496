"""The admin: reference data and looking things up. Rights come from `accounts.permissions` alone.

Nothing can be deleted here, every change is in the audit trail with its old and new values, and the way in is the
portal's own sign-in with its lock-out and second factor.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from accounts import audit, permissions
from workplan.lib.refusals import Refused

View = Callable[..., HttpResponse]


class PortalAdminSite(admin.AdminSite):
    site_title = _("年度工作要点目标管理平台")
    site_header = _("年度工作要点目标管理平台 · 管理")
    index_title = _("管理")
    empty_value_display = "–"

    def has_permission(self, request: HttpRequest) -> bool:
        return permissions.may_open_admin(request.user)

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign in on the portal's page; somebody signed in without a right here is told so."""
        if request.user.is_authenticated:
            if self.has_permission(request):
                return redirect("admin:index")
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", request.path))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_change_password")


site = PortalAdminSite(name="admin")
site.disable_action("delete_selected")


class PortalAdmin(admin.ModelAdmin):
    """What all our admin pages share: no deletion, bounded lists, refusals as sentences."""

    list_per_page = 50
    show_full_result_count = False
    save_on_top = False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list; a filter no database understands leads back to the whole list."""
        try:
            response = super().changelist_view(request, extra_context)
            return response.render() if hasattr(response, "render") else response
        except (ValueError, OverflowError, DataError):
            return redirect(request.path)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A refusal of a service is said on the page; the transaction is undone by then."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect(request.get_full_path())


class LookingAdmin(PortalAdmin):
    """For looking things up. Decisions are taken in the portal, which records them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class AuditedAdmin(PortalAdmin):
    """Reference data that may be edited here: each change is an audit entry with old and new values."""

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:  # noqa: FBT001
        super().save_model(request, obj, form, change)
        request.admin_changes = changes_in(form)

    def log_addition(self, request: HttpRequest, obj: Model, message: object) -> object:
        entry = super().log_addition(request, obj, message)
        self._record("create", request, obj)
        return entry

    def log_change(self, request: HttpRequest, obj: Model, message: object) -> object:
        entry = super().log_change(request, obj, message)
        if message:
            self._record("change", request, obj)
        return entry

    def _record(self, verb: str, request: HttpRequest, obj: Model) -> None:
        details = {"object": str(obj), "changes": getattr(request, "admin_changes", {})}
        audit.record(f"{obj._meta.model_name}.{verb}", by=request.user, obj=obj, details=details)


def changes_in(form: ModelForm) -> dict[str, list[str]]:
    """Return what the form changed: field → [old, new], as texts."""
    return {
        name: [_as_text(form.initial.get(name)), _as_text(form.cleaned_data.get(name))] for name in form.changed_data
    }


def _as_text(value: object) -> str:
    if isinstance(value, Model):
        return str(value.pk)
    return "" if value is None else str(value)
