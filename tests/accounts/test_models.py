"""What the database refuses, asked below the ORM's own checks."""

# ruff: noqa: S608 -- the statements are ours, and violating a constraint needs raw SQL

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from accounts.models import ApiToken, FormerUnit, ReportingUnit, RoleGrant, User
from tests import factories


def violated(*statements: str) -> str:
    """Run raw SQL and return the name of the constraint that stopped it."""
    with pytest.raises(IntegrityError) as caught:
        run(*statements)
    return caught.value.__cause__.diag.constraint_name


@transaction.atomic
def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def guangdong(db) -> ReportingUnit:
    return factories.UnitFactory(code="440000")


@pytest.mark.parametrize(
    ("assignment", "constraint"),
    [
        ("code = '44000', path = '000000.44000.'", "accounts_unit_code_is_six_digits"),
        ("code = '４４００００', path = '000000.４４００００.'", "accounts_unit_code_is_six_digits"),
        ("path = '000000.440100.'", "accounts_unit_path_ends_with_code"),
        ("parent_id = NULL", "accounts_unit_only_nation_has_no_parent"),
        ("kind = 'STATE'", "accounts_unit_kind_is_known"),
        ("code = '000000', path = '000000.000000.'", "accounts_reportingunit_code_key"),
    ],
)
def test_a_unit_is_what_its_code_says(guangdong, assignment, constraint):
    statement = f"UPDATE accounts_reportingunit SET {assignment} WHERE id = {guangdong.pk}"

    assert violated(statement) == constraint


@pytest.mark.parametrize(
    ("assignment", "constraint"),
    [
        ("duty = 'BOSS'", "accounts_user_duty_is_known"),
        ("is_superuser = true", "accounts_user_nobody_is_superuser"),
    ],
)
def test_a_person_has_one_known_duty_and_no_superpower(db, assignment, constraint):
    user = factories.UserFactory()

    assert violated(f"UPDATE accounts_user SET {assignment} WHERE id = {user.pk}") == constraint


@pytest.mark.parametrize(
    ("assignment", "constraint"),
    [
        ("role = 'BOSS'", "accounts_grant_role_is_known"),
        ("starts_on = '2007-03-01', ends_on = '2007-02-28'", "accounts_grant_ends_after_it_starts"),
    ],
)
def test_a_grant_is_a_known_role_for_a_time(guangdong, assignment, constraint):
    grant = factories.GrantFactory(unit=guangdong)

    assert violated(f"UPDATE accounts_rolegrant SET {assignment} WHERE id = {grant.pk}") == constraint


def test_a_role_is_open_once_per_person_and_unit(guangdong):
    grant = factories.GrantFactory(unit=guangdong)
    again = f"""INSERT INTO accounts_rolegrant (user_id, role, unit_id, starts_on)
                SELECT user_id, role, unit_id, starts_on FROM accounts_rolegrant WHERE id = {grant.pk}"""

    assert violated(again) == "accounts_grant_one_open_per_person_role_unit"


@pytest.mark.parametrize("duty", ["BUSINESS", "SYSTEM", "SECURITY", "AUDIT"])
@pytest.mark.parametrize("role", ["CLERK", "PLANNER", "SYSTEM_ADMIN", "SECURITY_ADMIN", "AUDITOR"])
def test_no_one_combines_duties(guangdong, role, duty):
    own = {"SYSTEM_ADMIN": "SYSTEM", "SECURITY_ADMIN": "SECURITY", "AUDITOR": "AUDIT"}.get(role, "BUSINESS")
    user = factories.UserFactory(duty=duty)
    insert = f"""INSERT INTO accounts_rolegrant (user_id, role, unit_id, starts_on)
                 VALUES ({user.pk}, '{role}', {guangdong.pk}, '2007-01-01')"""

    if own == duty:
        run(insert)
        assert RoleGrant.objects.get(user=user).duty == duty
    else:
        assert violated(insert) == "accounts_grant_duty_is_the_persons"


