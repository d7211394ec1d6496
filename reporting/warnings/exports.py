"""The list of warnings as a sheet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.permissions import Person
from reporting.warnings.models import WarningState
from reporting.warnings.pages import Shown
from submissions.provenance import source_lines
from workplan.lib.sheets import Column, Kind, Row, Sheet


def warnings_sheet(shown: Iterable[Shown], *, by: Person, now: datetime) -> Sheet:
    """Return one row per warning, in the order given; numbers are not rounded."""
    return Sheet(
        name=_("预警"),
        title=_("预警一览"),
        provenance=source_lines(by, now=now),
        columns=_columns(),
        rows=[_cells(one) for one in shown],
        notes=[_("衡量值和界限以基本单位列出，比率和百分点为小数；未经四舍五入。")],
    )


def _columns() -> list[Column]:
    return [
        Column("state", _("状态"), width=12),
        Column("rule", _("规则编号"), width=10),
        Column("rule_name", _("预警规则"), width=26),
        Column("unit", _("单位代码"), width=10),
        Column("unit_name", _("单位"), width=16),
        Column("indicator", _("指标代码"), width=10),
        Column("indicator_name", _("指标"), width=30),
        Column("first_month", _("首次预警报告期"), Kind.MONTH),
        Column("month", _("报告期"), Kind.MONTH),
        Column("measured", _("衡量值"), Kind.NUMBER),
        Column("limit", _("界限"), Kind.NUMBER),
        Column("sentence", _("说明"), width=70),
        Column("measure", _("措施"), width=50),
        Column("responsible", _("责任人"), width=14),
        Column("planned_on", _("计划完成日"), Kind.DATE),
    ]


def _cells(one: Shown) -> Row:
    warning, event, answer = one.warning, one.event, one.answer
    return {
        "state": str(WarningState(event.state).label),
        "rule": warning.rule.code,
        "rule_name": warning.rule.label,
        "unit": warning.unit.code,
        "unit_name": warning.unit.label,
        "indicator": warning.indicator.code if warning.indicator else None,
        "indicator_name": warning.indicator.label if warning.indicator else None,
        "first_month": warning.first_month,
        "month": event.month,
        "measured": event.measured,
        "limit": event.limit,
        "sentence": one.sentence,
        "measure": answer.measure if answer else None,
        "responsible": answer.responsible if answer else None,
        "planned_on": answer.planned_on if answer else None,
    }
