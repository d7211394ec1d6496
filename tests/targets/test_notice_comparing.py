"""A notice held against a plan: the same, different, missing, too much; each with its place."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from targets.notice.characters import simplified
from targets.notice.comparing import PlannedItem, PlannedTarget, compare_chapters, compare_items, compare_targets
from targets.notice.structure import Line, take_apart
from tests.targets.notices import TEXT

WORKERS = PlannedTarget("A01", "造林工人数", Decimal(300_000), "PERSON", "AT_LEAST", "BINDING", is_naught=False)
RETURNED = PlannedTarget("A02", "返乡工人数", Decimal(100_000), "PERSON", "AT_LEAST", "PLAIN", is_naught=False)
LOSS = PlannedTarget("A03", "苗木损失率", Decimal("0.0550"), "RATE", "AT_MOST", "BINDING", is_naught=False)
GUARDS = PlannedTarget("A04", "护林员人数", Decimal(120_000_000), "PERSON", "AT_LEAST", "STRIVE", is_naught=False)
PILOTS = PlannedTarget("A05", "试点林场数", Decimal(12), "COUNT", "EXACTLY", "PLAIN", is_naught=False)
ARREARS = PlannedTarget("A06", "新的欠薪", Decimal(0), "YUAN", "AT_MOST", "BINDING", is_naught=True)
PLAN = [
    PlannedItem(1, 1, "完成造林任务", [WORKERS, RETURNED, LOSS]),
    PlannedItem(2, 1, "加强护林", [GUARDS]),
    PlannedItem(3, 2, "开展试点", [PILOTS, ARREARS]),
]


def document(text: str = TEXT):
    return take_apart(Line(number, simplified(line)) for number, line in enumerate(text.splitlines(), start=1))


def targets(text: str = TEXT, plan=PLAN) -> dict[str, tuple[str, str]]:
    found = compare_targets(plan, document(text))
    return {one.what.partition(" ")[0]: (one.verdict, one.why) for one in found}


def test_what_agrees_is_found_and_what_no_target_asks_for_is_told():
    assert targets() == {
        "A01": ("found", "30万人"),
        "A02": ("found", "10万人"),
        "A03": ("found", "5.5%以内"),
        "A04": ("found", "1.2亿人"),
        "巡护户数": ("not in the plan", "90万户: AT_LEAST 900000 HOUSEHOLD STRIVE"),
        "A05": ("found", "12个"),
        "A06": ("found", "不发生新的欠薪"),
    }


def test_a_finding_says_where_it_stands():
    (first, *_) = compare_targets(PLAN, document())

    assert str(first.place) == "item 1, sentence 1 (line 7)"
    assert first.place.sentence.startswith("全年造林工人不少于30万人")


@pytest.mark.parametrize(
    ("old", "new", "target", "why"),
    [
        ("不少于30万人", "不少于31万人", "A01", "value 310000, the plan 300000"),
        ("不少于30万人", "30万人左右", "A01", "bound ABOUT, the plan AT_LEAST; strength PLAIN, the plan BINDING"),
        ("5.5%以内", "5.5%以上", "A03", "bound AT_LEAST, the plan AT_MOST"),
        ("力争护林员", "护林员", "A04", "strength PLAIN, the plan STRIVE"),
        ("10万人", "10万人次", "A02", "unit PERSON_TIME, the plan PERSON"),
        ("10万人", "10①万人", "A02", "a footnote's mark stands at the number"),
    ],
)
def test_what_differs_is_said_in_what(old, new, target, why):
    assert targets(TEXT.replace(old, new))[target] == ("differs", why)


def test_what_the_notice_does_not_ask_for_is_missing():
    assert targets(TEXT.replace("不发生新的欠薪", "按时发薪"))["A06"] == ("missing", "the plan: AT_MOST 0 YUAN")


def test_a_range_is_never_a_target():
    assert targets(TEXT.replace("12个", "12-15个"))["A05"][0] == "differs"


def test_an_amount_serves_one_target_only():
    twice = [replace(PLAN[0], targets=[WORKERS, RETURNED, replace(RETURNED, indicator="A09", name="返乡技工数")])]

    assert {code: told[0] for code, told in targets(plan=twice).items() if code in {"A02", "A09"}} == {
        "A02": "found",
        "A09": "missing",
    }


def test_headings_are_compared_by_their_words():
    plan = [
        replace(PLAN[0], heading="完成“造林”任务"),
        replace(PLAN[1], heading="加强防火"),
        PLAN[2],
        PlannedItem(4, 2, "总结"),
    ]
    found = compare_items(plan[:1] + plan[2:], document()) + compare_items(plan, document())

    assert [(one.verdict, one.what) for one in found] == [
        ("found", "item 1"),
        ("not in the plan", "item 2"),
        ("found", "item 3"),
        ("missing", "item 4"),
        ("found", "item 1"),
        ("differs", "item 2"),
        ("found", "item 3"),
        ("missing", "item 4"),
    ]


def test_chapters_are_compared_alike():
    found = compare_chapters([(1, "抓好造林,守住面积"), (2, "做好宣传")], document())

    assert [(one.verdict, one.why) for one in found] == [
        ("found", ""),
        ("differs", "line 9: 做好服务，方便群众; the plan: 做好宣传"),
    ]
