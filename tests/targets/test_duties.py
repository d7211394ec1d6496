"""Who answers for an item, which unit need not do a milestone, and which unit reports what."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import permissions
from accounts.models import AuditEntry
from accounts.refusals import NotPermitted
from targets import duties
from targets.models import ItemOwner, Milestone, MilestoneExemption
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    return factories.ItemFactory(number=28, heading="加快劳动保障立法进程")


def named(item, **fields: object) -> ItemOwner:
    fields = {"department": "法制司", "assigned_by": factories.UserFactory(), "starts_on": date(2007, 1, 1)} | fields
    return ItemOwner.objects.create(item=item, **fields)


# What the database refuses ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("targets_owner_is_somebody", {"department": ""}),
        ("targets_owner_ends_after_it_starts", {"ends_on": date(2006, 12, 31)}),
    ],
)
def test_an_owner_that_cannot_be_is_refused(item, name, change):
    owner = named(item)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ItemOwner.objects.filter(pk=owner.pk).update(**change)


def test_a_person_answers_for_an_item_once_at_a_time(item, ministry):
    named(item, user=ministry, ends_on=date(2007, 3, 1))
    named(item, user=ministry)

    with pytest.raises(IntegrityError, match="targets_owner_one_open_per_item_and_person"), transaction.atomic():
        named(item, user=ministry)


def test_an_exemption_says_why_and_stands_once(item, planner):
    milestone, unit = factories.MilestoneFactory(item=item), factories.UnitFactory()
    given = MilestoneExemption.objects.create(milestone=milestone, unit=unit, reason="没有这项业务", granted_by=planner)

    with pytest.raises(IntegrityError, match="targets_exemption_says_why"), transaction.atomic():
        MilestoneExemption.objects.filter(pk=given.pk).update(reason="")
    with pytest.raises(IntegrityError, match="targets_exemption_one_per_milestone_and_unit"), transaction.atomic():
        MilestoneExemption.objects.create(milestone=milestone, unit=unit, reason="又一次", granted_by=planner)


# What the planner decides ----------------------------------------------------------------------


def test_the_planner_names_an_owner_once_and_it_is_recorded(item, planner, analyst):
    first, again = (
        duties.assign_owner(item, user=analyst, department="法制司", starts_on=date(2007, 1, 1), by=planner)
        for _ in range(2)
    )

    assert (first, first.label, str(first)) == (again, f"法制司 {analyst.label}", f"28 法制司 {analyst.label}")
    entry = AuditEntry.objects.get(action="itemowner.create")
    assert (entry.actor, entry.object_id) == (planner, str(first.pk))


def test_the_planner_exempts_a_unit_once_and_it_is_recorded(item, planner):
    milestone, unit = factories.MilestoneFactory(item=item), factories.UnitFactory(code="540000")

    first, again = (
        duties.exempt(milestone, unit, reason=reason, by=planner) for reason in ("没有这项业务", "另一个说法")
    )

    assert (first, again.reason) == (again, "没有这项业务")
    assert AuditEntry.objects.get(action="milestoneexemption.create").details["unit"] == "540000"


@pytest.mark.parametrize("role", ["MINISTRY_REVIEWER", "ANALYST", "SYSTEM_ADMIN"])
def test_nobody_else_decides_it(item, role):
    person = factories.person(role)

    with pytest.raises(NotPermitted):
        duties.assign_owner(item, user=person, department="", starts_on=date(2007, 1, 1), by=person)
    with pytest.raises(NotPermitted):
        duties.exempt(factories.MilestoneFactory(item=item), factories.UnitFactory(), reason="没有", by=person)


def test_the_admin_names_owners_and_exemptions_with_who_decided(client, item, planner, analyst):
    milestone, unit = factories.MilestoneFactory(item=item), factories.UnitFactory()
    client.force_login(planner)

    client.post(
        reverse("admin:targets_itemowner_add"),
        {"item": item.pk, "user": analyst.pk, "department": "法制司", "starts_on": "2007-01-01"},
    )
    client.post(
        reverse("admin:targets_milestoneexemption_add"),
        {"milestone": milestone.pk, "unit": unit.pk, "reason": "没有这项业务"},
    )

    owner, exemption = ItemOwner.objects.get(), MilestoneExemption.objects.get()
    assert (owner.user, owner.assigned_by, exemption.granted_by) == (analyst, planner, planner)
    assert {"itemowner.create", "milestoneexemption.create"} <= set(AuditEntry.objects.values_list("action", flat=True))
    changed = client.post(
        reverse("admin:targets_itemowner_change", args=[owner.pk]), {"department": "法规司", "ends_on": "2007-06-30"}
    )
    owner.refresh_from_db()
    assert (changed.status_code, owner.department, owner.user, owner.assigned_by) == (302, "法规司", analyst, planner)
    reason = {"reason": "业务已划转"}
    client.post(reverse("admin:targets_milestoneexemption_change", args=[exemption.pk]), reason)
    exemption.refresh_from_db()
    assert (exemption.reason, exemption.granted_by) == ("业务已划转", planner)


def test_only_people_of_the_ministry_can_be_named_in_the_admin(client, item, planner, analyst):
    clerk = factories.person("CLERK", factories.UnitFactory())
    client.force_login(planner)

    page = client.get(reverse("admin:targets_itemowner_add"))

    offered = page.context["adminform"].form.fields["user"].queryset
    assert (analyst in offered, clerk in offered) == (True, False)


# What an owner may -----------------------------------------------------------------------------


@pytest.mark.parametrize(("starts", "ends", "owns"), [(0, None, True), (1, None, False), (-9, 0, False), (-9, 1, True)])
def test_an_owner_answers_from_the_first_day_until_the_day_it_ends(item, analyst, starts, ends, owns):
    today = timezone.localdate()
    ends_on = None if ends is None else today + timedelta(days=ends)
    named(item, user=analyst, starts_on=today + timedelta(days=starts), ends_on=ends_on)

    assert permissions.may_report_item(analyst, item.pk) is owns


def test_an_owner_files_for_the_nation_and_for_nobody_else(item, analyst):
    nation, province = factories.NationFactory(), factories.UnitFactory()
    questions = (permissions.sees_drafts, permissions.may_edit, permissions.may_submit)
    assert [ask(analyst, nation) for ask in questions] == [False] * 3
    permissions.forget_access(analyst)

    named(item, user=analyst)

    assert [ask(analyst, nation) for ask in questions] == [True] * 3
    assert [ask(analyst, province) for ask in questions] == [False] * 3
    assert (permissions.may_review(analyst, nation), permissions.may_file_at_all(analyst)) == (False, True)


def test_nobody_outside_the_ministry_owns_anything(item):
    clerk = factories.person("CLERK", factories.UnitFactory())
    named(item, user=clerk)

    assert permissions.owned_items(clerk) == frozenset()


# Who reports what ------------------------------------------------------------------------------


def test_every_milestone_of_the_plan_is_reported_by_units_or_by_the_nation():
    call_command("load_units", settings.BASE_DIR / "fixtures" / "units.json", verbosity=0)
    call_command("load_plan", verbosity=0)
    nation, unit = factories.NationFactory(), factories.UnitFactory(code="440000")
    every = Milestone.objects.all()

    of_nation, of_units = every.filed_by(nation), every.filed_by(unit)

    assert (of_nation.count(), of_units.count(), of_nation.intersection(of_units).count()) == (66, 94, 0)
    assert all(one.is_filed_by_units for one in of_units)
    assert not any(one.is_filed_by_units for one in of_nation)
    assert every.filed_by(factories.UnitFactory(code="900000")).count() == 0
    demo = json.loads((settings.BASE_DIR / "fixtures" / "demo_2007.json").read_text(encoding="utf-8"))
    told = {one["milestone"] for one in demo["national_milestones"]}
    assert told <= set(of_nation.values_list("code", flat=True))


def test_an_exempt_unit_is_not_asked_for_the_milestone(item, planner):
    milestone, exempt, other = factories.MilestoneFactory(item=item), factories.UnitFactory(), factories.UnitFactory()
    duties.exempt(milestone, exempt, reason="没有这项业务", by=planner)

    assert [Milestone.objects.filed_by(unit).count() for unit in (exempt, other)] == [0, 1]
