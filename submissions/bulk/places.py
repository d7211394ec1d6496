"""Which month, unit and indicator the rows of a batch mean: looked up at once, in a bounded number of queries."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext_noop

from accounts import permissions
from accounts.models import FormerUnit, ReportingUnit, UnitAlias
from submissions.bulk.rows import RowFault, SourceRow, cells_of
from submissions.intake import retired
from submissions.models import ReportingMonth
from targets import periods
from targets.models import Assignment, FormerIndicator, Indicator
from workplan.lib.numbers import grammar
from workplan.lib.words import Said, listed

_CODE = re.compile(r"([0-9]{6})(?:0{6})?(?:\.0+)?", re.ASCII)
_MONTH = re.compile(r"([0-9]{4})(?:[-/年](0?[1-9]|1[0-2])月?|(0[1-9]|1[0-2]))", re.ASCII)
_MOST_CANDIDATES = 5
_SHOWN = 40


@dataclass(frozen=True)
class Place:
    """The report a row belongs to."""

    period: ReportingMonth
    unit: ReportingUnit


class Places:
    """Reads the keys of rows; what it cannot place, it has a sentence for."""

    def __init__(self, rows: Sequence[SourceRow], *, by: permissions.Person) -> None:
        self._by = by
        texts = {_text(raw) for raw in cells_of(rows, "unit")}
        self._units = _units_by_text(texts)
        self._former_units = _former_by_text(texts - self._units.keys())
        self._periods = {one.month: one for one in ReportingMonth.objects.select_related("plan")}
        self.indicators = {one.code: one for one in Indicator.objects.prefetch_related("filed_parts")}
        self._former = {one.code: one.successor for one in FormerIndicator.objects.select_related("successor")}
        #: A month and a unit stand in dozens of rows each; what they mean is found out once.
        self._placed: dict[tuple[object, object], Place] = {}
        found = {unit.pk for units in self._units.values() for unit in units}
        #: Who files what: the units each indicator is assigned to, by plan.
        self._assigned: dict[tuple[int, int], set[int]] = defaultdict(set)
        for plan_id, unit_id, indicator_id in Assignment.objects.filter(unit__in=found).values_list(
            "plan_id", "unit_id", "indicator_id"
        ):
            self._assigned[plan_id, unit_id].add(indicator_id)

    def place(self, row: SourceRow, faults: list[RowFault]) -> Place | None:
        """Return the report the row belongs to; None, with the faults added, where it belongs to none."""
        named = (row.cells.get("month"), row.cells.get("unit"))
        is_plain = isinstance(named[0], str) and isinstance(named[1], str) and not row.unreadable
        if is_plain and named in self._placed:
            return self._placed[named]
        faults += [one for one in row.faults if one.column in {"month", "unit"}]
        period = self._period(row, faults)
        unit = self._unit(row, faults)
        if period is None or unit is None:
            return None
        place = Place(period, unit)
        if is_plain:
            self._placed[named] = place
        return place

    def due(self, place: Place) -> list[Indicator]:
        """Return the indicators due in the report."""
        assigned = self._assigned[place.period.plan_id, place.unit.pk]
        return [one for one in self.indicators.values() if one.pk in assigned and place.period.is_due(one.frequency)]

    def files_reports(self, place: Place) -> bool:
        """Say whether the unit reports at all in the plan year; the nation reports milestones alone."""
        return place.unit.is_nation or bool(self._assigned[place.period.plan_id, place.unit.pk])

    def known(self, place: Place, code: str) -> tuple[Indicator | None, bool]:
        """Return an indicator that is not due in the report, and whether its unit is assigned it.

        :raises CellRefused: the code was retired.
        """
        indicator = self.indicators.get(code)
        if indicator is None:
            if code in self._former:
                raise retired(code, self._former[code])
            return None, False
        return indicator, indicator.pk in self._assigned[place.period.plan_id, place.unit.pk]

    def _period(self, row: SourceRow, faults: list[RowFault]) -> ReportingMonth | None:
        if row.is_unreadable("month"):
            return None
        raw = row.cells.get("month")
        month = _month(raw)
        period = self._periods.get(month) if month else None
        if period is not None:
            return period
        if _text(raw) == "":
            faults.append(row.fault("month", "month_missing", Said(gettext_noop("缺少报告期，请填如 2007-06。"))))
        elif month is None:
            message = Said(gettext_noop("“%(text)s”不是报告期，请填如 2007-06。"), {"text": _text(raw)[:_SHOWN]})
            faults.append(row.fault("month", "unknown_month", message))
        else:
            message = Said(gettext_noop("没有 %(month)s 这个报告期。"), {"month": periods.format_month(month)})
            faults.append(row.fault("month", "unknown_month", message))
        return None

    def _unit(self, row: SourceRow, faults: list[RowFault]) -> ReportingUnit | None:
        """Return the unit the person may file for; another's reads like one that does not exist."""
        if row.is_unreadable("unit"):
            return None
        text = _text(row.cells.get("unit"))
        if not text:
            faults.append(row.fault("unit", "unit_missing", Said(gettext_noop("缺少单位，请填六位代码。"))))
            return None
        open_to = [unit for unit in self._units.get(text, ()) if permissions.sees_drafts(self._by, unit)]
        if len(open_to) == 1:
            return self._editable(row, open_to[0], faults)
        if open_to:
            names = listed(f"{unit.code} {unit.label}" for unit in open_to[:_MOST_CANDIDATES])
            message = Said(
                gettext_noop("“%(text)s”可能是：%(names)s。请填六位代码。"), {"text": text[:_SHOWN], "names": names}
            )
            faults.append(row.fault("unit", "ambiguous_unit", message))
        elif (former := self._former_units.get(text)) and permissions.sees_drafts(self._by, former.successor):
            successor = former.successor
            message = Said(
                gettext_noop("单位“%(text)s”已停用，现由 %(successor)s 填报。请改用新代码。"),
                {
                    "text": text[:_SHOWN],
                    "successor": f"{successor.code} {successor.label}",
                },
            )
            faults.append(row.fault("unit", "retired_unit", message, successor.code))
        else:
            message = Said(
                gettext_noop("没有您可以填报的单位“%(text)s”。请核对六位代码或全称。"), {"text": text[:_SHOWN]}
            )
            faults.append(row.fault("unit", "unknown_unit", message))
        return None

    def _editable(self, row: SourceRow, unit: ReportingUnit, faults: list[RowFault]) -> ReportingUnit | None:
        if permissions.may_edit(self._by, unit):
            return unit
        message = Said(gettext_noop("您可以查看%(unit)s的报表，但不能代为填报。"), {"unit": unit.label})
        faults.append(row.fault("unit", "not_permitted", message))
        return None


