"""The demonstration year: true to the published results, every story in it, safe to repeat and to take away.

Loading takes seconds, so one load serves the tests of a stage; what a test changes is rolled back after it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.db.models import F
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from accounts import audit
from accounts.models import NATION_CODE, AuditEntry, ReportingUnit, User
from reporting import publishing, totals
from reporting.assessment import services as assessing
from reporting.assessment.workflow import AssessmentRefused
from reporting.board import board, board_item
from reporting.demo import data, play, removal
from reporting.demo.series import apportion
from reporting.models import Assessment, AssessmentRound, Snapshot, Total
from reporting.pages.leader import leader_page
from submissions import services, workflow
from submissions.evidence import store
from submissions.known import Known
from submissions.models import (
    Decision,
    EvidenceFile,
    Excuse,
    Explanation,
    Figure,
    Filing,
    MilestoneState,
    MonthlyReport,
    PublishedFigure,
    ReportingMonth,
    ReportStatus,
    Verb,
)
from targets.goals import Status
from targets.models import MilestoneExemption, Plan
from tests.factories import ReportFactory, shanghai
from tests.kept import kept_until_the_end

GUANGDONG, HEILONGJIANG, HUBEI = "440000", "230000", "420000"
WAN = 10_000
DEMO = data.read()
ON_12_OCTOBER = shanghai(2007, 10, 12)


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    """The demonstration as it stands on 12 October 2007."""
    with kept_until_the_end(django_db_blocker):
        call_command("load_units", verbosity=0)
        call_command("load_plan", verbosity=0)
        call_command("load_demo", verbosity=0)
        yield


@pytest.fixture
def on_12_october(loaded: None, db: None) -> None:
    """The demonstration for one test."""


@pytest.fixture(scope="module")
def continued(loaded: None, django_db_blocker: object) -> Iterator[None]:
    """The same, continued to the end of the year."""
    with kept_until_the_end(django_db_blocker):
        call_command("load_demo", through="2007-12", verbosity=0)
        totals.refresh()
        yield


@pytest.fixture
def whole_year(continued: None, db: None) -> None:
    """The completed year for one test."""


def report(unit: str, month: int) -> MonthlyReport | None:
    return MonthlyReport.objects.filter(unit__code=unit, period__month__month=month).first()


def national(code: str, month: int) -> Total:
    return Total.objects.get(unit__code=NATION_CODE, indicator__code=code, month=date(2007, month, 1))


def snapshot() -> dict[str, int]:
    """Count every kind of row that loading writes."""
    kinds = (MonthlyReport, Filing, Figure, Decision, MilestoneState, Explanation, AuditEntry, User)
    return {kind.__name__: kind.objects.count() for kind in kinds}


# On 12 October ---------------------------------------------------------------------------------


def test_january_to_august_are_approved_and_published_and_the_first_quarter_is_closed(on_12_october: None) -> None:
    published = ReportingMonth.objects.filter(published_at__isnull=False)
    closed = ReportingMonth.objects.filter(closed_at__isnull=False)

    assert [period.month.month for period in published.order_by("month")] == list(range(1, 9))
    assert [period.month.month for period in closed.order_by("month")] == [1, 2, 3]
    before = MonthlyReport.objects.filter(period__lt=date(2007, 9, 1))
    assert Counter(before.values_list("status", flat=True)) == {ReportStatus.APPROVED: 8 * 33 + 2}


def test_some_assessments_are_under_way_and_one_round_is_published(on_12_october: None) -> None:
    sheets = Assessment.objects.order_by("round__code", "unit__code").values_list("round__code", "unit__code", "state")

    assert list(sheets) == [
        ("JY07-Q3", "330000", "CHECKED"),
        ("JY07-Q3", "410000", "DRAFT"),
        ("NZ07-Q3", "320000", "PUBLISHED"),
        ("NZ07-Q3", "430000", "PUBLISHED"),
        ("NZ07-Q3", "440000", "PUBLISHED"),
        ("NZ07-Q3", "510000", "PUBLISHED"),
    ]
    published = Assessment.objects.filter(state="PUBLISHED").order_by("rank")
    assert [one.grade for one in published] == ["EXCELLENT", "PASSED", "PASSED", "PASSED"]


def test_the_correction_after_publication_shows_as_a_revision(on_12_october: None) -> None:
    """Hubei's June was published in July and corrected in August."""
    june = Snapshot.objects.get(pk=date(2007, 6, 1))
    was = june.rows.get(unit__code=HUBEI, indicator__code="T06")
    now = Total.objects.get(unit__code=HUBEI, indicator__code="T06", month=date(2007, 6, 1))

    assert [str(one) for one in Snapshot.objects.order_by("pk")] == [f"2007-0{month}" for month in range(1, 9)]
    assert was.value > now.value
    assert publishing.is_whole(june)


