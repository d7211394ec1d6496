"""The file of figures from elsewhere: what ships is sourced, and what is wrong is said with its place."""

from __future__ import annotations

import copy
import json
from decimal import Decimal

import pytest
from django.conf import settings

from submissions.models import PublishedFigure, ReferenceFigure
from submissions.references import load_references
from tests import factories
from workplan.lib.loading import FileRefused

FILE = json.loads((settings.BASE_DIR / "fixtures" / "references_2007.json").read_text(encoding="utf-8"))


@pytest.fixture
def country(db):
    for row in FILE["references"]:
        factories.UnitFactory(code=row["unit"])
    for code in {row["indicator"] for row in FILE["published"]}:
        factories.IndicatorFactory(code=code)


def test_what_ships_loads_whole_with_its_sources(country):
    load_references(FILE)

    assert ReferenceFigure.objects.get(unit__code="440000").value == Decimal(52_928_000)
    assert not ReferenceFigure.objects.filter(source="").exists()
    final = PublishedFigure.objects.get(indicator__code="T11", release="FINAL")
    assert (final.value, final.published_on.isoformat()) == (Decimal(121_730_000), "2008-03-31")
    assert [effect.created for effect in load_references(FILE)] == [0, 0]


def test_a_figure_may_be_a_units(country):
    document = copy.deepcopy(FILE)
    document["published"].append({**document["published"][0], "unit": "440000", "is_synthetic": True})

    load_references(document)

    (one,) = PublishedFigure.objects.filter(unit__code="440000")
    assert one.is_synthetic
    assert load_references(document)[1].created == 0


def wrong_year(document):
    document["year"] = "2007"


def unknown_unit(document):
    document["references"][0]["unit"] = "999999"


def unknown_indicator(document):
    document["published"][0]["indicator"] = "T99"


def unknown_units_figure(document):
    document["published"][0]["unit"] = "999999"


def twice(document):
    document["published"].append(document["published"][0])


def reference_twice(document):
    document["references"].append(document["references"][0])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (wrong_year, "/year"),
        (unknown_unit, "/references/0/unit"),
        (unknown_indicator, "/published/0/indicator"),
        (unknown_units_figure, "/published/0/unit"),
        (twice, "figure"),
        (reference_twice, "reference"),
    ],
)
def test_each_fault_is_explained_with_its_place(country, change, said):
    document = copy.deepcopy(FILE)
    change(document)

    with pytest.raises(FileRefused) as refused:
        load_references(document)

    assert said in " ".join(str(problem) for problem in refused.value.problems)
    assert not ReferenceFigure.objects.exists()
