"""The letters beside a figure that say what is special about it: one alphabet for pages, exports and the circular.

p, r, x, z and e as the statistical offices use them; c for what stands on an earlier month.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.aggregates import ProgressRow


class Mark(StrEnum):
    """In the order they stand beside a figure."""

    MISSING = "x"
    NOT_APPLICABLE = "z"
    CARRIED = "c"
    PROVISIONAL = "p"
    REVISED = "r"
    SYNTHETIC = "e"

    @property
    def meaning(self) -> Promise:
        return _MEANINGS[self]


_MEANINGS = {
    Mark.MISSING: gettext_lazy("缺报"),
    Mark.NOT_APPLICABLE: gettext_lazy("不适用"),
    Mark.CARRIED: gettext_lazy("含沿用的上期数"),
    Mark.PROVISIONAL: gettext_lazy("暂定数（报告期未发布）"),
    Mark.REVISED: gettext_lazy("发布后有修订"),
    Mark.SYNTHETIC: gettext_lazy("目标为测算数，非官方"),
}


def marks_of(row: ProgressRow) -> tuple[Mark, ...]:
    """Return what is special about a row of progress; nothing where its month is not due and nothing stands."""
    holds = {
        Mark.MISSING: row.value is None and row.n_due > 0,
        Mark.NOT_APPLICABLE: row.value is None and row.n_due == 0 and row.is_due,
        Mark.CARRIED: row.value is not None and row.n_carried > 0,
        Mark.PROVISIONAL: row.value is not None and not row.is_published,
        Mark.REVISED: row.is_revised,
        Mark.SYNTHETIC: row.target is not None and row.target.is_synthetic,
    }
    return tuple(mark for mark in Mark if holds[mark])


def legend(marks: Iterable[Mark] = tuple(Mark)) -> str:
    """Return what the marks mean as one sentence; "" where there are none."""
    present = set(marks)
    shown = [f"{mark} {mark.meaning}" for mark in Mark if mark in present]
    return _("标记：%(marks)s。") % {"marks": _("；").join(shown)} if shown else ""
