"""A notice held against the plan of its year: what is the same, what differs, what is missing on either side.

Pure: it takes the plan as plain rows. It proposes; targets are changed by a person, in the plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from targets.notice.amounts import Amount, Unit, Way, amounts_in
from targets.notice.structure import Chapter, Document, Item


class Verdict(StrEnum):
    FOUND = "found"
    DIFFERS = "differs"
    MISSING = "missing"
    #: Stands in the notice and not in the plan.
    EXTRA = "not in the plan"


@dataclass(frozen=True)
class PlannedTarget:
    """A national target of the plan, as the comparison takes it; `unit` PERSON, YUAN, COUNT or RATE."""

    indicator: str
    name: str
    value: object
    unit: str
    bound: str
    strength: str
    is_naught: bool


@dataclass(frozen=True)
class PlannedItem:
    number: int
    chapter: int
    heading: str
    targets: Sequence[PlannedTarget] = ()


@dataclass(frozen=True)
class Place:
    """An amount and where it stands: the item, the sentence counted from its first, and the sentence itself."""

    item: Item
    sentence_number: int
    sentence: str
    amount: Amount

    def __str__(self) -> str:
        return f"item {self.item.number}, sentence {self.sentence_number} (line {self.item.line})"


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    verdict: Verdict
    what: str
    why: str = ""
    place: Place | None = None


#: Punctuation, quotes and blanks do not make another heading.
_SILENT = re.compile(r"[\s，。、；：,.;:“”\"'《》〈〉（）()·-]")
_LIKE_ENOUGH = 0.3


def folded(heading: str) -> str:
    """Return a heading as headings are compared.

    >>> folded("推动“十一五”规划, 落实。") == folded("推动十一五规划，落实")
    True
    """
    return _SILENT.sub("", heading)


def compare_chapters(planned: Sequence[tuple[int, str]], document: Document) -> list[Finding]:
    return list(_compare_headings("chapter", dict(planned), {one.number: one for one in document.chapters}))


def compare_items(planned: Sequence[PlannedItem], document: Document) -> list[Finding]:
    headings = {one.number: one.heading for one in planned}
    return list(_compare_headings("item", headings, {one.number: one for one in document.items}))


def _compare_headings(
    what: str, planned: dict[int, str], found: dict[int, Chapter] | dict[int, Item]
) -> Iterator[Finding]:
    for number in sorted(planned.keys() | found.keys()):
        name = f"{what} {number}"
        if number not in found:
            yield Finding(Verdict.MISSING, name, f"the notice has none; the plan: {planned[number]}")
        elif number not in planned:
            yield Finding(Verdict.EXTRA, name, f"line {found[number].line}: {found[number].heading}")
        elif folded(planned[number]) != folded(found[number].heading):
            said = f"line {found[number].line}: {found[number].heading}; the plan: {planned[number]}"
            yield Finding(Verdict.DIFFERS, name, said)
        else:
            yield Finding(Verdict.FOUND, name)


def same_items(planned: Sequence[PlannedItem], document: Document) -> list[Item]:
    """Return the items of the notice whose number, chapter and heading are those of the plan."""
    known = {one.number: one for one in planned}
    return [
        one
        for one in document.items
        if one.number in known
        and folded(known[one.number].heading) == folded(one.heading)
        and known[one.number].chapter == one.chapter
    ]


# Targets ---------------------------------------------------------------------------------------


def places_of(item: Item) -> list[Place]:
    return [
        Place(item, number, sentence, amount)
        for number, sentence in enumerate(item.sentences, start=1)
        for amount in amounts_in(sentence)
    ]


def compare_targets(planned: Sequence[PlannedItem], document: Document) -> list[Finding]:
    """Hold the amounts of each item against the national targets of that item."""
    items = {one.number: one for one in document.items}
    findings = []
    for plan_item in planned:
        item = items.pop(plan_item.number, None)
        findings += _compare_amounts(plan_item.targets, places_of(item) if item is not None else [])
    for item in items.values():
        findings += [_extra(place) for place in places_of(item)]
    return findings


def _compare_amounts(targets: Sequence[PlannedTarget], places: list[Place]) -> Iterator[Finding]:
    left = list(places)
    unmatched = []
    for target in targets:
        place = _likest(target, [one for one in left if not _differences(target, one.amount)])
        if place is None:
            unmatched.append(target)
            continue
        left.remove(place)
        yield Finding(Verdict.FOUND, f"{target.indicator} {target.name}", place.amount.text, place)
    for target in unmatched:
        alike = [one for one in left if _likeness(target, one.amount) >= _LIKE_ENOUGH]
        place = _likest(target, alike or _only_one_of_its_unit(target, left if len(unmatched) == 1 else []))
        if place is None:
            yield Finding(Verdict.MISSING, f"{target.indicator} {target.name}", f"the plan: {_said(target)}")
            continue
        left.remove(place)
        why = "; ".join(_differences(target, place.amount))
        yield Finding(Verdict.DIFFERS, f"{target.indicator} {target.name}", why, place)
    yield from (_extra(place) for place in left)


def _only_one_of_its_unit(target: PlannedTarget, places: list[Place]) -> list[Place]:
    """Return the amount that must be meant, whatever it is called: none else of the unit is left in the item."""
    same = [one for one in places if one.amount.unit == (Unit.NONE if target.is_naught else target.unit)]
    return same if len(same) == 1 else []


def _extra(place: Place) -> Finding:
    amount = place.amount
    why = f"{_shown(amount)}{f' ({amount.doubt})' if amount.doubt else ''}"
    return Finding(Verdict.EXTRA, amount.label or "an amount without a name", why, place)


def _differences(target: PlannedTarget, amount: Amount) -> list[str]:
    """Return in what an amount is not the target; a range, an estimate, a growth or a doubt never is one."""
    found = []
    if target.is_naught != (amount.unit == Unit.NONE) or (not target.is_naught and amount.unit != target.unit):
        found.append(f"unit {amount.unit}, the plan {target.unit}")
    if amount.value != target.value:
        found.append(f"value {_plain(amount.value)}, the plan {_plain(target.value)}")
    if amount.way != target.bound:
        found.append(f"bound {amount.way}, the plan {target.bound}")
    if amount.strength != target.strength:
        found.append(f"strength {amount.strength}, the plan {target.strength}")
    return [*found, amount.doubt] if amount.doubt else found


def _likest(target: PlannedTarget, places: Sequence[Place]) -> Place | None:
    return max(places, key=lambda one: _likeness(target, one.amount), default=None)


def _likeness(target: PlannedTarget, amount: Amount) -> float:
    """Return how much two names have in common, 0 to 1; it picks a pair and decides no figure."""
    return SequenceMatcher(None, folded(amount.label), folded(target.name), autojunk=False).ratio()


def _said(target: PlannedTarget) -> str:
    return f"{target.bound} {_plain(target.value)} {target.unit}"


def _shown(amount: Amount) -> str:
    upper = f" to {_plain(amount.high)}" if amount.high is not None else ""
    part = ", part of the one before" if amount.is_part and amount.way != Way.CONDITION else ""
    return f"{amount.text}: {amount.way} {_plain(amount.value)}{upper} {amount.unit} {amount.strength}{part}"


def _plain(value: object) -> str:
    """Return a number without exponent or idle zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
