"""The demonstration's accounts: those that people sign in with, and a lead for every other unit."""

from __future__ import annotations

from collections.abc import Iterable

from accounts import audit
from accounts.models import NATION_CODE, ReportingUnit, Role, User
from accounts.services import ensure_demo_account
from reporting.demo.data import Demo

MINISTRY = "ministry"
#: Files the ministry's own milestones, which another person at the ministry approves.
MINISTRY_DESK = "ministry_desk"


def ensure_accounts(demo: Demo, units: Iterable[ReportingUnit]) -> dict[str, User]:
    """Make the accounts, or bring them back; return them by username."""
    known = {unit.code: unit for unit in units}
    people = {
        row["username"]: ensure_demo_account(
            row["username"],
            role=row["role"],
            unit=known[row["unit"]],
            display_name=row["display_name"],
            display_name_en=row["display_name_en"],
        )
        for row in demo.accounts
    }
    people[MINISTRY_DESK] = _ministry_desk(known[NATION_CODE])
    led = {row["unit"] for row in demo.accounts if row["role"] == Role.LEAD}
    for unit in known.values():
        if unit.level == 1 and unit.code not in led:
            people[lead_of(unit.code)] = _unit_lead(unit)
    return people


def lead_of(code: str) -> str:
    return f"lead_{code}"


def _unit_lead(unit: ReportingUnit) -> User:
    person = ensure_demo_account(
        lead_of(unit.code),
        role=Role.LEAD,
        unit=unit,
        display_name=f"{unit.short_name}负责人",
        display_name_en=f"{unit.name_en} lead",
    )
    _only_a_name(person)
    return person


def _ministry_desk(nation: ReportingUnit) -> User:
    person = ensure_demo_account(
        MINISTRY_DESK, role=Role.MINISTRY_REVIEWER, unit=nation, display_name="沈岚", display_name_en="Shen Lan"
    )
    _only_a_name(person)
    return person


def _only_a_name(person: User) -> None:
    """Let nobody sign in: of some people only the name is needed."""
    person.set_unusable_password()
    person.save(update_fields=["password"])


def dismiss_accounts(by: User | None = None) -> int:
    """Close every demo account; the audit trail names them, so none is deleted. Return how many were open."""
    people = User.objects.filter(is_demo=True, is_active=True)
    for person in people:
        audit.record("account.demo_ended", by=by, obj=person, details={"username": person.username})
    return people.update(is_active=False)
