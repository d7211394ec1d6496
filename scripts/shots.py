"""Take the pictures of docs/gallery: every page, in both languages, at 1366 and 360 px, from the demo year.

    make shots                  all of them
    make shots ARGS=overview    those whose name begins so

Starts a portal of its own on a free port and stops it. Needs Chromium (`CHROMIUM` names it elsewhere).
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
GALLERY = ROOT / "docs" / "gallery"
WIDTHS = {1366: 900, 360: 740}
LANGUAGES = {"zh": "zh-hans", "en": "en"}

#: picture → (who looks, address); a test holds that every page of the portal is among them
PAGES = {
    "login": (None, "/accounts/login/"),
    "leader": ("ministry", "/leader/?month=2007-09"),
    "overview": ("ministry", "/overview/?month=2007-09"),
    "indicator": ("ministry", "/indicators/T01/?month=2007-09"),
    "trace": ("ministry", "/indicators/T01/trace/?month=2007-09"),
    "reasons": ("ministry", "/indicators/T01/reasons/?month=2007-09"),
    "regions": ("ministry", "/regions/?month=2007-09"),
    "region-reasons": ("ministry", "/regions/reasons/?month=2007-09&indicator=T01&region=east"),
    "compare": ("ministry", "/compare/?month=2007-09&unit=440000&unit=320000&unit=330000"),
    "explorer": ("ministry", "/explore/?month=2007-09&measure=value&measure=status"),
    "unit": ("ministry", "/units/440000/?month=2007-09"),
    "board": ("ministry", "/plan/?month=2007-09"),
    "item": ("ministry", "/plan/items/1/?month=2007-09"),
    "warnings": ("ministry", "/warnings/"),
    "views": ("ministry", "/views/"),
    "new-view": ("ministry", "/views/new/?kind=PROGRESS&month=2007-09&unit=440000"),
    "assessments": ("ministry", "/assessment/"),
    "assessment": ("ministry", "/assessment/JY07-Q3/440000/"),
    "self-assessment": ("gd_clerk", "/assessment/JY07-Q3/440000/"),
    "review": ("ministry", "/review/"),
    "report": ("ministry", "/reports/2007-09/450000/"),
    "calendar": ("ministry", "/calendar/"),
    "month": ("ministry", "/calendar/2007-09/"),
    "circular": ("ministry", "/circular/2007-09/"),
    "wording": ("ministry", "/circular/2007-09/wording/"),
    "rules": ("ministry", "/rules/"),
    "my-work": ("gd_clerk", "/reports/"),
    "form": ("gd_clerk", "/reports/2007-10/440000/"),
    "check": ("gd_clerk", "/reports/2007-10/440000/check/"),
    "grid": ("gd_clerk", "/reports/grid/440000/"),
    "workbook": ("gd_clerk", "/reports/workbook/"),
    "imports": ("gd_clerk", "/reports/imports/"),
    "notices": ("gd_clerk", "/notices/"),
    "preferences": ("gd_clerk", "/notices/preferences/"),
    "profile": ("gd_clerk", "/accounts/profile/"),
    "password": ("gd_clerk", "/accounts/password/change/"),
    "sessions": ("gd_clerk", "/accounts/sessions/"),
    "second-factor": ("gd_clerk", "/accounts/2fa/"),
}


def main(wanted: str) -> None:
    GALLERY.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    portal = subprocess.Popen([sys.executable, ROOT / "manage.py", "serve", "--port", str(port)], cwd=ROOT)
    try:
        _wait_for(f"http://127.0.0.1:{port}/readyz")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"],
            )
            for width, height in WIDTHS.items():
                _take(browser, f"http://127.0.0.1:{port}", wanted, width, height)
            browser.close()
    finally:
        portal.send_signal(signal.SIGINT)
        portal.wait(timeout=30)


def _take(browser: Browser, address: str, wanted: str, width: int, height: int) -> None:
    pages: dict[str | None, Page] = {}
    for name, (who, path) in PAGES.items():
        if not name.startswith(wanted):
            continue
        if who not in pages:
            pages[who] = _signed_in(browser, address, who, width, height)
        for short, language in LANGUAGES.items():
            page = pages[who]
            page.context.add_cookies([{"name": "django_language", "value": language, "url": address}])
            page.goto(address + path, wait_until="networkidle")
            _keep(page.screenshot(full_page=True), GALLERY / f"{name}_{short}_{width}.png")
            print(f"{name}_{short}_{width}.png")


def _keep(picture: bytes, path: Path) -> None:
    """Store it in 128 colours: a page has few, and the repository keeps every picture of every year."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


def _signed_in(browser: Browser, address: str, who: str | None, width: int, height: int) -> Page:
    page = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN").new_page()
    if who is not None:
        page.goto(f"{address}/accounts/login/")
        page.fill("input[name=login]", who)
        page.fill("input[name=password]", os.environ.get("WORKPLAN_DEMO_PASSWORD", "workplan-demo"))
        page.press("input[name=password]", "Enter")
        page.wait_for_load_state("networkidle")
    return page


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(address: str, seconds: int = 180) -> None:
    for _ in range(seconds * 2):
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 -- our own portal
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit(f"{address} does not answer.")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
