"""What a cell can tell (UX-07), and what is left of a month that was shut (F-19)."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from submissions.models import Figure, ReportingMonth
from tests.factories import shanghai

pytestmark = pytest.mark.django_db(transaction=True)


def test_control_enter_tells_about_the_cell_and_escape_leads_back_ux_07(sheet):
    sheet.go("X01", 10).type("500", "Enter")
    sheet.is_saved()
    sheet.go("X01", 10).type("600", "Enter").go("X01", 11).type("400", "Enter")
    sheet.is_saved()
    panel = sheet.page.locator("[data-panel]")

    sheet.go("X01", 10).press("Control+Enter")
    expect(panel).to_contain_text("谁改过")
    expect(panel.locator(".panel__dot--now").first).to_be_visible()
    expect(panel.locator(".panel__year tbody tr")).to_have_count(12)
    panel.get_by_role("button", name="恢复此值").last.click()
    expect(panel).to_be_hidden()
    assert (sheet.text("X01", 10), sheet.active) == ("500", ["X01", 10])

    sheet.go("X02", 10).press("Control+Enter")
    panel.get_by_label("状态").select_option("NOT_REPORTED")
    panel.get_by_label("说明").fill("系统升级，下月补报。")
    sheet.press("Tab", "Escape")
    assert sheet.active == ["X02", 10]
    expect(sheet.cell("X02", 10)).to_have_text("未报")
    sheet.is_saved()
    assert Figure.objects.get(indicator__code="X02").note == "系统升级，下月补报。"

    sheet.type("7", "Enter")
    sheet.is_saved()
    assert Figure.objects.get(indicator__code="X02").state == "REPORTED"


def test_what_a_shut_month_refused_is_handed_back_as_a_workbook_f_19(sheet, grid_clerks):
    period = ReportingMonth.objects.get(month="2007-10-01")
    period.closed_at, period.closed_by = shanghai(2007, 12, 20), grid_clerks["gd_lead"]
    period.save()
    sheet.go("X01", 10).type("7", "Enter")

    with sheet.page.expect_download() as download:
        sheet.page.get_by_role("button", name="下载未保存的内容（Excel）").click()

    book = load_workbook(BytesIO(download.value.path().read_bytes()))
    rows = list(book.active.iter_rows(values_only=True))
    assert ("2007-10", "X01", "指标X01", "figure.X01.value", "7", None) in rows
