"""How a rule is declared, run over a report or the country, and described: one function or one row, one code."""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from submissions.rules.facts import ExcuseFacts, FigureFacts, NationFacts, ReportFacts, RuleLimits
from targets.measures import Bound, Kind

#: Named numbers that a sentence lists one after the other, such as the parts of a figure.
Listed = tuple[tuple[str, Decimal], ...]
Parameter = Decimal | int | str | Listed
#: A parameter of a sentence and how the display writes it: a unit of measure or a ShownAs.
Shown = tuple[Parameter, str]
#: Takes what its subject says: (figure, report, limits), (report, limits) or (nation, limits).
Examine = Callable[..., "Iterator[Objection]"]  # type: ignore[explicit-any]  # three shapes of one thing

_LABELS = ("Why", "Except", "Accepted", "Refused")


class Severity(StrEnum):
    """What a finding does to submission: blocks it, asks for an explanation, or only tells."""

    ERROR = "E"
    WARNING = "W"
    INFO = "I"


class Subject(StrEnum):
    """What a rule looks at; what is UPHELD holds by construction, and the row says where."""

    FIGURE = "FIGURE"
    REPORT = "REPORT"
    NATION = "NATION"
    UPHELD = "UPHELD"


@dataclass(frozen=True)
class Suggestion:
    """What was probably meant: the number it would replace (``value``, ``numerator`` …), and itself in base units."""

    field: str
    value: Decimal


@dataclass(frozen=True)
class Objection:
    """What a rule has against a figure; without a severity of its own it has the rule's first.

    A rule on a whole report names the figure, or none ("").
    """

    template: str
    params: Mapping[str, Shown]
    severity: Severity | None = None
    indicator: str = ""
    suggestion: Suggestion | None = None


@dataclass(frozen=True)
class Finding:
    """An objection with its address. ``template`` is a Chinese message id with %(name)s parameters.

    Numbers in ``params`` are unrounded; ``shown_as`` names for each how the display writes it. ``indicator`` is ""
    where the finding is about the report as a whole. A finding that is excused has become information, and what it
    suggested is no longer offered.
    """

    code: str
    severity: Severity
    indicator: str
    template: str
    params: Mapping[str, Parameter]
    shown_as: Mapping[str, str]
    excuse: ExcuseFacts | None = None
    suggestion: Suggestion | None = None

    @property
    def key(self) -> str:
        """The name an explanation is filed under."""
        return f"{self.code}:{self.indicator}"

    @property
    def said(self) -> str:
        """What exactly was found, in full: an explanation answers this and nothing else."""
        return "|".join([self.template, *(f"{name}={self.params[name]}" for name in sorted(self.params))])

    @property
    def digest(self) -> str:
        """Return what was found as 32 letters, to be kept beside the explanation that answers it."""
        return hashlib.sha256(self.said.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Terms:
    """The terms a rule is held on in a month: its limits, another severity if a planner set one, or not at all."""

    limits: RuleLimits = field(default_factory=RuleLimits)
    severity: Severity | None = None
    is_in_force: bool = True


#: Terms by the code of the rule; what is not in the book is held as built.
RuleBook = Mapping[str, Terms]


@dataclass(frozen=True)
class Rule:
    """One rule: its code, what it says, what it can raise, what it looks at, and its function."""

    code: str
    says: str
    severities: tuple[Severity, ...]
    subject: Subject
    function: Examine
    kinds: frozenset[Kind] = frozenset(Kind)
    bound: Bound | None = None
    #: The fields of RuleLimits that a planner may set for it.
    limits: tuple[str, ...] = ()
    is_excusable: bool = True
    #: The rule that says it better where it objects to the same figure: this one is silent there.
    yields_to: str = ""

    def looks_at(self, figure: FigureFacts) -> bool:
        return self.subject == Subject.FIGURE and figure.kind in self.kinds and self.bound in {None, figure.bound}

    def findings(
        self, objections: Iterable[Objection], code: str, terms: Terms, excuses: Mapping[str, ExcuseFacts]
    ) -> Iterator[Finding]:
        for objection in objections:
            indicator = objection.indicator or code
            named = {"indicator": (indicator, "INDICATOR")} if indicator else {}
            params = {**named, **objection.params}
            excuse = excuses.get(f"{self.code}:{indicator}") if self.is_excusable else None
            severity = terms.severity or objection.severity or self.severities[0]
            yield Finding(
                code=self.code,
                severity=Severity.INFO if excuse else severity,
                indicator=indicator,
                template=objection.template,
                params={name: parameter for name, (parameter, _) in params.items()},
                shown_as={name: str(shown_as) for name, (_, shown_as) in params.items()},
                excuse=excuse,
                suggestion=None if excuse else objection.suggestion,
            )

    def paragraphs(self) -> dict[str, str]:
        """Return the docstring by label; the sentence it opens with has the label ''."""
        text = " ".join((inspect.getdoc(self.function) or "").split())
        pieces = re.split(rf" ?\b({'|'.join(_LABELS)}): ", text)
        return dict(zip(["", *pieces[1::2]], pieces[::2], strict=True))

    def defaults(self) -> dict[str, Decimal]:
        """Return its limits as built, by name."""
        return {name: getattr(RuleLimits(), name) for name in self.limits}


class Registry(dict[str, Rule]):
    """The rules by code."""

    def rule(
        self,
        code: str,
        says: str,
        *severities: Severity,
        subject: Subject = Subject.FIGURE,
        kinds: Iterable[Kind] = tuple(Kind),
        bound: Bound | None = None,
        limits: Iterable[str] = (),
        is_excusable: bool = True,
        yields_to: str = "",
    ) -> Callable[[Examine], Examine]:
        """Register a function as the rule ``code``, with its one sentence.

        :raises ValueError: the code is taken.
        """

        def register(function: Examine) -> Examine:
            if code in self:
                raise ValueError(f"There is already a rule {code}.")
            self[code] = Rule(
                code,
                says,
                severities,
                subject,
                function,
                frozenset(kinds),
                bound,
                tuple(limits),
                is_excusable,
                yields_to,
            )
            return function

        return register

    def in_order(self) -> list[Rule]:
        return [self[code] for code in sorted(self)]


def examine(report: ReportFacts, rules: Registry, book: RuleBook) -> list[Finding]:
    """Return the findings of all rules on a report, ordered by indicator and code; those on the whole come first."""
    found = [finding for rule in rules.in_order() for finding in _of_rule(rule, report, book.get(rule.code, Terms()))]
    asked = {finding.key for finding in found if finding.severity != Severity.INFO}
    heard = [one for one in found if f"{rules[one.code].yields_to}:{one.indicator}" not in asked]
    return sorted(heard, key=lambda finding: (finding.indicator, finding.code))


def _of_rule(rule: Rule, report: ReportFacts, terms: Terms) -> Iterator[Finding]:
    if not terms.is_in_force:
        return
    if rule.subject == Subject.REPORT:
        yield from rule.findings(rule.function(report, terms.limits), "", terms, report.excuses)
    for figure in report.figures.values():
        if rule.looks_at(figure):
            objections = rule.function(figure, report, terms.limits)
            yield from rule.findings(objections, figure.code, terms, report.excuses)


def examine_nation(nation: NationFacts, rules: Registry, book: RuleBook) -> list[Finding]:
    """Return what the rules on the country find in one indicator, by code."""
    found: list[Finding] = []
    for rule in rules.in_order():
        terms = book.get(rule.code, Terms())
        if rule.subject == Subject.NATION and nation.kind in rule.kinds and terms.is_in_force:
            found += rule.findings(rule.function(nation, terms.limits), nation.code, terms, {})
    return found
