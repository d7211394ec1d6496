"""What a circular says about one indicator: rows in, Chinese sentences out, in the wording of ministry circulars.

Pure functions: they read rows and divide nothing. Numbers are those of the pages (`workplan.templatetags.figures`),
without the thousands separators that official prose does not use; a share of completion is a whole percentage and is
never rounded up to 100 %.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from accounts.models import ReportingUnit
from reporting.aggregates import ProgressRow
from reporting.pages.headline import ahead_of_schedule
from reporting.pages.words import gap_points
from targets.goals import Status
from targets.models import Bound, Kind
from workplan.templatetags.figures import figure, percent

#: So many units are named as leading or trailing.
NAMED = 3
#: A group of more units than this is counted without names, if it is the largest.
NAMED_AT_MOST = 12
#: Below so many ranked units nobody leads and nobody trails.
RANKED = 8

_STATUS_WORDS = {
    Status.COMPLETED: "已完成全年目标",
    Status.ON_SCHEDULE: "达到序时进度",
    Status.LAGGING: "略有滞后",
    Status.BEHIND: "滞后",
    Status.BREACHED: "突破",
    Status.NOT_REPORTED: "未报",
    Status.NOT_DUE: "未到报送期",
}
_KEPT_WORDS = _STATUS_WORDS | {Status.ON_SCHEDULE: "控制在目标以内", Status.LAGGING: "接近控制目标"}
_ZERO_WORDS = _STATUS_WORDS | {Status.ON_SCHEDULE: "未发生", Status.COMPLETED: "未发生", Status.BREACHED: "年内曾发生"}


# Words -----------------------------------------------------------------------------------------


def amount(value: Decimal | None, unit_of_measure: str) -> str:
    """Write a figure as the pages do, without thousands separators: 904.2万人, 1.95亿人, 4.0%.

    >>> amount(Decimal(9_040), "PERSON"), amount(Decimal(195_000_000), "PERSON")
    ('9040人', '1.95亿人')
    """
    return figure(value, unit_of_measure).replace(",", "")


def whole_percent(rate: Decimal | None) -> str:
    """Write a completion rate as a whole percentage, half-up; what is below 1 stays below 100 %.

    >>> whole_percent(Decimal("1.004")), whole_percent(Decimal("0.9996")), whole_percent(Decimal("0.125"))
    ('100%', '99%', '13%')
    """
    return percent(rate, 0)


def months_words(month: int) -> str:
    """Name the months since January: 1月, 1—9月, 全年 in December.

    >>> months_words(1), months_words(9), months_words(12)
    ('1月', '1—9月', '全年')
    """
    if month == 12:
        return "全年"
    return "1月" if month == 1 else f"1—{month}月"


def moment_words(month: int) -> str:
    """Name the end of a month: 9月末, 年末 in December.

    >>> moment_words(9), moment_words(12)
    ('9月末', '年末')
    """
    return "年末" if month == 12 else f"{month}月末"


def names(units: Iterable[ReportingUnit]) -> str:
    """Join units by name, in their order."""
    return "、".join(unit.short_name for unit in units)


def status_words(row: ProgressRow) -> str:
    """Name a verdict as the kind of indicator wants it: a ceiling is kept, not accomplished."""
    if row.status is None:
        return ""
    if row.indicator.kind == Kind.ZERO:
        return _ZERO_WORDS[row.status]
    return (_KEPT_WORDS if _is_ceiling(row) else _STATUS_WORDS)[row.status]


# The nation ------------------------------------------------------------------------------------


def standing(row: ProgressRow) -> str:
    """Say where the nation, or a unit, stands in one indicator: one sentence, with its full stop."""
    if row.value is None:
        said = f"{_time(row)}，尚无已通过审核的数据"
    elif row.target is None:
        said = f"{_time(row)}，{_whole(row)}累计{_shown(row)}"
    else:
        said = _SAID[row.indicator.kind](row)
    return f"{said}。"


def pace(row: ProgressRow) -> str:
    """Say how a completion stands to the calendar: 高于序时进度25.5个百分点; "" where it cannot be stated."""
    delta = ahead_of_schedule(row)
    if delta is None:
        return ""
    if delta == 0:
        return "与序时进度持平"
    return f"{'高于' if delta > 0 else '低于'}序时进度{gap_points(delta)}个百分点"


def _flow(row: ProgressRow) -> str:
    done = f"{_time(row)}，{_whole(row)}累计实现{_shown(row)}"
    return done + _completed(row, f"，完成全年目标任务（{_target(row)}）的")


def _stock(row: ProgressRow) -> str:
    reached = f"{_time(row)}，{_whole(row)}达到{_shown(row)}，为全年目标（{_target(row)}）的"
    reached += whole_percent(row.share_of_target)
    return reached + _completed(row, "，完成全年净增任务的")


def _count(row: ProgressRow) -> str:
    return f"{_time(row)}，{_whole(row)}已完成{_shown(row)}" + _completed(row, f"，完成全年目标（{_target(row)}）的")


def _completed(row: ProgressRow, words: str) -> str:
    rate = row.progress.completion_rate
    if rate is None:
        return ""
    against = pace(row) if row.indicator.kind != Kind.COUNT else ""
    return words + whole_percent(rate) + (f"，{against}" if against else "")


def _rate(row: ProgressRow) -> str:
    gap = row.value - row.target.target_value
    said = f"{_time(row)}，{_whole(row)}为{_shown(row)}{_since_baseline(row)}，"
    if _is_ceiling(row):
        word = "突破" if gap > 0 else "低于"
        return said + f"{word}{_target(row)}的控制目标{gap_points(gap)}个百分点"
    if gap >= 0:
        return said + f"高于{_target(row)}的目标{gap_points(gap)}个百分点"
    return said + f"距{_target(row)}的目标还差{gap_points(gap)}个百分点"


def _since_baseline(row: ProgressRow) -> str:
    if row.target.baseline_value is None:
        return ""
    change = row.value - row.target.baseline_value
    shown = gap_points(change)
    if not shown.strip("0."):
        return "，与上年末持平"
    return f"，比上年末{'上升' if change > 0 else '下降'}{shown}个百分点"


def _zero(row: ProgressRow) -> str:
    if row.value > 0:
        return f"{_time(row)}，{_whole(row)}为{_shown(row)}，涉及{row.persons or 0}人，突破零容忍要求"
    if row.status == Status.BREACHED:
        return f"{_time(row)}，{_whole(row)}现已清零，但年内曾经发生{_carried(row)}"
    return f"{_time(row)}，{_whole(row)}没有发生{_carried(row)}"


_SAID = {Kind.FLOW: _flow, Kind.STOCK: _stock, Kind.RATIO: _rate, Kind.COUNT: _count, Kind.ZERO: _zero}


def _time(row: ProgressRow) -> str:
    """Name the time a figure is about: the month it is of, not the month it is told in."""
    month = (row.value_month or row.month).month
    return months_words(month) if row.indicator.kind == Kind.FLOW else moment_words(month)


def _whole(row: ProgressRow) -> str:
    return "全国" if row.unit.is_nation else ""


def _shown(row: ProgressRow) -> str:
    return amount(row.value, row.indicator.unit_of_measure) + _carried(row)


def _target(row: ProgressRow) -> str:
    return amount(row.target.target_value, row.indicator.unit_of_measure)


def _carried(row: ProgressRow) -> str:
    is_partly_old = row.value is not None and row.n_due > 0 and row.n_carried > 0
    return f"（含{row.n_carried}个单位上期数）" if is_partly_old and row.unit.is_nation else ""


def _is_ceiling(row: ProgressRow) -> bool:
    return row.target is not None and row.target.bound == Bound.AT_MOST


# The units below -------------------------------------------------------------------------------


def by_region(rows: Sequence[ProgressRow]) -> str:
    """Say how many units stand where, and which; the largest group goes without names where the others have them.

    Source: domain.md 5.1, "number / names of units done / behind".
    """
    counted = [row for row in rows if row.status not in {None, Status.NOT_DUE}]
    groups = {status: found for status in Status if (found := [row for row in counted if row.status == status])}
    if not groups:
        return ""
    if len(groups) == 1:
        return f"分地区看，{len(counted)}个单位全部{status_words(counted[0])}。"
    largest = max(groups.values(), key=len)
    unnamed = largest if len(largest) > NAMED_AT_MOST else None
    said = [_group(found, is_named=found is not unnamed) for found in groups.values()]
    return f"分地区看，{'，'.join(said)}。"


def _group(rows: Sequence[ProgressRow], *, is_named: bool) -> str:
    named = f"（{names(row.unit for row in rows)}）" if is_named else ""
    return f"{len(rows)}个单位{status_words(rows[0])}{named}"


def leaders(rows: Iterable[ProgressRow]) -> str:
    """Name who leads and who trails by the portal's rank; "" where few are ranked.

    A zero and a count of pilots rank nobody; a rate that is to rise is ranked by each unit's own path, which no
    number in brackets would show.
    """
    ranked = sorted((row for row in rows if row.rank is not None), key=lambda row: (row.rank, row.unit.position))
    if len(ranked) < RANKED or not _is_compared(ranked[0]):
        return ""
    first, last = ranked[:NAMED], ranked[-NAMED:]
    return f"位居前列的是{_with_measures(first)}，位居后列的是{_with_measures(last)}。"


def _is_compared(row: ProgressRow) -> bool:
    return row.indicator.kind in {Kind.FLOW, Kind.STOCK} or (row.indicator.is_ratio and _is_ceiling(row))


def _with_measures(rows: Iterable[ProgressRow]) -> str:
    return "、".join(f"{row.unit.short_name}（{measure(row)}）" for row in rows)


def measure(row: ProgressRow) -> str:
    """Write what units are ranked by: the share done, or what is left below a ceiling."""
    if row.progress.completion_rate is not None:
        return whole_percent(row.progress.completion_rate)
    room = row.progress.headroom
    if room is None or not row.indicator.is_ratio:
        return _shown(row)
    return f"{'低于' if room >= 0 else '高于'}控制目标{gap_points(room)}个百分点"
