"""In which unit numbers are typed, what they are called, and how a large one is said in its other unit."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from submissions.forms import WAN
from submissions.intake import PART_PREFIX
from targets.models import Indicator
from workplan.templatetags.figures import exact, number, unit_label


def part_labels(indicator: Indicator) -> dict[str, str]:
    """Name the numbers an indicator may be filed with."""
    return {
        "value": indicator.label,
        "numerator": indicator.numerator_label,
        "denominator": indicator.denominator_label,
        "persons": _("涉及人数"),
        **{
            f"{PART_PREFIX}{part.code}": _("其中：%(part)s") % {"part": part.label}
            for part in indicator.filed_parts.all()
        },
    }


def measured_by(indicator: Indicator, name: str) -> str:
    """Return what a cell counts; the parts of every rate are persons."""
    return "PERSON" if name == "persons" or indicator.is_ratio else indicator.unit_of_measure


def scales_offered() -> list[tuple[int, str]]:
    """Return the typing units a page offers; English has no 万."""
    return [(1, unit_label("PERSON")), (WAN, unit_label("PERSON", WAN))] if types_in_wan() else []


def echo_of(value: Decimal | None, measured: str, scale: int) -> str:
    """Return a large number in its other unit: persons in 万, 万 in persons; "" where there is nothing to say."""
    if value is None or measured == "COUNT" or not types_in_wan():
        return ""
    if scale == WAN:
        return f"{number(value, measured)} {unit_label(measured)}" if value else ""
    return exact(value, measured) if value >= WAN else ""


def scale_read() -> int:
    """Return the unit that figures are read in, for pages where a value is typed beside what is read."""
    return WAN if types_in_wan() else 1


def types_in_wan() -> bool:
    return not (get_language() or "").startswith("en")


def scale_named(text: str) -> int:
    """Return the typing unit an address or a form names; persons where it names none."""
    return WAN if text == str(WAN) and types_in_wan() else 1
