"""Who may what: every question × every role × every relation, held against a table written by hand."""

from __future__ import annotations

import inspect
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts import permissions
from accounts.models import ReportingUnit, Role, User
from tests import factories

#: Relations of a unit to the one the role is held over: itself, one below, two below, beside, above, the country.
RELATIONS = ["own", "child", "grandchild", "sibling", "parent", "nation"]

#: question → role → relations for which the answer is yes. Every other combination is no.
BY_UNIT: dict[str, dict[str, set[str]]] = {
    "works_in": {
        "CLERK": {"own", "child", "grandchild"},
        "LEAD": {"own", "child", "grandchild"},
    },
    "sees_drafts": {
        "MINISTRY_REVIEWER": set(RELATIONS),
        "PLANNER": set(RELATIONS),
        "CLERK": {"own", "child", "grandchild"},
        "LEAD": {"own", "child", "grandchild"},
    },
    "sees_unpublished": {
        "MINISTRY_REVIEWER": set(RELATIONS),
        "PLANNER": set(RELATIONS),
        "ANALYST": set(RELATIONS),
        "CLERK": {"own", "child", "grandchild"},
        "LEAD": {"own", "child", "grandchild"},
    },
    "may_edit": {"MINISTRY_REVIEWER": set(RELATIONS), "CLERK": {"own"}, "LEAD": {"own"}},
    "may_submit": {"MINISTRY_REVIEWER": set(RELATIONS), "LEAD": {"own"}},
    "may_ask_to_sign": {"CLERK": {"own"}},
    "may_review": {"MINISTRY_REVIEWER": set(RELATIONS), "LEAD": {"child"}},
    "may_reopen": {"MINISTRY_REVIEWER": set(RELATIONS)},
    "may_answer_warning": {"MINISTRY_REVIEWER": set(RELATIONS), "LEAD": {"own"}},
    "may_assess_own": {"CLERK": {"own"}, "LEAD": {"own"}},
    "may_hand_in_assessment": {"LEAD": {"own"}},
    "may_check_assessment": {"MINISTRY_REVIEWER": set(RELATIONS)},
}

#: question → roles for which the answer is yes.
BY_ROLE: dict[str, set[str]] = {
    "sees_all_reports": {"MINISTRY_REVIEWER", "PLANNER"},
    "sees_all_approved": {"MINISTRY_REVIEWER", "PLANNER", "ANALYST"},
    "has_business_role": {"MINISTRY_REVIEWER", "PLANNER", "ANALYST", "CLERK", "LEAD"},
    "may_file_at_all": {"MINISTRY_REVIEWER", "CLERK", "LEAD"},
    "may_review_at_all": {"MINISTRY_REVIEWER", "LEAD"},
    "may_excuse": {"MINISTRY_REVIEWER", "PLANNER"},
    "may_set_rules": {"PLANNER"},
    "may_word_circulars": {"MINISTRY_REVIEWER", "PLANNER"},
    "may_move_dates": {"MINISTRY_REVIEWER", "PLANNER"},
    "may_see_leader_page": {"MINISTRY_REVIEWER", "PLANNER", "ANALYST", "KIOSK"},
    "is_wall_display": {"KIOSK"},
    "may_export": {"MINISTRY_REVIEWER", "PLANNER", "ANALYST", "CLERK", "LEAD"},
    "may_edit_plan": {"PLANNER"},
    "may_publish": {"MINISTRY_REVIEWER"},
    "may_open_admin": {"SYSTEM_ADMIN", "SECURITY_ADMIN", "AUDITOR", "PLANNER", "MINISTRY_REVIEWER"},
}

#: Questions that read or explain rights; they have tests of their own.
OTHERS = {
    "access",
    "bureau_people",
    "holders",
    "forget_access",
    "may_report_item",
    "owned_items",
    "admin_rights",
    "may_in_admin",
    "may_open_admin_app",
    "national_unit",
}


@pytest.fixture
def units(db) -> dict[str, ReportingUnit]:
    """A bureau of the middle with everything around it."""
    nation = factories.NationFactory()
    parent = factories.UnitFactory(code="440000")
    own = factories.UnitFactory(code="440100", parent=parent, kind="PREFECTURE")
    child = factories.UnitFactory(code="440103", parent=own, kind="COUNTY")
    return {
        "own": own,
        "child": child,
        "grandchild": factories.UnitFactory(code="440199", parent=child, kind="COUNTY"),
        "sibling": factories.UnitFactory(code="440300", parent=parent, kind="PREFECTURE"),
        "parent": parent,
        "nation": nation,
    }


