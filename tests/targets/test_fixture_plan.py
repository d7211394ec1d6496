"""The data that ships for 2007 holds together: the plan, the units and their synthetic targets."""

import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
PLAN = json.loads((FIXTURES / "plan_2007.json").read_text(encoding="utf-8"))
UNITS = json.loads((FIXTURES / "units.json").read_text(encoding="utf-8"))["units"]
SPLIT = json.loads((FIXTURES / "unit_targets_2007.json").read_text(encoding="utf-8"))

ITEMS = PLAN["items"]
MILESTONES = [milestone for item in ITEMS for milestone in item["milestones"]]
INDICATORS = {indicator["code"]: indicator for indicator in PLAN["indicators"]}
TARGETS = {target["indicator"]: target for target in PLAN["targets"]}
UNIT_BY_CODE = {unit["code"]: unit for unit in UNITS}
UNIT_TARGETS = {(row["indicator"], row["unit"]): row for row in SPLIT["targets"]}
PROVINCIAL = [unit["code"] for unit in UNITS if unit["kind"] in {"PROVINCE", "CORPS"}]
RATIOS = {"T04", "T14"}
ADDED = sorted(set(TARGETS) - RATIOS)
STOCKS = ["T08", "T09", "T10", "T11", "T12", "T16", "T17"]

#: Persons by which the units, calibrated to rounded totals, differ from the official national baseline.
BASELINE_DIFFERENCES = {"T10": Decimal(1_000), "T17": Decimal(-10_000)}

DECIMAL = re.compile(r"(0|[1-9]\d*)(\.\d*[1-9])?")
HAN = re.compile(r"[\u4e00-\u9fff]")
LONGEST_SHARED_RUN = 19


def column(indicator: str, field: str) -> list[Decimal]:
    """Every stated value of one field over the units of one indicator."""
    rows = [row for row in SPLIT["targets"] if row["indicator"] == indicator]
    return [Decimal(row[field]) for row in rows if row[field] is not None]


def runs(text: str, length: int) -> set[str]:
    """All substrings of that many Chinese characters, punctuation left out."""
    han = "".join(HAN.findall(text))
    return {han[start : start + length] for start in range(len(han) - length + 1)}


def test_the_plan_has_six_chapters_37_items_19_indicators_and_160_milestones() -> None:
    counts = [len(PLAN[part]) for part in ("chapters", "items", "indicators", "targets")]
    assert [*counts, len(MILESTONES)] == [6, 37, 19, 18, 160]


def test_66_milestones_end_in_a_document_and_94_cover_units_or_prefectures() -> None:
    assert Counter(milestone["output"] for milestone in MILESTONES)["DOCUMENT"] == 66
    scopes = Counter(milestone["scope"] for milestone in MILESTONES)
    assert scopes == {"UNITS": 88, "PREFECTURES": 6, "NATIONAL": 47, "PILOTS": 19}


def test_items_are_numbered_through_the_chapters() -> None:
    assert [chapter["number"] for chapter in PLAN["chapters"]] == [1, 2, 3, 4, 5, 6]
    assert [item["number"] for item in ITEMS] == list(range(1, 38))
    assert Counter(item["chapter"] for item in ITEMS) == {1: 4, 2: 9, 3: 4, 4: 5, 5: 5, 6: 10}
    assert [item["chapter"] for item in ITEMS] == sorted(item["chapter"] for item in ITEMS)


@pytest.mark.parametrize(
    ("number", "heading"),
    [
        (1, "全面完成就业再就业目标任务"),
        (7, "继续做好国发〔2005〕38号文件贯彻落实工作"),
        (30, "推动劳动保障事业发展“十一五”规划纲要和劳动保障事业发展计划的组织实施"),
        (37, "巩固和扩大对外交流合作成果，全面提升交流合作水平"),
    ],
)
def test_item_headings_are_the_official_ones(number: int, heading: str) -> None:
    assert ITEMS[number - 1]["heading"] == heading