def test_september_is_approved_for_most_and_in_every_other_state_for_some(on_12_october: None) -> None:
    september = MonthlyReport.objects.filter(period=date(2007, 9, 1))

    assert Counter(september.values_list("status", flat=True)) == {
        ReportStatus.APPROVED: 26,
        ReportStatus.SUBMITTED: 4,
        ReportStatus.RETURNED: 1,
        ReportStatus.DRAFT: 1,
    }
    missing = ReportingUnit.objects.filter(level=1).exclude(kind="MAP_ONLY").exclude(reports__in=september)
    assert set(missing.values_list("code", flat=True)) == {"540000", "630000"}


def test_guangdong_is_approved_in_september_without_a_correction_anywhere(on_12_october: None) -> None:
    assert report(GUANGDONG, 9).status == ReportStatus.APPROVED
    filings = Filing.objects.filter(report__unit__code=GUANGDONG)
    assert set(filings.values_list("number", flat=True)) == {1}


@pytest.mark.parametrize("month", [10, 11, 12])
def test_nobody_has_begun_a_later_month(on_12_october: None, month: int) -> None:
    assert MonthlyReport.objects.filter(period__month__month=month).count() == 0


def test_heilongjiang_is_approved_in_september_and_behind_its_targets(on_12_october: None) -> None:
    assert report(HEILONGJIANG, 9).status == ReportStatus.APPROVED
    new_jobs = Figure.objects.get(filing__report=report(HEILONGJIANG, 9), indicator__code="T01").value
    target = Plan.objects.get().targets.get(unit__code=HEILONGJIANG, indicator__code="T01").target_value
    assert Decimal("0.75") < new_jobs / (target * 9 / 12) < Decimal("0.9")


def test_every_report_and_every_account_is_marked_as_demo(on_12_october: None) -> None:
    assert MonthlyReport.objects.filter(is_demo=False).count() == 0
    assert User.objects.filter(is_demo=False).count() == 0


@pytest.mark.parametrize("row", DEMO.accounts, ids=lambda row: row["username"])
def test_the_accounts_sign_in_with_the_demo_password(on_12_october: None, settings: object, row: dict) -> None:
    person = User.objects.get(username=row["username"])

    assert person.check_password(settings.DEMO_PASSWORD)
    assert list(person.grants.values_list("role", "unit__code")) == [(row["role"], row["unit"])]


def test_the_leads_of_other_units_cannot_sign_in(on_12_october: None) -> None:
    leads = User.objects.filter(username__startswith="lead_")

    assert len(leads) == 31
    assert not any(lead.has_usable_password() for lead in leads)


def test_nobody_signs_in_as_the_ministrys_desk(on_12_october: None) -> None:
    assert not User.objects.get(username="ministry_desk").has_usable_password()


def test_what_a_reviewer_files_for_a_unit_is_approved_by_the_second(on_12_october: None) -> None:
    first, second = (User.objects.get(username=name) for name in ("ministry", "ministry2"))
    waiting = MonthlyReport.objects.awaiting_review().order_by("pk")[0]
    taken_back = services.withdraw(waiting, by=first, now=ON_12_OCTOBER, version=waiting.version)
    filed = services.submit(taken_back, by=first, now=ON_12_OCTOBER, version=taken_back.version)

    with pytest.raises(workflow.OwnSubmission):
        services.approve(filed, by=first, now=ON_12_OCTOBER, version=filed.version)
    approved = services.approve(filed, by=second, now=ON_12_OCTOBER, version=filed.version)
    assert approved.status == ReportStatus.APPROVED


