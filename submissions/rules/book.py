"""The one registry the rules are written into, and what several of them say or ask."""

from __future__ import annotations

from decimal import Decimal

from submissions.rules.facts import FigureFacts, ShownAs
from submissions.rules.registry import Registry, Shown

RULES = Registry()


def own(figure: FigureFacts, value: Decimal) -> Shown:
    """Return a value as it is written in the figure's own unit of measure."""
    return value, figure.unit_of_measure


def earlier(figure: FigureFacts, value: Decimal) -> dict[str, Shown]:
    """Return the earlier value and its month."""
    return {
        "previous_value": own(figure, value),
        "previous_month": (figure.previous_month or 0, ShownAs.MONTH),
    }
