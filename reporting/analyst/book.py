"""Draws the analyst's workbook: styles, print set-up, and the sheets in their order."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reporting.analyst import notes, tables
from reporting.analyst.contents import Contents
from workplan.lib.sheets import TEXT_STAYS_TEXT, SheetNames, write_text, write_value

#: Heights of a line and of a header, and how much six columns of the quality sheet hold.
LINE_POINTS, HEADER_POINTS, SPREAD_WIDTH = 15, 30, 70
LAST_NARROW = 0x2E7F
_FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
_LOOKS: dict[str, dict[str, object]] = {
    "title": {"bold": True, "font_size": 14},
    "small": {"font_size": 9, "font_color": "#555555"},
    "section": {"bold": True, "font_size": 11, "bottom": 1},
    "header": {"bold": True, "indent": 1, "text_wrap": True, "bottom": 1, "bg_color": "#E9EEF5"},
    "header_right": {"bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#E9EEF5", "align": "right"},
    "unit": {"italic": True, "font_color": "#555555", "align": "right", "bottom": 1},
    "text": {"indent": 1},
    "number": {},
    "wrapped": {"text_wrap": True, "valign": "top", "indent": 1},
    "mark": {"align": "right", "font_color": "#555555"},
}


class Book:
    """A workbook under way: pages with their names, formats each made once."""

    def __init__(self, stream: BytesIO) -> None:
        self.book = Workbook(stream, {**TEXT_STAYS_TEXT, "in_memory": True})
        self._names = SheetNames()
        self._formats: dict[tuple[str, str], Format] = {}

    def page(self, name: str) -> Page:
        name = self._names.take(name)
        return Page(self, self.book.add_worksheet(name), name)

    def style(self, look: str, number_format: str = "") -> Format:
        made = self._formats.get((look, number_format))
        if made is None:
            shown = {"num_format": number_format} if number_format else {}
            made = self.book.add_format({**_FONT, **_LOOKS[look], **shown})
            self._formats[look, number_format] = made
        return made


class Page:
    """A sheet written from the top down; `at` is the next free row."""

    def __init__(self, owner: Book, sheet: Worksheet, name: str) -> None:
        self.owner, self.sheet, self.name = owner, sheet, name
        self.at = 0

    def line(self, text: str, look: str = "small") -> None:
        self.put(self.at, 0, text, look)
        self.at += 1

    def put(
        self, row: int, column: int, value: str | int | Decimal | date | None, look: str = "text", shown: str = ""
    ) -> None:
        """Write a cell; None leaves it empty."""
        if value is not None:
            look = "number" if look == "text" and not isinstance(value, str) else look
            write_value(self.sheet, row, column, value, self.owner.style(look, shown))

    def row(
        self, cells: Sequence[str | int | Decimal | None], look: str = "text", *, shown: Sequence[str] = ()
    ) -> None:
        """Write cells side by side, each with its number format where one is given."""
        formats = [*shown, *[""] * (len(cells) - len(shown))]
        for column, (value, number_format) in enumerate(zip(cells, formats, strict=True)):
            self.put(self.at, column, value, look, number_format)
        if look == "header":
            self.sheet.set_row(self.at, HEADER_POINTS)
        self.at += 1

    def wrapped(self, cells: Sequence[str], widths: Sequence[float]) -> None:
        """Write texts that wrap, the row as high as the longest needs: not every program works that out."""
        lines = max(math.ceil(_width(text) / width) for text, width in zip(cells, widths, strict=True))
        self.row(cells, "wrapped")
        self.sheet.set_row(self.at - 1, LINE_POINTS * max(1, lines))

    def spread(self, row: int, first: int, last: int, text: str) -> None:
        """Write a long text over several columns, the row as high as it needs."""
        style = self.owner.style("wrapped")
        self.sheet.merge_range(row, first, row, last, "", style)
        write_text(self.sheet, row, first, text, style)
        self.sheet.set_row(row, LINE_POINTS * math.ceil(_width(text) / SPREAD_WIDTH))

    def head(self, titles: Sequence[tuple[str, float, bool]]) -> None:
        """Write a header of (title, width, is a number) and print it again on every page."""
        for column, (title, width, is_number) in enumerate(titles):
            self.sheet.set_column(column, column, width)
            write_text(self.sheet, self.at, column, title, self.owner.style("header_right" if is_number else "header"))
        self.sheet.set_row(self.at, HEADER_POINTS)
        self.at += 1

    def next_sheet(self) -> None:
        """Print what follows on a sheet of paper of its own."""
        self.sheet.set_h_pagebreaks([self.at])

    def set_up(self, *, frozen: tuple[int, int], repeated: tuple[int, int] | None) -> None:
        """Freeze the header and what names a row; print on landscape A4, one page wide, header on every page."""
        self.sheet.freeze_panes(*frozen)
        if repeated is not None:
            self.sheet.repeat_rows(*repeated)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_header(f"&R{self.name.replace('&', '&&')}")
        self.sheet.set_footer("&C&P / &N")


def _width(text: str) -> int:
    """Return how many narrow characters the text is wide, and a little more."""
    return sum(2 if ord(character) > LAST_NARROW else 1 for character in text) + 2


def workbook_bytes(found: Contents) -> bytes:
    """Return the workbook in the language of the moment."""
    stream = BytesIO()
    book = Book(stream)
    title = _("%(unit)s：%(month)s数据分析") % {"unit": found.unit.label, "month": found.month}
    book.book.set_properties({"title": title, "author": str(found.person), "company": _("年度工作要点目标管理平台")})
    summary, matrix, monthly = (book.page(name) for name in (_("总表"), _("分单位"), _("逐月")))
    for page, heading in _titled(found, title, summary, matrix, monthly):
        page.line(heading, "title")
        for line in found.provenance:
            page.line(line)
    places = tables.monthly(monthly, found)
    tables.summary(summary, found, monthly.name, places)
    tables.matrix(matrix, found)
    tables.charts(book.page(_("图表")), found, monthly.name, places)
    notes.dictionary(book.page(_("指标说明")), found)
    notes.quality(book.page(_("数据质量")), found)
    book.book.close()
    return stream.getvalue()


def _titled(found: Contents, title: str, *pages: Page) -> Iterator[tuple[Page, str]]:
    names = {"unit": found.unit.label, "month": found.month}
    headings = [title, _("%(unit)s：%(month)s各单位各指标") % names, _("%(unit)s：各指标逐月") % names]
    yield from zip(pages, headings, strict=True)
