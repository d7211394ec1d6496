"""The form of one month saves itself (F-13 to F-16): what is typed is kept until the server has it."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from accounts.models import ReportingUnit
from submissions import services
from submissions.intake import CommentInput
from submissions.models import Figure, MonthlyReport, ReportingMonth
from targets.models import Indicator
from tests import factories
from tests.factories import shanghai
from tests.journeys.conftest import GRID_CODES

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/reports/2007-10/440000/"


@pytest.fixture
def form(page, live_server, grid_clerks, enter):
    """Return October's form, open before a clerk of the unit."""
    enter(page, grid_clerks["gd_clerk"])
    page.goto(live_server.url + PATH)
    page.wait_for_selector("html[data-autosave=ready]")
    return page


def field(page, code):
    return page.locator(f'[name="figure.{code}.value"]')


def is_saved(page):
    expect(page.locator("[data-saved]")).to_contain_text("全部已保存")


def test_cells_save_themselves_and_a_bad_one_keeps_its_words(form):
    field(form, "X01").fill("1,020,000")
    field(form, "X02").fill("12万")
    field(form, "X03").fill("7")
    field(form, "X03").press("Tab")

    expect(form.locator("[data-saved]")).to_have_text("1 格未保存")
    expect(field(form, "X01")).to_have_value("1020000")
    expect(form.locator('[id="figure.X02.value.said"]')).to_contain_text("请填 120000")
    assert sorted(Figure.objects.values_list("value", flat=True)) == [7, 1_020_000]

    form.get_by_role("button", name="改为 120000").click()
    is_saved(form)
    form.get_by_role("button", name="保存草稿").click()
    expect(form.get_by_text("已填内容都已保存，没有新的改动。")).to_be_visible()


def test_a_suspected_slip_of_unit_is_mended_with_one_click_and_taken_back_by_the_browser(form):
    september, october = form.url.replace("2007-10", "2007-09"), form.url
    form.goto(september)
    form.wait_for_selector("html[data-autosave=ready]")
    field(form, "X01").fill("4356259")
    field(form, "X01").press("Tab")
    is_saved(form)
    form.goto(october)
    form.wait_for_selector("html[data-autosave=ready]")
    button = form.get_by_role("button", name="改为 4580000")

    field(form, "X01").fill("458")
    field(form, "X01").press("Tab")
    expect(form.locator('[id="figure.X01.value.said"]')).to_contain_text("如果应为 458万人，请改正")
    button.click()
    expect(button).to_have_count(0)
    is_saved(form)
    assert list(Figure.objects.order_by("value").values_list("value", flat=True)) == [4_356_259, 4_580_000]

    form.keyboard.press("Control+z")
    expect(field(form, "X01")).to_have_value("458")
    field(form, "X01").press("Tab")
    expect(button).to_have_count(1)
    is_saved(form)

    form.reload()
    form.wait_for_selector("html[data-autosave=ready]")
    expect(form.locator(".found--E")).to_contain_text("如果应为 458万人，请改正")
    button.click()
    expect(field(form, "X01")).to_have_value("4580000")
    expect(button).to_have_count(0)
    is_saved(form)
    assert list(Figure.objects.order_by("value").values_list("value", flat=True)) == [4_356_259, 4_580_000]


def test_what_is_filled_in_and_how_far_it_is_moves_with_every_save(form):
    target = factories.TargetFactory(
        indicator=Indicator.objects.get(code="X01"), unit=ReportingUnit.objects.get(code="440000"), target_value=800
    )
    form.reload()
    form.wait_for_selector("html[data-autosave=ready]")
    filled, rate = form.locator("[data-filled]"), form.locator('[data-completion-rate="X01"]')
    expect(filled).to_have_text("已填 0 / 21 项")

    field(form, "X01").fill(str(target.target_value / 4))
    field(form, "X01").press("Tab")

    expect(filled).to_have_text("已填 1 / 21 项")
    expect(rate).to_have_text("25.0%")


def test_what_the_page_said_of_a_cell_goes_once_the_cell_is_saved(form):
    field(form, "X02").fill("12万")
    with form.expect_navigation():
        form.get_by_role("button", name="保存草稿").click()
    expect(form.get_by_text("有 1 处填写有误")).to_be_visible()
    said = form.locator('[id="figure.X02.value.said"]')
    expect(form.locator("[data-saved]")).to_have_text("1 格未保存")
    expect(said.locator(".said__error")).to_have_count(1)

    said.get_by_role("button", name="改为 120000").click()
    is_saved(form)
    expect(said.locator(".said__error")).to_have_count(0)


def test_the_form_says_what_the_server_read_and_reads_nothing_itself_ux_18(form):
    echo = form.locator('[data-echo="figure.X01.value"]')
    own = form.locator('[data-month-value="figure.X01.value"]')
    field(form, "X01").press_sequentially("１，０２０，０００")
    expect(echo).to_have_text("= 102万人")
    field(form, "X01").fill("1,02,0000")
    expect(echo).to_have_text("")
    expect(own).to_have_text("–")