def test_the_first_and_last_chapter_headings_are_the_official_ones() -> None:
    assert PLAN["chapters"][0]["heading"] == "全面做好就业培训各项工作，保持就业局势的基本稳定"
    assert PLAN["chapters"][5]["heading"] == "加强基础工作，促进劳动保障事业健康发展"


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: f"item {item['number']}")
def test_every_item_is_told_in_both_languages(item: dict) -> None:
    assert all(item[field] == item[field].strip() != "" for field in ("heading_en", "lead", "lead_en"))
    assert 1 <= item["summary"].count("。") <= 3
    assert item["summary"].endswith("。")
    assert item["summary_en"].endswith(".")
    assert HAN.findall(item["summary_en"] + item["heading_en"] + item["lead_en"]) == []


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: f"item {item['number']}")
def test_a_summary_is_not_the_heading_again(item: dict) -> None:
    length = LONGEST_SHARED_RUN + 1
    assert runs(item["summary"], length) & runs(item["heading"], length) == set()


def test_milestone_codes_follow_their_item_without_gaps() -> None:
    expected = [f"M{item['number']:02d}-{n}" for item in ITEMS for n in range(1, len(item["milestones"]) + 1)]
    assert [milestone["code"] for milestone in MILESTONES] == expected


@pytest.mark.parametrize("milestone", MILESTONES, ids=lambda milestone: milestone["code"])
def test_a_milestone_uses_the_declared_words(milestone: dict) -> None:
    assert milestone["title"]
    assert milestone["title_en"]
    assert HAN.findall(milestone["title_en"]) == []
    assert set(milestone["actors"]) <= set("MPCLX")
    assert len(milestone["actors"]) == len(set(milestone["actors"])) > 0
    assert milestone["frequency"] in {"MONTHLY", "QUARTERLY", "YEARLY", "EVENT"}
    assert milestone["output"] in {"DOCUMENT", "REPORT", "NONE"}
    counts = {"NATIONAL": {1}, "UNITS": {32}, "PREFECTURES": {283, 333}, "PILOTS": {9, 27, None}}
    assert milestone["scope_count"] in counts[milestone["scope"]]


def test_what_prefectures_do_names_how_many_of_each_unit_owe_it() -> None:
    of_units = [row for row in MILESTONES if "C" in row["actors"] and row["scope"] == "PREFECTURES"]
    assert [row["code"] for row in of_units] == ["M09-5", "M20-1", "M21-3", "M27-2", "M33-6"]
    for row in of_units:
        assert sum(row["scope_by_unit"].values()) == row["scope_count"]
        assert set(row["scope_by_unit"]) == set(PROVINCIAL) - {"110000", "120000", "310000", "500000", "660000"}


def test_milestone_titles_are_all_different() -> None:
    assert len({milestone["title"] for milestone in MILESTONES}) == 160
    assert len({milestone["title_en"] for milestone in MILESTONES}) == 160


def test_repeated_and_already_reached_milestones_are_marked() -> None:
    repeated = {2: ["M23-2", "M28-2"], 3: ["M21-4"], 4: ["M02-7", "M03-5", "M28-1"], 5: ["M05-1", "M29-3"]}
    for parts, codes in {**repeated, 7: ["M35-1"], 6: []}.items():
        assert [milestone["code"] for milestone in MILESTONES if milestone["parts"] == parts] == codes
    reached = {row["code"]: row["baseline_count"] for row in MILESTONES if row["baseline_count"] is not None}
    assert reached == {"M07-6": 13, "M17-1": 27}


def test_indicators_t01_to_t18_have_one_national_target_each_and_one_more_has_none() -> None:
    codes = [f"T{number:02d}" for number in range(1, 19)]
    assert [indicator["code"] for indicator in PLAN["indicators"]] == [*codes, "W01"]
    assert [target["indicator"] for target in PLAN["targets"]] == codes


def test_targets_belong_to_eight_items_and_the_arrears_cleared_to_item_18() -> None:
    items = Counter(indicator["item"] for indicator in PLAN["indicators"])
    assert items == {1: 4, 3: 3, 5: 5, 6: 1, 13: 1, 18: 1, 19: 1, 23: 1, 25: 2}


