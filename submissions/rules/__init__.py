"""The plausibility rules V01 …: what a report must not say, or must explain, before it is submitted.

Pure functions over plain figures, so that form, API, sheet and nightly check share them. ``facts`` is what a rule
sees, ``registry`` how rules are declared and run; the rules themselves stand by what they compare: ``relations``
between figures, ``rates``, ``series`` over time, ``unusual`` moves, ``answers`` to what was asked, the ``nation``.
"""

from collections.abc import Callable

from submissions.rules import answers, rates, relations, series, unusual  # noqa: F401 -- they write the book
from submissions.rules.book import RULES
from submissions.rules.describing import describe
from submissions.rules.facts import (
    ExcuseFacts,
    FigureFacts,
    NationFacts,
    PartFacts,
    ReportFacts,
    RuleLimits,
    ShownAs,
    Spread,
)
from submissions.rules.nation import NEVER_ADDED
from submissions.rules.registry import (
    Finding,
    Rule,
    RuleBook,
    Severity,
    Subject,
    Suggestion,
    Terms,
    examine,
    examine_nation,
)

__all__ = [
    "NEVER_ADDED",
    "RULES",
    "ExcuseFacts",
    "FigureFacts",
    "Finding",
    "NationFacts",
    "PartFacts",
    "ReportFacts",
    "Rule",
    "RuleBook",
    "RuleLimits",
    "Severity",
    "ShownAs",
    "Spread",
    "Subject",
    "Suggestion",
    "Terms",
    "as_markdown",
    "check",
    "check_nation",
]


def check(report: ReportFacts, book: RuleBook | None = None) -> list[Finding]:
    """Return what the rules find in a report, ordered by indicator and code.

    An ERROR blocks submission, a WARNING needs an explanation under its ``key``, an INFO only tells.
    """
    return examine(report, RULES, book or {})


def check_nation(country: NationFacts, book: RuleBook | None = None) -> list[Finding]:
    """Return what the rules on the country find in one indicator."""
    return examine_nation(country, RULES, book or {})


def as_markdown(in_english: Callable[[str], str]) -> str:
    """Return docs/rules.md: every rule as its sentence, its limits and its docstring tell it."""
    return describe(RULES, in_english)
