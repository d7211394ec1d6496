"""Whose reports a page follows: all filing units open to the person, and which of them have a row of their own.

A row is a unit that lies directly under what the page is about, whether it files itself or only those below it do;
those further down are counted on its row and opened from there. So a page of 32 rows stays one when 3,000 counties
file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from accounts import permissions
from accounts.models import NATION_CODE, ReportingUnit
from targets.models import Assignment, Plan


@dataclass(frozen=True)
class Followed:
    """The filing units a page counts, in their order, and for each unit with a row those below it."""

    units: tuple[ReportingUnit, ...]
    rows: dict[ReportingUnit, tuple[ReportingUnit, ...]]


NOBODY = Followed((), {})


def followed(person: permissions.Person, plan: Plan, under: ReportingUnit | None = None) -> Followed:
    """Return the units with figures to file in the plan that the person follows, below a unit where one is named.

    The nation is none of them: nobody is waited for there. A unit outside what the person follows has nothing below.
    """
    filing = ReportingUnit.objects.filter(pk__in=Assignment.objects.filter(plan=plan).values("unit"), level__gt=0)
    tops = {f"{NATION_CODE}."}
    if not permissions.sees_all_approved(person):
        tops = set(permissions.access(person).subtree_paths)
        filing = filing.filter(_below(tops))
    if under:
        tops = {under.path}
        filing = filing.filter(_below(tops))
    units = tuple(filing.order_by("level", "position", "code"))
    return Followed(units, _rows(units, tops))


def _below(paths: Iterable[str]) -> Q:
    found = Q(pk__in=[])
    for path in paths:
        found |= Q(path__startswith=path)
    return found


def _rows(units: Sequence[ReportingUnit], tops: Iterable[str]) -> dict[ReportingUnit, tuple[ReportingUnit, ...]]:
    """Return the units at the top and directly under it, each with the filing units that lie further down."""
    top_of = {unit: max((top for top in tops if unit.path.startswith(top)), key=len, default="") for unit in units}
    row_of = {unit: _row(unit.path, top) for unit, top in top_of.items()}
    by_path = {unit.path: unit for unit, path in row_of.items() if unit.path == path}
    if silent := set(row_of.values()) - set(by_path):
        by_path |= {one.path: one for one in ReportingUnit.objects.filter(path__in=silent)}
    rows: dict[ReportingUnit, list[ReportingUnit]] = {
        one: [] for one in sorted(by_path.values(), key=lambda one: (one.level, one.position, one.code))
    }
    for unit, path in row_of.items():
        if path != unit.path:
            rows[by_path[path]].append(unit)
    return {unit: tuple(below) for unit, below in rows.items()}


def _row(path: str, top: str) -> str:
    """Return the first step of the path below the top: of ``000000.440000.440100.`` below the nation Guangdong's."""
    step, _dot, _rest = path.removeprefix(top).partition(".")
    return f"{top}{step}." if step else path
