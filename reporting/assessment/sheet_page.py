"""The page of one unit's sheet: criteria with their points, how they came about, what is typed, what may be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby

from django.http import QueryDict

from accounts import permissions
from accounts.models import ReportingUnit
from reporting.assessment import measuring, points, services, workflow
from reporting.assessment.intake import Offered, offered
from reporting.assessment.looks import CANCELLED_LOOK, GRADE_LOOKS, STATE_LOOKS
from reporting.assessment.measuring import Measured
from reporting.assessment.models import (
    HANDED_IN,
    Assessment,
    AssessmentCriterion,
    AssessmentFile,
    AssessmentLine,
    AssessmentProof,
    AssessmentRound,
    AssessmentSection,
    AssessmentState,
    AssessmentStep,
    AssessmentVerb,
)
from reporting.assessment.sentences import Told, limits_shown, told
from reporting.pages.words import month_words
from submissions.evidence.shown import Limits
from workplan.lib.numbers import plain_text
from workplan.templatetags.figures import score
from workplan.templatetags.portal import Look


@dataclass(frozen=True)
class Typed:
    """What was typed into a refused form, and what is wrong with it, by field name."""

    data: QueryDict | None = None
    faults: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""

    def text(self, name: str, stored: str) -> str:
        return stored if self.data is None else self.data.get(name, "")

    def ticked(self, name: str, stored: Iterable[str]) -> frozenset[str]:
        return frozenset(stored if self.data is None else self.data.getlist(name))


@dataclass(frozen=True)
class Cell:
    """One field of the form: its name, what stands in it, and what is wrong with that."""

    name: str
    text: str
    fault: str = ""


@dataclass(frozen=True)
class Choice:
    """One thing that may be named as proof."""

    value: str
    label: str
    is_ticked: bool


@dataclass(frozen=True)
class LineShown:
    """One criterion on the sheet."""

    criterion: AssessmentCriterion
    line: AssessmentLine
    told: Told
    #: The unit still writes; what an earlier check said of the line is shown and no longer counts.
    is_draft: bool
    #: What the line would come to by what is approved now, where that differs from what was handed in.
    now: Decimal | None
    points: Cell
    narrative: Cell
    reason: Cell
    files: tuple[Choice, ...] = ()
    reports: tuple[Choice, ...] = ()
    proofs_fault: str = ""
    proofs: tuple[AssessmentProof, ...] = ()
    #: What was handed in with the sheet itself.
    uploads: tuple[AssessmentFile, ...] = ()
    upload_fault: str = ""

    @property
    def stated(self) -> Decimal | None:
        return self.line.stated

    @property
    def earned(self) -> Decimal | None:
        return self.line.stated if self.is_draft else self.line.points

    @property
    def n_ticked(self) -> int:
        return sum(one.is_ticked for one in (*self.files, *self.reports))


@dataclass(frozen=True)
class SectionShown:
    section: AssessmentSection
    lines: tuple[LineShown, ...]

    @property
    def earned(self) -> Decimal | None:
        earned = [one.earned for one in self.lines if one.earned is not None]
        return sum(earned, Decimal(0)) if earned else None


@dataclass(frozen=True)
class SheetPage:
    sheet: Assessment
    sections: tuple[SectionShown, ...]
    #: What may be done: each verb in lower case, and cancel.
    may: Mapping[str, bool]
    steps: tuple[AssessmentStep, ...]
    typed: Typed
    #: What the lines add up to so far; the sheet's own total once it was handed in.
    total: Decimal | None

    @property
    def round(self) -> AssessmentRound:
        return self.sheet.round

    @property
    def unit(self) -> ReportingUnit:
        return self.sheet.unit

    @property
    def look(self) -> Look:
        return STATE_LOOKS[self.sheet.state if self.sheet.pk else ""]

    @property
    def grade_look(self) -> Look | None:
        if self.sheet.is_cancelled:
            return CANCELLED_LOOK
        return GRADE_LOOKS[self.sheet.grade] if self.sheet.grade else None

    @property
    def total_shown(self) -> str:
        return score(self.total, limits_shown(self.round))

    @property
    def is_provisional(self) -> bool:
        """Say whether points may still change."""
        return self.sheet.state not in (AssessmentState.CONFIRMED, AssessmentState.PUBLISHED)

    @property
    def limits(self) -> Limits:
        """What is told before a file is chosen."""
        return Limits(self.unit, self.round.scheme.plan)

    @property
    def comment(self) -> str:
        return self.typed.text("comment", "")

    @property
    def returned(self) -> AssessmentStep | None:
        """The return that waits for the unit's answer."""
        if self.sheet.state != AssessmentState.RETURNED:
            return None
        return next((one for one in self.steps if one.verb == AssessmentVerb.RETURN), None)


