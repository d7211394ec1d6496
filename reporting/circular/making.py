"""From a person and a month to the finished files: one reading of the figures, whatever is made from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from accounts import permissions
from accounts.models import ReportingUnit
from reporting.changes import until
from reporting.circular import charts, pdf, word
from reporting.circular.blocks import Wording, wordings
from reporting.circular.bulletin import bulletin
from reporting.circular.contents import Chart, Document
from reporting.circular.facts import Facts, gather, series_of
from reporting.circular.letters import bureau_names, letter
from reporting.circular.models import Block
from submissions.models import ReportingMonth


@dataclass(frozen=True)
class Made:
    """One document with what it was made from; files are made when they are asked for."""

    document: Document
    facts: Facts
    worded: dict[Block, Wording] = field(default_factory=dict)

    @cached_property
    def drawn(self) -> Sequence[str]:
        """The charts as SVG, in their order."""
        pictures = [chart for annex in self.document.annexes for chart in annex.charts]
        return charts.svgs(pictures) if pictures else ()

    def word(self) -> bytes:
        pictures = dict(zip(self._titles, self.drawn, strict=True))
        return word.word(self.document, draw=lambda chart: charts.png(pictures[chart.title]))

    def pdf(self) -> bytes:
        """Return the PDF.

        :raises NoPdf: the machine cannot make any.
        """
        return pdf.pdf(self.document, self.drawn)

    @property
    def _titles(self) -> list[str]:
        return [chart.title for annex in self.document.annexes for chart in annex.charts]


def bulletin_of(person: permissions.Person, period: ReportingMonth, *, today: date) -> Made:
    """Return the circular of a month that is open to the person."""
    facts = gather(person, period, today=today)
    worded = wordings(facts)
    return Made(bulletin(facts, worded, _charts(person, facts)), facts, worded)


def wordings_of(person: permissions.Person, period: ReportingMonth, *, today: date) -> dict[Block, Wording]:
    """Return the blocks of a month's circular, without making the document."""
    return wordings(gather(person, period, today=today))


def _charts(person: permissions.Person, facts: Facts) -> tuple[Chart, ...]:
    first = next(iter(facts.with_target), None)
    series = until(series_of(person, facts, first), facts.period) if first is not None else None
    return charts.circular_charts(facts, series)


def letter_to(person: permissions.Person, period: ReportingMonth, unit: ReportingUnit, *, today: date) -> Made:
    """Return the letter to one unit about a month; the person may read the unit's figures of it."""
    facts = gather(person, period, today=today)
    return Made(letter(facts, unit, bureau_names([unit])[unit.pk]), facts)


def letters_to_all(
    person: permissions.Person, period: ReportingMonth, *, today: date
) -> Iterator[tuple[ReportingUnit, Made]]:
    """Yield the letter to every unit that owes a report of the month, in their order; the figures are read once."""
    facts = gather(person, period, today=today)
    names = bureau_names(facts.due)
    for unit in facts.due:
        yield unit, Made(letter(facts, unit, names[unit.pk]), facts)
