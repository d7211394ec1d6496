"""Figures: from raw cells to exact numbers in base units, held against what is due and what is stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial

from django.utils.translation import gettext_noop

from submissions.intake.cells import (
    CellRefused,
    Cells,
    Complaint,
    InputRefused,
    Row,
    RowRefused,
    clean_text,
)
from submissions.models import Figure, FigureState, Filing, MonthlyReport
from targets.models import FormerIndicator, Indicator, Kind
from workplan.lib import numbers

NUMBER_FIELDS = ("value", "numerator", "denominator", "persons")
FIGURE_FIELDS = ("indicator", "state", *NUMBER_FIELDS, "note")
#: An indicator that is not due, or None where there is none, and whether the unit is assigned it.
Known = tuple[Indicator | None, bool]
#: A part of a figure travels as one cell of its row: parts/workers.
PART_PREFIX = "parts/"
#: No national figure of this portal comes near; larger is a slip of the unit.
LARGEST_FIGURE = Decimal(10) ** 13


@dataclass(frozen=True)
class FigureInput:
    """One figure as it is to stand in the draft; without a state it is cleared."""

    indicator: Indicator
    state: str | None = None
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    persons: int | None = None
    note: str = ""
    #: code of a part → its number
    parts: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def is_cleared(self) -> bool:
        return self.state is None

    def parts_as_json(self) -> str:
        """Return the parts as they are stored: numbers as decimal text, nothing rounded on the way."""
        if not self.parts:
            return "{}"
        return json.dumps({code: numbers.plain_text(number) for code, number in self.parts.items()})

    def with_state(self, state: str) -> FigureInput:
        """Return the same numbers under another state; a million rows pass here, so nothing generic does it."""
        if self.state == state:
            return self
        return FigureInput(
            self.indicator, state, self.value, self.numerator, self.denominator, self.persons, self.note, self.parts
        )

    def as_row(self, filing: Filing | None) -> Figure:
        """Return the figure as it would stand in the filing; nothing is saved."""
        return Figure(
            filing=filing,
            indicator=self.indicator,
            state=self.state,
            value=self.value,
            numerator=self.numerator,
            denominator=self.denominator,
            persons=self.persons,
            note=self.note,
            parts={code: numbers.plain_text(number) for code, number in self.parts.items()},
        )

    def as_text(self) -> str:
        """Return the figure for the audit trail."""
        if self.is_cleared:
            return ""
        parts = [self.state or "", *(f"{name}={getattr(self, name)}" for name in NUMBER_FIELDS)]
        parts += [f"{code}={number}" for code, number in self.parts.items()]
        return " ".join(part for part in parts if not part.endswith("=None"))


class FigureReader:
    """Reads the rows of one report against what is due there and what its draft holds already."""

    def __init__(
        self,
        report: MonthlyReport,
        due: Iterable[Indicator],
        existing: Mapping[int, Figure],
        *,
        scale: Decimal = Decimal(1),
        look_up: Callable[[str], Known] | None = None,
    ) -> None:
        self.report = report
        self._look_up = look_up or self._looked_up
        self.due = {indicator.code: indicator for indicator in due}
        self.existing = existing
        self.scale = scale
        self._stored: dict[int, FigureInput] = {}
        self.complaints: list[Complaint] = []
        #: What could be read, whatever else was refused.
        self.readable: list[FigureInput] = []
        #: What was cleaned on the way in (full-width digits, stray blanks): told, never held against the person.
        self.notes: list[Complaint] = []

    def read(self, rows: Iterable[Row], pointer: str = "/figures/{index}/{field}") -> list[FigureInput]:
        """Return one input per row.

        :raises InputRefused: with every complaint about every cell.
        """
        inputs: dict[str, FigureInput] = {}
        for index, row in enumerate(rows):
            try:
                figure = self._figure(row, inputs)
            except (CellRefused, RowRefused) as refused:
                self.complaints += [one.at(pointer.format(index=index, field=one.field)) for one in refused.refusals]
            else:
                inputs[figure.indicator.code] = figure
        self.readable = list(inputs.values())
        if self.complaints:
            raise InputRefused(self.complaints)
        return self.readable

    def _figure(self, row: Row, before: Container[str]) -> FigureInput:
        """Return the row's figure on top of what is stored: a cell left out of the row stays as it is."""
        row = _flat(row)
        cells = Cells()
        cells.refuse_unknown([name for name in row if not _is_part(name)], FIGURE_FIELDS)
        indicator = cells.read(lambda: self._indicator(row.get("indicator"), before), None)
        if indicator is None:
            raise RowRefused(cells.refusals)
        stored = self.stored(indicator)
        note = cells.read(lambda: clean_text(row["note"]), "") if "note" in row else stored.note
        given = {
            name: cells.read(partial(self._number, indicator, name, row[name]), None)
            for name in NUMBER_FIELDS
            if name in row
        }
        given_parts = {
            name: cells.read(partial(self._part, indicator, name, row[name]), None) for name in row if _is_part(name)
        }
        stated = cells.read(lambda: _state(row.get("state")), None)
        cells.check()
        parts = {**stored.parts, **{name.removeprefix(PART_PREFIX): number for name, number in given_parts.items()}}
        merged = FigureInput(
            indicator,
            stored.state,
            *(given.get(name, getattr(stored, name)) for name in NUMBER_FIELDS),
            note=note,
            parts={code: number for code, number in parts.items() if number is not None},
        )
        return _with_state(merged, row, given | given_parts, stated)

    def stored(self, indicator: Indicator) -> FigureInput:
        """Return what the draft holds of the indicator; without a state where it holds nothing."""
        known = self._stored.get(indicator.pk)
        if known is None:
            known = self._stored[indicator.pk] = self._as_stored(indicator)
        return known

    def _as_stored(self, indicator: Indicator) -> FigureInput:
        figure = self.existing.get(indicator.pk)
        if figure is None:
            return FigureInput(indicator)
        return FigureInput(
            indicator,
            figure.state,
            figure.value,
            figure.numerator,
            figure.denominator,
            figure.persons,
            figure.note,
            {code: Decimal(text) for code, text in figure.parts.items()},
        )

    def _indicator(self, code: object, before: Container[str]) -> Indicator:
        if not isinstance(code, str):
            raise CellRefused("indicator", "unknown_indicator", gettext_noop("请写明指标代码，例如 T01。"))
        if code in before:
            raise CellRefused("indicator", "duplicate", gettext_noop("%(code)s 出现了两次，请只保留一次。"), code=code)
        if code in self.due:
            return self.due[code]
        known, is_assigned = self._look_up(code)
        if known is None:
            raise CellRefused(
                "indicator",
                "unknown_indicator",
                gettext_noop("没有代码为“%(code)s”的指标。"),
                code=code[:40],
            )
        if not is_assigned:
            raise CellRefused(
                "indicator", "not_assigned", gettext_noop("%(code)s 不由%(unit)s填报，请删去这一行。"),
                code=known.code, unit=self.report.unit.label,
            )  # fmt: skip
        raise CellRefused(
            "indicator",
            "not_due",
            gettext_noop("%(code)s 是%(frequency)s，%(month)s不需填报，请删去这一行。"),
            code=known.code,
            frequency=known.get_frequency_display(),
            month=f"{self.report.month:%Y-%m}",
        )

    def _looked_up(self, code: str) -> Known:
        """Return the indicator that is not due here, and whether the unit is assigned it.

        :raises CellRefused: the code was retired.
        """
        if "\0" in code:
            return None, False
        known = Indicator.objects.filter(code=code).first()
        if known is None:
            former = FormerIndicator.objects.filter(code=code).select_related("successor").first()
            if former is not None:
                raise retired(code, former.successor)
            return None, False
        plan_id = self.report.period.plan_id
        return known, known.assignments.filter(unit=self.report.unit, plan_id=plan_id).exists()

    def _part(self, indicator: Indicator, name: str, raw: object) -> Decimal | None:
        """Return the number of one part the indicator declares."""
        declared = {part.code for part in indicator.filed_parts.all()}
        if name.removeprefix(PART_PREFIX) not in declared:
            raise CellRefused(
                name, "unknown_part", gettext_noop("%(code)s 没有名为“%(part)s”的分项。"),
                code=indicator.code, part=name.removeprefix(PART_PREFIX)[:40],
            )  # fmt: skip
        number = self._number(indicator, name, raw)
        return None if number is None else Decimal(number)

    def _number(self, indicator: Indicator, field: str, raw: object) -> Decimal | int | None:
        if raw is None or (isinstance(raw, str) and numbers.is_blank(raw)):
            return None
        _check_field_belongs(indicator, field)
        counts_people = field == "persons"
        scale = Decimal(1) if counts_people or indicator.kind == Kind.COUNT else self.scale
        maximum = Decimal(1) if indicator.kind == Kind.COUNT else LARGEST_FIGURE
        decimals = 0 if counts_people else indicator.decimals
        try:
            parsed = numbers.from_json_number(raw, decimals=decimals, maximum=maximum, scale=scale)
        except numbers.NumberRefused as refusal:
            raise CellRefused(field, refusal.code, refusal.template, refusal.suggestion, **refusal.params) from refusal
        value = parsed.value
        where = f"{indicator.code}/{field}"
        self.notes += [Complaint(where, note.code, note.template, note.params) for note in parsed.notes]
        if field == "denominator" and value == 0:
            raise CellRefused(
                field, "zero_denominator", gettext_noop("分母不能为 0；无法统计时请选择“未报”并写明原因。")
            )
        return int(value) if counts_people else value