def holder(role: str, units: dict[str, ReportingUnit]) -> User:
    return factories.person(role, units["own"] if role in permissions.BUREAU_ROLES else None)


def test_every_question_is_in_the_table():
    defined = {
        name
        for name, function in inspect.getmembers(permissions, inspect.isfunction)
        if function.__module__ == permissions.__name__ and not name.startswith("_")
    }

    assert defined == set(BY_UNIT) | set(BY_ROLE) | OTHERS


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("question", BY_UNIT)
def test_a_question_about_a_unit_is_answered_by_the_table(question, role, units):
    person = holder(role, units)

    yes = {relation for relation in RELATIONS if getattr(permissions, question)(person, units[relation])}

    assert yes == BY_UNIT[question].get(role, set())


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("question", BY_ROLE)
def test_a_question_about_a_person_is_answered_by_the_table(question, role, units):
    assert getattr(permissions, question)(holder(role, units)) is (role in BY_ROLE[question])


@pytest.mark.parametrize("question", [*BY_UNIT, *BY_ROLE])
def test_strangers_and_closed_accounts_are_told_no(question, units):
    closed = factories.person("MINISTRY_REVIEWER", is_active=False)
    bare = factories.UserFactory()
    about = (units["own"],) if question in BY_UNIT else ()

    assert [getattr(permissions, question)(who, *about) for who in (AnonymousUser(), closed, bare)] == [False] * 3


@pytest.mark.parametrize(
    ("starts", "ends", "holds"), [(0, None, True), (1, None, False), (-9, 0, False), (-9, 1, True)]
)
def test_a_role_counts_from_its_first_day_until_the_day_it_ends(starts, ends, holds, units):
    today = timezone.localdate()
    person = factories.UserFactory()
    factories.GrantFactory(
        user=person,
        unit=units["own"],
        starts_on=today + timedelta(days=starts),
        ends_on=None if ends is None else today + timedelta(days=ends),
    )

    assert permissions.may_edit(person, units["own"]) is holds


def test_a_province_lead_does_not_review_other_provinces(db):
    first, second = factories.UnitFactory(code="440000"), factories.UnitFactory(code="450000")

    assert not permissions.may_review(factories.person("LEAD", first), second)


def test_the_roles_of_a_person_are_read_once(units, django_assert_num_queries):
    person = holder("LEAD", units)

    with django_assert_num_queries(1):
        answers = [getattr(permissions, question)(person, units["own"]) for question in BY_UNIT]

    assert answers == [True, True, True, True, True, False, False, False, True, True, True, False]


def test_the_bureau_is_the_unit_a_person_works_for(units):
    assert permissions.access(holder("CLERK", units)).bureau == units["own"]
    assert permissions.access(holder("ANALYST", units)).bureau is None
    assert permissions.national_unit() == units["nation"]


# The admin -------------------------------------------------------------------------------------


def test_no_right_to_delete_exists():
    rights = frozenset().union(*permissions.ADMIN_POLICY.values())

    assert [right for right in rights if ".delete_" in right] == []


def test_administrators_share_no_power_to_change():
    duties = ["SYSTEM_ADMIN", "SECURITY_ADMIN", "AUDITOR", "PLANNER"]
    changing = {role: {right for right in permissions.ADMIN_POLICY[role] if ".view_" not in right} for role in duties}

    assert {right for a in duties for b in duties if a < b for right in changing[a] & changing[b]} == set()


@pytest.mark.parametrize("role", Role.values)
def test_the_admin_asks_the_same_policy(role, units):
    person = holder(role, units)
    every = frozenset().union(*permissions.ADMIN_POLICY.values())

    assert {right for right in every if person.has_perm(right)} == permissions.ADMIN_POLICY.get(role, frozenset())
    assert person.has_module_perms("targets") is (role in {"PLANNER", "MINISTRY_REVIEWER"})


def test_a_closed_account_has_no_right_in_the_admin(db):
    closed = factories.person("SYSTEM_ADMIN", is_active=False)

    assert not closed.has_perm("accounts.add_user")
    assert not closed.has_module_perms("accounts")
