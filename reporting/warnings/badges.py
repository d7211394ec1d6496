"""How many warnings stand, on the pages that show figures; leads to the list."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from accounts import permissions
from accounts.models import ReportingUnit
from reporting.warnings import checking
from reporting.warnings.looks import STATE_LOOKS
from reporting.warnings.models import EarlyWarning
from reporting.warnings.states import LIVE
from workplan.templatetags.portal import Look


@dataclass(frozen=True)
class Badge:
    """How many warnings stand in each state that is not over; of one unit, or of all that the person may know of."""

    counts: tuple[tuple[str, Look, int], ...]
    unit: ReportingUnit | None = None


def badge(person: permissions.Person, unit: ReportingUnit | None = None) -> Badge:
    """Return the badge of a page; the counts are bound to what the person may know."""
    checking.refresh()
    shown = EarlyWarning.objects.shown_to(person)
    if unit is not None:
        shown = shown.filter(unit=unit)
    counted = Counter(shown.values_list("shown_state", flat=True))
    return Badge(tuple((state.value, STATE_LOOKS[state], counted[state]) for state in LIVE if counted[state]), unit)
