"""A reviewer clears a month by keyboard; docs/filing-speed.md quotes the keystrokes counted here."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import Count
from playwright.sync_api import expect

from accounts.models import ReportingUnit
from submissions.models import Decision, MonthlyReport, ReportingMonth
from targets.models import Assignment, Target
from tests import factories
from tests.journeys.conftest import PASSWORD
from tests.journeys.counting import Counted

pytestmark = pytest.mark.django_db(transaction=True)

#: One to go to the first report, one for each.
KEYS_ONE_BY_ONE = 33
#: The password again, the count, and Enter after each.
KEYS_AT_ONCE = len(PASSWORD) + 1 + 2 + 1


@pytest.fixture
def thirty_two(people):
    """October of every province and the corps, handed in by one reviewer for another to decide."""
    period = ReportingMonth.objects.get(month="2007-10-01")
    filing = Assignment.objects.values("unit").annotate(n=Count("id")).values("unit")
    units = ReportingUnit.objects.filter(level=1, pk__in=filing).exclude(code="900000").order_by("code")
    for unit in units:
        targets = Target.objects.filter(unit=unit, indicator__frequency=1).select_related("indicator")
        figures = {target.indicator.code: _five_sixths(target) for target in targets}
        figures["W01"] = {"value": "0", "persons": "0"}
        factories.submitted(unit, period, figures, by=people["ministry2"])
    assert MonthlyReport.objects.filter(status="SUBMITTED").count() == 32
    return period


def _five_sixths(target: Target) -> object:
    if target.indicator.kind == "ZERO":
        return {"value": "0", "persons": "0"}
    start = (target.baseline_value or Decimal(0)) if target.indicator.kind == "STOCK" else Decimal(0)
    return str(round(start + (target.target_value - start) * 5 / 6))


def approved() -> int:
    return MonthlyReport.objects.filter(status="APPROVED").count()


def test_thirty_two_clean_reports_take_one_key_each(thirty_two, sign_in, live_server):
    """UX-23: j to the first report, a for each; a key pressed twice approves nothing twice."""
    page = sign_in("ministry")
    page.goto(f"{live_server.url}/review/?month=2007-10")
    keys = Counted(page)
    keys.press("j")
    for left in range(31, -1, -1):
        with page.expect_navigation():
            keys.press("a")
        if left:
            expect(page.locator("[data-queue-row]")).to_have_count(left)
            expect(page.locator("[data-queue-row]").first.locator("[data-queue-open]")).to_be_focused()

    assert keys.n == KEYS_ONE_BY_ONE
    assert approved() == 32
    assert Decision.objects.filter(verb="APPROVE").count() == 32


def test_thirty_two_clean_reports_are_approved_together(thirty_two, sign_in, live_server):
    """API6: the password again and the count typed back; pressing twice approves once."""
    page = sign_in("ministry")
    page.goto(f"{live_server.url}/review/clean/?month=2007-10")
    keys = Counted(page)
    page.focus("input[name=password]")
    keys.type(PASSWORD)
    with page.expect_navigation():
        keys.press("Enter")
    expect(page.locator("#count")).to_be_focused()
    keys.type("32")
    with page.expect_navigation():
        keys.press("Enter")

    assert keys.n == KEYS_AT_ONCE
    assert approved() == 32


def test_keys_that_are_switched_off_do_nothing_and_never_act_while_typing(thirty_two, sign_in, live_server):
    """WCAG 2.1.4: the single keys can be turned off, and stay off."""
    page = sign_in("ministry")
    page.goto(f"{live_server.url}/review/?month=2007-10")
    page.locator("[data-keys] summary").click()
    page.locator("[data-keys-switch]").uncheck()
    page.reload()
    page.keyboard.press("j")
    expect(page.locator("[data-queue-open]:focus")).to_have_count(0)

    page.locator("[data-keys] summary").click()
    page.locator("[data-keys-switch]").check()
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.keyboard.press("r")
    page.keyboard.type("a")

    expect(page.locator("#comment")).to_have_value("a")
    assert approved() == 0


def test_marks_and_comments_are_kept_while_reading(thirty_two, sign_in, live_server):
    """UX-19: by keyboard, without a button: viewed, a comment, a value to propose; the return delivers them."""
    page = sign_in("ministry")
    page.goto(f"{live_server.url}/reports/2007-10/440000/")
    page.keyboard.press("j")
    page.keyboard.press("Space")
    expect(page.locator("[data-viewed-count]")).to_have_text("1 / 12")
    page.keyboard.press("c")
    page.keyboard.type("请核对。")
    page.keyboard.press("Tab")
    expect(page.locator("#kept")).to_contain_text("批注已存")
    page.reload()
    expect(page.locator(".remark[open] textarea")).to_have_value("请核对。")

    with page.expect_navigation():
        page.get_by_role("button", name="退回").click()

    decision = Decision.objects.get(verb="RETURN")
    assert [one.text for one in decision.cell_comments.all()] == ["请核对。"]
