"""The sheets of words: what each indicator means and how it is judged, and how good the data are."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from reporting import exports
from reporting.pages.words import target_words
from submissions.timeliness import Arrival
from targets import periods
from targets.goals import Status
from targets.models import Bound, Indicator, Kind, Target
from workplan.templatetags.portal import status_label, status_shape

if TYPE_CHECKING:
    from reporting.analyst.book import Page
    from reporting.analyst.contents import Contents

SHARE = "0.0%"
#: So many rows of the quality sheet, with its head, fit a sheet of paper.
ROWS_PER_SHEET = 44


# What it means ---------------------------------------------------------------------------------


def dictionary(page: Page, found: Contents) -> None:
    """Write a line per indicator, then the limits, the verdicts and the marks."""
    page.line(_("指标说明"), "title")
    top = page.at
    page.head([(title, width, False) for title, width in _dictionary_columns()])
    for row in found.own:
        page.wrapped(_dictionary_line(row.indicator, row.target), [width for _title, width in _dictionary_columns()])
    page.at += 1
    page.next_sheet()
    page.line(_("状态"), "section")
    for status in Status:
        page.line(f"{status_shape(status)} {status_label(status)}")
    page.line(_("界限"), "section")
    limits = found.thresholds
    for name, value in (
        (_("略有滞后：不低于序时进度的"), limits.lagging_ratio),
        (_("略有滞后（比率）：与应达数之差不超过"), limits.lagging_gap),
        (_("略有滞后（上限）：余量小于"), limits.lagging_headroom),
    ):
        page.row([name, None, None, value], shown=["", "", "", "0.0%"])
    page.line(_("标记"), "section")
    for line in exports.legend():
        page.line(line)
    page.set_up(frozen=(top + 1, 2), repeated=(top, top))


def _dictionary_columns() -> list[tuple[str, float]]:
    return [
        (_("指标代码"), 9),
        (_("指标"), 24),
        (_("类型"), 12),
        (_("计量单位"), 9),
        (_("目标"), 16),
        (_("报送频率"), 9),
        (_("时间汇总"), 12),
        (_("单位汇总"), 14),
        (_("分子 ÷ 分母"), 26),
        (_("其中项属于"), 14),
        (_("指标解释"), 32),
        (_("口径"), 32),
        (_("进度怎么算"), 36),
    ]


def _dictionary_line(indicator: Indicator, target: Target | None) -> list[str]:
    return [
        indicator.code,
        indicator.label,
        indicator.get_kind_display(),
        indicator.get_unit_of_measure_display(),
        target_words(target),
        indicator.get_frequency_display(),
        indicator.get_time_aggregation_display(),
        indicator.get_unit_aggregation_display(),
        f"{indicator.numerator_label} ÷ {indicator.denominator_label}" if indicator.is_ratio else "",
        str(indicator.part_of or ""),
        indicator.definition_label,
        indicator.scope_note_label,
        formula_words(indicator, target),
    ]


def formula_words(indicator: Indicator, target: Target | None) -> str:
    """Say how progress of the indicator is worked out, as `targets.measures` does it."""
    if target is None:
        return _("没有目标，不评判进度。")
    if indicator.kind == Kind.RATIO:
        if target.bound == Bound.AT_MOST:
            return _("突破＝高于上限；余量＝上限－数值。不计算完成率。")
        return _("应达数＝由起点到目标逐月均匀推进；与应达数之差＝数值－应达数。不计算完成率。")
    words = {
        Kind.FLOW: _("完成率＝累计数÷年度目标；序时进度＝年度目标×最近应报月份÷12；与序时之比＝累计数÷序时进度。"),
        Kind.STOCK: _(
            "完成率＝（期末数－基数）÷（目标－基数）；序时进度＝基数＋（目标－基数）×最近应报月份÷12；按净增量比较。"
        ),
        Kind.COUNT: _("完成率＝已完成个数÷目标个数；计划完成日前为达到序时进度，之后未完成为滞后。"),
        Kind.ZERO: _("目标为零：年内发生过一次即为突破，全年不消。"),
    }
    return words[Kind(indicator.kind)]


# How good it is --------------------------------------------------------------------------------


def quality(page: Page, found: Contents) -> None:
    """Write coverage per indicator, dates kept per unit, corrections and explained warnings."""
    page.line(_("数据质量"), "title")
    page.line(_("只列出可以查看的报告期。"))
    top = page.at
    page.head(
        [
            (_("单位代码"), 10, False),
            (_("单位"), 24, False),
            *((title, 12, True) for title in _date_columns()),
            ("", 40, False),
        ]
    )
    for record in found.quality.records:
        counts = [record.count(one) for one in (Arrival.ON_TIME, Arrival.LATE, Arrival.MADE_UP, Arrival.MISSING)]
        rates = [_share(record.reporting_rate), _share(record.timeliness)]
        page.row(
            [record.unit.code, record.unit.label, record.n_due, *counts, *rates],
            shown=["", "", *["0"] * 5, SHARE, SHARE],
        )
    is_long = len(found.quality.records) > ROWS_PER_SHEET
    if page.at + len(found.own) > ROWS_PER_SHEET:
        page.next_sheet()
    _coverage(page, found)
    _list(page, _("更正（r）"), [_("报告期"), _("单位"), _("报送次数"), _("审核时间"), _("原因")], _corrections(found))
    _list(page, _("已说明的警告"), [_("报告期"), _("单位"), _("规则"), _("指标"), _("说明")], _explained(found))
    # The tables below have heads of their own: the first's is repeated where it goes on for sheets itself.
    page.set_up(frozen=(top + 1, 2), repeated=(top, top) if is_long else None)


def _date_columns() -> list[str]:
    return [_("应报次数"), _("按时"), _("迟报"), _("补报"), _("未报"), _("报送率"), _("按时率")]


def _coverage(page: Page, found: Contents) -> None:
    page.at += 1
    page.line(_("%(month)s各指标的报送") % {"month": found.month}, "section")
    page.row([_("指标代码"), _("指标"), _("应报单位"), _("已报单位"), _("沿用上期"), _("报送率")], "header")
    for row in found.own:
        cells = [row.indicator.code, row.indicator.label, row.n_due, row.n_reported, row.n_carried, row.coverage]
        page.row(cells, shown=["", "", "0", "0", "0", SHARE])


def _list(page: Page, title: str, header: list[str], lines: Iterator[list[str]]) -> None:
    page.at += 1
    page.line(title, "section")
    page.row(header, "header")
    first = page.at
    for *cells, text in lines:
        page.row(cells)
        page.spread(page.at - 1, len(cells), len(cells) + 5, text)
    if page.at == first:
        page.line(_("无"))


def _corrections(found: Contents) -> Iterator[list[str]]:
    for filing in found.quality.corrections:
        decided = f"{timezone.localtime(filing.decided_at):%Y-%m-%d}"
        month = periods.format_month(filing.report.month)
        yield [month, filing.report.unit.label, str(filing.number), decided, filing.reason]


def _explained(found: Contents) -> Iterator[list[str]]:
    for one in found.quality.explanations:
        report = one.filing.report
        yield [periods.format_month(report.month), report.unit.label, one.rule, one.indicator.code, one.text]


def _share(rate: object) -> Decimal | None:
    return rate if isinstance(rate, Decimal) else None
