"""targets/api.py and the work items of reporting/api.py: the plan as data, for whoever is signed in."""

from __future__ import annotations

import pytest

from accounts.models import ReportingUnit
from targets import duties
from targets.models import Milestone
from tests import factories
from tests.api.conftest import JUNE_FIGURES


def test_the_plans_are_listed_with_their_chapters(caller, country):
    answer = caller("auditor").get_json("plans/")

    assert (answer["count"], answer["next"], answer["previous"]) == (1, None, None)
    assert answer["results"][0]["year"] == 2007
    assert answer["results"][0]["number"] == "劳社部发〔2007〕1号"
    assert [chapter["number"] for chapter in answer["results"][0]["chapters"]] == [1]


def test_one_plan_is_named_by_its_year(caller, country):
    assert caller("sysadmin").get_json("plans/2007/")["title"] == "2007年劳动和社会保障工作要点"


def test_an_item_has_its_targets_milestones_and_light(caller, country, june):
    clerk, lead, ministry = caller("gd_clerk"), caller("gd_lead"), caller("ministry")
    saved = clerk.send("put", "reports/2007-08/440000/", {
        "version": 0,
        "figures": [{"indicator": "T01", "value": "890000"}, {"indicator": "T11", "value": "850000"},
                    {"indicator": "T18", "value": "0", "persons": 0}],
    }).json()  # fmt: skip
    lead.send("post", "reports/2007-08/440000/submit/", {"version": saved["version"]})
    ministry.send("post", "reports/2007-08/440000/approve/", {"version": saved["version"] + 1})

    item = ministry.get_json("plans/2007/items/1/")

    assert set(item) == {
        "number", "chapter", "heading", "heading_en", "summary", "summary_en",
        "lead", "lead_en", "targets", "milestones", "status",
    }  # fmt: skip
    assert (item["number"], item["chapter"], item["heading"]) == (1, 1, "全面完成就业再就业目标任务")
    assert [target["indicator"] for target in item["targets"]] == ["T01", "T04", "T11", "T13", "T18"]
    assert {target["unit"] for target in item["targets"]} == {"000000"}
    assert [milestone["code"] for milestone in item["milestones"]] == ["M01-1"]
    assert item["status"] == "behind"


def test_the_light_of_an_item_is_not_for_people_who_read_no_figures(caller, country):
    items = caller("sysadmin").get_json("plans/2007/items/")["results"]

    assert [(item["number"], item["status"]) for item in items] == [(1, None)]


@pytest.mark.parametrize("n", [1, 3])
def test_items_cost_the_same_queries_for_one_and_three(caller, country, django_assert_num_queries, n):
    for number in range(2, n + 1):
        factories.MilestoneFactory(item=factories.ItemFactory(plan=country.plan, number=number))
    program = caller("sysadmin")

    with django_assert_num_queries(9):
        assert program.get_json("plans/2007/items/")["count"] == n


def test_targets_are_the_nations_unless_a_unit_is_named(caller, country):
    program = caller("gd_clerk")

    national = program.get_json("plans/2007/targets/")["results"]
    provincial = program.get_json("plans/2007/targets/", unit="440000")["results"]

    assert {target["unit"] for target in national} == {"000000"}
    assert [(target["indicator"], target["target_value"], target["bound"]) for target in provincial] == [
        ("T01", "900000", "AT_LEAST"),
        ("T04", "0.046", "AT_MOST"),
        ("T11", "900000", "AT_LEAST"),
        ("T13", "1", "EXACTLY"),
        ("T18", "0", "AT_MOST"),
    ]
    assert [target["baseline_value"] for target in provincial] == [None, None, "800000", None, None]
    assert {target["strength"] for target in provincial} == {"PLAIN"}


def test_milestones_of_the_plan_name_their_item(caller, country):
    milestones = caller("gd_clerk").get_json("plans/2007/milestones/")["results"]

    assert [(one["code"], one["item"], one["actors"]) for one in milestones] == [("M01-1", 1, ["P"])]


def test_milestones_name_the_units_that_need_not_do_them(caller, country, planner):
    unit = ReportingUnit.objects.get(code="230000")
    duties.exempt(Milestone.objects.get(), unit, reason="没有这项业务", by=planner)

    [one] = caller("gd_clerk").get_json("plans/2007/milestones/")["results"]
    [of_item] = caller("gd_clerk").get_json("plans/2007/items/1/")["milestones"]

    assert one["exemptions"] == of_item["exemptions"] == [{"unit": "230000", "reason": "没有这项业务"}]
    assert (one["filed_by_units"], one["baseline_count"]) == (True, None)


def test_indicators_declare_how_they_count(caller, country):
    program = caller("gd_clerk")

    codes = [one["code"] for one in program.get_json("indicators/")["results"]]
    ratio = program.get_json("indicators/T04/")

    assert codes == ["T01", "T04", "T11", "T13", "T18"]
    assert (ratio["kind"], ratio["frequency"], ratio["unit_aggregation"]) == ("RATIO", 3, "RATIO_OF_SUMS")
    assert ratio["numerator_name"] == "登记失业人数"
    assert ratio["part_of"] is None


def test_units_say_where_they_stand_and_whether_they_report(caller, country):
    country.gd.tile_row, country.gd.tile_col = 8, 6
    country.gd.save()
    program = caller("gd_clerk")

    units = {unit["code"]: unit for unit in program.get_json("units/")["results"]}

    assert {code: unit["reports"] for code, unit in units.items()} == {
        "000000": False, "230000": True, "440000": True, "710000": False,
    }  # fmt: skip
    assert units["440000"] == program.get_json("units/440000/")
    assert units["440000"] == {
        "code": "440000", "name": "广东省", "short_name": "广东", "name_en": "Guangdong", "kind": "PROVINCE",
        "level": 1, "parent": "000000", "region": "EAST", "tile": [8, 6], "reports": True,
    }  # fmt: skip
    assert (units["000000"]["parent"], units["000000"]["tile"]) == (None, None)


@pytest.mark.parametrize("n", [1, 3])
def test_units_cost_the_same_queries_for_one_and_three(caller, country, django_assert_num_queries, n):
    for _number in range(n):
        factories.UnitFactory()
    program = caller("auditor")

    with django_assert_num_queries(3):
        assert program.get_json("units/")["count"] == 4 + n


def test_lists_come_in_pages_that_name_the_next(caller, country):
    program = caller("gd_clerk")

    first = program.get_json("indicators/", page_size=2)
    last = program.get_json("indicators/", page_size=2, page=3)

    assert (first["count"], [one["code"] for one in first["results"]]) == (5, ["T01", "T04"])
    assert (first["next"], first["previous"]) == ("http://testserver/api/v1/indicators/?page=2&page_size=2", None)
    assert (last["next"], [one["code"] for one in last["results"]]) == (None, ["T18"])


def test_june_figures_of_the_tests_name_every_indicator(country):
    assert [figure["indicator"] for figure in JUNE_FIGURES] == ["T01", "T04", "T11", "T13", "T18"]
