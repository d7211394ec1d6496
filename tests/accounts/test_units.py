"""The tree of units from a file: the one that ships, what is refused, and what moves."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import ReportingUnit, UnitAlias
from accounts.units import load_units
from tests.factories import UnitFactory
from workplan.lib.loading import Effect, FileRefused

pytestmark = pytest.mark.django_db

FILE = Path(__file__).resolve().parents[2] / "fixtures" / "units.json"


def small_tree() -> dict:
    """The nation with one province and one prefecture."""
    shared = {"region": "", "position": 1, "tile_row": None, "tile_col": None, "iso": ""}

    def unit(code: str, kind: str, level: int, parent: str | None, aliases: list[str]) -> dict:
        names = {"name": f"单位{code}", "short_name": code, "name_en": f"Unit {code}"}
        return {"code": code, **names, "kind": kind, "level": level, "parent": parent, "aliases": aliases, **shared}

    units = [
        unit("000000", "NATION", 0, None, ["全国合计"]),
        unit("440000", "PROVINCE", 1, "000000", ["粤"]),
        unit("440100", "PREFECTURE", 2, "440000", []),
        unit("450000", "PROVINCE", 1, "000000", []),
    ]
    return {"schema": "workplan/units/1", "units": units}


def problems(document: Mapping[str, object]) -> list[str]:
    with pytest.raises(FileRefused) as refused:
        load_units(document)
    return [str(problem) for problem in refused.value.problems]


def test_the_units_that_ship_load_once_and_change_nothing_the_second_time(capsys: pytest.CaptureFixture) -> None:
    call_command("load_units", FILE)
    call_command("load_units", FILE)

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "units: 37 created, 0 updated, 0 unchanged"
    assert lines[2:5] == [
        "region schemes: 2 created, 0 updated, 0 unchanged",
        "regions: 7 created, 0 updated, 0 unchanged",
        "region members: 64 created, 0 updated, 0 unchanged",
    ]
    assert lines[6:8] == ["units: 0 created, 0 updated, 37 unchanged", "aliases: 0 created, 0 updated, 141 unchanged"]
    assert lines[11] == "total: 0 created, 0 updated, 251 unchanged"
    assert ReportingUnit.objects.get(code="440000").path == "000000.440000."
    assert UnitAlias.objects.get(name="粤").unit.code == "440000"


def test_a_dry_run_says_what_it_would_do_and_keeps_nothing(capsys: pytest.CaptureFixture) -> None:
    call_command("load_units", FILE, dry_run=True)

    assert capsys.readouterr().out.splitlines()[-1].endswith("(dry run: nothing was kept)")
    assert ReportingUnit.objects.count() == 0


def test_a_changed_name_is_an_update_of_one_row() -> None:
    document = small_tree()
    load_units(document)
    document["units"][1]["name"] = "广东省"

    assert load_units(document)[0] == Effect("units", created=0, updated=1, unchanged=3)
    assert ReportingUnit.objects.get(code="440000").name == "广东省"


def test_a_moved_unit_takes_units_along_that_the_file_does_not_list() -> None:
    document = small_tree()
    load_units(document)
    UnitFactory(code="440101", kind="COUNTY", parent=ReportingUnit.objects.get(code="440100"))
    document["units"][2]["parent"] = "450000"

    load_units(document)

    assert ReportingUnit.objects.get(code="440100").path == "000000.450000.440100."
    assert ReportingUnit.objects.get(code="440101").path == "000000.450000.440100.440101."


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": "44000"}, "/units/1/code: a unit's code is six digits."),
        ({"parent": "999999"}, "/units/1/parent: there is no unit '999999'."),
        ({"parent": 5}, "/units/1/parent: a code or null is expected here."),
        ({"parent": None}, "/units/1/parent: only the nation and unreporting tiles have no parent."),
        ({"level": 2}, "/units/1/level: is not one below the level 0 of 000000."),
        ({"aliases": "粤"}, "/units/1/aliases: a list of names is expected here."),
        ({"aliases": ["全国合计"]}, "/units/1/aliases/0: alias 全国合计 stands already at /units/0/aliases/0."),
        ({"colour": "red"}, "/units/1/colour: is not a key of this file."),
        ({"name": None}, "/units/1/name: null is not allowed here."),
        ({"kind": "STATE"}, "/units/1/kind: 值 'STATE' 不是有效选项。"),
    ],
)
def test_each_fault_is_explained_with_its_place(change: dict, said: str) -> None:
    document = small_tree()
    document["units"][1] |= change

    assert said in problems(document)
    assert ReportingUnit.objects.count() == 0


def test_every_fault_is_told_at_once() -> None:
    document = small_tree()
    del document["units"][1]["name"]
    document["units"].append(copy.deepcopy(document["units"][3]))
    document["units"].append("450200")

    assert problems(document) == [
        "/units/1/name: is missing.",
        "/units/5: an object is expected here.",
        "/units/4/code: unit 450000 stands already at /units/3/code.",
    ]


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "units.json"
    file.write_text(json.dumps({"schema": "workplan/plan/1", "units": []}))

    with pytest.raises(CommandError, match="1 to put right:\n/schema: is 'workplan/plan/1'"):
        call_command("load_units", file)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[]", "holds no object"),
        ("{", "is not JSON"),
        ('{"units": [0.1]}', "0.1 is a binary fraction; write decimals in quotation marks"),
        (None, "cannot be read: No such file or directory"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_name(tmp_path: Path, content: str | None, said: str) -> None:
    file = tmp_path / "units.json"
    if content is not None:
        file.write_text(content)

    with pytest.raises(CommandError, match=said) as refused:
        call_command("load_units", file)
    assert str(file) in str(refused.value)
