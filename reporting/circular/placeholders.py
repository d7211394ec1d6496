"""Figures by name inside edited text: {T01.value}, {T01.440000.rate}; and numbers typed by hand, held against them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reporting.aggregates import ProgressRow
from reporting.circular.facts import Facts
from reporting.circular.sentences import amount, pace, status_words, whole_percent
from targets.goals import Status
from workplan.lib.refusals import Refused
from workplan.templatetags.figures import percent

_PLACEHOLDER = re.compile(r"\{([^{}\n]{0,60})\}")
#: A number with what it counts, as the documents write them.
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:万人|亿人|万元|亿元|人|元|%|个百分点)")

#: Names of what may be told of one row.
_PARTS: dict[str, Callable[[ProgressRow], str]] = {
    "value": lambda row: amount(row.value, row.indicator.unit_of_measure),
    "target": lambda row: amount(row.target_value, row.indicator.unit_of_measure),
    "rate": lambda row: whole_percent(row.progress.completion_rate),
    "rate1": lambda row: percent(row.progress.completion_rate),
    "share": lambda row: whole_percent(row.share_of_target),
    "pace": pace,
    "status": status_words,
    "rank": lambda row: str(row.rank or "–"),
}
#: Names of what may be told of the units below the nation.
_COUNTS: dict[str, frozenset[Status]] = {
    "done": frozenset({Status.COMPLETED}),
    "behind": frozenset({Status.LAGGING, Status.BEHIND, Status.BREACHED}),
}


class UnknownPlaceholder(Refused):
    """A name between braces stands for no figure."""

    code = "unknown_placeholder"
    http_status = 400


@dataclass(frozen=True)
class Stale:
    """A number typed by hand that once was a figure's and is no longer."""

    number: str
    #: The figure's name and what it says now.
    name: str
    now: str


def known(facts: Facts) -> dict[str, str]:
    """Return what each name stands for in the month: every indicator of the nation and of every unit below it."""
    told: dict[str, str] = {}
    for row in facts.national:
        told |= {f"{row.indicator.code}.{part}": words(row) for part, words in _PARTS.items() if part != "rank"}
        below = facts.siblings(row.indicator)
        for count, statuses in _COUNTS.items():
            told[f"{row.indicator.code}.{count}"] = str(sum(one.status in statuses for one in below))
    for row in facts.below:
        told |= {f"{row.indicator.code}.{row.unit.code}.{part}": words(row) for part, words in _PARTS.items()}
    return told


def filled(text: str, told: Mapping[str, str]) -> str:
    """Return the text with every name replaced by its figure.

    :raises UnknownPlaceholder: a name stands for nothing.
    """

    def figure_of(found: re.Match[str]) -> str:
        name = found.group(1).strip()
        if name not in told:
            raise UnknownPlaceholder(
                _("“{%(name)s}”没有对应的数据。写作 {T01.value} 或 {T01.440000.value}，末尾可用 %(parts)s。"),
                name=name,
                parts=_("、").join([*_PARTS, *_COUNTS]),
            )
        return told[name]

    return _PLACEHOLDER.sub(figure_of, text)


def filled_leniently(text: str, told: Mapping[str, str]) -> str:
    """Return the text with its figures; a name that stands for nothing any more stays, so that it is seen."""
    return _PLACEHOLDER.sub(lambda found: told.get(found.group(1).strip(), found.group()), text)


# Numbers typed by hand -------------------------------------------------------------------------


def numbers_in(text: str) -> list[str]:
    """Return the numbers with their units that stand in the text itself, each once, in order.

    >>> numbers_in("完成904.2万人，占100%；{T01.value}不算，904.2万人只算一次")
    ['904.2万人', '100%']
    """
    return list(dict.fromkeys(_NUMBER.findall(_PLACEHOLDER.sub("", text))))


def quoted(text: str, told: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the names of the figures that each number typed by hand equals now; one that equals none is left out."""
    numbers = set(numbers_in(text))
    found: dict[str, list[str]] = {}
    for name, words in told.items():
        for number in numbers.intersection(_NUMBER.findall(words)):
            found.setdefault(number, []).append(name)
    return found


def unquoted(text: str, told: Mapping[str, str]) -> list[str]:
    """Return the numbers typed by hand that equal no figure of the month."""
    equal = quoted(text, told)
    return [number for number in numbers_in(text) if number not in equal]


def stale(figures: Mapping[str, Iterable[str]], told: Mapping[str, str]) -> list[Stale]:
    """Return the numbers that were figures when they were typed and are none of those figures now."""
    found = []
    for number, held in figures.items():
        words = {name: told.get(name, "–") for name in held}
        if not any(number in _NUMBER.findall(now) for now in words.values()):
            name, now = next(iter(words.items()))
            found.append(Stale(number, name, now))
    return found
