"""Why an item or a milestone shows its light."""

from __future__ import annotations

import pytest

from reporting.board import BoardItem, BoardTarget, MilestoneStanding, StateCounts
from reporting.pages.lights import item_why, milestone_why
from targets.models import Item, Milestone, Scope
from tests.reporting.rows import row


def standing(n_scope: int, **counts: int) -> MilestoneStanding:
    return MilestoneStanding(Milestone(scope=Scope.UNITS, scope_count=n_scope, actors=["P"]), StateCounts(**counts))


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        (standing(3, n_stated=3, n_done=3), "应完成3个，已完成3个：全部完成。"),
        (
            standing(3, n_stated=3, n_done=1, n_overdue=2),
            "应完成3个，已完成1个，计划完成日已过而未完成2个：有逾期即为滞后。",
        ),
        (standing(3, n_stated=3, n_begun=3, n_silent=1), "应完成3个，已完成0个，本期应报未报1个，没有逾期：略有滞后。"),
        (standing(3, n_stated=1, n_begun=1), "应完成3个，已完成0个，已有进展，没有逾期：达到序时进度。"),
        (standing(3), "还没有单位报告进展：未报。"),
        (standing(1, n_stated=1, n_out=1), ""),
    ],
)
def test_a_milestone_says_which_rule_it_follows(shown, why):
    assert milestone_why(shown) == why


def test_an_item_follows_its_gravest_target():
    targets = [row("FLOW", "AT_LEAST", 900, value) for value in (900, 400, 660)]
    shown = BoardItem(Item(number=1), tuple(BoardTarget(one.target, one) for one in targets), ())

    assert item_why(shown) == "取3项全国目标中最重的一项：指标（滞后）。"


@pytest.mark.parametrize(
    ("milestones", "why"),
    [
        ([standing(1, n_stated=1, n_done=1)] * 2, "没有数字目标，看节点：2个节点全部完成。"),
        ([standing(2, n_stated=2, n_overdue=1), standing(1)], "没有数字目标，看节点：2个节点中1个逾期。"),
        ([standing(2, n_stated=2, n_silent=1), standing(1)], "没有数字目标，看节点：2个节点中1个本期未报，没有逾期。"),
        ([standing(1, n_stated=1, n_done=1), standing(1)], "没有数字目标，看节点：2个节点已完成1个，没有逾期。"),
        ([standing(1)], "没有数字目标，看节点：1个节点都还没有报告。"),
        ([], ""),
    ],
)
def test_an_item_without_targets_follows_its_milestones(milestones, why):
    assert item_why(BoardItem(Item(number=1), (), tuple(milestones))) == why
