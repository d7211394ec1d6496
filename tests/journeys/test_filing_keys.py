"""A bureau files a whole month by keyboard and by paste; docs/filing-speed.md quotes what is counted here (UX-16).

The month is October of Guangdong: every due figure of the plan, and the milestones that are reported every month,
unchanged since September. From the open grid to the receipt, without the mouse.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

import pytest
from playwright.sync_api import Page, expect

from accounts.models import ReportingUnit
from submissions import services
from submissions.intake import read_milestones
from submissions.models import MilestoneState, MonthlyReport, ReportingMonth
from targets.models import Milestone
from tests.factories import shanghai
from tests.journeys import clipboards
from tests.journeys.counting import Counted
from tests.journeys.sheet import Sheet

pytestmark = pytest.mark.django_db(transaction=True)

#: October, in persons and yuan, cell by cell; the amounts with their persons.
OCTOBER = {
    "figure.T01.value": "1020000",
    "figure.T02.value": "300000",
    "figure.T03.value": "60000",
    "figure.T08.value": "20510000",
    "figure.T09.value": "13380000",
    "figure.T10.value": "15080000",
    "figure.T11.value": "18320000",
    "figure.T12.value": "8780000",
    "figure.T16.value": "6770000",
    "figure.T17.value": "12690000",
    "figure.T18.value": "0",
    "figure.T18.persons": "0",
    "figure.W01.value": "644000000",
    "figure.W01.persons": "322000",
}
N_MILESTONES = 11
#: From the open grid to the receipt: to the first cell, the figures, the milestones, checking and handing in.
KEYS_BY_KEYBOARD = 149
KEYS_BY_PASTE = 34
#: Seconds a person takes for a keystroke (average non-secretary typist, keystroke-level model), and may take in all.
PER_KEY, BY_KEYBOARD, BY_PASTE = 0.28, 5 * 60, 90


@pytest.fixture
def reported_before(september):
    """The milestones of every month, as they stood in a month before."""
    unit = ReportingUnit.objects.get(code="440000")
    lead = september.reports.get(unit=unit).filing.submitted_by
    report = services.report_for(unit, ReportingMonth.objects.get(month="2007-08-01"))
    codes = Milestone.objects.filter(item__plan=september.plan, frequency="MONTHLY").order_by("code")
    rows = [
        {"milestone": one.code, "state": "in_progress", "planned_on": "2007-12-31"}
        for one in codes
        if one.is_filed_by_units
    ]
    now = shanghai(2007, 10, 11)
    states = read_milestones(report, rows, today=now.date())
    assert len(states) == N_MILESTONES
    services.save_draft(report, by=lead, now=now, version=report.version, milestones=states)


@pytest.fixture
def sheet(page, live_server, people, reported_before, enter):
    enter(page, people["gd_lead"])
    return Sheet(page, f"{live_server.url}/reports/grid/440000/").open()


def column_of(page: Page) -> list[str]:
    """Return what October's column asks for, row by row; "" for rows that are not due or not among the figures."""
    names: Sequence[str | None] = page.evaluate(
        "[...document.querySelectorAll('table[data-grid] tbody tr')].map((tr) => tr.cells[10].dataset.name ?? null)"
    )
    return [OCTOBER.get(name or "", "") for name in names]


def hand_in(keys: Counted) -> None:
    """Go on to the month's report, report the milestones again as they stand, look everything over, and hand in."""
    page = keys.page
    keys.press("Escape")
    keys.tab_to(page.locator("[data-to-report]"))
    with page.expect_navigation():
        keys.press("Enter")
    page.wait_for_selector("html[data-autosave=ready]")
    keys.tab_to(page.locator("[data-same-all] button"))
    keys.press("Enter")
    expect(page.locator("[data-same-all] [data-said]")).to_contain_text(f"已勾选 {N_MILESTONES} 个节点")
    with page.expect_navigation():
        keys.press("Control+Enter")
    keys.skip_to_content()
    keys.tab_to(page.get_by_role("button", name="确认报送"))
    with page.expect_navigation():
        keys.press("Enter")
    expect(page.locator(".receipt__number")).to_be_visible()


def is_whole() -> None:
    report = MonthlyReport.objects.get(period="2007-10-01")
    assert report.status == "SUBMITTED"
    assert report.filing.figures.count() == len({name.split(".")[1] for name in OCTOBER})
    assert MilestoneState.objects.filter(filing=report.filing).count() == N_MILESTONES


def test_a_month_is_filed_by_keyboard_ux_16(sheet, record_property):
    keys, begun = Counted(sheet.page), monotonic()
    texts = column_of(sheet.page)
    keys.skip_to_content()
    keys.tab_to(sheet.cell("T01", 10))
    last = max(place for place, text in enumerate(texts) if text)
    for text in texts[: last + 1]:
        keys.type(text)
        keys.press("Enter")
    sheet.is_saved()
    hand_in(keys)

    waited = monotonic() - begun
    record_property("seconds", f"{waited:.1f}")
    is_whole()
    assert keys.n == KEYS_BY_KEYBOARD
    assert keys.n * PER_KEY + waited <= BY_KEYBOARD


def test_a_month_is_filed_by_paste_ux_16(sheet, record_property):
    keys, begun = Counted(sheet.page), monotonic()
    keys.skip_to_content()
    keys.tab_to(sheet.cell("T01", 10))
    keys.n += 1
    sheet.paste(html=clipboards.excel([[text] for text in column_of(sheet.page)]))
    dialog = sheet.page.locator("[data-ask=paste]")
    if dialog.is_visible():
        keys.press("Enter")
    sheet.is_saved()
    hand_in(keys)

    waited = monotonic() - begun
    record_property("seconds", f"{waited:.1f}")
    is_whole()
    assert keys.n == KEYS_BY_PASTE
    assert keys.n * PER_KEY + waited <= BY_PASTE
