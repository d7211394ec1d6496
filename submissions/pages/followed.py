"""Whose reports a page follows: all filing units open to the person, and which of them have a row of their own.

A row is a unit that lies nearest under what the page is about; those further down are counted on its row and opened
from there, so a page of 32 rows stays one when 3,000 counties file. Counts are of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from accounts import permissions
from accounts.models import ReportingUnit
from targets.models import Assignment, Plan


@dataclass(frozen=True)
class Followed:
    """The filing units a page counts, in their order, and by each with a row of its own those counted there."""

    units: tuple[ReportingUnit, ...]
    rows: dict[ReportingUnit, tuple[ReportingUnit, ...]]


NOBODY = Followed((), {})


def followed(person: permissions.Person, plan: Plan, under: ReportingUnit | None = None) -> Followed:
    """Return the units with figures to file in the plan that the person follows, below a unit where one is named.

    The nation is none of them: nobody is waited for there. A unit outside what the person follows has nothing below.
    """
    filing = ReportingUnit.objects.filter(pk__in=Assignment.objects.filter(plan=plan).values("unit"), level__gt=0)
    tops = [under.path] if under else []
    if not permissions.sees_all_approved(person):
        own = permissions.access(person).subtree_paths
        filing = filing.filter(_below(own))
        tops = tops or list(own)
    if under:
        filing = filing.filter(path__startswith=under.path)
    units = tuple(filing.order_by("level", "position", "code"))
    return Followed(units, _rows(units, tops))


def _below(paths: Iterable[str]) -> Q:
    found = Q(pk__in=[])
    for path in paths:
        found |= Q(path__startswith=path)
    return found


def _rows(units: Sequence[ReportingUnit], tops: Iterable[str]) -> dict[ReportingUnit, tuple[ReportingUnit, ...]]:
    """Give a row to the units at the top and to the nearest below them; each further unit is counted on one row."""
    above, by_path = set(tops), {unit.path: unit for unit in units}
    rows: dict[ReportingUnit, list[ReportingUnit]] = {}
    for unit in units:  # a unit comes after those above it
        over = next((by_path[path] for path in _paths_above(unit.path) if path in by_path and path not in above), None)
        if over is None:
            rows[unit] = []
        else:
            rows[over].append(unit)
    return {unit: tuple(below) for unit, below in rows.items()}


def _paths_above(path: str) -> list[str]:
    """Return the paths of the units above, the highest first: of ``000000.440000.440100.`` the first two."""
    steps = path.split(".")[:-2]
    return [".".join(steps[: n + 1]) + "." for n in range(len(steps))]
