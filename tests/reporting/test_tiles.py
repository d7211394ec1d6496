"""The tile map: places from data, words beside colours, nothing that reads like a zero."""

from __future__ import annotations

import pytest
from django.utils import translation

from accounts.models import ReportingUnit, UnitKind
from reporting.tiles import GAP, HEIGHT, WIDTH, tile_map, tile_name, tile_value
from tests.reporting.rows import row

BEIJING = ReportingUnit(
    pk=1, code="110000", name="北京市", short_name="北京", name_en="Beijing", iso_code="CN-BJ", tile_row=2, tile_col=6
)
CORPS = ReportingUnit(
    pk=2,
    code="660000",
    name="新疆生产建设兵团",
    short_name="兵团",
    name_en="Xinjiang Production and Construction Corps",
    iso_code="X-XJBT",
    tile_row=2,
    tile_col=1,
)
TAIWAN = ReportingUnit(
    pk=3, code="710000", name="台湾省", short_name="台湾", kind=UnitKind.MAP_ONLY, tile_row=6, tile_col=7
)


def test_a_tile_says_name_figure_and_verdict():
    (tile,) = tile_map([BEIJING], {1: row("FLOW", "AT_LEAST", 1200, 800)}).tiles

    assert (tile.name, tile.shape, tile.text, tile.tone) == ("北京", "▼", "66.7%", "behind")
    assert tile.title == "北京市 · 66.7% · 滞后"


def test_a_tile_lies_where_the_data_put_it():
    (tile,) = tile_map([BEIJING], {}).tiles

    assert (tile.x, tile.y) == (6 * (WIDTH + GAP), 2 * (HEIGHT + GAP))


def test_what_is_outside_the_statistics_has_no_figure():
    (tile,) = tile_map([TAIWAN], {}).tiles

    assert (tile.in_scope, tile.text, tile.tone) == (False, "–", "none")


@pytest.mark.parametrize(
    ("stated", "text"),
    [
        (row("FLOW", "AT_LEAST", 1200, 0), "0.0%"),
        (row("FLOW", "AT_LEAST", 1200, None), "–"),
        (row("RATIO", "AT_MOST", "0.046", "0.0474"), "4.7%"),
        (row("ZERO", "AT_MOST", 0, 0), "0元"),
        (row("FLOW", None, None, 25_000), "2.5万人"),
    ],
)
def test_a_missing_figure_is_a_dash_and_a_nil_report_is_zero(stated, text):
    assert tile_value(stated) == text


@pytest.mark.parametrize(("unit", "name"), [(BEIJING, "Beijing"), (CORPS, "XJBT")])
def test_a_name_too_long_for_a_tile_gives_way_to_its_letters(unit, name):
    with translation.override("en"):
        assert tile_name(unit) == name


@pytest.mark.parametrize(("language", "name"), [("zh-hans", "北京"), ("en", "BJ")])
def test_on_a_phone_a_tile_has_room_for_three_letters(language, name):
    with translation.override(language):
        (tile,) = tile_map([BEIJING], {}).tiles

    assert tile.short_name == name


def test_the_legend_counts_the_verdicts_that_occur():
    rows = {number: row("FLOW", "AT_LEAST", 1200, value) for number, value in enumerate((1200, 1200, 800, None))}

    keys = tile_map([], rows).keys

    assert [(key.shape, key.word, key.n) for key in keys] == [("✔", "已完成", 2), ("▼", "滞后", 1), ("–", "未报", 1)]
