"""The rules as their planners read them: what each says, on which terms it is held this month, who is excused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.models import User
from submissions import rules
from submissions.models import Excuse, RuleSetting
from submissions.models.terms import RuleSeverity
from submissions.pages.limit_words import limit_words
from submissions.terms import Book

_SHOWN = {
    rules.Severity.ERROR: ("✖", "behind"),
    rules.Severity.WARNING: ("▲", "lagging"),
    rules.Severity.INFO: ("●", "not-due"),
}


@dataclass(frozen=True)
class Weight:
    """What a finding of a rule means for the report, as word, shape and colour."""

    severity: rules.Severity

    @property
    def word(self) -> str | Promise:
        return RuleSeverity(self.severity).label

    @property
    def shape(self) -> str:
        return _SHOWN[self.severity][0]

    @property
    def tone(self) -> str:
        return _SHOWN[self.severity][1]


@dataclass(frozen=True)
class RuleRow:
    """One rule on the terms of a month."""

    rule: rules.Rule
    terms: rules.Terms
    settings: Sequence[RuleSetting]
    excuses: Sequence[Excuse]

    @property
    def says(self) -> str:
        return _(self.rule.says)

    @property
    def weights(self) -> list[Weight]:
        """What its findings mean; the planner's word instead of the rule's own where there is one."""
        return [Weight(one) for one in ((self.terms.severity,) if self.terms.severity else self.rule.severities)]

    @property
    def limits(self) -> list[tuple[str, Decimal, bool]]:
        """Its limits: name, value, and whether that is another than built."""
        return [
            (name, value, value != built)
            for name, built in self.rule.defaults().items()
            for value in [getattr(self.terms.limits, name)]
        ]

    @property
    def limits_told(self) -> list[tuple[str, str, Decimal, bool]]:
        """The same, each with its words first."""
        return [(limit_words(name, value), name, value, is_set) for name, value, is_set in self.limits]

    @property
    def settings_told(self) -> list[tuple[RuleSetting, list[str]]]:
        """What planners set, each with its limits in words."""
        return [
            (one, [limit_words(name, Decimal(value)) for name, value in one.limits.items()]) for one in self.settings
        ]

    @property
    def is_upheld(self) -> bool:
        """Say whether the portal itself upholds it, so that nothing can be set."""
        return self.rule.subject == rules.Subject.UPHELD


@dataclass(frozen=True)
class RulesPage:
    """All rules in a month, and what the person may do about them."""

    month: date
    rows: Sequence[RuleRow]
    ended: Sequence[Excuse]
    may_set: bool
    may_excuse: bool

    @property
    def n_excuses(self) -> int:
        return sum(len(row.excuses) for row in self.rows)


def rules_page(person: User, month: date) -> RulesPage:
    """Return the rules on the terms of the month, in a constant number of queries."""
    book = Book()
    held = book.in_month(month)
    excuses = list(
        Excuse.objects.visible_to(person)
        .select_related("unit", "indicator", "granted_by", "withdrawn_by")
        .order_by("unit__position", "indicator__code", "since")
    )
    rows = [
        RuleRow(
            rule,
            held.get(rule.code, rules.Terms()),
            [one for one in book.settings if one.rule == rule.code],
            [one for one in excuses if one.rule == rule.code and one.withdrawn_at is None],
        )
        for rule in rules.RULES.in_order()
    ]
    ended = [one for one in excuses if one.withdrawn_at is not None]
    return RulesPage(month, rows, ended, permissions.may_set_rules(person), permissions.may_excuse(person))
