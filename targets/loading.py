"""The plan from files: the notice with its national targets, and the split over units.

Checked as a whole against the models and against each other, then written in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from django.db import transaction

from accounts.models import NATION_CODE, ReportingUnit
from targets.models import (
    Assignment,
    Chapter,
    Indicator,
    IndicatorPart,
    Item,
    Kind,
    Milestone,
    Plan,
    Target,
    Thresholds,
)
from workplan.lib.loading import Effect, Reader, Row, upsert

PLAN_SCHEMA = "workplan/plan/1"
SPLIT_SCHEMA = "workplan/unit-targets/1"

_PLAN = ("year", "number", "title", "title_en", "issuer", "issuer_en", "issued_on")
_CHAPTER = ("number", "heading", "heading_en")
_ITEM = ("number", "heading", "heading_en", "summary", "summary_en", "lead", "lead_en")
_MILESTONE = (
    *("code", "title", "title_en", "actors", "scope", "scope_count", "parts"),
    *("output", "frequency", "baseline_count", "scope_by_unit", "note"),
)
_INDICATOR = (
    *("code", "name", "name_en", "short_name", "short_name_en", "kind", "unit_of_measure"),
    *("decimals", "display_decimals", "frequency", "time_aggregation", "unit_aggregation"),
    *("numerator_name", "numerator_name_en", "denominator_name", "denominator_name_en"),
    *("definition", "definition_en", "scope_note", "scope_note_en", "due_rule", "due_rule_en"),
    *("has_persons", "source"),
)
_PART = ("code", "name", "name_en", "share_low", "share_high")
#: What a unit's target shares with the national one unless its row says otherwise.
_INHERITED = ("bound", "strength", "planned_month", "seasonal_shares")
_NUMBERS = ("target_value", "baseline_value", "wording", "source")
_TARGET = (*_NUMBERS, *_INHERITED)
_STORED_TARGET = ("item", *_TARGET, "is_synthetic")
#: The leader's headline figures are the country's own.
_HEADLINE = "headline_position"


@dataclass(frozen=True)
class PlanLoaded:
    """What the files changed."""

    plan: Plan
    effects: list[Effect]


@dataclass
class _Draft:
    """The files as unsaved rows; references are still numbers and codes."""

    plan: Plan
    chapters: list[Chapter] = field(default_factory=list)
    items: list[tuple[int, Item]] = field(default_factory=list)
    milestones: list[tuple[int, Milestone]] = field(default_factory=list)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    item_of: dict[str, int] = field(default_factory=dict)
    part_of: dict[str, str] = field(default_factory=dict)
    #: indicator → the parts its figure may be filed in
    parts: list[tuple[str, IndicatorPart]] = field(default_factory=list)
    targets: dict[tuple[str, str], Target] = field(default_factory=dict)
    assignments: list[tuple[str, str]] = field(default_factory=list)


@transaction.atomic
def load_plan(document: Row, split: Row | None = None) -> PlanLoaded:
    """Write the plan and, where given, its split over units; what the files leave out stays.

    :raises FileRefused: with every problem of both files; nothing is written.
    """
    reader = Reader()
    draft = _read_plan(reader, document)
    if split is not None:
        _read_split(reader, split, draft)
    reader.finish()
    written = _Writer(draft)
    return PlanLoaded(written.plan, written.effects)


# Reading ---------------------------------------------------------------------------------------


def _read_plan(reader: Reader, document: Row) -> _Draft:
    reader.check_schema(document, PLAN_SCHEMA)
    head = document.get("plan")
    plan = reader.instance(Plan, head if isinstance(head, dict) else {}, "/plan", fields=_PLAN)
    draft = _Draft(plan)
    for at, row in reader.rows(document, "chapters"):
        draft.chapters.append(reader.instance(Chapter, row, at, fields=_CHAPTER))
    _refuse_repeated_numbers(reader, "/chapters", draft.chapters, "chapter")
    for at, row in reader.rows(document, "items"):
        _read_item(reader, row, at, draft)
    _refuse_repeated_numbers(reader, "/items", [item for _, item in draft.items], "item")
    for at, row in reader.rows(document, "indicators"):
        _read_indicator(reader, row, at, draft)
    _check_parts(reader, draft)
    places = []
    for at, row in reader.rows(document, "targets"):
        target = _read_national_target(reader, row, at, draft)
        places.append((f"{at}/{_HEADLINE}", target.headline_position))
    reader.refuse_repeated(((at, place) for at, place in places if place is not None), "headline position")
    return draft


def _refuse_repeated_numbers(reader: Reader, at: str, rows: Sequence[Chapter | Item], what: str) -> None:
    reader.refuse_repeated(((f"{at}/{index}/number", row.number) for index, row in enumerate(rows)), what)


def _read_item(reader: Reader, row: Row, at: str, draft: _Draft) -> None:
    item = reader.instance(Item, row, at, fields=_ITEM, others=("chapter", "milestones"))
    chapter = row.get("chapter")
    reader.refuse_unknown(chapter, {one.number for one in draft.chapters}, f"{at}/chapter", "chapter")
    draft.items.append((chapter if isinstance(chapter, int) else 0, item))
    codes = []
    for place, milestone in reader.rows(row, "milestones", at):
        built = reader.instance(Milestone, milestone, place, fields=_MILESTONE)
        draft.milestones.append((item.number, built))
        codes.append((f"{place}/code", built.code))
    reader.refuse_repeated(codes, "milestone")


def _read_indicator(reader: Reader, row: Row, at: str, draft: _Draft) -> None:
    indicator = reader.instance(Indicator, row, at, fields=_INDICATOR, others=("item", "part_of", "parts"))
    item, whole = row.get("item"), row.get("part_of")
    reader.refuse_unknown(item, {one.number for _, one in draft.items}, f"{at}/item", "item")
    if (indicator.kind == Kind.RATIO) != (indicator.unit_aggregation == "RATIO_OF_SUMS"):
        reader.complain(f"{at}/unit_aggregation", "ratios pool as RATIO_OF_SUMS, everything else as SUM.")
    if indicator.kind == Kind.RATIO and not (indicator.numerator_name and indicator.denominator_name):
        reader.complain(f"{at}/numerator_name", "a ratio names its numerator and its denominator.")
    if indicator.code in draft.indicators:
        reader.complain(f"{at}/code", f"indicator {indicator.code} stands already above.")
    draft.indicators[indicator.code] = indicator
    draft.item_of[indicator.code] = item if isinstance(item, int) else 0
    if whole is not None:
        draft.part_of[indicator.code] = str(whole)
    if "parts" in row:
        _read_parts(reader, row, at, draft)


def _read_parts(reader: Reader, row: Row, at: str, draft: _Draft) -> None:
    """Read the parts an indicator's figure is filed in; only what is a single number has any."""
    codes = []
    for position, (place, part) in enumerate(reader.rows(row, "parts", at)):
        built = reader.instance(IndicatorPart, part, place, fields=_PART)
        built.position = position
        draft.parts.append((str(row.get("code")), built))
        codes.append((f"{place}/code", built.code))
    reader.refuse_repeated(codes, "part")
    if row.get("kind") not in {Kind.FLOW, Kind.STOCK}:
        reader.complain(f"{at}/parts", "only flows and levels have parts.")


