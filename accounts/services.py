"""What is done to people: accounts, roles, passwords, tokens. One verb, one transaction, one audit entry.

Pages, admin, REST and commands call these functions. The audit entry is the last statement, because its chain is
locked until the transaction ends. A generated password or token is returned once and kept nowhere.
"""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.hashers import get_hasher, make_password
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import audit, permissions
from accounts.models import DUTY_OF_ROLE, ApiToken, Duty, ReportingUnit, Role, RoleGrant, UnitKind, User
from accounts.refusals import AlreadyThere, DutyMismatch, NotPermitted, NotThere, WrongUnit

#: Characters of a generated password, without those that are mistaken for one another.
_ALPHABETS = ("ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789")
_PASSWORD_LENGTH = 16

#: A token that a program obtains with a password lives for one working day.
SIGN_IN_TOKEN_TTL = timedelta(hours=12)
#: The longest life of a token made on the profile page.
LONGEST_TOKEN_TTL = timedelta(days=366)


class NewAccount(NamedTuple):
    """An account and the password that is shown once."""

    user: User
    password: str


class NewToken(NamedTuple):
    """A token's record and the text that is shown once."""

    record: ApiToken
    text: str


# Accounts --------------------------------------------------------------------------------------


@transaction.atomic
def create_account(
    *,
    by: User,
    username: str,
    display_name: str,
    display_name_en: str = "",
    duty: str = Duty.BUSINESS,
    email: str = "",
) -> NewAccount:
    """Make an account without any right; its password must be changed at the first sign-in.

    :raises NotPermitted: ``by`` is not a system administrator.
    :raises AlreadyThere: the user name is taken.
    """
    _require(by, "accounts.add_user", _("只有系统管理员可以创建账户。"))
    if User.objects.filter(username=username).exists():
        raise AlreadyThere(_("用户名“%(username)s”已被使用。"), username=username)
    account = _new_account(username, display_name, display_name_en, duty, email)
    audit.record("account.create", by=by, obj=account.user, details={"username": username, "duty": duty})
    return account


@transaction.atomic
def rename(user: User, *, by: User, display_name: str, display_name_en: str = "") -> User:
    """Change the name a person is shown by.

    :raises NotPermitted: ``by`` is not a system administrator.
    """
    _require(by, "accounts.change_user", _("只有系统管理员可以修改账户。"))
    before = [user.display_name, user.display_name_en]
    user.display_name, user.display_name_en = display_name, display_name_en
    user.save(update_fields=["display_name", "display_name_en"])
    changed = {"old": before, "new": [display_name, display_name_en]}
    audit.record("account.rename", by=by, obj=user, details=changed)
    return user


@transaction.atomic
def change_email(user: User, *, by: User, email: str) -> User:
    """Change the address a person is written to; empty: no mail.

    :raises NotPermitted: ``by`` is not a system administrator.
    """
    _require(by, "accounts.change_user", _("只有系统管理员可以修改账户。"))
    before, user.email = user.email, email
    user.save(update_fields=["email"])
    audit.record("account.email", by=by, obj=user, details={"old": before, "new": email})
    return user


@transaction.atomic
def deactivate(user: User, *, by: User) -> User:
    """Close an account: its sessions, tokens and roles end at once.

    Roles end too, because whoever may reopen the account may not give roles.

    :raises NotPermitted: ``by`` is not a system administrator, or it is the own account.
    """
    _require(by, "accounts.change_user", _("只有系统管理员可以停用账户。"))
    if user == by:
        raise NotPermitted(_("不能停用自己的账户，请由另一位系统管理员办理。"))
    user.is_active = False
    user.save(update_fields=["is_active"])
    grants = list(user.grants.not_ended(timezone.localdate()).select_related("unit"))
    for grant in grants:
        _close(grant)
    _end_access(user)
    ended = [f"{grant.role} {grant.unit.code}" for grant in grants]
    audit.record("account.deactivate", by=by, obj=user, details={"username": user.username, "ended": ended})
    return user


@transaction.atomic
def activate(user: User, *, by: User) -> User:
    """Reopen an account, without roles: the security administrator gives them anew.

    :raises NotPermitted: ``by`` is not a system administrator.
    """
    _require(by, "accounts.change_user", _("只有系统管理员可以启用账户。"))
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit.record("account.activate", by=by, obj=user, details={"username": user.username})
    return user


# Roles -----------------------------------------------------------------------------------------


