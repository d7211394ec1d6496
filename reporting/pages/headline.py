"""The sentence a page starts with, generated from the very rows the page shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from reporting.aggregates import ProgressRow
from reporting.pages.words import gap_points, month_words
from submissions.models import ReportingMonth
from targets import measures
from targets.goals import Status
from targets.models import Bound, Kind
from workplan.lib.words import listed
from workplan.templatetags.figures import figure, percent


def national_headline(
    period: ReportingMonth, rows: list[ProgressRow], chosen: ProgressRow | None, below: list[ProgressRow]
) -> list[str]:
    """Return the sentences of the overview: how the targets stand, then the chosen one and the units below."""
    sentences = [targets_sentence(period, rows)]
    if chosen is not None:
        sentences.append(standing(chosen) + _("；") + units_words(below) + _("。"))
    return sentences


def unit_headline(period: ReportingMonth, name: str, rows: list[ProgressRow]) -> list[str]:
    """Return the sentence of a unit page."""
    return [targets_sentence(period, rows, name=name)]


def indicator_headline(period: ReportingMonth, row: ProgressRow, below: list[ProgressRow]) -> list[str]:
    """Return the sentence of an indicator page: where it stands, and how the units below do that have a target."""
    start = _("截至%(month)s，") % {"month": month_words(period.month)}
    judged = [one for one in below if one.target is not None]
    rest = _("；") + units_words(judged) if judged else ""
    return [start + standing(row) + rest + _("。")]


def joined(sentences: Iterable[str]) -> str:
    """Put sentences one behind the other; English wants a space between them."""
    return (" " if get_language() == "en" else "").join(sentences)


# Counting verdicts -----------------------------------------------------------------------------


def targets_sentence(period: ReportingMonth, rows: Iterable[ProgressRow], name: str = "") -> str:
    """Say how many of the targets stand where, the good news first."""
    counts = Counter(row.status for row in rows if row.status is not None)
    n_targets = sum(counts.values())
    words = {"month": month_words(period.month), "n": n_targets, "name": name}
    if name:
        start = ngettext("截至%(month)s，%(name)s%(n)d项目标中", "截至%(month)s，%(name)s%(n)d项目标中", n_targets)
    else:
        start = ngettext("截至%(month)s，%(n)d项目标中", "截至%(month)s，%(n)d项目标中", n_targets)
    return start % words + listed(_n_targets(status, n) for status, n in _in_order(counts)) + _("。")


def _in_order(counts: Counter[Status]) -> list[tuple[Status, int]]:
    return [(status, counts[status]) for status in Status if status in counts]


def _n_targets(status: Status, n: int) -> str:
    template = {
        Status.COMPLETED: ngettext("%(n)d项已完成", "%(n)d项已完成", n),
        Status.ON_SCHEDULE: ngettext("%(n)d项达到序时进度", "%(n)d项达到序时进度", n),
        Status.LAGGING: ngettext("%(n)d项略有滞后", "%(n)d项略有滞后", n),
        Status.BEHIND: ngettext("%(n)d项滞后", "%(n)d项滞后", n),
        Status.BREACHED: ngettext("%(n)d项突破", "%(n)d项突破", n),
        Status.NOT_REPORTED: ngettext("%(n)d项未报", "%(n)d项未报", n),
        Status.NOT_DUE: ngettext("%(n)d项未到报送期", "%(n)d项未到报送期", n),
    }[status]
    return template % {"n": n}


def units_words(rows: Iterable[ProgressRow]) -> str:
    """Say how many units are in trouble with one indicator."""
    counts = Counter(row.status for row in rows)
    found = [
        _n_units(status, counts[status])
        for status in (Status.BREACHED, Status.BEHIND, Status.LAGGING, Status.NOT_REPORTED)
        if counts[status]
    ]
    return listed(found) if found else _("没有单位滞后")


def _n_units(status: Status, n: int) -> str:
    template = {
        Status.BREACHED: ngettext("%(n)d个单位突破", "%(n)d个单位突破", n),
        Status.BEHIND: ngettext("%(n)d个单位滞后", "%(n)d个单位滞后", n),
        Status.LAGGING: ngettext("%(n)d个单位略有滞后", "%(n)d个单位略有滞后", n),
        Status.NOT_REPORTED: ngettext("%(n)d个单位未报", "%(n)d个单位未报", n),
    }[status]
    return template % {"n": n}


# One indicator in words ------------------------------------------------------------------------


def standing(row: ProgressRow) -> str:
    """Say where one indicator stands, in the terms of its kind; a ceiling is never "accomplished"."""
    unit = row.indicator.unit_of_measure
    words = {"name": row.indicator.short_label, "value": figure(row.value, unit), "rest": ""}
    if row.value is None:
        return _("%(name)s尚无已通过审核的数据") % words
    if row.target is None:
        return _("%(name)s%(value)s") % words
    words["target"] = figure(row.target.target_value, unit)
    if row.indicator.kind == Kind.ZERO:
        return _zero(row, words)
    if row.indicator.is_ratio:
        return _rate(row, words)
    return _completed(row, words)


def _completed(row: ProgressRow, words: dict[str, str]) -> str:
    done = row.progress.completion_rate
    if done is None:
        return _("%(name)s%(value)s，年度目标%(target)s") % words
    words["rate"] = percent(done)
    if row.indicator.kind == Kind.COUNT:
        return _("%(name)s已完成%(value)s，年度目标%(target)s") % words
    if row.indicator.kind == Kind.STOCK:
        return _("%(name)s%(value)s，完成年度净增任务的%(rate)s") % words + _ahead_or_behind(row)
    return _("%(name)s%(value)s，完成年度目标的%(rate)s") % words + _ahead_or_behind(row)


def ahead_of_schedule(row: ProgressRow) -> Decimal | None:
    """Return what is done of the target less what the calendar expects of it, a fraction; None without either."""
    done = row.progress.completion_rate
    if done is None:
        return None
    expected = measures.completion_rate(row.target.goal(), row.progress.pro_rata_target)
    return None if expected is None else done - expected


def _ahead_or_behind(row: ProgressRow) -> str:
    delta = ahead_of_schedule(row)
    if delta is None:
        return ""
    if delta == 0:
        return _("，与序时进度持平")
    template = _("，快于序时进度%(points)s个百分点") if delta > 0 else _("，慢于序时进度%(points)s个百分点")
    return template % {"points": gap_points(delta)}


def _rate(row: ProgressRow, words: dict[str, str]) -> str:
    gap = row.value - row.target.target_value
    words["points"] = gap_points(gap)
    if row.target.bound == Bound.AT_MOST:
        template = (
            _("%(name)s%(value)s，突破%(target)s的上限%(points)s个百分点")
            if gap > 0
            else _("%(name)s%(value)s，低于%(target)s的上限%(points)s个百分点")
        )
    else:
        template = (
            _("%(name)s%(value)s，高于%(target)s的目标%(points)s个百分点")
            if gap >= 0
            else _("%(name)s%(value)s，距%(target)s的目标还差%(points)s个百分点")
        )
    return template % words


def _zero(row: ProgressRow, words: dict[str, str]) -> str:
    if row.value > 0:
        words["persons"] = str(row.persons or 0)
        return _("%(name)s%(value)s，涉及%(persons)s人，突破零容忍要求") % words
    if row.status == Status.BREACHED:
        return _("%(name)s现已清零，但年内曾经发生") % words
    return _("%(name)s未发生") % words
