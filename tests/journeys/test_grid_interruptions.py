"""Fifty interruptions of a clerk at the grid (UX-05): no committed cell is lost, and what was restored is told."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from playwright.sync_api import Page, Route, expect

from submissions.models import Figure
from tests.journeys.conftest import GRID_CODES, PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS, SEED = 50, 2007
MONTHS = (10, 11)
CELLS = "**/cells/"
#: Counts, before the page's own script runs, what an earlier visit left in this browser.
COUNT_KEPT = """window.kept = Object.keys(localStorage).filter((key) => key.startsWith("workplan.unsaved.")).length"""
#: A browser that keeps nothing: the control.
KEEP_NOTHING = "Storage.prototype.setItem = () => {}"
BACK_AT_THE_TAB = """document.dispatchEvent(new Event("visibilitychange"))"""


class Interrupted:
    """A clerk who goes on typing; each interruption comes right after what they committed."""

    def __init__(self, sheet, *, seed: int) -> None:
        self.sheet, self.random = sheet, Random(seed)
        self.committed: dict[tuple[str, int], int] = {}
        self.n_committed = self.n_told = 0
        self.kinds: dict[str, Callable[[], None]] = {
            "the tab is closed": self.close_the_tab,
            "the network is cut": self.cut_the_network,
            "the session has expired": self.end_the_session,
            "the server is gone": lambda: self.fail(lambda route: route.abort("connectionrefused")),
            "the server answers 500": lambda: self.fail(lambda route: route.fulfill(status=500, body="500")),
            "the machine sleeps": self.sleep,
        }

    @property
    def page(self) -> Page:
        return self.sheet.page

    def run(self, rounds: int, *kinds: str) -> None:
        for number in range(rounds):
            names = kinds or tuple(self.kinds)
            self.kinds[names[number % len(names)]]()

    def lost(self) -> list[tuple[str, int]]:
        """Return the committed cells that do not stand in the database."""
        stored = {
            (code, month.month): value
            for code, month, value in Figure.objects.values_list("indicator__code", "filing__report__period", "value")
        }
        return [cell for cell, value in self.committed.items() if stored.get(cell) != value]

    def commit(self, most: int = 2) -> int:
        """Type some cells; return how many."""
        cells = self.random.sample(
            [(code, month) for code in GRID_CODES for month in MONTHS], self.random.randint(1, most)
        )
        for code, month in cells:
            self.n_committed += 1
            value = 1_000 + self.n_committed
            self.sheet.go(code, month).type(str(value), "Enter")
            self.committed[code, month] = value
        return len(cells)

    def is_told(self, n: int) -> None:
        """While it lasts, the one place says how many cells are not saved."""
        expect(self.page.locator("[data-saved]")).to_have_text(f"{n} 格未保存")

    # The interruptions ----------------------------------------------------------------------------

    def close_the_tab(self) -> None:
        closed = self.page
        closed.route(CELLS, lambda route: route.abort())  # what was committed has not left when the tab goes
        self.commit()
        self.sheet.page = closed.context.new_page()
        closed.close()
        self.open_again()

    def cut_the_network(self) -> None:
        self.page.context.set_offline(True)
        self.is_told(self.commit())
        self.page.context.set_offline(False)
        self.sheet.is_saved()

    def end_the_session(self) -> None:
        self.page.context.clear_cookies()
        self.commit(most=1)  # the question comes over the page as soon as one is sent
        dialog = self.page.locator("[data-ask=sign-in]")
        expect(dialog).to_be_visible()
        dialog.get_by_label("密码").fill(PASSWORD)
        self.sheet.press("Enter")
        expect(dialog).to_be_hidden()
        self.sheet.is_saved()

    def fail(self, answer: Callable[[Route], None]) -> None:
        """Let the server fail; the clerk reloads the page, or comes back to the tab when it is over."""
        self.page.route(CELLS, answer)
        self.is_told(self.commit())
        self.page.unroute(CELLS)
        if self.random.random() < 0.5:
            self.open_again()
        else:
            self.page.evaluate(BACK_AT_THE_TAB)
            self.sheet.is_saved()

    def sleep(self) -> None:
        machine = self.page.context.new_cdp_session(self.page)
        self.commit()
        machine.send("Page.setWebLifecycleState", {"state": "frozen"})
        machine.send("Page.setWebLifecycleState", {"state": "active"})
        machine.detach()
        self.sheet.is_saved()

    def open_again(self) -> None:
        """Open the grid anew: what this browser kept is told by its number, and sent."""
        self.sheet.open()
        kept = self.page.evaluate("window.kept")
        if kept:
            expect(self.page.locator("[data-notices]")).to_contain_text(f"{kept} 格尚未保存，已从本机恢复并重新发送。")
            self.n_told += 1
            self.sheet.is_saved()


@pytest.fixture
def interrupted(sheet, grid_clerks, enter):
    clerk = grid_clerks["gd_clerk"]
    clerk.set_password(PASSWORD)
    clerk.save()
    enter(sheet.page, clerk)
    sheet.page.context.add_init_script(COUNT_KEPT)
    return Interrupted(sheet.open(), seed=SEED)


def test_fifty_interruptions_lose_no_committed_cell_and_tell_what_came_back_ux_05(interrupted):
    interrupted.run(ROUNDS)

    assert interrupted.lost() == []
    assert interrupted.n_committed >= ROUNDS
    assert interrupted.n_told > len(interrupted.kinds)
    assert interrupted.page.locator("[data-notices] .notice--error, [data-notices] .notice--warning").count() == 0


def test_a_browser_that_keeps_nothing_loses_cells_the_control_of_ux_05(interrupted):
    interrupted.page.context.add_init_script(KEEP_NOTHING)
    interrupted.sheet.open()
    interrupted.run(4, "the tab is closed")

    assert interrupted.lost()
