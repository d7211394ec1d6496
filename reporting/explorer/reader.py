"""From the address to what is asked: every word checked, everything wrong said at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.models import NATION_CODE, ReportingUnit
from accounts.regions import RegionGroup, RegionMember, RegionScheme
from reporting.explorer.asked import MOST_CELLS, Asked, Axis, NotUnderstood, Units
from reporting.explorer.readings import Measure
from submissions import calendar
from submissions.models import ReportingMonth
from targets.goals import Status
from targets.models import Indicator
from workplan.templatetags.portal import status_label

KNOWN = ("rows", "cols", "measure", "indicator", "unit", "below", "level", "region", "month", "status", "sort")
#: Those of a download beside them.
OF_FILES = ("format",)
_CODE = re.compile("[0-9]{6}")
_DEFAULT_AXES = (Axis.UNIT, Axis.MONTH)

Word = TypeVar("Word", bound=StrEnum)
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Offer:
    """What the form offers: everything of the plan year, and the units below the one chosen."""

    indicators: tuple[Indicator, ...]
    months: tuple[ReportingMonth, ...]
    schemes: tuple[tuple[RegionScheme, tuple[RegionGroup, ...]], ...]
    parents: tuple[ReportingUnit, ...]
    units: tuple[ReportingUnit, ...]
    levels: tuple[int, ...]
    default: ReportingMonth


def offer(person: permissions.Person, query: QueryDict, *, today: date) -> Offer | None:
    """Return what there is to choose from; None before the first month of the calendar is due.

    Shape: six queries however many units; the units are those directly below the one chosen.
    """
    default = calendar.default_period(person, today)
    if default is None:
        return None
    begun = ReportingMonth.objects.filter(plan_id=default.plan_id, opens_on__lte=today).select_related("plan")
    text = query.get("below") or NATION_CODE
    found = ReportingUnit.objects.on_the_tree().filter(code=text if _CODE.fullmatch(text) else NATION_CODE).first()
    below = found or permissions.national_unit()
    tree = ReportingUnit.objects.on_the_tree()
    near = tree.filter(parent=below, children__isnull=False) | tree.filter(code__in=below.path.split("."))
    levels = tree.filter(path__startswith=below.path).values_list("level", flat=True).distinct()
    return Offer(
        indicators=tuple(Indicator.objects.order_by("code")),
        months=tuple(begun.order_by("month")),
        schemes=_schemes(default),
        parents=tuple(near.distinct().order_by("level", "position", "code")),
        units=(below, *tree.children_of(below)),
        levels=tuple(sorted(set(levels))),
        default=default,
    )


def _schemes(period: ReportingMonth) -> tuple[tuple[RegionScheme, tuple[RegionGroup, ...]], ...]:
    schemes = RegionScheme.objects.in_force(period.month)
    groups = list(RegionGroup.objects.filter(scheme__in=schemes).order_by("position", "code"))
    return tuple((one, tuple(group for group in groups if group.scheme_id == one.pk)) for one in schemes)


def read(query: QueryDict, found: Offer) -> Asked:
    """Return what the address asks for; what it leaves out is chosen so that something is shown.

    :raises NotUnderstood: it names something that there is not, or more than one table holds.
    """
    wrong: list[str] = []
    unknown = [name for name in query if name not in (*KNOWN, *OF_FILES)]
    wrong += [_("地址中的“%(name)s”不是可选的条件。") % {"name": name[:40]} for name in unknown]
    rows, columns = _axes(query, wrong)
    on_axis = {rows.dimension, columns.dimension}
    asked = Asked(
        rows=rows,
        columns=columns,
        measures=_words(query, "measure", Measure, _("测度"), wrong) or (Measure.VALUE,),
        indicators=_indicators(query, found, wrong, every=Axis.INDICATOR in on_axis),
        units=_units(query, found, wrong, every=Axis.UNIT in on_axis, regions=Axis.REGION in (rows, columns)),
        months=_months(query, found, wrong, every=Axis.MONTH in on_axis),
        statuses=_words(query, "status", Status, _("状态"), wrong),
        sort=query.get("sort", ""),
    )
    if not wrong and asked.n_cells > MOST_CELLS:
        words = {"n": f"{asked.n_cells:,}", "most": f"{MOST_CELLS:,}"}
        wrong.append(_("所选范围有%(n)s格，一张表最多%(most)s格。请减少单位、指标、报告期或测度。") % words)
    if not wrong and not asked.units.chosen:
        wrong.append(_("没有符合条件的单位。请放宽单位、级次或区域。"))
    if wrong:
        raise NotUnderstood(wrong, asked)
    return asked


def _no_such(what: str, text: str, offered: Iterable[object] = ()) -> str:
    choices = _("、").join(str(one) for one in offered)
    words: dict[str, object] = {"what": what, "text": text[:40], "offered": choices}
    template: str = (
        _("没有这样的%(what)s：“%(text)s”。可选：%(offered)s。")
        if choices
        else _("没有这样的%(what)s：“%(text)s”。请在表单中重新选择。")
    )
    return template % words


def _axes(query: QueryDict, wrong: list[str]) -> tuple[Axis, Axis]:
    found = []
    for name, what, default in zip(("rows", "cols"), (_("行"), _("列")), _DEFAULT_AXES, strict=True):
        text = query.get(name) or default.value
        if text not in set(Axis):
            wrong.append(_no_such(what, text, [axis.label for axis in Axis]))
        found.append(Axis(text) if text in set(Axis) else default)
    if found[0].dimension == found[1].dimension and not wrong:
        wrong.append(_("行与列不能相同（区域由单位组成，也算相同）。请改选其一。"))
    return found[0], found[1]


def _words(query: QueryDict, name: str, words: type[Word], what: str, wrong: list[str]) -> tuple[Word, ...]:
    texts = [text for text in query.getlist(name) if text]
    label: Callable[[Word], object] = status_label if words is Status else lambda one: getattr(one, "label", one)
    wrong += [_no_such(what, text, [label(one) for one in words]) for text in texts if text not in set(words)]
    return tuple(one for one in words if one.value in texts)


def _named(query: QueryDict, name: str, what: str, known: Mapping[str, Thing], wrong: list[str]) -> tuple[Thing, ...]:
    texts = [text for text in dict.fromkeys(query.getlist(name)) if text]
    wrong += [_no_such(what, text) for text in texts if text not in known]
    return tuple(thing for code, thing in known.items() if code in texts)


def _indicators(query: QueryDict, found: Offer, wrong: list[str], *, every: bool) -> tuple[Indicator, ...]:
    named = _named(query, "indicator", _("指标"), {one.code: one for one in found.indicators}, wrong)
    return named or (found.indicators if every else found.indicators[:1])


def _months(query: QueryDict, found: Offer, wrong: list[str], *, every: bool) -> tuple[ReportingMonth, ...]:
    named = _named(query, "month", _("报告期"), {f"{one}": one for one in found.months}, wrong)
    until = tuple(one for one in found.months if one.month <= found.default.month)
    return named or (until if every else (found.default,))


def _units(query: QueryDict, found: Offer, wrong: list[str], *, every: bool, regions: bool) -> Units:
    below = found.units[0]
    text = query.get("below", "")
    if text and text != below.code:
        wrong.append(_no_such(_("单位"), text))
    level = _level(query, found, wrong)
    named = [text for text in dict.fromkeys(query.getlist("unit")) if text]
    chosen = _chosen(named, below, found, level, wrong, every=every)
    scheme, region, members = _region(query, found, wrong, needed=regions)
    groups = _spread(chosen, members)
    if scheme is not None:
        chosen = [unit for unit in chosen if unit.pk in groups and region in (None, groups[unit.pk])]
        groups = {unit.pk: groups[unit.pk] for unit in chosen}
    above = ReportingUnit.objects.filter(parent__in=chosen).values_list("parent_id", flat=True).distinct()
    return Units(tuple(chosen), below, level, bool(named), scheme, region, groups, frozenset(above))


def _level(query: QueryDict, found: Offer, wrong: list[str]) -> int | None:
    text = query.get("level", "")
    if not text:
        return None
    if text not in {str(level) for level in found.levels}:
        wrong.append(_no_such(_("级次"), text, found.levels))
        return None
    return int(text)


def _chosen(
    named: list[str], below: ReportingUnit, found: Offer, level: int | None, wrong: list[str], *, every: bool
) -> list[ReportingUnit]:
    tree = ReportingUnit.objects.on_the_tree().order_by("position", "code")
    if named:
        known = {unit.code: unit for unit in tree.filter(code__in=[one for one in named if _CODE.fullmatch(one)])}
        wrong += [_no_such(_("单位"), code) for code in named if code not in known]
        return list(known.values())
    if level is not None:
        return list(tree.filter(path__startswith=below.path, level=level))
    below_it = list(found.units[1:])
    return below_it if every and below_it else [below]


def _region(
    query: QueryDict, found: Offer, wrong: list[str], *, needed: bool
) -> tuple[RegionScheme | None, RegionGroup | None, dict[str, RegionGroup]]:
    """Return the scheme asked for (or the first, where regions are), its region, and the region of each unit code."""
    text = query.get("region", "")
    known: dict[str, tuple[RegionScheme, RegionGroup | None]] = {}
    for scheme, groups in found.schemes:
        known[scheme.code] = (scheme, None)
        known |= {f"{scheme.code}.{group.code}": (scheme, group) for group in groups}
    if text and text not in known:
        wrong.append(_no_such(_("区域"), text))
    if needed and not known:
        wrong.append(_("目前没有有效的区域划分，请改按单位查看。"))
    if not known or (text not in known and not needed):
        return None, None, {}
    scheme, region = known.get(text) or next(iter(known.values()))
    members = RegionMember.objects.filter(scheme=scheme).select_related("group", "unit")
    return scheme, region, {member.unit.code: member.group for member in members}


def _spread(units: list[ReportingUnit], members: Mapping[str, RegionGroup]) -> dict[int, RegionGroup]:
    """Give each unit (id) the region of the member it is or lies under."""
    found = {}
    for unit in units:
        above = [code for code in unit.path.split(".") if code in members]
        if above:
            found[unit.pk] = members[above[-1]]
    return found
