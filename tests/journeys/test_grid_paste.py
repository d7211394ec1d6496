"""Pasting from Excel, WPS and LibreOffice (UX-01, F-09 to F-11): every cell lands or is named."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from submissions.models import Figure
from tests.journeys import clipboards
from tests.journeys.conftest import GRID_CODES

pytestmark = pytest.mark.django_db(transaction=True)

#: Twenty indicators by twelve months; no two cells alike.
BLOCK = [[str(1000 * row + 10 * month) for month in range(1, 13)] for row in range(1, 21)]

#: Seconds from the paste until all its cells are shown: of the page's own thread, whatever else the machine is doing.
PASTE_LIMIT = 0.5

_PASTE_AND_SHOW = """async (html) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  document.activeElement.dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
  );
  const shown = () => [...document.querySelectorAll("td[data-name]")].filter((td) => td.textContent.trim()).length;
  while (shown() < 240) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
}"""


def _busy(session):
    """Return the processor seconds that the page's thread has worked."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(one["value"] for one in metrics if one["name"] == "TaskDuration")


def _plain(rows):
    return [[text.replace(",", "") for text in row] for row in rows]


@pytest.mark.parametrize("program", [clipboards.excel, clipboards.wps, clipboards.libreoffice])
def test_a_block_of_240_cells_lands_in_half_a_second_and_one_undo_reverts_it_ux_01_f_09(sheet, program):
    sheet.go("X01", 1)
    session = sheet.page.context.new_cdp_session(sheet.page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    complaints = []
    sheet.page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    before = _busy(session)

    sheet.page.evaluate(_PASTE_AND_SHOW, program(BLOCK))

    assert 0 < _busy(session) - before < PASTE_LIMIT
    assert sheet.selected == 240
    sheet.is_saved()
    assert _plain(sheet.block(GRID_CODES, range(1, 13))) == BLOCK
    assert Figure.objects.count() == 240
    assert sheet.page.locator("[data-notices] .notice").count() == 0
    assert complaints == []

    sheet.press("Control+z")
    assert sheet.block(GRID_CODES, range(1, 13)) == [[""] * 12] * 20
    sheet.is_saved()
    assert Figure.objects.count() == 0


def test_the_text_flavour_lands_with_quotes_and_a_trailing_empty_row_f_10(sheet):
    sheet.go("X01", 1).paste('5\t"6\r\n7"\r\n"say ""8"""\t 9 \r\n')

    assert sheet.active == ["X01", 1]
    assert sheet.selected == 4
    assert (sheet.text("X01", 1), sheet.text("X02", 2)) == ("5", "9")
    expect(sheet.cell("X01", 2)).to_have_attribute("aria-invalid", "true")
    expect(sheet.cell("X02", 1)).to_have_attribute("aria-invalid", "true")
    expect(sheet.page.locator("[data-notices] .notice")).to_have_count(2)


def test_bad_cells_are_named_beside_their_suggestion_and_one_click_mends_them_f_02(sheet):
    sheet.go("X01", 1).paste("12万\t１２．０\r\n十二\t1,020,000\r\n")

    notices = sheet.page.locator("[data-notices] .notice--error")
    expect(notices).to_have_count(2)
    expect(notices.first).to_contain_text("“12万”带有单位或文字，这一格只填数字。请填 120000。")
    assert sheet.text("X01", 1) == "12万"
    expect(sheet.cell("X02", 2)).to_have_text("1,020,000")
    expect(sheet.cell("X01", 2)).to_have_class(re.compile("is-cleaned"))

    notices.first.get_by_role("button", name="改为 120000").click()
    expect(sheet.cell("X01", 1)).to_have_text("120,000")
    assert sheet.active == ["X01", 1]
    expect(notices).to_have_count(1)
    notices.get_by_role("link").click()
    assert sheet.active == ["X02", 1]


def test_a_suspected_slip_of_unit_is_mended_with_one_click_and_taken_back_with_another(sheet):
    sheet.go("X01", 9).type("4356259", "Enter").go("X01", 10).type("458", "Enter")
    sheet.is_saved()
    notice = sheet.page.locator("[data-notices] .notice--error")
    expect(notice).to_contain_text("疑似填错单位。如果应为 458万人，请改正")

    sheet.open()
    notice.get_by_role("button", name="改为 4580000").click()

    expect(sheet.cell("X01", 10)).to_have_text("4,580,000")
    expect(notice).to_have_count(0)
    sheet.is_saved()
    assert _filed("X01") == [4_356_259, 4_580_000]

    sheet.press("Control+z")
    expect(notice.get_by_role("button", name="改为 4580000")).to_be_visible()
    sheet.is_saved()
    sheet.go("X01", 10).press("Control+Enter")
    sheet.page.locator("[data-panel]").get_by_role("button", name="改为 4580000").click()
    expect(notice).to_have_count(0)
    sheet.is_saved()
    assert _filed("X01") == [4_356_259, 4_580_000]


def _filed(code):
    figures = Figure.objects.filter(indicator__code=code).order_by("filing__report__period")
    return list(figures.values_list("value", flat=True))


def test_what_would_fall_outside_is_told_first_and_nothing_happens_until_confirmed_f_10(sheet):
    dialog = sheet.page.locator("[data-ask=paste]")
    sheet.go("X01", 11).paste("1\t2\t3\r\n4\t5\t6\r\n")

    expect(dialog.locator("li")).to_have_text(
        ["4 / 6 格可以填入", "2 格超出表格，不填入：第 1 行第 3 列“3”、第 2 行第 3 列“6”"]
    )
    dialog.get_by_role("button", name="取消").click()
    assert sheet.block(["X01", "X02"], range(11, 13)) == [["", ""], ["", ""]]

    sheet.go("X01", 11).paste("1\t2\t3\r\n4\t5\t6\r\n")
    dialog.get_by_role("button", name="填入能填的").click()
    expect(sheet.cell("X02", 12)).to_have_text("5")
    assert sheet.block(["X01", "X02"], range(11, 13)) == [["1", "2"], ["4", "5"]]


def test_cells_that_may_not_be_filled_are_counted_f_10(sheet):
    dialog = sheet.page.locator("[data-ask=paste]")
    sheet.go("X20", 2).paste("1\t2\r\n3\t4\r\n")

    expect(dialog.locator("li")).to_have_text(
        ["3 / 4 格可以填入", "1 格不能填写（不需填报、未开放或已报送），不填入：第 2 行第 1 列“3”"]
    )
    sheet.press("Escape")
    assert sheet.text("X20", 2) == ""
    sheet.go("X20", 2).paste("1\t2\r\n\t4\r\n")
    assert sheet.text("X20", 3) == "2"


def test_a_merged_cell_lands_once_and_the_cells_it_covers_keep_what_they_have_f_10(sheet):
    sheet.go("X01", 2).type("77", "Enter").go("X01", 1)
    sheet.paste(html=clipboards.excel_cells("<td colspan=2 class=xl65>5</td>", "<td class=xl65>6</td>"))

    dialog = sheet.page.locator("[data-ask=paste]")
    expect(dialog.locator("li")).to_have_text(
        ["2 / 3 格可以填入", "1 格是合并单元格的一部分，没有自己的数，保持不变：第 1 行第 2 列"]
    )
    dialog.get_by_role("button", name="填入能填的").click()
    expect(sheet.cell("X01", 3)).to_have_text("6")
    assert sheet.block(["X01"], range(1, 4)) == [["5", "77", "6"]]


@pytest.mark.parametrize(
    "html",
    [
        clipboards.excel_cells('<td class=xl66 align=right x:num="12.3456">12.3</td>'),
        clipboards.wps_cells('<td class="et3" align="right" x:num="12.3456000000000000">12.3</td>'),
        clipboards.libreoffice_cells('<td align="right" sdval="12.3456" sdnum="2052;0;0.0">12.3</td>'),
    ],
)
def test_the_full_value_behind_a_rounded_display_is_taken_f_11(sheet, html):
    sheet.open("?scale=10000").go("X01", 1).paste(html=html)

    expect(sheet.cell("X01", 1)).to_have_text("12.3456")
    expect(sheet.page.locator("[data-notices]")).to_contain_text("1 格显示的是约数，已按完整的数填入")
    sheet.is_saved()
    assert Figure.objects.get().value == 123_456


def test_a_rounded_display_without_its_full_value_is_told_f_11(sheet):
    sheet.open("?scale=10000").go("X01", 1)
    sheet.paste(html=clipboards.excel_cells("<td class=xl66 align=right>12.3</td>"))

    expect(sheet.page.locator("[data-notices]")).to_contain_text(
        "1 格按显示的数填入，来源里可能还有更多位数，请核对：12.3"
    )
    expect(sheet.cell("X01", 1)).to_have_text("12.3")


def test_a_date_and_a_percentage_are_not_taken_for_the_number_behind_them(sheet):
    sheet.go("X01", 1).paste(
        html=clipboards.libreoffice_cells(
            '<td align="right" sdval="39356" sdnum="2052;0;YYYY-MM-DD">2007-10-01</td>',
            '<td align="right" sdval="0.12" sdnum="2052;0;0%">12%</td>',
            '<td align="right" sdval="123456" sdnum="2052;0;0.0,万">12.3万</td>',
        )
    )

    expect(sheet.page.locator("[data-notices] .notice--error")).to_have_count(3)
    assert sheet.block(["X01"], range(1, 4)) == [["2007-10-01", "12%", "12.3456万"]]
    expect(sheet.page.locator("[data-notices]")).to_contain_text("改为 123456")


def test_one_copied_cell_fills_the_selection_and_an_empty_clipboard_does_nothing(sheet):
    sheet.go("X01", 1).press("Shift+ArrowRight", "Shift+ArrowDown").paste("5\r\n")
    assert sheet.block(["X01", "X02"], range(1, 3)) == [["5", "5"], ["5", "5"]]
    sheet.is_saved()

    sheet.paste("")
    assert sheet.block(["X01", "X02"], range(1, 3)) == [["5", "5"], ["5", "5"]]
    expect(sheet.page.locator("[data-live]")).to_contain_text("剪贴板里没有可以填入的表格")
