"""What the columns of an import are called by people."""

from __future__ import annotations

from django.utils.translation import gettext as _


def column_label(column: str, *, of_milestone: bool = False) -> str:
    """Return what a column is called where nothing about its row is known; its own name where no person reads it."""
    names = {
        "milestone": _("代码"),
        "value": _("数值"),
        "numerator": _("分子"),
        "denominator": _("分母"),
        "persons": _("涉及人数"),
        "state": _("状态"),
        "note": _("进展说明") if of_milestone else _("备注"),
        "answer": _("对提示的说明"),
        "planned_on": _("计划完成日"),
        "actual_on": _("实际完成日"),
        "covered": _("已覆盖"),
        "in_scope": _("应覆盖"),
        "new_title": _("新名称"),
        "same": _("本期无变化"),
    }
    return names.get(column, column)
