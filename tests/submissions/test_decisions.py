"""Decisions: approving, returning, withdrawing, correcting and reopening, and what a closed month holds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import AuditEntry
from submissions import calendar, services
from submissions.intake import MilestoneInput
from submissions.models import DirtyUnit, Filing
from tests import factories
from tests.factories import approved, file, shanghai, submitted
from workplan.lib.refusals import Refused

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 3)
LATER = shanghai(2007, 10, 4)


FIGURES = {"T01": "310000", "T08": "2000000", "T04": ("46", "1000")}


def figure_of_filing(filing: Filing) -> Decimal:
    return filing.figures.get(indicator__code="T01").value


def test_a_withdrawn_report_is_a_draft_again(unit, period, lead):
    report = submitted(unit, period, FIGURES, by=lead, now=NOW)

    report = services.withdraw(report, by=lead, now=LATER, version=2)

    first, second = report.filings.order_by("number")
    assert (report.status, first.outcome, first.decided_by, second.outcome) == ("DRAFT", "WITHDRAWN", None, "OPEN")


# Deciding --------------------------------------------------------------------------------------


def test_an_approval_puts_the_filing_in_force_and_notes_the_unit(unit, period, lead, ministry):
    DirtyUnit.objects.all().delete()
    report = approved(unit, period, FIGURES, by=lead, reviewer=ministry, now=NOW)

    assert (report.status, report.approved_filing, report.filing.outcome) == ("APPROVED", report.filing, "APPROVED")
    assert (report.filing.decided_by, report.filing.decided_at) == (ministry, NOW)
    assert list(DirtyUnit.objects.values_list("unit", "month")) == [(unit.pk, period.month)]
    assert list(AuditEntry.objects.order_by("number").values_list("action", flat=True)) == [
        "report.save",
        "report.submit",
        "report.approve",
    ]


def test_a_return_keeps_what_was_filed_and_opens_a_copy(unit, period, lead, ministry):
    report = file(unit, period, FIGURES, by=lead, now=NOW)
    report = services.save_draft(
        report,
        by=lead,
        now=NOW,
        version=1,
        milestones=[MilestoneInput(factories.MilestoneFactory(), "ISSUED", actual_on=date(2007, 6, 20))],
        explanations={"V08:T08": "参保范围扩大"},
        note="备注",
    )
    report = services.submit(report, by=lead, now=NOW, version=2)

    report = services.return_(report, by=ministry, now=LATER, version=3, comment="请核对 T08。")

    first, second = report.filings.order_by("number")
    assert (report.status, report.filing, report.version) == ("RETURNED", second, 4)
    assert (first.outcome, first.decided_by, first.decided_at) == ("RETURNED", ministry, LATER)
    assert (second.outcome, second.number, second.supersedes, second.note) == ("OPEN", 2, None, "备注")
    for rows, fields in (
        ("figures", ["indicator", "state", "value", "numerator", "denominator"]),
        ("milestones", ["milestone", "state"]),
        ("explanations", ["rule", "indicator", "text"]),
    ):
        copied, kept = (set(getattr(filing, rows).values_list(*fields)) for filing in (second, first))
        assert copied == kept != set()
    assert report.decisions.order_by("-id").first().comment == "请核对 T08。"


def test_a_returned_report_is_mended_and_submitted_again(unit, period, lead, ministry):
    report = submitted(unit, period, FIGURES, by=lead, now=NOW)
    report = services.return_(report, by=ministry, now=NOW, version=2, comment="请核对。")

    report = submitted(unit, period, {"T01": "320000"}, by=lead, now=LATER)
    report = services.approve(report, by=ministry, now=LATER, version=report.version)

    assert [figure_of_filing(filing) for filing in report.filings.order_by("number")] == [310_000, 320_000]
    assert report.approved_filing.number == 2


@pytest.mark.parametrize("verb", ["withdraw", "return_", "approve"])
def test_what_is_decided_is_not_decided_again(unit, period, lead, ministry, verb):
    report = approved(unit, period, FIGURES, by=lead, reviewer=ministry, now=NOW)
    by = lead if verb == "withdraw" else ministry

    with pytest.raises(Refused, match="报表现为“已通过”"):
        getattr(services, verb)(report, by=by, now=LATER, version=report.version, comment="请核对。")


@pytest.mark.parametrize("verb", ["return_", "correct", "reopen"])
def test_a_reason_is_asked_for(unit, period, lead, ministry, verb):
    report = submitted(unit, period, FIGURES, by=lead, now=NOW)
    if verb != "return_":
        report = services.approve(report, by=ministry, now=NOW, version=2)

    with pytest.raises(Refused, match="须写明原因"):
        getattr(services, verb)(report, by=ministry, now=LATER, version=report.version, comment=" ")


# Correcting ------------------------------------------------------------------------------------


def test_a_correction_keeps_the_old_figures_in_force_until_it_is_approved(unit, period, lead, ministry):
    report = approved(unit, period, FIGURES, by=lead, reviewer=ministry, now=NOW)
    old = report.approved_filing

    report = services.correct(report, by=lead, now=LATER, version=3, comment="漏报一县")

    assert (report.status, report.approved_filing, report.is_correction) == ("DRAFT", old, True)
    assert (report.filing.number, report.filing.supersedes, report.filing.reason) == (2, old, "漏报一县")
    report = submitted(unit, period, {"T01": "315000"}, by=lead, now=LATER)
    assert report.approved_filing == old
    report = services.approve(report, by=ministry, now=LATER, version=report.version)
    assert (report.approved_filing, report.is_correction) == (report.filing, False)
    assert [figure_of_filing(filing) for filing in (old, report.approved_filing)] == [310_000, 315_000]


def test_a_returned_correction_keeps_its_reason(unit, period, lead, ministry):
    report = approved(unit, period, FIGURES, by=lead, reviewer=ministry, now=NOW)
    services.correct(report, by=lead, now=LATER, version=3, comment="漏报一县")
    report = submitted(unit, period, {"T01": "315000"}, by=lead, now=LATER)

    report = services.return_(report, by=ministry, now=LATER, version=report.version, comment="请附说明。")

    assert (report.filing.number, report.filing.reason) == (3, "漏报一县")


def test_reopening_hands_an_approved_report_back(unit, period, lead, ministry):
    report = approved(unit, period, FIGURES, by=lead, reviewer=ministry, now=NOW)

    report = services.reopen(report, by=ministry, now=LATER, version=3, comment="与年报不一致")

    assert (report.status, report.filing.reason, report.reopened_at) == ("RETURNED", "与年报不一致", LATER)
    assert report.approved_filing.number == 1


# Closed months ---------------------------------------------------------------------------------


@pytest.fixture
def closed(unit, period, lead, ministry):
    """September closed with Guangdong's report approved."""
    report = approved(unit, period, FIGURES, by=lead, reviewer=ministry, now=NOW)
    calendar.close_month(period, by=ministry, now=LATER)
    return report


