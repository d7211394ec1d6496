"""What a reader asks the explorer for, read from the address, and the address that asks for it again."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.models import ReportingUnit
from accounts.regions import RegionGroup, RegionScheme
from reporting.explorer.readings import Measure
from submissions.models import ReportingMonth
from targets.goals import Status
from targets.models import Indicator

#: As many cells as a browser lays out at once without making the reader wait.
MOST_CELLS = 20_000


class Axis(StrEnum):
    """What may stand in the rows or the columns."""

    UNIT = "unit"
    REGION = "region"
    INDICATOR = "indicator"
    MONTH = "month"

    @property
    def label(self) -> Promise:
        return _AXIS_WORDS[self]

    @property
    def dimension(self) -> Axis:
        """A region is the unit's dimension, seen from further away."""
        return Axis.UNIT if self is Axis.REGION else self


_AXIS_WORDS = {
    Axis.UNIT: gettext_lazy("单位"),
    Axis.REGION: gettext_lazy("区域"),
    Axis.INDICATOR: gettext_lazy("指标"),
    Axis.MONTH: gettext_lazy("报告期"),
}


@dataclass(frozen=True)
class Units:
    """Which units are asked for: named ones, or those some levels below one; of a region or of all."""

    chosen: tuple[ReportingUnit, ...]
    below: ReportingUnit
    level: int | None
    is_named: bool
    scheme: RegionScheme | None
    region: RegionGroup | None
    #: Unit (id) → its region in the scheme; a unit in none is left out.
    groups: Mapping[int, RegionGroup]
    #: Those (ids) that have units below them.
    parents: frozenset[int] = frozenset()

    @property
    def regions(self) -> list[RegionGroup]:
        """The regions of the units, in the order of their scheme."""
        return sorted(set(self.groups.values()), key=lambda one: (one.position, one.code))

    @property
    def overlap(self) -> bool:
        """Say whether one of the units lies under another, so that adding them would count it twice."""
        paths = sorted(unit.path for unit in self.chosen)
        return any(later.startswith(path) for path, later in itertools.pairwise(paths))


@dataclass(frozen=True)
class Asked:
    """One table: rows, columns, measures, and what they are made of. What is in neither axis nests in the rows."""

    rows: Axis
    columns: Axis
    measures: tuple[Measure, ...]
    indicators: tuple[Indicator, ...]
    units: Units
    months: tuple[ReportingMonth, ...]
    statuses: tuple[Status, ...] = ()
    sort: str = ""

    @property
    def within(self) -> Axis:
        """What stands in neither rows nor columns."""
        taken = {self.rows.dimension, self.columns.dimension}
        return next(axis for axis in (Axis.UNIT, Axis.INDICATOR, Axis.MONTH) if axis not in taken)

    @property
    def n_cells(self) -> int:
        """How many cells the table may come to; regions are counted by the units they are made of."""
        return len(self.units.chosen) * len(self.indicators) * len(self.months) * len(self.measures)

    def address(self, **changed: object) -> str:
        """Return the query that asks for the same, or with some of it changed; nothing is left to defaults."""
        units: dict[str, object] = {"below": self.units.below.code}
        if self.units.is_named:
            units["unit"] = [one.code for one in self.units.chosen]
        if self.units.level is not None:
            units["level"] = self.units.level
        if self.units.scheme is not None:
            region = f".{self.units.region.code}" if self.units.region else ""
            units["region"] = f"{self.units.scheme.code}{region}"
        told: dict[str, object] = {
            "rows": self.rows.value,
            "cols": self.columns.value,
            "measure": [one.value for one in self.measures],
            "indicator": [one.code for one in self.indicators],
            **units,
            "month": [f"{one}" for one in self.months],
            "status": [one.value for one in self.statuses],
            "sort": self.sort,
        }
        told |= changed
        return urlencode({name: value for name, value in told.items() if value not in ("", None, [])}, doseq=True)


class NotUnderstood(ValueError):
    """The address asks for something that there is not; `sentences` say what, and the way out.

    `asked` is what was understood all the same, for the form to keep.
    """

    def __init__(self, sentences: Sequence[str], asked: Asked) -> None:
        super().__init__(" ".join(sentences))
        self.sentences, self.asked = tuple(sentences), asked
