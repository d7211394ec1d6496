"""The list of a round: who was assessed, with which points in each section, which rank and grade."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import Coalesce

from accounts import permissions
from accounts.models import ReportingUnit
from reporting.assessment import points, services
from reporting.assessment.looks import CANCELLED_LOOK, GRADE_LOOKS, LEFT_OUT_LOOK, STATE_LOOKS
from reporting.assessment.models import (
    HANDED_IN,
    Assessment,
    AssessmentLine,
    AssessmentRound,
    AssessmentSection,
    AssessmentState,
)
from reporting.assessment.sentences import limits_shown
from targets import measures
from workplan.templatetags.figures import score
from workplan.templatetags.portal import Look


@dataclass(frozen=True)
class Row:
    """One unit of the round, as far as the person may know; `sheet` is None where it has not begun."""

    unit: ReportingUnit
    sheet: Assessment | None
    #: What each section came to, in their order; None before the sheet is handed in.
    sections: tuple[Decimal | None, ...]
    #: Before publication both are what would follow from the totals so far; a cancelled grade is none.
    rank: int | None
    grade: str
    #: Its page is open to the person.
    is_open: bool
    limits: tuple[Decimal, ...] = ()
    #: The round was published without it.
    is_left_out: bool = False

    @property
    def state(self) -> str:
        return "" if self.sheet is None else self.sheet.state

    @property
    def total(self) -> Decimal | None:
        return None if self.sheet is None else self.sheet.total

    @property
    def total_shown(self) -> str:
        return score(self.total, self.limits)

    @property
    def look(self) -> Look:
        return LEFT_OUT_LOOK if self.is_left_out else STATE_LOOKS[self.state]

    @property
    def is_cancelled(self) -> bool:
        return self.sheet is not None and self.sheet.is_cancelled

    @property
    def grade_look(self) -> Look | None:
        if self.is_cancelled:
            return CANCELLED_LOOK
        return GRADE_LOOKS[self.grade] if self.grade else None


@dataclass(frozen=True)
class RoundPage:
    round: AssessmentRound
    rounds: tuple[AssessmentRound, ...]
    sections: tuple[AssessmentSection, ...]
    rows: tuple[Row, ...]
    states: tuple[tuple[Look, int], ...]
    may_publish: bool
    n_confirmed: int
    n_waiting: int
    quota: int
    #: The bureau of the person where it is assessed and may still write.
    own: ReportingUnit | None

    @property
    def is_provisional(self) -> bool:
        return not self.round.is_published


def rounds_begun(today: date) -> tuple[AssessmentRound, ...]:
    """Return the rounds in which units assess themselves or did, the newest first; among equals by code."""
    found = AssessmentRound.objects.filter(opens_on__lte=today).select_related("scheme", "period__plan")
    return tuple(found.order_by("-period", "scheme__code", "code"))


def round_page(person: permissions.Person, taken: AssessmentRound, *, today: date) -> RoundPage:
    """Return the list of a round: all units for the ministry, one's own and what is published for a bureau."""
    sections = tuple(taken.scheme.sections.order_by("code"))
    rows = rows_of(person, taken, sections)
    counted = Counter(row.state for row in rows)
    looks = Counter(row.look for row in rows)
    n_confirmed = counted[AssessmentState.CONFIRMED]
    may_check = permissions.may_check_assessment(person, permissions.national_unit())
    bureau = permissions.access(person).bureau
    own = next((row.unit for row in rows if bureau is not None and row.unit.pk == bureau.pk), None)
    return RoundPage(
        round=taken,
        rounds=rounds_begun(today),
        sections=sections,
        rows=rows,
        states=tuple((look, looks[look]) for look in (*STATE_LOOKS.values(), LEFT_OUT_LOOK) if looks[look]),
        may_publish=may_check and not taken.is_published,
        n_confirmed=n_confirmed,
        n_waiting=counted[AssessmentState.SUBMITTED] + counted[AssessmentState.CHECKED],
        quota=points.quota(n_confirmed, taken.scheme.excellent_share),
        own=None if taken.is_published else own,
    )


def rows_of(
    person: permissions.Person, taken: AssessmentRound, sections: Sequence[AssessmentSection]
) -> tuple[Row, ...]:
    """Return the units of the round in the order of their rank, then of their place in the country."""
    listed = {one.unit_id: one for one in Assessment.objects.listed_to(person).with_people().filter(round=taken)}
    opened = set(Assessment.objects.visible_to(person).filter(round=taken).values_list("unit_id", flat=True))
    units = [
        one for one in services.participants(taken) if one.pk in listed or permissions.sees_all_reports(person)
        or permissions.works_in(person, one)
    ]  # fmt: skip
    earned = _by_section(listed.values())
    ranks, graded = _standing(person, taken, listed.values())
    rows = [
        Row(
            unit=unit,
            sheet=(sheet := listed.get(unit.pk)),
            sections=tuple(earned.get((sheet.pk, one.pk)) if sheet else None for one in sections),
            rank=ranks.get(unit.pk),
            grade=graded.get(unit.pk, ""),
            is_open=unit.pk in opened or sheet is None,
            limits=tuple(limits_shown(taken)),
            is_left_out=taken.is_published and (sheet is None or sheet.state != AssessmentState.PUBLISHED),
        )
        for unit in units
    ]
    return tuple(sorted(rows, key=lambda row: (row.rank is None, row.rank or 0, row.total is None)))


def _by_section(sheets: Iterable[Assessment]) -> Mapping[tuple[int, int], Decimal]:
    """Return what the sections of each sheet (ids) that was handed in came to: one query."""
    handed_in = [one.pk for one in sheets if one.state in HANDED_IN]
    rows = (
        AssessmentLine.objects.filter(assessment__in=handed_in)
        .values_list("assessment_id", "criterion__section_id")
        .annotate(earned=Sum(Coalesce("checked", "computed", "claimed")))
    )
    return {(sheet, section): earned for sheet, section, earned in rows if earned is not None}


def _standing(
    person: permissions.Person, taken: AssessmentRound, sheets: Iterable[Assessment]
) -> tuple[Mapping[int, int | None], Mapping[int, str]]:
    """Return rank and grade by unit (id): as published, or for the ministry what the totals so far would bring."""
    if taken.is_published:
        published = [one for one in sheets if one.state == AssessmentState.PUBLISHED]
        standing = {one.unit_id: "" if one.is_cancelled else one.grade for one in published}
        return {one.unit_id: one.rank for one in published}, standing
    if not permissions.sees_all_reports(person):
        return {}, {}
    totals = {one.unit_id: one.total for one in sheets if one.total is not None}
    ranks = measures.ranks(list(totals.values()))
    graded = points.grades(totals, taken.scheme.limits())
    return dict(zip(totals, ranks, strict=True)), {unit: grade.value for unit, grade in graded.items()}
