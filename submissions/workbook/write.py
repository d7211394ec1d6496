"""The workbook to fill in: one protected sheet per month, with what was filed before, the target and the findings."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from submissions.forms import cells_of
from submissions.intake import PART_PREFIX
from submissions.models import Figure, FigureState
from submissions.pages.due import month_words
from submissions.statement import Row, Statement
from submissions.workbook.layout import (
    ABOUT_ROW,
    ANSWER,
    CODE,
    FIRST_ROW,
    FOUND,
    HEADER_ROW,
    KEY,
    MARK_ROW,
    MEASURE,
    NAME,
    NOTE,
    PREVIOUS,
    STATE,
    TARGET,
    TITLE_ROW,
    VALUE,
    Key,
    Mark,
)
from targets import periods
from targets.models import UnitOfMeasure
from workplan.lib.numbers import plain_text
from workplan.lib.sheets import as_double, clean_text
from workplan.templatetags.figures import unit_label

_WIDTHS = {KEY: 4, CODE: 6, NAME: 32, MEASURE: 8, TARGET: 14, PREVIOUS: 16, VALUE: 16, STATE: 9, NOTE: 18, FOUND: 24,
           ANSWER: 20}  # fmt: skip
#: Heights in points: a row, one more line of text in it, and so many Latin letters to a unit of width.
_ROW, _MORE = 19, 13
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


def workbook_of(statements: Sequence[Statement]) -> bytes:
    """Return the workbook of one unit, a sheet per month in the order given."""
    buffer = io.BytesIO()
    book = Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": str(statements[0].report.unit.full_label) if statements else ""})
    styles = _Styles(book)
    for told in statements:
        _write_sheet(book.add_worksheet(periods.format_month(told.report.month)), told, styles)
    book.close()
    return buffer.getvalue()


class _Styles:
    """The formats of the workbook. What may be filled in is light; what is locked is grey."""

    def __init__(self, book: Workbook) -> None:
        font = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
        locked = {**font, "bg_color": "#F1F3F6", "border": 1, "border_color": "#C8CED8"}
        open_ = {**font, "bg_color": "#FFFBE6", "border": 1, "border_color": "#8A94A6", "locked": False}
        self.title = book.add_format({**font, "bold": True, "font_size": 16, "align": "center"})
        self.about = book.add_format({**font, "font_size": 9, "font_color": "#555555"})
        self.header = book.add_format({**locked, "bold": True, "text_wrap": True, "align": "center"})
        self.locked = book.add_format({**locked, "text_wrap": True})
        self.part = book.add_format({**locked, "text_wrap": True, "indent": 1})
        self.centred = book.add_format({**locked, "align": "center"})
        self.number = {places: book.add_format({**locked, "num_format": _format(places)}) for places in range(5)}
        self.rate = book.add_format({**locked, "num_format": "0.0%"})
        self.text = book.add_format({**open_, "text_wrap": True, "num_format": "@"})
        self.choice = book.add_format(open_)
        self.input = {places: book.add_format({**open_, "num_format": _format(places)}) for places in range(5)}
        #: Figures of a report that may not be changed now.
        self.kept = {places: book.add_format({**locked, "num_format": _format(places)}) for places in range(5)}
        self.sign = book.add_format({**font, "bottom": 1, "bottom_color": "#8A94A6"})


def _format(places: int) -> str:
    return "#,##0" + ("." + "0" * places if places else "")


def _write_sheet(page: Worksheet, told: Statement, styles: _Styles) -> None:
    report, lines = told.report, lines_of(told)
    for column, width in _WIDTHS.items():
        page.set_column(column - 1, column - 1, width, None, {"hidden": column == KEY})
    page.write_string(MARK_ROW - 1, KEY - 1, mark_of(told).signed())
    page.set_row(MARK_ROW - 1, None, None, {"hidden": True})
    title = _("%(unit)s %(month)s 月度报表") % {"unit": report.unit.full_label, "month": month_words(report.month)}
    page.merge_range(TITLE_ROW - 1, CODE - 1, TITLE_ROW - 1, ANSWER - 1, title, styles.title)
    page.set_row(TITLE_ROW - 1, 30)
    page.write_string(ABOUT_ROW - 1, CODE - 1, " · ".join(_about(told)), styles.about)
    for column, name in _headers().items():
        page.write_string(HEADER_ROW - 1, column - 1, name, styles.header)
    page.set_row(HEADER_ROW - 1, 34)
    for at, line in enumerate(lines, FIRST_ROW - 1):
        _write_line(page, at, line, styles, may_edit=told.may["edit"])
    last = FIRST_ROW - 2 + len(lines)
    _validate(page, lines, last)
    _sign(page, last + 2, styles)
    _set_up(page, report.unit.full_label)


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


def _write_line(page: Worksheet, at: int, line: Line, styles: _Styles, *, may_edit: bool) -> None:
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
    _write_number(page, at, TARGET, target, styles.rate if indicator.is_ratio else styles.number[indicator.decimals])
    before = number_of(row.previous, part)
    _write_number(page, at, PREVIOUS, before, styles.number[places])
    value, state, note, answer = line.inputs
    shown = styles.input[places] if may_edit else styles.kept[places]
    _write_number(page, at, VALUE, Decimal(value) if value else None, shown)
    words = {STATE: state, NOTE: note, ANSWER: answer}
    for column, text in words.items():
        is_open = may_edit and line.is_first
        style = styles.locked if not is_open else styles.choice if column == STATE else styles.text
        _write_text(page, at, column, text, style)
    told = "\n".join(found.message for found in row.found) if line.is_first else ""
    _write_text(page, at, FOUND, told, styles.locked)


def _height(line: Line, name: str) -> int:
    """Return the height at which every text of the row can be read; a sheet that is locked does not grow by itself."""
    texts = {NAME: name}
    if line.is_first:
        _value, _state, texts[NOTE], texts[ANSWER] = line.inputs
        texts[FOUND] = "\n".join(found.message for found in line.row.found)
    return _ROW + _MORE * (max(_n_lines(text, _WIDTHS[column]) for column, text in texts.items()) - 1)


def _n_lines(text: str, width: int) -> int:
    """Return how many lines a text takes in a column: a Chinese character is as wide as two Latin letters."""
    lengths = [sum(2 if ord(letter) > 0x2E80 else 1 for letter in line) for line in text.split("\n")]
    return sum(max(1, -(-length // (width - 2))) for length in lengths)


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


def _write_number(page: Worksheet, at: int, column: int, value: Decimal | int | None, style: Format) -> None:
    if value is None:
        page.write_blank(at, column - 1, None, style)
    elif (double := as_double(value)) is not None:
        page.write_number(at, column - 1, double, style)
    else:
        page.write_string(at, column - 1, plain_text(Decimal(value)), style)


def _write_text(page: Worksheet, at: int, column: int, text: str, style: Format) -> None:
    if text:
        page.write_string(at, column - 1, clean_text(text), style)
    else:
        page.write_blank(at, column - 1, None, style)


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


def _sign(page: Worksheet, at: int, styles: _Styles) -> None:
    """The block that the paper report ends with."""
    page.set_row(at, 30)
    for column, last, who in (
        (NAME, NAME, _("填表人：")),
        (TARGET, PREVIOUS, _("审核人：")),
        (STATE, NOTE, _("负责人（盖章）：")),
        (FOUND, FOUND, _("填报日期：")),
    ):
        page.write_string(at, column - 1, who, styles.sign)
        for blank in range(column, last):
            page.write_blank(at, blank, None, styles.sign)


def _set_up(page: Worksheet, unit: str) -> None:
    page.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
    page.freeze_panes(HEADER_ROW, MEASURE - 1)
    page.repeat_rows(TITLE_ROW - 1, HEADER_ROW - 1)
    page.set_landscape()
    page.set_paper(9)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.center_horizontally()
    page.fit_to_pages(1, 0)
    page.set_footer(f"&L{unit.replace('&', '&&')} &A&C&P / &N&R&D")
