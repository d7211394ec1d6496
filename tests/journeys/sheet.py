"""A person at the grid in a browser: where they stand, what they press, what they paste."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

_PASTE = """([text, html]) => {
  const data = new DataTransfer();
  if (text !== null) data.setData("text/plain", text);
  if (html !== null) data.setData("text/html", html);
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(event);
}"""

_ACTIVE = """() => {
  const { cell } = document.activeElement.closest("td") ?? {};
  return cell === undefined ? null : [cell.name?.split(".")[1] ?? null, Number(cell.month.slice(5))];
}"""


class Sheet:
    """The grid of one unit: cells by indicator and number of the month."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address

    def open(self, query: str = "") -> Sheet:
        self.page.goto(self.address + query)
        self.page.wait_for_selector("html[data-grid=ready]")
        return self

    def cell(self, code: str, month: int, part: str = "value") -> Locator:
        return self.page.locator(f'td[data-name="figure.{code}.{part}"]:nth-child({month + 1})')

    def text(self, code: str, month: int, part: str = "value") -> str:
        return self.cell(code, month, part).inner_text()

    def go(self, code: str, month: int, part: str = "value") -> Sheet:
        self.cell(code, month, part).click()
        return self

    def press(self, *keys: str) -> Sheet:
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def type(self, text: str, *keys: str) -> Sheet:
        self.page.keyboard.type(text)
        return self.press(*keys)

    def paste(self, text: str | None = None, *, html: str | None = None) -> Sheet:
        self.page.evaluate(_PASTE, [text, html])
        return self

    @property
    def active(self) -> list[object] | None:
        """Return indicator and month of the cell that has the focus, None outside of the grid."""
        return self.page.evaluate(_ACTIVE)

    @property
    def selected(self) -> int:
        return self.page.locator("td[aria-selected]").count()

    def is_saved(self) -> None:
        expect(self.page.locator("[data-saved]")).to_contain_text("全部已保存")

    def block(self, codes: list[str], months: range) -> list[list[str]]:
        return [[self.text(code, month) for month in months] for code in codes]
