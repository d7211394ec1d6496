"""Schemes of regions from the file of units: checked as a whole, written with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from accounts.models import ReportingUnit
from accounts.regions import RegionGroup, RegionMember, RegionScheme
from workplan.lib.loading import Effect, Reader, Row, upsert

KEY = "region_schemes"
_SCHEME = ("code", "name", "name_en", "starts_on", "ends_on", "position", "source")
_GROUP = ("code", "name", "name_en", "position")


@dataclass(frozen=True)
class SchemeEntry:
    """One scheme of the file with its groups, each with the codes of its units."""

    scheme: RegionScheme
    groups: tuple[tuple[RegionGroup, tuple[str, ...]], ...]


def read_schemes(reader: Reader, document: Row, units: Collection[str]) -> list[SchemeEntry]:
    """Return the schemes; none where the file names none. A unit stands in one group of a scheme at most."""
    if KEY not in document:
        return []
    entries = [_entry(reader, row, at, units) for at, row in reader.rows(document, KEY)]
    named = [(f"/{KEY}/{n}", (one.scheme.code, one.scheme.starts_on)) for n, one in enumerate(entries)]
    reader.refuse_repeated(named, "scheme")
    return entries


def _entry(reader: Reader, row: Row, at: str, units: Collection[str]) -> SchemeEntry:
    scheme = reader.instance(RegionScheme, row, at, fields=_SCHEME, others=("groups",))
    groups = []
    placed: list[tuple[str, object]] = []
    for where, group_row in reader.rows(row, "groups", at):
        group = reader.instance(RegionGroup, group_row, where, fields=_GROUP, others=("units",))
        codes = group_row.get("units")
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            reader.complain(f"{where}/units", "a list of codes is expected here.")
            continue
        for n, code in enumerate(codes):
            reader.refuse_unknown(code, units, f"{where}/units/{n}", "unit")
            placed.append((f"{where}/units/{n}", code))
        groups.append((group, tuple(codes)))
    reader.refuse_repeated(placed, "unit")
    reader.refuse_repeated(((f"{at}/groups/{n}", group.code) for n, (group, _codes) in enumerate(groups)), "region")
    return SchemeEntry(scheme, tuple(groups))


def write_schemes(entries: list[SchemeEntry], units: Mapping[str, ReportingUnit]) -> list[Effect]:
    """Write schemes, groups and members; a unit that the file places elsewhere moves."""
    effect, schemes = upsert(
        "region schemes",
        RegionScheme.objects.all(),
        [one.scheme for one in entries],
        key=["code", "starts_on"],
        fields=_SCHEME[1:],
    )
    groups: list[RegionGroup] = []
    for one in entries:
        for group, _codes in one.groups:
            group.scheme = schemes[one.scheme.code, one.scheme.starts_on]
            groups.append(group)
    of_groups, stored = upsert(
        "regions", RegionGroup.objects.all(), groups, key=["scheme", "code"], fields=("scheme", *_GROUP)
    )
    members = [
        RegionMember(scheme_id=group.scheme_id, group=stored[group.scheme_id, group.code], unit=units[code])
        for one in entries
        for group, codes in one.groups
        for code in codes
    ]
    of_members, _rows = upsert(
        "region members", RegionMember.objects.all(), members, key=["scheme", "unit"], fields=["group"]
    )
    return [effect, of_groups, of_members]
