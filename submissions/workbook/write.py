"""The workbook to fill in: one protected sheet per month, with what was filed before, the target and the findings."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from submissions.forms import cells_of
from submissions.intake import PART_PREFIX
from submissions.models import Figure, FigureState
from submissions.pages.due import month_words
from submissions.statement import Row, Statement
from submissions.workbook.layout import (
    ANSWER,
    CODE,
    FIRST_ROW,
    FOUND,
    KEY,
    MEASURE,
    NAME,
    NOTE,
    PREVIOUS,
    STATE,
    TARGET,
    VALUE,
    Key,
    Mark,
)
from submissions.workbook.looks import Styles, height_of, set_up, sign, write_head, write_number, write_text
from submissions.workbook.write_milestones import MilestoneSheet, write_milestones
from targets import periods
from targets.models import UnitOfMeasure
from workplan.lib.numbers import plain_text
from workplan.lib.sheets import clean_text
from workplan.templatetags.figures import unit_label

_WIDTHS = {KEY: 4, CODE: 6, NAME: 32, MEASURE: 8, TARGET: 14, PREVIOUS: 16, VALUE: 16, STATE: 9, NOTE: 18, FOUND: 24,
           ANSWER: 20}  # fmt: skip
#: What `cells_of` names beside the numbers.
_WORDS = ("state", "note")
_LARGEST = 10**13


@dataclass(frozen=True)
class Line:
    """One row of a sheet: one number of one indicator; state, note and answer stand on the indicator's first."""

    key: Key
    row: Row
    is_first: bool

    @property
    def inputs(self) -> tuple[str, str, str, str]:
        """What stands in the cells to fill in: value, state, note, answer."""
        figure = self.row.figure
        value = number_of(figure, self.key.part)
        number = "" if value is None else plain_text(value)
        if not self.is_first or figure is None:
            return number, "", "", self.answer
        is_plain = figure.state == FigureState.REPORTED
        return number, "" if is_plain else str(FigureState(figure.state).label), figure.note, self.answer

    @property
    def measure(self) -> str:
        """What the number of this row counts: a code of `UnitOfMeasure`."""
        is_person = self.row.indicator.is_ratio or self.key.part == "persons"
        return str(UnitOfMeasure.PERSON if is_person else self.row.indicator.unit_of_measure)

    @property
    def answer(self) -> str:
        """The unit's answers to the warnings about the indicator, each once."""
        if not self.is_first:
            return ""
        return " ".join(dict.fromkeys(found.explanation for found in self.row.found if found.explanation))


def number_of(figure: Figure | None, part: str) -> Decimal | None:
    """Return one number of a figure: its value, a part of a rate, the persons, or one of its declared parts."""
    if figure is None:
        return None
    declared = part.startswith(PART_PREFIX)
    number = figure.parts.get(part.removeprefix(PART_PREFIX)) if declared else getattr(figure, part)
    return None if number is None else Decimal(number)


def lines_of(told: Statement) -> list[Line]:
    """Return the rows of a month's sheet."""
    return [
        Line(Key(row.indicator.code, part), row, is_first=part == parts[0])
        for row in told.rows
        for parts in [[name for name in cells_of(row.indicator) if name not in _WORDS]]
        for part in parts
    ]


def mark_of(told: Statement) -> Mark:
    report = told.report
    seen = {str(line.key): (*line.inputs, line.measure) for line in lines_of(told)}
    return Mark(report.unit.code, periods.format_month(report.month), report.version, seen)


def workbook_of(statements: Sequence[Statement], milestones: MilestoneSheet | None = None) -> bytes:
    """Return the workbook of one unit: a sheet per month in the order given, then that of the milestones."""
    buffer = io.BytesIO()
    book = Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": str(statements[0].report.unit.full_label) if statements else ""})
    styles = Styles(book)
    for told in statements:
        _write_sheet(book.add_worksheet(periods.format_month(told.report.month)), told, styles)
    if milestones is not None:
        write_milestones(book, milestones, styles)
    book.close()
    return buffer.getvalue()


def _write_sheet(page: Worksheet, told: Statement, styles: Styles) -> None:
    report, lines = told.report, lines_of(told)
    title = _("%(unit)s %(month)s 月度报表") % {"unit": report.unit.full_label, "month": month_words(report.month)}
    write_head(page, mark_of(told), (title, *_about(told)), (_headers(), _WIDTHS), styles)
    for at, line in enumerate(lines, FIRST_ROW - 1):
        _write_line(page, at, line, styles, may_edit=told.may["edit"])
    last = FIRST_ROW - 2 + len(lines)
    _validate(page, lines, last)
    sign(page, last + 2, ((NAME, NAME), (TARGET, PREVIOUS), (STATE, NOTE), (FOUND, FOUND)), styles)
    set_up(page, report.unit.full_label, frozen_before=MEASURE)


