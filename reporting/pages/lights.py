"""Why an item, or one of its milestones, shows its light: the rule that decided, in a sentence."""

from __future__ import annotations

from django.utils.translation import gettext as _

from reporting.board import BoardItem, MilestoneStanding
from targets.goals import Status
from workplan.lib.words import listed
from workplan.templatetags.portal import status_label


def item_why(shown: BoardItem) -> str:
    """Say which national targets gave the item its light, or what its milestones add up to; "" without a light."""
    light = shown.light
    if light is None:
        return ""
    if shown.targets:
        names = listed(one.target.indicator.short_label for one in shown.targets if one.status == light)
        return _("取%(n)d项全国目标中最重的一项：%(names)s（%(status)s）。") % {
            "n": len(shown.targets),
            "names": names,
            "status": status_label(light),
        }
    words = {
        "n": shown.n_milestones,
        "done": shown.n_milestones_done,
        "late": shown.n_milestones_late,
        "silent": shown.n_milestones_silent,
    }
    template = {
        Status.COMPLETED: _("没有数字目标，看节点：%(n)d个节点全部完成。"),
        Status.BEHIND: _("没有数字目标，看节点：%(n)d个节点中%(late)d个逾期。"),
        Status.LAGGING: _("没有数字目标，看节点：%(n)d个节点中%(silent)d个本期未报，没有逾期。"),
        Status.ON_SCHEDULE: _("没有数字目标，看节点：%(n)d个节点已完成%(done)d个，没有逾期。"),
        Status.NOT_REPORTED: _("没有数字目标，看节点：%(n)d个节点都还没有报告。"),
    }[light]
    return template % words


def milestone_why(standing: MilestoneStanding) -> str:
    """Say which rule gave the milestone its light; "" where nobody owes it."""
    words = {
        "scope": standing.n_in_scope,
        "done": standing.n_done,
        "late": standing.counts.n_overdue,
        "silent": standing.counts.n_silent,
    }
    template = {
        None: "",
        Status.COMPLETED: _("应完成%(scope)d个，已完成%(done)d个：全部完成。"),
        Status.BEHIND: _("应完成%(scope)d个，已完成%(done)d个，计划完成日已过而未完成%(late)d个：有逾期即为滞后。"),
        Status.LAGGING: _("应完成%(scope)d个，已完成%(done)d个，本期应报未报%(silent)d个，没有逾期：略有滞后。"),
        Status.ON_SCHEDULE: _("应完成%(scope)d个，已完成%(done)d个，已有进展，没有逾期：达到序时进度。"),
        Status.NOT_REPORTED: _("还没有单位报告进展：未报。"),
    }[standing.status]
    return template % words
