"""“May this person …?”: one function per question, asked by pages, REST, admin and commands alike.

Rights come from the role grants in force today (real clock) and from nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models import NATION_CODE, ReportingUnit, Role, RoleGrant, User

Person = User | AnonymousUser

#: Roles held over the whole country.
MINISTRY_ROLES = frozenset({Role.MINISTRY_REVIEWER, Role.PLANNER, Role.ANALYST})
#: Roles that work for one bureau.
BUREAU_ROLES = frozenset({Role.CLERK, Role.LEAD})


@dataclass(frozen=True)
class Access:
    """The roles of one person: which role over which unit (by path), and the bureau they work for."""

    paths_by_role: dict[str, frozenset[str]] = field(default_factory=dict)
    bureau: ReportingUnit | None = None

    def has(self, *roles: str) -> bool:
        return any(role in self.paths_by_role for role in roles)

    def holds(self, unit: ReportingUnit, *roles: str) -> bool:
        """Say whether one of the roles is held over exactly this unit."""
        return any(unit.path in self.paths_by_role.get(role, ()) for role in roles)

    @property
    def subtree_paths(self) -> frozenset[str]:
        """The paths of the bureaus whose subtree the person works in."""
        return frozenset().union(*(self.paths_by_role.get(role, frozenset()) for role in BUREAU_ROLES))


def access(person: Person) -> Access:
    """Return the person's roles, read once per request."""
    if not isinstance(person, User) or not person.is_active:
        return Access()
    cached: Access | None = vars(person).get("_access")
    if cached is not None:
        return cached
    paths: dict[str, set[str]] = {}
    bureau = None
    grants = person.grants.in_force(timezone.localdate()).select_related("unit").order_by("id")
    for grant in grants:
        paths.setdefault(grant.role, set()).add(grant.unit.path)
        if grant.role in BUREAU_ROLES and bureau is None:
            bureau = grant.unit
    held = Access({role: frozenset(paths_held) for role, paths_held in paths.items()}, bureau)
    vars(person)["_access"] = held
    return held


def forget_access(person: User) -> None:
    """Have the next question read the grants again, after they changed."""
    for name in ("_access", "_owned_items"):
        person.__dict__.pop(name, None)


# Seeing ----------------------------------------------------------------------------------------


def sees_all_reports(person: Person) -> bool:
    """Drafts and reports under review of every unit: the ministry's reviewers and planners."""
    return access(person).has(Role.MINISTRY_REVIEWER, Role.PLANNER)


def sees_all_approved(person: Person) -> bool:
    """Approved figures of every unit, published or not."""
    return access(person).has(*MINISTRY_ROLES)


def works_in(person: Person, unit: ReportingUnit) -> bool:
    """Say whether the unit is the person's own or lies under it."""
    return any(unit.path.startswith(path) for path in access(person).subtree_paths)


def sees_drafts(person: Person, unit: ReportingUnit) -> bool:
    """Say whether what the unit has not yet had approved is open to the person."""
    return sees_all_reports(person) or works_in(person, unit) or _owns_of(person, unit)


def sees_unpublished(person: Person, unit: ReportingUnit) -> bool:
    """Say whether the unit's figures of a month not yet published are open to the person."""
    return sees_all_approved(person) or works_in(person, unit)


def has_business_role(person: Person) -> bool:
    """Say whether the person holds any role that reads figures at all."""
    return access(person).has(*MINISTRY_ROLES, *BUREAU_ROLES)


# Filing and review -----------------------------------------------------------------------------


def may_edit(person: Person, unit: ReportingUnit) -> bool:
    """Fill in the unit's report: its clerks and leads, the ministry on its behalf, owners of items for the nation."""
    held = access(person)
    return held.holds(unit, Role.CLERK, Role.LEAD) or held.has(Role.MINISTRY_REVIEWER) or _owns_of(person, unit)


def may_submit(person: Person, unit: ReportingUnit) -> bool:
    """Answer for the unit's report: its lead, the ministry on its behalf, owners of items for the nation."""
    held = access(person)
    return held.holds(unit, Role.LEAD) or held.has(Role.MINISTRY_REVIEWER) or _owns_of(person, unit)


