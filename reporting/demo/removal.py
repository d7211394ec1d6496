"""Takes the demonstration away, as if it had never been filed; the audit trail keeps what was done.

This is the only place that removes what the portal otherwise keeps for ever. The triggers that freeze filings, figures
and decisions are set aside for this transaction alone, and only while every report in the database is a demo report.
"""

from __future__ import annotations

from uuid import UUID

import pgtrigger
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import User
from notices.models import MailOut, Notice
from reporting import totals
from reporting.demo import past
from reporting.demo.people import dismiss_accounts
from reporting.models import (
    Assessment,
    AssessmentFile,
    AssessmentLine,
    AssessmentProof,
    AssessmentRound,
    AssessmentStep,
    EarlyWarning,
    GradeCancellation,
    SavedView,
    Snapshot,
    SnapshotRow,
    WarningCheck,
    WarningEvent,
)
from submissions.evidence import store
from submissions.models import EvidenceFile, Excuse, MonthlyReport, ReportingMonth
from targets.models import ItemOwner, MilestoneExemption, Plan
from workplan.lib.refusals import Refused

#: What refuses to delete a demo report: each is set aside by name, so that a new one is not set aside by accident.
_KEEPERS = (
    "submissions.ApprovalException:exception_is_kept",
    "submissions.Decision:decision_is_kept",
    "submissions.Figure:figure_delete",
    "submissions.EvidenceFile:evidence_delete",
    "submissions.MilestoneState:milestone_delete",
    "submissions.Explanation:explanation_delete",
    "submissions.CellComment:delivered_comment_is_kept",
    "submissions.CommentReply:commentreply_delete",
    "submissions.Filing:decided_filing_is_frozen",
    "submissions.Filing:submitted_filing_is_kept",
)

#: What refuses to take back a publication.
_PUBLICATION_KEEPERS = (
    "submissions.ReportingMonth:publication_is_kept",
    "reporting.Snapshot:snapshot_is_kept",
    "reporting.SnapshotRow:published_row_is_kept",
)

#: What refuses to take back warnings; every one of them rests on the demonstration's figures.
_WARNING_KEEPERS = ("reporting.WarningEvent:warningevent_is_kept", "reporting.EarlyWarning:warning_is_kept")

#: What refuses to take back assessments; what they claim and measure is the demonstration's.
_ASSESSMENT_KEEPERS = (
    "reporting.Assessment:sheet_is_kept",
    "reporting.AssessmentFile:file_is_kept",
    "reporting.AssessmentLine:line_is_kept",
    "reporting.AssessmentProof:proof_is_kept",
    "reporting.AssessmentRound:round_terms",
    "reporting.AssessmentStep:assessmentstep_is_kept",
    "reporting.GradeCancellation:cancellation_is_kept",
)

_DELETIONS = {
    "answers": """DELETE FROM submissions_commentreply x
                   USING submissions_filing f JOIN submissions_monthlyreport r ON r.id = f.report_id
                   WHERE x.filing_id = f.id AND r.is_demo""",
    "comments": """DELETE FROM submissions_cellcomment x USING submissions_monthlyreport r
                    WHERE x.report_id = r.id AND r.is_demo""",
    "viewed marks": """DELETE FROM submissions_viewedmark x
                        USING submissions_filing f JOIN submissions_monthlyreport r ON r.id = f.report_id
                        WHERE x.filing_id = f.id AND r.is_demo""",
    "claims": """DELETE FROM submissions_reviewclaim x USING submissions_monthlyreport r
                  WHERE x.report_id = r.id AND r.is_demo""",
    "exceptions": """DELETE FROM submissions_approvalexception x
                      USING submissions_decision d JOIN submissions_monthlyreport r ON r.id = d.report_id
                      WHERE x.decision_id = d.id AND r.is_demo""",
    "decisions": """DELETE FROM submissions_decision x USING submissions_monthlyreport r
                     WHERE x.report_id = r.id AND r.is_demo""",
    "explanations": """DELETE FROM submissions_explanation x
                        USING submissions_filing f JOIN submissions_monthlyreport r ON r.id = f.report_id
                        WHERE x.filing_id = f.id AND r.is_demo""",
    "evidence files": """DELETE FROM submissions_evidencefile x
                          USING submissions_filing f JOIN submissions_monthlyreport r ON r.id = f.report_id
                          WHERE x.filing_id = f.id AND r.is_demo""",
    "milestone states": """DELETE FROM submissions_milestonestate x
                            USING submissions_filing f JOIN submissions_monthlyreport r ON r.id = f.report_id
                            WHERE x.filing_id = f.id AND r.is_demo""",
    "figures": """DELETE FROM submissions_figure x
                   USING submissions_filing f JOIN submissions_monthlyreport r ON r.id = f.report_id
                   WHERE x.filing_id = f.id AND r.is_demo""",
    "filings": """DELETE FROM submissions_filing x USING submissions_monthlyreport r
                   WHERE x.report_id = r.id AND r.is_demo""",
    "reports": "DELETE FROM submissions_monthlyreport x WHERE x.is_demo",
}


