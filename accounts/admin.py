"""People, units and the audit trail in the admin, each duty with its own part (domain.md 6.2)."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, services
from accounts.audit_words import action_label, object_label
from accounts.models import AuditEntry, FormerUnit, ReportingUnit, RoleGrant, UnitAlias, UnitKind, User
from workplan.admin_site import AuditedAdmin, LookingAdmin, PortalAdmin, site
from workplan.lib.refusals import Refused
from workplan.lib.sheets import Column, csv_response
from workplan.lib.words import listed

MOST_FAULTS_SHOWN = 20


# People ----------------------------------------------------------------------------------------


@admin.register(User, site=site)
class UserAdmin(PortalAdmin):
    """The system administrator makes and closes accounts; the security administrator resets passwords."""

    list_display = ["username", "display_name", "duty", "roles", "is_active", "last_login"]
    list_filter = ["duty", "is_active", "is_demo"]
    search_fields = ["username", "display_name", "display_name_en"]
    ordering = ["username"]
    change_form_template = "admin/accounts/user/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("grants__unit")

    @admin.display(description=gettext_lazy("角色"))
    def roles(self, user: User) -> str:
        today = timezone.localdate()
        held = [one for one in user.grants.all() if one.ends_on is None or one.ends_on > today]
        return listed(
            _("%(role)s（%(unit)s）") % {"role": one.get_role_display(), "unit": one.unit.label} for one in held
        )

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        names = ["username", "display_name", "display_name_en", "email", "duty"]
        return [*names, "is_active", "roles", "must_change_password", "last_login", "date_joined"] if obj else names

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        fixed = ["username", "duty", "roles", "must_change_password", "last_login", "date_joined"]
        return fixed if obj else []

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:  # noqa: FBT001
        given = form.cleaned_data
        names = {"display_name": given["display_name"], "display_name_en": given["display_name_en"]}
        if not change:
            account = services.create_account(
                by=request.user, username=given["username"], duty=given["duty"], email=given["email"], **names
            )
            obj.pk, request.one_time_password = account.user.pk, account.password
            return
        user = User.objects.get(pk=obj.pk)
        if set(names) & set(form.changed_data):
            services.rename(user, by=request.user, **names)
        if "email" in form.changed_data:
            services.change_email(user, by=request.user, email=given["email"])
        if "is_active" in form.changed_data:
            step = services.activate if given["is_active"] else services.deactivate
            step(user, by=request.user)

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        """Show the first password in this one answer."""
        return self._show_password(request, obj, request.one_time_password)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        may_reset = request.user.has_perm("accounts.reset_password")
        return super().change_view(
            request, object_id, form_url, (extra_context or {}) | {"may_reset_password": may_reset}
        )

    def get_urls(self) -> list[URLPattern]:
        reset = path(
            "<path:object_id>/reset-password/",
            self.admin_site.admin_view(self.reset_password),
            name="accounts_user_reset_password",
        )
        return [reset, *super().get_urls()]

    def reset_password(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask first, then show the new one-time password once."""
        if not request.user.has_perm("accounts.reset_password"):
            raise PermissionDenied
        user = self.get_object(request, unquote(object_id))
        if user is None:
            raise Http404
        context = {"person": user}
        if request.method == "POST":
            try:
                return self._show_password(request, user, services.reset_password(user, by=request.user))
            except Refused as refusal:
                context["refusal"] = str(refusal)
        return self._page(request, "reset_password.html", _("重置密码"), context)

    def _show_password(self, request: HttpRequest, user: User, password: str) -> HttpResponse:
        context = {"person": user, "password": password}
        return self._page(request, "one_time_password.html", _("一次性密码"), context)

    def _page(self, request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
        shared = self.admin_site.each_context(request) | {"title": title, "opts": self.opts}
        return TemplateResponse(request, f"admin/accounts/user/{template}", shared | context)


class RoleGrantForm(forms.ModelForm):
    """Asks the service's questions before saving, so that a refusal stands beside the form."""

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if self.instance.pk is None and {"user", "role", "unit"} <= set(given):
            try:
                services.check_grant(given["user"], given["role"], given["unit"])
            except Refused as refusal:
                raise ValidationError(str(refusal), code=refusal.code) from refusal
        return given

    def clean_ends_on(self) -> object:
        day = self.cleaned_data["ends_on"]
        if self.instance.pk and day is None:
            raise ValidationError(_("终止后不能恢复为长期；请重新授予。"))
        if day is not None and day < timezone.localdate():
            raise ValidationError(_("终止日不能早于今天。"))
        return day


@admin.register(RoleGrant, site=site)
class RoleGrantAdmin(PortalAdmin):
    """Given and ended by the security administrator; from its last day on a role no longer holds."""

    form = RoleGrantForm
    list_display = ["user", "role", "unit", "starts_on", "ends_on", "granted_by"]
    list_select_related = ["user", "unit", "granted_by"]
    list_filter = ["role", ("ends_on", admin.EmptyFieldListFilter)]
    search_fields = ["user__username", "user__display_name", "unit__code", "unit__short_name"]
    autocomplete_fields = ["user", "unit"]
    fields = ["user", "role", "unit", "starts_on", "ends_on"]
    ordering = ["user__username", "-starts_on", "id"]

    def get_readonly_fields(self, request: HttpRequest, obj: RoleGrant | None = None) -> list[str]:
        return ["user", "role", "unit", "starts_on"] if obj else []

    def save_model(self, request: HttpRequest, obj: RoleGrant, form: forms.ModelForm, change: bool) -> None:  # noqa: FBT001
        if change:
            if "ends_on" in form.changed_data:
                services.end_grant(obj, by=request.user, on=obj.ends_on)
            return
        given = form.cleaned_data
        grant = services.grant_role(
            given["user"],
            given["role"],
            given["unit"],
            by=request.user,
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
        )
        obj.pk = grant.pk


# Units -----------------------------------------------------------------------------------------


class UnitForm(forms.ModelForm):
    """Derives level and path from the unit above."""

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if self.instance.pk is None:
            self._place(given)
        return given

    def _place(self, given: dict[str, Any]) -> None:
        parent, code, kind = given.get("parent"), given.get("code", ""), given.get("kind")
        if kind == UnitKind.NATION:
            raise ValidationError({"kind": _("全国只有一个。")})
        if (parent is None) != (kind == UnitKind.MAP_ONLY):
            raise ValidationError({"parent": _("除仅在图上的地区外，单位须有上级。")})
        self.instance.level = parent.level + 1 if parent else 1
        self.instance.path = f"{parent.path if parent else ''}{code}."


class AliasInline(admin.TabularInline):
    model = UnitAlias
    extra = 0
    can_delete = False


@admin.register(FormerUnit, site=site)
class FormerUnitAdmin(AuditedAdmin):
    """Units that no longer file; whoever still names one is told its successor."""

    list_display = ["code", "name", "successor", "retired_on"]
    list_select_related = ["successor"]
    search_fields = ["=code", "name"]
    autocomplete_fields = ["successor"]
    ordering = ["code"]


@admin.register(ReportingUnit, site=site)
class ReportingUnitAdmin(AuditedAdmin):
    """The tree. Code, kind and place are fixed once made: figures hang on them."""

    form = UnitForm
    inlines = [AliasInline]
    list_display = ["code", "short_name", "name", "kind", "parent", "region", "position"]
    list_select_related = ["parent"]
    list_filter = ["kind", "region"]
    search_fields = ["=code", "name", "short_name", "name_en", "aliases__name"]
    autocomplete_fields = ["parent"]
    ordering = ["position", "code"]
    fields = [
        "code",
        "name",
        "short_name",
        "name_en",
        "kind",
        "parent",
        "region",
        "iso_code",
        "position",
        "tile_row",
        "tile_col",
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: ReportingUnit | None = None) -> list[str]:
        return ["code", "kind", "parent"] if obj else []


# The audit trail -------------------------------------------------------------------------------


class ActionFilter(admin.SimpleListFilter):
    """The actions by their names."""

    title = gettext_lazy("事项")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        codes = AuditEntry.objects.order_by("action").values_list("action", flat=True).distinct()
        return [(code, action_label(code)) for code in codes]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditEntry, site=site)
