"""What a page says of figures that changed after their month was published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from accounts import permissions
from reporting.aggregates import ProgressRow
from reporting.models import Total
from reporting.pages.words import reasons_words
from reporting.revisions import Revision, revisions
from submissions.models import ReportingMonth


@dataclass(frozen=True)
class RevisedLine:
    """One revised figure with the sentence that says why."""

    revision: Revision
    reasons: str

    @property
    def row(self) -> ProgressRow | Total:
        return self.revision.row


def revised_lines(
    person: permissions.Person, period: ReportingMonth, rows: Iterable[ProgressRow]
) -> tuple[RevisedLine, ...]:
    """Return the revised among the rows, in their order; nothing before publication."""
    return told(revisions(person, period, rows).values())


def told(found: Iterable[Revision]) -> tuple[RevisedLine, ...]:
    return tuple(RevisedLine(one, reasons_words(one)) for one in found)