def _check_parts(reader: Reader, draft: _Draft) -> None:
    """A part names a whole of the same kind that is not itself a part."""
    for index, code in enumerate(draft.indicators):
        at, whole = f"/indicators/{index}/part_of", draft.part_of.get(code)
        if whole is None or reader.refuse_unknown(whole, draft.indicators, at, "indicator"):
            continue
        if whole == code or whole in draft.part_of:
            reader.complain(at, f"{whole} is itself a part.")
        elif draft.indicators[whole].kind != draft.indicators[code].kind:
            reader.complain(at, f"{whole} is of another kind.")


def _read_national_target(reader: Reader, row: Row, at: str, draft: _Draft) -> Target:
    fields = (*_TARGET, _HEADLINE)
    target = reader.instance(Target, row, at, fields=fields, others=("indicator", "baseline_source"))
    if baseline_source := row.get("baseline_source"):
        target.source = f"{target.source}；基数：{baseline_source}"
    _check_curve(reader, target, at)
    _keep_target(reader, row, at, draft, target=target, unit=NATION_CODE)
    return target


def _check_curve(reader: Reader, target: Target, at: str) -> None:
    """A seasonal curve is twelve cumulative shares that never fall and end at 1."""
    shares = target.seasonal_shares
    if shares is None:
        return
    falls = any(later < earlier for earlier, later in pairwise(shares))
    if len(shares) != 12 or falls or shares[-1] != 1:
        reader.complain(f"{at}/seasonal_shares", "twelve shares that rise to 1 are expected here.")