def test_a_closed_month_holds_its_reports(closed, lead):
    with pytest.raises(Refused, match="已于 2007-10-04 10:00 关闭"):
        services.correct(closed, by=lead, now=LATER, version=3, comment="漏报一县")


def test_a_reopened_report_goes_round_once_and_is_held_again(closed, unit, lead, ministry):
    after = shanghai(2007, 10, 5)
    services.reopen(closed, by=ministry, now=after, version=3, comment="与年报不一致")
    report = submitted(unit, closed.period, {"T01": "300000"}, by=lead, now=after)
    report = services.approve(report, by=ministry, now=after, version=report.version)

    assert report.reopened_at is None
    with pytest.raises(Refused, match="关闭"):
        services.correct(report, by=lead, now=after, version=report.version, comment="再改一次")


def test_reopening_frees_a_report_its_closed_month_holds_under_review(unit, period, lead, ministry):
    report = submitted(unit, period, FIGURES, by=lead, now=NOW)
    calendar.close_month(period, by=ministry, now=LATER)
    with pytest.raises(Refused, match="关闭"):
        services.approve(report, by=ministry, now=LATER, version=2)

    report = services.reopen(report, by=ministry, now=LATER, version=2, comment="补审")

    assert (report.status, report.filing.number) == ("SUBMITTED", 1)
    assert services.approve(report, by=ministry, now=LATER, version=3).status == "APPROVED"


def test_reopening_frees_a_report_nobody_began(unit, period, lead, ministry):
    calendar.close_month(period, by=ministry, now=LATER)

    report = services.reopen(services.report_for(unit, period), by=ministry, now=LATER, version=0, comment="允许补报")

    assert (report.status, report.filing.number, report.reopened_at) == ("DRAFT", 1, LATER)
    assert submitted(unit, period, FIGURES, by=lead, now=LATER).status == "SUBMITTED"
