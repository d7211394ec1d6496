"""An analyst takes the figures away: the workbook says what the page says."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from reporting.models import Total


@pytest.mark.django_db(transaction=True)
def test_an_analyst_downloads_the_ranking_and_finds_the_stored_totals(september, sign_in, live_server):
    page = sign_in("analyst")
    page.goto(f"{live_server.url}/overview/?month=2007-09")
    page.get_by_text("95.3").first.wait_for()

    with page.expect_download() as download:
        page.evaluate("location.href = '/export/progress/?month=2007-09&unit=000000&level=unit'")
    sheet = load_workbook(BytesIO(Path(download.value.path()).read_bytes())).worksheets[0]

    numbers = {cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, int | float)}
    stored = Total.objects.filter(unit__code="000000", month="2007-09-01", value__isnull=False)
    assert {float(total.value) for total in stored} - {float(number) for number in numbers} == set()
    assert not any(isinstance(cell.value, str) and cell.value.startswith("=") for row in sheet for cell in row)


@pytest.mark.django_db(transaction=True)
def test_the_pages_ask_nobody_outside_and_break_no_policy(september, sign_in, live_server):
    page = sign_in("analyst")
    foreign, complaints = [], []
    page.on(
        "request",
        lambda request: None if request.url.startswith((live_server.url, "data:")) else foreign.append(request.url),
    )
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)

    for path in ("/overview/", "/indicators/T01/", "/units/440000/", "/plan/", "/plan/items/1/", "/api/v1/docs/"):
        page.goto(live_server.url + path + ("" if path.startswith("/api") else "?month=2007-09"))
        page.wait_for_load_state("networkidle")

    assert (foreign, complaints) == ([], [])
