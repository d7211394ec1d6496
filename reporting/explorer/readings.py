"""What stands in a cell: each measure of a row of progress, or of several added up, with its marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from reporting.aggregates import ProgressRow
from reporting.changes import over_year
from reporting.marks import Mark, marks_of
from reporting.regions import region_row
from reporting.series import own_month
from submissions.published import Key, LastYear
from targets import periods
from targets.goals import Status, Thresholds
from targets.models import Kind

Reading = Decimal | int | Status | None


class Measure(StrEnum):
    """What is told of each indicator, unit and month; in the order of the columns."""

    VALUE = "value"
    MONTH_VALUE = "month_value"
    COMPLETION_RATE = "completion_rate"
    DEVIATION = "deviation"
    STATUS = "status"
    RANK = "rank"
    PREVIOUS_YEAR = "previous_year"
    CHANGE = "change"

    @property
    def label(self) -> Promise:
        return _WORDS[self]

    @property
    def is_share(self) -> bool:
        """Say whether it is a fraction whatever the indicator counts."""
        return self in (Measure.COMPLETION_RATE, Measure.CHANGE)


_WORDS = {
    Measure.VALUE: gettext_lazy("数值"),
    Measure.MONTH_VALUE: gettext_lazy("当期数"),
    Measure.COMPLETION_RATE: gettext_lazy("完成率"),
    Measure.DEVIATION: gettext_lazy("与序时之差"),
    Measure.STATUS: gettext_lazy("状态"),
    Measure.RANK: gettext_lazy("名次"),
    Measure.PREVIOUS_YEAR: gettext_lazy("上年同期"),
    Measure.CHANGE: gettext_lazy("同比"),
}

#: Those that rest on the target, whose synthetic values are marked.
_OF_TARGET = frozenset({Measure.COMPLETION_RATE, Measure.DEVIATION, Measure.STATUS, Measure.RANK})
#: Those that rest on the year before, of whose marks only the synthetic one is known here.
_OF_PAST = frozenset({Measure.PREVIOUS_YEAR, Measure.CHANGE})


@dataclass(frozen=True)
class Past:
    """What a row does not know of itself: the year before, and whether the first period has two months."""

    previous: LastYear[Key]
    first_period: int = 1

    def year_before(self, row: ProgressRow) -> Decimal | None:
        return self.previous.values.get(self._place(row))

    def is_made_up(self, row: ProgressRow) -> bool:
        return self._place(row) in self.previous.made_up

    @staticmethod
    def _place(row: ProgressRow) -> Key:
        return row.unit.pk, row.indicator.pk, row.month


@dataclass(frozen=True)
class Fact:
    """All measures of one unit or region, indicator and month; a region has no row of its own."""

    readings: Mapping[Measure, Reading]
    marks: tuple[Mark, ...]
    rows: tuple[ProgressRow, ...]
    is_sum: bool = False
    is_past_made_up: bool = False

    @property
    def row(self) -> ProgressRow:
        return self.rows[0]

    @property
    def status(self) -> Status | None:
        found = self.readings[Measure.STATUS]
        return found if isinstance(found, Status) else None

    def marks_of(self, measure: Measure) -> tuple[Mark, ...]:
        """Return the letters beside one of its measures."""
        own = () if measure is Measure.PREVIOUS_YEAR else self.marks
        is_synthetic = self.is_past_made_up if measure in _OF_PAST else measure in _OF_TARGET and Mark.SYNTHETIC in own
        return tuple(mark for mark in own if mark != Mark.SYNTHETIC) + ((Mark.SYNTHETIC,) if is_synthetic else ())


def fact(row: ProgressRow, past: Past) -> Fact:
    """Return what one row of progress says; each measure exactly as the pages of the indicator state it."""
    before = past.year_before(row)
    readings: dict[Measure, Reading] = {
        Measure.VALUE: row.value,
        Measure.MONTH_VALUE: month_value(row, past),
        Measure.COMPLETION_RATE: row.progress.completion_rate,
        Measure.DEVIATION: row.progress.deviation,
        Measure.STATUS: row.status,
        Measure.RANK: row.rank,
        Measure.PREVIOUS_YEAR: before,
        Measure.CHANGE: over_year(row.indicator, row.value if row.n_reported > 0 else None, before),
    }
    return Fact(readings, marks_of(row), (row,), is_past_made_up=past.is_made_up(row))


def month_value(row: ProgressRow, past: Past) -> Decimal | None:
    """Return what the period came to by itself; None across a gap, and of anything but a flow.

    Source: `series.monthly_series`, whose points say the same.
    """
    if row.indicator.kind != Kind.FLOW or row.value is None or row.n_reported == 0:
        return None
    due = periods.last_due_month(row.month.month - 1, row.indicator.frequency)
    previous = None
    told = row.history
    for month, value, n_reported in zip(told.months, told.values, told.n_reported, strict=True):
        if month.month == due and n_reported > 0:
            previous = value
    return own_month(row.indicator, row.value, previous, row.month.month, first_period=past.first_period)


def added(facts: Iterable[Fact], thresholds: Thresholds) -> Fact | None:
    """Return facts of one indicator and month added over their units; None where there is none.

    Shape: rates are Σ numerators ÷ Σ denominators, and are not held against anything together.
    None: rank always; the year before, the change and the period's own figure where a part of them is missing.
    Source: `regions.region_row`, the formula of the totals.
    """
    facts = list(facts)
    if not facts:
        return None
    rows = [row for one in facts for row in one.rows]
    total = region_row(None, rows, thresholds)
    readings: dict[Measure, Reading] = {
        Measure.VALUE: total.value,
        Measure.MONTH_VALUE: _whole(facts, Measure.MONTH_VALUE),
        Measure.COMPLETION_RATE: total.completion_rate,
        Measure.DEVIATION: total.deviation,
        Measure.STATUS: total.status,
        Measure.RANK: None,
        Measure.PREVIOUS_YEAR: _whole(facts, Measure.PREVIOUS_YEAR),
    }
    before = readings[Measure.PREVIOUS_YEAR]
    own = total.value if all(row.n_reported > 0 for row in rows) else None
    readings[Measure.CHANGE] = over_year(rows[0].indicator, own, before if isinstance(before, Decimal) else None)
    present = {mark for one in facts for mark in one.marks}
    if total.value is not None:
        present -= {Mark.MISSING, Mark.NOT_APPLICABLE}
    return Fact(
        readings,
        tuple(mark for mark in Mark if mark in present),
        tuple(rows),
        is_sum=True,
        is_past_made_up=any(one.is_past_made_up for one in facts),
    )


def _whole(facts: Iterable[Fact], measure: Measure) -> Decimal | None:
    """Return the sum of a measure; None where one part is missing, and of rates."""
    parts = [None if one.row.indicator.is_ratio else one.readings[measure] for one in facts]
    known = [part for part in parts if isinstance(part, Decimal)]
    return sum(known, Decimal(0)) if len(known) == len(parts) else None