def _about(told: Statement) -> Iterator[str]:
    yield _("单位代码 %(code)s") % {"code": told.report.unit.code}
    yield _("数值以人、元、个填写，不用万、亿；累计指标填 1 月以来的累计数")
    if told.may["edit"]:
        yield _("只填浅黄色的格；零也请填 0，无法填报时选状态并写明原因")
    else:
        yield _("本月报表为“%(status)s”，只供查看") % {"status": told.report.get_status_display()}


def _headers() -> dict[int, str]:
    return {
        CODE: _("代码"),
        NAME: _("指标"),
        MEASURE: _("计量单位"),
        TARGET: _("年度目标"),
        PREVIOUS: _("上期数"),
        VALUE: _("本期数"),
        STATE: _("状态"),
        NOTE: _("备注（未报的原因）"),
        FOUND: _("审核提示"),
        ANSWER: _("对提示的说明"),
    }


def _write_line(page: Worksheet, at: int, line: Line, styles: Styles, *, may_edit: bool) -> None:
    row, part = line.row, line.key.part
    indicator = row.indicator
    places = 0 if part == "persons" else indicator.decimals
    page.write_string(at, KEY - 1, str(line.key))
    name = clean_text(_name(line))
    page.set_row(at, _height(line, name))
    page.write_string(at, CODE - 1, indicator.code, styles.centred)
    page.write_string(at, NAME - 1, name, styles.locked if line.is_first else styles.part)
    page.write_string(at, MEASURE - 1, unit_label(line.measure), styles.centred)
    target = row.target.target_value if row.target and line.is_first else None
    write_number(page, at, TARGET, target, styles.rate if indicator.is_ratio else styles.number[indicator.decimals])
    before = number_of(row.previous, part)
    write_number(page, at, PREVIOUS, before, styles.number[places])
    value, state, note, answer = line.inputs
    shown = styles.input[places] if may_edit else styles.kept[places]
    write_number(page, at, VALUE, Decimal(value) if value else None, shown)
    words = {STATE: state, NOTE: note, ANSWER: answer}
    for column, text in words.items():
        is_open = may_edit and line.is_first
        style = styles.locked if not is_open else styles.choice if column == STATE else styles.text
        write_text(page, at, column, text, style)
    told = "\n".join(found.message for found in row.found) if line.is_first else ""
    write_text(page, at, FOUND, told, styles.locked)


def _height(line: Line, name: str) -> int:
    """Return the height at which every text of the row can be read; a sheet that is locked does not grow by itself."""
    texts = {NAME: name}
    if line.is_first:
        _value, _state, texts[NOTE], texts[ANSWER] = line.inputs
        texts[FOUND] = "\n".join(found.message for found in line.row.found)
    return height_of(texts, _WIDTHS)


def _name(line: Line) -> str:
    indicator = line.row.indicator
    parts = {
        "numerator": indicator.numerator_label,
        "denominator": indicator.denominator_label,
        "persons": _("涉及人数"),
    }
    parts |= {f"{PART_PREFIX}{part.code}": part.label for part in indicator.filed_parts.all()}
    more = parts.get(line.key.part)
    return indicator.label if more is None else f"{indicator.short_label}：{more}"


def _validate(page: Worksheet, lines: Sequence[Line], last: int) -> None:
    """Let the program itself warn of what the gate would refuse; a warning, so that nothing typed is lost there."""
    for at, line in enumerate(lines, FIRST_ROW - 1):
        is_whole = line.key.part == "persons" or not line.row.indicator.decimals
        page.data_validation(at, VALUE - 1, at, VALUE - 1, {
            "validate": "integer" if is_whole else "decimal", "criteria": "between", "minimum": 0, "maximum": _LARGEST,
            "error_type": "warning", "error_title": _("数值"),
            "error_message": _("请填不小于 0 的数，不带单位。"),
        })  # fmt: skip
    if last >= FIRST_ROW - 1:
        choices = [str(one.label) for one in FigureState]
        page.data_validation(FIRST_ROW - 1, STATE - 1, last, STATE - 1, {
            "validate": "list", "source": choices, "error_type": "warning", "error_title": _("状态"),
            "error_message": _("请从列表中选择，或留空。"),
        })  # fmt: skip