def _keep_target(reader: Reader, row: Row, at: str, draft: _Draft, *, target: Target, unit: str) -> None:
    code = row.get("indicator")
    if reader.refuse_unknown(code, draft.indicators, f"{at}/indicator", "indicator"):
        return
    for name in ("target_value", "baseline_value"):
        if isinstance(value := getattr(target, name), Decimal) and value < 0:
            reader.complain(f"{at}/{name}", "must not be negative.")
    if (code, unit) in draft.targets:
        reader.complain(at, f"{unit} has a target for {code} already.")
    draft.targets[str(code), unit] = target


def _read_split(reader: Reader, document: Row, draft: _Draft) -> None:
    reader.check_schema(document, SPLIT_SCHEMA)
    if document.get("year") != draft.plan.year:
        reader.complain("/year", f"is {document.get('year')!r}; the plan is of {draft.plan.year}.")
    units = set(ReportingUnit.objects.on_the_tree().values_list("code", flat=True))
    for at, row in reader.rows(document, "targets"):
        target = _read_unit_target(reader, {"source": document.get("note", ""), **row}, at, draft)
        target.is_synthetic = document.get("synthetic") is True
        if not reader.refuse_unknown(row.get("unit"), units, f"{at}/unit", "unit"):
            _keep_target(reader, row, at, draft, target=target, unit=str(row.get("unit")))
    for at, code, unit in _assigned(reader, document):
        known = not reader.refuse_unknown(code, draft.indicators, at, "indicator")
        if known and not reader.refuse_unknown(unit, units, at, "unit"):
            draft.assignments.append((code, unit))
    if len(set(draft.assignments)) != len(draft.assignments):
        reader.complain("/assignments", "a unit is assigned an indicator twice.")


def _read_unit_target(reader: Reader, row: Row, at: str, draft: _Draft) -> Target:
    """Return a unit's target; what its row leaves out is as in the national one."""
    target = reader.instance(
        Target,
        row,
        at,
        fields=[*_NUMBERS, *(name for name in _INHERITED if name in row)],
        others=("indicator", "unit"),
    )
    national = draft.targets.get((str(row.get("indicator")), NATION_CODE))
    for name in _INHERITED:
        if name not in row and national is not None:
            setattr(target, name, getattr(national, name))
    return target


def _assigned(reader: Reader, document: Row) -> Iterator[tuple[str, str, str]]:
    """Yield pointer, indicator and unit of every assignment of the file."""
    assignments = document.get("assignments")
    if not isinstance(assignments, dict):
        reader.complain("/assignments", "an object of indicators is expected here.")
        return
    for code, listed in assignments.items():
        if not isinstance(listed, list):
            reader.complain(f"/assignments/{code}", "a list of units is expected here.")
            continue
        for index, unit in enumerate(listed):
            yield f"/assignments/{code}/{index}", code, str(unit)


# Writing ---------------------------------------------------------------------------------------