class AuditEntryAdmin(LookingAdmin):
    """Read, search, export and verify; nobody changes anything."""

    list_display = ["number", "at", "actor", "step", "affected", "address", "summary"]
    list_select_related = ["actor"]
    list_filter = [ActionFilter]
    search_fields = ["=action", "=object_id", "=address", "=request_id", "=actor__username"]
    search_help_text = gettext_lazy("按事项、对象编号、地址、请求编号或用户名精确查找")
    ordering = ["-number"]
    change_list_template = "admin/accounts/auditentry/change_list.html"
    fields = [
        "number",
        "at",
        "actor",
        "action",
        "object_type",
        "object_id",
        "details",
        "address",
        "request_id",
        "signature",
        "chain_digest",
    ]

    @admin.display(description=gettext_lazy("事项"), ordering="action")
    def step(self, entry: AuditEntry) -> str:
        return action_label(entry.action)

    @admin.display(description=gettext_lazy("对象"))
    def affected(self, entry: AuditEntry) -> str:
        return object_label(entry.object_type, entry.object_id)

    @admin.display(description=gettext_lazy("内容"))
    def summary(self, entry: AuditEntry) -> str:
        text = ", ".join(f"{name}: {value}" for name, value in entry.details.items())
        return text if len(text) <= 120 else f"{text[:119]}…"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("verify/", view(self.verify), name="accounts_auditentry_verify"),
            path("export/", view(self.export), name="accounts_auditentry_export"),
        ]
        return [*own, *super().get_urls()]

    def verify(self, request: HttpRequest) -> HttpResponse:
        """Hold every entry against its signature and the one before it."""
        self._require_view(request)
        found = list(islice(audit.faults(), MOST_FAULTS_SHOWN))
        last = AuditEntry.objects.order_by("-number").first()
        audit.record("audit.verify", by=request.user, details={"faults": found[:1]})
        context = self.admin_site.each_context(request) | {
            "title": _("校验审计记录"),
            "opts": self.opts,
            "faults": found,
            "last": last,
        }
        return TemplateResponse(request, "admin/accounts/auditentry/verify.html", context)

    def export(self, request: HttpRequest) -> FileResponse:
        """Write the entries of the list as it is filtered, oldest first; the export itself is recorded."""
        self._require_view(request)
        entries = self.get_changelist_instance(request).get_queryset(request).order_by("number")
        audit.record("audit.export", by=request.user, details={"filter": request.GET.urlencode()})
        return csv_response("audit.csv", _COLUMNS, map(_row, entries.iterator(chunk_size=2_000)))

    def _require_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied


_COLUMNS = [Column(name, name) for name in AuditEntryAdmin.fields]


def _row(entry: AuditEntry) -> dict[str, str]:
    texts = {column.key: str(getattr(entry, column.key)) for column in _COLUMNS}
    who = entry.actor.username if entry.actor else ""
    return texts | {"actor": who, "at": timezone.localtime(entry.at).isoformat()}
