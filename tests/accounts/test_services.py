"""What is done to people: who may do it, what is refused, what the trail says."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import permissions, services
from accounts.models import ApiToken, AuditEntry, RoleGrant, User
from accounts.refusals import AlreadyThere, DutyMismatch, NotPermitted, NotThere, WrongUnit
from tests import factories

ALL_ROLES = [
    "MINISTRY_REVIEWER",
    "PLANNER",
    "ANALYST",
    "CLERK",
    "LEAD",
    "SYSTEM_ADMIN",
    "SECURITY_ADMIN",
    "AUDITOR",
]


@pytest.fixture
def guangdong(db):
    return factories.UnitFactory(code="440000", short_name="广东")


@pytest.fixture
def clerk(guangdong):
    return factories.person("CLERK", guangdong, username="gd_clerk")


def newest_entry() -> AuditEntry:
    return AuditEntry.objects.order_by("-number").first()


# Accounts --------------------------------------------------------------------------------------


def test_a_new_account_has_no_right_and_a_password_shown_once(sysadmin):
    user, password = services.create_account(by=sysadmin, username="new", display_name="新人")

    assert user.check_password(password)
    assert user.must_change_password
    assert permissions.access(user) == permissions.Access()
    assert password not in str(newest_entry().details)
    assert (newest_entry().action, newest_entry().actor) == ("account.create", sysadmin)


def test_a_user_name_is_given_once(sysadmin, clerk):
    with pytest.raises(AlreadyThere, match="gd_clerk"):
        services.create_account(by=sysadmin, username="gd_clerk", display_name="另一人")


@pytest.mark.parametrize("role", ALL_ROLES)
def test_only_the_system_administrator_makes_and_closes_accounts(role, guangdong, clerk):
    unit = guangdong if role in permissions.BUREAU_ROLES else None
    by = factories.person(role, unit)
    attempts = [
        lambda: services.create_account(by=by, username="new", display_name="新人"),
        lambda: services.rename(clerk, by=by, display_name="改名"),
        lambda: services.change_email(clerk, by=by, email="x@gd.example"),
        lambda: services.activate(clerk, by=by),
        lambda: services.deactivate(clerk, by=by),
    ]

    assert [is_refused(attempt) for attempt in attempts] == [role != "SYSTEM_ADMIN"] * len(attempts)


@pytest.mark.parametrize("role", ALL_ROLES)
def test_only_the_security_administrator_gives_roles_and_passwords(role, guangdong, clerk):
    by = factories.person(role, guangdong if role in permissions.BUREAU_ROLES else None)
    grant = clerk.grants.get()
    attempts = [
        lambda: services.grant_role(clerk, "LEAD", guangdong, by=by),
        lambda: services.reset_password(clerk, by=by),
        lambda: services.end_grant(grant, by=by),
    ]

    assert [is_refused(attempt) for attempt in attempts] == [role != "SECURITY_ADMIN"] * 3


def is_refused(attempt) -> bool:
    try:
        attempt()
    except NotPermitted:
        return True
    return False


def test_an_administrator_whose_role_ended_may_nothing(sysadmin):
    sysadmin.grants.update(ends_on=timezone.localdate())

    with pytest.raises(NotPermitted):
        services.create_account(by=User.objects.get(pk=sysadmin.pk), username="new", display_name="新人")


def test_renaming_keeps_the_old_name_in_the_trail(sysadmin, clerk):
    services.rename(clerk, by=sysadmin, display_name="王五", display_name_en="Wang Wu")

    assert newest_entry().details == {"old": ["人员gd_clerk", ""], "new": ["王五", "Wang Wu"]}


def test_closing_an_account_ends_tokens_and_roles(sysadmin, clerk):
    services.create_token(clerk, name="程序", scope="WRITE", ttl=timedelta(days=1))

    services.deactivate(clerk, by=sysadmin)

    assert ApiToken.objects.count() == 0
    assert clerk.grants.get().ends_on == timezone.localdate()
    assert newest_entry().details == {"username": "gd_clerk", "ended": ["CLERK 440000"]}


def test_a_reopened_account_has_no_role(sysadmin, clerk):
    services.deactivate(clerk, by=sysadmin)

    services.activate(clerk, by=sysadmin)

    assert permissions.access(User.objects.get(pk=clerk.pk)) == permissions.Access()


def test_nobody_closes_the_own_account(sysadmin):
    with pytest.raises(NotPermitted, match="另一位"):
        services.deactivate(sysadmin, by=sysadmin)


# Roles -----------------------------------------------------------------------------------------


def test_a_role_holds_from_its_first_day_until_its_last(secadmin, guangdong):
    user = factories.UserFactory()
    today = timezone.localdate()

    grant = services.grant_role(user, "CLERK", guangdong, by=secadmin)
    assert permissions.may_edit(user, guangdong)

    services.end_grant(grant, by=secadmin)
    assert not permissions.may_edit(User.objects.get(pk=user.pk), guangdong)
    assert RoleGrant.objects.get(pk=grant.pk).ends_on == today
    assert newest_entry().details == {"role": "CLERK", "unit": "440000", "until": str(today)}


def test_a_role_may_begin_later_and_end_by_itself(secadmin, guangdong):
    user = factories.UserFactory()
    tomorrow = timezone.localdate() + timedelta(days=1)

    services.grant_role(user, "CLERK", guangdong, by=secadmin, starts_on=tomorrow, ends_on=tomorrow + timedelta(9))

    assert not permissions.may_edit(user, guangdong)
    assert [grant.role for grant in user.grants.in_force(tomorrow)] == ["CLERK"]
    assert not user.grants.in_force(tomorrow + timedelta(9)).exists()


def test_a_role_is_not_given_twice_nor_ended_twice(secadmin, guangdong):
    user = factories.UserFactory()
    grant = services.grant_role(user, "CLERK", guangdong, by=secadmin)

    with pytest.raises(AlreadyThere):
        services.grant_role(user, "CLERK", guangdong, by=secadmin)
    services.end_grant(grant, by=secadmin)
    with pytest.raises(NotThere):
        services.end_grant(grant, by=secadmin)


@pytest.mark.parametrize("duty", ["BUSINESS", "SYSTEM", "SECURITY", "AUDIT"])
@pytest.mark.parametrize("role", ALL_ROLES)
def test_a_role_fits_exactly_its_duty(role, duty, guangdong, secadmin):
    own = {"SYSTEM_ADMIN": "SYSTEM", "SECURITY_ADMIN": "SECURITY", "AUDITOR": "AUDIT"}.get(role, "BUSINESS")
    unit = guangdong if role in permissions.BUREAU_ROLES else factories.NationFactory()
    user = factories.UserFactory(duty=duty)

    if duty == own:
        assert services.grant_role(user, role, unit, by=secadmin).duty == duty
    else:
        with pytest.raises(DutyMismatch):
            services.grant_role(user, role, unit, by=secadmin)


@pytest.mark.parametrize(
    ("role", "kind"),
    [("CLERK", "NATION"), ("LEAD", "NATION"), ("CLERK", "MAP_ONLY"), ("PLANNER", "PROVINCE"), ("ANALYST", "PROVINCE")],
)
def test_a_role_is_held_over_units_of_its_kind(role, kind, secadmin):
    unit = factories.NationFactory() if kind == "NATION" else factories.UnitFactory(code="710000", kind=kind)

    with pytest.raises(WrongUnit):
        services.grant_role(factories.UserFactory(), role, unit, by=secadmin)


def test_nobody_gives_the_own_account_a_role_or_a_password(secadmin):
    with pytest.raises(NotPermitted):
        services.grant_role(secadmin, "AUDITOR", factories.NationFactory(), by=secadmin)
    with pytest.raises(NotPermitted):
        services.reset_password(secadmin, by=secadmin)


def test_a_closed_account_gets_no_role(secadmin, guangdong):
    with pytest.raises(NotThere, match="停用"):
        services.grant_role(factories.UserFactory(is_active=False), "CLERK", guangdong, by=secadmin)


# Passwords and tokens --------------------------------------------------------------------------


def test_a_reset_password_works_once_and_ends_everything_open(secadmin, clerk):
    services.create_token(clerk, name="程序", scope="READ", ttl=timedelta(days=1))

    password = services.reset_password(clerk, by=secadmin)

    clerk.refresh_from_db()
    assert clerk.check_password(password)
    assert clerk.must_change_password
    assert clerk.auth_token_set.count() == 0
    assert password not in str(newest_entry().details)


def test_generated_passwords_satisfy_the_policy():
    from django.contrib.auth.password_validation import validate_password

    for _n in range(50):
        validate_password(services.generated_password())


def test_a_token_is_kept_as_a_hash_and_expired_ones_are_cleared(clerk):
    old = services.create_token(clerk, name="旧", scope="READ", ttl=timedelta(days=1)).record
    ApiToken.objects.filter(pk=old.pk).update(expiry=timezone.now())

    made = services.create_token(clerk, name="新", scope="READ", ttl=timedelta(days=1))

    assert [token.name for token in clerk.auth_token_set.all()] == ["新"]
    assert made.text not in str(ApiToken.objects.values().get())
    assert made.text not in str(newest_entry().details)


@pytest.mark.parametrize("ttl", [timedelta(0), timedelta(days=-1), timedelta(days=367)])
def test_a_token_lives_for_a_year_at_most(clerk, ttl):
    with pytest.raises(ValueError, match="at most"):
        services.create_token(clerk, name="程序", scope="READ", ttl=ttl)


def test_an_assigned_password_makes_no_token(clerk):
    clerk.must_change_password = True

    with pytest.raises(NotPermitted):
        services.create_token(clerk, name="程序", scope="READ", ttl=timedelta(days=1))


def test_only_the_owner_revokes_a_token(clerk, secadmin):
    token = services.create_token(clerk, name="程序", scope="READ", ttl=timedelta(days=1)).record

    with pytest.raises(NotPermitted):
        services.revoke_token(token, by=secadmin)


# The first administrators and the demonstration ------------------------------------------------


@pytest.mark.parametrize(
    ("name", "right"),
    [("system", "accounts.add_user"), ("security", "accounts.add_rolegrant"), ("audit", "accounts.view_auditentry")],
)
def test_the_first_administrators_are_made_on_the_command_line(name, right, db):
    factories.NationFactory()
    out = io.StringIO()

    call_command("create_admin", role=name, username=f"first_{name}", stdout=out)

    user = User.objects.get(username=f"first_{name}")
    assert user.has_perm(right)
    assert user.must_change_password
    assert user.check_password(out.getvalue().split()[-1])
    assert newest_entry().action == "account.first"


def test_a_second_administrator_is_not_made_on_the_command_line(sysadmin):
    with pytest.raises(CommandError, match="sysadmin"):
        call_command("create_admin", role="system", username="another")


def test_a_lost_administrator_can_be_replaced_on_the_command_line(sysadmin):
    User.objects.filter(pk=sysadmin.pk).update(is_active=False)

    call_command("create_admin", role="system", username="another", stdout=io.StringIO())

    assert User.objects.get(username="another").grants.get().role == "SYSTEM_ADMIN"


def test_the_first_administrator_needs_a_free_name_and_the_units(db):
    with pytest.raises(CommandError, match="load_units"):
        call_command("create_admin", role="audit", username="first")
    factories.NationFactory()
    factories.UserFactory(username="first")
    with pytest.raises(CommandError, match="first"):
        call_command("create_admin", role="audit", username="first")


@pytest.mark.parametrize(("password", "is_taken"), [("Yuexiu-Park-1952", True), ("short", False)])
def test_a_given_password_passes_the_policy(db, monkeypatch, password, is_taken):
    factories.NationFactory()
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))

    try:
        call_command("create_admin", role="audit", username="first", password_stdin=True, stdout=io.StringIO())
    except CommandError:
        assert not is_taken
    else:
        assert User.objects.get(username="first").check_password(password) is is_taken


def test_a_demo_account_is_made_once_and_brought_back(guangdong, settings):
    first = services.ensure_demo_account("gd_clerk", role="CLERK", unit=guangdong, display_name="填报人")
    first.is_active = False
    first.save()

    again = services.ensure_demo_account("gd_clerk", role="CLERK", unit=guangdong, display_name="填报人")

    assert (again.pk, again.is_active, again.is_demo) == (first.pk, True, True)
    assert again.check_password(settings.DEMO_PASSWORD)
    assert again.grants.get().starts_on == date(2007, 1, 1)


def test_a_demo_account_never_takes_a_real_name_nor_enters_production(guangdong, clerk, settings):
    with pytest.raises(NotPermitted):
        services.ensure_demo_account("gd_clerk", role="CLERK", unit=guangdong, display_name="填报人")
    settings.LOCAL = False
    with pytest.raises(NotPermitted):
        services.ensure_demo_account("demo", role="CLERK", unit=guangdong, display_name="填报人")