def test_kind_frequency_and_unit_are_those_of_the_contract() -> None:
    cards = {code: (card["kind"], card["frequency"]) for code, card in INDICATORS.items()}
    assert cards == {
        **dict.fromkeys(["T01", "T02", "T03"], ("FLOW", 1)),
        **dict.fromkeys(["T05", "T06", "T07", "T15"], ("FLOW", 3)),
        **dict.fromkeys(STOCKS, ("STOCK", 1)),
        "T04": ("RATIO", 3),
        "T14": ("RATIO", 6),
        "T13": ("COUNT", 6),
        "T18": ("ZERO", 1),
        "W01": ("FLOW", 1),
    }
    measured = {code: card["unit_of_measure"] for code, card in INDICATORS.items()}
    others = {code: unit for code, unit in measured.items() if unit != "PERSON"}
    assert others == {"T04": "RATE", "T13": "COUNT", "T14": "RATE", "T18": "YUAN", "W01": "YUAN"}


def test_both_aggregations_are_declared() -> None:
    assert {card["time_aggregation"] for card in INDICATORS.values()} == {"NEWEST"}
    ratios = {code for code, card in INDICATORS.items() if card["unit_aggregation"] == "RATIO_OF_SUMS"}
    assert ratios == RATIOS
    assert {card["unit_aggregation"] for card in INDICATORS.values()} == {"SUM", "RATIO_OF_SUMS"}


@pytest.mark.parametrize("card", PLAN["indicators"], ids=lambda card: card["code"])
def test_an_indicator_card_is_complete_in_both_languages(card: dict) -> None:
    chinese = ["name", "short_name", "definition", "scope_note", "due_rule", "source"]
    english = ["name_en", "short_name_en", "definition_en", "scope_note_en", "due_rule_en"]
    assert [field for field in chinese + english if not card[field]] == []
    assert [field for field in english if HAN.search(card[field])] == []
    assert len(card["short_name"]) <= 8
    assert len(card["short_name_en"]) <= 26


@pytest.mark.parametrize("card", PLAN["indicators"], ids=lambda card: card["code"])
def test_only_ratios_name_a_numerator_and_a_denominator(card: dict) -> None:
    names = [
        card[field] for field in ("numerator_name", "numerator_name_en", "denominator_name", "denominator_name_en")
    ]
    assert [name != "" for name in names] == [card["code"] in RATIOS] * 4


def test_names_of_indicators_are_all_different() -> None:
    for field in ("name", "name_en", "short_name", "short_name_en"):
        assert len({card[field] for card in INDICATORS.values()}) == 19


def test_subsets_are_declared() -> None:
    subsets = {code: card["part_of"] for code, card in INDICATORS.items() if card["part_of"]}
    assert subsets == {"T03": "T02", "T16": "T10", "T17": "T11"}


def test_only_new_arrears_are_filed_with_persons_and_cents() -> None:
    assert [code for code, card in INDICATORS.items() if card["has_persons"]] == ["T18", "W01"]
    assert {code: card["decimals"] for code, card in INDICATORS.items() if card["decimals"]} == {"T18": 2, "W01": 2}


def test_national_targets_are_those_of_the_notice() -> None:
    assert {code: target["target_value"] for code, target in TARGETS.items()} == {
        "T01": "9000000",
        "T02": "5000000",
        "T03": "1000000",
        "T04": "0.046",
        "T05": "400000",
        "T06": "4000000",
        "T07": "320000",
        "T08": "195000000",
        "T09": "113000000",
        "T10": "170000000",
        "T11": "112000000",
        "T12": "70000000",
        "T13": "9",
        "T14": "0.9",
        "T15": "8000000",
        "T16": "28000000",
        "T17": "36000000",
        "T18": "0",
    }


def test_bounds_and_strengths_follow_the_wording() -> None:
    bounds = {code: target["bound"] for code, target in TARGETS.items() if target["bound"] != "AT_LEAST"}
    assert bounds == {"T04": "AT_MOST", "T13": "EXACTLY", "T18": "AT_MOST"}
    strengths = {code: target["strength"] for code, target in TARGETS.items()}
    assert {code: word for code, word in strengths.items() if word != "PLAIN"} == {
        **dict.fromkeys(["T01", "T04", "T14", "T18"], "BINDING"),
        **dict.fromkeys(["T08", "T09", "T10", "T11", "T12"], "STRIVE"),
    }
    assert [code for code, target in TARGETS.items() if not target["wording"]] == []


