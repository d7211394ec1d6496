"""What was done: one monthly report per unit, the filings it went through, and every decision taken on them.

A report is the case file; a filing is what is submitted once. From submission on a filing and its figures are frozen
by the database. A return, a withdrawal or a correction opens the next filing as a copy.
"""

from submissions.models.calendar import CalendarDay, CalendarRule, Extension, ReportingMonth, StatisticalMonth
from submissions.models.evidence import (
    EvidenceFile,
    EvidenceKind,
    EvidenceState,
    StoredFile,
    StoredFileQuerySet,
    stored_file_constraints,
    stored_models,
)
from submissions.models.figures import Explanation, Figure
from submissions.models.jobs import ImportJob, JobKind, JobState, JobSubject
from submissions.models.milestones import DATED, ENDED, OUT_OF_SCOPE, MilestoneState
from submissions.models.references import PublishedFigure, ReferenceFigure, ReferenceName
from submissions.models.reports import Decision, DirtyUnit, Filing, MonthlyReport
from submissions.models.review import CellComment, CommentReply, ReviewClaim, ViewedMark
from submissions.models.terms import Excuse, RuleSetting, RuleSeverity
from submissions.models.uploads import UploadedFile
from submissions.models.waiting import ApprovalException
from submissions.models.words import FigureState, MilestoneProgress, Outcome, Release, ReportStatus, Verb

__all__ = [
    "DATED",
    "ENDED",
    "OUT_OF_SCOPE",
    "ApprovalException",
    "CalendarDay",
    "CalendarRule",
    "CellComment",
    "CommentReply",
    "Decision",
    "DirtyUnit",
    "EvidenceFile",
    "EvidenceKind",
    "EvidenceState",
    "Excuse",
    "Explanation",
    "Extension",
    "Figure",
    "FigureState",
    "Filing",
    "ImportJob",
    "JobKind",
    "JobState",
    "JobSubject",
    "MilestoneProgress",
    "MilestoneState",
    "MonthlyReport",
    "Outcome",
    "PublishedFigure",
    "ReferenceFigure",
    "ReferenceName",
    "Release",
    "ReportStatus",
    "ReportingMonth",
    "ReviewClaim",
    "RuleSetting",
    "RuleSeverity",
    "StatisticalMonth",
    "StoredFile",
    "StoredFileQuerySet",
    "UploadedFile",
    "Verb",
    "ViewedMark",
    "stored_file_constraints",
    "stored_models",
]
