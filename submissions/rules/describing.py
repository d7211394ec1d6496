"""The rules as a document: number, severity, the sentence in both languages, limits, basis, validity."""

from __future__ import annotations

from collections.abc import Callable

from submissions.rules.registry import Registry, Rule, Severity, Subject
from targets.measures import Kind
from workplan.lib.numbers import plain_text

_HEAD = """\
# Plausibility rules

Generated from `submissions/rules/`; do not edit it by hand.
**E** blocks submission, **W** needs an explanation, **I** only tells.

Every rule is in force from the first month on as described here. A planner sets other limits, another severity or an
end, from a month on, under “Rule settings” in the administration; what was approved before stays approved, and
`manage.py recheck_rules` lists what would fail today. A reviewer or planner may excuse a unit from a rule in an
indicator until a month, with a reason: the finding is then told as information, with who excused it and why."""

_SUBJECTS = {
    Subject.REPORT: "a report as a whole",
    Subject.NATION: "an indicator of the whole country",
    Subject.UPHELD: "the portal itself, which upholds it by construction",
}
_LABELS = {"Why": "Basis", "Except": "Except", "Accepted": "Accepted", "Refused": "Refused"}


def describe(rules: Registry, in_english: Callable[[str], str]) -> str:
    """Return the rules as a Markdown document; ``in_english`` translates a sentence."""
    table = [
        "| rule | severity | 中文 | English |",
        "|---|---|---|---|",
        *(_row(rule, in_english) for rule in rules.in_order()),
    ]
    sections = [line for rule in rules.in_order() for line in _section(rule)]
    return "\n".join([_HEAD, "", *table, *sections]) + "\n"


def _severities(rule: Rule) -> str:
    return ", ".join(rule.severities)


def _row(rule: Rule, in_english: Callable[[str], str]) -> str:
    return f"| {rule.code} | {_severities(rule)} | {rule.says} | {in_english(rule.says)} |"


def _section(rule: Rule) -> list[str]:
    told = rule.paragraphs()
    limits = [f"`{name}` = {plain_text(value)}" for name, value in rule.defaults().items()]
    lines = ["", f"## {rule.code} ({_severities(rule)})", "", told[""], "", f"- For: {_scope(rule)}"]
    lines += [f"- Limits: {', '.join(limits)}"] if limits else []
    lines += [] if rule.is_excusable or Severity.INFO in rule.severities else ["- Cannot be excused"]
    return [*lines, *(f"- {label}: {told[name]}" for name, label in _LABELS.items() if name in told)]


def _scope(rule: Rule) -> str:
    kinds = "all kinds" if rule.kinds == frozenset(Kind) else ", ".join(sorted(rule.kinds))
    kinds = f"{kinds} {rule.bound}" if rule.bound else kinds
    if rule.subject == Subject.FIGURE:
        return kinds
    return _SUBJECTS[rule.subject] if rule.kinds == frozenset(Kind) else f"{_SUBJECTS[rule.subject]}, {kinds}"
