"""The amounts in a sentence, as `domain.md` 7.3 lists what notices write."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.notice.amounts import amounts_in
from targets.notice.characters import numeral, simplified


def told(sentence: str) -> list[tuple[str, str, str]]:
    """Return value, unit and way of each amount."""
    return [(f"{one.value.normalize():f}", one.unit, one.way) for one in amounts_in(simplified(sentence))]


@pytest.mark.parametrize(
    ("sentence", "amount"),
    [
        ("参保人数达到1.95亿人", ("195000000", "PERSON", "AT_LEAST")),
        ("參保人數達到1.95億人", ("195000000", "PERSON", "AT_LEAST")),
        ("20800万人", ("208000000", "PERSON", "AT_LEAST")),
        ("不低于900万人", ("9000000", "PERSON", "AT_LEAST")),
        ("不少于100万亩", ("1000000", "COUNT", "AT_LEAST")),
        ("控制在4.6%以内", ("0.046", "RATE", "AT_MOST")),
        ("失业率不超过４．６％", ("0.046", "RATE", "AT_MOST")),
        ("达到90%以上", ("0.9", "RATE", "AT_LEAST")),
        ("覆盖率达到百分之九十五", ("0.95", "RATE", "AT_LEAST")),
        ("800万人左右", ("8000000", "PERSON", "ABOUT")),
        ("约3万人", ("30000", "PERSON", "ABOUT")),
        ("生育保险0.7亿人", ("70000000", "PERSON", "AT_LEAST")),
        ("做好9个地区试点", ("9", "COUNT", "EXACTLY")),
        ("100个重点联系城市", ("100", "COUNT", "EXACTLY")),
        ("培训十二万人", ("120000", "PERSON", "AT_LEAST")),
        ("征缴1,234.5万元", ("12345000", "YUAN", "AT_LEAST")),
        ("服务3万人次", ("30000", "PERSON_TIME", "AT_LEAST")),
        ("扶持40万户", ("400000", "HOUSEHOLD", "AT_LEAST")),
        ("收入同比增长5%", ("0.05", "RATE", "GROWTH")),
        ("比例提高2个百分点", ("0.02", "POINTS", "GROWTH")),
        ("没有达到50%的地区要加快", ("0.5", "RATE", "CONDITION")),
        ("不发生新的拖欠", ("0", "NONE", "AT_MOST")),
    ],
)
def test_n02_an_amount_has_value_unit_and_bound(sentence, amount):
    assert told(sentence) == [amount]


@pytest.mark.parametrize(
    "sentence",
    [
        "拨打12333咨询",
        "落实第157次会议和〔2005〕38号文件",
        "“95146”目标",
        "实施“十一五”规划和三年行动计划",
        "推广5+1和“三三制”",
        "做好三个方面、省市两级、三方机制",
        "二○○七年一月二十九日，2007年1月29日",
        "依据《劳动法》第12条",
        "加强100年前的档案管理",
    ],
)
def test_a_number_that_asks_for_nothing_is_no_amount(sentence):
    assert told(sentence) == []


@pytest.mark.parametrize("sentence", ["发展3—4个城市", "发展3-4个城市", "发展3至4个城市", "发展3～4个城市"])
def test_a_range_keeps_both_ends(sentence):
    (one,) = amounts_in(simplified(sentence))

    assert (one.value, one.high, one.way) == (Decimal(3), Decimal(4), "BETWEEN")


@pytest.mark.parametrize("number", ["120①万人", "120¹万人", "120[1]万人"])
def test_n04_a_footnotes_mark_is_not_a_digit_and_is_told(number):
    (one,) = amounts_in(simplified(f"培训{number}"))

    assert (one.value, one.doubt) == (Decimal(1_200_000), "a footnote's mark stands at the number")


@pytest.mark.parametrize(
    "sentence",
    ["再就业500万人，其中，困难对象再就业100万人", "再就业500万人（其中困难对象再就业100万人）"],
)
def test_a_part_is_told_as_a_part(sentence):
    whole, part = amounts_in(simplified(sentence))

    assert (whole.is_part, part.is_part, part.label) == (False, True, "困难对象再就业")


def test_to_strive_holds_for_all_that_follows_and_to_ensure_in_its_clause():
    sentence = "力争甲险达到1亿人，乙险达到2亿人，确保丙险达到3亿人，丁险达到4亿人"

    assert [one.strength for one in amounts_in(sentence)] == ["STRIVE", "STRIVE", "BINDING", "STRIVE"]


def test_names_and_amounts_of_each_go_pairwise():
    found = amounts_in("养老、医疗、失业保险收入分别达到6900亿元、2250亿元和430亿元，支出1亿元")

    assert [(one.label, int(one.value)) for one in found] == [
        ("养老保险收入", 690_000_000_000),
        ("医疗保险收入", 225_000_000_000),
        ("失业保险收入", 43_000_000_000),
        ("支出", 100_000_000),
    ]


def test_names_that_do_not_pair_are_doubted():
    found = amounts_in("养老、医疗、失业保险收入分别达到6900亿元、2250亿元")

    assert [one.doubt for one in found] == ["its name is not plain: 分别"] * 2


def test_increment_and_level_are_two_amounts():
    assert told("扩面40万人，参保人数达到815万人") == [
        ("400000", "PERSON", "AT_LEAST"),
        ("8150000", "PERSON", "AT_LEAST"),
    ]


def test_an_earlier_amount_is_no_name():
    assert [one.label for one in amounts_in("新增800万人左右；4.5%左右")] == ["新增", ""]


@given(st.text(alphabet="0123456789一十百千万亿.,，、。（）%人元个年至-不低于控制在以内分别达到“”", max_size=40))
def test_any_text_is_read_without_fault_and_every_number_stays_finite(text):
    assert all(one.value.is_finite() and one.value >= 0 for one in amounts_in(text))


@given(st.integers(1, 9_999_999))
def test_what_is_written_is_what_is_read(number):
    (one,) = amounts_in(f"达到{number}万人")

    assert one.value == number * 10_000


@pytest.mark.parametrize("text", ["", "人", "1.5", "十人"])
def test_what_says_no_number_is_none(text):
    assert numeral(text) is None