def check_grant(user: User, role: str, unit: ReportingUnit) -> None:
    """Ask whether this person may hold this role over this unit at all.

    :raises DutyMismatch: the role belongs to another duty than the person's.
    :raises WrongUnit: bureau roles are held over a bureau, all others over the whole country.
    :raises NotThere: the account is closed.
    """
    if not user.is_active:
        raise NotThere(_("账户已停用，请先由系统管理员启用。"))
    duty = DUTY_OF_ROLE.get(Role(role), Duty.BUSINESS)
    if user.duty != duty:
        raise DutyMismatch(
            _("“%(role)s”属于“%(duty)s”职责，此人的职责是“%(own)s”；一人不能兼任，请使用另一账户。"),
            role=Role(role).label,
            duty=duty.label,
            own=user.get_duty_display(),
        )
    over_bureau = unit.kind not in {UnitKind.NATION, UnitKind.MAP_ONLY}
    if role in permissions.BUREAU_ROLES and not over_bureau:
        raise WrongUnit(_("“%(role)s”须授予一个填报单位，不能授予“%(unit)s”。"), role=Role(role).label, unit=unit)
    if role not in permissions.BUREAU_ROLES and not unit.is_nation:
        raise WrongUnit(_("“%(role)s”只能授予全国。"), role=Role(role).label)


