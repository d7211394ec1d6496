"""The grid by keyboard and mouse (UX-02, UX-03, UX-06, F-24, F-25): every key does what a spreadsheet does."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

COMPOSING = """(key) => document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", { key, isComposing: true, bubbles: true, cancelable: true }),
)"""

pytestmark = pytest.mark.django_db(transaction=True)


def test_arrows_home_and_end_move_and_stop_at_the_edges(sheet):
    sheet.go("X02", 2)
    moves = {
        "ArrowRight": ["X02", 3],
        "ArrowDown": ["X03", 3],
        "ArrowLeft": ["X03", 2],
        "ArrowUp": ["X02", 2],
        "Home": ["X02", 1],
        "ArrowLeft ": ["X02", 1],
        "End": ["X02", 12],
        "ArrowRight ": ["X02", 12],
        "Control+Home": ["X01", 1],
        "ArrowUp ": ["X01", 1],
        "Control+End": ["Z18", 12],
        "ArrowDown ": ["Z18", 12],
    }
    assert {key: sheet.press(key.strip()).active for key in moves} == moves


def test_enter_and_tab_confirm_and_go_on_and_back(sheet):
    sheet.go("X01", 1).type("5", "Enter")
    assert sheet.active == ["X02", 1]
    sheet.type("6", "Tab")
    assert sheet.active == ["X02", 2]
    sheet.type("7", "Shift+Tab")
    assert sheet.active == ["X02", 1]
    sheet.type("8", "Shift+Enter")
    assert sheet.active == ["X01", 1]
    assert sheet.press("Enter").active == ["X02", 1]
    assert sheet.press("Shift+Enter").active == ["X01", 1]
    assert sheet.press("Tab").active == ["X01", 2]
    assert sheet.press("Shift+Tab").active == ["X01", 1]

    assert sheet.block(["X01", "X02"], range(1, 3)) == [["5", ""], ["8", "7"]]
    assert sheet.go("X01", 12).press("Tab").active == ["X02", 1]


def test_typing_overwrites_f2_edits_and_escape_restores(sheet):
    sheet.go("X01", 1).type("12", "Enter").go("X01", 1)
    assert sheet.type("3", "Enter").text("X01", 1) == "3"

    sheet.go("X01", 1).press("F2").type("4", "ArrowLeft", "ArrowLeft").type("1", "Enter")
    assert sheet.text("X01", 1) == "134"

    sheet.go("X01", 1).type("99", "Escape")
    assert (sheet.text("X01", 1), sheet.active) == ("134", ["X01", 1])
    sheet.press("F2").type("99", "Escape")
    assert sheet.text("X01", 1) == "134"


def test_arrows_confirm_what_was_typed_over_and_a_double_click_edits(sheet):
    sheet.go("X01", 1).type("12", "ArrowDown")
    assert sheet.active == ["X02", 1]
    sheet.cell("X01", 1).dblclick()
    sheet.type("3", "Enter")
    assert sheet.text("X01", 1) == "123"


def test_tab_leaves_the_grid_after_escape_and_at_its_ends(sheet):
    sheet.go("X05", 5).press("Escape", "Tab")
    assert sheet.active is None
    sheet.go("X05", 5).type("1", "Escape", "Shift+Tab")
    assert sheet.active is None
    assert sheet.go("X01", 1).press("Shift+Tab").active is None
    assert sheet.go("Z18", 12, "persons").press("Tab").active is None


def test_tab_comes_back_to_the_cell_it_left(sheet):
    sheet.go("X05", 5).press("Escape", "Tab", "Shift+Tab")
    assert sheet.active == ["X05", 5]
    assert sheet.press("Tab").active == ["X05", 6]


def test_delete_clears_the_selection_and_control_d_fills_it_down(sheet):
    sheet.go("X01", 1).type("5", "Tab").type("6", "Enter")
    sheet.go("X01", 1).press("Shift+ArrowRight", "Shift+ArrowDown", "Shift+ArrowDown", "Control+d")
    assert sheet.block(["X01", "X02", "X03"], range(1, 3)) == [["5", "6"]] * 3

    sheet.go("X04", 1).press("Control+d")
    assert sheet.text("X04", 1) == "5"

    sheet.go("X02", 1).press("Shift+ArrowDown", "Shift+ArrowRight", "Delete")
    assert sheet.block(["X01", "X02", "X03"], range(1, 3)) == [["5", "6"], ["", ""], ["", ""]]


def test_shift_and_dragging_select_and_the_bar_adds_up(sheet):
    sheet.go("X01", 1).type("1200", "Tab").type("34.50", "Enter")
    sheet.go("X01", 1).type("1200", "Enter").type("34", "Enter").type("2", "Enter")
    sheet.go("X01", 1).press("Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowDown")
    sums = sheet.page.locator("[data-sum]")
    expect(sums).to_have_text("求和 1,236 人 · 计数 3 · 平均 412 人")
    assert sheet.selected == 4

    sheet.cell("X02", 1).hover()
    sheet.page.mouse.down()
    sheet.cell("X03", 3).hover()
    sheet.page.mouse.up()
    assert (sheet.selected, sheet.active) == (6, ["X02", 1])
    expect(sums).to_have_text("求和 36 人 · 计数 2 · 平均 18 人")

    sheet.press("Control+a")
    assert sheet.selected == 24 * 12


def test_different_units_are_counted_and_not_added(sheet):
    sheet.go("Z18", 1).type("10.5", "Enter").type("3", "Enter")
    sheet.is_saved()
    sheet.go("Z18", 1).press("Shift+ArrowDown")
    expect(sheet.page.locator("[data-sum]")).to_have_text("计数 2 · 单位不同，不求和")


def test_undo_goes_back_to_the_beginning_and_redo_forward_again_ux_06(sheet):
    for number in ("1", "2", "3"):
        sheet.go("X01", 1).type(number, "Enter")
    sheet.go("X02", 1).type("9", "Enter").go("X05", 5)

    seen = [(sheet.text("X01", 1), sheet.text("X02", 1))]
    for _ in range(5):
        sheet.press("Control+z")
        seen.append((sheet.text("X01", 1), sheet.text("X02", 1)))
    assert seen == [("3", "9"), ("3", ""), ("2", ""), ("1", ""), ("", ""), ("", "")]

    assert sheet.press("Control+y", "Control+y").text("X01", 1) == "2"
    assert sheet.press("Control+Shift+z").text("X01", 1) == "3"
    sheet.is_saved()
    sheet.open()
    assert (sheet.text("X01", 1), sheet.text("X02", 1)) == ("3", "")


def test_copy_cut_and_paste_within_the_grid(sheet):
    sheet.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sheet.go("X01", 1).type("5", "Tab").type("120", "Enter")
    sheet.go("X01", 1).press("Shift+ArrowRight", "Control+c")
    sheet.go("X02", 2).press("Control+v")
    assert sheet.block(["X02"], range(1, 4)) == [["", "5", "120"]]

    sheet.go("X01", 1).press("Shift+ArrowRight", "Control+x").go("X03", 1).press("Control+v")
    assert sheet.block(["X01", "X03"], range(1, 3)) == [["", ""], ["5", "120"]]


def test_keys_of_an_input_method_stay_its_own_f_24(sheet):
    sheet.go("X01", 1).type("12")
    for key in ("Enter", "Tab", "Escape", "ArrowDown"):
        assert sheet.page.evaluate(COMPOSING, key) is True
    assert sheet.page.locator("td input").input_value() == "12"
    assert sheet.active == ["X01", 1]

    sheet.press("Enter").go("X03", 3)
    sheet.page.evaluate(COMPOSING, "Process")
    assert sheet.page.locator("td input").input_value() == ""


def test_the_wheel_changes_no_number_f_25_ux_17(sheet):
    sheet.go("X01", 1).type("12")
    sheet.page.mouse.wheel(0, 400)
    sheet.page.wait_for_timeout(50)
    field = sheet.page.locator("td input")
    assert field.input_value() == "12"
    assert (field.get_attribute("type"), field.get_attribute("inputmode")) == ("text", "decimal")


def test_what_may_not_be_typed_says_why(sheet):
    where = sheet.page.locator("[data-where]")
    assert sheet.press("Control+Home").go("X20", 1).press("ArrowDown").active == [None, 1]
    expect(where).to_contain_text("本月不需填报")
    sheet.type("5")
    assert sheet.page.locator("td input").count() == 0


def test_the_current_cell_is_never_under_the_frozen_header_or_column_ux_46(sheet):
    sheet.page.set_viewport_size({"width": 700, "height": 600})
    sheet.go("Z18", 12).press("Control+End")
    for key in ("Home", "Control+Home", "Control+End", *["ArrowUp"] * 22, *["ArrowLeft"] * 11):
        sheet.press(key)
        covered = sheet.page.evaluate(
            """() => {
              const at = document.activeElement.getBoundingClientRect();
              const hit = document.elementFromPoint(at.left + 4, at.top + 4);
              return hit.closest("td") !== document.activeElement;
            }"""
        )
        assert not covered, key
