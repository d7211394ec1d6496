"""Who: reporting units, people, the roles they hold, and the trail of what they did."""

from __future__ import annotations

from datetime import date

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from accounts.regions import RegionGroup, RegionMember, RegionScheme  # noqa: F401 -- Django looks for models here
from workplan.lib.constraints import one_of


class Region(models.TextChoices):
    """The four statistical regions."""

    EAST = "EAST", _("东部")
    CENTRAL = "CENTRAL", _("中部")
    WEST = "WEST", _("西部")
    NORTHEAST = "NORTHEAST", _("东北")


class UnitKind(models.TextChoices):
    NATION = "NATION", _("全国")
    PROVINCE = "PROVINCE", _("省级")
    CORPS = "CORPS", _("兵团")
    NON_PROVINCIAL = "NON_PROVINCIAL", _("行业与中央单位")
    PREFECTURE = "PREFECTURE", _("地级")
    COUNTY = "COUNTY", _("县级")
    MAP_ONLY = "MAP_ONLY", _("仅在图上")


NATION_CODE = "000000"


class UnitQuerySet(models.QuerySet):
    def on_the_tree(self) -> UnitQuerySet:
        """Leave out the tiles that are drawn but do not report."""
        return self.exclude(kind=UnitKind.MAP_ONLY)

    def below(self, unit: ReportingUnit) -> UnitQuerySet:
        """The unit itself and every unit under it."""
        return self.filter(path__startswith=unit.path)

    def children_of(self, unit: ReportingUnit) -> UnitQuerySet:
        return self.filter(parent=unit).order_by("position", "code")


@pghistory.track()
class ReportingUnit(models.Model):
    """A unit that files, or that others add up to. Order and names are stored, never computed."""

    code = models.CharField(_("代码"), max_length=6, unique=True)
    name = models.CharField(_("全称"), max_length=60)
    short_name = models.CharField(_("简称"), max_length=30)
    name_en = models.CharField(_("英文名"), max_length=80)
    kind = models.CharField(_("类别"), max_length=16, choices=UnitKind)
    level = models.PositiveSmallIntegerField(_("级次"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    path = models.CharField(_("路径"), max_length=60, unique=True)
    region = models.CharField(_("区域"), max_length=10, choices=Region, blank=True)
    iso_code = models.CharField("ISO 3166-2", max_length=6, blank=True)
    position = models.PositiveIntegerField(_("排序"))
    tile_row = models.PositiveSmallIntegerField(null=True, blank=True)
    tile_col = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("填报单位")
        verbose_name_plural = _("填报单位")
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9]{6}$"), name="accounts_unit_code_is_six_digits"),
            models.CheckConstraint(
                condition=Q(path__endswith=Concat(F("code"), Value("."))),
                name="accounts_unit_path_ends_with_code",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=False) | Q(level=0) | Q(kind="MAP_ONLY"),
                name="accounts_unit_only_nation_has_no_parent",
            ),
            one_of("kind", UnitKind.values, name="accounts_unit_kind_is_known"),
        ]
        indexes = [models.Index(fields=["path"], name="accounts_unit_path_prefix", opclasses=["varchar_pattern_ops"])]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The short name in the reader's language."""
        return self.name_en if get_language() == "en" else self.short_name

    @property
    def full_label(self) -> str:
        return self.name_en if get_language() == "en" else self.name

    @property
    def is_nation(self) -> bool:
        return self.kind == UnitKind.NATION

    def contains(self, other: ReportingUnit) -> bool:
        """Say whether the other unit is this one or lies under it."""
        return other.path.startswith(self.path)