def _text(raw: object) -> str:
    """Return a key cell as text: what a sheet turned into a number is written back, blanks are taken off."""
    if raw is None or isinstance(raw, bool | list | dict):
        return "" if raw is None else str(raw)[:_SHOWN]
    if isinstance(raw, Decimal | float | int):
        number = Decimal(str(raw))
        return str(int(number)) if number == number.to_integral_value() and abs(number) < 10**15 else str(number)
    return grammar.to_ascii(grammar.trim(str(raw)))


def _month(raw: object) -> date | None:
    """Return the month a cell names: 2007-06, 2007年6月, 200706, or a date of that month."""
    if isinstance(raw, datetime | date):
        return date(raw.year, raw.month, 1)
    match = _MONTH.fullmatch(_text(raw))
    if match is None or match[1] == "0000":
        return None
    return date(int(match[1]), int(match[2] or match[3]), 1)


def _units_by_text(texts: Iterable[str]) -> dict[str, list[ReportingUnit]]:
    """Return the units by what the rows call them: exactly a code, a name or a registered other name."""
    codes: Mapping[str, str] = {text: match[1] for text in texts if (match := _CODE.fullmatch(text))}
    names = {text for text in texts if text and text not in codes and "\0" not in text}
    named = Q(name__in=names) | Q(short_name__in=names) | Q(name_en__in=names)
    found = ReportingUnit.objects.on_the_tree().select_related("parent").filter(Q(code__in=codes.values()) | named)
    units = {unit.pk: unit for unit in found}
    by_code = {unit.code: unit for unit in units.values()}
    by_text: dict[str, dict[int, ReportingUnit]] = defaultdict(dict)
    for text, code in codes.items():
        if code in by_code:
            by_text[text][by_code[code].pk] = by_code[code]
    for unit in units.values():
        for name in {unit.name, unit.short_name, unit.name_en} & names:
            by_text[name][unit.pk] = unit
    for alias in UnitAlias.objects.filter(name__in=names).select_related("unit__parent"):
        by_text[alias.name][alias.unit_id] = units.get(alias.unit_id, alias.unit)
    return {text: list(found.values()) for text, found in by_text.items()}


def _former_by_text(texts: Iterable[str]) -> dict[str, FormerUnit]:
    """Return the units that no longer file, by the code or name the rows still call them."""
    codes = {text: match[1] if (match := _CODE.fullmatch(text)) else text for text in texts if "\0" not in text}
    found = FormerUnit.objects.select_related("successor__parent")
    found = found.filter(Q(code__in=codes.values()) | Q(name__in=codes.values()))
    by_word = {word: one for one in found for word in (one.code, one.name)}
    return {text: by_word[word] for text, word in codes.items() if word in by_word}
