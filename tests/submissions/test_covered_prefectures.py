"""What prefectures do: the unit above them says how many have done it, of how many, by form and in the filing."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry
from submissions import services
from submissions.forms import ReportForm
from submissions.intake import InputRefused, read_milestones
from submissions.milestones import milestone_rows
from submissions.models import MilestoneState
from submissions.statement import statement
from tests import factories
from tests.factories import shanghai

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 3)
TODAY = date(2007, 10, 12)


@pytest.fixture
def cities(unit):
    """Four prefectures of the unit owe it by the plan."""
    return factories.MilestoneFactory(
        code="M27-2", actors=["C"], scope="PREFECTURES", scope_count=333, scope_by_unit={unit.code: 4}
    )


@pytest.fixture
def of_nobody():
    """The plan names no prefecture of the unit: a municipality, say."""
    return factories.MilestoneFactory(code="M27-3", actors=["C"], scope="PREFECTURES", scope_count=333)


@pytest.fixture
def plain():
    return factories.MilestoneFactory(code="M01-1")


def read(unit, period, **row):
    report = services.report_for(unit, period)
    (one,) = read_milestones(report, [{"milestone": "M27-2", "state": "in_progress", **row}], today=TODAY)
    return one.covered, one.in_scope


def refused(unit, period, **row):
    with pytest.raises(InputRefused) as refusal:
        read(unit, period, **row)
    return [(one.pointer.rpartition("/")[2], one.code) for one in refusal.value.complaints]


# The gate --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "counted"),
    [
        ({}, (None, None)),
        ({"covered": ""}, (None, None)),
        ({"covered": "3"}, (3, 4)),
        ({"covered": 3}, (3, 4)),
        ({"covered": "３"}, (3, 4)),
        ({"covered": "0"}, (0, 4)),
        ({"covered": "4"}, (4, 4)),
        ({"covered": "5", "in_scope": "18"}, (5, 18)),
        ({"in_scope": "18"}, (None, None)),
    ],
)
def test_a_count_is_read_by_the_one_grammar_and_its_scope_is_the_plans_unless_named(unit, period, cities, row, counted):
    assert read(unit, period, **row) == counted


@pytest.mark.parametrize(
    ("row", "faults"),
    [
        ({"covered": "5"}, [("covered", "more_than_in_scope")]),
        ({"covered": "19", "in_scope": "18"}, [("covered", "more_than_in_scope")]),
        ({"covered": "-1"}, [("covered", "negative")]),
        ({"covered": "1.5"}, [("covered", "too_many_decimals")]),
        ({"covered": "10000"}, [("covered", "over_maximum")]),
        ({"covered": "三"}, [("covered", "chinese_numeral")]),
        ({"covered": "0", "in_scope": "0"}, [("in_scope", "in_scope_missing")]),
        ({"milestone": "M27-3", "covered": "1"}, [("in_scope", "in_scope_missing")]),
        ({"milestone": "M01-1", "covered": "1"}, [("covered", "field_not_used")]),
    ],
)
def test_a_count_that_cannot_be_is_named(unit, period, cities, of_nobody, plain, row, faults):
    assert refused(unit, period, **row) == faults


def test_a_count_left_out_stays_and_an_emptied_one_goes(unit, period, cities):
    report = factories.ReportFactory(unit=unit, period=period)
    MilestoneState.objects.create(filing=report.filing, milestone=cities, state="IN_PROGRESS", covered=7, in_scope=18)

    assert read(unit, period, note="又一市") == (7, 18)
    assert read(unit, period, covered="8") == (8, 18)
    assert read(unit, period, covered=None) == (None, None)


# The database ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"covered": 5, "in_scope": 4}, "submissions_milestone_covers_no_more_than_its_scope"),
        ({"covered": 0, "in_scope": 0}, "submissions_milestone_some_are_in_scope"),
        ({"covered": 3, "in_scope": None}, "submissions_milestone_covered_of_how_many"),
        ({"covered": None, "in_scope": 3}, "submissions_milestone_covered_of_how_many"),
    ],
)
def test_counts_that_cannot_be_are_refused_below_the_models(unit, period, cities, change, name):
    report = factories.ReportFactory(unit=unit, period=period)
    MilestoneState.objects.create(filing=report.filing, milestone=cities, state="IN_PROGRESS")

    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        MilestoneState.objects.filter(milestone=cities).update(**change)
    assert refusal.value.__cause__.diag.constraint_name == name


def test_the_database_counts_prefectures_only_of_what_prefectures_do(unit, period, plain):
    report = factories.ReportFactory(unit=unit, period=period)

    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        MilestoneState.objects.create(filing=report.filing, milestone=plain, state="IN_PROGRESS", covered=1, in_scope=4)
    assert refusal.value.__cause__.diag.constraint_name == "submissions_milestone_counts_what_prefectures_do"


def test_counts_of_a_submitted_filing_are_frozen_and_copied_into_the_next(period, cities, ministry):
    unit, another = factories.UnitFactory(), factories.person("MINISTRY_REVIEWER")
    factories.AssignmentFactory(unit=unit, indicator=factories.IndicatorFactory(code="T01"))
    report = factories.file(unit, period, {"T01": "1"}, by=ministry, now=NOW)
    row = {"milestone": "M27-2", "state": "in_progress", "covered": 3, "in_scope": 4}
    told = read_milestones(report, [row], today=TODAY)
    report = services.save_draft(report, by=ministry, now=NOW, version=report.version, milestones=told)
    newest = AuditEntry.objects.filter(action="report.save").order_by("-number")[0]
    assert newest.details["changes"] == {"M27-2": "IN_PROGRESS 3/4"}
    report = services.submit(report, by=ministry, now=NOW, version=report.version)

    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        MilestoneState.objects.update(covered=4)
    report = services.approve(report, by=another, now=NOW, version=report.version)
    report = services.correct(report, by=ministry, now=NOW, version=report.version, comment="漏报一市")
    assert list(report.filing.milestones.values_list("covered", "in_scope")) == [(3, 4)]


# The form --------------------------------------------------------------------------------------


def form_over(unit, period, lead, posted=None):
    report = services.report_for(unit, period)
    told = statement(report, person=lead, today=TODAY)
    return ReportForm(told, milestone_rows(report, today=TODAY), posted=posted)


def test_the_form_asks_for_counts_where_prefectures_do_it_and_nowhere_else(unit, period, cities, plain, lead):
    names = form_over(unit, period, lead).cells

    assert {"milestone.M27-2.covered", "milestone.M27-2.in_scope"} <= names.keys()
    assert "milestone.M01-1.covered" not in names


def test_a_count_typed_on_the_page_is_saved_and_shown_again(client, unit, period, cities, lead):
    first = form_over(unit, period, lead)
    posted = {name: cell.text for name, cell in first.cells.items()} | {"seen": first.seen}
    posted |= {"milestone.M27-2.state": "IN_PROGRESS", "milestone.M27-2.covered": "3"}
    draft = form_over(unit, period, lead, posted).read(first.told.report, today=TODAY)
    services.save_draft(first.told.report, by=lead, now=NOW, version=0, milestones=draft.milestones)

    again = form_over(unit, period, lead)
    assert [again.cells[f"milestone.M27-2.{name}"].text for name in ("covered", "in_scope")] == ["3", "4"]
    client.force_login(lead)
    page = client.get(f"/reports/{period.month:%Y-%m}/{unit.code}/").content.decode()
    assert 'name="milestone.M27-2.covered" value="3"' in page
    assert "不填即 4" in page


# Who reports it --------------------------------------------------------------------------------


def test_what_prefectures_do_is_reported_by_the_unit_above_them_and_not_by_the_ministry(unit, cities):
    nation = factories.NationFactory()

    assert (cities.is_filed_by_units, cities.is_counted) == (True, True)
    assert type(cities).objects.filed_by(unit).filter(pk=cities.pk).exists()
    assert not type(cities).objects.filed_by(nation).filter(pk=cities.pk).exists()
    assert (cities.n_owed_by(unit), cities.n_owed_by(nation), cities.n_owed_by(factories.UnitFactory())) == (
        4, 333, None,
    )  # fmt: skip