def test_an_assessment_that_one_reviewer_checked_is_confirmed_by_the_second(on_12_october: None) -> None:
    first, second = (User.objects.get(username=name) for name in ("ministry", "ministry2"))
    sheet = Assessment.objects.get(round__code="JY07-Q3", state="DRAFT")
    lead = User.objects.get(username=f"lead_{sheet.unit.code}")
    sheet = assessing.submit(sheet, by=lead, now=ON_12_OCTOBER, version=sheet.version, answers={})
    sheet = assessing.check(sheet, by=first, now=ON_12_OCTOBER, version=sheet.version, adjustments={})

    with pytest.raises(AssessmentRefused):
        assessing.confirm(sheet, by=first, now=ON_12_OCTOBER, version=sheet.version)
    confirmed = assessing.confirm(sheet, by=second, now=ON_12_OCTOBER, version=sheet.version)
    assert confirmed.state == "CONFIRMED"


def test_figures_are_filed_and_approved_at_plausible_times_by_two_people(on_12_october: None) -> None:
    filings = Filing.objects.filter(number=1, outcome="APPROVED", report__period__lt=date(2007, 9, 1))
    late = {"540000", "630000"}
    for filing in filings.select_related("report__period", "report__unit"):
        submitted, decided = filing.submitted_at.date(), filing.decided_at.date()
        assert submitted > filing.report.month.replace(day=27)
        assert submitted <= filing.report.period.due_on or filing.report.unit.code in late
        assert submitted <= decided
        assert filing.submitted_by_id != filing.decided_by_id


def test_stored_totals_equal_their_recomputation(on_12_october: None, capsys: pytest.CaptureFixture) -> None:
    call_command("rebuild_totals", verify=True)

    assert capsys.readouterr().out.splitlines()[-1] == "Every stored total equals its recomputation."


def test_the_audit_trail_is_whole(on_12_october: None) -> None:
    assert list(audit.faults()) == []


def test_the_year_before_is_published_up_to_the_baselines_of_the_plan(on_12_october: None) -> None:
    """Marked as made up; of what adds up the country is the sum of its units, of a level each unit's own baseline."""
    past = PublishedFigure.objects.filter(month__year=2006)
    baselines = {
        (target.unit.code, target.indicator.code): target.baseline_value
        for target in Plan.objects.get().targets.select_related("unit", "indicator")
    }
    levels = {"T08", "T09", "T11", "T12", "T16"}
    adding = {"T01", "T02", "T03", "T05", "T06", "T07", "T10", "T17"} | levels
    sums: Counter[tuple[str, int]] = Counter()
    for one in past.select_related("unit", "indicator"):
        unit, code, month = one.unit.code if one.unit else NATION_CODE, one.indicator.code, one.month.month
        if code in adding:
            sums[code, month] += one.value * (-1 if one.unit is None else 1)
        if month == 12 and (one.unit is None or code in {*levels, "T04"}):
            assert one.value == baselines[unit, code]

    assert {code for code, _month in sums} == adding
    assert set(sums.values()) == {0}
    assert past.filter(indicator__code="T04", unit__code=GUANGDONG).count() == 4
    assert not past.exclude(is_synthetic=True).exists()


# The stories -----------------------------------------------------------------------------------


def test_a_slip_of_wan_was_turned_away_by_v10_and_put_right(on_12_october: None) -> None:
    april = report("150000", 4)

    figure = april.approved_filing.figures.get(indicator__code="T11")
    assert (april.version, april.approved_filing.number) == (4, 1)  # saved twice, submitted, approved
    assert figure.value > 1_000_000


def test_more_insured_migrants_than_insured_were_turned_away_by_v04(on_12_october: None) -> None:
    figures = report("510000", 5).approved_filing.figures
    assert figures.get(indicator__code="T17").value < figures.get(indicator__code="T11").value
    assert report("510000", 5).version == 4


def test_a_jump_of_a_level_is_explained(on_12_october: None) -> None:
    explanation = Explanation.objects.get()
    assert (explanation.rule, explanation.indicator.code) == ("V08", "T17")
    assert explanation.filing.report == report("330000", 5)


