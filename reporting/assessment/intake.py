"""What people type into a sheet: points by the one number grammar, words that can be stored, proofs from what is filed.

Fields are named after the criterion: ``points.A9``, ``narrative.A9``, ``evidence.A9``, ``report.A9``, ``reason.A9``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db.models import F
from django.http import QueryDict
from django.utils.translation import gettext_noop

from accounts import permissions
from accounts.models import ReportingUnit
from reporting.assessment.models import AssessmentCriterion, AssessmentLine, AssessmentRound
from submissions.intake import Complaint, InputRefused
from submissions.intake.cells import CellRefused, clean_text
from submissions.models import EvidenceFile, MonthlyReport
from workplan.lib.numbers import NumberRefused, is_blank, parse_number

#: Points are given in hundredths.
PLACES = 2
LONGEST_NARRATIVE, LONGEST_REASON = 2_000, 500


@dataclass(frozen=True)
class Answer:
    """What the unit says of one criterion that is judged; None are points it has not stated yet."""

    points: Decimal | None
    narrative: str = ""
    evidence: frozenset[UUID] = frozenset()
    reports: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Adjustment:
    """What the check makes of one line, and why."""

    points: Decimal
    reason: str


@dataclass(frozen=True)
class Offered:
    """What the unit has handed in and may name as proof: clean files and approved reports of the plan year."""

    files: tuple[EvidenceFile, ...] = ()
    reports: tuple[MonthlyReport, ...] = ()


def offered(person: permissions.Person, taken: AssessmentRound, unit: ReportingUnit) -> Offered:
    """Return what the unit may name, as far as it is open to the person: two queries."""
    files = EvidenceFile.objects.open_to(person).filter(
        filing__report__unit=unit,
        filing__report__period__plan=taken.scheme.plan_id,
        filing__report__period__lte=taken.period_id,
    )
    reports = MonthlyReport.objects.visible_to(person).filter(
        unit=unit,
        period__plan=taken.scheme.plan_id,
        period__lte=taken.period_id,
        approved_filing=F("filing"),
    )
    with_milestones = files.select_related("milestone", "filing__report__unit")
    return Offered(
        tuple(with_milestones.order_by("filing__report__period", "milestone__code", "name", "pk")),
        tuple(reports.order_by("period")),
    )


@dataclass
class _Reader:
    """Reads fields and keeps every complaint, so that a person is told of all at once."""

    data: QueryDict
    complaints: list[Complaint] = field(default_factory=list)

    def read(self, name: str, parse: Callable[[str], object]) -> object:
        try:
            return parse(self.data.get(name, ""))
        except NumberRefused as refused:
            self.complaints.append(Complaint(name, refused.code, refused.template, refused.params, refused.suggestion))
        except CellRefused as refused:
            self.complaints.append(refused.at(name))
        return None

    def points(self, name: str, weight: Decimal) -> Decimal | None:
        def parse(text: str) -> Decimal | None:
            return None if is_blank(text) else parse_number(text, decimals=PLACES, maximum=weight).value

        return self.read(name, parse)  # type: ignore[return-value]

    def text(self, name: str, most: int) -> str:
        return self.read(name, lambda raw: clean_text(raw, most=most)) or ""  # type: ignore[return-value]

    def named(self, name: str, known: Mapping[str, object]) -> frozenset:
        """Return which of the offered things are ticked; what is not offered is no choice."""
        ticked = self.data.getlist(name)
        if not set(ticked) <= set(known):
            self.complaints.append(
                Complaint(name, "unknown_proof", gettext_noop("所选材料已不在可引用范围内，请重新选择。"), {})
            )
            return frozenset()
        return frozenset(known[one] for one in ticked)

    def check(self) -> None:
        """
        :raises InputRefused: anything was wrong.
        """
        if self.complaints:
            raise InputRefused(self.complaints)


def read_answers(data: QueryDict, criteria: Iterable[AssessmentCriterion], proofs: Offered) -> dict[int, Answer]:
    """Return what was typed for each criterion (id) that is judged.

    :raises InputRefused: with every complaint, each under its field's name.
    """
    reader = _Reader(data)
    files = {str(one.pk): one.pk for one in proofs.files}
    reports = {f"{one.period_id:%Y-%m}": one.pk for one in proofs.reports}
    answers = {
        one.pk: Answer(
            reader.points(f"points.{one.code}", one.weight),
            reader.text(f"narrative.{one.code}", LONGEST_NARRATIVE),
            reader.named(f"evidence.{one.code}", files),
            reader.named(f"report.{one.code}", reports),
        )
        for one in criteria
        if one.is_judged
    }
    reader.check()
    return answers


def read_adjustments(data: QueryDict, lines: Iterable[AssessmentLine]) -> dict[int, Adjustment]:
    """Return where the check differs from what a line states (by its id); the same points are no adjustment.

    :raises InputRefused: with every complaint, each under its field's name.
    """
    reader = _Reader(data)
    found = {}
    for line in lines:
        code = line.criterion.code
        given = reader.points(f"points.{code}", line.weight)
        reason = reader.text(f"reason.{code}", LONGEST_REASON)
        if given is None or given == line.stated:
            continue
        if not reason:
            template = gettext_noop("调整得分须写明原因。")
            reader.complaints.append(Complaint(f"reason.{code}", "reason_missing", template, {}))
        found[line.pk] = Adjustment(given, reason)
    reader.check()
    return found