class RealReportsExist(Refused):
    """Somebody has filed in earnest: nothing may be removed any more."""

    code = "real_reports_exist"


@transaction.atomic
def remove_demo() -> dict[str, int]:
    """Delete every demo report with all that belongs to it, reopen the months, close the accounts.

    :raises RealReportsExist: a report that is not demo exists; nothing is removed.
    """
    _lock_reports()
    real = MonthlyReport.objects.filter(is_demo=False).count()
    if real:
        raise RealReportsExist(_("已有 %(count)s 份非演示报表，演示数据不能再删除。"), count=real)
    papers = _papers()
    assessments = _delete_assessments()
    removed = _delete_reports()
    removed["assessments"] = assessments
    transaction.on_commit(lambda: _forget(papers))
    removed["months reopened"] = _reopen_months()
    removed["published figures"] = past.withdraw()
    removed["duties"] = _end_duties()
    removed["excuses"] = Excuse.objects.filter(granted_by__is_demo=True).delete()[0]
    removed["notices"] = _delete_notices()
    removed["warnings"] = _delete_warnings()
    removed["saved views"] = SavedView.objects.filter(owner__is_demo=True).delete()[0]
    for plan in Plan.objects.all():
        totals.rebuild(plan)
    removed["accounts closed"] = dismiss_accounts()
    if any(removed.values()):
        audit.record("demo.removed", by=None, details=dict(removed))
    return removed


def _lock_reports() -> None:
    """Keep everybody from beginning a report until the demonstration is gone."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE submissions_monthlyreport IN EXCLUSIVE MODE")


def _delete_reports() -> dict[str, int]:
    """Delete in SQL: report and filing name each other, which only the end of the transaction settles."""
    with pgtrigger.ignore(*_KEEPERS), connection.cursor() as cursor:
        removed = {}
        for kind, statement in _DELETIONS.items():
            cursor.execute(statement)
            removed[kind] = cursor.rowcount
    return removed


def _papers() -> list[UUID]:
    """Return where the content of demo evidence lies."""
    stored: QuerySet[EvidenceFile, UUID] = EvidenceFile.objects.filter(filing__report__is_demo=True).values_list(
        "stored_as", flat=True
    )
    return list(stored.distinct())


def _forget(papers: list[UUID]) -> None:
    """Remove the content once nothing points to it any more: an undone removal keeps it."""
    for stored_as in papers:
        store.remove(store.path_of(stored_as))


def _end_duties() -> int:
    """Take back who answers for items and which units are exempt, as the demo's planner decided it."""
    exemptions = MilestoneExemption.objects.filter(granted_by__is_demo=True)
    owners = ItemOwner.objects.filter(assigned_by__is_demo=True)
    return exemptions.delete()[0] + owners.delete()[0]


def _delete_notices() -> int:
    """Take back what was told of reports: every one of them was the demonstration's, and its pages are gone."""
    MailOut.objects.filter(notices__in=Notice.objects.exclude(subject="")).delete()
    return Notice.objects.exclude(subject="").delete()[0]


def _delete_warnings() -> int:
    """Take back what was warned of; the rules stay, and the next reader judges what is left."""
    with pgtrigger.ignore(*_WARNING_KEEPERS):
        WarningEvent.objects.all().delete()
        removed = EarlyWarning.objects.all().delete()[0]
    WarningCheck.objects.all().delete()
    return removed


def _delete_assessments() -> int:
    """Take back every sheet and open the rounds again; schemes and rounds stay. Proofs name reports: they go first."""
    with pgtrigger.ignore(*_ASSESSMENT_KEEPERS):
        for model in (AssessmentFile, AssessmentProof, AssessmentLine, AssessmentStep, GradeCancellation):
            model.objects.all().delete()
        removed = Assessment.objects.all().delete()[0]
        AssessmentRound.objects.update(published_at=None, published_by=None)
    return removed


def _reopen_months() -> int:
    """Take back what demo people published and closed."""
    people = User.objects.filter(is_demo=True)
    published = ReportingMonth.objects.filter(published_by__in=people)
    closed = ReportingMonth.objects.filter(closed_by__in=people)
    with pgtrigger.ignore(*_PUBLICATION_KEEPERS):
        SnapshotRow.objects.filter(snapshot__in=published.values("month")).delete()
        Snapshot.objects.filter(period__in=published.values("month")).delete()
        reopened = published.update(published_at=None, published_by=None)
    return reopened + closed.update(closed_at=None, closed_by=None)