def test_an_approved_report_was_corrected_with_a_reason(on_12_october: None) -> None:
    correction = Filing.objects.get(supersedes__isnull=False)

    assert correction.report == report("420000", 6)
    assert correction.reason.startswith("核查发现")
    before = correction.supersedes.figures.get(indicator__code="T06").value
    after = correction.figures.get(indicator__code="T06").value
    assert before == int(after * Decimal("1.12"))


def test_reports_were_returned_with_a_reason(on_12_october: None) -> None:
    returned = Decision.objects.filter(verb=Verb.RETURN).order_by("at")
    assert [decision.report.unit.code for decision in returned] == ["530000", "340000"]
    assert report("530000", 2).status == ReportStatus.APPROVED


def test_arrears_appeared_shrank_and_were_cleared(on_12_october: None) -> None:
    arrears = Figure.objects.filter(
        filing__report__unit__code="220000", filing=F("filing__report__approved_filing"), indicator__code="T18"
    )
    amounts = {figure.filing.report.month.month: (figure.value, figure.persons) for figure in arrears}
    assert (amounts[4], amounts[5]) == ((0, 0), (Decimal(3_260_000), 1840))
    assert (amounts[6], amounts[7]) == ((Decimal(1_150_000), 620), (0, 0))


@pytest.mark.parametrize("month", [8, 9])
def test_what_lags_most_says_why_but_for_one(on_12_october: None, month: int) -> None:
    period = ReportingMonth.objects.select_related("plan").get(month=date(2007, month, 1))
    page = leader_page(User.objects.get(username="ministry"), period, today=date(2007, 10, 12))

    assert [(one.row.unit.code, one.row.indicator.code) for one in page.lines if not one.reason] == [("460000", "T15")]


def test_pension_and_medical_insurance_are_filed_as_workers_and_retirees(on_12_october: None) -> None:
    insured = Figure.objects.filter(indicator__code__in=["T08", "T10"], state="REPORTED")

    assert insured.filter(parts={}).count() == 0
    for figure in insured.filter(filing__report__unit__code=GUANGDONG):
        assert set(figure.parts) == {"workers", "retirees"}
        assert sum(Decimal(number) for number in figure.parts.values()) == figure.value


def test_a_unit_of_many_retirees_is_excused_from_the_question(on_12_october: None) -> None:
    excuse = Excuse.objects.get()
    assert (excuse.unit.code, excuse.rule, excuse.indicator.code) == ("660000", "V05", "T08")

    (finding,) = Known([report("660000", 8)]).findings(report("660000", 8))

    assert (finding.key, finding.severity, finding.excuse.granted_by) == ("V05:T08", "I", excuse.granted_by.label)


def test_a_document_proves_a_milestone(on_12_october: None) -> None:
    paper = EvidenceFile.objects.get()

    assert (paper.filing.report, paper.milestone.code) == (report("330000", 2), "M01-1")
    assert (paper.kind, paper.state) == ("DOCX", "CLEAN")
    with store.read(paper.stored_as) as content:
        assert Document(content).paragraphs[0].text == "关于分解下达2007年就业工作目标的通知"
    assert EvidenceFile.objects.open_to(User.objects.get(username="ministry")).count() == 1


def test_a_cancelled_deliverable_says_why_and_leaves_the_count(on_12_october: None) -> None:
    ministry = User.objects.get(username="ministry")
    september = ReportingMonth.objects.get(month=date(2007, 9, 1))

    item = board_item(ministry, september, 28, today=date(2007, 10, 12))

    cancelled = next(one for one in item.milestones if one.milestone.code == "M28-3")
    assert (cancelled.n_in_scope, cancelled.status) == (0, None)
    assert MilestoneState.objects.get(milestone__code="M28-3", state="CANCELLED").note.startswith("各方意见")