def may_ask_to_sign(person: Person, unit: ReportingUnit) -> bool:
    """Ask those who answer for the unit's report to submit it: whoever fills it in and may not."""
    return may_edit(person, unit) and not may_submit(person, unit)


def may_report_item(person: Person, item_id: int) -> bool:
    """Report the nation's milestones of an item: its owners, and the ministry's reviewers for all items."""
    return access(person).has(Role.MINISTRY_REVIEWER) or item_id in owned_items(person)


def owned_items(person: Person) -> frozenset[int]:
    """Return the items (ids) the person answers for today; nobody outside the ministry has any. Read once."""
    if not isinstance(person, User) or not access(person).has(*MINISTRY_ROLES):
        return frozenset()
    cached: frozenset[int] | None = vars(person).get("_owned_items")
    if cached is not None:
        return cached
    held = frozenset(person.owned_items.in_force(timezone.localdate()).values_list("item_id", flat=True))
    vars(person)["_owned_items"] = held
    return held


def _owns_of(person: Person, unit: ReportingUnit) -> bool:
    return unit.is_nation and bool(owned_items(person))


def may_review(person: Person, unit: ReportingUnit) -> bool:
    """Approve or return: the ministry, or the lead of the unit directly above."""
    held = access(person)
    if held.has(Role.MINISTRY_REVIEWER):
        return True
    return unit.parent is not None and not unit.parent.is_nation and held.holds(unit.parent, Role.LEAD)


def may_reopen(person: Person, unit: ReportingUnit) -> bool:
    return access(person).has(Role.MINISTRY_REVIEWER)


def may_excuse(person: Person) -> bool:
    """Let a rule not be held against a unit for a while."""
    return access(person).has(Role.MINISTRY_REVIEWER, Role.PLANNER)


def may_set_rules(person: Person) -> bool:
    """Set limits, severity and validity of rules."""
    return access(person).has(Role.PLANNER)


def may_answer_warning(person: Person, unit: ReportingUnit) -> bool:
    """Enter the measure taken against a warning: the unit's lead, and the ministry for every unit."""
    held = access(person)
    return held.has(Role.MINISTRY_REVIEWER) or held.holds(unit, Role.LEAD)


def may_assess_own(person: Person, unit: ReportingUnit) -> bool:
    """Write the unit's self-assessment: its clerks and leads, and nobody on its behalf."""
    return access(person).holds(unit, Role.CLERK, Role.LEAD)


def may_hand_in_assessment(person: Person, unit: ReportingUnit) -> bool:
    """Answer for the unit's self-assessment."""
    return access(person).holds(unit, Role.LEAD)


def may_check_assessment(person: Person, unit: ReportingUnit) -> bool:
    """Check, return and confirm assessments, publish grades and cancel them: the ministry's reviewers."""
    return access(person).has(Role.MINISTRY_REVIEWER)


def may_file_at_all(person: Person) -> bool:
    """Say whether filing pages concern the person."""
    return access(person).has(Role.CLERK, Role.LEAD, Role.MINISTRY_REVIEWER) or bool(owned_items(person))


def may_review_at_all(person: Person) -> bool:
    return access(person).has(Role.MINISTRY_REVIEWER, Role.LEAD)


def may_see_leader_page(person: Person) -> bool:
    """See the leader's one screen: the ministry, and its wall display, which sees published months alone."""
    return access(person).has(*MINISTRY_ROLES, Role.KIOSK)


def is_wall_display(person: Person) -> bool:
    """Say whether the person is a screen on a wall, which reads one page and nothing else."""
    return set(access(person).paths_by_role) == {Role.KIOSK}


def may_export(person: Person) -> bool:
    return has_business_role(person)


# The plan and the calendar ---------------------------------------------------------------------


def may_edit_plan(person: Person) -> bool:
    return access(person).has(Role.PLANNER)


def may_move_dates(person: Person) -> bool:
    """Change the dates of reporting months: the planner, or the ministry's reviewer."""
    return access(person).has(Role.PLANNER, Role.MINISTRY_REVIEWER)


def may_publish(person: Person) -> bool:
    return access(person).has(Role.MINISTRY_REVIEWER)


