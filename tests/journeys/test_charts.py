"""What the legend of a chart names, on the page and in the file of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.django_db(transaction=True)


def test_bars_name_their_verdicts_and_the_mark_of_what_was_expected(september, sign_in, page: Page, live_server):
    sign_in("ministry")
    page.goto(f"{live_server.url}/regions/?month=2007-09")
    keys = page.locator(".chart__key").all_inner_texts()

    with page.expect_download() as taken:
        page.click("[data-take=svg]")
    drawn = Path(taken.value.path()).read_text()

    assert keys[-1] == "序时进度"
    assert len(keys) > 1
    assert [key for key in keys if f">{key}</text>" not in drawn] == []

    page.click("button.chart__key")
    expect(page.locator("button.chart__key")).to_have_attribute("aria-pressed", "false")
