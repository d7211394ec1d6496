"""Cells saved one by one: the grid and the form send what was typed, each cell is judged and merged on its own.

``asked`` reads what a page sends, ``taken`` saves it and says of each cell what became of it.
"""

from submissions.patches.asked import MOST_BYTES, MOST_CELLS, MOST_UNSAVED, Patch, PatchCell, read_patch
from submissions.patches.taken import CellAnswer, MonthAnswer, Outcome, complaints_of, take

__all__ = [
    "MOST_BYTES",
    "MOST_CELLS",
    "MOST_UNSAVED",
    "CellAnswer",
    "MonthAnswer",
    "Outcome",
    "Patch",
    "PatchCell",
    "complaints_of",
    "read_patch",
    "take",
]
