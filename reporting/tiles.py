"""The tile map: every province the same square, where the reader looks for it; no border is drawn.

Positions are data (`ReportingUnit.tile_row`, `tile_col`). The three tiles outside the statistics are drawn dashed, are
not links and never count as zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounts.models import ReportingUnit, UnitKind
from reporting.aggregates import ProgressRow
from targets.goals import Kind, Status
from workplan.templatetags.figures import figure, percent
from workplan.templatetags.portal import STATUS_LOOKS, status_label, status_shape, status_tone

WIDTH, HEIGHT, GAP = 92, 60, 6
COLUMNS, ROWS = 9, 8
NAME_BASE, FIGURE_BASE = 25, 46
#: Room for the outlines of the outermost tiles.
BORDER = 4
#: Longer English names than fit a tile give way to the letters of ISO 3166-2.
LONGEST_NAME = 12
LONGEST_ON_A_PHONE = 3
#: The legend stands in the empty north-west, in two columns.
LEGEND_TOP, LEGEND_STEP, LEGEND_COLUMN, LEGEND_ROWS = 6, 26, 215, 4


@dataclass(frozen=True)
class Tile:
    """One square: where it lies, what it says, and what is read aloud."""

    unit: ReportingUnit
    x: int
    y: int
    name: str
    #: For a phone: in Chinese the name, in English its letters.
    short_name: str
    text: str
    shape: str
    tone: str
    title: str
    in_scope: bool

    @property
    def middle(self) -> int:
        return self.x + WIDTH // 2

    @property
    def name_y(self) -> int:
        return self.y + NAME_BASE

    @property
    def figure_y(self) -> int:
        return self.y + FIGURE_BASE


@dataclass(frozen=True)
class Key:
    """One line of the legend, with how many units it counts."""

    x: int
    y: int
    tone: str
    shape: str
    word: str
    n: int


@dataclass(frozen=True)
class TileMap:
    tiles: tuple[Tile, ...]
    keys: tuple[Key, ...]
    width: int = COLUMNS * (WIDTH + GAP) - GAP + BORDER
    height: int = ROWS * (HEIGHT + GAP) - GAP + BORDER


def tile_map(units: Iterable[ReportingUnit], rows: Mapping[int, ProgressRow]) -> TileMap:
    """Return the map of one indicator: units in statistical order, their rows by unit id."""
    tiles = tuple(_tile(unit, rows.get(unit.pk)) for unit in units)
    counts = Counter(row.status for row in rows.values())
    return TileMap(tiles, _legend(counts))


def tile_units() -> list[ReportingUnit]:
    """Return every unit that has a place on the map, those outside the statistics last."""
    return list(ReportingUnit.objects.filter(tile_row__isnull=False).order_by("position", "code"))


def tile_value(row: ProgressRow | None) -> str:
    """Return the figure of a tile: the share done, or for rates and arrears the value itself."""
    if row is None:
        return figure(None, "COUNT")
    if row.progress.completion_rate is not None:
        return percent(row.progress.completion_rate)
    if row.indicator.kind == Kind.RATIO and row.value is not None:
        return percent(row.value)
    return figure(row.value, row.indicator.unit_of_measure)


def _tile(unit: ReportingUnit, row: ProgressRow | None) -> Tile:
    in_scope = unit.kind != UnitKind.MAP_ONLY
    status = row.status if row else None
    text = tile_value(row)
    return Tile(
        unit=unit,
        x=unit.tile_col * (WIDTH + GAP),
        y=unit.tile_row * (HEIGHT + GAP),
        name=tile_name(unit),
        short_name=tile_name(unit, longest=LONGEST_ON_A_PHONE),
        text=text,
        shape=status_shape(status),
        tone=status_tone(status),
        title=" · ".join(part for part in (unit.full_label, text, status_label(status)) if part),
        in_scope=in_scope,
    )


def tile_name(unit: ReportingUnit, *, longest: int = LONGEST_NAME) -> str:
    label = unit.label
    return label if len(label) <= longest else unit.iso_code.rpartition("-")[2]


def _legend(counts: Counter[Status | None]) -> tuple[Key, ...]:
    found = [(status, look) for status, look in STATUS_LOOKS.items() if counts[status]]
    return tuple(
        Key(
            x=(number // LEGEND_ROWS) * LEGEND_COLUMN,
            y=LEGEND_TOP + number % LEGEND_ROWS * LEGEND_STEP,
            tone=look.tone,
            shape=look.shape,
            word=str(look.word),
            n=counts[status],
        )
        for number, (status, look) in enumerate(found)
    )
