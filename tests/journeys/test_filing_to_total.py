"""From a clerk's typing to the nation's total: file, submit, approve, and the next page shows it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

#: What Guangdong files for October 2007, in persons, as it is typed: grouped, full-width, plain.
OCTOBER = {
    "T01": "1,020,000",
    "T02": "３００，０００",
    "T03": "60000",
    "T08": "20,510,000",
    "T09": "13,380,000",
    "T10": "15,080,000",
    "T11": "18,320,000",
    "T12": "8,780,000",
    "T16": "6,770,000",
    "T17": "12,690,000",
}


@pytest.mark.django_db(transaction=True)
def test_a_report_travels_from_clerk_to_lead_to_ministry_and_into_every_total(september, sign_in, live_server):
    page = sign_in("gd_clerk")
    page.goto(f"{live_server.url}/reports/2007-10/440000/")
    for code, typed in OCTOBER.items():
        page.fill(f'[name="figure.{code}.value"]', typed)
    page.fill('[name="figure.T18.value"]', "0")
    page.fill('[name="figure.T18.persons"]', "0")
    page.fill('[name="figure.W01.value"]', "644,000,000")
    page.fill('[name="figure.W01.persons"]', "322000")
    with page.expect_navigation():
        page.get_by_role("button", name="保存草稿").click()
    expect(page.locator('[name="figure.T02.value"]')).to_have_value("300000")

    page = sign_in("gd_lead")
    page.goto(f"{live_server.url}/reports/2007-10/440000/")
    with page.expect_navigation():
        page.get_by_role("button", name="保存并报送").first.click()
    with page.expect_navigation():
        page.get_by_role("button", name="确认报送").click()
    expect(page.get_by_text("待审核").first).to_be_visible()

    page = sign_in("ministry")
    page.goto(f"{live_server.url}/review/")
    with page.expect_navigation():
        page.locator('main a[href*="/reports/2007-10/440000/"]').first.click()
    with page.expect_navigation():
        page.get_by_role("button", name="通过", exact=True).click()

    _shows(page, f"{live_server.url}/overview/?month=2007-10", "102万人")
    _shows(page, f"{live_server.url}/units/440000/?month=2007-10", "102万人")


def _shows(page: Page, address: str, figure: str) -> None:
    page.goto(address)
    expect(page.get_by_text(figure).first).to_be_visible()


@pytest.mark.django_db(transaction=True)
def test_a_slip_of_the_unit_is_named_beside_the_cell_and_nothing_typed_is_lost(september, sign_in, live_server):
    page = sign_in("gd_clerk")
    page.goto(f"{live_server.url}/reports/2007-10/440000/")
    page.fill('[name="figure.T01.value"]', "102万")
    page.fill('[name="figure.T02.value"]', "300000")
    with page.expect_navigation():
        page.get_by_role("button", name="保存草稿").click()

    expect(page).to_have_title(re.compile("^错误："))
    assert page.input_value('[name="figure.T01.value"]') == "102万"
    assert page.input_value('[name="figure.T02.value"]') == "300000"
    expect(page.get_by_text("1020000").first).to_be_visible()