def test_only_the_count_has_a_planned_month() -> None:
    planned = {code: target["planned_month"] for code, target in TARGETS.items() if target["planned_month"]}
    assert planned == {"T13": 12}


def test_every_baseline_names_its_source() -> None:
    without = [code for code, target in TARGETS.items() if target["baseline_value"] is None]
    assert without == ["T13", "T15", "T18"]
    assert [code for code, target in TARGETS.items() if not target["baseline_source"]] == without


def test_seasonal_shares_rise_to_one_in_december() -> None:
    curves = {code: target["seasonal_shares"] for code, target in TARGETS.items() if target["seasonal_shares"]}
    assert sorted(curves) == ["T01", "T02", "T03", "T16", "T17"]
    for curve in curves.values():
        shares = [Decimal(share) for share in curve]
        assert len(set(shares)) == 12
        assert shares == sorted(shares)
        assert (shares[0] > 0, shares[-1]) == (True, 1)


def test_every_value_is_an_exact_decimal_in_base_units() -> None:
    rows = [*PLAN["targets"], *SPLIT["targets"]]
    values = [row[field] for row in rows for field in ("target_value", "baseline_value")]
    assert [value for value in values if value is not None and not DECIMAL.fullmatch(value)] == []


def test_units_are_a_nation_32_provincial_units_one_other_and_three_map_tiles() -> None:
    kinds = Counter(unit["kind"] for unit in UNITS)
    assert kinds == {"NATION": 1, "PROVINCE": 31, "CORPS": 1, "NON_PROVINCIAL": 1, "MAP_ONLY": 3}
    assert [unit["position"] for unit in UNITS] == list(range(37))


def test_units_form_one_tree_and_the_map_tiles_stand_outside() -> None:
    parents = {unit["code"]: unit["parent"] for unit in UNITS}
    assert Counter(parents.values()) == {"000000": 33, None: 4}
    roots = [code for code, parent in parents.items() if parent is None]
    assert roots == ["000000", "710000", "810000", "820000"]


def test_codes_are_well_formed_and_unique() -> None:
    assert [unit["code"] for unit in UNITS if not re.fullmatch(r"\d{6}", unit["code"])] == []
    assert len(UNIT_BY_CODE) == len(UNITS)
    provinces = [unit for unit in UNITS if unit["kind"] in {"PROVINCE", "MAP_ONLY"}]
    assert [unit["iso"] for unit in provinces if not re.fullmatch(r"CN-[A-Z]{2}", unit["iso"])] == []
    assert len({unit["iso"] for unit in UNITS if unit["iso"]}) == 35


def test_regions_hold_ten_six_twelve_and_three_provinces_and_the_corps_is_west() -> None:
    regions = Counter(unit["region"] for unit in UNITS if unit["kind"] == "PROVINCE")
    assert regions == {"EAST": 10, "CENTRAL": 6, "WEST": 12, "NORTHEAST": 3}
    assert UNIT_BY_CODE["660000"]["region"] == "WEST"
    assert {unit["region"] for unit in UNITS if unit["code"] not in PROVINCIAL} == {""}


def test_35_tiles_lie_on_the_grid_without_overlap() -> None:
    tiles = [(unit["tile_row"], unit["tile_col"]) for unit in UNITS if unit["tile_row"] is not None]
    assert (len(tiles), len(set(tiles))) == (35, 35)
    assert {row for row, _ in tiles} == set(range(8))
    assert {col for _, col in tiles} == set(range(9))
    assert [unit["code"] for unit in UNITS if unit["tile_row"] is None] == ["000000", "900000"]


def test_a_name_or_alias_means_one_unit_only() -> None:
    spoken = Counter()
    for unit in UNITS:
        spoken.update({unit["name"], unit["short_name"], unit["name_en"]})
        spoken.update(unit["aliases"])
    assert [name for name, times in spoken.items() if times > 1] == []
    assert [name for name in spoken if name != name.strip() or not name] == []


