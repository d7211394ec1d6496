"""Lines of the ranking table: one unit each, on one axis, those without a figure apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting.aggregates import ProgressRow
from reporting.bullets import Bullet, bullets
from reporting.marks import Mark, legend, marks_beside
from reporting.pages.words import accomplishment, freshness
from targets.goals import Thresholds
from targets.models import Bound, Indicator, Kind, Target
from workplan.templatetags.figures import DASH, percent

#: The provinces' columns are in 万, as the yearbook prints them; English columns are in base units.
SCALE = 10_000


@dataclass(frozen=True)
class Line:
    """One row with what a template would have to work out."""

    row: ProgressRow
    bullet: Bullet | None
    done: str
    freshness: str

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The letters beside the figure."""
        return marks_beside(self.row)

    @property
    def measure(self) -> str:
        """The cell of the column that ranks: the share alone, its header says what of."""
        rate = self.row.progress.completion_rate
        return percent(rate) if rate is not None else self.done or DASH


@dataclass(frozen=True)
class Ranking:
    """One indicator of sibling units: ranked lines first, then the units without a figure."""

    indicator: Indicator
    lines: tuple[Line, ...]
    apart: tuple[Line, ...]
    shows_share: bool
    has_synthetic: bool
    #: Off where no unit has a target, or the target of the unit above says so.
    is_ranked: bool = True
    #: Why the units are not to be compared without a second thought.
    notes: tuple[str, ...] = ()
    scale: int = SCALE

    @property
    def has_targets(self) -> bool:
        """Say whether there is anything to hold the figures against; what has no target is told and not judged."""
        return any(line.row.target is not None for line in (*self.lines, *self.apart))

    @property
    def is_left_unranked(self) -> bool:
        return self.has_targets and not self.is_ranked

    @property
    def legend(self) -> str:
        return legend_of((*self.lines, *self.apart))

    @property
    def done_header(self) -> str:
        """Name the column that ranks: a share done, or what is left below a ceiling."""
        return done_header(self.lines or self.apart)


def legend_of(lines: Iterable[Line]) -> str:
    """Explain the marks that the lines show; "" where they show none."""
    return legend(mark for line in lines for mark in line.marks)


def done_header(lines: Iterable[Line]) -> str:
    target = next((line.row.target for line in lines if line.row.target is not None), None)
    if target is None or target.indicator.kind == Kind.ZERO:
        return _("情况")
    if target.bound == Bound.AT_MOST:
        return _("与上限相比")
    return _("与目标相比") if target.indicator.is_ratio else _("完成率")


def lines(rows: list[ProgressRow], thresholds: Thresholds) -> list[Line]:
    """Return the rows of one indicator with their bars on one axis."""
    return [
        Line(row, bar, accomplishment(row), freshness(row))
        for row, bar in zip(rows, bullets(rows, thresholds), strict=True)
    ]


def lone_lines(rows: list[ProgressRow], thresholds: Thresholds) -> list[Line]:
    """Return rows of different indicators, each bar on its own axis."""
    return [line for row in rows for line in lines([row], thresholds)]


def ranking(
    indicator: Indicator, rows: list[ProgressRow], thresholds: Thresholds, *, of: Target | None = None
) -> Ranking:
    """Return the table of one indicator, the units below the one whose target is ``of``; ties stand in unit order."""
    stated = sorted((row for row in rows if row.value is not None), key=_place)
    unstated = [row for row in rows if row.value is None]
    return Ranking(
        indicator=indicator,
        lines=tuple(lines(stated, thresholds)),
        apart=tuple(lines(unstated, thresholds)),
        shows_share=indicator.kind == Kind.STOCK,
        has_synthetic=any(row.target is not None and row.target.is_synthetic for row in rows),
        is_ranked=any(row.target is not None for row in rows) and (of is None or of.is_ranked),
        notes=tuple(incomparable(stated)),
    )


def incomparable(rows: list[ProgressRow]) -> Iterator[str]:
    """Yield what sets the units' plans or figures apart, so that a place tells less than it seems to (UX-37)."""
    months = {row.value_month for row in rows}
    if len(months) > 1 and (newest := max(month for month in months if month is not None)):
        n = sum(row.value_month != newest for row in rows)
        yield ngettext(
            "%(n)d个单位用的是较早月份的数据，与其他单位不可直接比较。",
            "%(n)d个单位用的是较早月份的数据，与其他单位不可直接比较。",
            n,
        ) % {"n": n}
    targets = [row.target for row in rows if row.target is not None]
    n = len(rows) - len(targets)
    if targets and n:
        yield ngettext("%(n)d个单位没有下达目标，不参加排名。", "%(n)d个单位没有下达目标，不参加排名。", n) % {"n": n}
    if len({(target.bound, target.planned_month) for target in targets}) > 1:
        yield _("各单位计划的方向或完成月份不同，名次不可直接比较。")
    if len({target.target_value for target in targets}) > 1 and rows[0].indicator.is_ratio:
        yield _("各单位的目标值不同，名次比的是各自的目标，不是数值高低。")
    elif len({target.target_value for target in targets}) > 1:
        yield _("各单位的任务轻重不同，名次比的是各自计划的进度，不是数量多少。")


def _place(row: ProgressRow) -> tuple[bool, int, int, str]:
    return (row.rank is None, row.rank or 0, row.unit.position, row.unit.code)
