"""The evidence of a report as its reader sees it: what stands in its filings of the plan year, by milestone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils.functional import cached_property

from accounts.models import ReportingUnit
from submissions import facts
from submissions.evidence import taking
from submissions.evidence.kinds import ACCEPT
from submissions.milestones import MilestoneRow
from submissions.models import EvidenceFile, MonthlyReport
from targets.models import Plan


@dataclass(frozen=True)
class Limits:
    """What is told before a file is chosen."""

    unit: ReportingUnit
    plan: Plan
    accept = ACCEPT

    @property
    def most_per_milestone(self) -> int:
        return int(settings.EVIDENCE_FILES_PER_MILESTONE)

    @property
    def file_mb(self) -> str:
        return f"{settings.EVIDENCE_FILE_BYTES / 1_000_000:g}"

    @property
    def unit_mb(self) -> str:
        return f"{settings.EVIDENCE_UNIT_BYTES / 1_000_000:g}"

    @cached_property
    def used_mb(self) -> str:
        return f"{taking.n_bytes_of(self.unit, self.plan) / 1_000_000:.1f}"


def with_evidence(
    rows: Iterable[MilestoneRow], report: MonthlyReport, *, standing: facts.Standing = "filing"
) -> list[MilestoneRow]:
    """Return the milestones, each with its evidence in the unit's filings of the plan year so far: two queries."""
    found: dict[int, list[EvidenceFile]] = {}
    files = (
        EvidenceFile.objects.filter(filing__in=facts.earlier_filings(report, standing, with_own=True))
        .select_related("filing__report__unit")
        .order_by("filing__report__period", "uploaded_at", "pk")
    )
    for one in files:
        found.setdefault(one.milestone_id, []).append(one)
    return [replace(row, evidence=tuple(found.get(row.milestone.pk, ()))) for row in rows]
