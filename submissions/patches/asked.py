"""What a page sends: a handful of cells by month and name, each with what was typed and what stood there before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from targets import periods
from workplan.lib.problems import WHOLE_BODY, Fault, RequestRefused, pointer_to

#: A page sends a larger block in several patches (acceptance.md F-12).
MOST_CELLS = 200
#: What a person may take away unsaved is a year of everything a unit files, and more.
MOST_UNSAVED = 20_000
#: As long as 200 notes in full never are.
MOST_BYTES = 1024 * 1024
LONGEST_NAME, LONGEST_TEXT = 80, 8_000

_PATCH_FIELDS = {"person", "scale", "dry_run", "cells"}
_CELL_FIELDS = ("month", "name", "text", "seen")


@dataclass(frozen=True)
class PatchCell:
    """One cell as the person left it; ``seen`` is what the page showed there before they touched it."""

    month: date
    name: str
    text: str
    seen: str


@dataclass(frozen=True)
class Patch:
    #: Whom the page was made for: what was typed is never sent under the name of whoever signed in since.
    person: int
    scale: int
    is_dry_run: bool
    cells: list[PatchCell]

    def by_month(self) -> dict[date, list[PatchCell]]:
        months: dict[date, list[PatchCell]] = {}
        for cell in self.cells:
            months.setdefault(cell.month, []).append(cell)
        return months


def read_patch(body: Mapping[str, object], *, most: int = MOST_CELLS) -> Patch:
    """Return what the body asks for, ``most`` cells at a time.

    :raises RequestRefused: with every fault and its place; the page is wrong then, not the person.
    """
    faults = [_fault("unknown_field", _("没有这个字段。"), name) for name in sorted(set(body) - _PATCH_FIELDS)]
    person, scale, is_dry_run = body.get("person"), body.get("scale", 1), body.get("dry_run", False)
    if not isinstance(person, int) or isinstance(person, bool):
        faults.append(_fault("invalid", _("须是一个整数。"), "person"))
    if scale not in {1, 10_000} or isinstance(scale, bool):
        faults.append(_fault("invalid", _("须是 1 或 10000。"), "scale"))
    if not isinstance(is_dry_run, bool):
        faults.append(_fault("invalid", _("须是 true 或 false。"), "dry_run"))
    cells = _cells(body.get("cells"), faults, most)
    if faults:
        raise RequestRefused(faults)
    return Patch(int(str(person)), int(str(scale)), bool(is_dry_run), cells)


def _cells(given: object, faults: list[Fault], most: int) -> list[PatchCell]:
    if not isinstance(given, list) or not given:
        faults.append(_fault("invalid", _("须是一组单元格，至少一个。"), "cells"))
        return []
    if len(given) > most:
        sentence = _("一次最多 %(most)s 个单元格，这里有 %(count)s 个，请分批发送。")
        faults.append(_fault("too_many", sentence % {"most": most, "count": len(given)}, "cells"))
        return []
    cells = [cell for index, one in enumerate(given) if (cell := _cell(one, index, faults)) is not None]
    if len({(cell.month, cell.name) for cell in cells}) < len(cells):
        faults.append(_fault("duplicate", _("同一单元格出现了两次，请只保留一次。"), "cells"))
    return cells


def _cell(given: object, index: int, faults: list[Fault]) -> PatchCell | None:
    place = ("cells", index)
    if not isinstance(given, dict) or set(given) != set(_CELL_FIELDS):
        faults.append(_fault("invalid", _("一个单元格恰好有 month、name、text、seen 四个字段。"), *place))
        return None
    month, name, text, seen = (given[field] for field in _CELL_FIELDS)
    limits = {
        "month": (month, 7),
        "name": (name, LONGEST_NAME),
        "text": (text, LONGEST_TEXT),
        "seen": (seen, LONGEST_TEXT),
    }
    wrong = [field for field, (value, most) in limits.items() if not isinstance(value, str) or len(value) > most]
    faults += [_fault("invalid", _("须是文字，且不太长。"), *place, field) for field in wrong]
    if wrong:
        return None
    try:
        return PatchCell(periods.parse_month(month), name, text, seen)
    except ValueError:
        faults.append(_fault("invalid", _("月份须写成 2007-06。"), *place, "month"))
        return None


def _fault(code: str, message: str, *place: object) -> Fault:
    return Fault(pointer=pointer_to(*place) if place else WHOLE_BODY, code=code, message=message)
