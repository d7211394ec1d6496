"""The reviewer's page as it is posted: a comment and a proposed value per cell, and what was marked as viewed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from submissions.forms import Cell, scale_of
from submissions.intake import CommentInput, CommentReader, Complaint, InputRefused
from submissions.models import CellComment, MonthlyReport
from targets.models import Indicator
from workplan.templatetags.figures import as_typed

#: Stands on a page that carries the cells, so that a bare verdict does not read as "nothing viewed".
PRESENT = "desk"
VIEWED = "viewed"
_FIELDS = ("text", "suggested_value")


def is_note(name: str) -> bool:
    """Say whether a field is a cell of the reviewer's page."""
    kind, _dot, rest = name.partition(".")
    code, _dot, field = rest.rpartition(".")
    return kind == "comment" and bool(code) and field in _FIELDS


@dataclass(frozen=True)
class Notes:
    """What a posted page asks to be kept; ``viewed`` is None where the page had no marks."""

    comments: list[CommentInput]
    viewed: frozenset[str] | None


class NoteForm:
    """The reviewer's cells by name: ``comment.T01.text``, ``comment.T01.suggested_value``, ``comment.M01-1.text``.

    Values are proposed in units of ``scale``, which the page says beside each and sends back with them.
    """

    def __init__(
        self, drafts: Iterable[CellComment], posted: Mapping[str, str] | None = None, *, scale: int = 1
    ) -> None:
        self.posted, self.scale = posted or {}, scale
        self.cells: dict[str, Cell] = {}
        for draft in drafts:
            self._put(f"comment.{draft.cell}.text", draft.text)
            typed_in = 1 if draft.indicator is None else scale_of(draft.indicator, "value", scale)
            self._put(f"comment.{draft.cell}.suggested_value", as_typed(draft.suggested_value, typed_in))
        for name in self.posted:
            if name.startswith("comment.") and name not in self.cells:
                self._put(name, "")

    def _put(self, name: str, stored: str) -> None:
        typed = self.posted.get(name)
        self.cells[name] = Cell(name, stored, None if typed is None else typed.strip())

    def cell(self, code: str, field: str) -> Cell:
        """Return one cell, empty where nothing was written."""
        name = f"comment.{code}.{field}"
        return self.cells.get(name) or Cell(name, "")

    @property
    def n_comments(self) -> int:
        return len({name.split(".")[1] for name, cell in self.cells.items() if cell.text})

    def read(self, report: MonthlyReport, due: Iterable[Indicator], viewed: Iterable[str]) -> Notes:
        """Return what is to be kept: every cell posted that holds something, or held something before.

        :raises InputRefused: with every complaint, by the name of its cell.
        """
        rows: dict[str, dict[str, str]] = {}
        for name, cell in self.cells.items():
            _kind, _dot, rest = name.partition(".")
            code, _dot, field = rest.rpartition(".")
            if cell.typed is not None and field in _FIELDS and (cell.typed or cell.stored):
                rows.setdefault(code, {})[field] = cell.typed
        known = {one.code for one in due}
        named = [{"indicator" if code in known else "milestone": code, **row} for code, row in rows.items()]
        try:
            reader = CommentReader(report, due, scale=Decimal(self.scale))
            comments = reader.read(named, "{index}.{field}")
        except InputRefused as refusal:
            raise InputRefused([_at_its_cell(one, [*rows]) for one in refusal.complaints]) from refusal
        return Notes(comments, frozenset(viewed) if PRESENT in self.posted else None)

    def hand_out(self, refusal: object) -> None:
        """Give each cell what was complained about it."""
        for one in getattr(refusal, "complaints", ()):
            if one.pointer in self.cells:
                self.cells[one.pointer].complaints.append(one)


def _at_its_cell(one: Complaint, codes: Sequence[str]) -> Complaint:
    """Return the complaint under the name of the page's cell instead of the row's place."""
    index, _dot, field = one.pointer.partition(".")
    return replace(one, pointer=f"comment.{codes[int(index)]}.{field}")
