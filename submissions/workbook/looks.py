"""How the sheets of a workbook look: what may be filled in is light, what is locked is grey; A4, headers repeated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from submissions.workbook.layout import ABOUT_ROW, CODE, HEADER_ROW, KEY, MARK_ROW, TITLE_ROW, Mark, in_cells
from workplan.lib.numbers import plain_text
from workplan.lib.sheets import as_double, clean_text

#: Heights in points: a row, and one more line of text in it.
_ROW, _MORE = 19, 13
#: As the portal writes a day, and as its gate reads one.
DAY = "yyyy-mm-dd"


class Styles:
    """The formats of the workbook."""

    def __init__(self, book: Workbook) -> None:
        font = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
        locked = {**font, "bg_color": "#F1F3F6", "border": 1, "border_color": "#C8CED8"}
        open_ = {**font, "bg_color": "#FFFBE6", "border": 1, "border_color": "#8A94A6", "locked": False}
        self.title = book.add_format({**font, "bold": True, "font_size": 16, "align": "center"})
        self.about = book.add_format({**font, "font_size": 9, "font_color": "#555555"})
        self.header = book.add_format({**locked, "bold": True, "text_wrap": True, "align": "center"})
        self.band = book.add_format({**font, "bold": True, "bg_color": "#E1E6EE"})
        self.locked = book.add_format({**locked, "text_wrap": True})
        self.part = book.add_format({**locked, "text_wrap": True, "indent": 1})
        self.centred = book.add_format({**locked, "align": "center"})
        self.number = {places: book.add_format({**locked, "num_format": _format(places)}) for places in range(5)}
        self.rate = book.add_format({**locked, "num_format": "0.0%"})
        self.text = book.add_format({**open_, "text_wrap": True, "num_format": "@"})
        self.choice = book.add_format({**open_, "text_wrap": True})
        self.day = book.add_format({**open_, "num_format": DAY, "align": "center"})
        #: A day of a report that may not be changed now.
        self.kept_day = book.add_format({**locked, "num_format": DAY, "align": "center"})
        self.input = {places: book.add_format({**open_, "num_format": _format(places)}) for places in range(5)}
        #: Figures of a report that may not be changed now.
        self.kept = {places: book.add_format({**locked, "num_format": _format(places)}) for places in range(5)}
        self.sign = book.add_format({**font, "bottom": 1, "bottom_color": "#8A94A6"})


def _format(places: int) -> str:
    return "#,##0" + ("." + "0" * places if places else "")


def write_head(
    page: Worksheet,
    mark: Mark,
    words: Sequence[str],
    columns: tuple[Mapping[int, str], Mapping[int, int]],
    styles: Styles,
) -> None:
    """Write what stands above the rows: the hidden mark, the title, what is said about the sheet, the header.

    ``words`` are the title and what is said; ``columns`` the headers and the widths, by column.
    """
    headers, widths = columns
    title, *about = words
    for column, width in widths.items():
        page.set_column(column - 1, column - 1, width, None, {"hidden": column == KEY})
    for column, text in enumerate(in_cells(mark.signed()), KEY - 1):
        page.write_string(MARK_ROW - 1, column, text)
    page.set_row(MARK_ROW - 1, None, None, {"hidden": True})
    page.merge_range(TITLE_ROW - 1, CODE - 1, TITLE_ROW - 1, max(headers) - 1, title, styles.title)
    page.set_row(TITLE_ROW - 1, 30)
    page.write_string(ABOUT_ROW - 1, CODE - 1, " · ".join(about), styles.about)
    for column, name in headers.items():
        page.write_string(HEADER_ROW - 1, column - 1, name, styles.header)
    page.set_row(HEADER_ROW - 1, 34)


def height_of(texts: Mapping[int, str], widths: Mapping[int, int]) -> int:
    """Return the height at which every text of a row can be read; a sheet that is locked does not grow by itself."""
    return _ROW + _MORE * (max(_n_lines(text, widths[column]) for column, text in texts.items()) - 1)


def _n_lines(text: str, width: int) -> int:
    """Return how many lines a text takes in a column: a Chinese character is as wide as two Latin letters."""
    lengths = [sum(2 if ord(letter) > 0x2E80 else 1 for letter in line) for line in text.split("\n")]
    return sum(max(1, -(-length // (width - 2))) for length in lengths)


def write_number(page: Worksheet, at: int, column: int, value: Decimal | int | None, style: Format) -> None:
    if value is None:
        page.write_blank(at, column - 1, None, style)
    elif (double := as_double(value)) is not None:
        page.write_number(at, column - 1, double, style)
    else:
        page.write_string(at, column - 1, plain_text(Decimal(value)), style)


def write_text(page: Worksheet, at: int, column: int, text: str, style: Format) -> None:
    if text:
        page.write_string(at, column - 1, clean_text(text), style)
    else:
        page.write_blank(at, column - 1, None, style)


def sign(page: Worksheet, at: int, places: Iterable[tuple[int, int]], styles: Styles) -> None:
    """Write the block that the paper report ends with, each signature from one column to another."""
    page.set_row(at, 30)
    signatures = (_("填表人："), _("审核人："), _("负责人（盖章）："), _("填报日期："))
    for (column, last), who in zip(places, signatures, strict=True):
        page.write_string(at, column - 1, who, styles.sign)
        for blank in range(column, last):
            page.write_blank(at, blank, None, styles.sign)


def set_up(page: Worksheet, unit: str, *, frozen_before: int) -> None:
    """Protect the sheet, keep its head in sight, and have it printed on A4."""
    page.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
    page.freeze_panes(HEADER_ROW, frozen_before - 1)
    page.repeat_rows(TITLE_ROW - 1, HEADER_ROW - 1)
    page.set_landscape()
    page.set_paper(9)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.center_horizontally()
    page.fit_to_pages(1, 0)
    page.set_footer(f"&L{unit.replace('&', '&&')} &A&C&P / &N&R&D")
