"""The corpus of workbooks through the reader, the gate and the write: every verdict as stated, nothing in part."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import transaction

from accounts.models import FormerUnit
from submissions.bulk import imports, sources
from submissions.known import Known
from submissions.models import Figure, MonthlyReport, ReportingMonth
from targets.models import FormerIndicator, Indicator
from tests import factories
from tests.submissions.workbooks import Case, corpus
from workplan.lib.spreadsheets import SheetRefused

NOW = factories.shanghai(2007, 10, 12)
LEAST_CASES = 120
#: Of 500 faults the first few sentences are looked at.
MOST_TOLD = 5
PART_NAMES = {"workers": "在职职工", "retirees": "离退休人员"}


class _Undone(Exception):
    """Ends the transaction of one case."""


@pytest.fixture
def guangdong(db):
    """A province that files every kind of indicator, beside another one."""
    units = [
        factories.UnitFactory(code="440000", name="广东省", short_name="广东", name_en="Guangdong"),
        factories.UnitFactory(code="230000", name="黑龙江省", short_name="黑龙江"),
    ]
    for indicator in (
        factories.IndicatorFactory(code="T01"),
        factories.IndicatorFactory(code="T04", ratio=True),
        factories.IndicatorFactory(code="T11", stock=True),
        factories.IndicatorFactory(code="T08", stock=True),
        factories.IndicatorFactory(code="T13", count=True),
        factories.IndicatorFactory(code="T18", zero=True),
    ):
        for unit in units:
            factories.AssignmentFactory(unit=unit, indicator=indicator)
    for code in ("workers", "retirees"):
        factories.IndicatorPartFactory(indicator=Indicator.objects.get(code="T08"), code=code, name=PART_NAMES[code])
    january, *_months = factories.months_of_2007()
    _close(january)
    clerk = factories.person("CLERK", units[0])
    for month, figures in ((4, {"T01": "240000"}), (5, {"T01": "300000", "T11": "840000"})):
        period = ReportingMonth.objects.get(month=date(2007, month, 1))
        factories.file(units[0], period, figures, by=clerk, now=NOW)
    FormerUnit.objects.create(code="441900", name="南海行署", successor=units[0], retired_on=date(2006, 1, 1))
    FormerUnit.objects.create(code="231900", name="合江地区", successor=units[1], retired_on=date(2006, 1, 1))
    FormerIndicator.objects.create(
        code="Z01", name="城镇新增就业人数", successor=Indicator.objects.get(code="T01"), retired_on=date(2007, 1, 1)
    )
    return units[0]


def _close(period: ReportingMonth) -> None:
    period.closed_at, period.closed_by = NOW, factories.UserFactory()
    period.save()


def verdict_on(case: Case, by: object) -> dict[str, object]:
    """Return what became of the case: the refusal of the file, or faults, counts and notes; and what was written."""
    found: dict[str, object] = {"refused": "", "faults": (), "created": 0, "notes": "", "findings": ()}
    n_before = Figure.objects.count()
    try:
        with transaction.atomic():
            try:
                outcome = imports.run(sources.from_workbook(case.data), imports.Options(), by=by, now=NOW)
            except SheetRefused as refusal:
                found |= {"refused": refusal.code, "notes": str(refusal)}
            else:
                told = outcome.as_answer()
                faults = tuple((one["row"], one["column"], one["code"]) for one in told["errors"])
                told_words = [*told.get("notes", []), *(one["message"] for one in told["errors"][:MOST_TOLD])]
                found |= {"faults": faults, "created": told["created"], "notes": "\n".join(told_words)}
                if case.findings:
                    found["findings"] = asked_about(date(2007, 6, 1))
            found["written"] = Figure.objects.count() - n_before
            raise _Undone
    except _Undone:
        return found


def asked_about(month: date) -> tuple[str, ...]:
    """Return the rules that ask about the figures of the month's report, as it now stands."""
    report = MonthlyReport.objects.select_related("unit", "period", "filing").get(period=month)
    filed = set(report.filing.figures.values_list("indicator__code", flat=True))
    return tuple(one.key for one in Known([report]).findings(report) if one.indicator in filed)


def differences(case: Case, found: dict[str, object]) -> list[str]:
    wanted = {"refused": case.refused, "faults": case.faults, "created": case.created, "written": case.created}
    wanted["findings"] = case.findings
    wrong = [
        f"{case.name}: {key} is {found[key]!r}, not {value!r}" for key, value in wanted.items() if found[key] != value
    ]
    return wrong + [
        f"{case.name}: {words!r} is not told in {found['notes']!r}"
        for words in case.notes
        if words not in found["notes"]
    ]


def test_g16_every_workbook_of_the_corpus_gets_its_verdict(guangdong):
    clerk = factories.person("CLERK", guangdong, username="gd_clerk")
    cases = corpus()

    wrong = [one for case in cases for one in differences(case, verdict_on(case, clerk))]

    assert not wrong, "\n".join(wrong)
    assert len(cases) >= LEAST_CASES
    assert len({case.name for case in cases}) == len(cases)


def test_the_corpus_covers_its_rows_of_the_acceptance_list():
    told = {row for case in corpus() for row in re.findall(r"X-\d\d", case.name)}

    assert told >= {f"X-{number:02}" for number in (*range(1, 23), *range(24, 35), 38, 43)}