def retired(code: str, successor: Indicator) -> CellRefused:
    """Return the refusal of a code that is no longer filed under; it names the successor (X-24)."""
    return CellRefused(
        "indicator", "retired_indicator", gettext_noop("指标代码 %(code)s 已停用，现为 %(successor)s。请改用新代码。"),
        successor.code, code=code, successor=str(successor),
    )  # fmt: skip


def _is_part(name: str) -> bool:
    return name.startswith(PART_PREFIX)


def _flat(row: Row) -> Row:
    """Return the row with its parts as cells of their own; null is as if none were named."""
    if "parts" not in row:
        return row
    parts, rest = row["parts"], {name: raw for name, raw in row.items() if name != "parts"}
    if parts is None:
        parts = {}
    if not isinstance(parts, Mapping):
        raise CellRefused("parts", "not_an_object", gettext_noop("分项须写成“分项代码: 数值”的对象。"))
    return {**rest, **{f"{PART_PREFIX}{code}": raw for code, raw in parts.items()}}


def _check_field_belongs(indicator: Indicator, field: str) -> None:
    if field == "persons" and not indicator.has_persons:
        raise CellRefused(field, "field_not_used", gettext_noop("%(code)s 不填人数。"), code=indicator.code)
    if field == "value" and indicator.is_ratio:
        raise CellRefused(
            field, "field_not_used", gettext_noop("%(code)s 由分子、分母计算，不直接填比率。请填分子和分母。"),
            code=indicator.code,
        )  # fmt: skip
    if field in {"numerator", "denominator"} and not indicator.is_ratio:
        raise CellRefused(field, "field_not_used", gettext_noop("%(code)s 只填一个数值。"), code=indicator.code)