def test_no_number_stands_beside_not_reported_and_it_comes_back(form):
    field(form, "X01").fill("1020000")
    field(form, "X01").press("Tab")
    is_saved(form)
    state = form.locator('[name="figure.X01.state"]')
    state.select_option("NOT_REPORTED")
    expect(field(form, "X01")).to_have_value("")
    expect(form.locator('[data-echo="figure.X01.value"]')).to_have_text("")
    expect(state).to_have_attribute("data-saving", "saved")
    assert (Figure.objects.get().value, Figure.objects.get().state) == (None, "NOT_REPORTED")

    state.select_option("")
    expect(field(form, "X01")).to_have_value("1020000")
    expect(form.locator('[data-echo="figure.X01.value"]')).to_have_text("= 102万人")
    expect(field(form, "X01")).to_have_attribute("data-saving", "saved")
    assert Figure.objects.get().value == 1_020_000


def test_a_column_is_pasted_downwards_and_the_plain_button_still_saves(form):
    field(form, "X01").focus()
    form.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text/plain", "5\\r\\n6\\r\\n7\\r\\n");
          const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
          document.activeElement.dispatchEvent(event);
        }"""
    )
    with form.expect_navigation():
        form.get_by_role("button", name="保存草稿").click()

    assert [field(form, code).input_value() for code in ("X01", "X02", "X03")] == ["5", "6", "7"]
    assert Figure.objects.count() == 3


def test_what_could_not_be_sent_comes_back_with_the_page_f_15(form, live_server):
    form.context.set_offline(True)
    field(form, "X01").fill("5")
    field(form, "X01").press("Tab")
    expect(form.locator("[data-saved]")).to_have_text("1 格未保存")

    again = form.context.new_page()
    form.close()
    again.context.set_offline(False)
    again.goto(live_server.url + PATH)
    expect(field(again, "X01")).to_have_value("5")
    is_saved(again)
    assert Figure.objects.get().value == 5


def test_what_a_shut_month_refused_is_handed_back_from_the_form_f_19(form, grid_clerks):
    period = ReportingMonth.objects.get(month="2007-10-01")
    period.closed_at, period.closed_by = shanghai(2007, 12, 20), grid_clerks["gd_lead"]
    period.save()
    take = form.get_by_role("button", name="下载未保存的内容（Excel）")
    expect(take).to_be_hidden()
    field(form, "X01").fill("7")
    field(form, "X01").press("Tab")
    expect(form.locator('[id="figure.X01.value.said"]')).to_contain_text("2007年10月已于 2007-12-20 10:00 关闭")

    with form.expect_download() as download:
        take.click()

    rows = load_workbook(BytesIO(download.value.path().read_bytes())).active.iter_rows(values_only=True)
    assert ("2007-10", "X01", "指标X01", "figure.X01.value", "7", None) in list(rows)


def test_another_clerks_value_is_shown_beside_ones_own_f_16(form, grid_unit, grid_clerks):
    october = ReportingMonth.objects.get(month="2007-10-01")
    factories.file(grid_unit, october, {"X01": "6"}, by=grid_clerks["gd_clerk2"], now=shanghai(2007, 12, 20))
    field(form, "X01").fill("7")
    field(form, "X01").press("Tab")

    said = form.locator('[id="figure.X01.value.said"]')
    expect(said).to_contain_text(f"您填的 7，{grid_clerks['gd_clerk2'].label} 于")
    said.get_by_role("button", name="用我的").click()
    is_saved(form)
    assert MonthlyReport.objects.get().filing.figures.get().value == 7


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_ux24_a_returned_report_opens_at_the_first_cell_asked_about(page, live_server, grid_clerks, enter, motion):
    """What is answered is no longer gone to; with reduced motion the page does not glide there."""
    lead, period = grid_clerks["gd_lead"], ReportingMonth.objects.get(month="2007-10-01")
    figures = {code: str(number) for number, code in enumerate(GRID_CODES, 5)} | {"Z18": {"value": "0", "persons": "0"}}
    unit = ReportingUnit.objects.get(code="440000")
    report = factories.submitted(unit, period, figures, by=lead)
    asked = [CommentInput(Indicator.objects.get(code=code), text="请核对。") for code in ("X18", "X19")]
    reviewer = factories.person("MINISTRY_REVIEWER")
    services.return_(report, by=reviewer, now=shanghai(2007, 12, 20), version=2, comment="两处", comments=asked)
    page.emulate_media(reduced_motion=motion)
    enter(page, lead)

    page.goto(live_server.url + PATH)

    expect(field(page, "X18")).to_be_focused()
    expect(field(page, "X18")).to_be_in_viewport()

    page.locator('[data-asked="row.X18"] textarea').fill("已核，无误。")
    page.locator("[data-save]").click()
    expect(page.locator(".notices .notice").first).to_contain_text("草稿已保存")
    page.goto(live_server.url + PATH)
    expect(field(page, "X19")).to_be_focused()