class UnitAlias(models.Model):
    """Another name a unit is known by; exact, and never shared by two units."""

    unit = models.ForeignKey(ReportingUnit, models.CASCADE, related_name="aliases")
    name = models.CharField(_("别名"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("单位别名")
        verbose_name_plural = _("单位别名")

    def __str__(self) -> str:
        return self.name


class FormerUnit(models.Model):
    """A unit that was dissolved, merged or given another code: who files in its place (X-24)."""

    code = models.CharField(_("原代码"), max_length=6, unique=True)
    name = models.CharField(_("原名称"), max_length=60)
    successor = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="former", verbose_name=_("继任单位"))
    retired_on = models.DateField(_("停用日期"))

    class Meta:
        verbose_name = _("已停用的单位")
        verbose_name_plural = _("已停用的单位")
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9]{6}$"), name="accounts_former_code_is_six_digits"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="former_code_is_not_in_use",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF EXISTS (SELECT 1 FROM accounts_reportingunit u WHERE u.code = NEW.code) THEN
                        RAISE EXCEPTION 'this code is in use'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_former_code_is_not_in_use';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        if ReportingUnit.objects.filter(code=self.code).exists():
            raise ValidationError({"code": _("这个代码仍在使用，不能停用。")})


class Duty(models.TextChoices):
    """The four kinds of duty that one person never combines."""

    BUSINESS = "BUSINESS", _("业务")
    SYSTEM = "SYSTEM", _("系统管理")
    SECURITY = "SECURITY", _("安全管理")
    AUDIT = "AUDIT", _("安全审计")


class Role(models.TextChoices):
    MINISTRY_REVIEWER = "MINISTRY_REVIEWER", _("部级审核人")
    PLANNER = "PLANNER", _("计划管理")
    ANALYST = "ANALYST", _("分析人员")
    CLERK = "CLERK", _("填报人")
    LEAD = "LEAD", _("单位负责人")
    SYSTEM_ADMIN = "SYSTEM_ADMIN", _("系统管理员")
    SECURITY_ADMIN = "SECURITY_ADMIN", _("安全管理员")
    AUDITOR = "AUDITOR", _("安全审计员")
    #: A screen on a wall: one page, published months, from the addresses the ministry names.
    KIOSK = "KIOSK", _("大屏")


#: The duty each administrative role carries; every other role is business.
DUTY_OF_ROLE = {
    Role.SYSTEM_ADMIN: Duty.SYSTEM,
    Role.SECURITY_ADMIN: Duty.SECURITY,
    Role.AUDITOR: Duty.AUDIT,
}


