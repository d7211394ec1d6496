"""The rules a plan year begins with, from a file. What planners changed since is theirs and stays."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction
from django.dispatch import receiver

from reporting.warnings.models import WarningRule
from submissions.signals import plan_loaded
from targets.models import Indicator
from workplan.lib.loading import Effect, Reader, Row, beside, read_json

SCHEMA = "workplan/warning-rules/1"
_FIELDS = (
    *("code", "name", "name_en", "kind", "scope", "measure", "comparison", "limit", "n_periods", "worse_by"),
    *("valid_from", "valid_to", "reason", "reason_en"),
)


@receiver(plan_loaded)
def load_beside(file: Path, effects: list[Effect], **_signal: object) -> None:
    """Load the rules that belong to a plan's file, if they are there; runs within the loading of the plan."""
    found = beside(file, "warning_rules_")
    if found is not None:
        effects.append(load_rules(read_json(found)))


@transaction.atomic
def load_rules(document: Row) -> Effect:
    """Write the rules whose code is not known yet.

    :raises FileRefused: with every problem of the file; nothing is written.
    """
    reader = Reader()
    reader.check_schema(document, SCHEMA)
    indicators = {one.code: one for one in Indicator.objects.all()}
    rules, places = [], []
    for at, row in reader.rows(document, "rules"):
        rule = reader.instance(WarningRule, row, at, fields=_FIELDS, others=("indicator",))
        code = row.get("indicator")
        if code is not None and not reader.refuse_unknown(code, indicators, f"{at}/indicator", "indicator"):
            rule.indicator = indicators[str(code)]
        rules.append(rule)
        places.append((f"{at}/code", rule.code))
    reader.refuse_repeated(places, "rule")
    reader.finish()
    known = set(WarningRule.objects.values_list("code", flat=True))
    fresh = [rule for rule in rules if rule.code not in known]
    WarningRule.objects.bulk_create(fresh)
    return Effect("warning rules", created=len(fresh), unchanged=len(rules) - len(fresh))
