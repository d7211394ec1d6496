"""G-18: the same text gets the same verdict wherever it is written: form, REST, CSV, a workbook's cell, the grid."""

from __future__ import annotations

import csv
import io
import os
import re
from datetime import datetime

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from submissions.bulk.subjects import FIGURES
from submissions.bulk.tables import _value
from submissions.forms import ReportForm
from submissions.intake import FigureReader, InputRefused
from submissions.models import MonthlyReport
from submissions.patches import MOST_CELLS, Outcome, read_patch, take
from submissions.statement import Row, Statement
from targets.models import Indicator, IndicatorPart, Kind
from tests import factories
from tests.depth import times
from tests.workplan.test_number_properties import FULL_WIDTH, OUTSIDE
from workplan.lib.spreadsheets import read_text
from workplan.lib.spreadsheets.cells import cell_from

#: Strings per run; each drawn text holds many, divided by a sign that no figure holds.
IN_FULL = int(os.environ.get("WORKPLAN_EXAMPLES", "100000"))
LEAST_STRINGS = times(IN_FULL)
#: The grid is sent every twentieth: its road leads over the database, a patch at a time.
LEAST_SENT = IN_FULL // 20
LONGEST, DIVIDER = 1_500, "|"
SIGNS = (
    "0123456789" * 5 + ".,-+" * 3 + "万亿%eE_'()十零NaN人元/—" + "".join(FULL_WIDTH.values()) + "".join(sorted(OUTSIDE))
)
ODD = "\x1c\x1d\x1f\x85\u180e\u2028٣²①"
#: A sixth of the signs divide one text from the next.
ALPHABET = SIGNS + ODD + DIVIDER * (len(SIGNS) // 5)
#: The scripts of filing and review, and how a script reads a number.
SCRIPTS = ("static/js", "assets/autosave", "assets/filing", "assets/grid")
READING = re.compile(r"(?:\bNumber(?:\.parse\w+)?|\bparse(?:Float|Int))\([^)]*\)")
#: The library draws long texts over a range of characters quickly; each of them stands for a sign of ours.
FIRST = 0x4E00
MEANT = {FIRST + number: sign for number, sign in enumerate(ALPHABET)}
DRAWN = st.characters(min_codepoint=FIRST, max_codepoint=FIRST + len(ALPHABET) - 1)
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 -- the day a workbook counts from has no zone
INDICATOR = Indicator(pk=1, code="T01", kind=Kind.STOCK, decimals=2)
INDICATOR._prefetched_objects_cache = {"filed_parts": IndicatorPart.objects.none()}


def verdict(raw: object) -> tuple[object, ...]:
    """Return what the gate makes of a cell: the value, or the refusals."""
    reader = FigureReader(None, [INDICATOR], {})
    try:
        [figure] = reader.read([{"indicator": "T01", "value": raw}])
    except InputRefused as refusal:
        return tuple((one.code, one.message) for one in refusal.complaints)
    return (figure.value,)


class Form:
    """The page of one report, filled in again and again."""

    def __init__(self) -> None:
        told = Statement(MonthlyReport(), (Row(INDICATOR, None, None, None, ()),), {})
        self._form = ReportForm(told, [])

    def __call__(self, text: str) -> object:
        self._form._take({"figure.T01.value": text})
        return self._form.cells["figure.T01.value"].text


def through_a_workbook(text: str) -> object:
    cell = cell_from(2, 4, "inlineStr", text, number_format="General", is_formula=False, epoch=EPOCH)
    return _value("value", cell, FIGURES)


def through_a_csv(texts: list[str]) -> list[object]:
    lines = io.StringIO()
    csv.writer(lines, quoting=csv.QUOTE_ALL).writerows([["indicator", "value"], *(["T01", text] for text in texts)])
    return [cells[1] for _line, cells in read_text(lines.getvalue().encode()).rows()][1:]


def test_g18_form_rest_csv_and_workbook_agree_on_every_text():
    n_strings, form = 0, Form()

    @settings(max_examples=LEAST_STRINGS // 190, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.text(DRAWN, min_size=LONGEST - 100, max_size=LONGEST).map(lambda drawn: drawn.translate(MEANT)))
    @example("１２．５|1,234.50 |\x1f5|5\x85|'=1|-1|+1|12万|　5|")
    def agree(text):
        nonlocal n_strings
        texts = text.split(DIVIDER)
        n_strings += len(texts)
        for one, from_csv in zip(texts, through_a_csv(texts), strict=True):
            by_rest = verdict(one)
            # Our own CSV puts an apostrophe before what looks like a formula; there it is no part of the text.
            reached = {form(one), through_a_workbook(one), one if one.startswith("'") else from_csv}
            assert {verdict(raw) for raw in reached} == {by_rest}, repr(one)

    agree()
    assert n_strings >= LEAST_STRINGS


class Grid:
    """The cells of one month, all of one kind, as many as a patch may hold."""

    def __init__(self) -> None:
        self._unit, self._period = factories.UnitFactory(code="440000"), factories.MonthFactory(number=9)
        self._clerk = factories.person("CLERK", self._unit)
        for number in range(MOST_CELLS):
            indicator = factories.IndicatorFactory(code=f"X{number:03}", stock=True, decimals=2, frequency=1)
            factories.AssignmentFactory(unit=self._unit, indicator=indicator)

    def __call__(self, texts: list[str]) -> list[tuple[object, ...]]:
        """Send the texts as the grid's script does, read and not stored; return the verdicts."""
        names = [f"figure.X{number:03}.value" for number in range(len(texts))]
        cells = [
            {"month": "2007-09", "name": name, "text": text, "seen": ""}
            for name, text in zip(names, texts, strict=True)
        ]
        patch = read_patch({"person": self._clerk.pk, "dry_run": True, "cells": cells})
        [answer] = take(self._unit, patch, by=self._clerk, now=factories.shanghai(2007, 10, 3))
        assert [one.cell.name for one in answer.cells] == names
        return [
            tuple((fault.code, fault.message) for fault in one.complaints)
            if one.outcome == Outcome.REFUSED
            else (one.value,)
            for one in answer.cells
        ]


@pytest.mark.django_db
def test_g18_the_grid_agrees_on_every_text_too():
    n_strings, grid = 0, Grid()

    @settings(max_examples=max(1, LEAST_SENT // 180), deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.text(DRAWN, min_size=LONGEST, max_size=LONGEST).map(lambda drawn: drawn.translate(MEANT)))
    @example("１２．５|1,234.50 |\x1f5|5\x85|'=1|-1|+1|12万|　5|")
    def agree(text):
        nonlocal n_strings
        texts = text.split(DIVIDER)[:MOST_CELLS]
        n_strings += len(texts)
        assert grid(texts) == [verdict(one) for one in texts]

    agree()
    assert n_strings >= LEAST_SENT


def test_no_script_reads_a_number_that_a_person_typed():
    """UX-18: what a number is in words is asked of the server. Left are the page's counts and a clipboard's doubles."""
    scripts = [path for folder in SCRIPTS for path in (django_settings.BASE_DIR / folder).rglob("*.js")]
    calls = {call for path in scripts for call in READING.findall(path.read_text())}

    assert len(scripts) > 20
    assert calls == {"Number(tr.dataset.decimals)", "Number(place)", "Number(full)", "Number(digits)"}