def test_a_person_with_a_role_does_not_change_duty(guangdong):
    user = factories.GrantFactory(unit=guangdong).user

    statement = f"UPDATE accounts_user SET duty = 'AUDIT' WHERE id = {user.pk}"

    assert violated(statement) == "accounts_grant_duty_is_the_persons"


def test_the_duty_of_a_grant_is_held_against_the_persons_own(db):
    """`accounts_user_id_and_duty` exists to be referred to; the primary key forbids what it would."""
    with connection.cursor() as cursor:
        cursor.execute("""SELECT conindid::regclass::text FROM pg_constraint
                           WHERE conname = 'accounts_grant_duty_is_the_persons'""")
        assert cursor.fetchone() == ("accounts_user_id_and_duty",)


def test_a_token_has_a_known_scope(db):
    token, _text = ApiToken.objects.create(factories.UserFactory(), expiry=None, name="程序")

    statement = f"UPDATE accounts_apitoken SET scope = 'ALL' WHERE digest = '{token.pk}'"

    assert violated(statement) == "accounts_token_scope_is_known"


def test_a_name_belongs_to_one_unit(guangdong):
    insert = f"INSERT INTO accounts_unitalias (unit_id, name) VALUES ({guangdong.pk}, '粤')"

    assert violated(insert, insert) == "accounts_unitalias_name_key"


@pytest.mark.parametrize(
    ("code", "constraint"),
    [("440000", "accounts_former_code_is_not_in_use"), ("4419", "accounts_former_code_is_six_digits")],
)
def test_x24_a_code_that_cannot_be_retired_is_refused(guangdong, code, constraint):
    statement = f"""INSERT INTO accounts_formerunit (code, name, successor_id, retired_on)
                    VALUES ('{code}', '南海行署', {guangdong.pk}, '2006-01-01')"""

    assert violated(statement) == constraint


def test_x24_the_admin_says_that_a_code_is_in_use(guangdong):
    former = FormerUnit(code="440000", name="广东", successor=guangdong, retired_on="2006-01-01")

    with pytest.raises(ValidationError, match="仍在使用"):
        former.full_clean()


@pytest.mark.parametrize("table", ["accounts_user", "accounts_reportingunit"])
def test_people_and_units_that_left_traces_are_not_deleted(guangdong, table):
    user = factories.GrantFactory(unit=guangdong).user
    row = user if table == "accounts_user" else guangdong

    constraint = violated(f"DELETE FROM {table} WHERE id = {row.pk}", "SET CONSTRAINTS ALL IMMEDIATE")

    assert constraint.startswith("accounts_")


def test_role_changes_leave_a_history_that_nothing_escapes(guangdong):
    grant = factories.GrantFactory(unit=guangdong)
    RoleGrant.objects.filter(pk=grant.pk).update(ends_on="2007-12-31")

    assert [event.pgh_label for event in grant.events.order_by("pgh_id")] == ["insert", "update"]


def test_people_and_units_are_named_in_the_readers_language(guangdong):
    user = User(username="wang", display_name="王五", display_name_en="Wang Wu")

    assert (str(user), str(guangdong), guangdong.full_label) == ("王五", "单位44", "单位440000")
    with translation.override("en"):
        assert (str(user), str(guangdong), guangdong.full_label) == ("Wang Wu", "Unit 440000", "Unit 440000")
    assert str(User(username="wang")) == "wang"


def test_a_unit_contains_itself_and_what_lies_under_it(guangdong):
    below = factories.UnitFactory(code="440100", parent=guangdong, kind="PREFECTURE")
    tile = factories.UnitFactory(code="710000", parent=None, kind="MAP_ONLY", level=1)

    assert (guangdong.contains(below), guangdong.contains(guangdong), below.contains(guangdong)) == (True, True, False)
    assert set(ReportingUnit.objects.below(guangdong)) == {guangdong, below}
    assert tile not in ReportingUnit.objects.on_the_tree()
    assert list(ReportingUnit.objects.children_of(guangdong)) == [below]