@transaction.atomic
def grant_role(
    user: User,
    role: str,
    unit: ReportingUnit,
    *,
    by: User,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> RoleGrant:
    """Give a role over a unit, from a day (today) to a day (open).

    :raises NotPermitted: ``by`` is not a security administrator, or would give it to the own account.
    :raises DutyMismatch, WrongUnit, NotThere: see ``check_grant``.
    :raises AlreadyThere: the person holds it already.
    """
    _require(by, "accounts.add_rolegrant", _("只有安全管理员可以授予角色。"))
    if user == by:
        raise NotPermitted(_("不能给自己授予角色，请由另一位安全管理员办理。"))
    check_grant(user, role, unit)
    grant = _give(user, role, unit, starts_on=starts_on or timezone.localdate(), ends_on=ends_on, by=by)
    details = {"role": role, "unit": unit.code, "from": str(grant.starts_on), "until": str(ends_on or "")}
    audit.record("role.grant", by=by, obj=user, details=details)
    return grant


@transaction.atomic
def end_grant(grant: RoleGrant, *, by: User, on: date | None = None) -> RoleGrant:
    """Take a role away from a day on (today): from that day the person no longer holds it.

    :raises NotPermitted: ``by`` is not a security administrator.
    :raises NotThere: it has ended already.
    """
    _require(by, "accounts.change_rolegrant", _("只有安全管理员可以终止角色。"))
    grant = RoleGrant.objects.select_for_update().select_related("user", "unit").get(pk=grant.pk)
    if grant.ends_on is not None and grant.ends_on <= timezone.localdate():
        raise NotThere(_("这一角色已于%(day)s终止。"), day=grant.ends_on)
    _close(grant, on)
    permissions.forget_access(grant.user)
    details = {"role": grant.role, "unit": grant.unit.code, "until": str(grant.ends_on)}
    audit.record("role.end", by=by, obj=grant.user, details=details)
    return grant


# Passwords -------------------------------------------------------------------------------------


@transaction.atomic
def reset_password(user: User, *, by: User) -> str:
    """Return a new one-time password; the old one, all sessions and all tokens end.

    :raises NotPermitted: ``by`` is not a security administrator, or it is the own account.
    """
    _require(by, "accounts.reset_password", _("只有安全管理员可以重置密码。"))
    if user == by:
        raise NotPermitted(_("自己的密码请在“个人信息”中更改。"))
    password = generated_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    _end_access(user)
    audit.record("password.reset", by=by, obj=user, details={"username": user.username})
    return password


@transaction.atomic
def change_password(user: User, password: str) -> User:
    """Set the password a person chose; tokens end, and so do the sessions elsewhere (their hash no longer fits)."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    user.auth_token_set.all().delete()
    audit.record("password.change", by=user, obj=user)
    return user


def generated_password() -> str:
    """Return 16 characters with capitals, small letters and digits, none easily mistaken for another.

    >>> len(generated_password())
    16
    """
    while True:
        password = "".join(secrets.choice("".join(_ALPHABETS)) for _n in range(_PASSWORD_LENGTH))
        if all(set(password) & set(alphabet) for alphabet in _ALPHABETS):
            return password


# Tokens ----------------------------------------------------------------------------------------


@transaction.atomic
def create_token(user: User, *, name: str, scope: str, ttl: timedelta) -> NewToken:
    """Make a program's key for the person; its text is in the answer and nowhere else.

    :raises NotPermitted: the person must first choose an own password.
    :raises ValueError: the life is not between now and ``LONGEST_TOKEN_TTL``.
    """
    if not timedelta(0) < ttl <= LONGEST_TOKEN_TTL:
        raise ValueError(f"a token lives for at most {LONGEST_TOKEN_TTL}")
    if user.must_change_password:
        raise NotPermitted(_("请先登录系统更改初始密码，再申请令牌。"))
    user.auth_token_set.filter(expiry__lte=timezone.now()).delete()
    record, text = ApiToken.objects.create(user, expiry=ttl, name=name, scope=scope)
    details = {"name": name, "scope": scope, "expires_at": record.expiry.isoformat()}
    audit.record("token.create", by=user, obj=user, details=details)
    return NewToken(record, text)


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User) -> None:
    """End a token; its next request is refused.

    :raises NotPermitted: it is another person's.
    """
    if token.user_id != by.pk:
        raise NotPermitted(_("这不是您的令牌。"))
    token.delete()
    audit.record("token.revoke", by=by, obj=by, details={"name": token.name, "scope": token.scope})


# The first administrators and the demonstration ------------------------------------------------


@transaction.atomic
def create_first_administrator(role: str, username: str, *, password: str | None = None) -> NewAccount:
    """Make the first administrator of a role, from the command line; later ones are made in the portal.

    :raises AlreadyThere: someone holds the role, or the user name is taken.
    :raises NotThere: the units are not loaded.
    """
    holders = RoleGrant.objects.in_force(timezone.localdate()).filter(role=role, user__is_active=True)
    if (holder := holders.select_related("user").first()) is not None:
        raise AlreadyThere(
            _("“%(role)s”已有：%(username)s。请由系统管理员创建账户、安全管理员授予角色。"),
            role=Role(role).label,
            username=holder.user.username,
        )
    if User.objects.filter(username=username).exists():
        raise AlreadyThere(_("用户名“%(username)s”已被使用。"), username=username)
    nation = ReportingUnit.objects.filter(kind=UnitKind.NATION).first()
    if nation is None:
        raise NotThere(_("还没有填报单位。请先运行 load_units。"))
    account = _new_account(username, str(Role(role).label), "", DUTY_OF_ROLE[Role(role)], password=password)
    _give(account.user, role, nation, starts_on=timezone.localdate())
    audit.record("account.first", by=None, obj=account.user, details={"username": username, "role": role})
    return account


@transaction.atomic
def ensure_demo_account(
    username: str,
    *,
    role: str,
    unit: ReportingUnit,
    display_name: str,
    display_name_en: str = "",
    starts_on: date = date(2007, 1, 1),
) -> User:
    """Make a demo account, or bring one back to its role and password; only on a laptop.

    :raises NotPermitted: this is a production, or the name belongs to somebody real.
    """
    if not settings.LOCAL:
        raise NotPermitted(_("生产环境不能有演示账户。"))
    user = User.objects.filter(username=username).first() or User(username=username, is_demo=True)
    if not user.is_demo:
        raise NotPermitted(_("“%(username)s”不是演示账户。"), username=username)
    user.display_name, user.display_name_en = display_name, display_name_en
    user.is_active, user.must_change_password = True, False
    user.password = _demo_hash(settings.DEMO_PASSWORD, get_hasher().algorithm)
    user.duty = DUTY_OF_ROLE.get(Role(role), Duty.BUSINESS)
    user.save()
    if not user.grants.not_ended(timezone.localdate()).filter(role=role, unit=unit).exists():
        _give(user, role, unit, starts_on=starts_on)
        audit.record("account.demo", by=None, obj=user, details={"username": username, "role": role})
    return user


@lru_cache(maxsize=1)
def _demo_hash(password: str, algorithm: str) -> str:
    """Hash the shared demo password once per process: a slow hash each would be felt at every start."""
    return make_password(password, hasher=algorithm)


# Steps -----------------------------------------------------------------------------------------


def _require(by: User, right: str, sentence: str | Promise) -> None:
    if not (by.is_active and permissions.may_in_admin(by, right)):
        raise NotPermitted(sentence)


def _new_account(
    username: str, display_name: str, display_name_en: str, duty: str, email: str = "", *, password: str | None = None
) -> NewAccount:
    text = password or generated_password()
    user = User(username=username, display_name=display_name, display_name_en=display_name_en, duty=duty, email=email)
    user.must_change_password = password is None
    user.set_password(text)
    user.save()
    return NewAccount(user, text)


def _give(
    user: User,
    role: str,
    unit: ReportingUnit,
    *,
    starts_on: date,
    ends_on: date | None = None,
    by: User | None = None,
) -> RoleGrant:
    if user.grants.not_ended(starts_on).filter(role=role, unit=unit).exists():
        raise AlreadyThere(_("此人在该单位已持有这一角色。"))
    grant = RoleGrant.objects.create(
        user=user, role=role, unit=unit, starts_on=starts_on, ends_on=ends_on, granted_by=by
    )
    permissions.forget_access(user)
    return grant


def _close(grant: RoleGrant, on: date | None = None) -> None:
    """End a grant from the day on; one that never began ends on the day it would have begun."""
    grant.ends_on = max(on or timezone.localdate(), grant.starts_on)
    grant.save(update_fields=["ends_on"])


def _end_access(user: User) -> None:
    """End what is open in the person's name: sessions and tokens."""
    for session in UserSession.objects.filter(user=user):
        session.end()
    user.auth_token_set.all().delete()
    permissions.forget_access(user)
