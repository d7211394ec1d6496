"""The tree of reporting units from a file: checked as a whole, then written in one transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from accounts.models import ReportingUnit, UnitAlias, UnitKind
from accounts.region_loading import SchemeEntry, read_schemes, write_schemes
from workplan.lib.loading import Effect, Reader, Row, upsert

SCHEMA = "workplan/units/1"

_NAMES = ("name", "short_name", "name_en")
_PLAIN = ("code", *_NAMES, "kind", "level", "region", "position", "tile_row", "tile_col")
#: Keys that are no column of the same name.
_OTHERS = ("parent", "aliases", "iso")
_STORED = (*_PLAIN[1:], "parent", "path", "iso_code")
_CODE = re.compile(r"[0-9]{6}", re.ASCII)


@dataclass(frozen=True)
class _Entry:
    """One unit of the file: its row to be, and what the file says beside it."""

    at: str
    unit: ReportingUnit
    parent: str | None
    aliases: tuple[str, ...]


@transaction.atomic
def load_units(document: Row) -> list[Effect]:
    """Write the units, their other names and the regions they are grouped in; units missing from the file stay.

    :raises FileRefused: with every problem of the file; nothing is written.
    """
    entries, schemes = _read(document)
    before = {unit.code: unit for unit in ReportingUnit.objects.all()}
    effect, units = _write_units(entries)
    for code, unit in units.items():
        if code in before and before[code].path != unit.path:
            _move_followers(before[code], unit, listed=units)
    regions = write_schemes(schemes, units) if schemes else []
    return [effect, _write_aliases(entries, units), *regions]


def _read(document: Row) -> tuple[dict[str, _Entry], list[SchemeEntry]]:
    reader = Reader()
    reader.check_schema(document, SCHEMA)
    entries = [_entry(reader, row, at) for at, row in reader.rows(document, "units")]
    reader.refuse_repeated(((f"{one.at}/code", one.unit.code) for one in entries), "unit")
    names = [(f"{one.at}/aliases/{n}", name) for one in entries for n, name in enumerate(one.aliases)]
    reader.refuse_repeated(names, "alias")
    by_code = {one.unit.code: one for one in entries}
    for one in entries:
        _check_place(reader, one, by_code)
    schemes = read_schemes(reader, document, by_code)
    reader.finish()
    for one in entries:
        one.unit.path = _path(one, by_code)
    return by_code, schemes


def _entry(reader: Reader, row: Row, at: str) -> _Entry:
    unit = reader.instance(ReportingUnit, row, at, fields=_PLAIN, others=_OTHERS)
    if not _CODE.fullmatch(unit.code or ""):
        reader.complain(f"{at}/code", "a unit's code is six digits.")
    parent, aliases, iso = row.get("parent"), row.get("aliases", []), row.get("iso", "")
    if parent is not None and not isinstance(parent, str):
        reader.complain(f"{at}/parent", "a code or null is expected here.")
    if not isinstance(aliases, list) or not all(isinstance(name, str) and name for name in aliases):
        reader.complain(f"{at}/aliases", "a list of names is expected here.")
        aliases = []
    unit.iso_code = str(iso)
    return _Entry(at, unit, parent if isinstance(parent, str) else None, tuple(aliases))


def _check_place(reader: Reader, one: _Entry, by_code: Mapping[str, _Entry]) -> None:
    """The parent is in the file and one level up, which also rules out circles."""
    if one.parent is None:
        if one.unit.kind not in {UnitKind.NATION, UnitKind.MAP_ONLY}:
            reader.complain(f"{one.at}/parent", "only the nation and unreporting tiles have no parent.")
    elif not reader.refuse_unknown(one.parent, by_code, f"{one.at}/parent", "unit"):
        above = by_code[one.parent].unit
        if one.unit.level != (above.level or 0) + 1:
            reader.complain(f"{one.at}/level", f"is not one below the level {above.level} of {above.code}.")


def _path(one: _Entry, by_code: Mapping[str, _Entry]) -> str:
    above = "" if one.parent is None else _path(by_code[one.parent], by_code)
    return f"{above}{one.unit.code}."


def _write_units(entries: Mapping[str, _Entry]) -> tuple[Effect, dict[str, ReportingUnit]]:
    """Write level by level, so that every parent has its row before its children."""
    units: dict[str, ReportingUnit] = {}
    total = Effect("units")
    for level in sorted({one.unit.level for one in entries.values()}):
        rows = [one for one in entries.values() if one.unit.level == level]
        for one in rows:
            one.unit.parent = None if one.parent is None else units[one.parent]
        stored = ReportingUnit.objects.filter(code__in=[one.unit.code for one in rows])
        effect, by_key = upsert("units", stored, [one.unit for one in rows], key=["code"], fields=_STORED)
        units |= {unit.code: unit for unit in by_key.values()}
        total += effect
    return total, units


def _move_followers(old: ReportingUnit, new: ReportingUnit, *, listed: Mapping[str, ReportingUnit]) -> None:
    """Units the file does not list follow the unit they hang under."""
    followers = list(ReportingUnit.objects.filter(path__startswith=old.path).exclude(code__in=listed))
    for unit in followers:
        unit.path = new.path + unit.path.removeprefix(old.path)
        unit.level += new.level - old.level
    ReportingUnit.objects.bulk_update(followers, ["path", "level"])


def _write_aliases(entries: Mapping[str, _Entry], units: Mapping[str, ReportingUnit]) -> Effect:
    rows = [UnitAlias(unit=units[code], name=name) for code, one in entries.items() for name in one.aliases]
    return upsert("aliases", UnitAlias.objects.all(), rows, key=["name"], fields=["unit"])[0]
