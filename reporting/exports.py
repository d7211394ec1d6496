"""Summaries to workbooks: the very rows the pages show, unrounded, with their legend and where they come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.permissions import Person
from reporting import marks
from reporting.aggregates import ProgressRow
from reporting.board import Board, BoardItem, MilestoneStanding
from reporting.models import DataVersion
from reporting.pages.words import reasons_words
from reporting.revisions import Revision, revisions
from submissions.intake import PART_PREFIX
from submissions.milestones import settled_through
from submissions.models import MilestoneState, ReportingMonth
from submissions.provenance import minute, source_lines
from targets import measures, periods
from targets.models import UnitOfMeasure
from workplan.lib.sheets import GROUPED, GROUPED_CENTS, Column, Kind, Row, Sheet, Shown
from workplan.templatetags.portal import delay_label, status_label

#: How a figure of this unit of measure looks in a cell; what is stored in it is not rounded.
NUMBER_FORMATS = {
    UnitOfMeasure.PERSON: GROUPED,
    UnitOfMeasure.COUNT: GROUPED,
    UnitOfMeasure.YUAN: GROUPED_CENTS,
    UnitOfMeasure.RATE: "0.00%",
}


def legend() -> list[str]:
    """Return what the marks mean."""
    return [
        marks.legend(),
        _("空格表示无法给出，0 为零报告。"),
        _("数值以基本单位（人、元、个）列出，比率为小数；未经四舍五入，单元格格式只影响显示。"),
    ]


def provenance(period: ReportingMonth, person: Person, now: datetime) -> list[str]:
    """Return where a table comes from: the source, the month and its state, the data version, by whom and when."""
    version = DataVersion.objects.filter(plan_id=period.plan_id).first()
    state = _("已发布") if period.is_published else _("未发布，为暂定数")
    told = [_("报告期：%(month)s（%(state)s）") % {"month": _month(period), "state": state}]
    if version is not None and version.changed_at is not None:
        told.append(
            _("数据截至：%(moment)s（第%(number)d版）")
            % {"moment": minute(version.changed_at), "number": version.number}
        )
    return source_lines(person, *told, plan=period.plan, now=now)


def _month(period: ReportingMonth) -> str:
    return date_format(period.month, "YEAR_MONTH_FORMAT")


# Progress --------------------------------------------------------------------------------------


def progress_columns() -> list[Column]:
    number = Kind.NUMBER
    return [
        Column("indicator", _("指标代码"), width=10),
        Column("indicator_name", _("指标"), width=30),
        Column("unit", _("单位代码"), width=10),
        Column("unit_name", _("单位"), width=16),
        Column("month", _("报告期"), Kind.MONTH),
        Column("value_month", _("数据所属期"), Kind.MONTH),
        Column("unit_of_measure", _("计量单位"), width=9),
        Column("value", _("数值"), number),
        Column("numerator", _("分子"), number),
        Column("denominator", _("分母"), number),
        Column("persons", _("涉及人数"), number, number_format=GROUPED),
        Column("target_value", _("年度目标"), number),
        Column("baseline_value", _("基数"), number),
        Column("completion_rate", _("完成率"), Kind.PERCENT),
        Column("share_of_target", _("占目标"), Kind.PERCENT),
        Column("pro_rata_target", _("序时进度"), number),
        Column("deviation", _("与序时之差"), number),
        Column("headroom", _("余量"), number),
        Column("status", _("状态"), width=14),
        Column("rank", _("名次"), number, 7),
        Column("n_due", _("应报单位"), number, 9),
        Column("n_reported", _("已报单位"), number, 9),
        Column("n_carried", _("沿用上期"), number, 9),
        Column("forecast_value", _("全年预测"), number),
        Column("forecast_low", _("预测下限"), number),
        Column("forecast_high", _("预测上限"), number),
        Column("marks", _("标记"), width=7),
        Column("published_value", _("发布时数值"), number),
        Column("revised_at", _("修订时间"), width=17),
        Column("revision_reason", _("修订原因"), width=50),
    ]


def progress_cells(row: ProgressRow, revision: Revision | None = None) -> Row:
    """Return one row of progress as cells; the column of a figure has the unit of its row.

    What was published is stated where it was revised, with why and when.
    """
    shown = NUMBER_FORMATS[UnitOfMeasure(row.indicator.unit_of_measure)]
    parts = NUMBER_FORMATS[UnitOfMeasure.PERSON] if row.indicator.is_ratio else shown
    figures = {
        "value": row.value,
        "target_value": row.target_value,
        "baseline_value": row.baseline_value,
        "pro_rata_target": row.progress.pro_rata_target,
        "deviation": row.progress.deviation,
        "headroom": row.progress.headroom,
        "forecast_value": row.forecast.value if row.forecast else None,
        "forecast_low": row.forecast.low if row.forecast else None,
        "forecast_high": row.forecast.high if row.forecast else None,
        "published_value": revision.old if revision else None,
    }
    return {
        "indicator": row.indicator.code,
        "indicator_name": row.indicator.label,
        "unit": row.unit.code,
        "unit_name": row.unit.label,
        "month": row.month,
        "value_month": row.value_month,
        "unit_of_measure": row.indicator.get_unit_of_measure_display(),
        **{key: Shown(value, shown) for key, value in figures.items()},
        "numerator": Shown(row.numerator, parts),
        "denominator": Shown(row.denominator, parts),
        "persons": row.persons,
        "completion_rate": row.progress.completion_rate,
        "share_of_target": row.share_of_target,
        "status": status_label(row.status),
        "rank": row.rank,
        "n_due": row.n_due,
        "n_reported": row.n_reported,
        "n_carried": row.n_carried,
        "marks": " ".join(marks.marks_of(row)),
        "revised_at": minute(revision.at) if revision and revision.at else None,
        "revision_reason": reasons_words(revision) if revision else None,
    }


def progress_sheet(
    rows: Iterable[ProgressRow], period: ReportingMonth, *, title: str, by: Person, now: datetime
) -> Sheet:
    """Return the progress of indicators and units, in the order given."""
    rows = list(rows)
    revised = revisions(by, period, rows)
    return Sheet(
        name=_("进度"),
        title=title,
        provenance=provenance(period, by, now),
        columns=progress_columns(),
        rows=[progress_cells(row, revised.get((row.unit.pk, row.indicator.pk))) for row in rows],
        notes=legend(),
    )


def ranked(rows: Iterable[ProgressRow]) -> list[ProgressRow]:
    """Return the rows best first; ties in the order of the units, those without a rank last."""
    return sorted(rows, key=lambda row: (row.indicator.code, row.rank is None, row.rank or 0, row.unit.position))


# The board -------------------------------------------------------------------------------------


def board_sheets(
    shown: Board, states: Iterable[MilestoneState], *, title: str, by: Person, now: datetime, today: date
) -> list[Sheet]:
    """Return the board as four tables: items with their light, national targets, milestones, states of the units."""
    rows = [target.row for one in shown.items for target in one.targets if target.row is not None]
    source = provenance(shown.period, by, now)
    counting = _("已完成单位含年初已完成的单位；逾期指计划完成日已过而未完成；本期未报指按期报送的节点到期没有报送。")
    milestones = [_milestone_cells(one, standing) for one in shown.items for standing in one.milestones]
    through = settled_through(shown.period, today)
    units = [_state_cells(state, today, through) for state in states]
    return [
        Sheet(_("工作要点"), _item_columns(), list(_item_rows(shown)), title, source),
        progress_sheet(rows, shown.period, title=_("全国目标"), by=by, now=now),
        Sheet(_("工作节点"), _milestone_columns(), milestones, _("工作节点"), source, [counting]),
        Sheet(_("各单位进展"), _state_columns(), units, _("各单位进展"), source, [counting]),
    ]


def _item_columns() -> list[Column]:
    return [
        Column("chapter", _("部分"), width=34),
        Column("number", _("序号"), Kind.NUMBER, 7),
        Column("heading", _("工作要点"), width=44),
        Column("lead", _("牵头司局"), width=20),
        Column("light", _("进展"), width=14),
        Column("n_targets", _("目标数"), Kind.NUMBER, 9),
        *(Column(status, status_label(status), Kind.NUMBER, 12) for status in measures.Status),
        Column("n_milestones", _("节点数"), Kind.NUMBER, 9),
        Column("n_milestones_done", _("已完成节点"), Kind.NUMBER, 11),
    ]


def _item_rows(shown: Board) -> Iterator[Row]:
    for chapter in shown.chapters:
        for one in chapter.items:
            yield {
                "chapter": chapter.chapter.label,
                "number": one.item.number,
                "heading": one.item.label,
                "lead": one.item.lead_label,
                "light": status_label(one.light),
                "n_targets": len(one.targets),
                **{status: one.n_by_status[status] for status in measures.Status if one.targets},
                "n_milestones": one.n_milestones,
                "n_milestones_done": one.n_milestones_done,
            }


def _milestone_columns() -> list[Column]:
    number = Kind.NUMBER
    return [
        Column("item", _("序号"), number, 7),
        Column("milestone", _("节点代码"), width=10),
        Column("title", _("节点"), width=50),
        Column("scope", _("范围"), width=14),
        Column("output", _("成果形式"), width=12),
        Column("frequency", _("报送频率"), width=10),
        Column("n_in_scope", _("应完成单位"), number, 11),
        Column("baseline_count", _("年初已完成"), number, 11),
        Column("n_done", _("已完成单位"), number, 11),
        Column("share", _("覆盖率"), Kind.PERCENT),
        Column("n_overdue", _("逾期单位"), number, 11),
        Column("status", _("进展"), width=14),
    ]


def _milestone_cells(one: BoardItem, standing: MilestoneStanding) -> Row:
    milestone = standing.milestone
    return {
        "item": one.item.number,
        "milestone": milestone.code,
        "title": milestone.label,
        "scope": milestone.get_scope_display(),
        "output": milestone.get_output_display(),
        "frequency": milestone.get_frequency_display(),
        "n_in_scope": standing.n_in_scope,
        "baseline_count": milestone.baseline_count,
        "n_done": standing.n_done,
        "share": standing.share,
        "n_overdue": standing.counts.n_overdue,
        "status": status_label(standing.status),
    }


def _state_columns() -> list[Column]:
    return [
        Column("item", _("序号"), Kind.NUMBER, 7),
        Column("milestone", _("节点代码"), width=10),
        Column("title", _("节点"), width=40),
        Column("unit", _("单位代码"), width=10),
        Column("unit_name", _("单位"), width=16),
        Column("state", _("状态"), width=14),
        Column("planned_on", _("计划完成日"), Kind.DATE),
        Column("actual_on", _("实际完成日"), Kind.DATE),
        Column("new_title", _("新名称"), width=30),
        Column("covered", _("已覆盖"), Kind.NUMBER, 9),
        Column("in_scope", _("应覆盖"), Kind.NUMBER, 9),
        Column("late", _("逾期"), width=9),
        Column("note", _("进展说明"), width=50),
    ]


def _state_cells(state: MilestoneState, today: date, through: date | None) -> Row:
    unit = state.filing.report.unit
    return {
        "item": state.milestone.item.number,
        "milestone": state.milestone.code,
        "title": state.milestone.label,
        "unit": unit.code,
        "unit_name": unit.label,
        "state": state.get_state_display(),
        "planned_on": state.planned_on,
        "actual_on": state.actual_on,
        "new_title": state.new_title,
        "covered": state.covered,
        "in_scope": state.in_scope,
        "late": delay_label(state.delay(today=today, through=through)),
        "note": state.note,
    }


# Tidy figures ----------------------------------------------------------------------------------


class Observation(TypedDict):
    """One row of `observations`."""

    code: str
    unit_code: str
    month: date
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    parts: dict[str, str]
    state: str
    outcome: str
    release: str
    version: int
    approved_at: datetime


def figure_cells(row: Observation) -> Row:
    """Return an observation as cells: the words of the API, the value of a ratio stated, each part in a cell."""
    parts = {code: Decimal(text) for code, text in row["parts"].items()}
    rate = measures.ratio(row["numerator"], row["denominator"])
    return {
        "indicator": row["code"],
        "unit": row["unit_code"],
        "month": periods.format_month(row["month"]),
        "value": row["value"] if row["numerator"] is None else rate,
        "numerator": row["numerator"],
        "denominator": row["denominator"],
        "state": row["state"].lower(),
        "status": row["outcome"].lower(),
        "release": row["release"].lower(),
        "version": row["version"],
        "approved_at": timezone.localtime(row["approved_at"]).isoformat(),
        "parts": parts,
        **{f"{PART_PREFIX}{code}": number for code, number in parts.items()},
    }
