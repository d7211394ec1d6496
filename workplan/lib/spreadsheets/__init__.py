"""Reading what people upload: examined before it is parsed, bounded, nothing silently lost (acceptance.md C.3).

``kinds`` says what a file is, ``package`` examines a workbook's container, ``workbook`` reads its cells, ``cells``
and ``formats`` say what a cell holds and shows, ``text`` reads CSV. Every refusal is one sentence with a way out.
"""

from workplan.lib.spreadsheets.cells import Cell, CellUnreadable, Content
from workplan.lib.spreadsheets.package import Bounds
from workplan.lib.spreadsheets.refusals import FileTooLarge, SheetRefused
from workplan.lib.spreadsheets.text import TextTable, read_text
from workplan.lib.spreadsheets.workbook import SheetCells, WorkbookCells, read_workbook

__all__ = [
    "Bounds",
    "Cell",
    "CellUnreadable",
    "Content",
    "FileTooLarge",
    "SheetCells",
    "SheetRefused",
    "TextTable",
    "WorkbookCells",
    "read_text",
    "read_workbook",
]
