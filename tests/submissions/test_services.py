"""What people do with a report: each verb once as it should be, once for each refusal, and what stays behind."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.models import AuditEntry
from submissions import blocking, services
from submissions.intake import FigureInput, MilestoneInput
from submissions.models import Filing, MonthlyReport
from submissions.workflow import TransitionNotAllowed
from tests import factories
from tests.factories import approved, file, shanghai, submitted
from workplan.lib.refusals import Refused

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 3)
LATER = shanghai(2007, 10, 4)
FIGURES = {"T01": "310000", "T08": "2000000", "T04": ("46", "1000")}


def figure_of(report: MonthlyReport, code: str = "T01") -> Decimal | None:
    return report.filing.figures.get(indicator__code=code).value


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("number").values_list("action", flat=True))


# Saving ----------------------------------------------------------------------------------------


def test_a_report_nobody_began_is_a_draft_of_version_0(unit, period):
    report = services.report_for(unit, period)

    assert (report.pk, report.status, report.version, report.filing) == (None, "DRAFT", 0, None)


def test_saving_begins_the_report_and_records_what_was_written(unit, period, clerk):
    report = file(unit, period, {"T01": "310,000", "T04": ("46", "1000")}, by=clerk, now=NOW)

    assert (report.status, report.version, report.filing.number, report.filing.outcome) == ("DRAFT", 1, 1, "OPEN")
    entry = AuditEntry.objects.get(action="report.save")
    assert (entry.actor, entry.object_id) == (clerk, str(report.pk))
    assert entry.details == {
        "version": 1,
        "changes": {"T01": "REPORTED value=310000", "T04": "REPORTED numerator=46 denominator=1000"},
    }


def test_what_is_left_out_stays_and_what_is_cleared_goes(unit, period, clerk):
    file(unit, period, {"T01": "1", "T08": "2"}, by=clerk, now=NOW)

    report = file(unit, period, {"T01": None}, by=clerk, now=NOW)

    assert list(report.filing.figures.values_list("indicator__code", "value")) == [("T08", Decimal(2))]
    assert report.version == 2
    assert AuditEntry.objects.order_by("-number").first().details["changes"] == {"T01": ""}


def test_milestones_explanations_and_the_note_are_saved_with_the_figures(unit, period, clerk):
    milestone = factories.MilestoneFactory(code="M01-1")
    report = services.report_for(unit, period)

    report = services.save_draft(
        report,
        by=clerk,
        now=NOW,
        version=0,
        milestones=[MilestoneInput(milestone, "IN_PROGRESS", note="已起草")],
        explanations={"V08:T08": "参保范围扩大", "V08:T99": "没有这个指标", "V08:T01": "短"},
        note="本月补报两县。",
        is_demo=True,
    )

    assert (report.filing.note, report.is_demo) == ("本月补报两县。", True)
    assert list(report.filing.milestones.values_list("milestone__code", "state", "note")) == [
        ("M01-1", "IN_PROGRESS", "已起草")
    ]
    assert list(report.filing.explanations.values_list("rule", "indicator__code", "text")) == [
        ("V08", "T08", "参保范围扩大")
    ]


def test_a_note_not_given_stays(unit, period, clerk):
    report = services.save_draft(services.report_for(unit, period), by=clerk, now=NOW, version=0, note="第一稿")

    report = services.save_draft(report, by=clerk, now=NOW, version=1)

    assert report.filing.note == "第一稿"


def test_a_second_answer_replaces_the_first(unit, period, clerk):
    report = services.save_draft(
        services.report_for(unit, period), by=clerk, now=NOW, version=0, explanations={"V08:T08": "第一个说法"}
    )

    report = services.save_draft(report, by=clerk, now=NOW, version=1, explanations={"V08:T08": "第二个说法"})

    assert report.filing.explanations.get().text == "第二个说法"


def test_saving_on_a_version_that_moved_on_is_refused_with_the_newest(unit, period, clerk):
    first = file(unit, period, {"T01": "1"}, by=clerk, now=NOW)
    file(unit, period, {"T01": "2"}, by=clerk, now=NOW)
    indicator = factories.IndicatorFactory(code="T01")
    mine = FigureInput(indicator, "REPORTED", Decimal(3))

    with pytest.raises(services.StaleVersion) as refused:
        services.save_draft(first, by=clerk, now=NOW, version=first.version, figures=[mine])

    assert (refused.value.code, refused.value.http_status, refused.value.report.version) == ("stale_version", 409, 2)
    assert str(refused.value) == "报表已被更新（现为第 2 版）。请查看最新内容后再操作；您的输入没有丢失。"
    assert figure_of(MonthlyReport.objects.get()) == 2


def test_a_refused_beginning_leaves_no_report_behind(unit, period):
    stranger = factories.person("CLERK", factories.UnitFactory(code="230000"))

    with pytest.raises(Refused, match="您的角色"):
        file(unit, period, {"T01": "1"}, by=stranger, now=NOW)

    assert (MonthlyReport.objects.count(), Filing.objects.count(), AuditEntry.objects.count()) == (0, 0, 0)


# Submitting ------------------------------------------------------------------------------------


def test_a_submission_freezes_who_when_and_what(unit, period, lead):
    report = submitted(unit, period, FIGURES, by=lead, now=NOW)

    assert (report.status, report.filing.outcome, report.version) == ("SUBMITTED", "PENDING", 2)
    assert (report.filing.submitted_by, report.filing.submitted_at) == (lead, NOW)
    decision = report.decisions.get()
    assert (decision.verb, decision.from_status, decision.to_status, decision.version, decision.by, decision.at) == (
        "SUBMIT",
        "DRAFT",
        "SUBMITTED",
        1,
        lead,
        NOW,
    )
    assert actions() == ["report.save", "report.submit"]


def test_a_clerk_does_not_submit(unit, period, clerk):
    report = file(unit, period, FIGURES, by=clerk, now=NOW)

    with pytest.raises(Refused, match="报送"):
        services.submit(report, by=clerk, now=NOW, version=1)


def test_the_ministry_files_on_behalf_and_another_person_approves(unit, period, ministry):
    report = submitted(unit, period, FIGURES, by=ministry, now=NOW)

    with pytest.raises(Refused, match="另一人"):
        services.approve(report, by=ministry, now=LATER, version=2)

    other = factories.person("MINISTRY_REVIEWER")
    assert services.approve(report, by=other, now=LATER, version=2).status == "APPROVED"


def test_errors_keep_a_report_from_being_submitted_and_are_all_told(unit, period, lead):
    report = file(unit, period, {"T01": "1"}, by=lead, now=NOW)

    with pytest.raises(blocking.FindingsBlock) as refused:
        services.submit(report, by=lead, now=NOW, version=1)

    assert (refused.value.code, refused.value.http_status) == ("findings", 422)
    assert str(refused.value) == "有 2 处须更正或说明后才能报送。"
    errors = refused.value.errors()
    assert [(error["pointer"], error["code"], error["severity"]) for error in errors] == [
        ("/figures/T04", "V19", "E"),
        ("/figures/T08", "V19", "E"),
    ]
    assert errors[1]["message"].startswith("T08 养老参保本月应报，还没有填。")
    assert MonthlyReport.objects.get().status == "DRAFT"


@pytest.mark.parametrize(
    "explanations", [{}, {"V08:T08": "扩面所致"}, {"V08:T08": "    扩面    "}, {"V03:T08": "不是这一条的说明"}]
)
def test_a_warning_needs_an_explanation_that_says_something(unit, period, lead, ministry, explanations):
    august = {"T01": "200000", "T08": "1000000"}
    approved(unit, factories.MonthFactory(number=8), august, by=lead, reviewer=ministry, now=NOW)
    report = file(unit, period, {**FIGURES, "T08": "1100000"}, by=lead, now=NOW)

    with pytest.raises(blocking.FindingsBlock) as refused:
        services.submit(report, by=lead, now=NOW, version=1, explanations=explanations)

    assert [finding.key for finding in refused.value.findings] == ["V08:T08"]


def test_an_answer_saved_with_the_draft_counts_when_the_lead_submits(unit, period, clerk, lead, ministry):
    august = {"T01": "200000", "T08": "1000000"}
    approved(unit, factories.MonthFactory(number=8), august, by=lead, reviewer=ministry, now=NOW)
    report = file(unit, period, {**FIGURES, "T08": "1100000"}, by=clerk, now=NOW)
    report = services.save_draft(report, by=clerk, now=NOW, version=1, explanations={"V08:T08": "参保范围扩大"})

    assert services.submit(report, by=lead, now=NOW, version=2).status == "SUBMITTED"


def test_a_due_figure_may_be_not_reported_with_a_note(unit, period, lead):
    figures = {**FIGURES, "T08": {"state": "not_reported", "note": "系统故障，15日补报"}}

    assert submitted(unit, period, figures, by=lead, now=NOW).status == "SUBMITTED"


def test_submitting_twice_is_told_that_it_was_submitted(unit, period, lead):
    report = submitted(unit, period, FIGURES, by=lead, now=NOW)

    with pytest.raises(Refused, match="报表现为“待审核”") as refused:
        services.submit(report, by=lead, now=NOW, version=1)

    assert refused.value.http_status == 409
    assert report.decisions.count() == 1


@pytest.mark.parametrize("verb", ["submit", "withdraw", "approve", "return_", "correct", "reopen"])
def test_every_verb_names_the_version_it_saw(unit, period, lead, ministry, verb):
    report = file(unit, period, FIGURES, by=lead, now=NOW)
    if verb != "submit":
        report = services.submit(report, by=lead, now=NOW, version=report.version)
    if verb in {"correct", "reopen"}:
        report = services.approve(report, by=ministry, now=NOW, version=report.version)
    by = lead if verb in {"submit", "withdraw", "correct"} else ministry

    with pytest.raises(services.StaleVersion):
        getattr(services, verb)(report, by=by, now=NOW, version=report.version - 1, comment="请核对。")

    assert MonthlyReport.objects.get().version == report.version


def test_a_report_nobody_began_has_nothing_to_withdraw(ministry):
    report = services.report_for(factories.UnitFactory(), factories.MonthFactory(number=6))

    with pytest.raises(TransitionNotAllowed):
        services.withdraw(report, by=ministry, now=factories.shanghai(2007, 7, 1), version=0)