class _Writer:
    """Writes a draft that was found in order; keeps what later rows refer to."""

    def __init__(self, draft: _Draft) -> None:
        self.draft = draft
        effect, stored = upsert("plan", Plan.objects.all(), [draft.plan], key=["year"], fields=_PLAN[1:])
        self.plan = stored[draft.plan.year,]
        self.effects = [effect]
        self.units = {unit.code: unit for unit in ReportingUnit.objects.all()}
        self.items = self._write_items()
        self._write_milestones()
        self.indicators = self._write_indicators()
        self._write_parts()
        self._write_targets()
        self._name_indicators_without_target()
        self._write_assignments()
        self._write_thresholds()

    def _write_items(self) -> dict[int, Item]:
        rows = self.draft.chapters
        for chapter in rows:
            chapter.plan = self.plan
        effect, chapters = upsert(
            "chapters", self.plan.chapters.all(), rows, key=["plan", "number"], fields=_CHAPTER[1:]
        )
        self.effects.append(effect)
        for number, item in self.draft.items:
            item.plan, item.chapter = self.plan, chapters[self.plan.pk, number]
        items = [item for _, item in self.draft.items]
        effect, stored = upsert(
            "items", self.plan.items.all(), items, key=["plan", "number"], fields=[*_ITEM[1:], "chapter"]
        )
        self.effects.append(effect)
        return {item.number: item for item in stored.values()}

    def _write_milestones(self) -> None:
        for number, milestone in self.draft.milestones:
            milestone.item = self.items[number]
        stored = Milestone.objects.filter(item__plan=self.plan)
        rows = [milestone for _, milestone in self.draft.milestones]
        self.effects.append(upsert("milestones", stored, rows, key=["item", "code"], fields=_MILESTONE[1:])[0])

    def _write_indicators(self) -> dict[str, Indicator]:
        """Write wholes before their parts."""
        drafted, part_of = self.draft.indicators, self.draft.part_of
        wholes = [one for code, one in drafted.items() if code not in part_of]
        parts = [drafted[code] for code in part_of]
        fields = [*_INDICATOR[1:], "part_of"]
        first, stored = upsert("indicators", Indicator.objects.all(), wholes, key=["code"], fields=fields)
        for code, whole in part_of.items():
            drafted[code].part_of = stored[whole,]
        second, stored = upsert("indicators", Indicator.objects.all(), parts, key=["code"], fields=fields)
        self.effects.append(first + second)
        return {indicator.code: indicator for indicator in stored.values()}

    def _write_parts(self) -> None:
        for code, part in self.draft.parts:
            part.indicator = self.indicators[code]
        rows = [part for _, part in self.draft.parts]
        key, fields = ["indicator", "code"], [*_PART[1:], "position"]
        self.effects.append(upsert("parts", IndicatorPart.objects.all(), rows, key=key, fields=fields)[0])

    def _write_targets(self) -> None:
        for (code, unit), target in self.draft.targets.items():
            target.plan, target.item = self.plan, self.items[self.draft.item_of[code]]
            target.indicator, target.unit = self.indicators[code], self.units[unit]
        rows = list(self.draft.targets.values())
        of_units = [target for target in rows if target.unit.code != NATION_CODE]
        national = [target for target in rows if target.unit.code == NATION_CODE]
        key, stored = ["plan", "indicator", "unit"], self.plan.targets.all()
        # A file that names no headline figures leaves those that were chosen in the admin.
        chosen = [_HEADLINE] if any(target.headline_position for target in national) else []
        self.effects += [
            upsert("national targets", stored, national, key=key, fields=[*_STORED_TARGET, *chosen])[0],
            upsert("unit targets", stored, of_units, key=key, fields=_STORED_TARGET)[0],
        ]

    def _name_indicators_without_target(self) -> None:
        """Tie what is reported without a national target to the item it is reported for."""
        asked = Item.indicators.through
        rows = [
            asked(item=self.items[number], indicator=self.indicators[code])
            for code, number in self.draft.item_of.items()
            if (code, NATION_CODE) not in self.draft.targets
        ]
        stored = asked.objects.filter(item__plan=self.plan)
        self.effects.append(upsert("without target", stored, rows, key=["item", "indicator"], fields=[])[0])

    def _write_assignments(self) -> None:
        rows = [
            Assignment(plan=self.plan, indicator=self.indicators[code], unit=self.units[unit])
            for code, unit in self.draft.assignments
        ]
        key, stored = ["plan", "indicator", "unit"], self.plan.assignments.all()
        self.effects.append(upsert("assignments", stored, rows, key=key, fields=[])[0])

    def _write_thresholds(self) -> None:
        _, is_new = Thresholds.objects.get_or_create(plan=self.plan)
        self.effects.append(Effect("thresholds", created=int(is_new), unchanged=int(not is_new)))
