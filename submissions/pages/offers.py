"""What was probably meant where a rule suspects a slip: offered beside its sentence, put in with one click."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from submissions.forms import scale_of
from submissions.rules import Finding
from submissions.statement import Row
from targets.models import Indicator
from workplan.templatetags.figures import as_typed


@dataclass(frozen=True)
class Offer:
    """The cell that the suggested number goes into, its text as it is typed there, and the sentence it answers."""

    name: str
    text: str
    message: str


def offer_of(finding: Finding, message: str, indicator: Indicator, scale: int) -> Offer | None:
    """Return what the finding suggests, in the unit the page is typed in; None where it suggests nothing."""
    meant = finding.suggestion
    if meant is None:
        return None
    text = as_typed(meant.value, scale_of(indicator, meant.field, scale))
    return Offer(f"figure.{indicator.code}.{meant.field}", text, message)


def offers_in(rows: Iterable[Row], scale: int) -> list[Offer]:
    """Return what is suggested in a report, but for what the unit has explained."""
    asked = [(row, found) for row in rows for found in row.found if found.blocks or not found.explanation]
    offers = (offer_of(found.finding, found.message, row.indicator, scale) for row, found in asked)
    return [offer for offer in offers if offer is not None]
