"""The plan from files: what ships loads whole, a second time changes nothing, faults are told with their place."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.units import load_units
from submissions.models import DirtyUnit, ReportingMonth
from targets.loading import load_plan
from targets.models import Assignment, Indicator, Item, Milestone, Plan, Target
from workplan.lib.loading import FileRefused

pytestmark = pytest.mark.django_db

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
UNITS, PLAN, SPLIT = (
    json.loads((FIXTURES / name).read_text(encoding="utf-8"))
    for name in ("units.json", "plan_2007.json", "unit_targets_2007.json")
)


POOLING = "ratios pool as RATIO_OF_SUMS, everything else as SUM."
PARTS_NAMED = "a ratio names its numerator and its denominator."
CURVE = "twelve shares that rise to 1 are expected here."


@pytest.fixture(autouse=True)
def _units() -> None:
    load_units(UNITS)


def problems(plan: dict, split: dict | None = None) -> list[str]:
    with pytest.raises(FileRefused) as refused:
        load_plan(plan, split)
    assert Plan.objects.count() == 0
    return [str(problem) for problem in refused.value.problems]


def test_the_plan_that_ships_loads_whole(capsys: pytest.CaptureFixture) -> None:
    call_command("load_plan", FIXTURES / "plan_2007.json")

    assert capsys.readouterr().out.splitlines() == [
        "plan: 1 created, 0 updated, 0 unchanged",
        "chapters: 6 created, 0 updated, 0 unchanged",
        "items: 37 created, 0 updated, 0 unchanged",
        "milestones: 160 created, 0 updated, 0 unchanged",
        "indicators: 19 created, 0 updated, 0 unchanged",
        "parts: 4 created, 0 updated, 0 unchanged",
        "national targets: 18 created, 0 updated, 0 unchanged",
        "unit targets: 554 created, 0 updated, 0 unchanged",
        "without target: 1 created, 0 updated, 0 unchanged",
        "assignments: 586 created, 0 updated, 0 unchanged",
        "thresholds: 1 created, 0 updated, 0 unchanged",
        "months: 12 created, 0 updated, 0 unchanged",
        "reference figures: 25 created, 0 updated, 0 unchanged",
        "published figures: 28 created, 0 updated, 0 unchanged",
        "assessment schemes: 2 created, 0 updated, 0 unchanged",
        "assessment rounds: 4 created, 0 updated, 0 unchanged",
        "warning rules: 8 created, 0 updated, 0 unchanged",
        "total: 1466 created, 0 updated, 0 unchanged",
    ]


def test_a_second_load_changes_nothing(capsys: pytest.CaptureFixture) -> None:
    call_command("load_plan")
    DirtyUnit.objects.all().delete()
    call_command("load_plan")

    assert capsys.readouterr().out.splitlines()[-1] == "total: 0 created, 0 updated, 1466 unchanged"
    assert DirtyUnit.objects.count() == 0


def test_a_dry_run_keeps_nothing(capsys: pytest.CaptureFixture) -> None:
    call_command("load_plan", dry_run=True)

    assert "total: 1466 created, 0 updated, 0 unchanged (dry run: nothing was kept)" in capsys.readouterr().out
    assert Plan.objects.count() == 0


def test_a_plan_without_a_split_beside_it_loads_alone(tmp_path: Path) -> None:
    file = tmp_path / "notice.json"
    file.write_text(json.dumps(PLAN))

    call_command("load_plan", file)

    assert Target.objects.exclude(unit__code="000000").count() == 0


def test_what_is_stored_is_what_the_files_say() -> None:
    load_plan(PLAN, SPLIT)

    national = Target.objects.get(indicator__code="T04", unit__code="000000")
    assert (national.target_value, national.bound, national.item.number) == (Decimal("0.046"), "AT_MOST", 1)
    assert national.source == "劳社部发〔2007〕1号，第一项；基数：2006年度劳动和社会保障事业发展统计公报"
    assert not national.is_synthetic
    province = Target.objects.get(indicator__code="T01", unit__code="440000")
    assert (province.target_value, province.is_synthetic) == (Decimal(953_000), True)
    assert (province.bound, province.seasonal_shares[2]) == ("AT_LEAST", Decimal("0.222"))
    assert Indicator.objects.get(code="T03").part_of.code == "T02"
    assert Milestone.objects.get(code="M17-1").baseline_count == 27
    assert set(Assignment.objects.filter(unit__code="900000").values_list("indicator__code", flat=True)) == {"T07"}


def test_an_edited_heading_is_an_update_of_one_row_and_nothing_is_taken_away() -> None:
    load_plan(PLAN, SPLIT)
    plan = copy.deepcopy(PLAN)
    plan["items"][0]["heading_en"] = "Meet the employment targets"
    plan["targets"].pop()

    effects = {effect.kind: effect for effect in load_plan(plan).effects}

    assert (effects["items"].updated, effects["items"].unchanged) == (1, 36)
    assert Item.objects.get(number=1).heading_en == "Meet the employment targets"
    assert Target.objects.filter(indicator__code="T18", unit__code="000000").exists()


def test_whoever_files_something_new_is_added_up_by_the_next_reader() -> None:
    split = copy.deepcopy(SPLIT)
    split["assignments"]["T13"].remove("440000")
    call_command("load_plan")
    Assignment.objects.filter(indicator__code="T13", unit__code="440000").delete()
    DirtyUnit.objects.all().delete()

    load_plan(PLAN, SPLIT)

    assert list(DirtyUnit.objects.values_list("unit__code", "month")) == [("440000", date(2007, 1, 1))]


def test_months_fall_due_on_the_fifth_or_the_next_working_day() -> None:
    call_command("load_plan")

    due = {period.month.month: period.due_on for period in ReportingMonth.objects.all()}
    assert due[4] == date(2007, 5, 8)  # the Labour Day week
    assert due[9] == date(2007, 10, 8)  # the National Day week
    assert due[10] == date(2007, 11, 5)
    assert due[12] == date(2008, 1, 7)  # a Saturday


def test_a_month_moved_by_the_planner_stays_moved() -> None:
    call_command("load_plan")
    ReportingMonth.objects.filter(month=date(2007, 10, 1)).update(due_on=date(2007, 11, 9))

    call_command("load_plan")

    assert ReportingMonth.objects.get(month=date(2007, 10, 1)).due_on == date(2007, 11, 9)


def headline() -> list[str]:
    chosen = Target.objects.filter(headline_position__isnull=False).order_by("headline_position")
    return list(chosen.values_list("indicator__code", flat=True))


def test_the_headline_figures_follow_the_file_and_stay_where_it_names_none() -> None:
    load_plan(PLAN)
    assert headline() == ["T01", "T04", "T02", "T08", "T10", "T09", "T11", "T18"]

    turned, silent = copy.deepcopy(PLAN), copy.deepcopy(PLAN)
    for target in turned["targets"]:
        if "headline_position" in target:
            target["headline_position"] = 9 - target["headline_position"]
    for target in silent["targets"]:
        target.pop("headline_position", None)
    load_plan(turned)
    load_plan(silent)

    assert headline() == ["T18", "T11", "T09", "T10", "T08", "T02", "T04", "T01"]


def edited(path: str, value: object) -> dict:
    """Return the plan with the value set at a place such as ``indicators/3/kind``."""
    plan = copy.deepcopy(PLAN)
    *parents, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    place = plan
    for step in parents:
        place = place[step]
    place[last] = value
    return plan


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("schema", "workplan/plan/2", "/schema: is 'workplan/plan/2'; this command reads 'workplan/plan/1'."),
        ("chapters/1/number", 1, "/chapters/1/number: chapter 1 stands already at /chapters/0/number."),
        ("items/0/chapter", 9, "/items/0/chapter: there is no chapter 9."),
        ("items/3/number", 1, "/items/3/number: item 1 stands already at /items/0/number."),
        ("items/0/milestones/0/actors", "P", "/items/0/milestones/0/actors: a list is expected here."),
        ("items/0/milestones", None, "/items/0/milestones: a list is expected here."),
        ("indicators/2/part_of", "T99", "/indicators/2/part_of: there is no indicator 'T99'."),
        ("indicators/2/part_of", "T03", "/indicators/2/part_of: T03 is itself a part."),
        ("indicators/2/part_of", "T08", "/indicators/2/part_of: T08 is of another kind."),
        ("indicators/3/unit_aggregation", "SUM", f"/indicators/3/unit_aggregation: {POOLING}"),
        ("indicators/3/numerator_name", "", f"/indicators/3/numerator_name: {PARTS_NAMED}"),
        ("indicators/1/code", "T01", "/indicators/1/code: indicator T01 stands already above."),
        ("targets/0/target_value", "-1", "/targets/0/target_value: must not be negative."),
        ("targets/1/indicator", "T01", "/targets/1: 000000 has a target for T01 already."),
        ("targets/0/seasonal_shares", ["0.5", "0.4"], f"/targets/0/seasonal_shares: {CURVE}"),
        (
            "targets/1/headline_position",
            1,
            "/targets/1/headline_position: headline position 1 stands already at /targets/0/headline_position.",
        ),
        ("targets/0/indicator", "T77", "/targets/0/indicator: there is no indicator 'T77'."),
    ],
)  # fmt: skip
def test_each_fault_of_the_plan_is_explained_with_its_place(path: str, value: object, said: str) -> None:
    assert said in problems(edited(path, value))


def without(split: dict) -> None:
    del split["assignments"]


def of_another_year(split: dict) -> None:
    split["year"] = 2008


def with_an_unknown_unit(split: dict) -> None:
    split["targets"][0]["unit"] = "123456"


def with_a_map_tile(split: dict) -> None:
    split["assignments"]["T01"][0] = "710000"


def with_a_double_assignment(split: dict) -> None:
    split["assignments"]["T01"][0] = "120000"


def with_a_word_for_a_list(split: dict) -> None:
    split["assignments"]["T01"] = "all"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (of_another_year, "/year: is 2008; the plan is of 2007."),
        (with_an_unknown_unit, "/targets/0/unit: there is no unit '123456'."),
        (with_a_map_tile, "/assignments/T01/0: there is no unit '710000'."),
        (with_a_double_assignment, "/assignments: a unit is assigned an indicator twice."),
        (with_a_word_for_a_list, "/assignments/T01: a list of units is expected here."),
        (without, "/assignments: an object of indicators is expected here."),
    ],
)
def test_each_fault_of_the_split_is_explained_with_its_place(change: Callable[[dict], None], said: str) -> None:
    split = copy.deepcopy(SPLIT)
    change(split)

    assert said in problems(PLAN, split)


def test_a_refused_file_ends_the_command_with_every_fault(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    plan = edited("plan/year", "soon")
    plan["indicators"][0]["frequency"] = 5
    file.write_text(json.dumps(plan))

    with pytest.raises(CommandError) as refused:
        call_command("load_plan", file)

    assert [line.split(":")[0] for line in str(refused.value).splitlines()[1:]] == [
        "/plan/year",
        "/indicators/0/frequency",
    ]
