"""What the two kinds of sheet have in common when they come back: the rows of the mark, cells that cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from submissions.bulk.rows import SourceRow
from submissions.workbook.layout import CODE, KEY, Mark, looks_marked
from workplan.lib.spreadsheets import Cell, CellUnreadable, Content, SheetCells, SheetRefused
from workplan.lib.words import Said

_LANGUAGES = ("zh-hans", "en")
MERGED = gettext_noop("这一格是合并的单元格，看不出数值属于哪一行。请取消合并后逐格填写。")


def tampered(name: str) -> SheetRefused:
    return SheetRefused(
        _("工作表“%(sheet)s”不是现行的填报模板，或其中隐藏的代码被改动。请重新下载模板，把数值“只粘贴值”进去。"),
        code="template_changed", place=name, sheet=name,
    )  # fmt: skip


class SheetReader:
    """Reads one sheet against its mark; each kind of sheet says how its rows read."""

    #: In a row that is not the template's, something here is told to have been passed over.
    first_input: ClassVar[int]

    def __init__(self, sheet: SheetCells, mark: Mark) -> None:
        self._sheet, self._mark = sheet, mark
        self._passed_over: list[int] = []
        self._keys = dict(self._keyed_rows())

    def _keyed_rows(self) -> Iterator[tuple[str, int]]:
        """Yield each key with its row; other rows with something in a cell to fill in are remembered.

        :raises SheetRefused: a key was changed, stands twice, or beside another indicator's code.
        """
        met: set[str] = set()
        for number in sorted(self._sheet.rows):
            key = self._sheet.cell(number, KEY).as_text().strip()
            if key in self._mark.seen:
                code = self._sheet.cell(number, CODE).as_text().strip()
                if key in met or code != key.partition(".")[0]:
                    raise tampered(self._sheet.name)
                met.add(key)
                yield key, number
            elif key and not looks_marked(key):
                raise tampered(self._sheet.name)
            elif met and not self._sheet.cell(number, self.first_input).is_empty:
                self._passed_over.append(number)

    def notes(self) -> Iterator[str]:
        hidden = sum(number in self._sheet.hidden_rows for number in self._keys.values())
        if hidden:
            yield Said(
                gettext_noop("工作表“%(sheet)s”有 %(count)s 行是隐藏的，也已读取。"),
                {
                    "sheet": self._sheet.name,
                    "count": hidden,
                },
            )
        if self._sheet.is_hidden:
            yield Said(gettext_noop("工作表“%(sheet)s”是隐藏的，也已读取。"), {"sheet": self._sheet.name})
        missing = [key for key in self._mark.seen if key not in self._keys]
        if missing:
            yield Said(gettext_noop("工作表“%(sheet)s”删去了 %(count)s 行，这些数据保持不变。"), {
                "sheet": self._sheet.name, "count": len(missing)
            })  # fmt: skip
        if self._passed_over:
            listed = "、".join(str(number) for number in self._passed_over)
            yield Said(
                gettext_noop("工作表“%(sheet)s”第 %(rows)s 行不是模板中的行，已略过。"),
                {
                    "sheet": self._sheet.name,
                    "rows": listed,
                },
            )

    def rows(self) -> list[SourceRow]:
        """Return a row for each thing of which a cell differs from what was downloaded."""
        raise NotImplementedError

    def is_merged(self, cell: Cell) -> bool:
        return any(_covers(area, cell) for area in self._sheet.merged)


def words_in(cell: Cell) -> str:
    """Return the words of a cell, whatever it shows, with the line ends of the portal.

    :raises CellUnreadable: a formula without a result, or an error instead of a result.
    """
    if cell.content == Content.NOT_CALCULATED:
        raise CellUnreadable(cell, "formula_not_calculated", gettext_noop("这一格是公式，请改填文字。"))
    if cell.content == Content.ERROR:
        raise CellUnreadable(cell, "error_cell", gettext_noop("这一格是错误值 %(text)s，请改填文字。"))
    return cell.as_text().strip().replace("\r\n", "\n")


def in_each_language(say: Callable[[], str]) -> set[str]:
    """Return what something is called in the languages of the portal."""
    words = set()
    for language in _LANGUAGES:
        with translation.override(language):
            words.add(say())
    return words


def _covers(area: tuple[int, int, int, int], cell: Cell) -> bool:
    first_column, first_row, last_column, last_row = area
    return first_column <= cell.column <= last_column and first_row <= cell.row <= last_row
