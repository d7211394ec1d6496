"""The scoring schemes a plan year begins with, from a file. What stands already stays as it is, used or changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CheckConstraint
from django.dispatch import receiver

from reporting.assessment.models import AssessmentCriterion, AssessmentRound, AssessmentScheme, AssessmentSection
from submissions.models import ReportingMonth
from submissions.signals import plan_loaded
from targets.models import Indicator, Milestone, Plan
from workplan.lib.loading import Effect, Reader, Row, beside, read_json

SCHEMA = "workplan/assessment-schemes/1"
_SCHEME = (
    *("code", "name", "name_en", "source", "source_en"),
    *("full_points", "excellent_from", "pass_from", "excellent_share"),
)
_SECTION = ("code", "name", "name_en", "weight")
_CRITERION = (
    *("number", "name", "name_en", "guide", "guide_en", "weight", "kind", "formula", "floor", "tolerance"),
    *("milestones", "credit_submitted", "credit_in_progress", "counted", "each", "cap"),
)
_ROUND = ("code", "name", "name_en", "basis", "opens_on")


@receiver(plan_loaded)
def load_beside(file: Path, effects: list[Effect], **_signal: object) -> None:
    """Load the schemes that belong to a plan's file, if they are there; runs within the loading of the plan."""
    found = beside(file, "assessment_schemes_")
    if found is not None:
        effects += load_schemes(read_json(found))


@dataclass
class _Read:
    """What the file holds, not saved yet."""

    schemes: list[AssessmentScheme] = field(default_factory=list)
    sections: list[AssessmentSection] = field(default_factory=list)
    criteria: list[AssessmentCriterion] = field(default_factory=list)
    rounds: list[AssessmentRound] = field(default_factory=list)


@transaction.atomic
def load_schemes(document: Row) -> list[Effect]:
    """Write the schemes and the rounds whose code is not known yet.

    :raises FileRefused: with every problem of the file; nothing is written.
    """
    reader = Reader()
    reader.check_schema(document, SCHEMA)
    plan = Plan.objects.filter(year=document.get("year")).first()
    if plan is None:
        reader.complain("/year", f"there is no plan of {document.get('year')!r}.")
        reader.finish()
    known = {one.code: one for one in AssessmentScheme.objects.all()}
    read = _Schemes(reader, plan, known).read(document)
    reader.finish()
    fresh = [one for one in read.schemes if one.code not in known]
    AssessmentScheme.objects.bulk_create(fresh)
    sections = [one for one in read.sections if one.scheme in fresh]
    AssessmentSection.objects.bulk_create(sections)
    AssessmentCriterion.objects.bulk_create(one for one in read.criteria if one.section in sections)
    rounds = _fresh_rounds(read.rounds, known)
    AssessmentRound.objects.bulk_create(rounds)
    return [
        Effect("assessment schemes", created=len(fresh), unchanged=len(read.schemes) - len(fresh)),
        Effect("assessment rounds", created=len(rounds), unchanged=len(read.rounds) - len(rounds)),
    ]


def _fresh_rounds(rounds: list[AssessmentRound], known: Mapping[str, AssessmentScheme]) -> list[AssessmentRound]:
    """Return the rounds that are not there yet, each of the scheme as it stands in the database."""
    there = set(AssessmentRound.objects.values_list("code", flat=True))
    fresh = [one for one in rounds if one.code not in there]
    for one in fresh:
        one.scheme = known.get(one.scheme.code, one.scheme)
    return fresh


class _Schemes:
    """Reads the file against a plan: its months, its indicators and its milestones."""

    def __init__(self, reader: Reader, plan: Plan | None, known: Collection[str]) -> None:
        self.reader, self.plan, self.known, self.found = reader, plan, known, _Read()
        self.indicators = {one.code: one for one in Indicator.objects.all()}
        self.milestones = set(Milestone.objects.filter(item__plan=plan).values_list("code", flat=True))
        self.months = {f"{one.month}": one for one in ReportingMonth.objects.filter(plan=plan)}

    def read(self, document: Row) -> _Read:
        reader, places, round_places = self.reader, [], []
        for at, row in reader.rows(document, "schemes"):
            scheme = reader.instance(AssessmentScheme, row, at, fields=_SCHEME, others=("sections", "rounds"))
            scheme.plan = self.plan
            self.found.schemes.append(scheme)
            places.append((f"{at}/code", scheme.code))
            weights = [self._section(scheme, one, of) for of, one in reader.rows(row, "sections", at)]
            self._adds_up(weights, scheme.full_points, f"{at}/full_points")
            for of, one in reader.rows(row, "rounds", at):
                round_places.append((f"{of}/code", self._round(scheme, one, of).code))
        reader.refuse_repeated(places, "scheme")
        reader.refuse_repeated(round_places, "round")
        return self.found

    def _section(self, scheme: AssessmentScheme, row: Row, at: str) -> Decimal | None:
        section = self.reader.instance(AssessmentSection, row, at, fields=_SECTION, others=("criteria",))
        section.scheme = scheme
        self.found.sections.append(section)
        weights = [self._criterion(section, one, of) for of, one in self.reader.rows(row, "criteria", at)]
        self._adds_up(weights, section.weight, f"{at}/weight")
        return section.weight

    def _criterion(self, section: AssessmentSection, row: Row, at: str) -> Decimal | None:
        reader = self.reader
        criterion = reader.instance(AssessmentCriterion, row, at, fields=_CRITERION, others=("indicator",))
        criterion.section = section
        code = row.get("indicator")
        if code is not None and not reader.refuse_unknown(code, self.indicators, f"{at}/indicator", "indicator"):
            criterion.indicator = self.indicators[str(code)]
        for place, milestone in enumerate(criterion.milestones):
            reader.refuse_unknown(milestone, self.milestones, f"{at}/milestones/{place}", "milestone")
        if section.scheme.code not in self.known and not reader.problems:
            self._holds(criterion, at)
        self.found.criteria.append(criterion)
        return criterion.weight

    def _holds(self, criterion: AssessmentCriterion, at: str) -> None:
        """Complain of what the database would refuse of the row."""
        for constraint in criterion._meta.constraints:
            if isinstance(constraint, CheckConstraint):
                try:
                    constraint.validate(AssessmentCriterion, criterion)
                except ValidationError as error:
                    self.reader.complain(at, f"{constraint.name}: {' '.join(error.messages)}")

    def _round(self, scheme: AssessmentScheme, row: Row, at: str) -> AssessmentRound:
        taken = self.reader.instance(AssessmentRound, row, at, fields=_ROUND, others=("month",))
        taken.scheme = scheme
        month = row.get("month")
        if not self.reader.refuse_unknown(month, self.months, f"{at}/month", "month of the plan"):
            taken.period = self.months[str(month)]
        self.found.rounds.append(taken)
        return taken

    def _adds_up(self, weights: Iterable[Decimal | None], whole: Decimal | None, at: str) -> None:
        """Complain where the parts do not add up to the whole; what is missing was complained of already."""
        parts = list(weights)
        if whole is not None and None not in parts and sum(parts) != whole:
            self.reader.complain(at, f"is {whole}, but its parts add up to {sum(parts)}.")
