"""Assessment over REST: schemes as data, the results of a round, one sheet; the same scoping as the pages."""

from __future__ import annotations

import pytest

from reporting.assessment import grading
from tests.factories import person
from tests.reporting.assessed import NOW, confirmed, filing_unit, handed_in, round_of, scheme

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(country):
    return round_of(scheme())


@pytest.fixture
def units(taken):
    return [filing_unit("230000", jobs=720), filing_unit("440000", jobs=900)]


def leads(people_of):
    return [people_of["hl_lead"], people_of["gd_lead"]]


def test_schemes_are_data_with_their_rounds(caller, taken):
    (found,) = caller("analyst").get_json("assessment/schemes/")["results"]

    assert (found["code"], found["plan"], found["full_points"], found["excellent_share"]) == ("S1", 2007, "100", "0.3")
    assert [(one["code"], one["weight"]) for one in found["sections"]] == [("A", "70"), ("B", "30")]
    assert [one["kind"] for one in found["sections"][0]["criteria"]] == ["target", "milestones", "deduction"]
    assert found["rounds"] == [
        {
            "code": "S1-Q3", "name": "前三季度", "month": "2007-09", "basis": "path", "opens_on": "2007-10-09",
            "published_at": None,
        }
    ]  # fmt: skip


def test_before_publication_a_bureau_reads_its_own_result_alone(caller, taken, units, people_of):
    for unit, lead in zip(units, leads(people_of), strict=True):
        handed_in(taken, unit, by=lead)

    (found,) = caller("gd_lead").get_json("assessment/results/")["results"]

    assert found == {
        "round": "S1-Q3", "unit": "440000", "state": "submitted",
        "sections": [
            {"code": "A", "weight": "70", "points": "45.5"},
            {"code": "B", "weight": "30", "points": "24"},
        ],
        "total": "69.5", "rank": None, "grade": None, "is_provisional": True, "is_cancelled": False,
    }  # fmt: skip


def test_after_publication_everybody_reads_every_grade(caller, taken, units, people_of):
    second = person("MINISTRY_REVIEWER")
    for unit, lead in zip(units, leads(people_of), strict=True):
        confirmed(taken, unit, by=lead, reviewer=people_of["ministry"], second=second)
    grading.publish(taken, by=second, now=NOW, n_confirmed=2)

    found = caller("hl_clerk").get_json("assessment/results/", round="S1-Q3")["results"]

    assert [(one["unit"], one["rank"], one["grade"]) for one in found] == [
        ("440000", 1, "failed"),
        ("230000", 2, "failed"),
    ]
    grading.cancel_grade(taken.sheets.get(unit=units[1]), by=second, now=NOW, reason="虚报培训人数。")
    (first, _other) = caller("hl_clerk").get_json("assessment/results/")["results"]
    assert (first["rank"], first["grade"], first["is_cancelled"]) == (1, None, True)


def test_a_sheet_has_every_point_and_what_it_came_from(caller, taken, units, people_of):
    handed_in(taken, units[0], by=people_of["hl_lead"])

    sheet = caller("ministry").get_json("assessment/results/S1-Q3/230000/")

    assert (sheet["state"], sheet["total"], sheet["version"]) == ("submitted", "61.5", 1)
    assert [(one["criterion"], one["computed"], one["claimed"], one["points"]) for one in sheet["lines"]] == [
        ("A1", "32", None, "32"),
        ("A2", "0", None, "0"),
        ("A3", "5.5", None, "5.5"),
        ("B1", None, "24", "24"),
    ]
    assert sheet["lines"][0]["inputs"]["expected"] == "900"


def test_a_sheet_nobody_began_shows_what_is_measured_so_far(caller, taken, units):
    sheet = caller("gd_clerk").get_json("assessment/results/S1-Q3/440000/")

    assert (sheet["state"], sheet["version"], sheet["total"]) == ("not_begun", 0, None)
    assert [one["points"] for one in sheet["lines"]] == ["40", "0", "5.5", None]


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("hl_lead", "assessment/results/S1-Q3/440000/", 404),
        ("ministry", "assessment/results/NOPE/440000/", 404),
        ("ministry", "assessment/results/S1-Q3/999999/", 404),
        ("ministry", "assessment/results/?round=NOPE", 400),
        ("ministry", "assessment/results/?year=2007", 400),
        ("auditor", "assessment/results/", 403),
        ("auditor", "assessment/schemes/", 403),
        ("auditor", "assessment/results/S1-Q3/440000/", 403),
    ],
)
def test_what_is_not_open_is_refused(caller, taken, units, who, path, status):
    assert caller(who).get(f"/api/v1/{path}").status_code == status


def test_without_a_round_there_are_no_results(caller, country):
    assert caller("ministry").get_json("assessment/results/")["results"] == []
