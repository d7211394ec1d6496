"""The matrices of a circular: units × indicators, a figure and a share each, as the pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reporting.aggregates import ProgressRow
from reporting.circular.contents import Head, Table
from reporting.circular.facts import Facts
from reporting.circular.sentences import moment_words, months_words
from targets.models import Indicator, Kind, UnitOfMeasure
from workplan.templatetags.figures import DASH, WAN, number, percent, unit_label

#: So many indicators fit beside one another on a page.
WIDEST = 5


def matrices(facts: Facts) -> tuple[Table, ...]:
    """Return the figures of every unit, indicators of one item of the plan side by side."""
    return tuple(_matrix(facts, group, place) for place, group in enumerate(_groups(facts)))


def _groups(facts: Facts) -> Iterator[list[ProgressRow]]:
    """Fill tables with whole items of the plan; an item wider than a page begins a table and goes on in the next."""
    group: list[ProgressRow] = []
    for item in dict.fromkeys(row.target.item_id for row in facts.with_target):
        rows = [row for row in facts.with_target if row.target.item_id == item]
        if group and len(group) + len(rows) > WIDEST:
            yield group
            group = []
        while len(rows) > WIDEST:
            yield rows[:WIDEST]
            rows = rows[WIDEST:]
        group = group + rows
    if group:
        yield group


def _matrix(facts: Facts, national: Sequence[ProgressRow], place: int) -> Table:
    indicators = [row.indicator for row in national]
    by_unit: dict[int, dict[int, ProgressRow]] = {}
    for row in facts.below:
        by_unit.setdefault(row.unit.pk, {})[row.indicator.pk] = row
    units = {row.unit.pk: row.unit for row in facts.below}
    ordered = sorted(units.values(), key=lambda unit: (unit.position, unit.code))
    rows = [("全国", *_cells(indicators, {row.indicator.pk: row for row in national}))]
    rows += [
        (unit.short_name, *_cells(indicators, by_unit[unit.pk]))
        for unit in ordered
        if any(indicator.pk in by_unit[unit.pk] for indicator in indicators)
    ]
    month = facts.period.month
    return Table(
        title=f"表{place + 1}",
        unit=f"{month.year}年{months_words(month.month)}",
        heads=(
            (Head("地区"), *(Head(_name(row), 2 if _has_share(row.indicator) else 1) for row in national)),
            (Head(""), *(Head(words) for indicator in indicators for words in _columns(indicator))),
        ),
        rows=tuple(rows),
        notes=_notes(facts, national),
    )


def _name(row: ProgressRow) -> str:
    """Name an indicator, with the month of its figures where that is another than the table's."""
    of_month = row.value_month
    if of_month is None or of_month == row.month:
        return row.indicator.short_name
    is_flow = row.indicator.kind == Kind.FLOW
    words = months_words(of_month.month) if is_flow else moment_words(of_month.month)
    return f"{row.indicator.short_name}（{words}）"


def _has_share(indicator: Indicator) -> bool:
    return indicator.kind in {Kind.FLOW, Kind.STOCK, Kind.COUNT}


def _columns(indicator: Indicator) -> Iterator[str]:
    yield unit_label(indicator.unit_of_measure, scale_of(indicator))
    if _has_share(indicator):
        yield "净增完成%" if indicator.kind == Kind.STOCK else "完成%"


def scale_of(indicator: Indicator) -> int:
    """Return the scale of an indicator's column: the provinces' figures are in 万, amounts in yuan as they are."""
    return int(WAN) if indicator.unit_of_measure == UnitOfMeasure.PERSON else 1


def _cells(indicators: Iterable[Indicator], rows: dict[int, ProgressRow]) -> Iterator[str]:
    for indicator in indicators:
        row = rows.get(indicator.pk)
        yield "" if row is None else value_cell(row)
        if _has_share(indicator):
            yield "" if row is None else percent(row.progress.completion_rate).rstrip("%")


def value_cell(row: ProgressRow) -> str:
    """Write a figure in its column, marked where it is of an earlier month, or revised after publication."""
    indicator = row.indicator
    shown = number(row.value, indicator.unit_of_measure, scale_of(indicator)).replace(",", "")
    is_old = row.value is not None and row.n_due > 0 and row.n_carried > 0 and not row.unit.is_nation
    return shown + ("*" if is_old else "") + ("r" if row.is_revised else "")


def _notes(facts: Facts, national: Sequence[ProgressRow]) -> tuple[str, ...]:
    notes = [f"“{DASH}”表示没有数据或无法计算，空格表示该单位不承担此项任务，“*”表示沿用上期数。"]
    if any(row.is_revised for row in (*facts.national, *facts.below) if _among(row, national)):
        notes.append("“r”表示发布后经更正的数据。")
    if any(row.target.is_synthetic for row in facts.below if row.target is not None and _among(row, national)):
        notes.append("各地区目标值为测算数，非正式下达数。")
    if not facts.period.is_published:
        notes.append("本期数据未发布，为暂定数（p）。")
    return tuple(notes)


def _among(row: ProgressRow, national: Iterable[ProgressRow]) -> bool:
    return any(row.indicator == one.indicator for one in national)
