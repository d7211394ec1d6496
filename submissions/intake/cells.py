"""What one cell may be refused for, and the refusal that carries every complaint about what was sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.utils.translation import gettext_lazy, gettext_noop

from workplan.lib.refusals import Refused
from workplan.lib.words import Said

#: One row of raw cells, by field name: texts from a page or a sheet, any JSON value from REST.
Row = Mapping[str, object]
T = TypeVar("T")

LONGEST_TEXT = 2_000


@dataclass(frozen=True)
class Complaint:
    """What is wrong with one cell: where, which rule, and the sentence with the way out."""

    pointer: str
    code: str
    template: str
    params: Mapping[str, object]
    suggestion: str | None = None

    @property
    def message(self) -> str:
        return str(self.said)

    @property
    def said(self) -> Said:
        """The sentence, as it can be kept."""
        return Said(self.template, self.params)


class InputRefused(Refused):
    """Cells that cannot be stored; carries every complaint, not the first."""

    code = "invalid"
    http_status = 400

    sentence = gettext_lazy("有 %(count)s 处填写有误，未保存任何内容。")

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        self.complaints = list(complaints)
        super().__init__(self.sentence, count=len(self.complaints))

    def errors(self) -> list[dict[str, object]]:
        return [
            {"pointer": one.pointer, "code": one.code, "message": one.message, "suggestion": one.suggestion}
            for one in self.complaints
        ]


class CellRefused(Exception):
    """One cell that cannot be stored."""

    def __init__(
        self, field: str, code: str, template: str, suggestion: str | None = None, /, **params: object
    ) -> None:
        self.field, self.code, self.template = field, code, template
        self.params, self.suggestion = params, suggestion
        super().__init__(code)

    @property
    def refusals(self) -> Sequence[CellRefused]:
        return [self]

    def at(self, pointer: str) -> Complaint:
        return Complaint(pointer, self.code, self.template, self.params, self.suggestion)


class RowRefused(Exception):
    """The refused cells of one row."""

    def __init__(self, refusals: Sequence[CellRefused]) -> None:
        self.refusals = refusals
        super().__init__(len(refusals))


class Cells:
    """Reads the cells of one row and remembers each refusal, so that a person is told of all at once."""

    def __init__(self) -> None:
        self.refusals: list[CellRefused] = []

    def read(self, parse: Callable[[], T], otherwise: T) -> T:
        """Return what ``parse`` makes of a cell; ``otherwise`` stands in for a refused one."""
        try:
            return parse()
        except CellRefused as refusal:
            self.refusals.append(refusal)
            return otherwise

    def refuse_unknown(self, named: Iterable[str], known: Sequence[str]) -> None:
        """Remember each field that is none of ours; the others are read all the same."""
        self.refusals += [unknown_field(name) for name in sorted(set(named).difference(known))]

    def check(self) -> None:
        """Raise the refusals, if there are any.

        :raises RowRefused: with all of them.
        """
        if self.refusals:
            raise RowRefused(self.refusals)


def unknown_field(name: str) -> CellRefused:
    """Return the refusal of a field that is not there to be written."""
    template = gettext_noop("没有名为“%(field)s”的字段，或它不能由填报方写入。")
    return CellRefused(name, "unknown_field", template, field=name[:40])


def clean_text(raw: object, field: str = "note", most: int = LONGEST_TEXT) -> str:
    """Return text that can be stored: no NUL, no lone surrogate, not too long.

    :raises CellRefused: it cannot.
    """
    if raw is None:
        return ""
    if not isinstance(raw, str):
        raise CellRefused(field, "not_text", gettext_noop("说明须是文字。"))
    if "\0" in raw or any("\ud800" <= char <= "\udfff" for char in raw):
        raise CellRefused(field, "forbidden_character", gettext_noop("说明中有无法保存的字符，请删去后重填。"))
    if len(raw) > most:
        template = gettext_noop("说明有 %(length)s 个字，最多 %(most)s 个字。")
        raise CellRefused(field, "too_long", template, length=len(raw), most=most)
    return raw.strip()