def _with_state(figure: FigureInput, row: Row, given: Row, stated: str | None) -> FigureInput:
    """Settle the state: as stated, else reported when a number stands, else cleared or the note's reason."""
    has_number = figure.value is not None or figure.numerator is not None or figure.denominator is not None
    if stated in {FigureState.NOT_REPORTED, FigureState.NOT_APPLICABLE}:
        if any(value is not None for value in given.values()):
            template = gettext_noop("既写了数值又选了“%(state)s”，请二选一。")
            raise CellRefused("state", "state_contradicts_value", template, state=FigureState(stated).label)
        return replace(figure, state=stated, value=None, numerator=None, denominator=None, persons=None, parts={})
    if figure.state is not None and "state" not in row and not given:
        return figure  # a note alone, or nothing: what stands keeps its state
    if has_number:
        _check_both_parts(figure)
        return figure.with_state(FigureState.REPORTED)
    if given.get("persons") is not None:
        raise CellRefused("value", "value_missing", gettext_noop("填了人数但没有数值；零也请填 0。"))
    if any(number is not None for name, number in given.items() if _is_part(name)):
        raise CellRefused("value", "value_missing", gettext_noop("填了分项但没有总数；请填总数。"))
    if stated == FigureState.REPORTED:
        raise CellRefused(
            "numerator" if figure.indicator.is_ratio else "value",
            "value_missing",
            gettext_noop("选了“已报”但没有数值；零也请填 0。"),
        )
    if figure.note and (row.get("note") or not given):
        return replace(figure, state=FigureState.NOT_REPORTED, persons=None, parts={})
    return replace(figure, state=None, persons=None, parts={})


def _check_both_parts(figure: FigureInput) -> None:
    if (figure.numerator is None) == (figure.denominator is None):
        return
    missing = "numerator" if figure.numerator is None else "denominator"
    raise CellRefused(missing, "part_missing", gettext_noop("分子、分母须同时填写。"))


def _state(raw: object) -> str | None:
    if raw is None or raw == "":
        return None
    if isinstance(raw, str) and raw.upper() in FigureState.values:
        return raw.upper()
    raise CellRefused(
        "state",
        "unknown_state",
        gettext_noop("状态“%(state)s”不存在；可用 reported、not_reported、not_applicable。"),
        state=str(raw)[:40],
    )