def test_the_ministrys_milestones_are_filed_by_one_and_approved_by_another(on_12_october: None) -> None:
    of_nation = Filing.objects.filter(report__unit__code=NATION_CODE, report__period__lte=date(2007, 9, 1))

    assert set(of_nation.values_list("outcome", "submitted_by__username", "decided_by__username")) == {
        ("APPROVED", "ministry_desk", "ministry")
    }
    assert Figure.objects.filter(filing__in=of_nation).count() == 0


def test_wage_arrears_cleared_add_up_and_are_not_judged(on_12_october: None) -> None:
    assert national("W01", 8).value == Decimal(4_880_000_000)
    ministry = User.objects.get(username="ministry")
    august = ReportingMonth.objects.get(month=date(2007, 8, 1))
    (row,) = board_item(ministry, august, 18, today=date(2007, 10, 12)).reported
    assert (row.indicator.code, row.value, row.status, row.target_value, row.n_reported, row.n_due) == (
        "W01", Decimal(4_880_000_000), None, None, 32, 32,
    )  # fmt: skip


def test_every_item_has_a_light_and_known_outcomes_show(on_12_october: None) -> None:
    ministry = User.objects.get(username="ministry")
    shown = board(ministry, ReportingMonth.objects.get(month=date(2007, 9, 1)), today=date(2007, 10, 12))
    lights = {one.item.number: one.light for one in shown.items}

    assert [number for number, light in lights.items() if light in (None, Status.NOT_REPORTED)] == []
    # The guiding opinions were planned for September and are still in progress.
    assert lights[26] == Status.BEHIND
    standing = {each.milestone.code: each for one in shown.items for each in one.milestones}
    assert (standing["M37-2"].status, standing["M28-1"].status) == (Status.COMPLETED, Status.ON_SCHEDULE)
    assert (standing["M02-3"].n_in_scope, standing["M17-1"].n_done >= 29) == (31, True)


# Again, and away -------------------------------------------------------------------------------


def test_loading_again_changes_nothing(on_12_october: None, capsys: pytest.CaptureFixture) -> None:
    before = snapshot()
    call_command("load_demo")

    assert snapshot() == before
    assert capsys.readouterr().out.splitlines()[0] == "0 steps, 0 months published, 0 closed"


def test_what_a_person_moved_in_the_meantime_stays_with_that_person(
    on_12_october: None, capsys: pytest.CaptureFixture
) -> None:
    MonthlyReport.objects.filter(pk=report("340000", 9).pk).update(status=ReportStatus.SUBMITTED)

    call_command("load_demo", through="2007-09")

    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[1] for line in lines if line.startswith("left")] == ["340000 2007-09"]


def test_a_report_filed_in_earnest_is_not_touched(on_12_october: None) -> None:
    october = ReportingMonth.objects.get(month=date(2007, 10, 1))
    real = ReportFactory(unit=ReportingUnit.objects.get(code=GUANGDONG), period=october)

    call_command("load_demo", through="2007-10")

    real.refresh_from_db()
    assert (real.version, real.is_demo) == (0, False)


def test_dropping_removes_every_report_and_keeps_the_trail(
    on_12_october: None, capsys: pytest.CaptureFixture, django_capture_on_commit_callbacks: object
) -> None:
    entries = AuditEntry.objects.count()
    content = store.path_of(EvidenceFile.objects.get().stored_as).read_bytes()
    with django_capture_on_commit_callbacks() as afterwards:
        call_command("drop_demo")

    left = snapshot()
    assert {kind: count for kind, count in left.items() if kind not in {"AuditEntry", "User"}} == dict.fromkeys(
        ["MonthlyReport", "Filing", "Figure", "Decision", "MilestoneState", "Explanation"], 0
    )
    assert left["AuditEntry"] == entries + 44 + 1
    assert User.objects.filter(is_active=True).count() == 0
    assert ReportingMonth.objects.filter(published_at__isnull=False).count() == 0
    assert Snapshot.objects.count() == 0
    assert (Assessment.objects.count(), AssessmentRound.objects.filter(published_at__isnull=False).count()) == (0, 0)
    assert Total.objects.filter(value__isnull=False).count() == 0
    assert list(audit.faults()) == []
    assert capsys.readouterr().out.splitlines()[-1].startswith("total: ")
    assert (Excuse.objects.count(), MilestoneExemption.objects.count()) == (0, 0)
    assert not PublishedFigure.objects.filter(is_synthetic=True).exists()
    path = next(path for path, _written in store.stored() if path.read_bytes() == content)
    for step in afterwards:
        step()
    assert not path.exists()
    path.write_bytes(content)  # the tests after this one see the file again, as they see its row


