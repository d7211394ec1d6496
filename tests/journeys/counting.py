"""Keystrokes, counted as they are pressed; a chord such as Ctrl+V is one."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


class Counted:
    """Presses keys and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.n = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.n += 1
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.press(*text)

    def skip_to_content(self) -> None:
        """Take the first link of a page just opened: past the navigation, however long that is."""
        self.press("Tab", "Enter")

    def tab_to(self, place: Locator, *, most: int = 60) -> None:
        """Go on by Tab until the place has the focus, as a person without a mouse would."""
        for _step in range(most):
            if place.evaluate("(place) => place === document.activeElement"):
                return
            self.press("Tab")
        raise AssertionError(f"{place} is not reached with {most} Tabs")
