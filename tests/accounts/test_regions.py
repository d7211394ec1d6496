"""Schemes of regions: the ones that ship, what a file may not say, and what the database refuses."""

from __future__ import annotations

import copy
from datetime import date

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from accounts.models import ReportingUnit
from accounts.regions import RegionGroup, RegionMember, RegionScheme
from accounts.units import load_units
from tests.accounts.test_units import problems, small_tree

pytestmark = pytest.mark.django_db


def with_schemes() -> dict:
    groups = [
        {"code": "one", "name": "一", "name_en": "One", "position": 1, "units": ["440000"]},
        {"code": "two", "name": "二", "name_en": "Two", "position": 2, "units": ["450000"]},
    ]
    names = {"name": "两区", "name_en": "Two regions"}
    dates = {"starts_on": "2006-01-01", "ends_on": None}
    scheme = {"code": "pair", **names, **dates, "position": 1, "source": "测试", "groups": groups}
    return {**small_tree(), "region_schemes": [scheme]}


def test_the_schemes_that_ship_hold_every_unit_once(capsys):
    call_command("load_units")

    four, three = RegionScheme.objects.in_force(date(2007, 9, 1))
    counts = {
        scheme.code: [group.members.count() for group in scheme.groups.order_by("position")] for scheme in (four, three)
    }
    assert counts == {"four_regions": [10, 6, 13, 3], "three_regions": [11, 8, 13]}
    for scheme in (four, three):
        members = RegionMember.objects.filter(scheme=scheme).exclude(unit__code="660000")
        assert members.count() == 31
    east = RegionGroup.objects.get(scheme=three, code="east")
    assert east.members.filter(unit__code="210000").exists()
    assert str(four) == "four_regions 2006-01-01"
    assert str(east) == f"{three.pk} east"
    assert str(east.members.get(unit__code="210000")).startswith(f"{east.pk} ")


def test_the_four_regions_are_those_of_the_units():
    call_command("load_units")

    scheme = RegionScheme.objects.get(code="four_regions")
    for group in scheme.groups.all():
        codes = set(group.members.values_list("unit__code", flat=True))
        assert codes == set(ReportingUnit.objects.filter(region=group.code.upper()).values_list("code", flat=True))


def test_a_unit_that_the_file_places_elsewhere_moves():
    document = with_schemes()
    load_units(document)
    moved = copy.deepcopy(document)
    moved["region_schemes"][0]["groups"][0]["units"] = ["440000", "450000"]
    moved["region_schemes"][0]["groups"][1]["units"] = []

    effects = load_units(moved)

    assert str(effects[-1]) == "region members: 0 created, 1 updated, 1 unchanged"


@pytest.mark.parametrize(
    ("break_it", "problem"),
    [
        (lambda scheme: scheme["groups"][0]["units"].append("999999"), "there is no unit '999999'."),
        (lambda scheme: scheme["groups"][0]["units"].append("450000"), "unit 450000 stands already at"),
        (lambda scheme: scheme["groups"][1].update(code="one"), "region one stands already at"),
        (lambda scheme: scheme["groups"][1].update(units="450000"), "a list of codes is expected here."),
        (lambda scheme: scheme.update(starts_on="soon"), "/region_schemes/0/starts_on"),
    ],
)
def test_a_file_is_refused_whole(break_it, problem):
    document = with_schemes()
    break_it(document["region_schemes"][0])

    assert any(problem in one for one in problems(document))
    assert RegionScheme.objects.count() == 0


def test_a_scheme_stands_once():
    document = with_schemes()
    document["region_schemes"].append(document["region_schemes"][0])

    assert any("stands already at /region_schemes/0" in one for one in problems(document))


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE accounts_regionscheme SET ends_on = starts_on", "accounts_scheme_ends_after_it_starts"),
        ("UPDATE accounts_regionscheme SET code = '区'", "accounts_scheme_code_is_a_word"),
        (
            "INSERT INTO accounts_regionscheme (code, name, name_en, starts_on, position, source)"
            " SELECT code, name, name_en, starts_on, position, source FROM accounts_regionscheme",
            "accounts_scheme_one_per_code_and_day",
        ),
        ("UPDATE accounts_regiongroup SET code = 'same'", "accounts_region_one_code_per_scheme"),
        (
            "UPDATE accounts_regionmember SET unit_id = (SELECT min(unit_id) FROM accounts_regionmember)",
            "accounts_member_in_one_region_per_scheme",
        ),
        (
            "UPDATE accounts_regionmember SET scheme_id = (SELECT id FROM accounts_regionscheme WHERE code = 'other')",
            "accounts_member_group_is_of_its_scheme",
        ),
    ],
)
def test_the_database_refuses_what_cannot_be_true(statement, constraint):
    load_units(with_schemes())
    if "other" in statement:
        RegionScheme.objects.create(code="other", name="别", name_en="Other", starts_on=date(2006, 1, 1), source="测试")

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL IMMEDIATE; {statement}")


def test_a_region_and_its_scheme_are_a_pair_that_members_refer_to(django_db_setup: None):
    """`accounts_region_scheme_and_id` exists to be referred to; the primary key forbids what it would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conindid::regclass::text FROM pg_constraint"
            " WHERE conname = 'accounts_member_group_is_of_its_scheme'"
        )
        assert cursor.fetchone() == ("accounts_region_scheme_and_id",)