def test_dropping_is_rehearsed_without_effect(on_12_october: None) -> None:
    before = snapshot()
    call_command("drop_demo", dry_run=True)

    assert snapshot() == before


def test_dropping_is_refused_once_somebody_has_filed_in_earnest(on_12_october: None) -> None:
    ReportFactory(
        unit=ReportingUnit.objects.get(code=GUANGDONG), period=ReportingMonth.objects.get(month=date(2007, 10, 1))
    )
    before = snapshot()

    with pytest.raises(CommandError, match="已有 1 份非演示报表，演示数据不能再删除。"):
        call_command("drop_demo")
    assert snapshot() == before


def test_the_triggers_guard_again_after_dropping(on_12_october: None) -> None:
    removal.remove_demo()
    call_command("load_demo", through="2007-01", verbosity=0)

    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Figure.objects.first().delete()


# What the command refuses ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("through", "said"),
    [
        ("2007-13", "'2007-13' is not a month: 13 is not between 01 and 12."),
        ("2008-01", "The demonstration is of 2007; 2008-01 is not."),
    ],
)
def test_only_a_month_of_the_year_can_be_named(on_12_october: None, through: str, said: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("load_demo", through=through)
    assert str(refused.value) == said


def test_without_a_plan_the_command_says_what_to_do_first(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "read", lambda: replace(DEMO, year=1999))
    with pytest.raises(CommandError, match="Load the units and the plan first"):
        call_command("load_demo")


def test_a_production_takes_no_demo(on_12_october: None, settings: object) -> None:
    settings.LOCAL = False
    with pytest.raises(CommandError, match="生产环境不能有演示账户"):
        call_command("load_demo")


def test_a_story_whose_rule_is_silent_stops_the_load(on_12_october: None) -> None:
    removal.remove_demo()
    key, slip = next((key, slip) for key, slip in DEMO.slips.items() if slip.rule == "V10:T11")
    harmless = data.Slip(key, slip.indicator, Decimal(1), slip.found_by, rule=slip.rule)

    with pytest.raises(play.DemoOutOfOrder, match="V10:T11 did not turn away 150000 2007-04"):
        play.play(replace(DEMO, slips={key: harmless}), through=date(2007, 4, 1))


# The completed year, last because it stays for the rest of the module ---------------------------


def test_one_unit_is_above_its_unemployment_ceiling_for_one_quarter(whole_year: None) -> None:
    ceilings = dict(Plan.objects.get().targets.filter(indicator__code="T04").values_list("unit__code", "target_value"))
    rates = Figure.objects.filter(indicator__code="T04", filing=F("filing__report__approved_filing"))
    above = [
        (figure.filing.report.unit.code, figure.filing.report.month.month)
        for figure in rates.select_related("filing__report__unit")
        if figure.numerator / figure.denominator > ceilings[figure.filing.report.unit.code]
    ]
    assert above == [("640000", 9)]


def test_two_units_report_late_and_a_third_leaves_its_draft_lying(whole_year: None) -> None:
    late = {
        filing.report.unit.code
        for filing in Filing.objects.filter(number=1).select_related("report__unit", "report__period")
        if filing.report.is_late(filing.submitted_at)
    }
    assert late == {"540000", "630000", "460000"}


def test_pilots_are_completed_by_and_by(whole_year: None) -> None:
    assert [national("T13", month).value for month in (3, 6, 9, 12)] == [None, 3, 3, 9]


def test_milestones_end_in_different_states(whole_year: None) -> None:
    december = MilestoneState.objects.filter(filing__report__period=date(2007, 12, 1))
    assert set(december.values_list("state", flat=True)) == {"ISSUED", "CARRIED_OVER", "IN_PROGRESS", "RENAMED"}
    assert set(december.filter(milestone__code__in=["M28-1", "M34-2"]).values_list("milestone__code", "state")) == {
        ("M28-1", "CARRIED_OVER"),
        ("M34-2", "ISSUED"),
    }
    committees = MilestoneState.objects.filter(milestone__code="M17-1", state="ISSUED")
    assert committees.values("filing__report__unit").distinct().count() == 31


def test_a_law_passed_under_another_name_renames_what_hangs_on_it(whole_year: None) -> None:
    """domain.md 3.5: the Labour Dispute Handling Law became that of mediation and arbitration."""
    renamed = MilestoneState.objects.get(state="RENAMED")

    assert renamed.milestone.code == "M20-3"
    assert "劳动争议调解仲裁法" in renamed.new_title


def test_the_years_final_figure_follows_the_flash(whole_year: None) -> None:
    """domain.md 3.1: injury insurance was told as 121.55 million first and as 121.73 million in the end."""
    final = Filing.objects.get(release="FINAL")
    flash = final.supersedes

    assert (final.report, final.outcome, flash.release) == (report("320000", 12), "APPROVED", "FLASH")
    assert final.submitted_at.date() > flash.report.period.published_at.date()
    told = Snapshot.objects.get(pk=date(2007, 12, 1)).rows.get(unit__code=NATION_CODE, indicator__code="T11")
    assert (told.value, national("T11", 12).value) == (12_155 * WAN, 12_173 * WAN)


@pytest.mark.parametrize(
    ("code", "month", "wan"),
    [
        *[("T01", 3, 267), ("T01", 6, 629), ("T01", 9, 920), ("T01", 11, 1105), ("T01", 12, 1204)],
        *[("T02", 3, 120), ("T02", 6, 279), ("T02", 11, 483), ("T02", 12, 515)],
        *[("T03", 3, 34), ("T03", 6, 74), ("T03", 11, 146), ("T03", 12, 153)],
        *[("T08", 12, 20137), ("T09", 12, 11645), ("T10", 12, 18020), ("T11", 12, 12173), ("T12", 12, 7775)],
        *[("T16", 3, 2410), ("T16", 12, 3131), ("T17", 3, 2680), ("T17", 12, 3980)],
    ],
)
def test_national_figures_equal_the_published_results(whole_year: None, code: str, month: int, wan: int) -> None:
    total = national(code, month)
    assert (total.value, total.n_reported, total.n_carried) == (wan * WAN, total.n_due, 0)


@pytest.mark.parametrize(
    ("month", "unemployed_wan", "rate"), [(3, None, "4.1"), (6, 838, "4.1"), (9, None, "4.0"), (12, 830, "4.0")]
)
def test_the_unemployment_rate_equals_the_published_one(
    whole_year: None, month: int, unemployed_wan: int | None, rate: str
) -> None:
    total = national("T04", month)
    assert round(total.numerator / total.denominator * 100, 1) == Decimal(rate)
    assert unemployed_wan is None or total.numerator == unemployed_wan * WAN


@pytest.mark.parametrize(("code", "wan"), [("T05", 60), ("T06", 600), ("T15", 800)])
def test_training_passes_what_was_published_in_words(whole_year: None, code: str, wan: int) -> None:
    assert national(code, 12).value > wan * WAN


def test_the_completed_year_is_whole_and_recomputes(whole_year: None) -> None:
    counts = Counter(MonthlyReport.objects.values_list("status", flat=True))
    assert counts == {ReportStatus.APPROVED: 12 * 33 + 4}
    assert totals.differences(Plan.objects.get()) == []


# Splitting -------------------------------------------------------------------------------------


@given(
    st.integers(min_value=0, max_value=10**9),
    st.lists(st.integers(min_value=0, max_value=10**9).map(lambda n: Decimal(n).scaleb(-3)), min_size=1).filter(any),
)
def test_shares_add_up_and_lie_within_one_of_the_quota(total: int, weights: list[Decimal]) -> None:
    shares = apportion(total, weights)

    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - total * weight / sum(weights)) < 1


def test_nothing_is_shared_among_nobody() -> None:
    with pytest.raises(ValueError, match="Nobody to share with"):
        apportion(5, [Decimal(0), Decimal(0)])
