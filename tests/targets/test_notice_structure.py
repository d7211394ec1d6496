"""A notice taken apart: numbers, chapters, items, sentences, whatever its punctuation."""

from __future__ import annotations

from datetime import date

import pytest

from targets.notice.characters import simplified
from targets.notice.structure import Line, take_apart
from tests.targets.notices import TEXT, TRADITIONAL


def apart(text: str):
    return take_apart(Line(number, simplified(line)) for number, line in enumerate(text.splitlines(), start=1))


def test_number_year_and_date_are_read_from_the_head():
    document = apart(TEXT)

    assert (document.number, document.year, document.issued_on) == ("林草发〔2007〕9号", 2007, date(2007, 2, 3))


@pytest.mark.parametrize("text", [TEXT, TRADITIONAL], ids=["simplified", "traditional"])
def test_chapters_and_items_have_number_heading_and_line(text):
    document = apart(text)

    assert [(one.number, one.heading) for one in document.chapters] == [
        (1, "抓好造林，守住面积"),
        (2, "做好服务，方便群众"),
    ]
    assert [(one.number, one.chapter, one.heading) for one in document.items] == [
        (1, 1, "完成造林任务"),
        (2, 1, "加强护林"),
        (3, 2, "开展试点"),
    ]
    assert text.splitlines()[document.items[0].line - 1].startswith(("（一）", "(一)"))
    assert document.oddities == []


def test_both_scripts_say_the_same():
    assert [one.text for one in apart(TEXT).items] == [one.text for one in apart(TRADITIONAL).items]


@pytest.mark.parametrize("mark", ["（一）", "(一)", "（1）", "1.", "1、", "（一）、", "１．"])
def test_an_item_is_numbered_in_any_way(mark):
    assert [one.heading for one in apart(f"一、抓好造林\n{mark}完成任务。落实。").items] == ["完成任务"]


@pytest.mark.parametrize("mark", ["一、", "第一部分 ", "第一章、", "一：", "一."])
def test_a_chapter_is_numbered_in_any_way(mark):
    assert [one.heading for one in apart(f"{mark}抓好造林").chapters] == ["抓好造林"]


def test_sentences_leave_the_heading_out_and_cross_no_paragraph():
    (item,) = apart("一、造林\n（一）完成任务。先做甲。再做乙。\n后做丙").items

    assert item.sentences == ["先做甲。", "再做乙。", "后做丙"]
    assert item.text == "完成任务。先做甲。再做乙。\n后做丙"


def test_points_of_the_preamble_are_no_items():
    assert apart("（一）坚持改革。\n一、造林\n（一）完成任务。").items[0].heading == "完成任务"


def test_a_decimal_at_the_start_of_a_line_is_no_item():
    assert len(apart("一、造林\n（一）完成任务。\n1.5万人已到位。").items) == 1


def test_numbers_left_out_or_repeated_are_told():
    document = apart("一、造林\n（一）甲。\n（三）乙。\n（三）丙。\n三、护林")

    assert document.oddities == [
        "line 5: chapter 3 stands where chapter 2 was expected",
        "line 3: item 3 stands where item 2 was expected",
        "line 4: item 3 stands where item 4 was expected",
    ]


@pytest.mark.parametrize(
    "day", ["二○○七年二月三日", "二〇〇七年二月三日", "二OO七年二月三日", "2007年2月3日", "二零零七年二月三日"]
)
def test_a_date_is_read_in_any_writing(day):
    assert apart(day).issued_on == date(2007, 2, 3)


def test_a_day_that_does_not_exist_is_none():
    assert apart("二〇〇七年二月三十日").issued_on is None


def test_the_year_may_stand_in_the_title_alone():
    assert apart("2008年工作要点\n一、造林").year == 2008