class User(AbstractUser):
    """A person. Rights come from role grants alone; a superuser flag opens no figure."""

    display_name = models.CharField(_("姓名"), max_length=60, blank=True)
    display_name_en = models.CharField(_("英文姓名"), max_length=60, blank=True)
    duty = models.CharField(_("职责"), max_length=8, choices=Duty, default=Duty.BUSINESS)
    is_demo = models.BooleanField(_("演示账户"), default=False)
    must_change_password = models.BooleanField(_("须更改密码"), default=False)
    #: What they are written to in; pages follow the browser's choice.
    language = models.CharField(_("语言"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = _("人员")
        constraints = [
            one_of("duty", Duty.values, name="accounts_user_duty_is_known"),
            one_of("language", dict(settings.LANGUAGES), name="accounts_user_language_is_known"),
            models.UniqueConstraint(fields=["id", "duty"], name="accounts_user_id_and_duty"),
            models.CheckConstraint(condition=Q(is_superuser=False), name="accounts_user_nobody_is_superuser"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        if get_language() == "en" and self.display_name_en:
            return self.display_name_en
        return self.display_name or self.username

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Answer the admin's questions from the same policy as every other door."""
        from accounts.permissions import may_in_admin  # noqa: PLC0415 -- permissions import this model

        return self.is_active and may_in_admin(self, perm)

    def has_module_perms(self, app_label: str) -> bool:
        from accounts.permissions import may_open_admin_app  # noqa: PLC0415 -- permissions import this model

        return self.is_active and may_open_admin_app(self, app_label)


class GrantQuerySet(models.QuerySet):
    def in_force(self, on: date) -> GrantQuerySet:
        """Keep the grants that hold on the day; from `ends_on` on a grant no longer does."""
        return self.not_ended(on).filter(starts_on__lte=on)

    def not_ended(self, on: date) -> GrantQuerySet:
        """Keep the grants that hold on the day or will."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on))


@pghistory.track(exclude=["duty"])
class RoleGrant(models.Model):
    """A role a person holds over a unit, from a day to a day. Given by the security administrator."""

    user = models.ForeignKey(User, models.PROTECT, related_name="grants", verbose_name=_("人员"))
    role = models.CharField(_("角色"), max_length=20, choices=Role)
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    starts_on = models.DateField(_("起始日"), default=timezone.localdate)
    ends_on = models.DateField(_("终止日"), null=True, blank=True)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    #: A foreign key (user, duty) → (user.id, user.duty) keeps the duties apart; see migration 0002.
    duty = models.GeneratedField(
        expression=Case(
            *[When(role=role.value, then=Value(duty.value)) for role, duty in DUTY_OF_ROLE.items()],
            default=Value(Duty.BUSINESS.value),
        ),
        output_field=models.CharField(max_length=8),
        db_persist=True,
    )

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("角色授权")
        verbose_name_plural = _("角色授权")
        constraints = [
            one_of("role", Role.values, name="accounts_grant_role_is_known"),
            models.UniqueConstraint(
                fields=["user", "role", "unit"],
                condition=Q(ends_on__isnull=True),
                name="accounts_grant_one_open_per_person_role_unit",
                violation_error_message=_("此人在该单位已持有这一角色。"),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="accounts_grant_ends_after_it_starts",
                violation_error_message=_("终止日不能早于起始日。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.unit}"


class ApiToken(AbstractAuthToken):
    """A program's key: opaque, stored as a hash, narrowed to a scope, revocable."""

    class Scope(models.TextChoices):
        READ = "READ", _("只读")
        WRITE = "WRITE", _("读写")

    scope = models.CharField(_("范围"), max_length=5, choices=Scope, default=Scope.WRITE)
    name = models.CharField(_("用途"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("接口令牌")
        verbose_name_plural = _("接口令牌")
        constraints = [one_of("scope", ["READ", "WRITE"], name="accounts_token_scope_is_known")]


class AuditEntry(models.Model):
    """One event of the audit trail, written in the transaction of the act it records.

    `number` and `chain_digest` are set by the database: each digest covers the one before it, so
    that a changed, missing, inserted or reordered row shows. `signature` is keyed outside the database.
    """

    number = models.BigIntegerField(_("编号"), unique=True, editable=False)
    at = models.DateTimeField(_("时间"), default=timezone.now, editable=False)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("人员"))
    action = models.CharField(_("事项"), max_length=40, editable=False)
    object_type = models.CharField(_("对象类别"), max_length=40, blank=True, editable=False)
    object_id = models.CharField(_("对象编号"), max_length=60, blank=True, editable=False)
    details = models.JSONField(_("内容"), default=dict, editable=False)
    address = models.CharField(_("地址"), max_length=45, blank=True, editable=False)
    request_id = models.CharField(_("请求编号"), max_length=36, blank=True, editable=False)
    signature = models.CharField(_("签名"), max_length=64, editable=False)
    chain_digest = models.CharField(_("链值"), max_length=64, editable=False)

    class Meta:
        verbose_name = _("审计记录")
        verbose_name_plural = _("审计记录")
        triggers = [
            pgtrigger.Protect(name="audit_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="audit_is_chained",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("last_entry", "RECORD")],
                func="""
                    PERFORM pg_advisory_xact_lock(727001);
                    SELECT number, chain_digest INTO last_entry
                      FROM accounts_auditentry ORDER BY number DESC LIMIT 1;
                    NEW.number = COALESCE(last_entry.number, 0) + 1;
                    NEW.chain_digest = encode(sha256(convert_to(
                        COALESCE(last_entry.chain_digest, '') || NEW.number || NEW.signature, 'UTF8')), 'hex');
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.action}"


class IdempotentAnswer(models.Model):
    """The answer first given to a POST that named a key, to be given again; kept for a day."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", editable=False)
    key = models.CharField(max_length=200, editable=False)
    #: SHA-256 of the request: the key stands for this one alone.
    fingerprint = models.CharField(max_length=64, editable=False)
    status_code = models.PositiveSmallIntegerField(null=True, editable=False)
    content_type = models.CharField(max_length=60, blank=True, editable=False)
    body = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)

    class Meta:
        verbose_name = _("可重放的答复")
        verbose_name_plural = _("可重放的答复")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="accounts_answer_one_per_person_and_key")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.key}"