def may_word_circulars(person: Person) -> bool:
    """Word the blocks of the monthly circular and the letters to the units: the ministry's reviewers and planners."""
    return access(person).has(Role.MINISTRY_REVIEWER, Role.PLANNER)


# Administration --------------------------------------------------------------------------------


def _every(app: str, *models: str, acts: tuple[str, ...] = ("view", "add", "change")) -> frozenset[str]:
    return frozenset(f"{app}.{act}_{model}" for model in models for act in acts)


_PLAN_MODELS = (
    "plan",
    "chapter",
    "item",
    "indicator",
    "indicatorpart",
    "formerindicator",
    "target",
    "assignment",
    "milestone",
    "thresholds",
)

_SCORING_MODELS = ("assessmentscheme", "assessmentsection", "assessmentcriterion", "assessmentround")
_RULE_MODELS = ("rulesetting", "excuse", "referencefigure", "publishedfigure")
_DUTY_MODELS = ("itemowner", "milestoneexemption")

_CALENDAR_LOOKS = ("monthlyreport", "reportingmonth", "extension")

#: What each role may do in the admin. Nothing is ever deleted there.
ADMIN_POLICY: dict[str, frozenset[str]] = {
    Role.SYSTEM_ADMIN: _every("accounts", "user", "reportingunit", "unitalias", "formerunit")
    | _every("notices", "mailout", acts=("view",)),
    Role.SECURITY_ADMIN: _every("accounts", "rolegrant")
    | _every("accounts", "user", "reportingunit", acts=("view",))
    | _every("submissions", "evidencefile", acts=("view",))
    | _every("reporting", "assessmentfile", acts=("view",))
    | {"accounts.reset_password"},
    Role.AUDITOR: _every("accounts", "auditentry", "user", "rolegrant", acts=("view",)),
    Role.PLANNER: _every("targets", *_PLAN_MODELS, *_DUTY_MODELS)
    | _every("accounts", "reportingunit", acts=("view",))
    | _every("submissions", "calendarrule", "calendarday")
    | _every("submissions", *_CALENDAR_LOOKS, acts=("view",))
    | _every("submissions", *_RULE_MODELS)
    | _every("reporting", "warningrule", *_SCORING_MODELS),
    Role.MINISTRY_REVIEWER: _every("targets", *_PLAN_MODELS, *_DUTY_MODELS, acts=("view",))
    | _every("submissions", *_CALENDAR_LOOKS, "calendarrule", "calendarday", acts=("view",))
    | _every("submissions", "rulesetting", "referencefigure", acts=("view",))
    | _every("reporting", "warningrule", *_SCORING_MODELS, acts=("view",))
    | _every("submissions", "excuse", "publishedfigure"),
}


def holders(*roles: str) -> set[int]:
    """Return who holds one of the roles today (ids), over any unit; closed accounts hold none."""
    grants = RoleGrant.objects.in_force(timezone.localdate()).filter(role__in=roles, user__is_active=True)
    return set(grants.values_list("user_id", flat=True))


def bureau_people(units: Iterable[ReportingUnit], roles: Iterable[str] = BUREAU_ROLES) -> dict[int, set[int]]:
    """Return the clerks and leads (ids) of each unit (id) today, nobody where it has none; one query."""
    found: dict[int, set[int]] = {unit.pk: set() for unit in units}
    grants = RoleGrant.objects.in_force(timezone.localdate()).filter(
        role__in=roles, unit__in=found, user__is_active=True
    )
    for unit_id, user_id in grants.values_list("unit_id", "user_id"):
        found[unit_id].add(user_id)
    return found


def admin_rights(person: Person) -> frozenset[str]:
    """Return everything the person may do in the admin."""
    held = access(person)
    return frozenset().union(*(rights for role, rights in ADMIN_POLICY.items() if held.has(role)))


def may_in_admin(person: Person, perm: str) -> bool:
    return perm in admin_rights(person)


def may_open_admin_app(person: Person, app_label: str) -> bool:
    return any(perm.startswith(f"{app_label}.") for perm in admin_rights(person))


def may_open_admin(person: Person) -> bool:
    return bool(admin_rights(person))


def national_unit() -> ReportingUnit:
    """Return 全国, the root of the tree."""
    return ReportingUnit.objects.get(code=NATION_CODE)