def test_the_split_is_marked_synthetic() -> None:
    assert (SPLIT["year"], SPLIT["synthetic"]) == (2007, True)
    assert "不是官方" in SPLIT["note"]
    assert "not an official" in SPLIT["note_en"]


def test_every_assignment_has_one_target_and_every_target_one_assignment() -> None:
    assigned = [(indicator, unit) for indicator, units in SPLIT["assignments"].items() for unit in units]
    without_target = [(code, unit) for code, unit in assigned if code not in TARGETS]
    assert len(set(assigned)) == len(assigned) == 554 + 32
    assert len(SPLIT["targets"]) == 554
    assert set(assigned) - set(without_target) == set(UNIT_TARGETS)
    assert {code for code, _unit in without_target} == {"W01"}


def test_all_32_units_are_assigned_everything_but_the_pilots() -> None:
    others = {code: units for code, units in SPLIT["assignments"].items() if units != PROVINCIAL}
    assert sorted(others) == ["T07", "T13"]
    assert others["T07"] == [*PROVINCIAL, "900000"]


def test_nine_pilots_spread_over_all_regions() -> None:
    pilots = SPLIT["assignments"]["T13"]
    assert len(pilots) == 9
    assert {"230000", "440000"} <= set(pilots)
    regions = Counter(UNIT_BY_CODE[code]["region"] for code in pilots)
    assert regions == {"EAST": 3, "CENTRAL": 2, "WEST": 2, "NORTHEAST": 2}


@pytest.mark.parametrize("indicator", ADDED)
def test_unit_targets_add_exactly_to_the_national_target(indicator: str) -> None:
    assert sum(column(indicator, "target_value")) == Decimal(TARGETS[indicator]["target_value"])


@pytest.mark.parametrize("indicator", STOCKS)
def test_unit_baselines_add_to_the_national_baseline_but_for_known_rounding(indicator: str) -> None:
    difference = sum(column(indicator, "baseline_value")) - Decimal(TARGETS[indicator]["baseline_value"])
    assert difference == BASELINE_DIFFERENCES.get(indicator, 0)


@pytest.mark.parametrize("indicator", STOCKS)
def test_every_stock_has_somewhere_to_grow(indicator: str) -> None:
    targets, baselines = column(indicator, "target_value"), column(indicator, "baseline_value")
    assert len(targets) == len(baselines) == 32
    assert [target for target, baseline in zip(targets, baselines, strict=True) if target <= baseline] == []


def test_flows_counts_and_arrears_have_no_unit_baseline() -> None:
    with_baseline = {row["indicator"] for row in SPLIT["targets"] if row["baseline_value"] is not None}
    assert with_baseline == {*STOCKS, "T04"}


@pytest.mark.parametrize("unit", PROVINCIAL)
@pytest.mark.parametrize(("part", "whole"), [("T03", "T02"), ("T16", "T10"), ("T17", "T11")])
def test_a_part_never_exceeds_its_whole(part: str, whole: str, unit: str) -> None:
    small, large = UNIT_TARGETS[part, unit], UNIT_TARGETS[whole, unit]
    assert Decimal(small["target_value"]) <= Decimal(large["target_value"])
    if small["baseline_value"] is not None:
        assert Decimal(small["baseline_value"]) <= Decimal(large["baseline_value"])


def test_unemployment_caps_are_each_units_own() -> None:
    guangdong = UNIT_TARGETS["T04", "440000"]
    assert (guangdong["target_value"], guangdong["baseline_value"]) == ("0.035", "0.026")
    caps = column("T04", "target_value")
    assert (min(caps), max(caps)) == (Decimal("0.025"), Decimal("0.05"))


@pytest.mark.parametrize(("indicator", "value"), [("T13", "1"), ("T14", "0.9"), ("T18", "0")])
def test_targets_that_are_the_same_for_all(indicator: str, value: str) -> None:
    assert {row["target_value"] for row in SPLIT["targets"] if row["indicator"] == indicator} == {value}


def test_industries_and_central_bodies_carry_the_technicians_no_region_has() -> None:
    assert UNIT_TARGETS["T07", "900000"]["target_value"] == "60000"
    assert [indicator for indicator, unit in UNIT_TARGETS if unit == "900000"] == ["T07"]