class NotOpen(Exception):
    """There is no such sheet for the person."""


def opened(person: permissions.Person, taken: AssessmentRound, unit: ReportingUnit) -> Assessment:
    """Return the unit's sheet, unsaved where it has not begun.

    :raises NotOpen: the unit is not assessed, or its sheet is not open to the person.
    """
    sheet = services.sheet_for(taken, unit)
    if sheet.pk is None:
        is_open = permissions.sees_all_reports(person) or permissions.works_in(person, unit)
        if not is_open or unit not in services.participants(taken):
            raise NotOpen
    elif not Assessment.objects.visible_to(person).filter(pk=sheet.pk).exists():
        raise NotOpen
    return sheet


def sheet_page(person: permissions.Person, sheet: Assessment, *, today: date, typed: Typed | None = None) -> SheetPage:
    """Return the page of a sheet that is open to the person."""
    return _Making(person, sheet, today, typed or Typed()).page()


class _Making:
    """Reads what a sheet's page needs: lines with their proofs, what they would come to now, what may be named."""

    def __init__(self, person: permissions.Person, sheet: Assessment, today: date, typed: Typed) -> None:
        self.person, self.sheet, self.today, self.typed = person, sheet, today, typed
        self.may = {verb.lower(): workflow.may(verb, sheet, by=person, today=today) for verb in AssessmentVerb}
        self.criteria = services.criteria_of(sheet.round.scheme)
        self.lines, self.proofs = self._stored()
        self.uploads = self._uploads()
        self.measured = self._measured()
        self.offered = offered(person, sheet.round, sheet.unit) if self.may["save"] else Offered()

    def page(self) -> SheetPage:
        shown = [self._line(criterion) for criterion in self.criteria]
        by_section = groupby(shown, key=lambda one: one.criterion.section)
        is_published = self.sheet.state == AssessmentState.PUBLISHED and not self.sheet.is_cancelled
        may_cancel = is_published and permissions.may_check_assessment(self.person, self.sheet.unit)
        steps = self.sheet.steps.select_related("by").order_by("-pk") if self.sheet.pk else ()
        return SheetPage(
            sheet=self.sheet,
            sections=tuple(SectionShown(section, tuple(lines)) for section, lines in by_section),
            may={**self.may, "cancel": may_cancel},
            steps=tuple(steps),
            typed=self.typed,
            total=self._total(shown),
        )

    def _total(self, shown: Sequence[LineShown]) -> Decimal | None:
        if self.sheet.state in HANDED_IN:
            return self.sheet.total
        lines = ((one.line.weight, one.earned) for one in shown)
        total = points.total_points(
            ((weight, earned) for weight, earned in lines if earned is not None), self.sheet.round.scheme.full_points
        )
        return None if total is None or any(one.earned is None and one.line.applies for one in shown) else total

    def _stored(self) -> tuple[dict[int, AssessmentLine], dict[int, list[AssessmentProof]]]:
        if self.sheet.pk is None:
            return {}, {}
        lines = {one.criterion_id: one for one in self.sheet.lines.all()}
        proofs: dict[int, list[AssessmentProof]] = {}
        named = AssessmentProof.objects.filter(line__assessment=self.sheet).select_related(
            "evidence__filing__report__unit", "evidence__milestone", "report__unit"
        )
        for one in named.order_by("pk"):
            proofs.setdefault(one.line_id, []).append(one)
        return lines, proofs

    def _uploads(self) -> dict[int, list[AssessmentFile]]:
        uploads: dict[int, list[AssessmentFile]] = {}
        if self.sheet.pk is not None:
            found = AssessmentFile.objects.filter(line__assessment=self.sheet).select_related(
                "line__assessment__round", "line__assessment__unit"
            )
            for one in found.order_by("uploaded_at", "pk"):
                uploads.setdefault(one.line_id, []).append(one)
        return uploads

    def _measured(self) -> Mapping[int, Measured]:
        """Measure anew until the result is confirmed: a draft shows nothing else, later it is held beside."""
        if self.sheet.state in (AssessmentState.CONFIRMED, AssessmentState.PUBLISHED):
            return {}
        return measuring.measure(self.person, self.sheet.round, self.sheet.unit, self.criteria, today=self.today)

    def _line(self, criterion: AssessmentCriterion) -> LineShown:
        line = self.lines.get(criterion.pk) or AssessmentLine(criterion=criterion, weight=criterion.weight)
        line.criterion = criterion
        fresh = self.measured.get(criterion.pk)
        now = None
        if fresh is not None and self.sheet.is_open:
            line.computed, line.applies, line.inputs = fresh.points, fresh.applies, fresh.inputs
        elif fresh is not None and fresh.points != line.computed:
            now = fresh.points
        proofs = tuple(self.proofs.get(line.pk, ()))
        code = criterion.code
        return LineShown(
            criterion=criterion,
            line=line,
            told=told(criterion, self.sheet.round, self.sheet.unit, line.inputs, applies=line.applies),
            is_draft=self.sheet.is_open,
            now=now,
            points=self._cell(f"points.{code}", self._claimed(line)),
            narrative=self._cell(f"narrative.{code}", line.narrative),
            reason=self._cell(f"reason.{code}", ""),
            files=self._files(code, proofs) if criterion.is_judged else (),
            reports=self._reports(code, proofs) if criterion.is_judged else (),
            proofs_fault=self.typed.faults.get(f"evidence.{code}") or self.typed.faults.get(f"report.{code}", ""),
            proofs=proofs,
            uploads=tuple(self.uploads.get(line.pk, ())),
            upload_fault=self.typed.faults.get(f"file.{code}", ""),
        )

    def _claimed(self, line: AssessmentLine) -> str:
        """Return what stands in the field of points: the unit's own while it writes, nothing where it is checked."""
        return "" if line.claimed is None or not self.sheet.is_open else plain_text(line.claimed)

    def _cell(self, name: str, stored: str) -> Cell:
        return Cell(name, self.typed.text(name, stored), self.typed.faults.get(name, ""))

    def _files(self, code: str, proofs: Iterable[AssessmentProof]) -> tuple[Choice, ...]:
        name = f"evidence.{code}"
        ticked = self.typed.ticked(name, (str(one.evidence_id) for one in proofs if one.evidence_id))
        return tuple(
            Choice(str(one.pk), f"{one.milestone.code} {one.name}", str(one.pk) in ticked) for one in self.offered.files
        )

    def _reports(self, code: str, proofs: Iterable[AssessmentProof]) -> tuple[Choice, ...]:
        name = f"report.{code}"
        named = (f"{one.report.period_id:%Y-%m}" for one in proofs if one.report is not None)
        ticked = self.typed.ticked(name, named)
        months = [(f"{one.period_id:%Y-%m}", month_words(one.period_id)) for one in self.offered.reports]
        return tuple(Choice(month, words, month in ticked) for month, words in months)
